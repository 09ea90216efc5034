"""Invoiced: text messages to contacts who take them, and letters to the billing address."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from billto.app import addressees, balances, customers, messages, records
from billto.app.parts import Request, Tx
from billto.dialects.dialect import Said, Told, Verb
from billto.dialects.invoiced import documents, statements, variables
from billto.dialects.invoiced.codecs import TEXT, write_seconds
from billto.dialects.invoiced.papers import Paper
from billto.dialects.invoiced.reading import fields
from billto.dialects.invoiced.sending import (
    STATEMENT,
    check_connected,
    check_recipients,
    parameters,
    plain,
    spelt,
    statement_paper,
)
from billto.dialects.invoiced.verbs import customer_id
from billto.domain.customer import Customer
from billto.domain.document import OPENING, Document
from billto.domain.message import LETTER, SMS, Message
from billto.domain.phone import e164
from billto.domain.problems import Problem, Refused
from billto.papers.render import DOCUMENT, FORWARD, OPEN, reckoned

_MESSAGE = {"message": TEXT}
# Their letters are lists of one; the page, and the vendor's other clients, have the one.
_WANTS_LIST = re.compile(r"Invoiced (Python|Ruby|PHP)/")
_DAYS_IN_THE_POST = 7  # working days, as in the page's example; what the carrier says comes when it is sent


async def text(tx: Tx, asked: Request, told: Told) -> Said:
    """A text message that there is a statement."""
    said = parameters(told, {**STATEMENT, **_MESSAGE})
    of = await customers.hold(tx, asked, customer_id(told))
    paper = await statement_paper(tx, asked, said)
    values = await _texted(tx, asked, told, of)
    url = (await statements.addresses(tx, asked)).page(of)
    if variables.are_in(said.get("message")):
        known = await variables.of_statement(
            tx, plain(asked), of, url, past_due_only=paper["past_due_only"] is True
        )
        said = {**said, "message": variables.substitute(said["message"], known)}
    values["body"] = said.get("message")
    with spelt():
        queued = await messages.queue_statement(
            tx, asked, of, values, paper, {"portal_url": url}, as_written=True
        )
    return Said(_texts(queued), shows=of.id)


def document_text(paper: Paper) -> Verb:
    """A text message about a document."""

    async def verb(tx: Tx, asked: Request, told: Told) -> Said:
        said, document = parameters(told, _MESSAGE), await _document(paper, tx, asked, told)
        of = await _customer(tx, asked, document)
        values = await _texted(tx, asked, told, of)
        if variables.are_in(said.get("message")):
            known = await variables.of_document(tx, plain(asked), document)
            said = {**said, "message": variables.substitute(said["message"], known)}
        values["body"] = said.get("message")
        with spelt():
            queued = await messages.queue_document(tx, asked, document, values, as_written=True)
        return Said(_texts(queued), shows=document.customer_id or document.id)

    return verb


async def letter(tx: Tx, asked: Request, told: Told) -> Said:
    """A statement as a letter."""
    said = parameters(told, STATEMENT)
    of = await customers.hold(tx, asked, customer_id(told))
    paper = await statement_paper(tx, asked, said)
    _check_address(addressees.on_file(LETTER, of))
    await check_connected(tx, asked, LETTER)
    with spelt():
        queued = await messages.queue_statement(tx, asked, of, {"channel": LETTER}, paper)
    start, end = (date.fromisoformat(paper[name]) if paper[name] else None for name in ("start", "end"))
    is_forward = paper["is_balance_forward"]
    lines = await balances.lines(
        tx, plain(asked), of, tx.now, is_balance_forward=is_forward, start=start, end=end,
        past_due_only=paper["past_due_only"],
    )  # fmt: skip
    return Said(_letter(told, queued, reckoned(FORWARD if is_forward else OPEN, lines)), shows=of.id)


def document_letter(paper: Paper) -> Verb:
    """A document as a letter."""

    async def verb(tx: Tx, asked: Request, told: Told) -> Said:
        parameters(told, {})
        document = await _document(paper, tx, asked, told)
        of = await _customer(tx, asked, document)
        to = addressees.on_file(LETTER, of) if of else addressees.of_buyer(LETTER, document.buyer or {})
        _check_address(to)
        await check_connected(tx, asked, LETTER)
        with spelt():
            queued = await messages.queue_document(tx, asked, document, {"channel": LETTER})
        pages = reckoned(DOCUMENT, len(document.lines))
        return Said(_letter(told, queued, pages), shows=document.customer_id or document.id)

    return verb


async def _document(paper: Paper, tx: Tx, asked: Request, told: Told) -> Document:
    document = await documents.the_document(paper, tx, asked, told)
    if document.type == OPENING:
        raise Refused(Problem("not_offered", detail="an opening balance is no paper that could be sent"))
    return document


async def _customer(tx: Tx, asked: Request, document: Document) -> Customer | None:
    if document.customer_id is None:
        return None
    return await customers.get(tx, plain(asked), document.customer_id)


async def _texted(tx: Tx, asked: Request, told: Told, of: Customer | None) -> dict[str, Any]:
    """To whom a text message goes: only contacts who take some are told, whoever is named."""
    entity = await records.seller(tx, asked)
    home = (of and of.country_code) or entity.country_code
    enabled = addressees.on_file(SMS, of, home)
    given = fields(told).get("to")
    check_recipients(given, "phone", _is_phone, [one["address"] for one in enabled])
    await check_connected(tx, asked, SMS)
    homes = [home, *(one.get("country_code") for one in (of and of.contacts) or ())]
    return {"channel": SMS, "recipients": _named(given, enabled, homes) if given else enabled}


def _named(
    given: list[Any], enabled: addressees.Addressees, homes: Sequence[str | None]
) -> list[dict[str, Any]]:
    """The contacts of some numbers, as the customer's country writes them or one of its contacts'."""
    known = {one["address"]: one for one in enabled}

    def whole(phone: Any) -> str | None:
        found = (e164(str(phone), home) for home in homes)
        return next((number for number in found if number in known), None)

    numbers = [whole(one["phone"]) for one in given]
    wrong = [at for at, number in enumerate(numbers) if number is None]
    if wrong:
        why = "text messages can only be sent to contacts of the customer that are marked as sms_enabled"
        raise Refused(*(Problem("not_offered", ("to", at, "phone"), why) for at in wrong))
    return [known[number] for number in dict.fromkeys(numbers) if number]


def _is_phone(value: Any) -> bool:
    digits = [char for char in str(value) if char.isdigit()]
    return isinstance(value, str | int) and not isinstance(value, bool) and 5 <= len(digits) <= 20


def _check_address(to: addressees.Addressees) -> None:
    if not to:
        raise Refused(Problem("no_recipient", detail="an address of the customer"))


def _texts(queued: Message) -> list[dict[str, Any]]:
    """One answer for each recipient, of a message that goes to all of them."""
    return [
        {
            "created_at": write_seconds(queued.created_at),
            "id": f"{queued.id}{at:08x}",
            "message": queued.body,
            "state": "sent",
            "to": one["address"],
            "updated_at": write_seconds(queued.updated_at),
        }
        for at, one in enumerate(queued.recipients)
    ]


def _letter(told: Told, queued: Message, pages: int) -> Any:
    (to,) = queued.recipients
    said = {
        "created_at": write_seconds(queued.created_at),
        "expected_delivery_date": write_seconds(_expected(queued.created_at)),
        "id": f"{queued.id}{0:08x}",
        "num_pages": pages,
        "state": "queued",
        "to": "\n".join(filter(None, (to.get("name"), to["address"]))),
        "updated_at": write_seconds(queued.updated_at),
    }
    return [said] if _WANTS_LIST.match(told.agent) else said


def _expected(ordered: datetime) -> datetime:
    """When a letter should be there: some working days later, for nobody knows of holidays."""
    day, left = ordered, _DAYS_IN_THE_POST
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return day
