"""What can be done with chasing cadences: made, seen, changed, given to customers, taken out."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from billto.app import assigning, catalog, customers, plans, records
from billto.app.assigning import CADENCES_MAX
from billto.app.parts import Id, Reader, Request, Tx
from billto.domain import cadence as rules
from billto.domain.cadence import DEFAULT, Cadence
from billto.domain.customer import Customer
from billto.domain.entity import Entity, moment
from billto.domain.paging import unambiguous
from billto.domain.plan import CADENCE, Plan
from billto.domain.problems import Problem, Refused
from billto.domain.query import Compare, Op, Page, Query

Counts = Mapping[int, int]

_WHEN = ("time_of_day", "frequency", "run_date", "run_days", "is_paused")
_TEMPLATES = {"email_template_id": catalog.EMAIL_TEMPLATES, "sms_template_id": catalog.SMS_TEMPLATES}


async def create(tx: Tx, asked: Request, values: Mapping[str, Any]) -> Cadence:
    await _check(tx, asked, values, None)
    ids = await _step_ids(tx, asked, rules.new_steps(values.get("steps")))
    new = rules.made(values, entity_id=asked.scope.entity, id=tx.new_id(), step_ids=ids, now=tx.now)
    stored = await tx.insert(new)
    await records.note(tx, asked, "chasing_cadence.created", stored)
    await _plan(tx, asked, stored)
    return stored


async def get(reader: Reader, asked: Request, id: Id) -> tuple[Cadence, int]:
    """The cadence, and how many customers are assigned to it."""
    where = Compare("id" if isinstance(id, str) else "serial", Op.EQ, id)
    found, counts = await page(reader, asked, Query(where, unambiguous(()), 1, counted=False))
    if not found.records:
        raise Refused(Problem("not_found", detail="Cadence"))
    (one,) = found.records
    return one, counts[one.serial]


async def page(reader: Reader, asked: Request, query: Query) -> tuple[Page, Counts]:
    return await reader.cadences(asked.scope, query)


async def change(tx: Tx, asked: Request, id: Id, values: Mapping[str, Any]) -> tuple[Cadence, int]:
    await tx.alone(asked.scope.entity, assigning.LOCK)
    old = await records.expected(tx, asked, Cadence, id)
    await _check(tx, asked, values, old)
    _, assigned = await get(tx, asked, old.id)
    ids = await _step_ids(tx, asked, rules.new_steps(values.get("steps"), old.steps))

    def becomes(old: Cadence, now: datetime) -> Cadence:
        return rules.changed(old, values, is_assigned=assigned > 0, step_ids=ids, now=now)

    new = await records.change(tx, asked, Cadence, id, "chasing_cadence.updated", becomes)
    # Another name is no reason to leave out a run that is late, or under way.
    if any(getattr(new, name) != getattr(old, name) for name in _WHEN):
        await _plan(tx, asked, new)
    return new, assigned


async def erase(tx: Tx, asked: Request, id: Id) -> Cadence:
    """Takes it out for good; refused with `in_use` while customers are assigned to it."""
    await tx.alone(asked.scope.entity, assigning.LOCK)
    old = await records.expected(tx, asked, Cadence, id)
    _, assigned = await get(tx, asked, old.id)
    if assigned:
        raise Refused(Problem("in_use", detail=f"{assigned} customer{'s' if assigned > 1 else ''}"))
    # Those in the trash are not counted; restored, they must not name what is not there.
    cleared = {"chasing_cadence": None, "next_chase_step": None}
    await tx.repoint(Customer, asked.scope, {"chasing_cadence": old.serial}, cleared)
    await tx.delete(old, asked.scope)
    await tx.forget(asked.scope.tenant_id, old.id)
    await records.note(tx, asked, "chasing_cadence.deleted", old)
    await plans.at(tx, asked, await records.seller(tx, asked), CADENCE, old.id, None)
    return old


async def _plan(tx: Tx, asked: Request, cadence: Cadence) -> None:
    entity = await records.seller(tx, asked)
    when = rules.next_run(cadence, entity, moment(entity, tx.now))
    await plans.at(tx, asked, entity, CADENCE, cadence.id, when)


async def next_at(
    reader: Reader, asked: Request, entity: Entity, plan: Plan, after: datetime
) -> datetime | None:
    """When a planned cadence runs next; None for one that is paused, or there no longer."""
    cadence = await reader.get(Cadence, asked.scope, plan.subject_id)
    if cadence is None:
        return None
    return rules.next_run(cadence, entity, plans.since(plan, entity, cadence.updated_at, after))


async def assign(tx: Tx, asked: Request, id: Id, customer_ids: Sequence[int]) -> tuple[Cadence, int]:
    """Gives the cadence to some customers, who begin with its first step unless they had it before."""
    cadence = await records.get(tx, asked, Cadence, id)
    plain = asked._replace(expected=None, shows=None)
    # In one order, so that nobody waits for another in a circle.
    for at, one in sorted(enumerate(customer_ids), key=lambda each: each[1]):
        try:
            await customers.change(
                tx, plain, one, {"chasing_cadence": cadence.serial}, demand=customers.must_be_live
            )
        except Refused as refused:
            if refused.status != 404:
                raise
            raise Refused(Problem("unknown_reference", ("customers", at), f"customer {one}")) from None
    return await get(tx, asked, cadence.id)


async def uses_of(reader: Reader, asked: Request, name: str, codes: Sequence[str]) -> Sequence[Cadence]:
    """The cadences of which a step has one of these templates."""
    query = Query(order=unambiguous(()), limit=CADENCES_MAX, counted=False)
    found: Sequence[Cadence] = (await reader.page(Cadence, asked.scope, query)).records
    return [one for one in found if any(step.get(name) in codes for step in one.steps)]


async def _check(tx: Tx, asked: Request, values: Mapping[str, Any], old: Cadence | None) -> None:
    """Raises Refused for a second default, and for steps whose templates do not exist."""
    if values.get("assignment_mode") == DEFAULT:
        await tx.alone(asked.scope.entity, "default cadence")
        if (there := await tx.default_cadence(asked.scope)) is not None and (
            old is None or old.serial != there
        ):
            raise Refused(Problem("taken", ("assignment_mode",)))
    if old is None:
        query = Query(order=unambiguous(()), limit=1, shows=frozenset({"id"}))
        if ((await tx.page(Cadence, asked.scope, query)).total or 0) >= CADENCES_MAX:
            raise Refused(Problem("too_many", ("name",), str(CADENCES_MAX)))
    for name, kind in _TEMPLATES.items():
        steps = values.get("steps") or ()
        named = sorted({one[name] for one in steps if one.get(name)})
        there_ = await catalog.named(kind, tx, asked, named) if named else {}
        for at, one in enumerate(steps):
            if one.get(name) and one[name] not in there_:
                raise Refused(Problem("unknown_reference", ("steps", at, name), f"template {one[name]}"))


async def _step_ids(tx: Tx, asked: Request, number: int) -> Iterator[int]:
    """Numbers for new steps, which no other step of the entity has or had."""
    return iter([await tx.next_number(asked.scope.entity, "chase_step") for _ in range(number)])
