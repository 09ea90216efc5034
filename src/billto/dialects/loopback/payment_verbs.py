"""v1: what is done with payments."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from billto.app import documents, ledger, payments
from billto.app.applying import Wanted
from billto.app.documents import Receipt
from billto.app.parts import Reader, Request, Tx
from billto.dialects.dialect import Asked, Said, Told
from billto.dialects.loopback import verbs
from billto.dialects.loopback.answers import listed
from billto.dialects.loopback.document_reading import KNOWN, LIVE, known, of_document
from billto.dialects.loopback.documents import DOCUMENT
from billto.dialects.loopback.filters import ID_ORDER
from billto.dialects.loopback.lines import same
from billto.dialects.loopback.payments import PAYMENT, shown
from billto.dialects.loopback.spelling import spelt
from billto.dialects.tags import tagged
from billto.domain.document import OPENING, PAYABLE, Document
from billto.domain.money import shown as in_words
from billto.domain.payment import PAYMENT as COMES_IN
from billto.domain.payment import Payment
from billto.domain.problems import Problem, Refused
from billto.domain.query import All, Compare, Node, Op, Query

# What a payment always has: null says nothing of it.
_NEVER_NULL = frozenset({"type", "date", "amount", "documentId", "clientId"})
_WORDS = ("description", "note")


# Reading


async def page(reader: Reader, asked: Request, told: Told) -> Said:
    return await _listed(reader, asked, verbs.question(PAYMENT, told, LIVE))


async def count(reader: Reader, asked: Request, told: Told) -> Said:
    return await verbs.counted(PAYMENT, payments.page, reader, asked, told, LIVE)


async def page_of_document(reader: Reader, asked: Request, told: Told) -> Said:
    condition = await _of_document(reader, asked, told)
    return await _listed(reader, asked, verbs.question(PAYMENT, told, condition))


async def count_of_document(reader: Reader, asked: Request, told: Told) -> Said:
    condition = await _of_document(reader, asked, told)
    return await verbs.counted(PAYMENT, payments.page, reader, asked, told, condition)


async def _of_document(reader: Reader, asked: Request, told: Told) -> Node:
    return await of_document(reader, asked, await known(reader, asked, told))


async def get(reader: Reader, asked: Request, told: Told) -> Said:
    payment = _live(await payments.get(reader, asked, verbs.id_of(told, Payment)))
    (body,) = await _shown(reader, asked, verbs.question(PAYMENT, told), (payment,))
    return Said(body, headers=tagged(payment))


async def _listed(reader: Reader, asked: Request, question: Asked) -> Said:
    shows = PAYMENT.reads | {"applications"}
    found = await payments.page(reader, asked, dataclasses.replace(question.query, shows=shows))
    return listed(await _shown(reader, asked, question, found.records), found.total)


async def _shown(
    reader: Reader, asked: Request, question: Asked, found: tuple[Payment, ...]
) -> list[dict[str, Any]]:
    bodies = [question.form.shown(shown(one)) for one in found]
    if "document" in question.form.include:
        ids = {one.document_id for one in found if one.document_id is not None}
        there = {one.id: DOCUMENT.encode(one) for one in await _documents(reader, asked, sorted(ids))}
        bodies = [
            {**body, "document": there.get(payment.document_id or "")}
            for payment, body in zip(found, bodies, strict=True)
        ]
    return bodies


async def _documents(reader: Reader, asked: Request, ids: Sequence[str]) -> Sequence[Document]:
    if not ids:
        return ()
    query = Query(All((Compare("id", Op.IN, tuple(ids)), KNOWN)), ID_ORDER, len(ids), counted=False)
    found: Sequence[Document] = (await reader.page(Document, asked.scope, query)).records
    return found


def _live(payment: Payment) -> Payment:
    """A payment of v1: no refund, and none that was deleted."""
    if payment.direction != COMES_IN or payment.voided_at is not None:
        raise Refused(Problem("not_found", detail="Payment"))
    return payment


# Writing


def receipt(given: Any) -> Receipt:
    """A payment that comes with its document."""
    values = _values(given)
    return Receipt({name: one for name, one in values.items() if name not in ("document_id", "customer_id")})


def _values(given: Any) -> dict[str, Any]:
    if isinstance(given, dict):
        given = {name: one for name, one in given.items() if name not in _NEVER_NULL or one not in (None, "")}
    values = PAYMENT.decode(given, creating=True)
    if values.get("amount", 1) <= 0:
        raise Refused(Problem("out_of_range", ("amount",), "more than 0"))
    return values


async def create_for_document(tx: Tx, asked: Request, told: Told) -> Said:
    """Money for a document: what is over is to the client's credit."""
    values = _values({} if told.body is None else told.body)
    document = await known(tx, asked, told)
    return await _received(tx, asked, {**values, "document_id": document.id})


