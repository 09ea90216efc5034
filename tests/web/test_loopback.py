"""v1: clients made, changed, replaced and deleted, as its documents and its clients have it."""

import re
from typing import Any

import pytest

from billto.dialects.loopback.verbs import MANY_MAX
from tests.web.house import House, answered
from tests.web.loopback import V1, Error, absent, alice, bare, error, said

TEXTS = (
    "contact", "note", "address", "address2", "city", "zip", "state", "country", "countryAlpha2Code",
    "taxNumber", "companyNumber", "IBAN", "bank", "SWIFT", "website", "email", "phone", "businessType",
    "fiscalRegionCode",
)  # fmt: skip
EVERYTHING = {
    **{name: f"a {name}"[:20] for name in TEXTS if name != "countryAlpha2Code"},
    "countryAlpha2Code": "SI",
    "isEndCustomer": True,
    "taxSubject": False,
    "type": "supplier",
    "custom": {"order": "A-1", "tags": ["a", "b"], "weight": 1.5, "nested": {"deep": [None, True]}},
    "_data": [{"id": "1", "name": "colour", "value": {"red": 1}, "options": {}}],
}
BLANK = Error(
    422,
    "ValidationError",
    "The `Client` instance is not valid. Details: `name` can't be blank (value: undefined).",
    None,
    {"context": "Client", "codes": {"name": ["presence"]}, "messages": {"name": ["can't be blank"]}},
)


def test_only_a_name_is_needed_and_every_documented_key_is_answered(house: House) -> None:
    made = alice(house).client("Ana")
    own = {name: made.pop(name) for name in ("id", "createdAt", "updatedAt", "organizationId")}
    assert made == {
        "name": "Ana", **dict.fromkeys(TEXTS), "isEndCustomer": False, "taxSubject": True, "type": None,
        "custom": {}, "_data": [], "deletedAt": None, "_isDeleted": False, "deletedId": None, "unitId": None,
        "unitIds": [],
    }  # fmt: skip
    assert re.fullmatch("[0-9a-f]{24}", own["id"])
    assert own["organizationId"] == bare(house.cast.studio)
    assert re.fullmatch(r"2026-05-01T13:\d\d:\d\d\.\d{3}Z", own["createdAt"])
    assert own["updatedAt"] == own["createdAt"]


def test_everything_that_may_be_given_comes_back_as_it_was(house: House) -> None:
    made = alice(house).client("Ana", **EVERYTHING)
    assert {name: made[name] for name in EVERYTHING} == EVERYTHING
    assert said(alice(house).get(f"/clients/{made['id']}")) == made
    assert alice(house).find({"where": {"id": made["id"]}}) == [made]


def test_the_native_door_shows_the_same_record(house: House) -> None:
    made = alice(house).client("Ana", **EVERYTHING)
    native = answered(house.alice.get(f"/customers/{made['id']}"))
    assert (native["contact_type"], native["is_end_consumer"], native["is_tax_subject"]) == (
        "supplier",
        True,
        False,
    )
    assert native["metadata"] == {"order": "A-1"}
    assert native["bank_accounts"] == [
        {"type": "iban", "iban": "a IBAN", "bank_name": "a bank", "bic": "a SWIFT"}
    ]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"name": 123}, {"name": "123"}),
        ({"name": True, "zip": 1000, "phone": 1.50}, {"name": "true", "zip": "1000", "phone": "1.5"}),
        (
            {"name": "A", "isEndCustomer": "true", "taxSubject": 0},
            {"isEndCustomer": True, "taxSubject": False},
        ),
        (
            {"name": "A", "isEndCustomer": "", "taxSubject": None},
            {"isEndCustomer": False, "taxSubject": True},
        ),
        ({"name": "A", "type": "", "email": ""}, {"type": None, "email": ""}),
        ({"name": "A", "custom": [], "IBAN": 5}, {"custom": {}, "IBAN": "5"}),
        ({"name": "A", "country": "Slovenija"}, {"country": "Slovenija", "countryAlpha2Code": "SI"}),
        ({"name": "A", "id": "x", "unknown": 1, "createdAt": 5, "_isDeleted": True}, {"_isDeleted": False}),
    ],
)
def test_values_of_another_type_become_what_is_wanted(house: House, given: Any, kept: Any) -> None:
    made = said(alice(house).ask("POST", alice(house).clients, given))
    assert {name: made[name] for name in kept} == kept


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        ({"name": ""}, {"name": ["presence"]}),
        ({"name": None}, {"name": ["presence"]}),
        ({"name": ["A"]}, {"name": ["wrong_type"]}),
        ({"name": "A", "type": "friend"}, {"type": ["inclusion"]}),
        ({"name": "A", "isEndCustomer": "maybe"}, {"isEndCustomer": ["wrong_type"]}),
        ({"name": "A", "IBAN": "x" * 51, "zip": "x" * 51}, {"IBAN": ["length.max"], "zip": ["length.max"]}),
        ({"name": "A", "custom": 5}, {"custom": ["wrong_type"]}),
        ({"name": "A", "_data": [5]}, {"_data.0": ["wrong_type"]}),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(shared: House, given: Any, codes: Any) -> None:
    before = shared.dump()
    refused = error(alice(shared).ask("POST", alice(shared).clients, given))
    assert (refused.status, refused.name, refused.details["codes"]) == (422, "ValidationError", codes)
    assert refused.message.startswith("The `Client` instance is not valid. Details: `")
    assert shared.dump() == before


