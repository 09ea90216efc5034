"""What is written is there altogether or not at all, whatever else is going on at the same time."""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from billto.app import customers, documents
from billto.app.documents import Wish
from billto.app.parts import Request
from billto.domain.answer import Answer
from billto.domain.customer import Customer, trashed
from billto.domain.problems import Problem, Refused
from billto.domain.query import Missing, Not, Words
from billto.store.tx import Tx
from tests.store.stores import Stage, code, customer, listed, on_postgresql, on_sqlite, stored

Verb = Callable[..., Any]

# Asks the table itself, where the whole list has its count out of counters.
EVERYBODY = Not(Missing("name"))


def refused_for(outcome: Any) -> str:
    assert isinstance(outcome, Refused), outcome
    return code(outcome)


async def counted(stage: Stage) -> list[int]:
    """How many customers are live and in the trash, by the counters; really there are as many."""
    kept = [len(await listed(stage.store, stage.cast.live, trashed=trash)) for trash in (False, True)]
    real = [
        len(await listed(stage.store, stage.cast.live, EVERYBODY, trashed=trash)) for trash in (False, True)
    ]
    assert kept == real
    return kept


def answer(tx: Tx, request_id: str) -> Answer:
    return Answer("0" * 24, request_id, "f" * 64, 201, None, "{}", tx.now)


# All or nothing


def test_a_refused_work_leaves_nothing(stage: Stage) -> None:
    scope = stage.cast.live

    async def work(tx: Tx) -> None:
        await tx.insert(customer(tx, scope, name="Half"))
        await tx.update(kept, kept._replace(name="Changed"), scope)
        await tx.keep(answer(tx, "half"))
        await customers.trash(tx, Request(scope), kept.id)
        raise Refused(Problem("busy"))

    async def story() -> list[Any]:
        with pytest.raises(Refused):
            await stage.store.write(work)
        found = [await listed(stage.store, scope, Words(word)) for word in ("half", "changed", "whole")]
        rows = [await stage.asked(f"SELECT count(*) FROM {table}") for table in ("answer", "event")]
        return [*found, *rows]

    kept = stage.run(stored(stage.store, scope, name="Whole"))
    assert stage.run(story()) == [[], [], [kept], [(0,)], [(0,)]]
    assert stage.run(counted(stage)) == [1, 0]


def test_neighbours_survive_a_failure_among_them(stage: Stage) -> None:
    """On SQLite they even are one transaction."""
    scope = stage.cast.live

    async def work(number: int, tx: Tx) -> Customer:
        made = await tx.insert(customer(tx, scope, name=f"Number {number}"))
        if number % 3 == 1:
            raise Refused(Problem("busy"))
        if number % 3 == 2:
            await tx.insert(made)  # its own id again: the database refuses
        return made

    async def story() -> list[Any]:
        works = (stage.store.write(partial(work, n)) for n in range(30))
        return await asyncio.gather(*works, return_exceptions=True)

    outcomes = stage.run(story())
    assert [refused_for(one) for one in outcomes if not isinstance(one, Customer)] == ["busy", "taken"] * 10
    survived = [one for one in outcomes if isinstance(one, Customer)]
    assert [one.name for one in survived] == [f"Number {number}" for number in range(0, 30, 3)]
    assert stage.run(listed(stage.store, scope, Words("number"))) == sorted(survived)
    assert stage.run(counted(stage)) == [10, 0]


@on_sqlite
def test_work_that_waits_for_something_else_fails_alone(stage: Stage) -> None:
    async def waits(tx: Tx) -> None:
        await tx.insert(customer(tx, stage.cast.live))
        await asyncio.sleep(0)

    async def story() -> list[Any]:
        works = (stage.store.write(waits), stored(stage.store, stage.cast.live, name="Neighbour"))
        return await asyncio.gather(*works, return_exceptions=True)

    failed, neighbour = stage.run(story())
    assert isinstance(failed, RuntimeError)
    assert stage.run(listed(stage.store, stage.cast.live)) == [neighbour]


def test_an_answered_write_is_there_for_everybody(stage: Stage) -> None:
    async def story() -> None:
        async with stage.another() as other:
            for number in range(20):
                made = await stored(stage.store, stage.cast.live, name=f"Number {number}")
                assert await other.reader.get(Customer, stage.cast.live, made.id) == made
                assert await listed(other, stage.cast.live, Words(f"number {number}")) == [made]
                names = await stage.asked(f"SELECT name FROM customer WHERE id = '{made.id}'")
                assert names == [(made.name,)]

    stage.run(story())


