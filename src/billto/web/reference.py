"""The reference: an OpenAPI document and a page to browse it, all from this machine."""

from starlette.routing import BaseRoute


def pages() -> list[BaseRoute]:
    return []
