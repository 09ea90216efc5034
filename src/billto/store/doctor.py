"""What must be true of every database of ours, asked of a real one.

Each invariant is a question for its counterexamples.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, NamedTuple

import apsw
import asyncpg

from billto.domain.attrs import catalogue, searched_map
from billto.domain.entity import Entity
from billto.store import doctor_ledger
from billto.store.engine import POSTGRES, SQLITE, Engine, read_json
from billto.store.layout import LAYOUTS, columns, kept_beside
from billto.store.migrations import LATEST
from billto.store.sqlite import connect
from billto.store.tx import loader

# How many counterexamples are shown of each.
FAULTS_MAX = 10
_CHUNK = 1_000

Ask = Callable[[str, list[Any]], Awaitable[Any]]


class Finding(NamedTuple):
    """An invariant and what breaks it; nothing does in a sound database."""

    invariant: str
    faults: tuple[str, ...]


class Invariant(NamedTuple):
    """A sentence that must be true, and a statement whose rows are its counterexamples."""

    sentence: str
    sql: str
    only: str = ""  # the engine that it is about


_REAL_COUNTS = (
    "(SELECT entity_id, SUM(CASE WHEN deleted_at IS NULL THEN 1 ELSE 0 END) AS live,"
    " SUM(CASE WHEN deleted_at IS NULL THEN 0 ELSE 1 END) AS trashed"
    " FROM customer GROUP BY entity_id) AS real"
)
_KEPT_COUNTS = (
    "(SELECT entity_id, SUM(live) AS live, SUM(trashed) AS trashed FROM tally GROUP BY entity_id) AS kept"
)

INVARIANTS = (
    Invariant(
        "the file is whole", "SELECT * FROM pragma_integrity_check WHERE integrity_check <> 'ok'", "sqlite"
    ),
    Invariant("references lead somewhere", "SELECT * FROM pragma_foreign_key_check", "sqlite"),
    Invariant(
        "every customer belongs to an entity",
        "SELECT c.id FROM customer c LEFT JOIN entity e ON e.id = c.entity_id WHERE e.id IS NULL",
    ),
    Invariant(
        "customers are counted rightly",
        f"SELECT kept.entity_id FROM {_KEPT_COUNTS}"
        f" LEFT JOIN {_REAL_COUNTS} ON real.entity_id = kept.entity_id"
        " WHERE kept.live <> COALESCE(real.live, 0) OR kept.trashed <> COALESCE(real.trashed, 0)",
    ),
    Invariant(
        "every entity with customers is counted",
        f"SELECT real.entity_id FROM {_REAL_COUNTS}"
        " WHERE real.entity_id NOT IN (SELECT entity_id FROM tally)",
    ),
    Invariant(
        "keys belong to an account, and to an entity of it",
        "SELECT k.id FROM key k"
        " LEFT JOIN account a ON a.id = k.account_id LEFT JOIN entity e ON e.id = k.entity_id"
        " WHERE a.id IS NULL OR (k.entity_id IS NOT NULL"
        " AND (e.id IS NULL OR e.account_id <> k.account_id OR e.environment <> k.environment))",
    ),
    Invariant("times do not run backwards", "SELECT id FROM customer WHERE updated_at < created_at"),
    Invariant("versions begin with one", "SELECT id FROM customer WHERE version < 1"),
    Invariant(
        "what happened to every customer is written down",
        "SELECT c.id FROM customer c WHERE NOT EXISTS"
        " (SELECT 1 FROM event e WHERE e.entity_id = c.entity_id AND e.subject_id = c.id)",
    ),
    Invariant(
        "a customer's number lies in its entity's range",
        "SELECT c.id FROM customer c JOIN entity e ON e.id = c.entity_id WHERE c.serial >> 32 <> e.serial",
        "sqlite",
    ),
    Invariant(
        "the search index has every customer",
        "SELECT serial FROM customer EXCEPT SELECT rowid FROM customer_search",
        "sqlite",
    ),
    Invariant(
        "the search index has nothing else",
        "SELECT rowid FROM customer_search EXCEPT SELECT serial FROM customer",
        "sqlite",
    ),
    Invariant(
        "a message that was sent says when, and no other does",
        "SELECT id FROM message WHERE (state = 'sent') <> (sent_at IS NOT NULL)",
    ),
    Invariant(
        "a message waits for a moment as long as it waits",
        "SELECT id FROM message WHERE (state = 'queued') <> (next_at IS NOT NULL)"
        " OR (state <> 'queued' AND leased_until IS NOT NULL)",
    ),
    Invariant(
        "a message has somebody to go to and its own name",
        "SELECT id FROM message WHERE message_id IS NULL OR CAST(recipients AS TEXT) = '[]'",
    ),
    Invariant(
        "a step that was taken has sent something, made a task, or was passed over",
        "SELECT id FROM chase_fired WHERE (state = 'passed_over')"
        " <> (message_id IS NULL AND task_id IS NULL) OR (state = 'failed') <> (reason IS NOT NULL)",
    ),
    Invariant(
        "who has paid everything is at the beginning of its cadence",
        "SELECT id FROM customer WHERE is_chase_finished AND NOT owes",
    ),
    *(Invariant(sentence, sql) for sentence, sql in doctor_ledger.RULES),
)


def examine_sqlite(path: Path) -> Awaitable[list[Finding]]:
    """Raises FileNotFoundError where there is no database; to look must not make one."""
    if not path.exists():
        raise FileNotFoundError(f"there is nothing at {path}")
    return _examine_file(path)


async def _examine_file(path: Path) -> list[Finding]:
    connection = connect(path)

    async def ask(sql: str, values: list[Any]) -> Any:
        return connection.execute(sql, values).fetchall()

    try:
        return await _examine(SQLITE, ask)
    finally:
        connection.close()


async def examine_postgres(url: str) -> list[Finding]:
    connection = await asyncpg.connect(url, timeout=10)

    async def ask(sql: str, values: list[Any]) -> Any:
        return await connection.fetch(sql, *values)

    try:
        # One moment of the whole database: what is being written meanwhile is not half seen.
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            return await _examine(POSTGRES, ask)
    finally:
        await connection.close()


async def _examine(engine: Engine, ask: Ask) -> list[Finding]:
    """Every invariant with its counterexamples, up to ten of each."""
    schema = "the schema is this version's"
    try:
        ((at,),) = await ask("SELECT max(number) FROM migration", [])
    except (apsw.SQLError, asyncpg.UndefinedTableError):
        at = 0
    if at != LATEST:
        cure = "run billto migrate" if at < LATEST else "install a newer Billto"
        return [Finding(schema, (f"it is {at}, not {LATEST}: {cure}",))]
    findings = [Finding(schema, ())]
    for one in INVARIANTS:
        if one.only in ("", engine.name):
            rows = await ask(f"SELECT * FROM ({one.sql}) AS found LIMIT {FAULTS_MAX}", [])
            findings.append(Finding(one.sentence, tuple(" ".join(map(str, row)) for row in rows)))
    for record in (one for one, layout in LAYOUTS.items() if layout.searched):
        faults = [fault async for fault in _searchable(engine, ask, record)]
        findings.append(Finding(f"every {record.__name__.lower()} is found by its texts", tuple(faults)))
    return findings


# The primary keys, along which a table is walked through.
_KEYS: dict[type[Any], tuple[str, ...]] = {Entity: ("id",)}


async def _searchable(engine: Engine, ask: Ask, record: type[NamedTuple]) -> AsyncIterator[str]:
    """Records whose search text, or whose values, are not what the record says."""
    load, shown = loader(engine, record), 0
    tags, key = searched_map(record), _KEYS.get(record, ("entity_id", "id"))
    marks = ", ".join(engine.mark(at) for at in range(1, len(key) + 1))
    sql = (
        f"SELECT {', '.join(columns(record))}, search, {tags}_fold FROM {LAYOUTS[record].table}"
        f" WHERE ({', '.join(key)}) > ({marks}) ORDER BY {', '.join(key)} LIMIT {_CHUNK}"
    )
    width = len(catalogue(record))
    place = [""] * len(key)
    while rows := await ask(sql, place):
        for row in rows:
            found: Any = load(row)
            right = kept_beside(found)
            folded = read_json(row[width + 1])
            if row[width] != right["search"] or folded != right[f"{tags}_fold"] or invalid(found):
                shown += 1
                if shown <= FAULTS_MAX:
                    yield str(found.id)
            place = [getattr(found, name) for name in key]


def invalid(record: NamedTuple) -> bool:
    """Whether a record has a value that its own declaration refuses."""
    attrs = catalogue(type(record))
    return any(attr.problems(getattr(record, name)) for name, attr in attrs.items())
