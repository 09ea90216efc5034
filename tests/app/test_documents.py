"""Documents: drafts, issuing, voiding, closing; who may be billed, and how much."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from billto.app.documents import Receipt, Wish
from tests.app.shop import Shop, advanced, noted, spent, to

DAY = timedelta(days=1)


def test_an_issued_invoice_is_owed(shop: Shop) -> None:
    acme = shop.customer()
    bill = shop.invoice(acme, "120.50")
    assert (bill.balance, bill.number) == (Decimal("120.50"), "2026-00001")
    assert shop.standing(acme).outstanding == Decimal("120.50")


def test_a_draft_is_not_owed_and_has_no_number_until_it_is_issued(shop: Shop) -> None:
    acme = shop.customer()
    draft = shop.draft(acme, 100)
    assert (draft.number, draft.balance, shop.standing(acme).outstanding) == (None, 0, 0)
    assert (shop.issue(draft).balance, shop.standing(acme).outstanding) == (100, 100)


def test_issuing_twice_is_once(shop: Shop) -> None:
    acme = shop.customer()
    draft = shop.draft(acme, 100)
    assert shop.issue(draft) == shop.issue(draft)
    assert shop.standing(acme).outstanding == 100


def test_what_only_promises_or_tells_is_not_owed(shop: Shop) -> None:
    acme = shop.customer()
    for kind in ("estimate", "delivery_note"):
        assert shop.document(kind, acme, 100).balance == 0
    assert shop.standing(acme).net == 0


def test_a_credit_note_stands_beside_what_is_owed(shop: Shop) -> None:
    acme = shop.customer()
    shop.invoice(acme, 100)
    shop.note(acme, 30)
    standing = shop.standing(acme)
    assert (standing.outstanding, standing.open_credit_notes, standing.net) == (100, 30, 70)


def test_an_invoice_of_nothing_is_paid_at_once(shop: Shop) -> None:
    acme = shop.customer()
    assert shop.invoice(acme, 0).paid_at is not None
    assert shop.standing(acme).outstanding == 0


def test_an_issued_document_stays_as_it_is(shop: Shop) -> None:
    bill = shop.invoice(shop.customer(), 100)
    with shop.refuses("issued_already"):
        shop.change_document(bill, note="Other words")
    assert shop.change_document(bill, metadata={"k": "v"}).metadata == {"k": "v"}


def test_a_draft_may_go_to_somebody_else(shop: Shop) -> None:
    acme, berta = shop.customer(), shop.customer("Berta")
    draft = shop.draft(acme, 100)
    assert shop.change_document(draft, customer_id=berta.id).customer_name == "Berta"
    assert shop.change_document(draft, customer=acme.serial).customer_name == "Acme"


def test_only_drafts_are_deleted(shop: Shop) -> None:
    acme = shop.customer()
    bill = shop.invoice(acme, 100)
    with shop.refuses("issued_already"):
        shop.drop(bill)
    shop.drop(shop.draft(acme, 5))
    assert shop.rows("SELECT count(*) FROM document WHERE entity_id = {}") == [(1,)]


def test_a_deleted_draft_leaves_no_gap_in_the_numbers(shop: Shop) -> None:
    acme = shop.customer()
    shop.invoice(acme, 1)
    shop.drop(shop.draft(acme, 2))
    assert shop.invoice(acme, 3).number == "2026-00002"


def test_a_refused_document_leaves_no_gap_in_the_numbers(shop: Shop) -> None:
    acme = shop.customer(credit_limit=Decimal(100))
    with shop.refuses("over_credit_limit"):
        shop.invoice(acme, 101)
    assert shop.invoice(acme, 100).number == "2026-00001"


def test_every_year_and_every_type_has_numbers_of_its_own(shop: Shop) -> None:
    acme = shop.customer()
    years = [shop.invoice(acme, 1, date=date(year, 12, 31)).number for year in (2025, 2024, 2025)]
    assert years == ["2025-00001", "2024-00001", "2025-00002"]
    assert shop.note(acme, 1, date=date(2025, 1, 1)).number == "CN-2025-00001"


def test_a_voided_document_keeps_its_number_and_is_owed_no_more(shop: Shop) -> None:
    acme = shop.customer()
    bill = shop.void(shop.invoice(acme, 100))
    assert (bill.balance, bill.number, bill.paid_at) == (0, "2026-00001", None)
    assert shop.standing(acme).outstanding == 0
    assert shop.void(bill) == bill


def test_a_draft_is_not_voided(shop: Shop) -> None:
    draft = shop.draft(shop.customer(), 100)
    with shop.refuses("still_draft"):
        shop.void(draft)


def test_what_was_paid_of_a_voided_invoice_is_free_again(shop: Shop) -> None:
    acme = shop.customer()
    bill = shop.invoice(acme, 100)
    paid = shop.pay(60, bill)
    shop.void(bill)
    assert (shop.now(paid).balance, shop.now(paid).applications) == (60, [])
    assert shop.standing(acme).unapplied == 60


def test_a_voided_invoice_gives_credit_back_that_settled_it(shop: Shop) -> None:
    acme = shop.customer()
    shop.credit(acme, 50)
    bill = shop.invoice(acme, 100)
    assert (bill.balance, shop.standing(acme).credit) == (50, 0)
    shop.void(bill)
    assert shop.standing(acme).credit == 50


def test_a_voided_credit_note_is_owed_again_by_what_it_settled(shop: Shop) -> None:
    acme = shop.customer()
    bill, note = shop.invoice(acme, 100), shop.note(acme, 30)
    shop.pay(0, noted(30, note, bill), of=acme)
    assert (shop.now(bill).balance, shop.now(note).balance) == (70, 0)
    shop.void(note)
    assert shop.now(bill).balance == 100


def test_a_credit_note_whose_credit_is_spent_is_not_voided(shop: Shop) -> None:
    acme = shop.customer()
    note = shop.note(acme, 30)
    shop.pay(0, noted(30, note), of=acme)
    shop.invoice(acme, 20)
    with shop.refuses("credit_overspent"):
        shop.void(note)


def test_what_is_open_of_a_closed_invoice_is_lost_until_it_is_reopened(shop: Shop) -> None:
    acme = shop.customer()
    bill = shop.invoice(acme, 100)
    shop.pay(30, bill)
    closed = shop.close(bill)
    assert (closed.balance, closed.written_off, shop.standing(acme).outstanding) == (0, 70, 0)
    assert shop.close(bill) == closed
    with shop.refuses("closed"):
        shop.pay(10, to(bill))
    opened = shop.reopen(bill)
    assert (opened.balance, opened.written_off, shop.standing(acme).outstanding) == (70, 0, 70)
    assert shop.reopen(bill) == opened


def test_a_payment_that_bounces_after_its_invoice_was_closed_is_owed_as_well_once_it_is_reopened(
    shop: Shop,
) -> None:
    acme = shop.customer()
    bill = shop.invoice(acme, 100)
    paid = shop.pay(30, bill)
    shop.close(bill)
    shop.void_payment(paid)
    assert (shop.now(bill).balance, shop.now(bill).written_off) == (30, 70)
    assert (shop.reopen(bill).balance, shop.standing(acme).outstanding) == (100, 100)


def test_a_closed_invoice_that_is_voided_leaves_nothing(shop: Shop) -> None:
    acme = shop.customer()
    bill = shop.invoice(acme, 100)
    paid = shop.pay(30, bill)
    shop.close(bill)
    shop.void(bill)
    assert (shop.standing(acme).outstanding, shop.now(paid).balance) == (0, 30)


def test_a_credit_note_may_be_closed_too(shop: Shop) -> None:
    acme = shop.customer()
    note = shop.note(acme, 30)
    shop.close(note)
    assert shop.standing(acme).open_credit_notes == 0
    shop.reopen(note)
    assert shop.standing(acme).open_credit_notes == 30


def test_nobody_on_hold_is_billed_but_may_be_given_back(shop: Shop) -> None:
    acme = shop.customer(is_on_credit_hold=True)
    for kind in ("invoice", "advance_invoice", "estimate", "delivery_note"):
        with shop.refuses("on_credit_hold"):
            shop.document(kind, acme, 1)
    assert shop.note(acme, 1).balance == 1


def test_a_draft_is_not_issued_to_whoever_is_on_hold_by_now(shop: Shop) -> None:
    acme = shop.customer()
    draft = shop.draft(acme, 1)
    shop.change_customer(acme, is_on_credit_hold=True)
    with shop.refuses("on_credit_hold"):
        shop.issue(draft)


def test_nobody_comes_to_owe_more_than_the_limit(shop: Shop) -> None:
    acme = shop.customer(credit_limit=Decimal(100))
    shop.invoice(acme, 60)
    with shop.refuses("over_credit_limit"):
        shop.invoice(acme, 41)
    with shop.refuses("over_credit_limit"):
        shop.advance(acme, 41)
    shop.invoice(acme, 40)
    assert shop.standing(acme).outstanding == 100


def test_a_limit_says_nothing_of_other_currencies(shop: Shop) -> None:
    acme = shop.customer(credit_limit=Decimal(100))
    shop.invoice(acme, 1000, currency_code="JPY")
    shop.invoice(acme, 100)
    assert shop.standing(acme, "JPY").outstanding == 1000


def test_what_was_paid_makes_room_below_the_limit(shop: Shop) -> None:
    acme = shop.customer(credit_limit=Decimal(100))
    shop.pay(100, shop.invoice(acme, 100))
    assert shop.invoice(acme, 100).balance == 100


def test_a_closed_invoice_is_not_reopened_beyond_the_limit(shop: Shop) -> None:
    acme = shop.customer(credit_limit=Decimal(100))
    bill = shop.invoice(acme, 60)
    shop.close(bill)
    shop.invoice(acme, 50)
    with shop.refuses("over_credit_limit"):
        shop.reopen(bill)


def test_a_disabled_entity_makes_no_documents_but_takes_money(shop: Shop) -> None:
    acme = shop.customer()
    bill, draft = shop.invoice(acme, 100), shop.draft(acme, 1)
    shop.settle(is_enabled=False)
    with shop.refuses("entity_disabled"):
        shop.invoice(acme, 1)
    with shop.refuses("entity_disabled"):
        shop.issue(draft)
    shop.pay(100, bill)
    assert shop.now(bill).balance == 0


def test_credit_settles_new_invoices_by_itself_unless_the_entity_does_not_want_it(shop: Shop) -> None:
    acme = shop.customer()
    shop.credit(acme, 30)
    shop.settle(settings={"receivables": {"apply_credits_to_new_invoices": False}})
    assert shop.invoice(acme, 100).balance == 100
    shop.settle(settings={"receivables": {"apply_credits_to_new_invoices": True}})
    assert shop.invoice(acme, 100).balance == 70


def test_credit_that_was_given_later_settles_no_earlier_invoice(shop: Shop) -> None:
    acme = shop.customer()
    shop.credit(acme, 30)
    assert shop.invoice(acme, 100, date=shop.today - DAY).balance == 100
    assert shop.standing(acme).credit == 30


def test_an_invoice_may_come_with_its_payment(shop: Shop) -> None:
    acme = shop.customer()
    wish = Wish(receipts=(Receipt({"method": "cash"}),))
    assert shop.invoice(acme, 100, wish=wish).paid_at is not None


def test_what_is_paid_too_much_with_an_invoice_is_credit(shop: Shop) -> None:
    acme = shop.customer()
    wish = Wish(receipts=(Receipt({"amount": Decimal(120)}),))
    assert shop.invoice(acme, 100, wish=wish).balance == 0
    assert shop.standing(acme).credit == 20


def test_an_advance_settles_its_final_invoice_as_far_as_it_was_paid(shop: Shop) -> None:
    acme = shop.customer()
    before = shop.advance(acme, 100)
    shop.pay(60, before)
    bill = shop.invoice(acme, 200)
    with shop.refuses("exceeds_open"):
        shop.pay(0, advanced(61, before, bill), of=acme)
    shop.pay(0, advanced(60, before, bill), of=acme)
    assert (shop.now(bill).balance, shop.now(before).advanced) == (140, 60)
    assert shop.standing(acme).outstanding == 180


def test_an_advance_that_a_final_invoice_took_up_is_not_voided_and_its_payment_stays(shop: Shop) -> None:
    acme = shop.customer()
    before = shop.advance(acme, 100)
    paid = shop.pay(100, before)
    bill = shop.invoice(acme, 100)
    taken = shop.pay(0, advanced(100, before, bill), of=acme)
    with shop.refuses("settled_elsewhere"):
        shop.void(before)
    with shop.refuses("settled_elsewhere"):
        shop.void_payment(paid)
    with shop.refuses("settled_elsewhere"):
        shop.apply(paid)
    shop.void_payment(taken)
    shop.void_payment(paid)
    assert (shop.now(before).balance, shop.now(bill).balance) == (100, 100)


def test_a_voided_final_invoice_gives_its_advance_back(shop: Shop) -> None:
    acme = shop.customer()
    before = shop.advance(acme, 100)
    shop.pay(100, before)
    bill = shop.invoice(acme, 100)
    shop.pay(0, advanced(100, before, bill), of=acme)
    shop.void(bill)
    assert (shop.now(before).advanced, shop.standing(acme).outstanding) == (0, 0)


def test_somebody_who_is_no_customer_is_billed_and_pays(shop: Shop) -> None:
    wish = Wish(buyer={"name": "Walk-in"}, saves_customer=False)
    bill = shop.invoice(None, 100, wish=wish)
    assert (bill.customer_id, bill.customer_name) == (None, "Walk-in")
    paid = shop.pay(100, bill)
    assert (paid.customer_id, shop.now(bill).balance) == (None, 0)
    shop.void(bill)
    assert shop.now(paid).balance == 100


@pytest.mark.parametrize("currency", ["JPY", "EUR", "KWD"])
def test_amounts_have_the_places_of_their_currency(shop: Shop, currency: str) -> None:
    acme = shop.customer()
    places = {"JPY": 0, "EUR": 2, "KWD": 3}[currency]
    bill = shop.invoice(acme, 10, currency_code=currency)
    least = Decimal(1).scaleb(-places)
    shop.pay(least, to(bill, least))
    assert shop.now(bill).balance == 10 - least
    with shop.refuses("out_of_range"):
        shop.pay(least / 10, of=acme, currency_code=currency)
    with shop.refuses("out_of_range"):
        shop.pay(1, to(bill, least / 10), currency_code=currency)


def test_trash_bills_nobody_and_documents_keep_their_customer(shop: Shop) -> None:
    acme = shop.customer()
    bill = shop.invoice(acme, 100)
    shop.trash(acme)
    with shop.refuses("unknown_reference"):
        shop.invoice(acme, 1)
    with shop.refuses("in_use"):
        shop.erase(acme)
    shop.pay(40, bill)
    assert shop.standing(acme).outstanding == 60
    assert shop.restore_customer(acme).deleted_at is None


def test_who_has_only_a_draft_that_was_deleted_may_be_erased(shop: Shop) -> None:
    acme = shop.customer()
    shop.drop(shop.draft(acme, 1))
    shop.erase(shop.trash(acme))


def test_nothing_is_applied_to_what_was_voided_or_is_a_draft(shop: Shop) -> None:
    acme = shop.customer()
    draft, gone = shop.draft(acme, 1), shop.void(shop.invoice(acme, 1))
    estimate = shop.document("estimate", acme, 1)
    with shop.refuses("still_draft"):
        shop.pay(1, to(draft))
    with shop.refuses("voided"):
        shop.pay(1, to(gone))
    with shop.refuses("not_payable"):
        shop.pay(1, to(estimate))
    with shop.refuses("voided"):
        shop.pay(0, spent(1, gone), of=acme)
