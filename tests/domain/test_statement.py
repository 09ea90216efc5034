"""Statements say what happened to a customer's account, once each, in order, and what is left."""

from datetime import date
from random import Random
from typing import Any

import pytest

from billto.domain.statement import balance_forward, credit_history, open_items, standing
from tests.domain.books import AFTER, BEFORE, END, START, Books, d, march


# Answers are read as plain trees: a figure is compared with a whole number where it is one.
def statement(books: Books, start: date = START, end: date = END) -> Any:
    return balance_forward(books.entries, start=start, end=end)


def figures(books: Books) -> Any:
    return standing(books.entries)


def told(said: Any) -> list[tuple[Any, ...]]:
    """What the lines show: number, invoiced, paid, adjusted, balance."""
    return [(one.number, one.invoiced, one.paid, one.adjusted, one.balance) for one in said.lines]


def in_hand(said: Any) -> list[tuple[Any, ...]]:
    """What the credit lines show: kind, number, issued, spent, balance."""
    return [(one.kind, one.number, one.issued, one.spent, one.balance) for one in said.credit_lines]


def test_the_vendor_s_example_adds_up() -> None:
    books = Books("USD")
    old = books.invoice(d("68182.40"), BEFORE, number="INV-1")
    books.invoice(d("1000.00"), march(5), number="INV-2")
    books.apply(books.payment(d("3400.00"), march(9)), old, d("3400.00"), march(9))
    said = statement(books)
    assert said.previous == d("68182.40")
    assert told(said) == [
        ("INV-2", d("1000"), 0, 0, d("69182.40")),
        ("INV-1", 0, d("3400"), 0, d("65782.40")),
    ]
    assert (said.invoiced, said.paid, said.adjusted) == (1000, 3400, 0)
    assert said.balance == said.net == d("65782.40")


def test_a_payment_over_two_invoices_has_a_line_for_each_and_none_of_its_own() -> None:
    books = Books()
    one, two = books.invoice(d(60), march(1), number="A"), books.invoice(d(50), march(2), number="B")
    paid = books.payment(d(100), march(3), number="transfer")
    books.apply(paid, one, d(60), march(3), more=True)
    books.apply(paid, two, d(40), march(3), more=True)
    said = statement(books)
    assert told(said)[2:] == [("A", 0, 60, 0, 50), ("B", 0, 40, 0, 10)]
    assert said.credit_lines == ()
    assert [line.cause_id for line in said.lines[2:]] == [paid.id, paid.id]


def test_an_overpayment_is_credit_and_what_is_spent_of_it_is_paid() -> None:
    books = Books()
    first = books.invoice(d(60), march(1), number="A")
    paid = books.payment(d(100), march(2), number="transfer")
    books.apply(paid, first, d(60), march(2), more=True)
    books.apply(paid, books.credit(), d(40), march(2), more=True)
    second = books.invoice(d(30), march(4), number="B")
    books.apply(books.credit(), second, d(30), march(4), more=True)
    said = statement(books)
    assert told(said) == [("A", 60, 0, 0, 60), ("A", 0, 60, 0, 0), ("B", 30, 0, 0, 30), ("B", 0, 30, 0, 0)]
    assert in_hand(said) == [("received", "transfer", 40, 0, 40), ("applied", "B", 0, 30, 10)]
    assert (said.issued, said.spent, said.credit, said.net) == (40, 30, 10, -10)


def test_a_payment_applied_on_a_later_day_was_a_credit_until_then() -> None:
    books = Books()
    owed = books.invoice(d(60), march(1), number="A")
    paid = books.payment(d(60), march(2), number="cheque")
    books.apply(paid, owed, d(60), march(8))
    assert in_hand(statement(books)) == [
        ("received", "cheque", 60, 0, 60), ("applied", "cheque", 0, 60, 0),
    ]  # fmt: skip


def test_moving_a_payment_s_rest_to_the_credit_balance_changes_nothing() -> None:
    books = Books()
    paid = books.payment(d(60), march(2), number="cheque")
    books.apply(paid, books.credit(), d(60), march(8))
    said = statement(books)
    assert in_hand(said) == [("received", "cheque", 60, 0, 60)]
    assert figures(books) == (0, 0, 0, 60)


def test_a_credit_note_adjusts() -> None:
    books = Books()
    owed = books.invoice(d(50), march(1), number="A")
    note = books.note(d(30), march(3), number="CN-1")
    books.apply(note, owed, d(20), march(4))
    said = statement(books)
    assert told(said) == [("A", 50, 0, 0, 50), ("A", 0, 0, 20, 30)]
    assert in_hand(said) == [("issued", "CN-1", 30, 0, 30), ("applied", "CN-1", 0, 20, 10)]
    assert said.net == 20


