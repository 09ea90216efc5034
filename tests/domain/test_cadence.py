"""When a cadence runs: once on each of its days, whatever the clocks of its zone do."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billto.domain import cadence as rules
from billto.domain.cadence import DAILY, MONTHLY, WEEKLY, Cadence, next_run
from billto.domain.entity import Entity
from billto.domain.problems import Refused

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
ZONES = (
    "Etc/GMT+12", "Pacific/Pago_Pago", "America/New_York", "America/Nuuk", "America/Sao_Paulo",
    "America/St_Johns", "UTC", "Europe/Ljubljana", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia",
    "Pacific/Kiritimati",
)  # fmt: skip
MOMENTS = st.integers(0, 23 * 365 * 24 * 60).map(
    lambda n: datetime(2008, 1, 1, tzinfo=UTC) + timedelta(minutes=n)
)


def entity(timezone: str | None) -> Entity:
    own: dict[str, Any] = dict.fromkeys(("id", "account_id"), "e" * 24)
    return Entity(
        **own, environment="live", serial=1, version=1, created_at=NOW, updated_at=NOW, name="E",
        country="Slovenia", country_code="SI", currency_code="EUR", locale="sl", settings={}, metadata={},
        timezone=timezone,
    )  # fmt: skip


def made(**values: Any) -> Cadence:
    given = {"name": "Gently", **values}
    return rules.made(given, entity_id="e" * 24, id="c" * 24, step_ids=iter(range(1, 99)), now=NOW)


CADENCES = st.builds(
    made,
    time_of_day=st.integers(0, 23),
    frequency=st.sampled_from((DAILY, WEEKLY, MONTHLY)),
    run_date=st.integers(1, 31),
    run_days=st.sampled_from(("1", "7", "2,4", "1,2,3,4,5")),
)


@given(CADENCES, st.sampled_from(ZONES), MOMENTS)
def test_the_next_run_is_later_and_there_is_none_between(one: Cadence, zone: str, at: datetime) -> None:
    found = next_run(one, entity(zone), at)
    assert found is not None
    assert found > at
    middle = at + (found - at) / 2
    assert next_run(one, entity(zone), middle) == found


@given(st.integers(0, 23), st.sampled_from(ZONES), st.integers(2009, 2030))
def test_a_daily_cadence_runs_once_on_every_day_of_a_year(hour: int, zone: str, year: int) -> None:
    one, there = made(time_of_day=hour), ZoneInfo(zone)
    at = datetime(year, 1, 1, tzinfo=there).astimezone(UTC) - timedelta(milliseconds=1)
    end = datetime(year + 1, 1, 1, tzinfo=there)
    runs: list[datetime] = []
    while (found := next_run(one, entity(zone), runs[-1] if runs else at)) is not None and found < end:
        runs.append(found)
    days = {day.astimezone(there).date() for day in runs}
    every = {
        date(year, 1, 1) + timedelta(days=n) for n in range(366 if monthrange(year, 2)[1] == 29 else 365)
    }
    # A day that a zone leaves out has no run; an hour that falls into a gap at midnight is on the next day.
    assert len(every - days) <= 1
    assert len(runs) in (len(days), len(days) + 1)
    assert len(runs) >= len(every) - 1


def test_an_hour_that_clocks_leave_out_is_the_next_one_and_of_two_the_first_counts() -> None:
    one = made(time_of_day=2)
    spring = next_run(one, entity("Europe/Ljubljana"), datetime(2026, 3, 28, 23, tzinfo=UTC))
    assert spring == datetime(2026, 3, 29, 1, tzinfo=UTC)  # 3 o'clock in summer
    autumn = next_run(one, entity("Europe/Ljubljana"), datetime(2026, 10, 24, 23, tzinfo=UTC))
    assert autumn == datetime(2026, 10, 25, 0, tzinfo=UTC)
    after = next_run(one, entity("Europe/Ljubljana"), datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    assert after == datetime(2026, 10, 26, 1, tzinfo=UTC)


@given(st.integers(28, 31), st.integers(2020, 2028), st.integers(1, 12))
def test_a_day_that_a_month_does_not_have_is_its_last(run_date: int, year: int, month: int) -> None:
    one = made(frequency=MONTHLY, run_date=run_date, time_of_day=0)
    first = datetime(year, month, 1, tzinfo=UTC) - timedelta(seconds=1)
    found = next_run(one, entity("UTC"), first)
    assert found is not None
    assert (found.year, found.month, found.day) == (year, month, min(run_date, monthrange(year, month)[1]))


def test_a_paused_cadence_never_runs() -> None:
    assert next_run(made(is_paused=True), entity("UTC"), NOW) is None
    assert next_run(made(), entity(None), datetime(9999, 12, 31, 23, tzinfo=UTC)) is None


STEP = {"name": "Write", "action": "email", "schedule": "age:5"}


@pytest.mark.parametrize(
    ("values", "code", "path"),
    [
        ({"time_of_day": 24}, "out_of_range", ("time_of_day",)),
        ({"frequency": WEEKLY}, "required", ("run_days",)),
        ({"frequency": MONTHLY}, "required", ("run_date",)),
        ({"frequency": MONTHLY, "run_date": 32}, "out_of_range", ("run_date",)),
        ({"assignment_mode": "conditions"}, "not_offered", ("assignment_mode",)),
        ({"steps": [{**STEP, "schedule": "sometime"}]}, "invalid_format", ("steps", 0, "schedule")),
        ({"steps": [{**STEP, "schedule": "age:9999"}]}, "invalid_format", ("steps", 0, "schedule")),
        ({"steps": [STEP, {"schedule": "age:1"}]}, "required", ("steps", 1, "action")),
    ],
)
def test_what_could_never_run_is_refused(values: dict[str, Any], code: str, path: tuple[Any, ...]) -> None:
    with pytest.raises(Refused) as caught:
        made(**values)
    assert [(one.code, one.path) for one in caught.value.problems] == [(code, path)]


def test_steps_keep_their_ids_and_cannot_move_once_customers_are_assigned() -> None:
    one = made(steps=[STEP, {**STEP, "schedule": "past_due_age:9"}])
    assert [step["id"] for step in one.steps] == [1, 2]
    renamed = [{**one.steps[0], "name": "Write again"}, one.steps[1]]
    later = NOW + timedelta(days=1)
    new = rules.changed(one, {"steps": renamed}, is_assigned=True, step_ids=iter(()), now=later)
    assert [step["id"] for step in new.steps] == [1, 2]
    assert new.steps[1] == one.steps[1]
    for moved in ([one.steps[0]], one.steps[::-1], [{**one.steps[0], "schedule": "age:6"}, one.steps[1]]):
        with pytest.raises(Refused) as caught:
            rules.changed(one, {"steps": moved}, is_assigned=True, step_ids=iter((3, 4)), now=later)
        assert caught.value.problems[0].code == "immutable_assigned"
        rules.changed(one, {"steps": moved}, is_assigned=False, step_ids=iter((3, 4)), now=later)
