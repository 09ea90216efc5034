"""Connections take turns: never more than there may be, nobody overtaken, nothing lost when things fail."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import asyncpg
import pytest

from billto.domain.problems import Problem, Refused
from billto.store.pool import Pool


class Connection:
    """As much of a connection as the pool looks at."""

    def __init__(self) -> None:
        self.closed = False
        self.in_transaction = False

    def is_closed(self) -> bool:
        return self.closed

    def is_in_transaction(self) -> bool:
        return self.in_transaction

    def terminate(self) -> None:
        self.closed = True

    async def close(self, **_: Any) -> None:
        self.closed = True


class Server:
    """Makes connections, unless it is away."""

    def __init__(self) -> None:
        self.made: list[Connection] = []
        self.away = False

    async def connect(self) -> Connection:
        await asyncio.sleep(0)
        if self.away:
            raise ConnectionRefusedError
        self.made.append(Connection())
        return self.made[-1]

    @property
    def open(self) -> int:
        return sum(not one.closed for one in self.made)


def run(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(story, 10))


def pool_of(server: Server, most: int, seconds_max: float = 5) -> Pool:
    return Pool(server.connect, most=most, seconds_max=seconds_max)


def test_there_are_never_more_connections_than_there_may_be() -> None:
    async def story() -> None:
        server = Server()
        pool, at_once, seen = pool_of(server, 3), 0, 0

        async def user() -> None:
            nonlocal at_once, seen
            for _ in range(20):
                connection = await pool.take()
                at_once += 1
                seen = max(seen, at_once)
                await asyncio.sleep(0)
                at_once -= 1
                pool.give(connection)

        await asyncio.gather(*(user() for _ in range(20)))
        assert (seen, len(server.made)) == (3, 3)

    run(story())


def test_the_connection_used_last_is_lent_first() -> None:
    async def story() -> None:
        pool = pool_of(Server(), 2)
        one, two = await pool.take(), await pool.take()
        pool.give(one)
        pool.give(two)
        assert await pool.take() is two

    run(story())


def test_nobody_who_waits_is_overtaken() -> None:
    """A user that gives its connection back and takes one again at once comes after those who wait."""

    async def story() -> None:
        pool, turns = pool_of(Server(), 1), []

        async def user(name: int) -> None:
            for _ in range(3):
                connection = await pool.take()
                turns.append(name)
                await asyncio.sleep(0)
                pool.give(connection)

        await asyncio.gather(*map(user, range(4)))
        assert turns == [0, 1, 2, 3] * 3

    run(story())


def test_who_waits_too_long_is_told_so_and_the_others_go_on() -> None:
    async def story() -> None:
        pool = pool_of(Server(), 1, seconds_max=0.01)
        held = await pool.take()
        with pytest.raises(TimeoutError):
            await pool.take()
        pool.give(held)
        assert await pool.take() is held

    run(story())


@pytest.mark.parametrize("is_its_turn", [False, True])
def test_a_turn_that_nobody_wants_any_more_goes_to_the_next(is_its_turn: bool) -> None:
    async def story() -> None:
        pool = pool_of(Server(), 1)
        held = await pool.take()
        gone, waiting = asyncio.create_task(pool.take()), asyncio.create_task(pool.take())
        await asyncio.sleep(0)
        if is_its_turn:
            pool.give(held)
            gone.cancel()
        else:
            gone.cancel()
            await asyncio.sleep(0)
            pool.give(held)
        assert await waiting is held
        pool.give(held)
        assert await pool.take() is held

    run(story())


FAULTS = (None, Refused(Problem("busy")), asyncpg.UniqueViolationError())


@pytest.mark.parametrize("fault", FAULTS)
def test_a_connection_is_used_again_after_what_the_database_told(fault: Exception | None) -> None:
    async def story() -> None:
        pool = pool_of(Server(), 1)
        held = await pool.take()
        pool.give(held, fault)
        assert await pool.take() is held

    run(story())


@pytest.mark.parametrize(
    "what", ["cancelled", "timed out", "in a transaction", "closed meanwhile", "closed later"]
)
def test_a_connection_that_may_not_be_sound_is_replaced(what: str) -> None:
    async def story() -> None:
        server = Server()
        pool = pool_of(server, 1)
        held = await pool.take()
        waiting = asyncio.create_task(pool.take()) if what != "closed later" else None
        await asyncio.sleep(0)
        held.in_transaction = what == "in a transaction"
        held.closed = what == "closed meanwhile"
        faults = {"cancelled": asyncio.CancelledError(), "timed out": TimeoutError()}
        pool.give(held, faults.get(what))
        held.closed = held.closed or what == "closed later"
        another = await (waiting or pool.take())
        assert another is not held
        assert held.closed
        assert server.open == 1

    run(story())


def test_a_server_that_is_away_is_tried_again_by_everybody() -> None:
    async def story() -> None:
        server = Server()
        server.away = True
        pool = pool_of(server, 1)
        outcomes = await asyncio.gather(*(pool.take() for _ in range(5)), return_exceptions=True)
        assert [type(one) for one in outcomes] == [ConnectionRefusedError] * 5
        server.away = False
        assert await pool.take() in server.made

    run(story())


def test_closing_ends_every_connection() -> None:
    async def story() -> None:
        server = Server()
        pool = pool_of(server, 3)
        lent, idle = await pool.take(), await pool.take()
        pool.give(idle)
        await pool.close()
        assert server.open == 0
        pool.give(lent)  # its user comes to its end
        assert server.open == 0

    run(story())
