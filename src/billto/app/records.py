"""What is done with a record of any kind, within one transaction."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from billto.app.parts import Id, Reader, Request, Tx
from billto.domain.entity import Entity
from billto.domain.event import Event
from billto.domain.problems import Problem, Refused

R = TypeVar("R", bound=NamedTuple)

# They change with every change and tell nothing.
_UNTOLD = frozenset({"version", "updated_at"})


async def get(reader: Reader, asked: Request, record: type[R], id: Id) -> R:
    """The record of this id, if the caller may see it; raises Refused with `not_found` else."""
    return _there(await reader.get(record, asked.scope, id, shows=asked.shows), record)


async def seller(reader: Reader, asked: Request) -> Entity:
    """The entity that a request is about, whatever the request wants to see of its own record."""
    return await get(reader, asked._replace(shows=None), Entity, asked.scope.entity)


async def expected(tx: Tx, asked: Request, record: type[R], id: Id) -> R:
    """The record as the caller means it (If-Match), kept from others until the transaction ends."""
    found: Any = _there(await tx.lock(record, asked.scope, id), record)
    if asked.expected is not None and found.version not in asked.expected:
        raise Refused(Problem("changed_since"))
    return found  # type: ignore[no-any-return]


async def change(
    tx: Tx,
    asked: Request,
    record: type[R],
    id: Id,
    kind: str,
    becomes: Callable[[R, datetime], R],
) -> R:
    """The record after a change, stored with its event; a change that changes nothing leaves no trace."""
    old = await expected(tx, asked, record, id)
    new = becomes(old, tx.now)
    if new is not old:
        await tx.update(old, new, asked.scope)
        await note(tx, asked, kind, new, old)
    return new


async def note(tx: Tx, asked: Request, kind: str, record: Any, old: Any = None) -> None:
    """Writes down what was done to a record; `old` is what it was before a change."""
    await tx.note(event(tx, asked, kind, record, old))


def event(tx: Tx, asked: Request, kind: str, record: Any, old: Any = None) -> Event:
    changed = None
    if old is not None:
        named = (name for name in record._fields if getattr(old, name) != getattr(record, name))
        changed = [name for name in named if name not in _UNTOLD]
    return Event(
        entity_id=record.id if isinstance(record, Entity) else record.entity_id,
        id=tx.new_id(),
        kind=kind,
        subject_id=record.id,
        at=tx.now,
        key_id=asked.scope.key_id,
        request_id=asked.request_id,
        changed=changed,
    )


def _there(found: R | None, record: type[R]) -> R:
    if found is None:
        raise Refused(Problem("not_found", detail=record.__name__))
    return found
