"""A mail server as tests see it: what it has taken, and when it is there."""

import email
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, NamedTuple

from tests.ports import free_port

_PROGRAM = Path(__file__).with_name("mail_server.py")


class Taken(NamedTuple):
    """A message that the server has acknowledged."""

    sender: str
    to: list[str]
    mail: EmailMessage
    raw: bytes

    @property
    def id(self) -> str:
        return str(self.mail["Message-ID"])

    @property
    def papers(self) -> dict[str, bytes]:
        return {str(one.get_filename()): one.get_content() for one in self.mail.iter_attachments()}


class Post:
    """One mail server, up or down; what it took stays."""

    def __init__(self, folder: Path, *words: str) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.port = free_port()
        self._words = words
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?tls=off"

    def up(self) -> None:
        command = [sys.executable, str(_PROGRAM), str(self.port), str(self.folder), *self._words]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "listening\n"

    def down(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def taken(self) -> list[Taken]:
        """In the order in which they came."""
        return [read(path) for path in sorted(self.folder.glob("*.eml"))]

    def numbers(self) -> dict[str, int]:
        """How often each Message-ID came."""
        found: dict[str, int] = {}
        for one in self.taken():
            found[one.id] = found.get(one.id, 0) + 1
        return found


def read(path: Path) -> Taken:
    whom: dict[str, Any] = json.loads(path.with_suffix(".json").read_text())
    raw = path.read_bytes()
    return Taken(whom["from"], whom["to"], parsed(raw), raw)


def parsed(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw, policy=default)


@contextmanager
def posted(folder: Path, *words: str) -> Iterator[Post]:
    """A mail server that is up."""
    post = Post(folder, *words)
    post.up()
    try:
        yield post
    finally:
        post.down()
