"""Whom a cadence chases on a day, and by which step. Nothing is done here: it is only found out."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date as day
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, NamedTuple

from billto.domain.attrs import DAY, ID, MOMENT, NUMBER, text
from billto.domain.cadence import Cadence, days_of
from billto.domain.customer import Customer
from billto.domain.document import PAYABLE, Document
from billto.domain.holds import on_hold
from billto.domain.ledger import Standing

STATES = DONE, FAILED, PASSED_OVER = ("done", "failed", "passed_over")


class Fired(NamedTuple):
    """That a step was taken, or passed over: no second one for this customer, document and step."""

    entity_id: Annotated[str, ID]
    id: Annotated[str, ID]
    created_at: Annotated[datetime, MOMENT]
    customer_id: Annotated[str, ID]
    customer: Annotated[int, NUMBER]  # its serial
    document_id: Annotated[str, ID]  # the oldest that was chased
    cadence: Annotated[int, NUMBER]
    step: Annotated[int, NUMBER]
    action: Annotated[str, text(20, searched=False)]
    date: Annotated[day, DAY]  # the entity's
    state: Annotated[str, text(20, among=STATES, searched=False)]
    name: Annotated[str | None, text(255, searched=False)] = None  # of the step
    reason: Annotated[str | None, text(1_000, searched=False)] = None  # why it failed
    message_id: Annotated[str | None, ID] = None  # what was sent
    task_id: Annotated[str | None, ID] = None  # what somebody has to do


class Decision(NamedTuple):
    """What a cadence does about one customer on one day; no step where it does nothing."""

    step: Mapping[str, Any] | None = None
    passed_over: tuple[Mapping[str, Any], ...] = ()  # steps whose time came and went before
    next_step: int | None = None  # the one that comes then
    is_due: bool = False  # some step's time has come, though it may have been taken before
    is_finished: bool = False  # nothing comes any more until everything is paid
    anchor: Document | None = None  # the oldest document that is chased
    documents: tuple[Document, ...] = ()  # all of them
    balances: Mapping[str, Decimal] = {}  # what is chased, by currency


NOTHING = Decimal(0)
_NOBODY = Decision()


def chased(documents: Sequence[Document], today: day) -> list[Document]:
    """Those documents of a customer that may be chased at all, the oldest first."""
    found = [
        one for one in documents
        if one.type in PAYABLE and one.issued_at is not None and one.balance > 0
        and one.voided_at is None and one.closed_at is None
        and not one.is_autopay and not on_hold(one, today)
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.date, one.id))


def in_hand_of(standings: Sequence[Standing]) -> dict[str, Decimal]:
    """What a customer has in hand, by currency: credit balance, unapplied payments, open credit notes."""
    return {one.currency_code: one.credit + one.unapplied + one.open_credit_notes for one in standings}


def decide(
    cadence: Cadence,
    next_step: int | None,
    documents: Sequence[Document],
    in_hand: Mapping[str, Decimal],
    today: day,
    *,
    currency: str,
    fired: Collection[int] = (),
) -> Decision:
    """What a cadence does about a customer who stands before a step (None: the first).

    Of several steps that are due the last one is taken and the others are passed over: after a pause nobody
    gets three mails at once. `currency` is that of the minimum balance, `fired` are steps that were taken for
    the same document before: none of them comes again, and none before them.
    """
    mine, owed = pursued(cadence, documents, in_hand, today, currency=currency)
    if not mine:
        return _NOBODY
    due = [one for one in _from(cadence, next_step) if _is_due(one, mine, today)]
    if not due:
        return _NOBODY._replace(next_step=next_step, anchor=mine[0], documents=mine, balances=owed)
    last = max((at for at, one in enumerate(due) if one["id"] in fired), default=-1)
    fresh = due[last + 1 :]
    after = _after(cadence, due[-1])
    return Decision(
        step=fresh[-1] if fresh else None,
        passed_over=tuple(fresh[:-1]),
        next_step=after,
        is_due=True,
        is_finished=after is None,
        anchor=mine[0],
        documents=mine,
        balances=owed,
    )


def pursued(
    cadence: Cadence,
    documents: Sequence[Document],
    in_hand: Mapping[str, Decimal],
    today: day,
    *,
    currency: str,
) -> tuple[tuple[Document, ...], Mapping[str, Decimal]]:
    """The documents for which a customer is chased, the oldest first, and what is chased by currency.

    Currencies are never added: where the customer has as much in hand as it owes, nothing is chased in that
    one; and only what is owed in the currency of the minimum balance counts towards that.
    """
    open_ = chased(documents, today)
    owed = _net(open_, in_hand)
    if cadence.min_balance is not None and owed.get(currency, NOTHING) < cadence.min_balance:
        return (), {}
    return tuple(one for one in open_ if one.currency_code in owed), owed


def comes(step: Mapping[str, Any], documents: Sequence[Document]) -> day | None:
    """The day from which a step is due; None where no document has a day that it counts from, or the
    calendar ends before."""
    kind, days = days_of(step["schedule"])
    dates = [one.date if kind == "age" else one.due_date for one in documents]
    known = [one for one in dates if one is not None]
    try:
        return day.fromordinal(min(known).toordinal() + days) if known else None
    except ValueError:
        return None


def step_of(cadence: Cadence, id: int | None) -> Mapping[str, Any] | None:
    """The step that a customer stands before: the first, unless it is one that the cadence has."""
    return next(iter(_from(cadence, id)), None)


def rests(customer: Customer, today: day) -> bool:
    """Whether nobody chases a customer today, whatever it owes."""
    return customer.deleted_at is not None or on_hold(customer, today)


def begins_anew(customer: Customer, documents: Sequence[Document], today: day) -> bool:
    """Whether a customer that has come somewhere in its cadence has nothing left for which it is chased."""
    has_come = customer.is_chase_finished or customer.next_chase_step is not None
    return has_come and not chased(documents, today)


def _net(documents: Sequence[Document], in_hand: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """What is owed when what the customer has in hand is set against it, where anything is."""
    sums: dict[str, Decimal] = {}
    for one in documents:
        sums[one.currency_code] = sums.get(one.currency_code, NOTHING) + one.balance
    net = {code: amount - in_hand.get(code, NOTHING) for code, amount in sums.items()}
    return {code: amount for code, amount in sorted(net.items()) if amount > 0}


def _from(cadence: Cadence, id: int | None) -> Sequence[Mapping[str, Any]]:
    at = next((at for at, one in enumerate(cadence.steps) if one["id"] == id), 0)
    return cadence.steps[at:]


def _after(cadence: Cadence, step: Mapping[str, Any]) -> int | None:
    rest = _from(cadence, step["id"])[1:]
    return rest[0]["id"] if rest else None


def _is_due(step: Mapping[str, Any], documents: Sequence[Document], today: day) -> bool:
    begins = comes(step, documents)
    return begins is not None and begins <= today
