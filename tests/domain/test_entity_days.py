"""Whose day it is: the entity's, by its zone, its country's, and the clock of a sandbox."""

from datetime import UTC, date, datetime, timedelta

import pytest

from billto.domain import entity as rules
from billto.domain.countries.world import world
from billto.domain.entity import Entity, timezones
from billto.domain.problems import Refused

LATE = datetime(2026, 1, 1, 23, 30, tzinfo=UTC)
TODAY, TOMORROW = date(2026, 1, 1), date(2026, 1, 2)


def entity(country: str, timezone: str | None = None, environment: str = "sandbox") -> Entity:
    values = {"name": "Acme", "country": country, "timezone": timezone}
    return rules.made(values, account_id="a" * 24, environment=environment, id="b" * 24, now=LATE)


@pytest.mark.parametrize(
    ("country", "timezone", "day"),
    [
        ("SI", "UTC", TODAY),
        ("SI", "Europe/Ljubljana", TOMORROW),
        ("SI", "America/New_York", TODAY),
        ("SI", "Pacific/Kiritimati", TOMORROW),
        # Without a zone of its own it has its country's.
        ("SI", None, TOMORROW),
        ("IS", None, TODAY),
        ("DE", None, TOMORROW),
        # Of several nobody knows which.
        ("US", None, TODAY),
        ("AU", None, TODAY),
    ],
)
def test_today_is_the_day_of_the_place(country: str, timezone: str | None, day: date) -> None:
    assert rules.today(entity(country, timezone), LATE) == day


def test_the_clock_of_a_sandbox_moves_its_day() -> None:
    ahead = rules.ahead(entity("SI"), LATE + timedelta(days=30), LATE)
    assert rules.today(ahead, LATE) == TOMORROW + timedelta(days=30)
    with pytest.raises(Refused, match="sandbox_only"):
        rules.ahead(entity("SI", environment="live"), LATE + timedelta(days=1), LATE)


def test_every_zone_of_a_country_is_one_that_an_entity_may_have() -> None:
    assert {row.timezone for row in world().values()} - {""} <= timezones()
    assert sum(row.timezone != "" for row in world().values()) > 200
