"""SQLite inside the process: quick reads on the event loop, one writer whose requests share an fsync."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import apsw

from billto.domain.folding import SEAM
from billto.domain.problems import Problem, Refused
from billto.domain.query import Query
from billto.domain.scope import Scope
from billto.store import statements
from billto.store.bulk import INDEX, UNINDEX, Indexing, SqliteBulk
from billto.store.engine import SQLITE
from billto.store.layout import LAYOUTS
from billto.store.trigrams import look
from billto.store.turns import Turns
from billto.store.tx import Reader, Tx

T = TypeVar("T")
Work = Callable[[Tx], Coroutine[Any, Any, T]]

Outcome = tuple[Any, BaseException | None]  # what a work returned, or what it raised

# How many requests share one fsync at most: what they take on the loop is what a read may have to wait.
BATCH_MAX = 128
QUEUE_MAX = 2_000
READERS = 4
BUSY_SECONDS = 5
_STEPS_BETWEEN_LOOKS = 20_000  # of SQLite's machine, a few milliseconds

# WAL with FULL: a commit is on the disk before it is answered, also when the power goes.
_PRAGMAS = (
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA fullfsync = ON",
    "PRAGMA checkpoint_fullfsync = ON",
    "PRAGMA wal_autocheckpoint = 4000",
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -65536",
)


def connect(path: Path, *, vfs: str | None = None) -> apsw.Connection:
    """A connection as Billto needs it."""
    connection = apsw.Connection(str(path), vfs=vfs)
    connection.set_busy_timeout(BUSY_SECONDS * 1000)
    _switch_to_wal(connection)
    for pragma in _PRAGMAS:
        connection.execute(pragma).fetchall()
    connection.create_scalar_function("slot", _slot, 2, deterministic=True)
    return connection


def _switch_to_wal(connection: apsw.Connection) -> None:
    """Does nothing to a file that was switched before.

    Two that switch a new file at once hold what the other needs. SQLite tells one of them so without waiting,
    whatever its busy timeout says.
    """
    end = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").fetchall()
            return
        except apsw.BusyError:
            if time.monotonic() > end:
                raise
            time.sleep(0.01)


def _slot(*of: Any) -> str:
    search, number = of
    return str(search.split(SEAM, number + 2)[number + 1])


class _Spoilt(Exception):
    """A work of a batch failed half way: the batch is done again, each work behind a savepoint."""


class SqliteStore:
    """The store in one file. `write` answers when what was written is on the disk."""

    engine = SQLITE

    def __init__(
        self,
        path: Path,
        clock: Callable[[], datetime],
        new_id: Callable[[datetime], str],
        *,
        seconds_max: float = 5,
    ) -> None:
        self._path = path
        self._clock = clock
        self._new_id = new_id
        self._seconds_max = seconds_max
        self._threads = ThreadPoolExecutor(READERS, "billto-read")
        self._turns = Turns(READERS // 2, seconds_max)
        self._of_thread = threading.local()
        self._commit_thread = ThreadPoolExecutor(1, "billto-commit")
        self._queue: deque[tuple[Work[Any], asyncio.Future[Any]]] = deque()
        self._to_index: list[Indexing] = []  # by the works of this batch
        self._waiting = asyncio.Event()
        self._closing = False
        self.reader = SqliteReader(self)

    async def open(self) -> None:
        self._reading = connect(self._path)
        self._writing = self._connected_to_write()
        self._writer = asyncio.create_task(self._write_forever(), name="writer")

    async def close(self) -> None:
        """What was taken on is finished first; nothing more is taken on."""
        self._closing = True
        self._waiting.set()
        await asyncio.wait([self._writer])
        self._commit_thread.shutdown()
        self._threads.shutdown()
        self._writing.close()
        self._reading.close()

    def _connected_to_write(self) -> apsw.Connection:
        connection = connect(self._path)
        # On the loop nobody waits for a lock: a busy database is waited for in the commit thread.
        connection.set_busy_timeout(0)
        return connection

    async def ready(self) -> int:
        """The schema's version, as proof that the database answers."""
        return int(self.ask("SELECT max(number) FROM migration", ())[0][0])

    async def write(self, work: Work[T]) -> T:
        """What the work returns, once everything it wrote is on the disk."""
        if self._closing:
            raise Refused(Problem("unavailable"), retry_seconds=1)
        if len(self._queue) >= QUEUE_MAX:
            raise Refused(Problem("busy"), retry_seconds=1)
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._queue.append((work, done))
        self._waiting.set()
        return await done

    def ask(self, sql: str, values: Sequence[Any]) -> list[Any]:
        """On the loop: only for what an index answers at once."""
        try:
            return self._reading.execute(sql, values).fetchall()
        except apsw.Error as fault:
            raise refused(fault) from fault

    async def ask_beside(self, tenant: str, work: Callable[[apsw.Connection], T]) -> T:
        """In a thread, in the tenant's turn, and not for ever: what may have to look at many rows."""
        async with self._turns.turn(tenant) as end:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, self._bounded, work, end)

    def _bounded(self, work: Callable[[apsw.Connection], T], end: float) -> T:
        try:
            connection: apsw.Connection | None = getattr(self._of_thread, "connection", None)
            if connection is None:
                connection = self._of_thread.connection = connect(self._path)
            if time.monotonic() > end:  # it has waited for a thread until now
                raise Refused(Problem("busy"), retry_seconds=1)
            connection.set_progress_handler(lambda: time.monotonic() > end, _STEPS_BETWEEN_LOOKS)
            return work(connection)
        except apsw.InterruptError:
            raise Refused(Problem("too_slow", detail=f"{self._seconds_max:g}")) from None
        except apsw.Error as fault:
            raise refused(fault) from fault

    async def _write_forever(self) -> None:
        loop = asyncio.get_running_loop()
        while not self._closing:
            await self._waiting.wait()
            self._waiting.clear()
            while self._queue:
                batch = [self._queue.popleft() for _ in range(min(len(self._queue), BATCH_MAX))]
                await self._write_batch(loop, [(work, done) for work, done in batch if not done.done()])

    async def _write_batch(
        self, loop: asyncio.AbstractEventLoop, batch: list[tuple[Work[Any], asyncio.Future[Any]]]
    ) -> None:
        """One transaction for all of them, one fsync, then all the answers."""
        # Until COMMIT has come back nothing counts as stored, also when this task is cancelled meanwhile.
        unknown = Refused(Problem("unavailable"), retry_seconds=1)
        answers: list[tuple[asyncio.Future[Any], Any, BaseException | None]]
        answers = [(done, None, unknown) for _, done in batch]
        try:
            await self._begin(loop)
            try:
                stored = [(done, *await self._in_turn(work)) for work, done in batch]
            except _Spoilt:
                self._writing.execute("ROLLBACK")
                await self._begin(loop)
                stored = [(done, *await self._in_turn(work, apart=True)) for work, done in batch]
            await loop.run_in_executor(self._commit_thread, self._commit)
            answers = stored
        except Exception as fault:
            refusal = refused(fault)
            answers = [(done, None, refusal) for _, done in batch]
            self._undo()
        finally:
            for done, value, error in answers:
                if done.done():
                    continue
                if error is None:
                    done.set_result(value)
                else:
                    done.set_exception(error)

    async def _in_turn(self, work: Work[Any], *, apart: bool = False) -> Outcome:
        """One of a batch, after whatever else the loop has to do: a long batch must not hold up reads."""
        await asyncio.sleep(0)
        return self._saved(work) if apart else self._ran(work)

    async def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        self._to_index.clear()
        try:
            self._writing.execute("BEGIN IMMEDIATE")
        except apsw.ConnectionClosedError:  # given up by _undo
            self._writing = self._connected_to_write()
            await loop.run_in_executor(self._commit_thread, self._begin_patiently)
        except apsw.BusyError:  # another process writes
            await loop.run_in_executor(self._commit_thread, self._begin_patiently)

    def _commit(self) -> None:
        """The search index of all works at once: among other statements FTS5 would write it out each time."""
        for sql, values in self._to_index:
            self._writing.execute(sql, values)
        self._writing.execute("COMMIT")

    def _begin_patiently(self) -> None:
        self._writing.set_busy_timeout(BUSY_SECONDS * 1000)
        try:
            self._writing.execute("BEGIN IMMEDIATE")
        finally:
            self._writing.set_busy_timeout(0)

    def _ran(self, work: Work[Any]) -> Outcome:
        """What the work returns or raises; raises _Spoilt if it wrote something and then raised.

        Almost everything that is refused is refused before it writes, and a savepoint has its price: it keeps
        a copy of each page that is touched after it.
        """
        before = self._writing.total_changes()
        try:
            return self._finished(work), None
        except Exception as error:
            if not self._writing.in_transaction or isinstance(error, apsw.FullError | apsw.IOError):
                raise
            if self._writing.total_changes() != before:
                raise _Spoilt from error
            return None, refused(error)

    def _saved(self, work: Work[Any]) -> Outcome:
        """What the work returns or raises; if it raises, nothing of it stays."""
        self._writing.execute("SAVEPOINT one")
        try:
            value = self._finished(work)
        except Exception as error:
            if not self._writing.in_transaction:
                raise  # SQLite has undone all of the batch (a full disk, a broken one)
            self._writing.execute("ROLLBACK TO one")
            self._writing.execute("RELEASE one")
            if isinstance(error, apsw.FullError | apsw.IOError):
                raise
            return None, refused(error)
        self._writing.execute("RELEASE one")
        return value, None

    def _finished(self, work: Work[T]) -> T:
        tx = SqliteTx(self._writing, self._clock(), self._new_id, self.reader.secrets)
        value = finished(work(tx))
        self._to_index += tx.to_index
        return value

    def _undo(self) -> None:
        try:
            if self._writing.in_transaction:
                self._writing.execute("ROLLBACK")
        except apsw.Error:
            # A connection that cannot even undo is of no use; what is on the disk is whole, so the next
            # batch begins with another.
            self._writing.close(force=True)


