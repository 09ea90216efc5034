"""The `{{variables}}` of words that are kept under a name, and how what they stand for is put in.

They are put in once and never read again, and nothing is ever evaluated: of Mustache only names are
understood, and as there a name that is not known becomes nothing. Everything else in braces is plain text.
"""

import re
from collections.abc import Mapping

from billto.domain.customer import Customer
from billto.domain.entity import Entity

Values = Mapping[str, str | None]

_NAME = r"[ \t]{0,9}&?[ \t]{0,9}([A-Za-z_][A-Za-z0-9_]{0,99})[ \t]{0,9}"
_VARIABLE = re.compile(r"\{\{\{" + _NAME + r"\}\}\}|\{\{" + _NAME + r"\}\}")


def substitute(text: str, values: Values) -> str:
    """The text with its variables; mail is plain text, so that nothing is escaped."""
    return _VARIABLE.sub(lambda found: values.get(found[1] or found[2]) or "", text)


def are_in(*texts: str | None) -> bool:
    """Whether there is any: what they stand for is looked up only then."""
    return any(text and _VARIABLE.search(text) for text in texts)


def of_parties(entity: Entity, customer: Customer | None) -> dict[str, str | None]:
    """What there is to say of who writes, and of who is written to."""
    known = {
        "company_name": entity.name,
        "company_email": entity.email,
        "company_address": _address(entity),
    }
    if customer is None:
        return known
    first = next((one for one in customer.contacts or () if one.get("is_primary")), None)
    return {
        **known,
        "customer_name": customer.name,
        "customer_number": customer.number,
        "customer_contact_name": (first or {}).get("name") or customer.contact or customer.name,
        "customer_address": _address(customer),
        "customer_payment_terms": customer.payment_terms,
        "payment_terms": customer.payment_terms,
    }


def _address(of: Entity | Customer) -> str:
    place = " ".join(part for part in (of.post_code, of.city) if part)
    return "\n".join(part for part in (of.address, of.address_2, place, of.country) if part)
