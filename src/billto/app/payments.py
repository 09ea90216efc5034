"""What can be done with payments. None is deleted: a voided one leaves all as if it had not been."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from billto.app import applying, following, ledger, records
from billto.app.applying import Moved, Wanted
from billto.app.ledger import NOTHING, Book
from billto.app.parts import Id, Reader, Request, Tx
from billto.domain import issuing
from billto.domain.customer import Customer
from billto.domain.document import Document
from billto.domain.ledger import PAYMENT as ACCOUNT
from billto.domain.movements import UNDOES
from billto.domain.paging import unambiguous
from billto.domain.payment import APPLICATIONS_MAX, APPLIED, PAYMENT, REFUND, REFUNDED, Payment
from billto.domain.problems import Problem, Refused
from billto.domain.query import Compare, Op, Order, Page, Query, comparisons, rewritten
from billto.domain.versions import edited, touched

TOUCHING_MAX = 30_000  # payments that touch the documents of one question: SQLite takes few more values

# What of a payment may be changed like any other attribute; the rest is money, or when it came: the ledger
# has it under that day.
_PLAIN = ("method", "source", "reference", "note", "tag", "transaction_id", "metadata", "custom")


async def get(reader: Reader, asked: Request, id: Id) -> Payment:
    return await records.get(reader, asked, Payment, id)


async def held(tx: Tx, asked: Request, id: Id) -> Payment:
    """The payment, which stays so until the transaction ends; its customers are held before it."""
    seen = await records.get(tx, asked._replace(shows=None), Payment, id)
    await alone(tx, asked, (seen,))
    return await records.expected(tx, asked, Payment, seen.id)


async def page(reader: Reader, asked: Request, query: Query) -> Page:
    """A page of payments; those of a document are all that touch it, not only those entered for it."""
    named = [
        one for one in comparisons(query.where) if one.attr == "document_id" and one.op in (Op.EQ, Op.IN)
    ]
    if named:
        touching = {one: await _touching(reader, asked, one) for one in named}
        query = replace(query, where=rewritten(query.where, lambda one: touching.get(one, one)))
    return await following.page(reader, asked, Payment, query)


async def _touching(reader: Reader, asked: Request, one: Compare) -> Compare:
    """The same question by the ids of payments: by them and by documents at once, all would be looked
    through."""
    ids = tuple(one.value) if one.op is Op.IN else (one.value,)
    order, shows = unambiguous((Order("document_id"),)), frozenset({"id", "document_id"})
    query = Query(Compare("document_id", Op.IN, ids), order, TOUCHING_MAX + 1, counted=False, shows=shows)
    entered = (await reader.page(Payment, asked.scope, query)).records if ids else ()
    found = {*(one.id for one in entered), *await reader.causes(asked.scope, ids)}
    if len(found) > TOUCHING_MAX:
        raise Refused(
            Problem("bad_parameter", ("document_id",), f"is about more than {TOUCHING_MAX} payments")
        )
    return Compare("id", Op.IN, tuple(sorted(found)))


async def receive(
    tx: Tx,
    asked: Request,
    values: Mapping[str, Any],
    wanted: Sequence[Wanted] = (),
    *,
    rest_is_credit: bool = False,
) -> Payment:
    """Money from a customer, applied as it is wanted; what is left stays on the payment, or becomes credit.

    `values` may name the customer by `customer_id` or `customer`; else it is the one of what is settled.
    """
    _check_kinds(wanted, APPLIED)
    _check_length(wanted)
    named = await applying.peeked(tx, asked, wanted)
    payer = await applying.payer(tx, asked, values, named)
    payment = await _made(tx, asked, values, PAYMENT, payer, named)
    return await _book(tx, asked, payment, wanted, named, payer, rest_is_credit)


async def refund(tx: Tx, asked: Request, values: Mapping[str, Any], wanted: Sequence[Wanted]) -> Payment:
    """Money that goes back to a customer, out of what it has to its credit; no invoice is opened by it."""
    _check_kinds(wanted, REFUNDED)
    _check_length(wanted)
    named = await applying.peeked(tx, asked, wanted)
    payer = await applying.payer(tx, asked, values, named)
    payment = await _made(tx, asked, values, REFUND, payer, named)
    return await _book(tx, asked, payment, wanted, named, payer, rest_is_credit=False)


async def change(
    tx: Tx,
    asked: Request,
    id: Id,
    values: Mapping[str, Any],
    wanted: Sequence[Wanted] | None = None,
    *,
    moves: bool = False,
) -> Payment:
    """The payment with other words, and applied otherwise where that is said: what stays is not touched.

    Where it `moves` from one document to another of the same customer, nobody asks whose payment it is.
    """
    _check_length(wanted or ())
    seen = await records.get(tx, asked._replace(shows=None), Payment, id)
    named = await applying.peeked(tx, asked, wanted or ())
    await alone(tx, asked, (seen,), named.values())
    old = await records.expected(tx, asked, Payment, seen.id)
    if old.voided_at is not None:
        raise Refused(Problem("voided"))
    given = edited(values, old._asdict().__getitem__)
    _check_unchanged(old, given)
    new = touched(old, {name: given[name] for name in _PLAIN if name in given}, tx.now)
    if wanted is None or old.direction == REFUND:
        if new is not old:
            await tx.update(old, new, asked.scope)
            await records.note(tx, asked, "payment.updated", new, old)
        return new
    _check_kinds(wanted, APPLIED)
    if not moves:
        await _check_whose(tx, asked, old, named)
    book = Book(tx, asked, "payment", old.id)
    await _take_up(book, tx, asked, old, named)
    applying.check(wanted, _now(book, named), old)
    book.put(new)
    entity = await records.seller(tx, asked)
    day = issuing.today(entity, tx.now)
    undone = [applying.settle(book, old, one, day, undo=True) for one in old.applications]
    kept, done = await _apply(book, new, wanted, named, day)
    _cancel_out(book, undone, done)
    book.put(book.now[new.id]._replace(applications=kept))
    await book.close()
    stored: Payment = book.now[new.id]
    return stored


async def void(tx: Tx, asked: Request, id: Id) -> Payment:
    """The payment as if it had never come: what it settled is open again. Twice is once."""
    old = await held(tx, asked, id)
    if old.voided_at is not None:
        return old
    entity = await records.seller(tx, asked)
    day = max(issuing.today(entity, tx.now), old.date)
    book = Book(tx, asked, "payment", old.id)
    await _take_up(book, tx, asked, old, {})
    for one in old.applications:
        applying.settle(book, old, one, day, undo=True)
    left: Payment = book.now[old.id]
    if old.direction == PAYMENT and left.balance != old.amount:
        raise Refused(Problem("settled_elsewhere", detail="some of the payment has been paid back"))
    if old.direction == PAYMENT:
        book.enter(ACCOUNT, "payment_voided", old.amount, old, day)
    book.put(left._replace(voided_at=tx.now, balance=NOTHING))
    await book.close()
    stored: Payment = book.now[old.id]
    return stored


async def restore(tx: Tx, asked: Request, id: Id) -> Payment:
    """A voided payment as it was before; raises Refused where what it settled is settled otherwise by now."""
    old = await held(tx, asked, id)
    if old.voided_at is None:
        return old
    entity = await records.seller(tx, asked)
    day = max(issuing.today(entity, tx.now), old.date)  # meanwhile it was not there
    book = Book(tx, asked, "payment", old.id)
    await _take_up(book, tx, asked, old, {})
    new = old._replace(voided_at=None, balance=old.amount if old.direction == PAYMENT else NOTHING)
    book.put(new)
    if new.direction == PAYMENT:
        book.enter(ACCOUNT, "received", -new.amount, new, day)
    for at, one in enumerate(new.applications):
        _check_restorable(book, one, at)
        applying.settle(book, new, one, day)
    await book.close()
    stored: Payment = book.now[old.id]
    return stored


async def settled_by(tx: Reader, asked: Request, document_ids: Iterable[str]) -> list[Payment]:
    """The payments that are applied to some documents, or take something out of them."""
    ids = tuple(await tx.causes(asked.scope, tuple(document_ids)))
    query = Query(Compare("id", Op.IN, ids), unambiguous(()), max(1, len(ids)), counted=False)
    return list((await tx.page(Payment, asked.scope, query)).records) if ids else []


async def release(book: Book, tx: Tx, asked: Request, document: Document, day: date) -> None:
    """Undoes all that is applied to a document, or was taken out of it; who calls holds everybody."""
    touching = await settled_by(tx, asked, (document.id,))
    ids = {id for payment in touching for id in (payment.id, *_sides(payment))}
    there = await ledger.held(tx, asked, ids)
    book.know(document, *there.values())
    for payment in (there[one.id] for one in touching):
        if payment.voided_at is not None:
            continue
        kept = []
        for one in payment.applications:
            if document.id in (one.get("document_id"), one.get("source_id")):
                if one["kind"] in REFUNDED:
                    raise Refused(Problem("settled_elsewhere", detail="some of it has been paid back"))
                applying.settle(book, payment, one, day, undo=True)
            else:
                kept.append(one)
        book.put(book.now[payment.id]._replace(applications=kept))


async def spend_credit(tx: Tx, asked: Request, document: Document, credit: Decimal) -> Document:
    """Settles an invoice out of the customer's credit balance, as far as that goes; the customer is held."""
    customer_id = str(document.customer_id)
    least = await ledger.least_credit(tx, asked, customer_id, document.currency_code, document.date, credit)
    amount = min(least, document.balance)
    if amount <= 0:
        return document
    values = {
        "customer_id": customer_id, "amount": NOTHING, "currency_code": document.currency_code,
        "date": document.date, "method": "credit_balance", "source": "auto",
    }  # fmt: skip
    await receive(tx, asked, values, (Wanted("applied_credit", amount, document.id),))
    return await records.get(tx, asked._replace(shows=None), Document, document.id)


