"""faktoora: whatever is sent, the answer is below 500 and in its form; what was taken is what is kept."""

import json
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from billto.dialects.faktoora.customers import CUSTOMER
from billto.dialects.faktoora.keys import KEY
from billto.dialects.faktoora.people import CONTACTS, DELIVERY_ADDRESSES
from billto.dialects.faktoora.query import PARAMS
from billto.dialects.faktoora.routes import ROUTES
from tests.store.records import examples
from tests.web.faktoora import ACME, API, refused
from tests.web.house import House, Raw
from tests.web.test_anything import HEADERS, LEAVES, PLAIN, TEXT, own

FIELDS = st.sampled_from(sorted({*CUSTOMER.by_wire, *KEY.by_wire, "gracePeriodHours"}))
ITEM_FIELDS = st.sampled_from(sorted({*CONTACTS.words, *DELIVERY_ADDRESSES.words, "id"}))
ITEMS = st.lists(st.dictionaries(ITEM_FIELDS | TEXT, LEAVES, max_size=4) | LEAVES, max_size=3)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=10,
)
LISTS = st.dictionaries(st.sampled_from([CONTACTS.wire, DELIVERY_ADDRESSES.wire]), ITEMS, max_size=2)


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """Bytes, trees, and trees that come near to what is wanted."""
    kind = draw(st.integers(0, 4))
    if kind == 0:
        return draw(st.binary(max_size=60))
    if kind == 1:
        return json.dumps(draw(TREES)).encode()
    near = draw(st.dictionaries(FIELDS, TREES, max_size=4)) | draw(LISTS)
    if kind >= 3:
        near = {**ACME, "label": "Key", **(draw(LISTS) if kind == 4 else near)}
        near["extras"] = draw(st.dictionaries(TEXT, TREES, max_size=3))
    return json.dumps(near, ensure_ascii=draw(st.booleans())).encode(errors="surrogatepass")


@st.composite
def queries(draw: st.DrawFn) -> bytes:
    """A query string: any bytes, or parameters that there are with anything in them."""
    if draw(st.integers(0, 4)) == 0:
        return draw(st.binary(max_size=40))
    names = st.sampled_from([one.name for one in PARAMS] + ["value"])
    tails = st.sampled_from(["", "[]", "[0]", "[1]", "[x]", "[][]", "["])
    values = TEXT | FIELDS | st.sampled_from(["1", "2", "1000", "asc", "desc", "user", "customerContacts"])
    pairs = draw(st.lists(st.tuples(names | TEXT, tails, values), max_size=4))
    plain = [(quote(n + t, errors="surrogatepass"), quote(v, errors="surrogatepass")) for n, t, v in pairs]
    return "&".join(f"{name}={value}" for name, value in plain).encode()


def in_form(answer: Raw) -> None:
    assert answer.status_code < 500, answer
    if answer.status_code >= 400:
        refused(answer)
    else:
        assert answer.status_code in (200, 304)
        assert answer.status_code == 304 or answer.json()


@examples(150)
@given(data=st.data())
def test_every_route_answers_anything_in_its_form(shared: House, data: st.DataObject) -> None:
    route = data.draw(st.sampled_from(ROUTES))
    ids = st.sampled_from([shared.cast.white_rabbit, shared.cast.mad_hatter, shared.cast.mr_bucket])
    path = API + route.path.format(id=data.draw(ids | PLAIN))
    caller = data.draw(st.sampled_from([shared.alice, shared.live, shared.charlie, shared.sandbox]))
    given_headers = data.draw(HEADERS)
    kept = [one for one in own(caller) if one[0] not in dict(given_headers)]
    in_form(shared.raw(route.method, path, data.draw(queries()), kept + given_headers, data.draw(bodies())))


@examples(150)
@given(query=queries())
def test_every_question_is_answered_or_refused(shared: House, query: bytes) -> None:
    for path in ("/customers", "/customers/generate-number", "/customer/verify-customer-number", "/apikeys"):
        in_form(shared.raw("GET", API + path, query, own(shared.alice)))


@examples(150)
@given(body=bodies(), changes=bodies())
def test_what_was_taken_is_what_is_kept(shared: House, body: bytes, changes: bytes) -> None:
    made = shared.raw("POST", f"{API}/customer", headers=own(shared.alice), body=body)
    in_form(made)
    if made.status_code != 200:
        return
    one = f"{API}/customer/{made.json()['id']}"
    assert shared.raw("GET", one, headers=own(shared.alice)).content == made.content
    changed = shared.raw("PATCH", one, headers=own(shared.alice), body=changes)
    in_form(changed)
    kept = changed if changed.status_code == 200 else made
    assert shared.raw("GET", one, headers=own(shared.alice)).content == kept.content
    # What was answered may be sent back, and changes nothing.
    again = shared.raw("PATCH", one, headers=own(shared.alice), body=kept.content)
    assert (again.content, again.headers["etag"]) == (kept.content, kept.headers["etag"])
