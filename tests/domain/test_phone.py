"""Telephone numbers, however people write them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billto.domain.countries.world import world
from billto.domain.phone import CALLING, e164


@pytest.mark.parametrize(
    ("written", "country", "number"),
    [
        ("+386 40 111 222", "US", "+38640111222"),
        ("+386 (0)40 111-222", None, "+38640111222"),
        ("00386 40 111 222", "SI", "+38640111222"),
        ("040/111 222", "si", "+38640111222"),
        ("40111222", "SI", "+38640111222"),
        ("0171 1234567", "DE", "+491711234567"),
        ("07700 900123", "GB", "+447700900123"),
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("06 1234 5678", "IT", "+390612345678"),
        ("(512) 555-1212", "US", "+15125551212"),
        ("1-512-555-1212", "US", "+15125551212"),
        ("15125551212", "CA", "+15125551212"),
        ("011 386 40 111 222", "US", "+38640111222"),
        ("06 20 123 4567", "HU", "+36201234567"),
        ("8 (912) 345-67-89", "RU", "+79123456789"),
        ("91 234 56 78", "ES", "+34912345678"),
        ("00 386 40 111 222", "US", "+38640111222"),
        ("0011 386 40 111 222", "AU", "+38640111222"),
        ("0412 345 678", "AU", "+61412345678"),
        ("010 386 40 111 222", "JP", "+38640111222"),
        ("090-1234-5678", "JP", "+819012345678"),
        ("001 386 40 111 222", "SG", "+38640111222"),
        ("00386 40 111 222", "SG", "+38640111222"),
        ("000 386 40 111 222", "KE", "+38640111222"),
        ("07 01 23 45 67", "CI", "+2250701234567"),
        ("06 612 3456", "CG", "+242066123456"),
        ("01 97 12 34 56", "BJ", "+2290197123456"),
        ("040 111 222", None, None),
        ("040 111 222", "XX", None),
        ("12", "SI", None),
        ("+1234567890123456", None, None),
        ("+0123456789", None, None),
        ("call me", "SI", None),
        ("+38640111222\r\nX: y", "SI", None),
        ("+386 40 111 222 ext. 5", "SI", None),
        ("", "SI", None),
    ],
)
def test_a_number_is_completed_with_its_country(
    written: str, country: str | None, number: str | None
) -> None:
    assert e164(written, country) == number


def test_every_country_has_a_code() -> None:
    assert CALLING.keys() == world().keys()
    assert all(re.fullmatch(r"[1-9][0-9]{0,2}", code) for code in CALLING.values())


@given(st.text() | st.from_regex(r"\+?[0-9 ()/.-]{3,25}", fullmatch=True), st.sampled_from(sorted(CALLING)))
def test_what_comes_out_is_a_number_and_stays_one(text: str, country: str) -> None:
    number = e164(text, country)
    if number is not None:
        assert re.fullmatch(r"\+[1-9][0-9]{6,14}", number)
        assert e164(number, None) == number
