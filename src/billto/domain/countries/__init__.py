"""What differs from country to country: currency, language, taxes, the law's words, what is offered."""

from dataclasses import replace
from functools import lru_cache

from billto.domain.countries.at import AUSTRIA
from billto.domain.countries.ch import SWITZERLAND
from billto.domain.countries.country import EU, Country
from billto.domain.countries.de import GERMANY
from billto.domain.countries.fr import FRANCE
from billto.domain.countries.hr import CROATIA
from billto.domain.countries.it import ITALY
from billto.domain.countries.names import resolve
from billto.domain.countries.pt import PORTUGAL
from billto.domain.countries.si import SLOVENIA
from billto.domain.countries.us import UNITED_STATES
from billto.domain.countries.world import world

__all__ = ["COUNTRIES", "Country", "country", "resolve"]

# The countries with rules of their own, one file each.
COUNTRIES: tuple[Country, ...] = (
    AUSTRIA, SWITZERLAND, GERMANY, FRANCE, CROATIA, ITALY, PORTUGAL, SLOVENIA, UNITED_STATES,
)  # fmt: skip

_OWN = {one.code: one for one in COUNTRIES}


@lru_cache(maxsize=512)
def country(code: str) -> Country:
    """The country of an alpha-2 code in any case; an unknown code is a country of which nothing is known."""
    alpha_2 = code.upper()
    if own := _OWN.get(alpha_2):
        return own
    row = world().get(alpha_2)
    if row is None:
        return Country(code, code, "EUR", "en-US")
    known = Country(alpha_2, row.name, row.currency, row.locale)
    return _european(known) if alpha_2 in EU else known


def _european(known: Country) -> Country:
    """VAT is one tax a line; payment codes of the European Payments Council pay euros."""
    payment = ("epc_qr",) if known.currency == "EUR" else ()
    return replace(known, in_eu=True, max_taxes_per_item=1, features=(*payment, "eu_tax_rules"))
