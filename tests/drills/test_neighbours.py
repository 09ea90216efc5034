"""B8: whatever one client does, another tenant is served; nothing unfinished stays, and memory is bounded."""

import asyncio
import statistics
import time
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ENGINES
from tests.drills.attacks import ATTACKS, HELD, LASTS_SECONDS, Attacker
from tests.drills.conftest import Tell
from tests.drills.databases import Tenant, examine, filled, prepared
from tests.drills.serving import Billto
from tests.drills.sizes import is_full, size
from tests.drills.waiting import until
from tests.drills.wire import Client

MEMORY_BYTES_MAX = 150_000_000
# For any unfinished request, from its last sign of life to its end; and something for a busy machine.
UNFINISHED_SECONDS_MAX = 30 + 15
ANSWER_SECONDS_MAX = 15  # generous: the promise is a second for 99 of 100, on a machine of one's own


# In CI only where everything happens in one process, which is the harder case.
@pytest.mark.parametrize("database_url", ENGINES if is_full() else ENGINES[:1], indirect=True)
def test_a_bad_neighbour_stops_nobody(database_url: str, tmp_path: Path, tell: Tell) -> None:
    asyncio.run(drill(Billto(tmp_path, database_url), tell))


class Victim:
    """Another tenant, who goes on as on any day, and remembers how long everything took."""

    def __init__(self, billto: Billto, tenant: Tenant) -> None:
        self.billto = billto
        self.client = Client(billto.port, tenant.key, tenant.entity)
        self.seconds: list[float] = []
        self.bytes_max = 0

    async def lives(self, ends: asyncio.Event) -> None:
        async with self.client:
            while not ends.is_set():
                await self._day()
                self.bytes_max = max(self.bytes_max, self.billto.resident_bytes)
                await asyncio.sleep(0.05)

    async def _day(self) -> None:
        made = await self._ask("POST", "/customers", {"name": "Neighbour"}, status=201)
        path = f"/customers/{made['id']}"
        assert await self._ask("GET", path) == made
        changed = await self._ask("PATCH", path, {"city": "Celje"})
        assert changed["city"] == "Celje"
        listed = await self._ask("GET", "/customers?limit=5&order_by=-id")
        assert changed in listed["data"]
        assert changed in (await self._ask("GET", "/customers?search=celje&limit=5&order_by=-id"))["data"]

    async def _ask(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        begun = time.monotonic()
        answer = await self.client.ask(method, path, body, seconds=ANSWER_SECONDS_MAX)
        self.seconds.append(time.monotonic() - begun)
        assert answer.status == status, answer
        return answer.json


async def drill(billto: Billto, tell: Tell) -> None:
    bad, good = await prepared(billto.url), await prepared(billto.url)
    await filled(billto.url, bad, size("neighbour_customers"))
    async with billto:
        await billto.started("/readyz")
        victim, ends = Victim(billto, good), asyncio.Event()
        await victim._day()  # caches are warm
        before = billto.resident_bytes
        async with asyncio.TaskGroup() as group:
            group.create_task(victim.lives(ends))
            closed = group.create_task(attacked(billto, Attacker(billto.port, bad)))
            unfinished = await closed
            ends.set()
        grown = max(victim.bytes_max, billto.resident_bytes) - before
        await examine(billto.url)
    assert grown < MEMORY_BYTES_MAX
    assert "Traceback" not in billto.log.read_text()
    tell(
        attacks=len(ATTACKS), requests_of_the_other=len(victim.seconds), failed=0,
        p50_ms=round(statistics.median(victim.seconds) * 1000),
        p99_ms=round(statistics.quantiles(victim.seconds, n=100)[-1] * 1000),
        memory_grew_mb=round(grown / 1e6), all_closed_after_seconds=round(unfinished, 1),
    )  # fmt: skip


async def attacked(billto: Billto, attacker: Attacker) -> float:
    """All attacks at once. How long the server kept the longest unfinished request."""
    begun = time.monotonic()

    async def held() -> bool:
        return len(billto.connections()) >= HELD

    async def only_the_other() -> bool:
        return time.monotonic() > begun + LASTS_SECONDS and len(billto.connections()) <= 1

    async with asyncio.TaskGroup() as group:
        for attack in ATTACKS:
            group.create_task(attack(attacker))
        await until(held, LASTS_SECONDS, f"{HELD} connections held: the drill shows nothing")
        await until(only_the_other, UNFINISHED_SECONDS_MAX, "without unfinished requests")
        seconds = time.monotonic() - begun
        attacker.given_up.set()
    return seconds
