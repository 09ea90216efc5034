"""What can be done with accounts and keys: by the operator, at the command line."""

from datetime import datetime
from typing import NamedTuple

from billto.app.parts import Reader, Tx
from billto.domain import account as rules
from billto.domain.account import Account, Key
from billto.domain.attrs import checked
from billto.domain.entity import Entity
from billto.domain.problems import Problem, Refused
from billto.domain.scope import Scope


class NewKey(NamedTuple):
    """A key and its secret, which is shown this once."""

    key: Key
    token: str


async def create(tx: Tx, name: str) -> Account:
    return await tx.insert(checked(Account(id=tx.new_id(), name=name, created_at=tx.now)))


async def all_of_them(reader: Reader) -> tuple[Account, ...]:
    """Every account of this installation, the oldest first; for the operator alone."""
    return tuple(await reader.accounts())


async def create_key(
    tx: Tx,
    account_id: str,
    environment: str,
    *,
    entity_id: str | None = None,
    name: str | None = None,
    read_only: bool = False,
    expires_at: datetime | None = None,
    rotated_from_id: str | None = None,
) -> NewKey:
    """A new key; raises Refused when the account or, in this environment of it, the entity does not exist."""
    if await tx.account(account_id) is None:
        raise Refused(Problem("not_found", detail="Account"))
    scope = Scope(account_id, environment, key_id="")
    if entity_id is not None and await tx.get(Entity, scope, entity_id) is None:
        raise Refused(Problem("not_found", detail="Entity"))
    token = rules.token(environment, of_entity=entity_id is not None)
    hint = rules.hint(token)
    assert hint is not None
    key = Key(
        id=tx.new_id(), account_id=account_id, environment=environment, hint=hint, digest=rules.digest(token),
        created_at=tx.now, entity_id=entity_id, name=name, read_only=read_only, expires_at=expires_at,
        rotated_from_id=rotated_from_id,
    )  # fmt: skip
    return NewKey(await tx.insert(checked(key)), token)


async def keys(reader: Reader, account_id: str | None = None) -> tuple[Key, ...]:
    """All keys, or those of one account, the oldest first."""
    return tuple(await reader.keys(account_id))


async def revoke_key(tx: Tx, key_id: str) -> Key:
    """The key, which opens nothing any more; raises Refused when there is none."""
    found = [key for key in await tx.keys(None) if key.id == key_id]
    if not found:
        raise Refused(Problem("not_found", detail="Key"))
    (old,) = found
    new = rules.revoked(old, tx.now)
    await tx.update(old, new, Scope(old.account_id, old.environment, key_id=""))
    return new
