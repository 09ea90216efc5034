"""The OpenAPI document says what the tables do, all of it, and in words."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from jsonschema.exceptions import ValidationError  # type: ignore[import-untyped]
from openapi_spec_validator import validate

from billto.dialects import reference, schemas
from billto.dialects.dialect import READS, TAKES_RECORD, Does, Listed
from billto.dialects.spaceinvoices import DIALECT, answers, query
from billto.dialects.spaceinvoices.adjustments import ADJUSTMENT
from billto.dialects.spaceinvoices.catalog import ITEM, TAX
from billto.dialects.spaceinvoices.customers import CUSTOMER
from billto.dialects.spaceinvoices.documents import DOCUMENT as BILLED
from billto.dialects.spaceinvoices.entities import ENTITY
from billto.dialects.spaceinvoices.ledger import ENTRY
from billto.dialects.spaceinvoices.messages import MESSAGE
from billto.dialects.spaceinvoices.payments import PAYMENT
from billto.dialects.spaceinvoices.words import OPERATORS, PARAMS, PROBLEMS, WORDING
from billto.dialects.wire import RO, WO, Table
from billto.domain.attrs import Attr, Kind
from billto.domain.countries import country
from billto.domain.customer import BANK_ACCOUNTS, UJP
from billto.domain.entity import Entity
from billto.domain.problems import CODES, Problem, Refused
from billto.domain.query import Page, Query
from billto.domain.settings import defaults
from tests.domain.golden import golden

TABLES = (ENTITY, CUSTOMER)
OF_MONEY, TOLD = (BILLED, PAYMENT, ADJUSTMENT, ITEM, TAX), (ENTRY, MESSAGE)
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 (Hypothesis adds the zone itself)
encoded = msgspec.json.Encoder(decimal_format="number").encode


def plain(tree: Any) -> Any:
    """As it goes over the wire and comes back."""
    return json.loads(encoded(tree))


DOCUMENT = plain(reference.openapi(DIALECT, WORDING, "1.2.3"))


@cache
def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(
        {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}
    )


def faults(name: str, value: Any) -> list[ValidationError]:
    return list(validator(name).iter_errors(plain(value)))


def operations() -> Iterator[tuple[str, str, Any]]:
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            yield method.upper(), path, operation


# The document


def test_the_document_is_openapi() -> None:
    validate(DOCUMENT)
    assert DOCUMENT["openapi"].startswith("3.1.")
    assert DOCUMENT["info"]["version"] == "1.2.3"


def test_every_route_is_in_it_and_nothing_else() -> None:
    assert {(method, path) for method, path, _ in operations()} == {
        (route.method, route.path) for route in DIALECT.routes
    }


# What a route can answer beside what every route can: clients are generated from this, so it is pinned.
EVERY = {"400", "401", "404", "429", "500", "503"}
WRITE = EVERY | {"403", "408", "409", "413", "507"}
MATCHED = WRITE | {"412"}
BODY = WRITE | {"415", "422"}


@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        ("createEntity", {"201"} | BODY),
        ("listEntities", {"200", "403"} | EVERY),
        ("getEntity", {"200", "304"} | EVERY),
        ("updateEntity", {"200"} | BODY | MATCHED),
        ("patchEntity", {"200"} | BODY | MATCHED),
        ("enableEntity", {"200"} | MATCHED),
        ("disableEntity", {"200"} | MATCHED),
        ("createCustomer", {"201"} | BODY),
        ("listCustomers", {"200"} | EVERY),
        ("getCustomer", {"200", "304"} | EVERY),
        ("updateCustomer", {"200"} | BODY | MATCHED),
        ("deleteCustomer", {"204"} | MATCHED),
        ("permanentlyDeleteCustomer", {"204"} | MATCHED),
        ("restoreCustomer", {"200"} | MATCHED),
        ("previewCustomerMerge", {"200", "409", "422"} | EVERY),
        ("mergeCustomer", {"200"} | BODY | MATCHED),
    ],
)
def test_operations_have_stable_names_and_answers(name: str, statuses: set[str]) -> None:
    (operation,) = (one for _, _, one in operations() if one["operationId"] == name)
    assert set(operation["responses"]) == statuses


def test_no_operation_is_without_a_pinned_name() -> None:
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(set(names)) == len(names) == 139


@pytest.mark.parametrize("route", DIALECT.routes, ids=lambda route: f"{route.method} {route.path}")
def test_parameters_follow_from_what_the_route_does(route: Any) -> None:
    operation = DOCUMENT["paths"][route.path][route.method.lower()]
    references = {one["$ref"].rpartition("/")[2] for one in operation["parameters"] if "$ref" in one}
    tenant = {"x-entity-id" if route.of_entity else "x-account-id"}
    said, writes = WORDING.operations[f"{route.method} {route.path}"], route.does not in READS
    matched = {"If-Match"} if writes and route.does is not Does.CREATE else set()
    assert references == tenant | matched | ({"X-Request-Id"} if writes else set()) | (
        {"If-None-Match"} if route.does is Does.GET else set()
    )
    asked = [one["name"] for one in operation["parameters"] if one.get("in") == "query"]
    listed = DIALECT.params(route.table) if route.does is Does.PAGE else ()
    assert asked == [one.name for one in (*listed, *said.params)]
    assert ("requestBody" in operation) == (route.does in TAKES_RECORD or said.takes is not None)
    tagged = {name for name, one in operation["responses"].items() if "ETag" in one["headers"]}
    assert tagged == (
        set()
        if route.does in (Does.PAGE, Does.DROP) or said.gives is not None or said.file
        else {str(route.status)} | {Does.GET: {"304"}, Does.PUT: {"201"}}.get(route.does, set())
    )
    assert all("X-Request-Id" in one["headers"] for one in operation["responses"].values())


def test_bounds_of_parameters_are_those_of_the_table() -> None:
    listed = {one.get("name"): one for one in DOCUMENT["paths"]["/customers"]["get"]["parameters"]}
    assert listed["limit"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 100, "default": 10}
    assert listed["order_by"]["schema"] == {"type": "array", "items": {"type": "string"}}
    assert "Fields: id, name, email," in listed["query"]["description"]


# What only the other doors have: logins, keys that end, parents, reminders, ids of what there is none of.
ELSEWHERE = {
    "login_incomplete", "login_failed", "key_ended", "own_ancestor", "bad_cell", "unmatched", "ambiguous",
    "importing", "no_statement", "nothing_to_invoice", "immutable_assigned",
}  # fmt: skip


def test_every_problem_is_documented_where_it_can_occur() -> None:
    documented = {code for route in DIALECT.routes for code in reference.codes(route, WORDING)}
    assert set(CODES) - documented == {"unknown_path", "method_not_allowed"} | ELSEWHERE


def test_it_names_no_other_place() -> None:
    assert "//" not in json.dumps(DOCUMENT)


# Words


@pytest.mark.parametrize("table", [*TABLES, *OF_MONEY, *TOLD], ids=lambda table: table.record.__name__)
def test_every_field_has_its_sentence_once_and_none_is_left_over(table: Table) -> None:
    resource = WORDING.resources[table.record]
    silent = {
        one.wire for one in table.rows if not one.says and not (one.attr and table.attrs[one.attr].says)
    }
    assert set(resource.fields) == silent
    sentences = [schemas.description(table, one, resource) for one in table.rows]
    assert all(re.fullmatch(r"[A-Z`].+\.", sentence) for sentence in sentences)


def test_every_route_has_its_sentences_and_none_is_left_over() -> None:
    assert set(WORDING.operations) == {f"{route.method} {route.path}" for route in DIALECT.routes}
    assert all(re.fullmatch(r"[A-Z].+\.", one.says, re.DOTALL) for one in WORDING.operations.values())
    assert set(WORDING.resources) == {route.table.record for route in DIALECT.routes}


def test_every_word_of_the_query_language_is_explained_and_none_is_left_over() -> None:
    assert list(OPERATORS) == list(query.WORDS)
    assert {*PARAMS, *WORDING.asked} <= {one.name for table in TABLES for one in query.params_of(table)}


def test_every_reason_and_every_example_of_one_is_a_known_code() -> None:
    assert {code for one in WORDING.operations.values() for code in one.refuses} | set(PROBLEMS) <= set(CODES)
    assert all(code == problem.code for code, problem in PROBLEMS.items())


def test_every_example_fits_its_schema() -> None:
    seen = 0
    for _, _, operation in operations():
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        said = (body.get("content", {}).get("application/json") for body in bodies)
        for content in filter(None, said):
            assert faults(content["schema"]["$ref"].rpartition("/")[2], content["example"]) == []
            seen += 1
    assert seen > 100


# What answers look like

# Newer than the documented objects.
LATER = {
    "Customer": ("contact_type", "bank_accounts", "peppol_scheme_id", "ujp", "external_id", "dunning"),
    "Entity": ("timezone", "phone", "fiscal_region_code", "starting_capital"),
}


@pytest.mark.parametrize(
    ("record", "name"),
    [
        ("Customer", "customer_created"),
        ("Customer", "customer_horizon"),
        ("Entity", "entity_us"),
        ("Entity", "entity_si"),
        ("Entity", "entity_updated_si"),
    ],
)
def test_the_documented_objects_fit(record: str, name: str) -> None:
    assert faults(record, {**dict.fromkeys(LATER[record]), **golden(name)}) == []


def test_of_the_sample_with_placeholders_only_the_placeholders_do_not_fit() -> None:
    found = faults("Entity", {"timezone": None, **golden("entity_full")})
    leaves = [leaf for one in found for leaf in (one.context or [one]) if leaf.validator != "type"]
    assert {leaf.instance for leaf in leaves} == {"string"}


STORABLE = st.characters(codec="utf-8", exclude_characters="\0")
WORD = st.text(STORABLE, min_size=1, max_size=40)
SETTLED = {"kind": "document", "amount": 5, "document_id": "b" * 24, "document_type": "invoice"}
TREES: dict[str, list[Any]] = {
    "settings": [defaults(country("SI"), "sl-SI"), defaults(country("US"), "en-US")],
    "bank_accounts": [BANK_ACCOUNTS.read([{"iban": "SI56", "is_default": True}, {"bic": None}], (), [])],
    "applications": [[], [SETTLED]],
    "tax_ids": [[], ["a" * 24]],
    "ujp": [UJP.read({"receiver_name": "Občina"}, (), [])],
}


def text(attr: Attr) -> st.SearchStrategy[str]:
    if attr.among:
        return st.sampled_from(attr.among)
    if attr.least == attr.most == 24:
        return st.text("0123456789abcdef", min_size=24, max_size=24)
    if attr.name == "currency_code":
        return st.sampled_from(("EUR", "JPY"))
    if attr.name == "country_code":  # others have no rules to show
        return st.sampled_from(("SI", "US"))
    return st.text(STORABLE, min_size=attr.least, max_size=min(attr.most, 40))


VALUES: dict[Kind, Callable[[Attr], st.SearchStrategy[Any]]] = {
    Kind.TEXT: text,
    Kind.BOOL: lambda _: st.booleans(),
    Kind.INT: lambda _: st.integers(1, 2**53),
    Kind.DECIMAL: lambda _: st.decimals(-(10**15), 10**15, places=6),
    Kind.MONEY: lambda _: st.decimals(-(10**12), 10**12, places=4),
    Kind.DATE: lambda _: st.dates(),
    Kind.MOMENT: lambda _: st.datetimes(EPOCH, timezones=st.just(UTC)),
    Kind.MAP: lambda _: st.dictionaries(WORD, WORD, max_size=3),
    Kind.TREE: lambda attr: st.sampled_from(TREES[attr.name]),
}


def records(table: Table) -> st.SearchStrategy[Any]:
    """Any record that could be stored."""
    made = {
        name: VALUES[attr.kind](attr) | st.none() if attr.nullable else VALUES[attr.kind](attr)
        for name, attr in table.attrs.items()
        if name in table.by_attr or name not in table.record._field_defaults
    }
    record: Any = table.record
    return st.fixed_dictionaries(made).map(lambda values: record(**values))


class Shown(NamedTuple):
    """An answer, and the schema it should fit."""

    name: str
    answer: Any


def shown(table: Table) -> st.SearchStrategy[Shown]:
    return records(table).map(lambda record: Shown(table.record.__name__, table.encode(record)))


@given(st.one_of(*map(shown, (*TABLES, PAYMENT, ADJUSTMENT, ITEM))))
def test_whatever_is_answered_fits(one: Shown) -> None:
    assert faults(one.name, one.answer) == []


def test_lists_and_refusals_fit() -> None:
    page = Page((WORDING.resources[Entity].record,), None, has_next=True, has_previous=True)
    assert (
        faults(
            "EntityList",
            answers.listing(Listed(ENTITY, page, Query(), next_cursor="x", prev_cursor="y")).body,
        )
        == []
    )
    refused = Refused(
        Problem("wrong_type", ("bank_accounts", 0, "iban"), "text"), Problem("required", ("name",))
    )
    assert faults("Error", answers.failure(refused).body) == []
    for code in CODES:
        assert faults("Error", answers.failure(Refused(Problem(code, detail="x"))).body) == []


# What bodies look like

LONG = "x" * 501
KRAS: dict[str, Any] = {"name": "Kras", "country": "Slovenia"}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.record.__name__)
def test_bodies_have_what_may_be_said_and_only_that(table: Table) -> None:
    schemas, name = DOCUMENT["components"]["schemas"], table.record.__name__
    writable = {one.wire for one in table.rows if one.access is not RO}
    assert set(schemas[f"{name}Create"]["properties"]) == writable
    fixed = {"country", "country_code", "environment"} if table is ENTITY else set()
    assert set(schemas[f"{name}Update"]["properties"]) == writable - fixed
    read_only = {wire for wire, one in schemas[name]["properties"].items() if one.get("readOnly")}
    assert read_only == set(schemas[name]["properties"]) - writable
    assert schemas[name]["required"] == [one.wire for one in table.rows if one.access is not WO]


CREATIONS: list[tuple[Table, Any, str | None]] = [
    (CUSTOMER, {"name": "Ana"}, None),
    (CUSTOMER, {"name": "Ana", "colour": "red", "id": "x", "vies": 1}, None),
    (CUSTOMER, {"name": "Ana", "email": None, "metadata": None, "bank_accounts": None, "ujp": None}, None),
    (CUSTOMER, {"name": "Ana", "email": "", "metadata": {"a": "b"}, "contact_type": "both"}, None),
    (CUSTOMER, {"name": "Ana", "bank_accounts": [{"iban": "SI56", "bic": None}], "ujp": {}}, None),
    (CUSTOMER, [], "wrong_type"),
    (CUSTOMER, {}, "required"),
    (CUSTOMER, {"name": None}, "not_null"),
    (CUSTOMER, {"name": ""}, "too_short"),
    (CUSTOMER, {"name": LONG}, "too_long"),
    (CUSTOMER, {"name": 1}, "wrong_type"),
    (CUSTOMER, {"name": "Ana", "is_tax_subject": None}, "not_null"),
    (CUSTOMER, {"name": "Ana", "is_tax_subject": "yes"}, "wrong_type"),
    (CUSTOMER, {"name": "Ana", "contact_type": "friend"}, "unknown_choice"),
    (CUSTOMER, {"name": "Ana", "metadata": []}, "wrong_type"),
    (CUSTOMER, {"name": "Ana", "metadata": {"a": 1}}, "wrong_type"),
    (CUSTOMER, {"name": "Ana", "metadata": {"a": None}}, "not_null"),
    (CUSTOMER, {"name": "Ana", "metadata": {"a": LONG}}, "too_long"),
    (CUSTOMER, {"name": "Ana", "metadata": {str(key): "" for key in range(51)}}, "too_many"),
    (CUSTOMER, {"name": "Ana", "bank_accounts": [None]}, "not_null"),
    (CUSTOMER, {"name": "Ana", "bank_accounts": [{"type": "purse"}]}, "unknown_choice"),
    (CUSTOMER, {"name": "Ana", "bank_accounts": [{}] * 21}, "too_many"),
    (CUSTOMER, {"name": "Ana", "ujp": {"receiver_name": LONG}}, "too_long"),
    (ENTITY, KRAS, None),
    (ENTITY, KRAS | {"settings": None, "starting_capital": 7500}, None),
    (ENTITY, KRAS | {"settings": {"furs": None, "colour": 1}}, None),
    (ENTITY, {"name": "Kras"}, "required"),
    (ENTITY, KRAS | {"country_code": "SVN"}, "too_long"),
    (ENTITY, KRAS | {"country_code": None}, "not_null"),
    (ENTITY, KRAS | {"environment": "test"}, "unknown_choice"),
    (ENTITY, KRAS | {"starting_capital": "7500"}, "wrong_type"),
    (ENTITY, KRAS | {"settings": 1}, "wrong_type"),
    (ENTITY, KRAS | {"settings": {"upn_qr": {"purpose_code": "x"}}}, "invalid_format"),
    (ENTITY, KRAS | {"settings": {"default_invoice_due_days": -1}}, "out_of_range"),
    (ENTITY, KRAS | {"settings": {"pdf_template": "baroque"}}, "unknown_choice"),
]  # fmt: skip
CHANGES: list[tuple[Table, Any, str | None]] = [
    (CUSTOMER, {}, None),
    (CUSTOMER, {"email": None, "metadata": None}, None),
    (CUSTOMER, {"name": None}, "not_null"),
    (CUSTOMER, {"name": ""}, "too_short"),
    (CUSTOMER, {"city": 1}, "wrong_type"),
    (ENTITY, {}, None),
    (ENTITY, {"settings": {"default_invoice_due_days": None}, "metadata": None}, None),
    (ENTITY, {"currency_code": "EURO"}, "too_long"),
    (ENTITY, {"currency_code": "EU"}, "too_short"),
    (ENTITY, {"is_enabled": None}, "not_null"),
    (ENTITY, {"settings": {"default_invoice_due_days": "30"}}, "wrong_type"),
]
BODIES = [("Create", *case) for case in CREATIONS] + [("Update", *case) for case in CHANGES]


@pytest.mark.parametrize(("way", "table", "body", "code"), BODIES)
def test_a_body_fits_when_it_is_taken(way: str, table: Table, body: Any, code: str | None) -> None:
    try:
        table.decode(body, creating=way == "Create")
        refused = None
    except Refused as error:
        refused = error.problems[0].code
    assert refused == code
    assert (faults(f"{table.record.__name__}{way}", body) == []) == (code is None)