def test_a_payment_and_a_note_of_one_posting_and_one_amount_are_told_apart() -> None:
    books = Books()
    one, two = books.invoice(d(50), march(1), number="A"), books.invoice(d(50), march(1), number="B")
    note, paid = books.note(d(50), march(2)), books.payment(d(50), march(2))
    books.apply(note, one, d(50), march(3), by=paid)
    books.apply(paid, two, d(50), march(3), more=True)
    assert told(statement(books))[2:] == [("A", 0, 0, 50, 50), ("B", 0, 50, 0, 0)]


def test_a_write_off_adjusts_and_reopening_gives_it_back() -> None:
    books = Books()
    owed = books.invoice(d(50), BEFORE, number="A")
    books.own("written_off", owed, d(-50), march(3))
    books.own("reopened", owed, d(50), AFTER)
    assert told(statement(books)) == [("A", 0, 0, 50, 0)]
    assert told(statement(books, AFTER, AFTER)) == [("A", 0, 0, -50, 50)]


def test_a_write_off_taken_back_in_the_period_leaves_no_line() -> None:
    books = Books()
    owed = books.invoice(d(50), BEFORE)
    books.own("written_off", owed, d(-50), march(3))
    books.own("reopened", owed, d(50), march(4))
    assert told(statement(books)) == []


def test_a_void_of_an_older_invoice_adjusts() -> None:
    books = Books()
    owed = books.invoice(d(50), BEFORE, number="A")
    books.own("voided", owed, d(-50), march(3))
    assert told(statement(books)) == [("A", 0, 0, 50, 0)]
    assert told(statement(books, BEFORE, END)) == []


@pytest.mark.parametrize("by_the_void", [True, False])
def test_an_invoice_voided_in_the_period_was_never_there_and_its_payment_is_credit(by_the_void: bool) -> None:
    books = Books()
    owed, paid = books.invoice(d(50), march(1), number="A"), books.payment(d(50), march(2), number="cash")
    done = books.apply(paid, owed, d(50), march(2))
    books.unapply(done, march(3), by=owed.id if by_the_void else None)
    books.own("voided", owed, d(-50), march(3))
    said = statement(books)
    assert told(said) == []
    assert in_hand(said) == [("received", "cash", 50, 0, 50)]


def test_an_invoice_written_off_in_part_and_then_voided_leaves_nothing() -> None:
    books = Books()
    owed = books.invoice(d(50), march(1))
    books.own("written_off", owed, d(-20), march(2))
    books.own("voided", owed, d(-30), march(3))
    assert told(statement(books)) == []


def test_a_void_of_what_was_written_off_changes_nothing_and_an_invoice_over_nothing_is_shown() -> None:
    books = Books()
    books.own("voided", books.invoice(d(50), BEFORE), d(0), march(1))
    books.invoice(d(0), march(2), number="B")
    assert told(statement(books)) == [("B", 0, 0, 0, 50)]


def test_a_payment_undone_in_another_period_takes_its_line_back_there() -> None:
    books = Books()
    owed, paid = books.invoice(d(50), BEFORE, number="A"), books.payment(d(50), BEFORE)
    done = books.apply(paid, owed, d(50), BEFORE)
    books.unapply(done, march(3))
    books.own("payment_voided", paid, d(50), march(3))
    said = statement(books)
    assert (said.previous, told(said), said.paid) == (0, [("A", 0, -50, 0, 50)], -50)
    assert (in_hand(said)[-1][-1], said.credit) == (0, 0)


def test_a_payment_changed_in_the_period_shows_as_it_is_now() -> None:
    books = Books()
    owed, paid = books.invoice(d(50), march(1), number="A"), books.payment(d(50), march(2))
    books.unapply(books.apply(paid, owed, d(50), march(2)), march(4))
    books.apply(paid, owed, d(30), march(5))
    assert told(statement(books))[1:] == [("A", 0, 30, 0, 20)]


def test_what_is_undone_is_the_same_application_and_not_one_of_the_same_amount() -> None:
    books = Books()
    one, two = books.invoice(d(50), BEFORE, number="A"), books.invoice(d(50), BEFORE, number="B")
    paid = books.payment(d(100), march(1), number="cash")
    first = books.apply(paid, one, d(50), march(2))
    books.apply(paid, two, d(50), march(9))
    books.unapply(first, march(10))
    said = statement(books)
    assert told(said) == [("B", 0, 50, 0, 50)]
    assert [(line.date, line.spent) for line in said.credit_lines] == [(march(1), 0), (march(9), 50)]


def test_refunds_and_adjustments_move_the_credit() -> None:
    books = Books()
    books.adjust(d(80), march(1))
    books.refund(books.credit(), d(30), march(2))
    books.adjust(d(-10), march(3))
    said = statement(books)
    assert in_hand(said) == [
        ("adjusted", None, 80, 0, 80), ("refunded", None, 0, 30, 50), ("adjusted", None, 0, 10, 40),
    ]  # fmt: skip
    assert (said.lines, said.net) == ((), -40)


