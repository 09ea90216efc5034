"""A payment: money that came from a customer, or went back to one, and what it was applied to."""

from datetime import date as day
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, NamedTuple

from billto.domain.attrs import CUSTOM, DAY, ID, METADATA, MOMENT, MONEY, NUMBER, text, tree
from billto.domain.nodes import Choice, Group, Many, Node, Number, Text, Whole

APPLICATIONS_MAX = 500

# Where money comes from and where it goes. The first two spend the payment; the others move what the customer
# has to its credit already; the last three take it out of the house.
APPLIED = ("document", "credit", "applied_credit", "credit_note", "advance")
REFUNDED = ("refund_credit", "refund_credit_note", "refund_payment")

APPLICATION: dict[str, Node] = {
    "kind": Choice(among=(*APPLIED, *REFUNDED), null=False),
    "amount": Number(least=0, null=False),
    "document_id": Text(most=24),  # what is settled by it
    "document": Whole(),  # its serial
    "document_type": Text(most=20),
    "source_id": Text(most=24),  # the credit note, advance invoice or payment that it comes out of
    "source": Whole(),
}
APPLICATIONS = Many(Group(APPLICATION, null=False), most=APPLICATIONS_MAX)

PAYMENT, REFUND = DIRECTIONS = ("payment", "refund")


class Payment(NamedTuple):
    """Money in or out. It is never deleted, but voided: then all that it did is undone."""

    # identity
    entity_id: Annotated[str, ID]
    id: Annotated[str, ID]
    serial: Annotated[int, NUMBER]  # the store allots it
    version: Annotated[int, NUMBER]
    created_at: Annotated[datetime, MOMENT]
    updated_at: Annotated[datetime, MOMENT]
    direction: Annotated[str, text(10, among=DIRECTIONS, searched=False)]
    date: Annotated[day, DAY]
    currency_code: Annotated[str, text(3, searched=False)]
    amount: Annotated[Decimal, MONEY]  # of money; nothing, where it only moves what was there
    balance: Annotated[Decimal, MONEY]  # what is not applied to anything
    applications: Annotated[list[dict[str, Any]], tree(APPLICATIONS)]
    voided_at: Annotated[datetime | None, MOMENT] = None
    customer_id: Annotated[str | None, ID] = None
    customer: Annotated[int | None, NUMBER] = None  # its serial
    document_id: Annotated[str | None, ID] = (
        None  # the document it was entered for, or the payment that it pays back
    )
    method: Annotated[str, text(30, searched=False)] = "other"
    source: Annotated[str, text(30, searched=False)] = "api"
    reference: Annotated[str | None, text(255)] = None
    note: Annotated[str | None, text(10_000, searched=False)] = None
    tag: Annotated[str | None, text(255, searched=False)] = None
    transaction_id: Annotated[str | None, text(255)] = None
    metadata: Annotated[dict[str, str], METADATA] = {}  # noqa: RUF012 (every payment is made with its own)
    custom: Annotated[dict[str, str], CUSTOM] = {}  # noqa: RUF012