def finished(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that never waits, as everything over SQLite's connection does not."""
    try:
        work.send(None)
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return]
    work.close()
    raise RuntimeError("work inside a transaction waited for something else")


def refused(fault: BaseException) -> BaseException:
    """What a fault of the database means to whoever asked."""
    match fault:
        case apsw.FullError():
            return Refused(Problem("out_of_space"), retry_seconds=10)
        case apsw.BusyError() | apsw.LockedError():
            return Refused(Problem("busy"), retry_seconds=1)
        case apsw.IOError() | apsw.CantOpenError() | apsw.ConnectionClosedError():
            return Refused(Problem("unavailable"), retry_seconds=5)
        case apsw.ConstraintError() if "UNIQUE" in str(fault):
            return Refused(Problem("taken", (str(fault).rpartition(".")[2],)))
        case apsw.ConstraintError() if "FOREIGN KEY" in str(fault):
            return Refused(Problem("in_use", detail="documents"))
        case _:
            return fault


class SqliteReader(Reader):
    """Reads what is committed."""

    engine = SQLITE

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self.secrets = {}

    async def rows(self, sql: str, values: Sequence[Any]) -> Sequence[Any]:
        return self._store.ask(sql, values)

    async def many_rows(self, scope: Scope, sql: str, values: Sequence[Any]) -> Sequence[Any]:
        return await self._store.ask_beside(
            scope.entity, lambda beside: beside.execute(sql, values).fetchall()
        )

    async def _page_rows(
        self, record: type[NamedTuple], whose: dict[str, str], query: Query
    ) -> Sequence[Any]:
        if statements.is_quick(record, query):
            return self._store.ask(*statements.page(SQLITE, record, whose, query))
        return await self._store.ask_beside(
            statements.tenant(whose), lambda beside: look(beside, record, whose, query, statements.page)
        )

    async def _count(self, record: type[NamedTuple], whose: dict[str, str], query: Query) -> int:
        rows = await self._store.ask_beside(
            statements.tenant(whose), lambda beside: look(beside, record, whose, query, statements.count)
        )
        return int(rows[0][0])


