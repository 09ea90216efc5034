"""v1: finding, counting and searching clients, with filters as JSON, as brackets and in a body."""

import json
from typing import Any

import pytest

from tests.web.house import House, answered
from tests.web.loopback import V1, Error, alice, bare, error, said

CLIENTS: tuple[dict[str, Any], ...] = (
    {"name": "Anže Novak", "city": "Koper", "email": "anze@novak.example", "isEndCustomer": True,
     "custom": {"order": "A-1", "weight": 5, "open": True}},
    {"name": "Blue Harbour", "city": "Galway", "type": "both", "custom": {"order": "A-2", "weight": 7}},
    {"name": "Comet 100%", "city": "Koper", "type": "supplier", "custom": {"order": None, "list": [1, 2]}},
    {"name": "anže novak d.o.o.", "type": "customer", "note": "old", "custom": {"order": "B" * 300}},
)  # fmt: skip
ANZE, BLUE, COMET, COMPANY = (str(one["name"]) for one in CLIENTS)


@pytest.fixture(scope="module")
def v1(shared: House) -> V1:
    """Somebody with an organization of her own, in which are these clients."""
    owner = alice(shared)
    made = said(owner.ask("POST", "/accounts/organizations", {"name": "Finders", "country": "Slovenia"}))
    found = owner.about(made["id"])
    said(found.ask("POST", found.clients, list(CLIENTS)))
    return found


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ({}, [ANZE, BLUE, COMET, COMPANY]),
        ({"name": ANZE}, [ANZE]),
        ({"name": {"like": "anze novak"}}, [ANZE, COMPANY]),
        ({"name": {"regexp": "/^anže novak$/i"}}, [ANZE]),
        ({"name": {"like": r"100\%$"}}, [COMET]),
        ({"name": {"like": "%harb%"}}, [BLUE]),
        ({"name": {"nlike": "novak"}}, [BLUE, COMET]),
        ({"city": {"neq": "Koper"}}, [BLUE, COMPANY]),
        ({"city": None}, [COMPANY]),
        ({"email": {"inq": ["anze@novak.example", None]}, "city": "Koper"}, [ANZE, COMET]),
        ({"type": {"inq": ["both", "customer"]}}, [BLUE, COMPANY]),
        ({"isEndCustomer": True}, [ANZE]),
        ({"note": "old"}, [COMPANY]),
        ({"or": [{"city": "Galway"}, {"and": [{"city": "Koper"}, {"type": "supplier"}]}]}, [BLUE, COMET]),
        ({"nor": [{"city": "Koper"}, {"city": "Galway"}]}, [COMPANY]),
        ({"createdAt": {"between": ["2026-05-01", "2026-05-02"]}}, [ANZE, BLUE, COMET, COMPANY]),
        ({"createdAt": {"lte": "2026-05-01"}}, []),
        ({"custom.order": "A-1"}, [ANZE]),
        ({"custom.order": {"like": "^a-"}}, [ANZE, BLUE]),
        ({"custom.order": None}, [COMET]),
        ({"custom.order": "B" * 300}, [COMPANY]),
        ({"custom.order": {"gte": "A-2"}}, [BLUE]),
        ({"custom.weight": 5}, [ANZE]),
        ({"custom.weight": "5"}, [ANZE]),
        ({"custom.weight": {"neq": 5}}, [BLUE, COMET, COMPANY]),
        ({"custom.weight": {"inq": [5, 7]}}, [ANZE, BLUE]),
        ({"custom.open": True}, [ANZE]),
        ({"custom.open": "true"}, [ANZE]),
        ({"custom.list": {"inq": [[1, 2]]}}, [COMET]),
        ({"custom.nothing": None}, [ANZE, BLUE, COMET, COMPANY]),
        ({"colour": "red"}, []),
        ({"colour": {"neq": "red"}}, [ANZE, BLUE, COMET, COMPANY]),
        ({"name": {"foo": "red"}}, []),
    ],
)
def test_clients_are_found_and_counted_by_their_properties(v1: V1, where: Any, names: list[str]) -> None:
    assert v1.names(where, order="id") == names
    counted = said(v1.get(f"{v1.clients}/count", {"where": json.dumps(where)}))
    assert counted == {"count": len(names)}


