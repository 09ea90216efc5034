"""Invoiced: items and tax rates. Their ids are names that the client chose, such as `delivery` and `vat`."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from billto.app import cadences, catalog
from billto.app.parts import Reader, Request, Tx
from billto.dialects.codecs import Codec
from billto.dialects.dialect import Said, Told, Verb
from billto.dialects.invoiced import query
from billto.dialects.invoiced.answers import listed_as
from billto.dialects.invoiced.codecs import BOOL, CURRENCY, METADATA, NUMBER, TEXT, UNIX
from billto.dialects.invoiced.lines import names_of
from billto.dialects.invoiced.reading import fields
from billto.dialects.invoiced.rows import BOTH, fixed
from billto.dialects.tags import tagged
from billto.dialects.wire import FIND, REQ, RO, RW, Table, derived, row, woven
from billto.domain.catalog import Item, TaxRate
from billto.domain.document import TAXES_MAX
from billto.domain.ids import read_id
from billto.domain.nodes import storable
from billto.domain.problems import Problem, Refused

_NULL = {"type": "null"}


def _code(value: Any) -> str:
    text: str = TEXT.decode(value)
    if read_id(text) == text or "/" in text:
        raise Refused(Problem("invalid_format", detail="no slash, and not 24 hexadecimal digits"))
    return text


# The name of a client's own choosing; what another door made has none and is called by its id.
CODE = Codec(_code, None, _code, {"type": "string"})


def _item_taxes(given: Any) -> dict[str, Any]:
    return {"tax_ids": names_of(given, "tax rate", TAXES_MAX) or None}


TAX_RATE = Table(
    TaxRate,
    row("created_at", "created_at",    UNIX,     RO,  *BOTH),
    row("currency",   "currency_code", CURRENCY, RW,  *BOTH),
    row("id",         "code",          CODE,    RW,  *BOTH),
    row("inclusive",  "is_inclusive",  BOOL,     RW,  *BOTH),
    row("is_percent", "is_percent",    BOOL,     RW,  *BOTH),
    row("metadata",   "metadata",      METADATA, RW),
    row("name",       "name",          TEXT,     REQ, *BOTH),
    fixed("object", "tax_rate"),
    row("updated_at", "updated_at",    UNIX,     RO,  *BOTH),
    row("value",      "rate",          NUMBER,   REQ),
    blank_is_null=True,
    null_is_default=True,
)  # fmt: skip

ITEM = Table(
    Item,
    derived("avalara_location_code", lambda _item: None, _NULL),
    derived("avalara_tax_code", lambda _item: None, _NULL),
    row("created_at",   "created_at",      UNIX,     RO,  *BOTH),
    row("currency",     "currency_code",   CURRENCY, RW,  *BOTH),
    row("description",  "description",     TEXT,     RW),
    row("discountable", "is_discountable", BOOL,     RW,  FIND),
    derived("gl_account", lambda _item: None, _NULL),
    row("id",           "code",            CODE,    RW,  *BOTH),
    row("metadata",     "metadata",        METADATA, RW),
    row("name",         "name",            TEXT,     REQ, *BOTH),
    fixed("object", "item"),
    row("taxable",      "is_taxable",      BOOL,     RW,  FIND),
    woven("taxes", lambda item: list(item.tax_ids or ()), _item_taxes,
          {"type": "array", "items": {"type": ["object", "string"]}}, ("tax_ids",)),
    row("type",         "category",        TEXT,     RW,  *BOTH),
    row("unit_cost",    "price",           NUMBER,   RW),
    row("updated_at",   "updated_at",      UNIX,     RO,  *BOTH),
    blank_is_null=True,
    null_is_default=True,
)  # fmt: skip


class Goods(NamedTuple):
    """A kind of record that is called by a name."""

    table: Table
    of: catalog.Kind
    step: str = ""  # what steps of cadences call it by

    @property
    def called(self) -> str:
        return self.of.record.__name__


TAX_RATES = Goods(TAX_RATE, catalog.TAX_RATES)
ITEMS = Goods(ITEM, catalog.ITEMS)


def create(goods: Goods) -> Verb:
    async def verb(tx: Tx, asked: Request, told: Told) -> Said:
        said = {name: value for name, value in fields(told).items() if value not in (None, "")}
        values = await _checked(tx, asked, goods.table.decode(said, creating=True))
        return await _said(goods, tx, asked, await catalog.create(goods.of, tx, asked, values))

    return verb


def get(goods: Goods) -> Verb:
    async def verb(reader: Reader, asked: Request, told: Told) -> Said:
        return await _said(goods, reader, asked, await _found(goods, reader, asked, told))

    return verb


def page(goods: Goods) -> Verb:
    async def verb(reader: Reader, asked: Request, told: Told) -> Said:
        question = query.read(goods.table, told.given).query
        found = await catalog.page(goods.of, reader, asked, question)
        shown = await _shown(goods, reader, asked, found.records)
        return listed_as(shown, found.total or 0, question.skip, question.limit, told.url, told.given)

    return verb


def change(goods: Goods) -> Verb:
    """A change; the name stays, for lines of drafts and customers know the record by it."""

    async def verb(tx: Tx, asked: Request, told: Told) -> Said:
        old = await _found(goods, tx, asked, told)
        said = {name: value for name, value in fields(told).items() if name != "id"}
        values = await _checked(tx, asked, goods.table.decode(said, creating=False))
        new = await catalog.change(goods.of, tx, asked, old.id, values)
        return await _said(goods, tx, asked, new)

    return verb


def drop(goods: Goods) -> Verb:
    async def verb(tx: Tx, asked: Request, told: Told) -> Said:
        old = await _found(goods, tx, asked, told)
        names = [one for one in (old.code, old.id) if one]
        if goods.step and (used := await cadences.uses_of(tx, asked, goods.step, names)):
            raise Refused(Problem("in_use", detail=f"chasing cadence {used[0].serial}"))
        await catalog.erase(goods.of, tx, asked, old.id)
        return Said(None)

    return verb


async def shown_rates(reader: Reader, asked: Request, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Tax rates as they are shown, by their names and by their ids; those that do not exist are left out."""
    there = await catalog.named(catalog.TAX_RATES, reader, asked, names) if names else {}
    return {name: _plain(TAX_RATES, one) for name, one in there.items()}


