"""Invoiced: notes about a customer and its pending line items, which have addresses below the customer's."""

from collections.abc import Callable
from typing import Any, NamedTuple

from billto.app import belongings, catalog, customers
from billto.app.belongings import Belonging
from billto.app.parts import Reader, Request, Tx
from billto.dialects.dialect import Said, Told
from billto.dialects.invoiced import query
from billto.dialects.invoiced.answers import listed_as
from billto.dialects.invoiced.codecs import BOOL, METADATA, NUMBER, TEXT, UNIX, WHOLE, write_number
from billto.dialects.invoiced.lines import names_of
from billto.dialects.invoiced.reading import fields, id_of
from billto.dialects.invoiced.rows import BOTH, fixed, nothing_of, refusing
from billto.dialects.invoiced.verbs import customer_id
from billto.dialects.wire import FIND, REQ, RO, RW, SORT, Table, derived, row, woven
from billto.domain.customer import Customer
from billto.domain.line_item import LineItem, amount
from billto.domain.note import Note
from billto.domain.problems import Problem, Refused
from billto.domain.query import Compare, Node, Op

_NULLABLE = {"type": ["string", "null"]}
_EMPTY = {"type": "array", "maxItems": 0}
_NONE_KEPT = "pending line items keep no {}: say them on the invoice"
# What a pending item has from the item that it names: it is a copy, and does not remember the name.
_OF_ITEM = (
    ("description", "description"), ("discountable", "is_discountable"), ("name", "name"),
    ("taxable", "is_taxable"), ("type", "category"), ("unit_cost", "price"),
)  # fmt: skip

NOTE = Table(
    Note,
    row("created_at", "created_at", UNIX,  RO,  *BOTH),
    row("customer",   "customer",   WHOLE, RO,  *BOTH),
    row("id",         "serial",     WHOLE, RO,  *BOTH),
    fixed("invoice", None),
    row("notes",      "content",    TEXT,  REQ),
    fixed("object", "note"),
    row("updated_at", "updated_at", UNIX,  RO,  *BOTH),
    derived("user", lambda _note: None, {"type": "null"}, "null: keys are nobody's in particular."),
    blank_is_null=True,
    null_is_default=True,
)  # fmt: skip

LINE_ITEM = Table(
    LineItem,
    derived("amount", lambda item: write_number(amount(item)), {"type": "number"}),
    woven("catalog_item", lambda _item: None, lambda _given: {}, _NULLABLE, ()),
    row("created_at",   "created_at",      UNIX,     RO,  *BOTH),
    row("customer",     "customer",        WHOLE,    RO,  *BOTH),
    row("description",  "description",     TEXT,     RW),
    row("discountable", "is_discountable", BOOL,     RW,  FIND),
    woven("discounts", lambda _item: [], refusing(_NONE_KEPT.format("discounts")), _EMPTY, ()),
    row("id",           "serial",          WHOLE,    RO,  *BOTH),
    row("metadata",     "metadata",        METADATA, RW),
    row("name",         "name",            TEXT,     REQ, *BOTH),
    fixed("object", "line_item"),
    woven("plan", lambda _item: None, nothing_of("plan"), _NULLABLE, ()),
    row("quantity",     "quantity",        NUMBER,   RW),
    row("taxable",      "is_taxable",      BOOL,     RW,  FIND),
    woven("taxes", lambda _item: [], refusing(_NONE_KEPT.format("taxes")), _EMPTY, ()),
    row("type",         "kind",            TEXT,     RW,  FIND, SORT),
    row("unit_cost",    "unit_cost",       NUMBER,   RW),
    row("updated_at",   "updated_at",      UNIX,     RO,  *BOTH),
    blank_is_null=True,
    null_is_default=True,
)  # fmt: skip

Verb = Callable[[Any, Request, Told], Any]


class Kind(NamedTuple):
    """What belongs to a customer: its table, its verbs, the name that addresses have for its id."""

    table: Table
    of: Belonging
    place: str

    @property
    def called(self) -> str:
        return self.table.record.__name__


NOTES = Kind(NOTE, belongings.NOTES, "note")
LINE_ITEMS = Kind(LINE_ITEM, belongings.LINE_ITEMS, "line_item")


