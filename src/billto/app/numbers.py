"""The numbers that records get when nobody gives them one: in sequence, by the entity's format."""

from datetime import datetime
from typing import Any, NamedTuple

from billto.app import records
from billto.app.parts import Reader, Request, Tx
from billto.domain import entity as entities
from billto.domain import numbering
from billto.domain.customer import Customer
from billto.domain.document import Document
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
}
# A free number is proposed out of batches of this many, beginning after those of so many newest customers.
_AT_ONCE = 100


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
        n = await _free(tx, asked, numbering.Row(n, sequence.written))
        number = sequence.written(n)
        await tx.used_number(entity.id, sequence.name, n)
    if len(number) > _LENGTH_MAX:
        raise Refused(Problem("too_long", ("number",), str(_LENGTH_MAX)))
    return number


async def for_document(tx: Tx, asked: Request, entity: Entity, document: Document) -> str:
    """The next number of the document's type, and of its year where the format names one.

    Who takes it holds the sequence until the transaction ends: a refused request burns none, and there are no
    gaps. Numbers that were given by hand are passed over.
    """
    sequence = _of_documents(entity, document.type, document.date.year)
    first = await tx.next_number(entity.id, sequence.name)
    n = await _from(tx, asked, entity, document.type, sequence, first)
    if n != first:
        await tx.used_number(entity.id, sequence.name, n)
    return sequence.written(n)


async def next_of_documents(reader: Reader, asked: Request, kind: str, now: datetime) -> str:
    """The number that a document of this type would get today; nothing is taken by it."""
    entity = await records.get(reader, asked, Entity, asked.scope.entity)
    sequence = _of_documents(entity, kind, entities.year(entity, now))
    first = await reader.last_number(entity.id, sequence.name) + 1
    return sequence.written(await _from(reader, asked, entity, kind, sequence, first))


async def last_of_documents(reader: Reader, asked: Request, kind: str) -> str | None:
    """The number of the newest document of this type that has one."""
    where = All((Compare("type", Op.EQ, kind), Not(Missing("number"))))
    order = (Order("id", descending=True),)
    query = Query(where, order, 1, counted=False, shows=frozenset({"number"}))
    newest = (await reader.page(Document, asked.scope, query)).records
    return str(newest[0].number) if newest else None


async def has_document(reader: Reader, asked: Request, kind: str, number: str) -> bool:
    """Whether a document of this type has the number."""
    where = All((Compare("type", Op.EQ, kind), Compare("number", Op.EQ, number)))
    query = Query(where, unambiguous(()), 1, counted=False, shows=frozenset({"number"}))
    return bool((await reader.page(Document, asked.scope, query)).records)


def _of_documents(entity: Entity, kind: str, year: int) -> _Sequence:
    form = numbering.parse(_format(entity, kind))
    return _Sequence(f"{kind}/{year}" if form.is_yearly else kind, form, year)


async def _from(
    reader: Reader, asked: Request, entity: Entity, kind: str, sequence: _Sequence, n: int
) -> int:
    """The first of a sequence, from one on, that no document has; none before the one it starts with."""
    starts: Any = entity.settings.get("number_sequence_starts") or {}
    n = max(n, starts.get(kind) or 1)
    while await has_document(reader, asked, kind, sequence.written(n)):
        n += 1
    return n


def _format(entity: Entity, kind: str) -> str:
    formats: Any = entity.settings.get("number_formats") or {}
    return str(formats.get(kind) or DOCUMENT_FORMATS[kind])


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
    entity = await records.get(reader, asked, Entity, asked.scope.entity)
    formats: Any = entity.settings.get("number_formats") or {}
    form = formats.get("customer")
    year = entities.year(entity, now)
    row = numbering.by_format(numbering.parse(form), written, year) if form else numbering.by_habit(written)
    return row.write(await _free(reader, asked, row))


async def is_free(reader: Reader, asked: Request, number: str) -> bool:
    """Whether no customer outside the trash has the number."""
    return not await _taken(reader, asked, (number,))


async def _free(reader: Reader, asked: Request, row: numbering.Row) -> int:
    """A number that nobody has, right after one that somebody has: at wider and wider steps until one is
    free, then at narrower ones back to the first behind it."""
    last, step = row.last, 1
    while True:
        batch = [last + step * at for at in range(1, _AT_ONCE + 1)]
        taken = await _taken(reader, asked, tuple(map(row.write, batch)))
        free = next((n for n in batch if row.write(n) not in taken), None)
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
