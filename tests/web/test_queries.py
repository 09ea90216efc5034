"""The `query` language: what each operator means on each field, and what is refused by name."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.web.house import House, answered, refused

CUSTOMERS: list[dict[str, Any]] = [
    {
        "name": "Acme",
        "email": "info@acme.example",
        "city": "Koper",
        "country": "Slovenia",
        "tax_number": "SI10",
    },
    {
        "name": "Acme Labs",
        "email": "labs@acme.example",
        "city": "Koper",
        "address": "Road 1",
        "country": "SI",
    },
    {"name": "Bolt", "email": None, "city": "Izola", "address": "road 12", "tax_number": "SI2"},
    {"name": "bolt", "city": "", "country": "Italia", "contact_type": "buyer"},
    {"name": "Comet 100%", "email": "", "address": "A_B", "tax_number": "10", "contact_type": "both"},
    {
        "name": "Comet 100",
        "email": "x@y.example",
        "address": "AxB",
        "city": "Piran",
        "contact_type": "supplier",
    },
]
TEXTS = ("name", "email", "address", "city", "country", "tax_number")
MOMENTS = ("created_at", "updated_at")

Meaning = Callable[[Any, Any], bool]


def present(compare: Meaning) -> Meaning:
    """A comparison with what is missing is false."""
    return lambda have, want: have is not None and compare(have, want)


# What the operators mean, said here once more in terms of the wire.
EQUAL: dict[str, Meaning] = {
    "equals": lambda have, want: have == want,
    "not": lambda have, want: have != want,
}
ORDERED: dict[str, Meaning] = {
    "gt": present(lambda have, want: have > want),
    "gte": present(lambda have, want: have >= want),
    "lt": present(lambda have, want: have < want),
    "lte": present(lambda have, want: have <= want),
}
PARTS: dict[str, Meaning] = {
    "contains": present(lambda have, want: want.lower() in have.lower()),
    "startsWith": present(lambda have, want: have.lower().startswith(want.lower())),
    "endsWith": present(lambda have, want: have.lower().endswith(want.lower())),
}
LISTED: dict[str, Meaning] = {
    "in": lambda have, want: have in want,
    "notIn": lambda have, want: have not in want,
}
BETWEEN: dict[str, Meaning] = {"between": present(lambda have, want: want[0] <= have <= want[1])}


@pytest.fixture(scope="module")
def house(shared: House) -> House:
    """These tests only ask; what they make is out of each other's way."""
    return shared


@pytest.fixture(scope="module")
def rows(house: House) -> list[Any]:
    """The customers of the shop as they were answered, the oldest first."""
    made = [house.shopkeeper.customer(**fields) for fields in CUSTOMERS]
    return [answered(house.shopkeeper.get(f"/customers/{house.cast.duchess}")), *made]


def check(house: House, rows: list[Any], field: str, operator: str, means: Meaning, want: Any) -> None:
    found = house.shopkeeper.listed(query={field: {operator: want}}, limit=100)
    expected = [row for row in rows if means(row[field], want)]
    assert found["data"] == expected, (field, operator, want)
    assert found["pagination"]["total"] == len(expected)


def operands(rows: list[Any], field: str) -> list[Any]:
    """Every value of a field that there is, and one that there is not."""
    return sorted({row[field] for row in rows if row[field] is not None} | {"2030-01-01T00:00:00.000Z"})


@pytest.mark.parametrize("field", [*TEXTS, *MOMENTS, "id", "contact_type"])
def test_every_operator_on_every_field(house: House, rows: list[Any], field: str) -> None:
    values = operands(rows, field) if field != "id" else [row["id"] for row in rows]
    for want in values:
        for operator, means in (EQUAL | ORDERED).items():
            check(house, rows, field, operator, means, want)
    for operator, means in EQUAL.items():
        check(house, rows, field, operator, means, None)
    for some in ([], values[:1], values[1:3], [None], [None, values[0]], values):
        for operator, means in LISTED.items():
            check(house, rows, field, operator, means, some)
    for pair in ([values[0], values[-1]], [values[-1], values[0]], [values[0], values[0]]):
        check(house, rows, field, "between", BETWEEN["between"], pair)


PIECES = [
    "acme",
    "ACME",
    "road 1",
    "olt",
    "1",
    "%",
    "_",
    "100%",
    "a_b",
    "",
    " ",
    ".example",
    "koper",
    "zzz",
    "\\",
]


