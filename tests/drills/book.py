"""Clients at work, and the book they keep: what was answered, and so what must be there."""

import asyncio
import random
import secrets
import time
from collections import Counter
from typing import Any, NamedTuple

from tests.drills.databases import Tenant
from tests.drills.wire import Answer, Client, Lost, Unreachable

PATIENCE_SECONDS = 60
TRY_AGAIN = (409, 503, 507)  # in flight, not now, no space
PAGE = 100
REPLAYED_MAX = 300


class Asked(NamedTuple):
    """A request, which stays the same however often it is sent."""

    id: str
    method: str
    path: str
    body: Any


class Known(NamedTuple):
    """A customer as it was last answered."""

    body: Any
    tag: str | None


class Book:
    """What one tenant was answered, by all its clients."""

    def __init__(self, tenant: Tenant, port: int) -> None:
        self.tenant = tenant
        self.port = port
        self.customers: dict[str, Known] = {}
        self.answered: list[tuple[Asked, Answer]] = []
        self.counts: Counter[str] = Counter()
        self.slowest_seconds = 0.0
        self._number = 0
        self._token = secrets.token_hex(4)  # other books may be kept of the same tenant

    def client(self) -> Client:
        return Client(self.port, self.tenant.key, self.tenant.entity)

    def request(self, method: str, path: str, body: Any = None) -> Asked:
        self._number += 1
        return Asked(f"{self._token}-{self._number}", method, path, body)

    async def persist(self, client: Client, asked: Asked) -> Answer:
        """Asks until there is an answer that says what became of the request."""
        end = time.monotonic() + PATIENCE_SECONDS
        cut = unsure = False
        while True:
            answer = None
            try:
                answer = await self._once(client, asked)
            except Unreachable:
                pass
            except Lost:
                cut = True
            if answer is not None and answer.status not in TRY_AGAIN:
                break
            unsure = unsure or cut or answer is not None
            assert time.monotonic() < end, f"no answer to {asked} but {answer}"
            await asyncio.sleep(random.uniform(0.01, 0.08))
        assert answer.status in (200, 201, 202, 204), (asked, answer)
        # Only what may have been done before may be answered from memory.
        assert unsure or not answer.is_replay, (asked, answer)
        self.counts["cut"] += cut
        self.counts["replayed"] += answer.is_replay
        return answer

    async def _once(self, client: Client, asked: Asked) -> Answer:
        begun = time.monotonic()
        try:
            answer = await client.ask(asked.method, asked.path, asked.body, id=asked.id)
        finally:
            self.slowest_seconds = max(self.slowest_seconds, time.monotonic() - begun)
        if answer.status in TRY_AGAIN:
            self.counts[str(answer.status)] += 1
            assert set(answer.json) >= {"code", "message"}, answer
            assert int(answer.headers["retry-after"]) > 0, answer
        return answer

    async def write(self, client: Client, asked: Asked) -> Answer:
        answer = await self.persist(client, asked)
        self.answered.append((asked, answer))
        if answer.body:
            self.customers[answer.json["id"]] = Known(answer.json, answer.headers["etag"])
        return answer

    async def look(self, client: Client, id: str) -> Known:
        """A customer as it is now, from whichever process answers."""
        answer = await self.persist(client, self.request("GET", f"/customers/{id}"))
        return Known(answer.json, answer.headers["etag"])

    async def compare(self) -> None:
        """Asserts that exactly what was answered is there: nothing lost, stale, torn or doubled."""
        async with self.client() as client:
            found = await self._listed(client)
            live = {id: one.body for id, one in self.customers.items() if one.body["deleted_at"] is None}
            assert found == live
            for id, known in self.customers.items():
                assert await self.look(client, id) == known

    async def _listed(self, client: Client) -> dict[str, Any]:
        found: dict[str, Any] = {}
        path = f"/customers?limit={PAGE}&order_by=id&include_total_count=true"
        cursor = ""
        for _ in range(len(self.customers) // PAGE + 2):
            page = (await self.persist(client, self.request("GET", path + cursor))).json
            found |= {one["id"]: one for one in page["data"]}
            if not page["pagination"]["has_more"]:
                assert page["pagination"]["total"] == len(found)
                return found
            cursor = f"&next_cursor={page['pagination']['next_cursor']}"
        raise AssertionError(f"more customers than were made: {len(found)} and no end")

    async def replay(self) -> None:
        """Asserts that answered requests are answered the same again, without a second effect."""
        async with self.client() as client:
            for asked, before in random.sample(self.answered, min(len(self.answered), REPLAYED_MAX)):
                again = await client.ask(asked.method, asked.path, asked.body, id=asked.id)
                assert (again.status, again.body) == (before.status, before.body)
                assert again.is_replay
                assert again.headers.get("etag") == before.headers.get("etag")


class Writer:
    """One client with customers of its own, so that it knows what each of them must be like."""

    def __init__(self, book: Book, number: int) -> None:
        self._book = book
        self._number = number
        self._chance = random.Random(number)
        self._mine: list[str] = []
        self._made = 0

    async def work(self, ends: asyncio.Event, pause_seconds: float = 0.005) -> None:
        async with self._book.client() as client:
            while not ends.is_set():
                await self._chance.choice((self._create, self._create, self._patch, self._look, self._trash))(
                    client
                )
                await asyncio.sleep(self._chance.uniform(0, 2 * pause_seconds))

    def _values(self) -> dict[str, Any]:
        """The same word everywhere, so that a torn record shows."""
        self._made += 1
        word = f"{self._number}-{self._made}"
        return {
            "name": f"Customer {word}",
            "email": f"{word}@drill.example",
            "address": word * 20,
            "metadata": {"word": word},
        }

    async def _create(self, client: Client) -> None:
        answer = await self._book.write(client, self._book.request("POST", "/customers", self._values()))
        self._mine.append(answer.json["id"])

    async def _patch(self, client: Client) -> None:
        if self._mine:
            path = f"/customers/{self._chance.choice(self._mine)}"
            await self._book.write(client, self._book.request("PATCH", path, self._values()))

    async def _look(self, client: Client) -> None:
        if self._mine:
            id = self._chance.choice(self._mine)
            assert await self._book.look(client, id) == self._book.customers[id]

    async def _trash(self, client: Client) -> None:
        if len(self._mine) < 10:
            return
        id = self._mine.pop(self._chance.randrange(len(self._mine)))
        before = self._book.customers[id]
        await self._book.write(client, self._book.request("DELETE", f"/customers/{id}"))
        after = await self._book.look(client, id)
        assert after.body["deleted_at"] is not None
        changed = {"deleted_at": after.body["deleted_at"], "updated_at": after.body["updated_at"]}
        assert after.body == {**before.body, **changed}
        self._book.customers[id] = after
