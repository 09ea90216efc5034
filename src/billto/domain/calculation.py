"""What a document amounts to: its lines, discounts and taxes, in the two modes that sellers count by.

`b2b_standard` starts from the price without tax: percent discounts are all of the line's full price, amounts
are net, everything is taken off at once, the net is rounded, and taxes are counted from the rounded net. A
line with a gross price is rounded gross, and its net and taxes are found inside it.
`b2c_gross_discount` starts from what the buyer pays: discounts are taken one after the other off the gross
price, what is left is rounded, and net and taxes are found inside it.

The same holds for every line, so that a document is the sum of its lines. Callers have checked the values:
numbers are within bounds, and rates and discounts are not negative. Returned goods (a negative quantity or
price) are counted as if they were sold, with the sign of all amounts turned.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from operator import attrgetter
from typing import Any, NamedTuple

from billto.domain.money import EXACT, rounded, share

Values = Mapping[str, Any]

NET, GROSS = "b2b_standard", "b2c_gross_discount"
MODES = (NET, GROSS)

SEPARATOR = "separator"  # the kind of a line that is only a heading

_PERCENT = Decimal("0.01")
_WORKED_OUT = ("base", "amount")  # of a tax: they do not tell one tax from another


class Totals(NamedTuple):
    """A document worked out. All amounts are at the places of its currency."""

    lines: list[dict[str, Any]]  # as given, with `subtotal`, `total`, `total_with_tax`, `total_discount` …
    subtotal: Decimal  # net, after the lines' own discounts
    total: Decimal  # net, after the discounts of the document
    total_with_tax: Decimal
    total_discount: Decimal  # net, of lines and document together
    taxes: list[dict[str, Any]]  # each distinct tax once, with its `base` and `amount`
    discounts: list[dict[str, Any]]  # those of the document, each with its net `amount`


@dataclass(slots=True)
class _Line:
    """A line while it is worked out."""

    given: Values
    taxes: Sequence[Values]  # those that count: none of what is not taxable
    inside: Sequence[bool]  # whether each of them is in the price already
    sign: int  # -1 for returned goods
    before: Decimal  # net, without any discount
    own: Decimal  # net, after its own discounts
    cuts: Sequence[Decimal]  # what each of its own discounts takes off, on the side of the price
    whole: Decimal  # what taxes are found in: own, and the taxes inside it
    net: Decimal  # after all discounts
    amounts: list[Decimal]  # of the taxes

    @property
    def with_tax(self) -> Decimal:
        return sum(self.amounts, self.net)


def calculated(
    lines: Iterable[Values],
    *,
    mode: str,
    currency: str,
    discounts: Sequence[Values] = (),
    taxes: Sequence[Values] = (),
) -> Totals:
    """The document's amounts; `discounts` and `taxes` are those of the document as a whole.

    Discounts of the document are taken off its discountable lines in proportion, in the manner of the mode.
    Taxes of the document are counted once, from what is left of the taxable lines; those that are inclusive
    are in the prices already and make the document's total less than the sum of its lines.
    """
    if mode not in MODES:
        raise ValueError(f"there is no mode {mode}")
    with localcontext(EXACT):
        given = list(lines)
        worked = [_line(line, mode, currency) for line in given if not _is_heading(line)]
        cuts = _discount(worked, discounts, mode, currency)
        of_lines = [
            (tax, line.net, amount)
            for line in worked
            for tax, amount in zip(line.taxes, line.amounts, strict=True)
        ]
        of_document, within = _of_document(worked, taxes, currency)
        zero = rounded(Decimal(0), currency)
        before, subtotal, net = (
            sum((one(line) for line in worked), zero)
            for one in (attrgetter("before"), attrgetter("own"), attrgetter("net"))
        )
        return Totals(
            lines=_written(given, worked, currency),
            subtotal=subtotal,
            total=net - within,
            total_with_tax=sum((amount for *_, amount in (*of_lines, *of_document)), net - within),
            total_discount=before - net,
            taxes=_summary([*of_lines, *of_document]),
            discounts=_with_amounts(discounts, cuts, subtotal - net, currency),
        )


def _line(given: Values, mode: str, currency: str) -> _Line:
    """A line by itself, with its own discounts and taxes only."""
    taxes: Sequence[Values] = (given.get("taxes") or ()) if _says(given, "is_taxable") else ()
    discounts: Sequence[Values] = (given.get("discounts") or ()) if _says(given, "is_discountable") else ()
    is_gross = given.get("gross_price") is not None
    price = _number(given, "gross_price" if is_gross else "price") * _number(given, "quantity", 1)
    sign = _sign(price)
    by = Decimal(1)
    if mode == GROSS and not is_gross:
        price, by = _grossed_up(price, taxes, sign, currency)
    inside = [is_gross or mode == GROSS or _is_inclusive(tax) for tax in taxes]
    cuts = _cuts(price, discounts, mode, by)
    full = rounded(price / by, currency)
    whole = rounded((price - _sum(cuts)) / by, currency)
    before, _ = _taxed(full, taxes, inside, sign, currency)
    net, amounts = _taxed(whole, taxes, inside, sign, currency)
    return _Line(given, taxes, inside, sign, before, net, cuts, whole, net, amounts)


def _grossed_up(price: Decimal, taxes: Sequence[Values], sign: int, currency: str) -> tuple[Decimal, Decimal]:
    """A price with all its taxes: a number, and what it is still to be divided by so that it stays exact."""
    inclusive = [tax for tax in taxes if _is_inclusive(tax)]
    by = 1 + _rates(inclusive)
    within = _sum(_fixed(inclusive, sign, currency))
    net = price - (within if abs(within) < abs(price) else price)
    return net * (1 + _rates(taxes)) + _sum(_fixed(taxes, sign, currency)) * by, by


def _cuts(price: Decimal, discounts: Sequence[Values], mode: str, by: Decimal = Decimal(1)) -> list[Decimal]:
    """What each discount takes off a price: all of it at most, so that the sign never turns."""
    full = left = abs(price)
    cuts = []
    for discount in discounts:
        value = _number(discount, "value")
        if discount.get("type") == "amount":
            wanted = value * by
        else:
            wanted = (left if mode == GROSS else full) * value * _PERCENT
        cut = min(wanted, left)
        left -= cut
        cuts.append(_sign(price) * cut)
    return cuts


def _taxed(
    whole: Decimal, taxes: Sequence[Values], inside: Sequence[bool], sign: int, currency: str
) -> tuple[Decimal, list[Decimal]]:
    """The net of a rounded amount that some of the taxes are in, and the amount of every tax."""
    within = [tax for tax, is_inside in zip(taxes, inside, strict=True) if is_inside]
    net, found = _taken_out(whole, within, sign, currency) if within else (whole, [])
    rest = iter(found)
    added = _added(net, taxes, sign, currency)
    return net, [next(rest) if is_inside else one for is_inside, one in zip(inside, added, strict=True)]


def _taken_out(
    whole: Decimal, taxes: Sequence[Values], sign: int, currency: str
) -> tuple[Decimal, list[Decimal]]:
    """The net of an amount that taxes are in, and their amounts: what is not net is tax, to the last cent."""
    fixed = _fixed(taxes, sign, currency)
    if abs(_sum(fixed)) > abs(whole):  # no more tax than there is money
        fixed = share(whole, fixed, currency)
    left = whole - _sum(fixed)
    net = rounded(left / (1 + _rates(taxes)), currency)
    shared = share(left - net, [_rates([tax]) for tax in taxes], currency)
    return net, [one + other for one, other in zip(fixed, shared, strict=True)]


def _added(net: Decimal, taxes: Sequence[Values], sign: int, currency: str) -> list[Decimal]:
    """The amounts of taxes that come on top of a net amount."""
    fixed = _fixed(taxes, sign, currency)
    return [rounded(net * _rates([tax]), currency) + one for tax, one in zip(taxes, fixed, strict=True)]


def _rates(taxes: Iterable[Values]) -> Decimal:
    """The rates of taxes together, as a fraction; who owes a tax in reverse pays nothing here."""
    return _sum(_number(tax, "rate") for tax in taxes if _is_percent(tax) and _is_owed(tax)) * _PERCENT


def _fixed(taxes: Iterable[Values], sign: int, currency: str) -> list[Decimal]:
    """What each tax is as a fixed amount: nothing for those in percent."""
    return [
        rounded(
            sign * _number(tax, "rate") if _is_owed(tax) and not _is_percent(tax) else Decimal(0), currency
        )
        for tax in taxes
    ]


def _discount(
    lines: Sequence[_Line], discounts: Sequence[Values], mode: str, currency: str
) -> Sequence[Decimal]:
    """Takes the document's discounts off its lines; what each was, on the side that the mode counts by."""
    # The last cent goes by what a line is, not by where it stands.
    takers = sorted((line for line in lines if _says(line.given, "is_discountable")), key=_rank)
    sides = [line.with_tax if mode == GROSS else line.net for line in takers]
    cuts = _cuts(_sum(sides), discounts, mode)
    taken = rounded(_sum(cuts), currency)
    if not taken:
        return cuts
    for line, part in zip(takers, share(taken, sides, currency), strict=True):
        if part and mode == GROSS:
            line.net, line.amounts = _taxed(line.whole - part, line.taxes, line.inside, line.sign, currency)
        elif part:
            line.net -= part
            line.amounts = _added(line.net, line.taxes, line.sign, currency)
    return cuts


