"""What can be done with what belongs to a customer: notes and pending line items, each in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from billto.app import following, records
from billto.app.parts import Id, Reader, Request, Tx
from billto.domain import line_item, note
from billto.domain.customer import Customer
from billto.domain.line_item import LineItem
from billto.domain.note import Note
from billto.domain.problems import Problem, Refused
from billto.domain.query import Page, Query


class Belonging(NamedTuple):
    """A kind of record of which a customer has some."""

    record: type[Any]
    called: str  # in the names of its events
    made: Callable[..., Any]
    changed: Callable[..., Any]


NOTES = Belonging(Note, "note", note.made, note.changed)
LINE_ITEMS = Belonging(LineItem, "line_item", line_item.made, line_item.changed)


async def create(kind: Belonging, tx: Tx, asked: Request, of: Customer, values: Mapping[str, Any]) -> Any:
    stored = await tx.insert(kind.made(values, of=of, id=tx.new_id(), now=tx.now))
    await records.note(tx, asked, f"{kind.called}.created", stored)
    return stored


async def get(kind: Belonging, reader: Reader, asked: Request, id: Id) -> Any:
    """The record; gone, while its customer is in the trash."""
    found = await records.get(reader, asked, kind.record, id)
    of = await reader.get(Customer, asked.scope, found.customer_id, shows=frozenset({"deleted_at"}))
    if of is None or of.deleted_at is not None:
        raise Refused(Problem("not_found", detail=kind.record.__name__))
    return found


async def page(kind: Belonging, reader: Reader, asked: Request, query: Query) -> Page:
    """Those of customers that are not in the trash."""
    return await following.page(reader, asked, kind.record, query)


async def change(kind: Belonging, tx: Tx, asked: Request, id: Id, values: Mapping[str, Any]) -> Any:
    return await records.change(
        tx, asked, kind.record, id, f"{kind.called}.updated", lambda old, now: kind.changed(old, values, now)
    )


async def erase(kind: Belonging, tx: Tx, asked: Request, id: Id) -> Any:
    """Takes it out for good, there is no trash for it; and with it what was answered about it."""
    old = await records.expected(tx, asked, kind.record, id)
    await tx.delete(old, asked.scope)
    await tx.forget(asked.scope.tenant_id, old.customer_id)
    await records.note(tx, asked, f"{kind.called}.deleted", old)
    return old


async def erase_all(kind: Belonging, tx: Tx, asked: Request, of: Customer, some: Sequence[Any]) -> None:
    """Takes some of one customer out for good, as `erase` does each; who calls holds the customer."""
    await tx.delete_all(kind.record, asked.scope, [one.id for one in some])
    await tx.forget(asked.scope.tenant_id, of.id)
    await tx.note_many([records.event(tx, asked, f"{kind.called}.deleted", one) for one in some])
