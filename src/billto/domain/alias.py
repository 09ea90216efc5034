"""What a customer was called before it was merged into another: its old ids still lead there."""

from datetime import datetime
from typing import Annotated, NamedTuple

from billto.domain.attrs import ID, MOMENT, NUMBER, text


class Alias(NamedTuple):
    """A customer that has become part of another."""

    entity_id: Annotated[str, ID]
    id: Annotated[str, ID]  # the one that it had
    serial: Annotated[int, NUMBER]  # the one that it had
    customer_id: Annotated[str, ID]  # of whom it is part
    merged_at: Annotated[datetime, MOMENT]
    name: Annotated[str, text(500, searched=False)]
    number: Annotated[str | None, text(100, searched=False)] = None
    external_id: Annotated[str | None, text(255, searched=False)] = None
    link_number: Annotated[int, NUMBER] = 0  # of its signed link, which leads to the other


class Into(NamedTuple):
    """The customer of which another has become part."""

    id: str
    serial: int
