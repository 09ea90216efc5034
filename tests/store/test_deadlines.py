"""A question that takes too long ends, and everything else goes on."""

import asyncio
from typing import Any

import pytest

from billto.domain.customer import Customer
from billto.domain.problems import Refused
from billto.domain.query import Compare, Either, Node, Op, Query, Words
from billto.store.tx import Tx
from tests.store.stores import BY_ID, Stage, code, customer, listed, on_postgresql, stored

SECONDS = 0.3
# Each of these is looked up in the metadata of each customer, without an index, and none is there.
SLOW: Node = Either(tuple(Compare("metadata", Op.GT, "nowhere", f"k{number}") for number in range(400)))


async def crowd(stage: Stage, number: int = 2_000) -> None:
    async def work(tx: Tx) -> None:
        metadata = {f"key {key}": "value" * 10 for key in range(20)}
        for _ in range(number):
            await tx.insert(customer(tx, stage.cast.live, metadata=metadata))

    await stage.store.write(work)


def test_a_slow_question_is_refused_and_the_store_goes_on(stage: Stage) -> None:
    live = stage.cast.live
    slow = Query(SLOW, BY_ID)

    async def story() -> None:
        await crowd(stage)
        async with stage.another(seconds_max=SECONDS) as hasty:
            with pytest.raises(Refused) as refused:
                await hasty.reader.page(Customer, live, slow)
            assert code(refused.value) == "too_slow"
            assert refused.value.problems[0].detail == f"{SECONDS:g}"
            made = await stored(hasty, live, name="Unlike the others")
            assert await hasty.reader.get(Customer, live, made.id) == made
            assert await listed(hasty, live, Words("unlike the others")) == [made]

    stage.run(story())


def test_others_are_answered_while_a_slow_question_runs(stage: Stage) -> None:
    live = stage.cast.live

    async def story() -> None:
        await crowd(stage)
        async with stage.another(seconds_max=SECONDS) as hasty:
            slow = asyncio.create_task(hasty.reader.page(Customer, live, Query(SLOW, BY_ID)))
            await asyncio.sleep(0)
            answered = 0
            while not slow.done():
                made = await stored(hasty, live)
                assert await hasty.reader.get(Customer, live, made.id) == made
                answered += 1
            with pytest.raises(Refused):
                await slow
            assert answered

    stage.run(story())


@on_postgresql
def test_waiting_too_long_for_a_lock_is_refused(stage: Stage) -> None:
    live = stage.cast.live

    async def story() -> None:
        made = await stored(stage.store, live)
        async with stage.another(seconds_max=SECONDS) as hasty:
            locked, may_end = asyncio.Event(), asyncio.Event()

            async def holds(tx: Tx) -> None:
                await tx.lock(Customer, live, made.id)
                locked.set()
                await may_end.wait()

            holding = asyncio.create_task(stage.store.write(holds))
            await locked.wait()
            with pytest.raises(Refused) as refused:
                await hasty.write(lambda tx: tx.lock(Customer, live, made.id))
            assert code(refused.value) == "too_slow"
            may_end.set()
            await holding
            assert await hasty.write(lambda tx: tx.lock(Customer, live, made.id)) == made

    stage.run(story())


@on_postgresql
def test_a_cancelled_write_leaves_nothing_and_gives_its_connection_back(stage: Stage) -> None:
    live = stage.cast.live

    async def story() -> None:
        async with stage.another(connections_max=1) as narrow:
            begun = asyncio.Event()

            async def never_ends(tx: Tx) -> None:
                await tx.insert(customer(tx, live))
                begun.set()
                await tx.run("SELECT pg_sleep(60)", ())

            writing = asyncio.create_task(narrow.write(never_ends))
            await begun.wait()
            await asyncio.sleep(0.05)
            writing.cancel()
            with pytest.raises(asyncio.CancelledError):
                await writing
            made = await stored(narrow, live)
            assert await listed(narrow, live) == [made]

    stage.run(story())


@on_postgresql
def test_writers_that_lock_each_other_out_both_end(stage: Stage) -> None:
    """PostgreSQL ends one of two that wait for each other; the store begins that one again."""
    live = stage.cast.live

    async def story() -> list[Any]:
        one, two = await stored(stage.store, live, name="One"), await stored(stage.store, live, name="Two")
        both_hold = asyncio.Barrier(2)
        tries = 0

        async def work(tx: Tx, first: Customer, second: Customer) -> None:
            nonlocal tries
            tries += 1
            await tx.update(first, first._replace(is_end_consumer=None), live)
            if tries <= 2:
                await both_hold.wait()
            await tx.update(second, second._replace(is_end_consumer=None), live)

        await asyncio.gather(
            stage.store.write(lambda tx: work(tx, one, two)), stage.store.write(lambda tx: work(tx, two, one))
        )
        return [tries, *await listed(stage.store, live)]

    tries, *there = stage.run(story())
    assert tries == 3
    assert [one.is_end_consumer for one in there] == [None, None]
