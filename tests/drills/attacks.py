"""Clients that take what they can get: time, connections, memory. Each attack returns when it is over."""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any

from tests.drills.databases import Tenant
from tests.drills.wire import HOST, Client, Lost, read_answer

Attack = Callable[["Attacker"], Coroutine[Any, Any, None]]

# Of attacks that could go on for ever; less than an unfinished request gets, whose end is to be measured.
LASTS_SECONDS = 12.0
HELD = 400  # connections that the attacks have open together, at least
DRIP_SECONDS = 0.5
CLOSED_SECONDS_MAX = 60.0


class Attacker:
    """A tenant with a valid key."""

    def __init__(self, port: int, tenant: Tenant) -> None:
        self.port = port
        self.tenant = tenant
        self.given_up = asyncio.Event()  # nothing of it is left in the server

    def client(self) -> Client:
        return Client(self.port, self.tenant.key, self.tenant.entity)

    def head(self, method: str, path: str, *more: str) -> bytes:
        lines = (
            f"{method} {path} HTTP/1.1",
            f"Host: {HOST}",
            f"Authorization: Bearer {self.tenant.key}",
            f"x-entity-id: {self.tenant.entity}",
            *more,
        )
        return "\r\n".join(lines).encode() + b"\r\n\r\n"

    async def drip(self, first: bytes, drop: bytes) -> None:
        """Sends a beginning and then a little again and again, until the other side has had enough."""
        reader, writer = await asyncio.open_connection(HOST, self.port)
        try:
            async with asyncio.timeout(CLOSED_SECONDS_MAX):
                with suppress(OSError):
                    writer.write(first)
                    while not reader.at_eof():
                        if drop:
                            writer.write(drop)
                        await writer.drain()
                        with suppress(TimeoutError):
                            await asyncio.wait_for(reader.read(2**16), DRIP_SECONDS)
        finally:
            writer.transport.abort()


async def many(count: int, one: Callable[[], Awaitable[None]]) -> None:
    await asyncio.gather(*(one() for _ in range(count)))


async def slow_heads(attacker: Attacker) -> None:
    """Heads that never end."""
    await many(100, lambda: attacker.drip(b"GET /customers HTTP/1.1\r\nHost: x\r\n", b"X-A: a\r\n"))


async def slow_bodies(attacker: Attacker) -> None:
    """Bodies that never end."""
    head = attacker.head("POST", "/customers", "Content-Type: application/json", "Content-Length: 100000")
    await many(100, lambda: attacker.drip(head, b" "))


async def slow_chunks(attacker: Attacker) -> None:
    """The same without a length."""
    head = attacker.head("POST", "/customers", "Transfer-Encoding: chunked")
    await many(50, lambda: attacker.drip(head, b"1\r\n \r\n"))


async def idle(attacker: Attacker) -> None:
    """Connections on which nothing is ever said."""
    await many(200, lambda: attacker.drip(b"", b""))


async def never_reading(attacker: Attacker) -> None:
    """Asks for much and takes none of it. Whether the server has closed, only the server's side shows."""
    loop = asyncio.get_running_loop()
    asks = attacker.head("GET", "/customers?limit=100") * 100
    taken: list[socket.socket] = []
    try:
        for _ in range(20):
            one = socket.socket()
            taken.append(one)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            one.setblocking(False)
            await loop.sock_connect(one, (HOST, attacker.port))
            with suppress(TimeoutError, OSError):
                await asyncio.wait_for(loop.sock_sendall(one, asks), 5)
        await attacker.given_up.wait()
    finally:
        for one in taken:
            one.close()


async def huge_bodies(attacker: Attacker) -> None:
    """Bodies that are too long, announced and not."""

    async def announced() -> None:
        async with attacker.client() as client:
            with suppress(Lost):
                answer = await client.ask("POST", "/customers", b"[" + b" " * 10_000_000)
                assert answer.status == 413, answer

    async def endless() -> None:
        reader, writer = await asyncio.open_connection(HOST, attacker.port)
        try:
            writer.write(attacker.head("POST", "/customers", "Transfer-Encoding: chunked"))
            with suppress(OSError):
                for _ in range(500):  # 50 MB, if they are taken
                    writer.write(b"186a0\r\n" + b" " * 100_000 + b"\r\n")
                    await writer.drain()
            with suppress(OSError, EOFError):
                answer = await read_answer(reader)
                assert answer.status == 413, answer
        finally:
            writer.transport.abort()

    await _again_and_again(lambda: asyncio.gather(announced(), announced(), endless(), endless()))


async def deep_json(attacker: Attacker) -> None:
    """Bodies that are small, and work."""
    bodies = (
        b"[" * 900_000,
        b'{"a":' * 150_000,
        b'{"name":"A","metadata":{' + b",".join(b'"%d":"x"' % number for number in range(50_000)) + b"}}",
        b'{"name":' + b"9" * 900_000 + b"}",
        b'{"name":"' + b"\\u0041" * 150_000 + b'"}',
        b"[" + b"{}," * 200_000 + b"{}]",
    )
    async with attacker.client() as client:
        for body in bodies * 4:
            answer = await client.ask("POST", "/customers", body)
            assert answer.status in (400, 422), answer


async def expensive_searches(attacker: Attacker) -> None:
    """Terms that no index knows and nobody has, in many customers."""
    filters = (
        "search=%C4%B1q",
        "search=q",
        "search=zq&include_total_count=true",
        "query=%7B%22city%22%3A%7B%22contains%22%3A%22q%22%7D%7D",
        "query=%7B%22name%22%3A%7B%22endsWith%22%3A%22zz%22%7D%7D&order_by=-email",
    )

    async def search() -> None:
        async with attacker.client() as client:
            for one in filters:
                answer = await client.ask("GET", f"/customers?{one}")
                assert answer.status in (200, 503), answer

    await _again_and_again(lambda: asyncio.gather(*(search() for _ in range(4))))


async def huge_heads(attacker: Attacker) -> None:
    """Heads without measure."""

    async def one() -> None:
        reader, writer = await asyncio.open_connection(HOST, attacker.port)
        try:
            with suppress(OSError, EOFError):
                writer.write(attacker.head("GET", "/customers", f"X-A: {'a' * 1_000_000}"))
                await writer.drain()
                assert (await read_answer(reader)).status == 431
        finally:
            writer.transport.abort()

    await _again_and_again(lambda: many(5, one))


async def _again_and_again(once: Callable[[], Awaitable[object]]) -> None:
    end = time.monotonic() + LASTS_SECONDS
    while time.monotonic() < end:
        await once()
        await asyncio.sleep(0.1)


ATTACKS: tuple[Attack, ...] = (
    slow_heads,
    slow_bodies,
    slow_chunks,
    idle,
    never_reading,
    huge_bodies,
    deep_json,
    expensive_searches,
    huge_heads,
)
