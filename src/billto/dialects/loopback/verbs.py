"""v1: what the verbs of several models have in common."""

import dataclasses
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, TypeVar

from billto.app.parts import Reader, Request, Tx
from billto.dialects.dialect import Asked, Said, Told
from billto.dialects.loopback import filters
from billto.dialects.wire import Table
from billto.domain.ids import read_id
from billto.domain.problems import Problem, Refused
from billto.domain.query import Node, Page, Query

R = TypeVar("R", bound=NamedTuple)
MANY_MAX = 500  # that one request may create: they keep everybody else waiting
Pages = Callable[[Reader, Request, Query], Awaitable[Page]]


def id_of(told: Told, record: type[NamedTuple]) -> str:
    """The id in the address."""
    found = read_id(told.ids["id"])
    if found is None:
        raise Refused(Problem("not_found", detail=record.__name__))
    return found


def text_of(told: Told, name: str) -> str | None:
    """A text of the query string, else of the body."""
    if name in told.given:
        return told.given[name][-1]
    value = told.body.get(name) if isinstance(told.body, dict) else None
    return value if isinstance(value, str) else None


def question(table: Table, told: Told, *within: Node) -> Asked:
    """The question in a filter, about what the table shows of some of the records."""
    read = filters.read(table, told.given, told.body)
    query = dataclasses.replace(read.query, shows=table.reads)
    for one in within:
        query = query.within(one)
    return read._replace(query=query)


async def counted(
    table: Table, pages: Pages, reader: Reader, asked: Request, told: Told, *within: Node
) -> Said:
    query = Query(filters.read_where(table, told.given, told.body), filters.ID_ORDER, 1)
    for one in within:
        query = query.within(one)
    return Said({"count": (await pages(reader, asked, query)).total})


def check_several(asked: Request, several: list[Any], most: int, what: str) -> None:
    """Raises Refused where so many cannot be created at once."""
    if asked.request_id is not None:
        # A kept answer is forgotten with the one record that it shows.
        raise Refused(Problem("bad_parameter", ("Idempotency-Key",), f"is for one {what} at a time"))
    if len(several) > most:
        raise Refused(Problem("bad_parameter", (), f"At most {most} {what}s can be created at once"))


def check_id(told: Told, id: str) -> None:
    """Raises Refused where a body has the id of another record; the one in the address may be an old one."""
    given = told.body.get("id") if isinstance(told.body, dict) else None
    known = (id, read_id(told.ids.get("id", "")))
    if given is not None and (not isinstance(given, str) or read_id(given) not in known):
        detail = f"id property (id) cannot be updated from {id} to {str(given)[:100]}"
        raise Refused(Problem("bad_parameter", (), detail))


async def found(
    tx: Tx, asked: Request, told: Told, record: type[R], *, held: bool = True
) -> tuple[Request, R] | None:
    """What is to be deleted, with the request about its entity: what is not there is no error."""
    id, scope = read_id(told.ids["id"]), asked.scope
    entity = scope.bound_to or (id and await tx.entity_of(record, scope, id))
    if not id or not entity:
        return None
    of_entity = asked._replace(scope=scope.about(entity))
    there: Any = await (tx.lock if held else tx.get)(record, of_entity.scope, id)
    # Who became part of another is not there under its old id.
    return None if there is None or there.id != id else (of_entity, there)


NONE, ONE = Said({"count": 0}), Said({"count": 1})
DONE = Said({"success": True})