class SqliteTx(SqliteBulk):
    """A transaction of the writer; none of its coroutines ever waits."""

    def __init__(
        self,
        connection: apsw.Connection,
        now: datetime,
        new_id: Callable[[datetime], str],
        secrets: dict[str, bytes],
    ) -> None:
        super().__init__(SQLITE, now, new_id, secrets)
        self._connection = connection
        self.to_index = []

    async def rows(self, sql: str, values: Sequence[Any]) -> Sequence[Any]:
        return self._connection.execute(sql, values).fetchall()

    async def _insert_allotted(self, record: NamedTuple, values: dict[str, Any]) -> int:
        layout = LAYOUTS[type(record)]
        del values["serial"]
        if layout.counted:
            values["serial"] = await self.counted_in((record,))
        sql = statements.insert(SQLITE, layout.table, tuple(values), "serial")
        ((serial,),) = await self.rows(sql, list(values.values()))
        if layout.indexed:
            self.to_index.append((INDEX, [serial, values["search"]]))
        return int(serial)

    async def _reindex(self, record: Any, search: str | None) -> None:
        self.to_index.append((UNINDEX, [record.serial]))
        if search is not None:
            self.to_index.append((INDEX, [record.serial, search]))

    async def _recount(self, record: Any, live: int, trashed: int) -> None:
        await self.rows(_COUNT, [live, trashed, record.entity_id])


_COUNT = "UPDATE tally SET live = live + ?, trashed = trashed + ? WHERE entity_id = ? AND shard = 0"