def page(kind: Kind) -> Verb:
    """Those of the customer in the address; of all customers where the address names none."""

    async def verb(reader: Reader, asked: Request, told: Told) -> Said:
        within: Node | None = None
        if "id" in told.ids:
            of = await customers.live(reader, asked, customer_id(told))
            within = Compare("customer_id", Op.EQ, of.id)
        question = query.read(kind.table, told.given, within=within).query
        found = await belongings.page(kind.of, reader, asked, question)
        shown = list(map(kind.table.encode, found.records))
        return listed_as(shown, found.total or 0, question.skip, question.limit, told.url, told.given)

    return verb


def get(kind: Kind) -> Verb:
    async def verb(reader: Reader, asked: Request, told: Told) -> Said:
        return Said(kind.table.encode(await _found(kind, reader, asked, told)))

    return verb


def create(kind: Kind) -> Verb:
    async def verb(tx: Tx, asked: Request, told: Told) -> Said:
        values = kind.table.decode(await _filled(kind, tx, asked, fields(told)), creating=True)
        of = await _owner(tx, asked, told)
        made = await belongings.create(kind.of, tx, asked, of, values)
        return Said(kind.table.encode(made), shows=of.id)

    return verb


def change(kind: Kind) -> Verb:
    async def verb(tx: Tx, asked: Request, told: Told) -> Said:
        values = kind.table.decode(await _filled(kind, tx, asked, fields(told)), creating=False)
        old = await _found(kind, tx, asked, told)
        new = await belongings.change(kind.of, tx, asked, old.serial, values)
        return Said(kind.table.encode(new), shows=new.customer_id)

    return verb


def drop(kind: Kind) -> Verb:
    async def verb(tx: Tx, asked: Request, told: Told) -> Said:
        old = await _found(kind, tx, asked, told)
        await belongings.erase(kind.of, tx, asked, old.serial)
        return Said(None)

    return verb


async def _filled(kind: Kind, reader: Reader, asked: Request, said: dict[str, Any]) -> dict[str, Any]:
    """What a body says, with what its item says where the body does not."""
    if kind is not LINE_ITEMS or not said.get("catalog_item"):
        return said
    try:
        (name,) = names_of(said["catalog_item"], "item", 1)
    except Refused as refused:
        raise Refused(*(one.within("catalog_item") for one in refused.problems)) from None
    item = (await catalog.named(catalog.ITEMS, reader, asked, (name,))).get(name)
    if item is None:
        raise Refused(Problem("unknown_reference", ("catalog_item",), f"item {name}"))
    if item.tax_ids:
        raise Refused(Problem("not_offered", ("catalog_item",), _NONE_KEPT.format("taxes")))
    own = {wire: getattr(item, attr) for wire, attr in _OF_ITEM}
    shown = {wire: value for wire, value in own.items() if value is not None}
    return shown | {wire: value for wire, value in said.items() if value not in (None, "")}


async def _found(kind: Kind, reader: Reader, asked: Request, told: Told) -> Any:
    """The one in the address; one of another customer than the address names is not there."""
    of = await customers.live(reader, asked, customer_id(told)) if "id" in told.ids else None
    found = await belongings.get(kind.of, reader, asked, id_of(told, kind.place, kind.called))
    if of is not None and found.customer_id != of.id:
        raise Refused(Problem("not_found", detail=kind.called))
    return found


async def _owner(tx: Tx, asked: Request, told: Told) -> Customer:
    """Whom a new one belongs to: the customer in the address, or the one that the body names."""
    if "id" in told.ids:
        return await customers.hold(tx, asked, customer_id(told))
    said = fields(told)
    if said.get("invoice_id"):
        raise Refused(Problem("not_offered", ("invoice_id",), "notes are kept about customers only"))
    if said.get("customer_id") in (None, ""):
        raise Refused(Problem("required", ("customer_id",)))
    try:
        return await customers.hold(tx, asked, WHOLE.decode(said["customer_id"]))
    except Refused as refused:
        if refused.status not in (404, 422):
            raise
        shown = str(said["customer_id"])[:100]
        raise Refused(Problem("unknown_reference", ("customer_id",), f"customer {shown}")) from None
