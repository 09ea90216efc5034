"""A chasing cadence: when customers are looked at who owe something, and by which steps they are chased."""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, NamedTuple

from billto.domain.attrs import FLAG, ID, MOMENT, MONEY, NUMBER, text, tree
from billto.domain.entity import Entity, zone
from billto.domain.nodes import Choice, Group, Many, Node, Text, Whole
from billto.domain.plan import at_hour
from billto.domain.problems import Problem, Refused
from billto.domain.versions import edited, touched

FREQUENCIES = DAILY, WEEKLY, MONTHLY = ("daily", "day_of_week", "day_of_month")
ACTIONS = EMAIL, SMS, MAIL, PHONE, ESCALATE = ("email", "sms", "mail", "phone", "escalate")
MODES = NONE, DEFAULT, CONDITIONS = ("none", "default", "conditions")
STEPS_MAX = 50
AGE_MAX = 3650  # days

_SCHEDULE = re.compile(r"(past_due_age|age):(\d{1,4})", re.ASCII)
SCHEDULE_FORM = f"age:N or past_due_age:N, with 0 to {AGE_MAX} days"

STEP: dict[str, Node] = {
    "id": Whole(null=False),
    "name": Text(most=255),
    "action": Choice(among=ACTIONS, null=False),
    "schedule": Text(most=50, null=False),
    "email_template_id": Text(most=100),
    "sms_template_id": Text(most=100),
    "assigned_user_id": Whole(),  # who gets the task; users are the client's own
    "created_at": Text(most=40),
    "updated_at": Text(most=40),
}
STEPS = Many(Group(STEP, null=False), most=STEPS_MAX)


class Cadence(NamedTuple):
    """When customers are looked at, and the steps, one after the other, by which they are chased."""

    # identity
    entity_id: Annotated[str, ID]
    id: Annotated[str, ID]
    serial: Annotated[int, NUMBER]  # the store allots it; customers name their cadence by it
    version: Annotated[int, NUMBER]
    created_at: Annotated[datetime, MOMENT]
    updated_at: Annotated[datetime, MOMENT]
    name: Annotated[str, text(255, least=1, searched=False)]
    steps: Annotated[list[dict[str, Any]], tree(STEPS)]
    # when
    time_of_day: Annotated[int, NUMBER] = 7  # the hour, where the entity is
    frequency: Annotated[str, text(20, among=FREQUENCIES, searched=False)] = DAILY
    run_date: Annotated[int | None, NUMBER] = None  # the day of the month
    run_days: Annotated[str | None, text(20, searched=False)] = None  # of the week: 1 is Monday, 7 is Sunday
    is_paused: Annotated[bool, FLAG] = False
    last_run: Annotated[datetime | None, MOMENT] = None  # kept by runs alone, which make no new version
    # whom
    min_balance: Annotated[Decimal | None, MONEY] = None
    assignment_mode: Annotated[str, text(20, among=MODES, searched=False)] = NONE
    assignment_conditions: Annotated[str | None, text(2_000, searched=False)] = None


_START = Cadence._field_defaults


def made(
    values: Mapping[str, Any], *, entity_id: str, id: str, step_ids: Iterator[int], now: datetime
) -> Cadence:
    """A new cadence out of checked values; raises Refused for what could never run."""
    given = edited(values, _START.get)
    steps = _settled(given.pop("steps", None) or [], (), step_ids, now)
    return _sound(Cadence(
        **given, steps=steps, entity_id=entity_id, id=id, serial=0, version=1, created_at=now, updated_at=now,
    ))  # fmt: skip


def changed(
    cadence: Cadence, values: Mapping[str, Any], *, is_assigned: bool, step_ids: Iterator[int], now: datetime
) -> Cadence:
    """The cadence with some checked values in place of its own.

    Once customers are assigned to it, what happens when cannot change: they stand somewhere in it.
    """
    given = edited(values, cadence._asdict().__getitem__)
    if "steps" in given:
        given["steps"] = _settled(given["steps"] or [], cadence.steps, step_ids, now)
        if is_assigned and _course(given["steps"]) != _course(cadence.steps):
            raise Refused(Problem("immutable_assigned", ("steps",)))
    return _sound(touched(cadence, given, now))


