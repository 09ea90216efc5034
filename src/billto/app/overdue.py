"""Reminders that somebody asks for: an e-mail that tells a customer what it is late with."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from billto.app import customers, links, messages, records
from billto.app.parts import Id, Reader, Request, Tx
from billto.domain import issuing
from billto.domain.customer import Customer
from billto.domain.document import PAYABLE, Document
from billto.domain.entity import Entity
from billto.domain.formats import Formats, formats_for
from billto.domain.languages import language
from billto.domain.message import LETTER, SMS, Message
from billto.domain.paging import unambiguous
from billto.domain.problems import Problem, Refused
from billto.domain.query import All, Compare, Either, Missing, Node, Not, Op, Order, Query
from billto.domain.templates import substitute

OPEN_MAX = 10_000
_SHOWN = frozenset(
    {"id", "number", "date", "due_date", "balance", "currency_code", "customer_id", "is_chased"}
)
LISTED_MAX = 100  # documents that the mail itself names; its paper has all of them


async def remind(tx: Tx, asked: Request, id: Id, values: Mapping[str, Any]) -> Message:
    """A message with all that is overdue, and the statement of it as PDF, one for each currency.

    A text message has no papers, a letter nothing else. A `language` among the values is that of words and
    papers, unless the entity has words of its own; subject, body and payment_instructions among them take the
    place of those. Raises Refused with `nothing_overdue` where there is nothing to remind of.
    """
    plain = asked._replace(expected=None, shows=None)
    customer = await customers.get(tx, plain, id)
    entity = await records.seller(tx, asked)
    today = issuing.today(entity, tx.now)
    late = await open_documents(tx, plain, (customer.id,), today, late_only=True)
    if not late:
        raise Refused(Problem("nothing_overdue"))
    wanted = values.get("language")
    texts = _texts(entity, customer, values)
    more = await links.words(tx, plain, customer, *texts.values())
    said = mail(entity, customer, late, today, texts, more, wanted)
    told = {**said, **values, **_carried(values.get("channel"), said)}
    return await messages.queue(tx, asked, told, entity, customer)


def _carried(channel: str | None, said: Mapping[str, Any]) -> dict[str, Any]:
    """What a channel carries of a reminder: a text message has no papers, a letter nothing else."""
    subject, body, papers = said["subject"], said["body"], said["attachments"]
    if channel == SMS:
        # Without its page's address, where that is not known, the text has a blank too many.
        subject, body, papers = None, body.strip(), []
    elif channel == LETTER:
        subject = body = None
    return {"subject": subject, "body": body, "attachments": papers}


def mail(
    entity: Entity,
    customer: Customer,
    late: Sequence[Document],
    today: date,
    texts: Mapping[str, str],
    more: Mapping[str, str | None],
    wanted: str | None = None,
) -> dict[str, Any]:
    """The message that tells a customer what it is late with, with its statements; `texts` are subject, body
    and payment_instructions, `more` what further placeholders stand for."""
    paper = {
        "paper": "statement", "customer_id": customer.id, "language": wanted, "end": today.isoformat(),
        "is_balance_forward": False, "past_due_only": True, "with_children": False,
    }  # fmt: skip
    known = {**issuing.values_of(entity, customer, today, wanted), **more}
    how = substitute(texts.get("payment_instructions") or "", known)
    known |= listed(late, how, formats_for(entity, customer, wanted))
    return {
        "kind": "reminder",
        "customer_id": customer.id,
        "attachments": [{**paper, "currency_code": code, "name": f"overdue-{code}"} for code in _sums(late)],
        **{part: substitute(texts[part], known) for part in ("subject", "body")},
    }


async def open_documents(
    reader: Reader, asked: Request, customer_ids: Sequence[str], today: date, *, late_only: bool
) -> Sequence[Document]:
    """What some customers have to pay, or only what they are late with, the oldest first; nothing of
    customers below them, who are told themselves. Raises Refused where it is more than a letter tells."""
    where: list[Node] = [
        Compare("customer_id", Op.IN, tuple(customer_ids)), Compare("type", Op.IN, PAYABLE),
        Compare("balance", Op.GT, Decimal(0)), Not(Missing("issued_at")), Missing("voided_at"),
    ]  # fmt: skip
    if late_only:
        undated = All((Missing("due_date"), Compare("date", Op.LT, today)))
        where.append(Either((Compare("due_date", Op.LT, today), undated)))
    order = unambiguous((Order("due_date"), Order("date")))
    query = Query(All(tuple(where)), order, OPEN_MAX + 1, counted=False, shows=_SHOWN)
    found: Sequence[Document] = (await reader.page(Document, asked.scope, query)).records
    if len(found) > OPEN_MAX:
        raise Refused(Problem("too_much_history", detail=str(OPEN_MAX)))
    return found


def _texts(entity: Entity, customer: Customer, given: Mapping[str, Any]) -> dict[str, str]:
    """The words that are given, or else the entity's, or else ours."""
    settings: Any = entity.settings.get("payment_reminders") or {}
    ours = language(given.get("language") or customer.language or entity.locale)
    how = given.get("payment_instructions") or settings.get("payment_instructions") or ""
    body = ours.overdue_body + ("\n\n{payment_instructions}" if how else "")
    if given.get("channel") == SMS:
        standard = f"{ours.chasing_text} {{portal_url}}"
    else:
        standard = settings.get("email_body") or body
    return {
        "subject": given.get("subject") or settings.get("email_subject") or ours.overdue_subject,
        "body": given.get("body") or standard,
        "payment_instructions": how,
    }


def listed(late: Sequence[Document], payment_instructions: str, written: Formats) -> dict[str, str | None]:
    """What the placeholders stand for that only a reminder has."""
    rows = [
        f"{one.number or written.day(one.date)} ({written.day(one.due_date or one.date)}): "
        f"{written.told(one.balance, one.currency_code)}"
        for one in late[:LISTED_MAX]
    ]
    return {
        "invoice_list": "\n".join([*rows, *(["…"] if len(late) > LISTED_MAX else [])]),
        "overdue_count": str(len(late)),
        "total_amount": ", ".join(written.told(amount, code) for code, amount in _sums(late).items()),
        "payment_instructions": payment_instructions,
    }


def _sums(late: Sequence[Document]) -> dict[str, Decimal]:
    """What is open by currency: amounts of several are never added."""
    sums: dict[str, Decimal] = {}
    for one in sorted(late, key=lambda one: one.currency_code):
        sums[one.currency_code] = sums.get(one.currency_code, Decimal(0)) + one.balance
    return sums
