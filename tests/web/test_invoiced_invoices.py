"""Invoices, credit notes and estimates at the door that speaks Invoiced."""

from decimal import Decimal
from typing import Any

import pytest

from billto.app import documents
from billto.app.parts import Request
from billto.domain.scope import Scope
from tests.web.house import House, answered
from tests.web.invoiced import DAY, MAY, Books, items, refused

INVOICE_KEYS = [
    "attempt_count", "autopay", "balance", "chase", "closed", "created_at", "currency", "customer", "date",
    "discounts", "draft", "due_date", "id", "items", "metadata", "name", "next_payment_attempt", "notes",
    "number", "object", "paid", "payment_plan", "payment_terms", "payment_url", "pdf_url", "purchase_order",
    "ship_to", "status", "subscription", "subtotal", "taxes", "total", "updated_at", "url",
]  # fmt: skip
CREDIT_NOTE_KEYS = [
    "balance", "closed", "created_at", "currency", "customer", "date", "discounts", "draft", "id", "items",
    "metadata", "name", "notes", "number", "object", "paid", "pdf_url", "purchase_order", "status",
    "subtotal", "taxes", "total", "updated_at", "url",
]  # fmt: skip
ESTIMATE_KEYS = [
    "closed", "created_at", "currency", "customer", "date", "deposit", "deposit_paid", "discounts", "draft",
    "expiration_date", "id", "invoice", "items", "metadata", "name", "notes", "number", "object",
    "payment_terms", "pdf_url", "purchase_order", "ship_to", "status", "subtotal", "taxes", "total",
    "updated_at", "url",
]  # fmt: skip
PAPERS = {"invoices": "Invoice", "credit_notes": "Credit note", "estimates": "Estimate"}


@pytest.fixture
def shop(house: House) -> Books:
    return Books(house, payment_terms="NET 14")


def test_an_invoice_has_the_documented_keys_and_figures(shop: Books) -> None:
    shop.made("/items", {"id": "delivery", "name": "Delivery", "type": "service", "unit_cost": 10})
    form = {
        "customer": str(shop.of), "items[0][name]": "Copy paper, Case", "items[0][quantity]": "1",
        "items[0][unit_cost]": "45", "items[1][catalog_item]": "delivery", "items[1][quantity]": "1",
        "taxes[0][amount]": "3.85",
    }  # fmt: skip
    made = shop.ask("POST", "/invoices", form=form).json()
    assert list(made) == INVOICE_KEYS
    assert (made["subtotal"], made["total"], made["balance"]) == (55, 58.85, 58.85)
    assert (made["name"], made["status"], made["payment_terms"]) == ("Invoice", "not_sent", "NET 14")
    assert (made["date"], made["due_date"]) == (MAY, MAY + 14 * DAY)
    assert made["number"]
    (tax,) = made["taxes"]
    assert tax == {"amount": 3.85, "id": tax["id"], "object": "tax", "tax_rate": None}
    first, second = made["items"]
    assert first == {
        "amount": 45, "catalog_item": None, "description": None, "discountable": True, "discounts": [],
        "id": first["id"], "metadata": {}, "name": "Copy paper, Case", "object": "line_item", "quantity": 1,
        "taxable": True, "taxes": [], "type": None, "unit_cost": 45,
    }  # fmt: skip
    said = (second["name"], second["catalog_item"], second["type"], second["amount"])
    assert said == ("Delivery", "delivery", "service", 10)
    assert shop.seen("invoices", made) == made
    assert ".0" not in shop.get(f"/invoices/{made['id']}").text


def test_credit_notes_and_estimates_have_their_own_keys(shop: Books) -> None:
    body = {"customer": shop.of, "items": items(("Paper", 2, 5))}
    note, estimate = shop.made("/credit_notes", body), shop.made("/estimates", body)
    assert (list(note), note["status"], note["balance"]) == (CREDIT_NOTE_KEYS, "open", 10)
    assert (list(estimate), estimate["status"], estimate["total"]) == (ESTIMATE_KEYS, "not_sent", 10)
    assert (note["name"], estimate["name"]) == ("Credit Note", "Estimate")


