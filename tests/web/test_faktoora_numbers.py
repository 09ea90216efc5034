"""faktoora: customer numbers, the next of which is told and none of which is given twice."""

from typing import Any

import pytest

from billto.domain.entity import Entity
from billto.domain.ids import read_id
from tests.web.conftest import OpenHouse
from tests.web.faktoora import ACME, API, changed, made, refused, seen
from tests.web.house import House, answered
from tests.web.test_faktoora_people import scope

ONCE = {"Idempotency-Key": "once"}


def generated(house: House) -> str:
    value: str = answered(house.alice.get(f"{API}/customers/generate-number"))["value"]
    return value


def is_free(house: House, value: str) -> bool:
    answer = answered(house.alice.get(f"{API}/customer/verify-customer-number", value=value))
    assert answer.keys() == {"succeed"}
    return bool(answer["succeed"])


def number_by(house: House, form: Any) -> None:
    """What the entity's settings say of customers' numbers."""

    async def write(tx: Any) -> None:
        old = await tx.lock(Entity, scope(house), read_id(house.cast.studio))
        formats = {**old.settings["number_formats"], "customer": form}
        await tx.update(old, old._replace(settings={**old.settings, "number_formats": formats}), scope(house))

    house.write(write)


def test_the_next_number_stands_in_the_row_of_the_newest(house: House) -> None:
    assert generated(house) == "001"
    one: Any = None
    for number, following in (("001", "002"), ("CUST-0041", "CUST-0042"), ("ACME", "CUST-0042"), ("9", "10")):
        one = made(house.alice, customerId=number)
        assert generated(house) == following
    assert answered(house.alice.delete(f"{API}/customer/{one['id']}")) == {"succeed": True}
    assert generated(house) == "CUST-0042"


def test_telling_a_number_takes_nothing(house: House) -> None:
    before = house.dump()
    assert [generated(house) for _ in range(3)] == ["001"] * 3
    assert house.dump() == before


def test_numbers_that_are_taken_are_passed_over(house: House) -> None:
    for number in ("003", "004", "006", "002"):
        made(house.alice, customerId=number)
    assert generated(house) == "005"


@pytest.mark.parametrize("many", [99, 100, 101, 250])
def test_a_long_row_of_taken_numbers_is_passed_over_to_its_end(house: House, many: int) -> None:
    async def create() -> None:
        for at in range(2, many + 2):
            await house.alice.asking("POST", f"{API}/customer", {**ACME, "customerId": f"{at:03}"})

    house.run(create())
    made(house.alice, customerId="001")
    assert generated(house) == f"{many + 2:03}"


def test_the_entitys_format_goes_before_the_row(house: House) -> None:
    made(house.alice, customerId="17")
    number_by(house, "KD-{yyyy}-{nnn}")
    assert generated(house) == "KD-2026-001"
    made(house.alice, customerId="KD-2026-007")
    made(house.alice, customerId="KD-2025-099")
    assert generated(house) == "KD-2026-008"
    number_by(house, None)
    assert generated(house) == "KD-2025-100"


def test_the_year_is_that_of_the_place(house: House) -> None:
    number_by(house, "{yy}/{n}")
    answered(house.alice.put(f"/entities/{house.cast.studio}", {"timezone": "Europe/Ljubljana"}))
    house.clock.now = house.clock.now.replace(month=12, day=31, hour=22, minute=30)
    assert generated(house) == "26/1"
    house.clock.now = house.clock.now.replace(hour=23)
    assert generated(house) == "27/1"


