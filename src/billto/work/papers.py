"""The papers of a message, made when it is delivered, in a thread: setting a page takes all of a core."""

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import Any

from billto.app import balances, files
from billto.app.parts import Reader, Request
from billto.domain.document import Document
from billto.domain.entity import Entity
from billto.domain.message import Message
from billto.domain.problems import Refused
from billto.papers import Art, document_pdf, statement_pdf
from billto.work.parcel import File, Undelivered


async def made(reader: Reader, asked: Request, entity: Entity, message: Message) -> tuple[File, ...]:
    """All papers of a message; raises Undelivered where one of them can never be made."""
    return tuple([await _one(reader, asked, entity, message, one) for one in message.attachments or ()])


async def _one(
    reader: Reader, asked: Request, entity: Entity, message: Message, paper: Mapping[str, Any]
) -> File:
    of = _document if paper.get("paper") == "document" else _statement
    try:
        return await of(reader, asked, entity, message, paper)
    except Refused as refused:
        if refused.retry_seconds is not None:  # the database, not the paper
            raise
        raise Undelivered(f"a paper cannot be made: {refused.told}", is_final=True) from refused


async def _document(
    reader: Reader, asked: Request, entity: Entity, message: Message, paper: Mapping[str, Any]
) -> File:
    document = await reader.get(Document, asked.scope, paper.get("document_id") or message.document_id or "")
    if document is None:
        raise Undelivered("the document is there no longer", is_final=True)
    art = Art(**await files.pictures(reader, entity))
    content = await asyncio.to_thread(document_pdf, document, entity, paper.get("language"), art)
    return File(paper.get("name") or document.number or document.type.replace("_", "-"), content)


async def _statement(
    reader: Reader, asked: Request, entity: Entity, message: Message, paper: Mapping[str, Any]
) -> File:
    """As of the day of the order, unless it says another, however long the delivery takes."""
    start, end = (_day(paper.get(name)) for name in ("start", "end"))
    told = await balances.statement(
        reader, asked, paper.get("customer_id") or message.customer_id or "", message.created_at,
        is_balance_forward=paper.get("is_balance_forward") is not False, start=start, end=end,
        currency=paper.get("currency_code"), past_due_only=bool(paper.get("past_due_only")),
        with_children=paper.get("with_children") is not False,
    )  # fmt: skip
    balances.check_printable(told)
    art = Art(**await files.pictures(reader, entity))
    content = await asyncio.to_thread(statement_pdf, told, entity, told.customer, paper.get("language"), art)
    return File(paper.get("name") or "statement", content)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