def new_steps(given: Sequence[Mapping[str, Any]] | None, before: Sequence[Mapping[str, Any]] = ()) -> int:
    """How many of some steps have no id of the cadence yet."""
    known = {one["id"] for one in before}
    return sum(one.get("id") not in known for one in given or ())


def days_of(age: str) -> tuple[str, int]:
    """From which day a step counts (`age`, `past_due_age`), and how many days."""
    found = _SCHEDULE.fullmatch(age)
    if found is None or int(found[2]) > AGE_MAX:
        raise Refused(Problem("invalid_format", ("schedule",), SCHEDULE_FORM))
    return found[1], int(found[2])


def next_run(cadence: Cadence, entity: Entity, after: datetime) -> datetime | None:
    """When a cadence runs next after a moment; never while it is paused.

    Once on each of its days: an hour that clocks leave out is the one that comes instead, and of an hour
    that they show twice the first is meant.
    """
    if cadence.is_paused:
        return None
    try:
        # Where clocks jump over midnight, the hour of one day is reached on the next one.
        day = after.astimezone(zone(entity)).date() - timedelta(days=1)
        while not (_runs_on(cadence, day) and at_hour(entity, day, cadence.time_of_day) > after):
            day += timedelta(days=1)
        return at_hour(entity, day, cadence.time_of_day)
    except OverflowError:  # the calendar ends with the year 9999
        return None


def _runs_on(cadence: Cadence, day: date) -> bool:
    if cadence.frequency == MONTHLY:
        last = monthrange(day.year, day.month)[1]
        return day.day == min(cadence.run_date or 1, last)
    if cadence.frequency == WEEKLY:
        return str(day.isoweekday()) in (cadence.run_days or "1").split(",")
    return True


def _settled(
    given: Sequence[Mapping[str, Any]],
    before: Sequence[Mapping[str, Any]],
    step_ids: Iterator[int],
    now: datetime,
) -> list[dict[str, Any]]:
    """The steps with ids for the new ones, and the moments when each was made and changed."""
    known = {one["id"]: one for one in before}
    moment = now.isoformat(timespec="milliseconds")
    settled: list[dict[str, Any]] = []
    for at, one in enumerate(given):
        old = known.get(one.get("id"))
        if old is not None and any(old["id"] == other["id"] for other in settled):
            raise Refused(Problem("not_offered", ("steps", at, "id"), f"step {old['id']} is named twice"))
        said = {name: one.get(name) for name in STEP if name not in ("id", "created_at", "updated_at")}
        _check_step(said, at)
        if old is None:
            settled.append({**said, "id": next(step_ids), "created_at": moment, "updated_at": moment})
        elif all(old.get(name) == value for name, value in said.items()):
            settled.append(dict(old))
        else:
            settled.append({**old, **said, "updated_at": moment})
    return settled


def _check_step(step: Mapping[str, Any], at: int) -> None:
    for name in ("action", "schedule"):
        if not step[name]:
            raise Refused(Problem("required", ("steps", at, name)))
    try:
        days_of(step["schedule"])
    except Refused as refused:
        raise Refused(*(one.within("steps", at) for one in refused.problems)) from None


def _course(steps: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    return [(one["id"], one["action"], one["schedule"]) for one in steps]


def _sound(cadence: Cadence) -> Cadence:
    problems = []
    if not 0 <= cadence.time_of_day <= 23:
        problems.append(Problem("out_of_range", ("time_of_day",), "0 to 23"))
    if cadence.run_date is not None and not 1 <= cadence.run_date <= 31:
        problems.append(Problem("out_of_range", ("run_date",), "1 to 31"))
    if cadence.min_balance is not None and cadence.min_balance < 0:
        problems.append(Problem("out_of_range", ("min_balance",), "0 or more"))
    if cadence.assignment_mode == CONDITIONS or cadence.assignment_conditions:
        wrong = "assignment_conditions" if cadence.assignment_conditions else "assignment_mode"
        problems.append(Problem("not_offered", (wrong,), "customers are not assigned by conditions"))
    if cadence.frequency == WEEKLY and not cadence.run_days:
        problems.append(Problem("required", ("run_days",)))
    if cadence.frequency == MONTHLY and cadence.run_date is None:
        problems.append(Problem("required", ("run_date",)))
    if problems:
        raise Refused(*problems)
    return cadence
