"""What a document amounts to: examples worked out by hand."""

from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

import pytest

from billto.domain.calculation import GROSS, MODES, NET, Totals, calculated

Item = dict[str, Any]


def line(
    price: Any = None, quantity: Any = 1, *taxes: Any, gross: Any = None, off: Any = (), **more: Any
) -> Item:
    """A line with taxes as rates or whole, and discounts as "10%" or "5"."""
    return {
        "price": given(price),
        "gross_price": given(gross),
        "quantity": given(quantity),
        "taxes": [tax if isinstance(tax, dict) else {"rate": given(tax)} for tax in taxes],
        "discounts": discounts(*off),
        **more,
    }


def given(number: Any) -> Any:
    return Decimal(number) if isinstance(number, str) else number


def discounts(*off: str) -> list[Item]:
    return [
        {"value": Decimal(one.rstrip("%")), "type": "percent" if one.endswith("%") else "amount"}
        for one in off
    ]


def document(*lines: Item, mode: str = NET, currency: str = "EUR", **more: Any) -> Totals:
    return calculated(lines, mode=mode, currency=currency, **more)


def sums(totals: Totals) -> tuple[str, str, str]:
    return str(totals.total), str(totals.total_with_tax), str(totals.total_discount)


def taxes(totals: Totals) -> list[tuple[str, str]]:
    return [(str(tax["base"]), str(tax["amount"])) for tax in totals.taxes]


def test_the_example_of_the_space_invoices_guide() -> None:
    totals = document(line(100, 2, 22, off=["10%"]))
    assert sums(totals) == ("180.00", "219.60", "20.00")
    assert totals.subtotal == Decimal("180.00")
    assert totals.taxes == [{"rate": 22, "base": Decimal("180.00"), "amount": Decimal("39.60")}]
    assert totals.lines == [
        {
            **line(100, 2),
            "discounts": [{"value": Decimal(10), "type": "percent", "amount": Decimal("20.00")}],
            "taxes": [{"rate": 22, "base": Decimal("180.00"), "amount": Decimal("39.60")}],
            "subtotal": Decimal("180.00"),
            "total": Decimal("180.00"),
            "total_with_tax": Decimal("219.60"),
            "total_discount": Decimal("20.00"),
        }
    ]


@pytest.mark.parametrize(
    ("of", "mode", "currency", "result"),
    [
        # net prices
        (line("0.125"), NET, "EUR", ("0.13", "0.13", "0.00")),
        (line("2.675", 1, 22), NET, "EUR", ("2.68", "3.27", "0.00")),
        (line(333, 3, 10), NET, "JPY", ("999", "1099", "0")),
        (line("1.2345", 1, 5), NET, "KWD", ("1.235", "1.297", "0.000")),
        (line(100, 1, 10, off=["10%", "10%"]), NET, "EUR", ("80.00", "88.00", "20.00")),
        (line(100, 1, 10, off=["5", "10%"]), NET, "EUR", ("85.00", "93.50", "15.00")),
        # gross prices: 85 / 1.22 = 69.67…; 2.99 / 1.04 = 2.875 exactly
        (line(gross=122, quantity=1), NET, "EUR", ("122.00", "122.00", "0.00")),
        (line(None, 1, 22, gross=122), NET, "EUR", ("100.00", "122.00", "0.00")),
        (line(999, 1, 22, gross=122), NET, "EUR", ("100.00", "122.00", "0.00")),
        (line(None, 3, 22, gross="9.99"), NET, "EUR", ("24.57", "29.97", "0.00")),
        (line(None, 1, 4, gross="2.99"), NET, "EUR", ("2.88", "2.99", "0.00")),
        (line(None, 1, 22, gross=100, off=["10%", "5"]), NET, "EUR", ("69.67", "85.00", "12.30")),
        (line(None, 1, 10, gross=100, off=["10%", "10%"]), NET, "EUR", ("72.73", "80.00", "18.18")),
        # the buyer's price: one discount after the other
        (line(None, 1, 10, gross=100, off=["10%", "10%"]), GROSS, "EUR", ("73.64", "81.00", "17.27")),
        (line(None, 1, 22, gross=100, off=["10%", "5"]), GROSS, "EUR", ("69.67", "85.00", "12.30")),
        (line(None, 1, 22, gross=100, off=["5", "10%"]), GROSS, "EUR", ("70.08", "85.50", "11.89")),
        (line("81.97", 1, 22), GROSS, "EUR", ("81.97", "100.00", "0.00")),
        (line(None, 1, 10, gross=100), GROSS, "JPY", ("91", "100", "0")),
    ],
)
def test_a_line_is_worked_out_in_its_mode(
    of: Item, mode: str, currency: str, result: tuple[str, ...]
) -> None:
    assert sums(document(of, mode=mode, currency=currency)) == result


