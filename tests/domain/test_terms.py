"""Payment terms as people write them."""

import time
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billto.domain.terms import DAYS_MAX, Terms, discount_until, due_date, read

NONE = Terms(None, None, None)
ISSUED = date(2026, 1, 31)


@pytest.mark.parametrize(
    ("terms", "days"),
    [
        ("NET 30", 30),
        ("net30", 30),
        ("Net 30 days", 30),
        ("Net 1 day", 1),
        ("NET-14", 14),
        ("NET\u00a030", 30),
        ("  net   30.  ", 30),
        ("n/30", 30),
        ("N30", 30),
        ("NET 0", 0),
        ("NET 3650", 3650),
        ("Due on receipt", 0),
        ("due upon receipt", 0),
        ("Payable on receipt", 0),
        ("On receipt.", 0),
    ],
)
def test_terms_name_the_days_until_payment_is_due(terms: str, days: int) -> None:
    assert read(terms) == Terms(days, None, None)


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ("2% 10 NET 30", Terms(30, Decimal(2), 10)),
        ("2/10 net 30", Terms(30, Decimal(2), 10)),
        ("2/10, n/30", Terms(30, Decimal(2), 10)),
        ("2%/10, NET 30", Terms(30, Decimal(2), 10)),
        ("2% 10 days, net 30 days", Terms(30, Decimal(2), 10)),
        ("1.5% 14 NET 45", Terms(45, Decimal("1.5"), 14)),
        ("1,5% 14 NET 45", Terms(45, Decimal("1.5"), 14)),
        ("100% 1 NET 2", Terms(2, Decimal(100), 1)),
    ],
)
def test_terms_name_a_discount_for_paying_early(terms: str, said: Terms) -> None:
    assert read(terms) == said


@pytest.mark.parametrize(
    "terms",
    [
        None,
        "",
        " ",
        "EOM",
        "NET 30 EOM",
        "AutoPay",
        "whenever you like",
        "NET",
        "NET thirty",
        "NET -30",
        "NET 3651",
        "NET 30.5",
        "NET ٣٠",
        "101% 10 NET 30",
        "2% 9999 NET 30",
        "internet 30",
        "30",
        "NET 30" + " " * 100,
        "NET " + "9" * 5000,
    ],
)
def test_other_words_name_no_days(terms: str | None) -> None:
    assert read(terms) == NONE
    assert due_date(terms, ISSUED) is None
    assert discount_until(terms, ISSUED) is None


def test_dates_follow_from_the_terms() -> None:
    assert due_date("NET 30", ISSUED) == date(2026, 3, 2)
    assert due_date("Due on receipt", ISSUED) == ISSUED
    assert due_date("2% 10 NET 30", ISSUED) == date(2026, 3, 2)
    assert discount_until("2% 10 NET 30", ISSUED) == date(2026, 2, 10)
    assert discount_until("NET 30", ISSUED) is None


def test_nothing_is_due_after_the_end_of_the_calendar() -> None:
    assert due_date("NET 30", date(9999, 12, 31)) is None
    assert discount_until("2/10 net 30", date(9999, 12, 25)) is None
    assert due_date("NET 0", date.max) == date.max


@settings(deadline=None, max_examples=300)
@given(terms=st.text() | st.text("NETnet 0123456789%/,.dayson", max_size=80), issued=st.dates())
def test_any_text_is_read(terms: str, issued: date) -> None:
    said = read(terms)
    assert said.days is None or 0 <= said.days <= DAYS_MAX
    assert (said.discount_percent is None) is (said.discount_days is None)
    due = due_date(terms, issued)
    assert due is None or due >= issued
    discount_until(terms, issued)


@given(days=st.integers(0, DAYS_MAX), word=st.sampled_from(["NET {}", "net{}", "Net {} days", "n/{}"]))
def test_every_number_of_days_is_read_back(days: int, word: str) -> None:
    assert read(word.format(days)) == Terms(days)


def test_a_long_text_is_read_as_fast_as_a_short_one() -> None:
    began = time.perf_counter()
    for text in ("9" * 10**6, " " * 10**6, "2% " * 10**6, "net " * 10**6):
        assert read(text) == NONE
    assert time.perf_counter() - began < 1
