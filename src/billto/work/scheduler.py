"""The scheduler: works off what is planned, each plan in the hands of one scheduler at a time.

What a plan does is a row of a table here. Every kind of work may be begun again at any time, because what was
done is kept in the transaction that did it: so a lease that ends too early, or a process that dies, costs a
second look and never a second message.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from billto.app import cadences, chasing, messages, plans, reminding, statement_rounds
from billto.app.parts import Can, Request, Store, Tx
from billto.app.plans import NextAt
from billto.domain.entity import Entity, moment
from billto.domain.plan import CADENCE, OVERDUE, STATEMENTS, Plan
from billto.domain.problems import Refused
from billto.work.hands import Hands

log = logging.getLogger("billto.work")

# Of a fault that nobody foresaw; the log has the rest.
_OUR_FAULT = "something went wrong on our side"

Run = Callable[[Store, Request, Entity, Plan, datetime], Awaitable[Mapping[str, int]]]


class Work(NamedTuple):
    """What a kind of plan does at its moment, and when it is next."""

    run: Run
    next_at: NextAt


WORKS: Mapping[str, Work] = {
    OVERDUE: Work(reminding.run, reminding.next_at),
    CADENCE: Work(chasing.run_planned, cadences.next_at),
    STATEMENTS: Work(statement_rounds.work_off, statement_rounds.next_at),
}


class Scheduler(Hands):
    """One scheduler. There may be any number of them on one database."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        can: Can,
        *,
        at_once: int = 4,
        poll_seconds: float = 1,
        lease: timedelta = timedelta(minutes=2),
        drain_seconds: float = 10,
    ) -> None:
        super().__init__("scheduler", at_once, drain_seconds)
        self._store = store
        self._clock = clock
        self._can = can
        self._poll_seconds = poll_seconds
        self._lease = lease

    async def begun(self) -> float:
        """Begins the plan that is due first, where there is a hand for it; says after how many seconds to
        look again."""
        pause = self._poll_seconds * random.uniform(0.8, 1.2)  # noqa: S311 (schedulers look in turns)
        if not self.free:
            return pause
        try:
            plan = await self._taken()
        except Refused as refused:
            return max(pause, refused.retry_seconds or 1)
        except Exception:
            log.exception("what is planned cannot be read")
            return max(pause, 5)
        if plan is None:
            return pause
        self.begin(self._one(plan), plan.id)
        return 0

    async def once(self) -> bool:
        """Works off the plan that is due first; says whether one was due."""
        plan = await self._taken()
        if plan is not None:
            await self._one(plan)
        return plan is not None

    async def _taken(self) -> Plan | None:
        due = await self._store.reader.next_planned()
        if due is None or due > self._clock():
            return None
        taken = await self._store.write(lambda tx: tx.take_planned(1, self._lease))
        return taken[0] if taken else None

    async def _one(self, plan: Plan) -> None:
        try:
            await self._worked_off(plan)
        except Refused as refused:  # the database is away: the lease ends by itself
            log.warning("plan %s (%s): %s", plan.id, plan.kind, refused)
        except Exception:
            log.exception("what came of plan %s cannot be kept", plan.id)

    async def _worked_off(self, plan: Plan) -> None:
        entity = await self._store.reader.owned(plan.entity_id)
        assert entity is not None
        asked = messages.on_behalf(entity)._replace(**self._can._asdict())
        at, work = _moment(plan, entity, self._clock()), WORKS[plan.kind]
        keeping = _Keeping(self._store, asked, plan, self._lease)
        try:
            async with keeping:
                result = None if plan.is_anew else await work.run(self._store, asked, entity, plan, at)
        except Exception as fault:
            told = fault.told if isinstance(fault, Refused) else _OUR_FAULT
            # Whatever nobody foresaw is told with where it happened.
            log.warning(
                "plan %s (%s) of entity %s: %s", plan.id, plan.kind, entity.id, told,
                exc_info=told is _OUR_FAULT,
            )  # fmt: skip
            await self._store.write(lambda tx: plans.failed(tx, asked, keeping.plan, told))
            return

        async def kept(tx: Tx) -> None:
            await plans.done(tx, asked, keeping.plan, at, work.next_at, result)

        await self._store.write(kept)
        log.info("plan %s (%s) of entity %s: %s", plan.id, plan.kind, entity.id, result)


def _moment(plan: Plan, entity: Entity, now: datetime) -> datetime:
    """As of when a plan's work is done: now, or at its own moment where a test clock has jumped over it."""
    shown = moment(entity, now)
    return min(plan.next_at, shown) if entity.clock_ahead and not plan.is_anew else shown


class _Keeping:
    """Keeps a plan in one scheduler's hands for as long as its work takes."""

    def __init__(self, store: Store, asked: Request, plan: Plan, lease: timedelta) -> None:
        self._store = store
        self._asked = asked
        self._lease = lease
        self._ended = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.plan = plan

    async def __aenter__(self) -> None:
        self._task = asyncio.create_task(self._keep())

    async def __aexit__(self, *_: object) -> None:
        """What is just being written is waited for: who does not know until when it has a plan could not keep
        what came of it."""
        assert self._task is not None
        self._ended.set()
        await self._task

    async def _keep(self) -> None:
        while not await self._has_ended_within(self._lease.total_seconds() / 3):
            with suppress(Refused):
                new = await self._store.write(lambda tx: plans.held(tx, self._asked, self.plan, self._lease))
                if new is None:
                    return
                self.plan = new

    async def _has_ended_within(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), seconds)
        return self._ended.is_set()
