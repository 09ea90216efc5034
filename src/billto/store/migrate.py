"""Each migration once, in order, in a transaction with its record; two processes at once do it once."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, cast

import apsw
import asyncpg

from billto.store.engine import POSTGRES, SQLITE, Engine
from billto.store.migrations import LATEST, MIGRATIONS, Migration
from billto.store.refold import refold_postgres, refold_sqlite
from billto.store.sqlite import connect

_RECORD = (
    "CREATE TABLE IF NOT EXISTS migration (number {INT} NOT NULL PRIMARY KEY, title {TEXT} NOT NULL,"
    " done_at {TEXT} NOT NULL)"
)
_AT = "SELECT COALESCE(max(number), 0) FROM migration"
_LOCK = 0x62696C6C746F  # "billto"; the name of an advisory lock

# What the processes of one installation share: cursors of one are read by another, and the addresses of
# statements, which need no key, stay the same.
SECRETS = {"cursors": 32, "statements": 32}


class TooNew(Exception):
    """The database has been migrated by a newer Billto than this one."""


def migrate_sqlite(path: Path) -> list[Migration]:
    """Brings the file, which is made if need be, to the newest schema; what was done is returned."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    is_new = not path.exists()
    connection = connect(path)
    if is_new:
        path.chmod(0o600)  # what is kept here is nobody else's business
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(_RECORD.format_map(SQLITE.types))
        ((at,),) = cast("list[tuple[int]]", connection.execute(_AT).fetchall())
        done = _due(at)
        for migration in done:
            for sql, values in _steps(SQLITE, migration):
                connection.execute(sql, values)
        for record in _to_fold(at, done):
            refold_sqlite(connection, record)
        connection.execute("COMMIT")
    except apsw.Error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    finally:
        connection.close()
    return done


async def migrate_postgres(url: str) -> list[Migration]:
    """Brings the database to the newest schema; what was done is returned."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        async with connection.transaction():
            await connection.execute(f"SELECT pg_advisory_xact_lock({_LOCK})")
            await connection.execute(_RECORD.format_map(POSTGRES.types))
            at = await connection.fetchval(_AT)
            done = _due(at)
            for migration in done:
                for sql, values in _steps(POSTGRES, migration):
                    await connection.execute(sql, *values)
            for record in _to_fold(at, done):
                await refold_postgres(connection, record)
        return done
    finally:
        await connection.close()


def _due(at: int) -> list[Migration]:
    if at > LATEST:
        raise TooNew(
            f"the database has schema {at}, this Billto knows schemas up to {LATEST}: install a newer one"
        )
    return [migration for migration in MIGRATIONS if migration.number > at]


def _to_fold(at: int, done: list[Migration]) -> set[type[NamedTuple]]:
    """The records whose search texts are out of date; in a new database there are none yet."""
    return {record for migration in done for record in migration.folded_anew} if at else set()


def _steps(engine: Engine, migration: Migration) -> Iterator[tuple[str, tuple[object, ...]]]:
    for sql in migration.statements(engine):
        yield sql, ()
    marks = ", ".join(map(engine.mark, (1, 2, 3)))
    record = (migration.number, migration.title, datetime.now(UTC).isoformat(timespec="seconds"))
    yield f"INSERT INTO migration (number, title, done_at) VALUES ({marks})", record
    for name, length in SECRETS.items():
        yield (
            f"INSERT INTO secret (name, value) VALUES ({engine.mark(1)}, {engine.mark(2)})"
            " ON CONFLICT DO NOTHING",
            (name, secrets.token_bytes(length)),
        )
