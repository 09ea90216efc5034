"""The ASGI application: the doors, and beside them health, metrics and the reference."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from billto.app.parts import Store
from billto.domain.problems import Refused
from billto.web.doors import Doors, Receive, Send
from billto.web.metrics import Metrics
from billto.web.reference import pages


class Server:
    """Answers everything that comes in. Opened and closed with the process."""

    def __init__(self, store: Store, doors: Callable[[bytes], Doors], metrics: Metrics, schema: int) -> None:
        self._store = store
        self._make_doors = doors
        self._metrics = metrics
        self._schema = schema
        self._doors: Doors | None = None
        self._beside: Starlette | None = None

    async def __call__(self, http: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if http["type"] == "lifespan":
            await self._live(receive, send)
        elif http["type"] == "http":
            doors = self._doors or await self._opened()
            if doors.router.knows(http["path"]):
                await doors(http, receive, send)
            elif http["path"].strip("/").partition("/")[0] in _BESIDE and self._beside is not None:
                await self._beside(http, receive, send)  # type: ignore[arg-type]
            else:
                await doors(http, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self._store.open()
                self._beside = self._make_beside()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self._store.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _opened(self) -> Doors:
        """The doors need a secret from the database, which may be away when the process starts."""
        try:
            self._doors = self._make_doors(await self._store.reader.secret("cursors"))
        except Refused:
            return self._make_doors(b"")
        return self._doors

    def _make_beside(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/healthz", self._healthy),
                Route("/livez", self._healthy),
                Route("/readyz", self._ready),
                Route("/metrics", self._measured),
                *pages(),
            ]
        )

    async def _healthy(self, _request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def _ready(self, _request: Request) -> Response:
        try:
            schema = await self._store.ready()
        except Refused as refused:
            return JSONResponse({"status": "unavailable", "message": refused.problems[0].sentence}, 503)
        if schema != self._schema:
            message = (
                f"the database has schema {schema}, this Billto needs {self._schema}: run billto migrate"
            )
            return JSONResponse({"status": "unavailable", "message": message, "schema": schema}, 503)
        return JSONResponse({"status": "ok", "schema": schema})

    async def _measured(self, _request: Request) -> Response:
        return PlainTextResponse(self._metrics.text(), media_type=self._metrics.media_type)


_BESIDE = frozenset({"healthz", "livez", "readyz", "metrics", "docs", "openapi.json"})
