"""Which cadence a customer is chased by: the one that it names, or else the one that all new ones get."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from billto.app.parts import Request, Tx
from billto.domain.cadence import DEFAULT, Cadence
from billto.domain.customer import Customer
from billto.domain.paging import unambiguous
from billto.domain.problems import Problem, Refused
from billto.domain.query import Query

CADENCES_MAX = 1_000  # of an entity
NAMES = ("chasing_cadence", "next_chase_step")
# Who gives out cadences shares it; who takes one out, or moves its steps, is alone with it.
LOCK = "cadences"


def is_asked(values: Mapping[str, Any]) -> bool:
    return any(name in values for name in NAMES)


class Courses(NamedTuple):
    """The cadences that some customers may name: their steps, by the cadence's serial."""

    steps: Mapping[int, Collection[int]]
    default: int | None = None  # that of customers who are created without one


async def checked(
    tx: Tx, asked: Request, values: Mapping[str, Any], old: Customer | None = None
) -> dict[str, Any]:
    """The values of a customer, whose cadence and step exist; see `settled`."""
    is_new = old is None and values.get("chasing_cadence") is None
    fallback = await tx.default_cadence(asked.scope) if is_new else None
    named = values.get("chasing_cadence", old and old.chasing_cadence) or fallback
    if named is None:
        return settled(values, Courses({}), old)
    await tx.alone(asked.scope.entity, LOCK, shared=True)
    cadence = await tx.get(Cadence, asked.scope, named)
    if cadence is None:
        return settled(values, Courses({}), old)
    return settled(values, Courses({cadence.serial: _steps(cadence)}, fallback), old)


def settled(values: Mapping[str, Any], courses: Courses, old: Customer | None = None) -> dict[str, Any]:
    """The values of a customer; raises Refused unless their cadence and step exist.

    A new customer without a cadence gets the default. Who comes to another cadence, or is put before a step,
    begins there, also after having come to the end. What stands there already may be said again, whatever it
    is.
    """
    given = dict(values)
    if old is None and given.get("chasing_cadence") is None:
        given["chasing_cadence"] = courses.default
    was = (None, None) if old is None else (old.chasing_cadence, old.next_chase_step)
    named = given.get("chasing_cadence", was[0])
    if named != was[0] and given.get("next_chase_step", was[1]) == was[1]:
        given["next_chase_step"] = None  # a step of the cadence before says nothing here
    step = given.get("next_chase_step", was[1])
    if (named, step) == was:
        return given
    if named is not None and named not in courses.steps:
        raise Refused(Problem("unknown_reference", ("chasing_cadence",), f"chasing cadence {named}"))
    if step is not None and (named is None or step not in courses.steps[named]):
        raise Refused(Problem("unknown_reference", ("next_chase_step",), f"step {step} of the cadence"))
    return {**given, "is_chase_finished": False}


async def all_courses(tx: Tx, asked: Request) -> Courses:
    """Those of all cadences of an entity, for many customers at once."""
    await tx.alone(asked.scope.entity, LOCK, shared=True)
    shows = frozenset({"id", "serial", "steps", "assignment_mode"})
    query = Query(order=unambiguous(()), limit=CADENCES_MAX, counted=False, shows=shows)
    found: Sequence[Cadence] = (await tx.page(Cadence, asked.scope, query)).records
    first = next((one.serial for one in found if one.assignment_mode == DEFAULT), None)
    return Courses({one.serial: _steps(one) for one in found}, first)


def _steps(cadence: Cadence) -> frozenset[int]:
    return frozenset(one["id"] for one in cadence.steps)
