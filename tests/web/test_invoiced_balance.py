"""What a customer owes at the door that speaks Invoiced, and the invoices that are made of what is there."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.records import examples
from tests.web.house import House
from tests.web.invoiced import DAY, MAY, Books, golden, items, refused

ADJUSTMENT_KEYS = [
    "amount",
    "created_at",
    "currency",
    "customer",
    "date",
    "id",
    "notes",
    "object",
    "updated_at",
]


@pytest.fixture
def shop(house: House) -> Books:
    return Books(house, payment_terms="NET 30", consolidated=True)


def test_the_documented_balance_comes_about(shop: Books) -> None:
    invoice = shop.invoice(520)
    shop.credit(100)
    shop.house.clock.forward(60)
    shop.pay(0, {"type": "applied_credit", "invoice": invoice["id"], "amount": 50})
    shown, documented = shop.balance(), golden("balance")
    first, second = shown["history"]
    assert first["timestamp"] > second["timestamp"]
    for one, told in zip(documented["history"], shown["history"], strict=True):
        one["timestamp"] = told["timestamp"]
    assert shown == {**documented, "open_credit_notes": 0}
    assert list(shown) == sorted(shown)


def test_drafts_and_voided_invoices_are_not_owed_and_what_is_late_is_due(shop: Books) -> None:
    shop.invoice(1, draft=True)
    shop.post(f"/invoices/{shop.invoice(2)['id']}/void")
    shop.invoice(4)
    shop.invoice(8, due_date=MAY)
    shop.invoice(16, due_date=MAY - DAY)
    shown = shop.balance()
    assert (shown["total_outstanding"], shown["due_now"], shown["past_due"]) == (28, 24, True)


def test_each_currency_has_a_balance_of_its_own(shop: Books) -> None:
    shop.invoice(10)
    shop.invoice(7, currency="eur")
    assert shop.balance()["total_outstanding"] == 10
    shown = shop.get(f"/customers/{shop.of}/balance", currency="EUR").json()
    assert (shown["total_outstanding"], shown["currency"]) == (7, "eur")


def test_credit_is_given_changed_and_taken_back(shop: Books) -> None:
    form = {"customer": str(shop.of), "amount": "50"}
    made = shop.ask("POST", "/credit_balance_adjustments", form=form).json()
    assert list(made) == ADJUSTMENT_KEYS
    assert (made["amount"], made["currency"], made["object"]) == (50, "usd", "credit_balance_adjustment")
    one = f"/credit_balance_adjustments/{made['id']}"
    assert shop.get(one).json() == made
    noted = shop.patch(one, {**made, "notes": "Outage"}).json()
    assert (noted["notes"], noted["amount"]) == ("Outage", 50)
    assert shop.patch(one, {"amount": 20}).json()["amount"] == 20
    shop.credit(-5)
    assert shop.balance()["available_credits"] == 15
    left = "Amount would overspend the credit balance ($15.00 is left)"
    body = {"customer": shop.of, "amount": -16}
    assert refused(shop.post("/credit_balance_adjustments", body)) == (400, left, "amount")
    assert refused(shop.ask("DELETE", one))[0] == 400
    (_, minus) = shop.listed("/credit_balance_adjustments", f"filter[customer]={shop.of}")
    assert shop.ask("DELETE", f"/credit_balance_adjustments/{minus['id']}").status_code == 204
    gone = shop.ask("DELETE", one)
    assert (gone.status_code, gone.content) == (204, b"")
    missing = f"Credit balance adjustment was not found: {made['id']}"
    assert refused(shop.get(one)) == (404, missing, None)
    assert shop.listed("/credit_balance_adjustments") == []
    assert [one["balance"] for one in shop.balance()["history"]] == [0, 20, 15, 20, 50]


def test_pending_line_items_become_an_invoice_once(shop: Books) -> None:
    acme = f"/customers/{shop.of}"
    shop.made("/items", {"id": "hours", "name": "Hours", "unit_cost": 45, "type": "hours"})
    shop.made(f"{acme}/line_items", {"catalog_item": "hours", "quantity": 2, "metadata": {"of": "May"}})
    shop.made(f"{acme}/line_items", {"name": "Paper", "unit_cost": 0.5, "quantity": 3})
    made = shop.made(f"{acme}/invoices", None)
    assert [(one["name"], one["amount"], one["type"]) for one in made["items"]] == [
        ("Hours", 90, "hours"), ("Paper", 1.5, None),
    ]  # fmt: skip
    assert (made["total"], made["due_date"], made["items"][0]["metadata"]) == (
        91.5, MAY + 30 * DAY, {"of": "May"},
    )  # fmt: skip
    assert shop.listed(f"{acme}/line_items") == []
    none = (400, "There are no pending line items to invoice", None)
    assert refused(shop.post(f"{acme}/invoices", b"null")) == none


def test_line_items_stay_pending_when_the_customer_is_on_hold(shop: Books) -> None:
    acme = f"/customers/{shop.of}"
    pending = shop.made(f"{acme}/line_items", {"name": "Paper", "unit_cost": 5})
    shop.patch(acme, {"credit_hold": True})
    assert refused(shop.post(f"{acme}/invoices", b"{}"))[0] == 400
    assert shop.listed(f"{acme}/line_items") == [pending]


def test_open_invoices_become_one_and_as_much_is_owed(shop: Books) -> None:
    acme = f"/customers/{shop.of}"
    shop.made("/tax_rates", {"id": "vat", "name": "VAT", "value": 19})
    first = shop.invoice(33.33, taxes=["vat"], date=MAY - 9 * DAY)
    second = shop.invoice(10.05, taxes=["vat", {"amount": 1}], discounts=[{"amount": 2}])
    paid, draft, later = shop.invoice(5), shop.invoice(6, draft=True), shop.invoice(7, date=MAY + DAY)
    shop.pay(5, {"type": "invoice", "invoice": paid["id"]})
    half = shop.pay(20, {"type": "invoice", "invoice": first["id"], "amount": 15})
    shop.credit(9)
    spent = shop.pay(0, {"type": "applied_credit", "invoice": second["id"], "amount": 4})
    before = shop.balance()
    made = shop.made(f"{acme}/consolidate_invoices", {"cutoff_date": MAY})
    assert (made["name"], made["status"]) == ("Consolidated Invoice", "not_sent")
    assert made["total"] == round(first["total"] + second["total"], 2)
    assert made["balance"] == round(first["total"] + second["total"] - 19, 2)
    after = shop.balance()
    assert {**after, "history": []} == {**before, "history": []}
    assert [shop.seen("invoices", one)["status"] for one in (first, second, paid, draft, later)] == [
        "voided", "voided", "paid", "draft", "not_sent",
    ]  # fmt: skip
    for payment, left in ((half, 5), (spent, 0)):
        shown = shop.get(f"/payments/{payment['id']}", include="applied_to").json()
        assert ([one["invoice"] for one in shown["applied_to"]], shown["balance"]) == ([made["id"]], left)
    none = (400, "There are no open invoices to consolidate", None)
    assert refused(shop.post(f"{acme}/consolidate_invoices", {"cutoff_date": MAY})) == none
    again = shop.post(f"{acme}/consolidate_invoices", str(MAY + DAY).encode())
    assert again.json()["balance"] == round(made["balance"] + 7, 2)


def test_nothing_is_consolidated_for_who_does_not_want_it(shop: Books) -> None:
    shop.invoice(1)
    shop.invoice(2)
    acme = f"/customers/{shop.of}"
    before = shop.house.dump()
    assert refused(shop.post(f"{acme}/consolidate_invoices", {"currency": "euro"}))[::2] == (400, "currency")
    assert refused(shop.post(f"{acme}/consolidate_invoices", {"cutoff_date": "May"}))[::2] == (
        400, "cutoff_date",
    )  # fmt: skip
    assert shop.house.dump() == before
    shop.patch(acme, {"consolidated": False})
    off = "Consolidated invoicing is not enabled for this customer"
    assert refused(shop.post(f"{acme}/consolidate_invoices", b"null")) == (400, off, None)


cents = st.integers(0, 100_000).map(lambda n: n / 100)
lines = st.lists(st.tuples(st.just("Paper"), st.integers(1, 9), cents), min_size=1, max_size=3)
invoices = st.lists(
    st.tuples(lines, st.sampled_from([[], ["vat"], ["vat", {"amount": 0.37}], [{"amount": 2}]]), cents),
    min_size=2,
    max_size=4,
)


def test_consolidating_never_changes_what_is_owed(house: House) -> None:
    Books(house).made("/tax_rates", {"id": "vat", "name": "VAT", "value": 7.7})

    @examples(25)
    @given(invoices, cents)
    def holds(some: list[Any], paid: float) -> None:
        shop = Books(house, consolidated=True)
        for of, taxes, discount in some:
            made = shop.invoice(items=items(*of), taxes=taxes, discounts=[{"amount": discount}])
            amount = min(paid, made["balance"])
            shop.pay(paid, {"type": "invoice", "invoice": made["id"], "amount": amount})
        before, open_ = (
            shop.balance(),
            [one for one in shop.listed("/invoices", of_it(shop)) if one["balance"]],
        )
        answer = shop.post(f"/customers/{shop.of}/consolidate_invoices")
        assert answer.status_code == (201 if len(open_) > 1 else 400), answer.text
        assert shop.balance() == before
        if len(open_) > 1:
            assert exact(answer.json()) == sum(map(exact, open_), Decimal(0))

    holds()


def of_it(shop: Books) -> str:
    return f"filter[customer]={shop.of}&filter[paid]=0"


def exact(invoice: Any) -> Decimal:
    return Decimal(str(invoice["balance"]))


@pytest.mark.parametrize("what", ["invoices", "consolidate_invoices"])
def test_of_many_at_once_one_makes_the_invoice(house: House, shop: Books, what: str) -> None:
    acme = f"/customers/{shop.of}"
    for amount in (3, 4):
        if what == "invoices":
            shop.made(f"{acme}/line_items", {"name": "Paper", "unit_cost": amount})
        else:
            made = shop.invoice(amount)
            shop.pay(1, {"type": "invoice", "invoice": made["id"], "amount": 1})
    left = 7 if what == "invoices" else 5
    headers = {"Authorization": f"Bearer {house.cast.shop_key}"}
    url = f"/invoiced{acme}/{what}"
    answers = house.at_once(*(house.client.post(url, headers=headers) for _ in range(6)))
    assert sorted(one.status_code for one in answers) == [201, *[400] * 5]
    assert shop.balance()["total_outstanding"] == left
    assert [one["balance"] for one in shop.listed("/invoices", "filter[paid]=0") if one["balance"]] == [left]
