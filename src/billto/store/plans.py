"""Plans that are due, of all tenants: for the schedulers that work them off."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from billto.domain import plan as rules
from billto.domain.attrs import catalogue
from billto.domain.plan import Plan
from billto.store.engine import Engine
from billto.store.layout import columns
from billto.store.outbox import Outbox
from billto.store.sums import Marks

_SHOWN = ", ".join(columns(Plan))
_DUE = catalogue(Plan)["due_at"]


class Planned:
    """Questions about what is planned; none of them is a tenant's."""

    engine: Engine

    async def rows(self, sql: str, values: Sequence[Any]) -> Sequence[Any]:
        raise NotImplementedError

    async def next_planned(self) -> datetime | None:
        """When the next plan may be taken; None where nothing is planned."""
        rows = await self.rows("SELECT due_at FROM plan ORDER BY due_at, id LIMIT 1", [])
        if not rows:
            return None
        read = self.engine.reads.get(_DUE.kind)
        moment: datetime = read(rows[0][0]) if read else rows[0][0]
        return moment


class Planner(Outbox, Planned):
    """Taking messages and plans, within one transaction."""

    async def take_planned(self, most: int, lease: timedelta) -> Sequence[Plan]:
        """Some plans that are due, the earliest first, each for one scheduler until its lease is over."""
        hold = Marks(self.engine)
        lock = " FOR UPDATE SKIP LOCKED" if self.engine.name == "postgresql" else ""
        now = hold(self.engine.stored(_DUE, self.now))
        free = hold(self.engine.stored(_DUE, self.now))
        sql = (
            f"SELECT {_SHOWN} FROM plan WHERE due_at <= {now}"
            f" AND (leased_until IS NULL OR leased_until <= {free}) ORDER BY due_at, id LIMIT {most}{lock}"
        )
        load = self.engine.loader(Plan, columns(Plan))
        taken = []
        for old in [load(row) for row in await self.rows(sql, hold.values)]:
            new = rules.claimed(old, self.now, lease)
            await self.keep_taken(old, new)
            taken.append(new)
        return taken
