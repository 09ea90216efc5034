"""A running Billto with a cast: Alice owns companies, Charlie is a stranger; and how tests speak to it."""

import asyncio
import json
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

import apsw
import asyncpg
import httpx
import pytest

from billto import config, wiring
from billto.app import accounts, customers, entities
from billto.app.parts import Request, Store
from billto.domain.entity import Entity
from billto.domain.scope import Scope
from billto.web.server import Server

T = TypeVar("T")

TABLES = (
    "account", "entity", "key", "customer", "tombstone", "sequence", "note", "line_item", "tally", "event",
    "answer", "import_job", "upload", "document", "payment", "entry", "standing", "adjustment", "item",
    "tax_rate", "alias", "message", "plan", "reminded", "file", "file_content", "connection",
    "cadence", "chase_fired", "task", "email_template", "sms_template", "statement_run", "statement_round",
)  # fmt: skip
NOTHING: Any = object()


class Clock:
    """Time that goes on by a millisecond whenever somebody looks, and by more when it is told to."""

    def __init__(self, hour: int) -> None:
        self.now = datetime(2026, 5, 1, hour, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Cast(NamedTuple):
    """Who is there before a test begins. Everything of Alice's has "Wonder" in it, so that it can be told."""

    alice_account: str
    live: str  # keys, by what they open
    sandbox: str
    reader: str
    studio_key: str
    shop_key: str
    revoked: str
    expired: str
    studio: str  # entities
    shop: str
    trial: str
    white_rabbit: str  # customers: of the studio
    mad_hatter: str  # of the studio, in the trash
    dodo: str  # once of the studio, and deleted for good
    duchess: str  # of the shop
    dormouse: str  # of the trial, in the sandbox
    charlie_account: str
    charlie: str
    factory: str
    mr_bucket: str  # of the factory


async def make_cast(store: Store, clock: Clock) -> Cast:
    """Fills an empty database, in one transaction."""

    async def make(tx: Any) -> Cast:
        alice, charlie = await accounts.create(tx, "Alice Wonder"), await accounts.create(tx, "Charlie")

        async def key(of: Any, environment: str = "live", **more: Any) -> Any:
            return await accounts.create_key(tx, of.id, environment, **more)

        async def entity(of: Any, environment: str, **values: Any) -> Entity:
            return await entities.create(tx, Request(Scope(of.id, environment, key_id="")), values)

        async def customer(of: Entity, **values: Any) -> Any:
            scope = Scope(of.account_id, of.environment, key_id="", entity_id=of.id)
            made = await customers.create(tx, Request(scope), values)
            if "Hatter" in made.name or "Dodo" in made.name:
                await customers.trash(tx, Request(scope), made.id)
            if "Dodo" in made.name:
                await customers.erase(tx, Request(scope), made.id)
            return made

        studio = await entity(alice, "live", name="Wonder Studio", country="Slovenija", city="Wonderhill")
        shop = await entity(alice, "live", name="Wonder Shop", country="United States")
        trial = await entity(alice, "sandbox", name="Wonder Trial", country="Slovenija")
        factory = await entity(charlie, "live", name="Factory", country="United Kingdom")
        revoked = await key(alice)
        await accounts.revoke_key(tx, revoked.key.id)
        return Cast(
            alice_account=f"acc_{alice.id}",
            live=(await key(alice)).token,
            sandbox=(await key(alice, "sandbox")).token,
            reader=(await key(alice, read_only=True)).token,
            studio_key=(await key(alice, entity_id=studio.id)).token,
            shop_key=(await key(alice, entity_id=shop.id)).token,
            revoked=revoked.token,
            expired=(await key(alice, expires_at=clock.now + timedelta(minutes=1))).token,
            studio=f"ent_{studio.id}",
            shop=f"ent_{shop.id}",
            trial=f"ent_{trial.id}",
            white_rabbit=_id(await customer(
                studio, name="White Rabbit Wonder", metadata={"in": "Wonder"}, external_id="wonder-rabbit"
            )),
            mad_hatter=_id(await customer(studio, name="Mad Hatter Wonder", email="hat@wonder.example")),
            dodo=_id(await customer(studio, name="Dodo Wonder", external_id="wonder-dodo")),
            duchess=_id(await customer(shop, name="Duchess Wonder")),
            dormouse=_id(await customer(trial, name="Dormouse Wonder")),
            charlie_account=f"acc_{charlie.id}",
            charlie=(await key(charlie)).token,
            factory=f"ent_{factory.id}",
            mr_bucket=_id(await customer(factory, name="Mr Bucket")),
        )  # fmt: skip

    return await store.write(make)


def _id(customer: Any) -> str:
    return f"cust_{customer.id}"


def prepare(url: str) -> Cast:
    """Migrates an empty database and brings the cast in."""
    clock = Clock(12)

    async def run() -> Cast:
        settings = config.read({"BILLTO_DATABASE_URL": url})
        await wiring.migrate(settings)
        async with wiring.opened(settings) as store:
            store._clock = clock  # type: ignore[attr-defined]
            return await make_cast(store, clock)

    return asyncio.run(run())


class House:
    """The application in this process, opened and closed as a server does it, on the test's event loop."""

    def __init__(
        self, url: str, cast: Cast, clock: Clock, loop: asyncio.AbstractEventLoop, **settings: str
    ) -> None:
        self.url = url
        self.cast = cast
        self.clock = clock
        # Messages wait where tests look at them: nobody delivers them meanwhile.
        nowhere = dict.fromkeys(("mail", "sms", "letters"), "file:/nowhere")
        beside = {"worker": "off", "secret_key": "a key for nothing but these tests", **nowhere}
        said = {**beside, **settings}
        self._settings = {f"BILLTO_{name.upper()}": value for name, value in said.items()}
        self.loop = loop
        self.live = Caller(self, cast.live)
        self.alice = self.live.about(cast.studio)
        self.shopkeeper = self.live.about(cast.shop)
        self.sandbox = Caller(self, cast.sandbox)
        self.reader = Caller(self, cast.reader, cast.studio)
        self.charlie = Caller(self, cast.charlie)
        self.open()

    def open(self) -> None:
        settings = config.read({"BILLTO_DATABASE_URL": self.url, **self._settings})
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(wiring, "clock", self.clock)
            self.server: Server = wiring.make_server(settings)
            transport = httpx.ASGITransport(app=self.server)
            self.client = httpx.AsyncClient(transport=transport, base_url="http://billto")
            self.run(self._live())
            assert self.caller(None).get("/livez").status_code == 200

    def close(self) -> None:
        async def end() -> None:
            await self.client.aclose()
            self._told.put_nowait({"type": "lifespan.shutdown"})
            await self._lifespan

        self.run(end())

    def reopen(self) -> None:
        """As after a restart: nothing is remembered but what is in the database."""
        self.close()
        self.open()

    async def _live(self) -> None:
        self._told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        said: asyncio.Queue[Any] = asyncio.Queue()
        scope = {"type": "lifespan"}
        self._lifespan = asyncio.ensure_future(self.server(scope, self._told.get, said.put))
        self._told.put_nowait({"type": "lifespan.startup"})
        assert await said.get() == {"type": "lifespan.startup.complete"}

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def at_once(self, *work: Coroutine[Any, Any, T]) -> list[T]:
        """The answers of requests that are all under way at the same time."""

        async def together() -> list[T]:
            return await asyncio.gather(*work)

        return self.run(together())

    def caller(self, token: str | None, entity: str | None = None, account: str | None = None) -> "Caller":
        return Caller(self, token, entity, account)

    def write(self, work: Any) -> Any:
        """Does with the store what the command line does."""
        return self.run(self.server._store.write(work))

    def raw(
        self,
        method: str,
        path: str,
        query: bytes = b"",
        headers: Sequence[tuple[bytes, bytes]] = (),
        body: bytes = b"",
    ) -> "Raw":
        """A request that no client library would let through, given to the application as a server does."""
        sent: list[Mapping[str, Any]] = []

        async def receive() -> Mapping[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Mapping[str, Any]) -> None:
            sent.append(message)

        scope = {"type": "http", "method": method, "path": path, "query_string": query, "headers": headers}
        self.run(self.server(scope, receive, send))  # type: ignore[arg-type]
        start, *rest = sent
        return Raw(start["status"], dict(start["headers"]), b"".join(one["body"] for one in rest))

    def dump(self) -> dict[str, list[str]]:
        """Every row of every table: a refused request leaves all of them as they were."""
        if self.url.startswith("sqlite"):
            connection = apsw.Connection(urlsplit(self.url).path[1:])
            try:
                rows = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in TABLES}
            finally:
                connection.close()
        else:
            rows = self.run(self._rows())
        return {name: sorted(map(repr, some)) for name, some in rows.items()}

    async def _rows(self) -> dict[str, Any]:
        connection = await asyncpg.connect(self.url)
        try:
            return {name: await connection.fetch(f"SELECT * FROM {name}") for name in TABLES}
        finally:
            await connection.close()


