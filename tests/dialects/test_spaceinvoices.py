"""Space Invoices: its questions become trees of the domain, its refusals have its form."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from billto.dialects.dialect import Asked, Listed
from billto.dialects.spaceinvoices import answers, query
from billto.dialects.spaceinvoices.customers import CUSTOMER
from billto.dialects.spaceinvoices.entities import ENTITY
from billto.domain.paging import unambiguous
from billto.domain.problems import CODES, Problem, Refused
from billto.domain.query import All, Compare, Either, Missing, Not, Op, Order, Page, Query, Words

ID = "6595a27b5d35015c3ef0c3fd"
DAY = datetime(2025, 1, 1, tzinfo=UTC)
DAY_LAST = datetime(2025, 1, 1, 23, 59, 59, 999_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tree", "node"),
    [
        ({}, All()),
        ({"name": "Acme"}, Compare("name", Op.EQ, "Acme")),
        ({"name": {"equals": "Acme"}}, Compare("name", Op.EQ, "Acme")),
        ({"email": None}, Missing("email")),
        ({"email": {"not": None}}, Not(Missing("email"))),
        ({"name": {"not": "Acme"}}, Not(Compare("name", Op.EQ, "Acme"))),
        ({"name": {"in": ["A", "B"]}}, Compare("name", Op.IN, ("A", "B"))),
        ({"name": {"in": []}}, Compare("name", Op.IN, ())),
        ({"email": {"in": ["A", None]}}, Either((Compare("email", Op.IN, ("A",)), Missing("email")))),
        ({"name": {"notIn": ["A"]}}, Not(Compare("name", Op.IN, ("A",)))),
        ({"name": {"contains": "cm"}}, Compare("name", Op.CONTAINS, "cm")),
        ({"name": {"startsWith": "A"}}, Compare("name", Op.STARTS, "A")),
        ({"name": {"endsWith": "e"}}, Compare("name", Op.ENDS, "e")),
        ({"id": f"cus_{ID}"}, Compare("id", Op.EQ, ID)),
        ({"created_at": {"gt": "2025-01-01"}}, Compare("created_at", Op.GT, DAY_LAST)),
        ({"created_at": {"gte": "2025-01-01"}}, Compare("created_at", Op.GE, DAY)),
        ({"created_at": {"lt": "2025-01-01"}}, Compare("created_at", Op.LT, DAY)),
        ({"created_at": {"lte": "2025-01-01"}}, Compare("created_at", Op.LE, DAY_LAST)),
        (
            {"created_at": {"between": ["2025-01-01", "2025-01-01"]}},
            All((Compare("created_at", Op.GE, DAY), Compare("created_at", Op.LE, DAY_LAST))),
        ),
        (
            {"created_at": {"between": ["2025-01-01", "2025-01-01T00:00:00Z"]}},
            All((Compare("created_at", Op.GE, DAY), Compare("created_at", Op.LE, DAY))),
        ),
        (
            {"name": {"gte": "A", "lt": "B"}, "city": "Koper"},
            All(
                (
                    Compare("name", Op.GE, "A"),
                    Compare("name", Op.LT, "B"),
                    Compare("city", Op.EQ, "Koper"),
                )
            ),
        ),
        ({"metadata.a.b": "x"}, Compare("metadata", Op.EQ, "x", "a.b")),
        ({"metadata": {"a.b": {"equals": "x"}}}, Compare("metadata", Op.EQ, "x", "a.b")),
        ({"metadata": {"a": None}}, Missing("metadata", "a")),
        (
            {"metadata": {"a": {"in": ["x", None]}}},
            Either((Compare("metadata", Op.IN, ("x",), "a"), Missing("metadata", "a"))),
        ),
    ],
)
def test_a_query_becomes_a_tree(tree: Any, node: Any) -> None:
    assert query.read(CUSTOMER, {"query": (json.dumps(tree),)}).query.where == node


def test_all_parameters_make_one_question() -> None:
    question = query.read(
        CUSTOMER,
        {
            "limit": ("25",),
            "order_by": ("-name", "city"),
            "query": ('{"city": "Koper"}',),
            "search": ("Žiga  ACME",),
            "include_total_count": ("false",),
            "deleted": ("true",),
            "prev_cursor": ("place",),
        },
    )
    assert question == Asked(
        Query(
            where=All((Compare("city", Op.EQ, "Koper"), Words("ziga"), Words("acme"))),
            order=(Order("name", True), Order("city"), Order("id")),
            limit=25,
            trashed=True,
            counted=False,
        ),
        "place",
        True,
    )


def test_without_parameters_a_question_has_defaults() -> None:
    assert query.read(CUSTOMER, {}) == Asked(Query(order=unambiguous(())))
    assert query.read(ENTITY, {"environment": ("sandbox",)}).environment == "sandbox"


def test_of_a_parameter_given_twice_the_last_one_counts() -> None:
    assert query.read(CUSTOMER, {"limit": ("5", "7")}).query.limit == 7


def test_a_list_has_its_envelope() -> None:
    page = Page((), None, has_next=True, has_previous=False)
    assert answers.listing(Listed(CUSTOMER, page, Query(), next_cursor="next")).body == {
        "data": [],
        "pagination": {"total": -1, "next_cursor": "next", "prev_cursor": None, "has_more": True},
    }


def test_a_refusal_lists_every_problem_with_its_path() -> None:
    refused = Refused(Problem("required", ("name",)), Problem("too_long", ("metadata", "a"), "250"))
    assert answers.failure(refused) == (
        422,
        {
            "code": "unprocessable_entity",
            "message": "name: is required; metadata.a: must have at most 250 characters",
            "cause": {
                "name": "ValidationError",
                "issues": [
                    {"path": ["name"], "code": "required", "message": "is required"},
                    {
                        "path": ["metadata", "a"],
                        "code": "too_long",
                        "message": "must have at most 250 characters",
                    },
                ],
            },
        },
        {},
    )


def test_a_refusal_without_a_place_has_no_cause() -> None:
    assert answers.failure(Refused(Problem("not_found", detail="Customer"))) == (
        404,
        {"code": "not_found", "message": "Customer not found"},
        {},
    )
    assert answers.failure(Refused(Problem("unauthorized"))).headers == {"WWW-Authenticate": "Bearer"}
    assert answers.failure(Refused(Problem("busy"), retry_seconds=3)).headers == {"Retry-After": "3"}


def test_what_utf_8_cannot_hold_is_shown_as_an_escape() -> None:
    body = answers.failure(Refused(Problem("unknown_field", ("query", "x\ud800"), "name"))).body
    assert json.dumps(body, ensure_ascii=False).encode()
    assert body["cause"]["issues"][0]["path"] == ["query", "x\\ud800"]


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_name_by_its_status(code: str) -> None:
    failure = answers.failure(Refused(Problem(code, ("field",), "x")))
    assert failure.status == CODES[code].status
    assert failure.body["code"] == answers.NAMES[failure.status]
