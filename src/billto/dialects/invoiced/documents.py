"""Invoiced: what is done with invoices, credit notes and estimates."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from billto.app import billing, catalog, customers, documents, ledger, links, payments, records
from billto.app.applying import Wanted
from billto.app.documents import Wish
from billto.app.parts import Reader, Request, Tx
from billto.dialects.codecs import Codec
from billto.dialects.dialect import Said, Told, Verb
from billto.dialects.invoiced import lines, query
from billto.dialects.invoiced.answers import listed_as
from billto.dialects.invoiced.codecs import BOOL, CURRENCY, DAY, WHOLE
from billto.dialects.invoiced.papers import INVOICES, Paper, conditions, status
from billto.dialects.invoiced.reading import fields, id_of
from billto.dialects.invoiced.verbs import customer_id, shown_customers
from billto.dialects.tags import tagged
from billto.domain import issuing, terms
from billto.domain.calculation import NET
from billto.domain.customer import Customer
from billto.domain.document import PAYABLE, Document
from billto.domain.entity import Entity
from billto.domain.paging import unambiguous
from billto.domain.problems import Problem, Refused
from billto.domain.query import Compare, Node, Op, Order, Query


def create(paper: Paper) -> Verb:
    async def verb(tx: Tx, asked: Request, told: Told) -> Said:
        # Null says nothing of what is not there yet: what it is by default stays so.
        said = {name: value for name, value in fields(told).items() if value not in (None, "")}
        values = await _values(paper, tx, asked, said)
        wish = Wish(is_draft=bool(_flag(said, "draft")))
        made = await documents.create(tx, asked, paper.kind, values, wish)
        return await _finished(paper, tx, asked, told, made, said)

    return verb


def get(paper: Paper) -> Verb:
    async def verb(reader: Reader, asked: Request, told: Told) -> Said:
        found = await the_document(paper, reader, asked._replace(shows=paper.table.reads), told)
        (shown,) = await _shown(paper, reader, asked, told, (found,))
        return Said(shown, headers=tagged(found))

    return verb


def page(paper: Paper) -> Verb:
    async def verb(reader: Reader, asked: Request, told: Told) -> Said:
        today = await _today(reader, asked, told.now)
        within = Compare("type", Op.IN, paper.kinds)
        asking = query.read(paper.table, told.given, within=within, more=conditions(paper, today)).query
        question = replace(asking, shows=paper.table.reads)
        found = await documents.page(reader, asked, question)
        shown = await _shown(paper, reader, asked, told, found.records)
        return listed_as(shown, found.total or 0, question.skip, question.limit, told.url, told.given)

    return verb


def change(paper: Paper) -> Verb:
    """A change; what is sent back as it was shown changes nothing, for some clients send all there is."""

    async def verb(tx: Tx, asked: Request, told: Told) -> Said:
        old = await the_document(paper, tx, asked, told)
        shown = paper.table.encode(old)
        given = fields(told)
        said = {name: value for name, value in given.items() if name not in shown or shown[name] != value}
        if "items" in said:
            said["items"] = lines.news(said["items"], shown["items"])
        values = paper.table.decode(said, creating=False)
        if "lines" in values:
            values["lines"] = await _lines(tx, asked, values["lines"], old)
        if "customer" in values:
            values["customer"] = (await named_customer(tx, asked, values["customer"])).serial
        if (sent := _flag(said, "sent")) is not None:
            values["sent_at"] = (old.sent_at or tx.now) if sent else None
        is_draft = _flag(said, "draft")
        if is_draft and old.issued_at is not None:
            raise Refused(Problem("issued_already", ("draft",)))
        wish = Wish(is_draft=is_draft is not False)
        new = await documents.change(tx, asked, old.id, values, wish)
        return await _finished(paper, tx, asked, told, new, said, old)

    return verb


def drop(paper: Paper) -> Verb:
    async def verb(tx: Tx, asked: Request, told: Told) -> Said:
        await documents.drop(tx, asked, (await the_document(paper, tx, asked, told)).id)
        return Said(None)

    return verb


def void(paper: Paper) -> Verb:
    async def verb(tx: Tx, asked: Request, told: Told) -> Said:
        voided = await documents.void(tx, asked, (await the_document(paper, tx, asked, told)).id)
        (shown,) = await _shown(paper, tx, asked, told, (voided,))
        return Said(shown, 200, tagged(voided), shows=voided.id)

    return verb


def attachments(paper: Paper) -> Verb:
    async def verb(reader: Reader, asked: Request, told: Told) -> Said:
        await the_document(paper, reader, asked, told)
        question = query.read(paper.table, told.given).query
        return listed_as([], 0, question.skip, question.limit, told.url, told.given)

    return verb


def not_offered(paper: Paper, why: str) -> Verb:
    """What cannot be done with a document that is there."""

    async def verb(tx: Tx, asked: Request, told: Told) -> Said:
        await the_document(paper, tx, asked, told)
        raise Refused(Problem("not_offered", detail=why))

    return verb


async def bill_pending(tx: Tx, asked: Request, told: Told) -> Said:
    """An invoice of the customer's pending line items; the body may say more of it."""
    of = await customers.live(tx, asked, customer_id(told))
    await ledger.alone(tx, asked, (of.id,))  # of two who ask at once the second finds nothing pending
    said = {name: value for name, value in fields(told).items() if value not in (None, "", [])}
    values = await _values(INVOICES, tx, asked, {**said, "customer": of.serial})
    wish = Wish(is_draft=bool(_flag(said, "draft")))
    made = await billing.bill_pending(tx, asked._replace(expected=None), of, values, wish)
    return await _finished(INVOICES, tx, asked, told, made, said)


