"""Space Invoices: payments and refunds: what a body says is settled, in the terms of the core."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from billto.app import ledger, payments, records
from billto.app.applying import Wanted
from billto.app.parts import Id, Reader, Request, Tx
from billto.dialects.spaceinvoices.payments import (
    ADVANCE,
    CREDIT_BALANCE,
    CREDIT_NOTE,
    DOCUMENTS,
    MOVES,
    entered_for,
    moved,
    shown_application,
)
from billto.domain import issuing
from billto.domain.document import Document
from billto.domain.ids import read_id
from billto.domain.money import shown
from billto.domain.paging import unambiguous
from billto.domain.payment import PAYMENT, REFUND, Payment
from billto.domain.problems import Problem, Refused
from billto.domain.query import All, Compare, Missing, Not, Op, Page, Query

NOTHING = Decimal(0)
REFUNDS_MAX = 10_000  # of one payment

# What a payment of these types comes out of, and under which name that is said.
_SOURCES: Mapping[str, tuple[str, str]] = {
    CREDIT_NOTE: ("credit_note_id", "credit_note"),
    ADVANCE: ("advance_invoice_id", "advance"),
}


class Named(NamedTuple):
    """A document that a body names, and under which name."""

    field: str
    document: Document


async def page(reader: Reader, asked: Request, query: Query) -> Page:
    """The payments; those that are voided are listed apart, as what is deleted."""
    if query.trashed is not None:
        missing = Missing("voided_at")
        query = query.within(Not(missing) if query.trashed else missing)
    return await payments.page(reader, asked, query)


async def create(tx: Tx, asked: Request, values: Mapping[str, Any]) -> Payment:
    """Money that came, or credit that is used: for one document, for several, or for none yet."""
    given, named, applications = await _taken_apart(tx, asked, values)
    _check_positive(given.get("amount"))
    if applications is not None:
        return await _several(tx, asked, given, applications)
    if given.get("method") in _SOURCES:
        return await _moved(tx, asked, given, named)
    if given.get("method") == CREDIT_BALANCE:
        return await _spent(tx, asked, given, named)
    _check_one(named.values())
    (only,) = named.values() or (None,)
    if only is None:
        return await _on_account(tx, asked, given)
    if only.document.type == "credit_note":
        return await _given_back(tx, asked, given, only)
    return await _one(tx, asked, given, only)


async def refund(tx: Tx, asked: Request, values: Mapping[str, Any]) -> Payment:
    """Money that goes back to a customer: out of a credit note, or out of the credit balance."""
    given, named, applications = await _taken_apart(tx, asked, values)
    _check_positive(given.get("amount"))
    if applications is not None:
        wanted = list(map(_wanted, applications))
        given["amount"] = _amount(given, (one.amount for one in wanted))
        return await _said(payments.refund(tx, asked, given, wanted))
    _check_one(named.values())
    for only in named.values():
        return await _given_back(tx, asked, given, only)
    missing = [name for name in ("customer_id", "amount") if given.get(name) is None]
    if missing:
        raise Refused(*(Problem("required", (name,)) for name in missing))
    wanted = [Wanted("refund_credit", given["amount"])]
    return await _said(payments.refund(tx, asked, given, wanted), {})


async def refund_of(tx: Tx, asked: Request, id: Id, values: Mapping[str, Any]) -> Payment:
    """Money of a payment that goes back: what is not applied of it, and then the customer's credit."""
    seen = await payments.get(tx, asked._replace(shows=None), id)
    _check_positive(values.get("amount"))
    await ledger.alone(tx, asked, (seen.customer_id,))
    paid = await payments.get(tx, asked._replace(shows=None), id)
    if asked.expected is not None and paid.version not in asked.expected:
        raise Refused(Problem("changed_since"))
    if paid.voided_at is not None:
        raise Refused(Problem("voided"))
    most, back = paid.balance, NOTHING
    if paid.direction == PAYMENT and paid.customer_id:
        back = await _paid_back(tx, asked, paid.id)
        most = paid.amount - back
    amount = values.get("amount")
    amount = (paid.balance or min(_left_of_credit(paid, back), most)) if amount is None else amount
    if not 0 < amount <= most:
        left = most if amount else amount
        raise Refused(Problem("exceeds_payment", ("amount",), shown(left, paid.currency_code)))
    unapplied = min(amount, paid.balance)
    wanted = [Wanted("refund_payment", unapplied, source=paid.id)] if unapplied else []
    if amount > unapplied:
        wanted.append(Wanted("refund_credit", amount - unapplied))
    entity = await records.seller(tx, asked)
    given = {
        # What came on a later day than today cannot go back before.
        "method": paid.method, "date": max(issuing.today(entity, tx.now), paid.date),
        **{name: value for name, value in values.items() if name in _OWN},
        "amount": amount, "currency_code": paid.currency_code, "customer_id": paid.customer_id,
        "document_id": paid.id,
    }  # fmt: skip
    return await _said(payments.refund(tx, asked._replace(expected=None), given, wanted), {})