async def _made(
    tx: Tx,
    asked: Request,
    values: Mapping[str, Any],
    direction: str,
    payer: Customer | None,
    named: Mapping[Id, Any],
) -> Payment:
    given = {**edited(values, Payment._field_defaults.get)}
    entity = await records.seller(tx, asked)
    first = next(iter(named.values()), None)
    own = (first and first.currency_code) or (payer and payer.currency_code) or entity.currency_code
    currency = issuing.currency(given.get("currency_code"), own)
    amount = issuing.amount(given["amount"], currency, "amount")
    document_id = next((one.id for one in named.values() if isinstance(one, Document)), None)
    return Payment(
        **{
            "metadata": {}, "custom": {}, "document_id": document_id,
            "date": issuing.today(entity, tx.now),
            **{name: value for name, value in given.items() if value is not None},
            "currency_code": currency, "amount": amount,
            "balance": amount if direction == PAYMENT else NOTHING,
            "customer_id": payer.id if payer else None, "customer": payer.serial if payer else None,
        },
        entity_id=asked.scope.entity, id=tx.new_id(), serial=0, version=1, created_at=tx.now,
        updated_at=tx.now, direction=direction, applications=[],
    )  # fmt: skip


async def _book(
    tx: Tx,
    asked: Request,
    payment: Payment,
    wanted: Sequence[Wanted],
    named: Mapping[Id, Any],
    payer: Customer | None,
    rest_is_credit: bool,
) -> Payment:
    await applying.check_family(tx, asked, payment.customer, (one.customer for one in named.values()))
    await alone(tx, asked, (payment,), named.values())
    book = Book(tx, asked, "payment", payment.id)
    await _take_up(book, tx, asked, payment, named)
    applying.check(wanted, _now(book, named), payment)
    if payment.direction == PAYMENT:
        book.enter(ACCOUNT, "received", -payment.amount, payment, payment.date)
    kept, _ = await _apply(book, payment, wanted, named, payment.date)
    rest = book.now[payment.id].balance
    if rest and rest_is_credit and payer is not None:
        kept.append({"kind": "credit", "amount": rest})
        applying.settle(book, payment, kept[-1], payment.date)
    if payment.direction == REFUND and sum(Decimal(one["amount"]) for one in kept) != payment.amount:
        detail = "a refund comes out of what it names, to the cent"
        raise Refused(Problem("settled_elsewhere", ("amount",), detail))
    new: Payment = book.now[payment.id]._replace(applications=kept)
    stored = await tx.insert(new)
    book.put(stored)
    await book.close(inserted=(stored.id,))
    await records.note(tx, asked, f"{payment.direction}.created", stored)
    return stored


