"""v1: logging in with a key, accounts, and organizations."""

from typing import Any

from tests.web.house import House, answered
from tests.web.loopback import V1, Error, alice, bare, charlie, error, said

LOGIN = "/Accounts/login"


def test_a_key_is_the_password_of_a_login(shared: House) -> None:
    nobody, cast, before = V1(shared, None), shared.cast, shared.dump()
    answer = said(nobody.ask("POST", LOGIN, {"email": "alice@wonder.example", "password": cast.live}))
    account = bare(cast.alice_account)
    assert answer == {"id": cast.live, "ttl": -1, "created": answer["created"], "userId": account}
    assert said(V1(shared, answer["id"]).get(f"/accounts/{account}"))["id"] == account
    username = said(nobody.ask("POST", LOGIN, {"username": "alice", "password": cast.charlie}))
    assert username["userId"] == bare(cast.charlie_account)
    # Nothing is kept of it, also under an id of the request's own: the body holds a key.
    said(nobody.ask("POST", LOGIN, {"email": "a", "password": cast.live}, {"Idempotency-Key": "k"}))
    assert shared.dump() == before


def test_a_key_that_ends_says_when(shared: House) -> None:
    given = {"email": "a@b.example", "password": shared.cast.expired, "ttl": 10**6}
    before = shared.clock.now
    try:
        shared.clock.now = before.replace(hour=12, minute=0, second=30, microsecond=0)
        assert said(V1(shared, None).ask("POST", LOGIN, given))["ttl"] == 30
    finally:
        shared.clock.now = before


def test_a_wrong_login_is_refused(shared: House) -> None:
    nobody = V1(shared, None)
    wrong: tuple[Any, ...] = (
        "x",
        "",
        None,
        5,
        shared.cast.revoked,
        "sk_live_" + "0" * 64,
        "sk_live_" + "é" * 64,
    )
    for password in wrong:
        refused = error(nobody.ask("POST", LOGIN, {"email": "a@b.example", "password": password}))
        assert refused == Error(401, "Error", "login failed", "LOGIN_FAILED")
    nobodies: tuple[Any, ...] = ({}, [], {"password": shared.cast.live}, {"email": "", "password": "x"})
    for body in nobodies:
        refused = error(nobody.ask("POST", LOGIN, body))
        assert refused == Error(400, "Error", "username or email is required", "USERNAME_EMAIL_REQUIRED")


def test_every_address_is_free_while_there_are_no_users(shared: House) -> None:
    nobody = V1(shared, None)
    assert said(nobody.get("/accounts/is-unique", {"email": "a@b.example"})) == {"isUnique": True}
    for params in (None, {"email": ""}):
        refused = error(nobody.get("/accounts/is-unique", params))
        assert refused == Error(400, "Error", "email is a required argument")


def test_an_account_shows_itself(shared: House) -> None:
    own = said(alice(shared).get("/accounts/authorized"))
    account = bare(shared.cast.alice_account)
    assert own == {"id": account, "email": None, "label": "Alice Wonder", "createdAt": own["createdAt"]}
    assert said(alice(shared).get(f"/accounts/{shared.cast.alice_account}")) == own
    refused = error(charlie(shared).get(f"/accounts/{account}"))
    assert refused == Error(404, "Error", f'Unknown "Account" id "{account}".', "MODEL_NOT_FOUND")


def test_an_organization_needs_a_name_and_a_country(house: House) -> None:
    v1 = alice(house)
    made = said(v1.ask("POST", "/accounts/organizations", {"name": 5, "country": "Belgija"}))
    known = ("name", "country", "countryAlpha2Code", "locale", "active", "taxSubject", "IBAN", "custom")
    assert {name: made[name] for name in known} == {
        "name": "5", "country": "Belgija", "countryAlpha2Code": "BE", "locale": "nl-BE", "active": True,
        "taxSubject": True, "IBAN": None, "custom": {},
    }  # fmt: skip
    coded = said(v1.ask("POST", "/accounts/organizations", {"name": "A", "countryAlpha2Code": "FR"}))
    assert (coded["country"], coded["countryAlpha2Code"]) == ("France", "FR")
    refused = error(v1.ask("POST", "/accounts/organizations", {"name": "A"}))
    assert (refused.status, refused.details) == (
        422,
        {
            "context": "Organization",
            "codes": {"country": ["presence"]},
            "messages": {"country": ["can't be blank"]},
        },
    )
    refused = error(v1.ask("POST", "/accounts/organizations", {"country": "Atlantis"}))
    assert refused.details["codes"] == {"name": ["presence"]}
    refused = error(v1.ask("POST", "/accounts/organizations", {"name": "A", "country": "Atlantis"}))
    assert refused.details["codes"] == {"country": ["unknown_country"]}