@pytest.mark.parametrize("field", TEXTS)
def test_parts_of_texts(house: House, rows: list[Any], field: str) -> None:
    for piece in PIECES:
        for operator, means in PARTS.items():
            check(house, rows, field, operator, means, piece)


ENTITY_FIELDS = ("id", "name", "country", "currency_code", "created_at", "updated_at")


@pytest.mark.parametrize("field", ENTITY_FIELDS)
def test_entities_are_found_by_their_fields(house: House, field: str) -> None:
    house.live.new_entity("Acme", "Deutschland")
    rows = house.live.listed("/entities")["data"]
    values = [row[field] for row in rows]
    parts = PARTS if field in ("name", "country", "currency_code") else {}
    for want in values:
        for operator, means in (EQUAL | ORDERED | parts).items():
            found = house.live.listed("/entities", query={field: {operator: want}})["data"]
            assert found == [row for row in rows if means(row[field], want)], (field, operator, want)
    for operator, means in LISTED.items():
        found = house.live.listed("/entities", query={field: {operator: values[:2]}})["data"]
        assert found == [row for row in rows if means(row[field], values[:2])]
    found = house.live.listed("/entities", query={field: {"between": [min(values), min(values)]}})["data"]
    assert found == [row for row in rows if row[field] == min(values)]


def names(house: House, query: Any) -> list[str]:
    return house.shopkeeper.names(query=query)


def test_a_value_alone_means_equals(house: House, rows: list[Any]) -> None:
    assert names(house, {"name": "Acme"}) == ["Acme"]
    assert names(house, {"email": None, "city": ""}) == ["bolt"]
    assert names(house, {"id": rows[2]["id"]}) == ["Acme Labs"]
    assert names(house, {"created_at": rows[2]["created_at"]}) == ["Acme Labs"]


def test_conditions_are_all_needed(house: House, rows: list[Any]) -> None:
    assert names(house, {"city": "Koper", "name": {"endsWith": "labs"}}) == ["Acme Labs"]
    assert names(house, {"name": {"gte": "Acme", "lt": "Bolt"}}) == ["Acme", "Acme Labs"]
    assert names(house, {"name": {"contains": "o", "not": "Bolt", "notIn": ["bolt"]}}) == [
        "Duchess Wonder",
        "Comet 100%",
        "Comet 100",
    ]
    assert names(house, {}) == [row["name"] for row in rows]
    assert names(house, "") == [row["name"] for row in rows]


def test_texts_compare_by_their_signs_and_parts_by_their_sound(house: House) -> None:
    house.alice.customer("Žiga Čopič")
    for same in ("žiga", "ZIGA", "ziga č", "Žiga Čo"):
        assert house.alice.names(query={"name": {"startsWith": same}}) == ["Žiga Čopič"]
    assert house.alice.names(query={"name": {"contains": "a Cop"}}) == ["Žiga Čopič"]
    assert house.alice.names(query={"name": "žiga čopič"}) == []
    assert house.alice.names(query={"name": {"in": ["Žiga Čopič"]}}) == ["Žiga Čopič"]


@pytest.mark.parametrize(
    ("moment", "count"),
    [
        ("2026-05-01", 7),
        ("2026-05-02", 0),
        ("2026-05-01T11:59Z", 7),
        ("2026-05-01T13:00:00", 6),
        ("2026-05-01T14:30:00.000+01:30", 6),
        ("2026-05-01 13:00:00+00:00", 6),
        ("0001-01-01", 7),
        ("9999-12-31T23:59:59.999Z", 0),
    ],
)
def test_moments_and_days_may_be_written_in_several_ways(
    house: House, rows: list[Any], moment: str, count: int
) -> None:
    assert len(names(house, {"created_at": {"gte": moment}})) == count
    assert len(names(house, {"created_at": {"lt": moment}})) == len(rows) - count


TAGS = [
    {"order_id": "A-1", "a.b": "dots", "Ключ": "Значение", "q\"u'o": "quotes"},
    {"order_id": "a-1", "tier": "Gold"},
    {"order_id": "", "tier": "goldsmith", "a": "not dots"},
    {},
]


