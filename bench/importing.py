"""`python -m bench.importing`: a large file into both databases, beside the bare rows into the tables."""

import argparse
import asyncio
import csv
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import apsw
import asyncpg

from bench.data import _customer_columns, _event_row, customer_row, prepare, settings
from bench.databases import Seeded, _create, _named
from bench.people import Inventor
from billto import wiring
from billto.app.parts import Store
from billto.domain.customer import Customer
from billto.domain.event import Event
from billto.domain.ids import IdMaker
from billto.store.engine import POSTGRES, SQLITE, Engine
from billto.store.layout import columns
from billto.store.sqlite import connect

RESULTS = Path(__file__).parent / "RESULTS-import.md"
_BARE_CHUNK = 20_000
_NAMES = (
    "name", "email", "address", "post_code", "city", "country", "country_code", "tax_number",
    "company_number", "is_tax_subject", "is_end_consumer", "metadata", "bank_accounts",
)  # fmt: skip


class Figure(NamedTuple):
    """How fast one engine took a file, and the bare rows of it."""

    engine: str
    size: int
    seconds: float
    memory: int  # of the process, at its peak, in MiB
    bare_seconds: float

    @property
    def share(self) -> float:
        return self.bare_seconds / self.seconds


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.importing", description=__doc__)
    parser.add_argument("--size", type=int, action="append", help="rows; several may be given")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), action="append")
    parser.add_argument("--write", action="store_true", help=f"write bench/{RESULTS.name}")
    given = parser.parse_args(arguments)
    figures = []
    with tempfile.TemporaryDirectory(prefix="billto-bench-import-") as folder:
        for size in given.size or (1_000_000,):
            file = Path(folder) / f"{size}.csv"
            written(file, size)
            print(f"{size:,} rows, {file.stat().st_size / 2**20:.0f} MiB", flush=True)
            for engine in given.engine or ("sqlite", "postgresql"):
                figures.append(measured(engine, file, size, Path(folder)))
                print(line(figures[-1]), flush=True)
    if given.write:
        RESULTS.write_text(page(figures), encoding="utf-8")


def written(file: Path, size: int) -> None:
    inventor = Inventor()
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(_NAMES)
        for number in range(size):
            values = inventor.one(number).values
            writer.writerow([cell(values.get(name)) for name in _NAMES])


def cell(value: Any) -> str:
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, bool | dict | list) else str(value)


def measured(engine: str, file: Path, size: int, folder: Path) -> Figure:
    if engine == "sqlite":
        ours, bare = (f"sqlite:///{folder / f'{size}-{name}.sqlite'}" for name in ("ours", "bare"))
        return compared(engine, file, size, ours, bare, folder)
    cluster = Seeded(None)
    try:
        for name in ("bench_1", "bench_2"):
            asyncio.run(_create(cluster.url, name))
        return compared(engine, file, size, _named(cluster, 1), _named(cluster, 2), folder)
    finally:
        cluster.close()


def compared(engine: str, file: Path, size: int, ours: str, bare: str, folder: Path) -> Figure:
    bare_seconds = asyncio.run(bare_run(bare, size, folder))
    entity = asyncio.run(tenant(ours, folder))
    begun = time.perf_counter()
    memory = imported(ours, file, entity)
    seconds = time.perf_counter() - begun
    assert asyncio.run(kept(ours, entity)) == size
    return Figure(engine, size, seconds, memory, bare_seconds)


async def tenant(url: str, folder: Path) -> str:
    known = await prepare(settings(url, folder), 0)
    return known.tenants[0]


async def kept(url: str, entity: str) -> int:
    async with wiring.opened(settings(url, Path())) as store:
        return await counted(store, entity)


async def counted(store: Store, entity: str) -> int:
    reader: Any = store.reader
    sql = f"SELECT SUM(live) FROM tally WHERE entity_id = {reader.engine.mark(1)}"
    return int((await reader.rows(sql, [entity]))[0][0])


