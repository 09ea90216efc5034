"""v1: whatever is sent, the answer is below 500 and in its form."""

import json
from typing import Any
from urllib.parse import quote, urlencode

from hypothesis import given
from hypothesis import strategies as st

from billto.dialects.loopback.catalog import ITEM, TAX
from billto.dialects.loopback.clients import CLIENT
from billto.dialects.loopback.documents import DOCUMENT
from billto.dialects.loopback.organizations import ORGANIZATION
from billto.dialects.loopback.payments import PAYMENT
from billto.dialects.loopback.routes import ROUTES
from billto.dialects.loopback.where import JOINS, WORDS
from tests.store.records import examples
from tests.web.house import House, Raw
from tests.web.loopback import alice, bare, charlie, error
from tests.web.test_anything import NUMBERS, PLAIN, TEXT
from tests.web.test_loopback_tenancy import things

TABLES = (CLIENT, ORGANIZATION, DOCUMENT, PAYMENT, ITEM, TAX)
FIELDS = st.sampled_from(
    sorted({*(wire for one in TABLES for wire in one.by_wire), "custom.a", "custom.", "colour"})
)
LEAVES = (
    st.none() | st.booleans() | NUMBERS | TEXT | st.sampled_from(["", "1", "true", "2026-05-01", "^a.*%"])
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(FIELDS | TEXT, inner, max_size=5),
    max_leaves=12,
)
ASKED = st.dictionaries(
    st.sampled_from([*WORDS, "options", "near"]) | TEXT, LEAVES | st.lists(LEAVES, max_size=3), max_size=2
)
CONDITIONS = st.dictionaries(FIELDS | TEXT, LEAVES | ASKED | TREES, max_size=3)
WHERES = st.recursive(
    CONDITIONS,
    lambda inner: st.dictionaries(st.sampled_from(sorted(JOINS)), st.lists(inner, max_size=3), min_size=1),
    max_leaves=6,
)
ORDERS = st.sampled_from(["name", "name DESC", "type desc, id", "x", {"field": "name", "sort": "DESC"}])
NAMES = ("where", "order", "limit", "skip", "offset", "fields", "include", "deleted")
FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "where": WHERES,
        "order": ORDERS | TREES,
        "limit": st.integers(-1, 101) | LEAVES,
        "skip": st.integers(-1, 5) | LEAVES,
        "fields": st.lists(FIELDS, max_size=3) | TREES,
        "include": st.just("organization") | TREES,
        "deleted": st.booleans() | LEAVES,
    },
)


def brackets(name: str, tree: Any) -> list[tuple[str, str]]:
    """A tree as query strings and forms write it."""
    if isinstance(tree, dict):
        inner = tree.items()
    elif isinstance(tree, list):
        inner = {str(at): one for at, one in enumerate(tree)}.items()
    else:
        text = tree if isinstance(tree, str) else json.dumps(tree)
        return [(name, text.encode(errors="replace").decode())]
    return [pair for key, one in inner for pair in brackets(f"{name}[{key}]", one)]


@st.composite
def queries(draw: st.DrawFn) -> bytes:
    kind = draw(st.integers(0, 3))
    if kind == 0:
        return draw(st.binary(max_size=40))
    asked = draw(FILTERS)
    term = f"&term={quote(draw(PLAIN))}&type={draw(st.sampled_from(['customer', 'both', '', 'x']))}"
    if kind == 1:
        return (
            f"filter={quote(json.dumps(asked))}&where={quote(json.dumps(asked.get('where')))}{term}".encode()
        )
    pairs = brackets("filter", asked) + brackets("where", asked.get("where", {}))
    return (urlencode(pairs, errors="replace") + term).encode()


@st.composite
def bodies(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """A body and its type: bytes, trees, clients, several of them, filters; as JSON or as a form."""
    kind = draw(st.integers(0, 5))
    near = draw(st.dictionaries(FIELDS, TREES, max_size=4))
    if draw(st.booleans()):
        near["name"] = draw(TEXT)
    tree: Any = {0: {"filter": near}, 1: [near, {"name": "A"}], 2: draw(FILTERS), 3: draw(TREES)}.get(
        kind, near
    )
    if kind == 4:
        return draw(st.binary(max_size=60)), b"application/json"
    if kind == 5:
        pairs = [pair for key, one in near.items() for pair in brackets(key, one)]
        return urlencode(pairs, errors="replace").encode(), b"application/x-www-form-urlencoded"
    return json.dumps(tree).encode(), b"application/json"


def in_form(answer: Raw) -> None:
    assert answer.status_code < 500 or error(answer).code == "NO_CHANNEL", answer
    if answer.status_code == 200:
        json.loads(answer.content)
    elif answer.status_code != 304:
        error(answer)


@examples(300)
@given(data=st.data())
def test_every_route_answers_anything_in_its_form(shared: House, data: st.DataObject) -> None:
    cast = shared.cast
    route = data.draw(st.sampled_from(ROUTES))
    ids = [cast.white_rabbit, cast.mad_hatter, cast.studio, cast.mr_bucket, cast.alice_account]
    ids += things(shared).values()
    one = st.sampled_from([bare(id) for id in ids]) | PLAIN
    path = route.path.format(id=data.draw(one), entity=data.draw(st.just(bare(cast.studio)) | PLAIN))
    body, kind = data.draw(bodies())
    caller = data.draw(st.sampled_from([alice(shared), charlie(shared)]))
    headers = [(b"authorization", str(caller.token).encode()), (b"content-type", kind)]
    in_form(shared.raw(route.method, f"/v1{path}", data.draw(queries()), headers, body))


@examples(300)
@given(query=queries(), body=bodies())
def test_every_question_is_answered_or_refused(
    shared: House, query: bytes, body: tuple[bytes, bytes]
) -> None:
    v1 = alice(shared)
    headers = [(b"authorization", str(v1.token).encode()), (b"content-type", body[1])]
    here = f"/organizations/{v1.organization}"
    kinds = (f"{here}/{kind}" for kind in ("documents", "documents/count", "payments", "items", "taxes"))
    for path in (
        v1.clients,
        f"{v1.clients}/count",
        f"{v1.clients}/search",
        "/accounts/organizations",
        *kinds,
    ):
        in_form(shared.raw("GET", f"/v1{path}", query, headers, body[0]))


@examples(150)
@given(body=bodies(), changes=bodies())
def test_what_was_taken_is_what_is_kept(
    shared: House, body: tuple[bytes, bytes], changes: tuple[bytes, bytes]
) -> None:
    v1 = alice(shared)
    key = (b"authorization", str(v1.token).encode())
    made = shared.raw("POST", f"/v1{v1.clients}", b"", [key, (b"content-type", body[1])], body[0])
    in_form(made)
    if made.status_code != 200 or not isinstance(made.json(), dict):
        return
    path = f"/v1/clients/{made.json()['id']}"
    assert shared.raw("GET", path, b"", [key]).content == made.content
    typed = [key, (b"content-type", changes[1])]
    changed = shared.raw("PATCH", path, b"", typed, changes[0])
    in_form(changed)
    kept = changed if changed.status_code == 200 else made
    assert shared.raw("GET", path, b"", [key]).content == kept.content
    # What was answered may be sent back, and changes nothing.
    for method in ("PATCH", "PUT"):
        again = shared.raw(method, path, b"", [key, (b"content-type", b"application/json")], kept.content)
        assert (again.content, again.headers["etag"]) == (kept.content, kept.headers["etag"])
