"""Invoiced: what is sent by e-mail, and what all that is sent has in common."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

from billto.app import catalog, customers, messages, records
from billto.app import sending as app
from billto.app.parts import Request, Tx
from billto.dialects.codecs import choice
from billto.dialects.dialect import Said, Told, Verb
from billto.dialects.invoiced import documents, statements, variables
from billto.dialects.invoiced.codecs import TEXT, UNIX, write_seconds
from billto.dialects.invoiced.contacts import contacts_of
from billto.dialects.invoiced.papers import Paper
from billto.dialects.invoiced.reading import fields
from billto.dialects.invoiced.verbs import customer_id
from billto.domain import issuing
from billto.domain.document import OPENING, Document
from billto.domain.mailbox import is_address
from billto.domain.message import EMAIL, LETTER, SMS, Message
from billto.domain.problems import Problem, Refused

RECIPIENTS_MAX = 100
NAME_MAX = 100  # of stored words
_TEXT_MAX = 10_000

BALANCE_FORWARD, OPEN_ITEM = "balance_forward", "open_item"
PAST_DUE, OPEN = "past_due", "open"

STATEMENT = {
    "type": choice(BALANCE_FORWARD, OPEN_ITEM),
    "start": UNIX,
    "end": UNIX,
    "items": choice(PAST_DUE, OPEN),
}
_WORDS = {"bcc": TEXT, "template": TEXT, "subject": TEXT, "message": TEXT}
_MAIL = {**STATEMENT, **_WORDS}

_TEMPLATES = {
    "invoice": "new_invoice_email",
    "credit_note": "credit_note_email",
    "estimate": "estimate_email",
}


async def mail(tx: Tx, asked: Request, told: Told) -> Said:
    """A statement by e-mail: it is queued, which is what `sent` says here."""
    said, of = parameters(told, _MAIL), await customers.hold(tx, asked, customer_id(told))
    primary = [one.email for one in contacts_of(of) if one.is_primary and one.email]
    values = _addressed(told, said, [of.email, *primary])
    await check_connected(tx, asked, EMAIL)
    values["template"], said = await _template(tx, asked, said, "statement_email")
    paper = await statement_paper(tx, asked, said)
    if variables.are_in(said.get("subject"), said.get("message")):
        url = (await statements.addresses(tx, asked)).page(of)
        known = await variables.of_statement(
            tx, plain(asked), of, url, past_due_only=paper["past_due_only"] is True
        )
        said = _substituted(said, known)
    values |= _words(said)
    with spelt():
        queued = await messages.queue_statement(tx, asked, of, values, paper, as_written=True)
    return Said(_emails(queued), shows=of.id)


def document_mail(paper: Paper) -> Verb:
    """A document by e-mail; once it is delivered, it is one that was sent."""

    async def verb(tx: Tx, asked: Request, told: Told) -> Said:
        said, document = parameters(told, _WORDS), await documents.the_document(paper, tx, asked, told)
        if document.type == OPENING:
            raise Refused(Problem("not_offered", detail="an opening balance is no paper that could be sent"))
        values = _addressed(told, said, await _on_file(tx, asked, document))
        await check_connected(tx, asked, EMAIL)
        values["template"], said = await _template(tx, asked, said, _TEMPLATES[paper.kind])
        if variables.are_in(said.get("subject"), said.get("message")):
            said = _substituted(said, await variables.of_document(tx, plain(asked), document))
        values |= _words(said)
        with spelt():
            queued = await messages.queue_document(tx, asked, document, values, as_written=True)
        return Said(_emails(queued), shows=document.customer_id or document.id)

    return verb


async def statement_paper(tx: Tx, asked: Request, said: Mapping[str, Any]) -> dict[str, Any]:
    """Which statement is meant."""
    of_open = said.get("type") == OPEN_ITEM
    return {
        "is_balance_forward": not of_open,
        "start": None if of_open else await first_day(tx, asked, said),
        "end": said["end"].date().isoformat() if "end" in said else None,
        "past_due_only": of_open and said.get("items") == PAST_DUE,
    }


async def _on_file(tx: Tx, asked: Request, document: Document) -> list[str | None]:
    """Whom a document goes to when nobody is named."""
    if document.customer_id is None:
        return [(document.buyer or {}).get("email")]
    of = await customers.get(tx, plain(asked), document.customer_id)
    return [of.email, *(one.email for one in contacts_of(of) if one.is_primary)]


async def first_day(tx: Tx, asked: Request, said: Mapping[str, Any]) -> str | None:
    """The first day; raises Refused for one that is yet to come."""
    if "start" not in said:
        return None
    start: date = said["start"].date()
    entity = await records.seller(tx, asked)
    if "end" not in said and start > issuing.today(entity, tx.now):
        raise Refused(Problem("out_of_range", ("start",), "before the end"))
    return start.isoformat()


def _addressed(told: Told, said: Mapping[str, Any], others: list[str | None]) -> dict[str, Any]:
    """Recipients and hidden copies as the core has them."""
    bcc = [one.strip() for one in said.get("bcc", "").split(",") if one.strip()]
    for at, address in enumerate(bcc):
        if not is_address(address):
            raise Refused(Problem("invalid_format", ("bcc", at), "an e-mail address"))
    given = fields(told).get("to")
    check_recipients(given, "email", _is_mail, others)
    to = [{"address": one["email"].strip(), "name": one.get("name") or None} for one in given or ()]
    hidden = [{"address": one} for one in bcc]
    return {**({"recipients": to} if to else {}), **({"bcc": hidden} if hidden else {})}


async def _template(
    tx: Tx, asked: Request, said: dict[str, Any], standard: str
) -> tuple[str, dict[str, Any]]:
    """The name of the words, and what is said with those that are kept under it; own words win."""
    wanted: str = said.get("template", standard)
    fits = len(wanted) <= NAME_MAX
    stored = (await catalog.named(catalog.EMAIL_TEMPLATES, tx, asked, (wanted,))) if fits else {}
    if wanted in stored:
        kept = {"subject": stored[wanted].subject, "message": stored[wanted].body}
        return wanted, {**{name: text for name, text in kept.items() if text}, **said}
    if wanted != standard and not (said.get("subject") and said.get("message")):
        raise Refused(Problem("unknown_choice", ("template",), f"{standard}, or a template that is stored"))
    return wanted, said


def _words(said: Mapping[str, Any]) -> dict[str, Any]:
    return {"subject": said.get("subject"), "body": said.get("message")}


def _substituted(said: Mapping[str, Any], known: variables.Values) -> dict[str, Any]:
    filled = {
        name: variables.substitute(said[name], known) for name in ("subject", "message") if name in said
    }
    return {**said, **filled}


def _emails(queued: Message) -> list[dict[str, Any]]:
    """One answer for each recipient, of a message that goes to all of them."""
    return [
        {
            "id": f"{queued.id}{at:08x}",
            "object": "email",
            "state": "sent",
            "reject_reason": None,
            "email": one["address"],
            "template": queued.template,
            "subject": queued.subject,
            "message": queued.body,
            "opens": 0,
            "opens_detail": [],
            "created_at": write_seconds(queued.created_at),
            "updated_at": write_seconds(queued.updated_at),
        }
        for at, one in enumerate(queued.recipients)
    ]


_NAMES = {"recipients": "to", "body": "message"}


@contextmanager
def spelt() -> Iterator[None]:
    """What the core finds wrong, under the names that a request has for it."""
    try:
        yield
    except Refused as refused:
        problems = [
            replace(one, path=(_NAMES.get(str(one.path[0]), one.path[0]), *one.path[1:])) if one.path else one
            for one in refused.problems
        ]
        raise Refused(*problems, retry_seconds=refused.retry_seconds) from None


def plain(asked: Request) -> Request:
    """The request, whose versions are not those of what is only read."""
    return asked._replace(expected=None, shows=None)


_CALLED = {EMAIL: "e-mail", SMS: "text message", LETTER: "letter"}


async def check_connected(tx: Tx, asked: Request, channel: str) -> None:
    if not await app.is_connected(tx, asked, channel):
        missing = f"no {_CALLED[channel]} channel is connected, so nothing was sent"
        raise Refused(Problem("not_offered", detail=missing))


def parameters(told: Told, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a statement and of what carries it."""
    said, values, problems = fields(told), dict[str, Any](), list[Problem]()
    for name, codec in parameters.items():
        if said.get(name) in (None, ""):
            continue
        try:
            values[name] = codec.decode(said[name])
        except Refused as refused:
            problems += (one.within(name) for one in refused.problems)
        if len(str(values.get(name, ""))) > _TEXT_MAX:
            problems.append(Problem("too_long", (name,), str(_TEXT_MAX)))
    if not problems and "start" in values and "end" in values and values["start"] > values["end"]:
        problems.append(Problem("out_of_range", ("start",), "before the end"))
    if problems:
        raise Refused(*problems)
    return values


def check_recipients(given: Any, by: str, fits: Callable[[Any], bool], others: list[str | None]) -> None:
    """Somebody is there to be written to: those who are named, or else those who are on file."""
    if given in (None, "", [], {}):
        if not any(others):
            raise Refused(Problem("no_recipient", detail=f"a recipient with {by}"))
        return
    if not isinstance(given, list) or len(given) > RECIPIENTS_MAX:
        raise Refused(Problem("wrong_type", ("to",), f"a list of at most {RECIPIENTS_MAX} recipients"))
    wrong = [at for at, one in enumerate(given) if not isinstance(one, dict) or not fits(one.get(by))]
    if wrong:
        raise Refused(*(Problem("invalid_format", ("to", at, by), by) for at in wrong))


def _is_mail(value: Any) -> bool:
    return isinstance(value, str) and is_address(value.strip())
