"""Payments at the door that speaks Invoiced: applied, applied otherwise, taken back."""

from typing import Any

import pytest

from tests.web.house import House
from tests.web.invoiced import DAY, MAY, Books, items, refused

KEYS = [
    "ach_sender_id", "amount", "balance", "charge", "created_at", "currency", "customer", "date", "id",
    "matched", "metadata", "method", "notes", "object", "pdf_url", "reference", "source", "updated_at",
    "voided",
]  # fmt: skip


@pytest.fixture
def shop(house: House) -> Books:
    return Books(house, payment_terms="NET 30")


def to(invoice: Any, amount: float | None = None, type_: str = "invoice", **more: Any) -> dict[str, Any]:
    return {"type": type_, "invoice": invoice["id"], **({} if amount is None else {"amount": amount}), **more}


def test_a_payment_has_the_documented_keys(shop: Books) -> None:
    invoice = shop.invoice(800)
    form = {
        "customer": str(shop.of), "amount": "800", "method": "check", "reference": "1450",
        "applied_to[0][type]": "invoice", "applied_to[0][amount]": "800",
        "applied_to[0][invoice]": str(invoice["id"]),
    }  # fmt: skip
    made = shop.ask("POST", "/payments", form=form).json()
    assert list(made) == KEYS
    assert (made["amount"], made["balance"], made["method"]) == (800, 0, "check")
    assert (made["reference"], made["date"], made["voided"]) == ("1450", MAY, False)
    assert shop.seen("payments", made) == made
    included = shop.get(f"/payments/{made['id']}", include="applied_to").json()
    assert included["applied_to"] == [{"amount": 800, "invoice": invoice["id"], "type": "invoice"}]
    assert list(included) == sorted(included)
    assert shop.seen("invoices", invoice)["status"] == "paid"


def test_what_is_not_applied_stays_on_the_payment_until_it_is(shop: Books) -> None:
    invoice, other = shop.invoice(40), shop.invoice(50)
    made = shop.pay(100, to(invoice, 40))
    assert made["balance"] == 60
    one = f"/payments/{made['id']}"
    again = shop.patch(f"{one}?include=applied_to", {"applied_to": [to(other, 50)], "notes": "moved"}).json()
    assert (again["balance"], again["notes"], again["applied_to"]) == (50, "moved", [to(other, 50)])
    assert shop.seen("invoices", invoice)["balance"] == 40
    assert shop.seen("invoices", other)["paid"] is True
    rest = [to(other, 50), {"type": "credit", "amount": 50}]
    assert shop.patch(one, {"applied_to": rest}).json()["balance"] == 0
    assert shop.balance()["available_credits"] == 50
    assert shop.balance()["total_outstanding"] == 40


def test_credit_and_credit_notes_are_spent_by_payments_of_nothing(shop: Books) -> None:
    invoice = shop.invoice(100)
    shop.credit(30)
    note = shop.made("/credit_notes", {"customer": shop.of, "items": items(("Paper", 1, 25))})
    spent = to(invoice, 30, "applied_credit", document_type="invoice")
    noted = to(invoice, 25, "credit_note", credit_note=note["id"], document_type="invoice")
    made = shop.pay(0, spent, noted)
    assert (made["amount"], made["balance"], made["applied_to"]) == (0, 0, [spent, noted])
    assert shop.seen("invoices", invoice)["balance"] == 45
    assert shop.seen("credit_notes", note)["status"] == "paid"
    gone = shop.ask("DELETE", f"/payments/{made['id']}")
    assert (gone.status_code, gone.json()["voided"]) == (200, True)
    assert shop.seen("credit_notes", note)["balance"] == 25
    assert shop.seen("invoices", invoice)["balance"] == 100
    assert shop.balance()["available_credits"] == 30


def test_a_credit_note_may_become_credit(shop: Books) -> None:
    note = shop.made("/credit_notes", {"customer": shop.of, "items": items(("Paper", 1, 25))})
    shop.pay(0, {"type": "credit_note", "credit_note": note["id"], "amount": 25})
    shown = shop.balance()
    assert (shown["available_credits"], shown["open_credit_notes"]) == (25, 0)


def test_who_takes_a_payment_back_opens_the_invoice_again(shop: Books) -> None:
    invoice = shop.invoice(40)
    made = shop.pay(40, to(invoice))
    assert shop.balance()["total_outstanding"] == 0
    gone = shop.ask("DELETE", f"/payments/{made['id']}")
    assert gone.status_code == 200
    assert gone.json() == {
        **{key: value for key, value in made.items() if key != "applied_to"}, "voided": True,
        "updated_at": gone.json()["updated_at"],
    }  # fmt: skip
    assert shop.seen("invoices", invoice)["balance"] == 40
    assert shop.ask("DELETE", f"/payments/{made['id']}").json()["voided"] is True
    assert refused(shop.patch(f"/payments/{made['id']}", {"notes": "x"}))[0] == 400
    assert [one["voided"] for one in shop.listed("/payments", "filter[voided]=1")] == [True]
    assert shop.listed("/payments", "filter[voided]=0") == []


