"""What a balance costs, and the list of those who owe: beside an indexed read of one row, in the same run.

`python -m bench.owed` asks with 10 thousand customers; `python -m bench.owed --customers 1000000` with a
million, which takes some minutes to load the first time.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from bench import databases, report
from bench.data import settings
from bench.databases import Base
from bench.measure import Side, paired, times
from billto import wiring
from billto.app import balances
from billto.app.parts import Request, Store
from billto.domain.customer import Customer
from billto.domain.ledger import Entry
from billto.domain.paging import unambiguous
from billto.domain.query import All, Compare, Op, Query
from billto.domain.scope import Scope

ENTRIES = 10_000
OWING_ONE_IN = 10
SECONDS, ROUNDS = 0.8, 8
FEW = 200  # entries, of which an answer tells as much as of many
# What may take at most so many times as long as what: neither grows with what it does not tell.
LONG, SHORT = "balance, 10,000 entries", "balance, 200 entries"
OWING, ANY = "page of 50 who owe", "page of 50"
AIMS = ((LONG, SHORT, 1.3), (OWING, ANY, 2.0))  # who owe stand further apart than who come one after another
_BATCH = 500
_PARTS = 40
_FIRST = date(2024, 1, 1)


class Cost(NamedTuple):
    """How long a question takes, and how many times as long as the row."""

    name: str
    micros: float
    ratio: float


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.owed", description=__doc__)
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--engine", action="append", choices=("sqlite", "postgresql"))
    given = parser.parse_args(arguments)
    for engine in given.engine or ("sqlite", "postgresql"):
        with databases.opened(engine, (given.customers,), report.say) as bases:
            costs = asyncio.run(measured(bases[given.customers]))
        report.say(f"\n{engine}, {given.customers:,} customers")
        for one in costs.values():
            report.say(f"  {one.name:<28}{one.micros:>10,.0f} µs{one.ratio:>10.2f} × the row")
        for name, base, most in AIMS:
            ratio = costs[name].ratio / costs[base].ratio
            word = "met" if ratio <= most else "missed"
            report.say(f"  {word}: {name}: {ratio:.2f} × {base}, at most {most:g}")


async def measured(base: Base) -> dict[str, Cost]:
    """The questions in turns with the read of one row; the database is a copy that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="billto-bench-owed-") as home:
        async with wiring.opened(settings(base.url, Path(home))) as store:
            return await _measured(base, store)


async def _measured(base: Base, store: Store) -> dict[str, Cost]:
    entity = await store.reader.owned(base.known.tenants[0])
    assert entity is not None
    scope = Scope(entity.account_id, "live", "", entity_id=entity.id)
    busy, small = base.known.ids[0], base.known.ids[1]
    for part in range(_PARTS):
        await store.write(partial(_owing, base=base, part=part))
    await _filled(store, scope, busy, ENTRIES)
    await _filled(store, scope, small, FEW)
    await store.write(lambda tx: tx.run("ANALYZE", []))
    now = datetime(2026, 1, 1, tzinfo=UTC)
    owing = Query(Compare("owes", Op.EQ, True), unambiguous(()), limit=50, counted=False)
    anybody = Query(All(), unambiguous(()), limit=50, counted=False)

    async def row(_: int) -> None:
        await store.reader.get(Customer, scope, busy)

    async def balance(_: int) -> None:
        await balances.of(store.reader, Request(scope), busy, now)

    async def small_balance(_: int) -> None:
        await balances.of(store.reader, Request(scope), small, now)

    async def page(_: int) -> None:
        assert len((await store.reader.page(Customer, scope, owing)).records) == 50

    async def any_page(_: int) -> None:
        await store.reader.page(Customer, scope, anybody)

    asked = {SHORT: small_balance, LONG: balance, ANY: any_page, OWING: page}
    sides = [Side("row", row), *(Side(name, run) for name, run in asked.items())]
    first, *others = await paired(sides, seconds=SECONDS, rounds=ROUNDS, most=2_000)
    costs = {"row": Cost("read of one row", first.middle() * 1e6, 1.0)}
    for name, taken in zip(asked, others, strict=True):
        costs[name] = Cost(name, taken.middle() * 1e6, times(taken, first))
    return costs


async def _owing(tx: Any, base: Base, part: int) -> None:
    """One in ten owes something: straight into the tables, as posting would have left them; a part at a time,
    for no statement may take long."""
    entity = base.known.tenants[0]
    which = (
        f"entity_id = '{entity}' AND serial % {OWING_ONE_IN} = 0"
        f" AND serial / {OWING_ONE_IN} % {_PARTS} = {part}"
    )
    await tx.run(
        "INSERT INTO standing (entity_id, customer_id, currency_code, outstanding, open_credit_notes,"
        f" unapplied, credit) SELECT entity_id, id, 'EUR', 1000000, 0, 0, 0 FROM customer WHERE {which}",
        [],
    )
    await tx.run(f"UPDATE customer SET owes = (1 = 1) WHERE {which}", [])


async def _filled(store: Store, scope: Scope, customer_id: str, many: int) -> None:
    """A history of one customer, posted as every other."""
    for first in range(0, many, _BATCH):

        async def post(tx: Any, first: int = first) -> None:
            numbers = range(first, min(first + _BATCH, many))
            entries = [_entry(tx, scope, customer_id, number) for number in numbers]
            await tx.post(scope, entries, await tx.standings(scope, (customer_id,)))

        await store.write(post)


def _entry(tx: Any, scope: Scope, customer_id: str, number: int) -> Entry:
    id = tx.new_id()
    return Entry(
        entity_id=scope.entity, id=id, serial=0, created_at=tx.now, posting_id=id,
        account=("invoice", "credit")[number % 2], kind=("issued", "adjusted")[number % 2],
        cause=("document", "adjustment")[number % 2], cause_id=id, currency_code="EUR",
        amount=Decimal((100, -1)[number % 2]), date=_FIRST + timedelta(days=number % 700),
        customer_id=customer_id, customer=1, item_id=id if number % 2 == 0 else None,
    )  # fmt: skip


if __name__ == "__main__":
    main()
