"""R14: what was ordered is sent, and once, however often the server and the worker beside it are killed."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

from billto.app import customers, documents
from billto.app.documents import Wish
from billto.app.parts import Request
from tests.drills.book import Book
from tests.drills.conftest import Tell
from tests.drills.databases import Tenant, examine, prepared, rows, with_store
from tests.drills.serving import Billto
from tests.drills.sizes import size
from tests.drills.waiting import until
from tests.work.post import Post, posted

WRITERS = 4
SECONDS_BETWEEN = (0.1, 0.7)
LATE = 60  # invoices that fall due one after the other while the clock of the sandbox goes ahead
SETTINGS = {"overdue_notifications": {"enabled": True, "threshold_days": [1, 5]}}
SETTLED_SECONDS = 120


class Worker:
    """A `billto worker` beside the server, on a database that takes more than one process."""

    def __init__(self, billto: Billto, **settings: str) -> None:
        self._billto = billto
        self._settings = {f"BILLTO_{name.upper()}": value for name, value in settings.items()}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = {
            "PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path),
            "BILLTO_DATABASE_URL": self._billto.url, **self._settings,
        }  # fmt: skip
        with self._billto.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "billto", "worker"],
                env=environment, cwd=self._billto.home, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    async def kill(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            await asyncio.to_thread(self._process.wait, 20)
            self._process = None


def test_what_was_ordered_is_sent_and_once(database_url: str, tmp_path: Path, tell: Tell) -> None:
    with posted(tmp_path / "post") as post:
        asyncio.run(drill(database_url, tmp_path, post, tell))


async def drill(url: str, home: Path, post: Post, tell: Tell) -> None:
    tenant = await prepared(url, "sandbox", settings=SETTINGS)
    who = await late(url, tenant)
    told = {"mail": post.url, "mail_from": "billing@drill.example", "delivery_seconds": "2"}
    billto, kills = Billto(home, url, workers=1, **told), size("post_kills")
    worker = Worker(billto, **told) if url.startswith("postgres") else None
    book, ends = Book(tenant, billto.port), asyncio.Event()
    doubtful: Counter[str] = Counter()
    ordered: list[str] = []
    async with billto:
        await billto.started("/readyz")
        if worker:
            worker.start()
        async with asyncio.TaskGroup() as group:
            for number in range(WRITERS):
                group.create_task(order(book, who[number], ordered, ends))
            group.create_task(days(book, kills, ends))
            for number in range(kills):
                await asyncio.sleep(random.uniform(*SECONDS_BETWEEN))
                if worker and number % 2:
                    await worker.kill()
                    await count(url, doubtful)
                    worker.start()
                else:
                    await billto.kill()
                    await count(url, doubtful)
                    await billto.started("/readyz")
            ends.set()
        await move(book, LATE)  # to a day on which all is late
        await until(lambda: settled(url), SETTLED_SECONDS, "settled")
        if worker:
            await worker.kill()
        await billto.stop()
        await examine(url)
    copies = await compare(url, post, ordered, doubtful)
    tell(
        kills=kills, ordered_by_requests=len(ordered), reminders=2 * LATE, lost=0,
        in_flight_at_a_kill=sum(doubtful.values()), copies_of_those=copies, other_copies=0,
    )  # fmt: skip


async def late(url: str, tenant: Tenant) -> list[str]:
    """Customers with invoices that fall due one a day."""
    asked = Request(tenant.scope)

    async def make(tx: Any) -> list[str]:
        made = []
        for day in range(LATE):
            of = await customers.create(tx, asked, {"name": f"C{day}", "email": f"c{day}@drill.example"})
            said = {"customer_id": of.id, "lines": [{"name": "Work", "price": 10 + day}]}
            draft = await documents.create(tx, asked, "invoice", said, Wish(is_draft=True))
            due = {"due_date": draft.date.fromordinal(draft.date.toordinal() + day)}
            await documents.change(tx, asked, draft.id, due, Wish(is_draft=True))
            await documents.issue(tx, asked, draft.id)
            made.append(f"cust_{of.id}")
        return made

    return await with_store(url, lambda store: store.write(make))


async def order(book: Book, customer: str, ordered: list[str], ends: asyncio.Event) -> None:
    """Orders statements, each until it is said that it is ordered."""
    async with book.client() as client:
        while not ends.is_set():
            asked = book.request("POST", f"/customers/{customer}/statement/send", {"type": "open_item"})
            answer = await book.persist(client, asked)
            assert answer.status == 202, answer.body
            ordered.append(answer.json["message_id"].removeprefix("msg_"))
            await asyncio.sleep(random.uniform(0, 0.2))


async def days(book: Book, kills: int, ends: asyncio.Event) -> None:
    """The sandbox's clock goes ahead, so that reminders are sent in the midst of it."""
    for _ in range(min(LATE, 2 * kills)):
        with suppress(TimeoutError):
            await asyncio.wait_for(ends.wait(), random.uniform(0.1, 0.5))
        if ends.is_set():
            return
        await move(book, 1)


async def move(book: Book, number: int) -> None:
    async with book.client() as client:
        asked = book.request("POST", f"/entities/{book.tenant.entity}/clock", {"days": number})
        answer = await book.persist(client, asked)
        assert answer.status == 200, answer.body


async def count(url: str, doubtful: Counter[str]) -> None:
    """What was in somebody's hands when it died may be sent a second time."""
    for (name,) in await rows(
        url, "SELECT message_id FROM message WHERE state = 'queued' AND leased_until IS NOT NULL"
    ):
        doubtful[name] += 1


async def settled(url: str) -> bool:
    waiting = await rows(url, "SELECT 1 FROM message WHERE state = 'queued' LIMIT 1")
    ((reminded,),) = await rows(url, "SELECT COUNT(*) FROM reminded")
    return not waiting and reminded >= 2 * LATE


async def compare(url: str, post: Post, ordered: list[str], doubtful: Counter[str]) -> int:
    """Whether what was ordered, what is kept and what the mail server has are the same."""
    kept = {id: (name, state, kind) for id, name, state, kind in await rows(
        url, "SELECT id, message_id, state, kind FROM message"
    )}  # fmt: skip
    assert {state for _, state, _ in kept.values()} == {"sent"}
    assert set(ordered) == {id for id, (_, _, kind) in kept.items() if kind == "statement"}
    taken = post.numbers()
    assert taken.keys() == {name for name, _, _ in kept.values()}
    copies = {name: number - 1 for name, number in taken.items() if number > 1}
    assert all(number <= doubtful[name] for name, number in copies.items()), copies
    told = await rows(url, "SELECT document_id, threshold, message_id FROM reminded")
    assert len({row[:2] for row in told}) == len(told) == 2 * LATE
    assert {row[2] for row in told} == {id for id, (_, _, kind) in kept.items() if kind == "reminder"}
    return sum(copies.values())