def test_a_number_is_free_until_somebody_has_it(house: House) -> None:
    assert is_free(house, "CUST-0042")
    one = made(house.alice, customerId="CUST-0042")
    assert not is_free(house, "CUST-0042")
    assert is_free(house, "cust-0042")
    assert answered(house.shopkeeper.get(f"{API}/customer/verify-customer-number", value="CUST-0042"))[
        "succeed"
    ]
    changed(house.alice, one, customerId="CUST-0043")
    assert is_free(house, "CUST-0042")
    house.alice.delete(f"{API}/customer/{one['id']}")
    assert is_free(house, "CUST-0043")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "value: is required"),
        ("?value=", "value: is required"),
        ("?value=" + "x" * 101, "value: must have at most 100 characters"),
        ("?value=%00", "value: must not contain NUL or half of a surrogate pair"),
    ],
)
def test_what_can_be_no_number_is_neither_free_nor_taken(shared: House, query: str, message: str) -> None:
    for noun in ("customer", "customers"):
        answer = shared.alice.get(f"{API}/{noun}/verify-customer-number{query}")
        assert refused(answer) == (400, message)


def test_a_number_that_is_taken_is_a_conflict(house: House) -> None:
    one, other = made(house.alice, customerId="1"), made(house.alice, customerId="2")
    before = house.dump()
    taken = (409, "customerId: is in use already")
    assert refused(house.alice.post(f"{API}/customer", {**ACME, "customerId": "1"})) == taken
    assert refused(house.alice.patch(f"{API}/customer/{other['id']}", {"customerId": "1"})) == taken
    assert house.dump() == before
    assert changed(house.alice, one, customerId="1") == one
    assert made(house.shopkeeper, customerId="1", postcode="10115")["customerId"] == "1"
    house.alice.delete(f"{API}/customer/{one['id']}")
    assert changed(house.alice, other, customerId="1")["customerId"] == "1"


def test_customers_without_a_number_are_no_conflict(house: House) -> None:
    for nothing in (None, ""):
        for _ in range(2):
            assert made(house.alice, customerId=nothing)["customerId"] is None


def test_of_twenty_who_take_a_number_at_once_one_gets_it(open_house: OpenHouse) -> None:
    here, there = open_house(), open_house()
    number = generated(here)
    body = {**ACME, "customerId": number}
    answers = here.at_once(
        *(house.alice.asking("POST", f"{API}/customer", body) for house in (here, there) for _ in range(10))
    )
    (won,) = (one.json() for one in answers if one.status_code == 200)
    lost = [refused(one) for one in answers if one.status_code != 200]
    assert lost == [(409, "customerId: is in use already")] * 19
    assert seen(there.alice, won) == won
    assert answered(there.alice.get(f"{API}/customers", keywords="acme"))["meta"]["totalItems"] == 1
    assert generated(there) == "002"


def test_the_same_request_many_times_at_once_makes_one_customer(open_house: OpenHouse) -> None:
    here, there = open_house(), open_house()
    sends = (
        house.alice.asking("POST", f"{API}/customer", ACME, ONCE) for house in (here, there) for _ in range(5)
    )
    answers = here.at_once(*sends)
    assert {one.status_code for one in answers} <= {200, 409}
    (won,) = {one.content for one in answers if one.status_code == 200}
    for one in answers:
        if one.status_code == 409:
            assert "still being worked on" in refused(one)[1]
    again = there.alice.post(f"{API}/customer", ACME, ONCE)
    assert (again.status_code, again.content) == (200, won)
    assert answered(here.alice.get(f"{API}/customers", keywords="acme"))["meta"]["totalItems"] == 1
    other = here.alice.post(f"{API}/customer", {**ACME, "city": "Bonn"}, ONCE)
    assert refused(other)[0] == 409


def test_changes_at_once_are_all_made(house: House) -> None:
    one = made(house.alice)
    fields = ("phoneNo", "taxId", "category", "routeId", "supplierNumber", "faktooraId")
    path = f"{API}/customer/{one['id']}"
    answers = house.at_once(*(house.alice.asking("PATCH", path, {wire: "x"}) for wire in fields))
    assert [each.status_code for each in answers] == [200] * len(fields)
    after = seen(house.alice, one)
    assert after == {**one, **dict.fromkeys(fields, "x"), "updatedAt": after["updatedAt"]}
