"""What customers owe, kept as entries that are never changed: a balance is a sum of them."""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

Day = date  # beside a field that is called date


class Entry(NamedTuple):
    entity_id: str
    id: str
    serial: int
    created_at: datetime  # aware UTC
    posting_id: str  # entries that were made together have the same
    customer_id: str | None
    customer: int | None  # its serial
    currency_code: str
    account: str  # "invoice" | "credit_note" | "payment" | "credit"
    item_id: str | None  # the document or payment that is open or settled; None for account "credit"
    # issued voided applied unapplied received payment_voided refunded refund_voided adjusted written_off
    # reopened advance_settled advance_restored
    kind: str
    cause_id: str  # the document, payment or adjustment that caused it
    cause: str  # "document" | "payment" | "adjustment"
    amount: Decimal  # what the customer owes more by it; less where negative
    date: Day  # plain date
    due_date: Day | None  # of the item, on the entry that opens it (kind issued)
    number: str | None  # of the item's document; for payments their reference