# Many at once


def test_concurrent_writers_all_land(stage: Stage) -> None:
    async def story() -> list[Customer]:
        return await asyncio.gather(*(stored(stage.store, stage.cast.live, name=f"{n}") for n in range(200)))

    made = stage.run(story())
    assert len({one.serial for one in made}) == 200
    assert stage.run(listed(stage.store, stage.cast.live)) == sorted(made)
    assert stage.run(counted(stage)) == [200, 0]


def test_two_processes_write_without_loss(stage: Stage) -> None:
    async def story() -> list[Customer]:
        async with stage.another() as other:
            both = [(stage.store, other)[number % 2] for number in range(200)]
            # Not all at once, so that the two take turns.
            made: list[Customer] = []
            for at in range(0, 200, 20):
                made += await asyncio.gather(
                    *(stored(store, stage.cast.live) for store in both[at : at + 20])
                )
        return made

    made = stage.run(story())
    assert len({one.serial for one in made}) == 200
    assert stage.run(listed(stage.store, stage.cast.live, Words("acme"))) == sorted(made)
    assert stage.run(counted(stage)) == [200, 0]


def test_counters_are_right_after_everything_at_once(stage: Stage) -> None:
    chance = random.Random(7)
    asked = Request(stage.cast.live)

    async def life(verbs: list[Verb]) -> None:
        made = await stage.store.write(lambda tx: customers.create(tx, asked, {"name": "Acme"}))
        for verb in verbs:
            # What is not in the trash cannot be erased, and what was erased is not there.
            with suppress(Refused):
                await stage.store.write(partial(verb, asked=asked, id=made.id))

    async def story() -> None:
        verbs: list[Verb] = [customers.trash, customers.restore, customers.erase, customers.trash]
        await asyncio.gather(*(life(chance.choices(verbs, k=chance.randrange(6))) for _ in range(80)))

    stage.run(story())
    live, in_trash = stage.run(counted(stage))
    assert live > 0
    assert in_trash > 0
    assert live + in_trash < 80


def test_concurrent_changes_of_several_fields_all_survive(stage: Stage) -> None:
    scope, asked = stage.cast.live, Request(stage.cast.live)
    fields = ("name", "email", "address", "post_code", "city", "state", "tax_number", "company_number")

    async def story() -> Customer | None:
        made = await stored(stage.store, scope)
        change = customers.change
        works = (
            lambda tx, field=field: change(tx, asked, made.id, {field: f"new {field}"}) for field in fields
        )
        await asyncio.gather(*map(stage.store.write, works))
        for field in fields:
            assert [one.id for one in await listed(stage.store, scope, Words(f"new {field}"))] == [made.id]
        return await stage.store.reader.get(Customer, scope, made.id)

    changed = stage.run(story())
    assert changed
    assert changed.version == 1 + len(fields)
    assert {field: getattr(changed, field) for field in fields} == {field: f"new {field}" for field in fields}


@on_postgresql
def test_a_change_writes_only_what_it_changes(stage: Stage) -> None:
    scope = stage.cast.live

    async def story() -> Customer | None:
        made = await stored(stage.store, scope)
        both_have_read = asyncio.Barrier(2)

        async def change(tx: Tx, **values: Any) -> None:
            old = await tx.get(Customer, scope, made.id)
            assert old
            await both_have_read.wait()
            await tx.update(old, old._replace(**values), scope)

        await asyncio.gather(
            stage.store.write(lambda tx: change(tx, contact_type="buyer")),
            stage.store.write(lambda tx: change(tx, is_end_consumer=True)),
        )
        return await stage.store.reader.get(Customer, scope, made.id)

    changed = stage.run(story())
    assert changed
    assert (changed.contact_type, changed.is_end_consumer) == ("buyer", True)


def test_what_was_answered_is_what_is_read_down_to_the_order_of_keys(stage: Stage) -> None:
    scope = stage.cast.live

    async def story() -> None:
        old = await stored(stage.store, scope, metadata={"a": "first", "b": "second"})
        new = old._replace(name="Zed", metadata={"b": "second", "a": "first"})
        await stage.store.write(lambda tx: tx.update(old, new, scope))
        read = await stage.store.reader.get(Customer, scope, old.id)
        assert read == new
        assert list(read.metadata) == ["b", "a"]
        await stage.store.write(lambda tx: tx.update(new, new, scope))  # nothing differs, nothing happens
        assert await stage.store.reader.get(Customer, scope, old.id) == new

    stage.run(story())


# The same request twice


