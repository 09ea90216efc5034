"""Which cadence a customer is chased by: the one that it names, or else the one that all new ones get."""

from collections.abc import Mapping
from typing import Any

from billto.app.parts import Reader, Request, Tx
from billto.domain.cadence import DEFAULT, Cadence
from billto.domain.customer import Customer
from billto.domain.paging import unambiguous
from billto.domain.problems import Problem, Refused
from billto.domain.query import Compare, Op, Query

NAMES = ("chasing_cadence", "next_chase_step")


def is_asked(values: Mapping[str, Any]) -> bool:
    return any(name in values for name in NAMES)


async def checked(
    tx: Tx, asked: Request, values: Mapping[str, Any], old: Customer | None = None
) -> dict[str, Any]:
    """The values of a customer, whose cadence and step exist; a new one without a cadence gets the default.

    Who comes to another cadence, or is put before a step, begins there, also after having come to the end.
    What stands there already may be said again, whatever it is.
    """
    given = dict(values)
    if old is None and given.get("chasing_cadence") is None:
        given["chasing_cadence"] = await default(tx, asked)
    was = (None, None) if old is None else (old.chasing_cadence, old.next_chase_step)
    named = given.get("chasing_cadence", was[0])
    if named != was[0]:
        given.setdefault("next_chase_step", None)
    step = given.get("next_chase_step", was[1])
    if (named, step) == was:
        return given
    cadence = None if named is None else await tx.get(Cadence, asked.scope, named)
    if named is not None and cadence is None:
        raise Refused(Problem("unknown_reference", ("chasing_cadence",), f"chasing cadence {named}"))
    if step is not None and (cadence is None or step not in {one["id"] for one in cadence.steps}):
        raise Refused(Problem("unknown_reference", ("next_chase_step",), f"step {step} of the cadence"))
    return {**given, "is_chase_finished": False}


async def default(reader: Reader, asked: Request) -> int | None:
    """The cadence of customers who are created without one."""
    where = Compare("assignment_mode", Op.EQ, DEFAULT)
    query = Query(where, unambiguous(()), 1, counted=False, shows=frozenset({"id", "serial"}))
    found = (await reader.page(Cadence, asked.scope, query)).records
    return found[0].serial if found else None
