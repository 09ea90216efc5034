"""What can be done with messages: queued in the transaction that causes them, seen, canceled, tried anew.

Nothing is sent here: a worker delivers what was queued (`work/runner.py`), and says with `sent` or `unsent`
what came of it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from billto.app import addressees, links, records, sending
from billto.app.parts import Id, Reader, Request, Tx
from billto.domain import issuing
from billto.domain import message as rules
from billto.domain.attrs import checked
from billto.domain.customer import Customer
from billto.domain.document import Document
from billto.domain.entity import Entity
from billto.domain.languages import language, unless_changed
from billto.domain.mailbox import is_address
from billto.domain.message import ATTACHMENTS, DELAYS, EMAIL, LETTER, QUEUED, SENT, SMS, TEXT_MAX, Message
from billto.domain.paging import unambiguous
from billto.domain.problems import Problem, Refused
from billto.domain.query import Compare, Op, Page, Query
from billto.domain.scope import Scope
from billto.domain.templates import placeholders, substitute
from billto.domain.versions import touched


async def queue(
    tx: Tx,
    asked: Request,
    values: Mapping[str, Any],
    entity: Entity | None = None,
    customer: Customer | None = None,
) -> Message:
    """A message that will be delivered once this transaction is on the disk.

    `values` are attributes of the message; its customer is named by `customer_id` or `customer`. Who has read
    entity and customer gives them along, so that they are not read again. Without
    recipients it goes to whom the customer has on file for its channel. With a key `once` that a message of
    the entity has already, that message is the answer, and no second one is made. Raises Refused with
    `no_channel` where nothing is connected by which it could go, and with `no_recipient` for nobody.
    """
    channel = values.get("channel", EMAIL)
    await sending.check_connected(tx, asked, channel)
    if (once := values.get("once")) is not None:
        await tx.alone(asked.scope.entity, f"message {once}")
        if (known := await _once(tx, asked, once)) is not None:
            return known
    entity = entity or await records.seller(tx, asked)
    await sending.check_day(tx, asked, entity, channel, tx.now)
    customer = customer or await _customer(tx, asked, values)
    stored = await tx.insert(composed(tx, entity, customer, values))
    await records.note(tx, asked, "message.queued", stored)
    return stored


def composed(tx: Tx, entity: Entity, customer: Customer | None, values: Mapping[str, Any]) -> Message:
    """A message that is not stored yet; raises Refused for what cannot be one."""
    channel = values.get("channel", EMAIL)
    problems: list[Problem] = []
    if channel == SMS:
        problems += _of_text(values.get("body"))
    attachments = ATTACHMENTS.read(values.get("attachments"), ("attachments",), problems)
    said = {
        **addressees.chosen(channel, values, entity, customer),
        **_sender(values, entity),
        "channel": channel,
        "kind": "message",
        **{name: values[name] for name in _TAKEN if values.get(name) is not None},
        "attachments": attachments or None,
        "customer_id": customer.id if customer else None,
        "customer": customer.serial if customer else None,
    }
    if problems:
        raise Refused(*problems)
    made = rules.made(
        said, entity_id=entity.id, id=tx.new_id(), now=tx.now, domain=addressees.domain_of(entity)
    )
    return checked(made)


async def queue_many(tx: Tx, asked: Request, made: Sequence[Message]) -> None:
    """Messages of one entity that were composed in this transaction, whose keys `once` are no others'."""
    await tx.insert_many(made)
    await tx.note_many([records.event(tx, asked, "message.queued", one) for one in made])


async def queue_document(
    tx: Tx, asked: Request, document: Document, values: Mapping[str, Any], *, as_written: bool = False
) -> Message:
    """A document as PDF by e-mail or letter, or in words by text message, with the entity's words for its
    type unless there are others.

    A `language` among the values is that of words and paper. What is said `as_written` has no placeholders
    of ours: the door has put in its own.
    """
    entity = await records.seller(tx, asked)
    wanted = values.get("language")
    paper = {"paper": "document", "document_id": document.id, **({"language": wanted} if wanted else {})}
    own = {
        "kind": "document",
        "document_id": document.id,
        "customer_id": document.customer_id,
        "attachments": [paper],
    }
    if document.customer_id is None:
        own["recipients"] = addressees.of_buyer(values.get("channel", EMAIL), document.buyer or {})
    texts = _by(values, own, _of_type(entity, document.type, wanted), "{total_amount} {invoice_link}")
    if values.get("attachments") == [] and values.get("channel", EMAIL) == EMAIL and not as_written:
        values, texts = _with_link(values), _with_link(texts)
    customer = await _customer(tx, asked, {"customer_id": document.customer_id})
    more = await links.words(tx, asked, customer, *_both(values, texts), of=document)
    said = _worded(
        values, texts, lambda text: issuing.filled(text, document, entity, more, wanted), as_written
    )
    return await queue(tx, asked, {**own, **values, **said}, entity, customer)


