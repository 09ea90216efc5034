"""Cadences as the scheduler runs them: at their hours, wherever the entity is, and each step once."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from billto.domain.chasing import Fired
from billto.domain.document import Document
from tests.app.chased import cadence, debtor, kept
from tests.app.shop import Shop
from tests.store.stores import START, Stage
from tests.work.almanac import dunning, hours_pass, jump, worked_off

DAY = timedelta(days=1)
TODAY = START.date()


def bill(shop: Shop, of: Any, day: date) -> Document:
    return shop.invoice(of, 100, date=day, due_date=day + 15 * DAY)


def taken(shop: Shop, zone: str = "UTC") -> list[tuple[str, datetime]]:
    """Which steps were taken, and when it was where the shop is."""
    fired: Sequence[Fired] = sorted(kept(shop, Fired), key=lambda one: one.created_at)
    return [(str(one.name), one.created_at.astimezone(ZoneInfo(zone))) for one in fired]


@pytest.mark.parametrize("zone", ["Etc/GMT+12", "Europe/Ljubljana", "Pacific/Kiritimati"])
def test_a_run_of_hours_brings_each_step_on_its_day_at_its_hour_and_once(stage: Stage, zone: str) -> None:
    shop = dunning(stage, zone).shop
    day = TODAY + 20 * DAY
    bill(shop, debtor(shop, cadence(shop, time_of_day=7)), day)
    for _ in range(60 * 24):
        hours_pass(stage, 1)
    found = [(name, at.date(), at.hour) for name, at in taken(shop, zone)]
    expected = (("Ask", 10), ("Insist", 25), ("Call", 35))
    assert found == [(name, day + days * DAY, 7) for name, days in expected]


def test_another_zone_makes_a_run_late_and_never_leaves_one_out(stage: Stage) -> None:
    shop = dunning(stage).shop
    tomorrow = TODAY + DAY
    one = cadence(shop, time_of_day=23, frequency="day_of_month", run_date=tomorrow.day)
    bill(shop, debtor(shop, one), TODAY - 10 * DAY)
    hours_pass(stage, 24 + 20)
    assert taken(shop) == []
    shop.settle(timezone="Asia/Tokyo")
    worked_off(stage)
    assert [name for name, _ in taken(shop)] == ["Ask"]


def test_the_clock_of_a_sandbox_brings_all_steps_one_after_the_other(stage: Stage) -> None:
    shop = Shop(stage, stage.cast.sandbox)
    bill(shop, debtor(shop, cadence(shop)), TODAY)
    jump(shop, 40)
    worked_off(stage)
    assert [(one.name, one.date) for one in sorted(kept(shop, Fired), key=lambda one: one.date)] == [
        (name, TODAY + days * DAY) for name, days in (("Ask", 10), ("Insist", 25), ("Call", 35))
    ]
