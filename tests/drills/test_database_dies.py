"""R3: PostgreSQL may die, hang or lose the line; Billto says 503 meanwhile, and goes on by itself."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests.drills.book import Book, Writer
from tests.drills.conftest import Tell
from tests.drills.databases import examine, prepared
from tests.drills.proxy import Wire
from tests.drills.serving import Billto
from tests.drills.sizes import size
from tests.drills.wire import Client
from tests.postgres import Postgres, server
from tests.postgres_cluster import Cluster

WRITERS = 8
SECONDS_BETWEEN = (0.1, 0.5)
ANSWER_SECONDS_MAX = 15  # of any request, whatever the database does
BACK_SECONDS_MAX = 5  # from the database's return to Billto's
AWAY_SECONDS = 3.0
SWALLOW_SECONDS = 0.3


@pytest.fixture(scope="module")
def durable() -> Iterator[Postgres]:
    """A server that may be crashed, and keeps what it has answered."""
    with server(durable=True) as running:
        yield running


class Stage:
    """Everything that takes part."""

    def __init__(self, billto: Billto, postgres: Postgres, wire: Wire) -> None:
        assert postgres.cluster is not None
        self.billto = billto
        self.postgres = postgres
        self.cluster: Cluster = postgres.cluster
        self.wire = wire

    async def ready(self, status: int) -> None:
        await self.billto.answering("/readyz", status, seconds=ANSWER_SECONDS_MAX)


async def restart(stage: Stage) -> None:
    """Every process of the server ends at once; it recovers."""
    await asyncio.to_thread(stage.cluster.crash)
    await asyncio.to_thread(stage.cluster.start)


async def terminate(stage: Stage) -> None:
    """Somebody ends Billto's sessions, several times."""
    sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'billto'"
    for _ in range(3):
        await asyncio.to_thread(stage.postgres.execute, sql)
        await asyncio.sleep(0.05)


async def be_away(stage: Stage) -> None:
    """It is stopped, and started again later."""
    await asyncio.to_thread(stage.cluster.stop)
    await stage.ready(503)
    await stage.billto.answering("/healthz")  # Billto itself lives
    await asyncio.sleep(AWAY_SECONDS)
    await asyncio.to_thread(stage.cluster.start)


async def cut(stage: Stage) -> None:
    """All connections break at once."""
    stage.wire.cut()


async def swallow(stage: Stage) -> None:
    """What is asked is done and committed, but nobody hears of it."""
    stage.wire.swallow()
    await asyncio.sleep(SWALLOW_SECONDS)
    stage.wire.cut()
    stage.wire.pass_on()


async def hang(stage: Stage) -> None:
    """The line is there, and nothing comes through it."""
    stage.wire.hang()
    await asyncio.sleep(size("hang_seconds"))
    stage.wire.pass_on()


FAULTS: tuple[Callable[[Stage], Awaitable[None]], ...] = (restart, terminate, be_away, cut, swallow, hang)


def test_nothing_is_lost_or_doubled_when_the_database_dies(
    durable: Postgres, tmp_path: Path, tell: Tell
) -> None:
    asyncio.run(drill(durable, tmp_path, tell))


async def drill(durable: Postgres, home: Path, tell: Tell) -> None:
    url = durable.fresh_database()
    tenant, longest = await prepared(url), 0.0
    async with Wire(urlsplit(url).port or 0) as wire, Billto(home, through(wire, url)) as billto:
        stage, book, ends = Stage(billto, durable, wire), Book(tenant, billto.port), asyncio.Event()
        await billto.started("/readyz")
        async with asyncio.TaskGroup() as group:
            for number in range(WRITERS):
                group.create_task(Writer(book, number).work(ends))
            for number in range(size("database_faults")):
                await asyncio.sleep(random.uniform(*SECONDS_BETWEEN))
                await FAULTS[number % len(FAULTS)](stage)
                longest = max(longest, await back(stage, book))
            ends.set()
        await book.compare()
        await book.replay()
        await examine(url)
    assert book.slowest_seconds < ANSWER_SECONDS_MAX
    assert book.counts["503"] > 0, "no fault met a request: the drill shows nothing"
    assert book.counts["cut"] == 0, "a request got no answer at all"
    tell(
        faults=size("database_faults"), answered_writes=len(book.answered), said_503=book.counts["503"],
        in_flight=book.counts["409"], replayed=book.counts["replayed"],
        slowest_seconds=round(book.slowest_seconds, 1), back_after_seconds=round(longest, 1),
        lost=0, doubled=0,
    )  # fmt: skip


def through(wire: Wire, url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.replace(str(parts.port), str(wire.port))))


async def back(stage: Stage, book: Book) -> float:
    """How long it takes until Billto is ready and stores again, now that the database is back."""
    begun = time.monotonic()
    await stage.billto.answering("/readyz", seconds=BACK_SECONDS_MAX)
    many = len(book.answered)

    async with book.client() as client:
        values = {"name": "After the fault"}
        await book.write(client, book.request("POST", "/customers", values))
    seconds = time.monotonic() - begun
    assert len(book.answered) > many
    assert seconds < BACK_SECONDS_MAX
    return seconds


def test_billto_starts_without_its_database_and_finds_it_later(
    durable: Postgres, tmp_path: Path, tell: Tell
) -> None:
    asyncio.run(late(durable, tmp_path, tell))


async def late(durable: Postgres, home: Path, tell: Tell) -> None:
    url = durable.fresh_database()
    tenant = await prepared(url)
    assert durable.cluster is not None
    await asyncio.to_thread(durable.cluster.stop)
    async with Billto(home, url) as billto:
        took = await billto.started()
        await billto.answering("/readyz", 503)
        async with Client(billto.port, tenant.key, tenant.entity) as client:
            refused = await client.ask("GET", "/customers")
            assert (refused.status, refused.json["code"]) == (503, "service_unavailable")
            assert int(refused.headers["retry-after"]) > 0
            await asyncio.to_thread(durable.cluster.start)
            await billto.answering("/readyz", seconds=BACK_SECONDS_MAX)
            assert (await client.ask("GET", "/customers")).status == 200
    tell(started_without_database_after_seconds=round(took, 1))
