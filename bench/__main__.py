"""`make bench`: every case, every size, both databases; `--help` says what else there is."""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

import uvloop

from bench import databases, inside, outside, plans, profiling, report
from bench.report import Result

ENGINES = ("sqlite", "postgresql")
FEW, MANY = 10_000, 1_000_000


def main(arguments: Sequence[str] | None = None) -> None:
    given = _parser().parse_args(arguments)
    sizes = (FEW,) if given.quick else (FEW, MANY)
    results = [_run(engine, sizes, given) for engine in given.engine or ENGINES]
    if given.plans or given.profile:
        return
    report.summary(results)
    if given.write:
        report.write(results)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="10 thousand customers only")
    parser.add_argument("--engine", action="append", choices=ENGINES, help="only this one")
    parser.add_argument("--case", default="", help="only cases with this in their names")
    parser.add_argument("--write", action="store_true", help="write bench/RESULTS.md")
    parser.add_argument("--plans", action="store_true", help="print how the databases go about each case")
    parser.add_argument("--profile", action="store_true", help="print where the time of a request goes")
    return parser


def _run(engine: str, sizes: tuple[int, ...], given: argparse.Namespace) -> Result:
    with (
        databases.opened(engine, sizes, report.say) as bases,
        tempfile.TemporaryDirectory(prefix="billto-bench-home-") as home,
    ):
        if given.plans:
            uvloop.run(plans.printed(bases[sizes[-1]], Path(home), given.case))
            return Result(engine, "", (), ())
        if given.profile:
            uvloop.run(profiling.printed(bases[sizes[-1]], Path(home)))
            return Result(engine, "", (), ())
        report.head(engine)
        within = uvloop.run(inside.measured(list(bases.values()), Path(home), given.case, report.say_inside))
        report.outside_head(engine)
        crowded = outside.measured(bases[sizes[-1]], Path(home), given.case, report.say_outside)
        return Result(engine, uvloop.run(databases.version(bases[sizes[-1]])), within, crowded)


if __name__ == "__main__":
    main()
