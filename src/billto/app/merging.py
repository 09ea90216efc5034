"""Two customers that are one: what would become of them, and making them one. It is not undone.

The ledger is not rewritten: entries keep the id under which they were made (decision 12).
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from billto.app import families, ledger, records
from billto.app.parts import Id, Reader, Request, Tx
from billto.domain import merging as rules
from billto.domain.adjustment import Adjustment
from billto.domain.alias import Alias
from billto.domain.chasing import Fired
from billto.domain.customer import Customer
from billto.domain.document import Document
from billto.domain.ledger import Standing
from billto.domain.line_item import LineItem
from billto.domain.merging import GivenUp
from billto.domain.message import Message
from billto.domain.note import Note
from billto.domain.paging import unambiguous
from billto.domain.payment import Payment
from billto.domain.problems import Problem, Refused
from billto.domain.query import Compare, Op, Query
from billto.domain.task import Task

# What belongs to a customer, and how it is called where it is counted.
_MOVED: Mapping[str, type[Any]] = {
    "documents": Document,
    "payments": Payment,
    "adjustments": Adjustment,
    "line_items": LineItem,
    "notes": Note,
    "messages": Message,
    "tasks": Task,
    "chasing_steps": Fired,
}


class Balances(NamedTuple):
    """How both stand in one currency, and how the one that stays will."""

    currency_code: str
    source: Standing
    target: Standing
    merged: Standing


class Preview(NamedTuple):
    """What a merge would do."""

    source: Customer
    target: Customer
    moves: Mapping[str, int]
    balances: tuple[Balances, ...]
    fills: Mapping[str, Any]  # what the target has nothing of, and can take
    given_up: tuple[GivenUp, ...]  # what is lost of the source, whether it fills or not


async def preview(reader: Reader, asked: Request, source: Id, target: Id) -> Preview:
    """What would move, what would be owed, and what of the source would be lost; nothing is changed."""
    gone, kept = await _named(reader, asked, source, target)
    rules.check(gone, kept)
    # Whether the people of both have room in one is found out by trying.
    rules.joined(gone, kept, fill=False, parent=None, new_id=lambda: gone.id, now=kept.updated_at)
    moves = {
        name: await _count(reader, asked, record, "customer_id", gone.id) for name, record in _MOVED.items()
    }
    moves |= {name: len(getattr(gone, name) or ()) for name in ("contacts", "delivery_addresses")}
    moves["children"] = await _count(reader, asked, Customer, "parent", gone.serial)
    moves["children"] -= kept.parent == gone.serial
    balances = await _balances(reader, asked, gone, kept)
    return Preview(gone, kept, moves, balances, rules.fills(gone, kept), rules.given_up(gone, kept))


async def merge(tx: Tx, asked: Request, source: Id, target: Id, *, fill: bool = False) -> Customer:
    """The target, of which the source has become part: all that belonged to it belongs to the target.

    Where `fill`, the target takes of the source what it has nothing of itself. Twice is once.
    """
    seen = await _named(tx, asked, source, target)
    if seen[0].id == seen[1].id and source not in (seen[0].id, seen[0].serial):
        return seen[1]  # it was done before
    rules.check(*seen)
    await ledger.alone(tx, asked, (one.id for one in seen))
    held = {id: await tx.lock(Customer, asked.scope, id) for id in sorted(one.id for one in seen)}
    gone, kept = (held[one.id] for one in seen)
    if gone is None or kept is None or (gone.id, kept.id) != (seen[0].id, seen[1].id):
        # One of them became part of another meanwhile: both names are looked at once more.
        return await merge(tx, asked, source, target, fill=fill)
    if asked.expected is not None and gone.version not in asked.expected:
        raise Refused(Problem("changed_since"))
    rules.check(gone, kept)
    await _balances(tx, asked, gone, kept)
    parent = await families.joined(tx, asked, gone, kept, fill=fill)
    new = rules.joined(gone, kept, fill=fill, parent=parent, new_id=tx.new_id, now=tx.now)
    await _move(tx, asked, gone, kept)
    await tx.delete(gone, asked.scope)
    await tx.update(kept, new, asked.scope)
    await tx.insert(rules.alias(gone, kept, tx.now))
    # What was answered about the one would show what is no more.
    await tx.forget(asked.scope.tenant_id, gone.id)
    await records.note(tx, asked, "customer.merged", gone)
    await records.note(tx, asked, "customer.merged", new, kept)
    return new


async def _move(tx: Tx, asked: Request, gone: Customer, kept: Customer) -> None:
    scope = asked.scope
    for record in _MOVED.values():
        into = {"customer_id": kept.id, "customer": kept.serial}
        await tx.repoint(record, scope, {"customer_id": gone.id}, into)
    await tx.repoint(Customer, scope, {"parent": gone.serial}, {"parent": kept.serial})
    # What became part of the source before is part of the target now: no old id leads over two steps.
    await tx.repoint(Alias, scope, {"customer_id": gone.id}, {"customer_id": kept.id})
    await tx.join_standings(scope, gone.id, kept.id)


async def _named(reader: Reader, asked: Request, source: Id, target: Id) -> tuple[Customer, Customer]:
    gone = await records.get(reader, asked, Customer, source)
    kept = await reader.get(Customer, asked.scope, target)
    if kept is None:
        raise Refused(Problem("not_found", ("into",), "Customer"))
    return gone, kept


async def _count(reader: Reader, asked: Request, record: type[Any], attr: str, value: Id) -> int:
    where = Compare(attr, Op.EQ, value)
    query = Query(where, unambiguous(()), limit=1, trashed=None, shows=frozenset({"id"}))
    return (await reader.page(record, asked.scope, query)).total or 0


async def _balances(reader: Reader, asked: Request, gone: Customer, kept: Customer) -> tuple[Balances, ...]:
    """How both stand; raises Refused for sums that would be too large."""
    there = await reader.standings(asked.scope, (gone.id, kept.id))
    by = {(one.customer_id, one.currency_code): one for one in there}
    found: list[Balances] = []
    for code in sorted({one.currency_code for one in there}):
        source, target = (by.get((one.id, code)) or Standing(one.id, code) for one in (gone, kept))
        found.append(Balances(code, source, target, target.with_(source)))
        ledger.check_sums(found[-1].merged, "into")
    return tuple(found)
