"""v1: the organization, which is an entity, and the account that it belongs to."""

from billto.dialects.codecs import shaped
from billto.dialects.loopback.banks import of_entity
from billto.dialects.loopback.lenient import BOOL, ID, MOMENT, TEXT
from billto.dialects.wire import FIND, ONCE, REQ, RO, RW, SORT, Table, derived, row
from billto.domain.account import Account
from billto.domain.attrs import METADATA
from billto.domain.entity import Entity

BOTH = (FIND, SORT)
assert METADATA.shape is not None

ORGANIZATION = Table(
    Entity,
    #   on the wire           attribute             codec                    access  questions
    row("id",                 "id",                 ID,                      RO,     *BOTH),
    row("name",               "name",               TEXT,                    REQ,    *BOTH),
    row("address",            "address",            TEXT,                    RW,     *BOTH),
    row("address2",           "address_2",          TEXT,                    RW,     *BOTH),
    row("city",               "city",               TEXT,                    RW,     *BOTH),
    row("zip",                "post_code",          TEXT,                    RW,     *BOTH),
    row("state",              "state",              TEXT,                    RW,     *BOTH),
    row("country",            "country",            TEXT,                    ONCE,   *BOTH),
    row("countryAlpha2Code",  "country_code",       TEXT,                    ONCE,   *BOTH),
    row("taxNumber",          "tax_number",         TEXT,                    RW,     *BOTH),
    row("taxSubject",         "is_tax_subject",     BOOL,                    RW,     *BOTH),
    row("companyNumber",      "company_number",     TEXT,                    RW,     *BOTH),
    row("fiscalRegionCode",   "fiscal_region_code", TEXT,                    RW),
    of_entity("IBAN"),
    of_entity("bank"),
    of_entity("SWIFT"),
    row("website",            "website",            TEXT,                    RW,     *BOTH),
    row("email",              "email",              TEXT,                    RW,     *BOTH),
    row("phone",              "phone",              TEXT,                    RW,     *BOTH),
    row("locale",             "locale",             TEXT,                    RW),
    row("timezone",           "timezone",           TEXT,                    RW),
    row("active",             "is_enabled",         BOOL,                    RO,     *BOTH),
    row("custom",             "metadata",           shaped(METADATA.shape),  RW,     FIND),
    row("createdAt",          "created_at",         MOMENT,                  RO,     *BOTH),
    row("updatedAt",          "updated_at",         MOMENT,                  RO,     *BOTH),
    derived("_defaults",      lambda entity: [], {"type": "array", "maxItems": 0},
            "Settings are not shown here."),
    null_is_default=True,
)  # fmt: skip

ACCOUNT = Table(
    Account,
    row("id",                 "id",                 ID,                      RO),
    derived("email",          lambda account: None, {"type": "null"}, "Accounts have no users yet."),
    row("label",              "name",               TEXT,                    RO),
    row("createdAt",          "created_at",         MOMENT,                  RO),
)  # fmt: skip