def test_taxes_inside_a_price_add_up_to_what_is_not_net() -> None:
    """Quebec: 10 / 1.14975 = 8.697…; 1.30 in parts of 5 and 9.975 is 0.434… and 0.865…."""
    totals = document(line(None, 1, 5, "9.975", gross=10))
    assert sums(totals) == ("8.70", "10.00", "0.00")
    assert taxes(totals) == [("8.70", "0.43"), ("8.70", "0.87")]


def test_an_inclusive_tax_is_in_the_net_price_already() -> None:
    inclusive = {"rate": 20, "is_inclusive": True}
    totals = document(line(120, 1, inclusive, 5))
    assert sums(totals) == ("100.00", "125.00", "0.00")
    assert taxes(totals) == [("100.00", "20.00"), ("100.00", "5.00")]
    # What the buyer pays is the same when it is counted from there.
    assert document(line(120, 1, inclusive, 5), mode=GROSS).total_with_tax == Decimal("125.00")


@pytest.mark.parametrize("mode", MODES)
def test_a_tax_in_reverse_charge_is_reported_and_not_paid(mode: str) -> None:
    reverse = {"rate": 22, "reverse_charge": True}
    for of in (line(100, 1, reverse), line(None, 1, reverse, gross=100)):
        totals = document(of, mode=mode)
        assert sums(totals) == ("100.00", "100.00", "0.00")
        assert totals.taxes == [{**reverse, "base": Decimal("100.00"), "amount": Decimal("0.00")}]


def test_a_fixed_tax_is_one_amount_for_the_line() -> None:
    fixed = {"rate": Decimal("1.50"), "is_percent": False}
    assert sums(document(line(10, 3, fixed, 10))) == ("30.00", "34.50", "0.00")
    assert sums(document(line(None, 1, fixed, 10, gross="12.50"))) == ("10.00", "12.50", "0.00")
    assert sums(document(line(10, 3, fixed, 10), mode=GROSS)) == ("30.00", "34.50", "0.00")
    assert sums(document(line(10, -3, fixed, 10))) == ("-30.00", "-34.50", "0.00")
    # No more tax than there is money.
    assert sums(document(line(None, 1, fixed, gross=1))) == ("0.00", "1.00", "0.00")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("off", [["150%"], ["500"], ["60%", "60%", "60"], ["100%", "3"], ["99", "1", "5%"]])
def test_more_discount_than_the_line_is_all_of_it(mode: str, off: list[str]) -> None:
    for of in (line(100, 1, 0, off=off), line(None, 1, 0, gross=100, off=off)):
        assert sums(document(of, mode=mode)) == ("0.00", "0.00", "100.00")


@pytest.mark.parametrize("mode", MODES)
def test_returned_goods_take_back_what_was_sold(mode: str) -> None:
    for of in (line("9.99", 3, 22, off=["7%", "1"]), line(None, 3, 22, gross="9.99", off=["7%", "1"])):
        sold, returned = document(of, mode=mode), document({**of, "quantity": -3}, mode=mode)
        assert returned.total == -sold.total
        assert returned.total_with_tax == -sold.total_with_tax
        assert returned.total_discount == -sold.total_discount
        both = document(of, {**of, "quantity": -3}, mode=mode)
        assert sums(both) == ("0.00", "0.00", "0.00")


def test_the_summary_has_each_distinct_tax_once() -> None:
    totals = document(
        line(100, 1, {"rate": 22, "tax_id": "tax_1", "name": "VAT"}, "9.5"),
        line(50, 1, {"rate": 22, "tax_id": "tax_2"}),
        line(10, 1, {"rate": Decimal("9.50"), "reverse_charge": False}),
        line(10, 1, {"rate": Decimal("9.5"), "reverse_charge": True}),
        line(1, 1, {"name": "VAT", "tax_id": "tax_1", "rate": Decimal("22.0"), "is_percent": True}),
    )
    assert [(tax.get("tax_id"), tax["base"], tax["amount"]) for tax in totals.taxes] == [
        ("tax_1", Decimal(101), Decimal("22.22")),
        (None, Decimal(110), Decimal("10.45")),
        ("tax_2", Decimal(50), Decimal("11.00")),
        (None, Decimal(10), Decimal("0.00")),
    ]
    assert totals.taxes[0]["name"] == "VAT"


@pytest.mark.parametrize("mode", MODES)
def test_a_separator_counts_nothing(mode: str) -> None:
    heading = {"kind": "separator", "name": "Work", "price": 100, "taxes": [{"rate": 22}]}
    totals = document(heading, line(1, 1, 22), mode=mode)
    assert sums(totals) == ("1.00", "1.22", "0.00")
    first, second = totals.lines
    assert first["name"] == "Work"
    assert str(first["total"]) == str(first["total_with_tax"]) == "0.00"
    assert second["total"] == 1


