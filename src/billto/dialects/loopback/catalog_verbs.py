"""v1: what is done with items and taxes, and how the items of documents take them up."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

from billto.app import catalog
from billto.app.catalog import ITEMS, TAX_RATES, Kind
from billto.app.parts import Reader, Request, Tx
from billto.dialects.dialect import Listed, Said, Told, Verb
from billto.dialects.loopback import lines, verbs
from billto.dialects.loopback.answers import listing
from billto.dialects.loopback.catalog import ITEM, TAX, TAXES
from billto.dialects.loopback.filters import ID_ORDER
from billto.dialects.loopback.lenient import NUMBER
from billto.dialects.searching import terms_of
from billto.dialects.tags import tagged
from billto.dialects.wire import Table
from billto.domain.catalog import Item, TaxRate
from billto.domain.problems import Problem, Refused
from billto.domain.query import All, Compare, Either, Node, Op, Query

MATCHED_MAX = 1_000
PRICE_PLACES = 6  # of the price of an item that is kept


class Model(NamedTuple):
    """One of the two kinds of records, and the table that shows it."""

    kind: Kind
    table: Table


async def _page(of: Model, reader: Reader, asked: Request, told: Told) -> Said:
    return await _found(of, reader, asked, told)


async def _found(of: Model, reader: Reader, asked: Request, told: Told, *within: Node) -> Said:
    question = verbs.question(of.table, told, *within)
    page = await catalog.page(of.kind, reader, asked, question.query)
    return listing(Listed(of.table, page, question.query, form=question.form))


async def _count(of: Model, reader: Reader, asked: Request, told: Told) -> Said:
    return await verbs.counted(of.table, partial(catalog.page, of.kind), reader, asked, told)


async def _get(of: Model, reader: Reader, asked: Request, told: Told) -> Said:
    question = verbs.question(of.table, told)
    plain = asked._replace(shows=of.table.reads)
    found = await catalog.get(of.kind, reader, plain, verbs.id_of(told, of.kind.record))
    return Said(question.form.shown(of.table.encode(found)), headers=tagged(found))


async def _create(of: Model, tx: Tx, asked: Request, told: Told) -> Said:
    values = of.table.decode({} if told.body is None else told.body, creating=True)
    return _said(of, await catalog.create(of.kind, tx, asked, await _with_taxes(tx, asked, values)))


async def _change(of: Model, tx: Tx, asked: Request, told: Told) -> Said:
    values = of.table.decode({} if told.body is None else told.body, creating=False)
    return await _changed(of, tx, asked, told, values)


async def _replace(of: Model, tx: Tx, asked: Request, told: Told) -> Said:
    values = of.table.decode_whole({} if told.body is None else told.body)
    return await _changed(of, tx, asked, told, values)


async def _changed(of: Model, tx: Tx, asked: Request, told: Told, values: dict[str, Any]) -> Said:
    id = verbs.id_of(told, of.kind.record)
    verbs.check_id(told, id)
    values = await _with_taxes(tx, asked, values)
    return _said(of, await catalog.change(of.kind, tx, asked, id, values))


async def _delete(of: Model, tx: Tx, asked: Request, told: Told) -> Said:
    there: Any = await verbs.found(tx, asked, told, of.kind.record)
    if there is None:
        return verbs.NONE
    await catalog.erase(of.kind, tx, there[0], there[1].id)
    return verbs.ONE


def _said(of: Model, record: Any) -> Said:
    return Said(of.table.encode(record), headers=tagged(record), shows=record.id)


async def search_items(reader: Reader, asked: Request, told: Told) -> Said:
    """Items with all of the words somewhere in their texts."""
    term = verbs.text_of(told, "term")
    if term is None:
        raise Refused(Problem("bad_parameter", (), "term is a required argument"))
    return await _found(Model(ITEMS, ITEM), reader, asked, told, All(terms_of(term, "term")))


async def _with_taxes(tx: Tx, asked: Request, values: dict[str, Any]) -> dict[str, Any]:
    """The values of an item, whose taxes may be named by rate or classification."""
    wanted = values.pop(TAXES, None)
    if not wanted or values.get("tax_ids"):
        return values
    named = []
    for at, one in enumerate(wanted):
        rate = _rate(one.get("rate"), at)
        named.append({"rate": rate, "classification": one.get("classification")})
        if rate is None and not isinstance(one.get("classification"), str):
            raise Refused(Problem("required", ("_itemTaxes", at, "rate")))
    rates = await _taxes(tx, asked, named)
    ids = []
    for at, one in enumerate(named):
        match = _match(one, rates)
        if match is None:
            raise Refused(Problem("unknown_reference", ("_itemTaxes", at), "a tax"))
        ids.append(match.id)
    return {**values, "tax_ids": ids}


def _rate(given: Any, at: int) -> Decimal | None:
    if given in (None, ""):
        return None
    try:
        rate: Decimal = NUMBER.decode(given)
    except Refused as refused:
        raise Refused(*(one.within("_itemTaxes", at, "rate") for one in refused.problems)) from None
    return rate


_ITEM, _TAX = Model(ITEMS, ITEM), Model(TAX_RATES, TAX)
_VERBS = {
    "page": _page,
    "count": _count,
    "get": _get,
    "create": _create,
    "change": _change,
    "replace": _replace,
    "delete": _delete,
}
ITEM_VERBS: Mapping[str, Verb] = {name: partial(verb, _ITEM) for name, verb in _VERBS.items()}
TAX_VERBS: Mapping[str, Verb] = {name: partial(verb, _TAX) for name, verb in _VERBS.items()}


# The items of documents


async def taken_up(
    tx: Tx, asked: Request, given: Sequence[Mapping[str, Any]], places: int
) -> list[dict[str, Any]]:
    """The lines of a document with their figures cut, the taxes and items that they mean, and what they
    want to be saved."""
    found = lines.cut(given, places)
    await _load(tx, asked, found)
    await _match_taxes(tx, asked, found)
    for line in found:
        if line.pop(lines.SAVE, False) and line.get("item_id") is None:
            line["item_id"] = (await _saved(tx, asked, line)).id
    return found


async def _load(tx: Tx, asked: Request, found: Sequence[dict[str, Any]]) -> None:
    """Names the item of a line that is to be loaded by its SKU."""
    skus = {line["sku"] for line in found if line.pop(lines.LOAD, False) and line.get("sku")}
    if not skus:
        return
    query = Query(Compare("sku", Op.IN, tuple(sorted(skus))), ID_ORDER, MATCHED_MAX, counted=False)
    items = {one.sku: one.id for one in reversed((await catalog.page(ITEMS, tx, asked, query)).records)}
    for at, line in enumerate(found):
        if line.get("sku") in skus and line.get("item_id") is None:
            line["item_id"] = items.get(line["sku"])
            if line["item_id"] is None and not line.get("name"):
                raise Refused(Problem("unknown_reference", ("_documentItems", at, "SKU"), "an item"))


async def _match_taxes(tx: Tx, asked: Request, found: Sequence[dict[str, Any]]) -> None:
    """Fills in which of the organization's taxes is meant by a rate or classification."""
    plain = [
        tax
        for line in found
        for tax in line.get("taxes") or ()
        if tax.get("tax_id") is None and (tax.get("rate") is not None or tax.get("classification"))
    ]
    rates = await _taxes(tx, asked, plain) if plain else ()
    for tax in plain:
        match = _match(tax, rates)
        if match is not None:
            tax |= {"tax_id": match.id, "classification": match.classification}
            tax["name"] = tax.get("name") or match.name


