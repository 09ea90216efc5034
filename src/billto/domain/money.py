"""Amounts of money: rounded at the places their currency has, shared out without losing a cent, shown."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_05UP, ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

from billto.domain.countries.world import world

# No amount of a document or of a payment is larger: callers refuse what is.
AMOUNT_MAX = Decimal(10) ** 12

# Wide enough that products of what callers let in are exact. What can never be exact (a third) is cut so that
# rounding it once more gives what rounding the true value would.
EXACT = Context(prec=200, rounding=ROUND_05UP)

# The currencies that do not have two decimal places. Source: ISO 4217, list one, "minor unit".
_BY_PLACES: Mapping[int, frozenset[str]] = {
    0: frozenset({
        "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV",
        "XAF", "XOF", "XPF",
    }),
    3: frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}),
    4: frozenset({"CLF", "UYW"}),
}  # fmt: skip
_PLACES = {code: places for places, codes in _BY_PLACES.items() for code in codes}
_USUAL_PLACES = 2

_UNITS = tuple(Decimal(1).scaleb(-places) for places in range(5))

# The signs that readers of English know. Source: Unicode CLDR, locale en; ¥ alone is Japan's.
_SIGNS: Mapping[str, str] = {
    "AUD": "A$", "BRL": "R$", "CAD": "CA$", "CNY": "CN¥", "EUR": "€", "GBP": "£", "HKD": "HK$", "ILS": "₪",
    "INR": "₹", "JPY": "¥", "KRW": "₩", "MXN": "MX$", "NZD": "NZ$", "PHP": "₱", "TWD": "NT$", "USD": "$",
    "VND": "₫",
}  # fmt: skip


@lru_cache(maxsize=1)
def currencies() -> frozenset[str]:
    """The currencies of all countries, and those that have other than two places."""
    return frozenset((*(row.currency for row in world().values()), *_PLACES))


def places(currency: str) -> int:
    """How many decimal places amounts of a currency have; two where ISO 4217 does not know it."""
    return _PLACES.get(currency.upper(), _USUAL_PLACES)


def rounded(amount: Decimal, currency: str) -> Decimal:
    """The amount at the places of its currency, half a unit away from zero; zero has no sign."""
    unit = _UNITS[places(currency)]
    return EXACT.plus(amount.quantize(unit, rounding=ROUND_HALF_UP, context=EXACT))


def share(amount: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """The rounded amount in parts as the weights are, each of them rounded, that add up to it.

    Each part is cut to whole units; the units left over go to those that lost most, the first of equals
    first.
    Weights that add up to nothing say nothing: the parts are then alike.
    """
    if not weights:
        raise ValueError("there is nobody to share with")
    unit = _UNITS[places(currency)]
    whole = rounded(amount, currency)
    units = EXACT.scaleb(abs(whole), places(currency))
    cut = [_divided(EXACT.multiply(units, weight), of) for weight, of in _proportions(weights)]
    left = int(units) - sum(quotient for quotient, _ in cut)
    for at in sorted(range(len(cut)), key=lambda at: (-cut[at][1], at))[:left]:
        cut[at] = (cut[at][0] + 1, cut[at][1])
    sign = -1 if whole < 0 else 1
    return [EXACT.multiply(sign * quotient, unit) for quotient, _ in cut]


def _proportions(weights: Sequence[Decimal]) -> list[tuple[Decimal, Decimal]]:
    """Each weight with the sum of all, which is more than nothing."""
    total = Decimal(0)
    for weight in weights:
        total = EXACT.add(total, weight)
    if not total:
        return [(Decimal(1), Decimal(len(weights)))] * len(weights)
    return [(weight if total > 0 else -weight, abs(total)) for weight in weights]


def _divided(number: Decimal, by: Decimal) -> tuple[int, Decimal]:
    """Quotient and rest, which is never below zero, also where the number is."""
    quotient, rest = EXACT.divmod(number, by)
    return (int(quotient) - 1, EXACT.add(rest, by)) if rest < 0 else (int(quotient), rest)


def shown(amount: Decimal, currency: str) -> str:
    """The amount for a person: `$11,000.00`, `€1.00`, `¥5`, `KWD 1.500`, `-$2.00`."""
    code = currency.upper()
    exact = rounded(amount, code)
    return f"{'-' if exact < 0 else ''}{_SIGNS.get(code, f'{code} ')}{exact.copy_abs():,f}"
