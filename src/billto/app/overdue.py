"""Reminders that somebody asks for: an e-mail that tells a customer what it is late with."""

from collections.abc import Mapping, Sequence
from typing import Any

from billto.app import balances, customers, messages, records
from billto.app.balances import Statement
from billto.app.parts import Id, Request, Tx
from billto.domain import issuing
from billto.domain.customer import Customer
from billto.domain.entity import Entity
from billto.domain.languages import language
from billto.domain.message import Message
from billto.domain.money import shown
from billto.domain.problems import Problem, Refused
from billto.domain.templates import substitute

LISTED_MAX = 100  # documents that the mail itself names; its paper has all of them


async def remind(tx: Tx, asked: Request, id: Id, values: Mapping[str, Any]) -> Message:
    """An e-mail with all that is overdue, and the statement of it as PDF, one for each currency.

    A `language` among the values is that of words and papers, unless the entity has words of its own. Raises
    Refused with `nothing_overdue` where there is nothing to remind of.
    """
    plain = asked._replace(expected=None, shows=None)
    customer = await customers.get(tx, plain, id)
    entity = await records.get(tx, plain, Entity, asked.scope.entity)
    late = await _late(tx, plain, customer)
    if not late:
        raise Refused(Problem("nothing_overdue"))
    wanted = values.get("language")
    today = issuing.today(entity, tx.now)
    paper = {
        "paper": "statement", "customer_id": customer.id, "language": wanted, "end": today.isoformat(),
        "is_balance_forward": False, "past_due_only": True, "with_children": False,
    }  # fmt: skip
    own: dict[str, Any] = {
        "kind": "reminder",
        "customer_id": customer.id,
        "attachments": [
            {**paper, "currency_code": one.currency_code, "name": f"overdue-{one.currency_code}"}
            for one in late
        ],
    }
    texts = _texts(entity, customer, wanted)
    known = issuing.values_of(entity, customer, today)
    known |= _words(late, substitute(texts["payment_instructions"], known))
    filled = {part: substitute(texts[part], known) for part in ("subject", "body")}
    return await messages.queue(tx, asked, {**own, **values, **filled})


async def _late(tx: Tx, asked: Request, customer: Customer) -> Sequence[Statement]:
    """What is overdue, by currency; with nothing of the customers below, who are reminded themselves."""
    standings = await tx.standings(asked.scope, (customer.id,))
    told = [
        await balances.statement(
            tx, asked, customer.id, tx.now, is_balance_forward=False, currency=one.currency_code,
            past_due_only=True, with_children=False,
        )
        for one in sorted(standings, key=lambda one: one.currency_code) if one.outstanding
    ]  # fmt: skip
    return [one for one in told if one.open.items]


def _texts(entity: Entity, customer: Customer, wanted: str | None) -> dict[str, str]:
    settings: Any = entity.settings.get("payment_reminders") or {}
    ours = language(wanted or customer.language or entity.locale)
    how = settings.get("payment_instructions") or ""
    body = ours.overdue_body + ("\n\n{payment_instructions}" if how else "")
    return {
        "subject": settings.get("email_subject") or ours.overdue_subject,
        "body": settings.get("email_body") or body,
        "payment_instructions": how,
    }


def _words(late: Sequence[Statement], payment_instructions: str) -> dict[str, str | None]:
    """What the placeholders stand for that only a reminder has."""
    rows = [
        f"{item.number or item.date.isoformat()} ({(item.due_date or item.date).isoformat()}): "
        f"{shown(item.balance, one.currency_code)}"
        for one in late
        for item in one.open.items
    ]
    listed = [*rows[:LISTED_MAX], *(["…"] if len(rows) > LISTED_MAX else [])]
    return {
        "invoice_list": "\n".join(listed),
        "overdue_count": str(len(rows)),
        "total_amount": ", ".join(shown(one.open.total, one.currency_code) for one in late),
        "payment_instructions": payment_instructions,
    }
