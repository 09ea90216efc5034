"""The customer: whom you bill."""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, NamedTuple

from billto.domain.attrs import AMOUNT, CUSTOM, DAY, FLAG, ID, METADATA, MOMENT, NUMBER, text, tree
from billto.domain.bank import ACCOUNT
from billto.domain.contact import CONTACTS, DELIVERY_ADDRESSES, identified
from billto.domain.contact import settled as settled_contacts
from billto.domain.nodes import Anything, Choice, Group, Many, Text
from billto.domain.places import moved, with_country_code
from billto.domain.problems import Problem, Refused
from billto.domain.versions import edited, touched

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

# Named fields of a client's own, each with a value of any shape.
DATA = Many(
    Group({"id": Text(most=64), "name": Text(most=255), "value": Anything(), "options": Anything()}), most=100
)

WORDS = Many(Text(most=100, null=False), most=100)

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
    custom: Annotated[dict[str, str], CUSTOM] = {}  # noqa: RUF012
    data: Annotated[list[dict[str, Any]] | None, tree(DATA)] = None
    # what other systems call it; no two live customers of an entity share one
    number: Annotated[str | None, text(100, unique=True)] = None
    external_id: Annotated[str | None, text(255, unique=True)] = None
    faktoora_id: Annotated[str | None, text(100, searched=False)] = None
    supplier_number: Annotated[str | None, text(100, searched=False)] = None  # ours, with them
    # who, in more detail
    is_company: Annotated[bool, FLAG] = True
    first_name: Annotated[str | None, text(255)] = None
    last_name: Annotated[str | None, text(255)] = None
    authorised_signatory: Annotated[str | None, text(255, searched=False)] = None
    contact: Annotated[str | None, text(255)] = None  # to whose attention
    contacts: Annotated[list[dict[str, Any]] | None, tree(CONTACTS)] = None
    phone: Annotated[str | None, text(100)] = None
    website: Annotated[str | None, text(500)] = None
    business_type: Annotated[str | None, text(255, searched=False)] = None
    category: Annotated[str | None, text(255, searched=False)] = None
    language: Annotated[str | None, text(20, searched=False)] = None
    note: Annotated[str | None, text(10_000, searched=False)] = None
    owner: Annotated[int | None, NUMBER] = None
    # where else
    fiscal_region_code: Annotated[str | None, text(20, searched=False)] = None
    delivery_addresses: Annotated[list[dict[str, Any]] | None, tree(DELIVERY_ADDRESSES)] = None
    # tax, in more detail
    tax_number_2: Annotated[str | None, text(100)] = None
    is_taxable: Annotated[bool, FLAG] = True
    tax_rates: Annotated[list[str] | None, tree(WORDS)] = None
    avalara_entity_use_code: Annotated[str | None, text(255, searched=False)] = None
    avalara_exemption_number: Annotated[str | None, text(255, searched=False)] = None
    # electronic invoices, in more detail
    gln: Annotated[str | None, text(20, searched=False)] = None  # Global Location Number
    duns: Annotated[str | None, text(20, searched=False)] = None  # D-U-N-S number
    route_id: Annotated[str | None, text(100, searched=False)] = None  # Leitweg-ID
    invoice_profile: Annotated[str | None, text(100, searched=False)] = None
    # how they pay
    currency_code: Annotated[str | None, text(3, searched=False)] = None
    payment_terms: Annotated[str | None, text(100, searched=False)] = None
    credit_limit: Annotated[Decimal | None, AMOUNT] = None
    is_on_credit_hold: Annotated[bool, FLAG] = False
    is_autopay: Annotated[bool, FLAG] = False
    autopay_delay_days: Annotated[int | None, NUMBER] = None
    ach_gateway: Annotated[int | None, NUMBER] = None
    cc_gateway: Annotated[int | None, NUMBER] = None
    disabled_payment_methods: Annotated[list[str] | None, tree(WORDS)] = None
    # how they are reminded
    is_chased: Annotated[bool, FLAG] = True
    chasing_cadence: Annotated[int | None, NUMBER] = None
    next_chase_step: Annotated[int | None, NUMBER] = None
    is_chase_finished: Annotated[bool, FLAG] = False  # no step is left until everything is paid
    chase_paused_until: Annotated[date | None, DAY] = None  # left alone before that day (domain/holds.py)
    chase_pause_reason: Annotated[str | None, text(500, searched=False)] = None
    # to whom they belong
    parent: Annotated[int | None, NUMBER] = None  # the serial of another customer of the entity
    is_billed_to_parent: Annotated[bool, FLAG] = False
    is_consolidated: Annotated[bool, FLAG] = False  # open invoices are gathered into one
    sign_up_page: Annotated[int | None, NUMBER] = None
    # the signed link to its account: another number makes those that were given out worthless
    link_number: Annotated[int, NUMBER] = 0
    # what they owe: kept by the ledger alone, which makes no new version of the customer
    owes: Annotated[bool, FLAG] = False  # some invoice is open


