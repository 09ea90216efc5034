"""Billto in this process beside the bare statements: what its own work costs, case by case."""

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from bench.cases import AFTER, READS, WRITES, Case
from bench.client import Ask, Client, serving
from bench.databases import Base
from bench.measure import Side, Taken, paired
from bench.raw import Bare, Recorder, Said, bare

READ_SECONDS, WRITE_SECONDS, ROUNDS = 0.8, 1.6, 8
# More would make another database of the smaller one.
_WRITES_MOST = 400
_HEARING_SECONDS = 2.0


class Figure(NamedTuple):
    """One case at one size: Billto's times and the bare statement's."""

    case: Case
    size: int
    ours: Taken
    raw: Taken


class At(NamedTuple):
    """What is measured at one size."""

    base: Base
    client: Client
    listened: Client  # whose statements can be heard
    recorder: Recorder
    raw: Bare


async def measured(
    bases: Sequence[Base], home: Path, only: str, said: Callable[[Sequence[Figure]], None]
) -> list[Figure]:
    """Every case with `only` in its name, at every size; what is measured is told as it comes."""
    figures: list[Figure] = []
    async with AsyncExitStack() as stack:
        sizes = [await stack.enter_async_context(visit(base, home)) for base in bases]
        for case in (one for one in (*READS, *WRITES, *AFTER) if only in one.name):
            sides = [side for at in sizes for side in await _sides(case, at)]
            seconds = WRITE_SECONDS if case.write else READ_SECONDS
            most = _WRITES_MOST if case.write else 2_000
            taken = await paired(sides, seconds=seconds, rounds=ROUNDS, most=most)
            some = [
                Figure(case, at.base.size, taken[2 * number], taken[2 * number + 1])
                for number, at in enumerate(sizes)
            ]
            said(some)
            figures += some
    return figures


@asynccontextmanager
async def visit(base: Base, home: Path) -> AsyncIterator[At]:
    """The application on a database, and what is needed to compare it with the bare statements."""
    recorder = Recorder()
    async with serving(base, home) as client, AsyncExitStack() as stack:
        with recorder.listening():
            listened = await stack.enter_async_context(serving(base, home))
        raw = await bare(base)
        try:
            yield At(base, client, listened, recorder, raw)
        finally:
            await raw.close()


async def _sides(case: Case, at: At) -> tuple[Side, Side]:
    asks = await case.asks(at.client, at.base.known)
    statements = [] if case.write else await heard(at, asks)
    if statements:
        asks = asks[: len(statements)]
    name = f"{case.name} at {at.base.size}"
    ours = Side(name, at.client.asking(asks), case.at_once)
    if case.write:
        bare_run = at.raw.inserting() if case.write == "insert" else at.raw.updating()
    else:
        bare_run = at.raw.asking(statements)
    return ours, Side(f"{name}, bare", bare_run)


async def heard(at: At, asks: Sequence[Ask]) -> list[tuple[Said, ...]]:
    """The statements of each request, as many as can be heard in a moment."""
    statements: list[tuple[Said, ...]] = []
    with at.recorder.listening():
        await at.listened.ask(asks[0])  # asks once which entity it is, and opens the connections it needs
        end = time.monotonic() + _HEARING_SECONDS
        for ask in asks:
            statements.append(await at.recorder.of(at.listened, ask))
            if time.monotonic() > end:
                break
    return statements
