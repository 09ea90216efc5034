"""Who is left alone: until somebody says otherwise, or until a day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billto.domain import holds
from billto.domain.customer import Customer
from billto.domain.problems import Refused

AT = datetime(2026, 1, 31, 12, tzinfo=UTC)
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


def somebody(**values: Any) -> Customer:
    own: dict[str, Any] = dict.fromkeys(("entity_id", "id"), "a" * 24)
    own |= {"serial": 1, "version": 1, "created_at": AT, "updated_at": AT, "deleted_at": None, "name": "A"}
    return Customer(**{**own, **values})


@given(DAYS, st.integers(-400, 400))
def test_a_pause_ends_by_itself_on_its_day(until: date, days: int) -> None:
    paused = somebody(**holds.values({"until": until.isoformat(), "reason": "Promised to pay."}))
    assert holds.on_hold(paused, until + timedelta(days)) is (days < 0)


@given(DAYS)
def test_a_hold_without_a_day_holds_until_it_is_ended(day: date) -> None:
    held = somebody(**holds.values({"paused": True, "reason": "In court."}))
    assert holds.on_hold(held, day)
    assert not holds.on_hold(held._replace(**holds.values({"paused": False})), day)
    assert not holds.on_hold(held._replace(**holds.values(None)), day)
    assert not holds.on_hold(somebody(), day)


@given(st.booleans(), st.none() | DAYS, st.none() | st.just("Because."))
def test_what_is_told_of_a_hold_orders_the_same_one(
    is_chased: bool, until: date | None, reason: str | None
) -> None:
    one = somebody(is_chased=is_chased, chase_paused_until=until, chase_pause_reason=reason)
    told = holds.hold(one)
    again = one._replace(**holds.values({
        "paused": told.paused, "reason": told.reason, "until": told.until and told.until.isoformat(),
    }))  # fmt: skip
    assert all(holds.on_hold(one, day) is holds.on_hold(again, day) for day in (date.min, date.max))
    assert holds.hold(again).until == told.until


def test_what_is_no_day_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        holds.values({"until": "2026-02-30"})
    assert caught.value.problems[0].path == ("until",)