def _left_of_credit(paid: Payment, back: Decimal) -> Decimal:
    """What of a payment became credit and has not gone back yet, of all that went back of it."""
    credit = sum((Decimal(one["amount"]) for one in paid.applications if one["kind"] == "credit"), NOTHING)
    spent = sum((Decimal(one["amount"]) for one in paid.applications if one["kind"] in SPENT), NOTHING)
    unapplied_back = paid.amount - spent - paid.balance
    return max(credit - (back - unapplied_back), NOTHING)


async def _paid_back(tx: Tx, asked: Request, id: str) -> Decimal:
    """What has gone back of a payment already: in refunds of it, or in others that name it among more."""
    where = All(
        (Compare("document_id", Op.EQ, id), Compare("direction", Op.EQ, REFUND), Missing("voided_at"))
    )
    query = Query(where, unambiguous(()), REFUNDS_MAX, counted=False)
    refunds = (await payments.page(tx, asked._replace(shows=None), query)).records
    parts = (
        (one.amount,) if one.document_id == id else
        (Decimal(part["amount"]) for part in one.applications if part.get("source_id") == id)
        for one in refunds
    )  # fmt: skip
    return sum((part for some in parts for part in some), NOTHING)


# The applications that money of the payment itself goes into.
SPENT = ("document", "credit")
# What a refund says of itself; the rest is as the payment has it.
_OWN = ("date", "method", "reference", "note", "tag", "metadata", "transaction_id")


async def change(tx: Tx, asked: Request, id: Id, values: Mapping[str, Any]) -> Payment:
    """Other words, or other applications. What was answered may be sent back."""
    old = await payments.get(tx, asked._replace(shows=None), id)
    given = dict(values)
    if given.get("amount") == moved(old):
        del given["amount"]
    for name in DOCUMENTS:
        id_given = given.pop(name, None)
        if id_given is not None and id_given not in _ids(old):
            raise Refused(Problem("immutable", (name,)))
    method = given.get("method", old.method)
    if method != old.method and {method, old.method} & {*MOVES}:
        raise Refused(Problem("immutable", ("type",)))
    applications = given.pop("applications", None)
    if applications is not None and applications == _as_read(old):
        applications = None
    if applications is not None and old.direction == "refund":
        raise Refused(Problem("immutable", ("applications",)))
    wanted = None if applications is None else list(map(_wanted, applications))
    return await _said(payments.change(tx, asked, old.id, given, wanted))


async def erase(tx: Tx, asked: Request, id: Id) -> Payment:
    """Refused for all: what was once in the ledger stays there."""
    await payments.get(tx, asked, id)
    raise Refused(Problem("in_use", detail="the ledger"))


async def _one(tx: Tx, asked: Request, given: dict[str, Any], only: Named) -> Payment:
    """A payment of one document; what is more than is open becomes credit."""
    document = only.document
    if given.get("amount") is None:
        given["amount"] = _open(document)
    wanted = [Wanted("document", min(given["amount"], document.balance), document.id)]
    paid = payments.receive(tx, asked, given, wanted, rest_is_credit=True)
    return await _said(paid, {"document": only.field})


