"""v1: documents made, found, changed, canceled and deleted, as its documents and its clients have it."""

import json
from decimal import Decimal
from typing import Any

import pytest

from billto.app import documents
from billto.app.parts import Request
from billto.dialects.loopback.document_verbs import MANY_MAX
from billto.domain.document import Document
from billto.domain.scope import Scope
from tests.web.house import House
from tests.web.loopback import V1, absent, alice, bare, error, said

SUIT = {
    "name": "Space suit", "quantity": 2, "unit": "Item", "price": 1000, "_documentItemTaxes": [{"rate": 21}],
}  # fmt: skip
ROCKET = {"name": "Rocket Man", "country": "Belgium", "email": "rocket@man.example"}
BODY = {"_documentClient": ROCKET, "_documentItems": [SUIT]}


def here(v1: V1) -> str:
    return f"/organizations/{v1.organization}/documents"


def made(v1: V1, **more: Any) -> Any:
    return said(v1.ask("POST", here(v1), {**BODY, **more}))


def again(v1: V1, id: str, **asked: Any) -> Any:
    return said(v1.get(f"/documents/{id}", {"filter": json.dumps(asked)} if asked else None))


def of_core(house: House, id: str) -> Document:
    scope = Scope(
        house.cast.alice_account.partition("_")[2], "live", key_id="", entity_id=bare(house.cast.studio)
    )
    document: Document = house.run(documents.get(house.server._store.reader, Request(scope), id))
    return document


def codes(answer: Any) -> Any:
    refused = error(answer)
    assert (refused.status, refused.name) == (422, "ValidationError"), answer.text
    return refused.details["codes"]


# Making


def test_the_first_example_of_the_documents_works_as_it_is_written(house: House) -> None:
    v1 = alice(house)
    answer = v1.form(
        "POST",
        here(v1),
        [
            ("_documentClient[name]", "Rocket Man"),
            ("_documentClient[country]", "United Kingdom"),
            ("_documentItems[0][name]", "Space suit"),
            ("_documentItems[0][quantity]", "2"),
            ("_documentItems[0][unit]", "Item"),
            ("_documentItems[0][price]", "1000"),
            ("_documentItems[0][_documentItemTaxes][0][rate]", "21"),
        ],
    )
    invoice = said(answer)
    assert (invoice["type"], invoice["number"], invoice["draft"]) == ("invoice", "2026-00001", False)
    assert (invoice["total"], invoice["totalWithTax"], invoice["totalDue"]) == (2000, 2420, 2420)
    assert invoice["_documentTaxes"] == [{"tax": 21, "taxId": None, "base": 2000, "totalTax": 420}]
    assert invoice["_documentClient"]["name"] == "Rocket Man"
    assert invoice["_documentIssuer"]["name"] == "Wonder Studio"
    assert (invoice["date"], invoice["dateDue"]) == ("2026-05-01T00:00:00.000Z", "2026-05-31T00:00:00.000Z")
    assert (invoice["hasUnit"], invoice["paidInFull"], invoice["sentSnailMail"]) == (True, False, False)


def test_the_core_has_the_same_document(house: House) -> None:
    invoice = made(
        alice(house), _documentItems=[SUIT, {"name": "Gloves", "priceGross": 12.1, "discount": 10}]
    )
    core = of_core(house, invoice["id"])
    for wire, amount in (
        ("total", core.total),
        ("totalWithTax", core.total_with_tax),
        ("totalDiscount", core.total_discount),
        ("totalDue", core.balance),
    ):
        assert Decimal(str(invoice[wire])) == amount
    assert (core.number, core.customer_id) == (invoice["number"], invoice["clientId"])
    native = house.alice.get(f"/customers/{invoice['clientId']}").json()
    assert (native["name"], native["email"], native["country_code"]) == ("Rocket Man", ROCKET["email"], "BE")


