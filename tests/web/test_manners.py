"""How the API behaves whatever it is asked: who comes in, for which entity, what refusals look like."""

import re
from typing import Any

import pytest

from billto.app import accounts
from billto.domain.ids import read_id
from tests.web.conftest import OpenHouse
from tests.web.house import House, answered, refused


def with_key(house: House, authorization: str) -> Any:
    return house.caller(None).ask("GET", "/entities", headers={"Authorization": authorization})


@pytest.mark.parametrize(
    "authorization",
    ["", "KEY", "Basic KEY", "Token KEY", "Bearer", "Bearer ", "BearerKEY", "Bearer KEYx", "Bearer xKEY",
     "Bearer KEY KEY", "Bearer sk_live_", "Bearer _", "Bearer sk_live_é", "Bearer CUT", "Bearer FLIPPED",
     "Bearer ENTITY", "Bearer SANDBOX", "Bearer " + "x" * 8_000],
)  # fmt: skip
def test_whoever_has_no_valid_key_is_told_so_and_nothing_else(shared: House, authorization: str) -> None:
    key = shared.cast.live
    flipped = key[:-1] + ("0" if key[-1] != "0" else "1")
    for word, token in (
        ("KEY", key), ("CUT", key[:-1]), ("FLIPPED", flipped),
        ("ENTITY", key.replace("sk_", "ek_")), ("SANDBOX", key.replace("live", "sandbox")),
    ):  # fmt: skip
        authorization = authorization.replace(word, token)
    answer = shared.raw("GET", "/entities", headers=[(b"authorization", authorization.encode("latin-1"))])
    assert refused(answer) == (401, {})
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json() == {
        "code": "unauthorized",
        "message": "A valid API key is needed, in the header Authorization: Bearer …",
    }


def test_without_any_key_nothing_is_answered(shared: House) -> None:
    for method, path in (("GET", "/customers"), ("POST", "/customers"), ("DELETE", "/customers/x")):
        assert refused(shared.caller(None).ask(method, path)) == (401, {})


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Bearer  "])
def test_the_scheme_may_be_written_in_any_case(shared: House, scheme: str) -> None:
    assert with_key(shared, f"{scheme} {shared.cast.live}").status_code == 200


def test_test_is_another_word_for_sandbox(shared: House) -> None:
    token = shared.cast.sandbox.replace("_sandbox_", "_test_")
    assert shared.caller(token).names() == ["Dormouse Wonder"]
    assert with_key(shared, f"Bearer {shared.cast.live.replace('_live_', '_test_')}").status_code == 401


def test_revoked_and_expired_keys_open_nothing(shared: House) -> None:
    for token in (shared.cast.revoked, shared.cast.expired):
        assert refused(shared.caller(token).get("/entities")) == (401, {})


def test_a_key_opens_until_the_moment_it_expires(house: House) -> None:
    account = read_id(house.cast.alice_account)
    assert account
    until = house.clock.now.replace(minute=30)
    new = house.write(lambda tx: accounts.create_key(tx, account, "live", expires_at=until))
    caller = house.caller(new.token)
    assert caller.get("/entities").status_code == 200
    house.clock.now = until.replace(minute=29, second=59)
    assert caller.get("/entities").status_code == 200
    house.clock.now = until
    assert refused(caller.get("/entities")) == (401, {})


def test_a_revoked_key_opens_nothing_a_second_later_in_any_process(open_house: OpenHouse) -> None:
    here, there = open_house(), open_house()
    account = read_id(here.cast.alice_account)
    assert account
    new = here.write(lambda tx: accounts.create_key(tx, account, "live"))
    callers = [one.caller(new.token) for one in (here, there)]
    assert [one.get("/entities").status_code for one in callers] == [200, 200]
    here.write(lambda tx: accounts.revoke_key(tx, new.key.id))
    here.clock.forward(1)
    assert [refused(one.get("/entities")) for one in callers] == [(401, {})] * 2