def test_a_client_has_a_name(shared: House) -> None:
    for body in ({}, {"city": "Koper"}):
        assert error(alice(shared).ask("POST", alice(shared).clients, body)) == BLANK
    assert error(alice(shared).ask("POST", alice(shared).clients)) == BLANK
    white_rabbit = f"/clients/{bare(shared.cast.white_rabbit)}"
    assert error(alice(shared).ask("PUT", white_rabbit, {"city": "Koper"})) == BLANK
    said_null = error(alice(shared).ask("PATCH", white_rabbit, {"name": None}))
    assert said_null.message.endswith("`name` can't be blank (value: null).")
    said_empty = error(alice(shared).ask("PATCH", white_rabbit, {"name": ""}))
    assert said_empty.message.endswith('`name` can\'t be blank (value: "").')


def test_bodies_that_are_no_objects_are_bad_requests(shared: House) -> None:
    v1 = alice(shared)
    for body in (5, "Ana", True):
        assert error(v1.ask("POST", v1.clients, body)) == Error(400, "Error", "Value is not an object.")
    for broken in (b"{", b'{"name": "A", "name": "B"}', b"\xff"):
        refused = error(v1.ask("POST", v1.clients, broken))
        assert (refused.status, refused.name) == (400, "SyntaxError")
    assert error(v1.ask("POST", v1.clients, b"x", {"Content-Type": "text/csv"})).status == 415


def test_several_clients_are_made_at_once(house: House) -> None:
    v1 = alice(house)
    made = said(v1.ask("POST", v1.clients, [{"name": "A"}, {"name": "B", "custom": {"n": 1}}]))
    assert [one["name"] for one in made] == ["A", "B"]
    assert v1.find({"order": "id", "skip": 1}) == made
    assert said(v1.ask("POST", v1.clients, [])) == []


def test_of_several_clients_with_a_bad_one_none_is_made(shared: House) -> None:
    v1, before = alice(shared), shared.dump()
    refused = error(v1.ask("POST", v1.clients, [{"name": "A"}, {"name": ""}, 5, {"name": "B", "type": "x"}]))
    assert (refused.status, refused.details["codes"]) == (
        422,
        {"1.name": ["presence"], "2": ["wrong_type"], "3.type": ["inclusion"]},
    )
    too_many = error(v1.ask("POST", v1.clients, [{"name": "A"}] * (MANY_MAX + 1)))
    assert (too_many.status, too_many.message) == (400, f"At most {MANY_MAX} clients can be created at once")
    once = error(v1.ask("POST", v1.clients, [{"name": "A"}], {"Idempotency-Key": "k"}))
    assert (once.status, once.message) == (400, "Idempotency-Key: is for one client at a time")
    assert shared.dump() == before


