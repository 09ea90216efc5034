"""Reminders that go out by themselves: each once, on its day, whatever the scheduler does."""

import asyncio
import random
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest

from billto.app.parts import Can
from billto.domain.document import Document
from billto.domain.problems import Refused
from billto.work.scheduler import Scheduler
from tests.app.shop import Shop
from tests.store.stores import START, Stage
from tests.work.almanac import Dunning, dunning, hours_pass, jump, scheduler, worked_off

TODAY = START.date()
DAY = timedelta(days=1)


@pytest.fixture
def there(stage: Stage) -> Dunning:
    return dunning(stage)


def test_a_customer_is_told_on_the_day_and_once(stage: Stage, there: Dunning) -> None:
    invoice = there.late(TODAY)
    hours_pass(stage, 7 * 24)
    assert there.reminders() == []
    hours_pass(stage, 24)
    ((_, days, at),) = there.reminders()
    assert (days, at.date(), at.hour) == (7, TODAY + 7 * DAY, 8)
    (message,) = there.messages()
    assert message.subject == "Payment reminder from Elsewhere"
    assert f"{invoice.number} (1 Jan 2026): €100.00" in (message.body or "")
    assert [one["address"] for one in message.recipients] == ["ana@acme.example"]
    assert message.attachments is not None
    assert message.attachments[0]["end"] == "2026-01-08"
    hours_pass(stage, 40 * 24)
    assert there.thresholds(invoice) == [7, 14, 30]
    assert len(there.messages()) == 3


def test_what_is_late_together_is_told_together(stage: Stage, there: Dunning) -> None:
    acme = there.shop.customer(email="ana@acme.example")
    first, second = there.late(TODAY, of=acme), there.late(TODAY, 50, of=acme)
    stage.clock.days += 8
    worked_off(stage)
    (message,) = there.messages()
    assert all((one.number or "") in (message.body or "") for one in (first, second))


def test_after_a_long_sleep_each_is_told_once_of_where_it_is_by_now(stage: Stage, there: Dunning) -> None:
    invoice = there.late(TODAY)
    stage.clock.days += 20
    assert worked_off(stage) == 1
    assert there.thresholds(invoice) == [14]
    hours_pass(stage, 12 * 24)
    assert there.thresholds(invoice) == [14, 30]


def test_a_due_day_that_was_moved_does_not_tell_twice(stage: Stage, there: Dunning) -> None:
    invoice = there.late(TODAY)
    stage.clock.days += 8
    worked_off(stage)
    for days in ([7, 8], [1], [7, 14, 30]):
        wanted = {"enabled": True, "threshold_days": days}
        there.shop.settle(settings={"overdue_notifications": wanted})
    hours_pass(stage, 24)
    assert there.thresholds(invoice) == [7]


def test_nobody_is_reminded_of_what_needs_no_reminder(stage: Stage, there: Dunning) -> None:
    shop = there.shop
    paid = there.late(TODAY)
    shop.pay(100, paid)
    credited = shop.customer(email="bo@acme.example")
    there.late(TODAY, of=credited)
    shop.pay(100, of=credited)  # of what, it did not say
    left_alone = shop.customer(email="ci@acme.example", is_chased=False)
    there.late(TODAY, of=left_alone)
    disputed = there.late(TODAY, is_chased=False)
    shop.void(there.late(TODAY))
    shop.close(there.late(TODAY))
    gone = shop.customer(email="di@acme.example")
    there.late(TODAY, of=gone)
    shop.trash(gone)
    shop.draft(shop.customer(email="ed@acme.example"), 100, due_date=TODAY)
    shop.note(shop.customer(email="fi@acme.example"), 100)
    stage.clock.days += 40
    worked_off(stage)
    assert there.reminders() == []
    assert there.messages() == []
    assert disputed.is_chased is False


def test_a_credit_that_does_not_cover_all_is_no_reason_not_to_tell(stage: Stage, there: Dunning) -> None:
    acme = there.shop.customer(email="ana@acme.example")
    invoice = there.late(TODAY, 100, of=acme)
    payment = there.shop.pay(99, of=acme)
    stage.clock.days += 8
    worked_off(stage)
    assert there.thresholds(invoice) == [7]
    assert payment.balance == Decimal(99)


