"""A scope reaches its own records and nobody else's, whatever is asked for or written."""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from billto.app import accounts, customers
from billto.app.parts import Request
from billto.domain.account import Account, Key
from billto.domain.customer import Customer
from billto.domain.entity import Entity
from billto.domain.problems import Refused
from billto.domain.query import Compare, Either, Missing, Node, Not, Op, Order, Query, Start, Words
from billto.domain.scope import Scope
from billto.store.tx import Reader, Tx
from tests.store.stores import BY_ID, Stage, code, entity_of, listed, stored

WHERES: tuple[Node, ...] = (
    Not(Either()),
    Words("acme"),
    Words("a"),
    Either((Words("acme"), Not(Words("acme")))),
    Compare("email", Op.EQ, "info@acme.example"),
    Compare("metadata", Op.EQ, "X-1", "order_id"),
    Not(Missing("name")),
    Compare("id", Op.GE, ""),
)


class World(NamedTuple):
    """What Alice has in her live entity, and everybody who must not see it."""

    customer: Customer
    in_trash: Customer
    entity: Entity
    key: Key
    account: Account
    strangers: dict[str, Scope]


async def populated(stage: Stage) -> World:
    live = stage.cast.live
    acme = {"name": "Acme", "email": "info@acme.example", "metadata": {"order_id": "X-1"}}
    one, two = await stored(stage.store, live, **acme), await stored(stage.store, live, **acme)
    gone = await stage.store.write(lambda tx: customers.trash(tx, Request(live), two.id))
    entity = await stage.store.reader.get(Entity, live, live.entity)
    account = await stage.store.reader.get(Account, live, live.account_id)
    assert entity
    assert account
    new = await stage.store.write(lambda tx: accounts.create_key(tx, live.account_id, "live"))
    bound = await stage.store.write(lambda tx: entity_of(tx, account))
    strangers = {
        "another account": stage.cast.charlie,
        "her own sandbox": stage.cast.sandbox,
        "a key for another entity of hers": replace(bound, bound_to=bound.entity),
    }
    return World(one, gone, entity, new.key, account, strangers)


@pytest.fixture
def world(stage: Stage) -> World:
    return stage.run(populated(stage))


STRANGERS = ("another account", "her own sandbox", "a key for another entity of hers")


async def in_both(stage: Stage, check: Callable[[Reader], Coroutine[Any, Any, None]]) -> None:
    """Outside of transactions and inside of one."""
    await check(stage.store.reader)
    await stage.store.write(check)


async def snapshot(stage: Stage) -> list[Any]:
    """All that is kept of Alice's customers: rows, counters and what searches find."""
    tables = [
        await stage.asked(f"SELECT * FROM {table} ORDER BY 1, 2") for table in ("customer", "entity", "key")
    ]
    tally = await stage.asked("SELECT entity_id, SUM(live), SUM(trashed) FROM tally GROUP BY 1 ORDER BY 1")
    found = [
        await listed(stage.store, stage.cast.live, Words("acme"), trashed=trash) for trash in (False, True)
    ]
    return [tables, tally, found]


def test_its_owner_reaches_everything(stage: Stage, world: World) -> None:
    live = stage.cast.live

    async def check(reader: Reader) -> None:
        for one in (world.customer, world.in_trash, world.entity, world.key, world.account):
            assert await reader.get(type(one), live, one.id) == one
        for where in WHERES:
            for trashed, there in ((False, world.customer), (True, world.in_trash)):
                page = await reader.page(Customer, live, Query(where, BY_ID, trashed=trashed))
                assert (page.records, page.total) == ((there,), 1)

    stage.run(in_both(stage, check))


@pytest.mark.parametrize("who", STRANGERS)
def test_a_stranger_gets_nothing_by_its_id(stage: Stage, world: World, who: str) -> None:
    stranger = world.strangers[who]
    hidden: list[Any] = [world.customer, world.in_trash, world.entity]
    if stranger.bound_to is None:
        hidden.append(world.key)
    if stranger.account_id != world.account.id:
        hidden.append(world.account)

    async def check(reader: Reader) -> None:
        assert [await reader.get(type(one), stranger, one.id) for one in hidden] == [None] * len(hidden)

    async def locks(tx: Tx) -> None:
        assert [await tx.lock(type(one), stranger, one.id) for one in hidden] == [None] * len(hidden)

    stage.run(in_both(stage, check))
    stage.run(stage.store.write(locks))


@pytest.mark.parametrize("who", STRANGERS)
def test_a_stranger_finds_nothing_by_any_question(stage: Stage, world: World, who: str) -> None:
    stranger = world.strangers[who]
    queries = [Query(where, BY_ID, trashed=trashed) for where in WHERES for trashed in (False, True)]
    queries += [Query(order=(Order("name", way), Order("id", way))) for way in (False, True)]
    queries += [replace(query, start=Start(("",) * len(query.order))) for query in queries]

    async def check(reader: Reader) -> None:
        for query in queries:
            page = await reader.page(Customer, stranger, query)
            assert (page.records, page.total, page.has_next, page.has_previous) == ((), 0, False, False)
        entities = await reader.page(Entity, stranger, Query(order=BY_ID, limit=100))
        assert world.entity.id not in {one.id for one in entities.records}
        assert entities.total == len(entities.records) == 1

    stage.run(in_both(stage, check))


@pytest.mark.parametrize("who", STRANGERS)
def test_a_stranger_changes_nothing(stage: Stage, world: World, who: str) -> None:
    stranger = world.strangers[who]
    one, gone, entity = world.customer, world.in_trash, world.entity
    works: list[Callable[[Tx], Coroutine[Any, Any, Any]]] = [
        lambda tx: tx.update(one, one._replace(name="Taken over"), stranger),
        lambda tx: tx.update(gone, gone._replace(deleted_at=None), stranger),
        lambda tx: tx.update(entity, entity._replace(name="Taken over"), stranger),
        lambda tx: tx.delete(one, stranger),
        lambda tx: tx.delete(gone, stranger),
        lambda tx: tx.delete(entity, stranger),
        lambda tx: customers.change(tx, Request(stranger), one.id, {"name": "Taken over"}),
        lambda tx: customers.trash(tx, Request(stranger), one.id),
        lambda tx: customers.restore(tx, Request(stranger), gone.id),
        lambda tx: customers.erase(tx, Request(stranger), gone.id),
    ]

    async def story() -> None:
        before = await snapshot(stage)
        for work in works:
            with pytest.raises(Refused) as refused:
                await stage.store.write(work)
            assert code(refused.value) == "not_found"
        assert await snapshot(stage) == before

    stage.run(story())


def test_keys_are_listed_by_account(stage: Stage, world: World) -> None:
    async def check(reader: Reader) -> None:
        assert list(await reader.keys(world.account.id)) == [world.key]
        assert list(await reader.keys(stage.cast.charlie.account_id)) == []
        assert list(await reader.keys(None)) == [world.key]
        assert list(await reader.key(world.key.hint)) == [world.key]
        assert list(await reader.key(world.key.hint[:-1])) == []

    stage.run(in_both(stage, check))


def test_a_customer_needs_a_scope_with_an_entity(stage: Stage, world: World) -> None:
    with pytest.raises(AssertionError, match="needs a scope with an entity"):
        stage.run(
            stage.store.reader.get(Customer, replace(stage.cast.live, entity_id=None), world.customer.id)
        )
