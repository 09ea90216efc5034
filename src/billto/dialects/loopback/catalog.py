"""v1: items and taxes, in the order of the documented objects."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from billto.dialects import codecs
from billto.dialects.codecs import Codec, shaped
from billto.dialects.loopback.lenient import BOOL, ID, MOMENT, NUMBER, TEXT
from billto.dialects.loopback.nested import uuid_of
from billto.dialects.wire import FIND, REQ, RO, RW, SORT, WO, Table, derived, row, woven
from billto.domain.attrs import METADATA
from billto.domain.catalog import Item, TaxRate
from billto.domain.ids import read_id
from billto.domain.numerals import spelt
from billto.domain.problems import Problem, Refused
from billto.domain.versions import Edit

BOTH = (FIND, SORT)
TAXES = "*taxes"  # what `_itemTaxes` says, which no attribute does
_ABBREVIATION = "abbreviation"  # of a tax; kept among its metadata, since several taxes may share one

AMOUNT = Codec(
    lambda value: codecs.AMOUNT.decode(NUMBER.decode(value)),
    spelt,
    lambda text: codecs.AMOUNT.decode(NUMBER.decode(text)),
    codecs.AMOUNT.schema,
)
assert METADATA.shape is not None
_CUSTOM = shaped(METADATA.shape)


def _tax_ids(given: Any) -> Mapping[str, Any]:
    if given in (None, [], ""):
        return {"tax_ids": None}
    if not isinstance(given, list):
        raise Refused(Problem("wrong_type", detail="a list"))
    if len(given) > 10:
        raise Refused(Problem("too_many", detail="10"))
    ids = [read_id(one) if isinstance(one, str) else None for one in given]
    wrong = [at for at, one in enumerate(ids) if one is None]
    if wrong:
        raise Refused(*(Problem("invalid_format", (at,), "24 hexadecimal digits") for at in wrong))
    return {"tax_ids": ids}


def _item_taxes(given: Any) -> Mapping[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise Refused(Problem("wrong_type", detail="a list of objects"))
    return {TAXES: given}


ITEM = Table(
    Item,
    #   on the wire           attribute             codec     access  questions
    row("id",                 "id",                 ID,       RO,     *BOTH),
    row("organizationId",     "entity_id",          ID,       RO,     FIND),
    row("name",               "name",               TEXT,     REQ,    *BOTH),
    row("description",        "description",        TEXT,     RW,     FIND),
    row("unit",               "unit",               TEXT,     RW,     *BOTH),
    row("price",              "price",              AMOUNT,   RW,     *BOTH),
    row("priceGross",         "gross_price",        AMOUNT,   RW,     *BOTH),
    woven("taxIds",           lambda item: item.tax_ids or [], _tax_ids,
          {"type": "array", "items": {"type": "string"}}, ("tax_ids",)),
    woven("_itemTaxes",       lambda item: None, _item_taxes, {"type": "array"}, (), WO),
    row("SKU",                "sku",                TEXT,     RW,     *BOTH),
    row("custom",             "metadata",           _CUSTOM,  RW,     FIND),
    row("createdAt",          "created_at",         MOMENT,   RO,     *BOTH),
    row("updatedAt",          "updated_at",         MOMENT,   RO,     *BOTH),
)  # fmt: skip


# A tax has one rate here, in v1 a list of them


def _rates(tax: TaxRate) -> list[dict[str, Any]]:
    return [{"id": uuid_of(tax.id, 1), "rate": spelt(tax.rate), "dateValidFrom": "1970-01-01"}]


def _sets_rates(given: Any) -> Mapping[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise Refused(Problem("wrong_type", detail="a list of objects"))
    if len(given) != 1:
        raise Refused(Problem("bad_cell", detail="must be one rate: a tax that changes is another tax"))
    if given[0].get("rate") in (None, ""):
        raise Refused(Problem("required", (0, "rate")))
    try:
        rate: Decimal = AMOUNT.decode(given[0]["rate"])
    except Refused as refused:
        raise Refused(*(one.within(0, "rate") for one in refused.problems)) from None
    if not 0 <= rate <= 100:
        raise Refused(Problem("out_of_range", (0, "rate"), "0 to 100"))
    return {"rate": rate}


def _abbreviation(given: Any) -> Mapping[str, Any]:
    said = None if given is None else TEXT.decode(given)
    kept = {} if not said else _CUSTOM.decode({_ABBREVIATION: said})

    def step(before: Any) -> Any:
        return {**{name: one for name, one in (before or {}).items() if name != _ABBREVIATION}, **kept}

    return {"metadata": Edit((step,))}


def _sets_custom(given: Any) -> Mapping[str, Any]:
    said = {} if given in (None, []) else _CUSTOM.decode(given)

    def step(before: Any) -> Any:
        kept = {name: one for name, one in (before or {}).items() if name == _ABBREVIATION}
        return {**{name: one for name, one in said.items() if name != _ABBREVIATION}, **kept}

    return {"metadata": Edit((step,))}


def _custom(tax: TaxRate) -> dict[str, str]:
    return {name: one for name, one in tax.metadata.items() if name != _ABBREVIATION}


def _never_compound(given: Any) -> Mapping[str, Any]:
    if given is not None and BOOL.decode(given):
        raise Refused(Problem("bad_cell", detail="a tax on top of other taxes is not counted here"))
    return {}


TAX = Table(
    TaxRate,
    #   on the wire           attribute             codec     access  questions
    row("id",                 "id",                 ID,       RO,     *BOTH),
    row("organizationId",     "entity_id",          ID,       RO,     FIND),
    row("name",               "name",               TEXT,     REQ,    *BOTH),
    woven("abbreviation",     lambda tax: tax.metadata.get(_ABBREVIATION), _abbreviation,
          {"type": ["string", "null"]}, ("metadata",)),
    row("classification",     "classification",     TEXT,     RW,     *BOTH),
    woven("_taxRates",        _rates, _sets_rates, {"type": "array"}, ("id", "rate"), REQ),
    derived("recoverable",    lambda tax: True, {"type": "boolean"}, "Nothing here is counted by it."),
    woven("compound",         lambda tax: False, _never_compound, {"type": "boolean"}, ()),
    woven("custom",           _custom, _sets_custom, {"type": "object"}, ("metadata",)),
    row("createdAt",          "created_at",         MOMENT,   RO,     *BOTH),
    row("updatedAt",          "updated_at",         MOMENT,   RO,     *BOTH),
)  # fmt: skip
