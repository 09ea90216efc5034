"""Whatever is sent, the answer is below 500 and in its form; and what was taken is what is kept."""

import json
from typing import Any
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from billto.dialects.spaceinvoices.balances import STATEMENT_PARAMS
from billto.dialects.spaceinvoices.payments import METHODS as PAID_BY
from billto.dialects.spaceinvoices.query import PARAMS, WORDS
from billto.dialects.spaceinvoices.routes import ROUTES
from billto.domain.payment import APPLIED, REFUNDED
from billto.domain.settings import TREE
from billto.domain.statement_run import WEEKDAYS
from billto.web.server import _BESIDE
from billto.wiring import DIALECTS
from tests.store.records import examples
from tests.web.house import Caller, House, Raw, refused

# All of Unicode, and again and again the signs that break things.
NASTY = "\0\x1f\x7f%_\\'\"{}[]$.*- \ud800\udfff\ufeff\u200d\u0301ßıİ😀"
SIDES = ("document_id", "source_id")
TEXT = st.text(st.sampled_from(NASTY) | st.characters(), max_size=12)
TABLES = tuple(dict.fromkeys(route.table for route in ROUTES))
FIELDS = st.sampled_from(sorted({name for table in TABLES for name in table.by_wire}))
NUMBERS = (
    st.integers() | st.floats() | st.sampled_from([2**53, 2**53 + 1, -(2**63), 10**400, 1e308, 0.1, -0.0])
)
LEAVES = st.none() | st.booleans() | NUMBERS | TEXT
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(FIELDS | TEXT, inner, max_size=5),
    max_leaves=12,
)
SETTINGS = st.dictionaries(st.sampled_from(sorted(TREE.fields)), TREES, max_size=3)
# What comes near to a payment, credit, an item or a tax; "@rabbit" is put in place of a customer's id.
AMOUNTS = st.sampled_from([0, 1, 5, 10.5, -3, 0.00001, 1e12, "5"])
APPLICATIONS = st.lists(
    st.fixed_dictionaries(
        {"type": st.sampled_from([*APPLIED, *REFUNDED, "x"]), "amount": AMOUNTS | st.none()},
        optional={name: st.sampled_from(["@rabbit", "inv_" + "0" * 24, "x"]) for name in SIDES},
    ),
    max_size=2,
)
OF_MONEY: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"customer_id": st.just("@rabbit"), "amount": AMOUNTS},
    optional={
        "applications": APPLICATIONS,
        "type": st.sampled_from([*PAID_BY, "credit_note", "advance", "x"]),
        "date": st.sampled_from(["2026-02-30", "0001-01-01", "9999-12-31", "2026-05-01T10:00:00Z"]),
        "currency_code": st.sampled_from(["EUR", "jpy", "", "E1R"]),
        "price": AMOUNTS,
        "tax_rates": st.lists(st.fixed_dictionaries({"rate": AMOUNTS}), max_size=2),
        "taxes": st.lists(st.dictionaries(st.sampled_from(["rate", "tax_id", "classification"]), LEAVES)),
    },
)


# And to a run of statements.
OF_RUNS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"name": TEXT, "frequency": st.sampled_from(["monthly", "weekly", "once", "x"])},
    optional={
        "day": st.integers(-1, 33) | LEAVES,
        "weekday": st.sampled_from([*WEEKDAYS, "x"]),
        "date": st.sampled_from(["0001-01-01", "2026-05-01", "2031-12-31", "9999-12-31", "x"]),
        "hour": st.integers(-1, 25),
        "items": st.sampled_from(["all", "past_due", "x", None]),
        "min_balance": AMOUNTS,
        "min_balance_currency": st.sampled_from(["EUR", "jpy", "", "E1R"]),
        "past_due_days": st.integers(-1, 10_001) | LEAVES,
        "customer_metadata": st.dictionaries(TEXT, LEAVES, max_size=2),
        "subject": TEXT | st.just("{customer_name}" * 10),
        "customer_ids": st.lists(st.sampled_from(["@rabbit", "cust_" + "0" * 24, "x", 1]), max_size=3)
        | LEAVES,
        "start": st.sampled_from(["0001-01-01", "2026-05-01", "9999-12-31"]) | LEAVES,
        "end": st.sampled_from(["0001-01-01", "2026-05-01", "9999-12-31"]) | LEAVES,
    },
)


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """Bytes, trees, and trees that come near to what is wanted."""
    kind = draw(st.integers(0, 5))
    if kind == 0:
        return draw(st.binary(max_size=60))
    if kind == 1:
        return json.dumps(draw(TREES)).encode()
    near = draw(st.dictionaries(FIELDS, TREES, max_size=4))
    if kind in (3, 4):
        near |= {"name": draw(TEXT.filter(bool)), "country": draw(st.sampled_from(["SI", "US", "Италия"]))}
    if kind == 4:
        near |= {"metadata": draw(st.dictionaries(TEXT, TEXT, max_size=3)), "settings": draw(SETTINGS)}
    if kind == 5:
        near |= draw(OF_MONEY)
    return json.dumps(near, ensure_ascii=draw(st.booleans())).encode(errors="surrogatepass")


