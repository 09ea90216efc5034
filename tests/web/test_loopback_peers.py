"""v1: what its known client libraries send, byte for byte where that is peculiar."""

import json
from typing import Any

from tests.web.house import House, Raw
from tests.web.loopback import V1, alice, bare, error, said

JSON = (b"content-type", b"application/json")


def raw(v1: V1, method: str, path: str, body: Any = None, query: str = "") -> Raw:
    """A request of the official Node client: a bare token, and a JSON body whatever the method."""
    headers = [(b"authorization", str(v1.token).encode())]
    content = b""
    if body is not None:
        headers.append(JSON)
        content = json.dumps(body).encode()
    return v1.house.raw(method, f"/v1/{path}", query.encode(), headers, content)


def test_the_official_node_client_makes_lists_edits_and_deletes(house: House) -> None:
    v1 = alice(house)
    org = v1.organization
    made = raw(v1, "POST", f"organizations/{org}/clients", {"name": "Rocket Man", "country": "Belgium"})
    assert (made.status_code, made.json()["countryAlpha2Code"]) == (200, "BE")
    id = made.json()["id"]
    listed = raw(v1, "GET", f"organizations/{org}/clients", {})
    assert [one["name"] for one in listed.json()] == ["White Rabbit Wonder", "Rocket Man"]
    filtered = raw(v1, "GET", f"organizations/{org}/clients", {}, "filter=%7B%22limit%22%3A1%7D")
    assert [one["name"] for one in filtered.json()] == ["White Rabbit Wonder"]
    nested = raw(v1, "GET", f"organizations/{org}/clients", {}, "filter[where][name]=Rocket%20Man")
    assert [one["id"] for one in nested.json()] == [id]
    assert raw(v1, "GET", f"clients/{id}").json() == made.json()
    assert raw(v1, "GET", f"clients/{id}", {"x": 1}).json() == made.json()
    assert raw(v1, "GET", f"organizations/{org}/search-clients", query="term=rocket").json() == [made.json()]
    edited = raw(v1, "PUT", f"clients/{id}", {"name": "Rocket Woman"})
    assert (edited.status_code, edited.json()["name"], edited.json()["country"]) == (
        200,
        "Rocket Woman",
        None,
    )
    assert raw(v1, "DELETE", f"clients/{id}").content == b'{"count":1}'
    refused = raw(v1, "GET", f"clients/{id}")
    assert (refused.status_code, refused.json()["error"]["statusCode"]) == (404, 404)


def test_the_official_node_client_knows_accounts_and_organizations(house: House) -> None:
    v1, account = alice(house), bare(house.cast.alice_account)
    one = raw(v1, "GET", f"Organizations/{v1.organization}").json()
    assert (one["name"], one["countryAlpha2Code"], one["active"]) == ("Wonder Studio", "SI", True)
    made = raw(v1, "POST", f"accounts/{account}/Organizations", {"name": "New", "country": "Belgium"})
    assert (made.status_code, made.json()["countryAlpha2Code"]) == (200, "BE")
    for path in (f"accounts/{account}/organizations/", "accounts/organizations"):
        answer = raw(v1, "GET", path, {})
        assert [one["name"] for one in answer.json()] == ["Wonder Studio", "Wonder Shop", "New"]
        assert answer.headers["x-total-count"] == "3"
    assert raw(v1, "GET", "accounts/is-unique", query="email=a+b@c.example").json() == {"isUnique": True}


def test_the_net_client_asks_with_the_body_of_a_get(house: House) -> None:
    v1 = alice(house)
    made = [v1.client(name, city="Koper") for name in ("Ana", "Eva", "Ida")]
    path = f"organizations/{v1.organization}"
    found = raw(v1, "GET", f"{path}/clients", {"filter": {"where": {"city": "Koper"}, "limit": 2}})
    assert found.json() == made[:2]
    assert raw(v1, "GET", f"{path}/clients", {"where": {"name": "Ida"}}).json() == [made[2]]
    assert raw(v1, "GET", f"{path}/search-clients", {"term": "eva"}).json() == [made[1]]
    searched = raw(v1, "GET", f"{path}/search-clients", {"limit": 1, "order": "name DESC"}, "term=koper")
    assert searched.json() == [made[2]]
    assert raw(v1, "GET", f"{path}/clients/count", {"where": {"city": "Koper"}}).json() == {"count": 3}
    one = raw(v1, "GET", f"clients/{made[0]['id']}", {"fields": ["name"]})
    assert one.json() == {"name": "Ana"}
    several: tuple[Any, ...] = ({}, [], "x", 5, {"a": 1})
    for rubbish in several:
        assert len(raw(v1, "GET", f"{path}/clients", rubbish).json()) == 4
    broken = v1.house.raw(
        "GET", f"/v1/{path}/clients", b"", [(b"authorization", str(v1.token).encode()), JSON], b"{"
    )
    assert len(broken.json()) == 4


def test_the_php_client_writes_truth_as_one_and_nothing(house: House) -> None:
    v1 = alice(house)
    made = v1.client("Ana", isEndCustomer=True, custom=[])
    query = "filter%5Bwhere%5D%5BisEndCustomer%5D=1&filter%5Bdeleted%5D=0&filter%5Blimit%5D=10"
    assert raw(v1, "GET", f"organizations/{v1.organization}/clients", query=query).json() == [made]
    assert (
        raw(v1, "GET", f"organizations/{v1.organization}/clients", query=f"{query}&filter%5Bskip%5D=1").json()
        == []
    )


def test_the_third_party_client_orders_by_field_and_sort(house: House) -> None:
    v1 = alice(house)
    v1.client("Zala")
    path = f"organizations/{v1.organization}/clients"
    for query in (
        "filter[order][field]=name&filter[order][sort]=DESC&filter[deleted]=true",
        "filter[order][name]=DESC&filter[deleted]=true",
    ):
        names = [one["name"] for one in raw(v1, "GET", path, query=query).json()]
        assert names == ["Zala", "White Rabbit Wonder", "Mad Hatter Wonder"]
    said_so = error(raw(v1, "GET", "clients/nope"))
    assert (said_so.status, said_so.code) == (404, "MODEL_NOT_FOUND")


def test_the_documents_curl_calls_send_forms(house: House) -> None:
    v1 = alice(house)
    account = bare(house.cast.alice_account)
    fields = {
        "name": "International Space Agency", "address": "Rocket Road 1", "city": "Brussels", "zip": "10000",
        "country": "Belgium", "IBAN": "GB95 REVO 1234 5678 9012 345", "bank": "Revolut",
    }  # fmt: skip
    made = said(v1.form("POST", f"/accounts/{account}/organizations", fields))
    assert {name: made[name] for name in fields} == fields
    renamed = said(v1.form("PATCH", f"/organizations/{made['id']}", {"name": "Space", "bank": "Other"}))
    assert renamed == {**made, "name": "Space", "bank": "Other", "updatedAt": renamed["updatedAt"]}
    token = said(V1(house, None).form("POST", "/accounts/login", {"email": "a@b", "password": v1.token}))
    assert V1(house, token["id"]).get(f"/accounts/{token['userId']}").status_code == 200
