"""A seller, a customer and their papers, made by the domain itself."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from billto.app.balances import Statement
from billto.domain import customer as customers
from billto.domain import entity as entities
from billto.domain import issuing
from billto.domain.customer import Customer
from billto.domain.document import Document
from billto.domain.entity import Entity
from billto.domain.statement import balance_forward, open_items
from tests.domain.books import END, START, Books, d, march

NOW = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
IBAN = "SI56051008010486080"
ACCOUNT = {"type": "iban", "iban": IBAN, "bic": "ABANSI2X", "bank_name": "Abanka d.d.", "is_default": True}
VAT: dict[str, Any] = {"rate": 22}


def ids() -> Iterator[str]:
    return (f"{number:024x}" for number in count(1))


_IDS = ids()


def new_id() -> str:
    return next(_IDS)


def seller(**values: Any) -> Entity:
    start: dict[str, Any] = {
        "name": "Vesoljska oprema d.o.o.", "country": "Slovenia", "address": "Dunajska cesta 5",
        "post_code": "1000", "city": "Ljubljana", "email": "info@vesoljska.si", "phone": "+386 1 234 56 78",
        "website": "vesoljska.si", "tax_number": "SI12345678", "company_number": "1234567000",
    }  # fmt: skip
    settings = {
        "bank_accounts": [ACCOUNT], "epc_qr": {"enabled": True}, "primary_color": "#0b5d4e",
        **values.pop("settings", {}),
    }  # fmt: skip
    return entities.made(
        {**start, "settings": settings, **values},
        account_id="a" * 24,
        environment="live",
        id="e" * 24,
        now=NOW,
    )


def buyer(**values: Any) -> Customer:
    start = {
        "name": "Sternwerft GmbH", "address": "Lange Straße 12", "post_code": "10115", "city": "Berlin",
        "country": "Germany", "country_code": "DE", "tax_number": "DE123456789", "number": "C-0042",
    }  # fmt: skip
    return customers.made({**start, **values}, entity_id="e" * 24, id=new_id(), now=NOW)


def line(name: str, price: str, quantity: str = "1", **values: Any) -> dict[str, Any]:
    start = {"name": name, "price": Decimal(price), "quantity": Decimal(quantity), "taxes": [dict(VAT)]}
    return {**start, **values}


LINES = (
    {"kind": "separator", "name": "Hardware"},
    line(
        "Solar panel SP-200",
        "1249.90",
        "2",
        unit="pcs",
        description="Foldable, 200 W, with case",
        sku="SP-200",
    ),
    line("Cable", "0.0125", "1500", unit="m", discounts=[{"value": Decimal(10), "type": "percent"}]),
    {"kind": "separator", "name": "Services"},
    line("Mounting", "65", "7.5", unit="h", taxes=[{"rate": Decimal("9.5")}]),
)


def document(
    kind: str = "invoice",
    *,
    entity: Entity | None = None,
    to: Customer | None = None,
    is_draft: bool = False,
    **values: Any,
) -> Document:
    """A document with lines of two rates, issued unless it is a draft."""
    entity = entity or seller()
    start: dict[str, Any] = {"lines": [dict(one) for one in LINES], "date": date(2026, 3, 5)}
    draft = issuing.made(
        kind, {**start, **values}, entity=entity, customer=to or buyer(), buyer=None, new_id=new_id, now=NOW
    )
    return draft if is_draft else issuing.issued(draft, "2026-00001", entity, NOW)


def books() -> Books:
    """A month in which everything happens."""
    books = Books()
    old = books.invoice(d("1284.50"), date(2026, 2, 1), number="2026-00007", due=date(2026, 2, 15))
    new = books.invoice(d("730.00"), march(3), number="2026-00011", due=march(17))
    books.invoice(d("99.90"), march(20), number="2026-00012", due=date(2026, 4, 19))
    books.apply(books.payment(d("1500.00"), march(9), number="TRX-1"), old, d("1284.50"), march(9))
    books.apply(books.note(d("50.00"), march(12), number="CN-2026-00001"), new, d("30.00"), march(12))
    return books


def forward(
    customer: Customer, entries: Books | None = None, start: date = START, end: date = END
) -> Statement:
    found = (entries or books()).entries
    open_now = open_items(found, as_of=end)
    told = balance_forward(found, start=start, end=end)
    return Statement(customer, (entries or books()).currency, (customer,), told, open_now)


def opened(customer: Customer, entries: Books | None = None, end: date = END) -> Statement:
    told = open_items((entries or books()).entries, as_of=end)
    return Statement(customer, (entries or books()).currency, (customer,), told, told)
