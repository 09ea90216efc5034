"""faktoora: the customer, with what its page lists, what its sort list reveals, and when it was touched."""

import re
from collections.abc import Iterator
from typing import Any, NoReturn

from billto.dialects.codecs import BOOL, ISO, TEXT, Codec, prefixed
from billto.dialects.custom import custom
from billto.dialects.faktoora.people import CONTACTS, DELIVERY_ADDRESSES
from billto.dialects.wire import REQ, RO, RW, SORT, Table, row
from billto.domain.customer import Customer
from billto.domain.places import by_code, post_code_problems
from billto.domain.problems import Problem, Refused

_NO_COUNTRY = Problem("invalid_format", detail="a code of ISO 3166-1, such as DE")


def _is_country(given: Any) -> bool:
    return isinstance(given, str) and re.fullmatch("[A-Za-z]{2}", given) is not None


def _country(given: Any) -> str:
    return str(given) if _is_country(given) else refuse(_NO_COUNTRY)


def _kept_country(given: Any) -> str:
    """A code that another door has stored may be sent back, whatever it is."""
    return given if isinstance(given, str) else refuse(_NO_COUNTRY)


def _by_country(code: str | None) -> dict[str, Any]:
    return by_code(code, None if code is None or _is_country(code) else _NO_COUNTRY)


COUNTRY = Codec(
    _country, None, _country, {"type": "string", "pattern": "^[A-Za-z]{2}$"}, decode_change=_kept_country
)

# Needed of every new customer, and never emptied afterwards.
NEEDED = ("address", "post_code", "city")


class _Table(Table):
    """Names and post codes are judged together with the fields they depend on."""

    def decode(self, body: Any, *, creating: bool) -> dict[str, Any]:
        if not isinstance(body, dict):
            refuse(Problem("wrong_type", detail="an object"))
        across = tuple(_across(body, creating))
        # A person sent without a name has the one that first and last name make.
        said = {wire: given for wire, given in body.items() if wire != "name" or not _is_blank(given)}
        try:
            values = super().decode(said, creating=creating)
        except Refused as refused:
            raise Refused(*refused.problems, *across) from None
        if across:
            refuse(*across)
        return values


def refuse(*problems: Problem) -> NoReturn:
    raise Refused(*problems)


def _across(body: dict[str, Any], creating: bool) -> Iterator[Problem]:
    if creating:
        yield from (Problem("required", (wire,)) for wire in _missing(body))
    for wire, kind in _TREES.items():
        if body.get(wire) == "":  # a blank text clears a text, and nothing else
            yield Problem("wrong_type", (wire,), kind)
    country, post_code = body.get("country"), body.get("postcode")
    if isinstance(country, str) and isinstance(post_code, str):
        yield from CUSTOMER.spelt(post_code_problems(country, post_code))


def _missing(body: dict[str, Any]) -> Iterator[str]:
    """What must be there and is blank, or is a name that a company or a person needs."""
    for wire in ("address", "postcode", "city"):
        if wire in body and _is_blank(body[wire]):
            yield wire
    if _is_blank(body.get("name")):
        if body.get("isCompany") is True:
            yield "name"
        elif body.get("isCompany") is False and all(_is_blank(body.get(one)) for one in _PERSON):
            yield from _PERSON


_TREES = {"extras": "an object", CONTACTS.wire: "a list", DELIVERY_ADDRESSES.wire: "a list"}
_PERSON = ("firstName", "lastName")


def _is_blank(given: Any) -> bool:
    return given is None or (isinstance(given, str) and not given.strip())


CUSTOMER = _Table(
    Customer,
    #   on the wire                attribute               codec             access  questions
    row("id",                      "id",                   prefixed("cust"), RO),
    row("isCompany",               "is_company",           BOOL,             REQ,    SORT),
    row("name",                    "name",                 TEXT,             RW,     SORT),
    row("firstName",               "first_name",           TEXT,             RW),
    row("lastName",                "last_name",            TEXT,             RW),
    row("nameAuthorisedSignatory", "authorised_signatory", TEXT,             RW,     SORT),
    row("address",                 "address",              TEXT,             REQ,    SORT),
    row("postcode",                "post_code",            TEXT,             REQ),
    row("city",                    "city",                 TEXT,             REQ),
    row("country",                 "country_code",         COUNTRY,          RW,     sets=_by_country),
    row("email",                   "email",                TEXT,             RW,     SORT),
    row("customerId",              "number",               TEXT,             RW,     SORT),
    row("phoneNo",                 "phone",                TEXT,             RW,     SORT),
    row("vatId",                   "tax_number",           TEXT,             RW,     SORT),
    row("taxId",                   "tax_number_2",         TEXT,             RW,     SORT),
    row("peppolId",                "peppol_id",            TEXT,             RW,     SORT),
    row("glnId",                   "gln",                  TEXT,             RW),
    row("dunsId",                  "duns",                 TEXT,             RW),
    row("invoiceProfile",          "invoice_profile",      TEXT,             RW,     SORT),
    row("category",                "category",             TEXT,             RW,     SORT),
    row("faktooraId",              "faktoora_id",          TEXT,             RW,     SORT),
    row("supplierNumber",          "supplier_number",      TEXT,             RW,     SORT),
    row("routeId",                 "route_id",             TEXT,             RW,     SORT),
    custom("extras", required=True),
    DELIVERY_ADDRESSES.row(),
    CONTACTS.row(),
    row("createdAt",               "created_at",           ISO,              RO,     SORT),
    row("updatedAt",               "updated_at",           ISO,              RO,     SORT),
    blank_is_null=True,
)  # fmt: skip
