"""How it is said: tables that turn each API's wire form into records and back."""
