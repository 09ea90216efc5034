"""Fills a database with many customers, fast: rows straight into the tables, indexes built at the end.

The rows are encoded by the store's own code, so that they are what the API would have stored, and
`billto doctor` finds nothing wrong with them.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import apsw
import asyncpg

from bench.people import customers
from billto import config, wiring
from billto.app import accounts, entities
from billto.app.parts import Request
from billto.config import Config
from billto.domain.customer import Customer
from billto.domain.event import Event
from billto.domain.ids import IdMaker
from billto.domain.scope import Scope
from billto.store.engine import POSTGRES, SQLITE, Engine
from billto.store.layout import columns, kept_beside
from billto.store.sqlite import connect

OTHER_TENANTS = 100
SAMPLES = 2_000
_CHUNK = 20_000
_TENANT_BITS = 32

Row = list[Any]


@dataclass
class Known:
    """What the cases need to know of a filled database."""

    size: int
    token: str
    tenants: list[str]  # the big one first
    ids: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    order_ids: list[str] = field(default_factory=list)

    def written(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> "Known":
        return cls(**json.loads(text))

    def see(self, record: Customer, number: int) -> None:
        """Remembers some of the big tenant's customers, evenly spread."""
        if record.entity_id == self.tenants[0] and number % max(1, self.size // SAMPLES) == 0:
            assert record.email is not None
            self.ids.append(record.id)
            self.emails.append(record.email)
            self.order_ids.append(record.metadata["order_id"])


def settings(url: str, home: Path) -> Config:
    return config.read({"BILLTO_DATABASE_URL": url, "BILLTO_HOME": str(home)})


async def prepare(given: Config, size: int) -> Known:
    """The schema, a key, and the tenants, by the ordinary ways."""
    await wiring.migrate(given)

    async def made(tx: Any) -> Known:
        account = await accounts.create(tx, "Bench")
        key = await accounts.create_key(tx, account.id, "live", name="bench")
        scope = Scope(account.id, "live", key.key.id)
        names = [f"Tenant {number}" for number in range(1 + OTHER_TENANTS)]
        tenants = [
            (await entities.create(tx, Request(scope), {"name": name, "country": "Slovenija"})).id
            for name in names
        ]
        return Known(size, key.token, tenants)

    async with wiring.opened(given) as store:
        return await store.write(made)


def load_sqlite(path: Path, size: int, home: Path) -> Known:
    known = asyncio.run(prepare(settings(f"sqlite:///{path}", home), size))
    connection = connect(path)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "foreign_keys = OFF", "cache_size = -500000"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    indexes = [(str(name), str(sql)) for name, sql in connection.execute(_SQLITE_INDEXES)]
    with connection:
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
        _fill_sqlite(connection, known)
        for _, sql in indexes:
            connection.execute(sql)
    _index_texts(connection)
    connection.execute("ANALYZE")
    connection.execute("PRAGMA journal_mode = WAL").fetchall()
    connection.close()
    return known


def _fill_sqlite(connection: apsw.Connection, known: Known) -> None:
    """Rows, each with its number in the range of its entity, and what is counted of them."""
    entities_of: Any = connection.execute("SELECT id, serial FROM entity")
    first = {one: serial << _TENANT_BITS for one, serial in entities_of}
    counted: Counter[str] = Counter()
    at = columns(Customer).index("serial")
    for rows, events in _chunks(SQLITE, known):
        for row in rows:
            counted[row[0]] += 1
            row[at] = first[row[0]] + counted[row[0]]
        connection.executemany(_insert("customer", _customer_columns()), rows)
        connection.executemany(_insert("event", columns(Event)), events)
    for tenant, number in counted.items():
        tally = (tenant, number, first[tenant] + number)
        connection.execute("INSERT INTO tally VALUES (?, 0, ?, 0, ?)", tally)


_SQLITE_INDEXES = (
    "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    " AND tbl_name IN ('customer', 'event')"
)


def _index_texts(connection: apsw.Connection) -> None:
    """The trigram index, merged no further than it is as customers come: that is what searches find."""
    with connection:
        connection.execute(
            "INSERT INTO customer_search (rowid, search) SELECT serial, search FROM customer ORDER BY serial"
        )


async def load_postgres(url: str, size: int, home: Path) -> Known:
    known = await prepare(settings(url, home), size)
    connection = await asyncpg.connect(url)
    try:
        # Checks of references are for rows that nobody has made sure of.
        for setting in ("session_replication_role = replica", "maintenance_work_mem = '1GB'"):
            await connection.execute(f"SET {setting}")
        indexes = await connection.fetch(_POSTGRES_INDEXES)
        for index in indexes:
            await connection.execute(f"DROP INDEX {index['name']}")
        await _fill_postgres(connection, known)
        for index in indexes:
            await connection.execute(index["sql"])
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()
    return known


async def _fill_postgres(connection: Any, known: Known) -> None:
    """Rows, which the database numbers, and what is counted of them."""
    counted: Counter[str] = Counter()
    names = [name for name in _customer_columns() if name != "serial"]
    at = columns(Customer).index("serial")
    for rows, events in _chunks(POSTGRES, known):
        for row in rows:
            counted[row[0]] += 1
            del row[at]
        await connection.copy_records_to_table("customer", records=rows, columns=names)
        await connection.copy_records_to_table("event", records=events, columns=columns(Event))
    await connection.executemany("INSERT INTO tally VALUES ($1, 0, $2, 0, 0)", list(counted.items()))


_POSTGRES_INDEXES = (
    "SELECT indexname AS name, indexdef AS sql FROM pg_indexes WHERE tablename IN ('customer', 'event')"
    " AND indexname NOT IN (SELECT conname FROM pg_constraint)"
)


def _chunks(engine: Engine, known: Known) -> Iterator[tuple[list[Row], list[Row]]]:
    """Rows of customers, each with the event of its creation, some thousands at a time."""
    people = enumerate(customers(tuple(known.tenants), known.size))
    new_id = IdMaker()
    while some := list(islice(people, _CHUNK)):
        for number, record in some:
            known.see(record, number)
        yield (
            [customer_row(engine, record) for _, record in some],
            [_event_row(engine, record, new_id) for _, record in some],
        )


def _customer_columns() -> tuple[str, ...]:
    return (*columns(Customer), "search", "metadata_fold")


def customer_row(engine: Engine, record: Customer) -> Row:
    beside = kept_beside(record)
    folded = json.dumps(beside["metadata_fold"], ensure_ascii=False, separators=(",", ":"))
    return [*engine.values(record), beside["search"], folded]


def _event_row(engine: Engine, record: Customer, new_id: IdMaker) -> Row:
    made = Event(
        entity_id=record.entity_id, id=new_id(record.created_at), kind="customer.created",
        subject_id=record.id, at=record.created_at,
    )  # fmt: skip
    return engine.values(made)


def _insert(table: str, names: tuple[str, ...]) -> str:
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
