"""What an entity sells, and the taxes it charges: what lines of documents are made of."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, NamedTuple

from billto.domain.attrs import AMOUNT, FLAG, ID, METADATA, MOMENT, NUMBER, TAGS, text, tree
from billto.domain.nodes import Many, Text


class TaxRate(NamedTuple):
    """A tax, as a percentage or a fixed amount."""

    entity_id: Annotated[str, ID]
    id: Annotated[str, ID]
    serial: Annotated[int, NUMBER]  # the store allots it
    version: Annotated[int, NUMBER]
    created_at: Annotated[datetime, MOMENT]
    updated_at: Annotated[datetime, MOMENT]
    name: Annotated[str, text(255, least=1, searched=False)]
    rate: Annotated[Decimal, AMOUNT]
    is_percent: Annotated[bool, FLAG] = True
    is_inclusive: Annotated[bool, FLAG] = False  # part of the price already
    is_default: Annotated[bool, FLAG] = False
    code: Annotated[str | None, text(100, unique=True, searched=False)] = None  # its name for programs
    classification: Annotated[str | None, text(100, unique=True, searched=False)] = None
    currency_code: Annotated[str | None, text(3, searched=False)] = None  # of a fixed amount
    metadata: Annotated[dict[str, str], TAGS] = {}  # noqa: RUF012 (every one is made with its own)


class Item(NamedTuple):
    """Something that is sold, with what a line says of it unless the line says otherwise."""

    entity_id: Annotated[str, ID]
    id: Annotated[str, ID]
    serial: Annotated[int, NUMBER]  # the store allots it
    version: Annotated[int, NUMBER]
    created_at: Annotated[datetime, MOMENT]
    updated_at: Annotated[datetime, MOMENT]
    name: Annotated[str, text(1_000, least=1)]
    description: Annotated[str | None, text(10_000, searched=False)] = None
    code: Annotated[str | None, text(100, unique=True)] = None  # its name for programs
    category: Annotated[str | None, text(50, searched=False)] = None
    sku: Annotated[str | None, text(255)] = None
    unit: Annotated[str | None, text(50, searched=False)] = None
    price: Annotated[Decimal | None, AMOUNT] = None  # of one, net
    gross_price: Annotated[Decimal | None, AMOUNT] = None  # of one, with tax
    currency_code: Annotated[str | None, text(3, searched=False)] = None
    is_taxable: Annotated[bool, FLAG] = True
    is_discountable: Annotated[bool, FLAG] = True
    tax_ids: Annotated[list[str] | None, tree(Many(Text(most=24, null=False), most=10))] = None
    metadata: Annotated[dict[str, str], METADATA] = {}  # noqa: RUF012 (every item is made with its own)
