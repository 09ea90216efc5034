"""Many records at once, by COPY or executemany: the same rows that would be made one by one."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeVar

import apsw

from billto.domain.attrs import Kind, catalogue
from billto.domain.event import Event
from billto.domain.problems import Problem, Refused
from billto.domain.scope import Scope
from billto.store import statements
from billto.store.engine import POSTGRES, SQLITE, Engine
from billto.store.layout import LAYOUTS, columns, tenancy
from billto.store.trigrams import TENANT_BITS
from billto.store.tx import Tx, counts, loader, stored_beside

R = TypeVar("R", bound=NamedTuple)

# How many records with the same value are looked at for one that is alike: who shares a value with more of
# them may be taken for a new one.
ALIKE_MAX = 200

Indexing = tuple[str, list[Any]]  # a change of SQLite's search index, as a statement
# Changes of the search index that wait for the commit, at most: memory must not grow with what is written.
TO_INDEX_MAX = 10_000


@cache
def names(kind: type[NamedTuple]) -> tuple[str, ...]:
    """The columns of a row, with those kept beside the record."""
    beside = (
        ("search", *(f"{name}_fold" for name in _maps(kind))) if LAYOUTS[kind].searched else tuple[str, ...]()
    )
    return (*columns(kind), *beside)


def _maps(kind: type[NamedTuple]) -> tuple[str, ...]:
    return tuple(one.name for one in catalogue(kind).values() if one.searched and one.kind is Kind.MAP)


def row_of(engine: Engine, record: Any) -> list[Any]:
    """A record's values with those kept beside it, in the order of `names`."""
    return [*engine.values(record), *stored_beside(engine, record).values()]


def _differing(changes: Sequence[tuple[Any, Any]]) -> tuple[str, ...]:
    """The columns that some change touches, with what is kept beside."""
    kind: Any = type(changes[0][1])
    touched = {
        name
        for old, new in changes
        for name, before, after in zip(kind._fields, old, new, strict=True)
        if before is not after and (before != after or isinstance(after, dict | list))
    }
    return tuple(name for name in names(kind) if name in touched or name not in kind._fields)


class SqliteBulk(Tx):
    """Many records through SQLite's writer."""

    _connection: apsw.Connection
    to_index: list[Indexing]  # done when the batch is committed, off the event loop; nothing reads it before

    def _index_later(self, changes: Iterable[Indexing]) -> None:
        """In the order in which they were made; who makes too many to keep is alone in a batch."""
        self.to_index += changes
        if len(self.to_index) > TO_INDEX_MAX:
            for sql, values in self.to_index:
                self._connection.execute(sql, values)
            self.to_index.clear()

    async def note_many(self, events: Sequence[Event]) -> None:
        sql = statements.insert(SQLITE, "event", columns(Event))
        self._connection.executemany(sql, (row_of(SQLITE, one) for one in events))

    async def insert_many(self, records: Sequence[Any]) -> None:
        if not records:
            return
        kind: Any = type(records[0])
        if not LAYOUTS[kind].counted:
            self._append_many(kind, [row_of(SQLITE, one) for one in records])
            return
        rows = [row_of(SQLITE, one) for one in records]
        last = await self.counted_in(records)
        at, search = names(kind).index("serial"), names(kind).index("search")
        for serial, row in enumerate(rows, last - len(rows) + 1):
            row[at] = serial
        self._connection.executemany(statements.insert(SQLITE, LAYOUTS[kind].table, names(kind)), rows)
        if LAYOUTS[kind].indexed:
            self._index_later((INDEX, [row[at], row[search]]) for row in rows)

    def _append_many(self, kind: type[NamedTuple], rows: Sequence[list[Any]]) -> None:
        """Rows whose serials, if they have some, come from the table."""
        at = [place for place, name in enumerate(names(kind)) if name != "serial"]
        sql = statements.insert(SQLITE, LAYOUTS[kind].table, tuple(names(kind)[one] for one in at))
        self._connection.executemany(sql, ([row[one] for one in at] for row in rows))

    async def counted_in(self, records: Sequence[Any]) -> int:
        """The last of the numbers that are allotted to the records."""
        live, trashed = map(sum, zip(*map(counts, records), strict=True))
        entity_id, many = records[0].entity_id, len(records)
        rows = await self.rows(_COUNT_IN, [live, trashed, many, entity_id])
        ((last,),) = rows or await self.rows(_COUNT_FIRST, [entity_id, live, trashed, many])
        return int(last)

    async def update_many(self, changes: Sequence[tuple[Any, Any]]) -> None:
        if not changes:
            return
        kind: Any = type(changes[0][1])
        touched = _differing(changes)
        before = self._connection.total_changes()
        sql = statements.update(SQLITE, LAYOUTS[kind].table, touched, ("entity_id", "id"))
        at = [names(kind).index(name) for name in (*touched, "entity_id", "id")]
        rows = [row_of(SQLITE, new) for _, new in changes]
        self._connection.executemany(
            sql.removesuffix(" RETURNING id"), [[row[one] for one in at] for row in rows]
        )
        if self._connection.total_changes() - before != len(changes):
            raise Refused(Problem("not_found", detail=kind.__name__))
        if LAYOUTS[kind].indexed:
            serial, search = names(kind).index("serial"), names(kind).index("search")
            self._index_later((UNINDEX, [row[serial]]) for row in rows)
            self._index_later((INDEX, [row[serial], row[search]]) for row in rows)

    async def alike(
        self,
        record: type[R],
        scope: Scope,
        by: Sequence[str],
        values: Sequence[Sequence[Any]],
        *,
        locked: bool = False,
    ) -> Sequence[tuple[int, R]]:
        (entity_id,) = tenancy(record, scope).values()
        inner = (
            f"SELECT {', '.join(columns(record))} FROM {LAYOUTS[record].table}"
            f" WHERE entity_id = ?1 AND {by[0]} = ?2 AND deleted_at IS NULL LIMIT {ALIKE_MAX}"
        )
        also = " AND ".join(f"{name} IS ?{at}" for at, name in enumerate(by[1:], 3))
        sql = f"SELECT * FROM ({inner}) WHERE {also}" if also else inner
        load = loader(SQLITE, record)
        execute = self._connection.execute
        return [
            (at, load(row))
            for at, some in enumerate(values)
            for row in execute(sql, [entity_id, *some]).fetchall()
        ]


