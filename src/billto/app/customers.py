"""What can be done with customers. Every verb works within one transaction."""

from collections.abc import Mapping
from typing import Any

from billto.app import records
from billto.app.parts import Id, Reader, Request, Tx
from billto.domain import customer as rules
from billto.domain.customer import Customer
from billto.domain.query import Page, Query


async def create(tx: Tx, asked: Request, values: Mapping[str, Any]) -> Customer:
    made = rules.made(values, entity_id=asked.scope.entity, id=tx.new_id(), now=tx.now)
    stored = await tx.insert(made)
    await records.note(tx, asked, "customer.created", stored)
    return stored


async def get(reader: Reader, asked: Request, id: Id) -> Customer:
    """The customer, also one in the trash."""
    return await records.get(reader, asked, Customer, id)


async def page(reader: Reader, asked: Request, query: Query) -> Page:
    return await reader.page(Customer, asked.scope, query)


async def change(tx: Tx, asked: Request, id: Id, values: Mapping[str, Any]) -> Customer:
    return await records.change(
        tx, asked, Customer, id, "customer.updated", lambda old, now: rules.changed(old, values, now)
    )


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
