"""A seller at work: the verbs of documents and money, each in a transaction of its own."""

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar

import pytest

from billto.app import balances, customers, documents, entities, merging, payments
from billto.app import credits as adjusting
from billto.app.applying import Wanted
from billto.app.documents import Wish
from billto.app.parts import Request
from billto.domain.adjustment import Adjustment
from billto.domain.customer import Customer
from billto.domain.document import Document
from billto.domain.ledger import Standing
from billto.domain.payment import Payment
from billto.domain.problems import Refused
from billto.domain.scope import Scope
from billto.domain.statement import BalanceForward
from tests.store.stores import START, Stage

T = TypeVar("T")
Amount = int | str | Decimal

# Whatever a step that is refused must leave as it was.
TABLES = (
    "customer", "document", "payment", "adjustment", "entry", "standing", "event", "sequence", "tombstone",
    "message", "cadence", "chase_fired", "task", "email_template", "sms_template", "statement_run",
    "statement_round",
)  # fmt: skip


class Shop:
    """What is done for one entity, as if by one after the other."""

    def __init__(self, stage: Stage, scope: Scope) -> None:
        self.stage = stage
        self.scope = scope
        self.asked = Request(scope)

    def do(self, work: Callable[[Any], Coroutine[Any, Any, T]]) -> T:
        return self.stage.run(self.stage.store.write(work))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What the entity's tables hold; `{}` stands for its id."""
        found = self.stage.store.reader.rows(sql.format(f"'{self.scope.entity}'"), [])
        return [tuple(row) for row in self.stage.run(found)]

    @property
    def today(self) -> date:
        return (START + timedelta(days=self.stage.clock.days)).date()

    def days_pass(self, days: int) -> None:
        self.stage.clock.days += days

    @contextmanager
    def refuses(self, code: str) -> Iterator[None]:
        """What is done within is refused with this code, and changes nothing."""
        before = self.everything()
        with pytest.raises(Refused) as caught:
            yield
        assert {problem.code for problem in caught.value.problems} == {code}
        assert self.everything() == before

    def everything(self) -> dict[str, list[Any]]:
        return {
            table: sorted(map(repr, self.rows(f"SELECT * FROM {table} WHERE entity_id = {{}}")))
            for table in TABLES
        }

    # who

    def settle(self, **values: Any) -> None:
        """Changes the entity."""
        self.do(lambda tx: entities.change(tx, self.asked, self.scope.entity, values))

    def customer(self, name: str = "Acme", **values: Any) -> Customer:
        return self.do(lambda tx: customers.create(tx, self.asked, {"name": name, **values}))

    def change_customer(self, of: Customer, **values: Any) -> Customer:
        return self.do(lambda tx: customers.change(tx, self.asked, of.id, values))

    def trash(self, of: Customer) -> Customer:
        return self.do(lambda tx: customers.trash(tx, self.asked, of.id))

    def restore_customer(self, of: Customer) -> Customer:
        return self.do(lambda tx: customers.restore(tx, self.asked, of.id))

    def merge(self, source: Customer, into: Customer) -> Customer:
        return self.do(lambda tx: merging.merge(tx, self.asked, source.id, into.id))

    def erase(self, of: Customer) -> Customer:
        return self.do(lambda tx: customers.erase(tx, self.asked, of.id))

    # documents

    def document(
        self,
        kind: str,
        of: Customer | None,
        amount: Amount,
        *,
        wish: Wish = Wish(),  # noqa: B008 (nothing changes it)
        **values: Any,
    ) -> Document:
        lines = [{"name": "Work", "price": Decimal(amount)}]
        said = {"lines": lines, "customer_id": of.id if of else None, **values}
        return self.do(lambda tx: documents.create(tx, self.asked, kind, said, wish))

    def invoice(self, of: Customer | None, amount: Amount, **values: Any) -> Document:
        return self.document("invoice", of, amount, **values)

    def advance(self, of: Customer, amount: Amount, **values: Any) -> Document:
        return self.document("advance_invoice", of, amount, **values)

    def note(self, of: Customer | None, amount: Amount, **values: Any) -> Document:
        return self.document("credit_note", of, amount, **values)

    def draft(self, of: Customer | None, amount: Amount, kind: str = "invoice", **values: Any) -> Document:
        return self.document(kind, of, amount, wish=Wish(is_draft=True), **values)

    def change_document(self, one: Document, wish: Wish | None = None, **values: Any) -> Document:
        wish = wish or Wish(is_draft=True)
        return self.do(lambda tx: documents.change(tx, self.asked, one.id, values, wish))

    def issue(self, one: Document) -> Document:
        return self.do(lambda tx: documents.issue(tx, self.asked, one.id))

    def void(self, one: Document) -> Document:
        return self.do(lambda tx: documents.void(tx, self.asked, one.id))

    def close(self, one: Document) -> Document:
        return self.do(lambda tx: documents.close(tx, self.asked, one.id))

    def reopen(self, one: Document) -> Document:
        return self.do(lambda tx: documents.reopen(tx, self.asked, one.id))

    def drop(self, one: Document) -> Document:
        return self.do(lambda tx: documents.drop(tx, self.asked, one.id))

    # money

    def pay(
        self,
        amount: Amount,
        *wanted: Wanted | Document,
        of: Customer | None = None,
        rest_is_credit: bool = False,
        **values: Any,
    ) -> Payment:
        """Money from a customer; a document stands for as much of it as can be settled."""
        said = {"amount": Decimal(amount), **values, **({"customer_id": of.id} if of else {})}
        asked = [Wanted("document", None, one.id) if isinstance(one, Document) else one for one in wanted]
        return self.do(
            lambda tx: payments.receive(tx, self.asked, said, asked, rest_is_credit=rest_is_credit)
        )

    def apply(self, one: Payment, *wanted: Wanted, **values: Any) -> Payment:
        """The payment applied so, and not as it was."""
        return self.do(lambda tx: payments.change(tx, self.asked, one.id, values, wanted))

    def change_payment(self, one: Payment, **values: Any) -> Payment:
        """Another word on the payment, which stays applied as it is."""
        return self.do(lambda tx: payments.change(tx, self.asked, one.id, values))

    def void_payment(self, one: Payment) -> Payment:
        return self.do(lambda tx: payments.void(tx, self.asked, one.id))

    def restore_payment(self, one: Payment) -> Payment:
        return self.do(lambda tx: payments.restore(tx, self.asked, one.id))

    def refund(self, amount: Amount, *wanted: Wanted, of: Customer | None = None, **values: Any) -> Payment:
        said = {"amount": Decimal(amount), **values, **({"customer_id": of.id} if of else {})}
        return self.do(lambda tx: payments.refund(tx, self.asked, said, wanted))

    def credit(self, of: Customer, amount: Amount, **values: Any) -> Adjustment:
        said = {"customer_id": of.id, "amount": Decimal(amount), **values}
        return self.do(lambda tx: adjusting.create(tx, self.asked, said))

    def change_credit(self, one: Adjustment, **values: Any) -> Adjustment:
        return self.do(lambda tx: adjusting.change(tx, self.asked, one.id, values))

    def void_credit(self, one: Adjustment) -> Adjustment:
        return self.do(lambda tx: adjusting.void(tx, self.asked, one.id))

    # what has become of it

    def now(self, one: T) -> T:
        """The record as it is now."""
        known: Any = one
        return self.found(type(one), known.id)

    def found(self, kind: type[T], id: str) -> T:
        reader: Any = self.stage.store.reader
        got: T | None = self.stage.run(reader.get(kind, self.scope, id))
        assert got is not None
        return got

    def standing(self, of: Customer, currency: str = "EUR") -> Standing:
        found = self.stage.run(self.stage.store.reader.standings(self.scope, (of.id,)))
        return next((one for one in found if one.currency_code == currency), Standing(of.id, currency))

    def told(self, of: Customer, **asked: Any) -> BalanceForward:
        """A statement, balance forward."""
        reader, now = self.stage.store.reader, self.stage.clock()
        told = balances.statement(reader, self.asked, of.id, now, is_balance_forward=True, **asked)
        found = self.stage.run(told).told
        assert isinstance(found, BalanceForward)
        return found


def to(one: Document, amount: Amount | None = None) -> Wanted:
    """Part of a payment for a document."""
    return Wanted("document", None if amount is None else Decimal(amount), one.id)


def credit_of(amount: Amount) -> Wanted:
    return Wanted("credit", Decimal(amount))


def spent(amount: Amount, on: Document) -> Wanted:
    """Part of the credit balance for a document."""
    return Wanted("applied_credit", Decimal(amount), on.id)


def noted(amount: Amount, source: Document, on: Document | None = None) -> Wanted:
    """Part of a credit note for a document, or for the credit balance."""
    return Wanted("credit_note", Decimal(amount), on.id if on else None, source.id)


def advanced(amount: Amount, source: Document, on: Document) -> Wanted:
    return Wanted("advance", Decimal(amount), on.id, source.id)
