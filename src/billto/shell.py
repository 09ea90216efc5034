"""What every command needs: the store for some work, ids as they are typed, faults in one line."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from billto import config, wiring
from billto.app.parts import Store
from billto.config import Config
from billto.domain.ids import read_id
from billto.domain.problems import Refused

T = TypeVar("T")


class Fault(Exception):
    """What the command cannot do; one line, and exit status 1."""


def id_in(text: str, what: str) -> str:
    found = read_id(text)
    if found is None:
        raise Fault(f"{text!r} is not the id of {what}")
    return found


def with_store(
    work: Callable[[Store], Coroutine[Any, Any, T]],
    settings: Config | None = None,
    *,
    existing: bool = False,
) -> T:
    """The result of some work with the store; raises Fault where one must be there already and is not."""
    chosen = settings or config.read()
    path = chosen.database_url.path
    if existing and path is not None and not path.exists():
        raise Fault(f"there is no database at {path}")

    async def opened() -> T:
        async with wiring.opened(chosen) as store:
            return await work(store)

    return run(opened())


def run(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except wiring.DATABASE_FAULTS as error:
        raise _unusable(error) from None
    except Refused as refused:
        if refused.problems[0].code != "unavailable" or refused.__cause__ is None:
            raise
        raise _unusable(refused.__cause__) from None


def _unusable(cause: BaseException) -> Fault:
    reason = (str(cause).splitlines() or [type(cause).__name__])[0]
    return Fault(f"the database cannot be used: {reason}")
