"""Invoiced: what documents are made of: line items, taxes and discounts, as they are said and as shown.

They have no records of their own: their ids are made of the document's and of their places in it.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from billto.dialects.codecs import Codec
from billto.dialects.invoiced.codecs import BOOL, METADATA, NUMBER, TEXT, WHOLE, write_number
from billto.domain.document import DISCOUNTS_MAX, FIGURE_MAX, LINE, LINES_MAX, TAXES_MAX, Document
from billto.domain.ids import read_id
from billto.domain.money import EXACT
from billto.domain.nodes import storable
from billto.domain.problems import Problem, Refused

_CODE_LENGTH_MAX = 100
_ITEM = "catalog_item"  # under this name a line remembers what its item is called here

# on the wire, attribute of a line, codec
_FIELDS: tuple[tuple[str, str, Codec], ...] = (
    ("description",  "description",     TEXT),
    ("discountable", "is_discountable", BOOL),
    ("metadata",     "metadata",        METADATA),
    ("name",         "name",            TEXT),
    ("quantity",     "quantity",        NUMBER),
    ("taxable",      "is_taxable",      BOOL),
    ("type",         "category",        TEXT),
    ("unit_cost",    "price",           NUMBER),
)  # fmt: skip

Values = Mapping[str, Any]


def read_lines(given: Any) -> dict[str, Any]:
    """The lines that `items` says; each may still have the number that is its id here, and name its item."""
    return {"lines": _listed(given, LINES_MAX, _read_line)}


def read_taxes(given: Any) -> dict[str, Any]:
    return {"taxes": _listed(given, TAXES_MAX, _read_tax)}


def read_discounts(given: Any) -> dict[str, Any]:
    return {"discounts": _listed(given, DISCOUNTS_MAX, _read_discount)}


def names_of(given: Any, what: str, most: int) -> list[str]:
    """The names of tax rates or items in a list: each alone, or in an object as `id`."""
    return _listed(given, most, lambda one: _name(one.get("id") if isinstance(one, dict) else one, what))


def item_of(line: Values) -> str | None:
    """What the item of a line is called."""
    called: str | None = (line.get("more") or {}).get(_ITEM) or line.get("item_id")
    return called


def _listed(given: Any, most: int, read: Callable[[Any], Any]) -> list[Any]:
    if given in (None, "", [], {}):
        return []
    some = given if isinstance(given, list) else [given]
    if len(some) > most:
        raise Refused(Problem("too_many", (), str(most)))
    found: list[Any] = []
    problems: list[Problem] = []
    for at, one in enumerate(some):
        try:
            found.append(read(one))
        except Refused as refused:
            problems += (problem.within(at) for problem in refused.problems)
    if problems:
        raise Refused(*problems)
    return found


def _read_line(given: Any) -> dict[str, Any]:
    said = _object(given)
    line: dict[str, Any] = {}
    problems: list[Problem] = []
    for wire, attr, codec in _FIELDS:
        if said.get(wire) in (None, ""):
            continue
        try:
            line[attr] = LINE[attr].read(codec.decode(said[wire]), (wire,), problems)
        except Refused as refused:
            problems += (one.within(wire) for one in refused.problems)
    for wire, read in (("taxes", read_taxes), ("discounts", read_discounts)):
        try:
            line |= read(said[wire]) if wire in said else {}
        except Refused as refused:
            problems += (one.within(wire) for one in refused.problems)
    if problems:
        raise Refused(*problems)
    if said.get("plan"):
        raise Refused(Problem("unknown_reference", ("plan",), f"plan {str(said['plan'])[:100]}"))
    if said.get(_ITEM):
        line["more"] = {_ITEM: names_of(said[_ITEM], "item", 1)[0]}
    if said.get("id"):
        line["id"] = WHOLE.decode(said["id"])
    return line


def _read_tax(given: Any) -> dict[str, Any]:
    """A rate by its name, or an amount that somebody has worked out."""
    if not isinstance(given, dict):
        return _rate(given)
    rate = given.get("tax_rate")
    if rate:
        return _rate(rate.get("id") if isinstance(rate, dict) else rate)
    if given.get("amount") not in (None, ""):
        return {"rate": _positive(given["amount"]), "is_percent": False}
    return _rate(given.get("id"))


def _rate(given: Any) -> dict[str, Any]:
    name = _name(given, "tax rate")
    return {"tax_id": name} if read_id(name) == name else {"code": name}


def _read_discount(given: Any) -> dict[str, Any]:
    coupon = given.get("coupon") if isinstance(given, dict) else given
    if coupon:
        raise Refused(Problem("unknown_reference", (), f"coupon {_shown_name(coupon)}"))
    said = _object(given)
    if said.get("amount") in (None, ""):
        raise Refused(Problem("required", ("amount",)))
    return {"type": "amount", "value": _positive(said["amount"])}


def _positive(given: Any) -> Decimal:
    amount: Decimal = NUMBER.decode(given)
    if not 0 <= amount <= FIGURE_MAX:
        raise Refused(Problem("out_of_range", ("amount",), f"0 to {FIGURE_MAX}"))
    return amount


def _object(given: Any) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise Refused(Problem("wrong_type", (), "an object"))
    return given


def _name(given: Any, what: str) -> str:
    text = str(given) if isinstance(given, str | int) and not isinstance(given, bool) else ""
    if not 1 <= len(text) <= _CODE_LENGTH_MAX or not storable(text):
        raise Refused(Problem("unknown_reference", (), f"{what} {_shown_name(given)}".strip()))
    return text


def _shown_name(given: Any) -> str:
    named = given.get("id") if isinstance(given, dict) else given
    return str(named)[:100] if isinstance(named, str | int) else ""


def news(given: Any, shown: Sequence[Values]) -> Any:
    """The line items without what they say as it was shown: that stays what it is, though other doors said
    it in ways that this one does not know, such as a price with tax."""
    there = {str(one["id"]): one for one in shown}
    if not isinstance(given, list):
        return given
    return [_news(one, there.get(str(one.get("id")), {})) if isinstance(one, dict) else one for one in given]


def _news(one: Values, there: Values) -> dict[str, Any]:
    return {
        name: value
        for name, value in one.items()
        if name == "id" or name not in there or (value != there[name] and str(value) != str(there[name]))
    }


def kept(lines: Sequence[Values], old: Document | None, items: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The lines as they are kept: with the ids of their items, and those that were there before with what
    this door says nothing of."""
    before = {_line_id(old, at): line for at, line in enumerate(old.lines)} if old else {}
    made = []
    for at, line in enumerate(lines):
        there = before.get(line.get("id") or 0, {})
        said = {name: value for name, value in line.items() if name != "id"}
        if (name := item_of(said)) is not None:
            if name not in items:
                raise Refused(Problem("unknown_reference", ("lines", at, _ITEM), f"item {name}"))
            said["item_id"] = items[name].id
        if "price" in said:
            there = {name: value for name, value in there.items() if name != "gross_price"}
        made.append({**there, **said})
    return made


