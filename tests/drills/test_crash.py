"""R1: an answered write survives the death of the process, whichever way it dies."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.drills.book import Book, Writer
from tests.drills.conftest import Tell
from tests.drills.databases import examine, prepared
from tests.drills.serving import Billto
from tests.drills.sizes import size

WRITERS = 8
SECONDS_BETWEEN = (0.05, 0.6)

Way = Callable[[Billto], Awaitable[None]]

# How it dies, again and again, by how many processes serve.
WAYS: dict[int, tuple[Way, ...]] = {
    1: (Billto.kill, Billto.stop, Billto.kill),
    2: (Billto.kill, Billto.kill_worker, Billto.kill_supervisor, Billto.stop),
}


@pytest.mark.parametrize("workers", WAYS)
def test_an_answered_write_survives_the_death_of_the_process(
    database_url: str, tmp_path: Path, workers: int, tell: Tell
) -> None:
    asyncio.run(drill(Billto(tmp_path, database_url, workers=workers), tell))


async def drill(billto: Billto, tell: Tell) -> None:
    tenant = await prepared(billto.url)
    book, kills = Book(tenant, billto.port), max(size("crash_kills") // len(WAYS), len(WAYS[billto.workers]))
    ends = asyncio.Event()
    async with billto:
        await billto.started()
        async with asyncio.TaskGroup() as group:
            for number in range(WRITERS):
                group.create_task(Writer(book, number).work(ends))
            for number in range(kills):
                await asyncio.sleep(random.uniform(*SECONDS_BETWEEN))
                await die(billto, WAYS[billto.workers][number % len(WAYS[billto.workers])])
            ends.set()
        await book.compare()
        await book.replay()
        await examine(billto.url)
    assert book.counts["cut"] > 0, "no kill met a request: the drill shows nothing"
    tell(
        kills=kills, answered_writes=len(book.answered), cut=book.counts["cut"],
        replayed=book.counts["replayed"], refused_meanwhile=book.counts["503"], in_flight=book.counts["409"],
        lost=0, torn=0, stale=0, doubled=0,
    )  # fmt: skip


async def die(billto: Billto, way: Way) -> None:
    """Ends it, examines what is left, and starts it again."""
    await way(billto)
    await examine(billto.url)
    if way is not Billto.kill_worker:
        await billto.started()
