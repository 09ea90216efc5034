"""Space Invoices: items and taxes."""

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from billto.app import catalog
from billto.app.catalog import ITEMS, TAX_RATES
from billto.app.parts import Id, Reader, Request, Tx
from billto.dialects.codecs import AMOUNT, BOOL, ISO, TEXT, Codec, prefixed, shaped
from billto.dialects.spaceinvoices.values import CURRENCY
from billto.dialects.wire import FIND, REQ, RO, RW, SORT, WO, Table, derived, row, woven
from billto.domain.attrs import METADATA
from billto.domain.catalog import Item, TaxRate
from billto.domain.document import FIGURE_MAX
from billto.domain.nodes import Group, Many, Number, Text
from billto.domain.paging import unambiguous
from billto.domain.problems import Problem, Refused
from billto.domain.query import All, Compare, Node, Op, Query

BOTH = (FIND, SORT)
TAXES_MAX = 10
_PERCENT_MAX = 100
_SINCE_EVER = "1970-01-01T00:00:00.000Z"
assert METADATA.shape is not None

_TAX_ID = prefixed("tax")
_TAX_IDS = Many(Text(most=40, null=False), most=TAXES_MAX)


def _read_tax_ids(given: Any) -> list[str]:
    problems: list[Problem] = []
    read: Any = shaped(_TAX_IDS).decode(given)
    for at, one in enumerate(read):
        try:
            read[at] = _TAX_ID.decode(one)
        except Refused as refused:
            problems += (problem.within(at) for problem in refused.problems)
    if problems:
        raise Refused(*problems)
    return list(read)


TAX_IDS = Codec(
    _read_tax_ids, lambda ids: list(map("tax_{}".format, ids)), shaped(_TAX_IDS).parse, _TAX_IDS.shape()
)

# A tax of an item: by its id or classification, or by its rate, of which one is made where there is none.
_ITEM_TAXES = Many(
    Group(
        {
            "tax_id": Text(most=40, says="One of the entity's taxes."),
            "classification": Text(most=100, says="The tax of this classification."),
            "rate": Number(least=0, most=_PERCENT_MAX, says="A tax of this rate; made where there is none."),
        },
        null=False,
    ),
    most=TAXES_MAX,
)


def _read(given: Any, node: Many) -> list[dict[str, Any]]:
    """Objects of a shape, with their rates exact and their ids bare."""
    read: Any = shaped(node).decode(given)
    problems: list[Problem] = []
    for at, one in enumerate(read):
        for name, codec in (("rate", AMOUNT), ("tax_id", _TAX_ID)):
            try:
                one |= {name: codec.decode(one[name])} if one.get(name) is not None else {}
            except Refused as refused:
                problems += (problem.within(at, name) for problem in refused.problems)
    if problems:
        raise Refused(*problems)
    return list(read)


def _says_taxes(given: Any) -> Mapping[str, Any]:
    return {} if given is None else {"@taxes": _read(given, _ITEM_TAXES)}


ITEM = Table(
    Item,
    #   on the wire       attribute        codec                    access  questions
    row("id",             "id",            prefixed("item"),        RO,     *BOTH),
    row("name",           "name",          TEXT,                    REQ,    *BOTH),
    row("description",    "description",   TEXT,                    RW),
    row("price",          "price",         AMOUNT,                  RW),
    row("gross_price",    "gross_price",   AMOUNT,                  RW),
    row("tax_ids",        "tax_ids",       TAX_IDS,                 RW),
    woven("taxes",        lambda item: None, _says_taxes,
          _ITEM_TAXES.shape(), (), WO),
    row("classification", "category",      TEXT,                    RW,     *BOTH),
    row("unit",           "unit",          TEXT,                    RW,     FIND),
    row("sku",            "sku",           TEXT,                    RW,     *BOTH),
    row("code",           "code",          TEXT,                    RW,     *BOTH),
    row("currency_code",  "currency_code", CURRENCY,                RW,     FIND),
    row("entity_id",      "entity_id",     prefixed("ent"),         RO),
    row("metadata",       "metadata",      shaped(METADATA.shape),  RW,     FIND),
    row("created_at",     "created_at",    ISO,                     RO,     *BOTH),
    row("updated_at",     "updated_at",    ISO,                     RO,     *BOTH),
)  # fmt: skip

_RATES = Many(
    Group(
        {
            "rate": Number(least=0, most=_PERCENT_MAX, null=False, says="Percent."),
            "valid_from": Text(most=40, says="Always the beginning of time: one rate is kept."),
        },
        null=False,
    ),
    most=1,
)


def _rate(given: Any) -> Mapping[str, Any]:
    if given is None:
        return {"rate": None}
    rates = _read(given, _RATES)
    if not rates or "rate" not in rates[0]:
        raise Refused(Problem("required", (0, "rate")))
    return {"rate": rates[0]["rate"]}


