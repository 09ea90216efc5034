"""All customers of an entity, page by page."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from billto.app.parts import Reader
from billto.domain.customer import Customer
from billto.domain.paging import place
from billto.domain.query import Order, Query, Start
from billto.domain.scope import Scope

_PAGE = 500


async def pages(reader: Reader, scope: Scope) -> AsyncIterator[Sequence[Customer]]:
    """Customers that are not in the trash, the oldest first."""
    query = Query(order=(Order("id"),), limit=_PAGE, counted=False)
    while True:
        page = await reader.page(Customer, scope, query)
        yield page.records
        if not page.has_next:
            return
        query = replace(query, start=Start(place(query.order, page.records[-1])))