async def queue_statement(
    tx: Tx,
    asked: Request,
    customer: Customer,
    values: Mapping[str, Any],
    paper: Mapping[str, Any],
    words: Mapping[str, str] | None = None,
    *,
    as_written: bool = False,
) -> Message:
    """A statement, as a document goes out. `paper` says which (see ATTACHMENT), `words` what placeholders
    beside those of entity and customer stand for; `as_written` as for a document."""
    entity = await records.seller(tx, asked)
    texts = language(customer.language or entity.locale)
    own = {
        "kind": "statement",
        "customer_id": customer.id,
        "attachments": [{**paper, "paper": "statement", "customer_id": customer.id}],
    }
    mail: dict[str, str | None] = {"subject": texts.statement_subject, "body": texts.statement_body}
    ours = _by(values, own, mail, text=texts.statement_text)
    known = {
        **issuing.values_of(entity, customer, issuing.today(entity, tx.now)),
        **await links.words(tx, asked, customer, *_both(values, ours)),
        **(words or {}),
    }
    said = _worded(values, ours, lambda text: substitute(text, known), as_written)
    return await queue(tx, asked, {**own, **values, **said}, entity, customer)


def _both(values: Mapping[str, Any], ours: Mapping[str, str | None]) -> list[str | None]:
    """The texts that will be said."""
    return [values.get(part) or text for part, text in ours.items()]


def _with_link(texts: Mapping[str, Any]) -> dict[str, Any]:
    """The words of an e-mail without its paper, which say where that is: it would say nothing else."""
    body = texts.get("body")
    if not body or "invoice_link" in placeholders(body):
        return dict(texts)
    return {**texts, "body": f"{body}\n\n{{invoice_link}}"}


def _of_type(entity: Entity, kind: str, wanted: str | None) -> dict[str, str | None]:
    """What an entity writes with documents of a type. Words it never changed are ours, and so are there in
    every language of ours."""
    texts: Any = entity.settings.get("email_defaults") or {}
    first, ours = (language(one).email_defaults for one in (entity.locale, wanted or entity.locale))
    said = {}
    for part in ("subject", "body"):
        name = f"{kind}_{part}"
        said[part] = unless_changed(texts.get(name), first.get(name), ours.get(name))
    return said


def _by(
    values: Mapping[str, Any],
    own: dict[str, Any],
    mail: Mapping[str, str | None],
    more: str = "",
    *,
    text: str = "",
) -> Mapping[str, str | None]:
    """The words that go by the message's channel: a text message has no subject and no papers, a letter is
    its paper. A text of its own or else the subject of the mail, and more, is what a text message says."""
    channel = values.get("channel", EMAIL)
    if channel == SMS:
        own["attachments"] = []
        return {"body": text or f"{mail.get('subject') or ''}: {more}"}
    return {} if channel == LETTER else mail


def _of_text(body: Any) -> list[Problem]:
    """What is wrong with the words of a text message."""
    if not body or not str(body).strip():
        return [Problem("required", ("body",))]
    return [Problem("too_long", ("body",), str(TEXT_MAX))] if len(body) > TEXT_MAX else []


def _worded(
    values: Mapping[str, Any],
    ours: Mapping[str, str | None],
    fill: Callable[[str], str | None],
    as_written: bool,
) -> dict[str, str | None]:
    """Subject and body, as they are given or else ours, with their placeholders filled in once."""
    said: dict[str, str | None] = {}
    for part, text in ours.items():
        given = values.get(part)
        said[part] = given if given and as_written else (fill(given or text or "") or "").strip() or None
    return said


async def get(reader: Reader, asked: Request, id: Id) -> Message:
    return await records.get(reader, asked, Message, id)


async def page(reader: Reader, asked: Request, query: Query) -> Page:
    return await reader.page(Message, asked.scope, query)


async def cancel(tx: Tx, asked: Request, id: Id) -> Message:
    """Nobody gets it any more; refused with `sent_already`, or `being_sent` while a worker has it."""
    return await records.change(tx, asked, Message, id, "message.canceled", rules.canceled)