_START: Mapping[str, Any] = Customer._field_defaults


def made(values: Mapping[str, Any], *, entity_id: str, id: str, now: datetime) -> Customer:
    """A new customer of an entity, out of checked values. Raises Refused without a name of any kind."""
    given = with_country_code(edited(moved(values, _START.get), _START.get))
    if given.get("name") is None:
        given["name"] = full_name(given.get("first_name"), given.get("last_name"))
        if not given["name"]:
            raise Refused(Problem("required", ("name",)))
    if given.get("is_company") is None:
        given["is_company"] = not given.get("is_end_consumer")
    new = Customer(
        **{"metadata": {}, "custom": {}, **_apart(given)},
        entity_id=entity_id, id=id, serial=0, version=1, created_at=now, updated_at=now, deleted_at=None,
    )  # fmt: skip
    return bounded(new, given)


def changed(customer: Customer, values: Mapping[str, Any], now: datetime) -> Customer:
    """The customer with some checked values in place of its own; the very same when nothing differs."""
    before = partial(getattr, customer)
    given = with_country_code(edited(moved(values, before), before))
    return bounded(touched(customer, _apart(_named(given, customer), customer), now), given)


def settled(customer: Customer, before: Customer | None, new_id: Callable[[], str]) -> Customer:
    """The customer with ids for the contacts and delivery addresses that are new in it."""
    new: dict[str, Any] = {}
    if customer.contacts:
        known = (before and before.contacts) or []
        new["contacts"] = settled_contacts(customer.contacts, known, new_id, customer.updated_at)
    if customer.delivery_addresses:
        new["delivery_addresses"] = identified(customer.delivery_addresses, new_id)
    return customer._replace(**new)


# What clients may fill as they like, together, as JSON: every list carries it, up to a thousand times.
TREES = ("custom", "data", "contacts", "delivery_addresses", "bank_accounts")
TREES_LENGTH_MAX = 64_000


def bounded(customer: Customer, given: Mapping[str, Any]) -> Customer:
    """The customer; raises Refused when its trees together have become too large."""
    if said := [name for name in TREES if given.get(name)]:
        kept = [getattr(customer, name) for name in TREES]
        if len(json.dumps(kept, default=str, ensure_ascii=False)) > TREES_LENGTH_MAX:
            detail = f"{TREES_LENGTH_MAX} (as JSON, {', '.join(TREES)} together)"
            raise Refused(*(Problem("too_long", (name,), detail) for name in said))
    return customer


def full_name(first: str | None, last: str | None) -> str:
    return " ".join(filter(None, (first, last)))


def _named(given: dict[str, Any], customer: Customer) -> dict[str, Any]:
    """A name that was put together out of first and last name follows them.

    Sent back as it is, it says nothing: clients return whole records with one field changed.
    """
    if not given.keys() & {"first_name", "last_name"} or given.get("name", customer.name) != customer.name:
        return given
    if customer.name != full_name(customer.first_name, customer.last_name):
        return given
    first, last = (given.get(name, getattr(customer, name)) for name in ("first_name", "last_name"))
    return {**given, "name": full_name(first, last) or customer.name}


def _apart(given: dict[str, Any], customer: Customer | None = None) -> dict[str, Any]:
    """Metadata and custom values never share a key: the one that is said last is the one that stays."""
    if "metadata" in given:
        custom = given.get("custom", customer.custom if customer else {})
        if shared := custom.keys() & given["metadata"].keys():
            return {**given, "custom": {key: one for key, one in custom.items() if key not in shared}}
    return given


def trashed(customer: Customer, now: datetime) -> Customer:
    """The customer in the trash; one that is there already stays as it is."""
    return customer if customer.deleted_at else touched(customer, {"deleted_at": now}, now)


def restored(customer: Customer, now: datetime) -> Customer:
    """The customer out of the trash; one that is not in it stays as it is."""
    return touched(customer, {"deleted_at": None}, now) if customer.deleted_at else customer


def relinked(customer: Customer, now: datetime) -> Customer:
    """The customer with another signed link: the one it had opens nothing any more."""
    return touched(customer, {"link_number": customer.link_number + 1}, now)


def check_erasable(customer: Customer) -> None:
    """Raises Refused unless the customer is in the trash: nothing is lost by one slip."""
    if not customer.deleted_at:
        raise Refused(Problem("not_in_trash"))
