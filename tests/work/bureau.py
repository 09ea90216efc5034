"""A shop that sends statements to many customers, and what its runs have brought."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from billto.app import customers, documents, statement_runs
from billto.app.documents import Wish
from billto.app.statement_runs import Preview
from billto.domain.customer import Customer
from billto.domain.message import Message
from billto.domain.paging import unambiguous
from billto.domain.plan import Plan
from billto.domain.query import All, Query
from billto.domain.statement_round import StatementRound
from billto.domain.statement_run import StatementRun
from tests.app.shop import Shop
from tests.store.stores import START

TODAY = START.date()
DAY = timedelta(days=1)
MONTHLY = {"name": "Monthly", "frequency": "monthly", "day": 1}
WEEKLY = {"name": "Weekly", "frequency": "weekly", "weekday": "monday"}


def ids(some: Sequence[Customer]) -> list[str]:
    return sorted(one.id for one in some)


class Bureau:
    """A shop, and the statements that it sends."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.stage = shop.stage

    def run(self, **values: Any) -> StatementRun:
        return self.shop.do(lambda tx: statement_runs.create(tx, self.shop.asked, {**MONTHLY, **values}))

    def change(self, run: StatementRun, **values: Any) -> StatementRun:
        return self.shop.do(lambda tx: statement_runs.change(tx, self.shop.asked, run.id, values))

    def delete(self, run: StatementRun) -> None:
        self.shop.do(lambda tx: statement_runs.delete(tx, self.shop.asked, run.id))

    def start(self, run: StatementRun, *of: Customer, **days: date) -> StatementRound:
        ids = [one.id for one in of] or None
        return self.shop.do(lambda tx: statement_runs.start(tx, self.shop.asked, run.id, ids, **days))

    def cancel(self, one: StatementRound) -> StatementRound:
        return self.shop.do(lambda tx: statement_runs.cancel(tx, self.shop.asked, one.run_id, one.id))

    def preview(self, run: StatementRun, after: str | None = None, most: int = 100) -> Preview:
        reader, asked, now = self.stage.store.reader, self.shop.asked, self.stage.clock()
        return self.stage.run(statement_runs.preview(reader, asked, run.id, now, after, most))

    def owing(self, amount: int = 100, name: str = "Acme", **values: Any) -> Customer:
        """A customer who owes something, and can be reached unless it is said otherwise."""
        due = values.pop("due_date", TODAY)
        of = self.shop.customer(name, **{"email": "ana@acme.example", **values})
        self.shop.invoice(of, amount, date=min(due, TODAY), due_date=due)
        return of

    def many(self, number: int) -> list[Customer]:
        """Customers who owe something, in one transaction."""

        async def work(tx: Any) -> list[Customer]:
            asked, made = self.shop.asked, []
            for at in range(number):
                said = {"name": f"C{at}", "email": "a@b.example"}
                made.append(await customers.create(tx, asked, said))
                lines = [{"name": "Work", "price": Decimal(100)}]
                values = {"lines": lines, "customer_id": made[-1].id}
                await documents.create(tx, asked, "invoice", values, Wish())
            return made

        return self.shop.do(work)

    def rounds(self) -> list[StatementRound]:
        return self._all(StatementRound)

    def messages(self) -> list[Message]:
        return self._all(Message)

    def plans(self) -> list[Plan]:
        return self._all(Plan)

    def told(self) -> list[str]:
        """Who got a message, as often as it did."""
        return sorted(str(one.customer_id) for one in self.messages())

    def _all(self, record: type[Any]) -> list[Any]:
        query = Query(All(), unambiguous(()), limit=5_000, counted=False)
        found = self.stage.run(self.stage.store.reader.page(record, self.shop.scope, query))
        return sorted(found.records, key=lambda one: str(one.id))
