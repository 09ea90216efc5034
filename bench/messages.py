"""`python -m bench.messages`: messages a second out of the outbox, beside aiosmtplib alone."""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import aiosmtplib

from billto.app import documents
from billto.work.runner import Pace
from tests.drills.waiting import until
from tests.postgres import server
from tests.store.stores import casting, made, migrate
from tests.work.office import SENDER, Office, now
from tests.work.post import Post, posted

RESULTS = Path(__file__).parent / "RESULTS-messages.md"
_HEAD = ("messages", "on", "a second", "of aiosmtplib alone")
_AT_ONCE = 4
_ROUNDS = 5
_SECONDS_MAX = 600


class Figure(NamedTuple):
    name: str
    engine: str
    rate: float
    share: float


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.messages", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {RESULTS.name}")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="billto-bench-") as folder, posted(Path(folder) / "post") as post:
        figures = list(_all(Path(folder), post))
    print(page(figures))
    if given.write:
        RESULTS.write_text(page(figures), encoding="utf-8")


def _all(folder: Path, post: Post) -> Iterator[Figure]:
    with server(durable=True) as postgres, postgres.database() as url:
        for engine, where in (("SQLite", f"sqlite:///{folder}/billto.sqlite"), ("PostgreSQL", url)):
            migrate(where)
            yield from asyncio.run(_measured(engine, where, post))


async def _measured(engine: str, url: str, post: Post) -> list[Figure]:
    store = made(url, now)  # type: ignore[arg-type]
    await store.open()
    cast = await store.write(casting)
    await store.close()
    async with Office(url, cast.live, post.url, Pace(seconds=60, at_once=_AT_ONCE)) as office:
        paper = await _invoice(office)
        return [
            await _compared("of text", engine, office, post, [{}] * 300),
            await _compared("with an invoice as PDF", engine, office, post, [paper] * 60),
        ]


async def _compared(
    name: str, engine: str, office: Office, post: Post, orders: Sequence[dict[str, Any]]
) -> Figure:
    """Turn by turn with the library alone, which sends the very same bytes that were made before."""
    ours, bare = [], []
    for _ in range(_ROUNDS):
        queued = [await office.write(**one) for one in orders]
        start = time.perf_counter()
        await _emptied(office)
        ours.append(time.perf_counter() - start)
        names = {str(one.message_id) for one in queued}
        mails = [one.raw for one in post.taken() if one.id in names]
        assert len(mails) == len(orders)
        start = time.perf_counter()
        await _alone(post, mails)
        bare.append(time.perf_counter() - start)
        for path in post.folder.glob("*.eml"):
            path.unlink()
    taken = statistics.median(ours)
    return Figure(name, engine, len(orders) / taken, statistics.median(bare) / taken)


async def _invoice(office: Office) -> dict[str, Any]:
    async def make(tx: Any) -> dict[str, Any]:
        said = {"lines": [{"name": "Work", "price": 100}], "buyer": {"name": "Acme"}}
        made_ = await documents.create(tx, office.asked, "invoice", said)
        return {"attachments": [{"paper": "document", "document_id": made_.id}], "document_id": made_.id}

    return await office.store.write(make)


async def _emptied(office: Office) -> None:
    """One worker, until nothing waits."""
    worker = office.worker()
    await worker.start()
    await until(lambda: _is_empty(office), _SECONDS_MAX, "empty")
    await worker.stop()


async def _is_empty(office: Office) -> bool:
    return not (await office.store.reader.message_counts())["queued"]


async def _alone(post: Post, mails: Sequence[bytes]) -> None:
    """As many at once, each over a connection of its own, as we do it."""
    left = iter(mails)

    async def one_after_the_other() -> None:
        for mail in left:
            await aiosmtplib.send(
                mail, sender=SENDER, recipients=["ana@acme.example"], hostname="127.0.0.1", port=post.port,
                start_tls=False,
            )  # fmt: skip

    await asyncio.gather(*(one_after_the_other() for _ in range(_AT_ONCE)))


def page(figures: Sequence[Figure]) -> str:
    rows = "\n".join(f"| {one.name} | {one.engine} | {one.rate:,.0f} | {one.share:.2f} |" for one in figures)
    return (
        "# Messages, measured\n\n"
        "Out of the outbox to a mail server on the same machine by one worker, four at once, beside the\n"
        "library that speaks SMTP alone with the same bytes: the share is what claiming, setting papers,\n"
        "writing mail and keeping what came of it leave of its rate. Durable databases; wall time, the\n"
        "median of turns about. `python -m bench.messages --write` measures anew.\n\n"
        f"| {' | '.join(_HEAD)} |\n|{'---|' * len(_HEAD)}\n{rows}\n"
    )


if __name__ == "__main__":
    main()
