"""Items and taxes at the native door."""

from typing import Any

import pytest

from tests.web.house import House, answered, refused


def new(house: House, path: str, **body: Any) -> Any:
    return answered(house.alice.post(path, body), 201)


def test_an_item_is_kept_as_it_is_said(house: House) -> None:
    body = {
        "name": "Rope",
        "description": "10 m",
        "price": 24.905,
        "unit": "piece",
        "classification": "product",
        "sku": "R-10",
        "code": "rope",
        "currency_code": "eur",
        "metadata": {"shelf": "3"},
    }
    made = new(house, "/items", **body)
    assert {**made, **body, "currency_code": "EUR"} == made
    assert (made["id"][:5], made["gross_price"], made["tax_ids"]) == ("item_", None, None)
    one = f"/items/{made['id']}"
    assert answered(house.alice.get(one)) == made
    again = house.alice.patch(one, made)
    assert (again.json(), again.headers["etag"]) == (made, '"1"')


def test_an_item_has_one_price(house: House) -> None:
    made = new(house, "/items", name="Rope", price=10)
    one = f"/items/{made['id']}"
    changed = answered(house.alice.patch(one, {"gross_price": 12.2}))
    assert (changed["price"], changed["gross_price"]) == (None, 12.2)
    changed = answered(house.alice.patch(one, {"name": "Line", "price": 11}))
    assert (changed["price"], changed["gross_price"]) == (11, None)
    assert refused(house.alice.post("/items", {"name": "x"})) == (422, {"price": "required"})
    both = {"name": "x", "price": 1, "gross_price": 2}
    assert refused(house.alice.post("/items", both)) == (422, {"gross_price": "out_of_range"})


def test_an_item_names_its_taxes_in_three_ways(house: House) -> None:
    low = new(house, "/taxes", tax_rates=[{"rate": 9.5}], classification="reduced")
    by_id = new(house, "/items", name="a", price=1, tax_ids=[low["id"]])
    by_class = new(house, "/items", name="b", price=1, taxes=[{"classification": "reduced"}])
    by_rate = new(house, "/items", name="c", price=1, taxes=[{"rate": 9.50}])
    assert by_id["tax_ids"] == by_class["tax_ids"] == by_rate["tax_ids"] == [low["id"]]
    made = new(house, "/items", name="d", price=1, taxes=[{"rate": 22}, {"tax_id": low["id"]}, {"rate": 22}])
    taxes = house.alice.listed("/taxes")["data"]
    assert [one["name"] for one in taxes] == ["9.5%", "22%"]
    assert made["tax_ids"] == [taxes[1]["id"], low["id"]]
    assert answered(house.alice.patch(f"/items/{made['id']}", {"taxes": []}))["tax_ids"] == []


@pytest.mark.parametrize(
    ("body", "path", "code"),
    [
        ({"tax_ids": ["tax_" + "0" * 24]}, "tax_ids.0", "unknown_reference"),
        ({"tax_ids": ["nonsense"]}, "tax_ids.0", "invalid_format"),
        ({"taxes": [{"tax_id": "tax_" + "0" * 24}]}, "tax_ids.0", "unknown_reference"),
        ({"taxes": [{"tax_id": "nonsense"}]}, "taxes.0.tax_id", "invalid_format"),
        ({"taxes": [{"classification": "luxury"}]}, "taxes.0.classification", "unknown_reference"),
        ({"taxes": [{}]}, "taxes.0.rate", "required"),
        ({"taxes": [{"rate": 101}]}, "taxes.0.rate", "out_of_range"),
        ({"taxes": [{"rate": 1.1234567}]}, "taxes.0.rate", "out_of_range"),
        ({"taxes": 22}, "taxes", "wrong_type"),
        ({"price": "5"}, "price", "wrong_type"),
        ({"price": 1e14}, "price", "out_of_range"),
        ({"name": ""}, "name", "too_short"),
        ({"currency_code": "euro"}, "currency_code", "invalid_format"),
    ],
)
def test_what_an_item_cannot_be_is_said_at_its_field(
    house: House, body: dict[str, Any], path: str, code: str
) -> None:
    assert refused(house.alice.post("/items", {"name": "Tea", "price": 5} | body)) == (422, {path: code})


