"""Invoiced: addresses as answers write them, on the host that the request named."""

from urllib.parse import quote

PREFIX = "/invoiced"


def written(url: str) -> str:
    """The address of a request, with everything escaped that would end it in a header."""
    path = url.partition("://")[2].partition("/")[2]
    return f"{_host(url)}/{quote(path)}"


def _host(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{quote(rest.partition('/')[0], safe=':[]')}"
