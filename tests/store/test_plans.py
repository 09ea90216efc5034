"""What is asked most is answered from an index: nothing reads a whole table, nothing sorts one."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from billto.domain.customer import Customer
from billto.domain.entity import Entity
from billto.domain.paging import unambiguous
from billto.domain.query import Compare, Op, Order, Query, Start, Words
from billto.store import statements, trigrams
from billto.store.layout import tenancy
from billto.store.moving import repoint
from billto.store.postgres import PostgresStore
from billto.store.statements import Statement
from billto.store.tx import Tx
from tests.postgres import Postgres
from tests.store.records import ids
from tests.store.stores import START, Stage, customer, entity_of, migrate, on_postgresql, staged

CUSTOMERS = 3_000
ENTITIES = 200


async def crowd(stage: Stage) -> None:
    """Most of them in one entity, some in the trash, and other entities beside."""
    live = stage.cast.live

    async def work(tx: Tx) -> None:
        account = await tx.account(live.account_id)
        assert account
        scopes = [await entity_of(tx, account) for _ in range(ENTITIES)]
        for number in range(CUSTOMERS):
            scope = live if number % 3 else scopes[number % ENTITIES]
            one = customer(
                tx, scope, name=f"Customer {number * 7919 % CUSTOMERS}", email=f"c{number}@example.com",
                tax_number=f"SI{number}", number=f"N-{number}",
                external_id=f"crm-{number}", metadata={"order_id": f"X-{number}"},
            )  # fmt: skip
            trashed_at = tx.now if number % 10 == 1 else None
            await tx.insert(one._replace(deleted_at=trashed_at, owes=number % 50 == 0))

    await stage.store.write(work)


PLANS = (
    "SELECT sum(generic_plans), sum(custom_plans) FROM pg_prepared_statements"
    " WHERE statement LIKE 'SELECT entity_id%'"
)


@on_postgresql
def test_a_question_with_conditions_is_planned_for_its_values_every_time(stage: Stage) -> None:
    """From the sixth time on PostgreSQL would take one plan for any values: the tenant's whole list."""

    async def story() -> None:
        store = stage.store
        assert isinstance(store, PostgresStore)
        for number in range(20):
            term = Words(f"nobody{number}")
            query = Query(where=term, order=unambiguous(()), counted=False)
            assert not (await store.reader.page(Customer, stage.cast.live, query)).records
        connection = await store.beside.take()
        try:
            generic, custom = await connection.fetchrow(PLANS)
        finally:
            store.beside.give(connection)
        assert (generic, custom) == (0, 20)

    stage.run(story())


# Towards the end of a list of this size PostgreSQL rather sorts the few that are left, and may.
NEAR_FIRST, NEAR_LAST = "Customer 1", "Customer 9"
NAME, CREATED, UPDATED = Order("name"), Order("created_at"), Order("updated_at")


def ordered(*order: Order, **asked: Any) -> Query:
    return Query(order=unambiguous(order), limit=50, **asked)


def beyond(order: Order, value: Any, *, backwards: bool = False) -> Query:
    return ordered(order, start=Start((value, ids(7)), backwards))


def filtered(attr: str, value: Any) -> Query:
    return ordered(where=Compare(attr, Op.EQ, value))


PAGES: Mapping[str, Query] = {
    "in the order of ids": ordered(),
    "in the order of ids, down": ordered(Order("id", True)),
    "by name": ordered(NAME),
    "by name, down": ordered(Order("name", True)),
    "by creation": ordered(CREATED),
    "by change, down": ordered(Order("updated_at", True)),
    "after an id": ordered(start=Start((ids(7),))),
    "before an id": ordered(start=Start(("f" * 24,), backwards=True)),
    "after a name": beyond(NAME, NEAR_FIRST),
    "before a name": beyond(NAME, NEAR_LAST, backwards=True),
    "after a name, down": beyond(Order("name", True), NEAR_LAST),
    "after a creation": beyond(CREATED, START),
    "after a change, down": beyond(Order("updated_at", True), START),
    "of an email": filtered("email", "c15@example.com"),
    "of a tax number": filtered("tax_number", "SI15"),
    "of an id": filtered("id", ids(15)),
    "in the trash": ordered(trashed=True),
}


async def plan(stage: Stage, statement: Statement) -> list[str]:
    """What the database does, step by step."""
    if stage.engine == "sqlite":
        return await stage.store.write(lambda tx: explained(tx, statement))
    connection = await asyncpg.connect(stage.url)
    try:
        (row,) = await connection.fetch(f"EXPLAIN (FORMAT JSON) {statement.sql}", *statement.values)
        return list(steps(json.loads(row[0])[0]["Plan"]))
    finally:
        await connection.close()