async def _checked(reader: Reader, asked: Request, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values, with the ids of the tax rates that they name; a rate is not less than nothing."""
    if values.get("rate", 0) < 0:
        raise Refused(Problem("out_of_range", ("rate",), "0 or more"))
    names = values.get("tax_ids")
    if not names:
        return dict(values)
    there = await catalog.named(catalog.TAX_RATES, reader, asked, names)
    for name in names:
        if name not in there:
            raise Refused(Problem("unknown_reference", ("tax_ids",), f"tax rate {name}"))
    return {**values, "tax_ids": [there[name].id for name in names]}


async def _found(goods: Goods, reader: Reader, asked: Request, told: Told) -> Any:
    name = told.ids["name"]
    fits = len(name) <= 100 and storable(name)
    there = await catalog.named(goods.of, reader, asked, (name,)) if fits else {}
    if name not in there:
        raise Refused(Problem("not_found", detail=goods.called))
    return there[name]


async def _said(goods: Goods, reader: Reader, asked: Request, one: Any) -> Said:
    (shown,) = await _shown(goods, reader, asked, (one,))
    return Said(shown, headers=tagged(one), shows=one.id)


async def _shown(goods: Goods, reader: Reader, asked: Request, some: Sequence[Any]) -> list[dict[str, Any]]:
    if "tax_ids" not in goods.table.attrs:
        return [_plain(goods, one) for one in some]
    rates = await shown_rates(reader, asked, sorted({id for one in some for id in one.tax_ids or ()}))
    return [
        {**_plain(goods, one), "taxes": [rates[id] for id in one.tax_ids or () if id in rates]}
        for one in some
    ]


def _plain(goods: Goods, one: Any) -> dict[str, Any]:
    return {**goods.table.encode(one), "id": one.code or one.id}
