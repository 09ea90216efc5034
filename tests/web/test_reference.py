"""The page and its document are served from this machine alone, and the document is what the doors do."""

import json
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from billto import __version__
from billto.dialects.spaceinvoices.words import BODY_BYTES_MAX, BODY_DEPTH_MAX
from billto.web import bodies, reference
from tests.web.conftest import OpenHouse
from tests.web.house import NOTHING, Caller, House

OWN = Path(reference.__file__).parent / "static"
NOWHERE = "cust_000000000000000000000000"


def fetch(house: House, path: str, **headers: str) -> httpx.Response:
    return house.run(house.client.get(path, headers=headers))


class Links(HTMLParser):
    """What a page loads, and whether there is script inside it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.title = self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag
        self.found += [value for name, value in attrs if name in ("href", "src") and value]
        assert not any(name.startswith("on") or name == "style" for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        if self._inside == "title" and data.strip():
            self.title = data
        assert self._inside not in ("script", "style") or not data.strip()


# The page


def test_the_page_loads_nothing_but_our_own_assets(house: House) -> None:
    page = fetch(house, "/docs")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    links = Links(page.text)
    assert links.title == "Billto API"
    assert sorted(links.found) == sorted(
        ["openapi.json", *(f"docs/assets/{name}" for name in reference.ASSETS)]
    )
    for link in links.found:
        found = fetch(house, f"/{link}")
        assert found.status_code == 200
        assert found.headers["x-content-type-options"] == "nosniff"
        assert found.content


def test_the_page_allows_itself_nothing_from_elsewhere(house: House) -> None:
    headers = fetch(house, "/docs").headers
    policy = dict(one.split(" ", 1) for one in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == "'self'"
    assert {word for sources in policy.values() for word in sources.split()} == {
        "'none'", "'self'", "'unsafe-inline'", "data:",
    }  # fmt: skip
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_our_own_assets_name_no_other_host() -> None:
    for path in OWN.iterdir():
        said = path.read_text(encoding="utf-8").replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert re.search(r"(https?:)?//\w", said) is None, path
    script = (OWN / "docs.js").read_text(encoding="utf-8")
    assert "validatorUrl: null" in script
    assert "persistAuthorization: true" in script


@pytest.mark.parametrize(
    "path",
    [
        "redoc.standalone.js",
        "favicon.png",
        "docs.html",
        "",
        ".",
        "../reference.py",
        "%2e%2e/reference.py",
        "../../core.py",
        "%00",
        "//etc/passwd",
    ],
)
def test_nothing_else_can_be_had(house: House, path: str) -> None:
    answer = house.raw("GET", f"/docs/assets/{path}".replace("%2e", ".").replace("%00", "\0"))
    assert answer.status_code == 404


def test_assets_are_not_sent_twice(house: House) -> None:
    first = fetch(house, "/docs/assets/swagger-ui-bundle.js")
    again = fetch(house, "/docs/assets/swagger-ui-bundle.js", **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_carrier_of_the_files_is_not_imported() -> None:
    assert not {"fastapi", "fastapi_offline"} & set(sys.modules)


# The document and the doors


def test_the_document_is_served(house: House) -> None:
    answer = fetch(house, "/openapi.json")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    document = answer.json()
    assert document["info"]["title"] == "Billto API"
    assert document["info"]["version"] == __version__
    assert document["servers"] == [{"url": "/"}]


def test_the_limits_it_names_are_those_there_are() -> None:
    assert (BODY_BYTES_MAX, BODY_DEPTH_MAX) == (bodies.BYTES_MAX, bodies.DEPTH_MAX)


class Doc:
    """The document, and whether an answer is in it."""

    def __init__(self, document: Any) -> None:
        self._document = document

    def check(self, method: str, template: str, answer: httpx.Response) -> None:
        """Status, body, headers and the codes of all issues are as it says."""
        response = self._document["paths"][template][method.lower()]["responses"][str(answer.status_code)]
        if "content" in response:
            schema = response["content"]["application/json"]["schema"]
            whole = {**schema, "components": self._document["components"]}
            Draft202012Validator(whole).validate(answer.json())
        else:
            assert answer.content == b""
        may = {name.lower() for name in response["headers"]}
        usual = {"content-type", "content-length", "cache-control"}
        assert set(answer.headers) - usual <= may, answer.headers
        assert may - {"retry-after", "idempotent-replayed"} <= set(answer.headers)
        if answer.status_code >= 400:
            for issue in answer.json().get("cause", {"issues": []})["issues"]:
                assert f"`{issue['code']}`" in response["description"]


class Case(NamedTuple):
    """A request; @name in its path is an id of the cast."""

    method: str
    path: str
    body: Any = None
    headers: dict[str, str] = {}  # noqa: RUF012 (never changed)


KRAS: dict[str, Any] = {"name": "Kras", "country": "Slovenia"}
IN_ENTITIES = [
    Case("POST", "/entities", KRAS | {"settings": {"default_invoice_due_days": 8}}),
    Case("POST", "/entities", KRAS | {"country": "Utopia", "settings": {"document_footer": "{nobody}"}}),
    Case("POST", "/entities", {"country": "Slovenia", "environment": "sandbox"}),
    Case("POST", "/entities", KRAS | {"environment": "sandbox"}),
    Case("POST", "/entities", KRAS, {"x-account-id": "acc_0"}),
    Case("GET", "/entities?limit=1"),
    Case("GET", "/entities?environment=sandbox"),
    Case("GET", "/entities?environment=moon"),
    Case("GET", "/entities/@studio"),
    Case("GET", "/entities/@studio", None, {"If-None-Match": "*"}),
    Case("GET", "/entities/@factory"),
    Case("PUT", "/entities/@studio", {"settings": {"has_logo": True}, "country_code": "US"}),
    Case("PATCH", "/entities/@studio", {"phone": "1", "settings": {"default_invoice_due_days": 99999}}),
    Case("PATCH", "/entities/@studio", {"phone": "1"}),
    Case("POST", "/entities/@studio/disable", None, {"If-Match": '"99"'}),
    Case("POST", "/entities/@studio/disable"),
    Case("POST", "/entities/@studio/enable"),
]  # fmt: skip
IN_CUSTOMERS = [
    Case("POST", "/customers", {"name": "Ana", "bank_accounts": [{"iban": "SI56"}]}, {"X-Request-Id": "one"}),
    Case("POST", "/customers", {"name": "Ana", "bank_accounts": [{"iban": "SI56"}]}, {"X-Request-Id": "one"}),
    Case("POST", "/customers", {"name": "Eva"}, {"X-Request-Id": "one"}),
    Case("POST", "/customers", {"name": "Eva"}, {"X-Request-Id": "x" * 256}),
    Case("POST", "/customers", {"name": 1, "metadata": {"": "x"}, "contact_type": "x", "city": None}),
    Case("POST", "/customers", b'{"name": "Eva", "name": "Eva"}'),
    Case("POST", "/customers", b"{"),
    Case("POST", "/customers", b"[" * 40),
    Case("POST", "/customers", b" " * 1_000_001),
    Case("POST", "/customers", {"name": "Eva"}, {"Content-Type": "text/plain"}),
    Case("POST", "/customers", {"name": "Eva"}, {"x-entity-id": "ent_0"}),
    Case("GET", "/customers"),
    Case("GET", "/customers?limit=0&order_by=-name&next_cursor=x"),
    Case("GET", '/customers?query={"colour":1}'),
    Case("GET", '/customers?query={"name":{"like":1}}'),
    Case("GET", '/customers?query={"name":{"in":1}}'),
    Case("GET", "/customers?next_cursor=x"),
    Case("GET", "/customers/@white_rabbit"),
    Case("GET", "/customers/@white_rabbit", None, {"If-None-Match": '"1"'}),
    Case("GET", "/customers/@nowhere", None, {"Authorization": "Basic x"}),
    Case("PATCH", "/customers/@white_rabbit", {"email": None, "country": "Austria"}),
    Case("PATCH", "/customers/@white_rabbit", {"name": None}),
    Case("PATCH", "/customers/@white_rabbit", {"name": "Rabbit"}, {"If-Match": '"77"'}),
    Case("DELETE", "/customers/@white_rabbit/permanent"),
    Case("DELETE", "/customers/@white_rabbit", None, {"X-Request-Id": "two"}),
    Case("DELETE", "/customers/@white_rabbit", None, {"X-Request-Id": "two"}),
    Case("POST", "/customers/@white_rabbit/restore"),
    Case("DELETE", "/customers/@mad_hatter/permanent"),
    Case("DELETE", "/customers/@mad_hatter/permanent"),
]  # fmt: skip

IN_MONEY = [
    Case("POST", "/payments", {"customer_id": "@white_rabbit", "amount": 12.5, "note": "Tea"}),
    Case("POST", "/payments", {"customer_id": "@white_rabbit", "amount": 0.001, "type": "shells"}),
    Case("POST", "/payments", {"invoice_id": "@nowhere"}),
    Case("GET", "/payments?limit=5"),
    Case("GET", "/payments?deleted=true"),
    Case("GET", '/payments?query={"note":1}'),
    Case("POST", "/payments", {"applications": [{"type": "applied_credit", "amount": 5}]}),
    Case("POST", "/refunds", {"customer_id": "@white_rabbit", "amount": 5}),
    Case("POST", "/credit-adjustments", {"customer_id": "@white_rabbit", "amount": 20}),
    Case("POST", "/credit-adjustments", {"customer_id": "@white_rabbit", "amount": -30}),
    Case("GET", "/credit-adjustments"),
    Case("POST", "/refunds", {"customer_id": "@white_rabbit", "amount": 5}),
    Case("GET", "/customers/@white_rabbit/balance?buckets=30,60"),
    Case("GET", "/customers/@white_rabbit/balance?buckets=x"),
    Case("GET", "/customers/@nowhere/balance"),
    Case("GET", "/customers/@white_rabbit/ledger?limit=1"),
    Case("GET", "/customers/@white_rabbit/ledger?order_by=colour"),
    Case("GET", "/customers/@white_rabbit/statement"),
    Case("GET", "/customers/@white_rabbit/statement?type=open_item"),
    Case("GET", "/customers/@white_rabbit/statement?start=2026-06-01&end=2026-05-01"),
    Case("POST", "/items", {"name": "Tea", "price": 2.5, "taxes": [{"rate": 22}]}),
    Case("POST", "/items", {"name": "Tea"}),
    Case("GET", "/items?search=tea"),
    Case("POST", "/taxes", {"tax_rates": [{"rate": 9.5}], "classification": "low"}),
    Case("POST", "/taxes", {"tax_rates": [{"rate": 5}], "classification": "low"}),
    Case("GET", "/taxes"),
]

# What can be done with one of these, and with one that is not there.
OF_ONE = [
    Case("GET", ""),
    Case("GET", "", None, {"If-None-Match": "*"}),
    Case("PATCH", "", {"metadata": {"a": "b"}}),
    Case("PATCH", "", {"metadata": 1}),
    Case("PATCH", "", {}, {"If-Match": '"99"'}),
    Case("DELETE", ""),
    Case("DELETE", ""),
]
OF_A_PAYMENT = [
    Case("POST", "/refund", {"amount": 5}),
    Case("POST", "/refund", {"amount": 500}),
    Case("DELETE", "/permanent"),
    *OF_ONE,
    Case("POST", "/restore"),
    Case("DELETE", "/permanent"),
]


def ask(house: House, doc: Doc, caller: Caller, case: Case) -> int:
    """The status of an answer that is as the document says."""
    ids = {**house.cast._asdict(), "nowhere": NOWHERE}
    path = re.sub(r"@(\w+)", lambda found: ids[found[1]], case.path)
    answer = caller.ask(case.method, path, NOTHING if case.body is None else case.body, case.headers)
    doc.check(case.method, re.sub(r"@\w+", "{id}", case.path.partition("?")[0]), answer)
    return answer.status_code


def test_whatever_the_doors_answer_is_in_the_document(house: House) -> None:
    doc = Doc(fetch(house, "/openapi.json").json())
    eva = Case("POST", "/customers", {"name": "Eva"})
    statuses = {
        *(ask(house, doc, house.live, case) for case in IN_ENTITIES),
        *(ask(house, doc, house.alice, case) for case in IN_CUSTOMERS),
        *(ask(house, doc, caller, eva) for caller in (house.reader, house.caller(None), house.live)),
    }
    assert statuses == {200, 201, 204, 304, 400, 401, 403, 404, 409, 412, 413, 415, 422}


def test_whatever_is_answered_about_money_is_in_the_document(house: House) -> None:
    doc = Doc(fetch(house, "/openapi.json").json())
    statuses = set()
    for case in IN_MONEY:
        body = json.loads(json.dumps(case.body).replace("@white_rabbit", house.cast.white_rabbit))
        statuses.add(ask(house, doc, house.alice, case._replace(body=body)))
    for path in ("/payments", "/credit-adjustments", "/items", "/taxes"):
        made = house.alice.listed(path)["data"][0]["id"]
        for id in (made, f"{made.partition('_')[0]}_{'0' * 24}"):
            for case in OF_A_PAYMENT if path == "/payments" else OF_ONE:
                body = NOTHING if case.body is None else case.body
                answer = house.alice.ask(case.method, f"{path}/{id}{case.path}", body, case.headers)
                doc.check(case.method, f"{path}/{{id}}{case.path}", answer)
                statuses.add(answer.status_code)
    assert statuses == {200, 201, 204, 304, 400, 404, 409, 412, 422}


def test_a_limit_is_answered_as_the_document_says(open_house: OpenHouse) -> None:
    house = open_house(rate_limit="1/minute")
    doc = Doc(fetch(house, "/openapi.json").json())
    assert [ask(house, doc, house.alice, Case("GET", "/customers")) for _ in range(2)] == [200, 429]