def test_a_filter_may_be_brackets(v1: V1) -> None:
    asked = {
        "filter[where][or][0][city]": "Koper", "filter[where][or][1][city]": "Galway",
        "filter[order][0]": "city ASC", "filter[order][1]": "name DESC", "filter[fields][name]": "true",
    }  # fmt: skip
    assert said(v1.get(v1.clients, asked)) == [{"name": name} for name in (BLUE, COMET, ANZE)]
    repeated = [("filter[where][city][inq]", "Koper"), ("filter[where][city][inq]", "Galway")]
    assert len(said(v1.get(v1.clients, repeated))) == 3
    assert said(v1.get(f"{v1.clients}/count", {"where[custom.weight]": "5"})) == {"count": 1}


def test_a_page_has_at_most_a_hundred_and_says_how_many_there_are(house: House) -> None:
    v1 = alice(house)
    said(v1.ask("POST", v1.clients, [{"name": f"Client {at:03}"} for at in range(102)]))
    first = v1.get(v1.clients, {"filter": '{"limit": 1000, "order": "name"}'})
    rest = v1.get(v1.clients, {"filter": '{"skip": 100, "order": "name"}'})
    past = v1.get(v1.clients, {"filter[skip]": "500"})
    assert [len(said(one)) for one in (first, rest, past)] == [100, 3, 0]
    assert [one.headers["x-total-count"] for one in (first, rest, past)] == ["103"] * 3
    names = [one["name"] for one in (*said(first), *said(rest))]
    assert names == sorted(names)
    assert len(said(v1.get(v1.clients))) == 100


def test_fields_may_be_left_out_and_the_organization_put_in(v1: V1) -> None:
    organization = said(v1.get(f"/organizations/{v1.organization}"))
    (found,) = v1.find({"where": {"name": BLUE}, "fields": ["name"], "include": "organization"})
    assert found == {"name": BLUE, "organization": organization}
    whole, part = (v1.find({"where": {"name": BLUE}, "fields": one})[0] for one in ({}, {"note": False}))
    assert part == {name: value for name, value in whole.items() if name != "note"}
    one = said(
        v1.get(f"/clients/{whole['id']}", {"filter": '{"fields": ["id"], "include": ["organization"]}'})
    )
    assert one == {"id": whole["id"], "organization": organization}
    refused = error(v1.get(v1.clients, {"filter[include]": "documents"}))
    assert (refused.status, refused.message) == (400, 'include: Relation "documents" is not defined')


@pytest.mark.parametrize("path", ["clients/search", "search-clients"])
def test_a_search_looks_into_all_texts(v1: V1, path: str) -> None:
    def found(**asked: str) -> list[str]:
        return [one["name"] for one in said(v1.get(f"/Organizations/{v1.organization}/{path}", asked))]

    assert found(term="novak anze") == [ANZE, COMPANY]
    assert found(term="KOPER") == [ANZE, COMET]
    assert found(term="a-2") == [BLUE]
    assert found(term="100%") == [COMET]
    assert found(term="nobody") == []
    assert found(term="") == [ANZE, BLUE, COMET, COMPANY]
    assert found(term="", type="customer") == [ANZE, BLUE, COMPANY]
    assert found(term="", type="supplier") == [BLUE, COMET]
    assert found(term="novak", **{"filter[limit]": "1", "filter[skip]": "1"}) == [COMPANY]


def test_a_search_needs_a_term_and_a_type_that_there_is(v1: V1) -> None:
    path = f"{v1.clients}/search"
    assert error(v1.get(path)) == Error(400, "Error", "term is a required argument")
    refused = error(v1.get(path, {"term": "a", "type": "friend"}))
    assert (refused.status, refused.message) == (400, "type: must be one of: customer, supplier, both")
    for term in ("x" * 501, " ".join("abcdefghijklmnopqrstu"), "\0"):
        assert error(v1.get(path, {"term": term})).status == 400
    assert v1.get(path, {"term": "novak"}).headers["x-total-count"] == "2"


def test_a_bad_filter_is_a_bad_request(v1: V1) -> None:
    refused = error(v1.get(v1.clients, {"filter": "notjson"}))
    assert refused == Error(400, "Error", "Value is not an object.")
    refused = error(v1.get(v1.clients, {"filter[limit]": "abc"}))
    assert refused == Error(400, "Error", 'The limit parameter "abc" is not valid')
    assert error(v1.get(v1.clients, {"filter[where][a]": "1", "filter[where]": "2"})).status == 400
    assert error(v1.get(v1.clients, {"filter" + "[a]" * 12: "1"})).status == 400
    assert error(v1.get(f"{v1.clients}/count", {"where": "x"})).message == "Value is not an object."


