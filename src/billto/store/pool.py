"""Connections to PostgreSQL that take turns; lending one costs next to nothing.

asyncpg's own pool takes as long to lend a connection as a read by id takes on it: it resets, wraps and times
what needs none of that here. Every user of ours ends its transaction and sets nothing, and a connection
whose user failed in any other way than by an error of the database is thrown away.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg

from billto.domain.problems import Refused


class Pool:
    """Up to `most` connections, the one used last is lent first."""

    def __init__(self, connect: Callable[[], Awaitable[Any]], *, most: int, seconds_max: float) -> None:
        self._connect = connect
        self._most = most
        self._seconds_max = seconds_max
        self._idle: list[Any] = []
        self._lent: set[Any] = set()
        self._connecting = 0
        self._waiting: deque[asyncio.Future[Any]] = deque()

    async def take(self) -> Any:
        """A connection that is not closed. Raises TimeoutError when none becomes free in time."""
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                self._lent.add(connection)
                return connection
        if len(self._lent) + self._connecting < self._most:
            return await self._opened()
        turn: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(self._seconds_max):
                connection = await turn
        except BaseException:
            if turn.done() and not turn.cancelled():  # it was our turn, and we are gone
                self._passed_on(turn.result())
            raise
        return connection or await self.take()

    def give(self, connection: Any, fault: BaseException | None = None) -> None:
        """Takes a connection back; after a fault that the database did not tell it is not used again."""
        sound = fault is None or isinstance(fault, asyncpg.PostgresError | Refused)
        if sound and not connection.is_closed() and not connection.is_in_transaction():
            self._passed_on(connection)
            return
        self._lent.discard(connection)
        connection.terminate()
        self._passed_on(None)

    async def close(self) -> None:
        """Closes what is idle and ends what is still lent."""
        for connection in self._lent:
            connection.terminate()
        while self._idle:
            connection = self._idle.pop()
            try:
                await connection.close(timeout=self._seconds_max)
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                connection.terminate()

    async def _opened(self) -> Any:
        self._connecting += 1
        try:
            connection = await self._connect()
        except BaseException:
            self._passed_on(None)
            raise
        finally:
            self._connecting -= 1
        self._lent.add(connection)
        return connection

    def _passed_on(self, connection: Any | None) -> None:
        """Lends a connection, or the room for a new one, to who has waited longest.

        It goes from hand to hand: were it laid down, whoever comes just then would take it, again and again.
        """
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(connection)
                return
        if connection is not None:
            self._lent.discard(connection)
            self._idle.append(connection)
