"""PostgreSQL over asyncpg: short transactions, faults told apart."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, NamedTuple, TypeVar, cast

import asyncpg

from billto.domain.answer import Answer
from billto.domain.problems import Problem, Refused
from billto.domain.query import Query
from billto.store import statements
from billto.store.bulk import PostgresBulk
from billto.store.engine import POSTGRES
from billto.store.layout import LAYOUTS
from billto.store.pool import Pool
from billto.store.sums import AT_ONCE
from billto.store.turns import Turns
from billto.store.tx import Reader, Tx, counts, loader

log = logging.getLogger("billto")

T = TypeVar("T")
Work = Callable[[Tx], Coroutine[Any, Any, T]]

CONNECT_SECONDS = 5
# Longer than any statement may take: only a server that hangs makes a client wait so long.
COMMAND_SECONDS_MORE = 5
TRIES = 4


class PostgresStore:
    """The store on a PostgreSQL server."""

    engine = POSTGRES

    def __init__(
        self,
        url: str,
        clock: Callable[[], datetime],
        new_id: Callable[[datetime], str],
        *,
        seconds_max: float = 5,
        connections_max: int = 10,
    ) -> None:
        self._url = url
        self._clock = clock
        self._new_id = new_id
        self._seconds_max = seconds_max
        # Questions with conditions have connections of their own, which plan each of them for its values: a
        # plan for any values reads the whole tenant beside the trigram index. By id planning would only cost.
        beside = max(1, connections_max // 3)
        main = connections_max - beside
        self.pool = Pool(self._connected, most=max(1, main), seconds_max=CONNECT_SECONDS)
        self.beside = Pool(
            lambda: self._connected("force_custom_plan"), most=beside, seconds_max=CONNECT_SECONDS
        )
        self.turns = Turns(max(1, beside - 1), seconds_max)
        self._cause = ""  # why the database could not be used last
        self.reader = PostgresReader(self)

    async def open(self) -> None:
        """Opens what can be opened; a server that is away now is tried again with each request."""

    async def close(self) -> None:
        await self.pool.close()
        await self.beside.close()

    async def ready(self) -> int:
        """The schema's version, as proof that the database answers."""
        async with self.connection() as connection:
            return int(await connection.fetchval("SELECT max(number) FROM migration"))

    async def write(self, work: Work[T]) -> T:
        """What the work returns, once all it wrote is committed. It may be run again from the start."""
        for left in reversed(range(TRIES)):
            try:
                async with self.connection() as connection:
                    return await self._transaction(connection, work)
            except _Again as again:
                if again.refusal is not None and left < TRIES - 1:
                    raise again.refusal from None
                if not left:
                    raise Refused(Problem("busy"), retry_seconds=1) from None
                await asyncio.sleep(random.uniform(0, 0.02) * (TRIES - left))  # noqa: S311
        raise AssertionError

    async def _transaction(self, connection: Any, work: Work[T]) -> T:
        await connection.execute("BEGIN")
        try:
            tx = PostgresTx(connection, self._clock(), self._new_id, self.reader.secrets)
            value = await work(tx)
            await tx.flush()
        except Exception as fault:
            # Who has not answered in time would not answer this in time either; the pool ends the connection.
            if not (connection.is_closed() or isinstance(fault, TimeoutError)):
                await connection.execute("ROLLBACK")
            raise
        await connection.execute("COMMIT")
        return value

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Any]:
        """A connection; every fault of the database becomes what it means to whoever asked."""
        try:
            connection = await self.pool.take()
            try:
                yield connection
            except BaseException as fault:
                self.pool.give(connection, fault)
                raise
            self.pool.give(connection)
        except FAULTS as fault:
            raise self.meant(fault) from fault

    async def _connected(self, plans: str = "auto") -> Any:
        connection = await asyncpg.connect(
            self._url,
            timeout=CONNECT_SECONDS,
            command_timeout=self._seconds_max + COMMAND_SECONDS_MORE,
            server_settings={
                "application_name": "billto",
                "statement_timeout": str(round(self._seconds_max * 1000)),
                "lock_timeout": str(round(self._seconds_max * 1000)),
                "idle_in_transaction_session_timeout": "15000",
                "default_transaction_isolation": "read committed",
                "jit": "off",
                "plan_cache_mode": plans,
                "timezone": "UTC",
            },
        )
        if self._cause not in ("", _UNMIGRATED):
            log.info("the database can be reached again")
            self._cause = ""
        return connection

    def _tell(self, cause: str) -> None:
        """Says in the log why the database cannot be used: once, and not with every request."""
        if cause != self._cause:
            self._cause = cause
            log.warning("the database cannot be used: %s", cause)

    def meant(self, fault: BaseException) -> BaseException:
        match fault:
            case asyncpg.SerializationError() | asyncpg.DeadlockDetectedError():
                return _Again()
            case asyncpg.UniqueViolationError() if fault.table_name == "answer":
                # The same request came at once through another process; its answer is there now.
                return _Again()
            case asyncpg.UniqueViolationError():
                return Refused(Problem("taken", (str(fault.constraint_name).partition("_unique_")[2],)))
            case asyncpg.ForeignKeyViolationError():
                # A customer that was there a moment ago may be part of another now.
                return _Again(Refused(Problem("in_use", detail="documents")))
            case asyncpg.QueryCanceledError() | asyncpg.LockNotAvailableError():
                return Refused(Problem("too_slow", detail=f"{self._seconds_max:g}"))
            case asyncpg.UndefinedTableError() | asyncpg.UndefinedColumnError():
                self._tell(_UNMIGRATED)
                return Refused(Problem("no_schema"), retry_seconds=10)
            case asyncpg.DiskFullError():
                return Refused(Problem("out_of_space"), retry_seconds=10)
            case asyncpg.DataError():
                return cast(BaseException, fault)  # a value that no column takes is a fault of ours
            case asyncpg.PostgresError() if not isinstance(fault, _AWAY):
                return cast(BaseException, fault)
            case _:
                self._tell((str(fault).splitlines() or [type(fault).__name__])[0])
                return Refused(Problem("unavailable"), retry_seconds=2)


