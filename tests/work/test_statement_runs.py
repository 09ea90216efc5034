"""Statements for many customers: each gets one of a round, whatever the scheduler does."""

import asyncio
import random
from datetime import date
from decimal import Decimal

import pytest

from billto.app import statement_rounds
from billto.app.parts import Can, Request
from billto.domain.message import SMS
from billto.domain.problems import Refused
from tests.app.shop import Shop
from tests.store.stores import Stage
from tests.work.almanac import dunning, hours_pass, jump, scheduler, worked_off
from tests.work.bureau import DAY, TODAY, WEEKLY, Bureau, ids


def test_who_owes_something_gets_a_statement_of_the_month_before(office: Bureau) -> None:
    acme = office.owing(name="Acme")
    office.shop.customer("Nobody's debtor", email="bo@acme.example")
    office.run(subject="{customer_name}: {total_amount}", body="From {period_start} to {period_end}.")
    hours_pass(office.stage, 31 * 24 - 2)
    assert office.messages() == []
    hours_pass(office.stage, 1)
    (message,) = office.messages()
    assert (message.customer_id, message.kind, message.channel) == (acme.id, "statement", "email")
    assert message.subject == "Acme: €100.00"
    assert message.body == "From 1 Jan 2026 to 31 Jan 2026."
    assert message.attachments is not None
    (paper,) = message.attachments
    assert (paper["start"], paper["end"], paper["currency_code"]) == ("2026-01-01", "2026-01-31", "EUR")
    (one,) = office.rounds()
    assert (one.state, one.seen, one.queued, one.day) == ("done", 1, 1, date(2026, 2, 1))
    (plan,) = office.plans()
    assert plan.next_at.date() == date(2026, 3, 1)


@pytest.mark.parametrize(
    "zone", ["Pacific/Kiritimati", "Europe/Ljubljana", "America/New_York", "Pacific/Niue"]
)
def test_a_month_of_hours_brings_each_round_at_its_hour_of_the_day_there(stage: Stage, zone: str) -> None:
    there = dunning(stage, zone, overdue_notifications={"enabled": False})
    office = Bureau(there.shop)
    office.owing()
    office.run(**WEEKLY, hour=7)
    stage.clock.days = 75  # over the changes of the clock in March
    worked_off(stage)
    before = len(office.rounds())
    hours_pass(stage, 31 * 24)
    rounds = office.rounds()[before:]
    began = [one.created_at.astimezone(there.zone) for one in rounds]
    assert {(one.weekday(), one.hour) for one in began} == {(0, 7)}
    assert [one.date() for one in began] == [one.day for one in rounds]
    assert [(one.period_start, one.period_end) for one in rounds] == [
        (one.day - 7 * DAY, one.day - DAY) for one in rounds
    ]
    assert len(rounds) in (4, 5)
    days = [one.day for one in rounds]
    assert days == [days[0] + 7 * at * DAY for at in range(len(days))]


def test_after_a_long_sleep_there_is_one_round_and_that_of_the_last_month(office: Bureau) -> None:
    office.owing()
    office.run()
    office.stage.clock.days = 95
    worked_off(office.stage)
    (one,) = office.rounds()
    assert (one.day, one.period_start, one.period_end) == (
        date(2026, 4, 1), date(2026, 3, 1), date(2026, 3, 31),
    )  # fmt: skip
    assert len(office.messages()) == 1


def test_the_clock_of_a_sandbox_brings_a_year_of_rounds(stage: Stage) -> None:
    office = Bureau(Shop(stage, stage.cast.sandbox))
    office.owing()
    office.run(day=31)
    jump(office.shop, 365)
    worked_off(stage)
    rounds = office.rounds()
    days = [one.day for one in rounds]
    assert len(rounds) == 12
    assert [one.month for one in days] == list(range(1, 13))
    assert all((one + DAY).day == 1 for one in days)
    assert all(one.period_end.month == (one.day.month - 2) % 12 + 1 for one in rounds)
    assert all(one.period_start.day == 1 and (one.period_end + DAY).day == 1 for one in rounds)
    assert len(office.messages()) == 12