def test_who_cannot_be_reached_is_told_once_there_is_an_address(stage: Stage, there: Dunning) -> None:
    silent = there.shop.customer()
    invoice = there.late(TODAY, of=silent)
    stage.clock.days += 8
    worked_off(stage)
    (plan,) = there.plans()
    assert plan.last_result == {"reminded": 0, "unreachable": 1}
    there.shop.change_customer(silent, email="silent@acme.example")
    hours_pass(stage, 24)
    assert there.thresholds(invoice) == [7]


def test_words_that_grow_too_long_keep_nobody_else_from_a_reminder(stage: Stage, there: Dunning) -> None:
    wordy = {"enabled": True, "email_subject": "Pay {invoice_list}"}
    there.shop.settle(settings={"overdue_notifications": wordy})
    many, one = (there.shop.customer(name, email=f"{name}@acme.example") for name in ("ana", "bo"))
    for _ in range(40):
        there.late(TODAY, of=many)
    there.late(TODAY, of=one)
    stage.clock.days += 8
    worked_off(stage)
    assert [[who["address"] for who in said.recipients] for said in there.messages()] == [["bo@acme.example"]]
    (plan,) = there.plans()
    assert (plan.last_result, plan.last_error) == ({"reminded": 1, "too_long": 1}, None)


def test_words_that_were_never_changed_are_in_the_customers_language(stage: Stage, there: Dunning) -> None:
    acme = there.shop.customer(email="ana@acme.example", language="de")
    there.late(TODAY, of=acme)
    stage.clock.days += 8
    worked_off(stage)
    (message,) = there.messages()
    assert message.subject == "Zahlungserinnerung von Elsewhere"
    ours = {"enabled": True, "email_subject": "Pay, {customer_name}"}
    there.shop.settle(settings={"overdue_notifications": ours})
    stage.clock.days += 8
    worked_off(stage)
    assert there.messages()[-1].subject == "Pay, Acme"


def test_who_is_switched_off_is_planned_no_more(stage: Stage, there: Dunning) -> None:
    assert len(there.plans()) == 1
    there.shop.settle(settings={"overdue_notifications": {"enabled": False}})
    assert there.plans() == []
    there.shop.settle(settings={"overdue_notifications": {"enabled": True}})
    assert len(there.plans()) == 1


def test_who_moves_to_another_zone_is_reminded_by_its_hours(stage: Stage, there: Dunning) -> None:
    hours_pass(stage, 9)
    there.shop.settle(timezone="Asia/Tokyo")
    worked_off(stage)
    (plan,) = there.plans()
    assert plan.next_at.hour == 23  # eight in the morning there
    assert (plan.next_at.date(), plan.is_anew) == (TODAY, False)


def test_another_zone_makes_nothing_of_what_came_of_the_last_time(stage: Stage, there: Dunning) -> None:
    there.late(TODAY)
    hours_pass(stage, 8 * 24)
    (before,) = there.plans()
    assert before.last_result == {"reminded": 1}
    there.shop.settle(timezone="Pacific/Auckland")
    worked_off(stage)
    (after,) = there.plans()
    assert (after.last_at, after.last_result) == (before.last_at, before.last_result)
    assert after.next_at.hour == 19  # 8 in the summer of Auckland


def test_two_schedulers_at_once_tell_nobody_twice(stage: Stage, there: Dunning) -> None:
    shop = there.shop
    invoices = [there.late(TODAY, of=shop.customer(f"C{at}", email="a@b.example")) for at in range(12)]
    stage.clock.days += 8

    async def both() -> None:
        some = [scheduler(stage) for _ in range(4)]
        await asyncio.gather(*(one.once() for one in some))

    stage.run(both())
    worked_off(stage)
    assert sorted(id for id, _, _ in there.reminders()) == sorted(one.id for one in invoices)
    assert len(there.messages()) == 12


def test_who_is_ended_at_any_moment_leaves_out_nothing_and_nobody_twice(stage: Stage, there: Dunning) -> None:
    shop, chance = there.shop, random.Random(5)
    invoices = [there.late(TODAY, of=shop.customer(f"C{at}", email="a@b.example")) for at in range(20)]
    stage.clock.days += 8

    async def ended() -> None:
        task = asyncio.create_task(scheduler(stage).once())
        await asyncio.sleep(chance.uniform(0, 0.02))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    for _ in range(30):
        stage.run(ended())
        stage.clock.hours += 1  # until the lease is over
    worked_off(stage)
    assert sorted(id for id, _, _ in there.reminders()) == sorted(one.id for one in invoices)
    assert len(there.messages()) == len(invoices)


