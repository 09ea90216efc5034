"""Search texts put together anew, after a step of the schema has changed what they are made of."""

from typing import Any, NamedTuple

import apsw

from billto.domain.attrs import json_maps, searched, searched_map
from billto.domain.folding import search_text
from billto.store.engine import POSTGRES, SQLITE
from billto.store.layout import LAYOUTS, columns
from billto.store.tx import loader

_CHUNK = 1_000


def _read(record: type[NamedTuple]) -> frozenset[str]:
    """What search texts are made of, and the keys: other attributes may get their columns later."""
    keys = ("id", "serial", *LAYOUTS[record].tenancy)
    return frozenset((*searched(record), searched_map(record) or "id", *json_maps(record), *keys))


def refold_sqlite(connection: apsw.Connection, record: type[NamedTuple]) -> None:
    """Rewrites the search text of every record and its trigram index, within the transaction there is."""
    shows = _read(record)
    table, load = LAYOUTS[record].table, loader(SQLITE, record, shows)
    if LAYOUTS[record].indexed:
        connection.execute(f"INSERT INTO {table}_search ({table}_search) VALUES ('delete-all')")
    read = ", ".join(columns(record, shows))
    ask = f"SELECT {read} FROM {table} WHERE serial > ? ORDER BY serial LIMIT {_CHUNK}"
    last: Any = -1
    while rows := connection.execute(ask, (last,)).fetchall():
        folded = [(search_text(one), one.serial) for one in map(load, rows)]
        connection.executemany(f"UPDATE {table} SET search = ? WHERE serial = ?", folded)
        if LAYOUTS[record].indexed:
            connection.executemany(f"INSERT INTO {table}_search (search, rowid) VALUES (?, ?)", folded)
        last = folded[-1][1]


async def refold_postgres(connection: Any, record: type[NamedTuple]) -> None:
    """Rewrites the search text of every record, within the transaction there is."""
    shows = _read(record)
    table, load = LAYOUTS[record].table, loader(POSTGRES, record, shows)
    keys = tuple(dict.fromkeys((*LAYOUTS[record].tenancy, "id")))
    named, marks = ", ".join(keys), ", ".join(map(POSTGRES.mark, range(1, len(keys) + 1)))
    ask = f"SELECT {', '.join(columns(record, shows))} FROM {table}"
    tail = f" ORDER BY {named} LIMIT {_CHUNK}"
    change = f"UPDATE {table} SET search = ${len(keys) + 1} WHERE ({named}) = ({marks})"
    rows = await connection.fetch(ask + tail)
    while rows:
        records = [load(row) for row in rows]
        places = [tuple(getattr(one, key) for key in keys) for one in records]
        folded = map(search_text, records)
        await connection.executemany(change, [(*at, text) for at, text in zip(places, folded, strict=True)])
        rows = await connection.fetch(f"{ask} WHERE ({named}) > ({marks}){tail}", *places[-1])
