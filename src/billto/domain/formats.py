"""Numbers, money and days as people of a place write them; always decimals, never floats."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from functools import lru_cache
from typing import NamedTuple

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.languages import get_official_languages
from babel.numbers import NumberPattern, get_decimal_symbol, parse_pattern

from billto.domain.customer import Customer
from billto.domain.entity import Entity
from billto.domain.languages import language
from billto.domain.money import EXACT, places, rounded

# Where a language is read that is at home elsewhere: English on a Slovenian invoice is British.
_HOMES = {"de": "DE", "en": "GB", "fr": "FR", "hr": "HR", "it": "IT", "sl": "SI"}


MINUS = "−"  # as wide as a plus, unlike the hyphen of keyboards

# What every telephone has: one sign more would halve what a text message holds.
_PLAIN = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2019": "'", MINUS: "-"})


class Aligned(NamedTuple):
    """A number in a column: what is seen, and what is set but unseen so that the decimals are in line."""

    seen: str
    unseen: str


@dataclass(frozen=True, slots=True)
class Formats:
    """How one locale writes numbers, money and days."""

    locale: Locale

    @property
    def language(self) -> str:
        return str(self.locale.language)

    def number(self, value: Decimal, *, least: int = 0, most: int | None = None) -> str:
        """All its places, and at least so many; grouped."""
        exact = value if most is None else EXACT.quantize(value, Decimal(1).scaleb(-most))
        return _applied(self.locale.decimal_formats[None], self.locale, exact, max(least, _places(exact)))

    def amount(self, value: Decimal, currency: str) -> str:
        """An amount in a column of one currency, without its sign."""
        exact = rounded(value, currency)
        return _applied(self.locale.decimal_formats[None], self.locale, exact, places(currency))

    def money(self, value: Decimal, currency: str) -> str:
        """An amount by itself: `1.234,50 €`."""
        pattern = self.locale.currency_formats["standard"]
        return _applied(pattern, self.locale, rounded(value, currency), places(currency), currency.upper())

    def told(self, value: Decimal, currency: str) -> str:
        """An amount in a sentence of a message."""
        return self.money(value, currency).translate(_PLAIN)

    def percent(self, value: Decimal) -> str:
        """A rate that is given in percent: 22 is `22 %`."""
        pattern = self.locale.percent_formats[None]
        return _applied(pattern, self.locale, EXACT.scaleb(value, -2), _places(value))

    def day(self, value: date) -> str:
        return str(format_date(value, "medium", locale=self.locale))

    def span(self, start: date, end: date) -> str:
        return f"{self.day(start)} – {self.day(end)}"

    def column(self, values: Sequence[Decimal | None], *, least: int = 0) -> list[Aligned]:
        """Numbers with different places, for a column in which their decimals stand below each other."""
        widest = max([least, *(_places(value) for value in values if value is not None)])
        mark = get_decimal_symbol(self.locale)
        return [self._aligned(value, least, widest, mark) for value in values]

    def _aligned(self, value: Decimal | None, least: int, widest: int, mark: str) -> Aligned:
        if value is None:
            return Aligned("", "")
        own = max(least, _places(value))
        return Aligned(
            self.number(value, least=least), ("" if own or not widest else mark) + "0" * (widest - own)
        )


@lru_cache(maxsize=256)
def formats(wanted: str | None, country: str | None) -> Formats:
    """The formats of a language, or of a locale, as the issuer's country has them where it speaks it.

    A locale that says its own country keeps it: `de-CH` is Swiss for everybody.
    """
    code = language(wanted or "en").code
    said = (wanted or "").replace("_", "-").split("-")
    homes = [said[-1].upper()] if len(said) > 1 and said[0].lower() == code else []
    if country and code in get_official_languages(country.upper(), de_facto=True):
        homes.append(country.upper())
    for home in (*homes, _HOMES[code]):
        try:
            return Formats(Locale.parse(f"{code}_{home}"))
        except (UnknownLocaleError, ValueError):
            continue
    return Formats(Locale(code))


def formats_for(entity: Entity, customer: Customer | None, wanted: str | None = None) -> Formats:
    """Those of what a customer is told: in the language that is asked for, or in its own, or the entity's."""
    own = customer.language if customer else None
    return formats(wanted or own or entity.locale, entity.country_code)


def _applied(pattern: NumberPattern, locale: Locale, value: Decimal, to: int, currency: str = "") -> str:
    """The value in a pattern, with exactly so many places: the domain knows those of currencies better."""
    with localcontext(EXACT):
        said = _placed(pattern.pattern, to).apply(
            value, locale, currency=currency or None, currency_digits=False
        )
    return str(said).replace("-", MINUS, 1) if value < 0 else str(said)


@lru_cache(maxsize=1_024)
def _placed(pattern: str, to: int) -> NumberPattern:
    placed = copy(parse_pattern(pattern))
    placed.frac_prec = (to, to)
    return placed


def _places(value: Decimal) -> int:
    """How many decimal places a number really has."""
    exponent = value.normalize(EXACT).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
