"""The ledger: entries that are never changed. What a customer owes is their sum, in each currency apart."""

from collections.abc import Mapping, Sequence
from datetime import date as day
from datetime import datetime
from decimal import Decimal
from typing import Annotated, NamedTuple

from billto.domain.attrs import DAY, ID, MOMENT, MONEY, NUMBER, text

# Where an amount stands: what is owed on invoices; what is open of credit notes; what is not applied of
# payments; the credit balance. The last three are never above nothing, for they are owed to the customer.
INVOICE, CREDIT_NOTE, PAYMENT, CREDIT = ACCOUNTS = ("invoice", "credit_note", "payment", "credit")

KINDS = (
    "issued",
    "voided",
    "received",
    "payment_voided",
    "applied",
    "unapplied",
    "refunded",
    "refund_voided",
    "adjusted",
    "written_off",
    "reopened",
    "advance_settled",
    "advance_restored",
)
CAUSES = ("document", "payment", "adjustment")


class Entry(NamedTuple):
    """A change of what is owed. Those of one posting that only move an amount come to nothing together."""

    entity_id: Annotated[str, ID]
    id: Annotated[str, ID]
    serial: Annotated[int, NUMBER]  # the store allots it
    created_at: Annotated[datetime, MOMENT]
    posting_id: Annotated[str, ID]  # the same for all that were made together
    account: Annotated[str, text(12, among=ACCOUNTS, searched=False)]
    kind: Annotated[str, text(20, among=KINDS, searched=False)]
    cause: Annotated[str, text(12, among=CAUSES, searched=False)]
    cause_id: Annotated[str, ID]  # the document, payment or adjustment that made it
    currency_code: Annotated[str, text(3, searched=False)]
    amount: Annotated[Decimal, MONEY]  # what the customer owes more by it
    date: Annotated[day, DAY]
    customer_id: Annotated[str | None, ID] = None  # None: somebody who was not saved as a customer
    customer: Annotated[int | None, NUMBER] = None  # its serial
    item_id: Annotated[str | None, ID] = None  # the document or payment that is opened or settled
    due_date: Annotated[day | None, DAY] = None  # of the item, where it is opened
    number: Annotated[str | None, text(255, searched=False)] = None  # of the item


class Standing(NamedTuple):
    """How a customer stands in one currency: the sums of the entries, kept beside them. None is negative."""

    customer_id: str
    currency_code: str
    outstanding: Decimal = Decimal(0)  # on invoices
    open_credit_notes: Decimal = Decimal(0)
    unapplied: Decimal = Decimal(0)  # of payments
    credit: Decimal = Decimal(0)  # the credit balance

    @property
    def net(self) -> Decimal:
        """What is owed when everything that is open is set against each other."""
        return self.outstanding - self.open_credit_notes - self.unapplied - self.credit

    def with_(self, other: "Standing") -> "Standing":
        """How the customer stands when what another stands for in this currency is its own."""
        mine, theirs = self[2:], other[2:]
        return Standing(*self[:2], *(a + b for a, b in zip(mine, theirs, strict=True)))


class Due(NamedTuple):
    """What of the open invoices is due, in one currency."""

    currency_code: str
    due: Decimal
    is_past_due: bool


class FallingDue(NamedTuple):
    """What of the open invoices has to be paid on a day, in one currency; those without a due date on their
    own."""

    currency_code: str
    date: day
    balance: Decimal

    @property
    def due_date(self) -> day:
        return self.date


# The sum that each account is kept in, and the sign with which it is told.
_OF_ACCOUNT: Mapping[str, tuple[str, int]] = {
    INVOICE: ("outstanding", 1),
    CREDIT_NOTE: ("open_credit_notes", -1),
    PAYMENT: ("unapplied", -1),
    CREDIT: ("credit", -1),
}


def grown(
    standings: Sequence[Standing], entries: Sequence[Entry]
) -> Mapping[tuple[str, str], tuple[Standing, Standing]]:
    """How the customers of some entries stood in their currencies before, and how they stand after."""
    before = {(one.customer_id, one.currency_code): one for one in standings}
    after: dict[tuple[str, str], Standing] = {}
    for entry in entries:
        if entry.customer_id is None:
            continue
        key = (entry.customer_id, entry.currency_code)
        one = after.get(key) or before.get(key) or Standing(*key)
        name, sign = _OF_ACCOUNT[entry.account]
        after[key] = one._replace(**{name: getattr(one, name) + sign * entry.amount})
    return {key: (before.get(key) or Standing(*key), one) for key, one in after.items()}
