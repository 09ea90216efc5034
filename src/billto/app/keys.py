"""What can be done with keys by whoever holds one: with those of the same account and environment, and with a
key of one entity only with that entity's keys."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from billto.app import accounts
from billto.app.accounts import NewKey
from billto.app.parts import Reader, Request, Tx
from billto.domain import account as rules
from billto.domain.account import Key
from billto.domain.problems import Problem, Refused
from billto.domain.query import Page, Query


async def page(reader: Reader, asked: Request, query: Query) -> Page:
    return await reader.page(Key, asked.scope, query)


async def create(tx: Tx, asked: Request, values: Mapping[str, Any]) -> NewKey:
    """A new key that opens no more than the one which asks for it, and no longer."""
    scope = asked.scope
    entity_id = values.get("entity_id") or scope.bound_to
    if scope.bound_to not in (None, entity_id):
        raise Refused(Problem("not_found", ("entity_id",), "Entity"))
    rules.check_expiry(values.get("expires_at"), tx.now)
    own = await tx.get(Key, scope, scope.key_id)
    if own is not None and own.expires_at is not None:
        values = {**values, "expires_at": min(values.get("expires_at") or own.expires_at, own.expires_at)}
    return await accounts.create_key(
        tx, scope.account_id, scope.environment, **{**values, "entity_id": entity_id}
    )


async def change(tx: Tx, asked: Request, id: str, values: Mapping[str, Any]) -> Key:
    old = await _locked(tx, asked, id)
    return await _becomes(tx, asked, old, rules.changed(old, values, tx.now))


async def rotate(tx: Tx, asked: Request, id: str, grace: timedelta) -> NewKey:
    """A key in place of another, which goes on for as long as the grace lasts; once for each key."""
    old = await _locked(tx, asked, id)
    if any(one.rotated_from_id == old.id for one in await tx.keys(old.account_id)):
        raise Refused(Problem("key_ended"))
    await _becomes(tx, asked, old, rules.rotated(old, grace, tx.now))
    return await accounts.create_key(
        tx, old.account_id, old.environment, entity_id=old.entity_id, name=old.name, read_only=old.read_only,
        expires_at=rules.next_expiry(old, tx.now), rotated_from_id=old.id,
    )  # fmt: skip


async def revoke(tx: Tx, asked: Request, id: str) -> Key:
    """The key, which opens nothing any more. Also the last one: the operator makes another when need be."""
    old = await _locked(tx, asked, id)
    return await _becomes(tx, asked, old, rules.revoked(old, tx.now))


async def erase(tx: Tx, asked: Request, id: str) -> Key:
    old = await _locked(tx, asked, id)
    await tx.delete(old, asked.scope)
    return old


async def _locked(tx: Tx, asked: Request, id: str) -> Key:
    found = await tx.lock(Key, asked.scope, id)
    if found is None:
        raise Refused(Problem("not_found", detail=Key.__name__))
    return found


async def _becomes(tx: Tx, asked: Request, old: Key, new: Key) -> Key:
    await tx.update(old, new, asked.scope)
    return new
