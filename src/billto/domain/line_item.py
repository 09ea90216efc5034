"""A pending line item: what a customer has been supplied with and the next invoice will bill."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Context, Decimal
from typing import Annotated, Any, NamedTuple

from billto.domain.attrs import AMOUNT, FLAG, ID, METADATA, MOMENT, NUMBER, Attr, Kind, text
from billto.domain.customer import Customer
from billto.domain.versions import touched

# Two amounts have at most 21 digits each: their product is never rounded.
_EXACT = Context(prec=50)


class LineItem(NamedTuple):
    """A line of an invoice to come; it is erased with the customer."""

    entity_id: Annotated[str, ID]
    id: Annotated[str, ID]
    serial: Annotated[int, NUMBER]  # the store allots it
    version: Annotated[int, NUMBER]
    created_at: Annotated[datetime, MOMENT]
    updated_at: Annotated[datetime, MOMENT]
    customer_id: Annotated[str, ID]
    customer: Annotated[int, NUMBER]  # its serial, for doors that know no other id
    name: Annotated[str, text(255, least=1, searched=False)]
    description: Annotated[str | None, text(10_000, searched=False)] = None
    kind: Annotated[str | None, text(50, searched=False)] = None  # product, service, hours …
    quantity: Annotated[Decimal, AMOUNT] = Decimal(1)
    unit_cost: Annotated[Decimal, AMOUNT] = Decimal(0)
    is_discountable: Annotated[bool, FLAG] = True
    is_taxable: Annotated[bool, FLAG] = True
    metadata: Annotated[dict[str, str], Attr(Kind.MAP, shape=METADATA.shape)] = {}  # noqa: RUF012


def made(values: Mapping[str, Any], *, of: Customer, id: str, now: datetime) -> LineItem:
    """A new item of a customer, out of checked values."""
    return LineItem(
        **{"metadata": {}, **values}, entity_id=of.entity_id, customer_id=of.id, customer=of.serial,
        id=id, serial=0, version=1, created_at=now, updated_at=now,
    )  # fmt: skip


def changed(item: LineItem, values: Mapping[str, Any], now: datetime) -> LineItem:
    """The item with some checked values in place of its own; the very same when nothing differs."""
    return touched(item, values, now)


def amount(item: LineItem) -> Decimal:
    """Quantity times unit cost, exactly: an item has no currency whose places could be rounded to."""
    return _EXACT.multiply(item.quantity, item.unit_cost)
