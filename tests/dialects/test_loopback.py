"""v1: its filters become trees of the domain, its refusals have LoopBack's form."""

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billto.dialects.asking import CONDITIONS_MAX, JOINS_DEPTH_MAX
from billto.dialects.dialect import Where
from billto.dialects.loopback import DIALECT, answers, filters
from billto.dialects.loopback.clients import CLIENT
from billto.dialects.loopback.filters import Form
from billto.dialects.loopback.lenient import BOOL, MOMENT, TEXT
from billto.dialects.loopback.organizations import ORGANIZATION
from billto.dialects.loopback.where import WORDS
from billto.dialects.wire import FIND
from billto.domain import customer
from billto.domain.problems import CODES, Problem, Refused
from billto.domain.query import All, Compare, Either, Missing, Node, Not, Op, Order, matches
from tests.store.records import examples

ID = "6595a27b5d35015c3ef0c3fd"
DAY = datetime(2025, 1, 1, tzinfo=UTC)
NOTHING = Either()


def where(tree: Any, **more: Any) -> Node:
    return filters.read(CLIENT, {"filter": (json.dumps({"where": tree, **more}),)}).query.where


def name(op: Op, value: Any) -> Compare:
    return Compare("name", op, value)


@pytest.mark.parametrize(
    ("tree", "node"),
    [
        ({}, All()),
        (None, All()),
        ({"name": "Acme"}, name(Op.EQ, "Acme")),
        ({"name": 5}, name(Op.EQ, "5")),
        ({"name": {"eq": "Acme"}}, name(Op.EQ, "Acme")),
        ({"name": {"neq": "Acme"}}, Not(name(Op.EQ, "Acme"))),
        ({"zip": None}, Missing("post_code")),
        ({"zip": {"neq": None}}, Not(Missing("post_code"))),
        ({"name": {"inq": ["A", "B"]}}, name(Op.IN, ("A", "B"))),
        ({"name": {"inq": "A"}}, name(Op.IN, ("A",))),
        ({"email": {"nin": ["A", None]}}, Not(Either((Compare("email", Op.IN, ("A",)), Missing("email"))))),
        ({"type": "customer"}, Compare("contact_type", Op.EQ, "buyer")),
        ({"isEndCustomer": "1"}, Compare("is_end_consumer", Op.EQ, True)),
        ({"id": f"cust_{ID}"}, Compare("id", Op.EQ, ID)),
        ({"id": "no id"}, Compare("id", Op.EQ, "no id")),
        ({"createdAt": {"gt": "2025-01-01"}}, Compare("created_at", Op.GT, DAY)),
        ({"createdAt": {"lte": 1735689600000}}, Compare("created_at", Op.LE, DAY)),
        ({"name": {"between": ["A", "B"]}}, All((name(Op.GE, "A"), name(Op.LE, "B")))),
        ({"name": {"gte": "A", "lt": "B"}, "city": "Koper"},
         All((name(Op.GE, "A"), name(Op.LT, "B"), Compare("city", Op.EQ, "Koper")))),
        ({"and": [{"name": "A"}, {"or": [{"name": "B"}, {}]}]},
         All((name(Op.EQ, "A"), Either((name(Op.EQ, "B"), All()))))),
        ({"or": []}, NOTHING),
        ({"nor": [{"name": "A"}]}, Not(Either((name(Op.EQ, "A"),)))),
        ({"_isDeleted": True}, Not(Missing("deleted_at"))),
        ({"_isDeleted": {"neq": "true"}}, Not(Not(Missing("deleted_at")))),
        # What no client has: nothing equals it, and everything else does not.
        ({"colour": "red"}, NOTHING),
        ({"colour": None}, All()),
        ({"colour": {"neq": "red"}}, Not(NOTHING)),
        ({"colour": {"nin": ["red"]}}, Not(NOTHING)),
        ({"colour": {"inq": ["red", None]}}, Either((NOTHING, All()))),
        ({"colour": {"between": [1, 2]}}, All((NOTHING, NOTHING))),
        ({"colour": {"regexp": "red"}}, NOTHING),
        ({"name.first": "A"}, NOTHING),
        ({"name": {"near": "1,2"}}, NOTHING),
        ({"name": {"foo": "A", "eq": "B"}}, All((NOTHING, name(Op.EQ, "B")))),
    ],
)  # fmt: skip
def test_a_where_becomes_a_tree(tree: Any, node: Any) -> None:
    assert where(tree) == node


