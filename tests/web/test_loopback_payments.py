"""v1: payments of documents, and the items and taxes that documents are made of."""

from typing import Any

import pytest

from tests.web.house import House
from tests.web.loopback import V1, absent, alice, error, said
from tests.web.test_loopback_documents import BODY, SUIT, again, codes, here, made


def paid(v1: V1, id: str, **payment: Any) -> Any:
    return said(v1.ask("POST", f"/documents/{id}/payments", payment))


def of(v1: V1, path: str) -> str:
    return f"/organizations/{v1.organization}/{path}"


def owes(v1: V1, id: str) -> tuple[Any, ...]:
    shown = again(v1, id)
    return shown["totalPaid"], shown["totalDue"], shown["paidInFull"]


def test_a_payment_of_the_documents_is_taken_as_it_is_written(house: House) -> None:
    v1 = alice(house)
    invoice = made(v1)
    answer = v1.form(
        "POST",
        f"/documents/{invoice['id']}/payments",
        {"type": "bank", "date": "2026-05-01", "amount": "1000", "description": "first", "tag": "a"},
    )
    payment = said(answer)
    assert {name: payment[name] for name in ("type", "date", "amount", "documentId", "clientId")} == {
        "type": "bank", "date": "2026-05-01", "amount": 1000, "documentId": invoice["id"],
        "clientId": invoice["clientId"],
    }  # fmt: skip
    assert (payment["description"], payment["note"], payment["tag"]) == ("first", "first", "a")
    assert said(v1.get(f"/payments/{payment['id']}")) == payment
    assert said(v1.get(f"/documents/{invoice['id']}/payments")) == [payment]
    assert said(v1.get(f"/documents/{invoice['id']}/payments/count")) == {"count": 1}
    assert owes(v1, invoice["id"]) == (1000, 1420, False)


def test_without_an_amount_all_that_is_due_is_paid(house: House) -> None:
    v1 = alice(house)
    invoice = made(v1)
    paid(v1, invoice["id"], amount=420)
    assert paid(v1, invoice["id"], type="card")["amount"] == 2000
    assert owes(v1, invoice["id"]) == (2420, 0, True)
    assert again(v1, invoice["id"])["datePaid"] is not None
    assert codes(v1.ask("POST", f"/documents/{invoice['id']}/payments", {})) == {"amount": ["exceeds_open"]}


def test_what_is_paid_too_much_is_to_the_clients_credit(house: House) -> None:
    v1 = alice(house)
    invoice = made(v1)
    assert paid(v1, invoice["id"], amount=2500)["amount"] == 2500
    assert owes(v1, invoice["id"]) == (2420, 0, True)
    following = made(v1)  # which takes it up
    assert (following["totalPaid"], following["totalDue"]) == (80, 2340)
    (payment,) = said(v1.get(f"/documents/{following['id']}/payments"))
    assert (payment["type"], payment["amount"]) == ("other", 80)


def test_a_document_may_come_with_its_payments(house: House) -> None:
    v1 = alice(house)
    invoice = made(v1, payments=[{"type": "coupon", "amount": 20}, {"type": "card"}])
    assert (invoice["totalPaid"], invoice["totalDue"], invoice["paidInFull"]) == (2420, 0, True)
    found = said(v1.get(of(v1, "payments"), {"filter": '{"order":"amount DESC"}'}))
    assert [(one["type"], one["amount"]) for one in found] == [("card", 2400), ("coupon", 20)]
    assert said(v1.get(of(v1, "payments/count"), {"where": '{"type":"card"}'})) == {"count": 1}


def test_a_deleted_payment_was_never_there(house: House) -> None:
    v1 = alice(house)
    invoice = made(v1)
    payment = paid(v1, invoice["id"], amount=1000)
    path = f"/payments/{payment['id']}"
    assert said(v1.ask("DELETE", path)) == {"count": 1}
    assert owes(v1, invoice["id"]) == (0, 2420, False)
    assert said(v1.ask("DELETE", path)) == {"count": 0}
    assert absent(v1.get(path))
    assert absent(v1.ask("PUT", path, payment))
    assert said(v1.get(of(v1, "payments"))) == []


