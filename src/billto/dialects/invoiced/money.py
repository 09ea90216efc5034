"""Invoiced: what a customer owes, how it pays, what would be billed: nothing, without any invoices yet."""

from typing import Any

from billto.app import belongings, customers
from billto.app.parts import Reader, Request, Tx
from billto.app.records import get as record
from billto.dialects.dialect import Said, Told
from billto.dialects.invoiced import query
from billto.dialects.invoiced.answers import listed_as
from billto.dialects.invoiced.codecs import CURRENCY
from billto.dialects.invoiced.customers import CUSTOMER
from billto.dialects.invoiced.reading import fields
from billto.dialects.invoiced.verbs import customer_id
from billto.domain.entity import Entity
from billto.domain.paging import unambiguous
from billto.domain.problems import Problem, Refused
from billto.domain.query import Compare, Op, Query


async def balance(reader: Reader, asked: Request, told: Told) -> Said:
    of = await customers.live(reader, asked, customer_id(told))
    named = told.given.get("currency", ("",))[-1]
    try:
        code = CURRENCY.decode(named) if named else of.currency_code
    except Refused as refused:
        raise Refused(Problem("bad_parameter", ("currency",), refused.problems[0].sentence)) from None
    if code is None:
        code = (await record(reader, asked, Entity, asked.scope.entity)).currency_code
    return Said(
        {
            "available_credits": 0,
            "currency": code.lower(),
            "due_now": 0,
            "history": [],
            "past_due": False,
            "total_outstanding": 0,
        }
    )


async def invoice(tx: Tx, asked: Request, told: Told) -> Said:
    of = await customers.hold(tx, asked, customer_id(told))
    pending = Query(Compare("customer_id", Op.EQ, of.id), unambiguous(()), limit=1, counted=False)
    if not (await belongings.page(belongings.LINE_ITEMS, tx, asked, pending)).records:
        raise Refused(Problem("nothing_to_invoice"))
    raise Refused(Problem("not_offered", detail="invoices cannot be issued; the pending line items stay"))


async def consolidate(tx: Tx, asked: Request, told: Told) -> Said:
    of = await customers.hold(tx, asked, customer_id(told))
    if not of.is_consolidated:
        raise Refused(
            Problem("not_offered", detail="consolidated invoicing is not enabled for this customer")
        )
    raise Refused(Problem("not_offered", detail="there are no open invoices to consolidate"))


async def payment_sources(reader: Reader, asked: Request, told: Told) -> Said:
    await customers.live(reader, asked, customer_id(told))
    question = query.read(CUSTOMER, told.given).query
    return listed_as([], 0, question.skip, question.limit, told.url, told.given)


_TOKENS = ("invoiced_token", "gateway_token")


async def add_payment_source(tx: Tx, asked: Request, told: Told) -> Said:
    said = fields(told)
    if not said.get("method"):
        raise Refused(Problem("required", ("method",)))
    if len([name for name in _TOKENS if said.get(name)]) != 1:
        raise Refused(Problem("not_offered", detail=f"exactly one of {' and '.join(_TOKENS)} is needed"))
    await customers.hold(tx, asked, customer_id(told))
    raise Refused(
        Problem("not_offered", detail="no payment gateway is connected, so nothing can be put on file")
    )


def no_source(called: str) -> Any:
    """There is none, so there is none of that id."""

    async def verb(tx: Tx, asked: Request, told: Told) -> Said:
        await customers.hold(tx, asked, customer_id(told))
        raise Refused(Problem("not_found", detail=called))

    return verb
