"""Amounts of money, against plain fractions."""

from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from babel import Locale
from hypothesis import given, settings
from hypothesis import strategies as st

from billto.domain.money import AMOUNT_MAX, places, rounded, share, shown

CURRENCIES = st.sampled_from(["JPY", "EUR", "KWD"])
AMOUNTS = st.decimals(-AMOUNT_MAX, AMOUNT_MAX, places=6)
WEIGHTS = st.lists(st.decimals(0, AMOUNT_MAX, places=4), min_size=1, max_size=8)
SIGNED = st.lists(st.decimals(-1000, 1000, places=4), min_size=1, max_size=8)

as_long_as_it_takes = settings(deadline=None, max_examples=200)


def half_up(exact: Fraction, currency: str) -> Fraction:
    units = floor(abs(exact) * 10 ** places(currency) + Fraction(1, 2))
    return Fraction(-units if exact < 0 else units, 10 ** places(currency))


def test_currencies_have_the_places_that_iso_gives_them() -> None:
    known = {
        "EUR": 2,
        "USD": 2,
        "HUF": 2,
        "MGA": 2,
        "JPY": 0,
        "CLP": 0,
        "KWD": 3,
        "TND": 3,
        "CLF": 4,
        "UYW": 4,
    }
    assert {code: places(code) for code in known} == known
    assert places("jpy") == 0
    assert places("XYZ") == places("") == 2


@pytest.mark.parametrize(
    ("amount", "currency", "result"),
    [
        ("2.675", "EUR", "2.68"),
        ("-2.675", "EUR", "-2.68"),
        ("2.6749999999999999999999999999999999", "EUR", "2.67"),
        ("0.5", "JPY", "1"),
        ("0.0005", "KWD", "0.001"),
        ("1E+3", "EUR", "1000.00"),
        ("-0.001", "EUR", "0.00"),
        ("1E-999999", "EUR", "0.00"),
    ],
)
def test_an_amount_is_rounded_half_up_and_shows_its_places(amount: str, currency: str, result: str) -> None:
    assert str(rounded(Decimal(amount), currency)) == result


@as_long_as_it_takes
@given(amount=AMOUNTS, currency=CURRENCIES)
def test_rounding_is_that_of_fractions(amount: Decimal, currency: str) -> None:
    result = rounded(amount, currency)
    assert Fraction(result) == half_up(Fraction(amount), currency)
    assert result.as_tuple().exponent == -places(currency)
    assert rounded(-amount, currency) == -result


@pytest.mark.parametrize(
    ("amount", "weights", "currency", "parts"),
    [
        ("10", [1, 1, 1], "EUR", ["3.34", "3.33", "3.33"]),
        ("10", [1, 1, 1], "JPY", ["4", "3", "3"]),
        ("-10", [1, 1, 1], "EUR", ["-3.34", "-3.33", "-3.33"]),
        ("0.05", [9, 1], "EUR", ["0.05", "0.00"]),
        ("1", [0, 5], "KWD", ["0.000", "1.000"]),
        ("1", [0, 0], "EUR", ["0.50", "0.50"]),
        ("8", [100, -20], "EUR", ["10.00", "-2.00"]),
        ("0", [1, 2], "EUR", ["0.00", "0.00"]),
    ],
)
def test_an_amount_is_shared_out_to_the_last_cent(
    amount: str, weights: list[int], currency: str, parts: list[str]
) -> None:
    assert [
        str(part) for part in share(Decimal(amount), [Decimal(one) for one in weights], currency)
    ] == parts


def test_nothing_is_shared_with_nobody() -> None:
    with pytest.raises(ValueError, match="nobody"):
        share(Decimal(1), [], "EUR")


@as_long_as_it_takes
@given(amount=AMOUNTS, weights=WEIGHTS | SIGNED, currency=CURRENCIES)
def test_no_part_is_a_whole_unit_from_its_due_and_none_is_lost(
    amount: Decimal, weights: list[Decimal], currency: str
) -> None:
    whole = rounded(amount, currency)
    parts = share(amount, weights, currency)
    assert sum(map(Fraction, parts)) == Fraction(whole)
    assert all(part.as_tuple().exponent == -places(currency) for part in parts)
    assert share(-amount, weights, currency) == [-part for part in parts]
    total = sum(map(Fraction, weights))
    for part, weight in zip(parts, weights, strict=True):
        due = Fraction(whole) * Fraction(weight) / total if total else Fraction(whole) / len(weights)
        assert abs(Fraction(part) - due) < Fraction(1, 10 ** places(currency))


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("11000", "USD", "$11,000.00"),
        ("11000", "usd", "$11,000.00"),
        ("1", "EUR", "€1.00"),
        ("5", "JPY", "¥5"),
        ("1.5", "KWD", "KWD 1.500"),
        ("-2", "USD", "-$2.00"),
        ("-0.001", "USD", "$0.00"),
        ("1234567.895", "CHF", "CHF 1,234,567.90"),
        ("999999999999.99", "EUR", "€999,999,999,999.99"),
    ],
)
def test_an_amount_is_shown_with_the_sign_of_its_currency(amount: str, currency: str, text: str) -> None:
    assert shown(Decimal(amount), currency) == text


def test_the_signs_are_those_of_english() -> None:
    codes = "AUD BRL CAD CNY EUR GBP HKD ILS INR JPY KRW MXN NZD PHP TWD USD VND"
    for code in codes.split():
        sign = Locale("en").currency_symbols[code]
        assert shown(Decimal(7), code) == f"{sign}{rounded(Decimal(7), code)}"
