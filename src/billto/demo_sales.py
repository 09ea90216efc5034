"""Demonstration data: what the customers were billed, and what they have paid of it."""

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from billto.app import documents, payments
from billto.app.applying import Wanted
from billto.app.parts import Request
from billto.domain.customer import Customer
from billto.domain.document import Document
from billto.domain.entity import Entity

_GOODS = (
    ("Airlock seal", "piece", "84.50"), ("Star chart", "piece", "19.90"), ("Tether, 20 m", "piece", "129"),
    ("Orbit calculation", "hour", "96"), ("Suit fitting", "hour", "58"), ("Freeze-dried tea", "box", "12.40"),
)  # fmt: skip
_RATES = {"SI": "22", "DE": "19"}
_SINCE_DAYS = 120


async def sell(
    tx: Any, asked: Request, entity: Entity, buyers: list[Customer], chance: random.Random
) -> str | None:
    """Invoices of the last months, the oldest first, so that their numbers rise with their days. Answers who
    has paid nothing for the longest time."""
    today = tx.now.date()
    ago = (chance.randrange(_SINCE_DAYS) for _ in buyers for _ in range(chance.randint(0, 3)))
    days = sorted(today - timedelta(days=one) for one in ago)
    owing = None
    for day in days:
        of = chance.choice(buyers)
        values = {"customer_id": of.id, "date": day, "lines": _lines(entity, chance)}
        invoice = await documents.create(tx, asked, "invoice", values)
        if not await _settle(tx, asked, invoice, today, chance):
            owing = owing or of.id
    return owing


def _lines(entity: Entity, chance: random.Random) -> list[dict[str, Any]]:
    rate = _RATES.get(entity.country_code)
    taxes = [{"rate": Decimal(rate), "name": f"{rate} %"}] if rate else []
    return [
        {
            "name": name, "unit": unit, "quantity": chance.randint(1, 12), "price": Decimal(price),
            "taxes": taxes, "discounts": [{"type": "percent", "value": 10}] if chance.random() < 0.2 else [],
        }
        for name, unit, price in chance.sample(_GOODS, chance.randint(1, 3))
    ]  # fmt: skip


async def _settle(tx: Any, asked: Request, invoice: Document, today: date, chance: random.Random) -> bool:
    """Most pay all, some a part, some too much, and some nothing; that is False then."""
    share = chance.choice((1, 1, 1, 1, Decimal("0.5"), Decimal("1.1"), 0, 0))
    amount = (invoice.balance * share).quantize(Decimal("0.01"))
    if not amount:
        return False
    paid_on = min(invoice.date + timedelta(days=chance.randrange(3, 40)), today)
    values = {
        "customer_id": invoice.customer_id, "amount": amount, "date": paid_on, "method": "bank_transfer",
        "reference": f"RF {invoice.number}",
    }  # fmt: skip
    wanted = Wanted("document", min(amount, invoice.balance), invoice.id)
    await payments.receive(tx, asked, values, (wanted,), rest_is_credit=True)
    return True
