"""The credit balance: given, taken back, spent, and never below nothing, not even in the past."""

from datetime import timedelta
from decimal import Decimal

from tests.app.shop import Shop, spent

DAY = timedelta(days=1)


def test_credit_is_given_and_taken_back(shop: Shop) -> None:
    acme = shop.customer()
    shop.credit(acme, 50)
    shop.credit(acme, -20)
    assert shop.standing(acme).credit == 30


def test_no_more_credit_is_taken_back_than_there_is(shop: Shop) -> None:
    acme = shop.customer()
    shop.credit(acme, 50)
    with shop.refuses("credit_overspent"):
        shop.credit(acme, "-50.01")


def test_credit_is_not_spent_before_it_was_given(shop: Shop) -> None:
    acme = shop.customer()
    bill = shop.invoice(acme, 100, date=shop.today - 9 * DAY)
    shop.credit(acme, 50)
    with shop.refuses("credit_overspent"):
        shop.pay(0, spent(50, bill), of=acme, date=shop.today - DAY)
    shop.pay(0, spent(50, bill), of=acme)
    assert shop.now(bill).balance == 50


def test_credit_that_was_spent_later_is_not_spent_earlier_as_well(shop: Shop) -> None:
    acme = shop.customer()
    early = shop.invoice(acme, 100)
    shop.credit(acme, 50)
    shop.days_pass(9)
    shop.invoice(acme, 50)
    shop.days_pass(1)
    shop.credit(acme, 50)
    with shop.refuses("credit_overspent"):
        shop.pay(0, spent(50, early), of=acme, date=shop.today - 5 * DAY)
    shop.pay(0, spent(50, early), of=acme)


def test_credit_may_be_given_for_an_earlier_day(shop: Shop) -> None:
    acme = shop.customer()
    bill = shop.invoice(acme, 100, date=shop.today - 9 * DAY)
    shop.credit(acme, 50, date=shop.today - 5 * DAY)
    shop.pay(0, spent(50, bill), of=acme, date=shop.today - 3 * DAY)
    with shop.refuses("credit_overspent"):
        shop.credit(acme, -1, date=shop.today - 4 * DAY)


def test_an_adjustment_may_be_changed_as_long_as_its_credit_is_not_spent(shop: Shop) -> None:
    acme = shop.customer()
    given = shop.credit(acme, 50)
    shop.invoice(acme, 30)
    with shop.refuses("credit_overspent"):
        shop.change_credit(given, amount=Decimal(29))
    shop.change_credit(given, amount=Decimal(30), note="Less")
    assert shop.standing(acme).credit == 0
    with shop.refuses("credit_overspent"):
        shop.void_credit(given)


def test_a_voided_adjustment_is_as_if_it_had_not_been_made(shop: Shop) -> None:
    acme = shop.customer()
    given, taken = shop.credit(acme, 50), shop.credit(acme, -20)
    with shop.refuses("credit_overspent"):
        shop.void_credit(given)
    shop.void_credit(taken)
    shop.void_credit(given)
    assert shop.standing(acme).credit == 0
    assert shop.void_credit(given).voided_at is not None
    with shop.refuses("voided"):
        shop.change_credit(given, amount=Decimal(1))


def test_what_an_adjustment_is_stays(shop: Shop) -> None:
    given = shop.credit(shop.customer(), 50)
    for values in ({"currency_code": "USD"}, {"date": shop.today - DAY}, {"customer_id": "0" * 24}):
        with shop.refuses("immutable"):
            shop.change_credit(given, **values)


def test_credit_is_of_one_currency(shop: Shop) -> None:
    acme = shop.customer()
    shop.credit(acme, 50, currency_code="USD")
    assert shop.invoice(acme, 100).balance == 100
    assert shop.invoice(acme, 100, currency_code="USD").balance == 50


def test_nobody_in_the_trash_is_given_credit(shop: Shop) -> None:
    acme = shop.trash(shop.customer())
    with shop.refuses("unknown_reference"):
        shop.credit(acme, 1)
