"""The numbers that records get when nobody gives them one: in sequence, by the entity's format."""

from datetime import UTC
from typing import NamedTuple
from zoneinfo import ZoneInfo

from billto.app.parts import Request, Tx
from billto.domain import numbering
from billto.domain.customer import Customer
from billto.domain.entity import Entity
from billto.domain.paging import unambiguous
from billto.domain.problems import Problem, Refused
from billto.domain.query import Compare, Op, Query

# How many numbers are looked up at once where the next ones are taken, as after an import.
_LOOKED_UP_MAX = 500
_LENGTH_MAX = 100


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
    first = n = await tx.next_number(entity.id, sequence.name)
    step = 1
    while True:
        tried = {sequence.written(one): one for one in range(n, n + step)}
        taken = await _taken(tx, asked, tuple(tried))
        free = next((number for number in tried if number not in taken), None)
        if free is not None:
            break
        n, step = n + step, min(2 * step, _LOOKED_UP_MAX)
    if len(free) > _LENGTH_MAX:
        raise Refused(Problem("too_long", ("number",), str(_LENGTH_MAX)))
    if tried[free] != first:
        await tx.used_number(entity.id, sequence.name, tried[free])
    return free


def _of_customers(tx: Tx, entity: Entity) -> _Sequence:
    formats = entity.settings.get("number_formats")
    said = formats.get("customer") if isinstance(formats, dict) else None
    form = numbering.parse(str(said or numbering.DEFAULT_CUSTOMER_FORMAT))
    year = tx.now.astimezone(ZoneInfo(entity.timezone) if entity.timezone else UTC).year
    return _Sequence(f"customer/{year}" if form.is_yearly else "customer", form, year)


async def _taken(tx: Tx, asked: Request, numbers: tuple[str, ...]) -> set[str]:
    where = Compare("number", Op.IN, numbers)
    query = Query(where, order=unambiguous(()), limit=len(numbers), counted=False)
    return {one.number for one in (await tx.page(Customer, asked.scope, query)).records}
