"""v1: documents found, shown with what belongs to them, and their numbers."""

from collections.abc import Sequence
from typing import Any

from billto.app import customers, documents, entities, numbers, payments, records
from billto.app.parts import Reader, Request
from billto.dialects.dialect import Asked, Said, Told
from billto.dialects.loopback import verbs
from billto.dialects.loopback.answers import listed
from billto.dialects.loopback.clients import CLIENT
from billto.dialects.loopback.documents import DOCUMENT, TYPES
from billto.dialects.loopback.filters import ID_ORDER
from billto.dialects.loopback.organizations import ORGANIZATION
from billto.dialects.loopback.payments import shown as shown_payment
from billto.dialects.searching import terms_of
from billto.dialects.tags import tagged
from billto.domain import issuing
from billto.domain.document import OPENING, Document
from billto.domain.nodes import storable
from billto.domain.payment import PAYMENT, Payment
from billto.domain.problems import Problem, Refused
from billto.domain.query import All, Compare, Missing, Node, Not, Op, Query

NUMBER_LENGTH_MAX = 100
INCLUDED_MAX = 10_000  # payments that are shown within one list of documents

# What v1 has no word for is no document here: what a client owed before there were any.
KNOWN = Not(Compare("type", Op.EQ, OPENING))
# Payments that count: money that came in, or was to the client's credit.
LIVE = All((Compare("direction", Op.EQ, PAYMENT), Missing("voided_at")))


async def page(reader: Reader, asked: Request, told: Told) -> Said:
    return await _listed(reader, asked, verbs.question(DOCUMENT, told, KNOWN))


async def search(reader: Reader, asked: Request, told: Told) -> Said:
    """Documents with all of the words somewhere in their texts."""
    term = verbs.text_of(told, "term")
    if term is None:
        raise Refused(Problem("bad_parameter", (), "term is a required argument"))
    return await _listed(reader, asked, verbs.question(DOCUMENT, told, KNOWN, *terms_of(term, "term")))


async def count(reader: Reader, asked: Request, told: Told) -> Said:
    return await verbs.counted(DOCUMENT, documents.page, reader, asked, told, KNOWN)


async def get(reader: Reader, asked: Request, told: Told) -> Said:
    question = verbs.question(DOCUMENT, told)
    plain = asked._replace(shows=DOCUMENT.reads)
    document = await known(reader, plain, told)
    (shown,) = await _shown(reader, asked, question, [document])
    return Said(shown, headers=tagged(document))


async def known(reader: Reader, asked: Request, told: Told) -> Document:
    """The document whose id stands in the address."""
    document = await documents.get(reader, asked, verbs.id_of(told, Document))
    if document.type == OPENING:
        raise Refused(Problem("not_found", detail="Document"))
    return document


async def _listed(reader: Reader, asked: Request, question: Asked) -> Said:
    found = await documents.page(reader, asked, question.query)
    return listed(await _shown(reader, asked, question, found.records), found.total)


async def _shown(
    reader: Reader, asked: Request, question: Asked, found: Sequence[Document]
) -> list[dict[str, Any]]:
    form = question.form
    shown = [form.shown(DOCUMENT.encode(one)) for one in found]
    if "payments" in form.include:
        paying = await payments_of(reader, asked, found)
        for document, one in zip(found, shown, strict=True):
            one["payments"] = [shown_payment(payment) for payment in paying[document.id]]
    if "client" in form.include:
        ids = sorted({one.customer_id for one in found if one.customer_id is not None})
        clients = {one.id: CLIENT.encode(one) for one in await _clients(reader, asked, ids)}
        for document, one in zip(found, shown, strict=True):
            one["client"] = clients.get(document.customer_id or "")
    if "organization" in form.include:
        organization = ORGANIZATION.encode(await entities.get(reader, asked, asked.scope.entity))
        shown = [{**one, "organization": organization} for one in shown]
    return shown


async def _clients(reader: Reader, asked: Request, ids: Sequence[str]) -> Sequence[Any]:
    if not ids:
        return ()
    query = Query(Compare("id", Op.IN, tuple(ids)), ID_ORDER, len(ids), counted=False, trashed=None)
    return (await customers.page(reader, asked, query)).records


async def payments_of(reader: Reader, asked: Request, found: Sequence[Document]) -> dict[str, list[Payment]]:
    """The payments that were entered for each document, and those that settle it otherwise."""
    there: dict[str, list[Payment]] = {one.id: [] for one in found}
    if there:
        where = All((Compare("document_id", Op.IN, tuple(there)), LIVE))
        query = Query(where, ID_ORDER, INCLUDED_MAX, counted=False)
        for payment in (await payments.page(reader, asked, query)).records:
            about = {payment.document_id, *(one.get("document_id") for one in payment.applications)}
            for id in about & there.keys():
                there[str(id)].append(payment)
    return there


async def of_document(reader: Reader, asked: Request, document: Document) -> Node:
    """The condition that holds of the payments of a document."""
    ids = [one.id for one in (await payments_of(reader, asked, [document]))[document.id]]
    return Compare("id", Op.IN, tuple(ids))


# Numbers


def _type(told: Told) -> str:
    try:
        ours: str | None = TYPES.decode(verbs.text_of(told, "type") or "invoice")
    except Refused as refused:
        raise Refused(Problem("bad_parameter", ("type",), refused.problems[0].sentence)) from None
    return ours or "invoice"


async def next_number(reader: Reader, asked: Request, told: Told) -> Said:
    """What the next document of a type would be called; nothing is taken by it."""
    entity = await records.seller(reader, asked)
    day = issuing.today(entity, told.now)
    return Said({"number": await numbers.next_for_document(reader, asked, entity, _type(told), day)})


async def last_number(reader: Reader, asked: Request, told: Told) -> Said:
    return Said({"number": await numbers.last_of_documents(reader, asked, _type(told))})


async def is_unique_number(reader: Reader, asked: Request, told: Told) -> Said:
    number = verbs.text_of(told, "number")
    if not number:
        raise Refused(Problem("bad_parameter", (), "number is a required argument"))
    if len(number) > NUMBER_LENGTH_MAX or not storable(number):
        return Said({"isUnique": True})
    return Said({"isUnique": await numbers.is_free_for_document(reader, asked, _type(told), number)})