async def consolidate(tx: Tx, asked: Request, told: Told) -> Said:
    of = await customers.live(tx, asked, customer_id(told))
    if not of.is_consolidated:
        off = "consolidated invoicing is not enabled for this customer"
        raise Refused(Problem("not_offered", detail=off))
    said = fields(told)
    cutoff = told.body if isinstance(told.body, int) else said.get("cutoff_date")  # .NET's is the whole body
    until = _read("cutoff_date", DAY, cutoff)
    currency = _read("currency", CURRENCY, said.get("currency")) or of.currency_code
    entity = await records.seller(tx, asked)
    values = _inherited({"name": "Consolidated Invoice"}, of, issuing.today(entity, tx.now))
    made = await billing.consolidate(
        tx, asked._replace(expected=None), of, values,
        currency=currency or entity.currency_code, until=until,
    )  # fmt: skip
    return await _finished(INVOICES, tx, asked, told, made, {})


async def _values(paper: Paper, tx: Tx, asked: Request, said: Mapping[str, Any]) -> dict[str, Any]:
    """What a body says of a new document, with what it has from its customer where the body does not."""
    values = paper.table.decode({"name": paper.called, **said}, creating=True)
    of = await named_customer(tx, asked, values.pop("customer"))
    values["customer_id"] = of.id
    values["calculation"] = NET  # prices are without tax here, whatever the entity's documents are otherwise
    values["lines"] = await _lines(tx, asked, values.get("lines", ()), None)
    if not values.get("taxes") and of.is_taxable and _flag(said, "calculate_taxes") is not False:
        values |= lines.read_taxes(of.tax_rates)
    if _flag(said, "sent"):
        values["sent_at"] = tx.now
    if paper.kind == "invoice":
        entity = await records.seller(tx, asked)
        values = _inherited(values, of, issuing.today(entity, tx.now))
    if "invoice" in said and paper.kind == "credit_note":
        values["linked_ids"] = [(await _invoice(tx, asked, said["invoice"])).id]
    return values


def _inherited(values: Mapping[str, Any], of: Customer, today: date) -> dict[str, Any]:
    """The values of an invoice with those of its customer. Only terms that name days say when it is due."""
    agreed = values.get("payment_terms", of.payment_terms)
    found = {
        "is_autopay": of.is_autopay, "is_chased": of.is_chased,
        "due_date": terms.due_date(agreed, values.get("date", today)), **values,
    }  # fmt: skip
    return found if agreed is None else {**found, "payment_terms": agreed}


async def _lines(
    tx: Tx, asked: Request, given: Sequence[Mapping[str, Any]], old: Document | None
) -> list[dict[str, Any]]:
    names = [name for one in given if (name := lines.item_of(one)) is not None]
    items = await catalog.named(catalog.ITEMS, tx, asked, names) if names else {}
    return lines.kept(given, old, items)


async def named_customer(reader: Reader, asked: Request, id: int | None) -> Customer:
    if id is None:
        raise Refused(Problem("required", ("customer",)))
    try:
        return await customers.live(reader, asked._replace(expected=None, shows=None), id)
    except Refused:
        raise Refused(Problem("unknown_reference", ("customer",), f"customer {id}")) from None


