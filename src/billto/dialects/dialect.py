"""What a dialect is: routes with their verbs and tables, and how it spells questions and answers."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

from billto.dialects.params import Given, Param
from billto.dialects.wire import Table
from billto.domain.problems import Refused
from billto.domain.query import Page, Query

Headers = Mapping[str, str]
Verb = Callable[..., Coroutine[Any, Any, Any]]


class Does(Enum):
    """What a route does with its record; the one handler knows what each needs and gives."""

    GET = "get"
    PAGE = "page"
    CREATE = "create"
    CHANGE = "change"
    ACT = "act"
    DROP = "drop"


READS = (Does.GET, Does.PAGE)


@dataclass(frozen=True, slots=True)
class Route:
    """An address: method, path with {id}, and what happens there."""

    method: str
    path: str
    does: Does
    verb: Verb
    table: Table
    says: str
    of_entity: bool = True  # the request is about one entity (header x-entity-id), else about the account
    status: int = 200


class Asked(NamedTuple):
    """A question for a list as a dialect reads it: all but the place of a cursor, which needs a secret."""

    query: Query
    cursor: str | None = None
    backwards: bool = False
    environment: str | None = None


class Failure(NamedTuple):
    """A refusal on the wire."""

    status: int
    body: Any
    headers: Headers


@dataclass(frozen=True, slots=True)
class Dialect:
    """One API language."""

    name: str
    title: str
    routes: tuple[Route, ...]
    params: Callable[[Table], tuple[Param, ...]]  # the query parameters of a list
    asked: Callable[[Table, Given], Asked]
    listing: Callable[[Table, Page, str | None, str | None], Any]  # …, next cursor, previous cursor
    failure: Callable[[Refused], Failure]
