"""What can be done with notes about customers. Every verb works within one transaction."""

from collections.abc import Mapping
from typing import Any

from billto.app import records
from billto.app.parts import Id, Reader, Request, Tx
from billto.domain import note as rules
from billto.domain.customer import Customer
from billto.domain.note import Note
from billto.domain.query import Page, Query


async def create(tx: Tx, asked: Request, of: Customer, values: Mapping[str, Any]) -> Note:
    stored = await tx.insert(rules.made(values, of=of, id=tx.new_id(), now=tx.now))
    await records.note(tx, asked, "note.created", stored)
    return stored


async def get(reader: Reader, asked: Request, id: Id) -> Note:
    return await records.get(reader, asked, Note, id)


async def page(reader: Reader, asked: Request, query: Query) -> Page:
    return await reader.page(Note, asked.scope, query)


async def change(tx: Tx, asked: Request, id: Id, values: Mapping[str, Any]) -> Note:
    return await records.change(
        tx, asked, Note, id, "note.updated", lambda old, now: rules.changed(old, values, now)
    )


async def erase(tx: Tx, asked: Request, id: Id) -> Note:
    """Takes it out for good: there is no trash for it."""
    old = await records.expected(tx, asked, Note, id)
    await tx.delete(old, asked.scope)
    await records.note(tx, asked, "note.deleted", old)
    return old
