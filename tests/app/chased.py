"""A shop that chases: its cadences, who owes it something, and what came of a run."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from billto.app import cadences, chasing
from billto.app.chasing import Ran
from billto.domain.cadence import Cadence
from billto.domain.chasing import Fired
from billto.domain.customer import Customer
from billto.domain.message import Message
from billto.domain.paging import unambiguous
from billto.domain.query import Query
from tests.app.shop import Shop

STEPS: list[dict[str, Any]] = [
    {"name": "Ask", "action": "email", "schedule": "age:10"},
    {"name": "Insist", "action": "email", "schedule": "past_due_age:10"},
    {"name": "Call", "action": "phone", "schedule": "past_due_age:20", "assigned_user_id": 7},
]


def cadence(shop: Shop, steps: Sequence[dict[str, Any]] = STEPS, **values: Any) -> Cadence:
    given = {"name": "Gently", "steps": list(steps), **values}
    return shop.do(lambda tx: cadences.create(tx, shop.asked, given))


def moment(shop: Shop) -> datetime:
    return datetime.combine(shop.today, datetime.min.time(), UTC) + timedelta(hours=12)


def run(shop: Shop, one: Cadence) -> Ran:
    return shop.stage.run(chasing.run(shop.stage.store, shop.asked, one.id, moment(shop)))


def debtor(shop: Shop, one: Cadence, **values: Any) -> Customer:
    given = {"email": "cfo@acme.example", "chasing_cadence": one.serial, **values}
    return shop.customer(given.pop("name", "Acme"), **given)


def kept(shop: Shop, kind: type[Any]) -> list[Any]:
    query = Query(order=unambiguous(()), limit=1_000)
    return list(shop.stage.run(shop.stage.store.reader.page(kind, shop.scope, query)).records)


def mails(shop: Shop) -> list[Message]:
    return [one for one in kept(shop, Message) if one.kind == "chasing"]


def steps(shop: Shop) -> list[tuple[str, str]]:
    return [(one.name, one.state) for one in kept(shop, Fired)]


def bill(shop: Shop, of: Customer, amount: int = 100, **values: Any) -> Any:
    return shop.invoice(of, amount, date=shop.today, due_date=shop.today + timedelta(days=15), **values)