_UNMIGRATED = "it has no schema yet, run billto migrate"


# Counts are kept in several rows of an entity, so that PostgreSQL's writers do not wait for each other.
SHARDS = 16


class _Again(Exception):
    """The transaction lost against another one and may be tried again; where it may have been no other, it
    is refused the second time."""

    def __init__(self, refusal: Refused | None = None) -> None:
        super().__init__()
        self.refusal = refusal


_AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,  # a replica: the primary is elsewhere now
    asyncpg.InsufficientResourcesError,
    asyncpg.InvalidAuthorizationSpecificationError,  # also a password that was changed
    asyncpg.InvalidCatalogNameError,  # a database that is being restored
    asyncpg.InsufficientPrivilegeError,
    asyncpg.ObjectInUseError,
    asyncpg.PostgresSystemError,
)
FAULTS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError)


class PostgresReader(Reader):
    """Reads what is committed; each question is one statement on a connection of the pool."""

    engine = POSTGRES

    def __init__(self, store: PostgresStore) -> None:
        self._store = store
        self.secrets = {}

    async def rows(self, sql: str, values: Sequence[Any]) -> Sequence[Any]:
        return await self._asked(self._store.pool, sql, values)

    async def _asked(self, pool: Pool, sql: str, values: Sequence[Any]) -> Sequence[Any]:
        try:
            return await self._fetch(pool, sql, values)
        except Refused as refused:
            if refused.problems[0].code != "unavailable" or isinstance(refused.__cause__, TimeoutError):
                raise
            # A connection that died while it lay in the pool says nothing about the next one.
            return await self._fetch(pool, sql, values)

    async def _page_rows(
        self, record: type[NamedTuple], whose: dict[str, str], query: Query
    ) -> Sequence[Any]:
        if statements.is_quick(record, query):
            return await super()._page_rows(record, whose, query)
        return await self._asked_beside(whose, statements.page(POSTGRES, record, whose, query))

    async def _count(self, record: type[NamedTuple], whose: dict[str, str], query: Query) -> int:
        rows = await self._asked_beside(whose, statements.count(POSTGRES, record, whose, query))
        return int(rows[0][0])

    async def _asked_beside(self, whose: dict[str, str], asked: statements.Statement) -> Sequence[Any]:
        async with self._store.turns.turn(statements.tenant(whose)):
            return await self._asked(self._store.beside, *asked)

    async def _fetch(self, pool: Pool, sql: str, values: Sequence[Any]) -> Sequence[Any]:
        # As `connection` does, written out because every read runs it.
        try:
            connection = await pool.take()
            try:
                rows: Sequence[Any] = await connection.fetch(sql, *values)
            except BaseException as fault:
                pool.give(connection, fault)
                raise
            pool.give(connection)
            return rows
        except FAULTS as fault:
            raise self._store.meant(fault) from fault