async def explained(tx: Tx, statement: Statement) -> list[str]:
    rows = await tx.rows(f"EXPLAIN QUERY PLAN {statement.sql}", statement.values)
    return [str(row[3]) for row in rows]


def steps(node: Any) -> Iterator[str]:
    yield " ".join(str(node.get(key, "")) for key in ("Node Type", "Relation Name", "Index Name"))
    for inner in node.get("Plans", ()):
        yield from steps(inner)


def reads_all(step: str, table: str) -> bool:
    return f"{step} ".startswith((f"SCAN {table} ", f"Seq Scan {table} "))


def sorts(step: str) -> bool:
    return "TEMP B-TREE" in step or "Sort" in step


@pytest.fixture(scope="module", params=["sqlite", "sqlite, never analysed", "postgresql"])
def crowded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One crowd for all questions. PostgreSQL analyses by itself; a SQLite file may never be."""
    if request.param == "postgresql":
        postgres: Postgres = request.getfixturevalue("postgres")
        with postgres.database(migrate) as url, staged(url) as stage:
            stage.run(crowd(stage))
            stage.run(stage.asked("VACUUM ANALYZE"))
            yield stage
        return
    url = f"sqlite:///{tmp_path_factory.mktemp('plans') / 'billto.sqlite'}"
    migrate(url)
    with staged(url) as stage:
        stage.run(crowd(stage))
        if request.param == "sqlite":
            stage.run(stage.store.write(lambda tx: tx.run("ANALYZE", ())))
        yield stage


def test_nothing_that_is_asked_often_reads_or_sorts_all(crowded: Stage) -> None:
    live, engine = crowded.cast.live, crowded.store.engine
    whose = tenancy(Customer, live)
    asked = {name: statements.page(engine, Customer, whose, query) for name, query in PAGES.items()}
    keys = {**whose, "id": ids(1)}
    asked["by its id"] = Statement(statements.select(engine, Customer, tuple(keys)), list(keys.values()))
    plans = {name: crowded.run(plan(crowded, statement)) for name, statement in asked.items()}
    slow = {
        name: steps
        for name, steps in plans.items()
        if any(reads_all(step, "customer") or sorts(step) for step in steps)
    }
    assert slow == {}


def test_entities_are_found_by_their_account(crowded: Stage) -> None:
    whose = tenancy(Entity, crowded.cast.charlie)
    query = replace(PAGES["after an id"], counted=False)
    steps = crowded.run(plan(crowded, statements.page(crowded.store.engine, Entity, whose, query)))
    assert not any(reads_all(step, "entity") or sorts(step) for step in steps)
    assert "entity_of_account" in " ".join(steps)


def test_a_rare_word_is_looked_up_in_the_trigram_index(crowded: Stage) -> None:
    live, engine = crowded.cast.live, crowded.store.engine
    query = ordered(where=Words("c1234@"), counted=False)
    lookup = (
        trigrams.lookup(trigrams.trigrams(Customer, query), live.entity) if engine.name == "sqlite" else None
    )
    statement = statements.page(engine, Customer, tenancy(Customer, live), query, lookup=lookup)
    steps = crowded.run(plan(crowded, statement))
    assert not any(reads_all(step, "customer") for step in steps)
    assert any("customer_search" in step for step in steps)


NUMBERS = Compare("number", Op.IN, ("N-15", "N-16", "N-17"))
CHANGED_SINCE = Compare("updated_at", Op.GT, START)


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (filtered("external_id", "crm-15"), "customer_unique_external_id"),
        (ordered(Order("number"), where=NUMBERS), "customer_unique_number"),
        (ordered(UPDATED, where=CHANGED_SINCE, trashed=None), "customer_touched"),
        (filtered("owes", True), "customer_owing"),
    ],
    ids=["external id", "numbers", "changed since", "who owes"],
)
def test_what_is_looked_up_comes_from_its_own_index(crowded: Stage, query: Query, index: str) -> None:
    """To walk all of an entity's customers in another index is no scan, and takes as long."""
    whose = tenancy(Customer, crowded.cast.live)
    asked = statements.page(crowded.store.engine, Customer, whose, replace(query, counted=False))
    steps = crowded.run(plan(crowded, asked))
    assert index in " ".join(steps), steps


def test_who_belongs_to_whom_is_read_from_the_index_of_parents(crowded: Stage) -> None:
    live, engine = crowded.cast.live, crowded.store.engine
    below = statements.children(engine, live.entity, [1, 2, 3], 100)
    clear = repoint(engine, Customer, live, {"parent": 1}, {"parent": None}, START)
    for statement in (below, clear):
        found = crowded.run(plan(crowded, statement))
        assert any("customer_parent" in step for step in found), found
        assert not [step for step in found if reads_all(step, "customer")], found
