"""Whatever the parts of documents and payments are at the door that speaks Invoiced, nothing breaks."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.records import examples
from tests.web.house import House
from tests.web.invoiced import Books, refused

NUMBERS = st.integers(-3, 300) | st.sampled_from(
    [0.1, 1e-6, 1e-7, 33.333333, 1e11, 1e12, 10**12, 1e15, 10**400, -0.0, "1.5", "1e5", 2**53, 2**63]
)
LEAVES = st.none() | st.booleans() | NUMBERS | st.text(max_size=4) | st.just([]) | st.just({})
RATES = st.sampled_from(["vat", "fee", "ust", "nope", {"tax_rate": "vat"}, {"tax_rate": {"id": "ust"}}])
AMOUNTS = st.fixed_dictionaries({"amount": NUMBERS})
TAXES = st.lists(RATES | AMOUNTS | LEAVES, max_size=4)
DISCOUNTS = st.lists(AMOUNTS | LEAVES, max_size=3)
LINE = st.fixed_dictionaries(
    {"unit_cost": NUMBERS},
    optional={
        "quantity": NUMBERS, "taxes": TAXES, "discounts": DISCOUNTS, "name": LEAVES, "taxable": LEAVES,
        "discountable": LEAVES, "metadata": LEAVES, "id": LEAVES, "catalog_item": st.just("box") | LEAVES,
        "type": LEAVES,
    },
)  # fmt: skip
MOMENTS = st.sampled_from([0, -(10**11), 1_777_593_600, 253_402_300_798, "1777593600"]) | LEAVES
DOCUMENT = st.fixed_dictionaries(
    {"items": st.lists(LINE | LEAVES, max_size=4) | LEAVES},
    optional={
        "taxes": TAXES | LEAVES, "discounts": DISCOUNTS | LEAVES, "date": MOMENTS, "due_date": MOMENTS,
        "expiration_date": MOMENTS, "draft": LEAVES, "closed": LEAVES, "sent": LEAVES, "number": LEAVES,
        "currency": st.sampled_from(["usd", "jpy", "kwd", "xxx"]) | LEAVES, "payment_terms": LEAVES,
        "invoice": LEAVES, "calculate_taxes": LEAVES, "notes": LEAVES, "metadata": LEAVES,
    },
)  # fmt: skip
WORDS = st.sampled_from(["invoice", "credit", "applied_credit", "credit_note", "estimate", "other"])
APPLICATION = st.fixed_dictionaries(
    {"type": WORDS}, optional={"amount": NUMBERS, "invoice": LEAVES, "credit_note": LEAVES}
)
PAYMENT = st.fixed_dictionaries(
    {"amount": NUMBERS, "applied_to": st.lists(APPLICATION | LEAVES, max_size=4)},
    optional={"date": MOMENTS, "currency": LEAVES, "method": LEAVES, "source": LEAVES, "customer": LEAVES},
)
ANY_TEXT = st.text(max_size=6) | st.sampled_from(
    ["{{a}}", "{{{customer_name}}}", "a@b.example", "\x00", "\r\nBcc: x"]
)
ADDRESSEE = st.dictionaries(st.sampled_from(["email", "name"]), ANY_TEXT | LEAVES, max_size=2)
MAIL = st.dictionaries(
    st.sampled_from(["to", "bcc", "template", "subject", "message", "type", "start", "end", "items"]),
    st.lists(ADDRESSEE | LEAVES, max_size=3) | ADDRESSEE | ANY_TEXT | MOMENTS
    | st.sampled_from(["open_item", "balance_forward", "past_due"]),
)  # fmt: skip


@pytest.fixture
def shop(house: House) -> Books:
    shop = Books(house, consolidated=True)
    for name, more in (("vat", {}), ("fee", {"is_percent": False}), ("ust", {"inclusive": True})):
        shop.made("/tax_rates", {"id": name, "name": name, "value": 7.5, **more})
    shop.made("/items", {"id": "box", "name": "Box", "unit_cost": 10, "taxes": ["fee"]})
    return shop


def said(shop: Books, method: str, path: str, body: Any) -> Any:
    """What is answered, after a look at its form."""
    answer = shop.ask(method, path, json.dumps(body).encode())
    assert answer.status_code in (200, 201, 400), answer.text
    if answer.status_code == 400:
        refused(answer)
        return None
    assert list(answer.json()) == sorted(answer.json())
    return answer.json()


def test_no_document_breaks_anything(shop: Books) -> None:
    @examples(150)
    @given(st.sampled_from(["invoices", "credit_notes", "estimates"]), DOCUMENT, DOCUMENT)
    def holds(kind: str, body: Any, change: Any) -> None:
        made = said(shop, "POST", f"/{kind}", {"customer": shop.of, **body})
        if made is None:
            return
        assert shop.seen(kind, made) == made
        again = said(shop, "PATCH", f"/{kind}/{made['id']}", made)
        assert again is None if made["status"] == "voided" else again == made
        said(shop, "PATCH", f"/{kind}/{made['id']}", change)

    holds()
    assert shop.get("/invoices", expand="customer").status_code == 200
    assert shop.get(f"/customers/{shop.of}/balance").status_code == 200


def test_no_payment_breaks_anything(shop: Books) -> None:
    invoice = shop.invoice(100)
    note = shop.made("/credit_notes", {"customer": shop.of, "items": [{"unit_cost": 50}]})
    shop.credit(40)

    def real(body: Any) -> Any:
        """The body with the ids of what is there in the place of some."""
        for one in body["applied_to"]:
            if isinstance(one, dict):
                one |= {name: there["id"] for name, there in (("invoice", invoice), ("credit_note", note))
                        if one.get(name) is True}  # fmt: skip
        return {"customer": shop.of, **body}

    @examples(150)
    @given(PAYMENT, PAYMENT)
    def holds(body: Any, change: Any) -> None:
        made = said(shop, "POST", "/payments?include=applied_to", real(body))
        if made is None:
            return
        assert shop.get(f"/payments/{made['id']}", include="applied_to").json() == made
        said(shop, "PATCH", f"/payments/{made['id']}", real(change))
        assert shop.ask("DELETE", f"/payments/{made['id']}").status_code in (200, 400)

    holds()
    assert shop.get("/payments").status_code == 200


def test_no_mail_breaks_anything(shop: Books) -> None:
    invoice = shop.invoice(100)["id"]
    shop.patch(f"/customers/{shop.of}", {"email": "a@b.example"})

    @examples(150)
    @given(st.sampled_from([f"/customers/{shop.of}/emails", f"/invoices/{invoice}/emails"]), MAIL)
    def holds(path: str, body: Any) -> None:
        answer = shop.ask("POST", path, json.dumps(body).encode())
        assert answer.status_code in (201, 400), answer.text
        if answer.status_code == 400:
            refused(answer)
        else:
            assert {one["state"] for one in answer.json()} == {"sent"}

    holds()