@pytest.mark.parametrize("path", PAPERS)
def test_they_are_drafts_first_where_that_is_wanted(shop: Books, path: str) -> None:
    body = {"customer": shop.of, "draft": 1, "items": items(("Paper", 1, 7))}
    draft = shop.made(f"/{path}", body)
    assert (draft["draft"], draft["status"], draft["number"]) == (True, "draft", None)
    assert shop.balance()["total_outstanding"] == 0
    one = f"/{path}/{draft['id']}"
    assert shop.patch(one, {"notes": "Thanks", "items": items(("Paper", 3, 7))}).json()["total"] == 21
    other = shop.made(f"/{path}", body)
    gone = shop.ask("DELETE", f"/{path}/{other['id']}")
    assert (gone.status_code, gone.content) == (204, b"")
    missing = (404, f"{PAPERS[path]} was not found: {other['id']}", None)
    assert refused(shop.get(f"/{path}/{other['id']}")) == missing
    issued = shop.patch(one, {"draft": False}).json()
    assert (issued["draft"], issued["total"], issued["notes"]) == (False, 21, "Thanks")
    assert issued["number"]
    status, message, _ = refused(shop.ask("DELETE", one))
    assert (status, message[:9]) == (400, "Is issued")
    assert refused(shop.patch(one, {"draft": True}))[::2] == (400, "draft")


@pytest.mark.parametrize("path", PAPERS)
def test_one_is_not_another(shop: Books, path: str) -> None:
    made = shop.made(f"/{path}", {"customer": shop.of, "items": items(("Paper", 1, 1))})
    for other in PAPERS.keys() - {path}:
        missing = (404, f"{PAPERS[other]} was not found: {made['id']}", None)
        assert refused(shop.get(f"/{other}/{made['id']}")) == missing
        assert refused(shop.post(f"/{other}/{made['id']}/void")) == missing
        assert shop.listed(f"/{other}") == []


def test_what_is_issued_stays_as_it_is_and_may_be_sent_back_as_it_is(shop: Books) -> None:
    made = shop.invoice(50)
    one = f"/invoices/{made['id']}"
    changed = shop.patch(one, {**made, "metadata": {"rep": "Jan"}, "sent": True, "name": "July"}).json()
    assert (changed["metadata"], changed["status"], changed["name"]) == ({"rep": "Jan"}, "sent", "July")
    for field, value in (
        ("items", items(("Paper", 1, 60))), ("date", MAY), ("notes", "x"), ("currency", "eur"),
        ("customer", shop.customer("Other")["id"]), ("number", "X-1"),
    ):  # fmt: skip
        answer = shop.patch(one, {field: value})
        if field == "date":
            assert answer.status_code == 200
            continue
        status, message, param = refused(answer)
        assert (status, param) == (400, field)
        assert "is issued and stays as it is" in message


def test_an_invoice_is_voided_and_nothing_is_owed(shop: Books) -> None:
    made = shop.invoice(50)
    shop.pay(20, {"type": "invoice", "invoice": made["id"], "amount": 20})
    voided = shop.post(f"/invoices/{made['id']}/void")
    assert (voided.status_code, voided.json()["status"], voided.json()["balance"]) == (200, "voided", 0)
    assert shop.balance()["total_outstanding"] == 0
    assert shop.post(f"/invoices/{made['id']}/void").json() == voided.json()
    assert refused(shop.patch(f"/invoices/{made['id']}", {"notes": "x"}))[0] == 400


def test_bad_debt_is_no_longer_expected_until_it_is_again(shop: Books) -> None:
    made = shop.invoice(50)
    one = f"/invoices/{made['id']}"
    closed = shop.patch(one, {"closed": True}).json()
    assert (closed["closed"], closed["status"], closed["paid"]) == (True, "bad_debt", False)
    assert shop.balance()["total_outstanding"] == 0
    reopened = shop.patch(one, {"closed": False}).json()
    assert (reopened["status"], reopened["balance"]) == ("not_sent", 50)
    assert shop.balance()["total_outstanding"] == 50
    assert shop.invoice(5, closed=True)["status"] == "bad_debt"


