"""Billto in this process beside the bare statements: what its own work costs, case by case."""

from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import NamedTuple

from bench.cases import READS, WRITES, Case
from bench.client import Ask, Client, serving
from bench.databases import Base
from bench.measure import Side, Taken, paired
from bench.raw import Bare, Recorder, Said, bare

READ_SECONDS, WRITE_SECONDS, ROUNDS = 1.2, 2.0, 8


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


async def measured(bases: Sequence[Base], home: Path, said: Callable[[Sequence[Figure]], None]) -> list[Figure]:
    """Every case at every size; what is measured is told as it comes."""
    figures: list[Figure] = []
    async with AsyncExitStack() as stack:
        sizes = [await _at(stack, base, home) for base in bases]
        for case in (*READS, *WRITES):
            sides = [side for at in sizes for side in await _sides(case, at)]
            seconds = WRITE_SECONDS if case.write else READ_SECONDS
            taken = await paired(sides, seconds=seconds, rounds=ROUNDS)
            some = [
                Figure(case, at.base.size, taken[2 * number], taken[2 * number + 1])
                for number, at in enumerate(sizes)
            ]
            said(some)
            figures += some
    return figures


async def _at(stack: AsyncExitStack, base: Base, home: Path) -> At:
    recorder = Recorder()
    client = await stack.enter_async_context(serving(base, home))
    with recorder.listening():
        listened = await stack.enter_async_context(serving(base, home))
    raw = await bare(base)
    stack.push_async_callback(raw.close)
    return At(base, client, listened, recorder, raw)


async def _sides(case: Case, at: At) -> tuple[Side, Side]:
    asks = await case.asks(at.client, at.base.known)
    name = f"{case.name} at {at.base.size}"
    ours = Side(name, at.client.asking(asks), case.at_once)
    if case.write:
        bare_run = at.raw.inserting() if case.write == "insert" else at.raw.updating()
    else:
        bare_run = at.raw.asking(await heard(at, asks))
    return ours, Side(f"{name}, bare", bare_run)


async def heard(at: At, asks: Sequence[Ask]) -> list[tuple[Said, ...]]:
    """The statements of each request."""
    await at.listened.ask(asks[0])  # which entity it is, is asked once
    with at.recorder.listening():
        return [await at.recorder.of(at.listened, ask) for ask in asks]
