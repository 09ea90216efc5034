"""faktoora: what of a customer is not quite the same at the other doors."""

from collections.abc import Mapping

_NAMES = "the other doors show `name` alone; it is made of first and last name while nobody gives another."

LOSES: Mapping[str, str] = {
    "isCompany": "whether somebody is an end consumer, as the native door and v1 show it, does not follow "
    "from it.",
    "firstName": _NAMES,
    "lastName": _NAMES,
    "country": "two letters, kept as they are given; Invoiced shows them in capitals. The free text at the "
    "native door and v1 becomes that country's name, unless it means the same country already.",
    "email": "an empty text, here as in every field, is null.",
    "extras": "the native door and Invoiced show its first fifty texts of up to 255 characters, as "
    "`metadata`; v1 shows all of it. Those texts come first when it is read, and numbers are spelt one way "
    "(1.50 is 1.5).",
    "customerContacts": "Invoiced shows one name, made of first and last name; a name that was given there "
    "in one piece is a last name here. What else Invoiced knows of a contact is not shown and stays.",
}