def test_a_client_is_named_or_found_by_its_address_or_saved(house: House) -> None:
    v1 = alice(house)
    first, second = made(v1), made(v1, _documentClient={"email": ROCKET["email"]})
    assert second["clientId"] == first["clientId"]
    assert second["_documentClient"]["name"] == "Rocket Man"
    third = made(v1, _documentClient={"name": "Somebody else"})
    assert third["clientId"] not in (None, first["clientId"])
    named = made(v1, clientId=first["clientId"], _documentClient={"address": "Mars 1", "name": None})
    assert named["_documentClient"]["address"] == "Mars 1"  # inline wins
    assert named["_documentClient"]["name"] == "Rocket Man"
    assert said(v1.get(f"/clients/{first['clientId']}"))["address"] is None


def test_nested_ids_are_uuids_that_stay(house: House) -> None:
    v1 = alice(house)
    invoice = made(v1)
    ids = [
        invoice["_documentClient"]["id"],
        invoice["_documentIssuer"]["id"],
        invoice["_documentItems"][0]["id"],
        invoice["_documentItems"][0]["_documentItemTaxes"][0]["id"],
    ]
    assert all(len(one) == 36 and one.count("-") == 4 for one in ids)
    assert len(set(ids)) == 4
    assert again(v1, invoice["id"]) == invoice


def test_figures_are_cut_at_the_decimal_places(house: House) -> None:
    item = {"name": "A third", "price": "33.33999", "quantity": 3, "discount": "10.999"}
    tax = {"_documentItemTaxes": [{"rate": 21.999999999999996}]}
    invoice = made(alice(house), _documentItems=[{**item, **tax}], decimalPlaces=2)
    (line,) = invoice["_documentItems"]
    assert (line["price"], line["discount"], line["_documentItemTaxes"][0]["rate"]) == (33.33, 10.99, 21.99)
    (line,) = made(alice(house), _documentItems=[item])["_documentItems"]
    assert line["price"] == 33.3399  # four, where nothing is said


def test_a_gross_price_is_what_is_paid(house: House) -> None:
    item = {"name": "Tea", "priceGross": 1.22, "price": 5, "_documentItemTaxes": [{"rate": 22}]}
    invoice = made(alice(house), _documentItems=[item], expectedTotalWithTax=1.2200000000000002)
    (line,) = invoice["_documentItems"]
    assert (line["price"], line["priceGross"], line["totalWithTax"], line["totalTax"]) == (
        1,
        1.22,
        1.22,
        0.22,
    )
    wrong = alice(house).ask("POST", here(alice(house)), {**BODY, "expectedTotalWithTax": 2421})
    assert codes(wrong) == {"expectedTotalWithTax": ["total_differs"]}


def test_separators_discounts_in_money_and_reverse_charges(house: House) -> None:
    items = [
        {"name": "Part one", "isSeparator": True, "price": 99},
        {"name": "Suit", "price": 100, "discount": 25, "discountIsAmount": True},
        {"name": "Boots", "price": 10, "_documentItemTaxes": [{"rate": 22, "reverseCharged": "true"}]},
    ]
    invoice = made(alice(house), _documentItems=items)
    assert (invoice["total"], invoice["totalWithTax"], invoice["totalDiscount"]) == (85, 85, 25)
    heading, suit, _ = invoice["_documentItems"]
    assert (heading["isSeparator"], heading["total"], heading["price"]) == (True, 0, None)
    assert (suit["discount"], suit["discountIsAmount"], suit["total"]) == (25, True, 75)
    assert invoice["_documentTaxes"] == []
    assert [(one["tax"], one["base"]) for one in invoice["_documentReverseTaxes"]] == [(22, 10)]


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("invoice", "2026-00001"),
        ("estimate", "2026-00001"),
        ("advance", "ADV-2026-00001"),
        ("credit-note", "CN-2026-00001"),
        ("delivery-note", "DN-2026-00001"),
    ],
)
def test_every_type_has_numbers_of_its_own(house: House, kind: str, number: str) -> None:
    v1 = alice(house)
    assert said(v1.get(f"{here(v1)}/next-doc-number", {"type": kind})) == {"number": number}
    assert said(v1.get(f"{here(v1)}/last-doc-number", {"type": kind})) == {"number": None}
    document = made(v1, type=kind)
    assert (document["type"], document["number"]) == (kind, number)
    assert said(v1.get(f"{here(v1)}/last-doc-number", {"type": kind})) == {"number": number}
    for asked, is_unique in ((number, False), ("X-1", True)):
        asking = {"type": kind, "number": asked}
        assert said(v1.get(f"{here(v1)}/is-unique-doc-number", asking)) == {"isUnique": is_unique}
    assert codes(v1.ask("POST", here(v1), {**BODY, "type": kind, "number": number})) == {
        "number": ["uniqueness"]
    }


