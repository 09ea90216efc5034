"""Waiting for what will be true soon, with an end to it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

PAUSE_SECONDS = 0.02


async def until(true: Callable[[], Awaitable[T]], seconds: float, what: str) -> T:
    """What `true` returns as soon as that is something."""
    end = time.monotonic() + seconds
    while not (found := await true()):
        assert time.monotonic() < end, f"after {seconds:g} seconds still not {what}"
        await asyncio.sleep(PAUSE_SECONDS)
    return found
