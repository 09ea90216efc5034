"""Whatever is done in whatever order, the books obey their laws and agree with a model that keeps no books.

EXAMPLES_TIMES=20 in the environment plays twenty times as many histories.
"""

import asyncio
from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from billto.app.applying import Wanted
from billto.app.documents import Wish
from billto.domain.account import Account
from billto.domain.customer import Customer
from billto.domain.document import Document
from billto.domain.payment import Payment
from billto.domain.problems import Refused
from billto.domain.scope import Scope
from billto.store.tx import Tx
from tests.app import laws
from tests.app.model import Gift, Model, Money, Paper, Part, Wrong
from tests.app.shop import TABLES, Shop
from tests.drills.databases import faults
from tests.store.records import examples
from tests.store.stores import Stage, entity_of

PLACES = {"JPY": 0, "EUR": 2, "KWD": 3}
STEPS = 30
HISTORIES = 12

CURRENCIES = st.sampled_from(("EUR", "EUR", "EUR", "JPY", "KWD"))
# Few amounts, so that equal ones meet: what settles exactly, what is too much, the least there is.
UNITS = st.sampled_from((1, 500, 500, 1000, 1000, 3333))
PICKS = st.integers(0, 30)
KINDS = st.sampled_from(("invoice", "invoice", "invoice", "credit_note", "advance_invoice"))
PARTS = st.lists(
    st.tuples(
        st.sampled_from(("document", "document", "document", "credit", "applied_credit", "credit_note", "advance")),
        UNITS, PICKS, PICKS, st.booleans(),
    ),
    max_size=3,
)  # fmt: skip
BACK = st.lists(st.tuples(st.sampled_from(("refund_credit", "refund_credit_note", "refund_payment")), UNITS, PICKS),
    min_size=1, max_size=2)  # fmt: skip


