"""What the databases answer is what the question means: their SQL against `matches`, on any records."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billto.dialects.spaceinvoices.customers import CUSTOMER
from billto.dialects.spaceinvoices.entities import ENTITY
from billto.dialects.wire import FIND, Table
from billto.domain.account import Account
from billto.domain.customer import Customer
from billto.domain.entity import Entity
from billto.domain.query import All, Compare, Node, Not, Op, Query, Words, matches
from billto.domain.scope import Scope
from billto.store import trigrams
from billto.store.tx import Reader, Tx
from tests.store.changing import Change, befall, changes
from tests.store.records import askable, examples, questions, records
from tests.store.stores import ALL_OF_THEM, BY_ID, AnyStore, Stage, customer, entity_of

EVERYTHING = ("create", "change", "trash", "restore", "erase")
asked = st.lists(questions(Customer), min_size=1, max_size=3)


async def kept(tx: Tx, given: Sequence[Customer]) -> tuple[Scope, list[Customer]]:
    """The records, stored for a new entity, among those of all examples before."""
    account = await tx.insert(Account(tx.new_id(), "Alice", tx.now))
    scope = await entity_of(tx, account)
    return scope, [await tx.insert(one._replace(entity_id=scope.entity)) for one in given]


async def judge(
    reader: Reader, scope: Scope, kind: type[NamedTuple], held: Sequence[Any], wheres: Sequence[Node]
) -> None:
    """All that is found, whole records and their count, in and outside the trash."""
    for where in wheres:
        for in_trash in (False, True) if kind is Customer else (False,):
            query = Query(where=where, order=BY_ID, limit=ALL_OF_THEM, trashed=in_trash)
            page = await reader.page(kind, scope, query)
            there = [one for one in held if (getattr(one, "deleted_at", None) is not None) is in_trash]
            right = sorted((one for one in there if matches(where, one)), key=lambda one: one.id)
            assert (list(page.records), page.total) == (right, len(right))


@pytest.mark.parametrize("table", [CUSTOMER, ENTITY])
def test_whatever_may_be_asked_is_judged_here(table: Table) -> None:
    named = {table.field(name, FIND).attr for name in table.names(FIND)}
    assert named <= {attr.name for attr in askable(table.record)} | {"metadata"}


def test_customers_are_found_as_their_question_means(stage: Stage) -> None:
    @examples(300)
    @given(given=records(Customer, 2), wheres=asked)
    def holds(given: list[Customer], wheres: list[Node]) -> None:
        async def story() -> None:
            scope, held = await stage.store.write(lambda tx: kept(tx, given))
            await judge(stage.store.reader, scope, Customer, held, wheres)

        stage.run(story())

    holds()


async def remove(scope: Scope, entities: Sequence[Entity], tx: Tx) -> None:
    """Ids of entities are unique among all; the next example has the same."""
    for one in entities:
        await tx.delete(one, scope)


def test_entities_are_found_as_their_question_means(stage: Stage) -> None:
    @examples(100)
    @given(given=records(Entity), wheres=st.lists(questions(Entity), min_size=1, max_size=3))
    def holds(given: list[Entity], wheres: list[Node]) -> None:
        async def store_all(tx: Tx) -> tuple[str, list[Entity]]:
            account = await tx.insert(Account(tx.new_id(), "Alice", tx.now))
            return account.id, [await tx.insert(one._replace(account_id=account.id)) for one in given]

        async def story() -> None:
            account_id, held = await stage.store.write(store_all)
            for environment in ("live", "sandbox"):
                scope = Scope(account_id, environment, "")
                there = [one for one in held if one.environment == environment]
                await judge(stage.store.reader, scope, Entity, there, wheres)
                await stage.store.write(partial(remove, scope, there))

        stage.run(story())

    holds()


def test_what_was_changed_trashed_or_erased_is_found_as_it_is_now(stage: Stage) -> None:
    @examples(150)
    @given(given=records(Customer, 1), happens=st.lists(changes(*EVERYTHING), max_size=5), wheres=asked)
    def holds(given: list[Customer], happens: list[Change], wheres: list[Node]) -> None:
        async def story() -> None:
            async def work(tx: Tx) -> list[Customer]:
                now = held
                for change in happens:
                    now = await befall(tx, scope, now, change)
                await judge(tx, scope, Customer, now, wheres)  # a transaction sees its own writes
                return now

            scope, held = await stage.store.write(lambda tx: kept(tx, given))
            there = await stage.store.write(work)
            await judge(stage.store.reader, scope, Customer, there, wheres)
            assert [await stage.store.reader.get(Customer, scope, one.id) for one in there] == there

        stage.run(story())

    holds()


# Few letters, so that many texts have all trigrams of a term without having the term.
tight = st.text("abB č%\"_'", max_size=12)
Texts = tuple[str, str, str]
TERMS: tuple[Callable[[str], Node], ...] = (
    Words,
    lambda term: Compare("name", Op.CONTAINS, term),
    lambda term: Compare("email", Op.STARTS, term),
    lambda term: Compare("name", Op.ENDS, term),
    lambda term: Compare("metadata", Op.CONTAINS, term, "k"),
    lambda term: Compare("metadata", Op.EQ, term, "k"),
    lambda term: Not(Words(term)),
)


@st.composite
def searches(draw: st.DrawFn) -> tuple[list[Texts], list[Node]]:
    """Texts of some customers, and questions for parts of them, of one letter and of several."""
    given = draw(st.lists(st.tuples(tight, tight, tight), min_size=3, max_size=12))
    said = [text for texts in given for text in texts]

    def part() -> Node:
        text, at = draw(st.sampled_from(said)), draw(st.integers(0, 9))
        term = text[at : at + draw(st.integers(1, 8))] + draw(st.sampled_from(("", "", "a", "b")))
        return draw(st.sampled_from(TERMS))(term)

    return given, [All(tuple(part() for _ in range(draw(st.integers(1, 3))))) for _ in range(3)]


def named(texts: Texts) -> dict[str, Any]:
    name, email, value = texts
    return {"name": name, "email": email, "metadata": {"k": value}}


async def leave_only_trigrams(stage: Stage) -> None:
    """Leaves PostgreSQL nothing but the trigram index to find customers by."""
    keys = await stage.asked(
        "SELECT conname FROM pg_constraint WHERE conrelid = 'customer'::regclass AND contype IN ('p', 'u')"
    )
    for (name,) in keys:
        await stage.asked(f"ALTER TABLE customer DROP CONSTRAINT {name} CASCADE")
    rest = await stage.asked(
        "SELECT indexname FROM pg_indexes WHERE tablename = 'customer' AND indexname <> 'customer_search'"
    )
    for (name,) in rest:
        await stage.asked(f"DROP INDEX {name}")
    await stage.asked(f"ALTER DATABASE {stage.url.rpartition('/')[2]} SET enable_seqscan = off")


def test_the_trigram_index_leaves_nothing_out(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    if stage.engine == "postgresql":
        stage.run(leave_only_trigrams(stage))

    async def made(tx: Tx, texts: list[Texts]) -> tuple[Scope, list[Customer]]:
        scope, _ = await kept(tx, [])
        return scope, [await tx.insert(customer(tx, scope, **named(one))) for one in texts]

    async def moved(tx: Tx, scope: Scope, held: list[Customer], texts: list[Texts]) -> list[Customer]:
        new = [one._replace(**named(other)) for one, other in zip(held, texts, strict=True)]
        for before, after in zip(held, new, strict=True):
            await tx.update(before, after, scope)
        return new

    async def story(store: AnyStore, texts: list[Texts], wheres: list[Node]) -> None:
        scope, held = await store.write(lambda tx: made(tx, texts))
        await judge(store.reader, scope, Customer, held, wheres)
        # Everybody changes to what somebody else was called.
        changed = await store.write(lambda tx: moved(tx, scope, held, texts[1:] + texts[:1]))
        await judge(store.reader, scope, Customer, changed, wheres)

    # Rare terms are looked up in the index, common ones by walking: both ways, whatever is common.
    @examples(200)
    @given(search=searches(), hits_max=st.sampled_from((0, 2, trigrams.HITS_MAX)))
    def holds(search: tuple[list[Texts], list[Node]], hits_max: int) -> None:
        monkeypatch.setattr(trigrams, "HITS_MAX", hits_max)
        stage.run(story(store, *search))

    opened = stage.another()
    store = stage.run(opened.__aenter__())
    try:
        holds()
    finally:
        stage.run(opened.__aexit__(None, None, None))
