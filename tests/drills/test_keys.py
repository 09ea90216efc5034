"""S4: a revoked key opens nothing within a second, in any process; a secret is nowhere but with its owner."""

import asyncio
import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from billto.app import accounts
from billto.app.accounts import NewKey
from billto.domain.account import Key
from tests.drills.conftest import Tell
from tests.drills.databases import Tenant, prepared, rows, with_store
from tests.drills.serving import Billto
from tests.drills.sizes import size
from tests.drills.wire import Client

REVOKED_SECONDS = 1.0
PATIENCE_SECONDS = 20
BURSTS, BURST = 20, 10

# Every table there is, whatever a later migration brings.
TABLES = {
    "sqlite": "SELECT name FROM sqlite_schema WHERE type = 'table'",
    "postgresql": "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'",
}


def test_a_revoked_key_opens_nothing_after_a_second(database_url: str, tmp_path: Path, tell: Tell) -> None:
    asyncio.run(drill(Billto(tmp_path, database_url, workers=2, request_log="on"), tell))


def test_secrets_are_compared_in_constant_time() -> None:
    assert "compare_digest" in Key.opens_with.__code__.co_names


async def drill(billto: Billto, tell: Tell) -> None:
    tenant, late = await prepared(billto.url), 0.0
    async with billto:
        await billto.started("/readyz")
        clients = await one_for_each_worker(billto, tenant)
        for _ in range(size("revoked_keys")):
            new = await another_key(billto.url, tenant)
            late = max(late, await opened_after_revocation(billto, clients, new))
            await nowhere_but_here(billto, new.token)
        for client in clients:
            assert (await client.ask("GET", "/customers")).status == 200  # the other key goes on
            await client.close()
        await nowhere_but_here(billto, tenant.key)
    assert late < REVOKED_SECONDS
    tell(keys=size("revoked_keys"), workers=2, opened_for_seconds=round(max(late, 0), 2), secrets_found=0)


async def another_key(url: str, tenant: Tenant) -> NewKey:
    async def make(tx: Any) -> NewKey:
        return await accounts.create_key(tx, tenant.scope.account_id, "live")

    return await with_store(url, lambda store: store.write(make))


async def one_for_each_worker(billto: Billto, tenant: Tenant) -> list[Client]:
    """Clients of which each is connected to another process."""
    found: dict[int, Client] = {}
    for _ in range(BURSTS):
        burst = [Client(billto.port, tenant.key) for _ in range(BURST)]
        await asyncio.gather(*(client.ask("GET", "/healthz") for client in burst))
        for client in burst:
            if found.setdefault(billto.worker_behind(client), client) is not client:
                await client.close()
        if len(found) == billto.workers:
            return list(found.values())
    raise AssertionError("one process takes all connections")


async def opened_after_revocation(billto: Billto, clients: list[Client], new: NewKey) -> float:
    """For how long a key opened something after `billto key revoke` had ended; below zero if not at all."""
    bearer = {"Authorization": f"Bearer {new.token}"}
    for client in clients:
        assert (await client.ask("GET", "/entities", headers=bearer)).status == 200
    asking = asyncio.gather(*(last_opened(client, bearer) for client in clients))
    await asyncio.to_thread(revoke, billto, f"key_{new.key.id}")
    ended = time.monotonic()
    return max(await asking) - ended


async def last_opened(client: Client, bearer: dict[str, str]) -> float:
    """The moment of the last request that a key opened something with."""
    end = time.monotonic() + PATIENCE_SECONDS
    opened = 0.0
    while (begun := time.monotonic()) < end:
        answer = await client.ask("GET", "/entities", headers=bearer)
        if answer.status != 200:
            assert (answer.status, answer.json["code"]) == (401, "unauthorized")
            return opened
        opened = begun
        await asyncio.sleep(0.01)
    raise AssertionError(f"after {PATIENCE_SECONDS} seconds the key still opens everything")


def revoke(billto: Billto, key_id: str) -> None:
    environment = {
        **{name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ},
        "BILLTO_HOME": str(billto.home),
        "BILLTO_DATABASE_URL": billto.url,
    }
    command = [sys.executable, "-m", "billto", "key", "revoke", key_id]
    subprocess.run(command, env=environment, cwd=billto.home, check=True, capture_output=True, timeout=60)


async def nowhere_but_here(billto: Billto, token: str) -> None:
    """Asserts that of a secret only its digest is kept, and nothing of it is in any file or log."""
    secret = token[-40:]
    for name, content in await asyncio.to_thread(contents, billto.home):
        assert secret.encode() not in content, name
    tables = await rows(billto.url, TABLES[billto.url.partition(":")[0]])
    for (table,) in tables:
        assert secret not in repr(await rows(billto.url, f'SELECT * FROM "{table}"')), table
    digest = hashlib.sha256(token.encode()).hexdigest()
    assert (digest,) in await rows(billto.url, "SELECT digest FROM key")


def contents(folder: Path) -> list[tuple[str, bytes]]:
    found = [(path.name, path.read_bytes()) for path in folder.rglob("*") if path.is_file()]
    assert "serve.log" in dict(found)
    return found
