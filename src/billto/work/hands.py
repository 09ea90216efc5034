"""What workers and schedulers have in common: they look for what is due, and do several things at once."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class Hands:
    """Begins what is due as long as a hand is free, until it is stopped."""

    def __init__(self, name: str, at_once: int, drain_seconds: float) -> None:
        self._name = name
        self._at_once = at_once
        self._drain_seconds = drain_seconds
        self._stopping = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()
        self._running: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._running = asyncio.create_task(self.run(), name=self._name)

    async def stop(self) -> None:
        """Takes nothing more and waits for what is under way, but not for ever: leases end by themselves."""
        self.end()
        if self._running is not None:
            await self._running

    def end(self) -> None:
        """Takes nothing more."""
        self._stopping.set()

    async def run(self) -> None:
        """Until it is stopped."""
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            while not self._stopping.is_set():
                pause = await self.begun()
                await asyncio.wait(
                    {stopping, *self._under_way}, timeout=pause, return_when=asyncio.FIRST_COMPLETED
                )
        finally:
            stopping.cancel()
            await self._drain()

    async def begun(self) -> float:
        """Begins what is due, as far as there are hands; says after how many seconds to look again."""
        raise NotImplementedError

    @property
    def free(self) -> int:
        return self._at_once - len(self._under_way)

    def begin(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _drain(self) -> None:
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=self._drain_seconds)
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