async def _moved(tx: Tx, asked: Request, given: dict[str, Any], named: Mapping[str, Named]) -> Payment:
    """No money, but what a credit note or an advance invoice has, for an invoice."""
    field, kind = _SOURCES[given["method"]]
    source = named.get(field)
    targets = [one for name, one in named.items() if name != field]
    if source is None or not targets:
        missing = [field] * (source is None) + ["invoice_id"] * (not targets)
        raise Refused(*(Problem("required", (name,)) for name in missing))
    _check_one(targets)
    wanted = Wanted(kind, given.get("amount"), targets[0].document.id, source.document.id)
    return await _without_money(tx, asked, given, wanted, {"document": targets[0].field, "source": field})


async def _spent(tx: Tx, asked: Request, given: dict[str, Any], named: Mapping[str, Named]) -> Payment:
    """No money, but credit of the customer, for an invoice."""
    _check_one(named.values())
    (only,) = named.values() or (None,)
    if only is None:
        raise Refused(Problem("required", ("invoice_id",)))
    wanted = Wanted("applied_credit", given.get("amount"), only.document.id)
    return await _without_money(tx, asked, given, wanted, {"document": only.field})


async def _without_money(
    tx: Tx, asked: Request, given: dict[str, Any], wanted: Wanted, fields: Mapping[str, str]
) -> Payment:
    made = await _said(payments.receive(tx, asked, {**given, "amount": NOTHING}, (wanted,)), fields)
    if not made.applications:
        raise Refused(Problem("exceeds_open", ("amount",), shown(NOTHING, made.currency_code)))
    return made


async def _given_back(tx: Tx, asked: Request, given: dict[str, Any], only: Named) -> Payment:
    if only.document.type != "credit_note":
        raise Refused(Problem("not_payable", (only.field,), only.document.type))
    if given.get("amount") is None:
        given["amount"] = _open(only.document)
    wanted = [Wanted("refund_credit_note", given["amount"], source=only.document.id)]
    return await _said(payments.refund(tx, asked, given, wanted), {"source": only.field})


async def _on_account(tx: Tx, asked: Request, given: dict[str, Any]) -> Payment:
    """Money of a customer of which nobody has said yet what it is for."""
    if given.get("customer_id") is None:
        raise Refused(Problem("required", ("document_id",)))
    if given.get("amount") is None:
        raise Refused(Problem("required", ("amount",)))
    return await _said(payments.receive(tx, asked, given), {})


async def _several(
    tx: Tx, asked: Request, given: dict[str, Any], applications: Sequence[Mapping[str, Any]]
) -> Payment:
    """One payment over several documents; what is left of it waits to be applied."""
    wanted = list(map(_wanted, applications))
    spent = (one.amount for one in wanted if one.kind in ("document", "credit"))
    given["amount"] = _amount(given, spent)
    if given["amount"] and given.get("method") in MOVES:
        raise Refused(Problem("out_of_range", ("type",), "a way in which money comes"))
    made = await _said(payments.receive(tx, asked, given, wanted))
    if not made.amount and not made.applications:
        raise Refused(Problem("required", ("amount",)))
    return made


def _amount(given: Mapping[str, Any], parts: Iterable[Decimal | None]) -> Decimal:
    said: Decimal | None = given.get("amount")
    return sum((part or NOTHING for part in parts), NOTHING) if said is None else said


def _wanted(one: Mapping[str, Any]) -> Wanted:
    return Wanted(
        one.get("type", "document"), one.get("amount"), one.get("document_id"), one.get("source_id")
    )


async def _taken_apart(
    tx: Tx, asked: Request, values: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Named], list[dict[str, Any]] | None]:
    """The values of the payment itself, the documents that are named, and the applications."""
    given = dict(values)
    said = {name: id for name in DOCUMENTS if (id := given.pop(name, None)) is not None}
    applications = given.pop("applications", None)
    if said and applications is not None:
        detail = f"left out where {next(iter(said))} is given"
        raise Refused(Problem("out_of_range", ("applications",), detail))
    parts = [one[side] for one in applications or () for side in _SIDES if one.get(side) is not None]
    documents = await _held(tx, asked, given.get("customer_id"), {*said.values(), *parts})
    named: dict[str, Named] = {}
    for name, id in said.items():
        document = _known(documents, id, DOCUMENTS[name], name)
        if all(document.id != one.document.id for one in named.values()):
            named[name] = Named(name, document)
        elif DOCUMENTS[name]:  # the plainer name says the same
            named = {name: Named(name, document), **_without(named, document.id)}
    if applications is not None and given.get("amount") is None:
        applications = [_filled(one, at, documents) for at, one in enumerate(applications)]
    return given, named, applications


