"""The statements that reads and writes are made of, put together once for each kind of record and engine."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

from billto.domain.paging import after, reversed_order
from billto.domain.query import All, Compare, Missing, Node, Not, Op, Order, Query
from billto.store.compile import Compiler
from billto.store.engine import Engine
from billto.store.layout import LAYOUTS, columns, looked_at


class Statement(NamedTuple):
    """SQL and the values of its marks."""

    sql: str
    values: Sequence[Any]


# Ids that a page may walk past while the loop waits: some hundred microseconds.
SKIP_QUICK_MAX = 1_000

# From the function that gives a value its mark, to SQL.
Lookup = Callable[[Callable[[Any], str]], str]


@cache
def select(
    engine: Engine,
    record: type[NamedTuple],
    keys: tuple[str, ...],
    *,
    locked: bool = False,
    shows: frozenset[str] | None = None,
) -> str:
    """One record by its key; `locked` keeps it from being changed by others until the transaction ends."""
    lock = " FOR UPDATE" if locked and engine.name == "postgresql" else ""
    shown = ", ".join(columns(record, shows))
    return f"SELECT {shown} FROM {LAYOUTS[record].table} WHERE {_by(engine, keys)}{lock}"


def several(
    engine: Engine, record: type[NamedTuple], whose: Mapping[str, str], ids: Sequence[str]
) -> Statement:
    """Records by their ids, in that order, kept from being changed by others until the transaction ends."""
    compiler = Compiler(record, engine)
    asked = All((*(Compare(name, Op.EQ, value) for name, value in whose.items()), Compare("id", Op.IN, ids)))
    lock = " FOR UPDATE" if engine.name == "postgresql" else ""
    shown = ", ".join(columns(record))
    sql = f"SELECT {shown} FROM {LAYOUTS[record].table} WHERE {compiler.sql(asked)} ORDER BY id{lock}"
    return Statement(sql, compiler.values)


@cache
def insert(engine: Engine, table: str, names: tuple[str, ...], returning: str = "") -> str:
    marks = ", ".join(engine.mark(at) for at in range(1, len(names) + 1))
    tail = f" RETURNING {returning}" if returning else ""
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks}){tail}"


@lru_cache(maxsize=512)  # clients choose which columns change, and there are many ways to choose
def update(engine: Engine, table: str, names: tuple[str, ...], keys: tuple[str, ...]) -> str:
    """Only the columns that changed: another request's columns stay as they are. A row tells of success."""
    sets = ", ".join(f"{name} = {engine.mark(at)}" for at, name in enumerate(names, 1))
    return f"UPDATE {table} SET {sets} WHERE {_by(engine, keys, len(names))} RETURNING id"


def children(engine: Engine, entity_id: str, parents: Sequence[int], most: int) -> Statement:
    """The serials of customers that have one of these parents.

    Not one statement for all generations: of a recursion databases know no numbers, and join it by reading
    everything for every row.
    """
    values: list[Any] = [entity_id]

    def hold(value: Any) -> str:
        values.append(value)
        return engine.mark(len(values))

    some = engine.among("parent", parents, hold)
    return Statement(
        f"SELECT serial FROM customer WHERE entity_id = {engine.mark(1)} AND {some} LIMIT {most}", values
    )


@cache
def delete(engine: Engine, table: str, keys: tuple[str, ...]) -> str:
    return f"DELETE FROM {table} WHERE {_by(engine, keys)} RETURNING id"


def delete_all(
    engine: Engine, record: type[NamedTuple], whose: Mapping[str, str], ids: Sequence[str]
) -> Statement:
    """Records by their ids; there is a row for each that was there."""
    compiler = Compiler(record, engine)
    named = All((*(Compare(name, Op.EQ, value) for name, value in whose.items()), Compare("id", Op.IN, ids)))
    sql = f"DELETE FROM {LAYOUTS[record].table} WHERE {compiler.sql(named)} RETURNING id"
    return Statement(sql, compiler.values)


def _by(engine: Engine, keys: tuple[str, ...], marks_before: int = 0) -> str:
    return " AND ".join(f"{key} = {engine.mark(at)}" for at, key in enumerate(keys, marks_before + 1))


