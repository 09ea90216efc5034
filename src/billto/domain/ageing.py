"""How long what is owed has been due: amounts in buckets of days, which always add up to the whole."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple, Protocol

Day = date  # beside a field that is called date

BOUNDS = (7, 14, 30, 60)
NOT_DUE = "not_due"


class Owed(Protocol):
    """What can be aged: an amount with a day it is due, or at least a day it is of."""

    @property
    def date(self) -> Day: ...
    @property
    def due_date(self) -> Day | None: ...
    @property
    def balance(self) -> Decimal: ...


class Bucket(NamedTuple):
    label: str  # not_due, 1-7, 8-14 … 61+
    from_days: int | None  # past due, both ends included; None where the bucket is open
    to_days: int | None
    amount: Decimal


def days_past_due(day: Day, due_date: Day | None, as_of: Day) -> int:
    """Days since it was due; without a due date it was due on its own day. Today is not overdue."""
    return max(0, (as_of - (due_date or day)).days)


def ageing(items: Iterable[Owed], *, as_of: Day, bounds: Sequence[int] = BOUNDS) -> tuple[Bucket, ...]:
    """What of the items' balances is not due, and since how long the rest is; the last bucket has no end."""
    ends = (0, *bounds)
    if any(later <= earlier for earlier, later in pairwise(ends)):
        raise ValueError("the bounds of buckets are days that rise, from 1")
    amounts = [Decimal(0)] * (len(ends) + 1)
    for item in items:
        amounts[bisect_left(ends, days_past_due(item.date, item.due_date, as_of))] += item.balance
    closed = ((_label(start + 1, end), start + 1, end) for start, end in pairwise(ends))
    last = ends[-1] + 1
    spans = ((NOT_DUE, None, 0), *closed, (f"{last}+", last, None))
    return tuple(Bucket(*span, amount) for span, amount in zip(spans, amounts, strict=True))


def _label(start: int, end: int) -> str:
    return f"{start}-{end}" if start < end else f"{start}"