_SIDES = ("document_id", "source_id")


def _filled(one: Mapping[str, Any], at: int, documents: Mapping[str, Document]) -> dict[str, Any]:
    """An application with its amount: all that is open, where none is said."""
    if one.get("type", "document") != "document" or one.get("amount") is not None:
        return dict(one)
    document = _known(documents, one.get("document_id"), "", "applications", at, "document_id")
    return {**one, "amount": document.balance}


def _without(named: Mapping[str, Named], id: str) -> dict[str, Named]:
    return {name: one for name, one in named.items() if one.document.id != id}


async def _held(tx: Tx, asked: Request, payer_id: str | None, ids: Iterable[str]) -> dict[str, Document]:
    """Documents as they are and stay: nobody else settles them until the transaction ends."""
    wanted = tuple(sorted(set(ids)))
    if not wanted:
        return {}
    query = Query(Compare("id", Op.IN, wanted), unambiguous(()), len(wanted), counted=False)
    seen = await tx.page(Document, asked.scope, query)
    # All at once, in one order for everybody: so nobody waits in a circle.
    await ledger.alone(tx, asked, (payer_id, *(one.customer_id for one in seen.records)))
    return {one.id: one for one in (await tx.page(Document, asked.scope, query)).records}


def _known(documents: Mapping[str, Document], id: str | None, kind: str, *path: str | int) -> Document:
    if id is None:
        raise Refused(Problem("required", path))
    found = documents.get(id)
    if found is None or (kind and found.type != kind):
        raise Refused(Problem("unknown_reference", path, f"{kind or 'document'} {id}"))
    return found


def _open(document: Document) -> Decimal:
    """What is open of a document, for whoever does not say how much it is; raises Refused for nothing."""
    if not document.balance and document.voided_at is None and document.issued_at is not None:
        raise Refused(Problem("exceeds_open", ("amount",), shown(NOTHING, document.currency_code)))
    return document.balance


def _check_positive(amount: Decimal | None) -> None:
    if amount is not None and amount <= 0:
        raise Refused(Problem("out_of_range", ("amount",), "more than 0"))


def _check_one(named: Iterable[Named]) -> None:
    others = list(named)[1:]
    problems = [Problem("out_of_range", (one.field,), "left out: one is enough") for one in others]
    if problems:
        raise Refused(*problems)


def _ids(payment: Payment) -> set[str | None]:
    """The documents that a payment shows."""
    entered = read_id(entered_for(payment) or "")
    return {
        entered,
        *(one.get(name) for one in payment.applications for name in ("document_id", "source_id")),
    }


def _as_read(payment: Payment) -> list[dict[str, Any]]:
    """The applications of a payment as they are read when they are sent back."""
    read = []
    for kept, one in zip(payment.applications, map(shown_application, payment.applications), strict=True):
        ids = {name: kept.get(name) for name in ("document_id", "source_id")}
        read.append({**one, **ids, "amount": Decimal(one["amount"])})
    return read


# Where the core finds fault with an application, and what a body calls that.
_SAID = {"document": "document_id", "source": "source_id", "kind": "type"}


async def _said(work: Any, single: Mapping[str, str] | None = None) -> Payment:
    """What the core makes of it. Its problems are told at the fields of the body: with `single`, there is no
    list of applications in it."""
    try:
        made: Payment = await work
    except Refused as refused:
        raise Refused(*(_spelt(problem, single) for problem in refused.problems)) from None
    return made


def _spelt(problem: Problem, single: Mapping[str, str] | None) -> Problem:
    if problem.path == ("customer",):
        return Problem(problem.code, ("customer_id",), problem.detail)
    if problem.path[:1] != ("applications",):
        return problem
    at, *rest = problem.path[1:] or (None,)
    if single is not None:
        name = str(rest[0]) if rest else ""
        path: tuple[str | int, ...] = (single[name],) if name in single else tuple(rest)
        return Problem(problem.code, path, problem.detail)
    if at is None or not rest:
        return problem
    return Problem(
        problem.code, ("applications", at, _SAID.get(str(rest[0]), rest[0]), *rest[1:]), problem.detail
    )
