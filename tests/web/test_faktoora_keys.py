"""faktoora: API keys are listed, made, changed, rotated, revoked and deleted, within what a key opens."""

from datetime import timedelta
from typing import Any

import pytest

from tests.web.conftest import OpenHouse
from tests.web.faktoora import API, refused
from tests.web.house import Caller, House, answered

KEYS = f"{API}/apikeys"
NEVER = "ak_" + "0" * 24
SHOWN = {
    "id", "label", "hint", "environment", "entityId", "readOnly", "createdAt", "expiresAt", "revokedAt",
    "rotatedFromId", "status",
}  # fmt: skip


def iso(house: House, **ahead: float) -> str:
    return f"{(house.clock.now + timedelta(**ahead)).isoformat(timespec='milliseconds')[:-6]}Z"


def new(caller: Caller, **fields: Any) -> Any:
    key = answered(caller.post(KEYS, {"label": "Shop", **fields}))
    assert key.keys() == SHOWN | {"secret"}
    return key


def listed(caller: Caller) -> dict[str, Any]:
    return {one["id"]: one for one in answered(caller.get(KEYS))["data"]}


def opens(house: House, secret: str) -> bool:
    return house.caller(secret, house.cast.studio).get(f"{API}/customers").status_code == 200


def test_a_key_is_made_and_its_secret_is_shown_once(house: House) -> None:
    key = new(house.live, expiresAt=iso(house, days=30))
    secret = key.pop("secret")
    assert key == {
        "id": key["id"], "label": "Shop", "hint": secret[:20], "environment": "live", "entityId": None,
        "readOnly": False, "createdAt": key["createdAt"], "expiresAt": key["expiresAt"], "revokedAt": None,
        "rotatedFromId": None, "status": "active",
    }  # fmt: skip
    assert opens(house, secret)
    assert listed(house.live)[key["id"]] == key
    assert secret[20:] not in str(house.dump())


@pytest.mark.parametrize("prefix", ["/api/v1", "/api/v2"])
def test_keys_are_served_under_both_prefixes(house: House, prefix: str) -> None:
    key = answered(house.live.post(f"{prefix}/apikeys", {"label": "Shop"}))
    path = f"{prefix}/apikeys/{key['id']}"
    assert answered(house.live.patch(path, {"label": "Store"}))["label"] == "Store"
    assert answered(house.live.post(f"{path}/rotate"))["rotatedFromId"] == key["id"]
    assert answered(house.live.post(f"{path}/revoke"))["status"] == "revoked"
    assert answered(house.live.delete(path)) == {"succeed": True}
    assert refused(house.live.delete(path)) == (404, "Key not found")
    assert refused(house.live.get("/api/v2/customers"))[0] == 404


def test_a_list_of_keys_has_pages(house: House) -> None:
    page = answered(house.live.get(KEYS, page=2, perPage=2))
    assert page["meta"] == {"page": 2, "perPage": 2, "totalItems": 6, "totalPages": 3}
    assert len(page["data"]) == 2
    assert refused(house.live.get(KEYS, page="x")) == (400, "page: must be a whole number")


def test_a_keys_status_follows_the_time(house: House) -> None:
    key = new(house.live, expiresAt=iso(house, days=8))

    def status() -> Any:
        return listed(house.live)[key["id"]]["status"]

    assert status() == "active"
    house.clock.forward(86_400)
    assert status() == "expiring_soon"
    assert opens(house, key["secret"])
    house.clock.forward(7 * 86_400)
    assert status() == "expired"
    assert not opens(house, key["secret"])


BAD_EXPIRY = (400, "expiresAt: must be in the future, at most 365 days ahead")


def test_a_key_ends_within_a_year(house: House) -> None:
    key = new(house.live, expiresAt=iso(house, days=365))
    path = f"{KEYS}/{key['id']}"
    for ahead in (timedelta(days=365, minutes=1), timedelta(0), timedelta(days=-1)):
        moment = iso(house, seconds=ahead.total_seconds())
        assert refused(house.live.post(KEYS, {"label": "Shop", "expiresAt": moment})) == BAD_EXPIRY
        assert refused(house.live.patch(path, {"expiresAt": moment})) == BAD_EXPIRY
    assert refused(house.live.post(KEYS, {"expiresAt": "soon"})) == (
        400,
        "expiresAt: must be a moment such as 2025-01-31T12:00:00.000Z; label: is required",
    )


