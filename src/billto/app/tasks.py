"""What can be done with tasks."""

from collections.abc import Mapping, Sequence
from typing import Any

from billto.app import customers, following, records
from billto.app.parts import Id, Reader, Request, Tx
from billto.domain import task as rules
from billto.domain.customer import Customer
from billto.domain.paging import unambiguous
from billto.domain.problems import Problem, Refused
from billto.domain.query import Compare, Op, Page, Query
from billto.domain.task import Task


async def create(tx: Tx, asked: Request, values: Mapping[str, Any]) -> Task:
    given = dict(values)
    of = await _about(tx, asked, given.pop("customer", None))
    return await add(tx, asked, given, of)


async def add(tx: Tx, asked: Request, values: Mapping[str, Any], of: Customer | None) -> Task:
    """A new task about a customer that is known already."""
    made = rules.made(values, of=of, entity_id=asked.scope.entity, id=tx.new_id(), now=tx.now)
    stored = await tx.insert(made)
    await records.note(tx, asked, "task.created", stored)
    return stored


async def get(reader: Reader, asked: Request, id: Id) -> Task:
    """The task; gone, while its customer is in the trash."""
    where = Compare("id" if isinstance(id, str) else "serial", Op.EQ, id)
    query = Query(where, unambiguous(()), 1, counted=False)
    found: Sequence[Task] = (await reader.page(Task, asked.scope, query)).records
    if not found:
        raise Refused(Problem("not_found", detail="Task"))
    return found[0]


async def page(reader: Reader, asked: Request, query: Query) -> Page:
    return await following.page(reader, asked, Task, query)


async def change(tx: Tx, asked: Request, id: Id, values: Mapping[str, Any]) -> Task:
    given, old = dict(values), await get(tx, asked, id)
    if "customer" in given and (serial := given.pop("customer")) != old.customer:
        of = await _about(tx, asked, serial)
        given |= {"customer_id": of and of.id, "customer": of and of.serial}
    return await records.change(
        tx, asked, Task, old.id, "task.updated", lambda old, now: rules.changed(old, given, now)
    )


async def erase(tx: Tx, asked: Request, id: Id) -> Task:
    old = await records.expected(tx, asked, Task, (await get(tx, asked, id)).id)
    await tx.delete(old, asked.scope)
    await tx.forget(asked.scope.tenant_id, old.customer_id or old.id)
    await records.note(tx, asked, "task.deleted", old)
    return old


async def _about(tx: Tx, asked: Request, serial: int | None) -> Customer | None:
    if serial is None:
        return None
    try:
        return await customers.hold(tx, asked, serial)
    except Refused:
        raise Refused(Problem("unknown_reference", ("customer",), f"customer {serial}")) from None