def test_forms_with_brackets_say_the_same_as_json(house: House) -> None:
    v1 = alice(house)
    fields = {
        "name": "Ana & sons", "isEndCustomer": "true", "taxSubject": "0", "custom[colour]": "red",
        "custom[sizes][0]": "S", "custom[sizes][1]": "M", "_data[0][name]": "n", "_data[0][value][a]": "b",
    }  # fmt: skip
    made = said(v1.form("POST", v1.clients, fields))
    assert (made["name"], made["isEndCustomer"], made["taxSubject"]) == ("Ana & sons", True, False)
    assert made["custom"] == {"colour": "red", "sizes": ["S", "M"]}
    (data,) = made["_data"]
    assert data == {"id": data["id"], "name": "n", "value": {"a": "b"}}
    assert re.fullmatch("[0-9a-f]{24}", data["id"])
    changed = said(v1.form("PATCH", f"/clients/{made['id']}", {"city": "Koper"}))
    assert changed == {**made, "city": "Koper", "updatedAt": changed["updatedAt"]}


def test_patch_touches_only_what_is_given(house: House) -> None:
    v1 = alice(house)
    made = v1.client("Ana", **EVERYTHING)
    path = f"/clients/{made['id']}"
    changed = said(v1.ask("PATCH", path, {"bank": "Other", "city": None, "custom": {"a": 1}}))
    expected = {**made, "bank": "Other", "city": None, "custom": {"a": 1}, "updatedAt": changed["updatedAt"]}
    assert changed == expected
    before = house.dump()
    for body in ({}, changed, {"id": made["id"]}, {"organizationId": bare(house.cast.shop)}):
        assert said(v1.ask("PATCH", path, body)) == changed
    assert house.dump() == before


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_an_id_cannot_be_changed(shared: House, method: str) -> None:
    id = bare(shared.cast.white_rabbit)
    refused = error(alice(shared).ask(method, f"/clients/{id}", {"name": "A", "id": "other"}))
    assert refused == Error(400, "Error", f"id property (id) cannot be updated from {id} to other")


def test_put_resets_what_v1_knows_and_keeps_what_only_others_know(house: House) -> None:
    v1 = alice(house)
    id = v1.client("Ana", **EVERYTHING)["id"]
    accounts = [
        {"type": "iban", "name": "Main", "iban": "1", "bank_name": "B", "bic": "X"},
        {"type": "other", "account_number": "2"},
    ]
    native = answered(house.alice.patch(f"/customers/{id}", {"bank_accounts": accounts, "peppol_id": "p"}))
    put = said(v1.ask("PUT", f"/clients/{id}", {"name": "Eva", "IBAN": "3"}))
    assert put == {
        "name": "Eva", **dict.fromkeys(TEXTS), "IBAN": "3", "isEndCustomer": False, "taxSubject": True,
        "type": None, "custom": {}, "_data": [], "deletedAt": None, "_isDeleted": False, "deletedId": None,
        "unitId": None, "unitIds": [], "id": id, "organizationId": bare(house.cast.studio),
        "createdAt": put["createdAt"], "updatedAt": put["updatedAt"],
    }  # fmt: skip
    after = answered(house.alice.get(f"/customers/{id}"))
    assert after["created_at"] == native["created_at"]
    assert after["peppol_id"] == "p"
    first = {"type": "iban", "name": "Main", "iban": "3", "bank_name": None, "bic": None}
    assert after["bank_accounts"] == [first, accounts[1]]
    assert after["metadata"] == {}


def test_what_was_read_may_be_put_back_and_changes_nothing(house: House) -> None:
    v1 = alice(house)
    made = v1.client("Ana", **EVERYTHING)
    before = house.dump()
    assert said(v1.ask("PUT", f"/clients/{made['id']}", made)) == made
    assert house.dump() == before


def test_a_first_account_that_is_emptied_stays_before_the_second(house: House) -> None:
    accounts = [{"type": "iban", "iban": "1"}, {"type": "iban", "iban": "2"}]
    id = house.alice.customer("Ana", bank_accounts=accounts)["id"]
    put = said(alice(house).ask("PUT", f"/clients/{bare(id)}", {"name": "Ana"}))
    assert put["IBAN"] is None
    kept = answered(house.alice.get(f"/customers/{id}"))["bank_accounts"]
    assert kept == [{"type": "iban", "iban": None}, {"type": "iban", "iban": "2"}]
    only = alice(house).client("Eva", IBAN="1", bank="B")
    said(alice(house).ask("PATCH", f"/clients/{only['id']}", {"IBAN": None, "bank": None}))
    assert answered(house.alice.get(f"/customers/{only['id']}"))["bank_accounts"] is None