class Books(RuleBasedStateMachine):
    """One seller with a holding, its child and a stranger."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        stage.clock.days = 0
        self.shop = Shop(stage, stage.run(stage.store.write(_seller)))
        self.model = Model()
        self.customers: list[Customer] = []

    @initialize(is_backdated=st.booleans(), applies_credits=st.booleans())
    def begin(self, is_backdated: bool, applies_credits: bool) -> None:
        """With or without payments of an earlier day, and credit that is spent by itself."""
        self.is_backdated, self.applies_credits = is_backdated, applies_credits
        self.shop.settle(settings={"receivables": {"apply_credits_to_new_invoices": applies_credits}})
        holding = self.shop.customer("Holding")
        self.customers = [
            holding,
            self.shop.customer("Child", parent=holding.serial),
            self.shop.customer("Other"),
        ]
        self.model.parents = {one.id: None for one in self.customers} | {self.customers[1].id: holding.id}

    # documents

    @rule(
        kind=KINDS,
        pick=PICKS,
        units=UNITS,
        currency=CURRENCIES,
        days=st.integers(-5, 40),
        is_draft=st.booleans(),
    )
    def bill(self, kind: str, pick: int, units: int, currency: str, days: int, is_draft: bool) -> None:
        owner = [*self.customers, None][pick % (len(self.customers) + 1)]
        amount, day = _amount(units, currency), self.shop.today - timedelta(days=days)
        wish = Wish(is_draft=is_draft, buyer=None if owner else {"name": "Walk-in"}, saves_customer=False)

        def becomes(model: Model, made: Document | None) -> None:
            paper = Paper(
                kind, owner.id if owner else None, currency, amount, "draft" if is_draft else "issued"
            )
            model.papers[made.id if made else "new"] = paper

        act = lambda: self.shop.document(kind, owner, amount, currency_code=currency, date=day, wish=wish)  # noqa: E731
        if owner is not None and self.shop.now(owner).deleted_at is not None:
            self._refused(act)
        else:
            self._see_credit_spent(self._attempt(act, becomes))

    @rule(pick=PICKS)
    def issue(self, pick: int) -> None:
        def becomes(model: Model, _: Any) -> None:
            if model.papers[one.id].state == "draft":
                model.papers[one.id].state = "issued"
            elif model.papers[one.id].state == "voided":
                raise Wrong

        if one := self._paper(pick):
            self._see_credit_spent(self._attempt(lambda: self.shop.issue(one), becomes))

    @rule(pick=PICKS, units=UNITS)
    def rewrite(self, pick: int, units: int) -> None:
        if (one := self._paper(pick)) and self.model.papers[one.id].state == "draft":
            amount = _amount(units, one.currency_code)
            self._attempt(
                lambda: self.shop.change_document(one, lines=[{"name": "Else", "price": amount}]),
                lambda model, _: setattr(model.papers[one.id], "total", amount),
            )

    @rule(pick=PICKS)
    def drop(self, pick: int) -> None:
        def becomes(model: Model, _: Any) -> None:
            if model.papers.pop(one.id).state != "draft":
                raise Wrong

        if one := self._paper(pick):
            self._attempt(lambda: self.shop.drop(one), becomes)

    @rule(pick=PICKS)
    def void(self, pick: int) -> None:
        if one := self._paper(pick):
            self._attempt(lambda: self.shop.void(one), lambda model, _: model.void(one.id))

    @rule(pick=PICKS)
    def close(self, pick: int) -> None:
        if one := self._paper(pick):
            self._attempt(lambda: self.shop.close(one), lambda model, _: model.close(one.id))

    @rule(pick=PICKS)
    def reopen(self, pick: int) -> None:
        if one := self._paper(pick):
            self._attempt(lambda: self.shop.reopen(one), lambda model, _: model.reopen(one.id))

    # money

    @rule(
        pick=PICKS, units=UNITS, currency=CURRENCIES, parts=PARTS, rest=st.booleans(), days=st.integers(0, 20)
    )
    def pay(self, pick: int, units: int, currency: str, parts: list[Any], rest: bool, days: int) -> None:
        owner, amount = self.customers[pick % len(self.customers)], _amount(units, currency)
        chosen = [part for one in parts if (part := self._part(currency, *one))]
        day = self.shop.today - timedelta(days=days if self.is_backdated else 0)

        def becomes(model: Model, made: Payment | None) -> None:
            id = made.id if made else "new"
            model.money[id] = Money(owner.id, currency, amount, [])
            model.apply(id, chosen)
            if rest and (left := model.left(id)):
                model.money[id].parts.append(Part("credit", left))

        self._attempt(
            lambda: self.shop.pay(
                amount, *map(_wanted, chosen), of=owner, rest_is_credit=rest, currency_code=currency, date=day
            ),
            becomes,
        )

    @rule(pick=PICKS, units=UNITS)
    def pay_walk_in(self, pick: int, units: int) -> None:
        papers = [id for id, one in self.model.papers.items() if one.owner is None]
        if not papers:
            return
        id = papers[pick % len(papers)]
        currency = self.model.papers[id].currency
        amount = _amount(units, currency)
        part = Part("document", amount, id)

        def becomes(model: Model, made: Payment | None) -> None:
            paid = made.id if made else "new"
            model.money[paid] = Money(None, currency, amount, [])
            model.apply(paid, [part])

        self._attempt(lambda: self.shop.pay(amount, _wanted(part)), becomes)

    @rule(pick=PICKS, parts=PARTS, keeps=st.booleans())
    def apply(self, pick: int, parts: list[Any], keeps: bool) -> None:
        one = self._money(pick)
        if one is None or one.direction == "refund":
            return
        chosen = [part for each in parts if (part := self._part(one.currency_code, *each))]
        if keeps:  # one more place beside those there are
            chosen = [*self.model.money[one.id].parts, *chosen[:1]]

        def becomes(model: Model, _: Any) -> None:
            if model.money[one.id].is_voided:
                raise Wrong
            model.apply(one.id, chosen)

        self._attempt(lambda: self.shop.apply(one, *map(_wanted, chosen)), becomes)

    @rule(pick=PICKS)
    def void_payment(self, pick: int) -> None:
        if one := self._money(pick):
            self._attempt(lambda: self.shop.void_payment(one), lambda model, _: model.void_money(one.id))

    @rule(pick=PICKS)
    def restore_payment(self, pick: int) -> None:
        if one := self._money(pick):
            self._attempt(
                lambda: self.shop.restore_payment(one), lambda model, _: model.restore_money(one.id)
            )

    @rule(pick=PICKS, currency=CURRENCIES, parts=BACK)
    def refund(self, pick: int, currency: str, parts: list[tuple[str, int, int]]) -> None:
        owner = self.customers[pick % len(self.customers)]
        chosen = [part for one in parts if (part := self._part(currency, one[0], one[1], 0, one[2], True))]
        amount = sum((part.amount for part in chosen), Decimal(0))

        def becomes(model: Model, made: Payment | None) -> None:
            id = made.id if made else "new"
            model.money[id] = Money(owner.id, currency, amount, [], is_refund=True)
            model.apply(id, chosen)

        if chosen:
            act = lambda: self.shop.refund(amount, *map(_wanted, chosen), of=owner, currency_code=currency)  # noqa: E731
            self._attempt(act, becomes)

    # credit

    @rule(pick=PICKS, units=UNITS, sign=st.sampled_from((1, 1, -1)), currency=CURRENCIES)
    def give(self, pick: int, units: int, sign: int, currency: str) -> None:
        owner, amount = self.customers[pick % len(self.customers)], sign * _amount(units, currency)

        def becomes(model: Model, made: Any) -> None:
            model.gifts[made.id if made else "new"] = Gift(owner.id, currency, amount)
            model.check()

        act = lambda: self.shop.credit(owner, amount, currency_code=currency)  # noqa: E731
        if self.shop.now(owner).deleted_at is not None:
            self._refused(act)
        elif made := self._attempt(act, becomes):
            self.gifts.append(made)

    @property
    def gifts(self) -> list[Any]:
        return self.__dict__.setdefault("_gifts", [])

    @precondition(lambda self: self.gifts)
    @rule(pick=PICKS, units=st.none() | UNITS)
    def change_gift(self, pick: int, units: int | None) -> None:
        """Another amount, or none at all."""
        one = self.gifts[pick % len(self.gifts)]

        def becomes(model: Model, _: Any) -> None:
            gift = model.gifts[one.id]
            if gift.is_voided and units is not None:
                raise Wrong
            if units is None:
                gift.is_voided = True
            else:
                gift.amount = _amount(units, gift.currency)
            model.check()

        if units is None:
            self._attempt(lambda: self.shop.void_credit(one), becomes)
        else:
            amount = _amount(units, one.currency_code)
            self._attempt(lambda: self.shop.change_credit(one, amount=amount), becomes)

    # customers and time

    @rule(pick=PICKS)
    def trash_or_restore(self, pick: int) -> None:
        one = self.shop.now(self.customers[pick % len(self.customers)])
        act = self.shop.restore_customer if one.deleted_at else self.shop.trash
        act(one)

    @rule(pick=PICKS)
    def erase(self, pick: int) -> None:
        """For good, which the first three never are: something of theirs may be named later."""
        one = self.customers[pick % len(self.customers)]
        if self.shop.rows(f"SELECT 1 FROM entry WHERE entity_id = {{}} AND customer_id = '{one.id}' LIMIT 1"):
            self._refused(lambda: self.shop.erase(one))

    @rule(pick=PICKS, other=PICKS)
    def adopt(self, pick: int, other: int) -> None:
        child, parent = (self.customers[one % len(self.customers)] for one in (pick, other))
        if child.id not in self.model.above(parent.id) and self.shop.now(parent).deleted_at is None:
            self.shop.change_customer(child, parent=parent.serial)
            self.model.parents[child.id] = parent.id

    @rule(days=st.integers(1, 20))
    def wait(self, days: int) -> None:
        self.shop.days_pass(days)

    # what must hold

    @invariant()
    def the_books_obey_their_laws(self) -> None:
        laws.hold(self.shop, is_backdated=getattr(self, "is_backdated", False))

    @invariant()
    def the_books_say_what_the_model_says(self) -> None:
        for one in laws.records(self.shop, Document):
            assert one.balance == self.model.open(one.id), one
            assert one.written_off == self.model.papers[one.id].off
        for paid in laws.records(self.shop, Payment):
            assert paid.balance == self.model.left(paid.id), paid
        for customer in self.customers:
            for currency in PLACES:
                kept = self.shop.standing(customer, currency)
                told = kept.outstanding, kept.open_credit_notes, kept.unapplied, kept.credit
                assert told == self.model.standing(customer.id, currency)

    # how a step is taken

    def _attempt(self, act: Callable[[], Any], becomes: Callable[[Model, Any], None]) -> Any:
        """Does it, or is refused where the model is too; what is refused changes nothing."""
        expected = deepcopy(self.model)
        try:
            becomes(expected, None)
        except Wrong:
            self._refused(act)
            return None
        before = self._counted()
        try:
            made = act()
        except Refused as refused:
            # The model does not know how much credit there was on which day.
            assert {problem.code for problem in refused.problems} == {"credit_overspent"}
            assert self._counted() == before
            return None
        becomes(self.model, made)
        return made

    def _refused(self, act: Callable[[], Any]) -> None:
        before = self._counted()
        try:
            act()
        except Refused:
            assert self._counted() == before
        else:
            raise AssertionError("this should have been refused")

    def _counted(self) -> Any:
        counts = (f"(SELECT COUNT(*) FROM {table} WHERE entity_id = {{0}})" for table in TABLES)
        versions = "(SELECT SUM(version) FROM document WHERE entity_id = {0}), (SELECT SUM(version) FROM payment WHERE entity_id = {0})"
        return self.shop.rows(f"SELECT {', '.join(counts)}, {versions}")

    def _see_credit_spent(self, made: Document | None) -> None:
        """The core spends credit on new invoices by itself: no more than there is, and none where it must not."""
        for paid in laws.records(self.shop, Payment):
            if made is None or paid.id in self.model.money:
                continue
            assert self.applies_credits
            assert (paid.source, paid.document_id) == ("auto", made.id)
            parts = [
                Part(one["kind"], Decimal(one["amount"]), one["document_id"]) for one in paid.applications
            ]
            self.model.money[paid.id] = Money(paid.customer_id, paid.currency_code, paid.amount, parts)
            self.model.check()

    def _paper(self, pick: int) -> Document | None:
        ids = list(self.model.papers)
        if not ids:
            return None
        return self.shop.now(_named(Document, ids[pick % len(ids)]))

    def _money(self, pick: int) -> Payment | None:
        ids = list(self.model.money)
        return self.shop.now(_named(Payment, ids[pick % len(ids)])) if ids else None

    def _part(
        self, currency: str, kind: str, units: int, paper: int, source: int, is_aimed: bool
    ) -> Part | None:
        """A part of a payment; aimed, where it could be right: at what is of this kind and currency."""
        amount = _amount(units, currency)
        if kind in ("credit", "refund_credit"):
            return Part(kind, amount)
        papers = list(self.model.papers)
        if is_aimed:
            papers = [
                id for id in papers if self.model.papers[id].currency == currency and self.model.open(id)
            ] or papers
        asking = [id for id in papers if self.model.papers[id].kind in ("invoice", "advance_invoice")]
        sources = {
            "credit_note": [id for id in papers if self.model.papers[id].kind == "credit_note"],
            "refund_credit_note": [id for id in papers if self.model.papers[id].kind == "credit_note"],
            "advance": [id for id, one in self.model.papers.items() if one.kind == "advance_invoice"],
            "refund_payment": list(self.model.money),
        }.get(kind)
        if sources == [] or (not asking and not kind.startswith("refund_")):
            return None
        target = (
            None
            if kind.startswith("refund_") or (kind == "credit_note" and not is_aimed)
            else asking[paper % len(asking)]
        )
        return Part(kind, amount, target, sources[source % len(sources)] if sources else None)


def _named(kind: type[Any], id: str) -> Any:
    blank = dict.fromkeys(kind._fields)
    return kind(**{**blank, "id": id})


def _amount(units: int, currency: str) -> Decimal:
    return Decimal(units).scaleb(-PLACES[currency])


def _wanted(part: Part) -> Wanted:
    return Wanted(part.kind, part.amount, part.paper, part.source)


async def _seller(tx: Tx) -> Scope:
    return await entity_of(tx, await tx.insert(Account(tx.new_id(), "Alice", tx.now)))


def test_the_books_obey_their_laws_whatever_is_done(stage: Stage) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        lambda: Books(stage), settings=settings(examples(HISTORIES), stateful_step_count=STEPS)
    )
    assert stage.run(asyncio.to_thread(faults, stage.url)) == []