async def _apply(
    book: Book, payment: Payment, wanted: Sequence[Wanted], named: Mapping[Id, Any], day: date
) -> tuple[list[dict[str, Any]], list[Moved]]:
    """Does what is wanted, and says what of it is kept, and which entries each part of it made."""
    kept, done = [], []
    for at, one in enumerate(wanted):
        try:
            if one.amount is not None:
                issuing.amount(one.amount, payment.currency_code, "amount")
            application = await applying.application(one, book, named, payment, day)
            done.append(applying.settle(book, payment, application, day))
        except Refused as refused:
            raise Refused(*(problem.within("applications", at) for problem in refused.problems)) from None
        # Of a payment that comes too late it is kept for what it came.
        if application["amount"] or (one.kind == "document" and len(wanted) == 1):
            kept.append(application)
    return kept, done


async def alone(tx: Tx, asked: Request, some: Sequence[Payment], others: Iterable[Any] = ()) -> None:
    """Holds at once, with those of other records, all customers whose standing payments touch: one after the
    other, two who do so could wait for each other."""
    owners = [one.customer_id for one in (*some, *others)]
    if ids := {id for payment in some for id in _sides(payment)}:
        query = Query(Compare("id", Op.IN, tuple(ids)), unambiguous(()), len(ids), counted=False)
        page = await tx.page(Document, asked.scope, replace(query, shows=frozenset({"id", "customer_id"})))
        owners += (one.customer_id for one in page.records)
    await ledger.alone(tx, asked, owners)


