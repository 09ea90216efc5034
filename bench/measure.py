"""How times are taken: in pairs that alternate, so that whatever else the machine does hits both alike."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

_ROUNDS_LEAST = 3

# The runner for one request or statement; the number says which variant.
Run = Callable[[int], Awaitable[None]]


class Side(NamedTuple):
    """One of what is compared: Billto, or the bare statement, at one size."""

    name: str
    run: Run
    at_once: int = 1


@dataclass
class Taken:
    """The times of one side, round by round."""

    rounds: list[list[float]] = field(default_factory=list)  # seconds of every request
    cpu: list[float] = field(default_factory=list)  # seconds of this process, a request
    rates: list[float] = field(default_factory=list)  # requests a second

    def middle(self) -> float:
        return statistics.median(self.all())

    def all(self) -> list[float]:
        return [seconds for one in self.rounds for seconds in one]

    def percentile(self, percent: float) -> float:
        ordered = sorted(self.all())
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]

    def cpu_middle(self) -> float:
        return statistics.median(self.cpu)

    def rate(self) -> float:
        return statistics.median(self.rates)


def times(ours: Taken, base: Taken) -> float:
    """How many times as long as the base: the middle of the rounds' own ratios."""
    pairs = zip(ours.rounds, base.rounds, strict=True)
    return statistics.median(statistics.median(one) / statistics.median(other) for one, other in pairs)


def rate_share(ours: Taken, base: Taken) -> float:
    """How many for each one of the base in the same time."""
    return statistics.median(a / b for a, b in zip(ours.rates, base.rates, strict=True))


async def paired(sides: Sequence[Side], *, seconds: float, rounds: int, most: int) -> list[Taken]:
    """Every side's times in so many rounds, which take about so many seconds for each side.

    What is so slow that it would take much longer has fewer rounds.
    """
    taken = [Taken() for _ in sides]
    numbers = [await _number(side, seconds / rounds, most) for side in sides]
    end = time.perf_counter() + 2 * seconds * len(sides)
    for turn in range(rounds):
        if turn >= _ROUNDS_LEAST and time.perf_counter() > end:
            break
        order = range(len(sides)) if turn % 2 == 0 else reversed(range(len(sides)))
        for at in order:
            await _round(sides[at], turn * numbers[at], numbers[at], taken[at])
    return taken


async def _number(side: Side, seconds: float, most: int) -> int:
    """How many requests fill a round; asking is also what warms the caches up."""
    spent: list[float] = []
    while len(spent) < 20 and sum(spent) < seconds:
        begun = time.perf_counter()
        await side.run(len(spent))
        spent.append(time.perf_counter() - begun)
    least = 4 * side.at_once if side.at_once > 1 else 1
    return max(least, min(most, int(seconds / statistics.median(spent) * side.at_once)))


async def _round(side: Side, start: int, number: int, taken: Taken) -> None:
    spent: list[float] = []
    clock, run = time.perf_counter, side.run
    variants = iter(range(start, start + number))

    async def one_after_another() -> None:
        for variant in variants:
            begun = clock()
            await run(variant)
            spent.append(clock() - begun)

    cpu, begun = time.process_time(), clock()
    if side.at_once == 1:
        await one_after_another()
    else:
        await asyncio.gather(*(one_after_another() for _ in range(side.at_once)))
    wall, used = clock() - begun, time.process_time() - cpu
    taken.rounds.append(spent)
    taken.cpu.append(used / number)
    taken.rates.append(number / wall)
