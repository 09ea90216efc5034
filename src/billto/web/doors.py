"""The one handler of all API routes: credentials → scope → body → verb → answer, in the dialect's forms."""

import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import quote

import msgspec

from billto.app.parts import Can, Request, Store
from billto.dialects.dialect import (
    READS,
    TAKES_RECORD,
    Dialect,
    Does,
    File,
    Listed,
    Route,
    Said,
    Told,
    Where,
)
from billto.dialects.tags import tag, tagged
from billto.domain.account import Key
from billto.domain.answer import Answer
from billto.domain.paging import Cursors, place
from billto.domain.problems import Problem, Refused
from billto.domain.query import Page, Start
from billto.web import bodies, idempotency, uploads
from billto.web.call import Call
from billto.web.credentials import Credentials
from billto.web.limiting import Limiter
from billto.web.routing import Switchboard, segments

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
    kept: bytes | None = None  # the body of a repeat, where it is another
    type: str = "application/json"  # of the body


class Observed(NamedTuple):
    """What may be told of a request once it is answered: no ids of records, no key, no query, no body."""

    method: str
    route: Route | None
    status: int
    seconds: float
    request_id: str
    prefix: str  # of the dialect: several have a route /customers

    @property
    def path(self) -> str:
        """The route's path, never the request's; empty where no route was found."""
        return self.prefix + self.route.path if self.route else ""


