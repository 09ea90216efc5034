"""Payment terms as people write them (`NET 30`, `2% 10 NET 30`), and the days that follow from them."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

DAYS_MAX = 3650
_LENGTH_MAX = 64  # longer texts are prose
_PERCENT_MAX = 100

_AT_ONCE = re.compile(r"(?:(?:due|payable) )?(?:up)?on receipt", re.ASCII | re.IGNORECASE)
# "2% 10 NET 30", "2/10, n/30", "NET 30", "net30", "Net 30 days": a discount until a day, and the last day.
_NET = re.compile(
    r"(?:(?P<percent>\d{1,3}(?:[.,]\d{1,4})?) ?(?:% ?[/,]?|/) ?(?P<early>\d{1,4})(?: days?)?[ ,] ?)?"
    r"(?:net|n/?)[ -]?(?P<days>\d{1,4})(?: ?days?)?",
    re.ASCII | re.IGNORECASE,
)


class Terms(NamedTuple):
    """What the terms of a payment say; nothing where they are words of the seller's own."""

    days: int | None = None  # until it is due
    discount_percent: Decimal | None = None
    discount_days: int | None = None  # until there is no discount any more


_NONE = Terms()


def read(terms: str | None) -> Terms:
    """What some terms say. Any text is fine: what is no known form says no days."""
    if terms is None or len(terms) > _LENGTH_MAX:
        return _NONE
    text = " ".join(terms.split()).rstrip(".")
    if _AT_ONCE.fullmatch(text):
        return Terms(days=0)
    found = _NET.fullmatch(text)
    if found is None:
        return _NONE
    days = int(found["days"])
    if found["percent"] is None:
        return Terms(days) if days <= DAYS_MAX else _NONE
    percent, early = Decimal(found["percent"].replace(",", ".")), int(found["early"])
    sensible = percent <= _PERCENT_MAX and max(early, days) <= DAYS_MAX
    return Terms(days, percent, early) if sensible else _NONE


def due_date(terms: str | None, issued: date) -> date | None:
    """The last day to pay; None where the terms name none."""
    return _after(issued, read(terms).days)


def discount_until(terms: str | None, issued: date) -> date | None:
    """The last day on which paying early earns the discount; None where there is no discount."""
    return _after(issued, read(terms).discount_days)


def _after(day: date, days: int | None) -> date | None:
    if days is None:
        return None
    try:
        return day + timedelta(days=days)
    except OverflowError:  # the calendar ends with the year 9999
        return None
