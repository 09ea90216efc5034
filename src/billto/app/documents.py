"""What can be done with documents, each in one transaction. An issued document stays as it is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from billto.app import buyers, following, ledger, numbers, payments, records
from billto.app.applying import Wanted
from billto.app.catalog import with_catalog
from billto.app.ledger import NOTHING, Book
from billto.app.parts import Id, Reader, Request, Tx
from billto.domain import issuing
from billto.domain.customer import Customer
from billto.domain.document import OPENING, OWED, Document
from billto.domain.entity import Entity
from billto.domain.ledger import Standing
from billto.domain.money import shown
from billto.domain.paging import unambiguous
from billto.domain.problems import Problem, Refused
from billto.domain.query import Compare, Op, Page, Query
from billto.domain.versions import touched

# What asks for money or promises goods is not made for somebody on hold; a credit note only lessens a debt.
HELD = ("invoice", "advance_invoice", "estimate", "delivery_note")
# What a credit limit refuses; what was owed before is owed whatever the limit is.
LIMITED = ("invoice", "advance_invoice")


class Receipt(NamedTuple):
    """A payment that comes with a document, or is told of together with it."""

    values: Mapping[str, Any]  # of the payment; without an amount it is as much as is open
    kind: str = "document"  # or credit_note, advance
    source: Id | None = None


class Wish(NamedTuple):
    """What somebody wants of a document beside its attributes."""

    is_draft: bool = False
    buyer: Mapping[str, Any] | None = None  # what is said of the customer on the document itself
    saves_customer: bool | None = None  # None: where there is no such customer yet
    expected_total: Decimal | None = None
    receipts: Sequence[Receipt] = ()


_ISSUED, _DRAFT = Wish(), Wish(is_draft=True)


async def create(
    tx: Tx, asked: Request, kind: str, values: Mapping[str, Any], wish: Wish = _ISSUED
) -> Document:
    """A new document, issued unless it is wanted as a draft.

    `values` may name the customer by `customer_id` or `customer`.
    """
    entity = await _seller(tx, asked)
    if wish.is_draft and wish.receipts:
        raise Refused(Problem("still_draft", ("payments",)))
    values, customer = await buyers.found(tx, asked, values, wish.buyer, saves=wish.saves_customer)
    _check_hold(kind, customer)
    draft = issuing.made(
        kind, await with_catalog(tx, asked, values), entity=entity, customer=customer,
        buyer=wish.buyer, new_id=tx.new_id, now=tx.now,
    )  # fmt: skip
    issuing.check_expected(draft, wish.expected_total)
    await _check_linked(tx, asked, draft)
    if wish.is_draft:
        stored = await tx.insert(draft)
        await records.note(tx, asked, f"{kind}.created", stored)
        return stored
    return await _issue(tx, asked, draft, entity, customer, wish.receipts, is_new=True)


async def change(
    tx: Tx,
    asked: Request,
    id: Id,
    values: Mapping[str, Any],
    wish: Wish = _DRAFT,
    *,
    kind: str = "",
) -> Document:
    """A draft with other values, issued where it is no longer wanted as a draft; of an issued document what
    it does not say to its customer."""
    entity = await records.seller(tx, asked)
    seen = await get(tx, asked._replace(shows=None), id, kind=kind)
    is_said = bool(values.keys() & {"customer_id", "customer"})
    values, customer = dict(values), await _customer(tx, asked, seen)
    if seen.issued_at is None and (is_said or wish.buyer is not None):
        named = values if is_said else {"customer_id": seen.customer_id, **values}
        values, customer = await buyers.found(tx, asked, named, wish.buyer, saves=wish.saves_customer)
    elif not wish.is_draft:
        await ledger.alone(tx, asked, (seen.customer_id,))  # before the document, as everywhere
    old = await _expected(tx, asked, seen.id, kind)
    _check_not_voided(old)
    if not is_said and old.customer_id != seen.customer_id:  # somebody else has just changed it
        customer = await _customer(tx, asked, old)
    if old.issued_at is None:
        values = await with_catalog(tx, asked, values)
    new = issuing.changed(
        old, values, entity=entity, customer=customer, buyer=wish.buyer, new_id=tx.new_id, now=tx.now
    )
    issuing.check_expected(new, wish.expected_total)
    if new is not old:
        await _check_linked(tx, asked, new, old.linked_ids or ())
        await tx.update(old, new, asked.scope)
        await records.note(tx, asked, f"{new.type}.updated", new, old)
    if wish.is_draft or new.issued_at is not None:
        return new
    # Whoever meant a version meant the one before this change.
    return await issue(tx, asked._replace(expected=None), new.id, kind=kind, receipts=wish.receipts)


async def open_balance(
    tx: Tx, asked: Request, customer_id: Id, amount: Decimal, values: Mapping[str, Any]
) -> Document:
    """What a customer owed before there was a ledger: it ages from its date, and is paid as invoices are."""
    line = {"name": values.get("name") or "Opening balance", "quantity": 1, "price": amount}
    named = {"customer_id" if isinstance(customer_id, str) else "customer": customer_id}
    plain = {"footer": None, "signature": None, "due_date": None}
    return await create(tx, asked, OPENING, {**plain, **values, **named, "lines": [line]})


async def issue(
    tx: Tx,
    asked: Request,
    id: Id,
    *,
    kind: str = "",
    receipts: Sequence[Receipt] = (),
    spends_credit: bool = True,
    more: Decimal | None = None,
) -> Document:
    """The draft as it goes out: with its number, and with who both are now. Twice is once.

    `more` is by how much its customer owes more in the end, where some of it is settled at once.
    """
    entity = await _seller(tx, asked)
    seen = await get(tx, asked._replace(shows=None), id, kind=kind)
    await ledger.alone(tx, asked, (seen.customer_id,))
    draft = await _expected(tx, asked, seen.id, kind)
    await ledger.alone(tx, asked, (draft.customer_id,))  # who may have become another just now
    _check_not_voided(draft)
    if draft.issued_at is not None:
        return draft
    customer = await _customer(tx, asked, draft)
    _check_hold(draft.type, customer)
    draft_now = issuing.refreshed(draft, entity, customer, tx.new_id)
    return await _issue(
        tx, asked, draft_now, entity, customer, receipts,
        before=draft, spends_credit=spends_credit, more=more,
    )  # fmt: skip


async def void(tx: Tx, asked: Request, id: Id, reason: str | None = None, *, kind: str = "") -> Document:
    """The document as if it had not been issued: what had been applied to it is free again. Twice is once."""
    seen = await get(tx, asked._replace(shows=None), id, kind=kind)
    touching = await payments.settled_by(tx, asked, (seen.id,))
    await ledger.alone(tx, asked, (seen.customer_id, *(one.customer_id for one in touching)))
    old = await _expected(tx, asked, seen.id, kind)
    if old.voided_at is not None:
        return old
    if old.issued_at is None:
        raise Refused(Problem("still_draft"))
    if old.advanced:
        raise Refused(Problem("settled_elsewhere", detail="a final invoice has taken up this advance"))
    entity = await records.seller(tx, asked)
    day = max(issuing.today(entity, tx.now), old.date)
    book = Book(tx, asked, "document", old.id)
    await payments.release(book, tx, asked, old, day)
    freed: Document = book.now[old.id]
    if old.type in OWED:
        if old.written_off:
            book.opened(old, old.written_off, "reopened", day)
        book.opened(old, -old.total_with_tax, "voided", day)
    book.put(issuing.voided(freed._replace(written_off=NOTHING), reason, tx.now))
    await book.close()
    stored: Document = book.now[old.id]
    await records.note(tx, asked, f"{old.type}.voided", stored)
    return stored


async def close(tx: Tx, asked: Request, id: Id, *, kind: str = "") -> Document:
    """Nothing more is expected for the document: what is open of it is written off. Twice is once."""
    return await _written(tx, asked, id, kind, is_closed=True)


async def reopen(tx: Tx, asked: Request, id: Id, *, kind: str = "") -> Document:
    """What was written off is open again."""
    return await _written(tx, asked, id, kind, is_closed=False)


async def _written(tx: Tx, asked: Request, id: Id, kind: str, *, is_closed: bool) -> Document:
    seen = await get(tx, asked._replace(shows=None), id, kind=kind)
    await ledger.alone(tx, asked, (seen.customer_id,))
    old = await _expected(tx, asked, seen.id, kind)
    _check_not_voided(old)
    if old.issued_at is None:
        raise Refused(Problem("still_draft"))
    if (old.closed_at is not None) is is_closed or old.type not in OWED:
        return old
    entity, amount = await records.seller(tx, asked), old.balance if is_closed else old.written_off
    if not is_closed and old.type in LIMITED:
        await _check_limit(tx, asked, old, amount, entity, await _customer(tx, asked, old))
    book = Book(tx, asked, "document", old.id)
    book.know(old)
    day = max(issuing.today(entity, tx.now), old.date)
    if is_closed:
        book.opened(old, -amount, "written_off", day)
        book.put(old._replace(closed_at=tx.now, written_off=amount, balance=NOTHING))
    else:
        book.opened(old, amount, "reopened", day)
        # Beside it may be open what was paid until the payment was voided.
        book.put(old._replace(closed_at=None, written_off=NOTHING, balance=old.balance + amount))
    await book.close()
    stored: Document = book.now[old.id]
    return stored


async def drop(tx: Tx, asked: Request, id: Id, *, kind: str = "", also: Sequence[str] = ()) -> Document:
    """Takes a draft out for good; an issued document is never deleted, save one of the types in `also`."""
    old = await _expected(tx, asked, id, kind)
    if old.issued_at is not None and old.type not in also:
        raise Refused(Problem("issued_already"))
    await tx.delete(old, asked.scope)
    await tx.forget(asked.scope.tenant_id, old.id)
    await records.note(tx, asked, f"{old.type}.deleted", old)
    return old


async def get(reader: Reader, asked: Request, id: Id, *, kind: str = "") -> Document:
    """The document, of this type where one is said."""
    shows = asked.shows and asked.shows | {"type"}
    return _of_type(await records.get(reader, asked._replace(shows=shows), Document, id), kind)


async def page(reader: Reader, asked: Request, query: Query) -> Page:
    return await following.page(reader, asked, Document, query)


def of_kind(kind: str) -> Callable[[Reader, Request, Query], Any]:
    """The verb of a list of documents of one type."""

    async def verb(reader: Reader, asked: Request, query: Query) -> Page:
        return await page(reader, asked, query.within(Compare("type", Op.EQ, kind)))

    return verb


async def _issue(
    tx: Tx,
    asked: Request,
    draft: Document,
    entity: Entity,
    customer: Customer | None,
    receipts: Sequence[Receipt],
    *,
    is_new: bool = False,
    before: Document | None = None,
    spends_credit: bool = True,
    more: Decimal | None = None,
) -> Document:
    standing = None
    if draft.type in LIMITED:
        more = draft.total_with_tax if more is None else more
        standing = await _check_limit(tx, asked, draft, more, entity, customer)
    number = draft.number or await numbers.for_document(tx, asked, entity, draft.type, draft.date)
    document = issuing.issued(draft, number, entity, tx.now)
    if is_new:
        stored = await tx.insert(document)
    else:
        assert before is not None
        stored = touched(before, document._asdict(), tx.now)
        await tx.update(before, stored, asked.scope)
    await records.note(tx, asked, f"{stored.type}.issued", stored)
    if stored.type not in OWED:
        return stored
    book = Book(tx, asked, "document", stored.id)
    book.opened(stored, stored.total_with_tax, "issued", stored.date, due_date=stored.due_date)
    await book.close(stood=None if standing is None else (standing,))
    for at, receipt in enumerate(receipts):
        try:
            stored = await _receive(tx, asked, stored, receipt)
        except Refused as refused:
            raise Refused(*(_of_receipt(problem, at) for problem in refused.problems)) from None
    spends_credit = spends_credit and _applies_credits(entity)
    if spends_credit and standing is not None and standing.credit and stored.balance:
        stored = await payments.spend_credit(tx, asked, stored, standing.credit)
    return stored


async def _receive(tx: Tx, asked: Request, document: Document, receipt: Receipt) -> Document:
    values = dict(receipt.values)
    amount = values.get("amount")
    if amount is None and not document.balance:
        raise Refused(Problem("exceeds_open", ("amount",), shown(NOTHING, document.currency_code)))
    if receipt.kind != "document":
        wanted = Wanted(receipt.kind, amount, document.id, receipt.source)
        values["amount"] = NOTHING
    else:
        values["amount"] = document.balance if amount is None else amount
        wanted = Wanted("document", min(values["amount"], document.balance), document.id)
    await payments.receive(tx, asked, values, (wanted,), rest_is_credit=True)
    return await records.get(tx, asked._replace(shows=None), Document, document.id)


def _of_receipt(problem: Problem, at: int) -> Problem:
    """A problem of a payment with the place of its receipt among the others: each has one application."""
    path = problem.path[2:] if problem.path[:1] == ("applications",) else problem.path
    return replace(problem, path=("applications", at, *path))


def _applies_credits(entity: Entity) -> bool:
    settings: Any = entity.settings
    return (settings.get("receivables") or {}).get("apply_credits_to_new_invoices") is not False


async def _check_limit(
    tx: Tx, asked: Request, document: Document, more: Decimal, entity: Entity, customer: Customer | None
) -> Standing | None:
    """How the customer stands, who is held; raises Refused where it would owe more than its limit.

    A limit is of one currency, the customer's, and says nothing of what is owed in another.
    """
    if customer is None:
        return None
    standings = await tx.standings(asked.scope, (customer.id,))
    currency = document.currency_code
    nothing = Standing(customer.id, currency)
    standing = next((one for one in standings if one.currency_code == currency), nothing)
    limit, owed = customer.credit_limit, standing.outstanding + more
    is_its_own = currency == (customer.currency_code or entity.currency_code)
    if limit is not None and is_its_own and more > 0 and owed > limit:
        raise Refused(issuing.over_limit(owed, limit, currency))
    return standing


async def _seller(tx: Tx, asked: Request) -> Entity:
    entity = await records.seller(tx, asked)
    if not entity.is_enabled:
        raise Refused(Problem("entity_disabled"))
    return entity


async def _customer(tx: Reader, asked: Request, document: Document) -> Customer | None:
    if document.customer_id is None:
        return None
    return await tx.get(Customer, asked.scope, document.customer_id)


async def _check_linked(tx: Reader, asked: Request, document: Document, before: Sequence[str] = ()) -> None:
    """Raises Refused for links that lead nowhere; those from before may, where a draft has been dropped."""
    new = {id for id in document.linked_ids or () if id not in before}
    if not new:
        return
    where, shows = Compare("id", Op.IN, tuple(new)), frozenset({"id"})
    query = Query(where, unambiguous(()), len(new), counted=False, shows=shows)
    there = {one.id for one in (await tx.page(Document, asked.scope, query)).records}
    for at, id in enumerate(document.linked_ids or ()):
        if id in new - there:
            raise Refused(Problem("unknown_reference", ("linked_ids", at), f"document {id}"))


def _check_hold(kind: str, customer: Customer | None) -> None:
    if customer is not None and customer.is_on_credit_hold and kind in HELD:
        raise Refused(Problem("on_credit_hold"))


def _check_not_voided(document: Document) -> None:
    if document.voided_at is not None:
        raise Refused(Problem("voided"))


async def _expected(tx: Tx, asked: Request, id: Id, kind: str) -> Document:
    return _of_type(await records.expected(tx, asked, Document, id), kind)


def _of_type(document: Document, kind: str) -> Document:
    if kind and document.type != kind:
        raise Refused(Problem("not_found", detail="Document"))
    return document
