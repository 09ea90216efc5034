"""R7: after a crash Billto serves again within moments, without anybody's help."""

import asyncio
import random
import statistics
import time
from contextlib import suppress
from pathlib import Path

from tests.drills.book import Book, Writer
from tests.drills.conftest import Tell
from tests.drills.databases import examine, filled, prepared
from tests.drills.serving import Billto
from tests.drills.sizes import size
from tests.drills.waiting import until
from tests.drills.wire import Client, Lost

SECONDS_MAX = 15  # generous: other programs may be using the machine
WRITERS = 4


def test_after_a_crash_the_first_answer_comes_soon(database_url: str, tmp_path: Path, tell: Tell) -> None:
    asyncio.run(drill(Billto(tmp_path, database_url), tell))


async def drill(billto: Billto, tell: Tell) -> None:
    tenant = await prepared(billto.url)
    await filled(billto.url, tenant, size("start_customers"))
    seconds: list[float] = []
    async with billto:
        await billto.started()
        for _ in range(size("start_kills")):
            ends, book = asyncio.Event(), Book(tenant, billto.port)
            async with asyncio.TaskGroup() as group:
                for number in range(WRITERS):
                    group.create_task(Writer(book, number).work(ends))
                await asyncio.sleep(random.uniform(0.3, 0.6))
                await billto.kill()
                seconds.append(await first_answer(billto, Client(billto.port, tenant.key, tenant.entity)))
                ends.set()
    await examine(billto.url)
    p95 = statistics.quantiles(seconds, n=20, method="inclusive")[-1]
    assert p95 < SECONDS_MAX
    tell(customers=size("start_customers"), kills=len(seconds), p95_seconds=round(p95, 2))


async def first_answer(billto: Billto, client: Client) -> float:
    """From exec to the first customers."""
    begun = time.monotonic()
    billto.start()

    async def answers() -> bool:
        with suppress(Lost):
            return (await client.ask("GET", "/customers?limit=10")).status == 200
        return False

    async with client:
        await until(answers, SECONDS_MAX, f"serving: {billto.said()}")
        return time.monotonic() - begun