def test_a_deleted_client_is_found_only_where_it_is_asked_for(house: House) -> None:
    v1 = alice(house)
    made = v1.client("Ana")
    path = f"/clients/{made['id']}"
    assert said(v1.ask("DELETE", path)) == {"count": 1}
    assert said(v1.ask("DELETE", path)) == {"count": 0}
    assert absent(v1.get(path))
    for method, body in (("PUT", {"name": "A"}), ("PATCH", {}), ("POST", {})):
        assert absent(v1.ask(method, path if method != "POST" else f"{path}/send-reminder", body))
    assert v1.names() == ["White Rabbit Wonder"]
    gone = said(v1.get(path, {"filter[deleted]": "true"}))
    moment = gone["deletedAt"]
    assert gone == {
        **made,
        "_isDeleted": True,
        "deletedId": made["id"],
        "deletedAt": moment,
        "updatedAt": moment,
    }
    assert v1.names(deleted=True, order="id") == ["White Rabbit Wonder", "Mad Hatter Wonder", "Ana"]
    assert v1.names({"_isDeleted": True}, deleted=True) == ["Mad Hatter Wonder", "Ana"]
    assert v1.names({"_isDeleted": True}) == []
    assert answered(house.alice.post(f"/customers/{made['id']}/restore"))["deleted_at"] is None
    assert said(v1.get(path))["_isDeleted"] is False


def test_deleting_what_never_was_deletes_none(shared: House) -> None:
    before = shared.dump()
    for id in ("999", "0" * 24, "x" * 500, bare(shared.cast.mad_hatter), bare(shared.cast.mr_bucket)):
        assert said(alice(shared).ask("DELETE", f"/clients/{id}")) == {"count": 0}
    assert shared.dump() == before


def test_absence_is_said_as_loopback_says_it(shared: House) -> None:
    v1 = alice(shared)
    unknown = Error(404, "Error", 'Unknown "Client" id "999".', "MODEL_NOT_FOUND")
    assert error(v1.get("/Clients/999")) == unknown
    missing = Error(404, "Error", "could not find a model with id 999", "MODEL_NOT_FOUND")
    assert error(v1.ask("PATCH", "/Clients/999", {"name": "A"})) == missing
    assert error(v1.get("/Organizations/999/clients")) == missing
    gone = Error(404, "Error", "Could not replace. Object with id 999 does not exist!")
    assert error(v1.ask("PUT", "/Clients/999", {"name": "A"})) == gone
    assert error(v1.get("/nope")) == Error(404, "Error", "There is no method to handle GET /nope")
    assert error(v1.ask("PATCH", "/Accounts/login", {})).message == (
        "There is no method to handle PATCH /Accounts/login"
    )


def test_the_same_creation_twice_makes_one_client(house: House) -> None:
    v1 = alice(house)
    first, second = (
        v1.ask("POST", v1.clients, {"name": "Ana"}, {"Idempotency-Key": "once"}) for _ in range(2)
    )
    assert said(first) == said(second)
    assert second.headers["idempotent-replayed"] == "true"
    other = error(v1.ask("POST", v1.clients, {"name": "Eva"}, {"Idempotency-Key": "once"}))
    assert (other.status, other.name) == (409, "Error")


def test_a_version_may_be_meant(house: House) -> None:
    v1 = alice(house)
    made = v1.ask("POST", v1.clients, {"name": "Ana"})
    path = f"/clients/{made.json()['id']}"
    assert v1.get(path).headers["etag"] == made.headers["etag"]
    said(v1.ask("PATCH", path, {"name": "Eva"}, {"If-Match": made.headers["etag"]}))
    for method in ("PATCH", "PUT", "DELETE"):
        late = error(v1.ask(method, path, {"name": "Ida"}, {"If-Match": made.headers["etag"]}))
        assert late.status == 412


def test_too_many_requests_are_told_when_to_come_back(open_house: Any) -> None:
    house = open_house(rate_limit="2/minute")
    v1 = V1(house, house.cast.live).about(house.cast.studio)
    assert [v1.get(v1.clients).status_code for _ in range(2)] == [200, 200]
    answer = v1.get(v1.clients)
    assert error(answer) == Error(429, "Error", "Rate limit exceeded", "RATE_LIMIT_EXCEEDED")
    assert 1 <= int(answer.headers["retry-after"]) <= 61
