"""What can be done with entities. Every verb works within one transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from billto.app import records, reminding
from billto.app.parts import Id, Reader, Request, Tx
from billto.domain import entity as rules
from billto.domain.entity import Entity
from billto.domain.problems import Problem, Refused
from billto.domain.query import Page, Query


async def create(tx: Tx, asked: Request, values: Mapping[str, Any]) -> Entity:
    """A new entity of the key's account, in the key's environment and no other."""
    scope = asked.scope
    if scope.bound_to is not None:
        raise Refused(Problem("account_key_needed"))
    if values.get("environment", scope.environment) != scope.environment:
        raise Refused(Problem("other_environment", ("environment",), scope.environment))
    made = rules.made(
        values, account_id=scope.account_id, environment=scope.environment, id=tx.new_id(), now=tx.now
    )
    stored = await tx.insert(made)
    await records.note(tx, asked, "entity.created", stored)
    await reminding.plan(tx, asked, None, stored)
    return stored


async def get(reader: Reader, asked: Request, id: Id) -> Entity:
    return await records.get(reader, asked, Entity, id)


async def page(reader: Reader, asked: Request, query: Query) -> Page:
    return await reader.page(Entity, asked.scope, query)


async def change(tx: Tx, asked: Request, id: Id, values: Mapping[str, Any]) -> Entity:
    before = None

    def becomes(old: Entity, now: datetime) -> Entity:
        nonlocal before
        before = old
        return rules.changed(old, values, now)

    new = await records.change(tx, asked, Entity, id, "entity.updated", becomes)
    await reminding.plan(tx, asked, before, new)
    return new


async def enable(tx: Tx, asked: Request, id: Id) -> Entity:
    return await records.change(tx, asked, Entity, id, "entity.enabled", rules.enabled)


async def disable(tx: Tx, asked: Request, id: Id) -> Entity:
    return await records.change(tx, asked, Entity, id, "entity.disabled", rules.disabled)
