"""uvicorn's HTTP with an end to everything: to a head, to an answer nobody takes, to a body nobody reads.

uvicorn keeps a connection for as long as a client pretends to be busy; some hundreds of such clients would be
enough to shut everyone else out. Given to uvicorn as `http=Protocol`.
"""

import asyncio
import json
from enum import Enum
from itertools import chain
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

HEAD_SECONDS = 10.0  # from the first byte of a request to the end of its head
HEAD_BYTES_MAX = 32 * 1024  # of request line and headers; also of chunk sizes or trailers without any body
HEADERS_MAX = 100
WRITE_SECONDS = 20.0  # for the client to take the next piece of an answer
WRITE_BYTES_MIN = 64 * 1024  # that piece: a slow client may take its time, but not for nothing
LINGER_SECONDS = 2.0  # for the client to read an answer that came before its body was whole
# uvicorn writes all names small; some old clients of Invoiced look for these and nothing else.
CAPITALS = {b"\r\nlink: ": b"\r\nLink: ", b"\r\nx-total-count: ": b"\r\nX-Total-Count: "}
PIPELINE_MAX = 128  # requests that wait for the answer to another one of the same connection


class _Reading(Enum):
    """What the client is sending."""

    NOTHING = "nothing yet, or empty lines between two requests"
    HEAD = "request line and headers"
    BODY = "body and trailers"


_NOTHING, _HEAD, _BODY = _Reading


class _Refusal(Exception):
    """Stops the parser within a head that is not taken; the parser wraps it as a fault of its own."""


