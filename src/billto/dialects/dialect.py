"""What a dialect is: routes with their verbs and tables, and how it spells questions and answers."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple

from billto.dialects.params import Given, Param
from billto.dialects.wire import Table
from billto.domain.problems import Refused
from billto.domain.query import Page, Query

Headers = Mapping[str, str]
Verb = Callable[..., Coroutine[Any, Any, Any]]


class Does(Enum):
    """What a route does with its record; the one handler knows what each needs and gives.

    All but the last two work on one record, or a page of them, by the route's table. The verb of ASK and DO
    is the dialect's own function `(reader or tx, Request, Told) -> Said`, for answers that are no record.
    """

    GET = "get"
    PAGE = "page"
    CREATE = "create"
    CHANGE = "change"
    REPLACE = "replace"  # what the body does not name becomes what it would be in a new record
    PUT = "put"  # under a name of the client's own: made, unless it is there and is changed
    ACT = "act"
    DROP = "drop"
    ASK = "ask"
    DO = "do"


READS = (Does.GET, Does.PAGE, Does.ASK)
TAKES_RECORD = (Does.CREATE, Does.CHANGE, Does.REPLACE, Does.PUT)


class Of(Enum):
    """Which entity a route is about."""

    ENTITY = "the one that the key opens or a header names"
    PATH = "the one whose id stands in the address, as {entity}"
    RECORD = "the one that has the record whose id stands in the address, as {id}"
    ACCOUNT = "none: it is about the account"
    LINK = "the one whose customer's signed link stands in the address, as {token}"
    NOBODY = "none: it needs no key"


@dataclass(frozen=True, slots=True)
class Route:
    """An address: method, path with {names}, and what happens there."""

    method: str
    path: str
    does: Does
    verb: Verb
    table: Table
    says: str
    of: Of = Of.ENTITY
    status: int = 200
    subject: type[NamedTuple] | None = None  # whose id stands in the path, where it is not the table's record
    file_max: int = 0  # bytes of the one file that it takes, as multipart/form-data; 0 where it takes none
    is_secret: bool = False  # its body has a password in it

    @property
    def named(self) -> type[NamedTuple]:
        """The kind of record whose id stands in the path."""
        return self.subject or self.table.record

    @property
    def of_entity(self) -> bool:
        return self.of in (Of.ENTITY, Of.PATH, Of.RECORD)


class Asked(NamedTuple):
    """A question for a list as a dialect reads it: all but the place of a cursor, which needs a secret."""

    query: Query
    cursor: str | None = None
    backwards: bool = False
    environment: str | None = None
    form: Any = None  # what it says of the answer's form, for the dialect that writes it


class Sent(NamedTuple):
    """A file that came with a request."""

    name: str
    content: bytes
    fields: Mapping[str, str] = {}  # what else the form says, in short texts


class Told(NamedTuple):
    """All that a request says, for the verbs of ASK and DO."""

    ids: Mapping[str, str]  # by the names that the route's path has for them
    given: Given  # the query string
    body: Any  # a tree, a file that was sent, or None
    url: str  # as the client called it, without the query
    now: datetime
    agent: str = ""  # the program that asks, as it calls itself


class File(NamedTuple):
    """A file that is the answer."""

    name: str  # with its ending
    content: bytes
    type: str = "application/pdf"


class Said(NamedTuple):
    """What a verb of ASK or DO answers, in the words of the wire."""

    body: Any = None
    status: int | None = None  # the route's, unless said otherwise
    headers: Mapping[str, str] = {}
    shows: str | None = None  # the record whose data are in it: forgotten when that is erased
    kept: Any = None  # what a repeat is answered instead, where the body says what must not be kept
    file: File | None = None  # of ASK, in place of the body: answers of writes are kept as texts


class Listed(NamedTuple):
    """A page that came of a question, and what a dialect may write beside its records."""

    table: Table
    page: Page
    query: Query
    url: str = ""
    given: Mapping[str, Sequence[str]] = {}
    next_cursor: str | None = None
    prev_cursor: str | None = None
    form: Any = None  # of the question


class Where(NamedTuple):
    """At which address a request was refused."""

    method: str = ""
    path: str = ""
    ids: Mapping[str, str] = {}
    route: Route | None = None


class Failure(NamedTuple):
    """A refusal on the wire."""

    status: int
    body: Any  # a file, where people read it
    headers: Headers


def _no_body(_record: Any) -> Any:
    return None


@dataclass(frozen=True, slots=True)
class Dialect:
    """One API language."""

    name: str
    title: str
    prefix: str  # where it is mounted: empty, or /v1
    routes: tuple[Route, ...]
    params: Callable[[Table], tuple[Param, ...]]  # the query parameters of a list
    asked: Callable[[Table, Given, Any], Asked]  # …, the body, where clients ask with one
    listing: Callable[[Listed], Said]
    failure: Callable[[Refused, Where], Failure]
    token: Callable[[Headers, Given], str]  # the key in a request; raises Refused without one
    read_id: Callable[[str], str | int | None]  # an id as it stands in an address; None for what is none
    dropped: Callable[[Any], Any] = _no_body  # the body after DROP
    entity_headers: tuple[str, ...] = ()  # headers that may name the entity
    account_headers: tuple[str, ...] = ()
    request_id_headers: tuple[str, ...] = ("idempotency-key",)  # the first that is given counts
    key_in_query: bool = False  # and not only in headers
    takes_forms: bool = False  # bodies may be forms, with brackets for what nests
    asks_with_body: bool = False  # a GET may bring a body, which is a question
    minds_case: bool = True  # /Clients is not /clients
    pages_by_cursor: bool = False
    # What of a record does not survive being written through this door and read through another: wire name
    # of the customer's table → a sentence.
    loses: Mapping[str, str] = field(default_factory=dict)
