"""The one handler of all API routes: credentials → scope → body → verb → answer, in the dialect's forms."""

import logging
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from billto.app.parts import Request, Store
from billto.dialects.dialect import READS, Dialect, Does, Route
from billto.domain.answer import Answer
from billto.domain.ids import read_id
from billto.domain.paging import Cursors, place
from billto.domain.problems import Problem, Refused
from billto.domain.query import Page, Start
from billto.domain.scope import Scope
from billto.web import bodies, idempotency
from billto.web.credentials import Credentials
from billto.web.limiting import Limiter
from billto.web.parameters import read_parameters
from billto.web.routing import Router

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

log = logging.getLogger("billto")
to_json = msgspec.json.Encoder(decimal_format="number").encode


class Reply(NamedTuple):
    """An answer before it goes out."""

    status: int
    body: bytes
    headers: Mapping[str, str] = {}
    shows: str | None = None  # the record whose data are in the body


class Observed(NamedTuple):
    """What may be told of a request once it is answered: no ids of records, no key, no query, no body."""

    method: str
    route: Route | None
    status: int
    seconds: float
    request_id: str


class Call(NamedTuple):
    """A request that has found its route."""

    route: Route
    id: str  # as it stands in the path, or ""
    http: Mapping[str, Any]  # the ASGI scope
    headers: Mapping[str, str]
    receive: Receive