@pytest.mark.parametrize("mode", MODES)
def test_a_document_of_nothing_is_worth_nothing(mode: str) -> None:
    totals = document(mode=mode, discounts=discounts("10%", "5"), taxes=[{"rate": 3, "is_percent": False}])
    assert sums(totals) == ("0.00", "0.00", "0.00")
    assert taxes(totals) == [("0.00", "0.00")]
    assert sums(document({"name": "a line that says nothing"}, mode=mode)) == ("0.00", "0.00", "0.00")


def test_a_document_has_discounts_and_taxes_of_its_own() -> None:
    totals = document(
        line(100, 1), line(50, 1, is_discountable=False), line(50, 1, is_taxable=False),
        discounts=discounts("10%", "3"), taxes=[{"rate": 20, "id": 7}, {"rate": 2, "is_percent": False}],
    )  # fmt: skip
    assert totals.subtotal == Decimal("200.00")
    assert [one["amount"] for one in totals.discounts] == [Decimal("15.00"), Decimal("3.00")]
    # 18.00 off 100 and 50 is 12.00 and 6.00: 88.00 and the 50.00 without discount are taxable.
    assert [one["total"] for one in totals.lines] == [Decimal(88), Decimal(50), Decimal(44)]
    assert sums(totals) == ("182.00", "211.60", "18.00")
    assert taxes(totals) == [("138.00", "27.60"), ("138.00", "2.00")]


def test_a_tax_of_the_document_is_rounded_once() -> None:
    lines = [line("0.10", 1, 5)] * 10
    assert document(*lines).total_with_tax == Decimal("1.10")
    assert document(*[line("0.10")] * 10, taxes=[{"rate": 5}]).total_with_tax == Decimal("1.05")


def test_a_discount_of_the_document_lowers_the_base_of_its_lines_taxes() -> None:
    totals = document(line(100, 1, 22), line(100, 1, "9.5"), discounts=discounts("50%"))
    assert taxes(totals) == [("50.00", "11.00"), ("50.00", "4.75")]
    gross = document(line(None, 1, 22, gross=122), discounts=discounts("50%"), mode=GROSS)
    assert sums(gross) == ("50.00", "61.00", "50.00")
    assert [one["amount"] for one in gross.discounts] == [Decimal("50.00")]


def test_a_discount_of_the_document_is_never_more_than_the_document() -> None:
    everything = discounts("70%", "70%", "1000")
    totals = document(line("99.99", 1, 22), line("0.01", 1, 5), line(-50, 1, 22), discounts=everything)
    assert sums(totals) == ("0.00", "0.00", "50.00")
    assert [one["amount"] for one in totals.discounts] == [Decimal(35), Decimal(15), Decimal(0)]
    assert sums(document(line(5), line(-5), discounts=everything)) == ("0.00", "0.00", "0.00")


def test_an_inclusive_tax_of_the_document_is_in_its_lines_already() -> None:
    totals = document(line(100), line(20), taxes=[{"rate": 20, "is_inclusive": True}, {"rate": 5}])
    assert totals.subtotal == Decimal("120.00")
    assert sums(totals) == ("100.00", "125.00", "0.00")
    assert taxes(totals) == [("100.00", "20.00"), ("100.00", "5.00")]


def test_a_line_outside_taxes_and_discounts_has_none_of_its_own_either() -> None:
    of = line(100, 1, 22, off=["10%"], is_taxable=False, is_discountable=False)
    totals = document(of)
    assert sums(totals) == ("100.00", "100.00", "0.00")
    assert totals.taxes == []
    (only,) = totals.lines
    assert [(tax["rate"], tax["amount"]) for tax in only["taxes"]] == [(22, Decimal(0))]
    assert [one["amount"] for one in only["discounts"]] == [Decimal(0)]


def test_what_was_given_is_left_alone() -> None:
    of = line(100, 2, 22, off=["10%"])
    before = repr(of)
    document(of, discounts=discounts("10%"), taxes=[{"rate": 3}])
    assert repr(of) == before


def test_the_last_cent_goes_by_what_a_line_is_and_not_by_where_it_stands() -> None:
    one, other = line("10.00", 1, 50), line("10.00", 1, 5)
    ahead = document(one, other, discounts=discounts("0.01"))
    behind = document(other, one, discounts=discounts("0.01"))
    assert taxes(ahead) == taxes(behind)[::-1]
    assert sums(ahead) == sums(behind)


def test_large_amounts_lose_no_digit() -> None:
    price, quantity = "999999999999.999999", "999999999999.999999"
    totals = document(line(price, quantity, "99.999999", off=["0.000001%"]))
    exact = Fraction(price) * Fraction(quantity) * (1 - Fraction("0.00000001"))
    assert totals.total == Fraction(floor(exact * 100 + Fraction(1, 2)), 100)
    assert str(document(line("1E-999999", 1, 22), line(1)).total) == "1.00"


def test_a_float_is_a_fault_of_the_program() -> None:
    with pytest.raises(TypeError, match="float"):
        document({"price": 0.1})
    with pytest.raises(ValueError, match="no mode"):
        document(line(1), mode="b2g")
