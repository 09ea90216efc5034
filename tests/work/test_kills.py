"""Whoever dies while it delivers: every message arrives, and a copy is only possible of one under way.

KILLS=200 in the environment kills as often.
"""

import asyncio
import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.store.stores import Stage, on_postgresql
from tests.work.office import SENDER, Office
from tests.work.post import Post, posted

KILLS = int(os.environ.get("KILLS", "6"))
EACH = 8  # messages before each kill
SECONDS_MAX = 60 + 3 * KILLS


class Worker:
    """A process that delivers, until it is ended."""

    def __init__(self, url: str, post: Post, folder: Path) -> None:
        said = {
            "BILLTO_DATABASE_URL": url,
            "BILLTO_MAIL": post.url,
            "BILLTO_MAIL_FROM": SENDER,
            "BILLTO_DELIVERY_SECONDS": "2",
        }
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join((".", *sys.path))}
        self._log = (folder / "worker.log").open("a")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.work.delivering", json.dumps(said)],
            env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "working\n", (folder / "worker.log").read_text()

    def kill(self) -> None:
        self.process.kill()
        self._gone()

    def stop(self) -> None:
        """As an operator ends it."""
        self.process.terminate()
        assert self._gone() == 0

    def _gone(self) -> int:
        status = self.process.wait(30)
        for one in (self.process.stdin, self.process.stdout, self._log):
            assert one is not None
            one.close()
        return status


def test_nothing_is_lost_when_the_worker_is_killed_again_and_again(stage: Stage, tmp_path: Path) -> None:
    """And nothing is sent twice that was recorded as sent before the kill."""
    chance = random.Random(7)
    with posted(tmp_path / "post", "--refuse", "20", "--cut", "10", "--hang", "3") as post:

        async def story() -> None:
            async with Office(stage.url, stage.cast.live, post.url) as office:
                doubtful: Counter[str] = Counter()
                ids: list[str] = []
                for _ in range(KILLS):
                    ids += [(await office.write(subject="x")).id for _ in range(EACH)]
                    worker = await asyncio.to_thread(Worker, stage.url, post, tmp_path)
                    await asyncio.sleep(chance.uniform(0, 0.5))
                    await asyncio.to_thread(worker.kill)
                    for one in await office.store.reader.messages("queued", 100_000):
                        if one.leased_until is not None:
                            doubtful[str(one.message_id)] += 1
                last = await asyncio.to_thread(Worker, stage.url, post, tmp_path)
                found = await office.waited(ids, SECONDS_MAX)
                await asyncio.to_thread(last.stop)
                assert {one.state for one in found} == {"sent"}
                taken = post.numbers()
                assert taken.keys() == {one.message_id for one in found}
                copies = {name: number - 1 for name, number in taken.items() if number > 1}
                assert all(number <= doubtful[name] for name, number in copies.items()), copies

        stage.runner.run(asyncio.wait_for(story(), SECONDS_MAX * 2))


@on_postgresql
def test_two_workers_share_the_work_and_neither_repeats_the_other(stage: Stage, tmp_path: Path) -> None:
    number = 60
    with posted(tmp_path / "post") as post:

        async def story() -> None:
            async with Office(stage.url, stage.cast.live, post.url) as office:
                start: Callable[[], Worker] = lambda: Worker(stage.url, post, tmp_path)  # noqa: E731
                workers = [await asyncio.to_thread(start) for _ in range(2)]
                ids = [(await office.write(subject="x")).id for _ in range(number)]
                await office.waited(ids)
                for one in workers:
                    await asyncio.to_thread(one.stop)

        stage.run(story())
        assert sorted(post.numbers().values()) == [1] * number