def _of_document(
    lines: Sequence[_Line], taxes: Sequence[Values], currency: str
) -> tuple[list[tuple[Values, Decimal, Decimal]], Decimal]:
    """The document's taxes, each with base and amount, and how much of the lines' net is tax after all."""
    taxable = [line.net for line in lines if _says(line.given, "is_taxable")]
    whole = sum(taxable, rounded(Decimal(0), currency))
    if not taxable:  # a fixed amount, too, is a tax on something
        return [(tax, whole, whole) for tax in taxes], whole
    net, amounts = _taxed(whole, taxes, [_is_inclusive(tax) for tax in taxes], _sign(whole), currency)
    return [(tax, net, amount) for tax, amount in zip(taxes, amounts, strict=True)], whole - net


def _rank(line: _Line) -> tuple[Any, ...]:
    """Lines of the same rank are worth the same: it does not matter which of them comes first."""
    return (
        line.net,
        line.whole,
        _says(line.given, "is_taxable"),
        [_identity(tax) for tax in line.taxes],
        line.amounts,
    )


def _written(given: Sequence[Values], worked: Iterable[_Line], currency: str) -> list[dict[str, Any]]:
    """The lines as new dicts, with what was worked out; headings count nothing."""
    rest = iter(worked)
    return [
        _nothing(line, currency) if _is_heading(line) else _finished(next(rest), currency) for line in given
    ]


