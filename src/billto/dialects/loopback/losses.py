"""v1: what of a client is not quite the same at the other doors."""

from collections.abc import Mapping

_FIRST = "that of the first bank account; other accounts, and what else that one has, are not shown and stay."

LOSES: Mapping[str, str] = {
    "name": "first and last name, which faktoora shows, stay as they are when it changes.",
    "email": "an empty text, here as in every field, stays one; sent back through Invoiced or faktoora it "
    "is null.",
    "country": "Invoiced and faktoora show only the code that follows from it, and null where none does.",
    "countryAlpha2Code": "kept as it is given, also where no country has it; Invoiced shows it in capitals.",
    "isEndCustomer": "decides at creation whether Invoiced and faktoora show a company; a change does not.",
    "IBAN": _FIRST,
    "bank": _FIRST,
    "SWIFT": _FIRST,
    "custom": "the native door and Invoiced show its first fifty texts of up to 255 characters, as "
    "`metadata`; faktoora shows all of it. Those texts come first when it is read, and numbers are spelt "
    "one way (1.50 is 1.5).",
}