def shown_lines(document: Document) -> list[dict[str, Any]]:
    return [_shown_line(document, at, line) for at, line in enumerate(document.lines)]


def _shown_line(document: Document, at: int, line: Values) -> dict[str, Any]:
    cost = number(line, "price" if line.get("price") is not None else "gross_price")
    quantity, id_ = number(line, "quantity"), _line_id(document, at)
    return {
        "amount": write_number(EXACT.multiply(quantity, cost)),
        "catalog_item": item_of(line),
        "description": line.get("description"),
        "discountable": line.get("is_discountable") is not False,
        "discounts": _shown_discounts(line.get("discounts") or (), id_),
        "id": id_,
        "metadata": line.get("metadata") or {},
        "name": line.get("name"),
        "object": "line_item",
        "quantity": write_number(quantity),
        "taxable": line.get("is_taxable") is not False,
        "taxes": _shown_taxes(line.get("taxes") or (), id_),
        "type": line.get("category"),
        "unit_cost": write_number(cost),
    }


def shown_taxes(document: Document) -> list[dict[str, Any]]:
    """The taxes of the document as a whole, each once: of the summary what its lines do not account for."""
    whole = {_identity(tax) for tax in document.taxes or ()}
    amounts: dict[tuple[Any, ...], Decimal] = {}
    for line in document.lines if whole else ():
        for tax in line.get("taxes") or ():
            amounts[_identity(tax)] = amounts.get(_identity(tax), Decimal(0)) + number(tax, "amount")
    of_whole = [
        {**tax, "amount": number(tax, "amount") - amounts.get(_identity(tax), Decimal(0))}
        for tax in document.tax_summary or ()
        if _identity(tax) in whole
    ]
    return _shown_taxes(of_whole, _line_id(document, -1))


def shown_discounts(document: Document) -> list[dict[str, Any]]:
    """The discounts of the document as a whole."""
    return _shown_discounts(document.discounts or (), _line_id(document, -1))


def _shown_taxes(taxes: Sequence[Values], owner: int) -> list[dict[str, Any]]:
    return [
        {
            "amount": write_number(number(tax, "amount")),
            "id": _part_id(owner, at),
            "object": "tax",
            "tax_rate": _shown_rate(tax),
        }
        for at, tax in enumerate(taxes)
    ]


def _shown_rate(tax: Values) -> dict[str, Any] | None:
    """The rate as it was when the document was made; an amount that somebody gave has none."""
    name = tax.get("code") or tax.get("tax_id")
    if name is None and tax.get("is_percent") is False:
        return None
    return {
        "currency": None,
        "id": name,
        "inclusive": tax.get("is_inclusive") is True,
        "is_percent": tax.get("is_percent") is not False,
        "metadata": {},
        "name": tax.get("name"),
        "object": "tax_rate",
        "value": write_number(number(tax, "rate")),
    }


def _shown_discounts(discounts: Sequence[Values], owner: int) -> list[dict[str, Any]]:
    return [
        {
            "amount": write_number(number(one, "amount")),
            "coupon": None,
            "expires": None,
            "id": _part_id(owner, at),
            "object": "discount",
        }
        for at, one in enumerate(discounts)
    ]


def _line_id(document: Document | None, at: int) -> int:
    return (document.serial if document else 0) * 2 * LINES_MAX + at + 1


def _part_id(owner: int, at: int) -> int:
    return owner * 100 + at + 1


def _identity(tax: Values) -> tuple[Any, ...]:
    flags = tax.get("is_percent") is not False, bool(tax.get("is_inclusive")), bool(tax.get("reverse_charge"))
    said = tuple(str(tax.get(name)) for name in ("tax_id", "code", "name", "classification"))
    return (*said, *flags, number(tax, "rate"))


def number(values: Values, name: str) -> Decimal:
    """A number out of what is kept as JSON; nothing, where nothing is said."""
    value = values.get(name)
    if value is None or isinstance(value, str):
        return Decimal(0)
    return Decimal(value)
