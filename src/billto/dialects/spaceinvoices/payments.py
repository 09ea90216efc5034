"""Space Invoices: the payment, in the order of the documented object; our own fields at the end."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from billto.dialects.codecs import ISO, MONEY, TEXT, Codec, choice, prefixed, read_money, shaped, write_money
from billto.dialects.spaceinvoices.values import ANY_ID, CURRENCY, DATE, shown_id
from billto.dialects.wire import FIND, ONCE, RO, RW, SORT, Row, Table, row
from billto.domain.attrs import METADATA
from billto.domain.ids import read_id
from billto.domain.nodes import Choice, Group, Many, Number, Text
from billto.domain.payment import APPLICATIONS_MAX, APPLIED, REFUND, REFUNDED, Payment
from billto.domain.problems import Problem, Refused

BOTH = (FIND, SORT)
assert METADATA.shape is not None

# How money comes: the vendor's words first, then those that other doors have; and what only moves what was
# there.
METHODS = (
    "cash", "bank_transfer", "card", "check", "paypal", "coupon", "other", "online", "crypto", "bank",
    "credit_card", "debit_card", "ach", "wire_transfer", "direct_debit", "stripe", "eft", "echeck",
)  # fmt: skip
CREDIT_NOTE, ADVANCE, CREDIT_BALANCE = MOVES = ("credit_note", "advance", "credit_balance")
METHOD = Codec(
    choice(*METHODS, *MOVES).decode, None, TEXT.decode, {"type": "string", "maxLength": 30}
)  # other doors may have said something else

# The names under which a body may say what is settled, in the order in which they are looked at.
DOCUMENTS: Mapping[str, str] = {
    "document_id": "", "invoice_id": "invoice", "credit_note_id": "credit_note",
    "advance_invoice_id": "advance_invoice",
}  # fmt: skip

_SHAPE = Many(
    Group(
        {
            "type": Choice(among=(*APPLIED, *REFUNDED), null=False, says="What the amount is, or does."),
            "amount": Number(least=0, says="How much of it; as much as can be settled where it is left out."),
            "document_id": Text(most=40, says="What is settled."),
            "document_type": Text(most=20, says="Only shown: what that is."),
            "source_id": Text(most=40, says="The credit note, advance invoice or payment it comes out of."),
        },
        null=False,
    ),
    most=APPLICATIONS_MAX,
)
_SOURCES = {"credit_note": "credit_note", "refund_credit_note": "credit_note", "advance": "advance_invoice"}


def _read_applications(given: Any) -> list[dict[str, Any]]:
    """Applications with bare ids and exact amounts; raises Refused with all that is wrong with them."""
    read: Any = shaped(_SHAPE).decode(given)
    problems: list[Problem] = []
    for at, one in enumerate(read):
        for name in ("document_id", "source_id"):
            if one.get(name) is None:
                continue
            one[name] = read_id(one[name])
            if one[name] is None:
                problems.append(
                    Problem("invalid_format", (at, name), "a prefix, _ and 24 hexadecimal digits")
                )
        try:
            one["amount"] = None if one.get("amount") is None else read_money(one["amount"])
        except Refused as refused:
            problems += (problem.within(at, "amount") for problem in refused.problems)
    if problems:
        raise Refused(*problems)
    return list(read)


def shown_application(one: Mapping[str, Any]) -> dict[str, Any]:
    document, source = one.get("document_id"), one.get("source_id")
    return {
        "type": one["kind"],
        "amount": write_money(Decimal(one["amount"])),
        "document_id": shown_id(one.get("document_type"), document) if document else None,
        "document_type": one.get("document_type"),
        "source_id": shown_id(_SOURCES.get(one["kind"], "payment"), source) if source else None,
    }


APPLICATIONS = Codec(
    _read_applications, lambda kept: list(map(shown_application, kept)), shaped(_SHAPE).parse, _SHAPE.shape()
)


def moved(payment: Payment) -> Decimal:
    """What the payment is about: its money, or what it moved where no money came."""
    return payment.amount or sum((Decimal(one["amount"]) for one in payment.applications), Decimal(0))


def _touched(payment: Payment, name: str, kind: str) -> str | None:
    """The first document of a type among what the payment settles, or comes out of."""
    for one in payment.applications:
        if one.get("document_type") == kind and one.get("document_id"):
            return shown_id(kind, one["document_id"])
        if one.get("source_id") and _SOURCES.get(one["kind"]) == kind:
            return shown_id(kind, one["source_id"])
    return None


def entered_for(payment: Payment) -> str | None:
    """The document that it was entered for, or the payment that it pays back, with the prefix of its type
    where the payment tells that."""
    if payment.document_id is None:
        return None
    for one in payment.applications:
        if one.get("document_id") == payment.document_id:
            return shown_id(one.get("document_type"), payment.document_id)
        if one.get("source_id") == payment.document_id:
            return shown_id(_SOURCES.get(one["kind"], "payment"), payment.document_id)
    return shown_id("payment" if payment.direction == REFUND else None, payment.document_id)


def _document(name: str, kind: str) -> Row:
    return row(
        name, "document_id", prefixed({"invoice": "inv", "credit_note": "cre"}.get(kind, "adv")), ONCE, FIND,
        sets=lambda id: {name: id},
        of=lambda payment: _touched(payment, name, kind),
        woven_of=("applications",),
    )  # fmt: skip


PAYMENT = Table(
    Payment,
    #   on the wire           attribute         codec                    access  questions
    row("id",                 "id",             prefixed("pmt"),         RO,     *BOTH),
    *(_document(name, kind) for name, kind in DOCUMENTS.items() if kind),
    row("document_id",        "document_id",    ANY_ID,                  ONCE,   FIND,
        of=entered_for, woven_of=("applications",)),
    row("customer_id",        "customer_id",    prefixed("cust"),        ONCE,   *BOTH),
    row("amount",             "amount",         MONEY,                   ONCE,   *BOTH,
        of=lambda payment: write_money(moved(payment)), woven_of=("applications",)),
    row("type",               "method",         METHOD,                  RW,     *BOTH),
    row("date",               "date",           DATE,                    RW,     *BOTH),
    row("reference",          "reference",      TEXT,                    RW,     *BOTH),
    row("tag",                "tag",            TEXT,                    RW,     FIND),
    row("note",               "note",           TEXT,                    RW),
    row("entity_id",          "entity_id",      prefixed("ent"),         RO),
    row("currency_code",      "currency_code",  CURRENCY,                ONCE,   *BOTH),
    row("metadata",           "metadata",       shaped(METADATA.shape),  RW,     FIND),
    row("deleted_at",         "voided_at",      ISO,                     RO),
    row("created_at",         "created_at",     ISO,                     RO,     *BOTH),
    row("updated_at",         "updated_at",     ISO,                     RO,     *BOTH),
    row("direction",          "direction",      TEXT,                    RO,     FIND),
    row("unapplied",          "balance",        MONEY,                   RO,     *BOTH),
    row("applications",       "applications",   APPLICATIONS,            RW),
    row("transaction_id",     "transaction_id", TEXT,                    RW,     FIND),
)  # fmt: skip
