"""Somebody at work for one entity: makes customers and documents, takes money, and merges customers."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

import pytest

from billto.app import balances, customers, documents, merging, payments
from billto.app import credits as adjusting
from billto.app.applying import Wanted
from billto.app.documents import Wish
from billto.app.parts import Id, Request
from billto.domain.customer import Customer
from billto.domain.document import Document
from billto.domain.ledger import Standing
from billto.domain.paging import unambiguous
from billto.domain.payment import Payment
from billto.domain.problems import Refused
from billto.domain.query import Compare, Op, Page, Query
from tests.store.stores import Stage

T = TypeVar("T")
_DRAFT, _ISSUED = Wish(is_draft=True), Wish()


@dataclass(frozen=True)
class Desk:
    stage: Stage

    @property
    def asked(self) -> Request:
        return Request(self.stage.cast.live)

    def do(self, verb: Callable[..., Coroutine[Any, Any, T]], *given: Any, **more: Any) -> T:
        return self.stage.run(self.stage.store.write(lambda tx: verb(tx, self.asked, *given, **more)))

    def ask(self, verb: Callable[..., Coroutine[Any, Any, T]], *given: Any, **more: Any) -> T:
        return self.stage.run(verb(self.stage.store.reader, self.asked, *given, **more))

    # Making

    def customer(self, name: str = "Acme", **values: Any) -> Customer:
        return self.do(customers.create, {"name": name, **values})

    def document(
        self, of: Id, price: Any = 100, kind: str = "invoice", *, draft: bool = False, **values: Any
    ) -> Document:
        given = {"customer_id": of, "lines": [{"name": "Work", "price": Decimal(price)}], **values}
        return self.do(documents.create, kind, given, _DRAFT if draft else _ISSUED)

    def payment(self, of: Id, amount: Any, *applied: Document, **values: Any) -> Payment:
        wanted = [Wanted("document", None, one.id) for one in applied]
        return self.do(payments.receive, {"customer_id": of, "amount": Decimal(amount), **values}, wanted)

    def credit(self, of: Id, amount: Any, **values: Any) -> Any:
        return self.do(adjusting.create, {"customer_id": of, "amount": Decimal(amount), **values})

    def merge(self, source: Customer, target: Customer, **more: Any) -> Customer:
        return self.do(merging.merge, source.id, target.id, **more)

    # Looking

    def get(self, id: Id) -> Customer:
        return self.ask(customers.get, id)

    def listed(self, verb: Callable[..., Coroutine[Any, Any, Page]], attr: str, value: Any) -> list[Any]:
        op = Op.IN if isinstance(value, tuple) else Op.EQ
        query = Query(Compare(attr, op, value), unambiguous(()), limit=1_000, trashed=None)
        page = self.ask(verb, query)
        assert page.total == len(page.records)
        return list(page.records)

    def standings(self, *of: Customer) -> dict[str, Standing]:
        """How these customers stand together, by currency."""
        scope, found = self.stage.cast.live, dict[str, Standing]()
        for one in self.stage.run(self.stage.store.reader.standings(scope, [one.id for one in of])):
            there = found.get(one.currency_code)
            found[one.currency_code] = one if there is None else there.with_(one)
        return found

    def statement(self, of: Id, **more: Any) -> balances.Statement:
        return self.ask(balances.statement, of, self.stage.store._clock(), is_balance_forward=True, **more)

    def rows(self, table: str, columns: str = "*") -> list[str]:
        found = self.stage.run(self.stage.asked(f"SELECT {columns} FROM {table}"))
        return sorted(map(repr, found))


def code(act: Callable[[], Any]) -> str:
    """What somebody is refused for."""
    with pytest.raises(Refused) as caught:
        act()
    (problem,) = caught.value.problems
    return problem.code
