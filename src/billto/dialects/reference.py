"""The OpenAPI document of a dialect, read off the tables that decode, encode, ask and refuse.

What a table says is not said again here: a field, limit, parameter or route that is added to its table is in
the document. Only sentences and examples come from the dialect's `words.py`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from billto.dialects.dialect import READS, TAKES_RECORD, Dialect, Does, Listed, Route, Where
from billto.dialects.params import Param
from billto.dialects.schemas import Resource, Schema, ref, schemas
from billto.dialects.wire import Table, Use
from billto.domain.problems import CODES, Problem, Refused
from billto.domain.query import Page, Query


class Form(NamedTuple):
    """A body of a form of its own: the name of its schema, and an example."""

    schema: str
    example: Any
    type: str = "application/json"


class Operation(NamedTuple):
    """What a route is called, and what is said about it."""

    id: str
    says: str
    refuses: tuple[str, ...] = ()  # codes of its verb's own, beside those of all routes of its kind
    takes: Form | None = None  # a body that is no record
    gives: Form | None = None  # an answer that is none
    params: tuple[Param, ...] = ()  # of the query, beside those of all routes of its kind
    file: str = ""  # the type of the file that is the answer, where one is


@dataclass(frozen=True, slots=True)
class Wording:
    """All that the document of a dialect says beside its tables."""

    title: str
    says: str
    resources: Mapping[type[NamedTuple], Resource]
    operations: Mapping[str, Operation]  # method and path → …
    schemas: Mapping[str, Schema]  # the dialect's own forms; `Error` is how it refuses
    listing: Callable[[Schema], Schema]  # the schema of a list of these
    params: Mapping[str, str] = field(default_factory=dict)  # query parameter → further sentences
    asked: Mapping[str, Use] = field(default_factory=dict)  # query parameters that name fields
    problems: Mapping[str, Problem] = field(default_factory=dict)  # code → an example of it


class Manner(NamedTuple):
    """What the one handler does with every route of a kind."""

    headers: tuple[str, ...]  # that it reads, beside the one that names the tenant
    refuses: tuple[str, ...]  # codes


_ANY = (
    "bad_parameter",
    "unauthorized",
    "not_found",
    "rate_limited",
    "internal",
    "unavailable",
    "no_schema",
    "busy",
    "too_slow",
)
_OF_ENTITY = ("entity_needed", "no_entity")
_LIST = ("unknown_field", "unknown_operator", "bad_operand", "bad_cursor", "malformed", *_ANY)
_WRITE = ("read_only_key", "key_reused", "key_in_flight", "too_large", "timed_out", "out_of_space", *_ANY)
_JSON = ("malformed", "duplicate_key", "too_deep", "unsupported_media_type")
_VALUES = (
    "wrong_type", "not_null", "too_long", "too_short", "too_many", "unknown_choice", "invalid_format",
    "invalid_text",
)  # fmt: skip
_BODY = (*_JSON, *_VALUES, *_WRITE)

MANNERS: Mapping[Does, Manner] = {
    Does.GET:    Manner(("If-None-Match",),            _ANY),
    Does.PAGE:   Manner((),                            _LIST),
    Does.CREATE: Manner(("X-Request-Id",),             ("required", *_BODY)),
    Does.CHANGE: Manner(("X-Request-Id", "If-Match"),  ("changed_since", *_BODY)),
    Does.REPLACE: Manner(("X-Request-Id", "If-Match"), ("required", "changed_since", *_BODY)),
    Does.PUT:    Manner(("X-Request-Id", "If-Match"),  ("required", "changed_since", *_BODY)),
    Does.ACT:    Manner(("X-Request-Id", "If-Match"),  ("changed_since", *_WRITE)),
    Does.DROP:   Manner(("X-Request-Id", "If-Match"),  ("changed_since", *_WRITE)),
    Does.ASK:    Manner((),                            _ANY),
    Does.DO:     Manner(("X-Request-Id", "If-Match"),  ("changed_since", *_BODY)),
}  # fmt: skip


# Headers by their names, which are also their names among the components.
_ASKED: Mapping[str, str] = {
    "x-entity-id": "The entity that the request is about. Needless when the key reaches only one; required "
    "when there are several. `entity_id` is another name of this header.",
    "x-account-id": "The account that the request is about. A key has only one, so it is never required; "
    "another account's id is not found. `account_id` is another name of this header.",
    "X-Request-Id": "An id of your own for this write, at most 255 printable ASCII characters. Sent again "
    "with the same request, it has no second effect and gets the first answer again; with another request it "
    "is refused. `Idempotency-Key` is another name of this header.",
    "If-Match": "The `ETag` of the version that is meant. The request is refused when there is a newer one; "
    "without this header, or with `*`, any version will do.",
    "If-None-Match": "The `ETag` of a version you have, or several with commas between them. The answer is "
    "304 without a body when one of them is current.",
}
_ANSWERED: Mapping[str, Schema] = {
    "X-Request-Id": {
        "description": "The id that the request gave, or else one made for it.",
        "schema": {"type": "string"},
    },
    "ETag": {
        "description": "The version of the record, for `If-Match` and `If-None-Match`.",
        "schema": {"type": "string"},
    },
    "Content-Disposition": {
        "description": "The name of the file.",
        "schema": {"type": "string"},
    },
    "Idempotent-Replayed": {
        "description": "There when this is the answer that an earlier request with this `X-Request-Id` got.",
        "schema": {"type": "string", "const": "true"},
    },
    "Retry-After": {
        "description": "After how many seconds the request may succeed; absent where waiting is of no use.",
        "schema": {"type": "integer", "minimum": 1},
    },
    "WWW-Authenticate": {
        "description": "How a key is given.",
        "schema": {"type": "string", "const": "Bearer"},
    },
}
_ANSWERED_WITH: Mapping[int, str] = dict.fromkeys((409, 429, 503, 507), "Retry-After") | {
    401: "WWW-Authenticate"
}


def openapi(dialect: Dialect, wording: Wording, version: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of a dialect's routes."""
    tables = {route.table.record: route.table for route in dialect.routes}
    paths: dict[str, dict[str, Any]] = {}
    for route in dialect.routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(dialect, wording, route)
    made = {route.table for route in dialect.routes if route.does is Does.CREATE}
    shapes = {
        name: schema
        for table in tables.values()
        for name, schema in schemas(
            table, wording.resources[table.record], wording.listing, is_made=table in made
        ).items()
    }
    tags: dict[str, str] = {}
    for one in map(wording.resources.__getitem__, tables):
        tags.setdefault(one.tag, one.says)
    return {
        "openapi": "3.1.1",
        "info": {"title": wording.title, "version": version, "description": wording.says},
        "servers": [{"url": "/"}],
        "security": [{"key": []}],
        "tags": [{"name": name, "description": says} for name, says in tags.items()],
        "paths": paths,
        "components": {
            "schemas": {**shapes, **wording.schemas},
            "parameters": {name: _header(name, says) for name, says in _ASKED.items()},
            "headers": dict(_ANSWERED),
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A key of an account or of one entity.",
                }
            },
        },
    }


