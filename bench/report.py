"""What was measured, for people: on the console as it comes, and bench/RESULTS.md."""

import os
import platform
import subprocess
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from bench.cases import GROWTH_MOST
from bench.databases import ROOT
from bench.inside import Figure
from bench.measure import rate_share, times
from bench.outside import CLIENTS, Crowded

RESULTS = ROOT / "bench" / "RESULTS.md"

INSIDE = (
    "case", "customers", "p50 µs", "p99 µs", "CPU µs", "a second", "bare p50 µs", "bare a second", "× bare",
    "× 10,000",
)  # fmt: skip
OUTSIDE = ("case", "customers", "a second", "p50 ms", "p99 ms", "server's CPU µs", "bare a second", "share")


class Result(NamedTuple):
    """All that was measured of one engine."""

    engine: str
    version: str
    within: Sequence[Figure]
    crowded: Sequence[Crowded]


class Verdict(NamedTuple):
    """An aim, and what came of it; `short` is how far the figure is from it, 1 being just there."""

    aim: str
    came: str
    short: float

    @property
    def word(self) -> str:
        return "met" if self.short <= 1 else f"missed by {(self.short - 1) * 100:.0f} %"


def say(text: str) -> None:
    print(text, flush=True)


def head(engine: str) -> None:
    say(f"\n{engine}, within this process; × bare: as long as the bare statement takes, times this")
    say(_line(INSIDE))


def say_inside(figures: Sequence[Figure]) -> None:
    for row in _inside_rows(figures):
        say(_line(row))


def say_outside(figure: Crowded) -> None:
    say(_line(_outside_row(figure)))


def outside_head(engine: str) -> None:
    say(f"\n{engine}, over HTTP from {CLIENTS} clients; share: of what the bare loop does in the same time")
    say(_line(OUTSIDE))


def summary(results: Sequence[Result]) -> None:
    """Every aim, and whether it is met."""
    for result in results:
        say(f"\n{result.engine} {result.version}: aims")
        for one in verdicts(result):
            say(f"  {one.word:<18} {one.aim}: {one.came}")


def write(results: Sequence[Result]) -> None:
    RESULTS.write_text("\n".join(_page(results)), encoding="utf-8")
    say(f"\nWritten to {RESULTS.relative_to(ROOT)}")


def _line(cells: Sequence[str]) -> str:
    first, *others = cells
    return f"{first:<40}" + "".join(f"{cell:>15}" for cell in others)


def _inside_rows(figures: Sequence[Figure]) -> Iterator[tuple[str, ...]]:
    for one in figures:
        ratio = (
            f"{times(one.ours, one.raw):.2f}"
            if one.case.at_once == 1
            else f"{1 / rate_share(one.ours, one.raw):.2f}"
        )
        yield (
            one.case.name,
            f"{one.size:,}",
            f"{one.ours.middle() * 1e6:,.0f}",
            f"{one.ours.percentile(99) * 1e6:,.0f}",
            f"{one.ours.cpu_middle() * 1e6:,.0f}",
            f"{one.ours.rate():,.0f}",
            f"{one.raw.middle() * 1e6:,.0f}",
            f"{one.raw.rate():,.0f}",
            ratio,
            f"{growth:.2f}" if (growth := grown(one, figures)) else "",
        )


def grown(figure: Figure, figures: Sequence[Figure]) -> float | None:
    """How many times as long it takes as with few customers."""
    few = next((one for one in figures if one.case is figure.case and one.size < figure.size), None)
    return times(figure.ours, few.ours) if few else None


def _outside_row(one: Crowded) -> tuple[str, ...]:
    return (
        one.case.name, f"{one.size:,}", f"{one.rate:,.0f}", f"{one.middle * 1e3:,.1f}",
        f"{one.p99 * 1e3:,.1f}", f"{one.cpu * 1e6:,.0f}", f"{one.raw_rate:,.0f}", f"{one.share:.2f}",
    )  # fmt: skip


def verdicts(result: Result) -> Iterator[Verdict]:
    for one in result.within:
        yield from _verdicts(one, result)
    for crowd in result.crowded:
        if (least := crowd.case.rate_share_least) is not None:
            name = f"{crowd.case.name} from {CLIENTS} clients, {crowd.size:,}"
            came = f"{crowd.share:.2f} ({crowd.rate:,.0f} to {crowd.raw_rate:,.0f} a second)"
            yield Verdict(f"{name}: at least {least:g} × the bare loop", came, least / crowd.share)


def _verdicts(one: Figure, result: Result) -> Iterator[Verdict]:
    case, name = one.case, f"{one.case.name}, {one.size:,}"
    if (most := case.cpu_most.get(result.engine)) is not None:
        used = one.ours.cpu_middle() * 1e6
        yield Verdict(f"{name}: at most {most:g} µs of CPU", f"{used:.0f} µs", used / most)
    if (least := case.raw_share_least) is not None:
        share = 1 / times(one.ours, one.raw)
        yield Verdict(f"{name}: at least {least:g} of the bare fetch", f"{share:.2f}", least / share)
    if case.steady and (growth := grown(one, result.within)) is not None:
        aim = f"{name}: at most {GROWTH_MOST:g} × 10,000's time"
        yield Verdict(aim, f"{growth:.2f}", growth / GROWTH_MOST)
    if (p99_most := case.p99_most) is not None:
        p99 = one.ours.percentile(99) * 1e3
        yield Verdict(f"{name}: p99 at most {p99_most:g} ms", f"{p99:.1f} ms", p99 / p99_most)


def _page(results: Sequence[Result]) -> Iterator[str]:
    yield "# What Billto costs\n"
    yield "Written by `python -m bench --write`; what each case asks stands in `bench/cases.py`.\n"
    yield from (f"- {line}" for line in machine())
    yield from (f"- {result.engine} {result.version}" for result in results)
    yield _EXPLAINED
    for result in results:
        yield f"## {result.engine}\n\n### Aims\n"
        yield from _table(("aim", "came", ""), ((one.aim, one.came, one.word) for one in verdicts(result)))
        yield "\n### Within the process\n"
        for size in sorted({one.size for one in result.within}):
            yield from _sized(size, result)
        yield f"\n### Over HTTP, {CLIENTS} clients\n"
        yield from _table(OUTSIDE, map(_outside_row, result.crowded))
        yield ""


_EXPLAINED = """
Every figure stands beside the same statement run straight on the database, in turns within one run. A
database holds one tenant with the customers named, and a hundred others with a tenth of that. *Within the
process* leaves out HTTP; *CPU* is of the application's process, which for SQLite has the database in it. A
bare write puts one row into the customer table, with its indexes, and waits for the disk; Billto's also
stores the event, the answer to the request's id, the count and what the search needs.
"""


def _sized(size: int, result: Result) -> Iterator[str]:
    rows = (row for row in _inside_rows(result.within) if row[1] == f"{size:,}")
    yield from _table(INSIDE, rows)
    yield ""


def _table(names: Sequence[str], rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(names)} |"
    yield f"|{'|'.join(['---', *('--:' for _ in names[1:])])}|"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def machine() -> Iterator[str]:
    """What it was measured on."""
    told = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    model = next((line.partition(": ")[2] for line in told if line.startswith("model name")), "unknown CPU")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    yield f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {commit.stdout.strip() or 'unknown'}"
    yield f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}"
    yield f"load of the machine when it was written {os.getloadavg()[0]:.1f}"
    yield f"Python {platform.python_version()}"