@pytest.mark.parametrize(
    ("word", "pattern", "op", "text"),
    [
        ("like", "Acme", Op.CONTAINS, "Acme"),
        ("like", "%Acme%", Op.CONTAINS, "Acme"),
        ("like", "Acme%", Op.STARTS, "Acme"),
        ("like", "%Acme", Op.ENDS, "Acme"),
        ("like", ".*Acme.*", Op.CONTAINS, "Acme"),
        ("like", "^Acme", Op.STARTS, "Acme"),
        ("like", "^Acme.*", Op.STARTS, "Acme"),
        ("like", "^.*Acme", Op.CONTAINS, "Acme"),
        ("like", "Acme$", Op.ENDS, "Acme"),
        ("like", "^Acme$", Op.SAME, "Acme"),
        ("like", "ana@acme.example", Op.CONTAINS, "ana@acme.example"),
        ("like", r"a\.b\%", Op.CONTAINS, "a.b%"),
        ("like", "a_b", Op.CONTAINS, "a_b"),
        ("like", "", Op.CONTAINS, ""),
        ("like", "%", Op.CONTAINS, ""),
        ("like", "^$", Op.SAME, ""),
        ("ilike", "%x", Op.ENDS, "x"),
        ("regexp", "^2018", Op.STARTS, "2018"),
        ("regexp", "/acme/i", Op.CONTAINS, "acme"),
        ("regexp", "/^acme$/", Op.SAME, "acme"),
        ("regexp", r"/a\/b\.c\$/gi", Op.CONTAINS, "a/b.c$"),
        ("regexp", "5%", Op.CONTAINS, "5%"),
        ("regexp", "/a/b", Op.CONTAINS, "/a/b"),
    ],
)
def test_patterns_that_say_plain_things_are_those(word: str, pattern: str, op: Op, text: str) -> None:
    assert where({"name": {word: pattern, "options": "i"}}) == name(op, text)
    if word in ("like", "ilike"):
        not_so = {"like": "nlike", "ilike": "nilike"}[word]
        assert where({"name": {not_so: pattern}}) == Not(name(op, text))


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "a|b", "[ab]", "a.b", "a+", r"\d", "a\\", "a^", "$a", "a{2}", "a.*b"]
)
def test_other_patterns_are_refused(pattern: str) -> None:
    with pytest.raises(Refused) as refused:
        where({"name": {"regexp": pattern}})
    assert refused.value.problems[0].path == ("where", "name", "regexp")
    assert "needs a text, perhaps with ^" in refused.value.problems[0].sentence


def test_in_like_only_a_single_dot_is_plain() -> None:
    for pattern in ("a%b", "a.*b", "(a)", "a?"):
        with pytest.raises(Refused):
            where({"name": {"like": pattern}})


@examples(300)
@given(
    st.text("aB.*%_$^\\/(", max_size=4),
    st.sampled_from(["", "^", "^.*"]),
    st.sampled_from(["", "$", ".*$"]),
    st.data(),
)
def test_a_pattern_means_what_the_expression_means(text: str, before: str, after: str, data: Any) -> None:
    pattern = f"{before}{re.escape(text)}{after}"
    about = data.draw(
        st.text("aB.*%_$^\\/(", min_size=1, max_size=6) | st.just(f"a{text}") | st.just(f"{text}b")
    )
    record = customer.made({"name": about}, entity_id=ID, id=ID, now=DAY)
    for asked in ({"regexp": f"/{pattern}/"}, {"like": pattern.replace("%", r"\%")}):
        found = re.search(pattern, about, re.IGNORECASE | re.DOTALL) is not None
        assert matches(where({"name": asked}), record) is found


