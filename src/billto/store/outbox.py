"""Messages that wait, of all tenants: for workers, which deliver them, and for the operator."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from billto.domain import message as rules
from billto.domain.attrs import catalogue
from billto.domain.message import FAILED, QUEUED, Message
from billto.store import due as turns
from billto.store import statements
from billto.store.engine import Engine
from billto.store.layout import LAYOUTS, columns
from billto.store.statements import Statement
from billto.store.sums import Marks

_SHOWN = ", ".join(columns(Message))
# More than this is only said to be more: a question for a number must not read for long.
COUNTED_MAX = 100_000


class Waiting:
    """Questions about what waits; none of them is a tenant's."""

    engine: Engine

    async def rows(self, sql: str, values: Sequence[Any]) -> Sequence[Any]:
        raise NotImplementedError

    async def next_due(self, channels: Sequence[str]) -> datetime | None:
        """When the next message of some channels may be taken; None where none waits."""
        hold = Marks(self.engine)
        sql = (
            f"SELECT next_at FROM message WHERE state = '{QUEUED}' AND {hold.among('channel', channels)}"
            " ORDER BY next_at, id LIMIT 1"
        )
        rows = await self.rows(sql, hold.values)
        return self._moment(rows[0][0]) if rows else None

    async def are_queued(self, entity_id: str, channel: str, since: datetime, number: int) -> bool:
        """Whether so many messages of an entity and channel were queued since a moment. An index is walked
        along as far as that number, and no further."""
        hold = Marks(self.engine)
        moment = self.engine.stored(catalogue(Message)["created_at"], since)
        sql = (
            f"SELECT 1 FROM message WHERE entity_id = {hold(entity_id)} AND channel = {hold(channel)}"
            f" AND created_at >= {hold(moment)} ORDER BY created_at LIMIT 1 OFFSET {max(number - 1, 0)}"
        )
        return number < 1 or bool(await self.rows(sql, hold.values))

    async def message_counts(self) -> dict[str, int]:
        """How many wait, and how many were given up."""
        found = {}
        for state in (QUEUED, FAILED):
            some = f"SELECT 1 FROM message WHERE state = '{state}' LIMIT {COUNTED_MAX}"
            ((number,),) = await self.rows(f"SELECT COUNT(*) FROM ({some}) AS found", [])
            found[state] = int(number)
        return found

    async def messages(
        self, state: str | None, most: int, *, id: str | None = None, before: datetime | None = None
    ) -> Sequence[Message]:
        """The newest of a state, whosever they are, or the one of an id; those that nothing has happened to
        since a moment. For the operator alone."""
        hold = Marks(self.engine)
        asked = [f"{name} = {hold(value)}" for name, value in (("state", state), ("id", id)) if value]
        if state in (QUEUED, FAILED):  # as the indexes say it, so that they are used
            asked.append(f"state = '{state}'")
        if before is not None:
            asked.append(f"updated_at < {hold(self.engine.stored(catalogue(Message)['updated_at'], before))}")
        where = f"WHERE {' AND '.join(asked)}" if asked else ""
        sql = f"SELECT {_SHOWN} FROM message {where} ORDER BY id DESC LIMIT {most}"
        load = self.engine.loader(Message, columns(Message))
        return list(map(load, await self.rows(sql, hold.values)))

    def _moment(self, kept: Any) -> datetime:
        attr = catalogue(Message)["next_at"]
        read = self.engine.reads.get(attr.kind)
        moment: datetime = read(kept) if read else kept
        return moment


class Outbox(Waiting):
    """Taking messages, within one transaction."""

    now: datetime

    async def claim(
        self, channels: Sequence[str], most: int, lease: timedelta, tries_max: int, after: str = ""
    ) -> Sequence[Message]:
        """Some messages that are due, each for one worker alone until its lease is over; among them those
        that have been begun so often that they were given up.

        Entities take turns, beginning with the one after the entity `after`: each has its oldest message
        taken before any has a second one. Other workers pass over what one is just taking; SQLite has one
        writer anyway.
        """
        found = await self._found(turns.by_turns(self.engine, channels, most, self.now, after))
        if not found:
            # Nobody among those who were looked at has anything due; somebody further on may.
            found = await self._found(turns.by_age(self.engine, channels, most, self.now))
        taken = [rules.claimed(one, self.now, lease, tries_max) for one in found]
        for old, new in zip(found, taken, strict=True):
            await self.keep_taken(old, new)
        return taken

    async def _found(self, asked: Statement) -> list[Message]:
        return list(map(self.engine.loader(Message, columns(Message)), await self.rows(*asked)))

    async def keep_taken(self, old: Any, new: Any) -> None:
        """Writes what became of a record that was taken, whosever it is."""
        record: type[NamedTuple] = type(old)
        changed = {
            attr.name: self.engine.stored(attr, after)
            for attr, before, after in zip(catalogue(record).values(), old, new, strict=True)
            if before != after
        }
        sql = statements.update(self.engine, LAYOUTS[record].table, tuple(changed), ("entity_id", "id"))
        await self.rows(sql, [*changed.values(), new.entity_id, new.id])
