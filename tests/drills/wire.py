"""A client that knows exactly what it was told: it repeats nothing, and a cut connection is no answer."""

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

HOST = "127.0.0.1"
SECONDS_MAX = 20.0


class Lost(Exception):
    """No answer, or half of one: what became of the request is not known."""


class Unreachable(Lost):
    """Nobody was there to ask: nothing has become of the request."""


class Answer(NamedTuple):
    """What was said."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def is_replay(self) -> bool:
        return self.headers.get("idempotent-replayed") == "true"


class Client:
    """One caller with one connection, which is opened again whenever it was lost."""

    def __init__(self, port: int, key: str = "", entity: str | None = None) -> None:
        self.port = port
        self._said = {"Host": HOST}
        if key:
            self._said["Authorization"] = f"Bearer {key}"
        if entity:
            self._said["x-entity-id"] = entity
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        id: str | None = None,
        headers: Mapping[str, str] | None = None,
        seconds: float = SECONDS_MAX,
    ) -> Answer:
        """Raises Lost when there is no whole answer."""
        said = {**self._said, **(headers or {})}
        if id is not None:
            said["X-Request-Id"] = id
        content = b""
        if body is not None:
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            said["Content-Type"] = "application/json"
        if content or method != "GET":
            said["Content-Length"] = str(len(content))
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in said.items())]
        head = "\r\n".join(lines).encode() + b"\r\n\r\n"
        try:
            async with asyncio.timeout(seconds):
                return await self._asked(method, head + content)
        except ConnectionRefusedError as nobody:
            raise Unreachable(f"{method} {path}") from nobody
        except (OSError, EOFError, TimeoutError) as lost:
            await self.close()
            raise Lost(f"{method} {path}: {lost!r}") from lost
        except BaseException:
            # An answer that nobody waits for any more must not be taken for the next one.
            await self.close()
            raise

    async def _asked(self, method: str, request: bytes) -> Answer:
        if self._streams is not None and self._streams[0].at_eof():
            await self.close()  # the server has closed what lay idle
        if self._streams is None:
            self._streams = await asyncio.open_connection(HOST, self.port)
        reader, writer = self._streams
        writer.write(request)
        await writer.drain()
        answer = await read_answer(reader, method)
        if answer.headers.get("connection") == "close":
            await self.close()
        return answer

    @property
    def local_port(self) -> int:
        assert self._streams is not None
        return int(self._streams[1].get_extra_info("sockname")[1])

    async def close(self) -> None:
        if self._streams is None:
            return
        _, writer = self._streams
        self._streams = None
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


async def read_answer(reader: asyncio.StreamReader, method: str = "GET") -> Answer:
    """The next answer on a connection. Raises EOFError when it is not whole."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (one.partition(":") for one in lines)
    }
    status = int(first.split(" ")[1])
    length = int(headers.get("content-length", 0))
    body = b"" if method == "HEAD" or status in (204, 304) else await reader.readexactly(length)
    return Answer(status, headers, body)