async def _invoice(reader: Reader, asked: Request, given: Any) -> Document:
    try:
        return await documents.get(reader, asked, WHOLE.decode(given), kind="invoice")
    except Refused:
        raise Refused(Problem("unknown_reference", ("invoice",), f"invoice {str(given)[:100]}")) from None


async def _finished(
    paper: Paper,
    tx: Tx,
    asked: Request,
    told: Told,
    document: Document,
    said: Mapping[str, Any],
    before: Document | None = None,
) -> Said:
    """The answer, once what else was wanted is done: a note is applied to its invoice, and what is closed is
    closed."""
    asked = asked._replace(expected=None)
    was_issued = before is not None and before.issued_at is not None
    if paper.kind == "credit_note" and document.issued_at is not None and not was_issued:
        document = await _applied(tx, asked, document)
    is_closed = _flag(said, "closed")
    if is_closed is not None and is_closed is not (document.closed_at is not None):
        if document.type not in (*PAYABLE, "credit_note"):
            raise Refused(Problem("not_offered", detail="estimates cannot be closed"))
        act = documents.close if is_closed else documents.reopen
        document = await act(tx, asked, document.id)
    (shown,) = await _shown(paper, tx, asked, told, (document,))
    return Said(shown, headers=tagged(document), shows=document.id)


async def _applied(tx: Tx, asked: Request, note: Document) -> Document:
    """The note, of which as much has gone to the invoice it was made for as was open of that."""
    for id in note.linked_ids or ():
        invoice = await documents.get(tx, asked, id)
        if invoice.type != "invoice" or not invoice.balance or not note.balance:
            continue
        values = {
            "amount": Decimal(0), "customer_id": invoice.customer_id, "method": "credit_note",
            "currency_code": note.currency_code, "source": "auto",
        }  # fmt: skip
        await payments.receive(tx, asked, values, (Wanted("credit_note", None, invoice.id, note.id),))
    return await documents.get(tx, asked, note.id)


async def the_document(paper: Paper, reader: Reader, asked: Request, told: Told) -> Document:
    found = await documents.get(reader, asked, id_of(told, "id", "Document"))
    if found.type not in paper.kinds:
        raise Refused(Problem("not_found", detail="Document"))
    return found


def _flag(said: Mapping[str, Any], name: str) -> bool | None:
    """What a body says of something that is no attribute; None where it says nothing."""
    flag: bool | None = _read(name, BOOL, said.get(name))
    return flag


def _read(name: str, codec: Codec, given: Any) -> Any:
    """What a body says under a name; None where it says nothing."""
    if given in (None, ""):
        return None
    try:
        return codec.decode(given)
    except Refused as refused:
        raise Refused(*(one.within(name) for one in refused.problems)) from None


async def _today(reader: Reader, asked: Request, now: datetime) -> date:
    """The day it is where the entity is: from then on what was due before is late."""
    shows = frozenset({"id", "timezone", "country_code", "clock_ahead"})
    entity = await records.get(reader, asked._replace(shows=shows), Entity, asked.scope.entity)
    return issuing.today(entity, now)


async def _shown(
    paper: Paper, reader: Reader, asked: Request, told: Told, some: Sequence[Document]
) -> list[dict[str, Any]]:
    """The documents as the parameters want them."""
    today, shape = await _today(reader, asked, told.now), query.shape(told.given)
    pages = await links.urls(reader, asked, {one.customer_id for one in some if one.customer_id})
    shown = []
    for one in some:
        page = pages.get(one.customer_id or "") if links.is_shown(one) else None
        own = {"url": page, "pdf_url": links.paper(page, one) if page else None}
        shown.append({**paper.table.encode(one), **own, "status": status(paper, one, today)})
    return await expanded(reader, asked, told, shown, shape)


async def expanded(
    reader: Reader, asked: Request, told: Told, shown: Sequence[dict[str, Any]], shape: query.Shape
) -> list[dict[str, Any]]:
    """Answers whose customers are objects where that is wanted, without what is to be left out."""
    if "customer" in shape.expand:
        serials = {one["customer"] for one in shown if one["customer"] is not None}
        where: Node = Compare("serial", Op.IN, tuple(serials))
        # In the order of the index by serial: in that of their ids all customers would be looked through.
        asking = Query(where, unambiguous((Order("serial"),)), len(serials), trashed=None, counted=False)
        found = (await customers.page(reader, asked, asking)).records if serials else ()
        objects = {one["id"]: one for one in await shown_customers(reader, asked, found)}
        shown = [{**one, "customer": objects.get(one["customer"])} for one in shown]
    return [{key: value for key, value in one.items() if key not in shape.exclude} for one in shown]
