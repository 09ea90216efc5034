"""From method and path to a route."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import quote, unquote

from billto.dialects.dialect import Dialect, Route
from billto.domain.problems import Problem, Refused

Segments = tuple[str, ...]


class _Step:
    """What may come at one place of a path."""

    def __init__(self) -> None:
        self.literal: dict[str, _Step] = {}
        self.any: _Step | None = None
        self.routes: dict[str, tuple[Route, tuple[str, ...]]] = {}  # by method, with the names on the way


class Found(NamedTuple):
    """A route, and what stands in the path where it has names."""

    route: Route
    ids: Mapping[str, str]


class Router:
    """Routes by their segments; a segment {name} takes any text, unless a route says just that text."""

    def __init__(self, routes: Iterable[Route], *, minds_case: bool = True) -> None:
        self._root = _Step()
        self._minds_case = minds_case
        for route in routes:
            self._add(route)

    def _add(self, route: Route) -> None:
        step, names = self._root, []
        for segment in segments(route.path):
            if segment.startswith("{"):
                names.append(segment[1:-1])
                step.any = step.any or _Step()
                step = step.any
            else:
                key = segment if self._minds_case else segment.lower()
                step = step.literal.setdefault(key, _Step())
        step.routes[route.method] = (route, tuple(names))
        if route.method == "GET":
            step.routes["HEAD"] = (route, tuple(names))

    def find(self, method: str, segments: Segments) -> Found:
        """The route. Raises Refused with `unknown_path` or `method_not_allowed`."""
        values: list[str] = []
        step = self._walk(self._root, segments, 0, values)
        if step is None:
            raise Refused(Problem("unknown_path", (quote("/".join(("", *segments))[:200]),)))
        if method not in step.routes:
            raise Refused(Problem("method_not_allowed", (), ", ".join(step.routes)))
        route, names = step.routes[method]
        return Found(route, dict(zip(names, values, strict=True)))

    def _walk(self, step: _Step, segments: Segments, at: int, values: list[str]) -> _Step | None:
        """The step at the end of the segments; what a literal does not lead to, a name may."""
        if at == len(segments):
            return step if step.routes else None
        segment = segments[at]
        literal = step.literal.get(segment if self._minds_case else segment.lower())
        if literal is not None and (found := self._walk(literal, segments, at + 1, values)) is not None:
            return found
        if step.any is None:
            return None
        values.append(segment)
        found = self._walk(step.any, segments, at + 1, values)
        if found is None:
            values.pop()
        return found


class Switchboard:
    """Which dialect a path speaks: the one with the longest prefix of it."""

    def __init__(self, dialects: Iterable[Dialect]) -> None:
        self._by_first: dict[str, list[tuple[Segments, Dialect, Router]]] = {}
        for one in sorted(dialects, key=lambda one: -len(one.prefix)):
            router = Router(one.routes, minds_case=one.minds_case)
            first, *_ = prefix = segments(one.prefix)
            if first:
                self._by_first.setdefault(first, []).append((prefix, one, router))
            else:
                self._own = one, router

    def dialect(self, path: Segments) -> tuple[Dialect, Router, Segments]:
        """The dialect, its routes, and the path within it."""
        for prefix, dialect, router in self._by_first.get(path[0].lower(), ()):
            length = len(prefix)
            if tuple(map(str.lower, path[:length])) == prefix:
                return dialect, router, path[length:]
        return *self._own, path


def segments(path: str, raw: bytes = b"") -> Segments:
    """The parts of a path; a slash that was written as %2F parts nothing."""
    if b"%2F" in raw or b"%2f" in raw:
        return tuple(map(unquote, raw.decode("ascii").strip("/").split("/")))
    return tuple(path.strip("/").split("/"))