BESIDE = ["deleted", "environment", *(one.name for one in STATEMENT_PARAMS)]
CONDITIONS = st.dictionaries(
    FIELDS | TEXT | st.sampled_from(["metadata.a", "metadata.", "name.x"]),
    st.dictionaries(st.sampled_from(sorted(WORDS)) | TEXT, TREES, max_size=2) | TREES,
    max_size=3,
)


@st.composite
def queries(draw: st.DrawFn) -> bytes:
    """A query string: any bytes, or parameters that there are with anything in them."""
    if draw(st.integers(0, 4)) == 0:
        return draw(st.binary(max_size=40))
    names = st.sampled_from([one.name for one in PARAMS] + BESIDE)
    orders = FIELDS.map(lambda name: f"-{name}") | FIELDS
    plain_values = [
        "true",
        "false",
        "1",
        "100",
        "30,60",
        "open_item",
        "2026-05-01",
        "9999-12-31",
        "0001-01-01",
        "EUR",
    ]
    values = TEXT | CONDITIONS.map(json.dumps) | orders | st.sampled_from(plain_values)
    pairs = draw(st.lists(st.tuples(names | TEXT, values), max_size=4))
    plain = [(quote(n, errors="surrogatepass"), quote(v, errors="surrogatepass")) for n, v in pairs]
    return "&".join(f"{name}={value}" for name, value in plain).encode()


HEADERS = st.lists(
    st.tuples(
        st.sampled_from(
            [b"x-entity-id", b"x-account-id", b"x-request-id", b"idempotency-key", b"if-match",
             b"if-none-match", b"content-type", b"content-length", b"authorization", b"accept"]
        ),
        st.binary(max_size=20) | st.sampled_from([b'"1"', b"*", b"application/json", b"once", b"5"]),
    ),
    max_size=2,
)  # fmt: skip
PLAIN = TEXT.map(lambda text: text.encode(errors="replace").decode())


OTHER_DOORS = {one.prefix.strip("/").partition("/")[0] for one in DIALECTS if one.prefix}
METHODS = st.sampled_from(["GET", "POST", "PATCH", "DELETE"])


def is_api(path: str) -> bool:
    """Hypothesis reads the source and tries /livez: other doors have forms of their own."""
    first = path.strip("/").partition("/")[0]
    return first not in _BESIDE and first.lower() not in OTHER_DOORS


def own(caller: Caller) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in caller.headers.items()]


def in_form(answer: Raw) -> None:
    assert answer.status_code < 500, answer
    if answer.status_code >= 400:
        refused(answer)
    elif answer.status_code in (204, 304):
        assert answer.content == b""
    elif answer.headers["content-type"] == "application/pdf":
        assert answer.content.startswith(b"%PDF-")
    else:
        assert answer.json()
    assert answer.headers["x-request-id"]


@examples(150)
@given(data=st.data())
def test_every_route_answers_anything_in_its_form(shared: House, data: st.DataObject) -> None:
    route = data.draw(st.sampled_from(ROUTES))
    ids = [shared.cast.white_rabbit, shared.cast.mad_hatter, shared.cast.studio, shared.cast.mr_bucket]
    any_id = data.draw(st.sampled_from(ids) | PLAIN)
    path = route.path.format(id=any_id, external_id=any_id, round=any_id)
    caller = data.draw(st.sampled_from([shared.alice, shared.live, shared.charlie, shared.sandbox]))
    given_headers = data.draw(HEADERS)
    kept = [one for one in own(caller) if one[0] not in dict(given_headers)]
    body = data.draw(bodies()).replace(b"@rabbit", shared.cast.white_rabbit.encode())
    in_form(shared.raw(route.method, path, data.draw(queries()), kept + given_headers, body))


