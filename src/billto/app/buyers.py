"""For whom a document is: a customer that is named, found by what is said of it, or saved on the way."""

from collections.abc import Iterable, Mapping
from typing import Any

from billto.app import customers, following
from billto.app.ledger import alone
from billto.app.parts import Id, Reader, Request, Tx
from billto.domain.attrs import catalogue
from billto.domain.customer import Customer
from billto.domain.paging import unambiguous
from billto.domain.problems import Problem, Refused
from billto.domain.query import All, Compare, Missing, Node, Op, Order, Query

# What of a buyer is said of the customer as well, when it is saved.
_SAVED = frozenset(catalogue(Customer)) - {"id", "serial", "version", "number", "metadata"}
HELD_MAX = 1_000  # customers: several may share an address


async def found(
    tx: Tx,
    asked: Request,
    values: Mapping[str, Any],
    buyer: Mapping[str, Any] | None,
    *,
    saves: bool | None,
) -> tuple[dict[str, Any], Customer | None]:
    """The values without the customer's ids, and the customer.

    `buyer` is what was said on the document itself. Without an id the customer is the one with this e-mail
    address; where there is none it is made, unless `saves` is false. With an id it is changed by what was
    said only where `saves` is true. A customer that was there already is held (see `ledger`).
    """
    given = dict(values)
    id: Id | None = given.pop("customer_id", None)
    serial = given.pop("customer", None)
    id = id if id is not None else serial
    said = {name: value for name, value in (buyer or {}).items() if name in _SAVED}
    if id is not None:
        customer = await _named(tx, asked, id)
        await alone(tx, asked, (customer.id,))
        if saves and said:
            customer = await customers.change(tx, _plain(asked), customer.id, said)
        return given, customer
    if buyer is None or saves is False:
        return given, None
    there = await _by_email(tx, asked, said.get("email"))
    if there is None:
        if not said.get("name"):
            raise Refused(Problem("required", ("customer", "name")))
        return given, await customers.create(tx, asked, said)
    await alone(tx, asked, (there.id,))
    if saves:
        there = await customers.change(tx, _plain(asked), there.id, said)
    return given, there


async def hold_all(tx: Tx, asked: Request, named: Iterable[tuple[str | None, str | None]]) -> None:
    """Holds the customers of several documents at once, each named by id or e-mail address: one after the
    other, two who bill the same ones in another order could wait for each other."""
    ids, emails = zip(*named, strict=True)
    found: set[str] = set()
    for attr, values in (("id", ids), ("email", emails)):
        if some := tuple(dict.fromkeys(filter(None, values))):
            # In the order of the index: in that of their ids all customers would be looked through.
            order, shows = unambiguous((Order(attr),)), frozenset({"id", attr})
            query = Query(Compare(attr, Op.IN, some), order, HELD_MAX, counted=False, shows=shows)
            found |= {one.id for one in (await following.page(tx, _plain(asked), Customer, query)).records}
    await alone(tx, asked, found)


async def _named(tx: Reader, asked: Request, id: Id) -> Customer:
    try:
        return await customers.live(tx, _plain(asked), id)
    except Refused as refused:
        if refused.status != 404:
            raise
        raise Refused(Problem("unknown_reference", ("customer_id",), f"customer {id}")) from None


async def _by_email(tx: Reader, asked: Request, email: str | None) -> Customer | None:
    """The customer with this address; of several the oldest."""
    if not email:
        return None
    where: Node = All((Compare("email", Op.EQ, email), Missing("deleted_at")))
    query = Query(where, unambiguous(()), limit=1, counted=False)
    page = await tx.page(Customer, asked.scope, query)
    return page.records[0] if page.records else None


def _plain(asked: Request) -> Request:
    """The request, of which neither the versions nor what is shown are those of the customer."""
    return asked._replace(expected=None, shows=None)