async def _taxes(tx: Tx, asked: Request, named: Iterable[Mapping[str, Any]]) -> Sequence[TaxRate]:
    parts: list[Node] = []
    for one in named:
        if one.get("rate") is not None:
            parts.append(Compare("rate", Op.EQ, Decimal(one["rate"])))
        elif one.get("classification"):
            parts.append(Compare("classification", Op.EQ, str(one["classification"])))
    where = Either(tuple(dict.fromkeys(parts)))
    query = Query(where, ID_ORDER, MATCHED_MAX, counted=False)
    records: Sequence[TaxRate] = (await catalog.page(TAX_RATES, tx, asked, query)).records
    return records


def _match(tax: Mapping[str, Any], rates: Sequence[TaxRate]) -> TaxRate | None:
    """The oldest tax in percent that is what was said of it."""
    rate, classification = tax.get("rate"), tax.get("classification")
    return next(
        (
            one
            for one in rates
            if one.is_percent
            and not one.is_inclusive
            and (rate is None or one.rate == Decimal(rate))
            and (classification is None or one.classification == classification)
        ),
        None,
    )


async def _saved(tx: Tx, asked: Request, line: Mapping[str, Any]) -> Item:
    """The item that a line is kept as."""
    ids = [tax["tax_id"] for tax in line.get("taxes") or () if tax.get("tax_id")]
    words = {name: line.get(name) for name in ("name", "description", "unit", "sku")}
    prices = {
        name: None if line.get(name) is None else round(Decimal(line[name]), PRICE_PLACES)
        for name in ("price", "gross_price")
    }
    item: Item = await catalog.create(ITEMS, tx, asked, {**words, **prices, "tax_ids": ids or None})
    return item