class Protocol(HttpToolsProtocol):
    """One connection, with deadlines.

    One timer per connection looks after its heads and is set anew only when it fires; a request costs a few
    assignments.
    """

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._timer: asyncio.TimerHandle | None = None
        self._write_timer: asyncio.TimerHandle | None = None
        self._unsent = 0
        self._outlet: _Outlet
        self._cycle: RequestResponseCycle | None = None  # the last one; the `cycle` of uvicorn hides None
        self._reading = _NOTHING
        self._head_since: float | None = None  # None: no head is waited for
        self._piece = 0  # bytes that came at once, last
        self._piece_is_new = True  # nothing of another request came with them
        self._overhead = 0  # bytes of this head, at most; later those since the last piece of body
        self._overhead_foreign = 0  # how many of them may belong to what came before
        self._keep_alive = False  # what becomes of the connection when the body has been read
        self._head_is_refused = False
        self._lingering = False

    # The connection

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._outlet = _Outlet(self, transport)
        self._head_since = self.loop.time()
        self._timer = self.loop.call_later(HEAD_SECONDS, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        self._drop_timers()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        self._drop_timers()
        super().handle_websocket_upgrade()

    def shutdown(self) -> None:
        self._keep_alive = False
        super().shutdown()

    def _drop_timers(self) -> None:
        for timer in (self._timer, self._write_timer):
            if timer is not None:
                timer.cancel()

    # Deadlines

    @property
    def _answering(self) -> bool:
        return self._cycle is not None and not self._cycle.response_complete

    def _look(self) -> None:
        """Ends a connection whose head is late; otherwise looks again when it could be."""
        now = self.loop.time()
        if self.transport.is_closing():
            # Closed and still there: the client has not taken all that was written.
            if self._write_timer is None:
                self._watch_writing()
            due = now + HEAD_SECONDS
        elif self._head_since is None:
            due = now + HEAD_SECONDS
        elif self._answering:
            due = now + HEAD_SECONDS  # a client may wait for its answer before it goes on
        else:
            due = self._head_since + HEAD_SECONDS
        if now < due:
            self._timer = self.loop.call_at(due, self._look)
        elif self._reading is _HEAD:
            self._refuse(408, "request_timeout", "The head of the request did not arrive in time")
        else:
            self._close()

    def _close(self) -> None:
        self.transport.close()
        self._timer = self.loop.call_later(HEAD_SECONDS, self._look)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._write_timer is None:
            self._watch_writing()

    def resume_writing(self) -> None:
        if self._write_timer is not None:
            self._write_timer.cancel()
            self._write_timer = None
        super().resume_writing()

    def _watch_writing(self) -> None:
        self._unsent = self.transport.get_write_buffer_size()
        self._write_timer = self.loop.call_later(WRITE_SECONDS, self._look_at_writing)

    def _look_at_writing(self) -> None:
        # Nothing is added meanwhile: uvicorn holds an answer back until this is taken.
        if self._unsent - self.transport.get_write_buffer_size() >= WRITE_BYTES_MIN:
            self._watch_writing()
        else:
            self.transport.abort()

    # What arrives

    def data_received(self, data: bytes) -> None:
        if self._lingering:
            return
        self._piece = len(data)
        self._piece_is_new = self._reading is _NOTHING
        self._overhead += self._piece
        super().data_received(data)
        if self._overhead:  # not so where whole requests come at once
            self._bound_overhead()

    def _bound_overhead(self) -> None:
        if self._reading is not _BODY and self._head_since is None:
            self._head_since = self.loop.time()
        if self._overhead - self._overhead_foreign > HEAD_BYTES_MAX:
            self._refuse_head()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._reading = _HEAD
        self._head_since = None
        self._overhead = self._piece
        self._overhead_foreign = 0 if self._piece_is_new else self._piece
        self._piece_is_new = False

    def on_headers_complete(self) -> None:
        if self._head_is_too_large() or len(self.pipeline) >= PIPELINE_MAX:
            self._head_is_refused = True
            raise _Refusal
        self._reading = _BODY
        self._head_since = None
        self._overhead = self._overhead_foreign = 0
        super().on_headers_complete()
        cycle = self.cycle
        if cycle is self._cycle:
            return  # an upgrade
        self._cycle = cycle
        cycle.transport = self._outlet
        # An answer that comes before the body is whole says that it is the last one.
        self._keep_alive, cycle.keep_alive = cycle.keep_alive, False
        # Trailers come as headers do; the headers of the scope are decided by now.
        self.headers = []

    def on_body(self, body: bytes) -> None:
        self._overhead = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._reading = _NOTHING
        self._overhead = 0
        if self._cycle is not None and not self._cycle.response_started:
            self._cycle.keep_alive = self._keep_alive

    def _head_is_too_large(self) -> bool:
        if len(self.headers) > HEADERS_MAX:
            return True
        # Counted only when what arrived leaves it open.
        if self._overhead <= HEAD_BYTES_MAX:
            return False
        return len(self.url) + sum(map(len, chain.from_iterable(self.headers))) > HEAD_BYTES_MAX

    # What is said

    def send_400_response(self, msg: str) -> None:
        if self._head_is_refused:
            self._refuse_head()
        else:
            super().send_400_response(msg)

    def _refuse_head(self) -> None:
        self._refuse(431, "headers_too_large", "The request line and the headers are too large")

    def _refuse(self, status: int, code: str, message: str) -> None:
        """The last word on this connection, unless it would fall into another answer."""
        if self._lingering:
            return
        if self._answering or self.transport.is_closing():
            self.transport.close()
            return
        content = json.dumps({"code": code, "message": message}).encode()
        headers = [
            *self.server_state.default_headers,
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(content)),
            (b"connection", b"close"),
        ]
        lines = (b"%b: %b\r\n" % header for header in headers)
        self.transport.write(b"".join([STATUS_LINE[status], *lines, b"\r\n", content]))
        self._linger()

    def on_response_complete(self) -> None:
        if self._lingering:
            self.server_state.total_requests += 1
            return
        if self._head_since is not None:
            self._head_since = self.loop.time()
        super().on_response_complete()

    def close_after_answer(self) -> None:
        """Closes; gently where the client is still sending."""
        if self._reading is _BODY and not self.transport.is_closing():
            self._linger()
        else:
            self.transport.close()

    def _linger(self) -> None:
        """Says that there is no more to come, and reads past the rest for a moment.

        To close at once would reset the connection, and the client would lose the answer over an unread body.
        """
        self._lingering = True
        self._unset_keepalive_if_required()
        self.flow.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_later(LINGER_SECONDS, self._close)


class _Outlet(asyncio.Transport):
    """Where an answer is written: the connection, which closes as Protocol sees fit."""

    def __init__(self, protocol: Protocol, transport: asyncio.Transport) -> None:
        super().__init__()
        self._protocol = protocol
        self._transport = transport

    def write(self, data: Any) -> None:
        # Who has left is told nothing more; uvloop would raise for each of them.
        if self._transport.is_closing():
            return
        if data.startswith(b"HTTP/1.1 ") and b"\r\nx-total-count: " in data:
            for small, capital in CAPITALS.items():
                data = data.replace(small, capital)
        self._transport.write(data)

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def close(self) -> None:
        self._protocol.close_after_answer()
