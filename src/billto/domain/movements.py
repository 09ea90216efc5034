"""Entries put in order and in pairs: which two are one application, and which one undid which.

A statement shows what happened, not how it was booked: what was undone within the same days never happened
for whoever reads it.
"""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

from billto.domain.ledger import Entry

APPLICATIONS = ("applied", "unapplied")

# What undoes what; an undoing has the opposite amount.
UNDOES = {
    "voided": "issued",
    "unapplied": "applied",
    "payment_voided": "received",
    "refund_voided": "refunded",
    "reopened": "written_off",
    "advance_restored": "advance_settled",
}


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """By day, then as they were made: the same for the same entries, however they come."""
    ordered = sorted(entries, key=lambda entry: (entry.date, entry.created_at, entry.serial, entry.id))
    if len({entry.currency_code for entry in ordered}) > 1:
        raise ValueError("amounts of several currencies are never added")
    return ordered


def as_made(entry: Entry) -> tuple[datetime, int, str]:
    """The order entries were made in, whatever day they are of."""
    return entry.created_at, entry.serial, entry.id


def partners(entries: Iterable[Entry]) -> dict[str, Entry]:
    """By the id of an entry of an application, its other side.

    A posting may hold several applications, so the sides find each other by amount, first come, first
    matched. The other side may be missing: it is another customer's when a parent pays for its child.
    """
    found: dict[str, Entry] = {}
    single: defaultdict[tuple[str, str, date, Decimal], deque[Entry]] = defaultdict(deque)
    for entry in sorted(entries, key=as_made):
        if entry.kind not in APPLICATIONS:
            continue
        of = entry.posting_id, entry.kind, entry.date
        if waiting := single[*of, -entry.amount]:
            other = waiting.popleft()
            found[entry.id], found[other.id] = other, entry
        else:
            single[*of, entry.amount].append(entry)
    return found


def lasting(entries: Collection[Entry], sides: Mapping[str, Entry]) -> list[Entry]:
    """The entries without those that others among them undid, and without these."""
    gone: set[str] = set()
    done: defaultdict[tuple[object, ...], list[str]] = defaultdict(list)
    for entry in sorted(entries, key=as_made):
        if undone := UNDOES.get(entry.kind):
            if before := done[undone, *_same(entry, sides), -entry.amount]:
                gone |= {before.pop(), entry.id}
        else:
            done[entry.kind, *_same(entry, sides), entry.amount].append(entry.id)
    return _without_voided([entry for entry in entries if entry.id not in gone], entries)


def _same(entry: Entry, sides: Mapping[str, Entry]) -> tuple[str | None, ...]:
    """What an entry and the one that undoes it have in common.

    An application is known by what it joins: whoever undid it, the void of an invoice or the change of a
    payment, may be named as the cause. Where the other side is missing, the cause has to do.
    """
    side = sides.get(entry.id)
    joined = (side.account, side.item_id, side.customer_id) if side else (None, entry.cause_id, None)
    return entry.account, entry.item_id, entry.customer_id, *joined


def _without_voided(left: list[Entry], entries: Iterable[Entry]) -> list[Entry]:
    """Of invoices that were issued and voided nothing is left, not even a write-off in between."""
    kinds: defaultdict[str | None, set[str]] = defaultdict(set)
    for entry in entries:
        if entry.account == "invoice":
            kinds[entry.item_id].add(entry.kind)
    voided = {item for item, had in kinds.items() if {"issued", "voided"} <= had}
    rest: defaultdict[str | None, Decimal] = defaultdict(Decimal)
    for entry in left:
        if entry.account == "invoice":
            rest[entry.item_id] += entry.amount
    nothing = {item for item in voided if not rest[item]}
    return [entry for entry in left if entry.account != "invoice" or entry.item_id not in nothing]
