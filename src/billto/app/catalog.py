"""What can be done with items and tax rates, and how lines of documents take them up."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from billto.app import records
from billto.app.parts import Id, Reader, Request, Tx
from billto.domain.catalog import Item, TaxRate
from billto.domain.ids import read_id
from billto.domain.paging import unambiguous
from billto.domain.problems import Problem, Refused
from billto.domain.query import Compare, Op, Page, Query
from billto.domain.stored_template import EmailTemplate, SmsTemplate
from billto.domain.versions import edited, touched


class Kind(NamedTuple):
    """A kind of record of the catalog."""

    record: type[Any]
    called: str  # in the names of its events


ITEMS = Kind(Item, "item")
TAX_RATES = Kind(TaxRate, "tax_rate")
EMAIL_TEMPLATES = Kind(EmailTemplate, "email_template")
SMS_TEMPLATES = Kind(SmsTemplate, "sms_template")

# What a line takes over from its item, where it says nothing of its own.
_OF_ITEM = ("name", "description", "category", "sku", "unit", "is_taxable", "is_discountable")


async def create(kind: Kind, tx: Tx, asked: Request, values: Mapping[str, Any]) -> Any:
    given = edited(values, kind.record._field_defaults.get)
    made = kind.record(
        **{"metadata": {}, **given}, entity_id=asked.scope.entity, id=tx.new_id(), serial=0, version=1,
        created_at=tx.now, updated_at=tx.now,
    )  # fmt: skip
    await _check_taxes(tx, asked, made)
    stored = await tx.insert(made)
    await records.note(tx, asked, f"{kind.called}.created", stored)
    return stored


async def get(kind: Kind, reader: Reader, asked: Request, id: Id) -> Any:
    return await records.get(reader, asked, kind.record, id)


async def by_code(kind: Kind, reader: Reader, asked: Request, code: str) -> Any:
    """The one that programs call so."""
    found = await _by(kind.record, reader, asked, "code", (code,))
    if not found:
        raise Refused(Problem("not_found", detail=kind.record.__name__))
    return found[0]


async def named(kind: Kind, reader: Reader, asked: Request, names: Sequence[str]) -> dict[str, Any]:
    """Those that doors know by one name, by that name: their code, or their id where they have none."""
    ids = [one for one in names if read_id(one) == one]
    codes = sorted({*names}.difference(ids))
    found = [
        *await _by(kind.record, reader, asked, "code", codes),
        *await _by(kind.record, reader, asked, "id", sorted({*ids})),
    ]
    return {name: one for one in found for name in (one.id, one.code) if name in names}


async def page(kind: Kind, reader: Reader, asked: Request, query: Query) -> Page:
    return await reader.page(kind.record, asked.scope, query)


async def change(kind: Kind, tx: Tx, asked: Request, id: Id, values: Mapping[str, Any]) -> Any:
    def becomes(old: Any, now: datetime) -> Any:
        given = edited(values, old._asdict().__getitem__)
        return touched(old, _priced(given, old) if isinstance(old, Item) else given, now)

    new = await records.change(tx, asked, kind.record, id, f"{kind.called}.updated", becomes)
    await _check_taxes(tx, asked, new)
    return new


_PRICES = ("price", "gross_price")


def _priced(given: Mapping[str, Any], old: Item) -> dict[str, Any]:
    """The values of an item, in which a new price alone takes the place of a gross price, and the other way
    round."""
    new = [name for name in _PRICES if given.get(name) not in (None, getattr(old, name))]
    others = {name: None for name in _PRICES if name not in given} if new else {}
    return {**given, **others}


async def erase(kind: Kind, tx: Tx, asked: Request, id: Id) -> Any:
    """Takes it out for good: documents have what they need of it in their own lines."""
    old = await records.expected(tx, asked, kind.record, id)
    await tx.delete(old, asked.scope)
    await tx.forget(asked.scope.tenant_id, old.id)
    await records.note(tx, asked, f"{kind.called}.deleted", old)
    return old


async def with_catalog(reader: Reader, asked: Request, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a document, whose lines have what their items and tax rates say; what a line says wins.

    Taxes may name a rate of the entity by `tax_id`, `code` or `classification`.
    """
    lines: Sequence[Mapping[str, Any]] | None = values.get("lines")
    if not lines and not values.get("taxes"):
        return dict(values)
    items = await _items(reader, asked, lines or ())
    filled = [_filled(line, items) for line in lines or ()]
    groups = [line.get("taxes") or () for line in filled] + [values.get("taxes") or ()]
    rates = await _rates(reader, asked, [tax for group in groups for tax in group])
    for at, line in enumerate(filled):
        if line.get("taxes"):
            line["taxes"] = [
                _rate(tax, rates, ("lines", at, "taxes", number)) for number, tax in enumerate(line["taxes"])
            ]
    more: dict[str, Any] = {} if lines is None else {"lines": filled}
    if values.get("taxes"):
        more["taxes"] = [_rate(tax, rates, ("taxes", at)) for at, tax in enumerate(values["taxes"])]
    return {**values, **more}


