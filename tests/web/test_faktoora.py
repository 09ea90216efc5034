"""faktoora: the calls of its page, and what is kept of a customer."""

import re
from typing import Any

import pytest

from tests.web.faktoora import ACME, API, changed, made, refused, seen, with_api_key
from tests.web.house import House, answered

EMPTY = (
    "firstName", "lastName", "nameAuthorisedSignatory", "customerId", "phoneNo", "taxId", "peppolId", "glnId",
    "dunsId", "invoiceProfile", "category", "faktooraId", "supplierNumber", "routeId",
)  # fmt: skip
EVERYTHING = {
    **{wire: f"a {wire}" for wire in EMPTY},
    "nameAuthorisedSignatory": "Eva Muster",
    "extras": {"shop": "17", "tags": ["a", {"b": None}], "rate": 1.5, "vip": True},
}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def test_a_company_is_made_and_found_as_the_page_shows(house: House) -> None:
    caller = with_api_key(house, house.cast.live, entity=house.cast.studio)
    one = answered(caller.post(f"{API}/customer", ACME))
    own = {name: one.pop(name) for name in ("id", "createdAt", "updatedAt")}
    assert one == {**ACME, **dict.fromkeys(EMPTY), "deliveryAddresses": [], "customerContacts": []}
    assert re.fullmatch("cust_[0-9a-f]{24}", own["id"])
    assert MOMENT.fullmatch(own["createdAt"])
    assert own["updatedAt"] == own["createdAt"]
    params = {"keywords[]": "Acme", "page": "1", "perPage": "20", "sort": "name", "order": "asc"}
    listed = {
        wire: value for wire, value in one.items() if wire not in ("deliveryAddresses", "customerContacts")
    }
    assert answered(caller.ask("GET", f"{API}/customers", params=params)) == {
        "data": [{**listed, **own}],
        "meta": {"page": 1, "perPage": 20, "totalItems": 1, "totalPages": 1},
    }
    assert answered(caller.delete(f"{API}/customer/{own['id']}")) == {"succeed": True}


def test_numbers_are_generated_and_verified_as_the_page_shows(shared: House) -> None:
    assert answered(shared.alice.get(f"{API}/customers/generate-number")) == {"value": "001"}
    verified = shared.alice.get(f"{API}/customer/verify-customer-number", value="CUST-0042")
    assert answered(verified) == {"succeed": True}


def test_everything_that_may_be_given_comes_back_as_it_was(house: House) -> None:
    given = {**ACME, **EVERYTHING, "glnId": "4012345000009", "dunsId": "150483782"}
    one = made(house.alice, **given)
    assert {wire: one[wire] for wire in given} == given
    assert seen(house.alice, one) == one
    assert answered(house.alice.get(f"{API}/customers/{one['id'].removeprefix('cust_')}")) == one


def test_a_change_touches_only_what_is_given(house: House) -> None:
    one = made(house.alice, **{**EVERYTHING, "glnId": "1", "dunsId": "2"})
    for change in ({"city": "Potsdam"}, {**ACME, "phoneNo": "030 1"}, {"taxId": None}, {"category": ""}):
        after = changed(house.alice, one, **change)
        kept = {wire: value or (value if wire == "extras" else None) for wire, value in change.items()}
        assert after == {**one, **kept, "isCompany": True, "updatedAt": after["updatedAt"]}
        one = after


def test_what_was_answered_may_be_sent_back_and_changes_nothing(house: House) -> None:
    contacts = [{"firstName": "Eva", "lastName": "Muster", "room": 4}]
    ones = [
        made(
            house.alice, customerContacts=contacts, deliveryAddresses=[{"name": "Lager"}], extras={"a": [1]}
        ),
        made(house.alice, isCompany=False, name=None, firstName="Max", lastName="Muster"),
        seen(house.alice, {"id": house.cast.white_rabbit}),  # who has no address at all
    ]
    before = house.dump()
    for one in ones:
        assert changed(house.alice, one, **one) == one
    assert house.dump() == before


def test_a_person_is_called_by_first_and_last_name(house: House) -> None:
    one = made(house.alice, isCompany=False, name="", firstName="Max", lastName="Muster")
    assert (one["isCompany"], one["name"]) == (False, "Max Muster")
    one = changed(house.alice, one, **{**one, "firstName": "Moritz"})
    assert one["name"] == "Moritz Muster"
    assert made(house.alice, isCompany=False, name=None, lastName="Muster")["name"] == "Muster"
    assert made(house.alice, isCompany=False, name="Max M.")["name"] == "Max M."


