"""From method and path to a route."""

from collections.abc import Iterable
from urllib.parse import quote

from billto.dialects.dialect import Route
from billto.domain.problems import Problem, Refused

_ANY = "{id}"


class Router:
    """Routes by their segments; a segment {id} takes any text."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._found: dict[tuple[str, ...], dict[str, Route]] = {}
        for route in routes:
            methods = self._found.setdefault(_segments(route.path), {})
            methods[route.method] = route
            if route.method == "GET":
                methods["HEAD"] = route

    def find(self, method: str, path: str) -> tuple[Route, str]:
        """The route and the {id} of its path. Raises Refused with `unknown_path` or `method_not_allowed`."""
        segments = _segments(path)
        methods, id_ = self._found.get(segments), ""
        if methods is None and len(segments) > 1:
            methods, id_ = self._found.get((segments[0], _ANY, *segments[2:])), segments[1]
        if methods is None:
            raise Refused(Problem("unknown_path", (quote(path[:200]),)))
        route = methods.get(method)
        if route is None:
            raise Refused(Problem("method_not_allowed", (), ", ".join(methods)))
        return route, id_


def _segments(path: str) -> tuple[str, ...]:
    return tuple(path.strip("/").split("/"))