YEAR = ("Pacific/Kiritimati", "Europe/Ljubljana", "America/New_York")


def test_a_year_of_hours_in_three_zones_brings_exactly_what_was_to_come(stage: Stage) -> None:
    """A scheduler looks 24 times a day, over both changes of the clock; invoices fall due all year round, and
    some are paid before they are told."""
    chance = random.Random(2026)
    shops = [dunning(stage, zone) for zone in YEAR]
    wanted: dict[tuple[str, int], date] = {}
    to_pay: dict[int, list[tuple[Dunning, Document]]] = {}
    for there in shops:
        for week in range(0, 52, 3):
            due = 7 * week + chance.randrange(7)
            of = there.shop.customer(f"Of {week}", email="ana@acme.example")
            invoice = there.late(TODAY + due * DAY, of=of)
            paid = due + chance.randrange(40) if chance.random() < 0.4 else 1_000
            to_pay.setdefault(paid, []).append((there, invoice))
            for late in (7, 14, 30):
                day = TODAY + (due + late) * DAY
                if datetime.combine(day, time(8), there.zone) < START + paid * DAY:
                    wanted[invoice.id, late] = day
    for at in range(365 + 40):
        for hour in range(24):
            stage.clock.days, stage.clock.hours = at, hour
            worked_off(stage)
            for there, invoice in to_pay.get(at, ()) if hour == 0 else ():
                there.shop.pay(100, invoice)
    told = [(id, late, at) for there in shops for id, late, at in there.reminders()]
    assert {(id, late): at.date() for id, late, at in told} == wanted
    assert len(told) == len(wanted) > 100
    assert {at.hour for _, _, at in told} == {8}
    assert sum(len(there.messages()) for there in shops) == len(told)


def test_the_clock_of_a_sandbox_brings_a_whole_dunning_run_at_once(stage: Stage) -> None:
    shop = Shop(stage, stage.cast.sandbox)
    there = Dunning(shop, "UTC")
    shop.settle(settings={"overdue_notifications": {"enabled": True}})
    invoice = there.late(TODAY, of=shop.customer(email="ana@acme.example"))
    jump(shop, 45)
    worked_off(stage)
    assert there.thresholds(invoice) == [7, 14, 30]
    days = [one.attachments[0]["end"] for one in there.messages() if one.attachments]
    assert days == ["2026-01-08", "2026-01-15", "2026-01-31"]
    later = shop.invoice(shop.customer(), 10)
    assert later.date == TODAY + 45 * DAY


def test_a_clock_goes_only_ahead_and_only_in_a_sandbox(stage: Stage) -> None:
    shop = Shop(stage, stage.cast.sandbox)
    jump(shop, 10)
    for days in (9, 5_000):
        with pytest.raises(Refused, match="clock_out_of_range"):
            jump(shop, days)
    with pytest.raises(Refused, match="sandbox_only"):
        jump(Shop(stage, stage.cast.live), 10)


def test_a_plan_that_fails_says_why_and_is_tried_again(stage: Stage, there: Dunning) -> None:
    there.late(TODAY)
    stage.clock.days += 8
    stage.run(Scheduler(stage.store, stage.clock, Can()).once())
    (plan,) = there.plans()
    assert plan.last_error == "no channel for messages is connected yet"
    assert there.messages() == []
    hours_pass(stage, 1)
    assert len(there.messages()) == 1
    assert there.plans()[0].last_error is None


def test_what_came_of_a_plan_is_kept_though_its_lease_is_just_being_kept_up(
    stage: Stage, there: Dunning
) -> None:
    wanted = {"enabled": True, "threshold_days": list(range(1, 21))}
    there.shop.settle(settings={"overdue_notifications": wanted})
    for name in ("ana", "bo", "ci"):
        there.late(TODAY, of=there.shop.customer(email=f"{name}@acme.example"))
    one = scheduler(stage, lease=timedelta(milliseconds=6))
    for day in range(2, 21):
        stage.clock.days = day
        assert stage.run(one.once())
        (plan,) = there.plans()
        assert (plan.leased_until, plan.last_result) == (None, {"reminded": 3}), day
        assert plan.last_at is not None
        assert plan.last_at.date() == TODAY + timedelta(days=day)