UNINDEX = "DELETE FROM customer_search WHERE rowid = ?"
INDEX = "INSERT INTO customer_search (rowid, search) VALUES (?, ?)"
_COUNT_IN = (
    "UPDATE tally SET live = live + ?, trashed = trashed + ?, last_serial = last_serial + ?"
    " WHERE entity_id = ? AND shard = 0 RETURNING last_serial"
)
# The first customer of an entity gets the first number of the entity's range.
_COUNT_FIRST = (
    "INSERT INTO tally (entity_id, shard, live, trashed, last_serial)"
    f" VALUES (?1, 0, ?2, ?3, ((SELECT serial FROM entity WHERE id = ?1) << {TENANT_BITS}) + ?4)"
    " RETURNING last_serial"
)


class PostgresBulk(Tx):
    """Many records through PostgreSQL's COPY."""

    _connection: Any

    async def note_many(self, events: Sequence[Event]) -> None:
        await self._copy("event", columns(Event), [row_of(POSTGRES, one) for one in events])

    async def insert_many(self, records: Sequence[Any]) -> None:
        if not records:
            return
        kind: Any = type(records[0])
        at = [place for place, name in enumerate(names(kind)) if name != "serial"]
        rows = [[row[place] for place in at] for row in (row_of(POSTGRES, one) for one in records)]
        await self._copy(LAYOUTS[kind].table, [names(kind)[place] for place in at], rows)
        if not LAYOUTS[kind].counted:
            return
        live, trashed = map(sum, zip(*map(counts, records), strict=True))
        await self._recount(records[0], live, trashed)

    async def update_many(self, changes: Sequence[tuple[Any, Any]]) -> None:
        if not changes:
            return
        kind: Any = type(changes[0][1])
        table = LAYOUTS[kind].table
        beside = f"changing_{table}"
        await self.run(f"CREATE TEMPORARY TABLE IF NOT EXISTS {beside} (LIKE {table}) ON COMMIT DROP", [])
        await self.run(f"TRUNCATE {beside}", [])
        await self._copy(beside, names(kind), [row_of(POSTGRES, new) for _, new in changes])
        await self._by_index()
        sets = ", ".join(f"{name} = {beside}.{name}" for name in _differing(changes))
        done = await self._connection.execute(
            f"UPDATE {table} SET {sets} FROM {beside}"
            f" WHERE {table}.entity_id = {beside}.entity_id AND {table}.id = {beside}.id"
        )
        if done != f"UPDATE {len(changes)}":
            raise Refused(Problem("not_found", detail=kind.__name__))

    async def _copy(self, table: str, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        await self._connection.copy_records_to_table(table, records=rows, columns=list(names))

    async def _by_index(self) -> None:
        """In this transaction rows that are asked for in order come from the index that has this order.

        What is known of a table that is being filled is out of date: the planner would read all of an entity.
        """
        for way in ("seqscan", "sort"):
            await self.run(f"SET LOCAL enable_{way} = off", [])

    async def alike(
        self,
        record: type[R],
        scope: Scope,
        by: Sequence[str],
        values: Sequence[Sequence[Any]],
        *,
        locked: bool = False,
    ) -> Sequence[tuple[int, R]]:
        if not values:
            return ()
        (entity_id,) = tenancy(record, scope).values()
        await self._by_index()
        arrays = ", ".join(f"${at}::text[]" for at in range(2, len(by) + 2))
        given = ", ".join(f"a{at}" for at in range(len(by)))
        inner = (
            f"SELECT {', '.join(columns(record))} FROM {LAYOUTS[record].table}"
            f" WHERE entity_id = $1 AND {by[0]} BETWEEN given.a0 AND given.a0 AND deleted_at IS NULL"
            f" ORDER BY {by[0]} LIMIT {ALIKE_MAX}{' FOR UPDATE' if locked else ''}"
        )
        also = "".join(
            f" AND found.{name} IS NOT DISTINCT FROM given.a{at}" for at, name in enumerate(by) if at
        )
        sql = (
            f"SELECT {', '.join(f'found.{name}' for name in columns(record))}, given.at"
            f" FROM unnest({arrays}) WITH ORDINALITY AS given ({given}, at)"
            f" CROSS JOIN LATERAL ({inner}) AS found WHERE TRUE{also}"
        )
        load = loader(POSTGRES, record)
        rows = await self.rows(sql, [entity_id, *map(list, zip(*values, strict=True))])
        return [(row["at"] - 1, load(row)) for row in rows]
