"""A real server on a port of its own, and a client that says what no library would."""

import asyncio
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from billto.domain.problems import Refused
from billto.web import bodies, protocol

PATIENCE = 20.0  # seconds after which a test gives up on the server
LOOPS = ("asyncio", "uvloop")
SHORT = 0.3  # what the deadlines of the server are cut down to
MANY = 10_000_000  # bytes, more than all buffers on the way hold


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the path; /echo with the body, /headers with the names of the headers."""
    status, answer = 200, scope["path"].encode()
    headers = {name.decode(): value.decode() for name, value in scope["headers"]}
    match scope["path"]:
        case "/echo" | "/headers" as path:
            try:
                body = await bodies.read(receive, headers, seconds_max=SHORT)
                answer = body if path == "/echo" else b",".join(name for name, _ in scope["headers"])
            except Refused as refused:
                status, answer = refused.status, refused.problems[0].code.encode()
        case "/patient":
            answer = await bodies.read(receive, headers, seconds_max=PATIENCE)
        case "/early":
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
            await bodies.read(receive, headers, seconds_max=PATIENCE)
            await send({"type": "http.response.body"})
            return
        case "/slow" | "/last":
            await asyncio.sleep(2 * SHORT)
        case "/many":
            answer = b"x" * MANY
        case "/some":
            answer = b"x" * 60_000  # fewer than the high-water mark of a transport
    answer_headers = [(b"content-length", b"%d" % len(answer))]
    if scope["path"] == "/last":
        answer_headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": answer_headers})
    await send({"type": "http.response.body", "body": answer})


class Client:
    """Says what no library would."""

    def __init__(self, address: tuple[str, int], receive_buffer: int | None = None) -> None:
        self.socket = socket.socket()
        self.socket.settimeout(PATIENCE)
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.connect(address)
        self._unread = b""

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def drip(self, data: bytes) -> None:
        """Sends byte by byte until the server says something."""
        for at in range(len(data)):
            if not self.is_quiet(SHORT / 10):
                return
            self.send(data[at : at + 1])
        pytest.fail("the server took it all")

    def is_quiet(self, seconds: float) -> bool:
        """Listens for so long, and hears nothing, not even the end."""
        return not select.select([self.socket], [], [], seconds)[0]

    def answer(self) -> tuple[int, dict[str, str], bytes]:
        """The next answer: status, headers, body."""
        while b"\r\n\r\n" not in self._unread:
            self._receive()
        head, _, self._unread = self._unread.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines)
        length = int(headers.get("content-length", "0"))
        while len(self._unread) < length:
            self._receive()
        body, self._unread = self._unread[:length], self._unread[length:]
        return int(first.split()[1]), headers, body

    def _receive(self) -> None:
        got = self.socket.recv(1_000_000)
        assert got, f"closed after {self._unread!r}"
        self._unread += got

    def is_at_end(self) -> bool:
        """Waits until the server closes; False when it says something before."""
        if self._unread:
            return False
        with suppress(ConnectionResetError):
            return self.socket.recv(1000) == b""
        return True


class Serving:
    """A server that runs, and what it tells of itself."""

    def __init__(self, loop: Any) -> None:
        self._lost: set[Any] = set()  # addresses of clients whose connection came to its end
        self._change = threading.Condition()
        self.stopping = threading.Event()
        serving = self

        class Watched(protocol.Protocol):
            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
                super().connection_made(transport)
                serving._lost.discard(self.client)

            def connection_lost(self, exc: Exception | None) -> None:
                super().connection_lost(exc)
                with serving._change:
                    serving._lost.add(self.client)
                    serving._change.notify_all()

            def shutdown(self) -> None:
                super().shutdown()
                serving.stopping.set()

        config = uvicorn.Config(
            app, http=Watched, loop=loop, ws="none", lifespan="off", log_config=None, access_log=False
        )
        self.server = uvicorn.Server(config)
        self._listening = socket.create_server(("127.0.0.1", 0))
        # Small, so that little of an answer goes ahead of what the client reads.
        self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        self._thread = threading.Thread(target=self.server.run, args=([self._listening],))

    @contextmanager
    def running(self) -> Iterator["Serving"]:
        self._thread.start()
        try:
            yield self
        finally:
            self.server.should_exit = True
            self._thread.join(PATIENCE)
            assert not self._thread.is_alive()

    @contextmanager
    def client(self, receive_buffer: int | None = None) -> Iterator[Client]:
        client = Client(self._listening.getsockname(), receive_buffer)
        with client.socket:
            yield client

    def lets_go(self, client: Client, seconds: float = PATIENCE) -> bool:
        """Waits until the connection of this client is over, as the server sees it."""
        with self._change:
            return self._change.wait_for(lambda: client.socket.getsockname() in self._lost, seconds)


def get(path: str, *lines: str) -> bytes:
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: billto", *lines, "", ""]).encode()


def post(path: str, *lines: str) -> bytes:
    return b"POST" + get(path, *lines).removeprefix(b"GET")
