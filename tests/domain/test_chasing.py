"""Whom a cadence chases on a day, and by which step."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from billto.domain import holds
from billto.domain.cadence import Cadence
from billto.domain.chasing import Decision, decide
from billto.domain.document import Document
from tests.domain.test_cadence import NOW, made

TODAY = date(2026, 6, 15)
STEPS = [
    {"action": "email", "schedule": "age:10"},
    {"action": "email", "schedule": "past_due_age:0"},
    {"action": "mail", "schedule": "past_due_age:20"},
    {"action": "phone", "schedule": "age:90"},
]
THREE = made(steps=STEPS)


def invoice(age: int = 30, due: int | None = None, balance: int = 100, **values: Any) -> Document:
    """An open invoice of some days ago, due some days ago."""
    given: dict[str, Any] = {
        "entity_id": "e" * 24, "id": f"{age:024x}", "serial": 1, "version": 1, "created_at": NOW,
        "updated_at": NOW, "type": "invoice", "issued_at": NOW, "date": TODAY - timedelta(days=age),
        "due_date": None if due is None else TODAY - timedelta(days=due), "currency_code": "EUR",
        "lines": [], "issuer": {}, "balance": Decimal(balance), **values,
    }  # fmt: skip
    return Document(**given)


def decided(*documents: Document, at: int | None = None, has: Any = None, **more: Any) -> Decision:
    cadence: Cadence = more.pop("cadence", THREE)
    return decide(cadence, at, documents, has or {}, TODAY, currency="EUR", **more)


def step(decision: Decision) -> int | None:
    return None if decision.step is None else int(decision.step["id"])


def test_the_first_step_comes_at_its_age_and_not_before() -> None:
    assert step(decided(invoice(9))) is None
    found = decided(invoice(10))
    assert (step(found), found.next_step, found.is_finished) == (1, 2, False)


def test_without_a_due_date_nothing_is_ever_past_due() -> None:
    assert step(decided(invoice(80), at=2)) is None
    assert step(decided(invoice(80, due=0), at=2)) == 2


def test_of_several_that_are_due_the_last_is_taken_and_the_others_are_passed_over() -> None:
    found = decided(invoice(60, due=30))
    assert step(found) == 3
    assert [one["id"] for one in found.passed_over] == [1, 2]
    assert found.next_step == 4


def test_after_the_last_step_nothing_comes_any_more() -> None:
    found = decided(invoice(100, due=50), at=4)
    assert (step(found), found.next_step, found.is_finished) == (4, None, True)


def test_what_was_taken_for_the_same_document_is_not_taken_again_nor_anything_before_it() -> None:
    assert step(decided(invoice(60, due=30), fired=(3,))) is None
    assert step(decided(invoice(60, due=30), fired=(1,))) == 3
    assert decided(invoice(60, due=30), fired=(3,)).next_step == 4


def test_the_oldest_document_is_the_one_that_counts() -> None:
    found = decided(invoice(5, due=3), invoice(40, due=1), invoice(7))
    assert found.anchor is not None
    assert found.anchor.date == TODAY - timedelta(days=40)


def test_drafts_voided_closed_automatic_and_held_ones_are_left_alone() -> None:
    held = holds.values({"until": (TODAY + timedelta(days=1)).isoformat()})
    for values in (
        {"issued_at": None}, {"voided_at": NOW}, {"closed_at": NOW}, {"is_autopay": True},
        {"is_chased": False}, {"balance": Decimal(0)}, {"type": "estimate"}, held,
    ):  # fmt: skip
        assert decided(invoice(60)._replace(**values)).documents == ()
    over = holds.values({"until": TODAY.isoformat()})
    assert len(decided(invoice(60)._replace(**over)).documents) == 1


def test_credit_is_set_against_what_is_owed_in_its_currency_alone() -> None:
    assert step(decided(invoice(30), has={"EUR": Decimal(100)})) is None
    assert decided(invoice(30), has={"EUR": Decimal(99)}).balances == {"EUR": Decimal(1)}
    assert step(decided(invoice(30), has={"USD": Decimal(900)})) == 1
    mixed = decided(invoice(30), invoice(40, currency_code="USD"), has={"USD": Decimal(100)})
    assert mixed.balances == {"EUR": Decimal(100)}
    assert [one.currency_code for one in mixed.documents] == ["EUR"]


def test_the_minimum_counts_what_is_owed_in_one_currency() -> None:
    picky = THREE._replace(min_balance=Decimal(100))
    assert step(decided(invoice(30, balance=99), cadence=picky)) is None
    assert step(decided(invoice(30), cadence=picky)) == 1
    other = invoice(30, balance=5000, currency_code="USD")
    assert step(decided(invoice(30, balance=99), other, cadence=picky)) is None
    assert decided(invoice(30), other, cadence=picky).balances == {"EUR": Decimal(100), "USD": Decimal(5000)}


@given(
    st.lists(st.tuples(st.integers(0, 200), st.none() | st.integers(0, 200)), max_size=4),
    st.sampled_from((None, 1, 2, 3, 4)),
    st.integers(0, 500),
)
def test_laws(documents: list[tuple[int, int | None]], at: int | None, credit: int) -> None:
    """A step is due, comes from where the customer stands, and leads on; nobody with credit is chased."""
    some = [invoice(max(age, due or 0), due) for age, due in documents]
    found = decided(*some, at=at, has={"EUR": Decimal(credit)})
    owed = Decimal(100) * len(some) - credit
    if owed <= 0:
        assert found == Decision()
        return
    assert found.balances == {"EUR": owed}
    if found.step is not None:
        assert int(found.step["id"]) >= (at or 1)
        assert found.next_step is None or found.next_step > int(found.step["id"])
        assert found.is_finished is (found.next_step is None)
        assert found.anchor is min(some, key=lambda one: (one.date, one.id))
        again = decided(*some, at=found.next_step, has={"EUR": Decimal(credit)}, fired=(found.step["id"],))
        assert found.is_finished or again.step is None
    assert all(one["id"] < found.step["id"] for one in found.passed_over if found.step)


@given(st.integers(0, 40), st.integers(1, 25))
def test_looking_every_day_takes_each_step_once_in_order(due_in: int, start: int) -> None:
    at, done, taken = None, False, list[int]()
    sent = frozenset[int]()
    for day in range(start, 150):
        one = invoice(day, day - due_in)
        found = decide(THREE, at, [one._replace(id="a" * 24)], {}, TODAY, currency="EUR", fired=sent)
        if found.step is not None and not done:
            taken.append(int(found.step["id"]))
            at, done, sent = found.next_step, found.is_finished, sent | {int(found.step["id"])}
    assert taken == sorted(set(taken))
    assert taken[-1] == 4
