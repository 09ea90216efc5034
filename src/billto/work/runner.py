"""The worker: takes what is due out of the outbox, delivers it, and keeps what came of it.

Before a message is touched, a lease on it is on the disk; after it, what came of it. Whoever dies in between
leaves the lease behind, and when that is over another one delivers. So every message arrives, and a second
copy is only possible of one that was under way at that moment; both have the same Message-ID.
"""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from billto.app import messages
from billto.app.parts import Request, Store
from billto.domain.entity import Entity
from billto.domain.message import CHANNELS, DELAYS, FAILED, Message
from billto.domain.problems import Refused
from billto.work import papers
from billto.work.hands import Hands
from billto.work.parcel import Channel, Parcel, Receipt, Undelivered

log = logging.getLogger("billto.work")

# Of a delivery that went wrong for a reason nobody foresaw; the log has the rest.
_OUR_FAULT = "something went wrong on our side"


class Pace(NamedTuple):
    """How quickly a worker goes about it."""

    seconds: float = 60  # that one delivery may take
    at_once: int = 4  # deliveries
    poll_seconds: float = 1  # between two looks, while nothing is due
    drain_seconds: float = 10  # for what is under way at the end
    delays: Sequence[timedelta] = DELAYS

    @property
    def lease(self) -> timedelta:
        """Longer than a delivery may take, so that nobody else begins while it is under way."""
        return timedelta(seconds=2 * self.seconds + 1)


class Delivery(NamedTuple):
    """What may be told of an attempt."""

    channel: str
    outcome: str  # sent, postponed, failed


Own = Callable[[Entity, str], Awaitable[Channel | None]]


class Runner(Hands):
    """One worker. There may be any number of them on one database."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        channels: Mapping[str, Channel],
        observe: Callable[[Delivery], None],
        pace: Pace = Pace(),  # noqa: B008 (nothing changes it)
        own: Own | None = None,  # finds the channel that an entity has of its own
    ) -> None:
        super().__init__("outbox", pace.at_once, pace.drain_seconds)
        self._store = store
        self._clock = clock
        self._channels = channels
        self._own = own
        self._names = sorted(channels) if own is None else list(CHANNELS)
        self._after = ""  # the entity whose turn it was last
        self._observe = observe
        self._pace = pace
        self._taken: deque[Message] = deque()

    async def begun(self) -> float:
        pace = self._pace
        pause = pace.poll_seconds * random.uniform(0.8, 1.2)  # noqa: S311 (workers look one after the other)
        if not self.free:
            return pause
        if not self._taken:
            try:
                self._taken.extend(await self._more())
            except Refused as refused:
                return max(pause, refused.retry_seconds or 1)
            except Exception:
                log.exception("the outbox cannot be read")
                return max(pause, 5)
        while self.free and self._taken:
            message = self._taken.popleft()
            self._after = message.entity_id
            self.begin(self._one(message), message.id)
        return pause

    async def _more(self) -> Sequence[Message]:
        """What is due, for the free hands and once more for all: one transaction for several messages.

        Who waits for a hand does so for one delivery at most, so that its lease is long enough for both.
        """
        due = await self._store.reader.next_due(self._names)
        if due is None or due > self._clock():
            return ()
        pace, most = self._pace, self.free + self._pace.at_once
        return await self._store.write(
            lambda tx: messages.taken(tx, self._names, most, pace.lease, len(pace.delays) + 1, self._after)
        )

    async def _drain(self) -> None:
        """What was taken is delivered: nobody else would, until its lease is over."""
        for message in self._taken:
            self.begin(self._one(message), message.id)
        self._taken.clear()
        await super()._drain()

    async def _one(self, message: Message) -> None:
        """One attempt, from the papers to what is kept of it."""
        asked = None
        try:
            async with asyncio.timeout(self._pace.seconds):
                entity = await self._store.reader.owned(message.entity_id)
                assert entity is not None
                asked = messages.on_behalf(entity)
                files = await papers.made(self._store.reader, asked, entity, message)
                parcel = Parcel(message, files, self._clock(), entity, self._keeper(asked, message))
                receipt = await (await self._channel(entity, message.channel)).deliver(parcel)
        except TimeoutError:
            await self._unsent(
                asked, message, Undelivered(f"took longer than {self._pace.seconds:g} seconds")
            )
        except Undelivered as fault:
            await self._unsent(asked, message, fault)
        except Refused as refused:
            await self._unsent(asked, message, Undelivered(refused.told))
        except Exception:
            log.exception("message %s could not be delivered", message.id)
            await self._unsent(asked, message, Undelivered(_OUR_FAULT))
        else:
            await self._sent(asked, message, receipt)

    async def _channel(self, entity: Entity, name: str) -> Channel:
        """The entity's own channel, or else the installation's."""
        own = None if self._own is None else await self._own(entity, name)
        found = own or self._channels.get(name)
        if found is None:
            raise Undelivered("no channel is connected by which it could go")
        return found

    def _keeper(self, asked: Request, message: Message) -> Callable[[str], Awaitable[None]]:
        """Keeps on the disk whom a message has reached, one after the other."""
        before = (message.details or {}).get("reached") or ()
        reached = list(before)

        async def keep(address: str) -> None:
            reached.append(address)
            await self._kept(lambda tx: messages.reached(tx, asked, message, {"reached": list(reached)}))

        return keep

    async def _sent(self, asked: Request, message: Message, receipt: Receipt) -> None:
        """Keeps who was reached; those who may be reached another time are left for another attempt."""
        before = message.details or {}
        reached = [*(before.get("reached") or ()), *receipt.reached]
        refused = {**(before.get("refused") or {}), **receipt.refused}
        details = {"reached": reached, **({"refused": refused} if refused else {}), **receipt.details}
        if receipt.later:
            fault = Undelivered(_listed(receipt.later), wait_seconds=receipt.wait_seconds)
            await self._unsent(asked, message, fault, details)
        elif not reached:
            await self._unsent(asked, message, Undelivered(_listed(refused), is_final=True), details)
        else:
            log.info("message %s is sent", message.id)
            await self._kept(lambda tx: messages.sent(tx, asked, message, receipt.provider_id, details))
            self._observe(Delivery(message.channel, "sent"))

    async def _unsent(
        self,
        asked: Request | None,
        message: Message,
        fault: Undelivered,
        details: Mapping[str, object] | None = None,
    ) -> None:
        if asked is None:
            return  # not even whose it is could be read: the lease ends by itself
        log.warning("message %s is not sent, attempt %s: %s", message.id, message.attempts, fault)
        kept = await self._kept(
            lambda tx: messages.unsent(
                tx, asked, message, str(fault),
                is_final=fault.is_final, details=details, delays=self._pace.delays,
                wait=timedelta(seconds=fault.wait_seconds),
            )
        )  # fmt: skip
        outcome = "failed" if kept is not None and kept.state == FAILED else "postponed"
        self._observe(Delivery(message.channel, outcome))

    async def _kept(self, work: Callable[..., object]) -> Message | None:
        """Keeps what came of an attempt, however long the database is away: to forget it would be to repeat
        it."""
        while True:
            try:
                return await self._store.write(work)  # type: ignore[arg-type]
            except Refused as refused:
                await asyncio.sleep(refused.retry_seconds or 1)
            except Exception:
                log.exception("what came of a message cannot be kept")
                return None


def _listed(reasons: Mapping[str, str]) -> str:
    return "; ".join(f"{address}: {reason}" for address, reason in reasons.items())
