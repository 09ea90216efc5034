"""A document as what is printed of it: only what it says itself, so that it is the same for ever."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from billto.domain.calculation import SEPARATOR
from billto.domain.document import PAYABLE, Document
from billto.domain.entity import Entity
from billto.domain.issuing import with_texts
from billto.domain.money import places
from billto.papers import sheet
from billto.papers.art import Art
from billto.papers.codes import payment
from billto.papers.sheet import Data, Pen, Row, Values
from billto.papers.text import clean, plain, shortened, wrapped

ZERO = Decimal(0)
Sum = tuple[str, Decimal, str]  # label, amount, look
Column = tuple[Data, Sequence[Any]]  # and its cells


def data(document: Document, entity: Entity, language: str | None, art: Art) -> Data:
    """Everything the template shows of a document. Looks come from the entity, all else from it."""
    settings: Any = entity.settings
    document = with_texts(document, entity) if document.issued_at is None else document
    issuer, buyer = document.issuer, document.buyer or {}
    # A document without an issuer of its own is one of before there were snapshots.
    country = issuer.get("country_code") or entity.country_code
    is_negative = document.type == "credit_note" and bool(settings.get("credit_note_negative_values"))
    wanted = language or plain(buyer.get("language")) or entity.locale
    pen = sheet.pen(wanted, country, document.currency_code, sign=-1 if is_negative else 1)
    tax = sheet.tax_word(pen.words, country)
    shows_prices = not document.hides_prices
    title = pen.words[document.title_type or document.type]
    number = plain(document.number)
    paper = sheet.base(pen, issuer, settings, art)
    foot = sheet.foot(pen, issuer, document.footer)
    return {
        **paper,
        "title": title,
        "number": wrapped(number),
        "subtitle": wrapped(plain(document.name)),
        "mark": _mark(document, pen),
        "running": " · ".join(
            part
            for part in (f"{title} {number}".strip(), shortened(plain(buyer.get("name")), sheet.RUNNING_MOST))
            if part
        ),
        "addressee": sheet.addressee(document.buyer, issuer, pen.words["attention"]),
        "facts": _facts(document, pen),
        "table": _table(document, pen, tax),
        "totals": _totals(document, pen, tax, settings) if shows_prices else [],
        "payment": payment(document, pen, settings) if shows_prices and _is_asked(document) else None,
        "texts": _texts(document, pen),
        "signature": wrapped(clean(document.signature)),
        "signature_image": sheet.picture(art.signature),
        "foot": foot,
        "day": document.date.isoformat(),
    }


def _is_asked(document: Document) -> bool:
    """Whether somebody is to pay it now."""
    return (
        document.type in PAYABLE
        and document.issued_at is not None
        and document.voided_at is None
        and document.balance > 0
    )


def _mark(document: Document, pen: Pen) -> str:
    if document.voided_at is not None:
        return pen.words["voided"]
    return "" if document.issued_at is not None else pen.words["draft"]


def _facts(document: Document, pen: Pen) -> list[Row]:
    buyer = document.buyer or {}
    words, start, end = pen.words, document.service_date, document.service_date_to
    supplied = pen.formats.span(start, end) if start and end and end != start else pen.day(start or end)
    rows = [
        (words["date"], pen.day(document.date)),
        (words["service_date"], supplied),
        (words["due_date"], pen.day(document.due_date)),
        (words["valid_until"], pen.day(document.valid_until)),
        (words["reference"], plain(document.reference)),
        (words["purchase_order"], plain(document.purchase_order)),
        (words["customer_number"], plain(buyer.get("number"))),
        (words["customer_tax_number"], plain(buyer.get("tax_number"))),
    ]
    return [(label, wrapped(value, 16)) for label, value in rows if value]


def _table(document: Document, pen: Pen, tax: str) -> Data:
    """The lines, with prices unless they are hidden; headings go through the whole width."""
    real = [line for line in document.lines if line.get("kind") != SEPARATOR]
    columns = _things(real, pen, shows_prices=not document.hides_prices)
    if not document.hides_prices:
        columns += _prices(real, document, pen, tax)
    cells = iter(zip(*(values for _, values in columns), strict=True))
    rows = [
        {"heading": wrapped(plain(line.get("name") or line.get("description")))}
        if line.get("kind") == SEPARATOR
        else {"cells": list(next(cells))}
        for line in document.lines
    ]
    return sheet.table([column for column, _ in columns], rows)


def _things(lines: Sequence[Values], pen: Pen, *, shows_prices: bool) -> list[Column]:
    """The columns that say what, and how much of it."""
    at = [str(at) for at in range(1, len(lines) + 1)]
    quantities = [
        one._asdict() for one in pen.formats.column([_figure(line.get("quantity")) for line in lines])
    ]
    units = [wrapped(plain(line.get("unit")), 10) for line in lines]
    found: list[Column] = [
        (sheet.column("", at, right=True), at),
        (
            sheet.column(pen.words["description"], [], fills=6),
            [_description(line, pen, shows_prices) for line in lines],
        ),
        (sheet.column(pen.words["quantity"], quantities, right=True), quantities),
    ]
    return [*found, (sheet.column("", units), units)] if any(units) else found


def _prices(lines: Sequence[Values], document: Document, pen: Pen, tax: str) -> list[Column]:
    """The columns that say for how much: price, tax, amount."""
    gross = [_is_gross(line) for line in lines]
    is_all_gross = bool(lines) and all(gross)
    asked = [
        _figure(line.get("price" if line.get("gross_price") is None else "gross_price")) for line in lines
    ]
    least = places(document.currency_code)
    aligned = pen.formats.column([None if one is None else pen.sign * one for one in asked], least=least)
    prices: list[Any] = [
        {**one._asdict(), "note": pen.words["with_tax"] if is_gross and not is_all_gross else ""}
        for one, is_gross in zip(aligned, gross, strict=True)
    ]
    taxes = [", ".join(_rate(one, pen) for one in line.get("taxes") or ()) for line in lines]
    amounts = [pen.amount(_figure(line.get("subtotal")) or ZERO) for line in lines]
    found: list[Column] = [
        (sheet.column(pen.words["gross_price" if is_all_gross else "price"], prices, right=True), prices)
    ]
    if any(taxes):
        found.append((sheet.column(tax, taxes, right=True), taxes))
    return [*found, (sheet.column(pen.words["net_amount"], amounts, right=True), amounts)]


def _is_gross(line: Values) -> bool:
    """Whether the price that is shown has tax in it."""
    return line.get("gross_price") is not None or any(
        one.get("is_inclusive") for one in line.get("taxes") or ()
    )


def _description(line: Values, pen: Pen, shows_prices: bool) -> Data:
    discounts = [_discount_name(one, pen) for one in line.get("discounts") or () if shows_prices]
    details = [plain(line.get("sku")), clean(line.get("description")), *discounts]
    name = plain(line.get("name"))
    if not name:  # the description is all there is
        name, details[1] = plain(details[1]), ""
    return {"title": wrapped(name), "details": wrapped("\n".join(one for one in details if one))}


def _discount(one: Values, pen: Pen) -> str:
    value = _figure(one.get("value")) or ZERO
    if one.get("type") == "amount":
        return pen.formats.money(value, pen.currency)
    return pen.formats.percent(value)


def _rate(tax: Values, pen: Pen) -> str:
    rate = _figure(tax.get("rate")) or ZERO
    if tax.get("reverse_charge"):
        return pen.formats.percent(ZERO)
    return pen.money(rate) if tax.get("is_percent") is False else pen.formats.percent(rate)


def _tax_label(tax: Values, pen: Pen, word: str) -> str:
    name, rate = plain(tax.get("name")), _rate(tax, pen)
    if tax.get("reverse_charge"):
        label = pen.words["reversed"]
    elif name and plain(tax.get("rate")) in name:
        label = name  # it says its rate itself
    else:
        label = f"{name or word} {rate}"
    return f"{label} {pen.said('on_base', base=pen.amount(_figure(tax.get('base')) or ZERO))}"


def _totals(document: Document, pen: Pen, tax: str, settings: Values) -> list[Data]:
    """The sums under the lines; whatever stands between two of them is a row, so that they add up."""
    words = pen.words
    lines = sum((_figure(line.get("total")) or ZERO for line in document.lines), ZERO)
    rows = _discounts(document, document.subtotal - lines, pen)
    if within := lines - document.total:
        rows.append((words["included_taxes"], -within, ""))
    if rows:
        rows.insert(0, (words["subtotal"], document.subtotal, ""))
    taxes = [one for one in document.tax_summary or () if one.get("rate") is not None]
    if taxes or rows:
        rows.append((words["net_total"], document.total, ""))
    rows += [(_tax_label(one, pen, tax), _figure(one.get("amount")) or ZERO, "") for one in taxes]
    rows.append((words["total"], document.total_with_tax, "sum"))
    rows += _settled(document, words, settings)
    return [
        {"label": wrapped(label), "value": pen.money(value) if look else pen.amount(value), "look": look}
        for label, value, look in rows
    ]


def _discounts(document: Document, taken: Decimal, pen: Pen) -> list[Sum]:
    """The discounts of the whole, each by itself where it is known what each took off."""
    given = document.discounts or ()
    each = [_figure(one.get("amount")) or ZERO for one in given]
    names = [_discount_name(one, pen) for one in given]
    if each and sum(each, ZERO) == taken:
        return [(name, -amount, "") for name, amount in zip(names, each, strict=True)]
    return [(", ".join(names) or pen.words["discount"], -taken, "")] if taken else []


def _discount_name(one: Values, pen: Pen) -> str:
    return f"{plain(one.get('name')) or pen.words['discount']} {_discount(one, pen)}"


def _settled(document: Document, words: Mapping[str, str], settings: Values) -> list[Sum]:
    """What has been paid of it, where the entity shows that, and what is left."""
    is_shown = settings.get("show_payment_amounts") is not False
    if document.type not in PAYABLE or document.issued_at is None or document.voided_at or not is_shown:
        return []
    paid = document.total_with_tax - document.balance - document.written_off
    rows = [(words["already_paid"], -paid, "")] if paid else []
    if document.written_off:
        rows.append((words["written_off"], -document.written_off, ""))
    return [*rows, (words["balance_due"], document.balance, "due")] if rows else []


def _texts(document: Document, pen: Pen) -> list[Row]:
    is_reversed = any(one.get("reverse_charge") for one in document.tax_summary or ())
    rows = [
        ("", clean(document.note)),
        (pen.words["payment_terms"], clean(document.payment_terms)),
        ("", pen.words["reverse_charge"] if is_reversed else ""),
        ("", clean(document.tax_clause)),
    ]
    return [(label, wrapped(text)) for label, text in rows if text]


def _figure(value: Any) -> Decimal | None:
    """A number of a line, which is a whole one or a decimal."""
    return None if value is None else Decimal(value)
