"""The commands around the outbox, and `billto serve`, as an operator runs them."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from billto.domain.message import Message
from tests.ports import free_port, until
from tests.store.stores import Stage, on_sqlite
from tests.work.office import SENDER, Office, files
from tests.work.post import Post

PROGRAM = (sys.executable, "-m", "billto")


class Operator:
    """Somebody at a shell."""

    def __init__(self, url: str, home: Path, **settings: str) -> None:
        self._home = home
        self._environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
            "BILLTO_HOME": str(home),
            "BILLTO_DATABASE_URL": url,
            "BILLTO_MAIL_FROM": SENDER,
            "BILLTO_DELIVERY_SECONDS": "2",
            **{f"BILLTO_{name.upper()}": value for name, value in settings.items()},
        }

    def types(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*PROGRAM, *words],
            env=self._environment,
            cwd=self._home,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def listed(self, *words: str) -> list[dict[str, Any]]:
        ran = self.types("outbox", "list", *words, "--json")
        assert ran.returncode == 0, ran.stderr
        found: list[dict[str, Any]] = json.loads(ran.stdout)
        return found

    @contextmanager
    def running(self, *words: str) -> Iterator[subprocess.Popen[bytes]]:
        with (self._home / "running.log").open("wb") as log:
            process = subprocess.Popen(
                [*PROGRAM, *words], env=self._environment, cwd=self._home, stdout=log, stderr=log
            )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            status = process.wait(20)
        assert status in (0, -signal.SIGTERM), (self._home / "running.log").read_text()


def written(stage: Stage, post: Post, *subjects: str) -> list[Message]:
    async def story() -> list[Message]:
        async with Office(stage.url, stage.cast.live, post.url) as office:
            return [await office.write(subject=one) for one in subjects]

    return stage.run(story())


def states(operator: Operator, *words: str) -> list[str]:
    return [str(one["state"]) for one in operator.listed(*words)]


def test_a_worker_delivers_and_ends_when_it_is_told(stage: Stage, post: Post, tmp_path: Path) -> None:
    operator = Operator(stage.url, tmp_path, mail=post.url)
    written(stage, post, "one", "two", "spam")
    assert states(operator) == ["queued"] * 3
    with operator.running("worker", "--count", "2") as process:
        until(lambda: "queued" not in states(operator), process)
    assert states(operator, "--state", "sent") == ["sent", "sent"]
    (lost,) = operator.listed("--state", "failed")
    assert lost["last_error"] == "554 5.7.1 nobody wants this"
    assert operator.types("outbox", "retry", lost["id"]).stdout == "1 to be sent\n"
    assert states(operator, "--state", "failed") == []
    sent = operator.listed("--state", "sent")[0]["id"]
    again = operator.types("outbox", "retry", sent)
    assert (again.returncode, again.stderr) == (1, "billto: was sent already\n")


def test_all_that_was_given_up_is_tried_anew(stage: Stage, post: Post, tmp_path: Path) -> None:
    operator = Operator(stage.url, tmp_path, mail=post.url)
    written(stage, post, "spam", "spam")
    with operator.running("worker") as process:
        until(lambda: "queued" not in states(operator), process)
    assert operator.types("outbox", "retry", "--failed").stdout == "2 to be sent\n"
    assert states(operator) == ["queued", "queued"]
    assert operator.types("outbox", "retry", "--failed").stdout == "0 to be sent\n"
    plain = operator.types("outbox", "list").stdout.splitlines()
    assert len(plain) == 2
    assert "ana@acme.example" in plain[0]


@on_sqlite
def test_what_an_operator_cannot_mean_is_said_in_one_line(stage: Stage, tmp_path: Path) -> None:
    operator = Operator(stage.url, tmp_path)
    for words, line in (
        (("outbox", "list", "--state", "lost"), "billto: 'lost' is no state of a message"),
        (("outbox", "retry"), "billto: name a message, or say --failed\n"),
        (("outbox", "retry", "x"), "billto: 'x' is not the id of a message\n"),
        (("outbox", "retry", f"msg_{'0' * 24}"), "billto: Message not found\n"),
    ):
        ran = operator.types(*words)
        assert (ran.returncode, ran.stderr[: len(line)], ran.stdout) == (1, line, "")
    assert operator.types("outbox", "list").stdout == "There are none.\n"


@on_sqlite
def test_the_clock_of_a_sandbox_is_moved_at_a_shell(stage: Stage, tmp_path: Path) -> None:
    operator, entity = Operator(stage.url, tmp_path), f"ent_{stage.cast.sandbox.entity}"
    before = operator.types("clock", entity).stdout
    assert "ahead" not in before
    assert "(45 days, 0:00:0" in operator.types("clock", entity, "--days", "45").stdout
    for words, line in (
        (("--to", "2026-01-01T00:00:00Z"), "now: must be no earlier than the entity's clock shows"),
        (("--days", "10000"), "now: must be no earlier than the entity's clock shows"),
        (("--days", "9" * 30), "now: must be no earlier than the entity's clock shows"),
        (("--to", "tomorrow"), "'tomorrow' is not a moment such as 2026-03-01T09:00:00Z"),
        (("--to", "2030-01-01T00:00:00Z", "--days", "1"), "say --to or --days, not both"),
    ):
        ran = operator.types("clock", entity, *words)
        assert (ran.returncode, ran.stderr[: len(line) + 8]) == (1, f"billto: {line}")
    live = operator.types("clock", f"ent_{stage.cast.live.entity}", "--days", "1")
    assert live.stderr == "billto: is only for entities of the sandbox\n"


def measured(address: str) -> dict[str, float]:
    lines = httpx.get(f"{address}/metrics").text.splitlines()
    told = (line.rpartition(" ") for line in lines if line.startswith(("billto_messages", "billto_deliv")))
    return {name: float(value) for name, _, value in told if "_created" not in name}


@on_sqlite
@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_server_delivers_beside_its_requests(
    stage: Stage, post: Post, tmp_path: Path, workers: str
) -> None:
    """Into the folder beside the database, where nothing else is said."""
    port = str(free_port())
    address = f"http://127.0.0.1:{port}"
    operator = Operator(stage.url, tmp_path, workers=workers, port=port)
    with operator.running("serve") as process:
        (said,) = written(stage, post, "one")
        until(lambda: states(operator) == ["sent"], process)
        counted = measured(address)
    assert [path.name for path in files(tmp_path / "mail")] == [
        f"{said.created_at:%Y%m%d-%H%M%S}-{said.id}.eml"
    ]
    assert counted['billto_messages{state="queued"}'] == 0
    assert counted['billto_deliveries_total{channel="email",outcome="sent"}'] == 1
    assert post.taken() == []


@on_sqlite
def test_a_server_may_leave_delivering_to_others(stage: Stage, post: Post, tmp_path: Path) -> None:
    port = str(free_port())
    operator = Operator(stage.url, tmp_path, worker="off", port=port)
    written(stage, post, "one")
    with operator.running("serve") as process:
        until(lambda: _answers(f"http://127.0.0.1:{port}/healthz"), process)
        assert measured(f"http://127.0.0.1:{port}")['billto_messages{state="queued"}'] == 1
    assert states(operator) == ["queued"]


def _answers(address: str) -> bool:
    try:
        return httpx.get(address).status_code == 200
    except httpx.TransportError:
        return False
