"""A credit balance adjustment: credit that a customer is given, or that is taken back."""

from datetime import date as day
from datetime import datetime
from decimal import Decimal
from typing import Annotated, NamedTuple

from billto.domain.attrs import DAY, ID, MOMENT, MONEY, NUMBER, TAGS, text


class Adjustment(NamedTuple):
    """An amount that is added to a customer's credit balance, or taken from it where it is negative."""

    entity_id: Annotated[str, ID]
    id: Annotated[str, ID]
    serial: Annotated[int, NUMBER]  # the store allots it
    version: Annotated[int, NUMBER]
    created_at: Annotated[datetime, MOMENT]
    updated_at: Annotated[datetime, MOMENT]
    customer_id: Annotated[str, ID]
    customer: Annotated[int, NUMBER]  # its serial
    date: Annotated[day, DAY]
    currency_code: Annotated[str, text(3, searched=False)]
    amount: Annotated[Decimal, MONEY]
    voided_at: Annotated[datetime | None, MOMENT] = None
    note: Annotated[str | None, text(10_000, searched=False)] = None
    metadata: Annotated[dict[str, str], TAGS] = {}  # noqa: RUF012 (every adjustment is made with its own)
