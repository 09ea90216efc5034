"""v1: whatever a document or a payment says, it is refused in form, or kept as it was answered."""

import json
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from billto.dialects.loopback import parties
from billto.dialects.loopback.documents import DOCUMENT
from billto.dialects.loopback.payments import PAYMENT
from tests.store.records import examples
from tests.web.house import House, Raw
from tests.web.loopback import V1, alice, bare
from tests.web.test_loopback_anything import LEAVES, TREES, in_form

FIGURES = (
    st.integers(0, 2000)
    | st.decimals(0, 5000, places=3).map(str)
    | st.floats(0, 100).map(lambda number: round(number, 12))
    | st.sampled_from(["", None, -1, "1e2"])
)
FLAGS = st.sampled_from([True, False, "true", "0", "", None])
TEXTS = st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=12) | st.none()
DAYS = st.dates().map(str) | st.sampled_from([None, "2026-05-01T22:00:00.000Z"])
ANY = st.dictionaries(st.sampled_from("abc"), st.integers(0, 9) | TEXTS, max_size=2)
TAX_FIELDS = {
    "rate": st.sampled_from([0, 5, "9.5", 22.000000001]), "name": TEXTS, "abbreviation": TEXTS,
    "reverseCharged": FLAGS, "compound": st.sampled_from([False, None]),
}  # fmt: skip
LINE_FIELDS = {
    "priceGross": FIGURES, "quantity": FIGURES, "discount": st.integers(0, 100) | FIGURES,
    "discountIsAmount": FLAGS, "isSeparator": FLAGS, "save": FLAGS, "load": FLAGS, "unit": TEXTS,
    "SKU": TEXTS, "custom": ANY, "description": TEXTS,
    "_documentItemTaxes": st.lists(st.fixed_dictionaries(TAX_FIELDS), max_size=1),
}  # fmt: skip
LINES = st.lists(
    st.fixed_dictionaries({"name": st.just("A"), "price": FIGURES.filter(bool)}, optional=LINE_FIELDS),
    min_size=1,
    max_size=3,
)
PARTY = st.dictionaries(st.sampled_from([*parties.NAMES.values(), "IBAN", "bank"]), FLAGS | TEXTS, max_size=4)
PAYMENT_FIELDS = {
    "type": st.sampled_from(["bank", "cash", "other"]), "date": DAYS, "amount": FIGURES, "description": TEXTS,
    "tag": TEXTS, "transactionId": TEXTS, "custom": ANY,
}  # fmt: skip
WORDS = {name: one for name, one in PAYMENT_FIELDS.items() if name != "amount"}
DOCUMENT_FIELDS: dict[str, Any] = {
    "type": st.sampled_from(["invoice", "estimate", "advance", "credit-note", "delivery-note", None]),
    "draft": FLAGS,
    "date": DAYS,
    "dateDue": DAYS,
    "dateService": DAYS,
    "currencyId": st.sampled_from(["EUR", "jpy", "KWD"]),
    "decimalPlaces": st.integers(0, 9),
    "expectedTotalWithTax": st.none() | FIGURES,
    "payments": st.lists(st.fixed_dictionaries({}, optional=PAYMENT_FIELDS), max_size=2),
    "note": TEXTS | st.sampled_from(["[IBAN] {iban} [document number]"]),
    "reference": TEXTS,
    "_documentIssuer": PARTY,
    "_documentClient": PARTY,
    "custom": ANY,
}


def spoilt(draw: st.DrawFn, body: dict[str, Any], fields: Any) -> dict[str, Any]:
    """Mostly the body as it is, so that most of what it says is looked at; sometimes with rubbish in it."""
    if draw(st.integers(0, 4)) == 0:
        body = {**body, draw(st.sampled_from(sorted(fields))): draw(LEAVES | TREES)}
    return body


@st.composite
def documents(draw: st.DrawFn) -> Any:
    lines = draw(LINES)
    lines[0] = spoilt(draw, lines[0], [*LINE_FIELDS, "l10n", "itemId", "id"])
    right: dict[str, Any] = {"_documentClient": {"name": "Ana"}, "_documentItems": lines}
    names = draw(st.lists(st.sampled_from(sorted(DOCUMENT_FIELDS)), max_size=4, unique=True))
    return spoilt(draw, {**right, **{name: draw(DOCUMENT_FIELDS[name]) for name in names}}, DOCUMENT.by_wire)


@st.composite
def payments(draw: st.DrawFn) -> Any:
    body = draw(st.fixed_dictionaries({"amount": st.integers(1, 99)}, optional=WORDS))
    return spoilt(draw, body, PAYMENT.by_wire)


def sent(v1: V1, method: str, path: str, body: Any) -> Raw:
    headers = [(b"authorization", str(v1.token).encode()), (b"content-type", b"application/json")]
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return v1.house.raw(method, f"/v1{path}", b"", headers, content)


def adds_up(document: Any) -> None:
    """Whether a document is the sum of its items, as it is shown."""
    for name in ("total", "totalWithTax"):
        items = sum(Decimal(str(one[name])) for one in document["_documentItems"])
        assert items == Decimal(str(document[name]))
    taxes = sum(Decimal(str(one["totalTax"])) for one in document["_documentTaxes"])
    assert Decimal(str(document["total"])) + taxes == Decimal(str(document["totalWithTax"]))


@examples(120)
@given(body=documents(), changes=documents(), payment=payments())
def test_a_document_is_refused_in_form_or_kept(shared: House, body: Any, changes: Any, payment: Any) -> None:
    v1 = alice(shared)
    made = sent(v1, "POST", f"/organizations/{bare(shared.cast.studio)}/documents", body)
    in_form(made)
    if made.status_code != 200:
        return
    path = f"/documents/{made.json()['id']}"
    adds_up(made.json())
    assert sent(v1, "GET", path, b"").content == made.content
    # What was answered may be sent back, and changes nothing.
    for method in ("PUT", "PATCH"):
        again = sent(v1, method, path, made.content)
        assert (again.content, again.headers["etag"]) == (made.content, made.headers["etag"])
    changed = sent(v1, "PUT", path, {**changes, "type": made.json()["type"]})
    in_form(changed)
    if changed.status_code == 200:
        adds_up(changed.json())
        assert sent(v1, "GET", path, b"").content == changed.content
    in_form(sent(v1, "POST", f"{path}/payments", payment))
    shown = sent(v1, "GET", path, b"").json()
    assert min(shown["totalPaid"], shown["totalDue"]) >= 0
    if shown["type"] in ("invoice", "advance"):
        due = Decimal(str(shown["totalPaid"])) + Decimal(str(shown["totalDue"]))
        assert due == Decimal(str(shown["totalWithTax"]))


@examples(60)
@given(body=payments(), changes=payments())
def test_a_payment_is_refused_in_form_or_kept(shared: House, body: Any, changes: Any) -> None:
    v1 = alice(shared)
    here = f"/organizations/{bare(shared.cast.studio)}"
    client = {"clientId": bare(shared.cast.white_rabbit)}
    made = sent(v1, "POST", f"{here}/payments", {**body, **client})
    in_form(made)
    if made.status_code != 200:
        return
    path = f"/payments/{made.json()['id']}"
    assert sent(v1, "GET", path, b"").content == made.content
    for method in ("PUT", "PATCH"):
        again = sent(v1, method, path, made.content)
        assert (again.content, again.headers["etag"]) == (made.content, made.headers["etag"])
    changed = sent(v1, "PUT", path, changes)
    in_form(changed)
    kept = changed if changed.status_code == 200 else made
    assert sent(v1, "GET", path, b"").content == kept.content
