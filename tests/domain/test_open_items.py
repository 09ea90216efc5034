"""Open items are what is owed on a day and what stands against it; the credit balance has a history."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from billto.domain.ageing import ageing
from billto.domain.statement import credit_history, open_items, standing
from tests.domain.books import AFTER, BEFORE, END, Books, d, march


# Answers are read as plain trees: a figure is compared with a whole number where it is one.
def opened(books: Books, as_of: date = END, **asked: Any) -> Any:
    return open_items(books.entries, as_of=as_of, **asked)


def test_open_items_are_what_is_owed_and_apart_from_it_what_is_in_hand() -> None:
    books = Books()
    late = books.invoice(d(50), BEFORE, number="A", due=march(1))
    books.invoice(d(20), march(2), number="B")
    settled = books.invoice(d(10), march(3), number="C")
    books.apply(books.payment(d(15), march(4), number="cash"), settled, d(10), march(4))
    books.apply(books.note(d(30), march(5), number="CN-1"), late, d(5), march(5))
    books.adjust(d(7), march(6))
    books.invoice(d(999), AFTER)
    said = opened(books, march(8))
    assert [(one.number, one.total, one.balance, one.days_past_due) for one in said.items] == [
        ("A", 50, 45, 7), ("B", 20, 20, 6),
    ]  # fmt: skip
    assert [(one.account, one.number, one.amount) for one in said.credits] == [
        ("payment", "cash", 5), ("credit_note", "CN-1", 25), ("credit", None, 7),
    ]  # fmt: skip
    assert (said.total, said.credit, said.net) == (65, 37, 28)


def test_only_the_overdue_may_be_asked_for_and_today_is_not_overdue() -> None:
    books = Books()
    for number, due in (("A", march(7)), ("B", march(8)), ("C", march(9))):
        books.invoice(d(10), BEFORE, number=number, due=due)
    said = opened(books, march(8), past_due_only=True)
    assert [one.number for one in said.items] == ["A"]
    assert said.total == 10


def test_open_items_are_ordered_by_due_date_and_number() -> None:
    books = Books()
    books.invoice(d(1), march(1), number="C", due=march(20))
    books.invoice(d(1), march(9), number="B")
    books.invoice(d(1), march(3), number="A", due=march(20))
    assert [one.number for one in opened(books).items] == ["B", "A", "C"]


def test_what_was_paid_before_its_invoice_is_a_credit_until_the_invoice_is_there() -> None:
    books = Books()
    owed, paid = books.invoice(d(50), march(9), number="A"), books.payment(d(50), march(1))
    books.apply(paid, owed, d(20), march(2))
    said = opened(books, march(3))
    assert [(one.account, one.amount) for one in said.credits] == [("payment", 30), ("invoice", 20)]
    assert (said.items, said.net) == ((), -50)
    assert opened(books, march(9)).net == 0


def test_a_credit_note_and_a_payment_move_the_buckets() -> None:
    books = Books()
    owed = books.invoice(d(50), BEFORE, due=BEFORE + timedelta(days=14))
    done = books.apply(books.payment(d(20), march(1)), owed, d(20), march(1))

    def overdue(day: date) -> dict[str, Decimal]:
        buckets = ageing(opened(books, day).items, as_of=day)
        return {one.label: one.amount for one in buckets if one.amount}

    assert overdue(BEFORE) == {"not_due": d(50)}
    assert overdue(march(3)) == {"1-7": d(30)}
    books.unapply(done, march(10))
    assert overdue(march(10)) == {"8-14": d(50)}
    books.apply(books.note(d(50), march(11)), owed, d(50), march(11))
    assert overdue(march(11)) == {}


def test_an_invoice_issued_anew_counts_as_it_is_now() -> None:
    books = Books()
    item = books.invoice(d(50), march(1), number="A", due=march(5))
    books.own("voided", item, d(-50), march(2))
    books.post("issued", march(2), (item, d(70)), by=item.id or "", cause="document", due=march(20))
    (one,) = opened(books).items
    assert (one.total, one.balance, one.due_date) == (70, 70, march(20))


def test_every_customer_s_credit_balance_is_open_for_itself() -> None:
    books = Books()
    for of, amount in ((1, 10), (2, 20)):
        books.adjust(d(amount), march(1), of=of)
    said = opened(books)
    assert [(one.customer_id, one.amount) for one in said.credits] == [(f"{1:024x}", 10), (f"{2:024x}", 20)]


def test_the_history_of_the_credit_balance_is_newest_first() -> None:
    books = Books("USD")
    books.adjust(d(100), march(9))
    books.apply(books.credit(), books.invoice(d(50), march(2)), d(50), march(2))
    (latest, now), (earliest, once) = credit_history(books.entries)
    assert (now, once) == (d(50), d(100))
    assert latest > earliest
    assert standing(books.entries).credit == d(50)


def test_credit_spent_on_two_invoices_at_once_is_one_change() -> None:
    books = Books()
    books.adjust(d(100), march(1))
    one, two = books.invoice(d(30), march(2)), books.invoice(d(30), march(2))
    books.apply(books.credit(), one, d(30), march(2))
    books.apply(books.credit(), two, d(30), march(2), more=True)
    assert [balance for _, balance in credit_history(books.entries)] == [d(40), d(100)]