class PostgresTx(PostgresBulk):
    """A transaction. What only has to be there at its end is sent in one statement at its end."""

    def __init__(
        self,
        connection: Any,
        now: datetime,
        new_id: Callable[[datetime], str],
        secrets: dict[str, bytes],
    ) -> None:
        super().__init__(POSTGRES, now, new_id, secrets)
        self._connection = connection
        self._late: list[tuple[str, dict[str, Any]]] = []
        self._alone: set[str] = set()  # the names with which it is alone already

    async def rows(self, sql: str, values: Sequence[Any]) -> Sequence[Any]:
        return await self._connection.fetch(sql, *values)  # type: ignore[no-any-return]

    async def flush(self) -> None:
        late, self._late = self._late, []
        for start in range(0, len(late), AT_ONCE):
            parts: list[str] = []
            held: list[Any] = []
            for at, (table, values) in enumerate(late[start : start + AT_ONCE]):
                marks = ", ".join(f"${len(held) + number}" for number in range(1, len(values) + 1))
                parts.append(f"i{at} AS (INSERT INTO {table} ({', '.join(values)}) VALUES ({marks}))")
                held += values.values()
            await self.rows(f"WITH {', '.join(parts)} SELECT 1", held)

    async def claimed(self, tenant_id: str, request_id: str) -> Answer | None:
        rows = await self.rows(_CLAIM, [f"{tenant_id}/{request_id}", tenant_id, request_id])
        if rows[0]["tenant_id"] is not None:
            kept: Answer = loader(POSTGRES, Answer)(rows[0])  # also while somebody else is being given it
            return kept
        if not rows[0]["claimed"]:
            raise Refused(Problem("key_in_flight"), retry_seconds=1)
        return None

    async def alone(self, entity_id: str, name: str, *, shared: bool = False) -> None:
        if (lock := f"{entity_id}/{name}") not in self._alone:
            function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
            await self.rows(f"SELECT {function}(hashtextextended($1, 1))", [lock])
            self._alone.add(lock)

    async def _append(self, table: str, values: dict[str, Any]) -> None:
        self._late.append((table, values))

    async def _insert_allotted(self, record: NamedTuple, values: dict[str, Any]) -> int:
        layout = LAYOUTS[type(record)]
        del values["serial"]
        sql = statements.insert(POSTGRES, layout.table, tuple(values), "serial")
        held = list(values.values())
        if layout.counted:
            marks = [f"${len(held) + at}" for at in range(1, 5)]
            sql = f"WITH counted AS ({_COUNT.format(*marks)}) {sql}"
            held += [values["entity_id"], random.randrange(SHARDS), *counts(record)]  # noqa: S311
        rows = await self.rows(sql, held)
        return int(rows[0][0])

    async def _recount(self, record: Any, live: int, trashed: int) -> None:
        shard = random.randrange(SHARDS)  # noqa: S311 (which row is no secret)
        await self.rows(_COUNT.format("$1", "$2", "$3", "$4"), [record.entity_id, shard, live, trashed])


# A single row of an entity may count below nothing; only their sum is a number of customers.
_COUNT = (
    "INSERT INTO tally (entity_id, shard, live, trashed, last_serial) VALUES ({}, {}, {}, {}, 0)"
    " ON CONFLICT (entity_id, shard) DO UPDATE"
    " SET live = tally.live + EXCLUDED.live, trashed = tally.trashed + EXCLUDED.trashed"
)
# The lock is asked for before the answer is looked for, in one statement; should the other request have
# ended just in between, its answer's unique key makes this transaction start again and find it.
_CLAIM = (
    f"SELECT answer.{', answer.'.join(Answer._fields)}, claimed"
    " FROM (SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS claimed) AS lock"
    " LEFT JOIN answer ON tenant_id = $2 AND answer.request_id = $3"
)
