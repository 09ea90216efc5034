"""v1: who may use which address, and that what is somebody else's looks like what never was."""

from typing import Any
from weakref import WeakKeyDictionary

import pytest

from billto.dialects.loopback.routes import ROUTES
from tests.web.house import House
from tests.web.loopback import V1, Error, absent, alice, bare, charlie, error, said

UNAUTHORIZED = Error(401, "Error", "Authorization Required", "AUTHORIZATION_REQUIRED")

DOCUMENT: dict[str, Any] = {
    "_documentClient": {"name": "Caterpillar Wonder"},
    "_documentItems": [{"name": "Wonder pipe", "price": 5}],
    "draft": True,
}
TAX: dict[str, Any] = {"name": "Wonder tax", "_taxRates": [{"rate": 5}]}

# What is sent to each route so that its right caller succeeds. A route that is not in here fails the tests
# until somebody has said who may not use it.
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "/Organizations/{entity}/clients"): {"name": "New Wonder"},
    ("GET", "/Organizations/{entity}/clients"): None,
    ("GET", "/Organizations/{entity}/clients/count"): None,
    ("GET", "/Organizations/{entity}/clients/search"): None,
    ("GET", "/Organizations/{entity}/search-clients"): None,
    ("GET", "/Clients/{id}"): None,
    ("PUT", "/Clients/{id}"): {"name": "Other Wonder"},
    ("PATCH", "/Clients/{id}"): {"name": "Another Wonder"},
    ("POST", "/Clients/{id}/send-reminder"): {"email": "a@b.example"},
    ("DELETE", "/Clients/{id}"): None,
    ("GET", "/Organizations/{id}"): None,
    ("PUT", "/Organizations/{id}"): {"name": "Wonder"},
    ("PATCH", "/Organizations/{id}"): {"name": "Wonder"},
    ("POST", "/Organizations/{id}/activate"): None,
    ("POST", "/Organizations/{id}/deactivate"): None,
    ("POST", "/Accounts/login"): {"email": "a@b.example"},
    ("GET", "/Accounts/is-unique"): None,
    ("GET", "/Accounts/authorized"): None,
    ("GET", "/Accounts/{id}"): None,
    ("POST", "/Accounts/organizations"): {"name": "New", "country": "SI"},
    ("GET", "/Accounts/organizations"): None,
    ("POST", "/Accounts/{id}/organizations"): {"name": "New", "country": "SI"},
    ("GET", "/Accounts/{id}/organizations"): None,
    ("GET", "/Accounts/{id}/organizations/count"): None,
    ("POST", "/Organizations/{entity}/documents"): DOCUMENT,
    ("GET", "/Organizations/{entity}/documents"): None,
    ("GET", "/Organizations/{entity}/documents/count"): None,
    ("GET", "/Organizations/{entity}/documents/search"): None,
    ("GET", "/Organizations/{entity}/search-documents"): None,
    ("GET", "/Organizations/{entity}/documents/next-doc-number"): None,
    ("GET", "/Organizations/{entity}/documents/last-doc-number"): None,
    ("GET", "/Organizations/{entity}/documents/is-unique-doc-number"): None,
    ("GET", "/Documents/{id}"): None,
    ("PUT", "/Documents/{id}"): DOCUMENT,
    ("PATCH", "/Documents/{id}"): {"reference": "New Wonder"},
    ("DELETE", "/Documents/{id}"): None,
    ("POST", "/Documents/{id}/cancel"): None,
    ("POST", "/Documents/{id}/uncancel"): None,
    ("POST", "/Documents/{id}/mark-sent"): None,
    ("POST", "/Documents/{id}/send"): {"recipients": "a@b.example"},
    ("POST", "/Documents/{id}/payments"): {"amount": 5},
    ("GET", "/Documents/{id}/payments"): None,
    ("GET", "/Documents/{id}/payments/count"): None,
    ("POST", "/Organizations/{entity}/payments"): {"amount": 5},
    ("GET", "/Organizations/{entity}/payments"): None,
    ("GET", "/Organizations/{entity}/payments/count"): None,
    ("GET", "/Payments/{id}"): None,
    ("PUT", "/Payments/{id}"): {"note": "New Wonder"},
    ("PATCH", "/Payments/{id}"): {"note": "New Wonder"},
    ("DELETE", "/Payments/{id}"): None,
    ("POST", "/Organizations/{entity}/items"): {"name": "New Wonder", "price": 5},
    ("GET", "/Organizations/{entity}/items"): None,
    ("GET", "/Organizations/{entity}/items/count"): None,
    ("GET", "/Organizations/{entity}/search-items"): None,
    ("GET", "/Items/{id}"): None,
    ("PUT", "/Items/{id}"): {"name": "Other Wonder"},
    ("PATCH", "/Items/{id}"): {"name": "Another Wonder"},
    ("DELETE", "/Items/{id}"): None,
    ("POST", "/Organizations/{entity}/taxes"): TAX,
    ("GET", "/Organizations/{entity}/taxes"): None,
    ("GET", "/Organizations/{entity}/taxes/count"): None,
    ("GET", "/Taxes/{id}"): None,
    ("PUT", "/Taxes/{id}"): TAX,
    ("PATCH", "/Taxes/{id}"): {"name": "Another Wonder"},
    ("DELETE", "/Taxes/{id}"): None,
}
OPEN = (("POST", "/Accounts/login"), ("GET", "/Accounts/is-unique"))
# They name nothing of Alice's: whoever comes gets what is their own.
OWN = (
    ("GET", "/Accounts/authorized"),
    ("GET", "/Accounts/organizations"),
    ("POST", "/Accounts/organizations"),
)
NAMING = [one for one in BODIES if one not in (*OPEN, *OWN)]


