"""Invoiced: the address of a customer's statement, which is read without a key."""

from billto.app import balances, links
from billto.app.parts import Reader, Request
from billto.dialects import printing
from billto.dialects.dialect import Said, Told
from billto.dialects.invoiced.urls import PREFIX
from billto.dialects.openly import OPENLY
from billto.domain import links as rules
from billto.domain.customer import Customer


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
    """The statement of this month, as an e-mail carries it that asks for no other."""
    id = links.customer_id(told.ids["token"])
    found = await balances.statement(reader, asked, id, told.now, is_balance_forward=True)
    return Said(file=await printing.statement(reader, asked, found), headers=OPENLY)


async def page(_reader: Reader, asked: Request, told: Told) -> Said:
    """The customer's page, which has its own door."""
    return Said(status=303, headers={**OPENLY, "Location": links.path(asked, told.ids["token"])})