def test_the_words_of_a_payment_change_and_its_money_does_not(house: House) -> None:
    v1 = alice(house)
    invoice, other = made(v1), made(v1)
    payment = paid(v1, invoice["id"], amount=1000, type="bank", description="first", custom={"a": 1})
    path = f"/payments/{payment['id']}"
    unchanged = v1.ask("PUT", path, payment)
    assert (said(unchanged), unchanged.headers["etag"]) == (payment, '"1"')
    changed = said(v1.ask("PATCH", path, {**payment, "type": "card", "note": "second"}))
    assert (changed["type"], changed["description"], changed["custom"]) == ("card", "second", {"a": 1})
    replaced = said(v1.ask("PUT", path, {"type": "cash", "amount": 1000, "date": "2026-05-01"}))
    assert (replaced["type"], replaced["note"], replaced["custom"]) == ("cash", None, {})
    for wrong in ({"amount": 999}, {"documentId": other["id"]}, {"clientId": "0" * 24}):
        assert codes(v1.ask("PATCH", path, wrong)) == {name: ["immutable"] for name in wrong}
    assert owes(v1, invoice["id"]) == (1000, 1420, False)


def test_a_payment_may_name_its_document_or_only_a_client(house: House) -> None:
    v1 = alice(house)
    invoice = made(v1)
    payment = said(v1.ask("POST", of(v1, "payments"), {"documentId": invoice["id"], "amount": 20}))
    assert (payment["documentId"], owes(v1, invoice["id"])[0]) == (invoice["id"], 20)
    alone = said(v1.ask("POST", of(v1, "payments"), {"clientId": invoice["clientId"], "amount": 5}))
    assert (alone["documentId"], alone["amount"]) == (None, 5)
    shown = said(v1.get(f"/payments/{payment['id']}", {"filter": '{"include":"document"}'}))
    assert shown["document"]["id"] == invoice["id"]


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, {"documentId": ["presence"]}),
        ({"clientId": "0" * 24}, {"amount": ["presence"]}),
        ({"clientId": "0" * 24, "amount": 5}, {"clientId": ["unknown_reference"]}),
        ({"documentId": "0" * 24}, {"documentId": ["unknown_reference"]}),
        ({"documentId": "0" * 24, "amount": 0}, {"amount": ["out_of_range"]}),
        ({"documentId": "0" * 24, "amount": "x"}, {"amount": ["wrong_type"]}),
        ({"documentId": "0" * 24, "amount": 0.00001}, {"amount": ["out_of_range"]}),
        ({"documentId": "0" * 24, "type": "gold"}, {"type": ["inclusion"]}),
    ],
)
def test_a_payment_that_cannot_be_is_refused_by_name(shared: House, given: Any, wanted: Any) -> None:
    before = shared.dump()
    assert codes(alice(shared).ask("POST", of(alice(shared), "payments"), given)) == wanted
    assert shared.dump() == before


def test_what_asks_for_no_money_takes_none(house: House) -> None:
    v1 = alice(house)
    for document, code in (
        (made(v1, draft=True), "still_draft"),
        (made(v1, type="estimate"), "not_payable"),
        (made(v1, type="credit-note"), "not_payable"),
    ):
        for payment in ({}, {"amount": 5}):
            refused = v1.ask("POST", f"/documents/{document['id']}/payments", payment)
            assert codes(refused) == {"documentId": [code]}
    canceled = made(v1)
    said(v1.ask("POST", f"/documents/{canceled['id']}/cancel"))
    refused = v1.ask("POST", f"/documents/{canceled['id']}/payments", {"amount": 5})
    assert codes(refused) == {"documentId": ["voided"]}


# Items and taxes


def tax(v1: V1, rate: Any = 22, **more: Any) -> Any:
    body = {"name": "Value added tax", "abbreviation": "VAT", "_taxRates": [{"rate": rate}], **more}
    return said(v1.ask("POST", of(v1, "taxes"), body))


