"""An office that writes to its customers: messages in a real database, and a worker that delivers them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from billto import config
from billto.app import messages
from billto.app.parts import Request
from billto.domain.message import Message
from billto.domain.scope import Scope
from billto.work.channels import channels
from billto.work.parcel import Channel
from billto.work.runner import Delivery, Pace, Runner
from tests.drills.waiting import until
from tests.store.stores import AnyStore, made

SENDER = "billing@studio.example"
SECONDS_MAX = 60
SOON = timedelta(milliseconds=50)
# As in life, only a thousand times as fast.
QUICK = Pace(seconds=2, at_once=4, poll_seconds=0.02, drain_seconds=5, delays=[SOON] * 30)


def now() -> datetime:
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


class Office:
    """One entity, and whatever delivers its messages."""

    def __init__(self, url: str, scope: Scope, mail: str, pace: Pace = QUICK, **settings: str) -> None:
        self.url = url
        self.asked = Request(scope)
        self.pace = pace
        self.seen: list[Delivery] = []
        self._settings = {
            "BILLTO_MAIL": mail,
            "BILLTO_MAIL_FROM": SENDER,
            "BILLTO_DELIVERY_SECONDS": str(int(pace.seconds)),
            **{f"BILLTO_{name.upper()}": value for name, value in settings.items()},
        }

    async def __aenter__(self) -> Self:
        self.store: AnyStore = made(self.url, now)  # type: ignore[arg-type]
        await self.store.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.store.close()

    @property
    def channels(self) -> dict[str, Channel]:
        return dict(channels(config.read(self._settings)))

    async def write(self, **values: Any) -> Message:
        """A message that waits."""
        said = {"recipients": [{"address": "ana@acme.example"}], "subject": "Hello", "body": "Text", **values}
        return await self.store.write(lambda tx: messages.queue(tx, self.asked, said))

    def worker(self, **channels: Channel) -> Runner:
        return Runner(self.store, now, channels or self.channels, self.seen.append, self.pace)

    async def settled(self, *ids: str, within: float = SECONDS_MAX) -> list[Message]:
        """The messages once none of them waits any more, with one worker at work."""
        worker = self.worker()
        await worker.start()
        try:
            return await self.waited(ids, within)
        finally:
            await worker.stop()

    async def waited(self, ids: Sequence[str], within: float = SECONDS_MAX) -> list[Message]:
        async def settled() -> list[Message]:
            found = [await self.now(id) for id in ids]
            return [] if any(one.state == "queued" for one in found) else found

        return await until(settled, within, "settled")

    async def tried(self, id: str, times: int = 1) -> Message:
        """The message once so many attempts have failed, with one worker at work."""

        async def failed() -> Message | None:
            one = await self.now(id)
            return one if one.attempts >= times and one.last_error else None

        worker = self.worker()
        await worker.start()
        try:
            found = await until(failed, SECONDS_MAX, f"tried {times} times")
            assert found is not None
            return found
        finally:
            await worker.stop()

    async def now(self, id: str) -> Message:
        found = await self.store.reader.get(Message, self.asked.scope, id)
        assert found is not None
        return found


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.exists() else []
