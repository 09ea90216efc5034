"""A store with its cast: Alice's account with a live and a sandbox entity, and Charlie, who is a stranger."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

import apsw
import asyncpg
import pytest

from billto.domain import customer as customer_rules
from billto.domain.account import Account
from billto.domain.customer import Customer
from billto.domain.entity import Entity
from billto.domain.ids import IdMaker
from billto.domain.paging import unambiguous
from billto.domain.problems import Refused
from billto.domain.query import All, Node, Query
from billto.domain.scope import Scope
from billto.store.migrate import migrate_postgres, migrate_sqlite
from billto.store.postgres import PostgresStore
from billto.store.sqlite import SqliteStore
from billto.store.tx import Tx

T = TypeVar("T")
AnyStore = SqliteStore | PostgresStore

START = datetime(2026, 1, 1, tzinfo=UTC)
BY_ID = unambiguous(())
EVERYTHING = All()
# Longer than any list of these tests.
ALL_OF_THEM = 1_000

# Nothing takes nearly as long; what would wait for ever fails instead.
SECONDS_MAX = 120

# For what only one of the engines does.
on_sqlite = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("migrated_url", ["postgresql"], indirect=True)


class Clock:
    """A millisecond passes with every look at it, days and hours when somebody says so."""

    def __init__(self) -> None:
        self._ticks = count(1)
        self.days = 0
        self.hours = 0

    def __call__(self) -> datetime:
        return START + timedelta(days=self.days, hours=self.hours, milliseconds=next(self._ticks))


class Cast(NamedTuple):
    """Who may ask; each scope reaches nothing of the others'."""

    live: Scope
    sandbox: Scope
    charlie: Scope


@dataclass(frozen=True, slots=True)
class Stage:
    """One database, a store on it, and one event loop for the whole test."""

    engine: str
    url: str
    runner: asyncio.Runner
    store: AnyStore
    cast: Cast
    clock: Clock

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(asyncio.wait_for(work, SECONDS_MAX))

    @asynccontextmanager
    async def another(self, **options: Any) -> AsyncIterator[AnyStore]:
        """A second store on the same database, as another process would have."""
        store = made(self.url, **options)
        await store.open()
        try:
            yield store
        finally:
            await store.close()

    async def asked(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows as a connection of somebody else sees them."""
        if self.engine == "sqlite":
            connection = apsw.Connection(str(path_of(self.url)))
            try:
                return connection.execute(sql).fetchall()
            finally:
                connection.close()
        stranger = await asyncpg.connect(self.url)
        try:
            return [tuple(row) for row in await stranger.fetch(sql)]
        finally:
            await stranger.close()


@contextmanager
def staged(url: str) -> Iterator[Stage]:
    """A store on a migrated database, opened for as long as the test takes."""
    with asyncio.Runner() as runner:
        clock = Clock()
        store = made(url, clock)
        runner.run(store.open())
        try:
            cast = runner.run(store.write(casting))
            yield Stage(store.engine.name, url, runner, store, cast, clock)
        finally:
            runner.run(store.close())


def made(url: str, clock: Clock | None = None, **options: Any) -> AnyStore:
    clock = clock or Clock()
    if url.startswith("sqlite"):
        return SqliteStore(path_of(url), clock, IdMaker(), **options)
    return PostgresStore(url, clock, IdMaker(), **options)


def path_of(url: str) -> Path:
    return Path(urlsplit(url).path[1:])


def migrate(url: str) -> None:
    """Runs to its end whether or not an event loop is running already."""
    if url.startswith("sqlite"):
        migrate_sqlite(path_of(url))
    else:
        asyncio.run(migrate_postgres(url))


async def casting(tx: Tx) -> Cast:
    alice = await tx.insert(Account(tx.new_id(), "Alice", tx.now))
    charlie = await tx.insert(Account(tx.new_id(), "Charlie", tx.now))
    return Cast(
        live=await entity_of(tx, alice, "live"),
        sandbox=await entity_of(tx, alice, "sandbox"),
        charlie=await entity_of(tx, charlie, "live"),
    )


async def entity_of(tx: Tx, account: Account, environment: str = "live") -> Scope:
    """The scope of a new entity."""
    entity = Entity(
        id=tx.new_id(), account_id=account.id, environment=environment, serial=0, version=1,
        created_at=tx.now, updated_at=tx.now, name=f"{account.name} d.o.o.", country="Slovenia",
        country_code="SI", currency_code="EUR", locale="sl", settings={}, metadata={},
    )  # fmt: skip
    await tx.insert(entity)
    return Scope(account.id, environment, key_id="0" * 24, entity_id=entity.id)


def customer(tx: Tx, scope: Scope, **values: Any) -> Customer:
    """A customer that is not stored yet."""
    given = {"name": "Acme", **values}
    return customer_rules.made(given, entity_id=scope.entity, id=tx.new_id(), now=tx.now)


async def stored(store: AnyStore, scope: Scope, **values: Any) -> Customer:
    """A customer, stored in a transaction of its own."""
    return await store.write(lambda tx: tx.insert(customer(tx, scope, **values)))


async def listed(store: AnyStore, scope: Scope, where: Node = EVERYTHING, **asked: Any) -> list[Customer]:
    """All customers of an entity that answer a question, by id; the count is checked on the way."""
    query = Query(where, BY_ID, limit=ALL_OF_THEM, **asked)
    page = await store.reader.page(Customer, scope, query)
    assert page.total == len(page.records)
    return list(page.records)


def code(refused: Refused) -> str:
    """What somebody was refused for."""
    (problem,) = refused.problems
    return problem.code