def test_a_unique_id_is_issued_once(house: House) -> None:
    v1 = alice(house)
    made(v1, uniqueId="order-1")
    refused = v1.ask("POST", here(v1), {**BODY, "uniqueId": "order-1"})
    assert codes(refused) == {"uniqueId": ["uniqueness"]}
    assert said(v1.get(f"{here(v1)}/count")) == {"count": 1}


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, {"_documentItems": ["presence"], "_documentClient": ["presence"]}),
        ({"_documentClient": ROCKET, "_documentItems": []}, {"_documentItems": ["presence"]}),
        (
            {"_documentClient": {"country": "SI"}, "_documentItems": [SUIT]},
            {"_documentClient.name": ["presence"]},
        ),
        ({**BODY, "type": "bill"}, {"type": ["inclusion"]}),
        ({**BODY, "date": "yesterday"}, {"date": ["wrong_type"]}),
        ({**BODY, "currencyId": "EURO"}, {"currencyId": ["format"]}),
        ({**BODY, "clientId": "0" * 24}, {"clientId": ["unknown_reference"]}),
        ({**BODY, "documentIds": ["0" * 24]}, {"documentIds.0": ["unknown_reference"]}),
        ({**BODY, "decimalPlaces": 10}, {"decimalPlaces": ["out_of_range"]}),
        ({**BODY, "_documentClient": "Ana"}, {"_documentClient": ["wrong_type"]}),
        ({**BODY, "_documentItems": [{"price": 1}]}, {"_documentItems.0.name": ["presence"]}),
        ({**BODY, "_documentItems": [{"name": "A"}]}, {"_documentItems.0.price": ["presence"]}),
        (
            {**BODY, "_documentItems": [SUIT, {"name": "A", "price": "x", "quantity": []}]},
            {"_documentItems.1.price": ["wrong_type"], "_documentItems.1.quantity": ["wrong_type"]},
        ),
        (
            {**BODY, "_documentItems": [{**SUIT, "_documentItemTaxes": [{"rate": 5, "compound": True}]}]},
            {"_documentItems.0._documentItemTaxes.0.compound": ["bad_cell"]},
        ),
        (
            {**BODY, "_documentItems": [{**SUIT, "_documentItemTaxes": [{"classification": "odd"}]}]},
            {"_documentItems.0._documentItemTaxes.0.classification": ["unknown_reference"]},
        ),
        ({**BODY, "payments": [{"type": "gold"}]}, {"payments.0.type": ["inclusion"]}),
        ({**BODY, "draft": True, "payments": [{"type": "cash"}]}, {"payments": ["still_draft"]}),
        ({**BODY, "type": "estimate", "payments": [{}]}, {"payments": ["not_payable"]}),
    ],
)
def test_what_cannot_be_made_is_refused_by_name(shared: House, given: Any, wanted: Any) -> None:
    before = shared.dump()
    assert codes(alice(shared).ask("POST", here(alice(shared)), given)) == wanted
    assert shared.dump() == before


