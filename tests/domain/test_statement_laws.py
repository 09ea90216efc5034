"""Whatever happened to a customer, every statement of it adds up and agrees with the plain sums."""

import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from billto.domain.ageing import ageing
from billto.domain.ledger import Entry
from billto.domain.statement import balance_forward, credit_history, open_items, standing
from tests.domain.books import Applied, Books, Item

FIRST = date(2026, 1, 1)
DAYS = 60
LAST = FIRST + timedelta(days=DAYS)
PLACES = {"JPY": 0, "EUR": 2, "KWD": 3}
CUSTOMERS = (1, 2)  # a parent and its child


class Step(NamedTuple):
    """One choice of what happens next; where it cannot happen, nothing does."""

    verb: str
    day: date
    units: int
    one: int  # which of the items there are
    two: int
    by_item: bool


class Story:
    """Plays steps into books, and only those that a ledger would allow."""

    def __init__(self, currency: str) -> None:
        self.books = Books(currency)
        self.scale = PLACES[currency]
        self.invoices: list[Item] = []
        self.sources: list[Item] = [self.books.credit(of) for of in CUSTOMERS]
        self.applied: list[Applied] = []
        self.off: dict[Item, Decimal] = {}

    def play(self, step: Step) -> None:
        verbs: dict[str, Callable[[Step], None]] = {
            "issue": self.issue, "pay": self.pay, "note": self.note, "adjust": self.adjust,
            "apply": self.apply, "keep": self.keep, "undo": self.undo, "refund": self.refund,
            "void": self.void, "void_source": self.void_source, "write_off": self.write_off,
            "reopen": self.reopen,
        }  # fmt: skip
        verbs[step.verb](step)

    def money(self, step: Step) -> Decimal:
        return Decimal(step.units).scaleb(-self.scale)

    def issue(self, step: Step) -> None:
        due = step.day + timedelta(days=step.two) if step.by_item else None
        self.invoices.append(
            self.books.invoice(self.money(step), step.day, due=due, of=CUSTOMERS[step.one % 2])
        )

    def pay(self, step: Step) -> None:
        self.sources.append(self.books.payment(self.money(step), step.day, of=CUSTOMERS[step.one % 2]))
        if step.by_item:
            self.apply(step._replace(one=len(self.sources) - 1), more=True)

    def note(self, step: Step) -> None:
        self.sources.append(self.books.note(self.money(step), step.day, of=CUSTOMERS[step.one % 2]))

    def adjust(self, step: Step) -> None:
        self.books.adjust(self.money(step), step.day, of=CUSTOMERS[step.one % 2])

    def apply(self, step: Step, *, more: bool = False) -> None:
        if self.invoices:
            self._move(step, self._source(step), self.invoices[step.two % len(self.invoices)], more=more)

    def keep(self, step: Step) -> None:
        source = self._source(step)
        if source.account == "payment":
            self._move(step, source, self.books.credit(source.customer))

    def _source(self, step: Step) -> Item:
        return self.sources[step.one % len(self.sources)]

    def _move(self, step: Step, source: Item, target: Item, *, more: bool = False) -> None:
        most = -self.books.balance(source)
        if target.account == "invoice":
            most = min(most, self.books.balance(target))
        if (amount := min(most, self.money(step))) > 0:
            self.applied.append(self.books.apply(source, target, amount, step.day, more=more))

    def undo(self, step: Step) -> None:
        if self.applied:
            self._undo(self.applied[step.one % len(self.applied)], step.day)

    def _undo(self, done: Applied, day: date, by: str | None = None) -> bool:
        if done.target.account == "credit" and -self.books.balance(done.target) < done.amount:
            return False  # it is spent already
        self.applied.remove(done)
        self.books.unapply(done, day, by=by)
        return True

    def refund(self, step: Step) -> None:
        source = self._source(step)
        if (amount := min(-self.books.balance(source), self.money(step))) > 0:
            self.books.refund(source, amount, step.day)

    def void(self, step: Step) -> None:
        if not self.invoices:
            return
        item = self.invoices.pop(step.one % len(self.invoices))
        for done in [one for one in self.applied if one.target == item]:
            self._undo(done, step.day, by=item.id if step.by_item else None)
        self.books.own("voided", item, -self.books.balance(item), step.day)

    def void_source(self, step: Step) -> None:
        source = self._source(step)
        uses = [one for one in self.applied if one.source == source]
        if source.account != "credit" and all(self._undo(one, step.day) for one in uses):
            self.sources.remove(source)
            kind = "payment_voided" if source.account == "payment" else "voided"
            self.books.own(kind, source, -self.books.balance(source), step.day)

    def write_off(self, step: Step) -> None:
        if self.invoices:
            item = self.invoices[step.one % len(self.invoices)]
            if rest := self.books.balance(item):
                self.off[item] = self.off.get(item, Decimal(0)) + rest
                self.books.own("written_off", item, -rest, step.day)

    def reopen(self, step: Step) -> None:
        for item in [one for one in self.off if one in self.invoices]:
            self.books.own("reopened", item, self.off.pop(item), step.day)


VERBS = (
    "issue", "issue", "pay", "pay", "note", "adjust", "apply", "apply", "keep", "undo", "refund", "void",
    "void_source", "write_off", "reopen", "reopen",
)  # fmt: skip
DATES = st.integers(0, DAYS).map(lambda days: FIRST + timedelta(days=days))
# Few amounts, so that equal ones meet and have to be told apart.
UNITS = st.sampled_from((1, 5, 50, 1000, 3333))
STEPS = st.builds(
    Step, st.sampled_from(VERBS), DATES, UNITS, st.integers(0, 20), st.integers(0, 20), st.booleans()
)


