"""The signed link of a customer: who has it sees the account, without a key, and nothing else.

Made of a secret of the installation, so that nobody can guess one. It stays the same until it is replaced.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from billto.app import records
from billto.app.parts import Id, Reader, Request, Tx
from billto.domain import customer as rules
from billto.domain import links
from billto.domain.alias import Alias
from billto.domain.customer import Customer
from billto.domain.document import OPENING, Document
from billto.domain.paging import unambiguous
from billto.domain.problems import Problem, Refused
from billto.domain.query import Compare, Op, Query
from billto.domain.scope import Scope
from billto.domain.templates import placeholders

PREFIX = "/portal"
# What is looked at when a link is opened.
_SHOWN = frozenset({"id", "entity_id", "deleted_at", "link_number"})
_PLACEHOLDERS = ("portal_url", "invoice_link")


class Opened(NamedTuple):
    """What a link opens."""

    scope: Scope
    customer_id: str


async def opened(reader: Reader, said: str) -> Opened:
    """What a token opens. Whatever is wrong with it, the answer is the same `no_statement`: a customer in the
    trash, an unknown one, a token of another installation, or one that was replaced."""
    link = links.read(said)
    if link is None:
        raise _nothing()
    scope = Scope("", "", key_id="", entity_id=link.entity_id)
    customer = await reader.get(Customer, scope, link.customer_id, shows=_SHOWN)
    if customer is None or customer.deleted_at is not None:
        raise _nothing()
    number: int | None = customer.link_number
    if customer.id != link.customer_id:
        there: list[Alias] = list(await reader.aliases(scope, (customer.id,)))
        number = next((one.link_number for one in there if one.id == link.customer_id), None)
    if number is None or not links.is_true(link, await reader.secret("statements"), number):
        raise _nothing()
    entity = await reader.owned(link.entity_id)
    if entity is None:
        raise _nothing()
    whose = Scope(
        entity.account_id, entity.environment, key_id="", read_only=True, bound_to=entity.id,
        entity_id=entity.id,
    )  # fmt: skip
    return Opened(whose, customer.id)


def customer_id(said: str) -> str:
    """Whom a token means that has opened something already."""
    link = links.read(said)
    if link is None:
        raise _nothing()
    return link.customer_id


def _nothing() -> Refused:
    return Refused(Problem("no_statement"))


async def token(reader: Reader, customer: Customer) -> str:
    secret = await reader.secret("statements")
    return links.token(secret, customer.entity_id, customer.id, customer.link_number)


async def url(reader: Reader, asked: Request, customer: Customer) -> str:
    """The address of a customer's page."""
    return f"{asked.base}{PREFIX}/{await token(reader, customer)}"


async def urls(reader: Reader, asked: Request, customer_ids: Collection[str]) -> Mapping[str, str]:
    """The addresses of the pages of several customers, by their ids; those in the trash have none."""
    if not customer_ids:
        return {}
    where = Compare("id", Op.IN, tuple(sorted(customer_ids)))
    query = Query(where, unambiguous(()), len(customer_ids), counted=False, shows=_SHOWN)
    found: Sequence[Customer] = (await reader.page(Customer, asked.scope, query)).records
    return {one.id: await url(reader, asked, one) for one in found}


async def document_url(reader: Reader, asked: Request, customer: Customer, document: Document) -> str:
    """The address of a document of the customer, as PDF."""
    return paper(await url(reader, asked, customer), document)


def paper(page: str, document: Document) -> str:
    """The address of a document as PDF, below that of the page."""
    return f"{page}/documents/{document.id}"


def is_shown(document: Document) -> bool:
    """Whether its customer may see a document."""
    return document.issued_at is not None and document.type != OPENING


def path(asked: Request, said: str) -> str:
    """Where the page of a token is on this server, also where a proxy has it below a path of its own."""
    return f"{urlsplit(asked.base).path}{PREFIX}/{said}"


async def words(
    reader: Reader, asked: Request, customer: Customer | None, *texts: str | None, of: Document | None = None
) -> dict[str, str | None]:
    """What the placeholders of addresses stand for, where one of the texts has some.

    Nothing where it is not known under which address this server is reached.
    """
    used = {name for text in texts if text for name in placeholders(text)}
    if customer is None or not asked.base or used.isdisjoint(_PLACEHOLDERS):
        return {}
    page = await url(reader, asked, customer)
    return {"portal_url": page, "invoice_link": paper(page, of) if of else page}


async def replaced(tx: Tx, asked: Request, id: Id) -> Customer:
    """The customer with another link. Those that were given out before open nothing any more, nor do those of
    customers that became part of it."""
    new = await records.change(tx, asked, Customer, id, "customer.portal_link_rotated", rules.relinked)
    for one in await tx.aliases(asked.scope, (new.id,)):
        await tx.update(one, one._replace(link_number=one.link_number + 1), asked.scope)
    return new
