"""The reference: an OpenAPI document and a page to browse it, all from this machine."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_to_json = msgspec.json.Encoder(decimal_format="number").encode
_OWN = Path(__file__).parent / "static"
# Carries the files of Swagger UI; its folder is looked up, its code is never run.
_CARRIER = ("fastapi_offline", "static")

# All that the page asks for. The carrier has more, which nobody needs.
ASSETS = ("docs.css", "docs.js", "icon.svg", "swagger-ui.css", "swagger-ui-bundle.js")

_NO_SNIFFING = {"X-Content-Type-Options": "nosniff"}
# The page loads from here and talks to here, and is shown in no other page. Swagger UI writes styles into its
# elements and draws its icons as data.
_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
_PAGE_HEADERS = {
    **_NO_SNIFFING,
    "Content-Security-Policy": "; ".join(f"{name} {sources}" for name, sources in _POLICY.items()),
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def pages(document: Mapping[str, Any]) -> list[BaseRoute]:
    """The document at /openapi.json, the page at /docs, and what the page is made of."""
    text = _to_json(document)
    page = (_OWN / "docs.html").read_bytes()

    async def written(_request: Request) -> Response:
        return Response(
            text, headers={**_NO_SNIFFING, "Cache-Control": "no-cache"}, media_type="application/json"
        )

    async def shown(_request: Request) -> Response:
        return HTMLResponse(page, headers=_PAGE_HEADERS)

    return [
        Route("/openapi.json", written),
        Route("/docs", shown),
        Mount("/docs/assets", _Assets(directory=_OWN, packages=[_CARRIER])),
    ]


class _Assets(StaticFiles):
    """Our own files and the carrier's, those of the page and no others."""

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        return super().lookup_path(path) if path in ASSETS else ("", None)

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers.update(_NO_SNIFFING)
        return response
