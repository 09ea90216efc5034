"""A payment that came on another day than was said: what it did is taken back on its day, and done anew."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from billto.app import applying
from billto.app.ledger import Book
from billto.app.parts import Request, Tx
from billto.domain.ledger import PAYMENT as ACCOUNT
from billto.domain.ledger import Entry
from billto.domain.movements import UNDOES
from billto.domain.paging import unambiguous
from billto.domain.payment import PAYMENT, Payment
from billto.domain.problems import Problem, Refused
from billto.domain.query import Compare, Op, Query

_ENTRIES_MAX = 10_000  # of a payment that has been moved about again and again
_RECEIVED = "received"


async def redate(book: Book, tx: Tx, asked: Request, old: Payment, new: Payment) -> None:
    """Moves the entries of a payment to its new day, as far as documents were there by then.

    Raises Refused where some of it has been undone since: what happened on which day would not fit together.
    """
    query = Query(Compare("cause_id", Op.EQ, old.id), unambiguous(()), _ENTRIES_MAX, counted=False)
    entries = _lasting((await tx.page(Entry, asked.scope, query)).records)
    is_received = old.direction == PAYMENT and old.amount > 0
    days: defaultdict[tuple[str | None, str, Decimal], list[date]] = defaultdict(list)
    for entry in entries:
        days[entry.item_id, entry.kind, abs(entry.amount)].append(entry.date)
    was = [days[_key(one)].pop() for one in old.applications if days[_key(one)]]
    made = len(entries) - is_received
    if len(was) != len(old.applications) or made != sum(map(_sides, old.applications)):
        detail = "some of the payment was applied otherwise since its day: void it and enter it anew"
        raise Refused(Problem("settled_elsewhere", detail=detail))
    for one, day in zip(old.applications, was, strict=True):
        applying.settle(book, old, one, day, undo=True)
    if is_received:
        day = next(entry.date for entry in entries if entry.kind == _RECEIVED)
        book.enter(ACCOUNT, "payment_voided", old.amount, old, day)
        book.enter(ACCOUNT, _RECEIVED, -old.amount, new, new.date)
    for one, day in zip(old.applications, was, strict=True):
        # What was applied on a later day than it had to be stays on that day.
        applying.settle(book, new, one, day if day > _earliest(book, one, old) else new.date)


def _lasting(entries: Iterable[Entry]) -> list[Entry]:
    """The entries without those that were undone on their own day, as when a payment was moved before."""
    made: defaultdict[tuple[object, ...], list[Entry]] = defaultdict(list)
    for entry in entries:
        where = entry.account, entry.item_id, entry.date
        if undone := made[*where, UNDOES.get(entry.kind), -entry.amount]:
            undone.pop()
        else:
            made[*where, entry.kind, entry.amount].append(entry)
    return [entry for some in made.values() for entry in some]


def _sides(one: Mapping[str, Any]) -> int:
    """How many entries an application makes: what goes out of the house, or out of an advance, has one."""
    return 1 if one["kind"] == "advance" or one["kind"].startswith("refund") else 2


def _key(one: Mapping[str, Any]) -> tuple[str | None, str, Decimal]:
    item_id = one.get("document_id") or one.get("source_id")
    return item_id, applying.word(one["kind"]), Decimal(one["amount"])


def _earliest(book: Book, one: Mapping[str, Any], payment: Payment) -> date:
    there = (book.now.get(one.get(name) or "") for name in ("document_id", "source_id"))
    dates: list[date] = [record.date for record in there if record is not None]
    return max((payment.date, *dates))
