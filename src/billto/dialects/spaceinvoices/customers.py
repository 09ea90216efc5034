"""Space Invoices: the customer, in the order of the documented object; fields newer than it at the end."""

from billto.dialects.codecs import BOOL, ISO, TEXT, prefixed, shaped
from billto.dialects.spaceinvoices.dunning import DUNNING
from billto.dialects.wire import FIND, REQ, RO, RW, SORT, Table, derived, row
from billto.domain.attrs import METADATA
from billto.domain.customer import BANK_ACCOUNTS, UJP, Customer
from billto.domain.tombstone import Tombstone

BOTH = (FIND, SORT)
assert METADATA.shape is not None

CUSTOMER = Table(
    Customer,
    #   on the wire         attribute           codec                    access  questions
    row("id",               "id",               prefixed("cust"),        RO,     *BOTH),
    row("name",             "name",             TEXT,                    REQ,    *BOTH),
    row("email",            "email",            TEXT,                    RW,     *BOTH),
    row("address",          "address",          TEXT,                    RW,     *BOTH),
    row("address_2",        "address_2",        TEXT,                    RW),
    row("post_code",        "post_code",        TEXT,                    RW),
    row("city",             "city",             TEXT,                    RW,     *BOTH),
    row("state",            "state",            TEXT,                    RW),
    row("country",          "country",          TEXT,                    RW,     *BOTH),
    row("country_code",     "country_code",     TEXT,                    RW),
    row("tax_number",       "tax_number",       TEXT,                    RW,     *BOTH),
    row("is_tax_subject",   "is_tax_subject",   BOOL,                    RW),
    row("is_end_consumer",  "is_end_consumer",  BOOL,                    RW),
    row("company_number",   "company_number",   TEXT,                    RW),
    row("peppol_id",        "peppol_id",        TEXT,                    RW),
    row("entity_id",        "entity_id",        prefixed("ent"),         RO),
    row("metadata",         "metadata",         shaped(METADATA.shape),  RW,     FIND),
    derived("vies",         lambda customer: None, {"type": ["object", "null"]},
            "The last check of the tax number with VIES; null while there was none."),
    row("created_at",       "created_at",       ISO,                     RO,     *BOTH),
    row("updated_at",       "updated_at",       ISO,                     RO,     *BOTH),
    row("deleted_at",       "deleted_at",       ISO,                     RO),
    row("contact_type",     "contact_type",     TEXT,                    RW,     FIND),
    row("bank_accounts",    "bank_accounts",    shaped(BANK_ACCOUNTS),   RW),
    row("peppol_scheme_id", "peppol_scheme_id", TEXT,                    RW),
    row("ujp",              "ujp",              shaped(UJP),             RW),
    row("external_id",      "external_id",      TEXT,                    RW,     *BOTH),
    DUNNING,
)  # fmt: skip

TOMBSTONE = Table(
    Tombstone,
    row("id",                     "id",          prefixed("cust"), RO, *BOTH),
    row("entity_id",              "entity_id",   prefixed("ent"),  RO),
    row("external_id",            "external_id", TEXT,             RO, FIND),
    row("permanently_deleted_at", "erased_at",   ISO,              RO, *BOTH),
)  # fmt: skip
