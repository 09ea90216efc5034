"""SQLite's one writer: many requests share an fsync, and none is answered before it."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import apsw
import pytest

from billto.domain.customer import Customer
from billto.domain.problems import Refused
from billto.store import sqlite
from tests.store.stores import Stage, code, listed, made, on_sqlite, stored

pytestmark = on_sqlite


class Commits:
    """Counts what SQLite commits, and can hold a commit up or make it fail."""

    def __init__(self) -> None:
        self.count = 0
        self.fails = False
        self.begun = threading.Event()
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def __call__(self) -> bool:
        self.count += 1
        self.begun.set()
        self.may_go_on.wait(10)
        return self.fails


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> Iterator[Commits]:
    """Watches every connection that is opened after it was asked for."""
    watch, connect = Commits(), sqlite.connect

    def watched(*args: Any, **options: Any) -> apsw.Connection:
        connection = connect(*args, **options)
        connection.set_commit_hook(watch)
        return connection

    monkeypatch.setattr(sqlite, "connect", watched)
    yield watch
    watch.may_go_on.set()


def test_concurrent_writers_share_a_commit(commits: Commits, stage: Stage) -> None:
    async def story() -> None:
        await asyncio.gather(*(stored(stage.store, stage.cast.live) for _ in range(200)))

    before = commits.count
    stage.run(story())
    assert len(stage.run(listed(stage.store, stage.cast.live))) == 200
    assert commits.count - before <= 10


def test_nobody_is_answered_before_the_commit(commits: Commits, stage: Stage) -> None:
    async def story() -> None:
        commits.begun.clear()
        commits.may_go_on.clear()
        writing = asyncio.create_task(stored(stage.store, stage.cast.live))
        await asyncio.to_thread(commits.begun.wait, 10)
        assert await listed(stage.store, stage.cast.live) == []  # readers go on meanwhile
        assert not writing.done()
        commits.may_go_on.set()
        assert await listed(stage.store, stage.cast.live) in ([], [await writing])
        assert await listed(stage.store, stage.cast.live) == [await writing]

    stage.run(story())


def test_a_batch_whose_commit_fails_is_not_there_and_not_answered(commits: Commits, stage: Stage) -> None:
    async def story() -> list[Any]:
        commits.fails = True
        works = (stored(stage.store, stage.cast.live) for _ in range(5))
        outcomes = await asyncio.gather(*works, return_exceptions=True)
        commits.fails = False
        return outcomes

    assert all(isinstance(one, apsw.ConstraintError) for one in stage.run(story()))
    assert stage.run(listed(stage.store, stage.cast.live)) == []
    after = stage.run(stored(stage.store, stage.cast.live))
    assert stage.run(listed(stage.store, stage.cast.live)) == [after]


def test_a_write_whose_commit_nobody_saw_end_is_not_answered_as_stored(
    commits: Commits, stage: Stage
) -> None:
    """The writer is cancelled in the middle of a commit, as it is when the event loop is torn down."""

    async def story() -> BaseException | None:
        commits.begun.clear()
        commits.may_go_on.clear()
        writing = asyncio.create_task(stored(store, stage.cast.live))
        await asyncio.to_thread(commits.begun.wait, 10)
        for task in asyncio.all_tasks():
            if task.get_name() == "writer":
                task.cancel()
        await asyncio.wait([writing])
        commits.may_go_on.set()
        return writing.exception()

    store = made(stage.url)
    stage.run(store.open())
    refused = stage.run(story())
    stage.run(store.close())
    assert isinstance(refused, Refused)
    assert code(refused) == "unavailable"


class Broken(apsw.Connection):
    """A connection to a disk that can break."""

    disk_is_broken = False

    def execute(self, statements: str, *args: Any, **options: Any) -> apsw.Cursor:
        if Broken.disk_is_broken and statements in ("COMMIT", "ROLLBACK"):
            raise apsw.IOError("disk I/O error")
        return super().execute(statements, *args, **options)


@pytest.fixture
def breakable(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Broken]]:
    monkeypatch.setattr(apsw, "Connection", Broken)
    yield Broken
    Broken.disk_is_broken = False


def test_the_writer_goes_on_after_a_connection_that_cannot_even_undo(
    breakable: type[Broken], stage: Stage
) -> None:
    async def story() -> list[Any]:
        breakable.disk_is_broken = True
        works = (stored(stage.store, stage.cast.live) for _ in range(5))
        outcomes = await asyncio.gather(*works, return_exceptions=True)
        breakable.disk_is_broken = False
        return outcomes

    outcomes = stage.run(story())
    assert [code(one) for one in outcomes] == ["unavailable"] * 5
    assert stage.run(listed(stage.store, stage.cast.live)) == []
    after = stage.run(stored(stage.store, stage.cast.live))
    assert stage.run(listed(stage.store, stage.cast.live)) == [after]


def test_more_than_can_wait_are_refused_at_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "QUEUE_MAX", 10)

    async def story() -> list[Any]:
        works = (stored(stage.store, stage.cast.live) for _ in range(30))
        return await asyncio.gather(*works, return_exceptions=True)

    outcomes = stage.run(story())
    there = [one for one in outcomes if isinstance(one, Customer)]
    assert {code(one) for one in outcomes if one not in there} == {"busy"}
    assert stage.run(listed(stage.store, stage.cast.live)) == sorted(there)
    assert len(there) >= 10


def test_a_store_that_closes_finishes_what_it_was_asked_and_takes_on_nothing_more(stage: Stage) -> None:
    async def story() -> list[Any]:
        store = made(stage.url)
        await store.open()
        works = [asyncio.create_task(stored(store, stage.cast.live)) for _ in range(300)]
        await asyncio.sleep(0)
        await store.close()
        with pytest.raises(Refused) as refused:
            await stored(store, stage.cast.live)
        assert code(refused.value) == "unavailable"
        return await asyncio.gather(*works)

    there = stage.run(story())
    assert stage.run(listed(stage.store, stage.cast.live)) == sorted(there)
