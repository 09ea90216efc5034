"""Invoiced: payments, and what they are applied to: invoices, credit, and credit notes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from billto.app import payments
from billto.app.applying import Wanted
from billto.app.parts import Reader, Request, Tx
from billto.dialects.dialect import Said, Told
from billto.dialects.invoiced import query
from billto.dialects.invoiced.answers import listed_as
from billto.dialects.invoiced.codecs import (
    BOOL,
    CURRENCY,
    DAY,
    METADATA,
    MONEY,
    TEXT,
    UNIX,
    WHOLE,
    write_number,
)
from billto.dialects.invoiced.documents import expanded, named_customer
from billto.dialects.invoiced.lines import number
from billto.dialects.invoiced.reading import fields, id_of
from billto.dialects.invoiced.rows import BOTH, fixed
from billto.dialects.tags import tagged
from billto.dialects.wire import REQ, RO, RW, Table, derived, row, woven
from billto.domain.payment import APPLICATIONS_MAX, PAYMENT, Payment
from billto.domain.problems import Problem, Refused
from billto.domain.query import Compare, Missing, Node, Not, Op

APPLIED_TO = "applied_to"
_NULL = {"type": "null"}
Values = Mapping[str, Any]


def shown_applications(payment: Payment) -> list[dict[str, Any]]:
    return [_shown_application(one) for one in payment.applications]


def _shown_application(one: Values) -> dict[str, Any]:
    """An application by the words of the wire; those that only other doors make are called as they are
    there."""
    kind = one.get("kind")
    shown: dict[str, Any] = {"amount": write_number(number(one, "amount"))}
    if one.get("source") is not None:
        shown["credit_note" if kind == "credit_note" else "source"] = one["source"]
    if one.get("document") is not None:
        if kind != "document":
            shown["document_type"] = "invoice"
        shown["invoice"] = one["document"]
    return {**shown, "type": "invoice" if kind == "document" else kind}


def read_applications(given: Any) -> dict[str, Any]:
    """What somebody wants a payment to go to."""
    if given in (None, "", [], {}):
        return {"applications": []}
    if not isinstance(given, list) or len(given) > APPLICATIONS_MAX:
        raise Refused(Problem("wrong_type", (), f"a list of at most {APPLICATIONS_MAX} applications"))
    wanted: list[Wanted] = []
    problems: list[Problem] = []
    for at, one in enumerate(given):
        try:
            wanted.append(_read_application(one))
        except Refused as refused:
            problems += (problem.within(at) for problem in refused.problems)
    if problems:
        raise Refused(*problems)
    return {"applications": wanted}


# The word for an application on the wire, what it is, and what it needs.
_KINDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "invoice": ("document", ("invoice",)),
    "credit": ("credit", ("amount",)),
    "applied_credit": ("applied_credit", ("invoice",)),
    "credit_note": ("credit_note", ("credit_note",)),
}
_NOT_OFFERED = {
    "convenience_fee": "convenience fees are not charged",
    "estimate": "estimates ask for no deposit that could be paid",
}


def _read_application(given: Any) -> Wanted:
    if not isinstance(given, dict):
        raise Refused(Problem("wrong_type", (), "an object"))
    type_ = given.get("type") or ("invoice" if given.get("invoice") else None)
    if type_ is None:
        raise Refused(Problem("required", ("type",)))
    for word in (type_, given.get("document_type")):
        if isinstance(word, str) and word in _NOT_OFFERED:
            raise Refused(Problem("not_offered", (), _NOT_OFFERED[word]))
    if not isinstance(type_, str) or type_ not in _KINDS:
        raise Refused(Problem("unknown_choice", ("type",), ", ".join(_KINDS)))
    kind, needed = _KINDS[type_]
    if missing := [name for name in needed if given.get(name) in (None, "")]:
        raise Refused(*(Problem("required", (name,)) for name in missing))
    amount = _read(given, "amount", MONEY.decode)
    if amount is not None and amount < 0:
        raise Refused(Problem("out_of_range", ("amount",), "0 or more"))
    invoice = _read(given, "invoice", WHOLE.decode) if kind != "credit" else None
    note = _read(given, "credit_note", WHOLE.decode) if kind == "credit_note" else None
    return Wanted(kind, amount, invoice, note)


def _read(given: Values, name: str, decode: Callable[[Any], Any]) -> Any:
    value = given.get(name)
    if isinstance(value, dict):  # as it is where it was expanded
        value = value.get("id")
    if value in (None, ""):
        return None
    try:
        return decode(value)
    except Refused as refused:
        raise Refused(*(one.within(name) for one in refused.problems)) from None


PAYMENT_TABLE = Table(
    Payment,
    row("ach_sender_id", "transaction_id", TEXT,     RW,  *BOTH),
    row("amount",        "amount",         MONEY,    REQ, *BOTH),
    woven(APPLIED_TO, shown_applications, read_applications, {"type": "array"}, ("applications",)),
    row("balance",       "balance",        MONEY,    RO,  *BOTH),
    derived("charge", lambda _payment: None, _NULL, "null: no payment gateway is connected."),
    row("created_at",    "created_at",     UNIX,     RO,  *BOTH),
    row("currency",      "currency_code",  CURRENCY, RW,  *BOTH),
    row("customer",      "customer",       WHOLE,    RW,  *BOTH),
    row("date",          "date",           DAY,      RW,  *BOTH),
    row("id",            "serial",         WHOLE,    RO,  *BOTH),
    fixed("matched", False),
    row("metadata",      "metadata",       METADATA, RW),
    row("method",        "method",         TEXT,     RW,  *BOTH),
    row("notes",         "note",           TEXT,     RW),
    fixed("object", "payment"),
    derived("pdf_url", lambda _payment: None, _NULL, "null: there are no receipts yet."),
    row("reference",     "reference",      TEXT,     RW,  *BOTH),
    row("source",        "source",         TEXT,     RW,  *BOTH),
    row("updated_at",    "updated_at",     UNIX,     RO,  *BOTH),
    derived("voided", lambda payment: payment.voided_at is not None, {"type": "boolean"},
            attrs=("voided_at",)),
    blank_is_null=True,
    null_is_default=True,
)  # fmt: skip


def _is_voided(value: Any) -> Node:
    there = Missing("voided_at")
    return Not(there) if BOOL.decode(value) else there


async def create(tx: Tx, asked: Request, told: Told) -> Said:
    said = {name: value for name, value in fields(told).items() if value not in (None, "")}
    values = PAYMENT_TABLE.decode(said, creating=True)
    wanted = values.pop("applications", ())
    values = await _with_customer(tx, asked, values)
    return await _said(tx, asked, told, await payments.receive(tx, asked, values, wanted))


async def get(reader: Reader, asked: Request, told: Told) -> Said:
    return await _said(reader, asked, told, await _found(reader, asked, told))


async def page(reader: Reader, asked: Request, told: Told) -> Said:
    within = Compare("direction", Op.EQ, PAYMENT)
    more = {"voided": _is_voided}
    asking = query.read(PAYMENT_TABLE, told.given, within=within, more=more).query
    question = replace(asking, shows=PAYMENT_TABLE.reads)
    found = await payments.page(reader, asked, question)
    shown = await _shown(reader, asked, told, found.records)
    return listed_as(shown, found.total or 0, question.skip, question.limit, told.url, told.given)


async def change(tx: Tx, asked: Request, told: Told) -> Said:
    """A change; what is sent back as it was shown changes nothing."""
    old = await _found(tx, asked, told)
    shown = PAYMENT_TABLE.encode(old)
    said = {name: one for name, one in fields(told).items() if name not in shown or shown[name] != one}
    values = PAYMENT_TABLE.decode(said, creating=False)
    wanted = values.pop("applications", None)
    if "customer" in values and values["customer"] != old.customer:
        raise Refused(Problem("immutable", ("customer",)))
    return await _said(tx, asked, told, await payments.change(tx, asked, old.id, values, wanted))


async def void(tx: Tx, asked: Request, told: Told) -> Said:
    """The payment as if it had never come; it is shown once more, for some clients read the answer."""
    old = await _found(tx, asked, told)
    voided = await _said(tx, asked, told, await payments.void(tx, asked, old.id))
    return voided._replace(status=200)


async def _with_customer(reader: Reader, asked: Request, values: Values) -> dict[str, Any]:
    id = values.get("customer")
    rest = {name: value for name, value in values.items() if name != "customer"}
    return rest if id is None else {**rest, "customer_id": (await named_customer(reader, asked, id)).id}


async def _found(reader: Reader, asked: Request, told: Told) -> Payment:
    """The payment; what went back to a customer is none here."""
    found = await payments.get(reader, asked, id_of(told, "id", "Payment"))
    if found.direction != PAYMENT:
        raise Refused(Problem("not_found", detail="Payment"))
    return found


async def _said(reader: Reader, asked: Request, told: Told, payment: Payment) -> Said:
    (shown,) = await _shown(reader, asked, told, (payment,))
    return Said(shown, headers=tagged(payment), shows=payment.id)


async def _shown(reader: Reader, asked: Request, told: Told, some: Sequence[Payment]) -> list[dict[str, Any]]:
    """The payments; what they are applied to only where that is asked for."""
    shape = query.shape(told.given)
    if APPLIED_TO not in shape.include:
        shape = shape._replace(exclude=shape.exclude | {APPLIED_TO})
    return await expanded(reader, asked, told, list(map(PAYMENT_TABLE.encode, some)), shape)