def test_items_are_found_and_deleted(house: House) -> None:
    rope, tea = new(house, "/items", name="Rope", price=10), new(house, "/items", name="Čaj", price=2)
    assert house.alice.names("/items", search="caj") == ["Čaj"]
    assert house.alice.names("/items", query={"name": {"startsWith": "ro"}}) == ["Rope"]
    assert house.alice.names("/items", order_by="-name") == ["Čaj", "Rope"]
    assert house.alice.delete(f"/items/{rope['id']}").status_code == 204
    assert house.alice.get(f"/items/{rope['id']}").status_code == 404
    assert house.alice.names("/items") == [tea["name"]]


def test_a_tax_is_called_by_its_rate_unless_it_has_a_name(house: House) -> None:
    made = new(house, "/taxes", tax_rates=[{"rate": 22}], classification="standard", is_default=True)
    assert (made["id"][:4], made["name"], made["is_default"]) == ("tax_", "22%", True)
    assert made["tax_rates"] == [{"rate": 22, "valid_from": "1970-01-01T00:00:00.000Z"}]
    named = new(house, "/taxes", name="DDV", tax_rates=[{"rate": 9.5, "valid_from": "2013-07-01"}])
    assert named["name"] == "DDV"
    one = f"/taxes/{named['id']}"
    assert answered(house.alice.patch(one, {"tax_rates": [{"rate": 10}]}))["name"] == "DDV"
    assert answered(house.alice.patch(one, named)) | {"updated_at": ""} == named | {"updated_at": ""}


def test_put_says_the_whole_tax(house: House) -> None:
    made = new(
        house, "/taxes", name="DDV", tax_rates=[{"rate": 22}], classification="standard", is_default=True
    )
    put = answered(house.alice.put(f"/taxes/{made['id']}", {"tax_rates": [{"rate": 25}]}))
    assert (put["id"], put["name"], put["classification"], put["is_default"]) == (
        made["id"],
        "25%",
        None,
        False,
    )
    assert refused(house.alice.put(f"/taxes/{made['id']}", {"name": "x"})) == (422, {"tax_rates": "required"})


def test_a_classification_is_of_one_tax(house: House) -> None:
    first = new(house, "/taxes", tax_rates=[{"rate": 22}], classification="standard")
    body = {"tax_rates": [{"rate": 20}], "classification": "standard"}
    assert refused(house.alice.post("/taxes", body)) == (409, {"classification": "taken"})
    other = new(house, "/taxes", tax_rates=[{"rate": 20}])
    again = house.alice.patch(f"/taxes/{other['id']}", {"classification": "standard"})
    assert refused(again) == (409, {"classification": "taken"})
    assert answered(house.shopkeeper.post("/taxes", body), 201)["classification"] == "standard"
    assert house.alice.delete(f"/taxes/{first['id']}").status_code == 204
    assert new(house, "/taxes", **body)["name"] == "20%"


@pytest.mark.parametrize(
    ("rates", "path", "code"),
    [
        (None, "tax_rates", "not_null"),
        ([], "tax_rates.0.rate", "required"),
        ([{}], "tax_rates.0.rate", "required"),
        ([{"rate": None}], "tax_rates.0.rate", "not_null"),
        ([{"rate": -1}], "tax_rates.0.rate", "out_of_range"),
        ([{"rate": 100.5}], "tax_rates.0.rate", "out_of_range"),
        ([{"rate": 1.1234567}], "tax_rates.0.rate", "out_of_range"),
        ([{"rate": "22"}], "tax_rates.0.rate", "wrong_type"),
        ([{"rate": 22}, {"rate": 20}], "tax_rates", "too_many"),
        ({"rate": 22}, "tax_rates", "wrong_type"),
    ],
)
def test_what_a_rate_cannot_be_is_said_at_its_field(house: House, rates: Any, path: str, code: str) -> None:
    assert refused(house.alice.post("/taxes", {"tax_rates": rates})) == (422, {path: code})
    made = new(house, "/taxes", tax_rates=[{"rate": 22}])
    assert refused(house.alice.patch(f"/taxes/{made['id']}", {"tax_rates": rates})) == (422, {path: code})
