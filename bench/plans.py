"""How the databases go about each case: EXPLAIN, with values and, for PostgreSQL, also without."""

from pathlib import Path

from bench.cases import READS
from bench.databases import Base
from bench.inside import At, heard, visit
from bench.raw import Said

# What a reader has to look at: a table or an index read from end to end.
SUSPECT = ("Seq Scan", "SCAN ")


async def printed(base: Base, home: Path, only: str) -> None:
    """The plan of the first variant of every case, and its time."""
    async with visit(base, home) as at:
        for case in READS:
            if only not in case.name:
                continue
            print(f"\n=== {base.engine}, {base.size:,}: {case.name}")
            asks = await case.asks(at.client, base.known)
            for said in (await heard(at, asks[:1]))[0]:
                print(f"\n{said.sql}\n  {[str(value)[:60] for value in said.values]}")
                for line in await _plan(at, said):
                    print(f"    {'!' if any(word in line for word in SUSPECT) else ' '} {line}")


async def _plan(at: At, said: Said) -> list[str]:
    if at.base.engine == "sqlite":
        return [str(row[3]) for row in await at.raw.rows(f"EXPLAIN QUERY PLAN {said.sql}", said.values)]
    shown = [str(row[0]) for row in await at.raw.rows(f"EXPLAIN (ANALYZE, BUFFERS) {said.sql}", said.values)]
    return [*shown, "-- without values:", *await _without_values(at, said)]


async def _without_values(at: At, said: Said) -> list[str]:
    """The plan that PostgreSQL may keep to once it has seen a statement five times on one connection."""
    await at.raw.rows("SET plan_cache_mode = force_generic_plan", ())
    await at.raw.rows(f"PREPARE seen AS {said.sql}", ())
    nothing = ", ".join("NULL" for _ in said.values)
    rows = await at.raw.rows(f"EXPLAIN EXECUTE seen ({nothing})", ())
    for statement in ("DEALLOCATE seen", "RESET plan_cache_mode"):
        await at.raw.rows(statement, ())
    return [str(row[0]) for row in rows]
