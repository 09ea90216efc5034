"""Statements for many customers on days that an entity names, or at once: what a run is, when it is next,
which days it tells of, and who gets one."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, NamedTuple

from billto.domain.attrs import DAY, FLAG, ID, MOMENT, MONEY, NUMBER, TAGS, text
from billto.domain.entity import Entity, zone
from billto.domain.message import CHANNELS, SMS
from billto.domain.plan import at_hour
from billto.domain.problems import Problem, Refused
from billto.domain.versions import edited, touched

FREQUENCIES = MONTHLY, WEEKLY, ONCE = ("monthly", "weekly", "once")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TYPES = BALANCE_FORWARD, OPEN_ITEM = ("balance_forward", "open_item")
DAY_MAX, HOUR_MAX, PAST_DUE_DAYS_MAX = 31, 23, 10_000
DATE_MAX = date(9000, 1, 1)  # the calendar of computers ends soon after
_DECEMBER = 12
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


class StatementRun(NamedTuple):
    """Which statements go out, when, how, and to whom."""

    entity_id: Annotated[str, ID]
    id: Annotated[str, ID]
    serial: Annotated[int, NUMBER]  # the store allots it
    version: Annotated[int, NUMBER]
    created_at: Annotated[datetime, MOMENT]
    updated_at: Annotated[datetime, MOMENT]
    name: Annotated[str, text(255, least=1, searched=False)]
    # when: by the entity's clock
    frequency: Annotated[str, text(10, among=FREQUENCIES, searched=False)]
    day: Annotated[int | None, NUMBER] = None  # of the month; in one that is shorter, its last
    weekday: Annotated[str | None, text(10, among=WEEKDAYS, searched=False)] = None
    on_date: Annotated[date | None, DAY] = None  # of what is done once
    hour: Annotated[int, NUMBER] = 8
    is_paused: Annotated[bool, FLAG] = False
    # what
    type: Annotated[str, text(20, among=TYPES, searched=False)] = BALANCE_FORWARD
    past_due_only: Annotated[bool, FLAG] = False
    include_children: Annotated[bool, FLAG] = False  # who then have none of their own
    language: Annotated[str | None, text(20, least=2, searched=False)] = None
    # how
    channel: Annotated[str, text(10, among=CHANNELS, searched=False)] = "email"
    subject: Annotated[str | None, text(255, searched=False)] = None
    body: Annotated[str | None, text(20_000, searched=False)] = None
    # to whom
    with_balance_only: Annotated[bool, FLAG] = True  # who owes something
    with_activity_only: Annotated[bool, FLAG] = False  # of whom something was written down in the period
    min_balance: Annotated[Decimal | None, MONEY] = None
    min_balance_currency: Annotated[str | None, text(3, least=3, searched=False)] = None
    past_due_days: Annotated[int | None, NUMBER] = None  # so many days late with something, or more
    customer_metadata: Annotated[dict[str, str], TAGS] = {}  # noqa: RUF012 (every run is made with its own)
    # theirs
    metadata: Annotated[dict[str, str], TAGS] = {}  # noqa: RUF012


class Period(NamedTuple):
    """The days a statement tells of; one of open items is as of the last of them."""

    start: date
    end: date


_OF_FREQUENCY = {MONTHLY: "day", WEEKLY: "weekday", ONCE: "on_date"}
_BOUNDS = {"day": (1, DAY_MAX), "hour": (0, HOUR_MAX), "past_due_days": (0, PAST_DUE_DAYS_MAX)}
# What may be another while a round is under way: nothing of what that one does.
HARMLESS = frozenset({"name", "is_paused", "metadata", *_OF_FREQUENCY.values(), "frequency", "hour"})


def made(values: Mapping[str, Any], *, entity_id: str, id: str, now: datetime) -> StatementRun:
    given = edited(values, StatementRun._field_defaults.get)
    given = {"metadata": {}, "customer_metadata": {}, **given}
    run = StatementRun(
        **given, entity_id=entity_id, id=id, serial=0, version=1, created_at=now, updated_at=now
    )
    return _consistent(run)


def changed(run: StatementRun, values: Mapping[str, Any], now: datetime) -> StatementRun:
    return _consistent(touched(run, edited(values, run._asdict().__getitem__), now))


def _consistent(run: StatementRun) -> StatementRun:
    """The run, in which only its own frequency says a day; raises Refused where that is not said, or what is
    said cannot be."""
    problems = []
    wanted = _OF_FREQUENCY[run.frequency]
    if getattr(run, wanted) is None:
        problems.append(Problem("required", (wanted,)))
    for name, (least, most) in _BOUNDS.items():
        value = getattr(run, name)
        if value is not None and not least <= value <= most:
            problems.append(Problem("out_of_range", (name,), f"{least} to {most}"))
    if run.min_balance is not None and run.min_balance < 0:
        problems.append(Problem("out_of_range", ("min_balance",), "0 or more"))
    if run.on_date is not None and run.on_date > DATE_MAX:
        problems.append(Problem("out_of_range", ("on_date",), f"no later than {DATE_MAX}"))
    if run.channel == SMS and not run.body:
        problems.append(Problem("required", ("body",)))  # ours speaks of what is attached
    if problems:
        raise Refused(*problems)
    others: dict[str, Any] = dict.fromkeys(name for name in _OF_FREQUENCY.values() if name != wanted)
    return run._replace(**others)


def next_at(run: StatementRun, entity: Entity, after: datetime) -> datetime | None:
    """When a round is next after a moment of the entity's clock; None for never again."""
    if run.is_paused:
        return None
    today = after.astimezone(zone(entity)).date()
    day: date | None = on_or_after(run, today)
    while day is not None:
        if (moment := at_hour(entity, day, run.hour)) > after:
            return moment
        day = on_or_after(run, day + _DAY)
    return None


