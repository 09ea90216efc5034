"""What can be done with a customer's credit balance: credit is given, taken back, and never overspent."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from billto.app import customers, following, ledger, records
from billto.app.ledger import NOTHING, Book
from billto.app.parts import Id, Reader, Request, Tx
from billto.domain import issuing
from billto.domain.adjustment import Adjustment
from billto.domain.problems import Problem, Refused
from billto.domain.query import Page, Query
from billto.domain.versions import edited, touched


async def get(reader: Reader, asked: Request, id: Id) -> Adjustment:
    return await records.get(reader, asked, Adjustment, id)


async def page(reader: Reader, asked: Request, query: Query) -> Page:
    return await following.page(reader, asked, Adjustment, query)


async def create(tx: Tx, asked: Request, values: Mapping[str, Any]) -> Adjustment:
    """Credit for a customer; or less, where the amount is negative. `values` names the customer by
    `customer_id` or `customer`."""
    given = edited(values, Adjustment._field_defaults.get)
    id: Id | None = given.get("customer_id") or given.get("customer")
    if id is None:
        raise Refused(Problem("required", ("customer_id",)))
    try:
        of = await customers.live(tx, asked._replace(expected=None, shows=None), id)
    except Refused:
        raise Refused(Problem("unknown_reference", ("customer_id",), f"customer {id}")) from None
    entity = await records.seller(tx, asked)
    currency = issuing.currency(given.get("currency_code"), of.currency_code or entity.currency_code)
    issuing.amount(abs(given["amount"]), currency, "amount")
    said = {name: value for name, value in given.items() if value is not None}
    adjustment = Adjustment(
        **{
            "metadata": {}, "date": issuing.today(entity, tx.now), **said, "currency_code": currency,
            "customer_id": of.id, "customer": of.serial,
        },
        entity_id=entity.id, id=tx.new_id(), serial=0, version=1, created_at=tx.now, updated_at=tx.now,
    )  # fmt: skip
    await ledger.alone(tx, asked, (of.id,))
    stored = await tx.insert(adjustment)
    await _adjust(tx, asked, stored, stored.amount)
    await records.note(tx, asked, "adjustment.created", stored)
    return stored


async def change(tx: Tx, asked: Request, id: Id, values: Mapping[str, Any]) -> Adjustment:
    """The adjustment with some other values; another amount is a further entry in the ledger."""
    old = await _held(tx, asked, id)
    if old.voided_at is not None:
        raise Refused(Problem("voided"))
    given = edited(values, old._asdict().__getitem__)
    for name in ("customer_id", "customer", "currency_code", "date"):
        if given.get(name, getattr(old, name)) != getattr(old, name):
            raise Refused(Problem("immutable", (name,)))
    amount: Decimal = given.get("amount", old.amount)
    issuing.amount(abs(amount), old.currency_code, "amount")
    return await _becomes(tx, asked, old, given, amount - old.amount)


async def void(tx: Tx, asked: Request, id: Id) -> Adjustment:
    """The adjustment as if it had not been made; refused where its credit is spent. Twice is once."""
    old = await _held(tx, asked, id)
    return old if old.voided_at else await _becomes(tx, asked, old, {"voided_at": tx.now}, -old.amount)


async def _held(tx: Tx, asked: Request, id: Id) -> Adjustment:
    seen = await records.get(tx, asked._replace(shows=None), Adjustment, id)
    await ledger.alone(tx, asked, (seen.customer_id,))
    return await records.expected(tx, asked, Adjustment, seen.id)


async def _becomes(
    tx: Tx, asked: Request, old: Adjustment, values: Mapping[str, Any], more: Decimal
) -> Adjustment:
    new = touched(old, values, tx.now)
    if new is old:
        return old
    await tx.update(old, new, asked.scope)
    await _adjust(tx, asked, old, more)
    await records.note(tx, asked, "adjustment.updated", new, old)
    return new


async def _adjust(tx: Tx, asked: Request, adjustment: Adjustment, more: Decimal) -> None:
    if more == NOTHING:
        return
    book = Book(tx, asked, "adjustment", adjustment.id)
    book.adjust(adjustment.customer_id, adjustment.customer, adjustment.currency_code, more, adjustment.date)
    await book.close()