def test_organizations_are_listed_filtered_and_counted(shared: House) -> None:
    v1, account = alice(shared), bare(shared.cast.alice_account)
    for path in ("/accounts/organizations", f"/accounts/{account}/organizations"):
        answer = v1.get(path, {"filter": '{"order": "name", "fields": ["name"], "limit": 1}'})
        assert said(answer) == [{"name": "Wonder Shop"}]
        assert answer.headers["x-total-count"] == "2"
        found = said(v1.get(path, {"filter[where][city][like]": "wonder", "filter[fields]": "name"}))
        assert found == [{"name": "Wonder Studio"}]
    counted = v1.get(f"/accounts/{account}/organizations/count", {"where": '{"countryAlpha2Code": "US"}'})
    assert said(counted) == {"count": 1}


def test_an_organization_keeps_what_v1_does_not_show(house: House) -> None:
    v1 = alice(house)
    path = f"/organizations/{v1.organization}"
    accounts = [{"type": "iban", "iban": "1", "bank_name": "B"}, {"type": "us", "account_number": "2"}]
    settings = {"bank_accounts": accounts, "default_invoice_due_days": 9}
    native = answered(house.live.put(f"/entities/{house.cast.studio}", {"settings": settings}))
    shown = said(v1.get(path))
    assert (shown["IBAN"], shown["bank"], shown["SWIFT"]) == ("1", "B", None)
    put = said(v1.ask("PUT", path, {"name": "Studio", "IBAN": "3", "custom": {"a": "b"}}))
    assert (put["name"], put["IBAN"], put["bank"], put["city"], put["custom"]) == (
        "Studio",
        "3",
        None,
        None,
        {"a": "b"},
    )
    assert (put["country"], put["locale"]) == ("Slovenija", "sl-SI")
    after = answered(house.live.get(f"/entities/{house.cast.studio}"))
    first = {"type": "iban", "iban": "3", "bank_name": None}
    kept = {**native["settings"], "bank_accounts": [first, accounts[1]]}
    assert after["settings"] == kept
    patched = said(v1.ask("PATCH", path, {"email": "a@b.example"}))
    assert patched == {**put, "email": "a@b.example", "updatedAt": patched["updatedAt"]}
    refused = error(v1.ask("PATCH", path, {"country": "France"}))
    assert refused.details["codes"] == {"country": ["immutable"]}


def test_an_organization_is_put_to_sleep_and_woken(house: House) -> None:
    v1 = alice(house)
    path = f"/organizations/{v1.organization}"
    assert said(v1.ask("POST", f"{path}/deactivate")) == {"success": True}
    assert said(v1.get(path))["active"] is False
    assert said(v1.ask("POST", f"{path}/activate")) == {"success": True}
    assert said(v1.get(path))["active"] is True


def test_nobody_can_keep_others_from_logging_in(open_house: Any) -> None:
    house = open_house(rate_limit="2/minute")
    nobody = V1(house, None)
    good, bad = ({"email": "a@b.example", "password": key} for key in (house.cast.live, house.cast.revoked))
    assert [nobody.ask("POST", LOGIN, bad).status_code for _ in range(5)] == [401] * 5
    assert [nobody.ask("POST", LOGIN, good).status_code for _ in range(5)] == [200] * 5
    # A login is no request of the key's, and one whose rate is used up may log in.
    v1 = alice(house)
    assert [v1.get(v1.clients).status_code for _ in range(3)] == [200, 200, 429]
    assert nobody.ask("POST", LOGIN, good).status_code == 200
