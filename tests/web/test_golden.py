"""The documented calls answer with the documented objects, value by value and key by key."""

import re
from typing import Any

from tests.domain.golden import golden
from tests.web.house import House, answered

# Shown beside what the two pages show: attributes whose sample objects leave them out, and newer ones.
NEWER_CUSTOMER = ["contact_type", "bank_accounts", "peppol_scheme_id", "ujp", "external_id", "dunning"]
NEWER_ENTITY = ["timezone", "phone", "fiscal_region_code", "starting_capital"]

# What no two installations have in common: of these the form is compared.
OWN = {
    "id": r"(ent|cust)_[0-9a-f]{24}",
    "entity_id": r"ent_[0-9a-f]{24}",
    "account_id": r"acc_[0-9a-f]{24}",
    "created_at": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",
    "updated_at": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",
}


def in_order(tree: Any) -> Any:
    """A tree whose comparison minds the order of keys."""
    if isinstance(tree, dict):
        return [(key, in_order(value)) for key, value in tree.items()]
    return [in_order(one) for one in tree] if isinstance(tree, list) else tree


def same(answer: Any, documented: Any, newer: list[str]) -> None:
    """The answer is the documented object; what is the installation's own has the documented form."""
    assert {name: answer[name] for name in newer} == dict.fromkeys(newer)
    shown = {name: value for name, value in answer.items() if name not in newer}
    for name, form in OWN.items():
        if name in documented:
            assert re.fullmatch(form, documented[name])
            assert re.fullmatch(form, shown[name])
            shown[name] = documented[name]
    assert in_order(shown) == in_order(documented)


def test_the_documented_american_entity(house: House) -> None:
    made = answered(
        house.live.post("/entities", {"name": "Starward Equipment Co.", "country": "United States"}), 201
    )
    same(made, golden("entity_us"), NEWER_ENTITY)
    same(answered(house.live.get(f"/entities/{made['id']}")), golden("entity_us"), NEWER_ENTITY)


SPACE_INVOICES = {
    "name": "Space Invoices d.o.o.",
    "address": "Tehnološki park 24",
    "address_2": "Building A",
    "post_code": "1000",
    "city": "Ljubljana",
    "country": "Slovenia",
    "tax_number": "SI12345678",
    "company_number": "1234567000",
    "metadata": {"industry": "Technology", "size": "Medium"},
}


def test_the_documented_slovenian_entity(house: House) -> None:
    made = answered(house.live.post("/entities", SPACE_INVOICES), 201)
    same(made, golden("entity_si"), NEWER_ENTITY)
    same(answered(house.live.get(f"/entities/{made['id']}")), golden("entity_si"), NEWER_ENTITY)


def test_the_documented_update_of_an_entity(house: House) -> None:
    made = house.live.new_entity("Company", "Slovenia", locale="en-US")
    changed = answered(house.live.put(f"/entities/{made['id']}", {"name": "Updated Company Name"}))
    same(changed, golden("entity_updated_si"), NEWER_ENTITY)
    same(answered(house.live.get(f"/entities/{made['id']}")), golden("entity_updated_si"), NEWER_ENTITY)


def test_the_documented_list_of_entities(house: House) -> None:
    charlies = house.charlie.listed("/entities")["data"][0]
    made = answered(house.charlie.post("/entities", SPACE_INVOICES), 201)
    page = house.charlie.listed("/entities", query={"id": {"not": charlies["id"]}})
    assert page == {
        "data": [made],
        "pagination": {"total": 1, "next_cursor": None, "prev_cursor": None, "has_more": False},
    }
    same(page["data"][0], golden("entity_si"), NEWER_ENTITY)


def test_the_documented_new_customer(house: House) -> None:
    made = answered(house.alice.post("/customers", {"name": "Alex Starfield"}), 201)
    same(made, golden("customer_created"), NEWER_CUSTOMER)


