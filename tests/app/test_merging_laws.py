"""Whatever is merged, in whatever order and at once: nothing is lost and nothing counted twice."""

import asyncio
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from billto.app import credits as adjusting
from billto.app import customers, documents, merging, payments
from billto.app.parts import Request
from billto.domain.customer import Customer
from billto.domain.document import Document
from billto.domain.problems import Refused
from tests.app.desk import Desk
from tests.store.records import examples

ANA = {"name": "Ana", "email": "ana@acme.example", "is_primary": True}


# Laws

AMOUNTS = st.integers(1, 10_000)
CURRENCIES = st.sampled_from(("EUR", "JPY", "KWD"))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("invoice"), st.integers(0, 3), AMOUNTS, CURRENCIES),
        st.tuples(st.just("pay"), st.integers(0, 3), AMOUNTS, CURRENCIES),
        st.tuples(st.just("credit"), st.integers(0, 3), AMOUNTS, CURRENCIES),
        st.tuples(st.just("merge"), st.integers(0, 3), st.integers(0, 3), st.booleans()),
    ),
    min_size=1,
    max_size=12,
)


def whole(desk: Desk, cast: list[Customer]) -> tuple[Any, ...]:
    """All that there is of some customers, whoever has it."""
    now = list({one.id: one for one in (desk.get(was.id) for was in cast)}.values())
    ids = tuple(one.id for one in now)
    people = sorted(contact["id"] for one in now for contact in one.contacts or ())
    records = [
        sorted(one.id for one in desk.listed(verb, "customer_id", ids))
        for verb in (documents.page, payments.page, adjusting.page)
    ]
    return people, records, desk.standings(*now)


def without_owner(found: tuple[Any, ...]) -> tuple[Any, ...]:
    people, records, standings = found
    return people, records, {code: one[2:] for code, one in standings.items()}


def test_nothing_is_lost_and_nothing_counted_twice_whatever_is_merged(desk: Desk) -> None:
    @examples(15)
    @given(STEPS)
    def holds(steps: list[Any]) -> None:
        cast = [desk.customer(f"C{at}", contacts=[ANA], phone=f"{at}" if at % 2 else None) for at in range(4)]
        for word, at, what, how in steps:
            # By the first id that the customer ever had, which may have become an old one.
            of, before = cast[at], without_owner(whole(desk, cast))
            if word == "invoice":
                desk.document(of.id, what, currency_code=how)
            elif word == "credit":
                desk.credit(of.id, what, currency_code=how)
            elif word == "pay":
                desk.payment(of.id, what, currency_code=how)
            elif desk.get(of.id).id != desk.get(cast[what].id).id:
                merged = desk.merge(desk.get(of.id), cast[what], fill=how)
                assert without_owner(whole(desk, cast)) == before
                assert desk.get(of.id) == desk.get(cast[what].id) == merged
        for was in cast:
            now = desk.get(was.id)
            assert desk.get(was.serial) == now
            standing = desk.standings(now)
            for currency, one in standing.items():
                told: Any = desk.statement(was.id, currency=currency).told
                assert told.balance == one.outstanding
            assert now.owes is any(one.outstanding for one in standing.values())

    holds()


# At once


async def made(store: Any, asked: Request, name: str) -> Customer:
    async def work(tx: Any) -> Customer:
        return await customers.create(tx, asked, {"name": name})

    found: Customer = await store.write(work)
    return found


async def merged(store: Any, asked: Request, source: Customer, target: Customer) -> Customer:
    found: Customer = await store.write(lambda tx: merging.merge(tx, asked, source.id, target.id))
    return found


async def billed(store: Any, asked: Request, of: Customer) -> Document:
    given = {"customer_id": of.id, "lines": [{"name": "Work", "price": 10}]}
    found: Document = await store.write(lambda tx: documents.create(tx, asked, "invoice", given))
    return found


async def closed(store: Any, asked: Request, one: Document) -> Document:
    found: Document = await store.write(lambda tx: documents.close(tx, asked, one.id))
    return found


def test_two_merges_against_each_other_end_in_one_customer(desk: Desk) -> None:
    async def story() -> None:
        store, asked = desk.stage.store, desk.asked
        async with desk.stage.another() as other:
            for _ in range(5):
                one, two = await made(store, asked, "A"), await made(store, asked, "B")
                outcomes = await asyncio.gather(
                    merged(store, asked, one, two), merged(other, asked, two, one), return_exceptions=True
                )
                (kept,) = (one for one in outcomes if isinstance(one, Customer))
                assert all(isinstance(one, Customer | Refused) for one in outcomes), outcomes
                for was in (one, two):
                    assert await customers.get(store.reader, asked, was.id) == kept

    desk.stage.run(story())


def test_what_is_made_while_customers_merge_belongs_to_the_one_that_stays(desk: Desk) -> None:
    async def story() -> None:
        store, asked = desk.stage.store, desk.asked
        async with desk.stage.another() as other:
            for _ in range(5):
                one, two = await made(store, asked, "A"), await made(store, asked, "B")
                await asyncio.gather(
                    *(billed(other, asked, one) for _ in range(3)),
                    merged(store, asked, one, two),
                    *(billed(other, asked, one) for _ in range(3)),
                )
                (standing,) = await store.reader.standings(asked.scope, (two.id,))
                assert standing.outstanding == 60

    desk.stage.run(story())
    owners = desk.rows("document", "customer_id")
    assert len(owners) == 30
    assert len(set(owners)) == 5


def test_what_goes_over_while_it_is_changed_is_counted_where_it_went(desk: Desk) -> None:
    """Who waited for the one customer holds the other as well: what is owed is kept as sums."""

    async def story() -> None:
        store, asked = desk.stage.store, desk.asked
        async with desk.stage.another() as other:
            for _ in range(5):
                one, two = await made(store, asked, "A"), await made(store, asked, "B")
                bills = [await billed(store, asked, one) for _ in range(4)]
                await asyncio.gather(
                    merged(store, asked, one, two),
                    *(closed(other, asked, bill) for bill in bills),
                    *(billed(store, asked, two) for _ in range(4)),
                )
                (standing,) = await store.reader.standings(asked.scope, (two.id,))
                assert standing.outstanding == 40
                entries = await store.reader.entries(asked.scope, (two.id,), "EUR", None, 100)
                assert sum(one.amount for one in entries) == 40

    desk.stage.run(story())
