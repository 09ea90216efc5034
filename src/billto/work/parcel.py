"""What a worker gives to a channel, and what comes back."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from billto.domain.entity import Entity
from billto.domain.message import Message


class File(NamedTuple):
    """A paper that goes with a message."""

    name: str
    content: bytes


async def _forget(_address: str) -> None:
    """Of whom was reached, where nobody wants to know before the end."""


class Parcel(NamedTuple):
    """A message with everything that belongs to it."""

    message: Message
    files: tuple[File, ...]
    now: datetime
    entity: Entity | None = None  # whose message it is
    # Keeps whom it has reached, where one after the other is told: awaited before the next one is.
    reached: Callable[[str], Awaitable[None]] = _forget

    def left(self, addresses: Iterable[str]) -> list[str]:
        """Those who are still to be reached, each once: not whom an attempt before has reached, nor who will
        never be."""
        details = self.message.details or {}
        settled = {*(details.get("reached") or ()), *(details.get("refused") or ())}
        return [one for one in dict.fromkeys(addresses) if one not in settled]


class Receipt(NamedTuple):
    """What the next one on the way has taken: nothing of it is sent a second time."""

    provider_id: str | None = None
    reached: tuple[str, ...] = ()
    refused: Mapping[str, str] = {}  # addresses that will never be reached, and why
    later: Mapping[str, str] = {}  # addresses that may be reached another time
    wait_seconds: float = 0  # that the next one on the way wants to be left alone
    details: Mapping[str, Any] = {}  # what else it has said, and may be told


class Undelivered(Exception):
    """Nobody was reached. Another attempt may do better, unless it is final."""

    def __init__(self, reason: str, *, is_final: bool = False, wait_seconds: float = 0) -> None:
        super().__init__(reason)
        self.is_final = is_final
        self.wait_seconds = wait_seconds  # that whoever was asked wants to be left alone


class Channel(Protocol):
    """A way to deliver messages. Raises Undelivered, and never anything that is not a fault of ours."""

    async def deliver(self, parcel: Parcel, /) -> Receipt: ...