HORIZON = {
    "name": "Horizon Launch Systems Inc.",
    "email": "procurement@horizonlaunch.com",
    "address": "100 Rocket Row",
    "address_2": "Building 7",
    "post_code": "77058",
    "city": "Houston",
    "state": "TX",
    "country": "US",
    "tax_number": "74-1234567",
    "company_number": "0412345678",
    "metadata": {"payment_terms": "Net 30", "account_manager": "Mission Control"},
}


def test_the_documented_customer_in_every_operation_that_returns_it(house: House) -> None:
    documented = golden("customer_horizon")
    made = answered(house.alice.post("/customers", {**HORIZON, "name": "Horizon"}), 201)
    path = f"/customers/{made['id']}"
    changed = house.alice.patch(path, {"name": "Horizon Launch Systems Inc."})
    same(answered(changed), documented, NEWER_CUSTOMER)
    same(answered(house.alice.get(path)), documented, NEWER_CUSTOMER)
    assert house.alice.delete(path).status_code == 204
    same(answered(house.alice.post(f"{path}/restore")), documented, NEWER_CUSTOMER)


def test_the_documented_list_of_customers(house: House) -> None:
    made = answered(house.shopkeeper.post("/customers", {"name": "Alex Starfield"}), 201)
    house.shopkeeper.delete(f"/customers/{house.cast.duchess}")
    page = house.shopkeeper.listed()
    assert page == {
        "data": [made],
        "pagination": {"total": 1, "next_cursor": None, "prev_cursor": None, "has_more": False},
    }
    same(page["data"][0], golden("customer_created"), NEWER_CUSTOMER)


# The full object of the pages shows kinds ("string", 0): these stand in where a value must make sense.
VALUES = {
    "country": "Slovenia",
    "country_code": "SI",
    "currency_code": "EUR",
    "locale": "sl-SI",
    "fiscal_region_code": "string",
}
FORMATS = dict.fromkeys(
    ("invoice", "estimate", "credit_note", "advance_invoice", "delivery_note"), "{yyyy}-{nnnnn}"
)
SETTINGS = {
    "number_formats": FORMATS,
    "primary_color": "#1A2b3C",
    "fina": {
        "enabled": False,
        "operator_oib": "12345678901",
        "operator_label": "string",
        "u_sust_pdv": True,
        "numbering_sequence": "N",
        "unified_numbering": True,
        "certificate_expiry": "string",
    },
    "pt": {
        "operator_first_name": "string",
        "operator_last_name": "string",
        "operator_tax_number": "123456789",
    },
    "upn_qr": {"enabled": True, "display_mode": "qr_only", "purpose_code": "GDSV"},
}
READ_ONLY = ("id", "account_id", "created_at", "updated_at", "country_rules")


def test_the_documented_full_object_can_be_sent_and_comes_back(house: House) -> None:
    full = golden("entity_full")
    sent = {name: value for name, value in full.items() if name not in READ_ONLY} | VALUES
    sent["settings"] = full["settings"] | SETTINGS
    made = answered(house.live.post("/entities", sent), 201)
    assert {name: made[name] for name in sent if name != "settings"} == {
        name: value for name, value in sent.items() if name != "settings"
    }
    # Every setting comes back as it was sent; what was left out has its default.
    assert leaves_out(sent["settings"], made["settings"]) == {}
    assert answered(house.live.get(f"/entities/{made['id']}")) == made


def leaves_out(sent: Any, kept: Any) -> Any:
    """What of a sent tree is not in a kept one."""
    if not isinstance(sent, dict) or not isinstance(kept, dict):
        return {} if sent == kept else sent
    lost = {key: leaves_out(value, kept.get(key)) for key, value in sent.items()}
    return {key: value for key, value in lost.items() if value != {}}


def test_the_keys_of_a_full_entity_are_those_of_the_document(house: House) -> None:
    full = golden("entity_full")
    shown = house.live.new_entity()
    assert [name for name in shown if name not in full] == ["timezone"]
    assert full.keys() - shown.keys() == set()
