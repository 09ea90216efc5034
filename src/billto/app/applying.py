"""Where money goes: applying payments, credit and credit notes to documents, and undoing it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from billto.app import customers
from billto.app.ledger import NOTHING, Book
from billto.app.parts import Id, Reader, Request
from billto.domain.customer import Customer
from billto.domain.document import PAYABLE, Document
from billto.domain.ledger import CREDIT, Entry
from billto.domain.money import shown
from billto.domain.paging import unambiguous
from billto.domain.payment import REFUNDED, Payment
from billto.domain.problems import Problem, Refused
from billto.domain.query import Compare, Op, Query

GENERATIONS_MAX = 10

# The entries that one application made.
Moved = Sequence[Entry]


class Wanted(NamedTuple):
    """Where somebody wants an amount to go; without an amount, as much as can be settled by it."""

    kind: str  # of APPLIED or REFUNDED
    amount: Decimal | None = None
    document: Id | None = None  # what is to be settled
    source: Id | None = None  # the credit note, advance invoice or payment that it comes out of


# What the document of an application has to be, and what its source; None where it has none.
_DOCUMENTS: Mapping[str, tuple[str, ...]] = {
    "document": PAYABLE,
    "applied_credit": PAYABLE,
    "credit_note": PAYABLE,
    "advance": ("invoice",),
    **dict.fromkeys(("credit", *REFUNDED), ()),
}
_SOURCES: Mapping[str, tuple[str, ...]] = {
    "credit_note": ("credit_note",),
    "refund_credit_note": ("credit_note",),
    "advance": ("advance_invoice",),
}
_WITHOUT_DOCUMENT = frozenset({"credit", "credit_note", *REFUNDED})


async def peeked(reader: Reader, asked: Request, wanted: Sequence[Wanted]) -> dict[Id, Any]:
    """The documents and payments that are named, as they are before they are held; by how they are named, and
    in that order: whose is the first of them pays where nobody else is named."""
    documents: set[Id] = set()
    paid: set[Id] = set()
    for one in wanted:
        documents |= {one.document} if one.document is not None else set()
        if one.source is not None:
            (paid if one.kind == "refund_payment" else documents).add(one.source)
    found = await _by_ids(reader, asked, Document, documents) | await _by_ids(reader, asked, Payment, paid)
    named: dict[Id, Any] = {}
    for at, one in enumerate(wanted):
        source = Payment if one.kind == "refund_payment" else Document
        for name, id, record in (("document", one.document, Document), ("source", one.source, source)):
            if id is None:
                continue
            if not isinstance(found.get(id), record):
                raise Refused(Problem("unknown_reference", ("applications", at, name), f"{name} {id}"))
            named[id] = found[id]
    return named


async def _by_ids(reader: Reader, asked: Request, record: type[Any], ids: set[Id]) -> dict[Id, Any]:
    found: dict[Id, Any] = {}
    for name, kind in (("id", str), ("serial", int)):
        if some := tuple(one for one in ids if isinstance(one, kind)):
            query = Query(Compare(name, Op.IN, some), unambiguous(()), len(some), counted=False)
            page = await reader.page(record, asked.scope, query)
            found |= {getattr(one, name): one for one in page.records}
    return found


def check(wanted: Sequence[Wanted], named: Mapping[Id, Any], payment: Payment) -> None:
    """Raises Refused for what cannot be applied to each other, with its place in the list."""
    settled = {there.get("document_id") for there in payment.applications}  # what is closed since may stay so
    problems = [
        problem.within("applications", at)
        for at, one in enumerate(wanted)
        for problem in (*_problems(one, named, payment.currency_code), *_without_customer(one, payment))
        if problem.code != "closed" or one.document is None or named[one.document].id not in settled
    ]
    if problems:
        raise Refused(*problems)


def _problems(one: Wanted, named: Mapping[Id, Any], currency: str) -> Iterable[Problem]:
    if one.document is None and one.kind not in _WITHOUT_DOCUMENT:
        yield Problem("required", ("document",))
    if one.source is None and (one.kind in _SOURCES or one.kind == "refund_payment"):
        yield Problem("required", ("source",))
    if one.amount is None and one.document is None and one.kind in ("credit", "refund_credit"):
        yield Problem("required", ("amount",))
    if one.document is not None:
        yield from _of(named[one.document], "document", _DOCUMENTS.get(one.kind), currency)
    if one.source is not None:
        yield from _of(named[one.source], "source", _SOURCES.get(one.kind), currency)


def _without_customer(one: Wanted, payment: Payment) -> Iterable[Problem]:
    """Only customers have a credit balance."""
    is_credit = one.kind in ("credit", "applied_credit", "refund_credit")
    if payment.customer_id is None and (is_credit or (one.kind == "credit_note" and one.document is None)):
        yield Problem("required", ("customer_id",))


def _of(there: Any, name: str, types: tuple[str, ...] | None, currency: str) -> Iterable[Problem]:
    """What is wrong with one side of an application."""
    if types is not None and there.type not in types:
        yield Problem("not_payable", (name,), there.type)
    elif there.currency_code != currency:
        yield Problem("other_currency", (name,), there.currency_code)
    elif there.voided_at is not None:
        yield Problem("voided", (name,))
    elif isinstance(there, Document) and there.issued_at is None:
        yield Problem("still_draft", (name,))
    elif name == "document" and there.closed_at is not None:
        yield Problem("closed", (name,))


async def check_family(
    reader: Reader, asked: Request, payer: int | None, owners: Iterable[int | None]
) -> None:
    """Raises Refused unless the payer may settle what these customers owe: its own, and its children's."""
    level = {one for one in owners if one is not None} - {payer}
    shows = frozenset({"id", "serial", "parent"})
    for _ in range(GENERATIONS_MAX):
        if not level:
            return
        where = Compare("serial", Op.IN, tuple(level))
        query = Query(where, unambiguous(()), len(level), counted=False, trashed=None, shows=shows)
        found = (await customers.page(reader, asked, query)).records
        above = {one.parent for one in found if one.serial != payer}
        if len(found) < len(level) or None in above:
            break
        level = above - {payer}
    if level:
        raise Refused(Problem("other_customer", ("customer",)))