def test_a_key_that_may_only_read_changes_nothing(shared: House) -> None:
    assert shared.reader.names() == ["White Rabbit Wonder"]
    before = shared.dump()
    for answer in (
        shared.reader.post("/customers", {"name": "Ana"}),
        shared.reader.patch(f"/customers/{shared.cast.white_rabbit}", {"name": "Ana"}),
        shared.reader.post("/customers", b"not even JSON"),
        shared.reader.post(f"/entities/{shared.cast.studio}/disable"),
    ):
        assert refused(answer) == (403, {})
    assert shared.dump() == before


def test_the_entity_is_found_by_itself_where_there_is_one(shared: House) -> None:
    assert shared.sandbox.names() == ["Dormouse Wonder"]
    assert shared.charlie.names() == ["Mr Bucket"]
    assert shared.caller(shared.cast.shop_key).names() == ["Duchess Wonder"]


def test_the_entity_must_be_named_where_there_are_several(shared: House) -> None:
    for answer in (shared.live.get("/customers"), shared.live.post("/customers", {"name": "Ana"})):
        assert refused(answer) == (400, {"x-entity-id": "entity_needed"})
        assert "name one in the header x-entity-id" in answer.json()["message"]
    assert refused(shared.live.about("").get("/customers")) == (400, {"x-entity-id": "entity_needed"})


def test_an_account_without_entities_is_told_to_make_one(house: House) -> None:
    async def newcomer(tx: Any) -> Any:
        account = await accounts.create(tx, "Newcomer")
        return await accounts.create_key(tx, account.id, "live")

    caller = house.caller(house.write(newcomer).token)
    assert caller.names("/entities") == []
    assert refused(caller.get("/customers")) == (400, {"x-entity-id": "no_entity"})
    caller.new_entity("First")
    assert caller.names() == []
    caller.new_entity("Second")
    assert refused(caller.get("/customers")) == (400, {"x-entity-id": "entity_needed"})


def test_an_entity_out_of_reach_is_as_one_that_never_was(shared: House) -> None:
    never = "ent_" + "0" * 24
    cases = [
        (shared.live, (shared.cast.factory, shared.cast.trial, never)),
        (shared.sandbox, (shared.cast.studio, shared.cast.factory, never)),
        (shared.charlie, (shared.cast.studio, shared.cast.trial, never)),
        (shared.caller(shared.cast.studio_key), (shared.cast.shop, shared.cast.factory, never)),
    ]
    for caller, entities in cases:
        answers = [caller.about(entity).get("/customers") for entity in entities]
        assert [refused(one) for one in answers] == [(404, {"x-entity-id": "not_found"})] * len(answers)
        assert len({one.content for one in answers}) == 1


@pytest.mark.parametrize(
    "garbage", ["x", "ent_", "ent_1", "null", "ent_" + "g" * 24, "%00", "ent_" + "A" * 24]
)
def test_what_is_no_id_is_not_found_in_headers_and_paths(shared: House, garbage: str) -> None:
    assert refused(shared.live.about(garbage).get("/customers")) == (404, {"x-entity-id": "not_found"})
    answer = shared.caller(shared.cast.live, account=garbage).get("/entities")
    assert refused(answer) == (404, {"x-account-id": "not_found"})
    for path in ("/customers", "/entities"):
        assert refused(shared.alice.get(f"{path}/{garbage}")) == (404, {})
        assert refused(shared.alice.patch(f"{path}/{garbage}", {"name": "A"})) == (404, {})


def test_ids_may_have_any_prefix_or_none(shared: House) -> None:
    studio, rabbit = read_id(shared.cast.studio), read_id(shared.cast.white_rabbit)
    for prefix in ("", "ent_", "entity_", "_", "x_y_"):
        assert shared.live.about(f"{prefix}{studio}").names() == ["White Rabbit Wonder"]
    for prefix in ("", "cust_", "cus_", "_"):
        answer = shared.alice.get(f"/customers/{prefix}{rabbit}")
        assert answered(answer)["id"] == shared.cast.white_rabbit


