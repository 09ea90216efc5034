"""What is asked most about documents, payments and the ledger is answered from an index."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from billto.app import balances, documents, payments
from billto.app.applying import Wanted
from billto.app.parts import Request
from billto.domain.customer import Customer
from billto.domain.document import Document
from billto.domain.ledger import Entry
from billto.domain.paging import unambiguous
from billto.domain.payment import Payment
from billto.domain.query import All, Compare, Node, Op, Order, Query, Start
from billto.store import statements
from billto.store.layout import tenancy
from billto.store.statements import Statement
from billto.store.tx import Tx
from tests.postgres import Postgres
from tests.store.records import ids
from tests.store.stores import Stage, customer, migrate, staged
from tests.store.test_plans import plan, reads_all, sorts

CUSTOMERS, EACH = 60, 15
LINE = {"name": "Work", "quantity": 1, "price": Decimal(100)}


class Sold(NamedTuple):
    """What was sold, and to whom."""

    stage: Stage
    customers: list[Customer]
    last: Document


def sold(stage: Stage) -> Sold:
    """Many invoices of a few customers; most are paid."""
    asked = Request(stage.cast.live)

    async def work(tx: Tx) -> Sold:
        made: list[Document] = []
        people = [await tx.insert(customer(tx, stage.cast.live, name=f"C{n}")) for n in range(CUSTOMERS)]
        for number in range(CUSTOMERS * EACH):
            of = people[number % CUSTOMERS]
            made.append(await documents.create(tx, asked, "invoice", {"customer_id": of.id, "lines": [LINE]}))
            if number % 7:
                paid = {"amount": made[-1].balance, "customer_id": of.id}
                await payments.receive(tx, asked, paid, (Wanted("document", None, made[-1].id),))
        return Sold(stage, people, made[-1])

    return stage.run(stage.store.write(work))


@pytest.fixture(scope="module", params=["sqlite", "sqlite, never analysed", "postgresql"])
def market(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sold]:
    if request.param == "postgresql":
        postgres: Postgres = request.getfixturevalue("postgres")
        with postgres.database(migrate) as url, staged(url) as stage:
            made = sold(stage)
            stage.run(stage.asked("VACUUM ANALYZE"))
            yield made
        return
    url = f"sqlite:///{tmp_path_factory.mktemp('plans') / 'billto.sqlite'}"
    migrate(url)
    with staged(url) as stage:
        made = sold(stage)
        if request.param == "sqlite":
            stage.run(stage.store.write(lambda tx: tx.run("ANALYZE", ())))
        yield made


INVOICES = Compare("type", Op.EQ, "invoice")


def asked_of(where: Node, *order: Order, **more: Any) -> Query:
    return Query(where, unambiguous(order), limit=20, counted=False, **more)


PAGES: Mapping[str, tuple[type[Any], Query]] = {
    "invoices": (Document, asked_of(INVOICES)),
    "invoices after one": (Document, asked_of(INVOICES, start=Start((ids(7),)))),
    "invoices by day, the latest first": (Document, asked_of(INVOICES, Order("date", True))),
    "invoices by change": (Document, asked_of(INVOICES, Order("updated_at"))),
    "payments by change": (Payment, asked_of(All(), Order("updated_at"))),
    "payments by day": (Payment, asked_of(All(), Order("date", True))),
}  # fmt: skip


def test_lists_of_documents_and_payments_read_and_sort_no_more_than_they_show(market: Sold) -> None:
    engine, live = market.stage.store.engine, market.stage.cast.live
    slow = {}
    for name, (record, query) in PAGES.items():
        statement = statements.page(engine, record, tenancy(record, live), query)
        steps = market.stage.run(plan(market.stage, statement))
        if any(reads_all(step, record.__name__.lower()) or sorts(step) for step in steps):
            slow[name] = steps
    assert slow == {}


def test_a_document_is_found_by_its_number(market: Sold) -> None:
    where = All((INVOICES, Compare("number", Op.EQ, "2026-00007")))
    query = asked_of(where, Order("number"))
    whose = tenancy(Document, market.stage.cast.live)
    steps = market.stage.run(
        plan(market.stage, statements.page(market.stage.store.engine, Document, whose, query))
    )
    assert any("document_unique_number" in step for step in steps), steps


@pytest.mark.parametrize(
    "question",
    [
        lambda reader, live, of: reader.dues(live, (of,), date(2030, 1, 1)),
        lambda reader, live, of: reader.falling_due(live, (of,)),
    ],
    ids=["due", "falling due"],
)
def test_what_a_customer_has_open_comes_from_the_index_of_open_documents(market: Sold, question: Any) -> None:
    stage, of = market.stage, market.customers[0]
    seen = captured(stage, lambda reader: question(reader, stage.cast.live, of.id))
    steps = stage.run(plan(stage, seen))
    assert any("document_open" in step for step in steps), steps


def test_what_of_a_customers_invoices_is_aged_is_read_by_the_customer(market: Sold) -> None:
    stage, of, asked = market.stage, market.customers[0], Request(market.stage.cast.live)
    steps = stage.run(plan(stage, captured(stage, lambda reader: balances.falling_due(reader, asked, of))))
    assert any("document_open" in step or "document_customer" in step for step in steps), steps


@pytest.mark.parametrize(
    ("question", "index"),
    [
        (lambda reader, live, of: reader.standings(live, (of,)), "standing"),
        (lambda reader, live, of: reader.entries(live, (of,), "EUR", None, 100), "entry_customer"),
        (lambda reader, live, of: reader.credits(live, (of,), "EUR", 100), "entry_credit"),
        (lambda reader, live, of: reader.credits_after(live, (of,), "EUR", date(2020, 1, 1)), "entry_"),
    ],
    ids=["standings", "entries", "credit history", "credit afterwards"],
)
def test_how_a_customer_stands_is_read_by_the_customer(market: Sold, question: Any, index: str) -> None:
    stage, of = market.stage, market.customers[0]
    seen = captured(stage, lambda reader: question(reader, stage.cast.live, of.id))
    steps = stage.run(plan(stage, seen))
    assert any(index in step for step in steps), steps
    assert not any(reads_all(step, "entry") or reads_all(step, "standing") for step in steps)


@pytest.mark.parametrize(
    ("question", "index"),
    [
        (
            lambda reader, live, ids: reader.active(live, ids, date(2026, 1, 1), date(2026, 1, 31)),
            "entry_customer",
        ),
        (lambda reader, live, ids: reader.oldest(live, ids), "document_open"),
    ],
    ids=["who was active", "since when something is open"],
)
def test_what_a_run_of_statements_asks_of_many_is_read_by_the_customer(
    market: Sold, question: Any, index: str
) -> None:
    stage, some = market.stage, [one.id for one in market.customers[:5]]
    seen = captured(stage, lambda reader: question(reader, stage.cast.live, some))
    steps = stage.run(plan(stage, seen))
    assert any(index in step for step in steps), steps
    assert not any(reads_all(step, "entry") or reads_all(step, "document") for step in steps)


def test_the_payments_of_a_document_are_read_by_the_document(market: Sold) -> None:
    stage = market.stage
    seen = captured(stage, lambda reader: reader.causes(stage.cast.live, (market.last.id,)))
    assert any("entry_item" in step for step in stage.run(plan(stage, seen)))


def test_a_list_of_the_payments_of_a_document_looks_through_no_others(market: Sold) -> None:
    stage, asked = market.stage, Request(market.stage.cast.live)
    query = asked_of(Compare("document_id", Op.EQ, market.last.id))
    said = all_captured(stage, lambda reader: payments.page(reader, asked, query))
    for one in said:
        steps = stage.run(plan(stage, one))
        assert not any(step.endswith("(entity_id=?)") or reads_all(step, "payment") for step in steps), steps


def captured(stage: Stage, question: Any) -> Statement:
    """The last statement that a question asks the database."""
    return all_captured(stage, question)[-1]


def all_captured(stage: Stage, question: Any) -> list[Statement]:
    async def work(tx: Tx) -> list[Statement]:
        asked: list[Statement] = []
        rows = tx.rows

        async def noted(sql: str, values: Any) -> Any:
            asked.append(Statement(sql, values))
            return await rows(sql, values)

        tx.rows = noted  # type: ignore[method-assign]
        await question(tx)
        return asked

    return stage.run(stage.store.write(work))


def test_the_ledger_of_a_customer_is_a_page_of_its_index(market: Sold) -> None:
    stage, of = market.stage, market.customers[0]
    query = asked_of(Compare("customer_id", Op.IN, (of.id,)), Order("date"))
    statement = statements.page(stage.store.engine, Entry, tenancy(Entry, stage.cast.live), query)
    steps = stage.run(plan(stage, statement))
    assert any("entry_customer" in step for step in steps), steps
