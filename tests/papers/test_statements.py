"""A statement on paper has the figures of the statement, on as many pages as it takes."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billto.app.balances import Statement
from billto.domain.ageing import ageing
from billto.papers import statement_pdf
from billto.papers.words import LANGUAGES, WORDS
from tests.domain.books import Books, d, march
from tests.papers import reading
from tests.papers.samples import books, buyer, forward, opened, seller


def amount(value: Decimal) -> str:
    return f"{value:,.2f}".replace("-", "−")


def test_a_balance_forward_tells_all_figures_of_the_statement() -> None:
    statement = forward(buyer())
    said = reading.text(statement_pdf(statement, seller(), buyer(), "en"))
    told: Any = statement.told
    figures = [
        told.previous, told.invoiced, -told.paid, -told.adjusted, told.balance, told.net, -told.credit,
        *(line.balance for line in told.lines), *(line.balance for line in told.credit_lines),
        *(bucket.amount for bucket in ageing(statement.open.items, as_of=statement.open.as_of)),
    ]  # fmt: skip
    for figure in figures:
        assert amount(figure) in said
    for line in (*told.lines, *told.credit_lines):
        assert line.number in said


def test_every_line_of_the_account_is_told_in_order_with_its_running_balance() -> None:
    statement = forward(buyer())
    told: Any = statement.told
    said = reading.text(statement_pdf(statement, seller(), buyer(), "en"))
    start = said.index("Previous balance", said.index("Description"))
    for line in told.lines:
        start = said.index(f"{line.number}", start + 1)
        assert said.index(amount(line.balance), start) > start


def test_open_items_tell_what_is_open_and_what_stands_against_it() -> None:
    statement = opened(buyer())
    said = reading.text(statement_pdf(statement, seller(), buyer(), "en"))
    told: Any = statement.told
    for figure in (told.total, -told.credit, told.net, *(item.balance for item in told.items)):
        assert amount(figure) in said
    assert [item.days_past_due for item in told.items] == [14, 0]
    assert "Statement of open items" in said
    assert "31 Mar 2026" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_statement_speaks_the_language_that_is_wanted(language: str) -> None:
    for statement, title in ((forward(buyer()), "statement"), (opened(buyer()), "open_items")):
        said = reading.text(statement_pdf(statement, seller(), buyer(), language))
        for word in (title, "net", "credit_available", "ageing", "not_due", "balance"):
            assert WORDS[language][word] in said


def test_without_a_wish_it_is_the_customer_s_language_or_else_the_entity_s() -> None:
    assert "Kontoauszug" in reading.text(statement_pdf(forward(buyer()), seller(), buyer(language="de")))
    assert "Izpisek prometa" in reading.text(statement_pdf(forward(buyer()), seller(), buyer()))
    assert "Account statement" in reading.text(
        statement_pdf(forward(buyer()), seller(), buyer(language="ja"))
    )


def long_account() -> Books:
    long = Books()
    for at in range(500):
        long.invoice(d(f"{at}.37"), march(1 + at % 31), number=f"INV-{at:04}", due=date(2026, 4, 1))
    return long


@pytest.mark.parametrize("made", [forward, opened])
def test_five_hundred_lines_have_their_head_on_every_page(made: Any) -> None:
    statement: Statement = made(buyer(), long_account())
    pages = reading.pages(statement_pdf(statement, seller(), buyer(), "en"))
    assert 10 <= len(pages) <= 16
    for at, page in enumerate(pages, 1):
        assert f"Page {at} of {len(pages)}" in page
        assert "Balance" in page or "INV-" not in page
    numbers = [f"INV-{at:04}" for at in range(500)]
    said = "\n".join(pages)
    assert all(said.count(number) == 1 for number in numbers)


def test_a_quiet_month_says_so() -> None:
    said = reading.text(statement_pdf(forward(buyer(), Books()), seller(), buyer(), "en"))
    assert "No activity in this period." in said
    assert "Ageing" not in said
    assert "Nothing is open." in reading.text(
        statement_pdf(opened(buyer(), Books()), seller(), buyer(), "en")
    )


def test_a_parent_s_statement_says_whose_each_line_is() -> None:
    parent, child = buyer(name="Holding AG"), buyer(name="Filiale Süd")
    found = Books()
    found.invoice(d(10), march(2), number="A-1", of=int(parent.id, 16))
    found.invoice(d(20), march(3), number="A-2", of=int(child.id, 16))
    statement = forward(parent, found)._replace(members=(parent, child))
    assert "Filiale Süd" in reading.text(statement_pdf(statement, seller(), parent, "en"))
    assert "Filiale Süd" not in reading.text(statement_pdf(forward(parent, found), seller(), parent, "en"))


def test_the_largest_figures_stay_beside_each_other() -> None:
    huge = Books("KWD")
    for at in range(3):
        huge.invoice(d("999999999999.999"), march(2 + at), number=f"H-{at}")
    said = reading.text(statement_pdf(forward(buyer(), huge), seller(), buyer(), "en"))
    assert "2,999,999,999,999.997" in said


def test_the_same_statement_is_the_same_file() -> None:
    statement, customer, entity = forward(buyer(), books()), buyer(), seller()
    once = statement_pdf(statement, entity, customer, "it")
    assert statement_pdf(opened(customer), entity, customer, "it") != once
    assert statement_pdf(statement, entity, customer, "it") == once
