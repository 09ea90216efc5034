"""Who may ask slow questions: a few at a time of each tenant, so that one cannot keep the others waiting."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from billto.domain.problems import Problem, Refused


class Turns:
    """Lets each tenant have so many questions at once; more wait, but no longer than a question may take."""

    def __init__(self, each: int, seconds_max: float) -> None:
        self._each = each
        self._seconds_max = seconds_max
        self._of: dict[str, tuple[asyncio.Semaphore, list[None]]] = {}

    @asynccontextmanager
    async def turn(self, tenant: str) -> AsyncIterator[float]:
        """The moment (of the monotonic clock) until which the question may take, waiting included."""
        end = time.monotonic() + self._seconds_max
        semaphore, users = self._of.setdefault(tenant, (asyncio.Semaphore(self._each), []))
        users.append(None)
        try:
            try:
                async with asyncio.timeout(self._seconds_max):
                    await semaphore.acquire()
            except TimeoutError:
                raise Refused(Problem("busy"), retry_seconds=1) from None
            try:
                yield end
            finally:
                semaphore.release()
        finally:
            users.pop()
            if not users:
                self._of.pop(tenant, None)
