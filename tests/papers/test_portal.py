"""The page of an account, out of the statements that are printed: its figures, and how long it becomes."""

import re
from decimal import Decimal
from typing import Any

import pytest

from billto.domain.statement import OpenItem
from billto.papers.portal import SHOWN_MAX, Links, account_page, refusal_page
from billto.papers.words import LANGUAGES
from tests.papers.samples import buyer, opened, seller

NOWHERE = Links("/portal/x", frozenset(), has_logo=False)


def page(customer: Any = None, language: str | None = None, **of_seller: Any) -> str:
    of = customer or buyer()
    return account_page([opened(of)], seller(**of_seller), of, NOWHERE, language).content.decode()


def words(html: str) -> str:
    return " ".join(re.sub("<[^>]*>", " ", html.partition("</head>")[2]).split())


def test_its_figures_are_those_of_the_statement() -> None:
    said = words(page(language="en"))
    for label, figure in (
        ("Total open", "€799.90"), ("Overdue", "€700.00"), ("Available credit", "€235.50"),
        ("Net balance", "€564.40"),
    ):  # fmt: skip
        assert f"{label} {figure}" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_table_is_one_for_those_who_listen(language: str) -> None:
    html = page(language=language)
    assert html.count("<table") == html.count('role="table"') == html.count("<caption>") == 3
    assert len(re.findall(r"<t[dh][ >]", html)) == len(
        re.findall(r'role="(?:cell|rowheader|columnheader)"', html)
    )
    assert f'<html lang="{language}">' in html
    assert "None" not in words(html)


def test_what_there_is_no_room_for_is_counted() -> None:
    customer, told = buyer(), opened(buyer())
    first: OpenItem = told.open.items[0]
    many = tuple(first._replace(item_id=f"{n:024x}", number=f"N-{n}") for n in range(SHOWN_MAX + 7))
    told = told._replace(open=told.open._replace(items=many, total=Decimal(1)))
    html = account_page([told], seller(), customer, NOWHERE, "en").content.decode()
    assert "7 more are in the statement." in words(html)
    assert html.count('data-label="Due date"') == SHOWN_MAX


def test_a_colour_of_the_entity_is_the_pages_own() -> None:
    html = page(settings={"primary_color": "#FC0"})
    assert ":root{--paint:#ffcc00;--accent:#1b1f24}" in html  # too light to be read on white


def test_the_same_account_is_the_same_page() -> None:
    assert page() == page()
    assert refusal_page(is_gone=True) == refusal_page(is_gone=True) != refusal_page(is_gone=False)
