"""A payment that came on another day: what is owed on every day is as if that had been said at first."""

from datetime import date

from billto.app.applying import Wanted
from tests.app.shop import Shop, credit_of, noted, to


def day(month: int, of: int) -> date:
    return date(2026, month, of)


def owed(shop: Shop, of: object, *days: date) -> list[int]:
    return [int(shop.told(of, start=each, end=each).balance) for each in days]  # type: ignore[arg-type]


def test_what_a_payment_settled_is_settled_on_its_new_day(shop: Shop) -> None:
    shop.days_pass(60)
    acme = shop.customer()
    bill = shop.invoice(acme, 100, date=day(1, 5))
    paid = shop.pay(120, to(bill), credit_of(5), of=acme, date=day(1, 20))
    days = day(1, 4), day(1, 10), day(1, 20), day(2, 9), day(2, 10), day(3, 1)
    later = shop.change_payment(paid, date=day(2, 10), note="came later")
    assert (later.date, later.note, later.version) == (day(2, 10), "came later", paid.version + 1)
    assert owed(shop, acme, *days) == [0, 100, 100, 100, 0, 0]
    later = shop.change_payment(later, date=day(2, 1))
    assert owed(shop, acme, *days) == [0, 100, 100, 0, 0, 0]
    shop.change_payment(later, date=day(1, 1))
    assert owed(shop, acme, *days) == [0, 0, 0, 0, 0, 0]
    assert (shop.now(bill).balance, shop.now(paid).balance, shop.standing(acme).credit) == (0, 15, 5)


def test_what_was_applied_later_stays_on_its_day(shop: Shop) -> None:
    acme = shop.customer()
    bill, paid = shop.invoice(acme, 100), shop.pay(100, of=acme)
    shop.days_pass(9)
    shop.apply(paid, to(bill, 100))
    shop.change_payment(paid, date=day(1, 5))
    assert owed(shop, acme, day(1, 5), day(1, 9), day(1, 10)) == [100, 100, 0]


def test_credit_that_was_spent_before_its_new_day_keeps_a_payment_where_it_is(shop: Shop) -> None:
    acme = shop.customer()
    paid = shop.pay(30, credit_of(30), of=acme)
    shop.days_pass(3)
    shop.invoice(acme, 30)
    with shop.refuses("credit_overspent"):
        shop.change_payment(paid, date=day(1, 20))
    shop.change_payment(paid, date=day(1, 3))


def test_a_payment_of_which_something_was_undone_keeps_its_day(shop: Shop) -> None:
    acme = shop.customer()
    one, two = shop.invoice(acme, 100), shop.invoice(acme, 100)
    paid = shop.pay(100, to(one))
    shop.days_pass(1)
    shop.void(one)
    with shop.refuses("settled_elsewhere"):
        shop.change_payment(paid, date=day(1, 20))
    shop.change_payment(paid, note="still")
    other = shop.pay(50, to(two))
    shop.days_pass(1)
    shop.void_payment(other)
    shop.restore_payment(other)
    with shop.refuses("settled_elsewhere"):
        shop.change_payment(other, date=day(1, 20))


def test_refunds_and_credit_notes_move_as_well(shop: Shop) -> None:
    acme = shop.customer()
    bill, note = shop.invoice(acme, 100), shop.note(acme, 70)
    moved = shop.pay(0, noted(40, note, bill), noted(10, note), of=acme)
    back = shop.refund(20, Wanted("refund_credit_note", shop.now(note).balance, None, note.id), of=acme)
    for one in (moved, back):
        shop.change_payment(one, date=day(1, 15))
    assert owed(shop, acme, day(1, 14), day(1, 15)) == [100, 60]
    assert (shop.standing(acme).open_credit_notes, shop.standing(acme).credit) == (0, 10)
