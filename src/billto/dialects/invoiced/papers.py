"""Invoiced: invoices, credit notes and estimates as tables, each in the order of the alphabet."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

from billto.dialects.invoiced import lines
from billto.dialects.invoiced.codecs import BOOL, CURRENCY, DAY, METADATA, MONEY, TEXT, UNIX, WHOLE
from billto.dialects.invoiced.rows import BOTH, fixed, nothing_of, refusing
from billto.dialects.wire import REQ, RO, RW, WO, Row, Table, derived, row, woven
from billto.domain.document import PAYABLE, Document
from billto.domain.problems import Problem, Refused
from billto.domain.query import All, Compare, Missing, Node, Not, Op

_LIST = {"type": "array"}
_FLAG = {"type": "boolean"}
_URI = {"type": ["string", "null"], "format": "uri"}
# What of a document tells where it is to be had without a key; the rest of its address tells the server.
_OPENED = ("id", "customer_id", "issued_at", "type")


def _null(wire: str, says: str = "") -> Row:
    return derived(wire, lambda _document: None, {"type": "null"}, says)


def _is_closed(document: Document) -> bool:
    return document.closed_at is not None


_COMMON = (
    derived("closed", _is_closed, _FLAG, attrs=("closed_at",)),
    row("created_at",     "created_at",     UNIX,     RO,  *BOTH),
    row("currency",       "currency_code",  CURRENCY, RW,  *BOTH),
    row("customer",       "customer",       WHOLE,    REQ, *BOTH),
    row("date",           "date",           DAY,      RW,  *BOTH),
    woven("discounts", lines.shown_discounts, lines.read_discounts, _LIST, ("discounts", "serial")),
    derived("draft", lambda document: document.issued_at is None, _FLAG, attrs=("issued_at",)),
    row("id",             "serial",         WHOLE,    RO,  *BOTH),
    woven("items", lines.shown_lines, lines.read_lines, _LIST, ("lines", "serial")),
    row("metadata",       "metadata",       METADATA, RW),
    row("name",           "name",           TEXT,     RW,  *BOTH),
    row("notes",          "note",           TEXT,     RW),
    row("number",         "number",         TEXT,     RW,  *BOTH),
    derived("pdf_url", lambda _document: None, _URI, "Where its PDF is had without a key, once it is issued.",
            _OPENED),
    row("purchase_order", "purchase_order", TEXT,     RW,  *BOTH),
    derived("status", lambda _document: None, {"type": "string"}, "What has become of it by today.",
            ("issued_at", "voided_at", "paid_at", "closed_at", "sent_at", "due_date")),
    row("subtotal",       "subtotal",       MONEY,    RO,  *BOTH),
    woven("taxes", lines.shown_taxes, lines.read_taxes, _LIST, ("taxes", "tax_summary", "lines", "serial")),
    row("total",          "total_with_tax", MONEY,    RO,  *BOTH),
    row("updated_at",     "updated_at",     UNIX,     RO,  *BOTH),
    derived("url", lambda _document: None, _URI, "The page of its customer, where it is listed.", _OPENED),
)  # fmt: skip

_OWED = (
    row("balance", "balance", MONEY, RO, *BOTH),
    derived("paid", lambda document: document.paid_at is not None, _FLAG, attrs=("paid_at",)),
)

_PROMISED = (
    row("payment_terms", "payment_terms", TEXT, RW, *BOTH),
    woven("ship_to", lambda _document: None, refusing("an address to ship to is not kept"),
          {"type": "null"}, ()),
)  # fmt: skip


_FILES = woven("attachments", lambda _document: [], nothing_of("file"), _LIST, (), WO)


def _table(object_: str, *rows: Row) -> Table:
    mine = sorted((*_COMMON, *rows, fixed("object", object_)), key=lambda one: one.wire)
    return Table(Document, *mine, _FILES, blank_is_null=True, null_is_default=True)


INVOICE = _table(
    "invoice",
    *_OWED,
    *_PROMISED,
    fixed("attempt_count", 0),
    row("autopay",  "is_autopay", BOOL, RW, *BOTH),
    row("chase",    "is_chased",  BOOL, RW, *BOTH),
    row("due_date", "due_date",   DAY,  RW, *BOTH),
    _null("next_payment_attempt"),
    _null("payment_plan", "null: there are no payment plans."),
    _null("payment_url", "null: no payment gateway is connected."),
    _null("subscription", "null: there are no subscriptions."),
)  # fmt: skip

CREDIT_NOTE = _table("credit_note", *_OWED)

ESTIMATE = _table(
    "estimate",
    *_PROMISED,
    woven("deposit", lambda _document: 0, refusing("estimates ask for no deposit"), {"const": 0}, ()),
    fixed("deposit_paid", False),
    row("expiration_date", "valid_until", DAY, RW, *BOTH),
    _null("invoice", "null: no invoices are made of estimates."),
)  # fmt: skip


class Paper(NamedTuple):
    """One type of document: what it is called in the core and here, and what its states are called."""

    kind: str
    table: Table
    called: str
    open: tuple[str, ...]  # when something is expected: past its day, sent, or not sent
    closed: str = "closed"

    @property
    def kinds(self) -> tuple[str, ...]:
        """What is shown as such a document: whatever asks for money is an invoice here."""
        return PAYABLE if self.kind in PAYABLE else (self.kind,)


INVOICES = Paper("invoice", INVOICE, "Invoice", ("past_due", "sent", "not_sent"), "bad_debt")
CREDIT_NOTES = Paper("credit_note", CREDIT_NOTE, "Credit Note", ("open", "open", "open"))
ESTIMATES = Paper("estimate", ESTIMATE, "Estimate", ("sent", "sent", "not_sent"))


def status(paper: Paper, document: Document, today: date) -> str:
    if document.voided_at is not None:
        return "voided"
    if document.issued_at is None:
        return "draft"
    if document.paid_at is not None:
        return "paid"
    if document.closed_at is not None:
        return paper.closed
    past, sent, not_sent = paper.open
    if document.due_date is not None and document.due_date < today:
        return past
    return sent if document.sent_at is not None else not_sent


_ISSUED, _NOT_VOIDED = Not(Missing("issued_at")), Missing("voided_at")
_PAID, _CLOSED = Not(Missing("paid_at")), Not(Missing("closed_at"))


def conditions(paper: Paper, today: date) -> Mapping[str, Callable[[Any], Node]]:
    """What a filter may ask beside the attributes: what follows from them."""

    def flag(node: Node) -> Callable[[Any], Node]:
        return lambda value: node if BOOL.decode(value) else Not(node)

    return {
        "status": lambda value: _of_status(paper, TEXT.decode(value), today),
        "draft": flag(Missing("issued_at")),
        "closed": flag(_CLOSED),
        **({"paid": flag(_PAID)} if "paid" in paper.table.by_wire else {}),
    }


def _of_status(paper: Paper, word: str, today: date) -> Node:
    """Those of one status; a word that is none of its statuses is refused."""
    past, sent, not_sent = paper.open
    expected = (_ISSUED, _NOT_VOIDED, Not(_PAID), Not(_CLOSED))
    late = Compare("due_date", Op.LT, today)
    there: dict[str, Node] = {
        not_sent: All((*expected, Not(late), Missing("sent_at"))),
        sent: All((*expected, Not(late), Not(Missing("sent_at")))),
        past: All((*expected, late)),
        "draft": All((_NOT_VOIDED, Missing("issued_at"))),
        "voided": Not(_NOT_VOIDED),
        "paid": All((_NOT_VOIDED, _PAID)),
        paper.closed: All((_ISSUED, _NOT_VOIDED, Not(_PAID), _CLOSED)),
    }
    if past == sent:  # nothing is ever late
        there[sent] = All((*expected, Not(Missing("sent_at"))))
        there[not_sent] = All((*expected, Missing("sent_at")))
    if sent == not_sent:
        there[sent] = All(expected)
    if word not in there:
        raise Refused(Problem("unknown_choice", detail=", ".join(there)))
    return there[word]
