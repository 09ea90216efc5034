"""R10 and R12: what comes at once through two processes has one effect for one id, and no change is lost."""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from tests.drills.conftest import Tell
from tests.drills.databases import Tenant, examine, prepared
from tests.drills.serving import Billto
from tests.drills.sizes import size
from tests.drills.wire import Answer, Client

AT_ONCE = 20
TRIES = 200
FIELDS = ("name", "email", "address", "address_2", "city", "post_code", "tax_number", "company_number")
RIVALS = 10


@asynccontextmanager
async def crowd(billto: Billto, tenant: Tenant, many: int) -> AsyncIterator[list[Client]]:
    """Clients that are connected already, to both processes."""
    async with AsyncExitStack() as stack:
        clients = [Client(billto.port, tenant.key, tenant.entity) for _ in range(many)]
        for client in clients:
            await stack.enter_async_context(client)
            assert (await client.ask("GET", "/healthz")).status == 200
        yield clients


async def told(
    client: Client, method: str, path: str, body: Any = None, *, id: str | None = None, headers: Any = None
) -> Answer:
    """The answer to a request, which is repeated as long as it is in flight elsewhere or there is no room."""
    for _ in range(TRIES):
        answer = await client.ask(method, path, body, id=id, headers=headers)
        if "retry-after" not in answer.headers:
            return answer
        await asyncio.sleep(random.uniform(0, 0.02))
    raise AssertionError(f"no answer to {method} {path} after {TRIES} tries")


def at_once(clients: list[Client], *requests: Mapping[str, Any]) -> Any:
    asked = zip(clients, requests, strict=True)
    return asyncio.gather(*(told(client, **request) for client, request in asked))


def test_one_id_has_one_effect(database_url: str, tmp_path: Path, tell: Tell) -> None:
    asyncio.run(one_effect(Billto(tmp_path, database_url, workers=2), tell))


async def one_effect(billto: Billto, tell: Tell) -> None:
    tenant, stranger = await prepared(billto.url), await prepared(billto.url)
    made: dict[str, Answer] = {}
    async with billto:
        await billto.started("/readyz")
        async with crowd(billto, tenant, AT_ONCE) as clients:
            for number in range(size("race_keys")):
                id, body = f"key-{number}", {"name": f"Customer {number}"}
                request = {"method": "POST", "path": "/customers", "body": body, "id": id}
                answers = await at_once(clients, *[request] * AT_ONCE)
                assert {one.status for one in answers} == {201}
                assert len({(one.body, one.headers["etag"]) for one in answers}) == 1
                assert sum(not one.is_replay for one in answers) == 1
                made[id] = answers[0]
            listed = await clients[0].ask("GET", "/customers?limit=100&include_total_count=true")
            assert {one["id"] for one in listed.json["data"]} == {one.json["id"] for one in made.values()}
            assert listed.json["pagination"]["total"] == len(made)
        await billto.stop()
        await billto.started("/readyz")  # what was answered is remembered
        async with crowd(billto, tenant, 2) as clients, crowd(billto, stranger, 1) as strangers:
            await _again(clients, strangers[0], made)
        await examine(billto.url)
    tell(keys=len(made), at_once=AT_ONCE, second_effects=0, replays_that_differ=0)


async def _again(clients: list[Client], stranger: Client, made: dict[str, Answer]) -> None:
    for number, (id, before) in enumerate(made.items()):
        client = clients[number % len(clients)]
        again = await client.ask("POST", "/customers", {"name": f"Customer {number}"}, id=id)
        assert (again.status, again.body, again.is_replay) == (201, before.body, True)
        other = await client.ask("POST", "/customers", {"name": "Somebody else"}, id=id)
        assert (other.status, other.json["code"]) == (409, "conflict")
        assert "retry-after" not in other.headers
        foreign = await stranger.ask("POST", "/customers", {"name": f"Customer {number}"}, id=id)
        assert (foreign.status, foreign.is_replay) == (201, False)
        assert foreign.json["id"] != before.json["id"]


def test_no_change_is_lost(database_url: str, tmp_path: Path, tell: Tell) -> None:
    asyncio.run(no_lost_change(Billto(tmp_path, database_url, workers=2), tell))


async def no_lost_change(billto: Billto, tell: Tell) -> None:
    tenant, rounds = await prepared(billto.url), size("race_rounds")
    async with billto:
        await billto.started("/readyz")
        async with crowd(billto, tenant, RIVALS) as clients:
            for number in range(rounds):
                made = await told(clients[0], "POST", "/customers", {"name": "Customer"})
                await _fields(clients[: len(FIELDS)], f"/customers/{made.json['id']}", number)
                await _rivals(clients, f"/customers/{made.json['id']}")
        await examine(billto.url)
    tell(rounds=rounds, fields_at_once=len(FIELDS), rivals=RIVALS, lost_changes=0, second_winners=0)


async def _fields(clients: list[Client], path: str, number: int) -> None:
    """Everybody changes another field of the same customer."""
    values = {field: f"{field} {number}" for field in FIELDS}
    patches = [{"method": "PATCH", "path": path, "body": {name: value}} for name, value in values.items()]
    answers = await at_once(clients, *patches)
    assert {one.status for one in answers} == {200}
    assert len({one.headers["etag"] for one in answers}) == len(FIELDS)  # a version for each change
    found = (await clients[0].ask("GET", path)).json
    assert {name: found[name] for name in FIELDS} == values


async def _rivals(clients: list[Client], path: str) -> None:
    """Everybody has seen the same version, and changes it."""
    seen = (await clients[0].ask("GET", path)).headers["etag"]
    patches = [
        {"method": "PATCH", "path": path, "body": {"name": f"Rival {number}"}, "headers": {"If-Match": seen}}
        for number in range(len(clients))
    ]
    answers = await at_once(clients, *patches)
    assert sorted(one.status for one in answers) == [200] + [412] * (len(clients) - 1)
    (winner,) = [one for one in answers if one.status == 200]
    found = await clients[0].ask("GET", path)
    assert (found.json, found.headers["etag"]) == (winner.json, winner.headers["etag"])
