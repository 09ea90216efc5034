"""A crowd of clients in a process of its own, as light as Python allows: `python -m bench.load < order.json`.

Each connection sends its next request when it has the whole answer to the last one.
"""

import asyncio
import itertools
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import cast

import uvloop

# In a request: where a number goes that makes it unlike every other one.
NUMBER = b"#########"
_LENGTH = b"content-length: "


@dataclass
class Order:
    """What is to be sent, and for how long."""

    port: int
    connections: int
    seconds: float
    requests: list[str]  # whole HTTP requests, as Latin-1
    first: int = 0  # the first number


@dataclass
class Report:
    """What came of it."""

    answers: int
    seconds: float
    middle: float
    p99: float
    refused: list[str]


class Visitor(asyncio.Protocol):
    """One connection."""

    def __init__(self, crowd: "Crowd") -> None:
        self._crowd = crowd
        self._held = b""
        self._awaited = 0  # bytes that the answer has still to bring

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        self._crowd.left()

    def data_received(self, data: bytes) -> None:
        if self._awaited:
            self._awaited -= len(data)
            if not self._awaited:
                self._done()
            return
        held = self._held + data
        end = held.find(b"\r\n\r\n")
        if end < 0:
            self._held = held
            return
        self._held = b""
        at = held.find(_LENGTH)
        length = int(held[at + len(_LENGTH) : held.index(b"\r", at)]) if 0 <= at < end else 0
        if held[9:10] != b"2":
            self._crowd.refused.append(held[:300].decode("latin-1"))
        self._awaited = length - (len(held) - end - 4)
        if not self._awaited:
            self._done()

    def _send(self) -> None:
        self._begun = time.perf_counter()
        self._transport.write(next(self._crowd.requests))

    def _done(self) -> None:
        now = time.perf_counter()
        self._crowd.spent.append(now - self._begun)
        if now < self._crowd.end:
            self._send()
        else:
            self._transport.close()


class Crowd:
    """All connections, and what they have seen."""

    def __init__(self, order: Order) -> None:
        self.requests = _numbered([one.encode("latin-1") for one in order.requests], order.first)
        self.spent: list[float] = []
        self.refused: list[str] = []
        self.end = time.perf_counter() + order.seconds
        self._here = order.connections
        self.over = asyncio.Event()

    def left(self) -> None:
        self._here -= 1
        if not self._here:
            self.over.set()


def _numbered(requests: list[bytes], first: int) -> Iterator[bytes]:
    numbers = itertools.count(first)
    for request in itertools.cycle(requests):
        yield request.replace(NUMBER, b"%09d" % next(numbers)) if NUMBER in request else request


async def sent(order: Order) -> Report:
    loop = asyncio.get_running_loop()
    crowd, begun = Crowd(order), time.perf_counter()
    for _ in range(order.connections):
        await loop.create_connection(lambda: Visitor(crowd), "127.0.0.1", order.port)
    await crowd.over.wait()
    spent = sorted(crowd.spent)
    middle, p99 = spent[len(spent) // 2], spent[len(spent) * 99 // 100]
    return Report(len(spent), time.perf_counter() - begun, middle, p99, crowd.refused[:3])


if __name__ == "__main__":
    print(json.dumps(asdict(uvloop.run(sent(Order(**json.load(sys.stdin)))))))
