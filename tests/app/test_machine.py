"""Whatever is done in whatever order, the books obey their laws and agree with a model that keeps no books.

EXAMPLES_TIMES=20 in the environment plays twenty times as many histories.
"""

import asyncio
from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeVar

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

from billto.app.documents import Wish
from billto.domain.account import Account
from billto.domain.adjustment import Adjustment
from billto.domain.customer import Customer
from billto.domain.document import Document
from billto.domain.payment import Payment
from billto.domain.problems import Refused
from billto.domain.scope import Scope
from billto.store.tx import Tx
from tests.app import laws
from tests.app.aiming import (
    APPLYING,
    CURRENCIES,
    KINDS,
    PICKS,
    PLACES,
    REFUNDING,
    UNITS,
    Choice,
    amount_of,
    choices,
    chosen_of,
    owner_of,
    stock,
    wanted,
)
from tests.app.model import Gift, Model, Money, Paper, Part, Wrong, demand
from tests.app.shop import TABLES, Shop
from tests.drills.databases import faults
from tests.store.records import examples
from tests.store.stores import Stage, entity_of

STEPS = 40
HISTORIES = 15

T = TypeVar("T")


class Books(RuleBasedStateMachine):
    """One seller with a holding, its child and a stranger."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        stage.clock.days = 0
        self.shop = Shop(stage, stage.run(stage.store.write(_seller)))
        self.model = Model()
        self.customers: list[Customer] = []
        self.gifts: list[Adjustment] = []
        self.is_backdated = self.applies_credits = False

    @initialize(is_backdated=st.booleans(), applies_credits=st.booleans())
    def begin(self, is_backdated: bool, applies_credits: bool) -> None:
        """With or without payments of an earlier day, and credit that is spent by itself."""
        self.is_backdated, self.applies_credits = is_backdated, applies_credits
        self.shop.settle(settings={"receivables": {"apply_credits_to_new_invoices": applies_credits}})
        holding = self.shop.customer("Holding")
        child = self.shop.customer("Child", parent=holding.serial)
        self.customers = [holding, child, self.shop.customer("Other")]
        self.model.parents = {holding.id: None, child.id: holding.id, self.customers[2].id: None}
        stock(self.shop, self.model, holding, child)

    # documents

    @rule(kind=KINDS, pick=PICKS, units=UNITS, currency=CURRENCIES, days=st.integers(-5, 40), nth=PICKS)
    def bill(self, kind: str, pick: int, units: int, currency: str, days: int, nth: int) -> None:
        """Every fourth is a draft, and some are for nobody who is a customer."""
        owner = self._customer(pick) if pick % 8 else None
        amount, day = amount_of(units, currency), self.shop.today - timedelta(days=days)
        is_draft = nth % 4 == 0
        wish = Wish(is_draft=is_draft, buyer=None if owner else {"name": "Walk-in"}, saves_customer=False)

        def act() -> Document:
            return self.shop.document(kind, owner, amount, currency_code=currency, date=day, wish=wish)

        def becomes(model: Model, made: Document | None) -> None:
            state = "draft" if is_draft else "issued"
            paper = Paper(kind, owner.id if owner else None, currency, amount, state)
            model.papers[made.id if made else "new"] = paper

        if owner is not None and self.shop.now(owner).deleted_at is not None:
            self._refused(act)
        else:
            self._see_credit_spent(self._attempt(act, becomes))

    @precondition(lambda self: self.model.papers)
    @rule(pick=PICKS, what=st.sampled_from(("issue", "issue", "rewrite", "drop")), units=UNITS)
    def draft(self, pick: int, what: str, units: int) -> None:
        """Drafts first, where there are any: of what is issued most of it is refused."""
        drafts = [id for id, one in self.model.papers.items() if one.state == "draft"]
        one = self._paper(pick, drafts)
        amount = amount_of(units, one.currency_code)

        def issued(model: Model, _: Any) -> None:
            demand(model.papers[one.id].state != "voided")
            model.papers[one.id].state = "issued"

        def rewritten(model: Model, _: Any) -> None:
            demand(model.papers[one.id].state == "draft")
            model.papers[one.id].total = amount

        def dropped(model: Model, _: Any) -> None:
            demand(model.papers.pop(one.id).state == "draft")

        if what == "issue":
            self._see_credit_spent(self._attempt(lambda: self.shop.issue(one), issued))
        elif what == "drop":
            self._attempt(lambda: self.shop.drop(one), dropped)
        else:
            lines = [{"name": "Else", "price": amount}]
            self._attempt(lambda: self.shop.change_document(one, lines=lines), rewritten)

    @precondition(lambda self: self.model.papers)
    @rule(pick=PICKS, what=st.sampled_from(("void", "close", "close", "reopen", "reopen")))
    def turn(self, pick: int, what: str) -> None:
        closed = [id for id, one in self.model.papers.items() if one.is_closed]
        partly = [id for id, one in self.model.papers.items() if 0 < self.model.open(id) < one.total]
        one = self._paper(pick, {"reopen": closed, "close": partly}.get(what, []))
        act = {"void": self.shop.void, "close": self.shop.close, "reopen": self.shop.reopen}[what]
        self._attempt(lambda: act(one), lambda model, _: getattr(model, what)(one.id))

    # money

    @rule(
        pick=PICKS,
        units=UNITS,
        currency=CURRENCIES,
        parts=choices(APPLYING, 0),
        rest=st.booleans(),
        days=PICKS,
    )
    def pay(self, pick: int, units: int, currency: str, parts: list[Choice], rest: bool, days: int) -> None:
        """As much as is needed, and half of the time more; seldom less."""
        owner = self._customer(pick) if pick % 8 else None
        chosen = chosen_of(self.model, owner.id if owner else None, currency, parts)
        if owner is None and not any(part.paper for part in chosen):
            return
        needed = sum((part.amount for part in chosen if part.kind in ("document", "credit")), Decimal(0))
        more = (0, units, 0, units, -1)[pick % 5]
        amount = max(Decimal(0), needed + amount_of(more, currency))
        day = self.shop.today - timedelta(days=days if self.is_backdated else 0)
        payer = owner.id if owner else owner_of(self.model, chosen)

        def act() -> Payment:
            return self.shop.pay(
                amount, *map(wanted, chosen), of=owner, rest_is_credit=rest, currency_code=currency, date=day
            )

        def becomes(model: Model, made: Payment | None) -> None:
            id = made.id if made else "new"
            model.money[id] = Money(payer, currency, amount, [])
            model.apply(id, chosen, rest_is_credit=rest)

        self._attempt(act, becomes)

    @precondition(lambda self: self.model.money)
    @rule(pick=PICKS, parts=choices(APPLYING, 0), keeps=st.integers(0, 3))
    def apply(self, pick: int, parts: list[Choice], keeps: int) -> None:
        """Otherwise than it was; what there was may stay, wholly or in part."""
        one = self._money(pick)
        if one.direction == "refund":
            return
        old = self.model.money[one.id].parts
        chosen = [*old[:keeps], *chosen_of(self.model, one.customer_id, one.currency_code, parts)]

        def becomes(model: Model, _: Any) -> None:
            demand(not model.money[one.id].is_voided)
            model.apply(one.id, chosen)

        self._attempt(lambda: self.shop.apply(one, *map(wanted, chosen)), becomes)

    @precondition(lambda self: self.model.money)
    @rule(pick=PICKS, what=st.sampled_from(("void", "restore")))
    def turn_payment(self, pick: int, what: str) -> None:
        """Every second time what other things hang on: a closed invoice, an advance that was taken up."""
        voided = [id for id, one in self.model.money.items() if one.is_voided]
        held = {id for id, one in self.model.papers.items() if one.is_closed or self.model.taken(id)}
        holding = [id for id, one in self.model.money.items() if held & {part.paper for part in one.parts}]
        one = self._money(pick, voided if what == "restore" else holding if pick % 2 else [])
        if what == "void":
            self._attempt(lambda: self.shop.void_payment(one), lambda model, _: model.void_money(one.id))
        else:
            self._attempt(
                lambda: self.shop.restore_payment(one), lambda model, _: model.restore_money(one.id)
            )

    @rule(pick=PICKS, currency=CURRENCIES, parts=choices(REFUNDING, 1))
    def refund(self, pick: int, currency: str, parts: list[Choice]) -> None:
        owner = self._customer(pick)
        chosen = chosen_of(self.model, owner.id, currency, parts)
        amount = sum((part.amount for part in chosen), Decimal(0))

        def becomes(model: Model, made: Payment | None) -> None:
            id = made.id if made else "new"
            model.money[id] = Money(owner.id, currency, amount, [], is_refund=True)
            model.apply(id, chosen)

        def act() -> Payment:
            return self.shop.refund(amount, *map(wanted, chosen), of=owner, currency_code=currency)

        if chosen:
            self._attempt(act, becomes)

    # credit

    @rule(pick=PICKS, units=UNITS, sign=st.sampled_from((1, 1, 1, -1)), currency=CURRENCIES)
    def give(self, pick: int, units: int, sign: int, currency: str) -> None:
        owner, amount = self._customer(pick), sign * amount_of(units, currency)

        def act() -> Adjustment:
            return self.shop.credit(owner, amount, currency_code=currency)

        def becomes(model: Model, made: Adjustment | None) -> None:
            model.gifts[made.id if made else "new"] = Gift(owner.id, currency, amount)
            model.check()

        if self.shop.now(owner).deleted_at is not None:
            self._refused(act)
        elif made := self._attempt(act, becomes):
            self.gifts.append(made)

    @precondition(lambda self: self.gifts)
    @rule(pick=PICKS, units=st.none() | UNITS)
    def give_otherwise(self, pick: int, units: int | None) -> None:
        """Another amount, or none at all."""
        one = self.gifts[pick % len(self.gifts)]
        amount = Decimal(0) if units is None else amount_of(units, one.currency_code)

        def changed(model: Model, _: Any) -> None:
            demand(not model.gifts[one.id].is_voided)
            model.gifts[one.id].amount = amount
            model.check()

        def voided(model: Model, _: Any) -> None:
            model.gifts[one.id].is_voided = True
            model.check()

        if units is None:
            self._attempt(lambda: self.shop.void_credit(one), voided)
        else:
            self._attempt(lambda: self.shop.change_credit(one, amount=amount), changed)

    # customers and time

    @rule(pick=PICKS, other=PICKS, what=st.sampled_from(("wait", "wait", "trash", "erase", "adopt")))
    def live(self, pick: int, other: int, what: str) -> None:
        """Days pass, and customers come and go: for good only who has no history."""
        one, parent = self.shop.now(self._customer(pick)), self._customer(other)
        if what == "wait":
            self.shop.days_pass(1 + pick)
        elif what == "trash":
            (self.shop.restore_customer if one.deleted_at else self.shop.trash)(one)
        elif what == "erase":
            self._refused(lambda: self.shop.erase(one), unless=not self._has_history(one))
        elif one.id not in self.model.above(parent.id) and not self.shop.now(parent).deleted_at:
            self.shop.change_customer(one, parent=parent.serial)
            self.model.parents[one.id] = parent.id

    @rule(pick=PICKS, other=PICKS, seldom=PICKS)
    def merge(self, pick: int, other: int, seldom: int) -> None:
        """Now and then two are one, and somebody new comes."""
        gone, kept = (self.shop.now(self._customer(one)) for one in (pick, other))
        if seldom % 3 or gone.id == kept.id:
            return
        before = self._counted()
        try:
            self.shop.merge(gone, kept)
        except Refused:
            assert gone.deleted_at or kept.deleted_at or gone.id in self.model.above(kept.id)
            assert self._counted() == before
            return
        self.model.merge(gone.id, kept.id)
        self.customers = [one for one in self.customers if one.id != gone.id]
        self.customers.append(self.shop.customer("Newcomer"))
        by_serial = {one.serial: one.id for one in self.customers}
        parents = {one.id: self.shop.now(one).parent for one in self.customers}
        self.model.parents = {id: None if of is None else by_serial[of] for id, of in parents.items()}

    # what must hold

    @invariant()
    def the_books_obey_their_laws(self) -> None:
        laws.hold(self.shop, is_backdated=self.is_backdated)

    @invariant()
    def the_books_say_what_the_model_says(self) -> None:
        for one in laws.records(self.shop, Document):
            assert one.balance == self.model.open(one.id), one
            assert one.written_off == self.model.papers[one.id].off
            assert one.advanced == self.model.taken(one.id)
        for paid in laws.records(self.shop, Payment):
            assert paid.balance == self.model.left(paid.id), paid
        for customer in self.customers:
            for currency in PLACES:
                kept = self.shop.standing(customer, currency)
                told = kept.outstanding, kept.open_credit_notes, kept.unapplied, kept.credit
                assert told == self.model.standing(customer.id, currency)

    # how a step is taken

    def _attempt(self, act: Callable[[], T], becomes: Callable[[Model, T | None], None]) -> T | None:
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
            if {problem.code for problem in refused.problems} != {"credit_overspent"}:
                raise
            assert self._counted() == before
            return None
        becomes(self.model, made)
        return made

    def _refused(self, act: Callable[[], Any], *, unless: bool = False) -> None:
        if unless:
            return
        before = self._counted()
        try:
            act()
        except Refused:
            assert self._counted() == before
        else:
            raise AssertionError("this should have been refused")

    def _counted(self) -> Any:
        counts = [f"(SELECT COUNT(*) FROM {table} WHERE entity_id = {{0}})" for table in TABLES]
        versioned = ("document", "payment", "adjustment", "customer")
        counts += [f"(SELECT SUM(version) FROM {table} WHERE entity_id = {{0}})" for table in versioned]
        return self.shop.rows(f"SELECT {', '.join(counts)}")

    def _see_credit_spent(self, made: Document | None) -> None:
        """The core spends credit on new invoices by itself: no more than there is, and only where it may."""
        for paid in laws.records(self.shop, Payment):
            if made is None or paid.id in self.model.money:
                continue
            assert self.applies_credits
            assert (paid.source, paid.document_id) == ("auto", made.id)
            (one,) = paid.applications
            parts = [Part(one["kind"], Decimal(one["amount"]), one["document_id"])]
            self.model.money[paid.id] = Money(paid.customer_id, paid.currency_code, paid.amount, parts)
            self.model.check()

    def _has_history(self, one: Customer) -> bool:
        tables = ("document", "payment", "adjustment", "entry")
        asked = (
            f"SELECT 1 FROM {name} WHERE entity_id = {{0}} AND customer_id = '{one.id}'" for name in tables
        )
        return bool(self.shop.rows(" UNION ".join(asked)))

    def _customer(self, pick: int) -> Customer:
        return self.customers[pick % len(self.customers)]

    def _paper(self, pick: int, among: list[str]) -> Document:
        ids = among or list(self.model.papers)
        return self.shop.found(Document, ids[pick % len(ids)])

    def _money(self, pick: int, among: list[str] | None = None) -> Payment:
        ids = among or list(self.model.money)
        return self.shop.found(Payment, ids[pick % len(ids)])


async def _seller(tx: Tx) -> Scope:
    return await entity_of(tx, await tx.insert(Account(tx.new_id(), "Alice", tx.now)))


def test_the_books_obey_their_laws_whatever_is_done(stage: Stage) -> None:
    machine: Any = lambda: Books(stage)  # noqa: E731
    run_state_machine_as_test(machine, settings=settings(examples(HISTORIES), stateful_step_count=STEPS))
    assert stage.run(asyncio.to_thread(faults, stage.url)) == []
