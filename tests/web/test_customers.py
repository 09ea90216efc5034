"""Customers: what is kept of what was given, what may change, and the way through the trash."""

import re
from typing import Any

import pytest

from tests.web.house import House, answered, refused

TEXTS = (
    "email", "address", "address_2", "post_code", "city", "state", "country", "country_code", "tax_number",
    "company_number", "peppol_id", "peppol_scheme_id",
)  # fmt: skip
BANK_ACCOUNT = {
    "type": "iban",
    "name": "Main",
    "bank_name": "Bank",
    "iban": "SI56 0201 0001 2345 678",
    "account_number": None,
    "bic": "LJBASI2X",
    "routing_number": "",
    "sort_code": None,
    "is_default": True,
}
UJP = {
    "receiver_name": "Ministry",
    "receiver_identifier": "1",
    "receiver_agent": None,
    "receiver_mailbox": "m",
}
EVERYTHING = {
    **{name: f"some {name}" for name in TEXTS if name != "country_code"},
    "country_code": "SI",
    "is_tax_subject": False,
    "is_end_consumer": True,
    "contact_type": "both",
    "bank_accounts": [BANK_ACCOUNT, {"type": "other", "account_number": "1"}],
    "ujp": UJP,
    "metadata": {"order_id": "A-1", "": "x", "key": ""},
}


def test_only_a_name_is_needed_and_the_rest_has_defaults(house: House) -> None:
    made = house.alice.customer("Ana")
    own = {name: made.pop(name) for name in ("id", "entity_id", "created_at", "updated_at")}
    assert made == {
        "name": "Ana",
        **dict.fromkeys(TEXTS),
        "is_tax_subject": True,
        "is_end_consumer": False,
        "metadata": {},
        "vies": None,
        "deleted_at": None,
        "contact_type": None,
        "bank_accounts": None,
        "ujp": None,
        "external_id": None,
        "dunning": None,
    }
    assert re.fullmatch("cust_[0-9a-f]{24}", own["id"])
    assert own["entity_id"] == house.cast.studio
    assert own["updated_at"] == own["created_at"]


def test_everything_that_may_be_given_comes_back_as_it_was(house: House) -> None:
    given = {**EVERYTHING, "metadata": {"order_id": "A-1", "key": ""}}
    made = house.alice.customer("Ana", **given)
    assert {name: made[name] for name in given} == given
    assert answered(house.alice.get(f"/customers/{made['id']}")) == made
    assert house.alice.listed(query={"id": made["id"]})["data"] == [made]


def test_a_change_touches_only_what_is_given(house: House) -> None:
    made = house.alice.customer("Ana", **{**EVERYTHING, "metadata": {"a": "b"}})
    path = f"/customers/{made['id']}"
    house.clock.forward(60)
    changed = answered(house.alice.patch(path, {"name": "Eva", "city": None}))
    assert changed == {**made, "name": "Eva", "city": None, "updated_at": changed["updated_at"]}
    assert changed["updated_at"] > made["updated_at"]
    assert answered(house.alice.get(path)) == changed


def test_a_change_that_changes_nothing_leaves_no_trace(house: House) -> None:
    made = house.alice.customer("Ana", **{**EVERYTHING, "metadata": {"a": "b"}})
    before = house.dump()
    for body in ({}, {"name": "Ana"}, {"bank_accounts": made["bank_accounts"], "ujp": UJP}, made):
        answer = house.alice.patch(f"/customers/{made['id']}", body)
        assert (answered(answer), answer.headers["etag"]) == (made, '"1"')
    assert house.dump() == before


def test_null_clears_what_may_be_missing(house: House) -> None:
    made = house.alice.customer("Ana", **{**EVERYTHING, "metadata": {"a": "b"}})
    nothing = dict.fromkeys((*TEXTS, "contact_type", "bank_accounts", "ujp", "is_end_consumer"))
    cleared = answered(house.alice.patch(f"/customers/{made['id']}", nothing))
    assert cleared == {**made, **nothing, "updated_at": cleared["updated_at"]}
    made = house.alice.customer("Ana", **nothing)
    assert {name: made[name] for name in nothing} == nothing