def page(
    engine: Engine,
    record: type[NamedTuple],
    tenancy: Mapping[str, str],
    query: Query,
    *,
    lookup: Lookup | None = None,
) -> Statement:
    """A page and, where it is asked for, the count of all: one statement.

    The count is the last column of every row. `lookup` makes SQL for the serials of the only rows that can
    answer, where a search index has found few of them (SQLite).
    """
    order = reversed_order(query.order) if query.start and query.start.backwards else query.order
    here = All((_whose(record, tenancy, query), query.where))
    start = after(record, order, query.start.place) if query.start else All()
    compiler = Compiler(record, engine)
    table = LAYOUTS[record].table
    hint = _hint(compiler, lookup)
    wanted = compiler.sql(All((here, start))) + _of_the_living(record, query)
    shown = ", ".join(columns(record, looked_at(query)))
    if query.counted:
        shown += f", ({_count(compiler, record, tenancy, query, here, hint)})"
    ordered = f"ORDER BY {compiler.order_by(order)}"
    limits = f"LIMIT {query.limit + 1}"
    if query.skip:
        # Only ids are walked past: rows are read for the page alone.
        keys = ", ".join((*tenancy, "id")) if "id" not in tenancy else ", ".join(tenancy)
        inner = f"SELECT {keys} FROM {table}{hint} {wanted} {ordered} {limits} OFFSET {query.skip}"
        return Statement(
            f"SELECT {shown} FROM {table} WHERE ({keys}) IN ({inner}) {ordered}", compiler.values
        )
    return Statement(f"SELECT {shown} FROM {table}{hint} {wanted} {ordered} {limits}", compiler.values)


def count(
    engine: Engine,
    record: type[NamedTuple],
    tenancy: Mapping[str, str],
    query: Query,
    *,
    lookup: Lookup | None = None,
) -> Statement:
    """The count alone, for a page that came out empty."""
    compiler = Compiler(record, engine)
    here = All((_whose(record, tenancy, query), query.where))
    return Statement(_count(compiler, record, tenancy, query, here, _hint(compiler, lookup)), compiler.values)


def _hint(compiler: Compiler, lookup: Lookup | None) -> str:
    """The rows by their serials, and by no other index."""
    return f" NOT INDEXED WHERE serial IN ({lookup(compiler.hold)}) AND" if lookup else " WHERE"


def _count(
    compiler: Compiler,
    record: type[NamedTuple],
    tenancy: Mapping[str, str],
    query: Query,
    here: Node,
    hint: str,
) -> str:
    layout = LAYOUTS[record]
    if layout.counted and query.where == All():
        kept = {True: "trashed", False: "live", None: "live + trashed"}[query.trashed]
        whose = " AND ".join(f"{name} = {compiler.hold(value)}" for name, value in tenancy.items())
        return f"SELECT CAST(COALESCE(SUM({kept}), 0) AS BIGINT) FROM tally WHERE {whose}"
    return f"SELECT COUNT(*) FROM {layout.table}{hint} {compiler.sql(here)}{_of_the_living(record, query)}"


def _whose(record: type[NamedTuple], tenancy: Mapping[str, str], query: Query) -> Node:
    whose = tuple(Compare(name, Op.EQ, value) for name, value in tenancy.items())
    if not LAYOUTS[record].counted or query.trashed is None:
        return All(whose)
    missing = Missing("deleted_at")
    return All((*whose, Not(missing) if query.trashed else missing))


def _of_the_living(record: type[NamedTuple], query: Query) -> str:
    """What belongs to a customer is there no more than the customer is."""
    layout = LAYOUTS[record]
    if not layout.of_customer or query.trashed is None:
        return ""
    return (
        f" AND NOT EXISTS (SELECT 1 FROM customer AS owner WHERE owner.entity_id = {layout.table}.entity_id"
        f" AND owner.id = {layout.table}.customer_id AND owner.deleted_at IS NOT NULL)"
    )


def is_quick(record: type[NamedTuple], query: Query) -> bool:
    """Whether an index gives the page as it is asked for, so that only its own rows are read."""
    first, *rest = query.order
    # Ties are only in order when nothing but the id breaks them, the same way as in the index.
    indexed = rest in ([], [Order("id", first.descending)]) and first.attr in LAYOUTS[record].orders
    counted = not query.counted or LAYOUTS[record].counted
    near = query.skip <= SKIP_QUICK_MAX
    return query.where == All() and query.trashed is False and indexed and counted and near


def tenant(whose: Mapping[str, str]) -> str:
    """Whose question it is, for those who share out turns."""
    return next(iter(whose.values()), "")
