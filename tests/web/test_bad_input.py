"""What cannot be taken is refused in the right form, names the field, and leaves nothing behind."""

from collections.abc import Iterator
from typing import Any

import pytest

from billto.dialects.spaceinvoices.customers import CUSTOMER
from billto.dialects.spaceinvoices.entities import ENTITY
from billto.dialects.wire import Access, Table
from billto.domain.attrs import Attr, Kind
from tests.web.house import Caller, House, answered, refused

FIELDS = ("customer", "entity")


class Side:
    """One of the two resources: who writes it, where, and what is needed."""

    def __init__(self, house: House, name: str) -> None:
        self.table: Table = {"customer": CUSTOMER, "entity": ENTITY}[name]
        self.caller: Caller = {"customer": house.alice, "entity": house.live}[name]
        self.path = f"/{'customers' if name == 'customer' else 'entities'}"
        existing = house.cast.white_rabbit if name == "customer" else house.cast.studio
        self.one = f"{self.path}/{existing}"
        self.needed: dict[str, Any] = {"name": "A"} if name == "customer" else {"name": "A", "country": "SI"}

    def settable(self) -> dict[str, Attr]:
        """What a client may say, by its name on the wire."""
        return {
            row.wire: self.table.attrs[row.attr]
            for row in self.table.rows
            if row.attr is not None and row.access is not Access.RO
        }

    def refusals(self, body: Any) -> Iterator[tuple[int, dict[str, str]]]:
        """Of the same body at creation and in a change."""
        yield refused(self.caller.post(self.path, body))
        yield refused(self.caller.patch(self.one, body))


@pytest.fixture(params=FIELDS)
def side(request: pytest.FixtureRequest, shared: House) -> Iterator[Side]:
    """After whatever a test tried, nothing is stored that was not there before."""
    before = shared.dump()
    yield Side(shared, request.param)
    assert shared.dump() == before


def takes(attr: Attr, value: Any) -> bool:
    """Whether a value has a type that an attribute takes."""
    kinds: dict[Kind, Any] = {Kind.TEXT: str, Kind.BOOL: bool, Kind.MAP: dict, Kind.DECIMAL: (int, float)}
    if attr.kind is Kind.TREE:
        return isinstance(value, list if attr.name == "bank_accounts" else dict)
    return isinstance(value, kinds[attr.kind]) and (attr.kind is not Kind.DECIMAL or value is not True)


@pytest.mark.parametrize("value", [5, 1.5, True, "text", [], {}, ["text"], [[]], [None], -1, 0], ids=repr)
def test_a_value_of_another_type_is_refused_in_every_field(side: Side, value: Any) -> None:
    body = {name: value for name, attr in side.settable().items() if not takes(attr, value)}
    expected = (422, dict.fromkeys(body, "wrong_type"))
    assert list(side.refusals(side.needed | body)) == [expected] * 2


def test_null_is_refused_where_a_value_is_needed(side: Side) -> None:
    # Nothing said of metadata and settings is said by null as well.
    needed = [
        name
        for name, attr in side.settable().items()
        if not attr.nullable and name not in ("metadata", "settings", "environment")
    ]
    body = side.needed | dict.fromkeys(needed)
    assert list(side.refusals(body)) == [(422, dict.fromkeys(needed, "not_null"))] * 2


def test_a_text_that_is_too_long_is_refused_in_every_field(side: Side) -> None:
    texts = {name: attr for name, attr in side.settable().items() if attr.kind is Kind.TEXT}
    body = side.needed | {name: "é" * (attr.most + 1) for name, attr in texts.items()}
    assert list(side.refusals(body)) == [(422, dict.fromkeys(texts, "too_long"))] * 2
    body = side.needed | {"name": "x" * 900_000}
    assert list(side.refusals(body)) == [(422, {"name": "too_long"})] * 2


@pytest.mark.parametrize("text", ["a\0b", "\0", "\ud800", "x\udfff", "\udc00\ud800"], ids=ascii)
def test_what_no_database_can_keep_is_refused_in_every_text(side: Side, text: str) -> None:
    free = ("contact_type", "environment")
    texts = [n for n, attr in side.settable().items() if attr.kind is Kind.TEXT and n not in free]
    short = {
        n for n in texts if len(text) < side.table.attrs[n].least or len(text) > side.table.attrs[n].most
    }
    body = side.needed | dict.fromkeys(texts, text) | {"metadata": {"key": text}}
    expected = {n: "invalid_text" for n in texts if n not in short} | {"metadata.key": "invalid_text"}
    for status, issues in side.refusals(body):
        assert status == 422
        assert {n: code for n, code in issues.items() if n not in short} == expected


# At their limits: what the API's own schema says of entities (facts A8), and what is ours of customers.
LIMITS = {
    "customer": {
        "name": 500, "email": 320, "address": 500, "address_2": 500, "post_code": 50, "city": 255,
        "state": 255, "country": 255, "country_code": 10, "tax_number": 100, "company_number": 100,
        "peppol_id": 255, "peppol_scheme_id": 50,
    },
    "entity": {
        "name": 255, "email": 255, "address": 500, "address_2": 500, "post_code": 20, "city": 100,
        "state": 100, "country": 100, "locale": 20, "tax_number": 50, "tax_number_2": 50,
        "company_number": 50, "phone": 50, "website": 500, "fiscal_region_code": 10,
    },
}  # fmt: skip