def _filled(line: Mapping[str, Any], items: Mapping[str, Item]) -> dict[str, Any]:
    id = line.get("item_id")
    if id is None:
        return dict(line)
    item = items[id]
    own = {name: getattr(item, name) for name in _OF_ITEM}
    if line.get("price") is None and line.get("gross_price") is None:
        own |= {"price": item.price, "gross_price": item.gross_price}
    if "taxes" not in line and item.tax_ids:
        own["taxes"] = [{"tax_id": one} for one in item.tax_ids]
    said = {name: value for name, value in line.items() if value is not None}
    return {name: value for name, value in own.items() if value is not None} | said


async def _items(reader: Reader, asked: Request, lines: Sequence[Mapping[str, Any]]) -> dict[str, Item]:
    ids = {str(line["item_id"]) for line in lines if line.get("item_id")}
    found = {one.id: one for one in await _by(Item, reader, asked, "id", sorted(ids))}
    for at, line in enumerate(lines):
        if (id := line.get("item_id")) and id not in found:
            raise Refused(Problem("unknown_reference", ("lines", at, "item_id"), f"item {id}"))
    return found


_Rates = Mapping[tuple[str, str], TaxRate]
_NAMES = {"tax_id": "id", "code": "code", "classification": "classification"}


async def _rates(reader: Reader, asked: Request, taxes: Sequence[Mapping[str, Any]]) -> _Rates:
    rates: dict[tuple[str, str], TaxRate] = {}
    for name, attr in _NAMES.items():
        wanted = {str(tax[name]) for tax in taxes if tax.get(name) and tax.get("rate") is None}
        for one in await _by(TaxRate, reader, asked, attr, sorted(wanted)):
            rates[name, str(getattr(one, attr))] = one
    return rates


def _rate(tax: Mapping[str, Any], rates: _Rates, path: tuple[str | int, ...]) -> dict[str, Any]:
    if tax.get("rate") is not None:
        return dict(tax)
    for name in _NAMES:
        if said := tax.get(name):
            if (found := rates.get((name, str(said)))) is None:
                raise Refused(Problem("unknown_reference", (*path, name), f"tax rate {said}"))
            return {
                "rate": found.rate, "tax_id": found.id, "code": found.code, "name": found.name,
                "classification": found.classification, "is_percent": found.is_percent,
                "is_inclusive": found.is_inclusive,
                **{name: value for name, value in tax.items() if value is not None},
            }  # fmt: skip
    raise Refused(Problem("required", (*path, "rate")))


async def _check_taxes(reader: Reader, asked: Request, record: Any) -> None:
    ids = getattr(record, "tax_ids", None) or ()
    found = {one.id for one in await _by(TaxRate, reader, asked, "id", sorted(set(ids)))}
    for at, id in enumerate(ids):
        if id not in found:
            raise Refused(Problem("unknown_reference", ("tax_ids", at), f"tax rate {id}"))


async def _by(
    record: type[Any], reader: Reader, asked: Request, attr: str, values: Sequence[str]
) -> tuple[Any, ...]:
    if not values:
        return ()
    query = Query(Compare(attr, Op.IN, tuple(values)), unambiguous(()), limit=len(values), counted=False)
    return (await reader.page(record, asked.scope, query)).records
