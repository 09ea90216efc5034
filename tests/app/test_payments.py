"""Payments: applied, left over, applied anew, voided, restored, refunded; who may pay for whom."""

from datetime import timedelta
from decimal import Decimal

from billto.app.applying import Wanted
from billto.app.documents import Wish
from tests.app.shop import Shop, advanced, credit_of, noted, spent, to

DAY = timedelta(days=1)
WALK_IN = Wish(buyer={"name": "Walk-in"}, saves_customer=False)


def test_a_payment_settles_what_it_names(shop: Shop) -> None:
    acme = shop.customer()
    one, two = shop.invoice(acme, 100), shop.invoice(acme, 50)
    paid = shop.pay(120, to(one, 100), to(two, 20))
    assert (shop.now(one).balance, shop.now(two).balance, paid.balance) == (0, 30, 0)
    assert shop.now(one).paid_at is not None
    assert shop.standing(acme).outstanding == 30


def test_what_is_not_applied_stays_on_the_payment(shop: Shop) -> None:
    acme = shop.customer()
    paid = shop.pay(120, shop.invoice(acme, 100))
    assert (paid.balance, shop.standing(acme).unapplied) == (20, 20)


def test_what_is_paid_too_much_may_become_credit(shop: Shop) -> None:
    acme = shop.customer()
    paid = shop.pay(120, shop.invoice(acme, 100), rest_is_credit=True)
    assert (paid.balance, shop.standing(acme).credit) == (0, 20)


def test_no_more_is_applied_than_is_open_or_was_paid(shop: Shop) -> None:
    bill = shop.invoice(shop.customer(), 100)
    with shop.refuses("exceeds_open"):
        shop.pay(200, to(bill, 101))
    with shop.refuses("exceeds_payment"):
        shop.pay(50, to(bill, 51))
    with shop.refuses("exceeds_open"):
        shop.pay(200, to(bill, 60), to(bill, 41))


def test_a_payment_of_another_currency_settles_nothing(shop: Shop) -> None:
    bill = shop.invoice(shop.customer(), 100)
    with shop.refuses("other_currency"):
        shop.pay(100, to(bill), currency_code="USD")


def test_nobody_pays_for_strangers_but_parents_for_their_children(shop: Shop) -> None:
    holding = shop.customer("Holding")
    child = shop.customer("Child", parent=holding.serial)
    grandchild = shop.customer("Grandchild", parent=child.serial)
    stranger, bill = shop.customer("Stranger"), shop.invoice(grandchild, 100)
    for other in (stranger, shop.customer("Sister", parent=holding.serial)):
        with shop.refuses("other_customer"):
            shop.pay(100, to(bill), of=other)
    shop.pay(60, to(bill), of=holding)
    shop.pay(40, to(bill), of=child)
    assert shop.standing(grandchild).net == shop.standing(holding).net == shop.standing(child).net == 0
    its_own = shop.invoice(holding, 1)
    with shop.refuses("other_customer"):
        shop.pay(1, to(its_own), of=child)


def test_a_payment_is_not_moved_to_what_strangers_owe_but_stays_where_it_is(shop: Shop) -> None:
    holding, other = shop.customer("Holding"), shop.customer("Other")
    child = shop.customer("Child", parent=holding.serial)
    mine, its, foreign = shop.invoice(holding, 10), shop.invoice(child, 10), shop.invoice(other, 10)
    paid = shop.pay(20, to(its, 10), of=holding)
    with shop.refuses("other_customer"):
        shop.apply(paid, to(foreign, 10))
    shop.change_customer(child, parent=other.serial)
    shop.apply(paid, to(its, 10), to(mine, 10))
    walk_in = shop.pay(5, to(shop.invoice(None, 5, wish=WALK_IN)))
    with shop.refuses("other_customer"):
        shop.apply(walk_in, to(foreign, 5))


def test_whose_document_is_named_first_pays_where_nobody_is_named(shop: Shop) -> None:
    holding = shop.customer("Holding")
    child = shop.customer("Child", parent=holding.serial)
    one, two, three = shop.invoice(child, 10), shop.invoice(holding, 10), shop.invoice(child, 10)
    paid = shop.pay(20, to(two), to(one))
    assert (paid.customer_id, paid.document_id) == (holding.id, two.id)
    four = shop.invoice(holding, 10)
    with shop.refuses("other_customer"):
        shop.pay(20, to(three), to(four))


def test_a_parent_spends_its_own_credit_on_its_childs_invoice(shop: Shop) -> None:
    holding = shop.customer("Holding")
    child = shop.customer("Child", parent=holding.serial)
    shop.credit(holding, 30)
    bill = shop.invoice(child, 100)
    shop.pay(0, spent(30, bill), of=holding)
    assert (shop.now(bill).balance, shop.standing(holding).credit) == (70, 0)


