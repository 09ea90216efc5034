"""Slips that would cost money are refused: another currency, a discount of more than all."""

from decimal import Decimal

import pytest

from tests.app.shop import Shop


def test_a_currency_that_does_not_exist_opens_no_account(shop: Shop) -> None:
    acme = shop.customer()
    with shop.refuses("unknown_currency"):
        shop.invoice(acme, 100, currency_code="EUX")
    with shop.refuses("unknown_currency"):
        shop.pay(10, of=acme, currency_code="QQQ")
    with shop.refuses("unknown_currency"):
        shop.credit(acme, 10, currency_code="XQX")


@pytest.mark.parametrize("percent", [Decimal("100.01"), 1000])
def test_a_discount_takes_no_more_than_all(shop: Shop, percent: Decimal) -> None:
    line = {"name": "Work", "price": Decimal(10), "discounts": [{"type": "percent", "value": percent}]}
    acme = shop.customer()
    with shop.refuses("out_of_range"):
        shop.invoice(acme, 10, lines=[line])


def test_a_payment_that_comes_too_late_still_says_for_what_it_came(shop: Shop) -> None:
    acme = shop.customer()
    bill = shop.invoice(acme, 100)
    shop.pay(100, bill)
    late = shop.pay(30, bill, rest_is_credit=True)
    assert [(one["kind"], one.get("document_id"), one["amount"]) for one in late.applications] == [
        ("document", bill.id, 0),
        ("credit", None, 30),
    ]