@st.composite
def histories(draw: st.DrawFn) -> list[Entry]:
    story = Story(draw(st.sampled_from(sorted(PLACES))))
    for step in draw(st.lists(STEPS, min_size=16, max_size=40)):
        story.play(step)
    return story.books.entries


def total(entries: list[Entry], *accounts: str) -> Decimal:
    return sum((one.amount for one in entries if one.account in accounts), Decimal(0))


def until(entries: list[Entry], day: date) -> list[Entry]:
    return [one for one in entries if one.date <= day]


law = settings(max_examples=150, deadline=None)
CREDITS = ("credit_note", "payment", "credit")
DAY = timedelta(days=1)


@law
@given(histories(), DATES, DATES)
def test_what_was_owed_and_what_happened_make_what_is_owed(
    entries: list[Entry], one: date, two: date
) -> None:
    start, end = min(one, two), max(one, two)
    said = balance_forward(entries, start=start, end=end)
    assert said.previous == total(until(entries, start - DAY), "invoice")
    assert said.balance == total(until(entries, end), "invoice")
    assert said.balance == said.previous + said.invoiced - said.paid - said.adjusted
    assert said.previous_credit == -total(until(entries, start - DAY), *CREDITS)
    assert said.credit == -total(until(entries, end), *CREDITS)
    assert said.credit == said.previous_credit + said.issued - said.spent
    assert said.net == total(until(entries, end), "invoice", *CREDITS)


@law
@given(histories())
def test_the_balance_runs_by_its_lines(entries: list[Entry]) -> None:
    said = balance_forward(entries, start=FIRST + 20 * DAY, end=LAST)
    balance, credit = said.previous, said.previous_credit
    for line in said.lines:
        balance += line.invoiced - line.paid - line.adjusted
        assert (line.balance, [line.invoiced, line.paid, line.adjusted].count(Decimal(0))) == (balance, 2)
    for one in said.credit_lines:
        credit += one.issued - one.spent
        assert one.balance == credit
        assert min(one.issued, one.spent) == 0 < max(one.issued, one.spent)
    assert (balance, credit) == (said.balance, said.credit)
    assert [line.date for line in said.lines] == sorted(line.date for line in said.lines)
    assert [one.date for one in said.credit_lines] == sorted(one.date for one in said.credit_lines)


@law
@given(histories(), st.lists(DATES, unique=True, max_size=4).map(sorted))
def test_statements_of_periods_that_follow_each_other_chain(entries: list[Entry], cuts: list[date]) -> None:
    starts = [FIRST, *(day + DAY for day in cuts)]
    ends = [*cuts, LAST + DAY]
    chain = [balance_forward(entries, start=start, end=end) for start, end in zip(starts, ends, strict=True)]
    for before, after in pairwise(chain):
        assert (after.previous, after.previous_credit) == (before.balance, before.credit)
    whole = balance_forward(entries, start=FIRST, end=LAST + DAY)
    assert (whole.balance, whole.credit) == (chain[-1].balance, chain[-1].credit)


@law
@given(histories(), DATES, st.randoms(use_true_random=False))
def test_the_order_of_the_entries_changes_nothing(entries: list[Entry], day: date, random: Random) -> None:
    other = list(entries)
    random.shuffle(other)
    assert balance_forward(other, start=day, end=LAST) == balance_forward(entries, start=day, end=LAST)
    assert open_items(other, as_of=day) == open_items(entries, as_of=day)
    assert credit_history(other) == credit_history(entries)


@law
@given(histories())
def test_open_items_buckets_and_sums_agree(entries: list[Entry]) -> None:
    stands, said = standing(entries), open_items(entries, as_of=LAST)
    assert said.total == stands.outstanding == sum(item.balance for item in said.items)
    assert said.credit == stands.open_credit_notes + stands.unapplied + stands.credit
    assert sum(one.amount for one in ageing(said.items, as_of=LAST)) == stands.outstanding
    late = open_items(entries, as_of=LAST, past_due_only=True)
    assert late.total == sum(one.amount for one in ageing(said.items, as_of=LAST)[1:])


@law
@given(histories(), DATES)
def test_both_kinds_of_statement_have_one_net_on_every_day(entries: list[Entry], day: date) -> None:
    said = open_items(entries, as_of=day)
    assert said.net == balance_forward(entries, start=FIRST, end=day).net
    assert sum(one.amount for one in ageing(said.items, as_of=day)) == said.total
    assert all(item.date <= day for item in said.items)


@law
@given(histories())
def test_what_was_undone_leaves_no_line_in_the_whole(entries: list[Entry]) -> None:
    said = balance_forward(entries, start=FIRST, end=LAST)
    assert {"voided", "unapplied"}.isdisjoint(line.kind for line in said.lines)
    kinds = {one.kind for one in said.credit_lines}
    assert "unapplied" not in kinds
    # What was refunded of a voided payment stays gone: both are seen.
    assert "payment_voided" not in kinds or any(entry.kind == "refunded" for entry in entries)


@law
@given(histories())
def test_the_history_of_the_credit_balance_ends_with_it(entries: list[Entry]) -> None:
    history = credit_history(entries)
    assert (history[0][1] if history else 0) == standing(entries).credit
    assert [when for when, _ in history] == sorted((when for when, _ in history), reverse=True)


def test_ten_thousand_entries_take_well_under_a_second() -> None:
    books = Books()
    for number in range(3400):
        day = FIRST + timedelta(days=number % DAYS)
        owed = books.invoice(Decimal(10), day)
        books.apply(books.payment(Decimal(10), day), owed, Decimal(10), day)
    began = time.perf_counter()
    said = balance_forward(books.entries, start=FIRST + 10 * DAY, end=LAST)
    took = time.perf_counter() - began
    assert len(books.entries) > 10_000
    assert said.balance == 0
    assert took < 1
