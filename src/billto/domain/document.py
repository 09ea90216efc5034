"""A document: an invoice, estimate, advance invoice, credit note or delivery note of an entity."""

from datetime import date as day
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, NamedTuple

from billto.domain.attrs import CUSTOM, DAY, FLAG, ID, METADATA, MOMENT, MONEY, NUMBER, text, tree
from billto.domain.bank import ACCOUNT
from billto.domain.calculation import MODES
from billto.domain.nodes import Anything, Bool, Choice, Group, Many, Map, Node, Number, Text, Texts
from billto.domain.settings.tree import DOCUMENTS

LINES_MAX = 500
DISCOUNTS_MAX = 5
TAXES_MAX = 10
LINKED_MAX = 100

_RATE = Number(least=0, most=100, null=False)
# Money and quantities of a line: the places of unit prices are not those of the currency.
FIGURE_MAX = 10**12
_FIGURE = Number(least=-FIGURE_MAX, most=FIGURE_MAX)

DISCOUNT: dict[str, Node] = {
    "value": Number(least=0, most=FIGURE_MAX, null=False),
    "type": Choice(among=("percent", "amount"), null=False),
    "name": Text(most=255),
    "code": Text(most=100),
    "amount": Number(),  # worked out
}
DISCOUNTS = Many(Group(DISCOUNT, null=False, start={"type": "percent"}), most=DISCOUNTS_MAX)

TAX: dict[str, Node] = {
    "rate": Number(least=0, most=FIGURE_MAX, null=False),
    "tax_id": Text(most=24),  # of one of the entity's tax rates
    "code": Text(most=100),  # its name for programs
    "name": Text(most=255),
    "classification": Text(most=100),
    "reverse_charge": Bool(),
    "by_rule": Bool(),  # reversed by the entity's rules, and not by who wrote the line
    "is_percent": Bool(),
    "is_inclusive": Bool(),
    # worked out
    "base": Number(),
    "amount": Number(),
}
TAXES = Many(Group(TAX, null=False), most=TAXES_MAX)

# What one line is made of. The figures that are worked out are in it as well: an issued document is read, and
# never worked out again.
LINE: dict[str, Node] = {
    "id": Text(most=24, null=False),
    "kind": Choice(among=("separator",)),
    "name": Text(most=1_000),
    "description": Text(most=10_000),
    "category": Text(most=50),  # product, service, advance, hours …
    "sku": Text(most=255),
    "quantity": _FIGURE,
    "unit": Text(most=50),
    "price": _FIGURE,
    "gross_price": _FIGURE,
    "discounts": DISCOUNTS,
    "taxes": TAXES,
    "is_taxable": Bool(),
    "is_discountable": Bool(),
    "item_id": Text(most=24),
    "metadata": Map(Anything(), most=50),
    "translations": Map(Texts(Text(most=10_000), depth=2), most=50),
    "more": Map(Anything(), most=50),  # what a door sent that no other knows
    # worked out
    "subtotal": _FIGURE,
    "total": _FIGURE,
    "total_with_tax": _FIGURE,
    "total_discount": _FIGURE,
}
LINES = Many(Group(LINE, null=False), most=LINES_MAX)

_PARTY: dict[str, Node] = {
    "name": Text(most=500),
    "email": Text(most=320),
    "address": Text(most=500),
    "address_2": Text(most=500),
    "post_code": Text(most=50),
    "city": Text(most=255),
    "state": Text(most=255),
    "country": Text(most=255),
    "country_code": Text(most=10),
    "tax_number": Text(most=100),
    "tax_number_2": Text(most=100),
    "company_number": Text(most=100),
    "phone": Text(most=100),
    "website": Text(most=500),
    "is_tax_subject": Bool(null=True),
}
# The names of what was said on the document itself: the rest is taken anew from the record when it is issued.
_OWN = Many(Text(most=100, null=False), most=50)

# Who is billed, and who bills, as they were when the document was issued.
BUYER: dict[str, Node] = {
    **_PARTY,
    "unit_name": Text(most=255),
    "number": Text(most=100),
    "contact": Text(most=255),
    "language": Text(most=20),
    "is_end_consumer": Bool(null=True),
    "peppol_id": Text(most=255),
    "peppol_scheme_id": Text(most=50),
    "bank_accounts": Many(Group({"type": Text(most=30), **ACCOUNT}), most=20),
    "own": _OWN,
    "more": Map(Anything(), most=50),
}
ISSUER: dict[str, Node] = {
    **_PARTY,
    "fiscal_region_code": Text(most=10),
    "starting_capital": Number(),
    "bank_accounts": Many(Group({"type": Text(most=30), **ACCOUNT}), most=50),
    "own": _OWN,
    "more": Map(Anything(), most=50),
}

# What was owed before there was a ledger: paid like an invoice, and shown to nobody as one.
OPENING = "opening_balance"
TYPES = (*DOCUMENTS, OPENING)