def _now(book: Book, named: Mapping[Id, Any]) -> dict[Id, Any]:
    """What is named, as it is since it is held."""
    return {id: book.now[one.id] for id, one in named.items()}


async def _take_up(book: Book, tx: Tx, asked: Request, payment: Payment, named: Mapping[Id, Any]) -> None:
    """Holds everything that the payment touches, or will touch."""
    ids = {*_sides(payment), *(one.id for one in named.values())}
    book.know(payment, *(await ledger.held(tx, asked, ids)).values())


def _sides(payment: Payment) -> set[str]:
    """The documents and payments that a payment moves something between."""
    names = ("document_id", "source_id")
    return {one[name] for one in payment.applications for name in names if one.get(name)}


def _check_kinds(wanted: Sequence[Wanted], kinds: Sequence[str]) -> None:
    """What brings money pays none back, and the other way round."""
    if wrong := [at for at, one in enumerate(wanted) if one.kind not in kinds]:
        raise Refused(
            *(Problem("unknown_choice", ("applications", at, "kind"), ", ".join(kinds)) for at in wrong)
        )


def _check_length(wanted: Sequence[Wanted]) -> None:
    if len(wanted) > APPLICATIONS_MAX:
        raise Refused(Problem("too_many", ("applications",), str(APPLICATIONS_MAX)))


async def _check_whose(tx: Tx, asked: Request, payment: Payment, named: Mapping[Id, Any]) -> None:
    """Raises Refused where a payment is to settle what strangers owe; what it settles already, it may."""
    settled = {one.get(name) for one in payment.applications for name in ("document_id", "source_id")}
    owners = {one.customer for one in named.values() if one.id not in settled}
    await applying.check_family(tx, asked, payment.customer, owners)


def _check_unchanged(old: Payment, given: Mapping[str, Any]) -> None:
    for name in ("amount", "currency_code", "customer_id", "customer", "date"):
        if given.get(name, getattr(old, name)) != getattr(old, name):
            raise Refused(Problem("immutable", (name,)))


def _check_restorable(book: Book, one: Mapping[str, Any], at: int) -> None:
    for name in ("document_id", "source_id"):
        there = book.now.get(one.get(name) or "")
        if there is not None and (there.voided_at is not None or getattr(there, "closed_at", None)):
            raise Refused(Problem("voided", ("applications", at)))


def _cancel_out(book: Book, undone: Iterable[Moved], done: list[Moved]) -> None:
    """Leaves out of a posting what was undone and done again: an application that stays is no movement."""
    for moved in undone:
        again = next((other for other in done if _undoes(moved, other)), None)
        if again is not None:
            done.remove(again)
            gone = {one.id for one in (*moved, *again)}
            book.entries[:] = [one for one in book.entries if one.id not in gone]


def _undoes(undone: Moved, done: Moved) -> bool:
    return [(UNDOES[one.kind], one.account, one.item_id, one.customer_id, -one.amount) for one in undone] == [
        (one.kind, one.account, one.item_id, one.customer_id, one.amount) for one in done
    ]
