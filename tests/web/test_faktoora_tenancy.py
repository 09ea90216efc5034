"""faktoora: every route, every wrong caller, Alice's ids; nothing is seen, changed or told apart."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import httpx
import pytest

from billto.dialects.faktoora.routes import KEY_ROUTES, ROUTES
from billto.domain.account import Key
from billto.domain.ids import read_id
from billto.domain.jobs import Upload
from billto.store.layout import LAYOUTS
from tests.web.faktoora import ACME, API, form, refused, with_api_key
from tests.web.house import Caller, House, answered


class Attempt(NamedTuple):
    """What is tried at a route: about Alice's customer, her customers, her key, or a file that she sent."""

    kind: str
    body: Any = b""
    query: str = ""
    headers: Mapping[str, str] = {}

    def about(self, id: str) -> Any:
        """The body: a file is named in it, and in no address."""
        return {"fileId": id} if self.kind == "file" else self.body


_FORM = form(b"name\nMarch Hare\n")
_OF_CUSTOMERS = {
    ("GET", ""): Attempt("list"),
    ("POST", ""): Attempt("new", ACME),
    ("GET", "/generate-number"): Attempt("number"),
    ("GET", "/verify-customer-number"): Attempt("number", query="?value=W-7"),
    ("GET", "/{id}"): Attempt("customer"),
    ("PATCH", "/{id}"): Attempt("customer", {"city": "Moved"}),
    ("DELETE", "/{id}"): Attempt("customer"),
}
ATTEMPTS = {
    **{
        (method, f"/{noun}{path}"): attempt
        for noun in ("customer", "customers")
        for (method, path), attempt in _OF_CUSTOMERS.items()
    },
    ("POST", "/customers/import/upload"): Attempt("new", _FORM[0], headers=_FORM[1]),
    ("POST", "/customers/import"): Attempt("file"),
    ("GET", "/apikeys"): Attempt("keys"),
    ("POST", "/apikeys"): Attempt("new key", {"label": "New"}),
    ("PATCH", "/apikeys/{id}"): Attempt("key", {"label": "Mine"}),
    ("POST", "/apikeys/{id}/rotate"): Attempt("key"),
    ("POST", "/apikeys/{id}/revoke"): Attempt("key"),
    ("DELETE", "/apikeys/{id}"): Attempt("key"),
}
OF_ENTITY = ("list", "new", "number", "customer")
NEVER = {"file": "00000000-0000-4000-8000-000000000000"}


class Hers(NamedTuple):
    """What Alice has: ids by what is tried with them, and what nobody else may see."""

    ids: Mapping[str, list[str]]
    hidden: list[str]


def strangers(house: House) -> dict[str, Caller]:
    """Who may see nothing of the studio: with the studio named, and without."""
    cast = house.cast
    return {
        "Charlie, her entity": with_api_key(house, cast.charlie, entity=cast.studio),
        "Charlie": with_api_key(house, cast.charlie),
        "sandbox, live entity": with_api_key(house, cast.sandbox, entity=cast.studio),
        "sandbox": with_api_key(house, cast.sandbox),
        "shop's key, the studio": with_api_key(house, cast.shop_key, entity=cast.studio),
        "shop's key": with_api_key(house, cast.shop_key),
    }


def prepared(house: House) -> Hers:
    rabbit = answered(house.alice.patch(f"{API}/customer/{house.cast.white_rabbit}", {"customerId": "W-7"}))
    keys = answered(house.live.get(f"{API}/apikeys"))["data"]
    mine = [one for one in keys if one["entityId"] != house.cast.shop]
    file = answered(house.alice.ask("POST", f"{API}/customers/import/upload", *_FORM))["id"]
    ids = {
        "customer": [rabbit["id"], house.cast.mad_hatter],
        "key": [one["id"] for one in mine],
        "file": [file],
    }
    hidden = ["White Rabbit", "W-7", "March Hare", *(str(read_id(one["id"])) for one in (rabbit, *mine))]
    return Hers(ids, hidden)


def test_every_route_has_an_attempt() -> None:
    assert {(route.method, route.path) for route in ROUTES} == set(ATTEMPTS)
    assert set(KEY_ROUTES) <= set(ROUTES)


def wrongs(house: House, hers: Hers) -> Iterator[str]:
    """Whatever goes wrong when strangers try every route with Alice's ids."""
    for (method, path), attempt in ATTEMPTS.items():
        for name, caller in strangers(house).items():
            if attempt.kind == "new key" or (attempt.kind == "new" and caller.entity is None):
                continue  # makes something of its own
            for id in hers.ids.get(attempt.kind, [""]):
                answer, never = (
                    tried(caller, method, path, one) for one in (id, NEVER.get(attempt.kind, "0" * 24))
                )
                is_hers = attempt.kind in hers.ids or (caller.entity and attempt.kind in OF_ENTITY)
                for fault in faults(answer, never, 404 if is_hers else 200, hers.hidden):
                    yield f"{name}: {method} {path}: {fault}"


