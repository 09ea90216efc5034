"""Invoiced: the `{{variables}}` in subjects and messages, and what they stand for.

They are put in once and never read again, and nothing is ever evaluated: of Mustache only names are
understood, and as there a name that is not known becomes nothing. Everything else in braces is plain text.
"""

import re
from collections.abc import Mapping
from datetime import date

from billto.app import balances, records
from billto.app.balances import Statement
from billto.app.parts import Reader, Request, Tx
from billto.domain.customer import Customer
from billto.domain.document import Document
from billto.domain.entity import Entity
from billto.domain.money import shown

Values = Mapping[str, str | None]

_NAME = r"[ \t]{0,9}&?[ \t]{0,9}([A-Za-z_][A-Za-z0-9_]{0,99})[ \t]{0,9}"
_VARIABLE = re.compile(r"\{\{\{" + _NAME + r"\}\}\}|\{\{" + _NAME + r"\}\}")


def substitute(text: str, values: Values) -> str:
    """The text with its variables; mail is plain text, so that nothing is escaped."""
    return _VARIABLE.sub(lambda found: values.get(found[1] or found[2]) or "", text)


def are_in(*texts: str | None) -> bool:
    """Whether there is any: what they stand for is looked up only then."""
    return any(text and _VARIABLE.search(text) for text in texts)


async def of_statement(
    tx: Tx, asked: Request, customer: Customer, url: str, *, end: date | None, past_due_only: bool
) -> Values:
    """What there is to say of a customer, and of the invoices it has to pay."""
    told = await balances.statement(
        tx, asked, customer.id, tx.now, is_balance_forward=False, end=end, past_due_only=past_due_only
    )
    (balance,) = await balances.of(tx, asked, customer.id, tx.now, told.currency_code)
    return {
        **await _parties(tx, asked, customer),
        **_invoices(told),
        "account_balance": shown(balance.standing.outstanding, told.currency_code),
        "url": url,
    }


async def of_document(reader: Reader, asked: Request, document: Document) -> Values:
    """What there is to say of a document and its customer."""
    customer = None
    if document.customer_id is not None:
        customer = await records.get(reader, asked, Customer, document.customer_id)
    day = document.date.isoformat()
    due = None if document.due_date is None else document.due_date.isoformat()
    currency = document.currency_code
    known = await _parties(reader, asked, customer)
    mine = {f"{document.type}_number": document.number, f"{document.type}_date": day}
    return {
        **known,
        **mine,
        "customer_name": document.customer_name or known.get("customer_name"),
        "invoice_number": document.number,
        "invoice_date": day,
        "invoice_due_date": due,
        "number": document.number,
        "date": day,
        "due_date": due,
        "payment_terms": document.payment_terms,
        "purchase_order": document.purchase_order,
        "notes": document.note,
        "currency": currency.lower(),
        "subtotal": shown(document.subtotal, currency),
        "total": shown(document.total_with_tax, currency),
        "balance": shown(document.balance, currency),
    }


async def _parties(reader: Reader, asked: Request, customer: Customer | None) -> dict[str, str | None]:
    entity = await records.get(reader, asked, Entity, asked.scope.entity)
    known = {
        "company_name": entity.name,
        "company_email": entity.email,
        "company_address": _address(entity),
    }
    if customer is None:
        return known
    first = next((one for one in customer.contacts or () if one.get("is_primary")), None)
    return {
        **known,
        "customer_name": customer.name,
        "customer_number": customer.number,
        "customer_contact_name": (first or {}).get("name") or customer.contact or customer.name,
        "customer_address": _address(customer),
        "customer_payment_terms": customer.payment_terms,
        "payment_terms": customer.payment_terms,
    }


def _invoices(told: Statement) -> dict[str, str]:
    items = told.open.items
    return {
        "invoice_numbers": ", ".join(one.number for one in items if one.number),
        "invoice_dates": ", ".join(one.date.isoformat() for one in items),
        "invoice_due_dates": ", ".join(one.due_date.isoformat() for one in items if one.due_date),
    }


def _address(of: Entity | Customer) -> str:
    place = " ".join(part for part in (of.post_code, of.city) if part)
    return "\n".join(part for part in (of.address, of.address_2, place, of.country) if part)
