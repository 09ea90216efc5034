"""faktoora: contacts and delivery addresses, woven over what other doors keep of them."""

from typing import Any

from billto.app import customers
from billto.app.parts import Request
from billto.domain.contact import serial_of
from billto.domain.customer import Customer
from billto.domain.ids import read_id
from billto.domain.scope import Scope
from tests.web.faktoora import API, changed, made, refused, seen
from tests.web.house import House

NOTHING = {"email": None, "phoneNo": None, "position": None, "isDefault": None}


def scope(house: House) -> Scope:
    account, studio = read_id(house.cast.alice_account), read_id(house.cast.studio)
    assert account
    return Scope(account, "live", key_id="", entity_id=studio)


def kept(house: House, customer: Any) -> Customer:
    """The record as the store has it."""
    id = str(read_id(customer["id"]))
    return house.write(lambda tx: customers.get(tx, Request(scope(house)), id))


def put(house: House, customer: Any, **values: Any) -> None:
    """What another door writes."""
    id = str(read_id(customer["id"]))
    house.write(lambda tx: customers.change(tx, Request(scope(house)), id, values))


def test_new_people_get_ids_numbers_and_names(house: House) -> None:
    given = [
        {
            "firstName": "Eva",
            "lastName": "Muster",
            "email": "eva@acme.example",
            "position": "CFO",
            "isDefault": True,
        },
        {"lastName": "Stern", "phoneNo": "030 1", "room": {"floor": 4}},
        {},
    ]
    one = made(house.alice, customerContacts=given)
    shown = one["customerContacts"]
    assert [{key: value for key, value in each.items() if key != "id"} for each in shown] == [
        {"firstName": "Eva", "lastName": "Muster", **NOTHING, "email": "eva@acme.example", "position": "CFO",
         "isDefault": True},
        {"firstName": None, "lastName": "Stern", **NOTHING, "phoneNo": "030 1", "room": {"floor": 4}},
        {"firstName": None, "lastName": None, **NOTHING},
    ]  # fmt: skip
    items = kept(house, one).contacts or []
    assert [each["id"] for each in items] == [each["id"] for each in shown]
    assert [each["serial"] for each in items] == [serial_of(each["id"]) for each in shown]
    assert [each.get("name") for each in items] == ["Eva Muster", "Stern", None]
    assert {each["created_at"] for each in items} == {one["createdAt"]}


def test_a_hundred_people_of_one_millisecond_have_a_hundred_numbers(house: House) -> None:
    one = made(house.alice, customerContacts=[{"lastName": str(at)} for at in range(100)])
    assert len({each["serial"] for each in kept(house, one).contacts or []}) == 100
    answer = house.alice.patch(f"{API}/customer/{one['id']}", {"customerContacts": [{}] * 101})
    assert refused(answer) == (400, "customerContacts: must have at most 100 elements")


def test_what_only_other_doors_know_of_a_person_stays(house: House) -> None:
    one = made(house.alice, customerContacts=[{"firstName": "Eva", "lastName": "Muster", "room": 4}])
    (item,) = kept(house, one).contacts or []
    put(
        house,
        one,
        contacts=[{**item, "department": "Sales", "is_sms_enabled": True, "more": {"room": 4, "x": 1}}],
    )
    (shown,) = seen(house.alice, one)["customerContacts"]
    after = changed(house.alice, one, customerContacts=[{"id": shown["id"], "lastName": "Stern", "room": 5}])
    assert after["customerContacts"] == [{**shown, "lastName": "Stern", "room": 5}]
    (new,) = kept(house, one).contacts or []
    assert new == {
        **item, "last_name": "Stern", "name": "Eva Stern", "department": "Sales", "is_sms_enabled": True,
        "more": {"room": 5, "x": 1}, "updated_at": after["updatedAt"],
    }  # fmt: skip


def test_a_name_in_one_piece_is_shown_and_not_torn(house: House) -> None:
    one = made(house.alice)
    put(house, one, contacts=[{"id": "6595a27b5d35015c3ef0c3fd", "serial": 7, "name": "Eva Muster"}])
    before = kept(house, one)
    (shown,) = seen(house.alice, one)["customerContacts"]
    assert (shown["firstName"], shown["lastName"]) == (None, "Eva Muster")
    changed(house.alice, one, customerContacts=[shown])
    assert kept(house, one) == before
    changed(house.alice, one, customerContacts=[{**shown, "firstName": "Eva", "lastName": "Stern"}])
    (item,) = kept(house, one).contacts or []
    assert (item["name"], item["first_name"], item["last_name"]) == ("Eva Stern", "Eva", "Stern")


def test_the_list_that_is_sent_is_the_list_that_is_there(house: House) -> None:
    one = made(house.alice, customerContacts=[{"lastName": "A"}, {"lastName": "B"}])
    a, b = one["customerContacts"]
    assert changed(house.alice, one, customerContacts=[b, a])["customerContacts"] == [b, a]
    assert changed(house.alice, one, city="Bonn")["customerContacts"] == [b, a]
    assert changed(house.alice, one, customerContacts=[{"id": f"x_{a['id']}"}])["customerContacts"] == [a]
    empty: tuple[Any, ...] = ([], None)
    for nothing in empty:
        changed(house.alice, one, customerContacts=[a])
        assert changed(house.alice, one, customerContacts=nothing)["customerContacts"] == []
        assert kept(house, one).contacts is None


def test_an_id_of_nobody_here_is_not_taken_over(house: House) -> None:
    other = made(house.alice, customerContacts=[{"lastName": "A"}], deliveryAddresses=[{"name": "L"}])
    (theirs,), (place,) = other["customerContacts"], other["deliveryAddresses"]
    one = made(house.alice, customerContacts=[theirs], deliveryAddresses=[{**place, "id": "7b"}])
    assert one["customerContacts"][0]["id"] != theirs["id"]
    assert one["deliveryAddresses"][0]["id"] not in (place["id"], "7b")
    twice = house.alice.patch(f"{API}/customer/{other['id']}", {"customerContacts": [theirs, theirs]})
    assert refused(twice) == (409, "customerContacts.1.id: is in use already")


def test_places_have_their_own_words(house: House) -> None:
    given = {
        "name": "Lager",
        "address": "Ring 1",
        "postcode": "x",
        "city": "Wien",
        "country": "AT",
        "isDefault": True,
    }
    one = made(house.alice, deliveryAddresses=[{**given, "dock": "7"}])
    (shown,) = one["deliveryAddresses"]
    assert shown == {"id": shown["id"], **given, "dock": "7"}
    after = changed(house.alice, one, deliveryAddresses=[{"id": shown["id"], "city": None}])
    assert after["deliveryAddresses"] == [{**shown, "city": None}]
    (item,) = kept(house, one).delivery_addresses or []
    assert (item["post_code"], item["country_code"], item["is_default"]) == ("x", "AT", True)


def test_what_a_person_has_beside_is_bounded_also_over_time(house: House) -> None:
    one = made(house.alice, customerContacts=[{"lastName": "A", **{f"k{at}": "" for at in range(50)}}])
    (shown,) = one["customerContacts"]
    path = f"{API}/customer/{one['id']}"
    more = house.alice.patch(path, {"customerContacts": [{"id": shown["id"], "l": ""}]})
    assert refused(more) == (400, "customerContacts.0: must have at most 50 elements")
    long = house.alice.patch(path, {"customerContacts": [{"id": shown["id"], "k1": "x" * 19_900}]})
    assert refused(long) == (400, "customerContacts.0: must have at most 20000 characters")
    assert seen(house.alice, one) == one
