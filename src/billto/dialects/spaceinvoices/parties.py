"""Space Invoices: who is on a document: the customer and the issuer as they were when it was issued."""

from collections.abc import Mapping
from typing import Any

from billto.dialects.codecs import Codec
from billto.dialects.spaceinvoices.lines import number
from billto.domain.document import BUYER, ISSUER, Document
from billto.domain.nodes import Anything, Bool, Group, Node, Problems
from billto.domain.problems import Problem, Refused

_PARTY = (
    "name", "email", "address", "address_2", "post_code", "city", "state", "country", "country_code",
    "tax_number", "tax_number_2", "company_number", "phone",
)  # fmt: skip
_BUYER = (
    *_PARTY[:1], "unit_name", *_PARTY[1:], "peppol_id", "peppol_scheme_id", "bank_accounts", "is_tax_subject",
    "is_end_consumer",
)  # fmt: skip
_ISSUER = (
    *_PARTY, "website", "fiscal_region_code", "starting_capital", "bank_accounts", "is_tax_subject",
)  # fmt: skip
# What means nothing here and is shown as it was sent.
_BESIDE: Mapping[str, Node] = {"e_invoicing": Anything(most=2_000), "ujp": Anything(most=2_000)}

_CUSTOMER = Group(
    {
        **{name: BUYER[name] for name in _BUYER},
        **_BESIDE,
        "save_customer": Bool(
            null=True,
            says="false: no customer is made of it; true: it is, or changes the one it is about; else one is "
            "made where none has this e-mail address. Not shown",
        ),
    }
)
_SELLER = Group({name: ISSUER[name] for name in _ISSUER})


def _read(shape: Group, given: Any) -> dict[str, Any]:
    problems: Problems = []
    kept: Any = shape.read(given, (), problems)
    if problems:
        raise Refused(*problems)
    return dict(kept)


def _customer(given: Any) -> dict[str, Any]:
    kept = _read(_CUSTOMER, given)
    if beside := {name: kept.pop(name) for name in _BESIDE if name in kept}:
        kept["more"] = beside
    return kept


def says_customer(kept: Mapping[str, Any] | None) -> dict[str, Any]:
    """What is said of the customer on the document, and what is to become of that otherwise."""
    if kept is None:
        return {"buyer": None}
    said = {name: value for name, value in kept.items() if name != "save_customer"}
    return {"buyer": said, "saves_customer": kept.get("save_customer")}


def customer_of(document: Document) -> dict[str, Any] | None:
    if document.buyer is None:
        return None
    more = document.buyer.get("more") or {}
    return {**_shown(document.buyer, _BUYER), **{name: more.get(name) for name in _BESIDE}}


def issuer_of(document: Document) -> dict[str, Any]:
    issuer = _shown(document.issuer, _ISSUER)
    return {**issuer, "starting_capital": number(issuer["starting_capital"])}


def _shown(held: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: held.get(name) for name in names}


def _no_parameter(_text: str) -> Any:
    raise Refused(Problem("wrong_type", detail="a JSON value"))


CUSTOMER_ON_IT = Codec(_customer, None, _no_parameter, _CUSTOMER.shape())
ISSUER_ON_IT = Codec(lambda given: _read(_SELLER, given), None, _no_parameter, _SELLER.shape())