_things: WeakKeyDictionary[House, dict[str, str]] = WeakKeyDictionary()


def things(house: House) -> dict[str, str]:
    """What Alice has of every kind, made when it is first asked for."""
    if house not in _things:
        v1 = alice(house)
        here = f"/organizations/{v1.organization}"
        document = {**DOCUMENT, "clientId": bare(house.cast.white_rabbit)}
        late = {"draft": False, "date": "2026-03-01", "dateDue": "2026-04-01"}
        issued = said(v1.ask("POST", f"{here}/documents", {**document, **late}))
        body = {"amount": 1, "note": "Wonder"}
        _things[house] = {
            "Clients": house.cast.white_rabbit,
            "Accounts": house.cast.alice_account,
            "Documents": said(v1.ask("POST", f"{here}/documents", document))["id"],
            "issued": issued["id"],
            "Payments": said(v1.ask("POST", f"/documents/{issued['id']}/payments", body))["id"],
            "Items": said(v1.ask("POST", f"{here}/items", {"name": "Wonder pipe", "price": 5}))["id"],
            "Taxes": said(v1.ask("POST", f"{here}/taxes", TAX))["id"],
        }
    return _things[house]


def address(house: House, path: str) -> str:
    """The address with ids of Alice's in it."""
    _, kind, *rest = path.split("/")
    # A draft is replaced and deleted; everything else is done with what is issued.
    named = "issued" if kind == "Documents" and len(rest) > 1 else kind
    id = bare(things(house).get(named, house.cast.studio))
    asked = "?term=wonder&email=a@b.example&number=2026-00001"
    return path.format(id=id, entity=bare(house.cast.studio)) + asked


def ask(caller: V1, route: tuple[str, str]) -> Any:
    method, path = route
    body = BODIES[route]
    if path == "/Organizations/{entity}/payments" and body:
        body = {**body, "documentId": things(caller.house)["issued"]}
    target = address(caller.house, path)
    return caller.ask(method, target) if body is None else caller.ask(method, target, body)


def strangers(house: House) -> dict[str, V1]:
    cast = house.cast
    return {
        "Charlie": charlie(house),
        "the sandbox": V1(house, cast.sandbox),
        "the shop": V1(house, cast.shop_key),
    }


def test_every_route_has_an_expectation() -> None:
    assert set(BODIES) == {(one.method, one.path) for one in ROUTES}


@pytest.mark.parametrize("route", NAMING, ids=" ".join)
def test_what_is_a_strangers_looks_like_what_never_was(shared: House, route: tuple[str, str]) -> None:
    assert things(shared)
    before = shared.dump()
    for name, caller in strangers(shared).items():
        if name != "Charlie" and route[1].startswith("/Accounts"):
            continue  # of the same account
        answer = ask(caller, route)
        if route[0] == "DELETE":
            assert said(answer) == {"count": 0}
        else:
            assert absent(answer), (name, answer.text)
        assert "Wonder" not in answer.text
    assert shared.dump() == before


@pytest.mark.parametrize("route", [one for one in BODIES if one not in OPEN], ids=" ".join)
def test_without_a_good_token_nothing_opens(shared: House, route: tuple[str, str]) -> None:
    assert things(shared)
    cast, before = shared.cast, shared.dump()
    shared.clock.forward(120)  # past the expired key
    for token in (None, "", "x", "sk_live_" + "0" * 64, cast.revoked, cast.expired, f"Bearer {cast.live}"):
        assert error(ask(V1(shared, token), route)) == UNAUTHORIZED
    assert shared.dump() == before


