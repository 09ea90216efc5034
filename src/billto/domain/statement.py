"""Statements out of ledger entries: balance forward for a period, open items as of a day; one currency each.

What is owed (account "invoice") and what the customer has in hand (credit notes, payments not applied and the
credit balance, as positive amounts) are two columns that are never mixed: `net` is their difference.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from billto.domain.ageing import Day, days_past_due
from billto.domain.ledger import Entry
from billto.domain.movements import APPLICATIONS, as_made, in_order, lasting, partners

ZERO = Decimal(0)
INVOICE = "invoice"
CREDIT = "credit"

# What a payment or credit note is used for on the day it comes never was a credit of the customer.
_NETTED = ("issued", "received", *APPLICATIONS)


class Line(NamedTuple):
    """What changed what is owed: an invoice, one application to it, or an adjustment of it."""

    date: Day
    number: str | None  # always the invoice's
    kind: str
    invoiced: Decimal
    paid: Decimal
    adjusted: Decimal
    balance: Decimal  # with this line
    item_id: str | None
    cause_id: str
    customer_id: str | None


class CreditLine(NamedTuple):
    """What changed what the customer has in hand."""

    date: Day
    kind: str
    number: str | None
    issued: Decimal
    spent: Decimal
    balance: Decimal
    item_id: str | None
    cause_id: str
    customer_id: str | None


class BalanceForward(NamedTuple):
    """balance = previous + invoiced − paid − adjusted, and credit = previous_credit + issued − spent."""

    start: Day
    end: Day
    previous: Decimal
    lines: tuple[Line, ...]
    invoiced: Decimal
    paid: Decimal
    adjusted: Decimal
    balance: Decimal
    previous_credit: Decimal
    credit_lines: tuple[CreditLine, ...]
    issued: Decimal
    spent: Decimal
    credit: Decimal

    @property
    def net(self) -> Decimal:
        return self.balance - self.credit


class OpenItem(NamedTuple):
    item_id: str
    customer_id: str | None
    date: Day
    number: str | None
    due_date: Day | None
    total: Decimal
    balance: Decimal
    days_past_due: int


class OpenCredit(NamedTuple):
    """A credit note or payment with a rest, a credit balance, or what was paid before its invoice."""

    account: str
    item_id: str | None
    customer_id: str | None
    date: Day | None  # a credit balance is of no day
    number: str | None
    amount: Decimal


class OpenItems(NamedTuple):
    as_of: Day
    items: tuple[OpenItem, ...]
    credits: tuple[OpenCredit, ...]
    total: Decimal
    credit: Decimal

    @property
    def net(self) -> Decimal:
        return self.total - self.credit


class Standing(NamedTuple):
    """What is owed, and the three things that stand against it, all as positive figures."""

    outstanding: Decimal
    open_credit_notes: Decimal
    unapplied: Decimal
    credit: Decimal


def balance_forward(entries: Iterable[Entry], *, start: Day, end: Day) -> BalanceForward:
    """What was owed before the period, what happened in it, and what is owed at its end."""
    if start > end:
        raise ValueError("a period starts before it ends")
    ordered = in_order(entries)
    before = standing(entry for entry in ordered if entry.date < start)
    within = [entry for entry in ordered if start <= entry.date <= end]
    sides = partners(within)
    left = lasting(within, sides)

    lines = tuple(_lines((one for one in left if one.account == INVOICE), sides, before.outstanding))
    in_hand = before.open_credit_notes + before.unapplied + before.credit
    of_credits = [one for one in left if one.account != INVOICE]
    credit_lines = tuple(_credit_lines(of_credits, sides, in_hand))
    return BalanceForward(
        start, end,
        before.outstanding, lines,
        _sum(line.invoiced for line in lines),
        _sum(line.paid for line in lines),
        _sum(line.adjusted for line in lines),
        lines[-1].balance if lines else before.outstanding,
        in_hand, credit_lines,
        _sum(line.issued for line in credit_lines),
        _sum(line.spent for line in credit_lines),
        credit_lines[-1].balance if credit_lines else in_hand,
    )  # fmt: skip


def open_items(entries: Iterable[Entry], *, as_of: Day, past_due_only: bool = False) -> OpenItems:
    """Every invoice with a balance at the end of a day, or only the overdue, and every open credit."""
    items: list[OpenItem] = []
    in_hand: list[OpenCredit] = []
    for found in _open(entry for entry in in_order(entries) if entry.date <= as_of):
        if isinstance(found, OpenCredit):
            in_hand.append(found)
            continue
        days = days_past_due(found.date, found.due_date, as_of)
        if days or not past_due_only:
            items.append(found._replace(days_past_due=days))
    items.sort(key=lambda item: (item.due_date or item.date, item.number or "", item.item_id))
    in_hand.sort(key=_credit_order)
    total, credit = _sum(item.balance for item in items), _sum(one.amount for one in in_hand)
    return OpenItems(as_of, tuple(items), tuple(in_hand), total, credit)


def standing(entries: Iterable[Entry]) -> Standing:
    """Plain sums by account: what every statement has to agree with."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    currencies = set()
    for entry in entries:
        sums[entry.account] += entry.amount
        currencies.add(entry.currency_code)
    if len(currencies) > 1:
        raise ValueError("amounts of several currencies are never added")
    return Standing(sums[INVOICE], -sums["credit_note"], -sums["payment"], -sums[CREDIT])


