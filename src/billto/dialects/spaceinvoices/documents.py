"""Space Invoices: the document, in the order of the documented object; what is ours at the end.

One table for all five types: what a type has no use for is null or refused by its verb.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from billto.dialects.codecs import (
    BOOL,
    DAY,
    ISO,
    MONEY,
    TEXT,
    Codec,
    Schema,
    choice,
    prefixed,
    shaped,
    write_money,
)
from billto.dialects.spaceinvoices import receipts
from billto.dialects.spaceinvoices.dunning import DUNNING
from billto.dialects.spaceinvoices.lines import LINES, PREFIXES, TAX_SHAPE, IdOf, shown, taxes
from billto.dialects.spaceinvoices.parties import (
    CUSTOMER_ON_IT,
    ISSUER_ON_IT,
    customer_of,
    issuer_of,
    says_customer,
)
from billto.dialects.spaceinvoices.values import CURRENCY, DATE
from billto.dialects.wire import (
    FIND,
    REQ,
    RO,
    RW,
    SORT,
    WO,
    Row,
    Table,
    derived,
    row,
    woven,
)
from billto.domain.attrs import METADATA
from billto.domain.calculation import MODES
from billto.domain.document import LINKED_MAX, OWED, TITLES, Document
from billto.domain.nodes import Many, Map, Text, Texts

BOTH = (FIND, SORT)
assert METADATA.shape is not None

TRANSLATIONS = Map(Texts(Text(most=10_000), depth=2), most=50)
LINKED = Many(IdOf(prefix="[a-z]+", null=False), most=LINKED_MAX)


ANY_ID = Codec(
    prefixed("inv").decode,
    str,  # what stands before it follows from the type
    prefixed("inv").decode,
    {"type": "string", "pattern": f"^({'|'.join(PREFIXES.values())})_[0-9a-f]{{24}}$"},
)


def _of(document: Document) -> str:
    return f"{PREFIXES[document.type]}_{document.id}"


def paid(document: Document) -> Decimal:
    """What has come in for it: all that is neither open nor written off."""
    if document.issued_at is None or document.voided_at is not None or document.type not in OWED:
        return Decimal(0)
    return document.total_with_tax - document.balance - document.written_off


def _is_paid(document: Document) -> bool:
    return document.paid_at is not None


def _relations(document: Document) -> list[dict[str, str]]:
    return [{"type": "linked", "document_id": id} for id in document.linked_ids or ()]


def _nothing(wire: str, says: str) -> Row:
    return derived(wire, lambda document: None, {"type": ["object", "null"]}, says)


def _expected(given: Any) -> Mapping[str, Any]:
    return {} if given is None else {"expected_total": MONEY.decode(given)}


def _draft(given: Any) -> Mapping[str, Any]:
    return {} if given is None else {"is_draft": BOOL.decode(given)}


_NUMBER: Schema = {"type": "number"}
_MOMENT_OR_NULL: Schema = {"type": ["string", "null"], "format": "date-time"}
_RELATIONS: Schema = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"type": {"type": "string"}, "document_id": {"type": "string"}},
    },
}
_PAID = ("issued_at", "voided_at", "type", "total_with_tax", "balance", "written_off")

DOCUMENT = Table(
    Document,
    #   on the wire                 attribute           codec                    access questions
    row("id",                       "id",               ANY_ID,                  RO,    *BOTH,
        of=_of, woven_of=("type",)),
    row("number",                   "number",           TEXT,                    RO,    *BOTH),
    row("entity_id",                "entity_id",        prefixed("ent"),         RO),
    row("type",                     "type",             TEXT,                    RO,    *BOTH),
    row("date",                     "date",             DATE,                    RW,    *BOTH),
    row("date_due",                 "due_date",         DATE,                    RW,    *BOTH),
    derived("date_year", lambda document: document.date.year, {"type": "integer"},
            "The year of its date, in which its number is counted.", attrs=("date",)),
    row("date_service",             "service_date",     DAY,                     RW,    *BOTH),
    row("date_service_to",          "service_date_to",  DAY,                     RW,    *BOTH),
    row("date_valid_till",          "valid_until",      DATE,                    RW,    *BOTH),
    row("title_type",               "title_type",       choice(*TITLES),         RW,    FIND),
    _nothing("shareable_id", "Always null: documents are not shared by address yet."),
    Row("is_draft", None, None, RW, frozenset({FIND}), lambda document: document.issued_at is None,
        {"type": "boolean"}, sets=_draft, woven_of=("issued_at",)),
    row("voided_at",                "voided_at",        ISO,                     RO,    *BOTH),
    row("currency_code",            "currency_code",    CURRENCY,                RW,    *BOTH),
    _nothing("exchange_rate", "Always null: converted totals are in the document's own currency."),
    row("transaction_type",         "transaction_type", TEXT,                    RO,    FIND),
    row("total",                    "total",            MONEY,                   RO,    *BOTH),
    row("total_with_tax",           "total_with_tax",   MONEY,                   RO,    *BOTH),
    row("total_discount",           "total_discount",   MONEY,                   RO,    *BOTH),
    derived("total_converted", lambda document: write_money(document.total), _NUMBER,
            "The same as `total`.", attrs=("total",)),
    derived("total_with_tax_converted", lambda document: write_money(document.total_with_tax), _NUMBER,
            "The same as `total_with_tax`.", attrs=("total_with_tax",)),
    derived("rounding_correction", lambda document: 0, _NUMBER,
            "Always 0: totals are the sums of what the lines say."),
    derived("taxes", lambda document: taxes(document.tax_summary), {"type": "array", "items": TAX_SHAPE},
            "Each tax once, with the sums of what it is counted from and what it comes to.",
            attrs=("tax_summary",)),
    row("items",                    "lines",            LINES,                   REQ,
        of=shown, woven_of=("type", "id", "created_at", "updated_at")),
    row("customer_id",              "customer_id",      prefixed("cust"),        RW,    *BOTH),
    row("customer",                 "buyer",            CUSTOMER_ON_IT,          RW,
        of=customer_of, sets=says_customer),
    row("issuer",                   "issuer",           ISSUER_ON_IT,            RW,    of=issuer_of),
    row("reference",                "reference",        TEXT,                    RW,    *BOTH),
    row("note",                     "note",             TEXT,                    RW),
    row("payment_terms",            "payment_terms",    TEXT,                    RW),
    row("tax_clause",               "tax_clause",       TEXT,                    RW),
    row("footer",                   "footer",           TEXT,                    RW),
    row("signature",                "signature",        TEXT,                    RW),
    row("translations",             "translations",     shaped(TRANSLATIONS),    RW),
    row("hide_prices",              "hides_prices",     BOOL,                    RW,    FIND),
    row("metadata",                 "metadata",         shaped(METADATA.shape),  RW,    FIND),
    row("linked_documents",         "linked_ids",       shaped(LINKED),          RW),
    _nothing("vies", "Always null: tax numbers are not checked with VIES yet."),
    _nothing("furs", "Always null: nothing is reported to FURS yet."),
    _nothing("fina", "Always null: nothing is reported to FINA yet."),
    _nothing("pt", "Always null: nothing is reported in Portugal yet."),
    _nothing("eslog", "Always null: no e-SLOG is made yet."),
    derived("total_paid", lambda document: write_money(paid(document)), _NUMBER,
            "What has come in for it, or was given back of it.", attrs=_PAID),
    row("total_due",                "balance",          MONEY,                   RO,    *BOTH),
    Row("paid_in_full", None, None, RO, frozenset({FIND}), _is_paid, {"type": "boolean"},
        "Whether nothing is open of it any more.", woven_of=("paid_at",)),
    derived("document_relations", _relations, _RELATIONS,
            "The documents it is linked with.", attrs=("linked_ids",)),
    derived("deleted_at", lambda document: None, _MOMENT_OR_NULL, "Always null: what is issued stays."),
    row("created_at",               "created_at",       ISO,                     RO,    *BOTH),
    row("updated_at",               "updated_at",       ISO,                     RO,    *BOTH),
    row("calculation_mode",         "calculation",      choice(*MODES),          RW,    FIND),
    row("issued_at",                "issued_at",        ISO,                     RO,    *BOTH),
    row("paid_at",                  "paid_at",          ISO,                     RO,    *BOTH),
    row("sent_at",                  "sent_at",          ISO,                     RO,    *BOTH),
    row("closed_at",                "closed_at",        ISO,                     RO,    *BOTH),
    row("total_written_off",        "written_off",      MONEY,                   RO,    *BOTH),
    row("void_reason",              "void_reason",      TEXT,                    RO),
    row("change_reason",            "change_reason",    TEXT,                    RW),
    DUNNING,
    woven("payments", lambda document: None, receipts.said, receipts.PAYMENTS.shape(), (), WO),
    woven("expected_total_with_tax", lambda document: None, _expected, _NUMBER, (), WO),
    asked=(row("customer.name",     "customer_name",    TEXT,                    RO,    *BOTH),),
    spells={
        "expected_total": "expected_total_with_tax", "receipts": "payments", "applications": "payments",
        "is_draft": "is_draft",
    },
)  # fmt: skip
