"""R13: what is issued and paid at once through two processes is numbered, settled and limited rightly."""

import asyncio
import random
from decimal import Decimal
from pathlib import Path
from typing import Any

from billto.app import customers
from billto.app.parts import Request
from billto.domain.customer import Customer
from tests.drills.conftest import Tell
from tests.drills.databases import Tenant, examine, prepared, rows, with_store
from tests.drills.serving import Billto
from tests.drills.sizes import size
from tests.drills.test_races import at_once, crowd, told
from tests.drills.wire import Client

CLIENTS = 32
CUSTOMERS = 4
PRICE, PART = 100, 15
LIMITED, LIMIT, EACH = 16, 100, 30


def line(price: int) -> dict[str, Any]:
    return {"items": [{"name": "Work", "quantity": 1, "price": price}]}


def bill(customer: str, price: int = PRICE) -> dict[str, Any]:
    return {"method": "POST", "path": "/invoices", "body": {"customer_id": customer, **line(price)}}


def pay(invoice: str, amount: int) -> dict[str, Any]:
    return {"method": "POST", "path": "/payments", "body": {"invoice_id": invoice, "amount": amount}}


def test_no_invoice_is_paid_twice_and_no_number_missing(
    database_url: str, tmp_path: Path, tell: Tell
) -> None:
    asyncio.run(no_double_payment(Billto(tmp_path, database_url, workers=2), tell))


async def no_double_payment(billto: Billto, tell: Tell) -> None:
    tenant = await prepared(billto.url)
    rounds = size("money_rounds")
    seen: dict[int, int] = {}
    async with billto:
        await billto.started("/readyz")
        async with crowd(billto, tenant, CLIENTS) as clients:
            who = [await _customer(clients[0]) for _ in range(CUSTOMERS)]
            for _ in range(rounds):
                await _round(clients, who, seen)
        await examine(billto.url)
    assert not any(status >= 500 for status in seen), seen
    await _numbered(billto.url)
    await _settled(billto.url)
    tell(rounds=rounds, at_once=CLIENTS, answers=seen, double_payments=0, gaps=0)


async def _customer(client: Client) -> str:
    made = await told(client, "POST", "/customers", {"name": "Customer"})
    assert made.status == 201, made.json
    return str(made.json["id"])


async def _round(clients: list[Client], who: list[str], seen: dict[int, int]) -> None:
    """Everybody bills; then everybody pays the same two invoices, while some of the others are voided,
    closed, paid and given credit."""
    answers = await at_once(clients, *(bill(random.choice(who)) for _ in clients))
    assert {one.status for one in answers} == {201}, [one.json for one in answers if one.status != 201]
    first, second, third, *_ = (one.json["id"] for one in answers)
    others = [one.json["id"] for one in answers[3:]]
    busy = [pay(first, PART) for _ in range(12)] + [pay(second, PRICE) for _ in range(6)]
    busy += [{"method": "POST", "path": f"/invoices/{third}/void", "body": {}} for _ in range(2)]
    busy += [pay(third, PART) for _ in range(4)]
    busy += [{"method": "POST", "path": f"/invoices/{others[0]}/{act}"} for act in ("close", "reopen")]
    busy += [pay(others[0], PART), pay(others[1], 2 * PRICE)]
    busy += [
        {"method": "POST", "path": "/credit-adjustments", "body": {"customer_id": one, "amount": PART}}
        for one in who
    ]
    busy = busy[: len(clients)]
    random.shuffle(busy)
    for one in (*answers, *await at_once(clients[: len(busy)], *busy)):
        seen[one.status] = seen.get(one.status, 0) + 1
    # Who has paid takes it back, all at once, each payment twice.
    listed = await told(clients[0], "GET", "/payments?limit=10")
    voids = [{"method": "DELETE", "path": f"/payments/{one['id']}"} for one in listed.json["data"]] * 2
    for one in await at_once(clients[: len(voids)], *voids):
        seen[one.status] = seen.get(one.status, 0) + 1


async def _numbered(url: str) -> None:
    """The numbers are 1, 2, 3 …, each once."""
    found = await rows(url, "SELECT number FROM document WHERE issued_at IS NOT NULL")
    numbers = sorted(int(number.rpartition("-")[2]) for (number,) in found)
    assert numbers == list(range(1, len(numbers) + 1))


async def _settled(url: str) -> None:
    """Of no invoice more was ever settled than it asked for."""
    sums = await rows(
        url,
        "SELECT item_id FROM entry WHERE account = 'invoice' GROUP BY item_id HAVING SUM(amount) < 0",
    )
    assert sums == []


def test_a_credit_limit_holds_however_many_come_at_once(
    database_url: str, tmp_path: Path, tell: Tell
) -> None:
    asyncio.run(limit_holds(Billto(tmp_path, database_url, workers=2), tell))


async def _limited(url: str, tenant: Tenant) -> str:
    """A customer with a credit limit, which this language does not show."""

    async def make(tx: Any) -> Customer:
        values = {"name": "Customer", "credit_limit": Decimal(LIMIT)}
        return await customers.create(tx, Request(tenant.scope), values)

    made: Customer = await with_store(url, lambda store: store.write(make))
    return f"cust_{made.id}"


async def limit_holds(billto: Billto, tell: Tell) -> None:
    tenant, rounds = await prepared(billto.url), size("money_rounds")
    async with billto:
        await billto.started("/readyz")
        async with crowd(billto, tenant, LIMITED) as clients:
            for _ in range(rounds):
                customer = await _limited(billto.url, tenant)
                answers = await at_once(clients, *[bill(customer, EACH)] * LIMITED)
                statuses = sorted(one.status for one in answers)
                assert statuses == [201] * (LIMIT // EACH) + [422] * (LIMITED - LIMIT // EACH)
        await examine(billto.url)
    await _numbered(billto.url)
    tell(rounds=rounds, at_once=LIMITED, beyond_the_limit=0)