def test_label_and_expiry_change_and_null_removes(house: House) -> None:
    key = new(house.live, expiresAt=iso(house, days=1))
    secret, path = key.pop("secret"), f"{KEYS}/{key['id']}"
    assert answered(house.live.patch(path, {"label": "Store"})) == {**key, "label": "Store"} | {
        "status": "expiring_soon"
    }
    after = answered(house.live.patch(path, {"expiresAt": None, "unknown": 1, "id": NEVER}))
    assert after == {**key, "label": "Store", "expiresAt": None, "status": "active"}
    assert answered(house.live.patch(path, after)) == after
    house.clock.forward(2 * 86_400)
    assert opens(house, secret)
    for fixed in ({"readOnly": True}, {"entityId": house.cast.shop}):
        (wire,) = fixed
        assert refused(house.live.patch(path, fixed)) == (400, f"{wire}: cannot be changed after creation")


def test_a_rotated_key_ends_at_once(house: House) -> None:
    key = new(house.live)
    assert opens(house, key["secret"])
    following = answered(house.live.post(f"{KEYS}/{key['id']}/rotate"))
    assert following["rotatedFromId"] == key["id"]
    assert following["label"] == "Shop"
    assert opens(house, following["secret"])
    assert not opens(house, key["secret"])
    assert listed(house.live)[key["id"]]["status"] == "expired"
    assert "secret" not in listed(house.live)[following["id"]]


def test_a_rotated_key_goes_on_for_the_grace(house: House) -> None:
    key = new(house.live)
    answered(house.live.post(f"{KEYS}/{key['id']}/rotate", {"gracePeriodHours": 24}))
    house.clock.forward(86_300)
    assert opens(house, key["secret"])
    assert listed(house.live)[key["id"]]["status"] == "expiring_soon"
    house.clock.forward(101)
    assert not opens(house, key["secret"])


def test_grace_makes_no_key_last_longer_and_the_next_lasts_as_long(house: House) -> None:
    key = new(house.live, expiresAt=iso(house, days=30))
    house.clock.forward(29 * 86_400)
    following = answered(house.live.post(f"{KEYS}/{key['id']}/rotate", {"gracePeriodHours": 48}))
    assert listed(house.live)[key["id"]]["expiresAt"] == key["expiresAt"]
    assert following["status"] == "active"
    assert following["expiresAt"][:10] == iso(house, days=30)[:10]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"gracePeriodHours": -1}, "gracePeriodHours: must be 0 to 8760"),
        ({"gracePeriodHours": 8761}, "gracePeriodHours: must be 0 to 8760"),
        ({"gracePeriodHours": 1.5}, "gracePeriodHours: must be a whole number"),
        ({"gracePeriodHours": "1"}, "gracePeriodHours: must be a number"),
        ([], "Must be an object"),
    ],
)
def test_a_grace_is_a_number_of_hours(house: House, body: Any, message: str) -> None:
    key = new(house.live)
    before = house.dump()
    assert refused(house.live.post(f"{KEYS}/{key['id']}/rotate", body)) == (400, message)
    assert house.dump() == before


ENDED = (409, "Has expired or was revoked, and opens nothing again; create another key")


def test_a_revoked_key_is_kept_and_never_comes_back(house: House) -> None:
    key = new(house.live)
    path = f"{KEYS}/{key['id']}"
    assert opens(house, key["secret"])
    revoked = answered(house.live.post(f"{path}/revoke"))
    assert (revoked["status"], revoked["revokedAt"] > key["createdAt"]) == ("revoked", True)
    assert not opens(house, key["secret"])
    assert answered(house.live.post(f"{path}/revoke")) == revoked
    assert listed(house.live)[key["id"]] == revoked
    assert refused(house.live.post(f"{path}/rotate")) == ENDED
    assert refused(house.live.patch(path, {"expiresAt": iso(house, days=9)})) == ENDED
    assert answered(house.live.patch(path, {"label": "Lost"}))["label"] == "Lost"


def test_an_expired_key_never_comes_back(house: House) -> None:
    key = new(house.live, expiresAt=iso(house, days=1))
    path = f"{KEYS}/{key['id']}"
    house.clock.forward(86_400)
    for body in ({"expiresAt": None}, {"expiresAt": iso(house, days=9)}):
        assert refused(house.live.patch(path, body)) == ENDED
    assert refused(house.live.post(f"{path}/rotate")) == ENDED


def test_a_revoked_key_opens_nothing_half_a_second_later_elsewhere(open_house: OpenHouse) -> None:
    here, there = open_house(), open_house()
    key = new(here.live)
    assert [opens(one, key["secret"]) for one in (here, there)] == [True, True]
    answered(here.live.post(f"{KEYS}/{key['id']}/revoke"))
    assert not opens(here, key["secret"])
    here.clock.forward(0.5)
    assert not opens(there, key["secret"])


