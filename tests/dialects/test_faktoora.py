"""faktoora: its questions become trees of the domain, its lists and refusals have its form."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billto.dialects import faktoora
from billto.dialects.dialect import Asked, Listed, Route
from billto.dialects.faktoora import answers, query
from billto.dialects.faktoora.customers import CUSTOMER
from billto.dialects.faktoora.keys import KEY
from billto.dialects.faktoora.people import CONTACTS, DELIVERY_ADDRESSES
from billto.domain.account import Key, status
from billto.domain.customer import made
from billto.domain.paging import unambiguous
from billto.domain.places import post_code_problems
from billto.domain.problems import CODES, Problem, Refused
from billto.domain.query import All, Compare, Op, Order, Page, Query, Words
from tests.store.records import examples

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
ID = "6595a27b5d35015c3ef0c3fd"


def test_all_parameters_make_one_question() -> None:
    asked = query.read(
        CUSTOMER,
        {
            "page": ("3",),
            "perPage": ("20",),
            "sort": ("customerId",),
            "order": ("desc",),
            "category": ("Shop",),
            "keywords[]": ("Žiga  ACME", "x"),
            "relationFields[0]": ("user",),
            "unknown": ("1",),
        },
    )
    assert asked == Asked(
        Query(
            where=All((Compare("category", Op.EQ, "Shop"), Words("ziga"), Words("acme"), Words("x"))),
            order=(Order("number", True), Order("id", True)),
            limit=20,
            skip=40,
        )
    )


def test_without_parameters_a_question_has_defaults() -> None:
    for table in (CUSTOMER, KEY):
        assert query.read(table, {}).query == Query(order=unambiguous(()), limit=25)


def test_a_list_has_its_envelope() -> None:
    page = Page((), 7, has_next=True, has_previous=False)
    said = answers.listing(Listed(CUSTOMER, page, Query(limit=2, skip=4)))
    assert said.body == {"data": [], "meta": {"page": 3, "perPage": 2, "totalItems": 7, "totalPages": 4}}


def test_a_refusal_says_every_problem_with_its_field() -> None:
    refused = Refused(Problem("required", ("city",)), Problem("too_long", ("extras", "a"), "250"))
    assert answers.failure(refused) == (
        400,
        {
            "code": "BAD_REQUEST",
            "statusCode": 400,
            "message": "city: is required; extras.a: must have at most 250 characters",
        },
        {},
    )
    assert answers.failure(Refused(Problem("unauthorized"))).headers == {"WWW-Authenticate": "Bearer"}
    assert answers.failure(Refused(Problem("busy"), retry_seconds=3)).headers == {"Retry-After": "3"}
    assert "x\\ud800" in answers.failure(Refused(Problem("unknown_field", ("x\ud800",), "a"))).body["message"]


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_name_by_its_status(code: str) -> None:
    failure = answers.failure(Refused(Problem(code, ("field",), "x")))
    assert failure.body["code"] == answers.NAMES[failure.status]
    assert failure.status == (400 if CODES[code].status == 422 else CODES[code].status)


def test_every_address_has_both_numbers_of_the_word() -> None:
    of_customers: Mapping[tuple[str, str], Route] = {
        (route.method, route.path): route
        for route in faktoora.DIALECT.routes
        if route.table is CUSTOMER and "import" not in route.path
    }
    for (method, path), route in of_customers.items():
        start, slash, rest = path[1:].partition("/")
        other = of_customers[method, f"/{'customer' if start == 'customers' else 'customers'}{slash}{rest}"]
        assert (other.does, other.verb) == (route.does, route.verb)
    assert {route.table for route in faktoora.KEYS.routes} == {KEY}


@pytest.mark.parametrize(
    ("expires", "revoked", "word"),
    [
        (None, None, "active"),
        (datetime(2026, 5, 8, 12, 0, 0, 1000, tzinfo=UTC), None, "active"),
        (datetime(2026, 5, 8, 12, tzinfo=UTC), None, "expiring_soon"),
        (datetime(2026, 5, 1, 12, 0, 0, 1000, tzinfo=UTC), None, "expiring_soon"),
        (NOW, None, "expired"),
        (NOW, NOW, "revoked"),
    ],
)
def test_a_key_has_a_status(expires: datetime | None, revoked: datetime | None, word: str) -> None:
    key = Key(ID, ID, "live", "hint", "digest", NOW, expires_at=expires, revoked_at=revoked)
    assert status(key, NOW) == word


@given(st.text(max_size=8), st.sampled_from(["DE", "AT", "CH"]))
def test_a_post_code_with_a_form_is_digits_in_ascii(text: str, code: str) -> None:
    fits = text.isascii() and text.isdigit() and len(text) == (5 if code == "DE" else 4)
    assert (post_code_problems(code, text) == ()) == (fits or not text)


WORDS = st.sampled_from(["Eva", "Muster", "", "x"])
SAID = st.dictionaries(
    st.sampled_from(["firstName", "lastName", "email", "position", "phoneNo", "room", "desk"]),
    st.none() | WORDS,
)
OTHERS: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {"id": st.just(ID), "serial": st.just(7)},
    optional={
        "name": WORDS, "first_name": WORDS | st.none(), "last_name": WORDS, "department": WORDS,
        "is_sms_enabled": st.booleans(), "more": st.dictionaries(st.sampled_from(["room", "badge"]), WORDS),
    },
)  # fmt: skip


def woven(item: Any, said: Any) -> Any:
    (one,) = CONTACTS.sets([said])["contacts"]([item])
    return one


@examples(200)
@given(OTHERS, SAID)
def test_a_person_that_is_merged_loses_nothing_that_was_not_named(item: Any, said: Any) -> None:
    after = woven(item, {"id": ID, **said})
    for name in ("id", "serial", "department", "is_sms_enabled"):
        assert after.get(name) == item.get(name)
    assert (after.get("more") or {}).items() >= {
        key: value for key, value in item.get("more", {}).items() if key not in said
    }.items()
    shown = CONTACTS.shown(_customer(contacts=[after]))[0]
    for key, value in said.items():
        if key not in ("firstName", "lastName"):
            assert shown[key] == value
    assert woven(after, shown) == after
    if said.get("lastName"):
        assert shown["lastName"] == said["lastName"]
        # A name in one piece stays as it is while the parts of it are sent back unchanged.
        if said["lastName"] != item.get("last_name"):
            assert after["name"].endswith(said["lastName"])


def test_what_is_unknown_of_an_address_is_echoed() -> None:
    (edit,) = DELIVERY_ADDRESSES.sets([{"name": "Lager", "dock": {"no": 7}}]).values()
    assert edit(None) == [{"name": "Lager", "more": {"dock": {"no": 7}}}]
    assert edit([{"id": ID, "name": "Old"}]) == [{"name": "Lager", "more": {"dock": {"no": 7}}}]


def _customer(**values: Any) -> Any:
    return made({"name": "Acme", **values}, entity_id=ID, id=ID, now=NOW)