@pytest.fixture(scope="module")
def tagged(house: House) -> House:
    """With customers of the studio that have metadata."""
    for at, metadata in enumerate(TAGS):
        house.alice.customer(f"tagged {at}", metadata=metadata)
    return house


@pytest.mark.parametrize(
    ("key", "asked", "found"),
    [
        ("order_id", "A-1", [0]),
        ("order_id", {"equals": "A-1"}, [0]),
        ("order_id", {"contains": "a-"}, [0, 1]),
        ("order_id", {"startsWith": ""}, [0, 1, 2]),
        ("order_id", {"endsWith": "1"}, [0, 1]),
        ("order_id", {"in": ["A-1", ""]}, [0, 2]),
        ("order_id", {"notIn": ["A-1", ""]}, [1, 3]),
        ("order_id", {"not": "A-1"}, [1, 2, 3]),
        ("order_id", None, [3]),
        ("order_id", {"not": None}, [0, 1, 2]),
        ("order_id", {"gte": "A", "lt": "a"}, [0]),
        ("order_id", {"between": ["A-1", "a-1"]}, [0, 1]),
        ("order_id", "", [2]),
        ("tier", {"contains": "GÓLD"}, [1, 2]),
        ("tier", {"equals": "gold"}, []),
        ("a.b", "dots", [0]),
        ("a", "dots", []),
        ("Ключ", {"contains": "значение"}, [0]),
        ("q\"u'o", "quotes", [0]),
        ("%", None, [0, 1, 2, 3]),
        ("tie_", "Gold", []),
    ],
)
def test_metadata_are_asked_for_by_key_dotted_or_nested(
    tagged: House, key: str, asked: Any, found: list[int]
) -> None:
    expected = [f"tagged {at}" for at in found]
    for query in ({f"metadata.{key}": asked}, {"metadata": {key: asked}}):
        assert tagged.alice.names(query={**query, "name": {"startsWith": "tagged"}}) == expected


def test_entities_are_found_by_metadata_too(house: House) -> None:
    house.live.new_entity("Tagged", metadata={"group": "North"})
    assert house.live.names("/entities", query={"metadata.group": {"contains": "NORTH"}}) == ["Tagged"]
    assert house.live.names("/entities", query={"metadata": {"group": "North"}}) == ["Tagged"]


FIELDS = (
    "id, name, email, address, city, country, tax_number, metadata, created_at, updated_at, contact_type, "
    "external_id"
)
OPERATORS = "equals, not, gt, gte, lt, lte, in, notIn, contains, startsWith, endsWith, between"


@pytest.mark.parametrize(
    "field", ["nonsense", "post_code", "vies", "total", "customer.name", "entity_id", "", "$or"]
)
def test_an_unknown_field_is_refused_with_the_allowed_ones(house: House, field: str) -> None:
    answer = house.alice.get("/customers", query={field: "x"})
    assert refused(answer) == (400, {f"query.{field}": "unknown_field"})
    assert answer.json()["message"].endswith(f"allowed are: {FIELDS}")


def test_an_unknown_field_of_entities_is_refused_with_theirs(house: House) -> None:
    answer = house.live.get("/entities", query={"email": "x"})
    assert refused(answer) == (400, {"query.email": "unknown_field"})
    fields = "id, name, country, currency_code, metadata, created_at, updated_at"
    assert answer.json()["message"].endswith(f"allowed are: {fields}")


@pytest.mark.parametrize("operator", ["eq", "$gt", "Equals", "like", "regex", ""])
def test_an_unknown_operator_is_refused_with_the_allowed_ones(house: House, operator: str) -> None:
    for field in ("name", "metadata.key"):
        answer = house.alice.get("/customers", query={field: {operator: "x"}})
        assert refused(answer) == (400, {f"query.{field}.{operator}": "unknown_operator"})
        assert answer.json()["message"].endswith(f"allowed are: {OPERATORS}")