def test_what_is_done_once_is_done_once_and_not_in_the_past(office: Bureau) -> None:
    office.owing()
    run = office.run(frequency="once", on_date=TODAY + 5 * DAY, day=None)
    hours_pass(office.stage, 8 * 24)
    assert len(office.messages()) == len(office.rounds()) == 1
    assert office.plans() == []
    office.change(run, name="As it was")
    with pytest.raises(Refused, match="out_of_range"):
        office.run(frequency="once", on_date=TODAY)
    office.change(run, on_date=TODAY + 10 * DAY)
    hours_pass(office.stage, 4 * 24)
    assert len(office.rounds()) == 2


def test_each_filter_leaves_out_whom_it_says(office: Bureau) -> None:
    shop = office.shop
    late = office.owing(500, "Late", due_date=TODAY - 20 * DAY, metadata={"tier": "gold"})
    little = office.owing(5, "Little", due_date=TODAY + 30 * DAY)
    silent = office.owing(100, "Silent", email=None)
    paid = office.owing(100, "Paid")
    shop.pay(60, of=paid)  # of what, it did not say
    idle = shop.customer("Idle", email="idle@acme.example")
    for said, told in (
        ({}, [late, little, paid]),
        ({"min_balance": Decimal(50)}, [late]),
        ({"min_balance": Decimal(50), "min_balance_currency": "USD"}, []),
        ({"past_due_days": 14}, [late]),
        ({"past_due_only": True}, [late]),
        ({"customer_metadata": {"tier": "gold"}}, [late]),
        ({"with_balance_only": False}, [late, little, paid, idle]),
        ({"with_balance_only": False, "with_activity_only": True, "type": "open_item"}, [late, little, paid]),
    ):
        run = office.run(**said)
        before = office.told()
        seen = office.preview(run)
        assert sorted(one.customer.id for one in seen.picked if one.reason is None) == ids(told), said
        office.start(run)
        worked_off(office.stage)
        after = office.told()
        assert sorted([*before, *ids(told)]) == after, said
        one = next(each for each in office.rounds() if each.run_id == run.id)
        assert one.queued + sum(one.skipped.values()) == one.seen == one.total
        assert one.skipped == {
            reason: sum(each.reason == reason for each in seen.picked)
            for reason in {each.reason for each in seen.picked if each.reason}
        }
        reached = "no_recipient" not in one.skipped
        assert (one.unreached or []) == (
            [] if reached else [{"customer_id": silent.id, "reason": "no_recipient"}]
        )


def test_children_are_on_the_statement_of_the_highest_who_is_there_and_never_on_two(office: Bureau) -> None:
    shop = office.shop
    top = shop.customer("Top", email="top@acme.example")
    middle = office.owing(10, "Middle", parent=top.serial)
    low = office.owing(20, "Low", parent=middle.serial)
    gone = shop.customer("Gone", email="gone@acme.example")
    orphan = office.owing(30, "Orphan", parent=gone.serial)
    shop.trash(gone)
    run = office.run(include_children=True, min_balance=Decimal(30))
    seen = {one.customer.id: one for one in office.preview(run).picked}
    assert {id for id, one in seen.items() if one.reason is None} == {top.id, orphan.id}
    assert seen[top.id].stands["EUR"].net == 30
    assert {seen[one.id].reason for one in (middle, low)} == {"on_parents_statement"}
    office.start(run)
    alone = office.run()
    office.start(alone)
    worked_off(office.stage)
    assert office.told() == sorted([top.id, orphan.id, *ids([middle, low, orphan])])
    papers = [one.attachments[0] for one in office.messages() if one.attachments]
    assert [one["with_children"] for one in papers if one["customer_id"] == top.id] == [True]
    assert [one["with_children"] for one in papers if one["customer_id"] == low.id] == [False]