TAX = Table(
    TaxRate,
    #   on the wire       attribute         codec                    access  questions
    row("id",             "id",             _TAX_ID,                 RO,     *BOTH),
    row("name",           "name",           TEXT,                    RW,     *BOTH),
    row("entity_id",      "entity_id",      prefixed("ent"),         RO),
    woven("tax_rates",
          lambda tax: [{"rate": tax.rate, "valid_from": _SINCE_EVER}], _rate, _RATES.shape(), ("rate",), REQ),
    row("is_default",     "is_default",     BOOL,                    RW,     FIND),
    row("classification", "classification", TEXT,                    RW,     *BOTH),
    row("metadata",       "metadata",       shaped(METADATA.shape),  RW),
    row("created_at",     "created_at",     ISO,                     RO,     *BOTH),
    row("updated_at",     "updated_at",     ISO,                     RO,     *BOTH),
    derived("is_percent", lambda tax: tax.is_percent, {"type": "boolean"}, attrs=("is_percent",),
            says="Whether it is a percentage; a fixed amount was made through another door."),
)  # fmt: skip


async def create_item(tx: Tx, asked: Request, values: Mapping[str, Any]) -> Item:
    if values.get("price") is None and values.get("gross_price") is None:
        raise Refused(Problem("required", ("price",)))
    item: Item = await catalog.create(ITEMS, tx, asked, await _item(tx, asked, values))
    return item


async def change_item(tx: Tx, asked: Request, id: Id, values: Mapping[str, Any]) -> Item:
    """The item with other values; a price takes the place of a gross price, and the other way round."""
    item: Item = await catalog.change(ITEMS, tx, asked, id, await _item(tx, asked, values))
    return item


async def _item(tx: Tx, asked: Request, values: Mapping[str, Any]) -> dict[str, Any]:
    given = dict(values)
    prices = [name for name in ("price", "gross_price") if given.get(name) is not None]
    for name in prices:
        if abs(given[name]) > FIGURE_MAX:
            raise Refused(Problem("out_of_range", (name,), f"within ±{FIGURE_MAX}"))
    if len(prices) > 1:
        raise Refused(Problem("out_of_range", ("gross_price",), "left out where price is given"))
    if prices:
        given = {**given, "price": None, "gross_price": None, prices[0]: given[prices[0]]}
    taxes = given.pop("@taxes", None)
    if taxes is not None:
        ids = [await _tax_id(tx, asked, tax, at) for at, tax in enumerate(taxes)]
        given["tax_ids"] = list(dict.fromkeys(ids))
    return given


async def _tax_id(tx: Tx, asked: Request, said: Mapping[str, Any], at: int) -> str:
    """The tax that is meant, of the entity's; one of a rate of which there is none is made."""
    if said.get("tax_id") is not None:
        return str(said["tax_id"])
    if (classification := said.get("classification")) is not None:
        found = await _first(tx, asked, Compare("classification", Op.EQ, classification))
        if found is None:
            raise Refused(Problem("unknown_reference", ("taxes", at, "classification"), "tax"))
        return found.id
    if said.get("rate") is None:
        raise Refused(Problem("required", ("taxes", at, "rate")))
    rate: Decimal = said["rate"]
    named = Compare("name", Op.EQ, _name(rate))
    percent = Compare("is_percent", Op.EQ, True)
    found = await _first(tx, asked, All((named, percent)))
    if found is not None and found.rate == rate:
        return found.id
    made: TaxRate = await catalog.create(TAX_RATES, tx, asked, {"name": _name(rate), "rate": rate})
    return made.id


async def _first(reader: Reader, asked: Request, where: Node) -> TaxRate | None:
    found = await catalog.page(TAX_RATES, reader, asked, Query(where, unambiguous(()), 1, counted=False))
    return found.records[0] if found.records else None


def _name(rate: Decimal) -> str:
    """22%, and not 22.00%."""
    text = f"{rate:f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}%"


async def create_tax(tx: Tx, asked: Request, values: Mapping[str, Any]) -> TaxRate:
    tax: TaxRate = await catalog.create(TAX_RATES, tx, asked, _tax(values))
    return tax


async def replace_tax(tx: Tx, asked: Request, id: Id, values: Mapping[str, Any]) -> TaxRate:
    tax: TaxRate = await catalog.change(TAX_RATES, tx, asked, id, _tax(values))
    return tax


async def change_tax(tx: Tx, asked: Request, id: Id, values: Mapping[str, Any]) -> TaxRate:
    if "rate" in values and values["rate"] is None:
        raise Refused(Problem("not_null", ("tax_rates",)))
    tax: TaxRate = await catalog.change(TAX_RATES, tx, asked, id, values)
    return tax


def _tax(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a tax that is said as a whole: without a name it is called by its rate."""
    if values.get("rate") is None:
        raise Refused(Problem("not_null", ("tax_rates",)))
    return {**values, "name": values.get("name") or _name(values["rate"])}


get_item, get_tax = partial(catalog.get, ITEMS), partial(catalog.get, TAX_RATES)
page_items, page_taxes = partial(catalog.page, ITEMS), partial(catalog.page, TAX_RATES)
erase_item, erase_tax = partial(catalog.erase, ITEMS), partial(catalog.erase, TAX_RATES)