def codes(route: Route, wording: Wording) -> tuple[str, ...]:
    """All that a route may refuse, as keys of CODES; its own reasons first."""
    own = wording.operations[f"{route.method} {route.path}"].refuses
    return tuple(
        dict.fromkeys((*own, *(_OF_ENTITY if route.of_entity else ()), *MANNERS[route.does].refuses))
    )


# Operations


def _operation(dialect: Dialect, wording: Wording, route: Route) -> Schema:
    said = wording.operations[f"{route.method} {route.path}"]
    operation: Schema = {
        "operationId": said.id,
        "tags": [wording.resources[route.table.record].tag],
        "summary": route.says,
        "description": said.says,
        "parameters": list(_parameters(dialect, wording, route)),
    }
    if said.takes is not None:
        takes = said.takes
        content = {"schema": ref(takes.schema), "example": takes.example}
        operation["requestBody"] = {"content": {takes.type: content}}
    elif route.does in TAKES_RECORD:
        operation["requestBody"] = _body(wording, route)
    operation["responses"] = _responses(dialect, wording, route)
    return operation


def _parameters(dialect: Dialect, wording: Wording, route: Route) -> Iterator[Schema]:
    if "{id}" in route.path:
        yield _path_id(route)
    if "{external_id}" in route.path:
        yield {
            "name": "external_id", "in": "path", "required": True, "schema": {"type": "string"},
            "description": "What another system calls it.",
        }  # fmt: skip
    if "{round}" in route.path:
        yield {
            "name": "round", "in": "path", "required": True, "schema": {"type": "string"},
            "description": "Id of the round, also without its prefix.",
        }  # fmt: skip
    for name in ("x-entity-id" if route.of_entity else "x-account-id", *MANNERS[route.does].headers):
        yield {"$ref": f"#/components/parameters/{name}"}
    if route.does is Does.PAGE:
        for param in dialect.params(route.table):
            yield _query(param, route.table, wording)
    for param in wording.operations[f"{route.method} {route.path}"].params:
        yield _query(param, route.table, wording)


