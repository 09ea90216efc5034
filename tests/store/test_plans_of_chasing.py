"""What a run of a cadence asks is answered from indexes, however many others there are."""

from collections.abc import Iterator
from typing import Any

import pytest

from billto.app import cadences, documents
from billto.app.parts import Request
from billto.domain.customer import Customer
from billto.domain.paging import unambiguous
from billto.domain.query import All, Compare, Op, Query, Start
from billto.store import statements
from billto.store.layout import tenancy
from billto.store.tx import Tx
from tests.postgres import Postgres
from tests.store.stores import Stage, customer, migrate, staged
from tests.store.test_plans import plan, reads_all, sorts

CUSTOMERS, STRANGERS = 1_000, 8_000
OTHERS = 900  # cadences
LINE = {"name": "Work", "quantity": 1, "price": 100}


def chased(stage: Stage) -> int:
    """Many customers with a cadence, of whom a few owe something; its serial."""
    asked = Request(stage.cast.live)

    async def work(tx: Tx) -> int:
        one = await cadences.create(tx, asked, {"name": "Gently", "steps": []})
        await cadences.create(tx, asked, {"name": "Usual", "steps": [], "assignment_mode": "default"})
        others = [one._replace(id=tx.new_id(), name=f"Other {number}") for number in range(OTHERS)]
        await tx.insert_many(others)
        for number in range(CUSTOMERS):
            given = {"chasing_cadence": one.serial} if number % 2 else {}
            of = await tx.insert(customer(tx, stage.cast.live, name=f"C{number}", **given))
            if number % 5 == 0:
                await documents.create(tx, asked, "invoice", {"customer_id": of.id, "lines": [LINE]})
        strangers = (customer(tx, stage.cast.live, name=f"S{number}") for number in range(STRANGERS))
        await tx.insert_many(tuple(strangers))
        return one.serial

    return stage.run(stage.store.write(work))


@pytest.fixture(scope="module", params=["sqlite", "sqlite, never analysed", "postgresql"])
def town(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Stage, int]]:
    if request.param == "postgresql":
        postgres: Postgres = request.getfixturevalue("postgres")
        with postgres.database(migrate) as url, staged(url) as stage:
            serial = chased(stage)
            stage.run(stage.asked("VACUUM ANALYZE"))
            yield stage, serial
        return
    url = f"sqlite:///{tmp_path_factory.mktemp('plans') / 'billto.sqlite'}"
    migrate(url)
    with staged(url) as stage:
        serial = chased(stage)
        if request.param == "sqlite":
            stage.run(stage.store.write(lambda tx: tx.run("ANALYZE", ())))
        yield stage, serial


def test_customers_that_owe_are_walked_along_in_order(town: tuple[Stage, int]) -> None:
    stage, serial = town
    where = All((Compare("chasing_cadence", Op.EQ, serial), Compare("owes", Op.EQ, True)))
    for start in (None, Start(("0" * 24,))):
        query = Query(where, unambiguous(()), 100, start=start, counted=False)
        whose = tenancy(Customer, stage.cast.live)
        steps = stage.run(plan(stage, statements.page(stage.store.engine, Customer, whose, query)))
        assert any("customer_chased" in step or "customer_owing" in step for step in steps), steps
        assert not any(reads_all(step, "customer") or sorts(step) for step in steps), steps


def test_open_documents_of_a_page_and_users_of_cadences_come_from_indexes(
    town: tuple[Stage, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, _ = town
    reader, live = stage.store.reader, stage.cast.live
    seen: list[statements.Statement] = []

    async def notes(_scope: Any, sql: str, values: Any) -> list[Any]:
        seen.append(statements.Statement(sql, values))
        return []

    monkeypatch.setattr(reader, "many_rows", notes)
    some = [f"{number:024x}" for number in range(3)]
    stage.run(reader.open_of(live, some))
    stage.run(reader.cadences(live, Query(order=unambiguous(()), limit=10, counted=False)))
    opened, counted = (stage.run(plan(stage, one)) for one in seen)
    assert any("document_open" in step for step in opened), opened
    assert any("customer_chased" in step for step in counted), counted
    assert not any(reads_all(step, "customer") or reads_all(step, "c") for step in counted), counted


def test_the_cadence_of_new_customers_has_an_index_of_its_own(
    town: tuple[Stage, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is asked for whenever a customer is made, however many cadences there are."""
    stage, _ = town
    reader, seen = stage.store.reader, list[statements.Statement]()

    async def notes(sql: str, values: Any) -> list[Any]:
        seen.append(statements.Statement(sql, values))
        return []

    with monkeypatch.context() as patched:
        patched.setattr(reader, "rows", notes)
        stage.run(reader.default_cadence(stage.cast.live))
    (steps,) = (stage.run(plan(stage, one)) for one in seen)
    assert any("cadence_default" in step for step in steps), steps
