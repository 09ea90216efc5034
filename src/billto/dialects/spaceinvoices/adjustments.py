"""Space Invoices has no credit balances: ours are given and taken back by adjustments."""

from collections.abc import Mapping
from typing import Any

from billto.app import credits as credit
from billto.app.parts import Reader, Request, Tx
from billto.dialects.codecs import ISO, MONEY, TEXT, prefixed, shaped
from billto.dialects.spaceinvoices.values import CURRENCY, DATE
from billto.dialects.wire import FIND, FIXED, ONCE, REQ, RO, RW, SORT, Table, row
from billto.domain.adjustment import Adjustment
from billto.domain.attrs import METADATA
from billto.domain.problems import Problem, Refused
from billto.domain.query import Missing, Not, Page, Query

BOTH = (FIND, SORT)
assert METADATA.shape is not None

ADJUSTMENT = Table(
    Adjustment,
    #   on the wire      attribute        codec                    access  questions
    row("id",            "id",            prefixed("cra"),         RO,     *BOTH),
    row("customer_id",   "customer_id",   prefixed("cust"),        FIXED,  *BOTH),
    row("amount",        "amount",        MONEY,                   REQ,    *BOTH),
    row("currency_code", "currency_code", CURRENCY,                ONCE,   *BOTH),
    row("date",          "date",          DATE,                    ONCE,   *BOTH),
    row("note",          "note",          TEXT,                    RW),
    row("entity_id",     "entity_id",     prefixed("ent"),         RO),
    row("metadata",      "metadata",      shaped(METADATA.shape),  RW,     FIND),
    row("deleted_at",    "voided_at",     ISO,                     RO),
    row("created_at",    "created_at",    ISO,                     RO,     *BOTH),
    row("updated_at",    "updated_at",    ISO,                     RO,     *BOTH),
)  # fmt: skip


async def page(reader: Reader, asked: Request, query: Query) -> Page:
    """The adjustments; those that are voided are listed apart, as what is deleted."""
    if query.trashed is not None:
        missing = Missing("voided_at")
        query = query.within(Not(missing) if query.trashed else missing)
    return await credit.page(reader, asked, query)


async def create(tx: Tx, asked: Request, values: Mapping[str, Any]) -> Adjustment:
    if not values["amount"]:
        raise Refused(Problem("out_of_range", ("amount",), "other than 0"))
    return await credit.create(tx, asked, values)
