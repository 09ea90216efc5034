"""How many pages a paper will have is known without setting it."""

from decimal import Decimal

import pytest

from billto.papers import document_pdf, statement_pdf
from billto.papers.render import DOCUMENT, FORWARD, OPEN, reckoned
from tests.domain.books import Books, march
from tests.papers import samples
from tests.papers.reading import pages


@pytest.mark.parametrize("lines", [1, 13, 14, 15, 17, 18, 30, 55, 80])
def test_as_many_pages_as_are_reckoned_are_set(lines: int) -> None:
    entity, customer, books = samples.seller(), samples.buyer(), Books()
    for at in range(lines):
        books.invoice(Decimal(at + 1), march(1 + at % 31), number=f"INV-{at:04}")
    document = samples.document(
        entity=entity, lines=[samples.line(f"Item {at}", "12.50", "3") for at in range(lines)]
    )
    forward, opened = samples.forward(customer, books), samples.opened(customer, books)
    assert reckoned(DOCUMENT, lines) == len(pages(document_pdf(document, entity)))
    assert reckoned(FORWARD, lines) == len(pages(statement_pdf(forward, entity, customer)))
    assert reckoned(OPEN, lines) == len(pages(statement_pdf(opened, entity, customer)))


def test_a_paper_without_lines_has_a_page() -> None:
    assert {reckoned(one, 0) for one in (DOCUMENT, FORWARD, OPEN)} == {1}