def test_null_is_refused_where_a_value_is_needed(shared: House) -> None:
    before = shared.dump()
    needed = {"name": None, "is_tax_subject": None}
    for answer in (
        shared.alice.post("/customers", needed),
        shared.alice.patch(f"/customers/{shared.cast.white_rabbit}", needed),
    ):
        assert refused(answer) == (422, {"name": "not_null", "is_tax_subject": "not_null"})
    answer = shared.alice.post("/customers", {"name": "Ana", "bank_accounts": [None, {"type": None}]})
    assert refused(answer) == (
        422,
        {"bank_accounts.0": "not_null", "bank_accounts.1.type": "not_null"},
    )
    assert shared.dump() == before


def test_a_customer_has_a_name(shared: House) -> None:
    assert refused(shared.alice.post("/customers", {})) == (422, {"name": "required"})
    assert refused(shared.alice.post("/customers", {"name": ""})) == (422, {"name": "too_short"})
    path = f"/customers/{shared.cast.white_rabbit}"
    assert refused(shared.alice.patch(path, {"name": ""})) == (422, {"name": "too_short"})


def test_empty_texts_come_back_as_they_were_given(house: House) -> None:
    blank = dict.fromkeys(TEXTS, "")
    made = house.alice.customer("Ana", **blank)
    assert {name: made[name] for name in TEXTS} == blank
    changed = answered(house.alice.patch(f"/customers/{house.cast.white_rabbit}", blank))
    assert {name: changed[name] for name in TEXTS} == blank


COUNTRIES: list[tuple[dict[str, Any], Any, Any]] = [
    ({}, None, None),
    ({"country": "Slovenija"}, "Slovenija", "SI"),
    ({"country": "us"}, "us", "US"),
    ({"country": "Frankreich"}, "Frankreich", "FR"),
    ({"country": "Ελλάδα", "country_code": None}, "Ελλάδα", "GR"),
    ({"country": "Italia", "country_code": ""}, "Italia", "IT"),
    ({"country": "Atlantis"}, "Atlantis", None),
    ({"country": "Atlantis", "country_code": "XA"}, "Atlantis", "XA"),
    ({"country": "Slovenia", "country_code": "de"}, "Slovenia", "de"),
    ({"country_code": "HR"}, None, "HR"),
    ({"country": None, "country_code": "HR"}, None, "HR"),
    ({"country": ""}, "", None),
    ({"country": "Atlantis", "country_code": ""}, "Atlantis", ""),
]


def test_the_code_follows_the_country_and_one_that_is_given_wins(house: House) -> None:
    found = [house.alice.customer("Ana", **given) for given, *_ in COUNTRIES]
    assert [(one["country"], one["country_code"]) for one in found] == [(a, b) for _, a, b in COUNTRIES]


CHANGES: list[tuple[dict[str, Any], Any, Any]] = [
    ({"city": "Graz"}, "Austria", "AT"),
    ({"country": "Hrvaška"}, "Hrvaška", "HR"),
    ({"country": "Atlantis"}, "Atlantis", None),
    ({"country": None}, None, None),
    ({"country_code": "XX"}, "Austria", "XX"),
    ({"country_code": None}, "Austria", None),
    ({"country": "Austria"}, "Austria", "AT"),
]


def test_a_country_whose_code_was_cleared_can_be_sent_back(house: House) -> None:
    made = house.alice.customer("Ana", country="Austria")
    path = f"/customers/{made['id']}"
    cleared = answered(house.alice.patch(path, {"country_code": None}))
    assert answered(house.alice.patch(path, cleared)) == cleared
    assert answered(house.alice.patch(path, {"country": "Austria"})) == cleared
    assert answered(house.alice.patch(path, {"country": "Slovenia"}))["country_code"] == "SI"


