"""Who has a hundred thousand messages waiting keeps nobody waiting who has one."""

import os
from datetime import datetime, timedelta
from typing import Any

import pytest

from billto.domain.message import CHANNELS, Message
from billto.domain.scope import Scope
from billto.store import due
from billto.store.due import by_turns
from billto.store.layout import columns
from billto.store.tx import Tx
from tests.store.stores import Stage, entity_of

LEASE = timedelta(minutes=1)
DOUBLED = int(os.environ.get("CROWD", "15"))  # 32,768 messages; 20 are a million


def waiting(scope: Scope, number: int, at: datetime, channel: str = "email") -> Message:
    return Message(
        scope.entity, f"{number:024x}", 0, 1, at, at, channel, "message", "queued",
        [{"address": "ana@acme.example"}], next_at=at,
    )  # fmt: skip


async def claimed(stage: Stage, most: int, after: str = "") -> list[Message]:
    async def work(tx: Tx) -> Any:
        return await tx.claim(CHANNELS, most, LEASE, 10, after)

    return list(await stage.store.write(work))


async def others(stage: Stage, number: int) -> list[Scope]:
    async def work(tx: Tx) -> list[Scope]:
        account = await tx.account(stage.cast.live.account_id)
        assert account is not None
        return [await entity_of(tx, account) for _ in range(number)]

    return await stage.store.write(work)


async def queued(stage: Stage, *messages: Message) -> None:
    async def work(tx: Tx) -> None:
        for one in messages:
            await tx.insert(one)

    await stage.store.write(work)


async def doubled(stage: Stage, times: int) -> None:
    """All messages that are there, doubled so often: what is loaded so costs no time."""
    kept = [name for name in columns(Message) if name not in ("id", "serial")]

    async def work(tx: Tx) -> None:
        for at in range(1, times + 1):
            id = f"SUBSTR(id, 1, {at - 1}) || '1' || SUBSTR(id, {at + 1})"
            await tx.run(
                f"INSERT INTO message (id, {', '.join(kept)}) SELECT {id}, {', '.join(kept)} FROM message", []
            )

    await stage.store.write(work)


async def explained(stage: Stage, sql: str, values: Any) -> str:
    """How the database goes about a question."""
    prefix = "EXPLAIN QUERY PLAN " if stage.engine == "sqlite" else "EXPLAIN "

    async def work(tx: Tx) -> str:
        if stage.engine == "postgresql":
            await tx.run("ANALYZE message", [])
        return "\n".join(" ".join(map(str, row)) for row in await tx.rows(prefix + sql, values))

    return await stage.store.write(work)


def test_entities_take_turns_and_nobody_has_two_before_all_have_one(stage: Stage) -> None:
    async def story() -> None:
        now = stage.clock()
        a, b, c = sorted(await others(stage, 3), key=lambda one: one.entity)
        crowd = [waiting(a, number, now - timedelta(hours=1, seconds=-number)) for number in range(9)]
        few = [waiting(b, 100, now), waiting(b, 101, now), waiting(c, 200, now)]
        await queued(stage, *crowd, *few)
        first = await claimed(stage, 4)
        assert [one.id for one in first] == [crowd[0].id, few[0].id, few[2].id, crowd[1].id]
        second = await claimed(stage, 2, a.entity)
        assert [one.id for one in second] == [few[1].id, crowd[2].id]
        assert [one.id for one in await claimed(stage, 100)] == [one.id for one in crowd[3:]]
        assert await claimed(stage, 100) == []

    stage.run(story())


def test_round_after_round_everybody_comes_to_their_turn(stage: Stage) -> None:
    async def story() -> None:
        now = stage.clock()
        scopes = await others(stage, 5)
        await queued(
            stage,
            *(waiting(one, 10 * at + number, now) for at, one in enumerate(scopes) for number in range(3)),
        )
        after, turns = "", []
        while taken := await claimed(stage, 2, after):
            turns += [one.entity_id for one in taken]
            after = taken[-1].entity_id
        assert len(turns) == 15
        for start in range(0, 15, 5):
            assert len(set(turns[start : start + 5])) == 5

    stage.run(story())


def test_who_has_nothing_due_is_passed_over_however_many_there_are(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due, "ENTITIES_MAX", 3)

    async def story() -> None:
        now = stage.clock()
        scopes = sorted(await others(stage, 8), key=lambda one: one.entity)
        later = [waiting(one, at, now + timedelta(days=9)) for at, one in enumerate(scopes[:-1])]
        await queued(stage, *later, waiting(scopes[-1], 77, now))
        (taken,) = await claimed(stage, 4)
        assert taken.entity_id == scopes[-1].entity

    stage.run(story())


def test_one_message_behind_a_crowd_is_taken_at_once_and_by_the_index(stage: Stage) -> None:
    async def story() -> None:
        now = stage.clock()
        crowded, lonely = await others(stage, 2)
        await queued(stage, waiting(crowded, 0, now - timedelta(days=1)))
        await doubled(stage, DOUBLED)
        await queued(stage, waiting(lonely, 1, now))
        taken = await claimed(stage, 4, crowded.entity)
        assert [one.entity_id for one in taken].count(lonely.entity) == 1
        plan = await explained(stage, *by_turns(stage.store.reader.engine, CHANNELS, 4, stage.clock(), ""))
        assert "message_turn" in plan
        assert "message_day" not in plan
        assert "Seq Scan on message" not in plan
        assert "SCAN message" not in plan.replace("SCAN message USING COVERING INDEX message_turn", "")

    stage.run(story())


def test_a_day_is_counted_along_an_index_and_only_as_far_as_it_must(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    async def story() -> None:
        now = stage.clock()
        one, other = await others(stage, 2)
        await queued(stage, waiting(one, 0, now))
        await doubled(stage, 12)
        await queued(stage, waiting(other, 1, now), waiting(other, 2, now - timedelta(days=1)))
        reader = stage.store.reader
        rows = type(reader).rows

        async def remembered(self: Any, sql: str, values: Any) -> Any:
            asked.append((sql, values))
            return await rows(self, sql, values)

        monkeypatch.setattr(type(reader), "rows", remembered)
        day = now - timedelta(hours=1)
        assert await reader.are_queued(one.entity, "email", day, 4_096)
        assert not await reader.are_queued(one.entity, "email", day, 4_097)
        assert not await reader.are_queued(one.entity, "sms", day, 1)
        assert await reader.are_queued(other.entity, "email", day, 1)
        assert not await reader.are_queued(other.entity, "email", day, 2)
        assert await reader.are_queued(other.entity, "sms", day, 0)
        monkeypatch.undo()
        assert "message_day" in await explained(stage, *asked[0])

    stage.run(story())
