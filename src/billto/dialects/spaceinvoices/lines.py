"""Space Invoices: the items of a document, which are its lines: strict in what they take."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from billto.dialects.codecs import Codec, write_iso
from billto.domain.attrs import METADATA
from billto.domain.calculation import SEPARATOR
from billto.domain.document import DISCOUNTS_MAX, FIGURE_MAX, LINES_MAX, OPENING, TAXES_MAX, Document
from billto.domain.ids import read_id
from billto.domain.nodes import (
    Anything,
    Bool,
    Choice,
    Group,
    Many,
    Map,
    Node,
    Number,
    Problems,
    Schema,
    Text,
    Texts,
)
from billto.domain.numerals import spelt
from billto.domain.problems import Path, Problem, Refused
from billto.domain.settings.tree import DOCUMENTS

# The vendor's prefixes of ids; delivery notes and opening balances have ours.
PREFIXES = {**dict(zip(DOCUMENTS, ("inv", "est", "cre", "adv", "dn"), strict=True)), OPENING: "opb"}
PLACES_MAX = 9  # of prices and quantities
PERCENT_MAX = 100

assert METADATA.shape is not None


@dataclass(frozen=True, slots=True)
class IdOf(Node):
    """An id with the name of its resource before it, or bare; kept bare."""

    prefix: str = ""

    def value(self, given: object, path: Path, problems: Problems) -> object:
        bare = read_id(given) if isinstance(given, str) else None
        if bare is None:
            detail = f"{self.prefix}_ and 24 hexadecimal digits"
            problems.append(Problem("invalid_format", path, detail))
        return bare

    def shape(self) -> Schema:
        return {"type": "string", "pattern": f"^(({self.prefix})_)?[0-9a-f]{{24}}$"}


@dataclass(frozen=True, slots=True)
class Figure(Number):
    """A price, a quantity or a rate, of no more places than anybody counts with."""

    least: int = -FIGURE_MAX
    most: int = FIGURE_MAX

    def kept(self, given: int | float | Decimal, path: Path, problems: Problems) -> object:
        short = spelt(Decimal(given))
        places = short.as_tuple().exponent if isinstance(short, Decimal) else 0
        if isinstance(places, int) and -places > PLACES_MAX:
            problems.append(Problem("out_of_range", path, f"given with at most {PLACES_MAX} places"))
        return given


@dataclass(frozen=True, slots=True)
class Strict(Group):
    """Named values, and no others: what is spelt wrong would change what is owed.

    What is only shown may be sent back, and is passed over.
    """

    shown: Mapping[str, Schema] = field(default_factory=dict)

    def value(self, given: object, path: Path, problems: Problems) -> object:
        if isinstance(given, Mapping):
            known = ", ".join(self.fields)
            problems += (
                Problem("unknown_key", (*path, name), known)
                for name in given
                if name not in self.fields and name not in self.shown
            )
        return Group.value(self, given, path, problems)

    def shape(self) -> Schema:
        fields = {name: node.schema() for name, node in self.fields.items()}
        shown = {name: {**schema, "readOnly": True} for name, schema in self.shown.items()}
        return {"type": "object", "properties": {**fields, **shown}, "additionalProperties": False}


_AMOUNT: Schema = {"type": "number"}
_MOMENT: Schema = {"type": "string", "format": "date-time"}


@dataclass(frozen=True, slots=True)
class Tax(Strict):
    """A tax: a rate in percent, or else an amount."""

    def value(self, given: object, path: Path, problems: Problems) -> object:
        kept: Any = Strict.value(self, given, path, problems)
        rate = kept.get("rate") if isinstance(kept, dict) and kept.get("is_percent") is not False else None
        if isinstance(rate, int | Decimal) and not isinstance(rate, bool) and rate > PERCENT_MAX:
            problems.append(Problem("out_of_range", (*path, "rate"), f"0 to {PERCENT_MAX}"))
        return kept


_TAX = Tax(
    {
        "rate": Figure(least=0, says="in percent, unless `is_percent` is false"),
        "tax_id": IdOf(prefix="tax"),
        "classification": Text(most=100),
        "name": Text(most=255),
        "reverse_charge": Bool(null=True),
        "is_percent": Bool(null=True, says="false: `rate` is an amount of money"),
        "is_inclusive": Bool(null=True, says="true: it is in the price already"),
    },
    null=False,
    shown={"base": _AMOUNT, "amount": _AMOUNT},
)
_DISCOUNT = Strict(
    {
        "value": Figure(least=0, null=False),
        "type": Choice(among=("percent", "amount"), null=False),
        "name": Text(most=255),
    },
    null=False,
    start={"type": "percent"},
    shown={"amount": _AMOUNT},
)

# On the wire → in the record, and what it looks like.
_FIELDS: Mapping[str, tuple[str, Node]] = {
    "item_id":        ("item_id",      IdOf(prefix="item")),
    "name":           ("name",         Text(most=1_000)),
    "description":    ("description",  Text(most=10_000)),
    "classification": ("category",     Text(most=50, says="product, service or advance")),
    "quantity":       ("quantity",     Figure(says="1 where nothing is said")),
    "price":          ("price",        Figure(says="of one, without tax")),
    "gross_price":    ("gross_price",  Figure(says="of one, with tax; instead of `price`")),
    "taxes":          ("taxes",        Many(_TAX, most=TAXES_MAX)),
    "discounts":      ("discounts",    Many(_DISCOUNT, most=DISCOUNTS_MAX)),
    "type":           ("kind",         Choice(among=(SEPARATOR,), says="a heading, which counts nothing")),
    "unit":           ("unit",         Text(most=50)),
    "metadata":       ("metadata",     METADATA.shape),
    "translations":   ("translations", Map(Texts(Text(most=10_000), depth=2), most=50)),
}  # fmt: skip
# What means nothing here and is kept beside the line, to be shown as it was sent.
_BESIDE: Mapping[str, Node] = {
    "financial_category_id": Text(most=100),
    "revenue_recognition": Anything(most=2_000),
    "e_invoicing": Anything(most=2_000),
}
_TOTALS = ("total", "total_with_tax", "total_discount")
_SHOWN: Mapping[str, Schema] = {
    **{f"{kind}_id": {"type": "string"} for kind in PREFIXES},
    **dict.fromkeys((*_TOTALS, "total_converted", "total_with_tax_converted"), _AMOUNT),
    **dict.fromkeys(("created_at", "updated_at"), _MOMENT),
}
ITEM = Strict(
    {
        "id": IdOf(prefix="|".join(f"{one}_item" for one in PREFIXES.values())),
        **{wire: node for wire, (_, node) in _FIELDS.items()},
        **_BESIDE,
        "save_item": Bool(null=True, says="whether the line is kept as an item too; not shown"),
    },
    null=False,
    shown=_SHOWN,
)
ITEMS = Many(ITEM, most=LINES_MAX)


def _read(given: Any) -> list[dict[str, Any]]:
    problems: Problems = []
    kept: Any = ITEMS.read(given, (), problems)
    if problems:
        raise Refused(*problems)
    if not kept:
        raise Refused(Problem("required"))
    return list(map(_line, kept))


def _line(item: Mapping[str, Any]) -> dict[str, Any]:
    """A line of the record; `saves_item` is for the verb."""
    line = {attr: item[wire] for wire, (attr, _) in _FIELDS.items() if wire in item}
    for name in ("taxes", "discounts"):
        if name in line:
            line[name] = [_said(one) for one in line[name] or ()]
    if beside := {name: item[name] for name in _BESIDE if item.get(name) is not None}:
        line["more"] = beside
    if item.get("id") is not None:
        line["id"] = item["id"]
    if item.get("save_item"):
        line["saves_item"] = True
    return line


def _said(one: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in one.items() if value is not None}


# What other doors say of a line, and this one does not show.
_UNSEEN = ("is_taxable", "is_discountable", "sku")


def kept(lines: Sequence[Mapping[str, Any]], before: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The lines, of which those that were there before keep what only other doors show of them."""
    known = {line["id"]: line for line in before}
    return [_kept(line, known.get(str(line.get("id")), {})) for line in lines]


