"""The same statements, straight on the database: heard while Billto answers, then run with nothing around."""

import itertools
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import apsw
import asyncpg

from bench.client import Ask, Client
from bench.data import customer_row
from bench.databases import Base
from bench.measure import Run
from bench.people import Inventor
from billto import wiring
from billto.domain.customer import Customer
from billto.domain.ids import IdMaker
from billto.store.engine import POSTGRES, SQLITE, Engine
from billto.store.layout import columns
from billto.store.sqlite import connect


class Said(NamedTuple):
    """A statement with its values."""

    sql: str
    values: tuple[Any, ...]


# What a request asks beside its own question, now and then: whose key it is.
_ASIDE = (" FROM key ", " FROM secret ", "PRAGMA ")


class Recorder:
    """Hears every statement that goes to a database."""

    def __init__(self) -> None:
        self.heard: list[Said] = []

    def hear(self, sql: str, values: Any) -> None:
        if not any(aside in sql for aside in _ASIDE):
            self.heard.append(Said(sql, tuple(values or ())))

    @contextmanager
    def listening(self) -> Iterator[None]:
        """To connections of SQLite that are opened meanwhile, and to all of asyncpg's."""
        fetch = asyncpg.Connection.fetch
        recorder = self

        async def heard(connection: Any, sql: str, *values: Any, **more: Any) -> Any:
            recorder.hear(sql, values)
            return await fetch(connection, sql, *values, **more)

        def trace(connection: apsw.Connection) -> None:
            def one(_: Any, sql: str, values: Any) -> bool:
                recorder.hear(sql, values)
                return True

            connection.exec_trace = one

        apsw.connection_hooks.append(trace)
        try:
            with mock.patch.object(asyncpg.Connection, "fetch", heard):
                yield
        finally:
            apsw.connection_hooks.remove(trace)

    async def of(self, client: Client, ask: Ask) -> tuple[Said, ...]:
        """The statements of one request's own."""
        self.heard.clear()
        await client.ask(ask)
        return tuple(self.heard)


class Bare:
    """A bare connection to a filled database."""

    def __init__(self, base: Base, connection: Any) -> None:
        self.base = base
        self._connection = connection
        self._new_id = IdMaker()
        self._inventor = Inventor(seed=3)
        self._numbers = itertools.count(secrets.randbits(58))

    async def close(self) -> None:
        closed = self._connection.close()
        if closed is not None:
            await closed

    async def rows(self, sql: str, values: Sequence[Any]) -> Sequence[Any]:
        if self.base.engine == "sqlite":
            rows: Sequence[Any] = self._connection.execute(sql, values).fetchall()
            return rows
        fetched: Sequence[Any] = await self._connection.fetch(sql, *values)
        return fetched

    def asking(self, statements: list[tuple[Said, ...]]) -> Run:
        """Runs the recorded statements of one request after the other."""
        number, connection = len(statements), self._connection

        async def inside(variant: int) -> None:
            for sql, values in statements[variant % number]:
                connection.execute(sql, values).fetchall()

        async def over_there(variant: int) -> None:
            for sql, values in statements[variant % number]:
                await connection.fetch(sql, *values)

        return inside if self.base.engine == "sqlite" else over_there

    def inserting(self, *, ready: int = 20_000) -> Run:
        """A bare row of a customer, and an fsync, at a time. What is written is made before time is taken."""
        engine = SQLITE if self.base.engine == "sqlite" else POSTGRES
        names = (*columns(Customer), "search", "metadata_fold")
        sql = (
            f"INSERT INTO customer ({', '.join(names)})"
            f" VALUES ({', '.join(map(engine.mark, range(1, 1 + len(names))))})"
        )
        made = [self._row(engine) for _ in range(ready)]
        rows = itertools.chain(made, (self._row(engine) for _ in itertools.count()))
        return self._writing(sql, rows)

    def updating(self) -> Run:
        engine = SQLITE if self.base.engine == "sqlite" else POSTGRES
        sets = ", ".join(f"{name} = {engine.mark(at)}" for at, name in enumerate(_CHANGED, 1))
        keys = f"entity_id = {engine.mark(len(_CHANGED) + 1)} AND id = {engine.mark(len(_CHANGED) + 2)}"
        known = self.base.known

        def rows() -> Iterator[list[Any]]:
            for id_ in itertools.cycle(known.ids):
                row = self._row(engine)
                values = dict(zip((*columns(Customer), "search"), row, strict=False))
                yield [*(values[name] for name in _CHANGED), known.tenants[0], id_]

        ready = itertools.islice(rows(), 20_000)
        return self._writing(f"UPDATE customer SET {sets} WHERE {keys}", itertools.chain(list(ready), rows()))

    def _writing(self, sql: str, rows: Iterator[list[Any]]) -> Run:
        connection = self._connection

        async def inside(_: int) -> None:
            connection.execute(sql, next(rows))

        async def over_there(_: int) -> None:
            await connection.fetch(sql, *next(rows))

        return inside if self.base.engine == "sqlite" else over_there

    def _row(self, engine: Engine) -> list[Any]:
        """A row far from where Billto puts its own."""
        number, now = next(self._numbers), wiring.clock()
        record = Customer(
            entity_id=self.base.known.tenants[-1], id=self._new_id(now), serial=2**60 + number, version=1,
            created_at=now, updated_at=now, deleted_at=None,
            **self._inventor.one(number % 10**7).values,
        )  # fmt: skip
        return customer_row(engine, record)


_CHANGED = ("version", "updated_at", "name", "search")


async def bare(base: Base) -> Bare:
    if base.engine == "sqlite":
        return Bare(base, connect(Path(base.url.removeprefix("sqlite:///"))))
    return Bare(base, await asyncpg.connect(base.url, server_settings={"jit": "off", "timezone": "UTC"}))