async def payer(
    reader: Reader, asked: Request, values: Mapping[str, Any], named: Mapping[Id, Any]
) -> Customer | None:
    """Who pays: the customer that is named, or else the one of what is settled."""
    id: Id | None = values.get("customer_id") or values.get("customer")
    if id is None:
        id = next((one.customer_id for one in named.values() if one.customer_id is not None), None)
    if id is None:
        return None
    try:
        return await customers.get(reader, asked, id)
    except Refused:
        raise Refused(Problem("unknown_reference", ("customer_id",), f"customer {id}")) from None


async def application(
    one: Wanted, book: Book, named: Mapping[Id, Any], payment: Payment, day: date
) -> dict[str, Any]:
    """What somebody wants, as it is kept: with the ids of both sides and the amount that it comes to."""
    document = book.now[named[one.document].id] if one.document is not None else None
    source = book.now[named[one.source].id] if one.source is not None else None
    amount = one.amount
    if amount is None:
        most = [document.balance] if document is not None else []
        if one.kind in ("document", "credit"):
            most.append(book.now[payment.id].balance)
        if one.kind == "applied_credit" and document is not None:
            most.append(await book.credit(payment, max(day, payment.date, document.date)))
        if source is not None:
            most.append(available(source, one.kind))
        amount = min(most)
    kept: dict[str, Any] = {"kind": one.kind, "amount": amount}
    if document is not None:
        kept |= {"document_id": document.id, "document": document.serial, "document_type": document.type}
    if source is not None:
        kept |= {"source_id": source.id, "source": source.serial}
    return kept


def available(source: Any, kind: str) -> Decimal:
    """What is left of a credit note, an advance invoice or a payment."""
    if kind == "advance":
        paid: Decimal = source.total_with_tax - source.balance - source.written_off - source.advanced
        return paid
    left: Decimal = source.balance
    return left


def settle(book: Book, payment: Payment, one: Mapping[str, Any], day: date, *, undo: bool = False) -> Moved:
    """Does what an application says, or undoes it: it moves an amount from one side to the other."""
    before = len(book.entries)
    amount, kind = Decimal(one["amount"]), str(one["kind"])
    if not amount:
        return ()
    amount = -amount if undo else amount
    document: Any = book.now.get(one.get("document_id") or "")
    source: Any = book.now.get(one.get("source_id") or "")
    day = max(day, payment.date, *(there.date for there in (document, source) if there is not None))
    word = _word(kind, undo)
    if kind in ("document", "credit"):
        book.left(payment, -amount, word, day)
    elif kind in ("applied_credit", "refund_credit"):
        book.enter(CREDIT, word, amount, payment, day)
    elif kind in ("credit_note", "refund_credit_note"):
        book.owed(source, -amount, word, day)
    elif kind == "refund_payment":
        book.left(source, -amount, word, day)
    elif kind == "advance":
        book.put(_advanced(book.now[source.id], amount))
    if document is not None:
        book.owed(document, -amount, word, day)
    elif kind in ("credit", "credit_note"):
        book.enter(CREDIT, word, -amount, payment, day)
    return tuple(book.entries[before:])


def _word(kind: str, undo: bool) -> str:
    if kind == "advance":
        return "advance_restored" if undo else "advance_settled"
    if kind.startswith("refund"):
        return "refund_voided" if undo else "refunded"
    return "unapplied" if undo else "applied"


def _advanced(source: Document, amount: Decimal) -> Document:
    """An advance invoice of which a final invoice has taken an amount: no more than was paid of it."""
    # What is given back is always taken; whether the rest is right is seen when the book is closed.
    if amount > 0 and amount > available(source, "advance"):
        raise Refused(
            Problem("exceeds_open", ("source",), shown(available(source, "advance"), source.currency_code))
        )
    return source._replace(advanced=max(NOTHING, source.advanced + amount))