@pytest.mark.parametrize(
    ("query", "where", "code"),
    [
        # not an object of conditions
        ("{", "", "bad_parameter"),
        ("[]", "", "bad_parameter"),
        ('"name"', "", "bad_parameter"),
        ("null", "", "bad_parameter"),
        ("NaN", "", "bad_parameter"),
        ('{"name": NaN}', "", "bad_parameter"),
        ('{"name": "a"} x', "", "bad_parameter"),
        ("name=Acme", "", "bad_parameter"),
        ('{"name": "a", "name": "b"}', "", "bad_parameter"),
        ("[" * 2_000, "", "bad_parameter"),
        # operands of another kind
        ('{"name": 5}', ".name.equals", "bad_parameter"),
        ('{"name": true}', ".name.equals", "bad_parameter"),
        ('{"name": {}}', ".name", "bad_operand"),
        ('{"name": []}', ".name.equals", "bad_operand"),
        ('{"name": {"equals": ["a"]}}', ".name.equals", "bad_operand"),
        ('{"name": {"equals": {"equals": "a"}}}', ".name.equals", "bad_parameter"),
        ('{"name": {"in": "a"}}', ".name.in", "bad_operand"),
        ('{"name": {"in": [1]}}', ".name.in", "bad_parameter"),
        ('{"name": {"between": ["a"]}}', ".name.between", "bad_operand"),
        ('{"name": {"between": ["a", "b", "c"]}}', ".name.between", "bad_operand"),
        ('{"name": {"between": ["a", null]}}', ".name.between", "bad_parameter"),
        ('{"name": {"gt": null}}', ".name.gt", "bad_operand"),
        ('{"name": {"contains": null}}', ".name.contains", "bad_operand"),
        ('{"name": {"contains": ["a"]}}', ".name.contains", "bad_operand"),
        ('{"created_at": "yesterday"}', ".created_at.equals", "bad_parameter"),
        ('{"created_at": "2026-02-30"}', ".created_at.equals", "bad_parameter"),
        ('{"created_at": 1767225600}', ".created_at.equals", "bad_parameter"),
        ('{"created_at": {"contains": "2026"}}', ".created_at.contains", "bad_operand"),
        ('{"created_at": "0001-01-01T00:00:00+14:00"}', ".created_at.equals", "bad_parameter"),
        ('{"id": "nonsense"}', ".id.equals", "bad_parameter"),
        ('{"id": {"startsWith": "cust"}}', ".id.startsWith", "bad_operand"),
        ('{"metadata": "x"}', ".metadata", "bad_operand"),
        ('{"metadata": {"key": 5}}', ".metadata.key.equals", "bad_parameter"),
        ('{"metadata.": "x"}', ".metadata.", "bad_operand"),
        ('{"name.first": "x"}', ".name.first", "unknown_field"),
        # what cannot be text
        ('{"name": "\\u0000"}', ".name.equals", "bad_parameter"),
        ('{"name": "\\ud800"}', ".name.equals", "bad_parameter"),
        ('{"metadata": {"\\u0000": "x"}}', ".metadata.\0", "bad_operand"),
    ],
)
def test_a_query_that_makes_no_sense_is_refused(house: House, query: str, where: str, code: str) -> None:
    assert refused(house.alice.get("/customers", query=query)) == (400, {f"query{where}": code})


@pytest.mark.parametrize("key", ["\\ud800", "x\\udfff", "\\u0000"])
@pytest.mark.parametrize(
    "query", ['{"KEY": "x"}', '{"name": {"KEY": 1}}', '{"metadata.KEY": 1}', '{"metadata": {"KEY": 1}}']
)
def test_names_that_are_no_text_are_refused_too(house: House, query: str, key: str) -> None:
    status, issues = refused(house.alice.get("/customers", query=query.replace("KEY", key)))
    assert (status, len(issues)) == (400, 1)


def test_a_question_has_bounds(house: House) -> None:
    many = {"name": {"in": [f"n{at}" for at in range(100)]}}
    assert names(house, many) == []
    many["name"]["in"].append("one more")
    assert refused(house.alice.get("/customers", query=many)) == (400, {"query.name.in": "bad_operand"})
    fifty = {f"metadata.k{at}": {"not": "x"} for at in range(50)}
    assert names(house, {**fifty, "metadata.k0": "x"}) == []
    answer = house.alice.get("/customers", query={**fifty, "name": "x"})
    assert refused(answer) == (400, {"query": "bad_parameter"})
    assert names(house, {"name": "x" * 500}) == []
    answer = house.alice.get("/customers", query={"name": "x" * 501})
    assert refused(answer) == (400, {"query.name.equals": "bad_parameter"})
    long = json.dumps({"name": {"in": ["x" * 400] * 30}})
    assert refused(house.alice.get("/customers", query=long)) == (400, {})