@pytest.mark.parametrize("name", FIELDS)
def test_a_text_is_taken_up_to_its_limit(shared: House, name: str) -> None:
    side = Side(shared, name)
    body = {field: "🚀" * most for field, most in LIMITS[name].items()}
    code = {"country_code": "SI"} if name == "entity" else {}
    made = answered(side.caller.post(side.path, body | code), 201)
    assert {field: made[field] for field in body} == body
    assert answered(side.caller.get(f"{side.path}/{made['id']}")) == made


NONSENSE: list[Any] = ["nonsense", None, 5, [], {}, "ent_" + "1" * 24, "2001-01-01T00:00:00.000Z", True]


@pytest.mark.parametrize("value", NONSENSE, ids=repr)
@pytest.mark.parametrize("name", FIELDS)
def test_what_clients_may_not_say_is_passed_over(shared: House, name: str, value: Any) -> None:
    """Fields that are only shown, attributes that are not even shown, and names nobody knows."""
    side = Side(shared, name)
    shown = [row.wire for row in side.table.rows if row.access is Access.RO]
    hidden = [one for one in side.table.attrs if one not in side.table.by_wire]
    mass = dict.fromkeys(
        [*shown, *hidden, "search", "metadata_fold", "key_id", "is_admin", "__proto__"], value
    )
    made = answered(side.caller.post(side.path, side.needed | mass), 201)
    plain = answered(side.caller.post(side.path, side.needed), 201)
    own = ("id", "created_at", "updated_at")
    assert {k: v for k, v in made.items() if k not in own} == {k: v for k, v in plain.items() if k not in own}
    assert made["id"] != plain["id"]
    changed = side.caller.patch(f"{side.path}/{made['id']}", mass)
    assert (answered(changed), changed.headers["etag"]) == (made, '"1"')


DEEP = b'{"name": ' + b"[" * 1_000 + b"]" * 1_000 + b"}"
BODIES: list[tuple[bytes, int, dict[str, str]]] = [
    (b"", 400, {}),
    (b" \n", 400, {}),
    (b"{", 400, {}),
    (b'{"name": "A"', 400, {}),
    (b'{"name": "A"}}', 400, {}),
    (b'{"name": "A",}', 400, {}),
    (b"{'name': 'A'}", 400, {}),
    (b'{name: "A"}', 400, {}),
    (b'{"name": "A" /* x */}', 400, {}),
    (b"name=A", 400, {}),
    (b"\xff\xfe", 400, {}),
    (b'{"name": "\xff"}', 400, {}),
    (b'{"name": "\xed\xa0\x80"}', 400, {}),
    ('{"name": "A"}'.encode("utf-16"), 400, {}),
    (b'{"name": "a\nb"}', 400, {}),
    (b'{"name": "\\x"}', 400, {}),
    (b'{"name": NaN}', 400, {}),
    (b'{"name": Infinity}', 400, {}),
    (b'{"name": -Infinity}', 400, {}),
    (b'{"name": ' + b"9" * 5_000 + b"}", 400, {}),
    (b'{"name": 1.' + b"9" * 5_000 + b"}", 400, {}),
    (b'{"name": 1e999999999}', 400, {}),
    (b'{"name": -1e-999999999}', 400, {}),
    (b'{"name": 1e' + b"9" * 5_000 + b"}", 400, {}),
    (b"null", 422, {}),
    (b"true", 422, {}),
    (b"5", 422, {}),
    (b'"A"', 422, {}),
    (b"[]", 422, {}),
    (b'[{"name": "A"}]', 422, {}),
    (b'{"name": "A", "name": "B"}', 400, {"name": "duplicate_key"}),
    (b'{"name": "A", "metadata": {"a": "1", "a": "2"}}', 400, {"metadata.a": "duplicate_key"}),
    (b'{"name": "A", "x": [{"y": 1, "y": 2}]}', 400, {"x.0.y": "duplicate_key"}),
    (b'{"name": "A", "\\u0000": 1}', 422, {"\\u0000": "invalid_text"}),
    (b'{"name": "A", "\\ud800": 1}', 422, {"\\ud800": "invalid_text"}),
    (b'{"name": "A", "metadata": {"x\\udc00": "1"}}', 422, {"metadata.x\\udc00": "invalid_text"}),
    (DEEP, 400, {"body": "too_deep"}),
    (b"[" * 100_000, 400, {"body": "too_deep"}),
    (b'{"a":' * 100_000, 400, {"body": "too_deep"}),
    (b'{"name": "' + b"x" * 2_000_000 + b'"}', 413, {"body": "too_large"}),
    (b" " * 10_000_000, 413, {"body": "too_large"}),
    (b'{"name": "A", "x": [' + b"1," * 400_000 + b"1]}", 400, {}),
    (b"{" + b",".join(b'"k%d":1' % at for at in range(1_001)) + b"}", 400, {"body": "malformed"}),
]  # fmt: skip