def test_the_country_is_the_entitys_unless_another_is_given(house: House) -> None:
    assert made(house.alice, country=None, postcode="1000")["country"] == "SI"
    one = made(house.alice, country="at", postcode="1010")
    assert one["country"] == "at"
    native = answered(house.alice.get(f"/customers/{one['id']}"))
    assert (native["country"], native["country_code"]) == (None, "at")


def test_a_country_that_is_left_takes_its_name_along(house: House) -> None:
    native = house.alice.customer("Ana", country="Avstrija", address="Ring 1", post_code="1010", city="Wien")
    one = changed(house.alice, native, country="DE", postcode="10115")
    assert one["country"] == "DE"
    assert answered(house.alice.get(f"/customers/{one['id']}"))["country"] == "Germany"


def test_what_other_doors_keep_stays(house: House) -> None:
    more = {
        "address_2": "2nd floor",
        "state": "Berlin",
        "company_number": "HRB 1",
        "peppol_scheme_id": "9930",
    }
    native = house.alice.customer("Ana", metadata={"a": "b"}, **more)
    changed(house.alice, native, **ACME)
    kept = answered(house.alice.get(f"/customers/{native['id']}"))
    assert {name: kept[name] for name in more} == more
    assert kept["metadata"] == {}  # the one thing that this door does show, and was told to empty


NEEDED = "address: is required; postcode: is required; city: is required; extras: is required"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, f"isCompany: is required; {NEEDED}"),
        ({"isCompany": True}, f"{NEEDED}; name: is required"),
        ({"isCompany": False}, f"{NEEDED}; firstName: is required; lastName: is required"),
        ({**ACME, "isCompany": "yes"}, "isCompany: must be true or false"),
        ({**ACME, "isCompany": None}, "isCompany: must not be null"),
        ({**ACME, "city": " ", "address": None}, "address: is required; city: is required"),
        ({**ACME, "name": "", "postcode": ""}, "postcode: is required; name: is required"),
        ({**ACME, "country": "Deutschland"},
         "country: does not have the required form (a code of ISO 3166-1, such as DE)"),
        ({**ACME, "extras": []}, None),
        ({**ACME, "extras": "x"}, "extras: must be an object"),
        ({**ACME, "extras": ""}, "extras: must be an object"),
        ({**ACME, "customerContacts": ""}, "customerContacts: must be a list"),
        ({**ACME, "customerContacts": {}}, "customerContacts: must be a list"),
        ({**ACME, "customerContacts": [{"email": 5}, None]},
         "customerContacts.0.email: must be text; customerContacts.1: must not be null"),
        ({**ACME, "deliveryAddresses": [{"isDefault": 1}]},
         "deliveryAddresses.0.isDefault: must be true or false"),
        ({**ACME, "glnId": "1" * 21}, "glnId: must have at most 20 characters"),
        ({**ACME, "vatId": "a\0b"}, "vatId: must not contain NUL or half of a surrogate pair"),
        ([], "Must be an object"),
        (b"{", None),
    ],
)  # fmt: skip
def test_everything_that_is_wrong_is_said_at_once(shared: House, body: Any, message: str | None) -> None:
    answer = shared.alice.post(f"{API}/customer", body)
    if message is None:
        assert answer.status_code == (400 if body == b"{" else 200)
        return
    assert refused(answer) == (400, message)


FORMS = {"DE": "^[0-9]{5}$ in DE", "AT": "^[0-9]{4}$ in AT", "CH": "^[0-9]{4}$ in CH"}


@pytest.mark.parametrize(
    ("country", "post_code", "fits"),
    [
        ("DE", "10115", True), ("DE", "1011", False), ("DE", "101150", False), ("DE", "1011A", False),
        ("de", "1011", False), ("DE", "10115 ", False), ("DE", "١٠١١٥", False), ("DE", "10115\n", False),
        ("AT", "1010", True), ("AT", "10115", False), ("CH", "8001", True), ("CH", "800", False),
        ("SI", "SI-1000", True), ("FR", "1", True), ("PT", "x", True), ("XX", "x", True),
    ],
)  # fmt: skip
def test_a_post_code_has_its_countrys_form(shared: House, country: str, post_code: str, fits: bool) -> None:
    answer = shared.alice.post(f"{API}/customer", {**ACME, "country": country, "postcode": post_code})
    if fits:
        assert answered(answer)["postcode"] == post_code
    else:
        form = FORMS[country.upper()]
        assert refused(answer) == (400, f"postcode: does not have the required form ({form})")


