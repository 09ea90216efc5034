"""Items and tax rates at the door that speaks Invoiced, and how invoices come by them."""

from typing import Any

import pytest

from tests.web.house import House
from tests.web.invoiced import Books, refused

KINDS: dict[str, tuple[dict[str, Any], str]] = {
    "items": ({"id": "delivery", "name": "Delivery", "type": "service", "unit_cost": 100}, "Item"),
    "tax_rates": ({"id": "vat", "name": "VAT", "value": 5}, "Tax rate"),
}


@pytest.fixture
def shop(house: House) -> Books:
    return Books(house)


def test_they_look_as_documented(shop: Books) -> None:
    item = shop.made("/items", KINDS["items"][0])
    assert item == {
        "avalara_location_code": None, "avalara_tax_code": None, "created_at": item["created_at"],
        "currency": None, "description": None, "discountable": True, "gl_account": None, "id": "delivery",
        "metadata": {}, "name": "Delivery", "object": "item", "taxable": True, "taxes": [], "type": "service",
        "unit_cost": 100, "updated_at": item["created_at"],
    }  # fmt: skip
    rate = shop.made("/tax_rates", KINDS["tax_rates"][0])
    assert rate == {
        "created_at": rate["created_at"], "currency": None, "id": "vat", "inclusive": False,
        "is_percent": True, "metadata": {}, "name": "VAT", "object": "tax_rate",
        "updated_at": rate["created_at"], "value": 5,
    }  # fmt: skip
    assert (list(item), list(rate)) == (sorted(item), sorted(rate))


@pytest.mark.parametrize("kind", KINDS)
def test_they_are_made_read_changed_listed_and_deleted_by_name(shop: Books, kind: str) -> None:
    body, called = KINDS[kind]
    made, one = shop.made(f"/{kind}", body), f"/{kind}/{body['id']}"
    assert shop.get(one).json() == made
    again = shop.patch(one, {**made, "name": "Other", "metadata": {"a": "b"}, "id": "x"}).json()
    assert (again["name"], again["metadata"], again["id"]) == ("Other", {"a": "b"}, body["id"])
    assert shop.listed(f"/{kind}") == shop.listed(f"/{kind}", "filter[name]=Other") == [again]
    taken = "The Id you chose has already been taken. Please try a different Id."
    assert refused(shop.post(f"/{kind}", body)) == (400, taken, "id")
    nameless = shop.made(f"/{kind}", {key: value for key, value in body.items() if key != "id"})
    assert shop.get(f"/{kind}/{nameless['id']}").json() == nameless
    assert shop.ask("DELETE", one).status_code == 204
    for method in ("GET", "PATCH", "DELETE"):
        gone = refused(shop.ask(method, one, {}))
        assert gone == (404, f"{called} was not found: {body['id']}", None)
    assert refused(shop.post(f"/{kind}", {"id": "y"}))[::2] == (400, "name")
    for wrong in ("a/b", "0" * 24, "x" * 101, "\0"):
        assert refused(shop.post(f"/{kind}", {**body, "id": wrong}))[::2] == (400, "id")
    assert refused(shop.get(f"/{kind}/%00"))[0] == 404


def test_rates_of_customers_and_items_are_on_what_they_buy(shop: Books) -> None:
    acme = f"/customers/{shop.of}"
    rate = shop.made("/tax_rates", {"id": "vat", "name": "VAT", "value": 5})
    fee = shop.made("/tax_rates", {"id": "fee", "name": "Fee", "value": 2, "is_percent": False})
    item = shop.made("/items", {"id": "box", "name": "Box", "unit_cost": 10, "taxes": ["fee"]})
    assert item["taxes"] == [fee]
    changed = shop.patch(acme, {"taxes": ["vat"]}).json()
    assert changed["taxes"] == shop.get(acme).json()["taxes"] == [rate]
    assert shop.patch(acme, {**changed, "city": "Graz"}).json()["taxes"] == [rate]
    made = shop.invoice(items=[{"catalog_item": "box", "quantity": 3}])
    (line,), (tax,) = made["items"], made["taxes"]
    assert (line["amount"], [one["amount"] for one in line["taxes"]]) == (30, [2])
    assert (tax["amount"], tax["tax_rate"]["id"], tax["tax_rate"]["value"]) == (1.5, "vat", 5)
    assert (made["subtotal"], made["total"]) == (30, 33.5)
    assert shop.invoice(100, taxes=[])["total"] == 105
    assert shop.invoice(100, calculate_taxes=False)["total"] == 100
    shop.patch(acme, {"taxable": False})
    assert shop.invoice(100)["total"] == 100
    shop.ask("DELETE", "/tax_rates/vat")
    assert shop.get(acme).json()["taxes"] == []
    assert shop.seen("invoices", made)["total"] == 33.5
    missing = (400, "Taxes names tax rate vat, which does not exist", "taxes")
    assert refused(shop.patch(acme, {"taxes": ["vat"]})) == missing
    assert refused(shop.post("/items", {"name": "x", "taxes": ["vat"]})) == missing
    assert shop.patch(acme, {"taxes": []}).json()["taxes"] == []


def test_inclusive_rates_are_in_the_price_already(shop: Books) -> None:
    shop.made("/tax_rates", {"id": "ust", "name": "USt", "value": 20, "inclusive": True})
    made = shop.invoice(120, taxes=["ust"])
    assert (made["total"], made["taxes"][0]["amount"]) == (120, 20)