@pytest.mark.parametrize("route", [one for one in BODIES if one not in OPEN], ids=" ".join)
def test_a_key_for_reading_writes_nothing(shared: House, route: tuple[str, str]) -> None:
    assert things(shared)
    before = shared.dump()
    answer = ask(V1(shared, shared.cast.reader), route)
    if route[0] == "GET":
        assert said(answer)
    else:
        expected = Error(401, "Error", "this key may only read", "AUTHORIZATION_REQUIRED")
        assert error(answer) == expected
    assert shared.dump() == before


@pytest.mark.parametrize("route", [one for one in BODIES if one not in OPEN], ids=" ".join)
def test_the_right_caller_is_served(house: House, route: tuple[str, str]) -> None:
    assert said(ask(alice(house), route))


def test_what_names_nothing_shows_only_ones_own(shared: House) -> None:
    for caller in strangers(shared).values():
        for path in ("/Accounts/organizations", "/accounts/authorized"):
            answer = caller.get(path)
            assert said(answer)
            assert bare(shared.cast.studio) not in answer.text
    (shop,) = said(V1(shared, shared.cast.shop_key).get("/accounts/organizations"))
    assert shop["id"] == bare(shared.cast.shop)
    refused = error(V1(shared, shared.cast.shop_key).ask("POST", "/accounts/organizations", {"name": "A"}))
    assert (refused.status, refused.code) == (422, None)
    given = {"name": "A", "country": "SI"}
    refused = error(V1(shared, shared.cast.shop_key).ask("POST", "/accounts/organizations", given))
    assert (refused.status, refused.code) == (401, "AUTHORIZATION_REQUIRED")


def test_no_filter_reaches_beyond_the_organization(shared: House) -> None:
    v1 = alice(shared)
    wheres: tuple[Any, ...] = (
        {"organizationId": bare(shared.cast.factory)},
        {"or": [{"organizationId": {"neq": None}}, {"id": bare(shared.cast.mr_bucket)}, {"colour": None}]},
        {"id": {"inq": [bare(shared.cast.mr_bucket), bare(shared.cast.duchess)]}},
        {"nor": []},
    )
    for where in wheres:
        assert set(v1.names(where, deleted=True)) <= {"White Rabbit Wonder", "Mad Hatter Wonder"}


def test_no_document_of_another_organization_is_found_or_named(shared: House) -> None:
    mine, cast = things(shared), shared.cast
    stranger = charlie(shared)
    here = f"/organizations/{stranger.organization}"
    for kind in ("documents", "payments", "items", "taxes"):
        for where in ('{"organizationId":{"neq":null}}', '{"nor":[]}', '{"or":[{"id":{"neq":"x"}}]}'):
            assert said(stranger.get(f"{here}/{kind}", {"filter": f'{{"where":{where}}}'})) == []
    before = shared.dump()
    line = {"name": "Pipe", "price": 1}
    client = {"_documentClient": {"name": "Mr Bucket"}}
    for body in (
        {"clientId": bare(cast.white_rabbit), "_documentItems": [line]},
        {**client, "_documentItems": [line], "documentIds": [mine["issued"]]},
        {**client, "_documentItems": [{**line, "itemId": mine["Items"]}]},
        {**client, "_documentItems": [{**line, "_documentItemTaxes": [{"taxId": mine["Taxes"]}]}]},
    ):
        assert error(stranger.ask("POST", f"{here}/documents", body)).status == 422
    paying = {"amount": 1, "documentId": mine["issued"]}
    assert error(stranger.ask("POST", f"{here}/payments", paying)).status == 422
    assert shared.dump() == before


def test_an_entitys_key_needs_no_other(shared: House) -> None:
    v1 = V1(shared, shared.cast.studio_key).about(shared.cast.studio)
    assert [one["name"] for one in v1.find()] == ["White Rabbit Wonder"]
    assert said(v1.get(f"/clients/{bare(shared.cast.white_rabbit)}"))["name"] == "White Rabbit Wonder"


def test_a_token_may_stand_in_three_places(shared: House) -> None:
    nobody = V1(shared, None)
    path, token = f"/clients/{bare(shared.cast.white_rabbit)}", shared.cast.live
    wanted = said(V1(shared, token).get(path))
    assert said(nobody.get(path, {"access_token": token})) == wanted
    assert said(nobody.ask("GET", path, headers={"X-Access-Token": token})) == wanted
    assert error(nobody.ask("GET", path, headers={"Authorization": f"Token {token}"})) == UNAUTHORIZED
    # The first place where one stands is the one that counts.
    assert error(V1(shared, token).get(path, {"access_token": "x"})) == UNAUTHORIZED
    # The native door does not look into the query string.
    assert shared.caller(None).get("/customers", access_token=token).status_code == 401