def test_several_documents_are_made_together_or_not_at_all(house: House) -> None:
    v1 = alice(house)
    two = said(v1.ask("POST", here(v1), [BODY, {**BODY, "type": "estimate"}]))
    assert [one["type"] for one in two] == ["invoice", "estimate"]
    before = house.dump()
    refused = v1.ask("POST", here(v1), [BODY, {**BODY, "clientId": "0" * 24}])
    assert codes(refused) == {"1.clientId": ["unknown_reference"]}
    assert error(v1.ask("POST", here(v1), [BODY] * (MANY_MAX + 1))).status == 400
    assert error(v1.ask("POST", here(v1), [BODY], {"Idempotency-Key": "a"})).status == 400
    assert house.dump() == before


def test_a_repeat_is_the_same_document(house: House) -> None:
    v1 = alice(house)
    first = v1.ask("POST", here(v1), BODY, {"Idempotency-Key": "a"})
    assert v1.ask("POST", here(v1), BODY, {"Idempotency-Key": "a"}).json() == said(first)
    assert said(v1.get(f"{here(v1)}/count")) == {"count": 1}


# Finding


def test_documents_are_found_by_what_is_in_them(house: House) -> None:
    v1 = alice(house)
    invoice = made(v1, reference="R-1", custom={"order": "A-7", "weight": 1.5})
    draft = made(v1, draft=True, date="2026-04-01")
    estimate = made(v1, type="estimate", _documentClient={"name": "Zoe"})

    def found(where: Any, **more: Any) -> list[str]:
        asked = {"filter": json.dumps({"where": where, **more})}
        return [one["id"] for one in said(v1.get(here(v1), asked))]

    for where, wanted in (
        ({"number": "2026-00001", "type": "invoice"}, [invoice]),
        ({"type": {"inq": ["estimate", "advance"]}}, [estimate]),
        ({"draft": True}, [draft]),
        ({"draft": False}, [invoice, estimate]),
        ({"canceled": True}, []),
        ({"paidInFull": "false"}, [invoice, draft, estimate]),
        ({"date": {"lt": "2026-05-01"}}, [draft]),
        ({"date": {"between": ["2026-05-01", "2026-05-01T23:59:59.000Z"]}}, [invoice, estimate]),
        ({"totalWithTax": {"gte": 2420}}, [invoice, draft, estimate]),
        ({"totalWithTax": "2419.99"}, []),
        ({"clientId": invoice["clientId"]}, [invoice, draft]),
        ({"_documentClient.name": {"like": "zoe"}}, [estimate]),
        ({"custom.order": "A-7"}, [invoice]),
        ({"custom.weight": 1.5}, [invoice]),
        ({"colour": 1}, []),
    ):
        assert found(where) == [one["id"] for one in wanted], where
    assert found({}, order="date ASC", limit=1) == [draft["id"]]
    assert said(v1.get(f"{here(v1)}/count", {"where": '{"type":"invoice"}'})) == {"count": 2}
    assert [one["id"] for one in said(v1.get(f"{here(v1)}/search", {"term": "zoe"}))] == [estimate["id"]]


def test_a_list_is_an_array_with_its_total_beside_it(house: House) -> None:
    v1 = alice(house)
    for _ in range(3):
        made(v1)
    answer = v1.get(here(v1), {"filter": '{"limit":2,"skip":1,"fields":["number"]}'})
    assert said(answer) == [{"number": "2026-00002"}, {"number": "2026-00003"}]
    assert answer.headers["x-total-count"] == "3"


def test_a_document_shows_what_belongs_to_it(house: House) -> None:
    v1 = alice(house)
    invoice = made(v1, payments=[{"type": "cash", "amount": 20}])
    shown = again(v1, invoice["id"], include=["payments", "client", "organization"])
    assert [(one["type"], one["amount"]) for one in shown["payments"]] == [("cash", 20)]
    assert shown["client"]["id"] == invoice["clientId"]
    assert shown["organization"]["name"] == "Wonder Studio"
    refused = v1.get(f"/documents/{invoice['id']}", {"filter": '{"include":"dog"}'})
    assert error(refused).status == 400
    assert absent(v1.get("/documents/" + "0" * 24))
