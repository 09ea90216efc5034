"""Customers by the names that other systems give them, and what a copy of the list needs to follow it."""

from typing import Any

from tests.web.conftest import OpenHouse
from tests.web.house import House, answered, refused


def put(house: House, name: str, fields: Any, status: int = 200) -> Any:
    return answered(house.alice.put(f"/customers/external/{name}", fields), status)


def test_the_first_time_makes_a_customer_and_the_next_one_changes_it(house: House) -> None:
    made = put(house, "crm-1", {"name": "Ana Kovač", "city": "Koper"}, 201)
    assert (made["external_id"], made["name"]) == ("crm-1", "Ana Kovač")
    changed = put(house, "crm-1", {"city": "Piran"})
    assert changed == {**made, "city": "Piran", "updated_at": changed["updated_at"]}
    assert answered(house.alice.get("/customers/external/crm-1")) == changed
    assert house.alice.names(query={"external_id": "crm-1"}) == ["Ana Kovač"]


def test_a_name_may_hold_what_a_path_can_quote(house: House) -> None:
    made = put(house, "kunde%20%2F%C3%BC%3F", {"name": "Bor"}, 201)
    assert made["external_id"] == "kunde /ü?"


def test_a_new_customer_needs_a_name(house: House) -> None:
    before = house.dump()
    answer = house.alice.put("/customers/external/crm-1", {"city": "Koper"})
    assert refused(answer) == (422, {"name": "required"})
    assert house.dump() == before


def test_two_customers_never_share_a_name_of_another_system(house: House) -> None:
    put(house, "crm-1", {"name": "Ana"}, 201)
    other = house.alice.customer("Bor", external_id="crm-2")
    assert refused(house.alice.post("/customers", {"name": "Cene", "external_id": "crm-1"})) == (
        409,
        {"external_id": "taken"},
    )
    answer = house.alice.patch(f"/customers/{other['id']}", {"external_id": "crm-1"})
    assert refused(answer) == (409, {"external_id": "taken"})
    answer = house.alice.put("/customers/external/crm-2", {"external_id": "crm-3"})
    assert refused(answer) == (422, {"external_id": "immutable"})
    assert put(house, "crm-2", {"external_id": "crm-2"})["name"] == "Bor"
    # Of another entity it is another name.
    answered(house.shopkeeper.put("/customers/external/crm-1", {"name": "Duchess"}), 201)


def test_in_the_trash_a_name_is_free_again(house: House) -> None:
    first = put(house, "crm-1", {"name": "Ana"}, 201)
    house.alice.delete(f"/customers/{first['id']}")
    assert house.alice.get("/customers/external/crm-1").status_code == 404
    second = put(house, "crm-1", {"name": "Ana again"}, 201)
    assert second["id"] != first["id"]
    assert refused(house.alice.post(f"/customers/{first['id']}/restore")) == (409, {"external_id": "taken"})


def test_of_many_at_once_one_is_made(open_house: OpenHouse) -> None:
    houses = [open_house(), open_house()]
    asked = [
        house.alice.asking("PUT", "/customers/external/crm-1", {"name": "Ana", "city": str(number)})
        for number, house in enumerate(houses * 10)
    ]
    answers = houses[0].at_once(*asked)
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(houses[0].alice.names(query={"external_id": "crm-1"})) == 1


def test_who_means_a_version_that_is_not_there_changes_nothing(house: House) -> None:
    answer = house.alice.put("/customers/external/crm-1", {"name": "Ana"}, {"If-Match": '"1"'})
    assert refused(answer) == (412, {})
    made = put(house, "crm-1", {"name": "Ana"}, 201)
    answer = house.alice.put("/customers/external/crm-1", {"name": "Bor"}, {"If-Match": '"2"'})
    assert refused(answer)[0] == 412
    assert answered(house.alice.get("/customers/external/crm-1")) == made


def test_the_same_request_twice_is_answered_the_same(house: House) -> None:
    said = ("/customers/external/crm-1", {"name": "Ana"}, {"X-Request-Id": "once"})
    first, again = house.alice.put(*said), house.alice.put(*said)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()


def test_strangers_names_mean_nothing(house: House) -> None:
    put(house, "crm-1", {"name": "Ana"}, 201)
    assert refused(house.charlie.about(house.cast.factory).get("/customers/external/crm-1"))[0] == 404
    assert refused(house.charlie.about(house.cast.studio).get("/customers/external/crm-1"))[0] == 404
    assert refused(house.reader.put("/customers/external/crm-2", {"name": "Bor"})) == (403, {})


def follow(house: House, since: str) -> tuple[list[str], list[str]]:
    """What somebody who keeps a copy asks every now and then: who changed, and who is no more."""
    changed = house.alice.listed(
        query={"updated_at": {"gt": since}}, order_by="updated_at", include_deleted=True, limit=100
    )
    gone = house.alice.listed("/customers/erased", query={"permanently_deleted_at": {"gt": since}})
    return [one["id"] for one in changed["data"]], [one["id"] for one in gone["data"]]


def test_a_copy_can_follow_all_that_happens(house: House) -> None:
    first, second, third = (house.alice.customer(name, external_id=name) for name in "abc")
    since = third["updated_at"]
    assert follow(house, since) == ([], [])
    house.alice.patch(f"/customers/{second['id']}", {"city": "Koper"})
    house.alice.delete(f"/customers/{first['id']}")
    house.alice.delete(f"/customers/{third['id']}")
    house.alice.delete(f"/customers/{third['id']}/permanent")
    assert follow(house, since) == ([second["id"], first["id"]], [third["id"]])
    (left,) = house.alice.listed("/customers/erased", query={"external_id": "c"})["data"]
    assert left == {
        "id": third["id"],
        "entity_id": house.cast.studio,
        "external_id": "c",
        "permanently_deleted_at": left["permanently_deleted_at"],
    }
    assert house.shopkeeper.listed("/customers/erased")["data"] == []


def test_the_trash_is_either_alone_or_with_the_others(house: House) -> None:
    ana, bor = house.alice.customer("Ana"), house.alice.customer("Bor")
    house.alice.delete(f"/customers/{bor['id']}")
    everybody = house.alice.listed(include_deleted=True)
    assert {"Ana", "Bor"} <= {one["name"] for one in everybody["data"]}
    assert everybody["pagination"]["total"] == len(everybody["data"])
    assert [one["deleted_at"] for one in everybody["data"] if one["id"] == ana["id"]] == [None]
    answer = house.alice.get("/customers", include_deleted=True, deleted=True)
    assert refused(answer) == (400, {"include_deleted": "bad_parameter"})


def test_the_erased_cannot_be_searched(house: House) -> None:
    assert house.alice.get("/customers/erased", search="ana").status_code == 200
    answer = house.alice.get("/customers/erased", query={"external_id": {"contains": "a"}})
    assert refused(answer)[0] == 400