def test_a_tax_has_one_rate(house: House) -> None:
    v1 = alice(house)
    made_tax = tax(v1, "9.5", classification="reduced", custom={"a": "b"})
    assert (made_tax["abbreviation"], made_tax["custom"]) == ("VAT", {"a": "b"})
    assert [one["rate"] for one in made_tax["_taxRates"]] == [9.5]
    path = f"/taxes/{made_tax['id']}"
    unchanged = v1.ask("PUT", path, made_tax)
    assert (said(unchanged), unchanged.headers["etag"]) == (made_tax, '"1"')
    assert tax(v1)["abbreviation"] == "VAT"  # several may be called so
    rates: tuple[Any, ...] = ([], [{"rate": 1}, {"rate": 2}], [{"rate": -1}], [{}], "x")
    for wrong in rates:
        body = {"name": "A", "_taxRates": wrong}
        assert error(v1.ask("POST", of(v1, "taxes"), body)).status == 422
    assert codes(v1.ask("POST", of(v1, "taxes"), {"name": "A"})) == {"_taxRates": ["presence"]}
    assert said(v1.get(of(v1, "taxes/count"))) == {"count": 2}
    assert said(v1.ask("DELETE", path)) == {"count": 1}
    assert said(v1.ask("DELETE", path)) == {"count": 0}
    assert absent(v1.get(path))


def test_an_items_price_and_taxes_are_taken_up(house: House) -> None:
    v1 = alice(house)
    vat = tax(v1, classification="standard")
    body = {
        "name": "Space suit",
        "price": "1000",
        "unit": "piece",
        "SKU": "S-1",
        "_itemTaxes": [{"rate": 22}],
    }
    item = said(v1.ask("POST", of(v1, "items"), body))
    assert (item["price"], item["taxIds"], item["SKU"]) == (1000, [vat["id"]], "S-1")
    for line in ({"itemId": item["id"]}, {"SKU": "S-1", "load": True}):
        invoice = made(v1, _documentItems=[{**line, "quantity": 2}])
        (shown,) = invoice["_documentItems"]
        assert (shown["itemId"], shown["name"], shown["unit"]) == (item["id"], "Space suit", "piece")
        assert (invoice["total"], invoice["totalWithTax"]) == (2000, 2440)
        assert shown["_documentItemTaxes"][0]["taxId"] == vat["id"]
    (cheaper,) = made(v1, _documentItems=[{"itemId": item["id"], "price": 900}])["_documentItems"]
    assert (cheaper["price"], cheaper["name"]) == (900, "Space suit")


def test_a_rate_of_an_item_that_is_no_number_is_named(house: House) -> None:
    v1 = alice(house)
    answer = v1.ask("POST", of(v1, "items"), {"name": "Suit", "_itemTaxes": [{"rate": 22}, {"rate": "x"}]})
    assert codes(answer) == {"_itemTaxes.1.rate": ["wrong_type"]}


@pytest.mark.parametrize("named", [{"rate": 22}, {"classification": "standard"}])
def test_a_tax_is_named_by_rate_or_classification(house: House, named: Any) -> None:
    v1 = alice(house)
    vat = tax(v1, classification="standard")
    invoice = made(v1, _documentItems=[{**SUIT, "_documentItemTaxes": [named]}])
    (shown,) = invoice["_documentItems"][0]["_documentItemTaxes"]
    assert (shown["taxId"], shown["rate"], shown["name"]) == (vat["id"], 22, "Value added tax")
    assert invoice["_documentTaxes"][0]["taxId"] == vat["id"]


def test_a_line_may_be_kept_as_an_item(house: House) -> None:
    v1 = alice(house)
    invoice = made(v1, _documentItems=[{**SUIT, "save": True}])
    (item,) = said(v1.get(of(v1, "items")))
    assert (item["name"], item["price"]) == ("Space suit", 1000)
    assert invoice["_documentItems"][0]["itemId"] == item["id"]
    assert said(v1.get(of(v1, "search-items"), {"term": "suit"})) == [item]
    path = f"/items/{item['id']}"
    assert said(v1.ask("PUT", path, item)) == item
    assert said(v1.ask("PATCH", path, {"price": 1100}))["price"] == 1100
    assert codes(v1.ask("PUT", path, {"price": 5})) == {"name": ["presence"]}
    assert said(v1.ask("DELETE", path)) == {"count": 1}
    assert again(v1, invoice["id"]) == invoice
    assert said(v1.ask("POST", here(v1), BODY))["number"] == "2026-00002"