def _path_id(route: Route) -> Schema:
    # Without a pattern: bare ids, and ids with another prefix, are taken as well.
    name = route.named.__name__.lower()
    return {
        "name": "id", "in": "path", "required": True, "schema": {"type": "string"},
        "description": f"Id of the {name}, also without its prefix.",
    }  # fmt: skip


def _header(name: str, says: str) -> Schema:
    return {"name": name, "in": "header", "description": says, "schema": {"type": "string"}}


def _query(param: Param, table: Table, wording: Wording) -> Schema:
    bounds = {"minimum": param.least, "maximum": param.most, "default": param.default}
    schema = {**param.codec.schema, **{name: value for name, value in bounds.items() if value is not None}}
    says = [param.says, wording.params.get(param.name, "")]
    if (use := wording.asked.get(param.name)) is not None:
        says.append(f"Fields: {', '.join(table.names(use))}.")
    return {
        "name": param.name,
        "in": "query",
        "description": " ".join(filter(None, says)),
        "schema": {"type": "array", "items": schema} if param.several else schema,
    }


def _body(wording: Wording, route: Route) -> Schema:
    resource, name = wording.resources[route.table.record], route.table.record.__name__
    creating = route.does in (Does.CREATE, Does.REPLACE)  # both say the whole
    example = resource.creation if creating else resource.change
    return {"required": True, "content": _json(ref(f"{name}{'Create' if creating else 'Update'}"), example)}


# Answers


def _responses(dialect: Dialect, wording: Wording, route: Route) -> Schema:
    responses = {str(route.status): _success(dialect, wording, route)}
    if route.does is Does.PUT:
        responses["201"] = {
            **responses["200"],
            "description": "There was none of this name, and it was made.",
        }
    if route.does is Does.GET:
        headers = _headers("X-Request-Id", "ETag")
        responses["304"] = {
            "description": "The version that the request names is still current.",
            "headers": headers,
        }
    by_status: dict[int, list[str]] = {}
    for code in codes(route, wording):
        by_status.setdefault(CODES[code].status, []).append(code)
    for status in sorted(by_status):
        responses[str(status)] = _failure(dialect, wording, route, by_status[status])
    return responses


def _success(dialect: Dialect, wording: Wording, route: Route) -> Schema:
    table, does = route.table, route.does
    said = wording.operations[f"{route.method} {route.path}"]
    gives = said.gives
    record, name = wording.resources[table.record].record, table.record.__name__
    tag = () if does in (Does.PAGE, Does.DROP) or gives is not None or said.file else ("ETag",)
    replayed = () if does in READS else ("Idempotent-Replayed",)
    answer: Schema = {"description": "Done.", "headers": _headers("X-Request-Id", *tag, *replayed)}
    if said.file:
        answer["headers"] |= _headers("Content-Disposition")
        answer["content"] = {said.file: {"schema": {"type": "string", "format": "binary"}}}
    elif gives is not None:
        answer["content"] = _json(ref(gives.schema), gives.example)
    elif does is Does.PAGE:
        listed = Listed(table, Page((record,), 1, has_next=False, has_previous=False), Query())
        page = dialect.listing(listed).body
        answer |= {"description": "A page of the list.", "content": _json(ref(f"{name}List"), page)}
    elif does is not Does.DROP:
        answer |= {"description": f"The {name.lower()}.", "content": _json(ref(name), table.encode(record))}
    return answer


def _failure(dialect: Dialect, wording: Wording, route: Route, given: Sequence[str]) -> Schema:
    """The answer to problems of one status."""
    status = CODES[given[0]].status
    known = {"not_found": _not_found(route), **wording.problems}
    code = next((code for code in given if code in known), given[0])
    body = dialect.failure(Refused(known.get(code, Problem(code))), Where()).body
    return {
        "description": "\n".join(f"- `{code}`: {_BLANK.get(code) or _sentence(code)}" for code in given),
        "headers": _headers("X-Request-Id", *((_ANSWERED_WITH[status],) if status in _ANSWERED_WITH else ())),
        "content": _json(ref("Error"), body),
    }


# What stands for the sentences that are nothing but their detail.
_BLANK = {"malformed": "cannot be read", "bad_parameter": "is not what this parameter or header takes"}


def _sentence(code: str) -> str:
    return CODES[code].sentence.format(detail="…")


def _not_found(route: Route) -> Problem:
    """What a route does not find: its record, or else what a header names."""
    if route.path.endswith("}") or "{id}" in route.path:
        return Problem("not_found", detail=route.named.__name__)
    if route.of_entity:
        return Problem("not_found", ("x-entity-id",), "Entity")
    return Problem("not_found", ("x-account-id",), "Account")


def _headers(*names: str) -> Schema:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _json(schema: Schema, example: Any) -> Schema:
    return {"application/json": {"schema": schema, "example": example}}
