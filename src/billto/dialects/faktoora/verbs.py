"""faktoora: what this door asks of a customer beyond what holds for all, and its questions about numbers."""

from collections.abc import Mapping
from typing import Any

from billto.app import customers, entities, numbers
from billto.app.parts import Id, Reader, Request, Tx
from billto.dialects.dialect import Said, Told
from billto.dialects.faktoora.answers import succeeded
from billto.dialects.faktoora.customers import NEEDED, refuse
from billto.domain.attrs import catalogue
from billto.domain.customer import Customer
from billto.domain.places import by_code, post_code_problems
from billto.domain.problems import Problem, Refused

_NUMBER = catalogue(Customer)["number"]


async def create(tx: Tx, asked: Request, values: Mapping[str, Any]) -> Customer:
    """A new customer, in the entity's own country unless another is given."""
    if not values.get("country_code"):
        entity = await entities.get(tx, asked, asked.scope.entity)
        values = {**values, **by_code(entity.country_code)}
    return await customers.create(tx, asked, values, demand=_demand)


async def change(tx: Tx, asked: Request, id: Id, values: Mapping[str, Any]) -> Customer:
    return await customers.change(tx, asked, id, values, demand=_demand)


async def drop(tx: Tx, asked: Request, id: Id) -> Customer:
    return await customers.trash(tx, asked, id, demand=customers.must_be_live)


async def generate_number(reader: Reader, asked: Request, told: Told) -> Said:
    return Said({"value": await numbers.proposed(reader, asked, told.now)})


async def verify_number(reader: Reader, asked: Request, told: Told) -> Said:
    given = told.given.get("value", ("",))[-1]
    problems = (Problem("required"),) if not given else _NUMBER.problems(given)
    if problems:
        raise Refused(*(Problem("bad_parameter", ("value",), one.sentence) for one in problems))
    return Said(succeeded(await numbers.is_free(reader, asked, given)))


def _demand(new: Customer, old: Customer | None) -> None:
    """Raises Refused for what this door may not leave behind; what other doors left so may stay."""
    customers.must_be_live(new, old)
    problems = [
        Problem("required", (name,))
        for name in NEEDED
        if getattr(new, name) is None and (old is None or getattr(old, name) is not None)
    ]
    where = new.country_code, new.post_code
    if old is None or where != (old.country_code, old.post_code):
        problems += post_code_problems(*where)
    if problems:
        refuse(*problems)