def credit_history(entries: Iterable[Entry]) -> tuple[tuple[datetime, Decimal], ...]:
    """The credit balance after each change of it, newest first; what was posted together is one change."""
    history: list[tuple[datetime, Decimal]] = []
    balance = ZERO
    moves = sorted((one for one in in_order(entries) if one.account == CREDIT), key=as_made)
    for _, posted in groupby(moves, key=lambda entry: entry.posting_id):
        change = list(posted)
        balance -= _sum(entry.amount for entry in change)
        history.append((change[-1].created_at, balance))
    return tuple(reversed(history))


def _lines(entries: Iterable[Entry], sides: Mapping[str, Entry], balance: Decimal) -> Iterator[Line]:
    for entry in entries:
        if not entry.amount and entry.kind != "issued":
            continue  # the void of what was written off changes nothing
        balance += entry.amount
        invoiced, paid, adjusted = ZERO, ZERO, ZERO
        if entry.kind == "issued":
            invoiced = entry.amount
        elif entry.kind in APPLICATIONS and _is_money(entry, sides.get(entry.id)):
            paid = -entry.amount
        else:
            adjusted = -entry.amount
        yield Line(
            entry.date, entry.number, entry.kind, invoiced, paid, adjusted, balance,
            entry.item_id, entry.cause_id, entry.customer_id,
        )  # fmt: skip


def _is_money(entry: Entry, side: Entry | None) -> bool:
    """Whether an invoice is settled out of money, a payment or the credit balance, and not by a document."""
    if side:
        return side.account in ("payment", CREDIT)
    return entry.cause != "document" or entry.cause_id == entry.item_id


def _credit_lines(
    entries: Iterable[Entry], sides: Mapping[str, Entry], balance: Decimal
) -> Iterator[CreditLine]:
    """One line for what a payment or note brought and spent in a day, none for moves inside."""
    days: dict[tuple[object, ...], list[Entry]] = {}
    for entry in entries:
        side = sides.get(entry.id)
        if side and side.account != INVOICE:
            continue
        netted = entry.item_id and entry.kind in _NETTED
        key = (entry.date, entry.account, entry.item_id) if netted else (entry.id,)
        days.setdefault(key, []).append(entry)
    for moves in days.values():
        change = -_sum(entry.amount for entry in moves)
        if not change:
            continue
        balance += change
        # The line is named after the first of the moves that went its way.
        entry = next(one for one in moves if (one.amount < 0) == (change > 0) and one.amount)
        side = sides.get(entry.id)
        yield CreditLine(
            entry.date, entry.kind, entry.number or (side.number if side else None),
            max(change, ZERO), max(-change, ZERO), balance,
            entry.item_id, entry.cause_id, entry.customer_id,
        )  # fmt: skip


def _open(entries: Iterable[Entry]) -> Iterator[OpenItem | OpenCredit]:
    """What has a balance: invoices, and what stands against them."""
    kept: defaultdict[tuple[str, str | None, str | None], list[Entry]] = defaultdict(list)
    for entry in entries:
        # An item is one item whoever's it is; a credit balance is one for each customer.
        kept[entry.account, entry.item_id, None if entry.item_id else entry.customer_id].append(entry)
    for (account, item_id, _), moves in kept.items():
        balance = _sum(entry.amount for entry in moves)
        if not balance:
            continue
        opening = _opening(moves)
        first = opening or moves[0]
        if account == INVOICE and item_id and opening:
            total = _sum(entry.amount for entry in moves if entry.kind in ("issued", "voided"))
            yield OpenItem(
                item_id, first.customer_id, first.date, first.number, first.due_date, total, balance, 0
            )
        else:
            day = first.date if item_id else None
            yield OpenCredit(account, item_id, first.customer_id, day, first.number, -balance)


def _opening(moves: Sequence[Entry]) -> Entry | None:
    """The entry that opened an item: the last, when it was voided and issued anew."""
    return next((entry for entry in reversed(moves) if entry.kind in ("issued", "received")), None)


def _credit_order(one: OpenCredit) -> tuple[Day, str, str, str, str]:
    return one.date or date.max, one.account, one.number or "", one.item_id or "", one.customer_id or ""


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)
