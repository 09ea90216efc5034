"""Space Invoices: what is done with documents of each type."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from billto.app import catalog, documents, numbers, records
from billto.app.documents import Wish
from billto.app.parts import Id, Reader, Request, Tx
from billto.dialects.codecs import AMOUNT, read_day
from billto.dialects.dialect import Said, Told, Verb
from billto.dialects.spaceinvoices import receipts
from billto.dialects.spaceinvoices.documents import DOCUMENT
from billto.dialects.spaceinvoices.lines import kept
from billto.dialects.tags import tagged
from billto.domain import issuing
from billto.domain.document import PAYABLE, Document
from billto.domain.ids import read_id
from billto.domain.nodes import Problems, Text
from billto.domain.problems import Problem, Refused
from billto.domain.query import Compare, Either, Op, Page, Query

_REASON = Text(most=500)
# What of a line is said of the item too that it is saved as.
_SAVED = ("name", "description", "category", "unit", "price", "gross_price", "metadata")


def create(kind: str) -> Verb:
    async def verb(tx: Tx, asked: Request, values: Mapping[str, Any]) -> Document:
        given, wish = _wish(values, is_draft=False)
        _check_receipts(kind, wish)
        given = await _with_items(tx, asked, given)
        with receipts.spelt(wish.receipts):
            return await documents.create(tx, asked, kind, given, wish)

    return verb


def change(kind: str) -> Verb:
    """What is said as it stands already is not said: a client may send back what it was answered."""

    async def verb(tx: Tx, asked: Request, id: Id, values: Mapping[str, Any]) -> Document:
        old = await documents.get(tx, asked._replace(shows=None), id, kind=kind)
        stands = DOCUMENT.decode(DOCUMENT.encode(old), creating=False)
        news = {name: value for name, value in values.items() if name not in stands or stands[name] != value}
        given, wish = _wish(news, is_draft=old.issued_at is None)
        _check_receipts(kind, wish)
        if old.issued_at is not None and wish.is_draft:
            raise Refused(Problem("issued_already", ("is_draft",)))
        if wish.receipts and (wish.is_draft or old.issued_at is not None):
            code = "issued_already" if old.issued_at is not None else "still_draft"
            raise Refused(Problem(code, ("receipts",)))
        if "lines" in given:
            given["lines"] = kept(given["lines"], old.lines)
        given = await _with_items(tx, asked, given)
        with receipts.spelt(wish.receipts):
            return await documents.change(tx, asked, id, given, wish, kind=kind)

    return verb


def get(kind: str = "") -> Verb:
    async def verb(reader: Reader, asked: Request, id: Id) -> Document:
        return await documents.get(reader, asked, id, kind=kind)

    return verb


def page(kind: str = "") -> Verb:
    """Documents of a type; asked for the trash, none: they have no such thing."""

    async def verb(reader: Reader, asked: Request, query: Query) -> Page:
        if query.trashed:
            query = query.within(Either())
        return await documents.page(
            reader, asked, query.within(Compare("type", Op.EQ, kind)) if kind else query
        )

    return verb


def drop(kind: str) -> Verb:
    async def verb(tx: Tx, asked: Request, id: Id) -> Document:
        return await documents.drop(tx, asked, id, kind=kind)

    return verb


def finalize(kind: str = "") -> Verb:
    async def verb(tx: Tx, asked: Request, id: Id) -> Document:
        return await documents.issue(tx, asked, id, kind=kind)

    return verb


def close(kind: str) -> Verb:
    async def verb(tx: Tx, asked: Request, id: Id) -> Document:
        return await documents.close(tx, asked, id, kind=kind)

    return verb


def reopen(kind: str) -> Verb:
    async def verb(tx: Tx, asked: Request, id: Id) -> Document:
        return await documents.reopen(tx, asked, id, kind=kind)

    return verb


def void(kind: str = "") -> Verb:
    """A reason may be given, and a body need not be."""

    async def verb(tx: Tx, asked: Request, told: Told) -> Said:
        id, reason = _id(told), _reason(told.body)
        document = await documents.void(tx, asked, id, reason, kind=kind)
        return Said(DOCUMENT.encode(document), headers=tagged(document), shows=document.id)

    return verb


def next_number(kind: str) -> Verb:
    """The number that a document of today, or of another day, would get; it is not taken by this."""

    async def verb(reader: Reader, asked: Request, told: Told) -> Said:
        entity = await records.seller(reader, asked)
        day = _day(told) or issuing.today(entity, told.now)
        number = await numbers.next_for_document(reader, asked, entity, kind, day)
        return Said({"number": number, "furs": None, "fina": None, "pt": None})

    return verb


def _day(told: Told) -> date | None:
    said = (told.given.get("date") or [""])[-1]
    try:
        return read_day(said) if said else None
    except Refused as refused:
        raise Refused(
            *(Problem("bad_parameter", ("date",), one.sentence) for one in refused.problems)
        ) from None


def _wish(values: Mapping[str, Any], *, is_draft: bool) -> tuple[dict[str, Any], Wish]:
    """What is said of the document itself, and what is wished beside it."""
    given = dict(values)
    wish = Wish(
        is_draft=given.pop("is_draft", is_draft),
        buyer=given.pop("buyer", None),
        saves_customer=given.pop("saves_customer", None),
        expected_total=given.pop("expected_total", None),
        receipts=tuple(given.pop("receipts", ())),
    )
    return given, wish


def _check_receipts(kind: str, wish: Wish) -> None:
    if wish.receipts and kind not in PAYABLE:
        raise Refused(Problem("not_payable", ("receipts",), ", ".join(PAYABLE)))


async def _with_items(tx: Tx, asked: Request, values: dict[str, Any]) -> dict[str, Any]:
    """The values, whose lines that are to be saved are items now."""
    if "lines" not in values:
        return values
    lines = []
    for at, line in enumerate(values["lines"]):
        plain = {name: value for name, value in line.items() if name != "saves_item"}
        if line.get("saves_item"):
            plain["item_id"] = await _saved(tx, asked, plain, at)
        lines.append(plain)
    return {**values, "lines": lines}


async def _saved(tx: Tx, asked: Request, line: Mapping[str, Any], at: int) -> str:
    """The id of the item that a line says; the one it names is changed."""
    values = {name: line[name] for name in _SAVED if line.get(name) is not None}
    if tax_ids := [tax["tax_id"] for tax in line.get("taxes") or () if tax.get("tax_id")]:
        values["tax_ids"] = tax_ids
    try:
        # What an item would not take is refused here as well: its answer could not be sent back.
        values |= {name: _price(values[name], name) for name in ("price", "gross_price") if name in values}
        if line.get("item_id") is not None:
            item = await catalog.change(catalog.ITEMS, tx, _plain(asked), line["item_id"], values)
        elif not values.get("name"):
            raise Refused(Problem("required", ("name",)))
        else:
            item = await catalog.create(catalog.ITEMS, tx, _plain(asked), values)
    except Refused as refused:
        raise Refused(*(problem.within("lines", at) for problem in refused.problems)) from None
    return str(item.id)


def _price(given: int | Decimal, name: str) -> Decimal:
    try:
        price: Decimal = AMOUNT.decode(given)
    except Refused as refused:
        raise Refused(*(problem.within(name) for problem in refused.problems)) from None
    return price


def _plain(asked: Request) -> Request:
    """The request, of which neither the versions nor what is shown are those of an item."""
    return asked._replace(expected=None, shows=None)


def _id(told: Told) -> str:
    id = read_id(told.ids["id"])
    if id is None:
        raise Refused(Problem("not_found", detail=Document.__name__))
    return id


def _reason(body: Any) -> str | None:
    if body is None:
        return None
    if not isinstance(body, dict):
        raise Refused(Problem("wrong_type", detail="an object"))
    problems: Problems = []
    reason = _REASON.read(body.get("reason"), ("reason",), problems)
    if problems:
        raise Refused(*problems)
    return str(reason) if reason is not None else None
