"""Gives each test a PostgreSQL database of its own, from one real server for the whole run."""

import asyncio
import os
import secrets
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from tests.postgres_cluster import Cluster

GIVEN = "BILLTO_TEST_POSTGRES_URL"

Preparation = Callable[[str], object]


class Postgres:
    """A server on which databases come and go."""

    def __init__(self, url: str, cluster: Cluster | None = None) -> None:
        self.url = url
        self.cluster = cluster
        self.run = f"billto_{os.getpid()}_{secrets.token_hex(3)}"
        self.made: list[str] = []
        self.templates: dict[Preparation, str] = {}

    def fresh_database(self, prepared_by: Preparation | None = None) -> str:
        """A new database's URL: empty, or a copy of one that `prepared_by(url)` filled once in this run."""
        if prepared_by is None:
            return self.create("template0")
        if prepared_by not in self.templates:
            url = self.create("template0")
            prepared_by(url)
            self.templates[prepared_by] = urlsplit(url).path[1:]
        return self.create(self.templates[prepared_by])

    @contextmanager
    def database(self, prepared_by: Preparation | None = None) -> Iterator[str]:
        """A fresh database that is dropped afterwards, with whatever connections were left open."""
        url = self.fresh_database(prepared_by)
        try:
            yield url
        finally:
            self.drop(url)

    def create(self, template: str) -> str:
        name = f"{self.run}_{len(self.made)}_{secrets.token_hex(2)}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        self.made.append(name)
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))

    def drop(self, url: str) -> None:
        name = urlsplit(url).path[1:]
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def execute(self, statement: str) -> None:
        """Works inside and outside of an event loop, because it has a thread and a loop of its own."""

        async def said() -> None:
            connection = await asyncpg.connect(self.url)
            try:
                await connection.execute(statement)
            finally:
                await connection.close()

        apart(said())

    def close(self) -> None:
        if self.cluster:
            self.cluster.close()
            return
        for name in self.made:
            self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def apart(coroutine: Coroutine[None, None, None]) -> None:
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, coroutine).result()


@contextmanager
def server(*, durable: bool = False) -> Iterator[Postgres]:
    """The server named in BILLTO_TEST_POSTGRES_URL, or one of our own; crash drills ask for a durable one."""
    given = os.environ.get(GIVEN)
    if given and not durable:
        running = Postgres(given)
    else:
        cluster = Cluster(durable=durable)
        running = Postgres(cluster.url, cluster)
    try:
        yield running
    finally:
        running.close()
