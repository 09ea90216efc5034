"""Connections of an entity's own: by whom its messages go instead of by the installation's channels."""

from collections.abc import Mapping
from typing import Any

from billto.app import records, sending
from billto.app.parts import Request, Tx
from billto.domain import connection as rules
from billto.domain.attrs import checked
from billto.domain.connection import Connection
from billto.domain.problems import Problem, Refused


async def put(
    tx: Tx, asked: Request, channel: str, given: Mapping[str, Any], secret: str | None
) -> Connection:
    """The connection of a channel as it is meant now.

    Without a secret the one there is stays, as long as it is for the same account at the same place: nobody
    gets to see a password by naming another server. Raises Refused with `no_secret_key` where none can be
    kept.
    """
    facts = rules.checked(channel, given)
    await tx.alone(asked.scope.entity, f"connection {channel}")
    old = await sending.connection(tx, asked.scope, channel)
    before = old or rules.made(channel, entity_id=asked.scope.entity, id=tx.new_id(), now=tx.now)
    if asked.expected is not None and (old is None or old.version not in asked.expected):
        raise Refused(Problem("changed_since"))
    if secret and not rules.needs_secret(channel, facts):
        raise Refused(Problem("required", ("user",)))  # nobody would ever be told it
    kept = before.secret if rules.is_same_account(before, facts) else None
    sealed = _sealed(asked, before, secret) if secret else kept
    if sealed is None and rules.needs_secret(channel, facts):
        raise Refused(Problem("required", (rules.SECRETS[channel],)))
    new = checked(rules.changed(before, facts, sealed, tx.now))
    if old is None:
        new = await tx.insert(new._replace(version=1))
        await records.note(tx, asked, "connection.created", new)
    elif new is not old:
        await tx.update(old, new, asked.scope)
        await records.note(tx, asked, "connection.changed", new, old)
    return new


async def drop(tx: Tx, asked: Request, channel: str) -> None:
    """Its messages go by the installation's channel again, where there is one; as they do where there was no
    connection."""
    await tx.alone(asked.scope.entity, f"connection {channel}")
    old = await sending.connection(tx, asked.scope, channel)
    if old is None:
        return
    if asked.expected is not None and old.version not in asked.expected:
        raise Refused(Problem("changed_since"))
    await tx.delete(old, asked.scope)
    await records.note(tx, asked, "connection.deleted", old)


def _sealed(asked: Request, of: Connection, secret: str) -> str:
    if asked.vault is None:
        raise Refused(Problem("no_secret_key"))
    return asked.vault.seal(secret, rules.bound(of))