def test_addresses_are_blind_to_case_and_a_slash_at_the_end(v1: V1) -> None:
    everybody = said(v1.get(v1.clients))
    for path in ("Organizations/{}/Clients", "ORGANIZATIONS/{}/CLIENTS/", "organizations/{}/clients//"):
        assert said(v1.get(f"/{path}".format(v1.organization))) == everybody
    answer = v1.house.client.get(f"/V1{v1.clients}", headers={"Authorization": str(v1.token)})
    assert said(v1.house.run(answer)) == everybody


def test_clients_made_at_another_door_are_found(house: House) -> None:
    made = house.alice.customer("Eva", metadata={"order": "Z-9"})
    (found,) = alice(house).find({"where": {"custom.order": "Z-9"}})
    assert found["id"] == bare(made["id"])
    said(alice(house).ask("PATCH", f"/clients/{found['id']}", {"custom": {"n": 1}}))
    assert answered(house.alice.get(f"/customers/{made['id']}"))["metadata"] == {}


MANY = {f"key {at:02}": f"Value {at}" for at in range(60)}


def test_a_text_is_found_by_its_key_however_many_there_are(house: House) -> None:
    v1 = alice(house)
    v1.client("Crowd", custom={**MANY, "quoted": 'A "B" \\ č', "long": "L" * 500, "last": ["Value 1"]})
    for key in ("key 00", "key 49", "key 50", "key 59"):
        assert v1.names({f"custom.{key}": MANY[key]}) == ["Crowd"]
        assert v1.names({f"custom.{key}": {"neq": MANY[key]}}) == ["White Rabbit Wonder"]
        assert v1.names({f"custom.{key}": MANY[key].upper()}) == []
    assert v1.names({"custom.long": "L" * 500}) == ["Crowd"]
    assert v1.names({"custom.quoted": 'A "B" \\ č'}) == ["Crowd"]
    assert said(v1.get(f"{v1.clients}/search", {"term": "vÁlue 59"}))[0]["name"] == "Crowd"


@pytest.mark.parametrize(
    ("kept", "asked"),
    [
        ("1.50", ["1.5", "1.50", "15e-1", "0.15E1"]),
        ("100000", ["1e5", "100000", "100000.0", "1E+5"]),
        ("1e5", ["100000"]),
        ("-0.0", ["0", "0.00", "0e7", "-0"]),
        ("1e-7", ["0.0000001"]),
        ("9007199254740993.0", ["9007199254740993e0", "9007199254740993.00"]),
        ('[1.50, {"a": 2.0}]', ['[1.5, {"a": 2}]']),
    ],
)
def test_a_number_is_found_however_it_is_spelt(house: House, kept: str, asked: list[str]) -> None:
    v1 = alice(house)
    body = f'{{"name": "Ana", "custom": {{"n": {kept}}}}}'.encode()
    answer = v1.ask("POST", v1.clients, body)
    made = said(answer)
    for number in asked:
        conditions = [f'{{"custom.n": {{"inq": [7, {number}]}}}}', f'{{"custom.n": {{"inq": [{number}]}}}}']
        for where in conditions:
            found = said(v1.get(v1.clients, {"filter": f'{{"where": {where}}}'}))
            assert [one["id"] for one in found] == [made["id"]], where
        if "[" not in kept:
            assert said(v1.get(f"{v1.clients}/count", {"where[custom.n]": number})) == {"count": 1}
    # What was answered may be sent back, and changes nothing.
    again = v1.ask("PATCH", f"/clients/{made['id']}", answer.content)
    assert (said(again), again.content) == (made, answer.content)


HUGE = ["1e9999999999", "1e900000000", "-1e-900000000", "1e325", "1." + "1" * 64]


@pytest.mark.parametrize("number", HUGE)
def test_a_number_that_no_double_reaches_is_no_filter(v1: V1, number: str) -> None:
    where = f'{{"name": {number}, "custom.n": {number}}}'
    as_text = {"filter": f'{{"where": {where}}}'}
    assert error(v1.get(v1.clients, as_text)) == Error(400, "Error", "Value is not an object.")
    assert error(v1.get(f"{v1.clients}/count", {"where": where})).message == "Value is not an object."
    # Rubbish in the body of a GET is no question, and neither is a number that cannot be read.
    everybody = said(v1.get(v1.clients))
    for body in (json.dumps(as_text).encode(), f'{{"where": {where}}}'.encode()):
        assert said(v1.get(v1.clients, body=body)) == everybody
