"""The numbers that records get when nobody gives them one: in sequence, by the entity's format."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from functools import partial
from typing import Any, NamedTuple

from billto.app import records
from billto.app.parts import Reader, Request, Tx
from billto.domain import entity as entities
from billto.domain import numbering
from billto.domain.customer import Customer
from billto.domain.document import OPENING, Document
from billto.domain.entity import Entity
from billto.domain.paging import unambiguous
from billto.domain.problems import Problem, Refused
from billto.domain.query import All, Compare, Missing, Not, Op, Order, Query

_LENGTH_MAX = 100
# How documents are numbered where the entity does not say it.
DOCUMENT_FORMATS = {
    "invoice": numbering.DEFAULT_FORMAT,
    "estimate": numbering.DEFAULT_FORMAT,
    "credit_note": f"CN-{numbering.DEFAULT_FORMAT}",
    "advance_invoice": f"ADV-{numbering.DEFAULT_FORMAT}",
    "delivery_note": f"DN-{numbering.DEFAULT_FORMAT}",
    OPENING: "OB-{nnnn}",
}
# A free number is proposed out of batches of this many, beginning after those of so many newest customers.
_AT_ONCE = 100


# Which of some numbers somebody has.
Taken = Callable[[tuple[str, ...]], Awaitable[set[str]]]


class _Sequence(NamedTuple):
    """Where numbers of one kind come from: its name in the store, its format, the year in its numbers."""

    name: str
    form: numbering.Format
    year: int

    def written(self, n: int) -> str:
        return numbering.render(self.form, n, self.year)


async def for_customer(tx: Tx, asked: Request, entity: Entity) -> str:
    """The next number that no customer of the entity has; it is used up when the transaction is."""
    sequence = _of_customers(tx, entity)
    n = await tx.next_number(entity.id, sequence.name)
    number = sequence.written(n)
    if not await is_free(tx, asked, number):  # given by somebody, or brought by an import
        n = await _free(partial(_taken, tx, asked), numbering.Row(n, sequence.written))
        number = sequence.written(n)
        await tx.used_number(entity.id, sequence.name, n)
    if len(number) > _LENGTH_MAX:
        raise Refused(Problem("too_long", ("number",), str(_LENGTH_MAX)))
    return number


async def for_document(tx: Tx, asked: Request, entity: Entity, kind: str, day: date) -> str:
    """The next number of a type of document, and of a year where the format names one.

    Who takes it holds the sequence until the transaction ends: a refused request burns none, and there are no
    gaps. Numbers that were given by hand are passed over.
    """
    sequence = _of_documents(entity, kind, day)
    n = await tx.next_number(entity.id, sequence.name)
    first = max(n, _first(entity, kind))
    free = await _next_free(tx, asked, kind, sequence, first)
    if free != n:
        await tx.used_number(entity.id, sequence.name, free)
    return sequence.written(free)


async def next_for_document(reader: Reader, asked: Request, entity: Entity, kind: str, day: date) -> str:
    """The number that the next document of a type would get; nothing is taken by it."""
    sequence = _of_documents(entity, kind, day)
    last = await reader.last_number(entity.id, sequence.name)
    free = await _next_free(reader, asked, kind, sequence, max(last + 1, _first(entity, kind)))
    return sequence.written(free)


async def last_of_documents(reader: Reader, asked: Request, kind: str) -> str | None:
    """The number of the newest document of a type that has one."""
    where = All((Compare("type", Op.EQ, kind), Not(Missing("number"))))
    order = (Order("id", descending=True),)
    query = Query(where, order, 1, counted=False, shows=frozenset({"number"}))
    newest = (await reader.page(Document, asked.scope, query)).records
    return str(newest[0].number) if newest else None


async def is_free_for_document(reader: Reader, asked: Request, kind: str, number: str) -> bool:
    """Whether no document of a type has the number."""
    return not await _taken_by_documents(reader, asked, kind, (number,))


async def _next_free(reader: Reader, asked: Request, kind: str, sequence: _Sequence, first: int) -> int:
    taken = partial(_taken_by_documents, reader, asked, kind)
    if not await taken((sequence.written(first),)):
        return first
    return await _free(taken, numbering.Row(first, sequence.written))


def _of_documents(entity: Entity, kind: str, day: date) -> _Sequence:
    formats: Any = entity.settings.get("number_formats") or {}
    form = numbering.parse(str(formats.get(kind) or DOCUMENT_FORMATS[kind]))
    return _Sequence(f"{kind}/{day.year}" if form.is_yearly else kind, form, day.year)


def _first(entity: Entity, kind: str) -> int:
    starts: Any = entity.settings.get("number_sequence_starts") or {}
    return int(starts.get(kind) or 1)


def _of_customers(tx: Tx, entity: Entity) -> _Sequence:
    formats = entity.settings.get("number_formats")
    said = formats.get("customer") if isinstance(formats, dict) else None
    form = numbering.parse(str(said or numbering.DEFAULT_CUSTOMER_FORMAT))
    year = entities.year(entity, tx.now)
    return _Sequence(f"customer/{year}" if form.is_yearly else "customer", form, year)


async def proposed(reader: Reader, asked: Request, now: datetime) -> str:
    """The next free customer number of the entity's format, or else in the row of the newest; nothing is
    taken by it."""
    newest = await reader.page(
        Customer,
        asked.scope,
        Query(
            where=Not(Missing("number")),
            order=(Order("id", descending=True),),
            limit=_AT_ONCE,
            counted=False,
        ),
    )
    written = [str(one.number) for one in newest.records]
    entity = await records.seller(reader, asked)
    formats: Any = entity.settings.get("number_formats") or {}
    form = formats.get("customer")
    year = entities.year(entity, now)
    row = numbering.by_format(numbering.parse(form), written, year) if form else numbering.by_habit(written)
    return row.write(await _free(partial(_taken, reader, asked), row))


async def is_free(reader: Reader, asked: Request, number: str) -> bool:
    """Whether no customer outside the trash has the number."""
    return not await _taken(reader, asked, (number,))


async def _free(taken: Taken, row: numbering.Row) -> int:
    """A number that nobody has, right after one that somebody has: at wider and wider steps until one is
    free, then at narrower ones back to the first behind it."""
    last, step = row.last, 1
    while True:
        batch = [last + step * at for at in range(1, _AT_ONCE + 1)]
        held = await taken(tuple(map(row.write, batch)))
        free = next((n for n in batch if row.write(n) not in held), None)
        if free is None:
            last, step = batch[-1], step * _AT_ONCE
        elif step == 1:
            return free
        else:
            last, step = free - step, step // _AT_ONCE


async def _taken(reader: Reader, asked: Request, numbers: tuple[str, ...]) -> set[str]:
    where = Compare("number", Op.IN, numbers)
    # In the order of the index by number: in that of their ids all numbers of the entity would be read.
    order = unambiguous((Order("number"),))
    query = Query(where, order, len(numbers), counted=False, shows=frozenset({"number"}))
    return {str(one.number) for one in (await reader.page(Customer, asked.scope, query)).records}


async def _taken_by_documents(
    reader: Reader, asked: Request, kind: str, numbers: tuple[str, ...]
) -> set[str]:
    where = All((Compare("type", Op.EQ, kind), Compare("number", Op.IN, numbers)))
    order = unambiguous((Order("number"),))
    query = Query(where, order, len(numbers), counted=False, shows=frozenset({"number"}))
    return {str(one.number) for one in (await reader.page(Document, asked.scope, query)).records}