@examples(150)
@given(method=PLAIN | METHODS, path=PLAIN.filter(is_api), query=queries(), body=bodies())
def test_every_other_address_answers_in_form_too(
    shared: House, method: str, path: str, query: bytes, body: bytes
) -> None:
    for start in ("/", "/customers/", "/entities/"):
        in_form(shared.raw(method, start + path, query, own(shared.alice), body))


LISTS = (
    "/customers", "/payments", "/credit-adjustments", "/items", "/taxes", "/customers/{}/ledger", "/messages",
    "/files",
    "/statement-runs",
)  # fmt: skip


@examples(150)
@given(query=queries())
def test_every_question_is_answered_or_refused(shared: House, query: bytes) -> None:
    in_form(shared.raw("GET", "/entities", query, own(shared.live)))
    for path in (*LISTS, "/customers/{}/balance", "/customers/{}/statement", "/customers/{}/statement/pdf"):
        in_form(shared.raw("GET", path.format(shared.cast.white_rabbit), query, own(shared.alice)))


@examples(150)
@given(body=bodies(), changes=bodies())
def test_what_was_paid_is_answered_in_form(shared: House, body: bytes, changes: bytes) -> None:
    """Payments, credit and the catalog, near enough to be made now and then; and changed, or sent back."""
    rabbit = shared.cast.white_rabbit.encode()
    for path in ("/payments", "/refunds", "/credit-adjustments", "/items", "/taxes"):
        made = shared.raw("POST", path, headers=own(shared.alice), body=body.replace(b"@rabbit", rabbit))
        in_form(made)
        if made.status_code != 201:
            continue
        one = f"{path.replace('refunds', 'payments')}/{made.json()['id']}"
        assert shared.raw("GET", one, headers=own(shared.alice)).content == made.content
        again = shared.raw("PATCH", one, headers=own(shared.alice), body=made.content)
        assert (again.content, again.headers["etag"]) == (made.content, made.headers["etag"])
        in_form(shared.raw("PATCH", one, headers=own(shared.alice), body=changes.replace(b"@rabbit", rabbit)))
        in_form(shared.raw("DELETE", one, headers=own(shared.alice)))


@examples(100)
@given(said=OF_RUNS, changes=OF_RUNS)
def test_runs_of_statements_are_made_tried_and_started_or_refused(
    shared: House, said: dict[str, Any], changes: dict[str, Any]
) -> None:
    rabbit = shared.cast.white_rabbit.encode()
    first, then = (
        json.dumps(one).encode(errors="surrogatepass").replace(b"@rabbit", rabbit) for one in (said, changes)
    )
    made = shared.raw("POST", "/statement-runs", headers=own(shared.alice), body=first)
    in_form(made)
    if made.status_code != 201:
        return
    one = f"/statement-runs/{made.json()['id']}"
    assert shared.raw("GET", one, headers=own(shared.alice)).content == made.content
    again = shared.raw("PATCH", one, headers=own(shared.alice), body=made.content)
    assert (again.content, again.headers["etag"]) == (made.content, made.headers["etag"])
    in_form(shared.raw("GET", f"{one}/preview", headers=own(shared.alice)))
    in_form(shared.raw("PATCH", one, headers=own(shared.alice), body=then))
    in_form(shared.raw("POST", f"{one}/start", headers=own(shared.alice), body=first))
    in_form(shared.raw("PATCH", one, headers=own(shared.alice), body=then))
    in_form(shared.raw("GET", f"{one}/rounds", headers=own(shared.alice)))
    in_form(shared.raw("DELETE", one, headers=own(shared.alice)))


@examples(150)
@given(body=bodies(), changes=bodies())
def test_what_was_taken_is_what_is_kept(shared: House, body: bytes, changes: bytes) -> None:
    for caller, path in ((shared.alice, "/customers"), (shared.live, "/entities")):
        made = shared.raw("POST", path, headers=own(caller), body=body)
        in_form(made)
        if made.status_code != 201:
            continue
        one = f"{path}/{made.json()['id']}"
        assert shared.raw("GET", one, headers=own(caller)).content == made.content
        changed = shared.raw("PATCH", one, headers=own(caller), body=changes)
        in_form(changed)
        kept: Any = changed if changed.status_code == 200 else made
        assert shared.raw("GET", one, headers=own(caller)).content == kept.content
        # What was answered may be sent back, and changes nothing.
        again = shared.raw("PATCH", one, headers=own(caller), body=kept.content)
        assert (again.content, again.headers["etag"]) == (kept.content, kept.headers["etag"])
