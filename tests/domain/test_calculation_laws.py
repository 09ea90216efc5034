"""What holds for every document, and that it is what plain fractions give."""

from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from billto.domain.calculation import GROSS, MODES, Totals, calculated
from billto.domain.money import places

MODE = st.sampled_from(MODES)
CURRENCY = st.sampled_from(["JPY", "EUR", "KWD"])
PRICE = st.decimals(-10_000, 10_000, places=4)
RATE = st.sampled_from([0, 5, 10, 22, Decimal("9.5"), Decimal("9.975")])
DISCOUNT = st.fixed_dictionaries(
    {"value": st.decimals(0, 120, places=2), "type": st.sampled_from(["percent", "amount"])}
)
PERCENT_TAX = st.fixed_dictionaries({"rate": RATE, "reverse_charge": st.booleans()})
ANY_TAX = st.fixed_dictionaries(
    {"rate": RATE},
    optional={"reverse_charge": st.booleans(), "is_percent": st.booleans(), "is_inclusive": st.booleans()},
)


def lines(tax: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(
        st.fixed_dictionaries(
            {
                "quantity": st.integers(-5, 20) | st.decimals(-5, 20, places=2),
                "price": PRICE,
                "gross_price": st.none() | PRICE,
                "discounts": st.lists(DISCOUNT, max_size=3),
                "taxes": st.lists(tax, max_size=3),
            },
            optional={
                "kind": st.sampled_from([None, "product", "separator"]),
                "is_taxable": st.booleans(),
                "is_discountable": st.booleans(),
            },
        ),
        max_size=5,
    )


DOCUMENT = st.fixed_dictionaries(
    {
        "lines": lines(ANY_TAX),
        "mode": MODE,
        "currency": CURRENCY,
        "discounts": st.lists(DISCOUNT, max_size=2),
        "taxes": st.lists(ANY_TAX, max_size=2),
    }
)

as_long_as_it_takes = settings(deadline=None, max_examples=150)


def amounts(totals: Totals) -> list[Decimal]:
    """Every amount there is in a document."""
    dicts = [*totals.taxes, *totals.discounts, *totals.lines]
    dicts += [one for line in totals.lines for one in (*line["taxes"], *line["discounts"])]
    names = ("base", "amount", "subtotal", "total", "total_with_tax", "total_discount")
    of_document = [totals.subtotal, totals.total, totals.total_with_tax, totals.total_discount]
    return of_document + [one[name] for one in dicts for name in names if name in one]


@as_long_as_it_takes
@given(DOCUMENT)
def test_a_document_adds_up(document: dict[str, Any]) -> None:
    totals = calculated(**document)
    assert totals.total_with_tax == totals.total + sum(tax["amount"] for tax in totals.taxes)
    for line in totals.lines:
        assert line["total_with_tax"] == line["total"] + sum(tax["amount"] for tax in line["taxes"])
    assert totals.subtotal == sum(line["subtotal"] for line in totals.lines)
    assert totals.total_discount == sum(line["total_discount"] for line in totals.lines)
    assert totals.subtotal - sum(line["total"] for line in totals.lines) == sum(
        one["amount"] for one in totals.discounts
    )
    if not document["taxes"]:
        assert totals.total == sum(line["total"] for line in totals.lines)
        assert totals.total_with_tax == sum(line["total_with_tax"] for line in totals.lines)


@as_long_as_it_takes
@given(DOCUMENT)
def test_every_amount_has_the_places_of_the_currency(document: dict[str, Any]) -> None:
    found = amounts(calculated(**document))
    assert {one.as_tuple().exponent for one in found} == {-places(document["currency"])}
    assert not any(one.is_signed() for one in found if not one)


@as_long_as_it_takes
@given(DOCUMENT)
def test_working_it_out_again_changes_nothing(document: dict[str, Any]) -> None:
    once = calculated(**document)
    assert calculated(**{**document, "lines": once.lines, "discounts": once.discounts}) == once


@as_long_as_it_takes
@given(DOCUMENT, st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_matter(document: dict[str, Any], random: Any) -> None:
    shuffled = list(document["lines"])
    random.shuffle(shuffled)
    one, other = calculated(**document), calculated(**{**document, "lines": shuffled})
    assert one[1:5] == other[1:5]
    assert worth(one) == worth(other)


def worth(totals: Totals) -> list[tuple[Any, ...]]:
    """The summary of taxes, in an order of its own; what a tax does not say is as the default."""
    return sorted(
        (
            Decimal(tax["rate"]),
            tax.get("reverse_charge", False),
            tax.get("is_percent", True),
            tax.get("is_inclusive", False),
            tax["base"],
            tax["amount"],
        )
        for tax in totals.taxes
    )


def half_up(exact: Fraction, currency: str) -> Fraction:
    units = floor(abs(exact) * 10 ** places(currency) + Fraction(1, 2))
    return Fraction(-units if exact < 0 else units, 10 ** places(currency))


def by_fractions(line: dict[str, Any], mode: str, currency: str) -> tuple[Fraction, Fraction]:
    """Net and gross of a line with percent taxes, said once more in another way."""
    rates = [Fraction(tax["rate"]) / 100 for tax in line["taxes"] if not tax["reverse_charge"]]
    is_gross = line["gross_price"] is not None
    full = Fraction(line["quantity"]) * Fraction(line["gross_price"] if is_gross else line["price"])
    if mode == GROSS and not is_gross:
        full *= 1 + sum(rates)
    values = [(Fraction(one["value"]), one["type"] == "percent") for one in line["discounts"]]
    if mode == GROSS:
        left = abs(full)
        for value, is_percent in values:
            left = max(Fraction(0), left * (1 - value / 100) if is_percent else left - value)
    else:
        off = sum(abs(full) * value / 100 if is_percent else value for value, is_percent in values)
        left = max(Fraction(0), abs(full) - off)
    price = half_up(left if full >= 0 else -left, currency)
    if is_gross or mode == GROSS:
        return half_up(price / (1 + sum(rates)), currency), price
    return price, price + sum(half_up(price * rate, currency) for rate in rates)


PLAIN = lines(PERCENT_TAX).map(
    lambda found: [
        {name: value for name, value in line.items() if name not in ("kind", "is_taxable", "is_discountable")}
        for line in found
    ]
)


@as_long_as_it_takes
@given(items=PLAIN, mode=MODE, currency=CURRENCY)
def test_the_lines_are_what_fractions_give(items: list[dict[str, Any]], mode: str, currency: str) -> None:
    totals = calculated(items, mode=mode, currency=currency)
    expected = [by_fractions(line, mode, currency) for line in items]
    assert [(line["total"], line["total_with_tax"]) for line in totals.lines] == expected
    assert totals.total == sum(net for net, _ in expected)
    assert totals.total_with_tax == sum(gross for _, gross in expected)


@as_long_as_it_takes
@given(
    items=PLAIN,
    currency=CURRENCY,
    off=st.lists(DISCOUNT, min_size=1, max_size=3),
    rates=st.lists(RATE, max_size=3),
)
def test_the_document_is_what_fractions_give(
    items: list[dict[str, Any]], currency: str, off: list[dict[str, Any]], rates: list[Any]
) -> None:
    untaxed = [{**line, "taxes": []} for line in items]
    totals = calculated(
        untaxed, mode=MODES[0], currency=currency, discounts=off, taxes=[{"rate": rate} for rate in rates]
    )
    subtotal = sum((by_fractions(line, MODES[0], currency)[0] for line in untaxed), Fraction(0))
    wanted = sum(
        abs(subtotal) * Fraction(one["value"]) / 100 if one["type"] == "percent" else Fraction(one["value"])
        for one in off
    )
    taken = half_up(min(Fraction(wanted), abs(subtotal)), currency)
    total = subtotal - (taken if subtotal >= 0 else -taken)
    assert totals.subtotal == subtotal
    assert totals.total == total
    assert totals.total_with_tax == total + sum(
        half_up(total * Fraction(rate) / 100, currency) for rate in rates
    )
