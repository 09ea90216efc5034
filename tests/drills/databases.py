"""What drills do with a database behind the server's back: fill it, examine it, read all of it."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple, TypeVar

import apsw
import asyncpg

from billto import config, wiring
from billto.app import accounts, customers, entities
from billto.app.parts import Request, Store
from billto.config import Config
from billto.domain.scope import Scope

T = TypeVar("T")

_BATCH = 500


class Tenant(NamedTuple):
    """Whose customers a drill is about, as a client says it."""

    account: str
    entity: str
    key: str
    key_id: str
    environment: str = "live"

    @property
    def scope(self) -> Scope:
        account, entity = (one.rpartition("_")[2] for one in (self.account, self.entity))
        return Scope(account, self.environment, key_id="", entity_id=entity)


def settings(url: str) -> Config:
    return config.read({"BILLTO_DATABASE_URL": url})


async def with_store(url: str, work: Callable[[Store], Coroutine[Any, Any, T]]) -> T:
    async with wiring.opened(settings(url)) as store:
        return await work(store)


async def prepared(url: str, environment: str = "live", **values: Any) -> Tenant:
    """A tenant in a database that is migrated if need be."""

    async def make(tx: Any) -> Tenant:
        account = await accounts.create(tx, "Drill")
        new = await accounts.create_key(tx, account.id, environment)
        said = {"name": "Drill d.o.o.", "country": "Slovenija", **values}
        entity = await entities.create(tx, Request(Scope(account.id, environment, key_id="")), said)
        return Tenant(f"acc_{account.id}", f"ent_{entity.id}", new.token, f"key_{new.key.id}", environment)

    await wiring.migrate(settings(url))
    return await with_store(url, lambda store: store.write(make))


async def filled(url: str, tenant: Tenant, many: int) -> None:
    """Gives a tenant customers, in few transactions."""

    async def fill(store: Store) -> None:
        for first in range(0, many, _BATCH):

            async def make(tx: Any, first: int = first) -> None:
                for number in range(first, min(first + _BATCH, many)):
                    values = {
                        "name": f"Customer {number}",
                        "email": f"{number}@drill.example",
                        "city": "Ljubljana",
                    }
                    await customers.create(tx, Request(tenant.scope), values)

            await store.write(make)

    await with_store(url, fill)


def faults(url: str) -> list[str]:
    """What the doctor finds wrong; to be called where no event loop runs."""
    findings = asyncio.run(wiring.examine(settings(url)))
    return [f"{one.invariant}: {', '.join(one.faults)}" for one in findings if one.faults]


async def examine(url: str) -> None:
    """Asserts that the doctor finds nothing, while whatever is going on goes on."""
    assert await asyncio.to_thread(faults, url) == []


async def rows(url: str, sql: str) -> list[tuple[Any, ...]]:
    path = settings(url).database_url.path
    if path is not None:
        connection = apsw.Connection(str(path))
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()
    asked = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await asked.fetch(sql)]
    finally:
        await asked.close()
