"""How the door that speaks Invoiced says no, whom it lets in, and that nothing a client sends breaks it."""

import json
from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billto.dialects.dialect import Where
from billto.dialects.invoiced import DIALECT
from billto.domain.line_item import LineItem
from billto.domain.note import Note
from billto.domain.paging import unambiguous
from billto.domain.problems import CODES, Problem, Refused
from billto.domain.query import Query
from billto.domain.scope import Scope
from billto.store.layout import LAYOUTS
from tests.store.records import examples
from tests.web.house import House
from tests.web.invoiced import CUSTOMER_KEYS, Company, links, refused

KNOWN = {400, 401, 403, 404, 429}


@pytest.mark.parametrize("code", CODES)
def test_every_refusal_has_a_status_that_the_clients_know(code: str) -> None:
    where = Where("POST", "/invoiced/customers")
    failure = DIALECT.failure(Refused(Problem(code, ("name",), "X")), where)
    assert failure.status in KNOWN or failure.status >= 500
    assert failure.body.keys() - {"param"} == {"type", "message"}
    assert failure.body["message"][:1] == failure.body["message"][:1].upper()


@pytest.mark.parametrize(
    ("method", "path", "status", "message"),
    [
        ("GET", "/charges", 404, "Request was not recognized: GET /charges"),
        ("GET", "/invoices/7", 404, "Invoice was not found: 7"),
        ("PATCH", "/credit_notes/7", 404, "Credit note was not found: 7"),
        ("POST", "/estimates/x/void", 404, "Estimate was not found: x"),
        ("DELETE", "/payments/7", 404, "Payment was not found: 7"),
        ("GET", "/items/box", 404, "Item was not found: box"),
        ("GET", "/tax_rates/vat", 404, "Tax rate was not found: vat"),
        ("GET", "", 404, "Request was not recognized: GET /"),
        ("PUT", "/customers/1", 400, "Request was not recognized: PUT /customers/1"),
        ("GET", "/customers/1", 404, "Customer was not found: 1"),
        ("GET", "/customers/abc", 404, "Customer was not found: abc"),
        ("GET", f"/customers/{'9' * 40}", 404, f"Customer was not found: {'9' * 40}"),
        ("DELETE", "/customers/1", 404, "Customer was not found: 1"),
        ("GET", "/customers/1/contacts/2", 404, "Customer was not found: 1"),
        ("GET", "/notes/7", 404, "Note was not found: 7"),
    ],
)
def test_what_is_not_there(shared: House, method: str, path: str, status: int, message: str) -> None:
    assert refused(Company(shared).ask(method, path)) == (status, message, None)


def test_who_is_not_let_in(shared: House) -> None:
    text = "We could not authenticate the supplied API Key."
    for key in ("", "wrong", shared.cast.revoked):
        answer = Company(shared, key).get("/customers")
        assert refused(answer) == (401, text, None)
        assert answer.headers["www-authenticate"].startswith("Basic")
    assert refused(shared.caller(None).get("/invoiced/customers")) == (401, text, None)
    broken = shared.caller(None).ask("GET", "/invoiced/customers", headers={"Authorization": "Basic %%%"})
    assert refused(broken) == (401, text, None)
    reader = Company(shared, shared.cast.reader, shared.cast.studio)
    assert reader.names() == ["White Rabbit Wonder"]
    no = (403, "You do not have permission to do that", None)
    assert refused(reader.post("/customers", {"name": "A"})) == no


def test_a_key_opens_its_company_whichever_way_it_is_given(shared: House) -> None:
    cast = shared.cast
    assert Company(shared, cast.live, cast.shop).names() == ["Duchess Wonder"]
    assert shared.caller(cast.shop_key).get("/invoiced/customers").json()[0]["name"] == "Duchess Wonder"
    assert Company(shared, cast.charlie).names() == ["Mr Bucket"]
    several = "Several entities can be reached with this key; name one in the header x-entity-id"
    assert refused(Company(shared, cast.live).get("/customers")) == (400, several, None)
    theirs = Company(shared, cast.charlie, cast.shop).get("/customers")
    assert refused(theirs) == (404, "Entity was not found", None)


