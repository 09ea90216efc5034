"""When something is done by itself: plans are made, changed and dropped in the transaction that causes it,
and worked off by whoever runs beside (`work/scheduler.py`)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from billto.app import records
from billto.app.parts import Id, Reader, Request, Tx
from billto.domain import entity as entities
from billto.domain import plan as rules
from billto.domain.entity import Entity, moment
from billto.domain.paging import unambiguous
from billto.domain.plan import Plan
from billto.domain.query import All, Compare, Op, Page, Query

PLANS_MAX = 2_000  # of one entity: more than it may have of cadences, runs and their rounds


async def at(
    tx: Tx, asked: Request, entity: Entity, kind: str, subject_id: str, next_at: datetime | None
) -> None:
    """Plans something for a moment of the entity's clock, in place of what was planned; for none, no more."""
    await tx.alone(entity.id, f"plan {kind} {subject_id}")
    old = await _of(tx, asked, kind, subject_id)
    if old is not None:
        old = await tx.lock(Plan, asked.scope, old.id)
    if next_at is None:
        if old is not None:
            await tx.delete(old, asked.scope)
    elif old is None:
        await tx.insert(rules.made(entity, kind, subject_id, next_at, id=tx.new_id(), now=tx.now))
    elif old.next_at != next_at or old.is_anew:
        await tx.update(old, rules.moved(old, entity, next_at, tx.now), asked.scope)


async def anew(tx: Tx, asked: Request) -> None:
    """Has the moments of all that is planned for an entity found out anew: its time zone is another one."""
    for old in await _held(tx, asked):
        await tx.update(old, rules.anew(old, tx.now), asked.scope)


def since(plan: Plan, entity: Entity, changed_at: datetime, now: datetime) -> datetime:
    """From when on a plan's next moment counts. By the clock of another zone it may be time already: that is
    late, and not left out. `changed_at` is when its rule was made or changed, in true time."""
    if not plan.is_anew:
        return now
    last = (plan.last_at, moment(entity, changed_at))
    return min(now, max(one for one in last if one is not None))


async def all_of(reader: Reader, asked: Request) -> tuple[Plan, ...]:
    query = Query(All(()), unambiguous(()), limit=PLANS_MAX, counted=False)
    found: tuple[Plan, ...] = (await reader.page(Plan, asked.scope, query)).records
    return found


async def _held(tx: Tx, asked: Request) -> Sequence[Plan]:
    """All that is planned for an entity, kept from others."""
    there = await all_of(tx, asked)
    return await tx.lock_all(Plan, asked.scope, [one.id for one in there]) if there else ()


async def page(reader: Reader, asked: Request, query: Query) -> Page:
    return await reader.page(Plan, asked.scope, query)


async def get(reader: Reader, asked: Request, id: Id) -> Plan:
    return await records.get(reader, asked, Plan, id)


async def set_clock(tx: Tx, asked: Request, to: datetime) -> Entity:
    """Moves the clock of a sandbox ahead to a moment; what was planned until then is done by the scheduler,
    each at its own moment. Raises Refused for what is no sandbox, and for a moment that is past."""
    old = await records.expected(tx, asked, Entity, asked.scope.entity)
    new = entities.ahead(old, to, tx.now)
    if new is old:
        return old
    await tx.update(old, new, asked.scope)
    await records.note(tx, asked, "entity.clock_moved", new, old)
    for plan in await _held(tx, asked):
        if plan.leased_until is None and not plan.is_anew:
            await tx.update(plan, rules.moved(plan, new, plan.next_at, tx.now), asked.scope)
    return new


# When a plan's work is done next after a moment of its entity's clock; None for never again.
NextAt = Callable[[Reader, Request, Entity, Plan, datetime], Awaitable[datetime | None]]


async def done(
    tx: Tx, asked: Request, taken: Plan, at: datetime, next_at_of: NextAt, result: Mapping[str, Any] | None
) -> None:
    """Keeps what came of a plan, and when it is next, as its rule is by now; without a result only that."""
    old = await tx.lock(Plan, asked.scope, taken.id)
    if old is None or old.leased_until != taken.leased_until:
        return
    # Read with the plan held: whoever changes the entity's zone or clock has done so, or marks the plan next.
    entity = await records.seller(tx, asked)
    next_at = await next_at_of(tx, asked, entity, old, at)
    if next_at is None:
        await tx.delete(old, asked.scope)
        return
    if result is None:
        new = rules.moved(rules.let_go(old, tx.now), entity, next_at, tx.now)
    else:
        new = rules.done(old, entity, next_at, tx.now, at, result)
    await tx.update(old, new, asked.scope)


async def failed(tx: Tx, asked: Request, taken: Plan, error: str) -> None:
    old = await tx.lock(Plan, asked.scope, taken.id)
    if old is not None and old.leased_until == taken.leased_until:
        await tx.update(old, rules.failed(old, tx.now, error), asked.scope)


async def held(tx: Tx, asked: Request, taken: Plan, lease: timedelta) -> Plan | None:
    """Keeps a plan for longer in the hands of who has it; None where another one has it by now."""
    old = await tx.lock(Plan, asked.scope, taken.id)
    if old is None or old.leased_until != taken.leased_until:
        return None
    new = rules.claimed(old, tx.now, lease)
    await tx.update(old, new, asked.scope)
    return new


async def _of(reader: Reader, asked: Request, kind: str, subject_id: str) -> Plan | None:
    where = All((Compare("kind", Op.EQ, kind), Compare("subject_id", Op.EQ, subject_id)))
    found = await reader.page(Plan, asked.scope, Query(where, unambiguous(()), limit=1, counted=False))
    return found.records[0] if found.records else None