def test_a_body_that_makes_no_sense_is_refused(side: Side) -> None:
    for body, status, issues in BODIES:
        assert list(side.refusals(body)) == [(status, issues)] * 2, body[:50]


NUMBERS: list[tuple[bytes, int, dict[str, str]]] = [
    (b"1000000000000000", 422, {"starting_capital": "out_of_range"}),
    (b"-1e15", 422, {"starting_capital": "out_of_range"}),
    (b"1e300", 422, {"starting_capital": "out_of_range"}),
    (b"0.0000001", 422, {"starting_capital": "out_of_range"}),
    (b"1e-7", 422, {"starting_capital": "out_of_range"}),
    (b"99999999999999999999", 400, {}),
    (b"01", 400, {}),
    (b"+1", 400, {}),
    (b"1.", 400, {}),
    (b".5", 400, {}),
    (b"0x10", 400, {}),
    (b"1_000", 400, {}),
]


def test_a_number_out_of_bounds_is_refused(shared: House) -> None:
    side, before = Side(shared, "entity"), shared.dump()
    for number, status, issues in NUMBERS:
        body = b'{"name": "A", "country": "SI", "starting_capital": ' + number + b"}"
        assert list(side.refusals(body)) == [(status, issues)] * 2, number
    assert shared.dump() == before


QUERIES = [
    b"limit=%00", b"limit=%ff", b"limit=%", b"limit=%zz", b"%ff=1", b"limit=1&limit=0", b"limit=1;limit=0",
    b"query=%7B", b"query=%FF", b"query=%22", b"query=[]", b"query=" + b"%5B" * 2_000, b"query=%00",
    b"order_by=%00", b"order_by=name%00", b"order_by=%ed%a0%80", b"order_by=" + b"x" * 5_000,
    b"search=%00", b"search=%ff", b"search=" + b"x" * 501, b"next_cursor=%00", b"next_cursor=%ff",
    b"prev_cursor=" + b"A" * 8_000, b"deleted=%00", b"include_total_count=%e2%82%ac", b"x" * 9_000,
    b"&".join(b"a%d=1" % at for at in range(201)), b"\xff\xfe", "limit=é".encode(), b"limit=\x00",
    b"query={%22name%22:{%22contains%22:{}}}", b"query={%22name%22:" + b"9" * 5_000 + b"}",
    b"query={%22created_at%22:1e999999}", b"query={%22name%22:1e9999999999}", b"query={%22name%22:NaN}",
    b"query={%22metadata.a%22:1e900000000}", b"limit[]=5&limit[gt]=1&limit=x",
]  # fmt: skip


def test_a_query_string_that_makes_no_sense_is_refused(shared: House) -> None:
    before = shared.dump()
    own = [(name.lower().encode(), value.encode()) for name, value in shared.alice.headers.items()]
    for path in ("/customers", "/entities"):
        for query in QUERIES:
            if b"deleted" in query and path == "/entities":
                continue
            assert refused(shared.raw("GET", path, query, own))[0] == 400, query[:50]
    assert shared.dump() == before


MUCH = b"x" * 60_000
HEADERS = [
    (b"authorization", b"\xff"), (b"authorization", b"Bearer \x00"), (b"authorization", b"Bearer " + MUCH),
    (b"x-entity-id", b"\xff"), (b"x-entity-id", b"\x00"), (b"x-entity-id", b"ent_" + MUCH),
    (b"x-account-id", b"\xe9"), (b"if-match", b"\xff"), (b"if-match", b'"' + b"9" * 60_000 + b'"'),
    (b"if-none-match", b"," * 60_000), (b"content-type", b"\xff"), (b"content-type", b"a/b;" * 9_999),
    (b"x-request-id", b"\r\nSet-Cookie: a=b"), (b"idempotency-key", MUCH), (b"content-length", b"-1"),
    (b"content-length", b"9" * 400), (b"accept", b"text/plain"), (b"accept-encoding", b"zstd"),
    (b"range", b"bytes=0-0"), (b"expect", b"100-continue"), (b"x-http-method-override", b"DELETE"),
    (b"cookie", b"\xff=\xff"),
]  # fmt: skip


def test_a_strange_header_is_refused_or_passed_over(shared: House) -> None:
    before = shared.dump()
    path = f"/customers/{shared.cast.white_rabbit}"
    for name, value in HEADERS:
        own = [(n.lower().encode(), v.encode()) for n, v in shared.alice.headers.items()]
        given = [*(one for one in own if one[0] != name), (name, value)]
        for method, body in (("GET", b""), ("PATCH", b"{}"), ("PATCH", b'{"name": ""}')):
            answer = shared.raw(method, path, headers=given, body=body)
            if answer.status_code >= 400:
                assert refused(answer)[0] < 500
            assert b"set-cookie" not in answer.raw_headers
    assert shared.dump() == before