@pytest.mark.parametrize(("given", "country", "code"), CHANGES)
def test_the_code_follows_a_changed_country(shared: House, given: Any, country: Any, code: Any) -> None:
    made = shared.alice.customer("Ana", country="Austria")
    changed = answered(shared.alice.patch(f"/customers/{made['id']}", given))
    assert (changed["country"], changed["country_code"]) == (country, code)


def with_metadata(house: House, metadata: Any) -> Any:
    """What becomes of metadata, at creation and in a change; both must agree."""
    answers = (
        house.alice.post("/customers", {"name": "Ana", "metadata": metadata}),
        house.alice.patch(f"/customers/{house.cast.white_rabbit}", {"metadata": metadata}),
        house.live.post("/entities", {"name": "A", "country": "SI", "metadata": metadata}),
        house.live.put(f"/entities/{house.cast.studio}", {"metadata": metadata}),
    )
    found = [one.json()["metadata"] if one.status_code < 400 else refused(one) for one in answers]
    assert all(one == found[0] for one in found)
    return found[0]


FIFTY = {f"key{at}": "value" for at in range(50)}


@pytest.mark.parametrize(
    ("metadata", "kept"),
    [
        ({}, {}),
        (None, {}),
        ({"b": "2", "a": "1"}, {"b": "2", "a": "1"}),
        ({"x": "y" * 255}, {"x": "y" * 255}),
        ({"x": "😀" * 255}, {"x": "😀" * 255}),
        ({"k" * 100: ""}, {"k" * 100: ""}),
        ({"a.b": "1", 'q"': "2", "ø": "3", " ": "4"}, {"a.b": "1", 'q"': "2", "ø": "3", " ": "4"}),
        (FIFTY, FIFTY),
        ({**FIFTY, "more": ""}, (422, {"metadata": "too_many"})),
        ({"x": "y" * 256}, (422, {"metadata.x": "too_long"})),
        ({"k" * 101: ""}, (422, {"metadata": "invalid_format"})),
        ({"": ""}, (422, {"metadata": "invalid_format"})),
        ({"a": 1, "b": None, "c": [], "d": True, "e": "x"}, "types"),
        ([], (422, {"metadata": "wrong_type"})),
        ("text", (422, {"metadata": "wrong_type"})),
        (5, (422, {"metadata": "wrong_type"})),
    ],
)
def test_metadata_are_up_to_fifty_texts_of_255_characters(shared: House, metadata: Any, kept: Any) -> None:
    types = {"a": "wrong_type", "b": "not_null", "c": "wrong_type", "d": "wrong_type"}
    if kept == "types":
        kept = (422, {f"metadata.{key}": code for key, code in types.items()})
    assert with_metadata(shared, metadata) == kept


def test_a_change_replaces_metadata_as_a_whole(house: House) -> None:
    path = f"/customers/{house.alice.customer('Ana', metadata={'a': '1', 'b': '2'})['id']}"
    changes: list[Any] = [{"c": "3"}, {"b": "2", "a": "1"}, {"a": "1", "b": "2"}, None, {"d": ""}, {}]
    kept = [answered(house.alice.patch(path, {"metadata": one}))["metadata"] for one in changes]
    assert kept == [{"c": "3"}, {"b": "2", "a": "1"}, {"a": "1", "b": "2"}, {}, {"d": ""}, {}]


def test_a_customer_goes_to_the_trash_and_comes_back(house: House) -> None:
    made = house.alice.customer("Ana")
    path = f"/customers/{made['id']}"
    house.clock.forward(60)
    answer = house.alice.delete(path)
    assert (answer.status_code, answer.content, answer.headers.get("content-type")) == (204, b"", None)
    trashed = answered(house.alice.get(path))
    assert trashed == {**made, "deleted_at": trashed["deleted_at"], "updated_at": trashed["updated_at"]}
    assert trashed["deleted_at"] == trashed["updated_at"] > made["updated_at"]
    assert house.alice.names() == ["White Rabbit Wonder"]
    assert house.alice.names(deleted=True) == ["Mad Hatter Wonder", "Ana"]
    assert house.alice.listed(deleted=True)["pagination"]["total"] == 2
    back = answered(house.alice.post(f"{path}/restore"))
    assert back == {**made, "updated_at": back["updated_at"]}
    assert house.alice.names() == ["White Rabbit Wonder", "Ana"]
    assert house.alice.names(deleted=True) == ["Mad Hatter Wonder"]


