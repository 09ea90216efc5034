"""v1: the client, in the order of the documented object."""

from typing import Any

from billto.dialects.custom import custom
from billto.dialects.loopback.banks import of_customer
from billto.dialects.loopback.lenient import BOOL, ID, MOMENT, TEXT, renamed
from billto.dialects.wire import FIND, REQ, RO, RW, SORT, Table, derived, row, woven
from billto.domain.customer import DATA, Customer
from billto.domain.problems import Problem, Refused

BOTH = (FIND, SORT)

TYPES = renamed({"customer": "buyer", "supplier": "supplier", "both": "both"})


def _data(given: Any) -> dict[str, Any]:
    problems: list[Problem] = []
    value = DATA.read(given, (), problems)
    if problems:
        raise Refused(*problems)
    return {"data": value or None}  # shown as an empty list, as it is when nothing was ever said


CLIENT = Table(
    Customer,
    #   on the wire           attribute             codec    access  questions
    row("contact",            "contact",            TEXT,    RW,     *BOTH),
    row("note",               "note",               TEXT,    RW,     *BOTH),
    row("isEndCustomer",      "is_end_consumer",    BOOL,    RW,     *BOTH),
    row("type",               "contact_type",       TYPES,   RW,     *BOTH),
    row("name",               "name",               TEXT,    REQ,    *BOTH),
    row("address",            "address",            TEXT,    RW,     *BOTH),
    row("address2",           "address_2",          TEXT,    RW,     *BOTH),
    row("city",               "city",               TEXT,    RW,     *BOTH),
    row("zip",                "post_code",          TEXT,    RW,     *BOTH),
    row("state",              "state",              TEXT,    RW,     *BOTH),
    row("country",            "country",            TEXT,    RW,     *BOTH),
    row("countryAlpha2Code",  "country_code",       TEXT,    RW,     *BOTH),
    row("taxNumber",          "tax_number",         TEXT,    RW,     *BOTH),
    row("taxSubject",         "is_tax_subject",     BOOL,    RW,     *BOTH),
    row("companyNumber",      "company_number",     TEXT,    RW,     *BOTH),
    of_customer("IBAN"),
    of_customer("bank"),
    of_customer("SWIFT"),
    row("website",            "website",            TEXT,    RW,     *BOTH),
    row("email",              "email",              TEXT,    RW,     *BOTH),
    row("phone",              "phone",              TEXT,    RW,     *BOTH),
    row("businessType",       "business_type",      TEXT,    RW,     *BOTH),
    row("fiscalRegionCode",   "fiscal_region_code", TEXT,    RW,     *BOTH),
    row("id",                 "id",                 ID,      RO,     *BOTH),
    row("createdAt",          "created_at",         MOMENT,  RO,     *BOTH),
    row("updatedAt",          "updated_at",         MOMENT,  RO,     *BOTH),
    custom("custom"),
    row("deletedAt",          "deleted_at",         MOMENT,  RO,     *BOTH),
    derived("_isDeleted",     lambda client: client.deleted_at is not None, {"type": "boolean"}),
    derived("deletedId",      lambda client: client.id if client.deleted_at else None,
            {"type": ["string", "null"]}, "The id of a client that was deleted."),
    row("organizationId",     "entity_id",          ID,      RO,     FIND),
    derived("unitId",         lambda client: None, {"type": "null"}, "There are no units."),
    derived("unitIds",        lambda client: [], {"type": "array", "maxItems": 0}, "There are no units."),
    woven("_data",            lambda client: client.data or [], _data,
          {"type": "array", "items": {"type": "object"}}, ("data",)),
    null_is_default=True,
)  # fmt: skip
