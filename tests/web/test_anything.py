"""Whatever is sent, the answer is below 500 and in its form; and what was taken is what is kept."""

import json
from typing import Any
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from billto.dialects.spaceinvoices.customers import CUSTOMER
from billto.dialects.spaceinvoices.documents import DOCUMENT
from billto.dialects.spaceinvoices.entities import ENTITY
from billto.dialects.spaceinvoices.query import PARAMS, WORDS
from billto.dialects.spaceinvoices.routes import ROUTES
from billto.domain.settings import TREE
from billto.web.server import _BESIDE
from billto.wiring import DIALECTS
from tests.store.records import examples
from tests.web.house import Caller, House, Raw, refused

# All of Unicode, and again and again the signs that break things.
NASTY = "\0\x1f\x7f%_\\'\"{}[]$.*- \ud800\udfff\ufeff\u200d\u0301ßıİ😀"
TEXT = st.text(st.sampled_from(NASTY) | st.characters(), max_size=12)
FIELDS = st.sampled_from(sorted({*CUSTOMER.by_wire, *ENTITY.by_wire, *DOCUMENT.by_wire}))
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


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """Bytes, trees, and trees that come near to what is wanted."""
    kind = draw(st.integers(0, 4))
    if kind == 0:
        return draw(st.binary(max_size=60))
    if kind == 1:
        return json.dumps(draw(TREES)).encode()
    near = draw(st.dictionaries(FIELDS, TREES, max_size=4))
    if kind >= 3:
        near |= {"name": draw(TEXT.filter(bool)), "country": draw(st.sampled_from(["SI", "US", "Италия"]))}
    if kind == 4:
        near |= {"metadata": draw(st.dictionaries(TEXT, TEXT, max_size=3)), "settings": draw(SETTINGS)}
    return json.dumps(near, ensure_ascii=draw(st.booleans())).encode(errors="surrogatepass")


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
    names = st.sampled_from([one.name for one in PARAMS] + ["deleted", "environment"])
    orders = FIELDS.map(lambda name: f"-{name}") | FIELDS
    values = TEXT | CONDITIONS.map(json.dumps) | orders | st.sampled_from(["true", "false", "1", "100"])
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
    else:
        assert answer.json()
    assert answer.headers["x-request-id"]


@examples(150)
@given(data=st.data())
def test_every_route_answers_anything_in_its_form(shared: House, data: st.DataObject) -> None:
    route = data.draw(st.sampled_from(ROUTES))
    ids = [shared.cast.white_rabbit, shared.cast.mad_hatter, shared.cast.studio, shared.cast.mr_bucket]
    any_id = data.draw(st.sampled_from(ids) | PLAIN)
    path = route.path.format(id=any_id, external_id=any_id)
    caller = data.draw(st.sampled_from([shared.alice, shared.live, shared.charlie, shared.sandbox]))
    given_headers = data.draw(HEADERS)
    kept = [one for one in own(caller) if one[0] not in dict(given_headers)]
    in_form(shared.raw(route.method, path, data.draw(queries()), kept + given_headers, data.draw(bodies())))


@examples(150)
@given(method=PLAIN | METHODS, path=PLAIN.filter(is_api), query=queries(), body=bodies())
def test_every_other_address_answers_in_form_too(
    shared: House, method: str, path: str, query: bytes, body: bytes
) -> None:
    for start in ("/", "/customers/", "/entities/"):
        in_form(shared.raw(method, start + path, query, own(shared.alice), body))


@examples(150)
@given(query=queries())
def test_every_question_is_answered_or_refused(shared: House, query: bytes) -> None:
    for caller, path in ((shared.alice, "/customers"), (shared.live, "/entities")):
        in_form(shared.raw("GET", path, query, own(caller)))


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