# Which of them ask for money, and which give it back; the others promise or tell.
PAYABLE = ("invoice", "advance_invoice", OPENING)
OWED = (*PAYABLE, "credit_note")

TITLES = ("estimate", "proforma_invoice")


class Document(NamedTuple):
    """What an entity issues to a customer. Once issued it stays as it is, with who both were then."""

    # identity
    entity_id: Annotated[str, ID]
    id: Annotated[str, ID]
    serial: Annotated[int, NUMBER]  # the store allots it
    version: Annotated[int, NUMBER]
    created_at: Annotated[datetime, MOMENT]
    updated_at: Annotated[datetime, MOMENT]
    type: Annotated[str, text(20, among=TYPES, searched=False)]
    # what has become of it
    issued_at: Annotated[datetime | None, MOMENT]  # a draft until then
    date: Annotated[day, DAY]
    currency_code: Annotated[str, text(3, searched=False)]
    lines: Annotated[list[dict[str, Any]], tree(LINES)]
    issuer: Annotated[dict[str, Any], tree(Group(ISSUER))]
    voided_at: Annotated[datetime | None, MOMENT] = None
    void_reason: Annotated[str | None, text(500, searched=False)] = None
    closed_at: Annotated[datetime | None, MOMENT] = None  # nothing more is expected: what was open is lost
    sent_at: Annotated[datetime | None, MOMENT] = None
    paid_at: Annotated[datetime | None, MOMENT] = None  # nothing is open any more since
    number: Annotated[str | None, text(100, unique=True)] = None
    # when
    due_date: Annotated[day | None, DAY] = None
    service_date: Annotated[day | None, DAY] = None
    service_date_to: Annotated[day | None, DAY] = None
    valid_until: Annotated[day | None, DAY] = None
    # to whom
    customer_id: Annotated[str | None, ID] = None
    customer: Annotated[int | None, NUMBER] = None  # its serial, for doors that know no other id
    customer_name: Annotated[str | None, text(500)] = None
    buyer: Annotated[dict[str, Any] | None, tree(Group(BUYER))] = None
    # how much
    calculation: Annotated[str, text(20, among=MODES, searched=False)] = "b2b_standard"
    discounts: Annotated[list[dict[str, Any]] | None, tree(DISCOUNTS)] = None  # of the whole
    taxes: Annotated[list[dict[str, Any]] | None, tree(TAXES)] = None  # of the whole
    tax_summary: Annotated[list[dict[str, Any]] | None, tree(Many(Group(TAX), most=LINES_MAX))] = None
    subtotal: Annotated[Decimal, MONEY] = Decimal(0)  # net, before discounts of the whole
    total: Annotated[Decimal, MONEY] = Decimal(0)  # net
    total_with_tax: Annotated[Decimal, MONEY] = Decimal(0)
    total_discount: Annotated[Decimal, MONEY] = Decimal(0)
    balance: Annotated[Decimal, MONEY] = Decimal(0)  # what is open of it
    written_off: Annotated[Decimal, MONEY] = Decimal(0)
    advanced: Annotated[Decimal, MONEY] = Decimal(0)  # of an advance invoice: what final invoices took of it
    # what it says
    name: Annotated[str | None, text(255)] = None
    title_type: Annotated[str | None, text(20, among=TITLES, searched=False)] = None
    reference: Annotated[str | None, text(255)] = None
    purchase_order: Annotated[str | None, text(255)] = None
    note: Annotated[str | None, text(10_000, searched=False)] = None
    payment_terms: Annotated[str | None, text(5_000, searched=False)] = None
    tax_clause: Annotated[str | None, text(5_000, searched=False)] = None
    footer: Annotated[str | None, text(5_000, searched=False)] = None
    signature: Annotated[str | None, text(5_000, searched=False)] = None
    translations: Annotated[dict[str, Any] | None, tree(Map(Texts(Text(most=10_000), depth=2), most=50))] = (
        None
    )
    transaction_type: Annotated[str | None, text(20, searched=False)] = None
    hides_prices: Annotated[bool, FLAG] = False
    is_autopay: Annotated[bool, FLAG] = False
    is_chased: Annotated[bool, FLAG] = True
    chase_paused_until: Annotated[day | None, DAY] = None  # left alone before that day (domain/holds.py)
    chase_pause_reason: Annotated[str | None, text(500, searched=False)] = None
    linked_ids: Annotated[list[str] | None, tree(Many(Text(most=24, null=False), most=LINKED_MAX))] = None
    # theirs
    metadata: Annotated[dict[str, str], METADATA] = {}  # noqa: RUF012 (every document is made with its own)
    custom: Annotated[dict[str, str], CUSTOM] = {}  # noqa: RUF012
    unique_id: Annotated[str | None, text(255, unique=True)] = None  # by which a repeat is known
    change_reason: Annotated[str | None, text(500, searched=False)] = None