def test_credit_notes_of_one_child_settle_what_the_other_owes(shop: Shop) -> None:
    holding = shop.customer("Holding")
    one, two = (shop.customer(name, parent=holding.serial) for name in ("One", "Two"))
    bill, note = shop.invoice(one, 100), shop.note(two, 40)
    paid = shop.pay(0, noted(40, note, bill), of=holding)
    assert (shop.standing(one).outstanding, shop.standing(two).open_credit_notes) == (60, 0)
    shop.void(bill)
    assert (shop.now(note).balance, shop.now(paid).applications) == (40, [])


def test_the_currencies_of_a_family_are_never_mixed(shop: Shop) -> None:
    holding = shop.customer("Holding", currency_code="EUR")
    child = shop.customer("Child", parent=holding.serial, currency_code="JPY")
    bill = shop.invoice(child, 1000)
    with shop.refuses("other_currency"):
        shop.pay(1000, to(bill), of=holding, currency_code="EUR")
    shop.pay(1000, to(bill), of=holding, currency_code="JPY")
    assert shop.standing(child, "JPY").net == shop.standing(holding, "EUR").net == 0


def test_a_payment_may_be_applied_otherwise(shop: Shop) -> None:
    acme = shop.customer()
    one, two = shop.invoice(acme, 100), shop.invoice(acme, 50)
    paid = shop.pay(100, one)
    shop.days_pass(3)
    shop.apply(paid, to(one, 60), to(two, 30), credit_of(10))
    assert (shop.now(one).balance, shop.now(two).balance) == (40, 20)
    assert shop.standing(acme).credit == 10
    shop.apply(paid)
    assert (shop.now(one).balance, shop.now(paid).balance, shop.standing(acme).credit) == (100, 100, 0)


def test_what_stays_applied_is_not_written_down_again(shop: Shop) -> None:
    acme = shop.customer()
    one, two = shop.invoice(acme, 100), shop.invoice(acme, 50)
    paid = shop.pay(150, to(one, 100))
    before = shop.rows("SELECT count(*) FROM entry WHERE entity_id = {}")[0][0]
    shop.days_pass(3)
    shop.apply(paid, to(one, 100), to(two, 50))
    assert shop.rows("SELECT count(*) FROM entry WHERE entity_id = {}") == [(before + 2,)]
    shop.apply(paid, to(two, 50), to(one, 100))
    assert shop.rows("SELECT count(*) FROM entry WHERE entity_id = {}") == [(before + 2,)]


def test_a_payment_that_moves_to_another_invoice_was_never_in_two_places(shop: Shop) -> None:
    acme = shop.customer()
    one, two = shop.invoice(acme, 50), shop.invoice(acme, 50)
    paid = shop.pay(50, one)
    shop.days_pass(3)
    shop.apply(paid, to(two))
    yesterday = shop.told(acme, end=shop.today - DAY)
    assert (yesterday.balance, shop.told(acme).balance) == (50, 50)
    assert yesterday.net == 50


def test_what_settled_an_invoice_before_it_was_closed_may_stay(shop: Shop) -> None:
    acme = shop.customer()
    one, two = shop.invoice(acme, 100), shop.invoice(acme, 100)
    paid = shop.pay(60, to(one, 30))
    shop.close(one)
    shop.apply(paid, to(one, 30), to(two, 30))
    assert (shop.now(one).balance, shop.now(two).balance) == (0, 70)
    with shop.refuses("exceeds_open"):
        shop.apply(paid, to(one, 31))


def test_no_sum_grows_beyond_what_can_be_kept(shop: Shop) -> None:
    acme = shop.customer()
    for _ in range(100):
        shop.credit(acme, 10**12)
    with shop.refuses("out_of_range"):
        shop.credit(acme, 1)


def test_a_payment_that_paid_an_advance_and_took_it_up_can_be_applied_to_nothing(shop: Shop) -> None:
    acme = shop.customer()
    before, bill, other = shop.advance(acme, 50), shop.invoice(acme, 20), shop.invoice(acme, 30)
    paid = shop.pay(50, before, advanced(20, before, bill), advanced(30, before, other), of=acme)
    shop.apply(paid)
    assert [shop.now(one).balance for one in (paid, before, bill, other)] == [50, 50, 20, 30]


def test_an_advance_may_give_way_to_money(shop: Shop) -> None:
    acme = shop.customer()
    before, bill = shop.advance(acme, 50), shop.invoice(acme, 50)
    shop.pay(50, before)
    paid = shop.pay(50, advanced(50, before, bill), of=acme)
    shop.apply(paid, to(bill, 50))
    assert (shop.now(paid).balance, shop.now(bill).balance, shop.now(before).advanced) == (0, 0, 0)


