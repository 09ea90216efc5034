"""When a run is next, which days it tells of, and whom it leaves out: for any run, anywhere, at any time."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from billto.domain import entity as entities
from billto.domain import statement_run as rules
from billto.domain.entity import Entity
from billto.domain.problems import Refused
from billto.domain.statement_run import (
    FREQUENCIES,
    MONTHLY,
    ONCE,
    OPEN_ITEM,
    TYPES,
    WEEKDAYS,
    WEEKLY,
    InCurrency,
    StatementRun,
)

DAY = timedelta(days=1)
THEN = datetime(2026, 1, 1, tzinfo=UTC)
ZONES = (
    "UTC", "Etc/GMT+12", "Pacific/Kiritimati", "Europe/Ljubljana", "America/New_York", "Asia/Kathmandu",
    "Australia/Lord_Howe", "America/Sao_Paulo", "Africa/Cairo",
)  # fmt: skip
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
DAYS = st.dates(date(2024, 1, 1), date(2032, 12, 31))


def entity(zone: str) -> Entity:
    said = {"name": "Here", "country": "SI", "country_code": "SI", "timezone": zone}
    return entities.made(said, account_id="0" * 24, environment="live", id="1" * 24, now=THEN)


def run(**values: Any) -> StatementRun:
    said = {"name": "Run", "frequency": MONTHLY, "day": 1, **values}
    return rules.made(said, entity_id="1" * 24, id="2" * 24, now=THEN)


@st.composite
def runs(draw: st.DrawFn) -> StatementRun:
    return run(
        frequency=draw(st.sampled_from(FREQUENCIES)),
        day=draw(st.integers(1, 31)),
        weekday=draw(st.sampled_from(WEEKDAYS)),
        on_date=draw(DAYS),
        hour=draw(st.integers(0, 23)),
        type=draw(st.sampled_from(TYPES)),
    )


def is_of(one: StatementRun, day: date) -> bool:
    """Whether a round of the run is on a day: said once more, in the simplest way."""
    if one.frequency == ONCE:
        return day == one.on_date
    if one.frequency == WEEKLY:
        return WEEKDAYS[day.weekday()] == one.weekday
    is_last = (day + DAY).month != day.month
    return day.day == one.day or (is_last and day.day < (one.day or 0))


@given(runs(), st.sampled_from(ZONES), MOMENTS)
@example(run(hour=2, frequency=WEEKLY, weekday="sunday"), "Europe/Ljubljana", THEN.replace(month=3, day=29))
@example(run(hour=2, frequency=WEEKLY, weekday="sunday"), "Europe/Ljubljana", THEN.replace(month=10, day=25))
def test_the_next_moment_is_the_first_hour_of_a_day_of_the_run(
    one: StatementRun, zone: str, after: datetime
) -> None:
    here = ZoneInfo(zone)
    found = rules.next_at(one, entity(zone), after)
    if found is None:
        assert one.frequency == ONCE
        assert one.on_date is not None
        assert one.on_date <= after.astimezone(here).date()
        return
    day = found.astimezone(here).date()
    assert found > after
    assert found.tzinfo is UTC
    assert is_of(one, day)
    # The clock on the wall shows the hour, unless it skips it just then.
    shown = found.astimezone(here)
    is_skipped = shown.replace(hour=one.hour, minute=0).astimezone(UTC).astimezone(here).hour != one.hour
    assert shown.hour == one.hour or is_skipped
    between = after.astimezone(here).date() + DAY
    while between < day:
        assert not is_of(one, between)
        between += DAY


@given(runs(), st.sampled_from(ZONES), MOMENTS)
def test_each_day_of_a_run_comes_once(one: StatementRun, zone: str, after: datetime) -> None:
    days, moment = list[date](), after
    for _ in range(15):
        found = rules.next_at(one, entity(zone), moment)
        if found is None:
            break
        days.append(found.astimezone(ZoneInfo(zone)).date())
        moment = found
    assert days == sorted(set(days))
    assert len(days) == 15 or one.frequency == ONCE


@given(runs(), st.sampled_from(ZONES), MOMENTS, st.integers(0, 200))
def test_after_a_long_sleep_the_last_day_counts(
    one: StatementRun, zone: str, after: datetime, days: int
) -> None:
    here = entity(zone)
    planned = rules.next_at(one, here, after)
    if planned is None:
        return
    at = planned + days * DAY
    last = rules.last_day(one, here, planned, at)
    assert planned.astimezone(ZoneInfo(zone)).date() <= last <= at.astimezone(ZoneInfo(zone)).date()
    following = rules.next_at(one, here, at)
    assert following is None or following.astimezone(ZoneInfo(zone)).date() > last


@given(runs(), DAYS)
def test_a_period_ends_before_its_day_and_the_next_one_goes_on_after_it(one: StatementRun, day: date) -> None:
    first = rules.on_or_after(one, day)
    if first is None:
        return
    start, end = rules.period(one, first)
    assert start <= end
    if one.type == OPEN_ITEM:
        assert end == first
        return
    assert end < first
    if (second := rules.on_or_after(one, first + DAY)) is not None:
        assert rules.period(one, second).start == end + DAY
    if one.frequency == MONTHLY:
        assert (start.day, (end + DAY).day) == (1, 1)
        assert start.month == end.month


def test_the_last_day_of_a_short_month_stands_for_those_it_lacks() -> None:
    found = [rules.on_or_after(run(day=30), date(year, 2, 1)) for year in (2027, 2028)]
    assert found == [date(2027, 2, 28), date(2028, 2, 29)]
    assert rules.period(run(day=31), date(2027, 3, 31)) == (date(2027, 2, 1), date(2027, 2, 28))


def test_an_hour_that_comes_twice_or_never_brings_one_round() -> None:
    weekly = run(frequency=WEEKLY, weekday="sunday", hour=2)
    here = entity("Europe/Ljubljana")
    spring = rules.next_at(weekly, here, datetime(2026, 3, 28, 12, tzinfo=UTC))
    autumn = rules.next_at(weekly, here, datetime(2026, 10, 24, 12, tzinfo=UTC))
    assert (spring, autumn) == (
        datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 0, tzinfo=UTC),
    )  # fmt: skip
    assert rules.next_at(weekly, here, datetime(2026, 10, 25, 0, tzinfo=UTC)) == datetime(
        2026, 11, 1, 1, tzinfo=UTC
    )


def test_who_is_paused_is_never_next() -> None:
    assert rules.next_at(run(is_paused=True), entity("UTC"), THEN) is None


AMOUNTS = st.integers(0, 300).map(Decimal)
IN_CURRENCY = st.builds(InCurrency, AMOUNTS, AMOUNTS, st.integers(0, 60), st.booleans())
STANDS = st.dictionaries(st.sampled_from(["EUR", "USD", "JPY"]), IN_CURRENCY)
FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "with_balance_only": st.booleans(),
        "with_activity_only": st.booleans(),
        "past_due_only": st.booleans(),
        "include_children": st.booleans(),
        "min_balance": AMOUNTS,
        "min_balance_currency": st.sampled_from(["EUR", "USD"]),
        "past_due_days": st.integers(0, 60),
        "customer_metadata": st.dictionaries(st.sampled_from("ab"), st.sampled_from("xy")),
    },
)


def reason(said: dict[str, Any], stands: Any, metadata: dict[str, str], *, on_parents: bool) -> str | None:
    return rules.left_out(run(**said), stands, metadata, is_on_parents=on_parents, currency="EUR")


METADATA = st.dictionaries(st.sampled_from("ab"), st.sampled_from("xy"))


@given(FILTERS, STANDS, METADATA, st.booleans())
def test_who_is_chosen_passes_every_filter_and_each_filter_only_leaves_out(
    said: dict[str, Any], stands: Any, metadata: dict[str, str], on_parents: bool
) -> None:
    everybody = {"with_balance_only": False}
    assert reason(everybody, stands, metadata, on_parents=on_parents) is None
    whole = reason({**everybody, **said}, stands, metadata, on_parents=on_parents)
    currency = {name: said[name] for name in ("min_balance_currency",) if name in said}
    alone = [
        reason({**everybody, **currency, name: value}, stands, metadata, on_parents=on_parents)
        for name, value in said.items()
    ]
    assert (whole is None) == all(one is None for one in alone)
    assert whole is None or whole in alone


@given(STANDS, st.booleans())
def test_whoever_is_chosen_has_a_statement_of_each_currency_it_has_something_in(
    stands: Any, past_due_only: bool
) -> None:
    found = rules.currencies(run(past_due_only=past_due_only), stands, "EUR")
    assert len(found) == len(set(found)) > 0
    for code, one in stands.items():
        has = one.days_late if past_due_only else one.outstanding or one.in_hand or one.is_active
        assert (code in found) == bool(has) or found == ("EUR",)
    assert "EUR" not in found or found[0] == "EUR"


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"day": None}, "day"),
        ({"day": 0}, "day"),
        ({"hour": -1}, "hour"),
        ({"frequency": WEEKLY}, "weekday"),
        ({"frequency": ONCE}, "on_date"),
        ({"channel": "sms"}, "body"),
    ],
)
def test_a_run_that_could_never_go_out_is_refused(values: dict[str, Any], path: str) -> None:
    with pytest.raises(Refused) as caught:
        run(**values)
    assert [one.path for one in caught.value.problems] == [(path,)]