def test_a_strangers_customer_is_as_absent_as_none(shared: House) -> None:
    (duchess,) = Company(shared).listed("/customers")
    stranger, before = Company(shared, shared.cast.charlie), shared.dump()
    one = f"/customers/{duchess['id']}"
    for route in DIALECT.routes:
        if not route.path.startswith("/customers/{id}"):
            continue
        path = route.path.replace("{id}", str(duchess["id"]))
        for name in ("contact", "line_item", "note", "card", "bank_account"):
            path = path.replace(f"{{{name}}}", "1")
        body = {"name": "A", "notes": "A", "method": "card", "gateway_token": "x"}
        answer = stranger.ask(route.method, path, body)
        assert refused(answer) == (404, f"Customer was not found: {duchess['id']}", None), path
    assert refused(stranger.post("/notes", {"customer_id": duchess["id"], "notes": "x"}))[0] == 400
    assert stranger.listed("/customers", f"filter[id]={duchess['id']}") == []
    assert stranger.get(one).status_code == 404
    assert shared.dump() == before


_LINE = {"items": [{"name": "Paper", "unit_cost": 5}], "draft": True}
_CADENCE = {"name": "Gently", "steps": [{"action": "email", "schedule": "age:5"}]}
BODIES: dict[str, dict[str, Any]] = {
    "invoices": _LINE, "credit_notes": _LINE, "estimates": _LINE, "payments": {"amount": 5},
    "credit_balance_adjustments": {"amount": 5}, "items": {"id": "box", "name": "Box", "unit_cost": 1},
    "tax_rates": {"id": "vat", "name": "VAT", "value": 1},
    "chasing_cadences": _CADENCE, "customer_chasing_cadences": _CADENCE, "tasks": {"name": "Call"},
    "email_templates": {"id": "firm", "name": "Firm", "subject": "{{customer_name}}", "body": "Pay."},
    "sms_templates": {"id": "short", "name": "Short", "message": "Pay."},
}  # fmt: skip


def test_a_strangers_books_are_as_absent_as_none(house: House) -> None:
    ids, stranger = furnished(house), Company(house, house.cast.charlie)
    duchess, line = ids["customers"], {"customer": ids["customers"], **_LINE}
    for route in DIALECT.routes:
        kind, _, below = route.path.strip("/").partition("/")
        if kind not in BODIES:
            continue
        path = at(route.path, ids)
        if below:
            answer = stranger.ask(route.method, path, {"notes": "x", "name": "x", "amount": 1})
            assert refused(answer)[0] == 404, path
        elif route.method == "GET":
            assert stranger.listed(path) == []
    mine = stranger.customer("Mine")["id"]
    before = house.dump()
    for path, body in (
        ("/invoices", line), ("/payments", {"customer": duchess, "amount": 5}),
        ("/credit_balance_adjustments", {"customer": duchess, "amount": 5}),
        ("/invoices", {"customer": mine, "items": [{"catalog_item": "box"}]}),
        ("/invoices", {"customer": mine, "taxes": ["vat"]}),
        ("/credit_notes", {"customer": mine, "invoice": ids["invoices"]}),
        ("/payments", {"amount": 5, "applied_to": [{"type": "invoice", "invoice": ids["invoices"]}]}),
        ("/customers", {"name": "x", "chasing_cadence": ids["chasing_cadences"]}),
        ("/tasks", {"name": "x", "customer_id": duchess}),
        ("/chasing_cadences", {"name": "x", "steps": [
            {"action": "email", "schedule": "age:1", "email_template_id": "firm"},
        ]}),
        ("/customers", {"name": "x", "taxes": ["vat"]}), ("/items", {"name": "x", "taxes": ["vat"]}),
    ):  # fmt: skip
        assert refused(stranger.post(path, body))[0] == 400, path
    assert house.dump() == before