async def retry(tx: Tx, asked: Request, id: Id) -> Message:
    """Tries at once, and anew from the first attempt on, what was given up, was canceled, or waits."""
    return await records.change(tx, asked, Message, id, "message.retried", rules.retried)


def on_behalf(entity: Entity) -> Request:
    """As what a worker works on a message: the entity's, and no key's."""
    return Request(Scope(entity.account_id, entity.environment, key_id="", entity_id=entity.id))


async def taken(
    tx: Tx, channels: Sequence[str], most: int, lease: timedelta, tries_max: int, after: str = ""
) -> list[Message]:
    """Some messages that are due, for one worker alone; what every worker died of is said to have failed."""
    found = await tx.claim(channels, most, lease, tries_max, after)
    for one in found:
        if one.state != QUEUED and (entity := await tx.owned(one.entity_id)) is not None:
            await records.note(tx, on_behalf(entity), "message.failed", one)
    return [one for one in found if one.state == QUEUED]


async def sent(
    tx: Tx, asked: Request, message: Message, provider_id: str | None, details: Mapping[str, Any]
) -> Message | None:
    """Keeps that a message was delivered, whatever became of its row meanwhile; its document knows it too."""
    old = await tx.lock(Message, asked.scope, message.id)
    if old is None or old.state == SENT:
        return old
    new = rules.delivered(old, tx.now, provider_id, details)
    await tx.update(old, new, asked.scope)
    await records.note(tx, asked, "message.sent", new)
    if new.kind == "document" and new.document_id is not None:
        await _mark_sent(tx, asked, new.document_id)
    return new


async def reached(tx: Tx, asked: Request, message: Message, details: Mapping[str, Any]) -> None:
    """Keeps whom a message has reached while others are still to be: nobody gets it twice, whatever becomes
    of the rest."""
    old = await tx.lock(Message, asked.scope, message.id)
    if old is not None and old.state == QUEUED and old.leased_until == message.leased_until:
        await tx.update(old, rules.on_its_way(old, tx.now, details), asked.scope)


async def unsent(
    tx: Tx,
    asked: Request,
    message: Message,
    error: str,
    *,
    is_final: bool,
    details: Mapping[str, Any] | None = None,
    delays: Sequence[timedelta] = DELAYS,
    wait: timedelta = timedelta(0),
) -> Message | None:
    """Keeps that an attempt failed; not where somebody else has the message by now, or it was settled."""
    old = await tx.lock(Message, asked.scope, message.id)
    if old is None or old.state != QUEUED or old.leased_until != message.leased_until:
        return old
    if is_final:
        new = rules.failed(old, tx.now, error, details=details)
    else:
        new = rules.postponed(old, tx.now, error, details=details, delays=delays, wait=wait)
    await tx.update(old, new, asked.scope)
    if new.state != QUEUED:
        await records.note(tx, asked, "message.failed", new)
    return new


_TAKEN = (
    "kind", "subject", "body", "template", "document_id", "next_at", "once", "metadata", "details",
)  # fmt: skip


def _sender(values: Mapping[str, Any], entity: Entity) -> dict[str, Any]:
    """Of whom it is; what an entity has on file for its address may be none, and was never refused."""
    own = entity.email if is_address(entity.email or "") else None
    return {
        "sender_name": values.get("sender_name") or entity.name,
        "reply_to": values.get("reply_to") or own,
    }


async def _customer(reader: Reader, asked: Request, values: Mapping[str, Any]) -> Customer | None:
    id = values.get("customer_id") if values.get("customer_id") is not None else values.get("customer")
    return None if id is None else await records.get(reader, _plain(asked), Customer, id)


async def _once(reader: Reader, asked: Request, once: str) -> Message | None:
    query = Query(Compare("once", Op.EQ, once), unambiguous(()), limit=1, counted=False)
    found = (await reader.page(Message, asked.scope, query)).records
    return found[0] if found else None


async def _mark_sent(tx: Tx, asked: Request, document_id: str) -> None:
    document = await tx.lock(Document, asked.scope, document_id)
    if document is None:
        return
    new = touched(document, {"sent_at": tx.now}, tx.now)
    await tx.update(document, new, asked.scope)
    await records.note(tx, asked, f"{document.type}.sent", new, document)


def _plain(asked: Request) -> Request:
    """The request, of which neither the versions nor what is shown are those of what is only read."""
    return asked._replace(expected=None, shows=None)
