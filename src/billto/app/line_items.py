"""What can be done with pending line items of customers. Every verb works within one transaction."""

from collections.abc import Mapping
from typing import Any

from billto.app import records
from billto.app.parts import Id, Reader, Request, Tx
from billto.domain import line_item as rules
from billto.domain.customer import Customer
from billto.domain.line_item import LineItem
from billto.domain.query import Page, Query


async def create(tx: Tx, asked: Request, of: Customer, values: Mapping[str, Any]) -> LineItem:
    stored = await tx.insert(rules.made(values, of=of, id=tx.new_id(), now=tx.now))
    await records.note(tx, asked, "line_item.created", stored)
    return stored


async def get(reader: Reader, asked: Request, id: Id) -> LineItem:
    return await records.get(reader, asked, LineItem, id)


async def page(reader: Reader, asked: Request, query: Query) -> Page:
    return await reader.page(LineItem, asked.scope, query)


async def change(tx: Tx, asked: Request, id: Id, values: Mapping[str, Any]) -> LineItem:
    return await records.change(
        tx, asked, LineItem, id, "line_item.updated", lambda old, now: rules.changed(old, values, now)
    )


async def erase(tx: Tx, asked: Request, id: Id) -> LineItem:
    """Takes it out for good: there is no trash for it."""
    old = await records.expected(tx, asked, LineItem, id)
    await tx.delete(old, asked.scope)
    await records.note(tx, asked, "line_item.deleted", old)
    return old