def tried(caller: Caller, method: str, path: str, id: str) -> httpx.Response:
    attempt = ATTEMPTS[method, path]
    return caller.ask(method, API + path.format(id=id) + attempt.query, attempt.about(id), attempt.headers)


def faults(answer: httpx.Response, never: httpx.Response, status: int, hidden: list[str]) -> Iterator[str]:
    if answer.status_code != status:
        yield f"{answer.status_code} and not {status}"
    if answer.status_code >= 500:
        return
    if status == 404 and answer.content != never.content:
        yield "tells it from one that never was"
    yield from (f"shows {one}" for one in hidden if one in answer.text)


def test_no_stranger_sees_or_changes_anything(house: House) -> None:
    hers = prepared(house)
    before = house.dump()
    assert list(wrongs(house, hers)) == []
    assert house.dump() == before


def is_seen(house: House) -> bool:
    """Whether anything goes wrong that is more than a broken statement."""
    return any(": 500 " not in one for one in wrongs(house, prepared(house)))


@pytest.mark.parametrize("name", ["account_id", "environment"])
def test_a_statement_about_keys_that_forgot_its_tenant_would_be_seen(
    house: House, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    layout = LAYOUTS[Key]
    rest = tuple(one for one in layout.tenancy if one != name)
    monkeypatch.setitem(LAYOUTS, Key, layout._replace(tenancy=rest))
    assert is_seen(house)


def test_a_key_of_one_entity_that_reached_others_would_be_seen(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LAYOUTS, Key, LAYOUTS[Key]._replace(narrowed=()))
    assert is_seen(house)


def test_a_file_that_other_entities_reached_would_be_seen(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LAYOUTS, Upload, LAYOUTS[Upload]._replace(tenancy=()))
    assert is_seen(house)


def test_strangers_are_told_of_their_own_numbers(house: House) -> None:
    prepared(house)
    for name, caller in strangers(house).items():
        if caller.entity is None:
            path = f"{API}/customer/verify-customer-number?value=W-7"
            assert answered(caller.get(path)) == {"succeed": True}, name
            assert answered(caller.get(f"{API}/customers/generate-number")) == {"value": "001"}, name


def test_without_a_good_key_nothing_is_answered(shared: House) -> None:
    cast = shared.cast
    before = shared.dump()
    for method, path in ATTEMPTS:
        for token in (None, "", "x", "sk_live_" + "0" * 64, cast.revoked, cast.expired):
            caller = with_api_key(shared, token, entity=cast.studio)
            assert refused(tried(caller, method, path, cast.white_rabbit)) == (
                401,
                "A valid API key is needed",
            )
    assert shared.dump() == before


def test_a_key_that_may_only_read_reads(shared: House) -> None:
    before = shared.dump()
    for method, path in ATTEMPTS:
        answer = tried(shared.reader, method, path, shared.cast.white_rabbit)
        if method == "GET":
            assert answer.status_code == 200
        else:
            assert refused(answer) == (403, "This key may only read")
    assert shared.dump() == before


def test_every_route_serves_its_right_caller(house: House) -> None:
    """Without this, refusing everybody would pass."""
    for (method, path), attempt in ATTEMPTS.items():
        id = ""
        if attempt.kind == "customer":
            id = answered(house.alice.post(f"{API}/customer", ACME))["id"]
        if attempt.kind == "key":
            id = answered(house.live.post(f"{API}/apikeys", {"label": "Own"}))["id"]
        caller = with_api_key(house, house.cast.live, entity=house.cast.studio)
        if attempt.kind == "file":
            id = answered(tried(caller, "POST", "/customers/import/upload", ""))["id"]
        answer = tried(caller, method, path, id)
        assert answer.status_code == 200, (method, path, answer.text)


def test_a_body_that_names_strangers_moves_nothing(house: House) -> None:
    cast = house.cast
    hers = {"id": cast.white_rabbit, "entityId": cast.studio, "entity_id": cast.studio}
    made = answered(house.charlie.post(f"{API}/customer", {**ACME, **hers, "postcode": "10115"}))
    assert made["id"] != cast.white_rabbit
    assert answered(house.charlie.get(f"/customers/{made['id']}"))["entity_id"] == cast.factory