class Doors:
    """Serves the routes of a dialect."""

    def __init__(
        self,
        dialect: Dialect,
        store: Store,
        clock: Callable[[], datetime],
        limiter: Limiter,
        observe: Callable[[Observed], None],
    ) -> None:
        self.dialect = dialect
        self.router = Router(dialect.routes)
        self._store = store
        self._clock = clock
        self._limiter = limiter
        self._secret: bytes | None = None
        self._observe = observe
        self._credentials = Credentials(store.reader)
        self._in_flight = idempotency.InFlight()

    async def __call__(self, http: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Answers one HTTP request, whatever it is."""
        begun = time.perf_counter()
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in http["headers"]}
        route: Route | None = None
        request_id = ""
        try:
            given = idempotency.given_id(headers)
            request_id = given or idempotency.made_id()
            route, id_ = self.router.find(http["method"], http["path"])
            call = Call(route, id_, http, headers, receive)
            reply = await self._answer(call, given)
        except Refused as refused:
            reply = self._refusal(refused, route)
        except bodies.Disconnected:
            return
        except Exception:
            log.exception("request %s failed", request_id)
            reply = self._refusal(Refused(Problem("internal")), route)
        request_id = request_id or idempotency.made_id()
        await _send(send, reply, request_id)
        seconds = time.perf_counter() - begun
        self._observe(Observed(http["method"], route, reply.status, seconds, request_id))

    async def _answer(self, call: Call, given_id: str | None) -> Reply:
        route, now = call.route, self._clock()
        scope = await self._credentials.scope(call.headers, now, of_entity=route.of_entity)
        self._limiter.check(scope.key_id)
        if route.does in READS:
            return await self._read(call, scope)
        if scope.read_only:
            raise Refused(Problem("read_only_key"))
        body = await self._body(call)
        id_ = _id(call) if call.id else ""
        values = self._values(route, body)
        asked = Request(scope, given_id, _expected(call.headers))
        if given_id is None:
            return await self._store.write(lambda tx: self._write(tx, call, asked, id_, values))
        return await self._once(call, asked, given_id, body, id_, values)

    async def _body(self, call: Call) -> Any:
        """The body of a request that takes one; of any other it is read and passed over."""
        raw = await bodies.read(call.receive, call.headers)
        if call.route.does not in (Does.CREATE, Does.CHANGE):
            return None
        bodies.require_json(call.headers)
        return bodies.parse_json(raw)

    def _values(self, route: Route, body: Any) -> Mapping[str, Any]:
        if route.does not in (Does.CREATE, Does.CHANGE):
            return {}
        return route.table.decode(body, creating=route.does is Does.CREATE)

    async def _read(self, call: Call, scope: Scope) -> Reply:
        reader, asked = self._store.reader, Request(scope)
        if call.route.does is Does.PAGE:
            return await self._page(call, asked)
        record = await call.route.verb(reader, asked, _id(call))
        tag = _tag(record)
        if _same(call.headers.get("if-none-match"), tag):
            return Reply(304, b"", {"ETag": tag})
        return Reply(200, to_json(call.route.table.encode(record)), {"ETag": tag})

    async def _page(self, call: Call, asked: Request) -> Reply:
        table = call.route.table
        question = self.dialect.asked(table, read_parameters(call.http["query_string"]))
        if question.environment not in (None, asked.scope.environment):
            raise Refused(Problem("other_environment", ("environment",), asked.scope.environment))
        query = question.query
        cursors = Cursors(await self._signing(), asked.scope.tenant_id, table.record, query.order)
        if question.cursor is not None:
            name = "prev_cursor" if question.backwards else "next_cursor"
            try:
                start = cursors.read(question.cursor, backwards=question.backwards)
            except Refused as refused:
                raise Refused(*(one.within(name) for one in refused.problems)) from None
            query = replace(query, start=start)
        page: Page = await call.route.verb(self._store.reader, asked, query)
        following = previous = None
        if page.has_next:
            following = cursors.write(Start(place(query.order, page.records[-1])))
        if page.has_previous:
            previous = cursors.write(Start(place(query.order, page.records[0]), backwards=True))
        return Reply(200, to_json(self.dialect.listing(table, page, following, previous)))

    async def _signing(self) -> bytes:
        """The secret of cursors, which all processes share; read when the first list is asked for."""
        if self._secret is None:
            self._secret = await self._store.reader.secret("cursors")
        return self._secret

    async def _once(
        self, call: Call, asked: Request, given_id: str, body: Any, id_: str, values: Mapping[str, Any]
    ) -> Reply:
        """The write, or the answer it was given before: one effect for one request id."""
        fingerprint = idempotency.fingerprint(call.route, call.id, body)
        tenant = asked.scope.tenant_id

        async def work(tx: Any) -> Reply:
            before: Answer | None = await tx.claimed(tenant, given_id)
            if before is not None:
                return _replayed(before, fingerprint)
            reply = await self._write(tx, call, asked, id_, values)
            tag = reply.headers.get("ETag")
            await tx.keep(
                Answer(
                    tenant, given_id, fingerprint, reply.status, tag, reply.body.decode(), tx.now, reply.shows
                )
            )
            return reply

        if self._in_flight.has(tenant, given_id):
            # Perhaps the other is a repeat as well, of a request that was answered long ago.
            before = await self._store.reader.answered(tenant, given_id)
            if before is not None:
                return _replayed(before, fingerprint)
        with self._in_flight.only(tenant, given_id):
            return await self._store.write(work)

    async def _write(self, tx: Any, call: Call, asked: Request, id_: str, values: Mapping[str, Any]) -> Reply:
        route = call.route
        match route.does:
            case Does.CREATE:
                record = await route.verb(tx, asked, values)
            case Does.CHANGE:
                record = await route.verb(tx, asked, id_, values)
            case _:
                record = await route.verb(tx, asked, id_)
        if route.does is Does.DROP:
            return Reply(route.status, b"")
        body = to_json(route.table.encode(record))
        return Reply(route.status, body, {"ETag": _tag(record)}, shows=record.id)

    def _refusal(self, refused: Refused, route: Route | None) -> Reply:
        if route is not None:
            refused = Refused(*route.table.spelt(refused.problems), retry_seconds=refused.retry_seconds)
        failure = self.dialect.failure(refused)
        headers = dict(failure.headers)
        if failure.status == 405:
            headers["Allow"] = refused.problems[0].detail
        return Reply(failure.status, to_json(failure.body), headers)


def _id(call: Call) -> str:
    """The id in the path; what cannot be one is as absent as an unknown one."""
    found = read_id(call.id)
    if found is None:
        raise Refused(Problem("not_found", detail=call.route.table.record.__name__))
    return found


def _tag(record: Any) -> str:
    return f'"{record.version}"'


def _same(given: str | None, tag: str) -> bool:
    return given is not None and (
        given.strip() == "*" or tag in (one.strip().removeprefix("W/") for one in given.split(","))
    )


def _expected(headers: Mapping[str, str]) -> frozenset[int] | None:
    """The versions that If-Match names; None when any will do."""
    given = headers.get("if-match")
    if given is None or given.strip() == "*":
        return None
    bare = (one.strip().removeprefix("W/").strip('"') for one in given.split(","))
    # A tag that is none of ours is a version that never was.
    return frozenset(int(one) for one in bare if one.isascii() and one.isdigit() and len(one) < 16)


def _replayed(before: Answer, fingerprint: str) -> Reply:
    if before.fingerprint != fingerprint:
        raise Refused(Problem("key_reused", ("X-Request-Id",)))
    headers = {"ETag": before.etag} if before.etag else {}
    return Reply(before.status, before.body.encode(), {**headers, "Idempotent-Replayed": "true"})


# Who has it may show it again only after asking whether it is still so.
_NOT_KEPT = (b"cache-control", b"private, no-cache")
_JSON = (b"content-type", b"application/json")


async def _send(send: Send, reply: Reply, request_id: str) -> None:
    headers = [(b"x-request-id", request_id.encode("latin-1")), _NOT_KEPT]
    if reply.body:
        headers += (_JSON, (b"content-length", b"%d" % len(reply.body)))
    headers += (
        (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers.items()
    )
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})