def test_a_deleted_key_is_gone(house: House) -> None:
    key = new(house.live)
    assert answered(house.live.delete(f"{KEYS}/{key['id']}")) == {"succeed": True}
    assert not opens(house, key["secret"])
    assert key["id"] not in listed(house.live)


def test_the_last_key_may_revoke_itself(house: House) -> None:
    mine = next(iter(listed(house.charlie)))
    assert answered(house.charlie.post(f"{KEYS}/{mine}/revoke"))["status"] == "revoked"
    assert refused(house.charlie.get(KEYS)) == (401, "A valid API key is needed")


def test_a_key_sees_those_of_its_account_and_environment(house: House) -> None:
    cast = house.cast
    live, shop, trial = (listed(house.caller(token)) for token in (cast.live, cast.shop_key, cast.sandbox))
    assert {one["entityId"] for one in live.values()} == {None, cast.studio, cast.shop}
    assert [one["entityId"] for one in shop.values()] == [cast.shop]
    assert [one["environment"] for one in trial.values()] == ["sandbox"]
    assert listed(house.reader).keys() == live.keys()
    assert len(listed(house.charlie)) == 1


def test_no_key_reaches_one_beyond_its_own(house: House) -> None:
    cast = house.cast
    studio = house.caller(cast.studio_key)
    theirs = [
        next(iter(listed(house.caller(token)))) for token in (cast.shop_key, cast.sandbox, cast.charlie)
    ]
    account = next(id for id, one in listed(house.live).items() if one["entityId"] is None)
    before = house.dump()
    for id in (*theirs, account, NEVER, "ak_abc123"):
        for method, path, body in (
            ("PATCH", id, {"label": "Mine"}), ("POST", f"{id}/rotate", {}), ("POST", f"{id}/revoke", {}),
            ("DELETE", id, b""),
        ):  # fmt: skip
            assert refused(studio.ask(method, f"{KEYS}/{path}", body)) == (404, "Key not found")
    assert house.dump() == before


def test_no_key_makes_a_wider_one(house: House) -> None:
    cast = house.cast
    studio = house.caller(cast.studio_key)
    made = new(studio)
    assert (made["entityId"], made["readOnly"]) == (cast.studio, False)
    assert made["secret"].startswith("ek_live_")
    for entity in (cast.shop, cast.factory, "ent_" + "0" * 24):
        assert refused(studio.post(KEYS, {"label": "A", "entityId": entity})) == (
            404,
            "entityId: Entity not found",
        )
    for entity in (cast.trial, cast.factory):
        assert refused(house.live.post(KEYS, {"label": "A", "entityId": entity}))[0] == 404
    narrow = new(house.live, entityId=cast.shop, readOnly=True)
    reader = house.caller(narrow["secret"])
    assert reader.get(f"{API}/customers").status_code == 200
    before = house.dump()
    for answer in (
        reader.post(KEYS, {"label": "A"}),
        reader.post(f"{KEYS}/{narrow['id']}/rotate"),
        reader.post(f"{KEYS}/{narrow['id']}/revoke"),
        reader.patch(f"{KEYS}/{narrow['id']}", {"label": "B"}),
        reader.delete(f"{KEYS}/{narrow['id']}"),
    ):
        assert refused(answer) == (403, "This key may only read")
    assert house.dump() == before
    rotated = answered(house.live.post(f"{KEYS}/{narrow['id']}/rotate"))
    assert (rotated["entityId"], rotated["readOnly"]) == (cast.shop, True)


def test_a_repeat_makes_no_second_key_and_shows_no_secret(house: House) -> None:
    once = {"Idempotency-Key": "once"}
    first = answered(house.live.post(KEYS, {"label": "Shop"}, once))
    again = answered(house.live.post(KEYS, {"label": "Shop"}, once))
    assert again == {**first, "secret": None}
    assert first["secret"][20:] not in str(house.dump())
    assert len([one for one in listed(house.live).values() if one["label"] == "Shop"]) == 1
    stranger = answered(house.caller(house.cast.studio_key).post(KEYS, {"label": "Shop"}, once))
    assert stranger["id"] != first["id"]


def test_of_rotations_at_once_one_makes_a_key(house: House) -> None:
    key = new(house.live)
    path = f"{KEYS}/{key['id']}/rotate"
    answers = house.at_once(*(house.live.asking("POST", path, {}) for _ in range(8)))
    assert sorted(one.status_code for one in answers) == [200] + [409] * 7
    assert len([one for one in listed(house.live).values() if one["rotatedFromId"] == key["id"]]) == 1