def last_day(run: StatementRun, entity: Entity, planned: datetime, at: datetime) -> date:
    """The day of the last round that was to begin by a moment, from the planned one on: what nobody was there
    to begin is not made up for one by one."""
    while (later := next_at(run, entity, planned)) is not None and later <= at:
        planned = later
    return planned.astimezone(zone(entity)).date()


def on_or_after(run: StatementRun, day: date) -> date | None:
    """The first day of a run that is not before another one."""
    if run.frequency == ONCE:
        return run.on_date if run.on_date is not None and run.on_date >= day else None
    if run.frequency == WEEKLY:
        return day + timedelta(days=(WEEKDAYS.index(run.weekday or "") - day.weekday()) % 7)
    here = _in_month(day, run.day or 1)
    return here if here >= day else _in_month(_month_after(day), run.day or 1)


def period(run: StatementRun, day: date) -> Period:
    """The days that the statements of a round tell of: of a weekly one the seven before it, otherwise the
    month before. Open items are told as of the day itself."""
    if run.type == OPEN_ITEM:
        return Period(day - _WEEK if run.frequency == WEEKLY else _month_before(day), day)
    if run.frequency == WEEKLY:
        return Period(day - _WEEK, day - _DAY)
    first = day.replace(day=1)
    return Period(_month_before(first), first - _DAY)


def _in_month(of: date, number: int) -> date:
    last = (_month_after(of) - _DAY).day
    return of.replace(day=min(number, last))


def _month_after(day: date) -> date:
    if day.month == _DECEMBER:
        return date(day.year + 1, 1, 1)
    return date(day.year, day.month + 1, 1)


def _month_before(day: date) -> date:
    """The same day of the month before, or its last."""
    return _in_month(day.replace(day=1) - _DAY, day.day)


# Why somebody gets no statement: what the run leaves out, and whom nobody can reach.
ON_PARENTS, OTHER_METADATA, NO_BALANCE, BELOW_MIN, NOT_PAST_DUE, NO_ACTIVITY = LEFT_OUT = (
    "on_parents_statement", "other_metadata", "no_balance", "below_min_balance", "not_past_due",
    "no_activity",
)  # fmt: skip
UNREACHED = NO_RECIPIENT, TOO_MANY_BELOW, TOO_LONG, GONE = (
    "no_recipient", "too_many_below", "too_long", "gone",
)  # fmt: skip
REASONS = (*LEFT_OUT, *UNREACHED)


class InCurrency(NamedTuple):
    """How somebody stands in one currency, with those whose statement is the same."""

    outstanding: Decimal = Decimal(0)
    in_hand: Decimal = Decimal(0)  # credit of every kind, as a positive figure
    days_late: int = 0  # of what has been due for longest
    is_active: bool = False  # something was written down in the period

    @property
    def net(self) -> Decimal:
        return self.outstanding - self.in_hand

    def with_(self, other: "InCurrency") -> "InCurrency":
        return InCurrency(
            self.outstanding + other.outstanding,
            self.in_hand + other.in_hand,
            max(self.days_late, other.days_late),
            self.is_active or other.is_active,
        )


Stands = Mapping[str, InCurrency]  # by currency


def left_out(
    run: StatementRun,
    stands: Stands,
    metadata: Mapping[str, str],
    *,
    is_on_parents: bool,
    currency: str,
) -> str | None:
    """Why a customer is not among those of a run; None where it is. A least balance is in `currency` unless
    the run says in which."""
    in_least = stands.get(run.min_balance_currency or currency, InCurrency())
    tests: tuple[tuple[str, Callable[[], bool]], ...] = (
        (ON_PARENTS, lambda: run.include_children and is_on_parents),
        (OTHER_METADATA, lambda: any(metadata.get(key) != one for key, one in run.customer_metadata.items())),
        (NO_BALANCE, lambda: run.with_balance_only and not any(one.outstanding for one in stands.values())),
        (BELOW_MIN, lambda: run.min_balance is not None and in_least.net < run.min_balance),
        (NOT_PAST_DUE, lambda: not _is_late(run, stands)),
        (NO_ACTIVITY, lambda: run.with_activity_only and not any(one.is_active for one in stands.values())),
    )
    return next((reason for reason, holds in tests if holds()), None)


def _is_late(run: StatementRun, stands: Stands) -> bool:
    least = max(run.past_due_days or 0, int(run.past_due_only))
    return max((one.days_late for one in stands.values()), default=0) >= least


def currencies(run: StatementRun, stands: Stands, own: str) -> tuple[str, ...]:
    """The currencies of which there is a statement, one's own first: each in which there is something."""
    if run.past_due_only:
        found = {code for code, one in stands.items() if one.days_late}
    else:
        found = {code for code, one in stands.items() if one.outstanding or one.in_hand or one.is_active}
    return tuple(sorted(found, key=lambda code: (code != own, code))) or (own,)