def test_all_of_a_payment_may_be_sent_back_as_it_is(shop: Books) -> None:
    made = shop.pay(10)
    again = shop.patch(f"/payments/{made['id']}", {**made, "reference": "1451"}).json()
    assert (again["reference"], again["amount"]) == ("1451", 10)
    other = shop.customer("Other")["id"]
    for field, value in (("amount", 11), ("currency", "eur"), ("customer", other)):
        status, message, param = refused(shop.patch(f"/payments/{made['id']}", {field: value}))
        assert (status, param) == (400, field)
        assert message.endswith("cannot be changed after creation")


def test_payments_are_listed_by_customer_and_day(house: House, shop: Books) -> None:
    first, second = shop.pay(1, date=MAY - 3 * DAY), shop.pay(2, method="cash")
    other = Books(house)
    third = other.pay(3)
    ids = [one["id"] for one in (first, second, third)]
    for query, found in (
        ("", ids), (f"filter[customer]={shop.of}", ids[:2]), ("filter[method]=cash", ids[1:2]),
        (f"start_date={MAY}&include=applied_to", ids[1:]), (f"end_date={MAY - DAY}", ids[:1]),
        ("sort=amount desc", ids[::-1]), ("per_page=1&page=3", ids[2:]),
    ):  # fmt: skip
        assert [one["id"] for one in shop.listed("/payments", query)] == found, query
    (shown,) = shop.listed("/payments", "filter[amount]=1&expand=customer")
    assert shown["customer"]["name"] == "Acme"


def test_money_of_nobody_is_kept_without_a_customer(shop: Books) -> None:
    made = shop.made("/payments", {"amount": 39})
    assert (made["customer"], made["balance"], made["method"], made["currency"]) == (None, 39, "other", "usd")


@pytest.mark.parametrize(
    ("body", "message", "param"),
    [
        ({"amount": None}, "Amount is missing", "amount"),
        ({"amount": -1}, "Amount is invalid", "amount"),
        ({"amount": 1.234}, "Amount is invalid", "amount"),
        ({"customer": 5}, "Customer names customer 5, which does not exist", "customer"),
        ({"applied_to": ["x"]}, "Applied To is invalid", "applied_to"),
        ({"applied_to": [{"type": "x"}]}, "Applied To is invalid", "applied_to"),
        ({"applied_to": [{"type": "invoice"}]}, "Invoice is missing", "applied_to"),
        ({"applied_to": [{"type": "credit"}]}, "Amount is missing", "applied_to"),
        ({"applied_to": [{"type": "credit_note"}]}, "Credit Note is missing", "applied_to"),
        ({"applied_to": [{"type": "invoice", "invoice": 5}]},
         "Invoice names document 5, which does not exist", "applied_to"),
        ({"applied_to": [{"type": "convenience_fee", "amount": 1}]}, "Convenience fees are not charged",
         "applied_to"),
        ({"applied_to": [{"type": "estimate", "estimate": 1, "amount": 1}]},
         "Estimates ask for no deposit that could be paid", "applied_to"),
        ({"applied_to": [{"type": "credit", "amount": 99}]},
         "Amount is more than the payment has left ($10.00)", "applied_to"),
        ({"applied_to": [{"type": "invoice", "invoice": "INVOICE", "amount": 9}]},
         "Amount is more than is open ($5.00)", "applied_to"),
        ({"applied_to": [{"type": "applied_credit", "invoice": "INVOICE", "amount": 1}]},
         "Amount would overspend the credit balance ($0.00 is left)", "amount"),
    ],
)  # fmt: skip
def test_what_cannot_be_paid_so_is_said(shop: Books, body: Any, message: str, param: str) -> None:
    invoice = shop.invoice(5)
    for one in body.get("applied_to", ()):
        if isinstance(one, dict) and one.get("invoice") == "INVOICE":
            one["invoice"] = invoice["id"]
    before = shop.house.dump()
    answer = shop.post("/payments", {"customer": shop.of, "amount": 10, **body})
    assert refused(answer) == (400, message, param)
    assert shop.house.dump() == before


def test_nobody_pays_for_a_stranger(house: House, shop: Books) -> None:
    other = Books(house)
    theirs = other.invoice(5)
    body = {"customer": shop.of, "amount": 5, "applied_to": [to(theirs)]}
    assert refused(shop.post("/payments", body)) == (400, "Customer belongs to another customer", "customer")
    child = shop.customer("Child", parent_customer=shop.of)["id"]
    lines = items(("Paper", 1, 5))
    of_child = shop.made("/invoices", {"customer": child, "items": lines})
    assert shop.pay(5, to(of_child))["balance"] == 0
