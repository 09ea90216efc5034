"""Lists for whoever still names customers by what they were called before they became part of others."""

from dataclasses import replace
from typing import Any, NamedTuple

from billto.app.parts import Reader, Request
from billto.domain import renaming
from billto.domain.query import Page, Query


async def page(reader: Reader, asked: Request, record: type[NamedTuple], query: Query) -> Page:
    """A page of records; who names one customer that is still there does not pay for those that are not."""
    named = renaming.asked(record, query.where)
    if not named:
        return await reader.page(record, asked.scope, query)
    if not renaming.is_plain(record, query.where):
        return await reader.page(record, asked.scope, await _followed(reader, asked, record, query))
    page = await reader.page(record, asked.scope, query)
    if page.records:
        return page
    followed = await _followed(reader, asked, record, query)
    return page if followed is query else await reader.page(record, asked.scope, followed)


async def _followed(reader: Reader, asked: Request, record: type[NamedTuple], query: Query) -> Query:
    found: dict[tuple[str, Any], Any] = {}
    for attr, values in renaming.asked(record, query.where).items():
        name = renaming.names(record)[attr]
        led = await reader.merged(asked.scope, name.was, values)
        found |= {(attr, value): getattr(into, name.of) for value, into in led.items()}
    return replace(query, where=renaming.renamed(record, query.where, found)) if found else query