def test_the_day_after_it_was_due_an_invoice_is_late(shop: Books) -> None:
    made, other = shop.invoice(50), shop.invoice(10, payment_terms="whenever")
    assert other["due_date"] is None
    shop.house.clock.forward(14 * DAY)
    assert shop.seen("invoices", made)["status"] == "not_sent"
    shop.house.clock.forward(DAY)
    assert shop.seen("invoices", made)["status"] == "past_due"
    found = {one["number"] for one in shop.listed("/invoices", "filter[status]=past_due")}
    assert found == {made["number"]}
    assert shop.balance()["past_due"] is True
    shop.pay(50, {"type": "invoice", "invoice": made["id"]})
    paid = shop.seen("invoices", made)
    assert (paid["status"], paid["paid"], paid["balance"]) == ("paid", True, 0)
    assert [one["id"] for one in shop.listed("/invoices", "filter[paid]=0")] == [other["id"]]


def test_terms_are_the_customers_unless_the_invoice_has_others(shop: Books) -> None:
    assert shop.invoice(payment_terms="NET 30")["due_date"] == MAY + 30 * DAY
    assert shop.invoice(due_date=MAY + 3 * DAY)["due_date"] == MAY + 3 * DAY
    dated = shop.invoice(date=MAY - 10 * DAY)
    assert (dated["date"], dated["due_date"]) == (MAY - 10 * DAY, MAY + 4 * DAY)
    shop.patch(f"/customers/{shop.of}", {"autopay": True, "payment_terms": None})
    inherited = shop.invoice()
    assert (inherited["autopay"], inherited["payment_terms"], inherited["due_date"]) == (True, None, None)


def test_on_hold_and_beyond_its_limit_a_customer_gets_no_invoice(shop: Books) -> None:
    body = {"customer": shop.of, "items": items(("Paper", 1, 5000))}
    shop.patch(f"/customers/{shop.of}", {"credit_limit": 10_000})
    shop.invoice(6000)
    beyond = "This invoice cannot be created because the new amount outstanding ($11,000.00) exceeds the account's credit limit ($10,000.00)."  # noqa: E501
    assert refused(shop.post("/invoices", body)) == (400, beyond, None)
    shop.patch(f"/customers/{shop.of}", {"credit_hold": True})
    held = "New invoices cannot be created for this account because it has a credit hold."
    assert refused(shop.post("/invoices", body)) == (400, held, None)
    assert len(shop.listed("/invoices")) == 1


def test_a_credit_note_goes_to_its_invoice_first(shop: Books) -> None:
    invoice = shop.invoice(40)
    body = {"customer": shop.of, "invoice": invoice["id"], "items": items(("Paper", 1, 55))}
    note = shop.made("/credit_notes", body)
    assert (note["balance"], note["status"]) == (15, "open")
    assert shop.seen("invoices", invoice)["status"] == "paid"
    assert shop.balance()["open_credit_notes"] == 15
    other = shop.invoice(5)
    draft = shop.made("/credit_notes", {**body, "invoice": other["id"], "draft": True})
    assert shop.seen("invoices", other)["balance"] == 5
    assert shop.patch(f"/credit_notes/{draft['id']}", {"draft": False}).json()["balance"] == 50
    assert shop.seen("invoices", other)["balance"] == 0
    answer = shop.post("/credit_notes", {**body, "invoice": 5})
    assert refused(answer) == (400, "Invoice names invoice 5, which does not exist", "invoice")


def test_new_invoices_take_up_credit(shop: Books) -> None:
    shop.credit(30)
    made = shop.invoice(100)
    assert (made["balance"], shop.balance()["available_credits"]) == (70, 0)


