"""One effect for one request id: the first answer is kept with the effect and given to whoever asks again."""

from typing import Any

import httpx
import pytest

from tests.web.conftest import OpenHouse
from tests.web.house import Caller, House, answered, refused

ONCE = {"X-Request-Id": "once"}


def shown(answer: httpx.Response) -> tuple[int, bytes, str | None]:
    """What a repeated request is answered like the first."""
    return answer.status_code, answer.content, answer.headers.get("etag")


def requests(house: House) -> dict[str, tuple[Caller, str, str, Any, int]]:
    """Every kind of write, on records that can take it."""
    cast = house.cast
    rabbit, hatter, studio = (
        f"/customers/{cast.white_rabbit}",
        f"/customers/{cast.mad_hatter}",
        f"/entities/{cast.studio}",
    )
    return {
        "create customer": (house.alice, "POST", "/customers", {"name": "Ana", "metadata": {"é": "1"}}, 201),
        "create entity": (house.live, "POST", "/entities", {"name": "New", "country": "SI"}, 201),
        "patch customer": (house.alice, "PATCH", rabbit, {"city": "Koper"}, 200),
        "put entity": (house.live, "PUT", studio, {"city": "Koper"}, 200),
        "patch entity": (house.live, "PATCH", studio, {"city": "Piran"}, 200),
        "disable": (house.live, "POST", f"{studio}/disable", b"", 200),
        "enable": (house.live, "POST", f"{studio}/enable", b"", 200),
        "trash": (house.alice, "DELETE", rabbit, b"", 204),
        "restore": (house.alice, "POST", f"{hatter}/restore", b"", 200),
        "erase": (house.alice, "DELETE", f"{hatter}/permanent", b"", 204),
    }


KINDS = ("create customer", "create entity", "patch customer", "put entity", "patch entity", "disable",
         "enable", "trash", "restore", "erase")  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_request_again_has_no_second_effect_and_the_same_answer(house: House, kind: str) -> None:
    caller, method, path, body, status = requests(house)[kind]
    first = caller.ask(method, path, body, ONCE)
    assert first.status_code == status
    assert "idempotent-replayed" not in first.headers
    after = house.dump()
    for headers in (ONCE, {"Idempotency-Key": "once"}, {**ONCE, "If-Match": '"99"'}):
        again = caller.ask(method, path, body, headers)
        assert shown(again) == shown(first)
        assert again.headers["idempotent-replayed"] == "true"
        assert again.headers["x-request-id"] == "once"
    house.reopen()
    assert shown(caller.ask(method, path, body, ONCE)) == shown(first)
    assert house.dump() == after


def test_the_kinds_are_all_there_are(shared: House) -> None:
    assert set(requests(shared)) == set(KINDS)


def test_the_first_answer_is_given_however_the_record_went_on(house: House) -> None:
    first = house.alice.post("/customers", {"name": "Ana"}, ONCE)
    path = f"/customers/{first.json()['id']}"
    house.alice.patch(path, {"name": "Eva"})
    house.alice.delete(path)
    again = house.alice.post("/customers", {"name": "Ana"}, ONCE)
    assert shown(again) == shown(first)


def test_what_is_deleted_for_good_is_not_shown_by_an_old_answer_either(house: House) -> None:
    first = house.alice.post("/customers", {"name": "Ana", "email": "ana@mail.example"}, ONCE)
    path = f"/customers/{first.json()['id']}"
    house.alice.patch(path, {"city": "Koper"}, {"X-Request-Id": "another"})
    house.alice.delete(path)
    house.alice.delete(f"{path}/permanent")
    again = house.alice.post("/customers", {"name": "Ana", "email": "ana@mail.example"}, ONCE)
    assert (again.status_code, again.json()) == (201, {})
    assert refused(house.alice.get(path)) == (404, {})
    assert "ana@mail.example" not in repr(house.dump())


def test_an_idempotency_key_wins_over_what_a_proxy_stamps(house: House) -> None:
    for hop in ("hop-1", "hop-2"):
        house.alice.post("/customers", {"name": "Ana"}, {"Idempotency-Key": "order-1", "X-Request-Id": hop})
    assert house.alice.names() == ["White Rabbit Wonder", "Ana"]


def test_a_body_is_the_same_however_it_is_spelt(house: House) -> None:
    spellings = [
        b'{"name": "\\u0041na", "city": "Koper", "metadata": {"a": "1", "b": "2"}}',
        b'{"city":"Koper","metadata":{"b":"2","a":"1"},"name":"Ana"}',
        b' \n{ "metadata" : { "a":"1", "b":"2" }, "name":"Ana", "city":"\\u004boper" }\n',
    ]
    answers = [house.alice.post("/customers", body, ONCE) for body in spellings]
    assert [shown(one) for one in answers] == [shown(answers[0])] * 3
    assert house.alice.names() == ["White Rabbit Wonder", "Ana"]


def test_another_request_under_the_same_id_is_refused(house: House) -> None:
    first = house.alice.post("/customers", {"name": "Ana"}, ONCE)
    before = house.dump()
    rabbit = f"/customers/{house.cast.white_rabbit}"
    for answer in (
        house.alice.post("/customers", {"name": "Eva"}, ONCE),
        house.alice.post("/customers", {"name": "Ana", "unknown": 1}, ONCE),
        house.alice.patch(rabbit, {"name": "Ana"}, ONCE),
        house.alice.delete(rabbit, ONCE),
        house.alice.post(f"{rabbit}/restore", headers=ONCE),
    ):
        assert refused(answer) == (409, {"X-Request-Id": "key_reused"})
    answer = house.alice.post("/customers", {"name": "Eva"}, {"Idempotency-Key": "once"})
    assert refused(answer) == (409, {"Idempotency-Key": "key_reused"})
    assert house.dump() == before
    assert shown(house.alice.post("/customers", {"name": "Ana"}, ONCE)) == shown(first)


