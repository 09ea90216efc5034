"""What a chased customer is told: the entity's stored words, or ours in the customer's language."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from billto.app import catalog, links, overdue
from billto.app.parts import Reader, Request
from billto.domain import issuing, variables
from billto.domain.chasing import Decision
from billto.domain.customer import Customer
from billto.domain.entity import Entity
from billto.domain.formats import Formats, formats_for
from billto.domain.languages import language
from billto.domain.message import ATTACHMENTS_MAX, EMAIL, SMS
from billto.domain.problems import Problem, Refused
from billto.domain.stored_template import MESSAGE_MAX
from billto.domain.templates import substitute

_TEMPLATES = {
    EMAIL: ("email_template_id", catalog.EMAIL_TEMPLATES),
    SMS: ("sms_template_id", catalog.SMS_TEMPLATES),
}


async def of(
    reader: Reader,
    asked: Request,
    channel: str,
    entity: Entity,
    customer: Customer,
    decision: Decision,
    today: date,
) -> dict[str, Any]:
    """Words of a message, and its papers: a statement of open items for each currency.

    Raises Refused for a stored template that is not there any more.
    """
    said: dict[str, Any] = {}
    if channel != SMS:
        said["attachments"] = papers(customer, decision, today)
    if channel not in _TEMPLATES:
        return said
    name, kind = _TEMPLATES[channel]
    assert decision.step is not None
    code = decision.step.get(name)
    if not code:
        return {**said, **_ours(channel, entity, customer, decision, today)}
    stored = (await catalog.named(kind, reader, asked, (code,))).get(code)
    if stored is None:
        raise Refused(Problem("unknown_reference", (name,), f"template {code}"))
    page = await links.url(reader, asked, customer) if asked.base else None
    known = values(entity, customer, decision, page)
    ours = _ours(channel, entity, customer, decision, today)
    if channel == SMS:
        return {**said, "template": code, "body": _filled(stored.message, known, ours["body"])[:MESSAGE_MAX]}
    words = {part: _filled(getattr(stored, part), known, ours[part]) for part in ("subject", "body")}
    return {**said, **words, "template": code}


def papers(customer: Customer, decision: Decision, today: date) -> list[dict[str, Any]]:
    paper = {
        "paper": "statement", "customer_id": customer.id, "end": today.isoformat(),
        "is_balance_forward": False, "past_due_only": False, "with_children": False,
    }  # fmt: skip
    some = list(decision.balances)[:ATTACHMENTS_MAX]
    return [{**paper, "currency_code": code, "name": f"statement-{code}"} for code in some]


def values(
    entity: Entity, customer: Customer, decision: Decision, page: str | None = None
) -> variables.Values:
    """What the documented variables of chasing stand for; `page` is the address of the customer's own."""
    documents = decision.documents[: overdue.LISTED_MAX]
    written = formats_for(entity, customer)
    return {
        **variables.of_parties(entity, customer),
        "account_balance": _amounts(decision.balances, written),
        "invoice_numbers": ", ".join(one.number for one in documents if one.number),
        "invoice_dates": ", ".join(written.day(one.date) for one in documents),
        "invoice_due_dates": ", ".join(written.day(one.due_date) for one in documents if one.due_date),
        "customer_portal_button": page,
        "url": page,
    }


def _ours(
    channel: str, entity: Entity, customer: Customer, decision: Decision, today: date
) -> dict[str, Any]:
    ours = language(customer.language or entity.locale)
    written = formats_for(entity, customer)
    known = {
        **issuing.values_of(entity, customer, today),
        **overdue.listed(decision.documents, "", written),
        "total_amount": _amounts(decision.balances, written),
    }
    if channel == SMS:
        return {"body": substitute(ours.chasing_text, known)[:MESSAGE_MAX]}
    return {"subject": substitute(ours.chasing_subject, known), "body": substitute(ours.chasing_body, known)}


def _filled(text: str | None, known: variables.Values, ours: str) -> str:
    return variables.substitute(text, known) if text else ours


def _amounts(balances: Mapping[str, Any], written: Formats) -> str:
    return ", ".join(written.told(amount, code) for code, amount in balances.items())
