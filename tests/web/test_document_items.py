"""The items of documents: what a line takes, what is refused and where, items and taxes of the catalogue."""

from decimal import Decimal
from typing import Any

import pytest

from billto.app import catalog
from billto.app.parts import Request
from billto.domain.ids import read_id
from billto.domain.scope import Scope
from tests.web.documents import WORK, document, line
from tests.web.house import House, answered, refused


def made_in(house: House, kind: catalog.Kind, **values: Any) -> Any:
    """A tax rate or an item of the studio's."""
    account, entity = read_id(house.cast.alice_account), read_id(house.cast.studio)
    assert account is not None
    scope = Scope(account, "live", key_id="", entity_id=entity)
    return house.write(lambda tx: catalog.create(kind, tx, Request(scope), values))


LONG = "x" * 1_001


@pytest.mark.parametrize(
    ("items", "path", "code"),
    [
        ([], "items", "required"),
        (None, "items", "not_null"),
        ({}, "items", "wrong_type"),
        ([None], "items.0", "not_null"),
        ([WORK, {**WORK, "price_with_tax": 122}], "items.1.price_with_tax", "unknown_key"),
        ([{**WORK, "taxes": [{"rat": 22}]}], "items.0.taxes.0.rat", "unknown_key"),
        ([{**WORK, "discounts": [{"value": 1, "by": 1}]}], "items.0.discounts.0.by", "unknown_key"),
        ([{"name": "Free"}], "items.0.price", "required"),
        ([{**WORK, "name": LONG}], "items.0.name", "too_long"),
        ([{**WORK, "price": "100"}], "items.0.price", "wrong_type"),
        ([{**WORK, "price": 10**13}], "items.0.price", "out_of_range"),
        ([{**WORK, "price": 1e-10}], "items.0.price", "out_of_range"),
        ([{**WORK, "type": "heading"}], "items.0.type", "unknown_choice"),
        ([{**WORK, "discounts": [{"value": 1}] * 6}], "items.0.discounts", "too_many"),
        ([{**WORK, "discounts": [{"value": -1}]}], "items.0.discounts.0.value", "out_of_range"),
        ([{**WORK, "taxes": [{"rate": 101}]}], "items.0.taxes.0.rate", "out_of_range"),
        ([{**WORK, "taxes": [{}]}], "items.0.taxes.0.rate", "required"),
        ([{**WORK, "taxes": [{"tax_id": "tax_1"}]}], "items.0.taxes.0.tax_id", "invalid_format"),
        ([{**WORK, "taxes": [{"tax_id": "0" * 24}]}], "items.0.taxes.0.tax_id", "unknown_reference"),
        ([line(taxes=[{"classification": "?"}])], "items.0.taxes.0.classification", "unknown_reference"),
        ([{**WORK, "item_id": f"item_{'0' * 24}"}], "items.0.item_id", "unknown_reference"),
        ([{"price": 1, "save_item": True}], "items.0.name", "required"),
        ([{**WORK, "price": 0.1234567, "save_item": True}], "items.0.price", "out_of_range"),
        ([{**WORK, "taxes": [{"rate": 22}, {"rate": 9.5}]}], "items.0.taxes", "too_many_taxes"),
        ([line(price=-1)], "items", "out_of_range"),
        ([line(price=10**12, quantity=10**12)], "items", "out_of_range"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_line_is_said_with_its_place(
    shared: House, items: Any, path: str, code: str
) -> None:
    before = shared.dump()
    assert refused(shared.alice.post("/invoices", {"items": items})) == (422, {path: code})
    assert shared.dump() == before


def test_an_unknown_key_is_named_with_those_that_are_known(shared: House) -> None:
    answer = shared.alice.post("/invoices", {"items": [{**WORK, "price_with_tax": 122}]})
    (issue,) = answer.json()["cause"]["issues"]
    assert issue["path"] == ["items", 0, "price_with_tax"]
    assert "gross_price" in issue["message"]


def test_a_country_says_how_many_taxes_a_line_has(house: House) -> None:
    stacked = [{"name": "Desk", "price": 100, "taxes": [{"rate": 4}, {"rate": 3}, {"rate": 1.25}]}]
    made = document(house.shopkeeper, items=stacked)
    assert (made["total_with_tax"], [one["amount"] for one in made["taxes"]]) == (108.25, [4, 3, 1.25])
    assert made["currency_code"] == "USD"


def test_a_line_takes_up_its_item_and_what_it_says_wins(house: House) -> None:
    rate = made_in(house, catalog.TAX_RATES, name="22%", rate=Decimal(22), classification="standard")
    values = {"name": "Desk", "price": Decimal("80.50"), "unit": "pc", "tax_ids": [rate.id]}
    item = made_in(house, catalog.ITEMS, **values)
    lines = [{"item_id": f"item_{item.id}"}, {"item_id": item.id, "name": "Old desk", "price": 40}]
    made = document(house.alice, items=lines)
    first, second = made["items"]
    assert (first["name"], first["price"], first["unit"], first["total_with_tax"]) == (
        "Desk",
        80.5,
        "pc",
        98.21,
    )
    assert (second["name"], second["price"], second["item_id"]) == ("Old desk", 40, f"item_{item.id}")
    assert first["taxes"][0]["tax_id"] == f"tax_{rate.id}"
    by_class = document(house.alice, items=[{"price": 1, "taxes": [{"classification": "standard"}]}])
    assert by_class["items"][0]["taxes"][0]["rate"] == 22


def test_a_line_can_be_saved_as_an_item(house: House) -> None:
    made = document(house.alice, items=[{**WORK, "unit": "h", "save_item": True}])
    (item,) = made["items"]
    assert "save_item" not in item
    again = document(house.alice, items=[{"item_id": item["item_id"]}])["items"][0]
    assert (again["name"], again["price"], again["unit"]) == ("Work", 100, "h")
    dearer = {"item_id": item["item_id"], "price": 120, "save_item": True}
    assert document(house.alice, items=[dearer])["items"][0]["name"] == "Work"
    assert document(house.alice, items=[{"item_id": item["item_id"]}])["items"][0]["price"] == 120


def test_who_owes_the_tax_in_reverse_pays_none(house: House) -> None:
    reverse = {**WORK, "taxes": [{"rate": 22, "reverse_charge": True}]}
    made = document(
        house.alice, items=[reverse], customer={"name": "Maier", "country": "Austria", "tax_number": "ATU1"}
    )
    assert (made["total_with_tax"], made["transaction_type"]) == (100, "intra_eu_b2b")
    assert made["taxes"][0]["reverse_charge"] is True


def test_a_line_keeps_its_id_when_a_draft_changes(house: House) -> None:
    made = document(house.alice, is_draft=True, items=[line(1), line(2)])
    kept, gone = made["items"]
    path = f"/invoices/{made['id']}"
    changed = answered(house.alice.patch(path, {"items": [{**kept, "price": 5}, line(7)]}))
    assert changed["items"][0]["id"] == kept["id"]
    assert gone["id"] not in [one["id"] for one in changed["items"]]
    assert changed["total"] == 12


@pytest.mark.parametrize(("currency", "total"), [("JPY", 37), ("EUR", 36.6), ("KWD", 36.6)])
def test_amounts_have_the_places_of_their_currency(house: House, currency: str, total: Any) -> None:
    made = document(house.alice, currency_code=currency.lower(), items=[line(10, 3)])
    assert (made["currency_code"], made["total_with_tax"]) == (currency, total)
    for wrong in ("EURO", "E1R", "", 5):
        assert refused(house.alice.post("/invoices", {"items": [WORK], "currency_code": wrong}))[0] == 422
