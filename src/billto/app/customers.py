"""What can be done with customers. Every verb works within one transaction."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from billto.app import entities, records
from billto.app.parts import Id, Reader, Request, Tx
from billto.domain import customer as rules
from billto.domain import entity as entity_rules
from billto.domain import numbering
from billto.domain.customer import Customer
from billto.domain.paging import unambiguous
from billto.domain.problems import Problem, Refused
from billto.domain.query import Compare, Missing, Not, Op, Order, Page, Query

# What a door asks of a customer beyond what holds for all, with what it was before a change; it raises
# Refused.
Demand = Callable[[Customer, Customer | None], None]

# A number is looked for in batches of this many, beginning after those of so many newest customers.
NUMBERS_AT_ONCE = 100


async def create(
    tx: Tx, asked: Request, values: Mapping[str, Any], *, demand: Demand | None = None
) -> Customer:
    new = rules.made(values, entity_id=asked.scope.entity, id=tx.new_id(), now=tx.now)
    if demand is not None:
        demand(new, None)
    made = rules.settled(new, None, tx.new_id)
    stored = await tx.insert(made)
    await records.note(tx, asked, "customer.created", stored)
    return stored


async def get(reader: Reader, asked: Request, id: Id) -> Customer:
    """The customer, also one in the trash."""
    return await records.get(reader, asked, Customer, id)


async def live(reader: Reader, asked: Request, id: Id) -> Customer:
    """The customer, for doors at which the trash is the end."""
    found = await get(reader, asked, id)
    if found.deleted_at is not None:
        raise Refused(Problem("not_found", detail=Customer.__name__))
    return found


async def page(reader: Reader, asked: Request, query: Query) -> Page:
    return await reader.page(Customer, asked.scope, query)


async def change(
    tx: Tx, asked: Request, id: Id, values: Mapping[str, Any], *, demand: Demand | None = None
) -> Customer:
    def becomes(old: Customer, now: datetime) -> Customer:
        new = rules.changed(old, values, now)
        if demand is not None:
            demand(new, old)
        return new if new is old else rules.settled(new, old, tx.new_id)

    return await records.change(tx, asked, Customer, id, "customer.updated", becomes)


async def trash(tx: Tx, asked: Request, id: Id) -> Customer:
    return await records.change(tx, asked, Customer, id, "customer.deleted", rules.trashed)


async def restore(tx: Tx, asked: Request, id: Id) -> Customer:
    return await records.change(tx, asked, Customer, id, "customer.restored", rules.restored)


async def erase(tx: Tx, asked: Request, id: Id) -> Customer:
    """Takes a customer out of the trash for good; refused with `in_use` while documents refer to it."""
    old = await records.expected(tx, asked, Customer, id)
    rules.check_erasable(old)
    await tx.delete(old, asked.scope)
    await tx.forget(asked.scope.tenant_id, old.id)
    await records.note(tx, asked, "customer.permanently_deleted", old)
    return old


async def next_number(reader: Reader, asked: Request, now: datetime) -> str:
    """The next free customer number of the entity's format, or else in the row of the newest; nothing is
    taken by it."""
    newest = await reader.page(
        Customer,
        asked.scope,
        Query(
            where=Not(Missing("number")),
            order=(Order("id", descending=True),),
            limit=NUMBERS_AT_ONCE,
            counted=False,
        ),
    )
    numbers = [str(one.number) for one in newest.records]
    entity = await entities.get(reader, asked, asked.scope.entity)
    formats: Any = entity.settings.get("number_formats") or {}
    form = formats.get("customer")
    year = entity_rules.year(entity, now)
    row = numbering.by_format(numbering.parse(form), numbers, year) if form else numbering.by_habit(numbers)
    return row.write(await _free(reader, asked, row))


async def is_free(reader: Reader, asked: Request, number: str) -> bool:
    """Whether no customer outside the trash has the number."""
    return not await _taken(reader, asked, [number])


async def _free(reader: Reader, asked: Request, row: numbering.Row) -> int:
    """A number that nobody has, right after one that somebody has: at wider and wider steps until one is
    free, then at narrower ones back to the first behind it."""
    last, step = row.last, 1
    while True:
        batch = [last + step * at for at in range(1, NUMBERS_AT_ONCE + 1)]
        taken = await _taken(reader, asked, list(map(row.write, batch)))
        free = next((n for n in batch if row.write(n) not in taken), None)
        if free is None:
            last, step = batch[-1], step * NUMBERS_AT_ONCE
        elif step == 1:
            return free
        else:
            last, step = free - step, step // NUMBERS_AT_ONCE


async def _taken(reader: Reader, asked: Request, numbers: list[str]) -> set[str]:
    query = Query(
        where=Compare("number", Op.IN, tuple(numbers)),
        order=unambiguous(()),
        limit=len(numbers),
        counted=False,
    )
    page = await reader.page(Customer, asked.scope, query)
    return {str(one.number) for one in page.records}