@pytest.mark.parametrize("kind", [
    "chasing_cadences", "tasks", "email_templates", "sms_templates",
])  # fmt: skip
def test_what_chasing_needs_is_read_by_its_company(
    house: House, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    shop, (record,) = Company(house), {one.table.record for one in DIALECT.routes if one.path == f"/{kind}"}
    assert shop.post(f"/{kind}", BODIES[kind]).status_code == 201
    stranger = Scope("0" * 24, "live", "", entity_id=house.cast.factory.removeprefix("ent_"))
    asking = Query(order=unambiguous(()), trashed=None)

    def seen() -> int:
        found = house.run(house.server._store.reader.page(record, stranger, asking))
        return len(found.records)

    assert seen() == 0
    monkeypatch.setitem(LAYOUTS, record, LAYOUTS[record]._replace(tenancy=()))
    assert seen() == 1  # a statement that forgot its tenant would be seen


@pytest.mark.parametrize("record", [Note, LineItem])
def test_what_hangs_on_a_customer_is_read_by_its_company(
    house: House, monkeypatch: pytest.MonkeyPatch, record: Any
) -> None:
    shop = Company(house)
    kind, body = ("notes", {"notes": "x"}) if record is Note else ("line_items", {"name": "x"})
    made = shop.post(f"/customers/{shop.customer()['id']}/{kind}", body).json()
    stranger = Scope("0" * 24, "live", "", entity_id=house.cast.factory.removeprefix("ent_"))

    def seen() -> Any:
        return house.run(house.server._store.reader.get(record, stranger, made["id"]))

    assert seen() is None
    monkeypatch.setitem(LAYOUTS, record, LAYOUTS[record]._replace(tenancy=()))
    assert seen() is not None  # a statement that forgot its tenant would be seen


def test_the_same_request_is_answered_as_before(house: House) -> None:
    shop, key = Company(house), {"Idempotency-Key": "k-1"}
    made = shop.post("/customers", {"name": "Acme"}, **key)
    again = shop.post("/customers", {"name": "Acme"}, **key)
    assert (again.status_code, again.json()) == (201, made.json())
    assert again.headers["idempotent-replayed"] == "true"
    text = "Idempotency-Key was used for another request already"
    assert refused(shop.post("/customers", {"name": "Other"}, **key)) == (400, text, None)
    one = f"/customers/{made.json()['id']}"
    for method, path, body in (
        ("PATCH", one, {"name": "Acme 2"}), ("POST", f"{one}/notes", {"notes": "x"}),
        ("POST", f"{one}/contacts", {"name": "x"}), ("POST", f"{one}/line_items", {"name": "x"}),
    ):  # fmt: skip
        first = shop.ask(method, path, body, headers={"Idempotency-Key": path + method})
        second = shop.ask(method, path, body, headers={"Idempotency-Key": path + method})
        assert first.status_code < 300
        assert (second.status_code, second.json()) == (first.status_code, first.json())
    assert len(shop.listed(f"{one}/notes")) == len(shop.listed(f"{one}/contacts")) == 1
    long = shop.post("/customers", {"name": "A"}, **{"Idempotency-Key": "x" * 300})
    assert refused(long)[:2] == (400, "Idempotency-Key must be at most 255 printable ASCII characters")


def test_a_change_of_another_version_is_refused(house: House) -> None:
    shop = Company(house)
    made = shop.customer()
    answer = shop.ask("PATCH", f"/customers/{made['id']}", {"name": "B"}, headers={"If-Match": '"7"'})
    assert refused(answer) == (400, "Was changed since the version that If-Match names", None)
    assert shop.get(f"/customers/{made['id']}").headers["etag"] == '"1"'


def test_other_bodies_than_json_and_forms_are_not_parsed(shared: House) -> None:
    shop = Company(shared)
    for content_type in ("multipart/form-data; boundary=x", "text/xml"):
        answer = shop.post("/customers", b"name=A", **{"Content-Type": content_type})
        assert refused(answer) == (400, "Unable to parse request body.", None)
    form = shop.ask("POST", "/customers", form={"metadata[a]": "1", "metadata": "2"})
    assert form.status_code == 400


nested = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("x" * 300),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = (*CUSTOMER_KEYS, "disabled_payment_methods", "quantity", "unit_cost", "primary", "sms_enabled", "to",
          "bcc", "start", "end", "customer_id", "catalog_item", "discounts", "method", "items", "customer",
          "applied_to", "amount", "invoice", "draft", "closed", "sent", "date", "due_date", "value",
          "is_percent", "calculate_taxes", "cutoff_date", "deposit", "expiration_date",
          "credit_note", "steps", "time_of_day", "frequency", "run_date", "run_days", "paused", "min_balance",
          "assignment_mode", "customers", "after", "complete", "user_id", "action", "message", "body",
          "subject", "language")  # fmt: skip
bodies = st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=8), nested, max_size=5) | nested
WRITES = [route for route in DIALECT.routes if route.method in ("POST", "PATCH")]
READS = [route for route in DIALECT.routes if route.method == "GET"]


