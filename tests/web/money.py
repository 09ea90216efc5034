"""Documents for tests of what is owed, made as every door makes them."""

from datetime import date
from decimal import Decimal
from typing import Any

from billto.app import customers, documents
from billto.app.parts import Request
from billto.domain.ids import read_id
from billto.domain.scope import Scope
from tests.web.house import Caller, House, answered

PREFIXES = {"invoice": "inv", "credit_note": "cre", "advance_invoice": "adv", "estimate": "est"}


def _asked(house: House) -> Request:
    account, entity = read_id(house.cast.alice_account), read_id(house.cast.studio)
    return Request(Scope(account or "", "live", key_id="", entity_id=entity))


def issued(
    house: House, customer: Any, total: str, kind: str = "invoice", *, draft: bool = False, **values: Any
) -> str:
    """The id of a new document of the studio's, with one line and no tax; its due date is a month later."""

    async def work(tx: Any) -> Any:
        said = {
            "lines": [{"name": "Tea", "quantity": 1, "price": Decimal(total)}],
            "customer_id": customer and read_id(customer["id"]), **values,
        }  # fmt: skip
        wish = documents.Wish(is_draft=draft)
        return await documents.create(tx, _asked(house), kind, said, wish)

    return f"{PREFIXES[kind]}_{house.write(work).id}"


def voided(house: House, id: str) -> None:
    async def work(tx: Any) -> Any:
        return await documents.void(tx, _asked(house), read_id(id) or "")

    house.write(work)


def day(text: str) -> date:
    return date.fromisoformat(text)


def open_of(house: House, id: str) -> float:
    """What is open of a document."""

    async def work(tx: Any) -> Any:
        return await documents.get(tx, _asked(house), read_id(id) or "")

    return float(house.write(work).balance)


def paid(caller: Caller, **body: Any) -> Any:
    return answered(caller.post("/payments", body), 201)


def stands(caller: Caller, customer: Any, currency: str = "EUR") -> tuple[float, ...]:
    """What is outstanding, open of credit notes, unapplied, and credit."""
    (one,) = answered(caller.get(f"/customers/{customer['id']}/balance", currency_code=currency))["balances"]
    return one["outstanding"], one["open_credit_notes"], one["unapplied"], one["credit"]


def below(house: House, child: Any, parent: Any) -> None:
    """Makes one customer the parent of another: this door has no word for that."""

    async def work(tx: Any) -> Any:
        above = await customers.get(tx, _asked(house), read_id(parent["id"]) or "")
        return await customers.change(tx, _asked(house), read_id(child["id"]) or "", {"parent": above.serial})

    house.write(work)