def test_each_currency_has_a_statement_of_its_own_in_one_message(office: Bureau) -> None:
    acme = office.owing(100)
    office.shop.invoice(acme, 70, currency_code="USD")
    run = office.run(subject="{total_amount}", type="open_item")
    office.start(run)
    worked_off(office.stage)
    (message,) = office.messages()
    assert message.subject == "€100.00, US$70.00"
    assert [one["currency_code"] for one in message.attachments or ()] == ["EUR", "USD"]


def test_a_round_by_hand_may_be_of_some_customers_and_other_days(office: Bureau) -> None:
    some = office.many(5)
    run = office.run()
    one = office.start(run, some[1], some[3])
    with pytest.raises(Refused, match="run_under_way"):
        office.start(run)
    office.cancel(one)
    with pytest.raises(Refused, match="unknown_reference"):
        office.start(run, some[0]._replace(id="0" * 24))
    one = office.start(run, some[1], some[3], first=date(2025, 1, 1), last=date(2025, 12, 31))
    worked_off(office.stage)
    assert office.told() == ids([some[1], some[3]])
    assert {one.attachments[0]["start"] for one in office.messages() if one.attachments} == {"2025-01-01"}
    (plan,) = office.plans()  # that of the schedule
    assert plan.subject_id == run.id
    assert office.shop.now(one).is_by_hand


def test_who_is_ended_at_any_moment_leaves_out_nobody_and_nobody_twice(
    office: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statement_rounds, "CUSTOMERS_AT_ONCE", 3)
    some, chance = office.many(40), random.Random(5)
    office.run()
    office.stage.clock.days = 31

    async def ended() -> None:
        task = asyncio.create_task(scheduler(office.stage).once())
        await asyncio.sleep(chance.uniform(0, 0.03))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    for _ in range(25):
        office.stage.run(ended())
        office.stage.clock.hours += 1  # until the lease is over
    worked_off(office.stage)
    assert office.told() == ids(some)
    (one,) = office.rounds()
    assert (one.state, one.queued, one.seen) == ("done", 40, 40)


def test_schedulers_at_once_tell_nobody_twice(office: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statement_rounds, "CUSTOMERS_AT_ONCE", 2)
    some = office.many(30)
    run = office.run()
    one = office.start(run)
    plan = next(plan for plan in office.plans() if plan.subject_id == one.id)
    stage, shop = office.stage, office.shop
    entity = stage.run(stage.store.reader.owned(shop.scope.entity))
    assert entity is not None

    async def all_of_them() -> None:
        """As if the lease of each had ended too early."""
        asked, now = Request(shop.scope), stage.clock()
        await asyncio.gather(
            *(statement_rounds.work_off(stage.store, asked, entity, plan, now) for _ in range(4))
        )

    stage.run(all_of_them())
    assert office.told() == ids(some)
    assert office.shop.now(one).queued == 30


def test_a_long_round_lets_others_have_their_turn(office: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statement_rounds, "CUSTOMERS_AT_ONCE", 2)
    monkeypatch.setattr(statement_rounds, "PAGES_A_TURN", 2)
    long, short = office, Bureau(dunning(office.stage, overdue_notifications={"enabled": False}).shop)
    some, one = long.many(20), short.owing()
    first = long.start(long.run())
    short.start(short.run())
    scheduled = scheduler(office.stage)
    for _ in range(2):
        office.stage.run(scheduled.once())
    assert short.told() == [one.id]
    assert long.shop.now(first).state == "running"
    worked_off(office.stage)
    assert long.told() == ids(some)