def test_headers_have_the_two_names_that_the_pages_give_them(shared: House) -> None:
    for name in ("x-entity-id", "entity_id", "X-Entity-Id", "Entity_Id"):
        answer = shared.live.ask("GET", "/customers", headers={name: shared.cast.shop})
        assert [one["name"] for one in answered(answer)["data"]] == ["Duchess Wonder"]
    for name in ("x-account-id", "account_id", "X-ACCOUNT-ID"):
        for account, status in ((shared.cast.alice_account, 200), (shared.cast.charlie_account, 404)):
            answer = shared.live.ask("GET", "/entities", headers={name: account})
            assert answer.status_code == status


def test_an_address_that_is_not_there_is_not_found(shared: House) -> None:
    for path in (
        "/",
        "/nothing",
        "/v7/customers",
        "/customers/x/y/z",
        "/entities/x/explode",
        "/customers//x",
    ):
        status, issues = refused(shared.alice.get(path))
        assert (status, list(issues.values())) == (404, ["unknown_path"])
    assert shared.alice.get("/customers/").status_code == 200


METHODS = {
    "/customers": {"POST", "GET", "HEAD"},
    "/customers/x": {"GET", "HEAD", "PATCH", "DELETE"},
    "/customers/x/permanent": {"DELETE"},
    "/customers/x/restore": {"POST"},
    "/entities": {"POST", "GET", "HEAD"},
    "/entities/x": {"GET", "HEAD", "PUT", "PATCH"},
    "/entities/x/enable": {"POST"},
}


def test_a_method_that_is_not_there_is_refused_with_those_that_are(shared: House) -> None:
    for path, methods in METHODS.items():
        for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"} - methods:
            answer = shared.raw(method, path)
            assert refused(answer) == (405, {})
            assert set(answer.headers["allow"].split(", ")) == methods


def test_head_is_answered_as_get(shared: House) -> None:
    for path in ("/customers", f"/customers/{shared.cast.white_rabbit}", "/entities"):
        get, head = shared.alice.get(path), shared.alice.ask("HEAD", path)
        own = ("x-request-id",)
        assert head.status_code == 200
        assert [one for one in head.headers.items() if one[0] not in own] == [
            one for one in get.headers.items() if one[0] not in own
        ]


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ("application/json", 201),
        ("application/json; charset=utf-8", 201),
        ("Application/JSON;charset=UTF-8", 201),
        ("application/vnd.api+json", 201),
        (None, 201),
        ("", 201),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("application/jsonx", 415),
        ("application/json; charset=iso-8859-1", 415),
        ("*/*", 415),
    ],
)
def test_bodies_are_json_in_utf_8(shared: House, given: str | None, status: int) -> None:
    own = [(name.lower().encode(), value.encode()) for name, value in shared.alice.headers.items()]
    typed = [] if given is None else [(b"content-type", given.encode())]
    answer = shared.raw("POST", "/customers", headers=own + typed, body=b'{"name": "Ana"}')
    assert answer.status_code == status
    if status == 415:
        assert refused(answer) == (415, {"Content-Type": "unsupported_media_type"})


def test_every_problem_of_a_body_is_listed_at_once(shared: House) -> None:
    before = shared.dump()
    body = {
        "name": "",
        "email": 5,
        "city": "x" * 256,
        "is_tax_subject": None,
        "contact_type": "friend",
        "bank_accounts": [{"iban": []}, "x"],
        "ujp": {"receiver_name": 1},
        "metadata": {"a": 1, "b": "x" * 256},
        "unknown": object.__name__,
    }
    answer = shared.alice.post("/customers", body)
    assert refused(answer) == (
        422,
        {
            "name": "too_short",
            "email": "wrong_type",
            "city": "too_long",
            "is_tax_subject": "not_null",
            "contact_type": "unknown_choice",
            "bank_accounts.0.iban": "wrong_type",
            "bank_accounts.1": "wrong_type",
            "ujp.receiver_name": "wrong_type",
            "metadata.a": "wrong_type",
            "metadata.b": "too_long",
        },
    )
    first = answer.json()["cause"]["issues"][5]
    assert first == {"path": ["bank_accounts", 0, "iban"], "code": "wrong_type", "message": "must be text"}
    assert shared.dump() == before