def imported(url: str, file: Path, entity: str) -> int:
    """Runs the command; its peak of memory in MiB."""
    words = [sys.executable, "-m", "billto", "import", "customers", str(file), "--entity", entity]
    environment = {**os.environ, "BILLTO_DATABASE_URL": url}
    pid = os.posix_spawn(sys.executable, words, environment)
    memory, ended = 0, 0
    while not ended:
        memory = max(memory, peak(pid))
        time.sleep(0.05)
        ended, status = os.waitpid(pid, os.WNOHANG)
        assert status == 0, status
    return memory


def peak(pid: int) -> int:
    """What a process has held at most, in MiB; the kernel's other figure counts what its parent held."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) // 1024
    return 0


# The bare rows


async def bare_run(url: str, size: int, folder: Path) -> float:
    """Seconds that the database alone takes for the same rows in the same tables, with their indexes."""
    entity = await tenant(url, folder)
    if url.startswith("sqlite"):
        return _bare_sqlite(Path(url.removeprefix("sqlite:///")), size, entity)
    return await _bare_postgres(url, size, entity)


def _chunks(engine: Engine, size: int, entity: str) -> Iterator[tuple[list[list[Any]], list[list[Any]]]]:
    inventor, new_id, now = Inventor(), IdMaker(), datetime(2026, 1, 1, tzinfo=UTC)
    numbers = iter(range(size))
    while some := list(islice(numbers, _BARE_CHUNK)):
        people = [
            Customer(
                entity_id=entity, id=new_id(now), serial=0, version=1, created_at=now, updated_at=now,
                deleted_at=None, **inventor.one(number).values,
            )
            for number in some
        ]  # fmt: skip
        yield (
            [customer_row(engine, one) for one in people],
            [_event_row(engine, one, new_id) for one in people],
        )


def _bare_sqlite(path: Path, size: int, entity: str) -> float:
    connection: apsw.Connection = connect(path)
    at, search = columns(Customer).index("serial"), len(columns(Customer))
    seconds, serial = 0.0, 1 << 32
    for rows, events in _chunks(SQLITE, size, entity):
        for row in rows:
            serial += 1
            row[at] = serial
        begun = time.perf_counter()
        with connection:
            connection.executemany(_insert("customer", _customer_columns()), rows)
            connection.executemany(
                "INSERT INTO customer_search (rowid, search) VALUES (?, ?)",
                [(r[at], r[search]) for r in rows],
            )
            connection.executemany(_insert("event", columns(Event)), events)
        seconds += time.perf_counter() - begun
    connection.close()
    return seconds


def _insert(table: str, names: Sequence[str]) -> str:
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"


async def _bare_postgres(url: str, size: int, entity: str) -> float:
    connection = await asyncpg.connect(url)
    names = [name for name in _customer_columns() if name != "serial"]
    at, seconds = columns(Customer).index("serial"), 0.0
    for rows, events in _chunks(POSTGRES, size, entity):
        for row in rows:
            del row[at]
        begun = time.perf_counter()
        async with connection.transaction():
            await connection.copy_records_to_table("customer", records=rows, columns=names)
            await connection.copy_records_to_table("event", records=events, columns=columns(Event))
        seconds += time.perf_counter() - begun
    await connection.close()
    return seconds


# What is told


_HEAD = ("engine", "rows", "seconds", "rows a second", "bare rows a second", "share of bare", "peak MiB")


def line(one: Figure) -> str:
    return " | ".join(told(one))


def told(one: Figure) -> tuple[str, ...]:
    return (
        one.engine, f"{one.size:,}", f"{one.seconds:.1f}", f"{one.size / one.seconds:,.0f}",
        f"{one.size / one.bare_seconds:,.0f}", f"{one.share:.2f}", str(one.memory),
    )  # fmt: skip


def page(figures: Sequence[Figure]) -> str:
    rows = "\n".join(f"| {line(one)} |" for one in figures)
    return (
        "# Imports, measured\n\n"
        "`billto import customers` of one CSV file into an empty entity, with everything it checks, beside\n"
        "the finished rows alone: `COPY` on PostgreSQL, `executemany` on SQLite, into the same tables\n"
        "(customers, events, the trigram index) with the same indexes. The command's start is in its time,\n"
        "the making of the bare rows is not. `python -m bench.importing --write` measures anew.\n\n"
        f"| {' | '.join(_HEAD)} |\n|{'---|' * len(_HEAD)}\n{rows}\n"
    )


if __name__ == "__main__":
    main()
