"""Invoiced: how a customer stands, and how it could pay by card if a gateway were connected."""

from typing import Any

from billto.app import balances, customers
from billto.app.parts import Reader, Request, Tx
from billto.dialects.dialect import Said, Told
from billto.dialects.invoiced import query
from billto.dialects.invoiced.answers import listed_as
from billto.dialects.invoiced.codecs import CURRENCY, write_number, write_seconds
from billto.dialects.invoiced.customers import CUSTOMER
from billto.dialects.invoiced.reading import fields
from billto.dialects.invoiced.verbs import customer_id
from billto.domain.problems import Problem, Refused


async def balance(reader: Reader, asked: Request, told: Told) -> Said:
    of = await customers.live(reader, asked, customer_id(told))
    named = told.given.get("currency", ("",))[-1]
    try:
        currency = CURRENCY.decode(named) if named else None
    except Refused as refused:
        raise Refused(Problem("bad_parameter", ("currency",), refused.problems[0].sentence)) from None
    found, *_ = await balances.of(reader, asked, of.id, told.now, currency)
    standing, code = found.standing, found.standing.currency_code.lower()
    history = [
        {"balance": write_number(credit), "currency": code, "timestamp": write_seconds(at)}
        for at, credit in found.history
    ]
    return Said(
        {
            "available_credits": write_number(standing.credit),
            "currency": code,
            "due_now": write_number(found.due.due),
            "history": history,
            "open_credit_notes": write_number(standing.open_credit_notes),
            "past_due": found.due.is_past_due,
            "total_outstanding": write_number(standing.outstanding),
        }
    )


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
