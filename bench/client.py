"""Requests to the application in this very process: no sockets, no HTTP, nothing but Billto's own work."""

import asyncio
import itertools
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from bench.data import settings
from bench.databases import Base
from bench.load import NUMBER
from billto import wiring
from billto.web.server import Server

Message = MutableMapping[str, Any]


class Ask(NamedTuple):
    """A request."""

    method: str
    path: str
    query: str = ""
    body: bytes | None = None
    tenant: int = 0  # whose number among the tenants known

    @property
    def target(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path


class Wrong(Exception):
    """An answer that is none: there is no point in measuring it."""


class Answered:
    """What the application sent."""

    __slots__ = ("body", "status")

    status: int
    body: bytes

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self.body = message["body"]


class Client:
    """A client with a key for every tenant."""

    def __init__(self, server: Server, base: Base) -> None:
        self._server = server
        self._headers = [
            [(name.encode(), value.encode()) for name, value in headers(base, tenant).items()]
            for tenant in range(len(base.known.tenants))
        ]
        self._run = secrets.token_hex(4)
        self._numbers = itertools.count()

    def scope(self, ask: Ask) -> Mapping[str, Any]:
        """The request as the server would hand it over; a write has a request id of its own."""
        more = []
        if ask.method != "GET":
            more.append((b"x-request-id", f"{self._run}-{next(self._numbers)}".encode()))
        if ask.body is not None:
            more += [
                (b"content-type", b"application/json"),
                (b"content-length", str(len(ask.body)).encode()),
            ]
        return {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": ask.method,
            "scheme": "http", "path": ask.path, "raw_path": ask.path.encode(),
            "query_string": ask.query.encode(), "root_path": "", "headers": self._headers[ask.tenant] + more,
            "client": ("127.0.0.1", 50000), "server": ("127.0.0.1", 8080), "state": {},
        }  # fmt: skip

    async def call(self, scope: Mapping[str, Any], body: bytes | None = None) -> Answered:
        answered = Answered()

        async def receive() -> Message:
            return {"type": "http.request", "body": body or b"", "more_body": False}

        await self._server(scope, receive, answered.send)
        return answered

    def asking(self, asks: Sequence[Ask]) -> Callable[[int], Awaitable[None]]:
        """Sends one of these requests; raises Wrong for a refusal."""
        number = len(asks)
        scopes = [self.scope(ask) for ask in asks]

        async def read(variant: int) -> None:
            answered = await self.call(scopes[variant % number])
            if answered.status >= 400:
                raise Wrong(answered.body.decode())

        async def write(variant: int) -> None:
            ask = asks[variant % number]
            assert ask.body is not None
            body = ask.body.replace(NUMBER, b"%09d" % next(self._numbers))
            answered = await self.call(self.scope(ask), body)
            if answered.status >= 400:
                raise Wrong(answered.body.decode())

        return read if asks[0].method == "GET" else write

    async def ask(self, ask: Ask) -> Any:
        """The answer's tree; raises Wrong for a refusal."""
        answered = await self.call(self.scope(ask), ask.body)
        if answered.status >= 400:
            raise Wrong(f"{ask.method} {ask.target}: {answered.status} {answered.body.decode()}")
        return json.loads(answered.body or b"null")


def headers(base: Base, tenant: int) -> dict[str, str]:
    """What every client of a tenant sends."""
    return {
        "host": "127.0.0.1:8080",
        "authorization": f"Bearer {base.known.token}",
        "x-entity-id": f"ent_{base.known.tenants[tenant]}",
        "accept": "*/*",
        "user-agent": "bench",
    }


@asynccontextmanager
async def serving(base: Base, home: Path) -> AsyncIterator[Client]:
    """The application, started and stopped as a server would."""
    server = wiring.make_server(settings(base.url, home))
    inbox: asyncio.Queue[Message] = asyncio.Queue()
    outbox: asyncio.Queue[Message] = asyncio.Queue()
    life = asyncio.create_task(server({"type": "lifespan"}, inbox.get, outbox.put))
    await inbox.put({"type": "lifespan.startup"})
    await outbox.get()
    try:
        yield Client(server, base)
    finally:
        await inbox.put({"type": "lifespan.shutdown"})
        await life
