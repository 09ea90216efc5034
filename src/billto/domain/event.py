"""What happened to a record: one row for each change, never altered."""

from datetime import datetime
from typing import Annotated, NamedTuple

from billto.domain.attrs import ID, MOMENT, text, tree
from billto.domain.nodes import Many, Text


class Event(NamedTuple):
    """Something that was done to a record of an entity, by which key, in which request."""

    entity_id: Annotated[str, ID]
    id: Annotated[str, ID]
    kind: Annotated[str, text(60)]  # customer.created, entity.disabled …
    subject_id: Annotated[str, ID]
    at: Annotated[datetime, MOMENT]
    key_id: Annotated[str | None, ID] = None
    request_id: Annotated[str | None, text(255)] = None
    # The names of the attributes that changed: enough to tell what was touched, without keeping the personal
    # data that may have to be erased one day.
    changed: Annotated[list[str] | None, tree(Many(Text(null=False), most=200))] = None
