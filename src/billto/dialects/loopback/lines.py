"""v1: the items of a document and their taxes, `_documentItems` and `_documentItemTaxes`."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_DOWN, Decimal
from typing import Any

from billto.dialects.codecs import Codec
from billto.dialects.loopback.lenient import BOOL, ID, NUMBER, TEXT
from billto.dialects.loopback.nested import id_in, uuid_of
from billto.domain.document import LINE, LINES_MAX, TAX, TAXES_MAX, Document
from billto.domain.ids import read_id
from billto.domain.money import EXACT
from billto.domain.nodes import Node
from billto.domain.numerals import spelt
from billto.domain.problems import Path, Problem, Refused

Values = Mapping[str, Any]

PLACES, PLACES_MAX = 4, 9  # of the figures of items, where a document says nothing else
_PERCENT_PLACES = 2
_HEADING = "separator"

_LINE: dict[str, tuple[str, Codec]] = {
    "itemId": ("item_id", ID),
    "name": ("name", TEXT),
    "description": ("description", TEXT),
    "price": ("price", NUMBER),
    "priceGross": ("gross_price", NUMBER),
    "quantity": ("quantity", NUMBER),
    "unit": ("unit", TEXT),
    "SKU": ("sku", TEXT),
}
_AS_IT_IS = {"l10n": "translations", "custom": "metadata"}
_TAX: dict[str, tuple[str, Codec]] = {
    "taxId": ("tax_id", ID),
    "name": ("name", TEXT),
    "abbreviation": ("code", TEXT),
    "rate": ("rate", NUMBER),
    "classification": ("classification", TEXT),
    "reverseCharged": ("reverse_charge", BOOL),
}
# The names that problems of the core have, as they are called here.
NAMES: Mapping[str, str] = {
    **{attr: wire for wire, (attr, _) in (_TAX | _LINE).items()},
    **{attr: wire for wire, attr in _AS_IT_IS.items()},
    "taxes": "_documentItemTaxes",
    "discounts": "discount",
    "kind": "isSeparator",
}
DISCOUNT_MAX = 10**12
LOAD, SAVE = "*load", "*save"  # what is wanted of a line beside its attributes


# Showing


def shown(document: Document) -> list[dict[str, Any]]:
    return [_shown(line, places_of(document)) for line in document.lines]


def places_of(document: Document) -> int:
    """How many places the figures of its items have; kept with the issuer, who counts so."""
    places: int = (document.issuer.get("more") or {}).get("decimalPlaces", PLACES)
    return places


def _shown(line: Values, places: int) -> dict[str, Any]:
    id = str(line.get("id"))
    discount, is_amount = _discount(line.get("discounts") or ())
    total, with_tax = _number(line.get("total")), _number(line.get("total_with_tax"))
    return {
        "id": uuid_of(id),
        "itemId": line.get("item_id"),
        "name": line.get("name"),
        "description": line.get("description"),
        "price": _price(line, places),
        "priceGross": _spelt(line.get("gross_price")),
        "quantity": _spelt(line.get("quantity")),
        "discount": spelt(discount),
        "discountIsAmount": is_amount,
        "unit": line.get("unit"),
        "SKU": line.get("sku"),
        "isSeparator": line.get("kind") == _HEADING,
        "total": spelt(total),
        "totalWithTax": spelt(with_tax),
        "totalDiscount": spelt(_number(line.get("total_discount"))),
        "totalTax": spelt(with_tax - total),
        "_documentItemTaxes": [_shown_tax(id, at, tax) for at, tax in enumerate(line.get("taxes") or ())],
        "l10n": line.get("translations") or {},
        "custom": line.get("metadata") or {},
    }


def _shown_tax(line_id: str, at: int, tax: Values) -> dict[str, Any]:
    return {
        "id": uuid_of(line_id, at + 1),
        **{wire: tax.get(attr) for wire, (attr, _) in _TAX.items()},
        "rate": _spelt(tax.get("rate")),
        "reverseCharged": bool(tax.get("reverse_charge")),
        "compound": False,
    }


def _discount(discounts: Sequence[Values]) -> tuple[Decimal, bool]:
    """The one discount that v1 knows; where there are several, what they come to."""
    if len(discounts) == 1:
        return _number(discounts[0].get("value")), discounts[0].get("type") == "amount"
    amounts = (_number(one.get("amount")) for one in discounts)
    return sum(amounts, Decimal(0)), bool(discounts)


def _price(line: Values, places: int) -> int | Decimal | None:
    """The net price of one: of a gross price what is left of it without tax."""
    gross = line.get("gross_price")
    if gross is None:
        return _spelt(line.get("price"))
    rates = sum((_number(tax.get("rate")) for tax in _owed(line.get("taxes") or ())), Decimal(0))
    net = EXACT.divide(_number(gross) * 100, 100 + rates)
    return spelt(net.quantize(Decimal(1).scaleb(-places), context=EXACT))


def _owed(taxes: Sequence[Values]) -> Iterable[Values]:
    return (one for one in taxes if not one.get("reverse_charge") and one.get("is_percent") is not False)


def taxes(document: Document, *, reverse: bool) -> list[dict[str, Any]]:
    """Each distinct tax once: those that are paid, or those that the client owes itself."""
    return [
        {
            "tax": _spelt(tax.get("rate")),
            "taxId": tax.get("tax_id"),
            "base": _spelt(tax.get("base")),
            "totalTax": _spelt(tax.get("amount")),
        }
        for tax in document.tax_summary or ()
        if bool(tax.get("reverse_charge")) is reverse
    ]


def _number(value: Any) -> Decimal:
    return Decimal(value or 0)


def _spelt(value: Any) -> int | Decimal | None:
    return None if value is None else spelt(Decimal(value))


# Reading


def read(given: Any) -> list[dict[str, Any]]:
    """The lines that items say; raises Refused with every problem, each in its place."""
    if not isinstance(given, list):
        raise Refused(Problem("wrong_type", detail="a list"))
    if len(given) > LINES_MAX:
        raise Refused(Problem("too_many", detail=str(LINES_MAX)))
    problems: list[Problem] = []
    lines = [_read(one, (at,), problems) for at, one in enumerate(given)]
    if problems:
        raise Refused(*problems)
    seen: set[str] = set()
    for line in lines:
        if line.get("id") in seen:
            del line["id"]  # a copy of another item is an item of its own
        seen.add(line.get("id", ""))
    return lines


def _read(given: Any, path: Path, problems: list[Problem]) -> dict[str, Any]:
    if not isinstance(given, dict):
        problems.append(Problem("wrong_type", path, "an object"))
        return {}
    line = _values(given, _LINE, LINE, path, problems)
    for wire, attr in _AS_IT_IS.items():
        if given.get(wire):
            line[attr] = LINE[attr].read(given[wire], (*path, wire), problems)
    if (id := id_in(given.get("id"))) is not None:
        line["id"] = id
    separates = given.get("isSeparator", given.get("isSepatator"))  # which the documents write as well
    if _flag(separates, (*path, "isSeparator"), problems):
        return {"kind": _HEADING, **{name: line[name] for name in line if name in _OF_HEADING}}
    line |= _wishes(given, path, problems)
    if not line.get("name") and line.get("item_id") is None and not (line.get("sku") and line.get(LOAD)):
        problems.append(Problem("required", (*path, "name")))
    if line.get("gross_price") is not None:
        line.pop("price", None)  # which is then counted from it
    line |= _charges(given, path, problems)
    return line


def _wishes(given: Values, path: Path, problems: list[Problem]) -> dict[str, Any]:
    wished = {LOAD: "load", SAVE: "save"}
    return {name: True for name, wire in wished.items() if _flag(given.get(wire), (*path, wire), problems)}


def _charges(given: Values, path: Path, problems: list[Problem]) -> dict[str, Any]:
    """Discount and taxes, as far as anything is said of them."""
    charges: dict[str, Any] = {}
    is_amount = _flag(given.get("discountIsAmount"), (*path, "discountIsAmount"), problems)
    if given.get("discount") not in (None, ""):
        charges["discounts"] = _discounts(given["discount"], is_amount, (*path, "discount"), problems)
    if given.get("_documentItemTaxes") is not None:
        charges["taxes"] = _taxes(given["_documentItemTaxes"], (*path, "_documentItemTaxes"), problems)
    return charges


_OF_HEADING = ("id", "name", "description", "translations")


def _values(
    given: Values,
    fields: Mapping[str, tuple[str, Codec]],
    shape: Mapping[str, Node],
    path: Path,
    problems: list[Problem],
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for wire, (attr, codec) in fields.items():
        value = given.get(wire)
        if value is None or (value == "" and codec is not TEXT):
            continue
        try:
            decoded = codec.decode(value)
        except Refused as refused:
            problems += (one.within(*path, wire) for one in refused.problems)
            continue
        if codec is ID and read_id(decoded) is None:
            problems.append(Problem("invalid_format", (*path, wire), "24 hexadecimal digits"))
        values[attr] = shape[attr].read(decoded, (*path, wire), problems)
    return values


def _flag(given: Any, path: Path, problems: list[Problem]) -> bool:
    try:
        return given is not None and bool(BOOL.decode(given))
    except Refused as refused:
        problems += (one.within(*path) for one in refused.problems)
        return False


def _discounts(given: Any, is_amount: bool, path: Path, problems: list[Problem]) -> list[dict[str, Any]]:
    try:
        value = NUMBER.decode(given)
    except Refused as refused:
        problems += (one.within(*path) for one in refused.problems)
        return []
    most = DISCOUNT_MAX if is_amount else 100
    if not 0 <= value <= most:
        problems.append(Problem("out_of_range", path, f"0 to {most}"))
    return [{"value": value, "type": "amount" if is_amount else "percent"}] if value else []


def _taxes(given: Any, path: Path, problems: list[Problem]) -> list[dict[str, Any]]:
    if not isinstance(given, list):
        given = [given]  # as .NET's client has it
    if len(given) > TAXES_MAX:
        problems.append(Problem("too_many", path, str(TAXES_MAX)))
        return []
    found = []
    for at, one in enumerate(given):
        if not isinstance(one, dict):
            problems.append(Problem("wrong_type", (*path, at), "an object"))
            continue
        tax = _values(one, _TAX, TAX, (*path, at), problems)
        if _flag(one.get("compound"), (*path, at, "compound"), problems):
            detail = "a tax on top of other taxes is not counted here"
            problems.append(Problem("bad_cell", (*path, at, "compound"), detail))
        found.append(tax)
    return found


# Keeping what v1 has no words for

_UNSEEN = ("is_taxable", "is_discountable", "category", "more")


def kept(lines: Sequence[Values], given: Sequence[Values], document: Document) -> list[dict[str, Any]]:
    """The lines that items say, of which those that were there before keep what only other doors know: what
    comes back as it is shown is what it was."""
    places = places_of(document)
    known = {line["id"]: line for line in document.lines}
    return [
        _kept(line, one, there, _shown(there, places)) if (there := known.get(line.get("id"))) else dict(line)
        for line, one in zip(lines, given, strict=True)
    ]


def _kept(line: Values, given: Values, there: Values, seen: Values) -> dict[str, Any]:
    new = dict(line)
    if line.get("item_id") == there.get("item_id"):
        new = {**{name: there[name] for name in _UNSEEN if there.get(name) is not None}, **new}
    for attr, names in (("discounts", _DISCOUNT), ("taxes", ("_documentItemTaxes",))):
        said = {name: given[name] for name in names if name in given}
        if attr in line and there.get(attr) and same(said, seen):
            new[attr] = there[attr]
    return new


_DISCOUNT = ("discount", "discountIsAmount")


# Cutting: no figure has more places than the document says, percentages have two


def cut(lines: Iterable[Values], places: int) -> list[dict[str, Any]]:
    return [_cut(line, places) for line in lines]


def _cut(line: Values, places: int) -> dict[str, Any]:
    figures = {
        name: _to(line[name], places)
        for name in ("price", "gross_price", "quantity")
        if line.get(name) is not None
    }
    discounts = [
        {**one, "value": _to(one["value"], places if one["type"] == "amount" else _PERCENT_PLACES)}
        for one in line.get("discounts") or ()
    ]
    rates = [
        {**one, "rate": _to(one["rate"], _PERCENT_PLACES)} if one.get("rate") is not None else one
        for one in line.get("taxes") or ()
    ]
    return {
        **line,
        **figures,
        **({"discounts": discounts} if "discounts" in line else {}),
        **({"taxes": rates} if "taxes" in line else {}),
    }


def _to(value: int | Decimal, places: int) -> int | Decimal:
    exact = Decimal(value)
    return spelt(exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_DOWN, context=EXACT))


def same(given: Any, there: Any) -> bool:
    """Whether what is sent says what is shown: nested objects where they name something, numbers by value."""
    match there:
        case dict():
            return isinstance(given, dict) and all(
                (one or {}) == there[name] if name in _AS_IT_IS else same(one, there[name])
                for name, one in given.items()
                if name in there and name != "id"
            )
        case list():
            return isinstance(given, list) and len(given) == len(there) and all(map(same, given, there))
        case bool():
            return _read_or_none(BOOL, given) is there
        case int() | Decimal():
            return bool(_read_or_none(NUMBER, given) == there)
        case None:
            return given is None or given == ""
        case _:
            return bool(_read_or_none(TEXT, given) == there)


def _read_or_none(codec: Codec, given: Any) -> Any:
    try:
        return codec.decode(given)
    except Refused:
        return None