def test_a_key_may_make_so_many_requests_and_is_told_when_to_come_back(open_house: OpenHouse) -> None:
    house = open_house(rate_limit="3/minute")
    assert [house.alice.get("/customers").status_code for _ in range(3)] == [200] * 3
    answer = house.alice.post("/customers", {"name": "Ana"})
    assert refused(answer) == (429, {})
    assert answer.json() == {"code": "rate_limit_exceeded", "message": "Rate limit exceeded"}
    assert 1 <= int(answer.headers["retry-after"]) <= 61
    # Another key has its own rate, and whoever has none is not counted.
    assert house.charlie.names() == ["Mr Bucket"]
    assert [refused(house.caller(None).get("/entities"))[0] for _ in range(5)] == [401] * 5


def test_requests_that_are_refused_count_as_well(open_house: OpenHouse) -> None:
    house = open_house(rate_limit="3/minute")
    stranger = house.charlie.about(house.cast.studio)
    assert [refused(stranger.get("/customers"))[0] for _ in range(4)] == [404, 404, 404, 429]
    assert refused(house.charlie.get("/entities"))[0] == 429


def headers_of(house: House, request_id: str | None) -> list[tuple[int, str]]:
    """Status and X-Request-Id of one answer of every kind."""
    rabbit, said = f"/customers/{house.cast.white_rabbit}", {"X-Request-Id": request_id} if request_id else {}
    asks: list[tuple[str, str, Any, dict[str, str]]] = [
        ("GET", "/customers", b"", {}),
        ("GET", rabbit, b"", {"If-None-Match": "*"}),
        ("GET", "/customers?limit=0", b"", {}),
        ("GET", "/nowhere", b"", {}),
        ("DELETE", "/customers", b"", {}),
        ("POST", "/customers", b"{", {}),
        ("POST", "/customers", b"{}", {}),
        ("POST", "/customers", b"{}", {"Content-Type": "text/plain"}),
        ("POST", "/customers", b" " * 1_000_001, {}),
        ("PATCH", rabbit, {"name": "A"}, {"If-Match": '"9"'}),
        ("GET", "/customers", b"", {"Authorization": "Bearer nobody"}),
        ("GET", "/customers", b"", {"x-entity-id": "nobody"}),
        ("DELETE", f"{rabbit}/permanent", b"", {}),
        ("POST", f"{rabbit}/restore", b"", {}),
    ]
    answers = [house.alice.ask(m, p, body, {**said, **more}) for m, p, body, more in asks]
    return [(one.status_code, one.headers["x-request-id"]) for one in answers]


STATUSES = [200, 304, 400, 404, 405, 400, 422, 415, 413, 412, 401, 404, 409, 200]


def test_every_answer_has_the_id_of_its_request(shared: House) -> None:
    assert headers_of(shared, "order-17/a b") == [(status, "order-17/a b") for status in STATUSES]
    made = headers_of(shared, None)
    assert [status for status, _ in made] == STATUSES
    assert all(re.fullmatch("req_[0-9a-f]{24}", id) for _, id in made)
    assert len({id for _, id in made}) == len(made)


@pytest.mark.parametrize("given", [b"x" * 256, b"a\tb", "é".encode("latin-1"), b"\x7f", b"a\x00b"])
@pytest.mark.parametrize("name", [b"x-request-id", b"idempotency-key"])
def test_a_request_id_is_short_plain_text(shared: House, name: bytes, given: bytes) -> None:
    own = [(key.lower().encode(), value.encode()) for key, value in shared.alice.headers.items()]
    answer = shared.raw("GET", "/customers", headers=[*own, (name, given)])
    assert refused(answer) == (400, {name.decode().title(): "bad_parameter"})
    assert re.fullmatch("req_[0-9a-f]{24}", answer.headers["x-request-id"])


def test_every_language_is_counted_for_itself(house: House) -> None:
    """Several of them have a route /customers."""
    for path in ("/customers", "/invoiced/customers", "/api/v1/customers"):
        assert house.caller(None).get(path).status_code == 401
    counted = house.caller(None).get("/metrics").text
    for path in ("/customers", "/invoiced/customers", "/api/v1/customers"):
        assert f'billto_requests_total{{method="GET",path="{path}",status="401"}} 1.0' in counted