def test_a_refund_on_the_day_of_the_payment_is_seen() -> None:
    books = Books()
    books.refund(books.payment(d(50), march(1)), d(50), march(1))
    assert [line[0] for line in in_hand(statement(books))] == ["received", "refunded"]


def test_a_child_s_statement_knows_what_its_parent_paid_and_the_parent_s_has_both() -> None:
    books = Books()
    owed = books.invoice(d(50), march(1), number="A", of=2)
    note, paid = books.note(d(20), march(2), of=1), books.payment(d(30), march(2), of=1)
    books.apply(note, owed, d(20), march(3))
    books.apply(paid, owed, d(30), march(3))
    child = balance_forward([one for one in books.entries if one.customer == 2], start=START, end=END)
    assert told(child) == told(statement(books)) == [
        ("A", 50, 0, 0, 50), ("A", 0, 0, 20, 30), ("A", 0, 30, 0, 0),
    ]  # fmt: skip
    assert {line.customer_id for line in child.lines} == {f"{2:024x}"}
    assert child.credit_lines == ()


def test_sides_of_one_posting_find_each_other_in_their_order() -> None:
    books = Books()
    one, two = books.invoice(d(50), march(1), number="A"), books.invoice(d(50), march(1), number="B")
    paid, note = books.payment(d(50), march(2)), books.note(d(50), march(2))
    legs = (paid, d(50)), (note, d(50)), (one, d(-50)), (two, d(-50))
    books.post("applied", march(3), *legs, by=paid.id or "", cause="payment")
    assert told(statement(books))[2:] == [("A", 0, 50, 0, 50), ("B", 0, 0, 50, 0)]


def test_where_the_other_side_is_another_customer_s_the_cause_tells_applications_apart() -> None:
    books = Books()
    one = books.invoice(d(100), march(1), number="A", of=2)
    two = books.invoice(d(50), march(1), number="B", of=2)
    first, second = books.payment(d(50), march(2), of=1), books.payment(d(50), march(2), of=1)
    done = books.apply(first, one, d(50), march(3))
    books.apply(second, one, d(50), march(5))
    books.unapply(done, march(6))
    books.apply(books.note(d(50), march(7), of=1), one, d(50), march(7))
    books.apply(books.payment(d(50), march(7), of=2), two, d(50), march(7))
    child = balance_forward([entry for entry in books.entries if entry.customer == 2], start=START, end=END)
    assert told(child)[2:] == [("A", 0, 50, 0, 100), ("A", 0, 0, 50, 50), ("B", 0, 50, 0, 0)]
    assert child.lines[2].cause_id == second.id


def test_of_two_equal_applications_the_later_is_undone_first() -> None:
    books = Books()
    owed, paid = books.invoice(d(100), march(1)), books.payment(d(100), march(1))
    books.apply(paid, owed, d(50), march(2))
    books.unapply(books.apply(paid, owed, d(50), march(4)), march(5))
    assert [line.date for line in statement(books).lines] == [march(1), march(2)]


def test_fifty_movements_of_one_day_are_one_statement_in_any_order() -> None:
    books = Books()
    for number in range(25):
        books.apply(books.payment(d(1), march(1)), books.invoice(d(number + 1), march(1)), d(1), march(1))
    said = statement(books)
    shuffled = list(books.entries)
    Random(7).shuffle(shuffled)
    assert balance_forward(shuffled, start=START, end=END) == said
    assert len(said.lines) == 50


def test_nothing_is_a_statement_too() -> None:
    said = statement(Books())
    assert (said.previous, said.lines, said.balance, said.credit, said.net) == (0, (), 0, 0, 0)


def test_a_period_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="period"):
        statement(Books(), END, START)


def test_currencies_are_never_added() -> None:
    euros, dollars = Books("EUR"), Books("USD")
    euros.adjust(d(1), march(1))
    dollars.adjust(d(1), march(1))
    mixed = euros.entries + dollars.entries
    for asked in (
        lambda: balance_forward(mixed, start=START, end=END),
        lambda: open_items(mixed, as_of=END),
        lambda: standing(mixed),
        lambda: credit_history(mixed),
    ):
        with pytest.raises(ValueError, match="currencies"):
            asked()


def test_an_invoice_paid_out_of_credit_leaves_no_credit() -> None:
    books = Books()
    books.adjust(d(30), march(1))
    books.apply(books.credit(), books.invoice(d(50), march(2), number="A"), d(30), march(2))
    said = statement(books)
    assert told(said) == [("A", 50, 0, 0, 50), ("A", 0, 30, 0, 20)]
    assert (said.credit, figures(books)) == (0, (20, 0, 0, 0))
