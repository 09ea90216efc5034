"""Money that goes back to customers: out of what they have to their credit, and nothing else."""

from datetime import timedelta
from decimal import Decimal

from billto.app.applying import Wanted
from tests.app.shop import Shop

DAY = timedelta(days=1)


def test_money_goes_back_out_of_credit_credit_notes_and_payments(shop: Shop) -> None:
    acme = shop.customer()
    shop.credit(acme, 30)
    note, paid = shop.note(acme, 40), shop.pay(50, of=acme)
    shop.refund(
        60,
        Wanted("refund_credit", Decimal(10)),
        Wanted("refund_credit_note", Decimal(20), source=note.id),
        Wanted("refund_payment", Decimal(30), source=paid.id),
        of=acme,
    )
    standing = shop.standing(acme)
    assert (standing.credit, standing.open_credit_notes, standing.unapplied) == (20, 20, 20)
    assert (shop.now(note).balance, shop.now(paid).balance) == (20, 20)


def test_no_more_goes_back_than_there_is(shop: Shop) -> None:
    acme = shop.customer()
    paid = shop.pay(50, of=acme)
    with shop.refuses("exceeds_payment"):
        shop.refund(51, Wanted("refund_payment", Decimal(51), source=paid.id))
    with shop.refuses("credit_overspent"):
        shop.refund(1, Wanted("refund_credit", Decimal(1)), of=acme)
    with shop.refuses("settled_elsewhere"):
        shop.refund(40, Wanted("refund_payment", Decimal(30), source=paid.id))


def test_a_refund_opens_no_invoice(shop: Shop) -> None:
    acme = shop.customer()
    bill = shop.invoice(acme, 100)
    paid = shop.pay(120, bill)
    shop.refund(20, Wanted("refund_payment", None, source=paid.id))
    assert (shop.now(bill).balance, shop.standing(acme).net) == (0, 0)


def test_a_voided_refund_leaves_what_it_came_out_of(shop: Shop) -> None:
    acme = shop.customer()
    paid = shop.pay(50, of=acme)
    back = shop.refund(30, Wanted("refund_payment", Decimal(30), source=paid.id))
    shop.days_pass(1)
    shop.void_payment(back)
    assert (shop.now(paid).balance, shop.standing(acme).unapplied) == (50, 50)
    shop.days_pass(1)
    shop.restore_payment(back)
    assert shop.now(paid).balance == 20


def test_what_was_refunded_is_not_voided_before_the_refund_is(shop: Shop) -> None:
    acme = shop.customer()
    paid, note = shop.pay(50, of=acme), shop.note(acme, 40)
    back = shop.refund(
        60,
        Wanted("refund_payment", Decimal(30), source=paid.id),
        Wanted("refund_credit_note", Decimal(30), source=note.id),
    )
    with shop.refuses("settled_elsewhere"):
        shop.void_payment(paid)
    with shop.refuses("settled_elsewhere"):
        shop.void(note)
    shop.void_payment(back)
    shop.void_payment(paid)
    shop.void(note)
    with shop.refuses("voided"):
        shop.restore_payment(back)


def test_what_a_refund_came_out_of_stays(shop: Shop) -> None:
    acme = shop.customer()
    one, two = shop.pay(50, of=acme), shop.pay(50, of=acme)
    back = shop.refund(30, Wanted("refund_payment", Decimal(30), source=one.id))
    assert shop.apply(back, Wanted("refund_payment", Decimal(30), source=two.id)) == back
    assert (shop.now(one).balance, shop.now(two).balance) == (20, 50)


def test_money_that_comes_is_not_money_that_goes(shop: Shop) -> None:
    acme = shop.customer()
    shop.credit(acme, 50)
    paid, bill = shop.pay(50, of=acme), shop.invoice(acme, 100, date=shop.today - DAY)
    with shop.refuses("unknown_choice"):
        shop.pay(10, Wanted("refund_credit", Decimal(10)), of=acme)
    with shop.refuses("unknown_choice"):
        shop.apply(paid, Wanted("refund_credit", Decimal(10)))
    with shop.refuses("unknown_choice"):
        shop.refund(10, Wanted("applied_credit", Decimal(10), bill.id))