def refusal(given: Any) -> tuple[int, str]:
    with pytest.raises(Refused) as refused:
        filters.read(CLIENT, {"filter": (given if isinstance(given, str) else json.dumps(given),)})
    said = answers.failure(refused.value, Where())
    return said.status, said.body["error"]["message"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("notjson", "Value is not an object."),
        ("[]", "Value is not an object."),
        ('{"limit": 1, "limit": 2}', "Value is not an object."),
        ("[" * 5000, "Value is not an object."),
        ({"where": 5}, "Value is not an object."),
        ({"limit": "abc"}, 'The limit parameter "abc" is not valid'),
        ({"limit": -1}, 'The limit parameter "-1" is not valid'),
        ({"limit": 0}, 'The limit parameter "0" is not valid'),
        ({"limit": 1.5}, 'The limit parameter "1.5" is not valid'),
        ({"skip": -1}, 'The skip parameter "-1" is not valid'),
        ({"offset": "x"}, 'The offset parameter "x" is not valid'),
        ({"deleted": "maybe"}, 'The deleted parameter "maybe" is not valid'),
        ({"include": "documents"}, 'include: Relation "documents" is not defined'),
        ({"order": "name UP"}, "order.name: is followed by ASC or DESC"),
        ({"order": 5}, "order: is a text such as name DESC, or a list of them"),
        ({"order": ["name"] * 6}, "order: takes at most 5 properties"),
        ({"fields": 5}, "fields: is a list of names, or an object that says true or false for each"),
        ({"where": {"and": {}}}, "where.and: needs a list of objects"),
        ({"where": {"name": {}}}, f"where.name: needs one of {', '.join(WORDS)}"),
        ({"where": {"name": ["A"]}}, "where.name.eq: needs a value"),
        ({"where": {"name": {"gt": None}}}, "where.name.gt: needs a value"),
        ({"where": {"name": {"between": ["A"]}}}, "where.name.between: needs a list of two values"),
        ({"where": {"note": {"like": "x"}}}, "where.note.like: needs a text, and a field that holds text"),
        ({"where": {"createdAt": "yesterday"}},
         "where.createdAt.eq: must be a moment such as 2025-01-31T12:00:00.000Z"),
        ({"where": {"custom": {"a": 1}}}, "where.custom: needs a key: custom.key"),
        ({"where": {"custom.k": {"gt": 5}}},
         "where.custom.k.gt: needs a text: values of custom are ordered as texts only"),
        ({"where": {"or": [{"name": "x"}] * CONDITIONS_MAX}},
         f"where: has more than {CONDITIONS_MAX} conditions"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_a_bad_request(given: Any, message: str) -> None:
    assert refusal(given) == (400, message)


def test_conditions_that_ask_nothing_are_counted_too() -> None:
    for name in ("and", "or", "nor"):
        status, message = refusal({"where": {name: [{}] * CONDITIONS_MAX}})
        assert (status, message) == (400, f"where: has more than {CONDITIONS_MAX} conditions")


def test_joins_nest_only_so_deep() -> None:
    tree: Any = {"name": "A"}
    for _ in range(JOINS_DEPTH_MAX - 1):
        tree = {"and": [tree]}
    where(tree)
    assert refusal({"where": {"or": [tree]}}) == (
        400,
        f"where.and: nests deeper than {JOINS_DEPTH_MAX} levels",
    )


def test_what_no_question_can_reach_is_refused_by_name() -> None:
    for wire in ("IBAN", "bank", "SWIFT", "_data", "unitId", "unitIds", "deletedId"):
        status, message = refusal({"where": {wire: "x"}})
        assert (status, message.partition(";")[0]) == (
            400,
            f"where.{wire}: is not a field that may be asked for",
        )
    assert set(CLIENT.by_wire) - set(CLIENT.names(FIND)) == {
        "IBAN", "bank", "SWIFT", "_data", "unitId", "unitIds", "deletedId", "custom", "_isDeleted",
    }  # fmt: skip


NAME_DOWN = (Order("name", True), Order("id", True))


@pytest.mark.parametrize(
    ("given", "order"),
    [
        (None, (Order("id"),)),
        ("name", (Order("name"), Order("id"))),
        ("name DESC", NAME_DOWN),
        ("name desc", NAME_DOWN),
        (["name DESC", "city ASC"], (Order("name", True), Order("city"), Order("id"))),
        ("name DESC, city", (Order("name", True), Order("city"), Order("id"))),
        ({"name": "DESC"}, NAME_DOWN),
        ({"field": "name", "sort": "DESC"}, NAME_DOWN),
        ({"field": "name"}, (Order("name"), Order("id"))),
    ],
)
def test_an_order_is_said_in_many_ways(given: Any, order: Any) -> None:
    assert filters.read(CLIENT, {"filter": (json.dumps({"order": given}),)}).query.order == order


@pytest.mark.parametrize(
    ("given", "only", "without"),
    [
        (["name", "id"], {"name", "id"}, set()),
        ("name,id", {"name", "id"}, set()),
        ([], None, set()),
        ({"name": True}, {"name"}, set()),
        ({"note": False}, None, {"note"}),
        ({"name": "1", "note": "false"}, {"name"}, {"note"}),
    ],
)
def test_fields_are_chosen_or_left_out(given: Any, only: Any, without: Any) -> None:
    form: Form = filters.read(CLIENT, {"filter": (json.dumps({"fields": given}),)}).form
    assert (form.only, form.without) == (only and frozenset(only), frozenset(without))


@pytest.mark.parametrize(
    "given",
    [
        "organization",
        ["organization"],
        {"relation": "organization"},
        [{"relation": "organization", "scope": {}}],
        {"organization": "account"},
    ],
)
def test_a_relation_is_included_in_many_ways(given: Any) -> None:
    assert filters.read(CLIENT, {"filter": (json.dumps({"include": given}),)}).form.include == (
        "organization",
    )
    with pytest.raises(Refused):
        filters.read(ORGANIZATION, {"filter": (json.dumps({"include": given}),)})


def test_brackets_and_json_and_bodies_are_one_question() -> None:
    asked = {"where": {"name": {"inq": ["A", "B"]}, "isEndCustomer": True}, "order": "name DESC", "limit": 7,
             "skip": 3, "deleted": True, "fields": {"name": True}}  # fmt: skip
    question = filters.read(CLIENT, {"filter": (json.dumps(asked),)})
    brackets = {
        "filter[where][name][inq][0]": ("A",), "filter[where][name][inq][1]": ("B",),
        "filter[where][isEndCustomer]": ("1",), "filter[order][0]": ("name DESC",), "filter[limit]": ("7",),
        "filter[skip]": ("3",), "filter[deleted]": ("1",), "filter[fields][name]": ("1",),
    }  # fmt: skip
    assert filters.read(CLIENT, brackets) == question
    for body in (asked, {"filter": asked}, {"filter": json.dumps(asked)}):
        assert filters.read(CLIENT, {}, body) == question
    assert filters.read(CLIENT, {"filter": (json.dumps(asked),)}, {"limit": 1}) == question
    assert (question.query.limit, question.query.skip, question.query.trashed) == (7, 3, None)


def test_rubbish_in_the_body_of_a_get_is_no_question() -> None:
    plain = filters.read(CLIENT, {})
    rubbish: tuple[Any, ...] = ({}, [], 5, "x", None, {"a": 1}, {"filter": 5}, {"filter": "x"})
    for body in rubbish:
        assert filters.read(CLIENT, {}, body) == plain
    assert (plain.query.limit, plain.query.skip, plain.query.trashed) == (100, 0, False)
    for text in ("", "null", "{}"):
        assert filters.read(CLIENT, {"filter": (text,)}) == plain


def test_a_larger_limit_is_cut() -> None:
    assert filters.read(CLIENT, {"filter[limit]": ("100000",)}).query.limit == 100


def test_a_count_takes_a_condition_from_where_it_stands() -> None:
    node = name(Op.EQ, "A")
    assert filters.read_where(CLIENT, {"where": ('{"name": "A"}',)}, None) == node
    assert filters.read_where(CLIENT, {"where[name]": ("A",)}, None) == node
    assert filters.read_where(CLIENT, {}, {"where": {"name": "A"}}) == node
    assert filters.read_where(CLIENT, {}, {"filter": {"where": {"name": "A"}}}) == node
    assert filters.read_where(CLIENT, {"filter": ('{"where": {"name": "A"}}',)}, None) == All()


def test_values_are_read_as_loopback_reads_them() -> None:
    assert [TEXT.decode(one) for one in ("x", 5, True, Decimal("2.50"), Decimal("1E3"))] == [
        "x", "5", "true", "2.5", "1000",
    ]  # fmt: skip
    assert [BOOL.decode(one) for one in (True, 1, "1", "TRUE", 0, "0", "false", "", 5)] == [
        *[True] * 4, *[False] * 4, True,
    ]  # fmt: skip
    assert MOMENT.decode("2025-01-01 00:00:00.000Z") == DAY
    for codec, value in ((TEXT, []), (TEXT, {}), (BOOL, "yes"), (BOOL, []), (MOMENT, True), (MOMENT, 10**18)):
        with pytest.raises(Refused):
            codec.decode(value)


@pytest.mark.parametrize("code", CODES)
def test_every_refusal_has_the_form_of_loopback(code: str) -> None:
    for path in ((), ("name",)):
        said = answers.failure(Refused(Problem(code, path, "x")), Where("GET", "/v1/x"))
        error = said.body["error"]
        assert error["statusCode"] == said.status
        assert error["name"] in ("Error", "SyntaxError", "ValidationError")
        assert error["message"]
        assert ("details" in error) == (said.status == 422 and path != ())
        assert said.status not in (403, 405)


def test_no_route_is_written_twice() -> None:
    places = [(one.method, one.path.lower()) for one in DIALECT.routes]
    assert len(set(places)) == len(places)