def test_lists_are_asked_by_customer_status_days_and_tags(house: House, shop: Books) -> None:
    first = shop.invoice(10, metadata={"rep": "Jan"}, date=MAY - 5 * DAY, number="A-1")
    second = shop.invoice(20, sent=True)
    third = shop.invoice(30, draft=True)
    other = Books(house)
    fourth = other.invoice(40)
    four = [one["id"] for one in (first, second, third, fourth)]
    for query, found in (
        ("", four), ("sort=total desc", four[::-1]), ("sort=balance asc", [four[2], *four[:2], four[3]]),
        (f"filter[customer]={shop.of}", four[:3]), (f"filter[customer]={other.of}&filter[paid]=0", four[3:]),
        ("filter[draft]=1", four[2:3]), ("filter[status]=sent", four[1:2]),
        ("filter[status]=draft", four[2:3]), ("filter[closed]=true", []),
        ("metadata[rep]=Jan", four[:1]), ("filter[total]=20", four[1:2]),
        (f"start_date={MAY}", four[1:]), (f"end_date={MAY - DAY}", four[:1]),
        ("filter[number]=A-1", four[:1]),
        (f"filter[date]={MAY - 5 * DAY}", four[:1]), (f"start_date={MAY - 5 * DAY}&end_date={MAY}", four),
        (f"updated_after={fourth['updated_at'] + 9}", []), ("per_page=2&page=2", four[2:]),
    ):  # fmt: skip
        assert [one["id"] for one in shop.listed("/invoices", query)] == found, query
    (shown,) = shop.listed("/invoices", "filter[number]=A-1&expand=customer&exclude=items")
    assert shown["customer"] == shop.get(f"/customers/{shop.of}").json()
    assert "items" not in shown
    for query in ("filter[status]=lost", "filter[paid]=maybe", "filter[items]=1", "filter[notes]=x"):
        assert refused(shop.ask("GET", "/invoices", query=query))[0] == 400


@pytest.mark.parametrize(
    ("body", "message", "param"),
    [
        ({"customer": None}, "Customer is missing", "customer"),
        ({"customer": 5}, "Customer names customer 5, which does not exist", "customer"),
        ({"customer": "x"}, "Customer is invalid", "customer"),
        ({"items": [{"name": "x"}]}, "Unit Cost is missing", "items"),
        ({"items": [{"catalog_item": "x"}]}, "Catalog Item names item x, which does not exist", "items"),
        ({"items": ["x"]}, "Items is invalid", "items"),
        ({"items": [{"unit_cost": "1,5"}]}, "Items is invalid", "items"),
        ({"taxes": ["vat"]}, "Taxes names tax rate vat, which does not exist", "taxes"),
        ({"taxes": [{"amount": -1}]}, "Taxes is invalid", "taxes"),
        ({"discounts": ["x"]}, "Discounts names coupon x, which does not exist", "discounts"),
        ({"attachments": [3]}, "Attachments names file 3, which does not exist", "attachments"),
        ({"ship_to": {"city": "x"}}, "An address to ship to is not kept", "ship_to"),
        ({"draft": "maybe"}, "Draft is invalid", "draft"),
        ({"date": "today"}, "Date is invalid", "date"),
        ({"currency": "dollar"}, "Currency is invalid", "currency"),
        ({"items": [{"unit_cost": 1}] * 501}, "Items must have at most 500 elements", "items"),
        ({"items": [{"unit_cost": -1}]}, "Items is invalid", "items"),
    ],
)
def test_what_is_no_invoice_is_said(shop: Books, body: Any, message: str, param: str) -> None:
    before = shop.house.dump()
    answer = shop.post("/invoices", {"customer": shop.of, **body})
    assert refused(answer) == (400, message, param)
    assert shop.house.dump() == before


