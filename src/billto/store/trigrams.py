"""The trigram index of SQLite: whom a search can be about, found without reading every customer."""

from collections.abc import Callable
from typing import Any, NamedTuple, cast

import apsw

from billto.domain.attrs import catalogue
from billto.domain.query import Query
from billto.store import statements
from billto.store.compile import Compiler, needles
from billto.store.engine import SQLITE
from billto.store.layout import LAYOUTS

# Up to so many hits the trigram index names the rows; a more common term is found sooner by walking along.
HITS_MAX = 2_000
_GRAMS_MAX = 8
# A customer's number is its entity's, shifted by so much, and its own.
TENANT_BITS = 32


def look(
    connection: apsw.Connection,
    record: type[NamedTuple],
    whose: dict[str, str],
    query: Query,
    statement: Callable[..., statements.Statement],
) -> list[Any]:
    """Asks by the trigram index when it knows of few enough rows, and by walking along the order else."""
    grams = trigrams(record, query) if LAYOUTS[record].indexed else ""
    if not grams:
        return connection.execute(*statement(SQLITE, record, whose, query)).fetchall()
    found = lookup(grams, whose["entity_id"])
    probe = Compiler(record, SQLITE)
    sql = f"SELECT COUNT(*) FROM ({found(probe.hold)} LIMIT {HITS_MAX + 1})"
    ((hits,),) = cast("list[tuple[int]]", connection.execute(sql, probe.values).fetchall())
    few = hits <= HITS_MAX or statement is statements.count
    return connection.execute(
        *statement(SQLITE, record, whose, query, lookup=found if few else None)
    ).fetchall()


def lookup(grams: str, entity_id: str) -> statements.Lookup:
    """The customers of one entity whose search texts have all of these trigrams."""

    def sql(hold: Callable[[Any], str]) -> str:
        first = f"((SELECT serial FROM entity WHERE id = {hold(entity_id)}) << {TENANT_BITS})"
        return (
            f"SELECT rowid FROM customer_search WHERE customer_search MATCH {hold(grams)}"
            f" AND rowid BETWEEN {first} AND {first} + {2**TENANT_BITS - 1}"
        )

    return sql


def trigrams(record: type[NamedTuple], query: Query) -> str:
    """What the trigram index is asked: parts of all terms that a hit must contain, a few of many."""
    grams: dict[str, None] = {}
    for term in needles(query.where, catalogue(record)):
        found = [term[at : at + 3] for at in range(len(term) - 2)]
        step = max(1, len(found) // _GRAMS_MAX)
        grams |= dict.fromkeys(found[::step])
    return " AND ".join(f'"{gram.replace(chr(34), chr(34) * 2)}"' for gram in grams)
