"""Whom a round of statements cannot reach, and that it says so and goes on."""

from collections.abc import Sequence
from typing import Any

import pytest

from billto.app import customers, statement_picks, statement_rounds
from billto.app.parts import Can
from billto.domain.customer import Customer
from billto.domain.message import EMAIL
from billto.domain.statement_round import LISTED_MAX
from billto.domain.statement_run import Period
from tests.store.stores import Stage
from tests.work.almanac import scheduler, worked_off
from tests.work.bureau import Bureau, ids


def unreached(office: Bureau) -> list[tuple[str, str]]:
    (one,) = office.rounds()
    assert one.state == "done"
    return sorted((each["customer_id"], each["reason"]) for each in one.unreached or ())


def line(office: Bureau, generations: int) -> list[Customer]:
    """Customers each of whom is below the one before, and owes something."""
    made = [office.owing(name="Top")]
    for _ in range(generations - 1):
        made.append(office.owing(name="Below", parent=made[-1].serial))
    return made


def test_a_family_that_is_too_large_keeps_nobody_else_from_a_statement(
    office: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statement_picks, "FAMILY_MAX", 3)
    large, small, alone = line(office, 5), line(office, 2), office.owing()
    office.start(office.run(include_children=True))
    worked_off(office.stage)
    assert office.told() == ids([small[0], alone])
    assert unreached(office) == [(large[0].id, "too_many_below")]
    (one,) = office.rounds()
    assert one.skipped == {"too_many_below": 1, "on_parents_statement": 5}


def test_words_that_grow_too_long_are_said_to_be_and_stop_nobody_else(office: Bureau) -> None:
    long, short = office.owing(name="L" * 255), office.owing(name="Short")
    office.start(office.run(subject="{customer_name}" * 5))
    worked_off(office.stage)
    assert office.told() == ids([short])
    assert unreached(office) == [(long.id, "too_long")]


def test_who_is_deleted_while_a_round_is_under_way_is_said_to_be_gone(office: Bureau, stage: Stage) -> None:
    some = office.many(3)
    run = office.run()
    begun = office.start(run)
    entity = stage.run(stage.store.reader.owned(run.entity_id))
    assert entity is not None

    async def work() -> None:
        """The customers are looked at, and one is deleted before their messages are written."""
        asked, reader = office.shop.asked, stage.store.reader
        of = statement_picks.Round(run, entity, Period(begun.day, begun.day), begun.day)
        found = (await statement_picks.page(reader, asked, run, None, 10)).records
        picked: Sequence[Any] = await statement_picks.pick(reader, asked, of, found)
        await stage.store.write(lambda tx: customers.trash(tx, asked, some[1].id))
        await stage.store.write(lambda tx: statement_rounds.keep(tx, asked, of, begun, picked, is_last=True))

    stage.run(work())
    assert office.told() == ids([some[0], some[2]])
    assert unreached(office) == [(some[1].id, "gone")]


def test_of_many_who_cannot_be_reached_all_are_counted_and_some_are_named(office: Bureau) -> None:
    async def work(tx: Any) -> None:
        for at in range(LISTED_MAX + 5):
            await customers.create(tx, office.shop.asked, {"name": f"C{at}"})

    office.shop.do(work)
    office.start(office.run(with_balance_only=False))
    worked_off(office.stage)
    (one,) = office.rounds()
    assert one.skipped == {"no_recipient": LISTED_MAX + 5}
    assert len(unreached(office)) == LISTED_MAX


def test_a_round_sends_as_many_as_the_day_has_room_for_and_goes_on_the_next(office: Bureau) -> None:
    some = office.many(12)
    begun = office.start(office.run())
    limited = scheduler(office.stage)
    limited._can = Can(frozenset({EMAIL}), per_day={EMAIL: 5})
    told = []
    for _ in range(4):
        while office.stage.run(limited.once()):
            pass
        told.append(len(office.messages()))
        office.stage.clock.days += 1
    assert told == [5, 10, 12, 12]
    assert office.told() == ids(some)
    assert office.shop.now(begun).state == "done"
