"""Invoiced: credit that a customer is given without a payment, or that is taken back."""

from typing import Any

from billto.app import credits as credit
from billto.app.parts import Reader, Request, Tx
from billto.dialects.dialect import Said, Told
from billto.dialects.invoiced import query
from billto.dialects.invoiced.answers import listed_as
from billto.dialects.invoiced.codecs import CURRENCY, DAY, MONEY, TEXT, UNIX, WHOLE
from billto.dialects.invoiced.documents import expanded, named_customer
from billto.dialects.invoiced.reading import fields, id_of
from billto.dialects.invoiced.rows import BOTH, fixed
from billto.dialects.tags import tagged
from billto.dialects.wire import REQ, RO, RW, Table, row
from billto.domain.adjustment import Adjustment
from billto.domain.problems import Problem, Refused
from billto.domain.query import Missing

ADJUSTMENT = Table(
    Adjustment,
    row("amount",     "amount",        MONEY,    REQ, *BOTH),
    row("created_at", "created_at",    UNIX,     RO,  *BOTH),
    row("currency",   "currency_code", CURRENCY, RW,  *BOTH),
    row("customer",   "customer",      WHOLE,    REQ, *BOTH),
    row("date",       "date",          DAY,      RW,  *BOTH),
    row("id",         "serial",        WHOLE,    RO,  *BOTH),
    row("notes",      "note",          TEXT,     RW),
    fixed("object", "credit_balance_adjustment"),
    row("updated_at", "updated_at",    UNIX,     RO,  *BOTH),
    blank_is_null=True,
    null_is_default=True,
)  # fmt: skip


async def create(tx: Tx, asked: Request, told: Told) -> Said:
    said = {name: value for name, value in fields(told).items() if value not in (None, "")}
    values = ADJUSTMENT.decode(said, creating=True)
    of = await named_customer(tx, asked, values.pop("customer"))
    return await _said(tx, asked, told, await credit.create(tx, asked, {**values, "customer_id": of.id}))


async def get(reader: Reader, asked: Request, told: Told) -> Said:
    return await _said(reader, asked, told, await _found(reader, asked, told))


async def page(reader: Reader, asked: Request, told: Told) -> Said:
    question = query.read(ADJUSTMENT, told.given, within=Missing("voided_at")).query
    found = await credit.page(reader, asked, question)
    shown = list(map(ADJUSTMENT.encode, found.records))
    shown = await expanded(reader, asked, told, shown, query.shape(told.given))
    return listed_as(shown, found.total or 0, question.skip, question.limit, told.url, told.given)


async def change(tx: Tx, asked: Request, told: Told) -> Said:
    old = await _found(tx, asked, told)
    shown: dict[str, Any] = ADJUSTMENT.encode(old)
    said = {name: one for name, one in fields(told).items() if name not in shown or shown[name] != one}
    values = ADJUSTMENT.decode(said, creating=False)
    return await _said(tx, asked, told, await credit.change(tx, asked, old.id, values))


async def drop(tx: Tx, asked: Request, told: Told) -> Said:
    """Takes the credit back; the adjustment is kept for the ledger, and no longer shown."""
    old = await _found(tx, asked, told)
    await credit.void(tx, asked, old.id)
    return Said(None)


async def _found(reader: Reader, asked: Request, told: Told) -> Adjustment:
    found = await credit.get(reader, asked, id_of(told, "id", "Adjustment"))
    if found.voided_at is not None:
        raise Refused(Problem("not_found", detail="Adjustment"))
    return found


async def _said(reader: Reader, asked: Request, told: Told, one: Adjustment) -> Said:
    (shown,) = await expanded(reader, asked, told, [ADJUSTMENT.encode(one)], query.shape(told.given))
    return Said(shown, headers=tagged(one), shows=one.id)