async def once(tx: Tx, stage: Stage, request_id: str) -> str:
    """Creates a customer, unless this request was answered before."""
    if (before := await tx.claimed("0" * 24, request_id)) is not None:
        return before.body
    made = await tx.insert(customer(tx, stage.cast.live))
    await tx.keep(answer(tx, request_id)._replace(body=made.id))
    return made.id


def test_a_request_has_one_effect_however_often_it_comes(stage: Stage) -> None:
    async def story() -> None:
        async with stage.another() as other:
            works = [
                store.write(lambda tx: once(tx, stage, "the same"))
                for _ in range(10)
                for store in (stage.store, other)
            ]
            outcomes = await asyncio.gather(*works, return_exceptions=True)
        (there,) = await listed(stage.store, stage.cast.live)
        in_flight = [one for one in outcomes if one != there.id]
        assert {refused_for(one) for one in in_flight} <= {"key_in_flight"}
        assert await stage.store.write(lambda tx: once(tx, stage, "the same")) == there.id
        assert await stage.store.write(lambda tx: once(tx, stage, "another")) != there.id

    stage.run(story())


def test_an_answer_is_kept_with_its_effect_or_not_at_all(stage: Stage) -> None:
    async def fails(tx: Tx) -> None:
        await once(tx, stage, "the same")
        raise Refused(Problem("busy"))

    async def story() -> None:
        with pytest.raises(Refused):
            await stage.store.write(fails)
        assert await listed(stage.store, stage.cast.live) == []
        made = await stage.store.write(lambda tx: once(tx, stage, "the same"))
        assert [one.id for one in await listed(stage.store, stage.cast.live)] == [made]

    stage.run(story())


@on_postgresql
def test_who_answers_what_was_answered_meanwhile_begins_again_and_finds_it(stage: Stage) -> None:
    """The other process ended between the look for its answer and the asking for its lock."""
    tries = 0

    async def looked_too_early(tx: Tx) -> str:
        nonlocal tries
        tries += 1
        if tries > 1:
            return await once(tx, stage, "the same")
        made = await tx.insert(customer(tx, stage.cast.live))
        await tx.keep(answer(tx, "the same"))
        return made.id

    async def story() -> None:
        first = await stage.store.write(lambda tx: once(tx, stage, "the same"))
        assert await stage.store.write(looked_too_early) == first
        assert [one.id for one in await listed(stage.store, stage.cast.live)] == [first]

    stage.run(story())
    assert tries == 2


def test_an_answer_is_one_tenants_own(stage: Stage) -> None:
    async def story() -> None:
        await stage.store.write(lambda tx: once(tx, stage, "the same"))
        assert await stage.store.write(lambda tx: tx.claimed("1" * 24, "the same")) is None

    stage.run(story())


# What others refer to


def test_a_customer_on_a_document_cannot_be_erased(stage: Stage) -> None:
    scope, asked = stage.cast.live, Request(stage.cast.live)

    async def story() -> None:
        made = await stored(stage.store, scope)
        kept = trashed(made, made.updated_at)
        line = {"name": "Work", "price": Decimal(10)}
        values = {"customer_id": made.id, "lines": [line]}
        draft = await stage.store.write(
            lambda tx: documents.create(tx, asked, "invoice", values, Wish(is_draft=True))
        )
        await stage.store.write(lambda tx: tx.update(made, kept, scope))
        with pytest.raises(Refused) as refused:
            await stage.store.write(lambda tx: customers.erase(tx, asked, made.id))
        assert code(refused.value) == "in_use"
        assert refused.value.problems[0].detail == "1 document"
        assert await stage.store.reader.get(Customer, scope, made.id) == kept
        assert await listed(stage.store, scope, Words("acme"), trashed=True) == [kept]
        assert await counted(stage) == [0, 1]
        assert await stage.asked("SELECT kind FROM event") == [("invoice.created",)]
        await stage.store.write(lambda tx: documents.drop(tx, asked, draft.id))
        await stage.store.write(lambda tx: customers.erase(tx, asked, made.id))
        assert await counted(stage) == [0, 0]

    stage.run(story())


def test_the_number_of_an_erased_customer_is_not_given_again(stage: Stage) -> None:
    scope, asked = stage.cast.live, Request(stage.cast.live)

    async def story() -> None:
        first = await stored(stage.store, scope, name="First")
        for verb in (customers.trash, customers.erase):
            await stage.store.write(partial(verb, asked=asked, id=first.id))
        second = await stored(stage.store, scope, name="Second")
        assert second.serial > first.serial
        assert await listed(stage.store, scope, Words("first")) == []

    stage.run(story())