def test_an_id_means_nothing_to_another_tenant(house: House) -> None:
    callers = [house.alice, house.shopkeeper, house.sandbox, house.charlie]
    made = [answered(one.post("/customers", {"name": "Ana"}, ONCE), 201) for one in callers]
    assert len({one["id"] for one in made}) == len(callers)
    assert [one["entity_id"] for one in made] == [
        house.cast.studio,
        house.cast.shop,
        house.cast.trial,
        house.cast.factory,
    ]


def test_an_id_means_nothing_in_the_other_environment(house: House) -> None:
    body = {"name": "New", "country": "SI"}
    callers = [house.live, house.sandbox, house.charlie]
    made = [answered(one.post("/entities", body, ONCE), 201) for one in callers]
    assert len({one["id"] for one in made}) == len(callers)
    assert [one["environment"] for one in made] == ["live", "sandbox", "live"]


def test_all_keys_of_an_entity_share_its_ids(house: House) -> None:
    first = house.alice.post("/customers", {"name": "Ana"}, ONCE)
    own = house.caller(house.cast.studio_key)
    assert shown(own.post("/customers", {"name": "Ana"}, ONCE)) == shown(first)
    # Who may not write is not told what others wrote.
    assert refused(house.reader.post("/customers", {"name": "Ana"}, ONCE)) == (403, {})
    assert refused(house.caller(house.cast.revoked).post("/customers", {"name": "Ana"}, ONCE)) == (401, {})


def test_a_refused_request_is_not_remembered(house: House) -> None:
    before = house.dump()
    rabbit = f"/customers/{house.cast.white_rabbit}"
    statuses = [
        house.alice.post("/customers", {}, ONCE).status_code,
        house.alice.post("/customers", b"{", ONCE).status_code,
        house.alice.patch(f"/customers/{house.cast.duchess}", {"name": "A"}, ONCE).status_code,
        house.alice.patch(rabbit, {"name": "A"}, {**ONCE, "If-Match": '"7"'}).status_code,
        house.alice.delete(f"{rabbit}/permanent", ONCE).status_code,
    ]
    assert statuses == [422, 400, 404, 412, 409]
    assert house.dump() == before
    assert house.alice.post("/customers", {"name": "Ana"}, ONCE).status_code == 201


def test_what_is_only_read_is_not_kept(house: House) -> None:
    before = house.dump()
    assert house.alice.ask("GET", "/customers", headers=ONCE).status_code == 200
    house.alice.customer("Ana")
    listed = answered(house.alice.ask("GET", "/customers", headers=ONCE))
    assert [one["name"] for one in listed["data"]] == ["White Rabbit Wonder", "Ana"]
    assert house.dump()["answer"] == before["answer"]


def test_a_text_that_cannot_be_kept_does_no_harm_where_it_is_passed_over(house: House) -> None:
    body = b'{"name": "Ana", "unknown": "\\ud800", "more": {"\\u00e9": ["\\u0000"]}}'
    first = house.alice.post("/customers", body, ONCE)
    assert first.status_code == 201
    assert shown(house.alice.post("/customers", body, ONCE)) == shown(first)
    other = body.replace(b"d800", b"d801")
    assert refused(house.alice.post("/customers", other, ONCE)) == (409, {"X-Request-Id": "key_reused"})


def raced(answers: list[httpx.Response]) -> None:
    """One of them made it; every other got the same answer, or was told to come again."""
    made = {one.content for one in answers if one.status_code == 201}
    assert len(made) == 1
    for one in answers:
        if one.status_code != 201:
            status, issues = refused(one)
            assert (status, list(issues.values()) or ["key_in_flight"]) == (409, ["key_in_flight"])
            assert int(one.headers["retry-after"]) >= 1


def test_twenty_at_once_have_one_effect(house: House) -> None:
    body = {"name": "Raced"}
    ids = [f"race-{at}" for at in range(8)]
    answers = house.at_once(
        *(
            house.alice.asking("POST", "/customers", body, {"X-Request-Id": id})
            for _ in range(20)
            for id in ids
        )
    )
    assert {one.status_code for one in answers} == {201, 409}
    for at, id in enumerate(ids):
        raced(answers[at :: len(ids)])
        assert house.alice.post("/customers", body, {"X-Request-Id": id}).status_code == 201
    assert house.alice.names(search="raced") == ["Raced"] * len(ids)


def test_twenty_repeats_of_a_finished_request_are_all_given_its_answer(house: House) -> None:
    first = house.alice.post("/customers", {"name": "Ana"}, ONCE)
    answers = house.at_once(
        *(house.alice.asking("POST", "/customers", {"name": "Ana"}, ONCE) for _ in range(20))
    )
    assert [shown(one) for one in answers] == [shown(first)] * 20


def test_twenty_at_once_have_one_effect_across_processes_and_keys(open_house: OpenHouse) -> None:
    here, there = open_house(), open_house()
    callers = [here.alice, there.alice, there.caller(there.cast.studio_key), here.charlie]
    answers = here.at_once(
        *(one.asking("POST", "/customers", {"name": "Raced"}, ONCE) for one in callers * 5)
    )
    raced([one for at, one in enumerate(answers) if at % 4 != 3])
    raced(answers[3::4])
    assert here.alice.names(search="raced") == there.charlie.names(search="raced") == ["Raced"]
