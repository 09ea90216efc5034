"""The ASGI application: the doors, and beside them health, metrics and the reference."""

import asyncio
import logging
import multiprocessing
import os
import signal
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from billto.app.parts import Store
from billto.domain.problems import Refused
from billto.web.doors import Doors, Receive, Send
from billto.web.metrics import Metrics
from billto.web.reference import pages

log = logging.getLogger("billto")


class Companion(Protocol):
    """What runs beside the requests, for as long as they are answered."""

    async def start(self) -> None: ...
    async def stop(self) -> None: ...


class Server:
    """Answers everything that comes in. Opened and closed with the process."""

    def __init__(
        self,
        store: Store,
        doors: Doors,
        metrics: Metrics,
        schema: int,
        document: Mapping[str, Any],
        companions: Sequence[Companion] = (),
    ) -> None:
        self._companions = companions
        self._store = store
        self._doors = doors
        self._metrics = metrics
        self._schema = schema
        self._beside = Starlette(
            routes=[
                Route("/healthz", self._healthy),
                Route("/livez", self._healthy),
                Route("/readyz", self._ready),
                Route("/metrics", self._measured),
                *pages(document),
            ],
            exception_handlers={HTTPException: self._refused},
        )

    async def __call__(self, http: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if http["type"] == "lifespan":
            await self._live(receive, send)
        elif http["type"] == "http":
            if http["path"].strip("/").partition("/")[0] in _BESIDE:
                await self._beside(http, receive, send)  # type: ignore[arg-type]
            else:
                await self._doors(http, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                _end_with_supervisor()
                await self._store.open()
                for one in self._companions:
                    await one.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                for one in self._companions:
                    await one.stop()
                await self._store.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _refused(self, _request: Request, refused: Exception) -> Response:
        """What is not there, or takes another method, is said as the doors say it."""
        assert isinstance(refused, HTTPException)
        code = "_".join(refused.detail.lower().split())
        body = {"code": code, "message": refused.detail}
        return JSONResponse(body, refused.status_code, refused.headers)

    async def _healthy(self, _request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def _ready(self, _request: Request) -> Response:
        try:
            schema = await self._store.ready()
        except Refused as refused:
            return _unavailable(refused.problems[0].sentence)
        except Exception:
            log.exception("the database cannot be asked for its schema")
            return _unavailable("the database cannot be asked for its schema")
        if schema != self._schema:
            message = (
                f"the database has schema {schema}, this Billto needs {self._schema}: run billto migrate"
            )
            return _unavailable(message)
        return JSONResponse({"status": "ok", "schema": schema})

    async def _measured(self, _request: Request) -> Response:
        try:
            waiting = await self._store.reader.message_counts()
        except Refused:
            waiting = {}  # the database is away; what was counted here is told all the same
        return PlainTextResponse(self._metrics.text(waiting), media_type=self._metrics.media_type)


def _unavailable(message: str) -> Response:
    return JSONResponse({"status": "unavailable", "message": message}, 503)


_BESIDE = frozenset({"healthz", "livez", "readyz", "metrics", "docs", "openapi.json"})


def _end_with_supervisor() -> None:
    """A worker whose supervisor was killed would keep the port for ever, so that no restart succeeds."""
    supervisor = multiprocessing.parent_process()
    if supervisor is None:
        return
    loop = asyncio.get_running_loop()

    def end() -> None:
        loop.remove_reader(supervisor.sentinel)
        os.kill(os.getpid(), signal.SIGTERM)

    loop.add_reader(supervisor.sentinel, end)
