"""What is left of a customer that was deleted for good: enough for who keeps a copy to delete it too."""

from datetime import datetime
from typing import Annotated, NamedTuple

from billto.domain.attrs import ID, MOMENT, text


class Tombstone(NamedTuple):
    """A customer that is no more. It says nothing about a person."""

    entity_id: Annotated[str, ID]
    id: Annotated[str, ID]
    erased_at: Annotated[datetime, MOMENT]
    external_id: Annotated[str | None, text(255, searched=False)] = None
