"""Numbers, money and days as they are written where they are read."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billto.domain.formats import MINUS, Formats, formats
from billto.domain.money import places, rounded

LANGUAGES = ("en", "de", "sl", "hr", "it", "fr")
AMOUNTS = st.decimals(-(10**12), 10**12, places=4, allow_nan=False)


def written(formats: Formats, value: Decimal, currency: str = "EUR") -> str:
    return formats.money(value, currency).replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("wanted", "country", "money", "day"),
    [
        ("en", "SI", "−€1,234.50", "1 Sept 2026"),
        ("en", "US", "−€1,234.50", "Sep 1, 2026"),
        ("de", "DE", "−1.234,50 €", "01.09.2026"),
        ("de-AT", "DE", "−€ 1.234,50", "01.09.2026"),
        ("sl-SI", "SI", "−1.234,50 €", "1. sep. 2026"),
        ("hr", "HR", "−1.234,50 €", "1. ruj 2026."),
        ("it", "SI", "−1.234,50 €", "1 set 2026"),
        ("fr", None, "−1 234,50 €", "1 sept. 2026"),
        ("es", "ES", "−€1,234.50", "1 Sept 2026"),
        ("", "XX", "−€1,234.50", "1 Sept 2026"),
        ("de-XX", "DE", "−1.234,50 €", "01.09.2026"),
    ],
)
def test_a_language_is_written_as_where_it_is_read(wanted: str, country: str, money: str, day: str) -> None:
    there = formats(wanted, country)
    assert written(there, Decimal("-1234.5")) == money
    assert there.day(date(2026, 9, 1)) == day


def test_a_currency_has_the_places_the_ledger_gives_it() -> None:
    german = formats("de", "DE")
    assert written(german, Decimal(5), "JPY") == "5 ¥"
    assert written(german, Decimal("1.5"), "KWD") == "1,500 KWD"
    assert written(german, Decimal("1.5"), "RSD") == "1,50 RSD"


@given(AMOUNTS, st.sampled_from(LANGUAGES), st.sampled_from(["EUR", "JPY", "KWD", "CLF", "HUF", "XYZ"]))
def test_no_digit_of_an_amount_is_lost_or_made_up(amount: Decimal, language: str, currency: str) -> None:
    said = formats(language, None).amount(amount, currency)
    exact = rounded(amount, currency)
    digits = "".join(letter for letter in said if letter.isdigit())
    assert Decimal(digits).scaleb(-places(currency)) == abs(exact)
    assert said.startswith(MINUS) is (exact < 0)


def test_decimals_of_a_column_stand_below_each_other() -> None:
    column = formats("de", "DE").column([Decimal("1249.9"), Decimal("0.0125"), None, Decimal(65)], least=2)
    assert [(one.seen, one.unseen) for one in column] == [
        ("1.249,90", "00"), ("0,0125", ""), ("", ""), ("65,00", "00"),
    ]  # fmt: skip
    whole = formats("en", "GB").column([Decimal(2), Decimal("7.5")])
    assert [(one.seen, one.unseen) for one in whole] == [("2", ".0"), ("7.5", "")]


@given(
    AMOUNTS,
    st.sampled_from((*LANGUAGES, "de-CH", "fr-CH", "it-CH")),
    st.sampled_from(("AT", "CH", "SI", "US")),
)
def test_what_a_message_says_of_money_needs_no_sign_that_telephones_lack(
    amount: Decimal, wanted: str, country: str
) -> None:
    said = formats(wanted, country).told(amount, "EUR")
    assert said.replace("€", "").isascii()
    assert ("-" in said) is (rounded(amount, "EUR") < 0)
