"""Reminders that go out by themselves: so many days after a due date as an entity has set, a customer is told
once what it is late with."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, NamedTuple

from billto.domain.attrs import ID, MOMENT, NUMBER
from billto.domain.document import Document
from billto.domain.ledger import Standing


class Reminded(NamedTuple):
    """That somebody was reminded of a document when it was so many days late. There is one for each number of
    days, whatever is looked at twice."""

    entity_id: Annotated[str, ID]
    id: Annotated[str, ID]
    at: Annotated[datetime, MOMENT]
    document_id: Annotated[str, ID]
    threshold: Annotated[int, NUMBER]  # days
    message_id: Annotated[str, ID]


def reached(thresholds: Iterable[int], late: int) -> int | None:
    """The highest of some numbers of days that a document which is so many days late has reached."""
    return max((one for one in thresholds if one <= late), default=None)


def due(
    documents: Sequence[Document],
    reminded: Mapping[str, int],
    thresholds: Sequence[int],
    day: date,
) -> dict[str, int]:
    """The documents that somebody is to be reminded of, with the number of days of each.

    `reminded` has the highest number of days for which somebody was reminded of a document before. One that
    nobody looked at for long is told once, for the highest number it has reached.
    """
    found = {}
    for one in documents:
        if one.due_date is None:
            continue
        number = reached(thresholds, (day - one.due_date).days)
        if number is not None and number > reminded.get(one.id, -1):
            found[one.id] = number
    return found


def uncovered(documents: Sequence[Document], standings: Iterable[Standing]) -> list[Document]:
    """The documents in currencies in which more is late than the customer has to its credit: who has paid
    enough is not reminded, whatever it was paid for."""
    to_its_credit = {one.currency_code: one.outstanding - one.net for one in standings}
    sums: dict[str, Decimal] = {}
    for one in documents:
        sums[one.currency_code] = sums.get(one.currency_code, Decimal(0)) + one.balance
    return [
        one for one in documents if sums[one.currency_code] > to_its_credit.get(one.currency_code, Decimal(0))
    ]