def test_a_post_code_is_judged_in_the_country_that_will_hold(house: House) -> None:
    one = made(house.alice)
    path = f"{API}/customer/{one['id']}"
    german = (400, f"postcode: does not have the required form ({FORMS['DE']})")
    austrian = (400, f"postcode: does not have the required form ({FORMS['AT']})")
    assert refused(house.alice.patch(path, {"postcode": "1010"})) == german
    assert refused(house.alice.patch(path, {"country": "AT"})) == austrian
    assert refused(house.alice.patch(path, {"country": "AT", "postcode": "10115"})) == austrian
    assert seen(house.alice, one) == one
    assert changed(house.alice, one, country="AT", postcode="1010")["postcode"] == "1010"
    assert changed(house.alice, one, country="SI", postcode="SI-1000")["country"] == "SI"
    home = house.charlie.new_entity("Laden", "Germany")
    answer = house.charlie.about(home["id"]).post(
        f"{API}/customer", {**ACME, "country": None, "postcode": "1"}
    )
    assert refused(answer) == german


def test_what_was_wrong_before_is_no_reason_to_refuse_a_change(house: House) -> None:
    native = house.alice.customer("Ana", country="Germany", post_code="D-1")
    assert changed(house.alice, native, phoneNo="1")["phoneNo"] == "1"
    assert changed(house.alice, native, address=None, city="Berlin")["address"] is None
    answer = house.alice.patch(f"{API}/customer/{native['id']}", {"city": "", "postcode": None})
    assert refused(answer) == (400, "postcode: is required; city: is required")


def test_who_is_deleted_is_gone_at_this_door(house: House) -> None:
    one = made(house.alice, customerId="7")
    path = f"{API}/customer/{one['id']}"
    assert answered(house.alice.delete(path)) == {"succeed": True}
    after = house.dump()
    for answer in (
        house.alice.get(path),
        house.alice.patch(path, {"city": "Potsdam"}),
        house.alice.delete(path),
        house.alice.get(f"{API}/customer/cust_abc123"),
        house.alice.delete(f"{API}/customer/550e8400-e29b-41d4-a716-446655440000"),
    ):
        assert refused(answer) == (404, "Customer not found")
    assert house.dump() == after
    assert answered(house.alice.get(f"{API}/customers"))["meta"]["totalItems"] == 1  # White Rabbit
    assert answered(house.alice.get(f"/customers/{one['id']}"))["deleted_at"]


def test_refusals_that_come_before_the_route_have_the_same_form(shared: House) -> None:
    assert refused(shared.alice.get(f"{API}/nothing"))[0] == 404
    assert refused(shared.alice.put(f"{API}/customer", {}))[0] == 405
    assert refused(with_api_key(shared, None).get(f"{API}/customers")) == (401, "A valid API key is needed")
    assert refused(with_api_key(shared, "x").get(f"{API}/customers"))[0] == 401
    assert refused(shared.live.get(f"{API}/customers")) == (
        400,
        "x-account-id: several entities can be reached with this key; name one in the header x-account-id",
    )
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert refused(shared.alice.post(f"{API}/customer", b"name=A", form))[0] == 415


def test_a_key_may_stand_in_either_header(shared: House) -> None:
    token = shared.cast.studio_key
    for headers in ({"x-api-key": token}, {"X-API-KEY": token}, {"Authorization": f"Bearer {token}"}):
        assert shared.caller(None).ask("GET", f"{API}/customers", headers=headers).status_code == 200


def test_a_version_may_be_meant(house: House) -> None:
    one = made(house.alice)
    path = f"{API}/customer/{one['id']}"
    assert house.alice.get(path).headers["etag"] == '"1"'
    assert house.alice.patch(path, {"city": "Potsdam"}, {"If-Match": '"1"'}).status_code == 200
    assert refused(house.alice.patch(path, {"city": "Bonn"}, {"If-Match": '"1"'}))[0] == 412