def test_what_a_payment_is_stays(shop: Shop) -> None:
    acme = shop.customer()
    paid = shop.pay(100, of=acme)
    for values in ({"amount": Decimal(99)}, {"currency_code": "USD"}, {"customer_id": shop.customer().id}):
        with shop.refuses("immutable"):
            shop.apply(paid, **values)


def test_a_voided_payment_is_as_if_it_had_not_come(shop: Shop) -> None:
    acme = shop.customer()
    bill = shop.invoice(acme, 100)
    paid = shop.pay(120, bill, rest_is_credit=True)
    shop.days_pass(2)
    gone = shop.void_payment(paid)
    assert (gone.balance, shop.now(bill).balance, shop.standing(acme).credit) == (0, 100, 0)
    assert shop.now(bill).paid_at is None
    assert shop.void_payment(paid) == gone
    with shop.refuses("voided"):
        shop.apply(paid, to(bill))


def test_a_payment_whose_credit_is_spent_is_not_voided(shop: Shop) -> None:
    acme = shop.customer()
    paid = shop.pay(20, credit_of(20), of=acme)
    shop.invoice(acme, 15)
    with shop.refuses("credit_overspent"):
        shop.void_payment(paid)


def test_a_restored_payment_does_what_it_did(shop: Shop) -> None:
    acme = shop.customer()
    bill = shop.invoice(acme, 100)
    paid = shop.pay(120, bill, rest_is_credit=True)
    shop.days_pass(2)
    shop.void_payment(paid)
    shop.days_pass(2)
    back = shop.restore_payment(paid)
    assert (back.voided_at, back.applications) == (None, paid.applications)
    assert (shop.now(bill).balance, shop.standing(acme).credit) == (0, 20)
    assert shop.restore_payment(paid) == back


def test_a_payment_that_was_voided_for_a_while_was_not_there_meanwhile(shop: Shop) -> None:
    acme = shop.customer()
    bill = shop.invoice(acme, 100)
    paid = shop.pay(100, bill)
    shop.days_pass(10)
    shop.void_payment(paid)
    shop.days_pass(10)
    shop.restore_payment(paid)
    owed = {days: shop.told(acme, end=shop.today - days * DAY).balance for days in (15, 5, 0)}
    assert owed == {15: 0, 5: 100, 0: 0}


def test_a_payment_is_not_restored_where_what_it_settled_is_settled_or_gone(shop: Shop) -> None:
    acme = shop.customer()
    one, two, three = (shop.invoice(acme, 100) for _ in range(3))
    paid, other, last = shop.pay(100, one), shop.pay(100, two), shop.pay(100, three)
    for payment in (paid, other, last):
        shop.void_payment(payment)
    shop.pay(60, one)
    with shop.refuses("exceeds_open"):
        shop.restore_payment(paid)
    shop.void(two)
    with shop.refuses("voided"):
        shop.restore_payment(other)
    shop.close(three)
    with shop.refuses("voided"):
        shop.restore_payment(last)


def test_whoever_is_no_customer_has_no_credit(shop: Shop) -> None:
    wish = Wish(buyer={"name": "Walk-in"}, saves_customer=False)
    bill, note = shop.invoice(None, 100, wish=wish), shop.note(None, 30, wish=wish)
    with shop.refuses("required"):
        shop.pay(0, spent(100, bill))
    with shop.refuses("required"):
        shop.pay(20, credit_of(20))
    with shop.refuses("required"):
        shop.pay(0, noted(30, note))
    assert shop.pay(120, bill, rest_is_credit=True).balance == 20


def test_credit_is_put_aside_and_into_no_document(shop: Shop) -> None:
    acme = shop.customer()
    bill, note = shop.invoice(acme, 100), shop.note(acme, 50)
    for one in (bill, note):
        with shop.refuses("not_payable"):
            shop.pay(50, Wanted("credit", Decimal(50), one.id))
    with shop.refuses("not_payable"):
        shop.refund(50, Wanted("refund_credit_note", Decimal(50), bill.id, note.id))


def test_two_things_may_be_settled_out_of_credit_at_once(shop: Shop) -> None:
    acme = shop.customer()
    early = shop.invoice(acme, 10)
    shop.credit(acme, 10)
    shop.days_pass(5)
    shop.settle(settings={"receivables": {"apply_credits_to_new_invoices": False}})
    one, two = shop.invoice(acme, 20), shop.invoice(acme, 20)
    shop.credit(acme, 40)
    parts = spent(10, early), spent(20, one), spent(20, two)
    shop.pay(0, *parts, of=acme, date=shop.today - 5 * DAY)
    assert shop.standing(acme).net == 0
