"""What is owed falls into buckets of days, and none of it falls beside them."""

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billto.domain.ageing import ageing

TODAY = date(2026, 6, 30)
DAYS = st.dates(TODAY - timedelta(days=400), TODAY + timedelta(days=400))


class Owing(NamedTuple):
    issued: date
    due_date: date | None
    balance: Decimal

    @property
    def date(self) -> date:
        return self.issued


def ago(days: int) -> Owing:
    """One owed since its due date, issued long before."""
    return Owing(TODAY - timedelta(days=500), TODAY - timedelta(days=days), Decimal(1))


def bucket(item: Owing, bounds: tuple[int, ...] = (7, 14, 30, 60)) -> str:
    (label,) = [one.label for one in ageing([item], as_of=TODAY, bounds=bounds) if one.amount]
    return label


@pytest.mark.parametrize(
    ("days", "label"),
    [
        (-30, "not_due"), (0, "not_due"), (1, "1-7"), (7, "1-7"), (8, "8-14"), (14, "8-14"), (15, "15-30"),
        (30, "15-30"), (31, "31-60"), (60, "31-60"), (61, "61+"), (4000, "61+"),
    ],
)  # fmt: skip
def test_both_ends_of_a_bucket_belong_to_it(days: int, label: str) -> None:
    assert bucket(ago(days)) == label


def test_every_bucket_is_there_even_when_nothing_is_in_it() -> None:
    assert [tuple(one) for one in ageing([], as_of=TODAY)] == [
        ("not_due", None, 0, 0), ("1-7", 1, 7, 0), ("8-14", 8, 14, 0), ("15-30", 15, 30, 0),
        ("31-60", 31, 60, 0), ("61+", 61, None, 0),
    ]  # fmt: skip


def test_without_a_due_date_the_day_of_the_invoice_counts() -> None:
    assert bucket(Owing(TODAY, None, Decimal(1))) == "not_due"
    assert bucket(Owing(TODAY - timedelta(days=10), None, Decimal(1))) == "8-14"


def test_the_bounds_are_free() -> None:
    assert bucket(ago(121), (30, 60, 90, 120)) == "121+"
    assert bucket(ago(1), (1, 2)) == "1"
    assert bucket(ago(1), ()) == "1+"


@pytest.mark.parametrize("bounds", [(0,), (-1,), (7, 7), (14, 7)])
def test_bounds_that_do_not_rise_are_refused(bounds: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="bounds"):
        ageing([], as_of=TODAY, bounds=bounds)


@given(
    st.lists(st.builds(Owing, DAYS, st.none() | DAYS, st.decimals(-9999, 9999, places=3))),
    DAYS,
    st.sets(st.integers(1, 400), max_size=6).map(sorted),
)
def test_the_buckets_are_the_whole(items: list[Owing], as_of: date, bounds: list[int]) -> None:
    buckets = ageing(items, as_of=as_of, bounds=bounds)
    assert sum(one.amount for one in buckets) == sum(item.balance for item in items)
    assert len(buckets) == len(bounds) + 2