class Raw(NamedTuple):
    """An answer as it goes out."""

    status_code: int
    raw_headers: dict[bytes, bytes]
    content: bytes

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.raw_headers.items()}

    def json(self) -> Any:
        return json.loads(self.content)


@dataclass(frozen=True)
class Caller:
    """Somebody with a key or without, who speaks about an entity, or of none in particular."""

    house: House
    token: str | None
    entity: str | None = None
    account: str | None = None

    def about(self, entity: str | None) -> "Caller":
        return replace(self, entity=entity)

    @property
    def headers(self) -> dict[str, str]:
        said = {"x-entity-id": self.entity, "x-account-id": self.account}
        key = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return {**key, **{name: value for name, value in said.items() if value is not None}}

    async def asking(
        self,
        method: str,
        path: str,
        body: Any = NOTHING,
        headers: Mapping[str, str] | None = None,
        params: Any = None,
    ) -> httpx.Response:
        """A request; a body that is no bytes is written as JSON."""
        content = body
        if body is NOTHING:
            content = None
        elif not isinstance(body, bytes):
            content = json.dumps(body).encode()
        typed = {"Content-Type": "application/json"} if content is not None else {}
        return await self.house.client.request(
            method, path, content=content, params=params, headers={**self.headers, **typed, **(headers or {})}
        )

    def ask(
        self,
        method: str,
        path: str,
        body: Any = NOTHING,
        headers: Mapping[str, str] | None = None,
        params: Any = None,
    ) -> httpx.Response:
        return self.house.run(self.asking(method, path, body, headers, params))

    def get(self, path: str, /, **params: Any) -> httpx.Response:
        """Parameters are written as clients write them: truth in lower case, trees as JSON."""
        written = [
            (name, _plain(one))
            for name, value in params.items()
            for one in (value if isinstance(value, tuple) else (value,))
        ]
        return self.ask("GET", path, params=written or None)

    def post(
        self, path: str, body: Any = NOTHING, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        return self.ask("POST", path, body, headers)

    def put(self, path: str, body: Any, headers: Mapping[str, str] | None = None) -> httpx.Response:
        return self.ask("PUT", path, body, headers)

    def patch(self, path: str, body: Any, headers: Mapping[str, str] | None = None) -> httpx.Response:
        return self.ask("PATCH", path, body, headers)

    def delete(self, path: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        return self.ask("DELETE", path, headers=headers)

    def customer(self, name: str = "Ana", **fields: Any) -> Any:
        """A new customer, as it was answered."""
        return answered(self.post("/customers", {"name": name, **fields}), 201)

    def new_entity(self, name: str = "Company", country: str = "Slovenia", **fields: Any) -> Any:
        return answered(self.post("/entities", {"name": name, "country": country, **fields}), 201)

    def listed(self, path: str = "/customers", /, **params: Any) -> Any:
        return answered(self.get(path, **params))

    def names(self, path: str = "/customers", /, **params: Any) -> list[str]:
        """The names in a list, in its order."""
        return [one["name"] for one in self.listed(path, **{"limit": 100, **params})["data"]]


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value) if isinstance(value, dict | list) else value


def answered(answer: httpx.Response, status: int = 200) -> Any:
    """The body of an answer that went well."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "request_timeout",
    409: "conflict",
    412: "precondition_failed",
    413: "payload_too_large",
    415: "unsupported_media_type",
    422: "unprocessable_entity",
    429: "rate_limit_exceeded",
}


def refused(answer: httpx.Response | Raw) -> tuple[int, dict[str, str]]:
    """The status of a refusal and what is wrong by path, after a look at the form that all refusals have."""
    body = answer.json()
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-request-id"]
    assert body.keys() - {"cause"} == {"code", "message"}, body
    assert body["code"] == CODES[answer.status_code], body
    assert body["message"]
    issues = body.get("cause", {"issues": []})["issues"]
    assert all(one.keys() == {"path", "code", "message"} and one["path"] for one in issues)
    return answer.status_code, {".".join(map(str, one["path"])): one["code"] for one in issues}
