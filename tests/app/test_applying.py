"""What payments may be applied to, how much of what it is, and how much of it at once."""

from decimal import Decimal

from billto.app.applying import Wanted
from tests.app.shop import Shop, noted, to


def test_a_payment_is_not_moved_to_strangers_but_stays_where_it_is(shop: Shop) -> None:
    holding = shop.customer("Holding")
    child, stranger = shop.customer("Child", parent=holding.serial), shop.customer("Stranger")
    bill, its_own, theirs = shop.invoice(child, 100), shop.invoice(holding, 10), shop.invoice(stranger, 100)
    paid = shop.pay(110, to(bill, 50), of=holding)
    with shop.refuses("other_customer"):
        shop.apply(paid, to(theirs, 50))
    shop.change_customer(child, parent=None)
    shop.apply(paid, to(bill, 50), to(its_own, 10))
    assert (shop.now(bill).balance, shop.now(its_own).balance) == (50, 0)


def test_a_payment_is_applied_to_so_many_documents_at_most(shop: Shop) -> None:
    acme = shop.customer()
    bill, paid = shop.invoice(acme, 1_000), shop.pay(1_000, of=acme)
    with shop.refuses("too_many"):
        shop.apply(paid, *[to(bill, 1)] * 501)


def test_without_an_amount_as_much_credit_is_spent_as_there_is(shop: Shop) -> None:
    acme = shop.customer()
    one, two = shop.invoice(acme, 20), shop.invoice(acme, 100)
    shop.credit(acme, 30)
    shop.pay(0, Wanted("applied_credit", None, one.id), Wanted("applied_credit", None, two.id), of=acme)
    assert (shop.now(one).balance, shop.now(two).balance, shop.standing(acme).credit) == (0, 90, 0)


def test_a_payment_is_entered_for_what_it_settles_and_not_for_what_that_comes_out_of(shop: Shop) -> None:
    acme = shop.customer()
    note, bill = shop.note(acme, 40), shop.invoice(acme, 100)
    assert shop.pay(0, noted(40, note, bill), of=acme).document_id == bill.id


def test_a_document_is_no_payment_that_could_be_paid_back(shop: Shop) -> None:
    note = shop.note(shop.customer(), 40)
    parts = (Wanted(kind, Decimal(20), None, note.id) for kind in ("refund_credit_note", "refund_payment"))
    with shop.refuses("unknown_reference"):
        shop.refund(40, *parts)
