"""Whatever is said of a document, the answer is below 500 and in its form; and what was taken is kept."""

import json
from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from billto.dialects.spaceinvoices.documents import DOCUMENT
from billto.dialects.spaceinvoices.lines import ITEM
from billto.dialects.spaceinvoices.query import WORDS
from billto.dialects.wire import FIND, SORT
from tests.dialects.test_documents import BODIES
from tests.store.records import examples
from tests.web.documents import PATHS
from tests.web.house import House
from tests.web.test_anything import TREES, in_form, own

to_json = msgspec.json.Encoder(decimal_format="number").encode
NAMES = st.sampled_from(sorted({*DOCUMENT.by_wire, *ITEM.fields, "save_customer", "amount", "value", "rate"}))
MORE = st.dictionaries(NAMES, TREES, max_size=2)


def plain(tree: Any) -> Any:
    """Decimals as JSON has them; the rest as it is."""
    return json.loads(to_json(tree))


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """Documents as they should be, and with something put in somewhere."""
    body = plain(draw(BODIES))
    if draw(st.booleans()):
        body |= draw(MORE)
    if draw(st.integers(0, 3)) == 0:
        body["items"] = [*body["items"], draw(MORE)] if isinstance(body["items"], list) else draw(TREES)
    if draw(st.integers(0, 3)) == 0:
        body["payments"] = [{"type": "cash", "amount": draw(st.integers(1, 50))} | draw(MORE)]
    if draw(st.booleans()):
        body["is_draft"] = draw(st.booleans())
    return json.dumps(body).encode(errors="surrogatepass")


@examples(100)
@given(path=st.sampled_from(PATHS), body=bodies(), changes=bodies())
def test_what_was_taken_is_what_is_kept(shared: House, path: str, body: bytes, changes: bytes) -> None:
    mine = own(shared.alice)
    made = shared.raw("POST", path, headers=mine, body=body)
    in_form(made)
    if made.status_code != 201:
        return
    one = f"{path}/{made.json()['id']}"
    assert shared.raw("GET", one, headers=mine).content == made.content
    changed = shared.raw("PATCH", one, headers=mine, body=changes)
    in_form(changed)
    kept: Any = changed if changed.status_code == 200 else made
    assert shared.raw("GET", one, headers=mine).content == kept.content
    again = shared.raw("PATCH", one, headers=mine, body=kept.content)
    assert (again.content, again.headers["etag"]) == (kept.content, kept.headers["etag"])
    voided = shared.raw("POST", f"{one}/void", headers=mine, body=changes)
    in_form(voided)
    in_form(shared.raw("DELETE", one, headers=mine))


CONDITIONS = st.dictionaries(
    st.sampled_from(DOCUMENT.names(FIND)),
    st.dictionaries(st.sampled_from(sorted(WORDS)), TREES, max_size=2) | TREES,
    max_size=3,
)


@examples(150)
@given(query=CONDITIONS, order=st.lists(st.sampled_from(DOCUMENT.names(SORT)), max_size=3))
def test_every_question_is_answered_or_refused(shared: House, query: Any, order: list[str]) -> None:
    params = {"query": json.dumps(query), "order_by": order}
    answer = shared.run(shared.client.get("/documents", params=params, headers=shared.alice.headers))
    assert answer.status_code < 500, answer.text
    assert answer.json()


def test_fractions_are_kept_to_the_last_digit(house: House) -> None:
    price = Decimal("0.123456789")
    made = house.raw(
        "POST",
        "/invoices",
        headers=own(house.alice),
        body=to_json({"items": [{"price": price, "quantity": Decimal("1000000.1")}]}),
    )
    assert b'"price":0.123456789,' in made.content
    assert b'"total":123456.8,' in made.content
