"""The texts people write with `{placeholders}`: which there are, and how values are put in.

Only the shape `{identifier}` (dots allowed inside) is a placeholder; every other brace is plain text.
Values are put in once and never read again, so a customer named `{iban}` stays just that; nothing is ever
evaluated.
"""

import re
from collections.abc import Mapping

# The whole list; a text naming another one is refused when it is saved, not when the mail should go out.
VARIABLES: frozenset[str] = frozenset(
    {
        "document_number", "document_date", "document_due_date", "document_valid_until",
        "document_total", "document_currency",
        "customer_name", "customer_email",
        "entity_name", "entity_email", "entity_address", "entity_post_code", "entity_city", "entity_country",
        "entity_tax_number", "entity_company_number", "entity_starting_capital",
        "unit_name",
        "bank_account", "bank_account.iban", "bank_account.bank_name", "bank_account.bic",
        "bank_account.account_number",
        "iban", "bic", "bank_name", "account_number", "routing_number", "sort_code",
        "current_date", "current_year",
        "invoice_list", "payment_instructions", "total_amount", "overdue_count", "invoice_link",
        "portal_url",
    }
)  # fmt: skip

_PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)\}")
_IN_SENTENCE = re.compile(_PLACEHOLDER.pattern + r"(\.(?!\S))?")


def placeholders(text: str) -> tuple[str, ...]:
    """The names a text uses, in the order of first use."""
    return tuple(dict.fromkeys(_PLACEHOLDER.findall(text)))


def unknown(text: str) -> tuple[str, ...]:
    """The names a text uses that do not exist."""
    return tuple(name for name in placeholders(text) if name not in VARIABLES)


def substitute(text: str, values: Mapping[str, str | None]) -> str:
    """The text with its values. A known name without a value becomes nothing, an unknown one stays.

    A sentence that ends with `Acme d.o.o.` has its full stop already.
    """

    def value(found: re.Match[str]) -> str:
        name, stop = found[1], found[2] or ""
        if name not in values and name not in VARIABLES:
            return found[0]
        said = values.get(name) or ""
        return said if said.endswith(".") else said + stop

    return _IN_SENTENCE.sub(value, text)