async def create(tx: Tx, asked: Request, told: Told) -> Said:
    """Money for the document that is named, or from a client for nothing in particular."""
    values = _values({} if told.body is None else told.body)
    if values.get("document_id") is not None:
        return await _received(tx, asked, values)
    if values.get("customer_id") is None:
        raise Refused(Problem("required", ("documentId",)))
    if "amount" not in values:
        raise Refused(Problem("required", ("amount",)))
    values.pop("document_id", None)
    with spelt():
        return _said(await payments.receive(tx, asked, values, rest_is_credit=True))


async def _received(tx: Tx, asked: Request, given: Mapping[str, Any]) -> Said:
    values = {name: one for name, one in given.items() if name not in ("document_id", "customer_id")}
    id = str(given["document_id"])
    document = await tx.get(Document, asked.scope, id)
    if document is None or document.type == OPENING:
        raise Refused(Problem("unknown_reference", ("documentId",), f"document {id[:24]}"))
    await ledger.alone(tx, asked, (document.customer_id,))
    if "amount" not in values:
        values["amount"] = await _due(tx, asked, document.id)
    with spelt():
        wanted = (Wanted("document", None, document.id),)
        return _said(await payments.receive(tx, asked, values, wanted, rest_is_credit=True))


async def _due(tx: Tx, asked: Request, id: str) -> Any:
    """What is open of a document, of which nobody else takes anything meanwhile."""
    document = await documents.get(tx, asked, id)
    is_open = document.issued_at is not None and document.voided_at is None and document.closed_at is None
    if document.type in PAYABLE and is_open and not document.balance:
        open_now = in_words(document.balance, document.currency_code)
        raise Refused(Problem("exceeds_open", ("amount",), open_now))
    return document.balance


async def change(tx: Tx, asked: Request, told: Told) -> Said:
    return await _change(tx, asked, told, whole=False)


async def replace(tx: Tx, asked: Request, told: Told) -> Said:
    """What the body does not name becomes empty, save the money: an amount stays what came."""
    return await _change(tx, asked, told, whole=True)


async def _change(tx: Tx, asked: Request, told: Told, *, whole: bool) -> Said:
    # Not held yet: who writes money holds the customers first, and the payment after them.
    old = _live(await payments.get(tx, asked, verbs.id_of(told, Payment)))
    verbs.check_id(told, old.id)
    body = {} if told.body is None else told.body
    news = _news(body, shown(old))
    values = PAYMENT.decode(news, creating=False)
    for wire, attr in (("amount", "amount"), ("documentId", "document_id"), ("clientId", "customer_id")):
        if values.pop(attr, None) is not None:
            raise Refused(Problem("immutable", (wire,)))
    if whole:
        values = {**_blank(body), **values}
    with spelt():
        return _said(await payments.change(tx, asked, old.id, values))


def _news(body: Any, there: Mapping[str, Any]) -> Any:
    """The body without what it says as it is shown."""
    if not isinstance(body, dict):
        return body
    return {
        name: one
        for name, one in body.items()
        if name in there
        and not (name in _NEVER_NULL and one is None)
        and not same({name: one}, {name: there[name]})
    }


def _blank(body: Mapping[str, Any]) -> dict[str, Any]:
    """The words that a body does not name."""
    blank: dict[str, Any] = {}
    if not any(name in body for name in _WORDS):
        blank["note"] = None
    if "tag" not in body:
        blank["tag"] = None
    if "transactionId" not in body:
        blank["transaction_id"] = None
    return blank if "custom" in body else {**blank, "metadata": {}, "custom": {}}


async def delete(tx: Tx, asked: Request, told: Told) -> Said:
    """The payment as if it had never come."""
    there = await verbs.found(tx, asked, told, Payment, held=False)
    if there is None or there[1].direction != COMES_IN or there[1].voided_at is not None:
        return verbs.NONE
    voided = await payments.void(tx, there[0], there[1].id)
    return verbs.ONE if voided.voided_at == tx.now else verbs.NONE  # else somebody was faster


def _said(payment: Payment) -> Said:
    return Said(shown(payment), headers=tagged(payment), shows=payment.id)
