"""Invoiced: the address of a customer's statement, which is read without a key."""

from dataclasses import replace
from datetime import date
from typing import NoReturn

from billto.app import balances, links
from billto.app.parts import Reader, Request
from billto.dialects import printing
from billto.dialects.codecs import TEXT, choice, read_day
from billto.dialects.dialect import Said, Told
from billto.dialects.invoiced.codecs import DAY
from billto.dialects.invoiced.urls import PREFIX
from billto.dialects.openly import OPENLY
from billto.dialects.params import Param, take
from billto.domain import links as rules
from billto.domain.customer import Customer
from billto.domain.money import currencies
from billto.domain.problems import Problem, Refused


class Addresses:
    """Makes the addresses of one installation's statements: nobody can guess one, and it stays the same."""

    def __init__(self, secret: bytes, base: str) -> None:
        self._secret = secret
        self._base = base

    def page(self, of: Customer) -> str:
        token = rules.token(self._secret, of.entity_id, of.id, of.link_number)
        return f"{self._base}{PREFIX}/statements/{token}"

    def of(self, customer: Customer) -> str:
        return f"{self.page(customer)}/pdf"


async def addresses(reader: Reader, asked: Request) -> Addresses:
    return Addresses(await reader.secret("statements"), asked.base)


async def pdf(reader: Reader, asked: Request, told: Told) -> Said:
    """The statement of this month, as an e-mail carries it that asks for no other; or the one that the
    parameters say which the vendor's own programs send."""
    given = take({name: said for name, said in told.given.items() if said[-1]}, PARAMS)
    of_open = given["statement_type"] == _OPEN
    found = await balances.statement(
        reader, asked, links.customer_id(told.ids["token"]), told.now, is_balance_forward=not of_open,
        start=None if of_open else given["start"], end=given["end"], currency=given["currency"],
        past_due_only=of_open and given["items"] == _PAST_DUE,
    )  # fmt: skip
    return Said(file=await printing.statement(reader, asked, found), headers=OPENLY)


def _day(text: str) -> date:
    """A day, as a date or in seconds."""
    day: date = DAY.decode(text) if text.isascii() and text.isdigit() else read_day(text)
    return day


def _currency(text: str) -> str:
    code = text.upper()
    return code if code in currencies() else _unknown()


def _unknown() -> NoReturn:
    raise Refused(Problem("unknown_choice", detail="codes of ISO 4217, such as usd"))


_OPEN, _PAST_DUE = "open_item", "past_due"
PARAMS = (
    Param("statement_type", choice("balance_forward", _OPEN), "balance_forward"),
    Param("start", replace(DAY, parse=_day)),
    Param("end", replace(DAY, parse=_day)),
    Param("currency", replace(TEXT, parse=_currency)),
    Param("items", choice("open", _PAST_DUE), "open"),
)


async def page(_reader: Reader, asked: Request, told: Told) -> Said:
    """The customer's page, which has its own door."""
    return Said(status=303, headers={**OPENLY, "Location": links.path(asked, told.ids["token"])})