def test_trashing_and_restoring_twice_change_nothing_more(house: House) -> None:
    path = f"/customers/{house.alice.customer('Ana')['id']}"
    house.alice.delete(path)
    before = house.dump()
    assert house.alice.delete(path).status_code == 204
    assert house.dump() == before
    first = answered(house.alice.post(f"{path}/restore"))
    before = house.dump()
    assert answered(house.alice.post(f"{path}/restore")) == first
    assert house.dump() == before


def test_what_is_in_the_trash_can_be_corrected_there(house: House) -> None:
    path = f"/customers/{house.cast.mad_hatter}"
    changed = answered(house.alice.patch(path, {"name": "March Hare Wonder"}))
    assert (changed["name"], bool(changed["deleted_at"])) == ("March Hare Wonder", True)
    assert house.alice.names(deleted=True) == ["March Hare Wonder"]


def test_only_what_is_in_the_trash_is_deleted_for_good(house: House) -> None:
    made = house.alice.customer("Ana")
    path = f"/customers/{made['id']}"
    before = house.dump()
    assert refused(house.alice.delete(f"{path}/permanent")) == (409, {})
    assert house.dump() == before
    house.alice.delete(path)
    answer = house.alice.delete(f"{path}/permanent")
    assert (answer.status_code, answer.content) == (204, b"")
    for gone in (
        house.alice.get(path),
        house.alice.patch(path, {"name": "Eva"}),
        house.alice.delete(path),
        house.alice.delete(f"{path}/permanent"),
        house.alice.post(f"{path}/restore"),
    ):
        assert refused(gone) == (404, {})
    assert house.alice.names(deleted=True) == ["Mad Hatter Wonder"]


def test_bank_accounts_are_iban_unless_they_say_otherwise(house: House) -> None:
    kinds = ("iban", "us_domestic", "uk_domestic", "other")
    accounts = [{"name": "A"}, *({"type": kind} for kind in kinds)]
    made = house.alice.customer("Ana", bank_accounts=accounts)
    assert made["bank_accounts"] == [{"type": "iban", "name": "A"}, *({"type": kind} for kind in kinds)]
    empty: list[Any] = [[], None]
    for kept in empty:
        assert house.alice.customer("Ana", bank_accounts=kept)["bank_accounts"] == kept
    wrong: list[Any] = [{"type": "cash"}, {"iban": 5}, "x", {"is_default": "yes"}]
    answer = house.alice.post("/customers", {"name": "Ana", "bank_accounts": wrong})
    assert refused(answer) == (
        422,
        {
            "bank_accounts.0.type": "unknown_choice",
            "bank_accounts.1.iban": "wrong_type",
            "bank_accounts.2": "wrong_type",
            "bank_accounts.3.is_default": "wrong_type",
        },
    )


def test_contact_types_are_three_words(shared: House) -> None:
    for kind in ("buyer", "supplier", "both", None):
        assert shared.alice.customer("Ana", contact_type=kind)["contact_type"] == kind
    for wrong in ("Buyer", "", "customer"):
        answer = shared.alice.post("/customers", {"name": "Ana", "contact_type": wrong})
        assert refused(answer) == (422, {"contact_type": "unknown_choice"})


def test_two_customers_may_be_alike_in_everything(house: House) -> None:
    twins = [house.alice.customer("Ana", email="a@b.example", tax_number="SI1") for _ in range(2)]
    assert house.alice.names() == ["White Rabbit Wonder", "Ana", "Ana"]
    assert twins[0]["id"] != twins[1]["id"]