def _kept(line: Mapping[str, Any], there: Mapping[str, Any]) -> dict[str, Any]:
    if line.get("item_id") != there.get("item_id"):  # it is about something else now
        return dict(line)
    more = {name: one for name, one in (there.get("more") or {}).items() if name not in _BESIDE}
    more |= line.get("more") or {}
    unseen = {name: there[name] for name in _UNSEEN if there.get(name) is not None}
    new = {**unseen, **line, **({"more": more} if more else {})}
    if "taxes" in line and _charged(line) == _charged(there):  # then also by whose rule it is reversed
        new["taxes"] = there.get("taxes") or []
    return new


def _charged(line: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The taxes of a line as they are shown, without what they come to."""
    return [{**one, "base": None, "amount": None} for one in taxes(line.get("taxes"))]


def shown(document: Document) -> list[dict[str, Any]]:
    """The lines as items, each with the id of its document under the name of that."""
    prefix = PREFIXES[document.type]
    owner = {f"{document.type}_id": f"{prefix}_{document.id}"}
    times = {
        "created_at": write_iso(document.created_at),
        "updated_at": write_iso(document.updated_at),
    }
    return [_item(line, prefix, owner, times) for line in document.lines]


def _item(
    line: Mapping[str, Any], prefix: str, owner: Mapping[str, str], times: Mapping[str, str]
) -> dict[str, Any]:
    more = line.get("more") or {}
    item_id = line.get("item_id")
    totals = {name: number(line.get(name) or 0) for name in _TOTALS}
    return {
        "id": f"{prefix}_item_{line['id']}",
        **owner,
        "item_id": item_id and f"item_{item_id}",
        "name": line.get("name"),
        "description": line.get("description"),
        "classification": line.get("category"),
        "quantity": number(line.get("quantity")),
        "price": number(line.get("price")),
        "gross_price": number(line.get("gross_price")),
        "taxes": taxes(line.get("taxes")),
        "discounts": [_discount(one) for one in line.get("discounts") or ()],
        "type": line.get("kind"),
        "unit": line.get("unit"),
        **totals,
        "total_converted": totals["total"],
        "total_with_tax_converted": totals["total_with_tax"],
        "metadata": line.get("metadata") or {},
        "translations": line.get("translations"),
        **{name: more.get(name) for name in _BESIDE},
        **times,
    }


def taxes(of: Iterable[Mapping[str, Any]] | None) -> list[dict[str, Any]]:
    """Taxes of a line, or of a document, with their bases and amounts."""
    return [
        {
            "rate": number(one.get("rate")),
            "tax_id": one.get("tax_id") and f"tax_{one['tax_id']}",
            "name": one.get("name"),
            "classification": one.get("classification"),
            "reverse_charge": bool(one.get("reverse_charge")),
            "is_percent": one.get("is_percent") is not False,
            "is_inclusive": bool(one.get("is_inclusive")),
            "base": number(one.get("base") or 0),
            "amount": number(one.get("amount") or 0),
        }
        for one in of or ()
    ]


def _discount(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "value": number(one.get("value")),
        "type": one.get("type") or "percent",
        "name": one.get("name"),
        "amount": number(one.get("amount") or 0),
    }


def number(value: Any) -> int | Decimal | None:
    """A number as it is always written, whatever zeros it has at its end."""
    return None if value is None else spelt(Decimal(value))


def _no_parameter(_text: str) -> Any:
    raise Refused(Problem("wrong_type", detail="a JSON value"))


LINES = Codec(_read, None, _no_parameter, ITEMS.shape())
TAX_SHAPE = _TAX.shape()
