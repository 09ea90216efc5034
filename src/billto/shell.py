"""What every command needs: the store for some work, ids as they are typed, faults in one line."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from billto import config, wiring
from billto.app.parts import Store
from billto.config import Config
from billto.domain.ids import read_id

T = TypeVar("T")


class Fault(Exception):
    """What the command cannot do; one line, and exit status 1."""


def id_in(text: str, what: str) -> str:
    found = read_id(text)
    if found is None:
        raise Fault(f"{text!r} is not the id of {what}")
    return found


def with_store(work: Callable[[Store], Coroutine[Any, Any, T]], settings: Config | None = None) -> T:
    """The result of some work with the store."""

    async def opened() -> T:
        async with wiring.opened(settings or config.read()) as store:
            return await work(store)

    return run(opened())


def run(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except wiring.DATABASE_FAULTS as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise Fault(f"the database cannot be used: {reason}") from None