def furnished(house: House) -> dict[str, Any]:
    """The ids of a customer and of one record of each kind, which are made where there are none."""
    shop = Company(house)
    (duchess,) = [one["id"] for one in shop.listed("/customers") if one["name"] == "Duchess Wonder"]
    for kind, body in BODIES.items():
        if not shop.listed(f"/{kind}"):
            assert shop.post(f"/{kind}", {**body, "customer": duchess}).status_code == 201
    return {"customers": duchess} | {kind: shop.listed(f"/{kind}")[0]["id"] for kind in BODIES}


def at(path: str, ids: dict[str, Any]) -> str:
    """An address of what is there, or of what hangs on a customer and is not."""
    kind = path.split("/")[1]
    here = ids.get(kind, ids["customers"])
    for name in ("id", "name", "contact", "note", "line_item"):
        path = path.replace(f"{{{name}}}", str(here if name in ("id", "name") else 1))
    return path


def near(path: str, ids: dict[str, Any]) -> dict[str, Any]:
    """What a record of the kind at an address needs: with it a body comes further."""
    kind = path.split("/")[1]
    own = {name: one for name, one in BODIES.get(kind, {}).items() if name != "id"}
    return {"customer": ids["customers"], **own, "draft": False}


def test_no_body_breaks_anything(house: House) -> None:
    @examples(300)
    @given(st.sampled_from(WRITES), bodies, st.booleans())
    def holds(route: Any, body: Any, named: bool) -> None:
        if named and isinstance(body, dict):
            body = {"name": "Acme", "notes": "x", **near(route.path, ids), **body}
        answer = Company(house).ask(route.method, path[route.path], json.dumps(body).encode())
        assert answer.status_code in (200, 201, 400, 404), answer.text
        if answer.status_code >= 400:
            refused(answer)

    ids = furnished(house)
    path = {route.path: at(route.path, ids) for route in WRITES}
    holds()


def test_no_form_and_no_query_breaks_anything(shared: House) -> None:
    names = st.sampled_from(
        [
            *FIELDS,
            "page",
            "per_page",
            "sort",
            "updated_after",
            "filter",
            "open_balance",
            "expand",
            "exclude",
            "include",
            "start_date",
            "end_date",
            "filter[status]",
            "filter[paid]",
        ]
    ) | st.text(max_size=8)
    bracketed = st.tuples(names, st.sampled_from(["", "[]", "[a]", "[name]", "[0]", "[a][b]", "["])).map(
        "".join
    )
    values = st.text(max_size=12) | st.sampled_from(["1", "{}", '{"name": 1}', "[", "true", "-1", "9" * 30])
    pairs = st.dictionaries(bracketed, values, max_size=4)

    @examples(300)
    @given(st.sampled_from(READS), pairs)
    def holds(route: Any, query: dict[str, str]) -> None:
        answer = Company(shared).get(path[route.path], **{plain(k): plain(v) for k, v in query.items()})
        assert answer.status_code in (200, 400, 404), answer.text

    @examples(150)
    @given(st.sampled_from(WRITES), pairs)
    def holds_forms(route: Any, form: dict[str, str]) -> None:
        said = {plain(k): plain(v) for k, v in form.items() if k.partition("[")[0] not in ("name", "notes")}
        answer = Company(shared).ask(route.method, path[route.path], form=said)
        assert answer.status_code in (200, 400, 404), answer.text

    ids = furnished(shared)
    path = {route.path: at(route.path, ids) for route in (*READS, *WRITES)}
    holds()
    holds_forms()


def plain(text: str) -> str:
    """What a form can say: no half of a surrogate pair."""
    return text.encode(errors="replace").decode()


def test_a_key_is_the_user_of_basic_credentials_with_any_password(shared: House) -> None:
    said = b64encode(f"{shared.cast.shop_key}:whatever".encode()).decode()
    answer = shared.caller(None).ask("GET", "/invoiced/customers", headers={"Authorization": f"basic {said}"})
    assert answer.status_code == 200


@pytest.mark.parametrize("host", ["[::1]:8080", "billto.example", "127.0.0.1:80"])
def test_links_go_to_the_host_that_was_asked(house: House, host: str) -> None:
    shop = Company(house)
    shop.customer()
    answer = shop.ask("GET", "/customers", headers={"Host": host})
    assert links(answer)["self"] == f"http://{host}/invoiced/customers?page=1&per_page=100"
    made = answer.json()[-1]
    assert made["statement_pdf_url"].startswith(f"http://{host}/invoiced/statements/")
