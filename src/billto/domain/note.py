"""A note: what somebody wrote down about a customer, for those who work with it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, NamedTuple

from billto.domain.attrs import ID, MOMENT, NUMBER, text
from billto.domain.customer import Customer
from billto.domain.versions import touched


class Note(NamedTuple):
    """A text about a customer; it is erased with the customer."""

    entity_id: Annotated[str, ID]
    id: Annotated[str, ID]
    serial: Annotated[int, NUMBER]  # the store allots it
    version: Annotated[int, NUMBER]
    created_at: Annotated[datetime, MOMENT]
    updated_at: Annotated[datetime, MOMENT]
    customer_id: Annotated[str, ID]
    customer: Annotated[int, NUMBER]  # its serial, for doors that know no other id
    content: Annotated[str, text(10_000, least=1, searched=False)]


def made(values: Mapping[str, Any], *, of: Customer, id: str, now: datetime) -> Note:
    """A new note about a customer, out of checked values."""
    return Note(
        **values, entity_id=of.entity_id, customer_id=of.id, customer=of.serial,
        id=id, serial=0, version=1, created_at=now, updated_at=now,
    )  # fmt: skip


def changed(note: Note, values: Mapping[str, Any], now: datetime) -> Note:
    """The note with some checked values in place of its own; the very same when nothing differs."""
    return touched(note, values, now)
