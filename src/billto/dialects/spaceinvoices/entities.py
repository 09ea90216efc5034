"""Space Invoices: the entity, in the order of the documented object."""

from typing import Any

from billto.dialects.codecs import AMOUNT, BOOL, ISO, TEXT, Codec, prefixed, shaped
from billto.dialects.wire import FIND, FIXED, ONCE, REQ, RO, RW, SORT, Table, derived, row
from billto.domain.attrs import METADATA
from billto.domain.entity import Entity, home
from billto.domain.problems import Refused
from billto.domain.settings import check, json_schema

BOTH = (FIND, SORT)
assert METADATA.shape is not None


def _settings(given: Any, *, changing: bool) -> Any:
    kept, problems = check(given, changing=changing, path=())
    if problems:
        raise Refused(*problems)
    return kept


SETTINGS = Codec(
    lambda given: _settings(given, changing=False), None, lambda text: text, json_schema(),
    decode_change=lambda given: _settings(given, changing=True),
)  # fmt: skip

COUNTRY_RULES = {
    "type": "object",
    "properties": {
        "max_taxes_per_item": {"type": "integer"},
        "features": {"type": "array", "items": {"type": "string"}},
    },
}


def _country_rules(entity: Entity) -> dict[str, Any]:
    rules = home(entity)
    return {"max_taxes_per_item": rules.max_taxes_per_item, "features": list(rules.features)}


ENTITY = Table(
    Entity,
    #   on the wire            attribute             codec                    access  questions
    row("id",                  "id",                 prefixed("ent"),         RO,     *BOTH),
    row("name",                "name",               TEXT,                    REQ,    *BOTH),
    row("address",             "address",            TEXT,                    RW),
    row("address_2",           "address_2",          TEXT,                    RW),
    row("post_code",           "post_code",          TEXT,                    RW),
    row("city",                "city",               TEXT,                    RW),
    row("state",               "state",              TEXT,                    RW),
    row("country",             "country",            TEXT,                    FIXED,  *BOTH),
    row("country_code",        "country_code",       TEXT,                    ONCE),
    row("currency_code",       "currency_code",      TEXT,                    RW,     *BOTH),
    row("locale",              "locale",             TEXT,                    RW),
    row("timezone",            "timezone",           TEXT,                    RW),
    row("tax_number",          "tax_number",         TEXT,                    RW),
    row("tax_number_2",        "tax_number_2",       TEXT,                    RW),
    row("company_number",      "company_number",     TEXT,                    RW),
    row("phone",               "phone",              TEXT,                    RW),
    row("email",               "email",              TEXT,                    RW),
    row("website",             "website",            TEXT,                    RW),
    row("fiscal_region_code",  "fiscal_region_code", TEXT,                    RW),
    row("starting_capital",    "starting_capital",   AMOUNT,                  RW),
    row("environment",         "environment",        TEXT,                    ONCE),
    row("is_tax_subject",      "is_tax_subject",     BOOL,                    RW),
    row("is_enabled",          "is_enabled",         BOOL,                    RW),
    row("settings",            "settings",           SETTINGS,                RW),
    row("account_id",          "account_id",         prefixed("acc"),         RO),
    row("metadata",            "metadata",           shaped(METADATA.shape),  RW,     FIND),
    derived("country_rules",   _country_rules,       COUNTRY_RULES, attrs=("country_code",)),
    row("created_at",          "created_at",         ISO,                     RO,     *BOTH),
    row("updated_at",          "updated_at",         ISO,                     RO,     *BOTH),
)  # fmt: skip
