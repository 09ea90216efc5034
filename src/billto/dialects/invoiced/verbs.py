"""Invoiced: what is done with customers."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from billto.app import customers
from billto.app.parts import Reader, Request, Tx
from billto.dialects.dialect import Said, Told
from billto.dialects.invoiced import query, statements
from billto.dialects.invoiced.answers import listed_as
from billto.dialects.invoiced.customers import CUSTOMER
from billto.dialects.invoiced.reading import fields, id_of
from billto.dialects.tags import tagged
from billto.domain.customer import Customer
from billto.domain.paging import unambiguous
from billto.domain.query import Compare, Op, Order, Query

_PARENT = "parent_customer"


async def create(tx: Tx, asked: Request, told: Told) -> Said:
    made = await customers.create_numbered(tx, asked, CUSTOMER.decode(fields(told), creating=True))
    return await _said(tx, told, made)


async def get(reader: Reader, asked: Request, told: Told) -> Said:
    found = await customers.live(reader, asked._replace(shows=CUSTOMER.reads), customer_id(told))
    (shown,) = await _shown(reader, asked, told, (found,))
    return Said(shown, headers=tagged(found))


async def page(reader: Reader, asked: Request, told: Told) -> Said:
    question = replace(query.read(CUSTOMER, told.given).query, shows=CUSTOMER.reads)
    found = await customers.page(reader, asked, question)
    shown = await _shown(reader, asked, told, found.records)
    return listed_as(shown, found.total or 0, question.skip, question.limit, told.url, told.given)


async def change(tx: Tx, asked: Request, told: Told) -> Said:
    values = CUSTOMER.decode(fields(told), creating=False)
    id = customer_id(told)
    changed = await customers.change(tx, asked, id, values, demand=customers.must_be_live)
    return await _said(tx, told, changed)


async def drop(tx: Tx, asked: Request, told: Told) -> Said:
    await customers.trash(tx, asked, customer_id(told), demand=customers.must_be_live)
    return Said(None)


def customer_id(told: Told) -> int:
    return id_of(told, "id", "Customer")


async def _said(tx: Tx, told: Told, customer: Customer) -> Said:
    shown = _plain(await statements.addresses(tx, told), customer)
    return Said(shown, headers=tagged(customer), shows=customer.id)


async def _shown(
    reader: Reader, asked: Request, told: Told, records: Iterable[Customer]
) -> list[dict[str, Any]]:
    """The customers as the parameters want them: with their parents, without what is left out."""
    addresses, shape = await statements.addresses(reader, told), query.shape(told.given)
    shown = [_plain(addresses, one) for one in records]
    if _PARENT in shape.expand:
        parents = {one.serial: _plain(addresses, one) for one in await _parents(reader, asked, records)}
        shown = [{**one, _PARENT: parents.get(one[_PARENT])} for one in shown]
    return [{key: value for key, value in one.items() if key not in shape.exclude} for one in shown]


async def _parents(reader: Reader, asked: Request, records: Iterable[Customer]) -> tuple[Customer, ...]:
    serials = tuple({one.parent for one in records if one.parent is not None})
    if not serials:
        return ()
    # In the order of the index by serial: in that of their ids all customers would be looked through.
    order, where = unambiguous((Order("serial"),)), Compare("serial", Op.IN, serials)
    asking = Query(where, order, len(serials), trashed=None, counted=False, shows=CUSTOMER.reads)
    return (await customers.page(reader, asked, asking)).records


def _plain(addresses: statements.Addresses, customer: Customer) -> dict[str, Any]:
    return {**CUSTOMER.encode(customer), "statement_pdf_url": addresses.of(customer)}
