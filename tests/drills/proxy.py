"""A wire between Billto and its database, which can be cut, and fall silent."""

import asyncio
from contextlib import suppress

from tests.drills.wire import HOST


class Wire:
    """Passes everything on, unless it is told otherwise."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._asks, self._answers = asyncio.Event(), asyncio.Event()
        self._ends: set[asyncio.StreamWriter] = set()
        self.pass_on()

    def pass_on(self) -> None:
        self._asks.set()
        self._answers.set()

    def hang(self) -> None:
        """Nothing comes through any more, and nobody is told."""
        self._asks.clear()
        self._answers.clear()

    def swallow(self) -> None:
        """What is asked is done; the answers do not come through."""
        self._answers.clear()

    def cut(self) -> None:
        for end in list(self._ends):
            end.transport.abort()

    async def __aenter__(self) -> "Wire":
        self._server = await asyncio.start_server(self._connected, HOST, 0)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.cut()
        self.pass_on()
        await self._server.wait_closed()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            inner_reader, inner_writer = await asyncio.open_connection(HOST, self._to)
        except OSError:
            writer.transport.abort()
            return
        ends = {writer, inner_writer}
        self._ends |= ends
        try:
            await asyncio.gather(
                self._pump(reader, inner_writer, self._asks), self._pump(inner_reader, writer, self._answers)
            )
        finally:
            self._ends -= ends

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, gate: asyncio.Event
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(2**16):
                await gate.wait()
                writer.write(data)
                await writer.drain()
        await gate.wait()
        writer.transport.abort()