def test_a_round_that_is_canceled_goes_no_further(office: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    office.many(4)
    run = office.run()
    one = office.start(run)
    office.cancel(one)
    worked_off(office.stage)
    assert office.messages() == []
    assert office.shop.now(one).state == "canceled"
    with pytest.raises(Refused, match="round_over"):
        office.cancel(one)


def test_while_a_round_is_under_way_what_it_says_stays_as_it_is(office: Bureau) -> None:
    office.many(2)
    run = office.run()
    one = office.start(run)
    with pytest.raises(Refused, match="run_under_way"):
        office.change(run, subject="Other")
    office.change(run, name="Renamed", day=15)
    worked_off(office.stage)
    assert office.shop.now(one).state == "done"
    assert office.change(run, subject="Other").subject == "Other"


def test_a_run_that_is_deleted_leaves_its_messages(office: Bureau) -> None:
    office.many(2)
    run = office.run()
    office.start(run)
    worked_off(office.stage)
    office.start(run)
    office.delete(run)
    worked_off(office.stage)
    assert (office.rounds(), office.plans()) == ([], [])
    assert len(office.messages()) == 2


def test_who_is_paused_sends_only_by_hand(office: Bureau) -> None:
    office.many(1)
    run = office.change(office.run(), is_paused=True)
    assert office.plans() == []
    hours_pass(office.stage, 24)
    office.stage.clock.days = 40
    worked_off(office.stage)
    assert office.messages() == []
    office.start(run)
    worked_off(office.stage)
    assert len(office.messages()) == 1
    office.change(run, is_paused=False)
    (plan,) = office.plans()
    assert plan.next_at.date() == date(2026, 3, 1)


def test_another_zone_makes_a_round_late_and_never_leaves_one_out(office: Bureau) -> None:
    office.many(1)
    office.run()
    office.stage.clock.days, office.stage.clock.hours = 31, 1  # the first of February, past eight in Tokyo
    worked_off(office.stage)
    assert office.messages() == []
    office.shop.settle(timezone="Asia/Tokyo")
    worked_off(office.stage)
    assert len(office.messages()) == 1
    office.shop.settle(timezone="UTC")
    hours_pass(office.stage, 24)
    assert len(office.messages()) == len(office.rounds()) == 1


def test_a_channel_that_is_not_connected_is_said_at_once(office: Bureau) -> None:
    with pytest.raises(Refused, match="no_channel"):
        office.run(channel=SMS, body="You owe {total_amount}")


def test_text_messages_go_to_contacts_who_take_them(office: Bureau) -> None:
    shop = office.shop
    contact = {"name": "Ana", "phone": "+38640123456", "is_sms_enabled": True}
    acme = office.owing(contacts=[contact])
    # A number without its country is one of the customer's country, not of the entity's.
    berlin = {"name": "Eva", "phone": "0171 1234567", "is_sms_enabled": True}
    abroad = office.owing(contacts=[berlin], country_code="DE")
    office.owing()
    shop.asked = shop.asked._replace(channels=frozenset({SMS}))
    run = office.run(channel=SMS, body="You owe {total_amount}")
    office.start(run)
    one = scheduler(office.stage)
    one._can = Can(frozenset({SMS}))
    while office.stage.run(one.once()):
        pass
    message, other = office.messages()
    assert (message.customer_id, message.body, message.attachments) == (acme.id, "You owe €100.00", None)
    assert message.recipients == [{"name": "Ana", "address": "+38640123456"}]
    assert other.customer_id == abroad.id
    assert other.recipients == [{"name": "Eva", "address": "+491711234567"}]


def test_a_round_that_cannot_go_on_is_tried_for_a_day_and_says_why(office: Bureau) -> None:
    office.many(1)
    one = office.start(office.run())
    nothing = scheduler(office.stage)
    nothing._can = Can()
    office.stage.run(nothing.once())
    now = office.shop.now(one)
    assert (now.state, now.last_error) == ("running", "no channel for messages is connected yet")
    office.stage.clock.hours += 26
    while office.stage.run(nothing.once()):
        pass
    now = office.shop.now(one)
    assert (now.state, now.last_error) == ("failed", "no channel for messages is connected yet")
    assert office.messages() == []


def test_a_preview_has_pages_and_writes_nothing(office: Bureau) -> None:
    some = office.many(7)
    run = office.run()
    before, seen, after = office.shop.everything(), [], None
    while True:
        found = office.preview(run, after, 3)
        seen += [one.customer.id for one in found.picked]
        if not found.has_more:
            break
        after = seen[-1]
    assert seen == ids(some)
    assert found.total == 7
    assert [one.recipients[0]["address"] for one in found.picked] == ["a@b.example"]
    assert office.shop.everything() == before
