"""Which transactions reverse the charge, and what an entity's rules make of the taxes."""

from typing import Any

import pytest

from billto.domain.transactions import transaction_type, with_rules

WITH_NUMBER = {"tax_number": "DE123456789"}


@pytest.mark.parametrize(
    ("seller", "buyer", "kind"),
    [
        ("SI", {"country_code": "SI", **WITH_NUMBER}, "domestic"),
        ("SI", {"country_code": "si"}, "domestic"),
        ("SI", {"country_code": "DE", **WITH_NUMBER}, "intra_eu_b2b"),
        ("SI", {"country": "Nemčija", **WITH_NUMBER}, "intra_eu_b2b"),
        ("SI", {"country_code": "DE"}, "intra_eu_b2c"),
        # Within the Union the number decides, whatever is said of the buyer.
        ("SI", {"country_code": "DE", **WITH_NUMBER, "is_end_consumer": True}, "intra_eu_b2b"),
        ("SI", {"country_code": "US", **WITH_NUMBER}, "3w_b2b"),
        ("SI", {"country_code": "US", **WITH_NUMBER, "is_end_consumer": True}, "3w_b2c"),
        ("SI", {"country_code": "US"}, "3w_b2c"),
        ("US", {"country_code": "DE", **WITH_NUMBER}, "3w_b2b"),
        ("SI", {"name": "Nobody knows where"}, None),
        ("SI", None, None),
    ],
)
def test_the_kind_of_transaction_follows_from_who_is_where(
    seller: str, buyer: dict[str, Any] | None, kind: str | None
) -> None:
    assert transaction_type(seller, buyer, issuer_is_tax_subject=True) == kind


@pytest.mark.parametrize(("code", "kind"), [("DE", "intra_eu_b2c"), ("US", "3w_b2c"), ("SI", "domestic")])
def test_who_charges_no_tax_sells_to_consumers_only(code: str, kind: str) -> None:
    buyer = {"country_code": code, **WITH_NUMBER}
    assert transaction_type("SI", buyer, issuer_is_tax_subject=False) == kind


LINES: list[dict[str, Any]] = [{"name": "Work", "taxes": [{"rate": 22}]}, {"name": "Gift"}]


def test_an_entity_may_reverse_the_charge_by_itself() -> None:
    reversed_ = with_rules(LINES, "intra_eu_b2b", {"auto_reverse_charge": True})
    tax = {"rate": 22, "reverse_charge": True, "by_rule": True}
    assert reversed_ == [{"name": "Work", "taxes": [tax]}, {"name": "Gift"}]
    assert with_rules(reversed_, "domestic", {"auto_reverse_charge": True}) == LINES


def test_what_somebody_reversed_by_hand_stays_so() -> None:
    by_hand: list[dict[str, Any]] = [{"name": "Work", "taxes": [{"rate": 22, "reverse_charge": True}]}]
    reversed_ = with_rules(by_hand, "intra_eu_b2b", {"auto_reverse_charge": True})
    assert with_rules(reversed_, "domestic", {}) == by_hand


def test_an_entity_may_leave_out_the_tax_of_exports() -> None:
    exported = with_rules(LINES, "3w_b2c", {"auto_remove_tax_export": True})
    assert exported == [{"name": "Work", "taxes": []}, {"name": "Gift"}]


@pytest.mark.parametrize("kind", ["domestic", "intra_eu_b2c", None])
def test_other_taxes_stay_as_they_are(kind: str | None) -> None:
    rules = {"auto_reverse_charge": True, "auto_remove_tax_export": True}
    assert with_rules(LINES, kind, rules) == LINES
