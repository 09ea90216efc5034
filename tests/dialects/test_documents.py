"""What holds for every document that the native language can say."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from billto.dialects.spaceinvoices.documents import DOCUMENT
from billto.dialects.spaceinvoices.words import WORDING
from billto.domain import issuing
from billto.domain.document import Document
from billto.domain.entity import Entity
from billto.domain.problems import Refused
from billto.domain.settings.tree import DOCUMENTS
from billto.web.bodies import parse_json
from tests.dialects.test_reference import BODY, EVERY, MATCHED, faults, operations
from tests.store.records import examples

THEN = datetime(2026, 5, 1, 12, tzinfo=UTC)
to_json = msgspec.json.Encoder(decimal_format="number").encode
to_text = msgspec.json.Decoder().decode

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
PRICES = st.decimals(0, 10**6, places=2) | st.integers(0, 10**6) | st.none()
TAXES = st.fixed_dictionaries(
    {"rate": st.decimals(0, 100, places=2)}, optional={"reverse_charge": st.booleans(), "name": WORDS}
)
DISCOUNTS = st.fixed_dictionaries(
    {"value": st.decimals(0, 200, places=1)}, optional={"type": st.sampled_from(["percent", "amount"])}
)
ITEMS = st.fixed_dictionaries(
    {"price": st.decimals(0, 10**4, places=4)},
    optional={
        "name": WORDS | st.none(),
        "gross_price": PRICES,
        "quantity": st.decimals(0, 100, places=3) | st.none(),
        "classification": st.sampled_from(["product", "service", "advance"]),
        "type": st.sampled_from(["separator", None]),
        "taxes": st.lists(TAXES, max_size=1) | st.none(),
        "discounts": st.lists(DISCOUNTS, max_size=5) | st.none(),
        "metadata": st.dictionaries(WORDS.filter(bool), WORDS, max_size=2) | st.none(),
        "e_invoicing": st.dictionaries(WORDS, WORDS, max_size=2),
    },
)
DAYS = st.dates().map(str)
PARTIES = st.fixed_dictionaries({}, optional={"name": WORDS, "email": WORDS, "country": st.just("Austria")})
BODIES = st.fixed_dictionaries(
    {"items": st.lists(ITEMS, min_size=1, max_size=4)},
    optional={
        "date": DAYS,
        "date_due": DAYS | st.none(),
        "date_service": DAYS | st.none(),
        "date_valid_till": DAYS,
        "customer": PARTIES | st.none(),
        "issuer": PARTIES,
        "note": WORDS | st.none(),
        "reference": WORDS,
        "currency_code": st.sampled_from(["EUR", "jpy", "KWD"]),
        "calculation_mode": st.sampled_from(["b2b_standard", "b2c_gross_discount"]),
        "hide_prices": st.booleans(),
        "metadata": st.dictionaries(WORDS.filter(bool), WORDS, max_size=2),
        "title_type": st.sampled_from(["estimate", "proforma_invoice", None]),
    },
)


@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        ("createInvoice", {"201"} | BODY),
        ("listCreditNotes", {"200"} | EVERY),
        ("getEstimate", {"200", "304"} | EVERY),
        ("updateAdvanceInvoice", {"200"} | BODY | MATCHED),
        ("deleteDeliveryNote", {"204"} | MATCHED),
        ("finalizeInvoice", {"200", "422"} | MATCHED),
        ("voidInvoice", {"200"} | BODY | MATCHED),
        ("nextInvoiceNumber", {"200"} | EVERY),
        ("listDocuments", {"200"} | EVERY),
    ],
)
def test_operations_have_stable_names_and_answers(name: str, statuses: set[str]) -> None:
    (operation,) = (one for _, _, one in operations() if one["operationId"] == name)
    assert set(operation["responses"]) == statuses


def made(kind: str, body: Any) -> Document:
    """The document that a body makes, issued."""
    entity = WORDING.resources[Entity].record
    values = DOCUMENT.decode(parse_json(to_json(body)), creating=True)
    buyer = values.pop("buyer", None)
    values.pop("saves_customer", None)
    ids = count(1)
    try:
        draft = issuing.made(
            kind,
            values,
            entity=entity,
            customer=None,
            buyer=buyer,
            new_id=lambda: f"{next(ids):024x}",
            now=THEN,
        )
    except Refused:
        assume(False)
    return issuing.issued(draft, "2026-00001", entity, THEN)


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_whatever_is_made_is_shown_as_its_schema_says(kind: str) -> None:
    @examples(30)
    @given(BODIES)
    def holds(body: Any) -> None:
        shown = to_text(to_json(DOCUMENT.encode(made(kind, body))))
        assert faults("Document", shown) == []
        assert faults("DocumentUpdate", shown) == []

    holds()


@examples(100)
@given(kind=st.sampled_from(DOCUMENTS), body=BODIES)
def test_what_was_shown_says_the_same_again(kind: str, body: Any) -> None:
    """A client may send back what it was answered: nothing in it is read as a change."""
    document = made(kind, body)
    over_the_wire = parse_json(to_json(DOCUMENT.encode(document)))
    stands = DOCUMENT.decode(DOCUMENT.encode(document), creating=False)
    assert DOCUMENT.decode(over_the_wire, creating=False) == stands


@examples(100)
@given(kind=st.sampled_from(DOCUMENTS), body=BODIES)
def test_totals_are_the_sums_of_the_lines(kind: str, body: Any) -> None:
    shown = DOCUMENT.encode(made(kind, body))
    for name in ("total", "total_with_tax", "total_discount"):
        assert sum(one[name] for one in shown["items"]) == shown[name]
    assert sum(one["amount"] for one in shown["taxes"]) == shown["total_with_tax"] - shown["total"]
