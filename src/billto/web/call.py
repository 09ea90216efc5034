"""A request that has found its route."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote

from starlette.types import Receive

from billto.dialects.dialect import Dialect, Route
from billto.dialects.params import Given
from billto.domain.nodes import storable
from billto.domain.problems import Problem, Refused
from billto.web.parameters import read_parameters


@dataclass
class Call:
    """All of a request but its body."""

    dialect: Dialect
    route: Route
    ids: Mapping[str, str]  # as they stand in the path
    headers: Mapping[str, str]
    http: Mapping[str, Any]  # the ASGI scope
    receive: Receive

    @cached_property
    def given(self) -> Given:
        """The query string; raises Refused for one that cannot be read."""
        return read_parameters(self.http["query_string"])

    @property
    def id(self) -> str | int:
        """The id in the path, or the name that is there instead of one.

        What cannot be an id is as absent as an unknown one.
        """
        if "external_id" in self.ids:
            return self._name(self.ids["external_id"])
        found = self.dialect.read_id(self.ids["id"])
        if found is None:
            raise Refused(Problem("not_found", detail=self.route.named.__name__))
        return found

    def _name(self, text: str) -> str:
        if not storable(text):
            raise Refused(Problem("not_found", detail=self.route.named.__name__))
        return text

    @property
    def url(self) -> str:
        """The address as the client called it, without the query."""
        host = self.headers.get("host", "localhost")
        return f"{self.http.get('scheme', 'http')}://{host}{self.http['path']}"

    @property
    def base(self) -> str:
        """Where all addresses of this server begin, as the client called it."""
        host = quote(self.headers.get("host", "localhost"), safe=":[]")
        return f"{self.http.get('scheme', 'http')}://{host}"
