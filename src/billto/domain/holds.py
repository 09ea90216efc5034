"""Who is left alone for a while, or for good: nobody chases or reminds them, whatever they owe."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from billto.domain.customer import Customer
from billto.domain.document import Document
from billto.domain.nodes import Bool, Group, Text
from billto.domain.problems import Problem, Refused

REASON_MAX = 500

# A hold as the doors say it. With a day it ends by itself on that day; without one somebody has to end it.
HOLD = Group(
    {
        "paused": Bool(null=True, says="Whether nobody chases or reminds of it."),
        "reason": Text(most=REASON_MAX, says="Why, for your own use."),
        "until": Text(most=10, pattern=r"\d{4}-\d\d-\d\d", says="The day on which the hold ends by itself."),
    }
)


class Hold(NamedTuple):
    """What is known of a hold, whether its day has come or not."""

    paused: bool
    reason: str | None
    until: date | None


def on_hold(record: Customer | Document, day: date) -> bool:
    """Whether a customer, or one document, is left alone on a day (its entity's own).

    Without `is_chased` it is, until somebody says otherwise; a pause ends by itself on its day.
    """
    if not record.is_chased:
        return True
    return record.chase_paused_until is not None and day < record.chase_paused_until


def hold(record: Customer | Document) -> Hold:
    """The hold as it was ordered: whether it still holds today, `on_hold` says."""
    paused = not record.is_chased or record.chase_paused_until is not None
    return Hold(paused, record.chase_pause_reason, record.chase_paused_until if record.is_chased else None)


def values(given: Mapping[str, Any] | None) -> dict[str, Any]:
    """The attributes that an order for a hold (HOLD) sets; null, and `paused: false`, end it.

    An order with a day or a reason means a pause also where it does not say so: nobody says why for nothing.
    Raises Refused for what is no day.
    """
    said = given or {}
    until = _day(said.get("until"))
    paused = said.get("paused")
    if paused is None:
        paused = until is not None or bool(said.get("reason"))
    if not paused:
        return {"is_chased": True, "chase_paused_until": None, "chase_pause_reason": None}
    return {
        "is_chased": until is not None,
        "chase_paused_until": until,
        "chase_pause_reason": said.get("reason"),
    }


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(Problem("wrong_type", ("until",), "a day such as 2025-01-31")) from None
