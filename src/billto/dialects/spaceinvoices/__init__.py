"""The native door, in the manner of today's Space Invoices API."""
