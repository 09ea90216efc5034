"""The customer: whom you bill."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, NamedTuple

from billto.domain.attrs import FLAG, ID, METADATA, MOMENT, NUMBER, text, tree
from billto.domain.bank import ACCOUNT
from billto.domain.nodes import Choice, Group, Many, Text
from billto.domain.places import with_country_code
from billto.domain.problems import Problem, Refused
from billto.domain.versions import touched

BANK_ACCOUNTS = Many(
    Group(
        {"type": Choice(among=("iban", "us_domestic", "uk_domestic", "other"), null=False), **ACCOUNT},
        null=False,
        start={"type": "iban"},
    ),
    most=20,
)

# Where the Slovenian budget payments administration (UJP) takes e-invoices for a public body.
UJP = Group(
    dict.fromkeys(
        ("receiver_name", "receiver_identifier", "receiver_agent", "receiver_mailbox"), Text(most=255)
    )
)

CONTACT_TYPES = ("buyer", "supplier", "both")


class Customer(NamedTuple):
    """Whom an entity bills. The texts are kept as they were given; nothing is refused for a checksum."""

    # identity
    entity_id: Annotated[str, ID]
    id: Annotated[str, ID]
    serial: Annotated[int, NUMBER]  # for dialects with whole numbers as ids; the store allots it
    version: Annotated[int, NUMBER]
    created_at: Annotated[datetime, MOMENT]
    updated_at: Annotated[datetime, MOMENT]
    deleted_at: Annotated[datetime | None, MOMENT]  # in the trash since
    # who
    name: Annotated[str, text(500, least=1)]
    email: Annotated[str | None, text(320)] = None
    contact_type: Annotated[str | None, text(8, among=CONTACT_TYPES, searched=False)] = None
    # where
    address: Annotated[str | None, text(500)] = None
    address_2: Annotated[str | None, text(500)] = None
    post_code: Annotated[str | None, text(50)] = None
    city: Annotated[str | None, text(255)] = None
    state: Annotated[str | None, text(255)] = None
    country: Annotated[str | None, text(255)] = None
    country_code: Annotated[str | None, text(10)] = None
    # tax
    tax_number: Annotated[str | None, text(100)] = None
    company_number: Annotated[str | None, text(100)] = None
    is_tax_subject: Annotated[bool, FLAG] = True
    is_end_consumer: Annotated[bool | None, FLAG] = False
    # electronic invoices
    peppol_id: Annotated[str | None, text(255)] = None
    peppol_scheme_id: Annotated[str | None, text(50)] = None
    ujp: Annotated[dict[str, Any] | None, tree(UJP)] = None
    # money
    bank_accounts: Annotated[list[dict[str, Any]] | None, tree(BANK_ACCOUNTS)] = None
    # theirs
    metadata: Annotated[dict[str, str], METADATA] = {}  # noqa: RUF012 (every customer is made with its own)


def made(values: Mapping[str, Any], *, entity_id: str, id: str, now: datetime) -> Customer:
    """A new customer of an entity, out of checked values."""
    return Customer(
        **{"metadata": {}, **with_country_code(values)},
        entity_id=entity_id, id=id, serial=0, version=1, created_at=now, updated_at=now, deleted_at=None,
    )  # fmt: skip


def changed(customer: Customer, values: Mapping[str, Any], now: datetime) -> Customer:
    """The customer with some checked values in place of its own; the very same when nothing differs."""
    return touched(customer, with_country_code(values), now)


def trashed(customer: Customer, now: datetime) -> Customer:
    """The customer in the trash; one that is there already stays as it is."""
    return customer if customer.deleted_at else touched(customer, {"deleted_at": now}, now)


def restored(customer: Customer, now: datetime) -> Customer:
    """The customer out of the trash; one that is not in it stays as it is."""
    return touched(customer, {"deleted_at": None}, now) if customer.deleted_at else customer


def check_erasable(customer: Customer) -> None:
    """Raises Refused unless the customer is in the trash: nothing is lost by one slip."""
    if not customer.deleted_at:
        raise Refused(Problem("not_in_trash"))
