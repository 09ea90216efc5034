"""Shops in several zones, whose days and hours go by while a scheduler looks after them."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from billto.app import entities, plans
from billto.app.parts import Can, Request
from billto.domain.customer import Customer
from billto.domain.document import Document
from billto.domain.entity import Entity
from billto.domain.message import EMAIL, Message
from billto.domain.paging import unambiguous
from billto.domain.plan import Plan
from billto.domain.query import All, Query
from billto.domain.reminder import Reminded
from billto.work.scheduler import Scheduler
from tests.app.shop import Shop
from tests.store.stores import Stage

REMINDED = {"overdue_notifications": {"enabled": True, "threshold_days": [7, 14, 30]}}
WHERE = {"name": "Elsewhere", "country": "SI", "currency_code": "EUR", "locale": "en"}


class Dunning:
    """A shop, and what its customers are told by itself."""

    def __init__(self, shop: Shop, zone: str) -> None:
        self.shop = shop
        self.zone = ZoneInfo(zone)

    def late(self, due: date, amount: int = 100, of: Customer | None = None, **values: Any) -> Document:
        """An invoice that was due on a day."""
        of = of or self.shop.customer(email="ana@acme.example")
        said = {"date": due - timedelta(days=1), "due_date": due, **values}
        return self.shop.invoice(of, amount, **said)

    def reminders(self) -> list[tuple[str, int, datetime]]:
        """Of which document somebody was reminded, after how many days, and when it was where the shop is."""
        return [(one.document_id, one.threshold, one.at.astimezone(self.zone)) for one in self._all(Reminded)]

    def thresholds(self, of: Document) -> list[int]:
        return [days for id, days, _ in self.reminders() if id == of.id]

    def messages(self) -> list[Message]:
        return list(self._all(Message))

    def plans(self) -> list[Plan]:
        return list(self._all(Plan))

    def _all(self, record: type[Any]) -> Iterator[Any]:
        query = Query(All(), unambiguous(()), limit=5_000, counted=False)
        found = self.shop.stage.run(self.shop.stage.store.reader.page(record, self.shop.scope, query))
        return iter(sorted(found.records, key=lambda one: one.id))


def dunning(stage: Stage, zone: str = "UTC", **settings: Any) -> Dunning:
    """A new live entity somewhere, that wants its customers reminded."""
    scope = stage.cast.live

    async def work(tx: Any) -> Entity:
        account_wide = Request(type(scope)(scope.account_id, scope.environment, scope.key_id))
        return await entities.create(
            tx, account_wide, {**WHERE, "timezone": zone, "settings": settings or REMINDED}
        )

    entity = stage.run(stage.store.write(work))
    return Dunning(Shop(stage, scope.about(entity.id)), zone)


def scheduler(stage: Stage, **options: Any) -> Scheduler:
    return Scheduler(stage.store, stage.clock, Can(frozenset({EMAIL})), **options)


def worked_off(stage: Stage) -> int:
    """Everything that is due by now is done; says how much that was."""
    one, number = scheduler(stage), 0
    while stage.run(one.once()):
        number += 1
    return number


def hours_pass(stage: Stage, hours: int) -> None:
    """Hour by hour, with a scheduler that looks in each of them."""
    for _ in range(hours):
        stage.clock.hours += 1
        worked_off(stage)


def jump(shop: Shop, days: int) -> Entity:
    """Moves the clock of a sandbox."""
    to = shop.stage.clock() + timedelta(days=days)
    return shop.do(lambda tx: plans.set_clock(tx, shop.asked, to))