def test_discounts_and_taxes_are_worked_out(shop: Books) -> None:
    shop.made("/tax_rates", {"id": "vat", "name": "VAT", "value": 10})
    made = shop.invoice(100, discounts=[{"amount": 20}], taxes=["vat", {"amount": 1.5}])
    assert (made["subtotal"], made["total"]) == (100, 89.5)
    assert [one["amount"] for one in made["discounts"]] == [20]
    assert [(one["amount"], (one["tax_rate"] or {}).get("id")) for one in made["taxes"]] == [
        (8, "vat"), (1.5, None)
    ]  # fmt: skip
    line = {"unit_cost": 10, "quantity": 2, "discounts": [{"amount": 4}], "taxes": [{"tax_rate": "vat"}]}
    of_line = shop.invoice(items=[line])
    assert (of_line["subtotal"], of_line["total"], of_line["taxes"]) == (16, 17.6, [])
    assert of_line["items"][0]["taxes"][0]["amount"] == 1.6
    assert of_line["items"][0]["discounts"][0]["amount"] == 4


def test_a_draft_keeps_what_this_door_cannot_say_of_its_lines(house: House, shop: Books) -> None:
    draft = shop.invoice(10, draft=True, discounts=[{"amount": 1}])
    again = shop.patch(f"/invoices/{draft['id']}", {**draft, "notes": "x"}).json()
    assert {**again, "updated_at": 0} == {**draft, "notes": "x", "updated_at": 0}
    (line,) = draft["items"]
    more = shop.patch(f"/invoices/{draft['id']}", {"items": [{**line, "quantity": 2}, {"unit_cost": 3}]})
    assert [one["amount"] for one in more.json()["items"]] == [20, 3]
    other = shop.customer("Other")["id"]
    assert shop.patch(f"/invoices/{draft['id']}", {"customer": other}).json()["customer"] == other


def test_what_cannot_be_done_is_not_said_to_be_done(shop: Books) -> None:
    one = f"/invoices/{shop.invoice()['id']}"
    assert refused(shop.post(f"{one}/pay")) == (
        400, "No payment gateway is connected, so nothing can be charged", None,
    )  # fmt: skip
    assert shop.listed(f"{one}/attachments") == []
    estimate = shop.made("/estimates", {"customer": shop.of, "items": items(("x", 1, 1))})
    assert (
        refused(shop.patch(f"/estimates/{estimate['id']}", {"closed": 1}))[1] == "Estimates cannot be closed"
    )
    assert refused(shop.patch(f"/estimates/{estimate['id']}", {"deposit": 5}))[2] == "deposit"
    pdf = shop.ask("GET", one, headers={"Accept": "application/pdf"})
    assert pdf.headers["content-type"] == "application/json"


def test_what_is_billed_here_is_billed_behind_the_other_doors_too(house: House, shop: Books) -> None:
    shop.invoice(10)
    owing = house.shopkeeper.listed(query={"name": "Acme"})["data"][0]
    assert answered(house.shopkeeper.get(f"/customers/{owing['id']}"))["name"] == "Acme"
    assert shop.names("open_balance=1") == ["Acme"]
    assert shop.names("open_balance=0") == ["Duchess Wonder"]
    cannot = "A customer with documents, payments or credits cannot be deleted"
    assert refused(shop.ask("DELETE", f"/customers/{shop.of}")) == (400, cannot, None)


def test_what_asks_for_money_is_an_invoice_here(house: House, shop: Books) -> None:
    async def made(tx: Any) -> Any:
        account, entity = (one.partition("_")[2] for one in (house.cast.alice_account, house.cast.shop))
        asked = Request(Scope(account, "live", key_id="", entity_id=entity))
        return await documents.open_balance(tx, asked, shop.of, Decimal(70), {})

    opening = house.write(made)
    shown = shop.get(f"/invoices/{opening.serial}").json()
    assert (shown["total"], shown["status"], shown["object"]) == (70, "not_sent", "invoice")
    assert [one["id"] for one in shop.listed("/invoices")] == [opening.serial]
    shop.pay(30, {"type": "invoice", "invoice": opening.serial})
    assert shop.balance()["total_outstanding"] == 40
    closed = shop.patch(f"/invoices/{opening.serial}", {"closed": True}).json()
    assert (closed["status"], shop.balance()["total_outstanding"]) == ("bad_debt", 0)
