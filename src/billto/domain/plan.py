"""What is done for an entity by itself, and when: reminders, chasing, runs of statements.

A plan says when its work is done next. Plans of an entity whose test clock was moved ahead live in its time,
and are worked off one moment after the other; all others are done once, however long nobody looked.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, NamedTuple

from billto.domain.attrs import FLAG, ID, MOMENT, NUMBER, text, tree
from billto.domain.entity import Entity, zone
from billto.domain.message import ERROR_MAX, told
from billto.domain.nodes import Anything, Map
from billto.domain.versions import touched

KINDS = OVERDUE, CADENCE, STATEMENTS = ("overdue", "cadence", "statements")

# Of what went wrong for a reason that may be over soon.
AGAIN = timedelta(minutes=5)


class Plan(NamedTuple):
    """When one thing is done next for an entity, and what came of the last time."""

    entity_id: Annotated[str, ID]
    id: Annotated[str, ID]
    serial: Annotated[int, NUMBER]  # the store allots it
    version: Annotated[int, NUMBER]
    created_at: Annotated[datetime, MOMENT]
    updated_at: Annotated[datetime, MOMENT]
    kind: Annotated[str, text(20, among=KINDS, searched=False)]
    subject_id: Annotated[str, ID]  # the cadence, the run; the entity itself where there is only one
    next_at: Annotated[datetime, MOMENT]  # as the entity's clock shows it
    due_at: Annotated[datetime, MOMENT]  # when it may be taken, in true time
    is_anew: Annotated[bool, FLAG] = False  # the rule has changed: first find out when it is next
    leased_until: Annotated[datetime | None, MOMENT] = None  # while somebody works on it
    last_at: Annotated[datetime | None, MOMENT] = None  # as the entity's clock showed it
    last_result: Annotated[dict[str, Any] | None, tree(Map(Anything(), most=50))] = None
    last_error: Annotated[str | None, text(ERROR_MAX, searched=False)] = None


def made(entity: Entity, kind: str, subject_id: str, next_at: datetime, *, id: str, now: datetime) -> Plan:
    return Plan(
        entity_id=entity.id, id=id, serial=0, version=1, created_at=now, updated_at=now, kind=kind,
        subject_id=subject_id, next_at=next_at, due_at=due(entity, next_at),
    )  # fmt: skip


def moved(plan: Plan, entity: Entity, next_at: datetime, now: datetime) -> Plan:
    """The plan for another moment."""
    return touched(plan, {"next_at": next_at, "due_at": due(entity, next_at), "is_anew": False}, now)


def anew(plan: Plan, now: datetime) -> Plan:
    """The plan whose moment is to be found out anew, at once."""
    return touched(plan, {"due_at": now, "is_anew": True}, now)


def claimed(plan: Plan, now: datetime, lease: timedelta) -> Plan:
    """The plan in the hands of one worker, until it is done with it or has died."""
    return touched(plan, {"leased_until": now + lease, "due_at": now + lease}, now)


def let_go(plan: Plan, now: datetime) -> Plan:
    """The plan in nobody's hands."""
    return touched(plan, {"leased_until": None}, now)


def done(
    plan: Plan, entity: Entity, next_at: datetime, now: datetime, at: datetime, result: Mapping[str, Any]
) -> Plan:
    values = {"leased_until": None, "last_at": at, "last_result": dict(result), "last_error": None}
    return moved(touched(plan, values, now), entity, next_at, now)


def failed(plan: Plan, now: datetime, error: str) -> Plan:
    """The plan that is tried again soon: what was done already is not done a second time."""
    return touched(plan, {"leased_until": None, "due_at": now + AGAIN, "last_error": told(error)}, now)


def due(entity: Entity, next_at: datetime) -> datetime:
    """When it is so late by the entity's clock, in true time."""
    return next_at - timedelta(seconds=entity.clock_ahead)


def daily(entity: Entity, hour: int, after: datetime) -> datetime:
    """The next time that it is so many hours by the entity's wall, after a moment."""
    day = after.astimezone(zone(entity)).date()
    today = at_hour(entity, day, hour)
    return today if today > after else at_hour(entity, day + timedelta(days=1), hour)


def at_hour(entity: Entity, day: date, hour: int) -> datetime:
    """An hour of a day by the entity's wall. One that its clock skips is as long after midnight as it would
    have been; of one that comes twice it is the first."""
    return datetime.combine(day, time(hour), zone(entity)).astimezone(UTC)
