"""Invoiced: the `{{variables}}` in subjects and messages, and what they stand for.

They are put in once and never read again, and nothing is ever evaluated: of Mustache only names are
understood, and as there a name that is not known becomes nothing. Everything else in braces is plain text.
"""

from billto.app import balances, links, overdue, records
from billto.app.parts import Reader, Request, Tx
from billto.domain import issuing
from billto.domain.customer import Customer
from billto.domain.document import Document
from billto.domain.formats import formats_for
from billto.domain.variables import Values, are_in, of_parties, substitute

__all__ = ["Values", "are_in", "of_document", "of_statement", "substitute"]


async def of_statement(
    tx: Tx, asked: Request, customer: Customer, url: str, *, past_due_only: bool
) -> Values:
    """What there is to say of a customer, and of the invoices it has to pay, in its own currency."""
    entity = await records.seller(tx, asked)
    currency = customer.currency_code or entity.currency_code
    (balance,) = await balances.of(tx, asked, customer.id, tx.now, currency)
    today = issuing.today(entity, tx.now)
    open_ = await overdue.open_documents(tx, asked, (customer.id,), today, late_only=past_due_only)
    told = [one for one in open_ if one.currency_code == currency]
    written = formats_for(entity, customer)
    return {
        **of_parties(entity, customer),
        "account_balance": written.told(balance.standing.outstanding, currency),
        "invoice_numbers": ", ".join(one.number for one in told if one.number),
        "invoice_dates": ", ".join(written.day(one.date) for one in told),
        "invoice_due_dates": ", ".join(written.day(one.due_date) for one in told if one.due_date),
        "url": url,
    }


async def of_document(reader: Reader, asked: Request, document: Document) -> Values:
    """What there is to say of a document and its customer."""
    customer, url = None, None
    if document.customer_id is not None:
        customer = await records.get(reader, asked, Customer, document.customer_id)
        url = await links.document_url(reader, asked, customer, document)
    entity = await records.seller(reader, asked)
    written = formats_for(entity, customer)
    day = written.day(document.date)
    due = None if document.due_date is None else written.day(document.due_date)
    currency = document.currency_code
    known = of_parties(entity, customer)
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
        "subtotal": written.told(document.subtotal, currency),
        "total": written.told(document.total_with_tax, currency),
        "balance": written.told(document.balance, currency),
        "url": url,
    }
