"""Ports for servers that tests start, and waiting for what they do."""

import socket
import subprocess
import time
from collections.abc import Callable
from threading import Event

SECONDS_MAX = 30


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def until(true: Callable[[], bool], server: subprocess.Popen[bytes] | None = None) -> None:
    """Waits until something is true, but not for ever, and not for a server that has ended."""
    end = time.monotonic() + SECONDS_MAX
    pause = Event()
    while not true():
        assert time.monotonic() < end, "it did not come true"
        assert server is None or server.poll() is None, "the server has ended"
        pause.wait(0.02)
