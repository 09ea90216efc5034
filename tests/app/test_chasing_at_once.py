"""Each step is taken once, whatever runs at once, fails or is killed half way."""

import asyncio
from datetime import datetime
from typing import Any

import pytest

from billto.app import cadences, chasing, customers
from billto.app.chasing import Ran
from billto.domain.chasing import Fired
from billto.domain.customer import Customer
from billto.domain.problems import Problem, Refused
from billto.domain.task import Task
from tests.app.chased import STEPS, bill, cadence, debtor, kept, mails, moment, run
from tests.app.shop import Shop
from tests.app.test_at_once import at_once, refusal
from tests.store.stores import on_postgresql


def test_a_thousand_customers_are_looked_at_page_by_page(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chasing, "PAGE", 2)
    one = cadence(shop, [{"action": "escalate", "schedule": "age:0"}])
    for number in range(5):
        bill(shop, debtor(shop, one, name=f"No. {number}"))
    debtor(shop, one, name="Owes nothing")
    assert run(shop, one) == Ran(5, 5, 0)
    assert run(shop, one) == Ran(5, 0, 5)


def test_two_runs_at_once_take_each_step_once(shop: Shop) -> None:
    one = cadence(shop)
    for number in range(6):
        bill(shop, debtor(shop, one, name=f"No. {number}"))
    shop.days_pass(10)

    async def both() -> list[Ran]:
        async with shop.stage.another(clock=shop.stage.clock) as other:
            stores = (shop.stage.store, other, shop.stage.store)
            runs = (chasing.run(store, shop.asked, one.id, moment(shop)) for store in stores)
            return list(await asyncio.gather(*runs))

    assert sum(ran.fired for ran in shop.stage.run(both())) == 6
    assert len(mails(shop)) == 6
    assert len({mail.customer for mail in mails(shop)}) == 6


@on_postgresql
@pytest.mark.parametrize("is_first", [True, False])
def test_a_cadence_that_is_given_out_at_this_moment_stays(shop: Shop, is_first: bool) -> None:
    one, acme = cadence(shop), shop.customer()

    async def assigned(tx: Any) -> Any:
        new = await customers.change(tx, shop.asked, acme.id, {"chasing_cadence": one.serial})
        await asyncio.sleep(0.3)
        return new

    async def erased(tx: Any) -> Any:
        gone = await cadences.erase(tx, shop.asked, one.id)
        await asyncio.sleep(0.3)
        return gone

    works = (assigned, erased) if is_first else (erased, assigned)
    done, late = at_once(shop, *works)
    assert not isinstance(done, Exception)
    assert refusal(late) == ("in_use" if is_first else "unknown_reference")


class Killed(Exception):
    pass


@pytest.mark.parametrize("when", ["before", "after"])
def test_what_is_killed_half_way_is_done_once_by_the_next_run(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """The transaction fails after the message is queued, or after everything is written."""
    one = cadence(shop)
    people = [debtor(shop, one, name=f"No. {number}") for number in range(3)]
    for who in people:
        bill(shop, who)
    shop.days_pass(10)
    fired, fire = chasing._fired, chasing.fire

    def dies(tx: Any, cadence: Any, customer: Customer, *more: Any, **came: Any) -> Any:
        if customer.id == people[1].id:
            raise Killed
        return fired(tx, cadence, customer, *more, **came)

    async def dies_after(tx: Any, asked: Any, cadence_id: str, id: str, at: datetime) -> bool:
        done = await fire(tx, asked, cadence_id, id, at)
        if id == people[1].id:
            raise Killed
        return done

    with monkeypatch.context() as patch:
        if when == "before":
            patch.setattr(chasing, "_fired", dies)
        else:
            patch.setattr(chasing, "fire", dies_after)
        with pytest.raises(Killed):
            run(shop, one)
    assert len(mails(shop)) == len(kept(shop, Fired)) == 2
    assert run(shop, one).fired == 1
    assert len(mails(shop)) == len(kept(shop, Fired)) == 3


@pytest.mark.parametrize("fault", [Refused(Problem("busy"), retry_seconds=1), KeyError("nobody foresaw it")])
def test_what_goes_wrong_about_one_holds_no_other_up_and_is_raised(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    one = cadence(shop)
    first = debtor(shop, one)
    bill(shop, first)
    bill(shop, debtor(shop, one, name="Second"))
    shop.days_pass(10)
    whole = chasing.fire

    async def busy(tx: Any, asked: Any, cadence_id: str, id: str, at: datetime) -> bool:
        if id == first.id:
            raise fault
        return await whole(tx, asked, cadence_id, id, at)

    with monkeypatch.context() as patch:
        patch.setattr(chasing, "fire", busy)
        with pytest.raises(type(fault)):
            run(shop, one)
    assert len(mails(shop)) == 1
    assert run(shop, one).fired == 1


def test_a_merge_takes_steps_and_tasks_along_and_nothing_is_sent_twice(shop: Shop) -> None:
    one = cadence(shop, [{"action": "escalate", "schedule": "age:0"}, STEPS[1]])
    acme, twin = debtor(shop, one), debtor(shop, one, name="Twin")
    bill(shop, twin)
    run(shop, one)
    shop.merge(twin, acme)
    assert {row.customer for row in (*kept(shop, Fired), *kept(shop, Task))} == {acme.serial}
    assert run(shop, one).fired == 0
    assert len(kept(shop, Fired)) == 1
