"""What a worker gives to a channel, and what comes back."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple, Protocol

from billto.domain.message import Message


class File(NamedTuple):
    """A paper that goes with a message."""

    name: str
    content: bytes


class Parcel(NamedTuple):
    """A message with everything that belongs to it."""

    message: Message
    files: tuple[File, ...]
    now: datetime


class Receipt(NamedTuple):
    """What the next one on the way has taken: nothing of it is sent a second time."""

    provider_id: str | None = None
    reached: tuple[str, ...] = ()
    refused: Mapping[str, str] = {}  # addresses that will never be reached, and why
    later: Mapping[str, str] = {}  # addresses that may be reached another time


class Undelivered(Exception):
    """Nobody was reached. Another attempt may do better, unless it is final."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.is_final = is_final


class Channel(Protocol):
    """A way to deliver messages. Raises Undelivered, and never anything that is not a fault of ours."""

    async def deliver(self, parcel: Parcel, /) -> Receipt: ...