def _finished(line: _Line, currency: str) -> dict[str, Any]:
    given, zero = line.given, rounded(Decimal(0), currency)
    taxes = zip(line.taxes, line.amounts, strict=True)
    return {
        **given,
        "discounts": _with_amounts(given.get("discounts") or (), line.cuts, line.before - line.own, currency),
        "taxes": [{**tax, "base": line.net, "amount": amount} for tax, amount in taxes]
        or [{**tax, "base": zero, "amount": zero} for tax in given.get("taxes") or ()],
        "subtotal": line.own,
        "total": line.net,
        "total_with_tax": line.with_tax,
        "total_discount": line.before - line.net,
    }


def _nothing(line: Values, currency: str) -> dict[str, Any]:
    zero = rounded(Decimal(0), currency)
    return {
        **line,
        "discounts": [{**one, "amount": zero} for one in line.get("discounts") or ()],
        "taxes": [{**one, "base": zero, "amount": zero} for one in line.get("taxes") or ()],
        **dict.fromkeys(("subtotal", "total", "total_with_tax", "total_discount"), zero),
    }


def _with_amounts(
    discounts: Sequence[Values], cuts: Sequence[Decimal], taken: Decimal, currency: str
) -> list[dict[str, Any]]:
    """The discounts, each with its part of what they took off together, without tax."""
    zero = rounded(Decimal(0), currency)
    parts = share(taken, cuts, currency) if taken else [zero] * len(discounts)
    return [{**one, "amount": part} for one, part in zip(discounts, parts, strict=True)]


def _summary(taxes: Iterable[tuple[Values, Decimal, Decimal]]) -> list[dict[str, Any]]:
    """Each distinct tax once, with the sums of its bases and amounts, in the order they come first."""
    found: dict[str, dict[str, Any]] = {}
    for tax, base, amount in taxes:
        key = _identity(tax)
        if key in found:
            found[key]["base"] += base
            found[key]["amount"] += amount
        else:
            found[key] = {**tax, "base": base, "amount": amount}
    return list(found.values())


def _identity(tax: Values) -> str:
    """What tells a tax from others, as a text: all that is said of it, whatever was worked out for it."""
    said = {name: value for name, value in tax.items() if name not in _WORKED_OUT}
    flags = {
        "reverse_charge": not _is_owed(tax),
        "is_percent": _is_percent(tax),
        "is_inclusive": _is_inclusive(tax),
    }
    return _text({**said, **flags})


def _text(value: Any) -> str:
    """A JSON value as a text that equal values share: 22 is 22.0, and names have no order."""
    match value:
        case dict():
            return "{" + ",".join(sorted(f"{name!r}:{_text(one)}" for name, one in value.items())) + "}"
        case list() | tuple():
            return "[" + ",".join(map(_text, value)) + "]"
        case Decimal():
            return str(value.normalize(EXACT))
        case int() if not isinstance(value, bool):
            return str(Decimal(value).normalize(EXACT))
        case _:
            return repr(value)


def _number(values: Values, name: str, missing: int = 0) -> Decimal:
    value = values.get(name)
    if isinstance(value, float):
        raise TypeError(f"{name} is a float, which is not exact")
    return Decimal(missing if value is None else value)


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))


def _sign(amount: Decimal) -> int:
    return -1 if amount < 0 else 1


def _says(line: Values, flag: str) -> bool:
    """Whether a line is taxable or discountable; it is when it does not say."""
    return line.get(flag) is not False


def _is_heading(line: Values) -> bool:
    return line.get("kind") == SEPARATOR


def _is_percent(tax: Values) -> bool:
    return tax.get("is_percent") is not False


def _is_owed(tax: Values) -> bool:
    """Whether the seller collects the tax: in reverse charge the buyer owes it."""
    return not tax.get("reverse_charge")


def _is_inclusive(tax: Values) -> bool:
    return bool(tax.get("is_inclusive"))
