"""Space Invoices: what of a customer is not quite the same at the other doors."""

from collections.abc import Mapping

LOSES: Mapping[str, str] = {
    "name": "first and last name, which faktoora shows, stay as they are when it changes.",
    "email": "an empty text, here as in every field, stays one; sent back through Invoiced or faktoora it "
    "is null.",
    "country": "Invoiced and faktoora show only the code that follows from it, and null where none does.",
    "country_code": "kept as it is given, also where no country has it; Invoiced shows it in capitals.",
    "is_end_consumer": "decides at creation whether Invoiced and faktoora show a company; a change does not.",
    "metadata": "a key that is written here loses the number, list, object or long text that v1 or faktoora"
    " had under it.",
    "bank_accounts": "v1 shows IBAN, bank and SWIFT of the first account, and nothing else.",
}
