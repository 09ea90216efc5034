"""Open invoices made one, against a credit limit; an invoice that very many payments settle."""

from decimal import Decimal
from typing import Any

import pytest

from billto.app import billing, payments
from billto.app.applying import Wanted
from billto.domain.customer import Customer
from billto.domain.document import Document
from tests.app.shop import Shop, to


def consolidated(shop: Shop, of: Customer) -> Document:
    return shop.do(lambda tx: billing.consolidate(tx, shop.asked, of, {}, currency="EUR", until=None))


def test_who_owes_no_more_by_it_is_within_its_limit(shop: Shop) -> None:
    acme = shop.customer(credit_limit=Decimal(100))
    shop.pay(60, to(shop.invoice(acme, 100), 60))
    shop.invoice(acme, 60)
    one = consolidated(shop, acme)
    assert (one.total_with_tax, one.balance, shop.standing(acme).outstanding) == (160, 100, 100)


def test_who_owed_too_much_before_gets_no_consolidated_invoice(shop: Shop) -> None:
    acme = shop.customer()
    shop.invoice(acme, 60), shop.invoice(acme, 60)
    acme = shop.change_customer(acme, credit_limit=Decimal(100))
    with shop.refuses("over_credit_limit"):
        consolidated(shop, acme)


@pytest.mark.parametrize("many", [1_100])  # more entries than one statement has room for
def test_an_invoice_of_very_many_payments_can_be_voided(shop: Shop, many: int) -> None:
    acme = shop.customer()
    bill = shop.invoice(acme, many)

    async def work(tx: Any) -> None:
        for _ in range(many):
            values = {"customer_id": acme.id, "amount": Decimal(1)}
            await payments.receive(tx, shop.asked, values, [Wanted("document", None, bill.id)])

    shop.do(work)
    assert shop.now(bill).balance == 0
    shop.void(bill)
    assert (shop.standing(acme).outstanding, shop.standing(acme).unapplied) == (0, many)