class Doors:
    """Serves the routes of all dialects."""

    def __init__(
        self,
        dialects: Iterable[Dialect],
        store: Store,
        clock: Callable[[], datetime],
        limiter: Limiter,
        observe: Callable[[Observed], None],
        can: Can = Can(),  # noqa: B008 (nothing changes it)
    ) -> None:
        self._can = can
        self._switchboard = Switchboard(dialects)
        self._store = store
        self._clock = clock
        self._observe = observe
        self._credentials = Credentials(store.reader, limiter)
        self._in_flight = idempotency.InFlight()

    async def __call__(self, http: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Answers one HTTP request, whatever it is."""
        begun = time.perf_counter()
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in http["headers"]}
        dialect, router, path = self._switchboard.dialect(segments(http["path"], http.get("raw_path") or b""))
        where = Where(http["method"], http["path"])
        request_id = ""
        try:
            given = idempotency.given_id(headers, dialect.request_id_headers)
            request_id = given or idempotency.made_id()
            route, ids = router.find(http["method"], path)
            where = where._replace(route=route, ids=ids)
            call = Call(dialect, route, ids, headers, http, receive)
            reply = await self._answer(call, given)
        except Refused as refused:
            reply = _refusal(dialect, refused, where)
        except bodies.Disconnected:
            return
        except Exception:
            log.exception("request %s failed", request_id)
            reply = _refusal(dialect, Refused(Problem("internal")), where)
        request_id = request_id or idempotency.made_id()
        await _send(send, reply, request_id)
        seconds = time.perf_counter() - begun
        self._observe(
            Observed(http["method"], where.route, reply.status, seconds, request_id, dialect.prefix)
        )

    async def _answer(self, call: Call, given_id: str | None) -> Reply:
        route, now = call.route, self._clock()
        scope = await self._credentials.scope(call, now)
        asked = Request(scope, given_id, None, **self._can._asdict())
        asked = asked._replace(base=asked.base or call.base)
        if route.does in READS:
            return await self._read(call, asked._replace(request_id=None), now)
        if scope.read_only:
            raise Refused(Problem("read_only_key"))
        body = await self._body(call)
        asked = asked._replace(expected=_expected(call.headers))
        work = self._work(call, asked, body, now)
        try:
            if given_id is None:
                return await self._store.write(work)
            return await self._once(call, scope.tenant_id, given_id, body, work)
        finally:
            if route.table.record is Key:
                self._credentials.forget()

    async def _body(self, call: Call) -> Any:
        """The body of a request that takes one; of any other it is read and passed over."""
        if call.route.file_max:
            return await uploads.read(call.receive, call.headers, call.route.file_max)
        raw, does = await bodies.read(call.receive, call.headers), call.route.does
        if does not in (*TAKES_RECORD, Does.DO) or (does is Does.DO and not raw.strip()):
            return None
        return bodies.parse(raw, call.headers, or_form=call.dialect.takes_forms)

    async def _read(self, call: Call, asked: Request, now: datetime) -> Reply:
        reader, route = self._store.reader, call.route
        body = await self._question(call) if call.dialect.asks_with_body else None
        if route.does is Does.PAGE:
            return await self._page(call, asked, body)
        if route.does is Does.ASK:
            return _said(route, await route.verb(reader, asked, _told(call, body, now)))
        record = await route.verb(reader, asked._replace(shows=route.table.reads), call.id)
        if _same(call.headers.get("if-none-match"), tag(record)):
            return Reply(304, b"", tagged(record))
        return Reply(200, to_json(route.table.encode(record)), tagged(record))

    async def _question(self, call: Call) -> Any:
        """The body of a GET: some clients ask so; what is none is passed over."""
        raw = await bodies.read(call.receive, call.headers)
        is_form = call.dialect.takes_forms and bodies.content_type(call.headers) == bodies.FORM_TYPE
        try:
            return (bodies.parse_form if is_form else bodies.parse_json)(raw) if raw.strip() else None
        except Refused:
            return None

    async def _page(self, call: Call, asked: Request, body: Any) -> Reply:
        table, dialect = call.route.table, call.dialect
        question = dialect.asked(table, call.given, body)
        if question.environment not in (None, asked.scope.environment):
            raise Refused(Problem("other_environment", ("environment",), asked.scope.environment))
        query, following, previous = replace(question.query, shows=table.reads), None, None
        of = (call.id,) if call.route.subject is not None else ()
        if dialect.pages_by_cursor:
            cursors = Cursors(
                await self._store.reader.secret("cursors"), asked.scope.tenant_id, table.record, query.order
            )
            if question.cursor is not None:
                query = replace(query, start=_start(cursors, question.cursor, question.backwards))
            page: Page = await call.route.verb(self._store.reader, asked, *of, query)
            if page.has_next:
                following = cursors.write(Start(place(query.order, page.records[-1])))
            if page.has_previous:
                previous = cursors.write(Start(place(query.order, page.records[0]), backwards=True))
        else:
            page = await call.route.verb(self._store.reader, asked, *of, query)
        listed = Listed(table, page, query, call.url, call.given, following, previous, question.form)
        return _said(call.route, dialect.listing(listed))

    async def _once(
        self, call: Call, tenant: str, given_id: str, body: Any, write: Callable[[Any], Awaitable[Reply]]
    ) -> Reply:
        """The write, or the answer it was given before: one effect for one request id."""
        fingerprint = idempotency.fingerprint(call, body)
        name = idempotency.shown(idempotency.header(call.headers, call.dialect.request_id_headers))

        async def work(tx: Any) -> Reply:
            before: Answer | None = await tx.claimed(tenant, given_id)
            if before is not None:
                return _replayed(before, fingerprint, name)
            reply = await write(tx)
            etag, kept = reply.headers.get("ETag"), reply.body if reply.kept is None else reply.kept
            await tx.keep(
                Answer(tenant, given_id, fingerprint, reply.status, etag, kept.decode(), tx.now, reply.shows)
            )
            return reply

        if self._in_flight.has(tenant, given_id):
            # Perhaps the other is a repeat as well, of a request that was answered long ago.
            before = await self._store.reader.answered(tenant, given_id)
            if before is not None:
                return _replayed(before, fingerprint, name)
        with self._in_flight.only(tenant, given_id, name):
            return await self._store.write(work)

    def _work(self, call: Call, asked: Request, body: Any, now: datetime) -> Callable[[Any], Any]:
        """What a request does within its transaction; raises Refused for what can be seen before."""
        route, verb, table = call.route, call.route.verb, call.route.table
        match route.does:
            case Does.DO:
                told = _told(call, body, now)

                async def do(tx: Any) -> Reply:
                    return _said(route, await verb(tx, asked, told))

                return do
            case Does.CREATE:
                arguments: tuple[Any, ...] = (table.decode(body, creating=True),)
            case Does.CHANGE | Does.PUT:
                arguments = (call.id, table.decode(body, creating=False))
            case Does.REPLACE:
                arguments = (call.id, table.decode_whole(body))
            case _:
                arguments = (call.id,)

        async def work(tx: Any) -> Reply:
            record, status = await verb(tx, asked, *arguments), route.status
            if route.does is Does.PUT:
                record, is_new = record
                status = 201 if is_new else status
            if route.does is Does.DROP:
                gone = call.dialect.dropped(record)
                return Reply(route.status, b"" if gone is None else to_json(gone))
            body = to_json(table.encode(record))
            return Reply(status, body, tagged(record), shows=record.id)

        return work


def _told(call: Call, body: Any, now: datetime) -> Told:
    return Told(call.ids, call.given, body, call.url, now, call.headers.get("user-agent", ""))


def _said(route: Route, said: Said) -> Reply:
    if said.file is not None:
        headers = {"Content-Disposition": _named(said.file.name), **said.headers}
        return Reply(said.status or route.status, said.file.content, headers, type=said.file.type)
    body = b"" if said.body is None else to_json(said.body)
    kept = None if said.kept is None else to_json(said.kept)
    return Reply(said.status or route.status, body, said.headers, said.shows, kept)


def _named(name: str) -> str:
    """Shown where it can be, and saved under its name: in ASCII, and for all newer than that as it is."""
    plain = "".join(char if (char.isascii() and char.isalnum()) or char in " .-_" else "_" for char in name)
    exact = "" if plain == name else f"; filename*=UTF-8''{quote(name, safe='')}"
    return f'inline; filename="{plain}"{exact}'


def _start(cursors: Cursors, cursor: str, backwards: bool) -> Start:
    try:
        return cursors.read(cursor, backwards=backwards)
    except Refused as refused:
        name = "prev_cursor" if backwards else "next_cursor"
        raise Refused(*(one.within(name) for one in refused.problems)) from None


def _refusal(dialect: Dialect, refused: Refused, where: Where) -> Reply:
    if where.route is not None:
        refused = Refused(*where.route.table.spelt(refused.problems), retry_seconds=refused.retry_seconds)
    failure = dialect.failure(refused, where)
    headers = dict(failure.headers)
    if failure.status == 405:
        headers["Allow"] = refused.problems[0].detail
    if isinstance(failure.body, File):
        return Reply(failure.status, failure.body.content, headers, type=failure.body.type)
    return Reply(failure.status, to_json(failure.body), headers)


def _same(given: str | None, etag: str) -> bool:
    return given is not None and (
        given.strip() == "*" or etag in (one.strip().removeprefix("W/") for one in given.split(","))
    )


def _expected(headers: Mapping[str, str]) -> frozenset[int] | None:
    """The versions that If-Match names; None when any will do."""
    given = headers.get("if-match")
    if given is None or given.strip() == "*":
        return None
    bare = (one.strip().removeprefix("W/").strip('"') for one in given.split(","))
    # A tag that is none of ours is a version that never was.
    return frozenset(int(one) for one in bare if one.isascii() and one.isdigit() and len(one) < 16)


def _replayed(before: Answer, fingerprint: str, name: str) -> Reply:
    if before.fingerprint != fingerprint:
        raise Refused(Problem("key_reused", (name,)))
    headers = {"ETag": before.etag} if before.etag else {}
    return Reply(before.status, before.body.encode(), {**headers, "Idempotent-Replayed": "true"})


# Who has it may show it again only after asking whether it is still so.
_NOT_KEPT = {"Cache-Control": "private, no-cache"}


async def _send(send: Send, reply: Reply, request_id: str) -> None:
    headers = [(b"x-request-id", request_id.encode("latin-1"))]
    if reply.body:
        headers += (
            (b"content-type", reply.type.encode()),
            (b"content-length", b"%d" % len(reply.body)),
        )
    said = {**_NOT_KEPT, **reply.headers}
    headers += ((name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in said.items())
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})
