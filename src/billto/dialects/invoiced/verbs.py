"""Invoiced: what is done with customers."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from billto.app import catalog, customers
from billto.app.parts import Reader, Request, Tx
from billto.dialects.dialect import Said, Told
from billto.dialects.invoiced import query, statements
from billto.dialects.invoiced.answers import listed_as
from billto.dialects.invoiced.catalog import shown_rates
from billto.dialects.invoiced.customers import CUSTOMER
from billto.dialects.invoiced.reading import fields, id_of
from billto.dialects.tags import tagged
from billto.domain.customer import Customer
from billto.domain.paging import unambiguous
from billto.domain.problems import Problem, Refused
from billto.domain.query import Compare, Op, Order, Query

_PARENT = "parent_customer"


async def create(tx: Tx, asked: Request, told: Told) -> Said:
    values = CUSTOMER.decode(fields(told), creating=True)
    await _check_taxes(tx, asked, values)
    return await _said(tx, asked, told, await customers.create_numbered(tx, asked, values))


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
    await _check_taxes(tx, asked, values)
    id = customer_id(told)
    changed = await customers.change(tx, asked, id, values, demand=customers.must_be_live)
    return await _said(tx, asked, told, changed)


async def drop(tx: Tx, asked: Request, told: Told) -> Said:
    of = await customers.hold(tx, asked, customer_id(told))
    if await tx.uses(asked.scope, of.id):
        raise Refused(Problem("not_offered", detail=_IN_THE_BOOKS))
    await customers.trash(tx, asked, customer_id(told), demand=customers.must_be_live)
    return Said(None)


_IN_THE_BOOKS = "a customer with documents, payments or credits cannot be deleted"


def customer_id(told: Told) -> int:
    return id_of(told, "id", "Customer")


async def _check_taxes(tx: Tx, asked: Request, values: Mapping[str, Any]) -> None:
    """Raises Refused for tax rates that do not exist."""
    names = values.get("tax_rates") or ()
    there = await catalog.named(catalog.TAX_RATES, tx, asked, names) if names else {}
    for name in names:
        if name not in there:
            raise Refused(Problem("unknown_reference", ("tax_rates",), f"tax rate {name}"))


async def _said(tx: Tx, asked: Request, told: Told, customer: Customer) -> Said:
    (shown,) = await shown_customers(tx, asked, (customer,))
    return Said(shown, headers=tagged(customer), shows=customer.id)


async def _shown(
    reader: Reader, asked: Request, told: Told, records: Iterable[Customer]
) -> list[dict[str, Any]]:
    """The customers as the parameters want them: with their parents, without what is left out."""
    shape = query.shape(told.given)
    shown = await shown_customers(reader, asked, records)
    if _PARENT in shape.expand:
        above = await _parents(reader, asked, records)
        parents = {one["id"]: one for one in await shown_customers(reader, asked, above)}
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


async def shown_customers(reader: Reader, asked: Request, some: Iterable[Customer]) -> list[dict[str, Any]]:
    """The customers with what their table cannot know: addresses of statements, and their tax rates."""
    addresses, shown = await statements.addresses(reader, asked), []
    names = sorted({name for one in some for name in one.tax_rates or ()})
    rates = await shown_rates(reader, asked, names)
    for one in some:
        taxes = [rates[name] for name in one.tax_rates or () if name in rates]
        own = {"statement_pdf_url": addresses.of(one), "taxes": taxes}
        shown.append({**CUSTOMER.encode(one), **own})
    return shown
