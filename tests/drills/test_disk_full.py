"""R5: without space writes are refused, reads go on, nothing breaks, and space is made use of at once."""

import asyncio
import os
import resource
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from billto import wiring
from billto.app import accounts, customers, entities
from billto.app.parts import Request
from billto.domain.ids import IdMaker
from billto.domain.problems import Refused
from billto.domain.scope import Scope
from billto.store.doctor import examine_sqlite
from billto.store.migrate import migrate_sqlite
from billto.store.sqlite import SqliteStore
from tests.drills.book import Book, Writer
from tests.drills.conftest import Tell
from tests.drills.databases import examine, prepared
from tests.drills.disk import Disk, recorded
from tests.drills.serving import Billto
from tests.drills.sizes import size
from tests.drills.waiting import until

WRITERS = 6
AGAIN_SECONDS_MAX = 10
REFUSALS = 20  # after which the disk counts as full
LITTLE_BYTES = 3_000_000
DISK_BYTES = 48_000_000


class Limit:
    """The server's files may not become longer: what anybody may do to a process of theirs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.before: dict[int, tuple[int, int]] = {}

    def fill(self, billto: Billto) -> None:
        longest = max(file.stat().st_size for file in self.folder.iterdir())
        for pid in billto.serving:
            self.before[pid] = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            limit = (longest + LITTLE_BYTES // 10, self.before[pid][1])
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limit)

    def free(self) -> None:
        for pid, limit in self.before.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limit)


class Ballast:
    """A file system that is full of something else."""

    def __init__(self, folder: Path) -> None:
        self.ballast = folder / "ballast"

    def fill(self, billto: Billto) -> None:
        found = os.statvfs(self.ballast.parent)
        with suppress(OSError):  # the clients may have been quicker: then it is full already
            self.ballast.write_bytes(bytes(max(0, found.f_bavail * found.f_frsize - LITTLE_BYTES)))

    def free(self) -> None:
        self.ballast.unlink()


@contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    """A file system of its own in a folder, where one may be made."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)]
    mounted = os.geteuid() == 0 and subprocess.run(command, capture_output=True).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", str(folder)], check=True)


def ways() -> list[str]:
    """The limit for everybody, and the full file system for those who may make one."""
    with tempfile.TemporaryDirectory() as folder, small_disk(Path(folder)) as may_mount:
        return ["limit", "full"] if may_mount else ["limit"]


@pytest.mark.parametrize("way", ways())
def test_without_space_reads_go_on_and_writes_wait(tmp_path: Path, way: str, tell: Tell) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    if way == "limit":
        asyncio.run(fill_up(tmp_path, folder, Limit(folder), tell))
        return
    with small_disk(folder):
        asyncio.run(fill_up(tmp_path, folder, Ballast(folder), tell))


async def fill_up(home: Path, folder: Path, space: Limit | Ballast, tell: Tell) -> None:
    billto = Billto(home, f"sqlite:///{folder / 'billto.sqlite'}")
    book, ends = Book(await prepared(billto.url), billto.port), asyncio.Event()
    async with billto:
        await billto.started()
        async with asyncio.TaskGroup() as group:
            for number in range(WRITERS):
                group.create_task(Writer(book, number).work(ends))
            for _ in range(size("full_disk_fills")):
                await until(_more(book, 200), 60, "written to")
                await asyncio.to_thread(space.fill, billto)
                await _while_full(book)
                space.free()
                await until(_more(book, 1), AGAIN_SECONDS_MAX, "stored again")
            ends.set()
        await book.compare()
        await billto.kill()
        await examine(billto.url)
        await billto.started()
        await book.compare()
        await book.replay()
    assert book.counts["cut"] == 0
    tell(
        fills=size("full_disk_fills"), answered_writes=len(book.answered), said_507=book.counts["507"],
        said_503=book.counts["503"], lost=0, broken=0,
    )  # fmt: skip


def _more(book: Book, many: int) -> Any:
    """Whether so many more writes have been answered since now."""
    before = len(book.answered)

    async def enough() -> bool:
        return len(book.answered) >= before + many

    return enough


async def _while_full(book: Book) -> None:
    before = book.counts["507"] + book.counts["503"]

    async def refused() -> bool:
        return book.counts["507"] + book.counts["503"] >= before + REFUSALS

    await until(refused, 60, "out of space")
    async with book.client() as client:
        id = next(iter(book.customers))
        for path in (f"/customers/{id}", "/customers?limit=50", "/customers?search=9", "/entities"):
            answer = await client.ask("GET", path)
            assert answer.status == 200, (path, answer)


def test_whichever_write_finds_no_space_nothing_is_half_stored(tmp_path: Path, tell: Tell) -> None:
    with recorded() as disk:
        asyncio.run(each_write(tmp_path / "billto.sqlite", disk, tell))


async def each_write(path: Path, disk: Disk, tell: Tell) -> None:
    migrate_sqlite(path)
    store = SqliteStore(path, wiring.clock, IdMaker())
    await store.open()
    store._writing.execute("PRAGMA wal_autocheckpoint = 100")  # so that the log gets none, and the file
    scope = await store.write(_make_tenant)
    stored: set[str] = set()
    in_log = in_file = 0
    for number in range(size("full_disk_writes")):
        disk.deeds.clear()
        disk.writes_left = number
        stored |= await _until_full(store, scope, number + 1)
        there = {id for (id,) in store.ask("SELECT id FROM customer", ())}
        if disk.found_full == disk.files[path.name]:
            # The commit was over, and SQLite about to bring the log into the file. It passes over faults of
            # that; apsw does not pass over an exception of a disk that is written in Python.
            in_file += 1
            assert len(there - stored) == 1
            stored = there
        in_log += 1
        assert there == stored
        disk.writes_left = None
        stored.add(await store.write(_make_customer(scope)))
    await store.close()
    assert [one for one in await examine_sqlite(path) if one.faults] == []
    tell(no_space_in_log=in_log - in_file, no_space_in_file=in_file, stored=len(stored), half_stored=0)


async def _until_full(store: SqliteStore, scope: Scope, most: int) -> set[str]:
    """The customers that were stored before there was no space."""
    stored: set[str] = set()
    try:
        for _ in range(most):
            stored.add(await store.write(_make_customer(scope)))
    except Refused as refused:
        if refused.problems[0].code == "out_of_space":
            return stored
        raise
    raise AssertionError("there was space for everything")


async def _make_tenant(tx: Any) -> Scope:
    account = await accounts.create(tx, "Drill")
    scope = Scope(account.id, "live", key_id="")
    entity = await entities.create(tx, Request(scope), {"name": "Drill d.o.o.", "country": "Slovenija"})
    return scope.about(entity.id)


def _make_customer(scope: Scope) -> Any:
    async def work(tx: Any) -> str:
        values = {"name": "Customer", "address": "a long address " * 20}
        return (await customers.create(tx, Request(scope), values)).id

    return work
