"""A small ledger for tests: it posts what happens the way the real one does, entry by entry."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from billto.domain.ledger import Entry

ENTITY = "e" * 24
START, END = date(2026, 3, 1), date(2026, 3, 31)
BEFORE, AFTER = date(2026, 2, 10), date(2026, 4, 5)


def d(amount: str | int) -> Decimal:
    return Decimal(amount)


def march(day: int) -> date:
    return date(2026, 3, day)


class Item(NamedTuple):
    account: str
    id: str | None
    number: str | None
    customer: int


class Applied(NamedTuple):
    source: Item
    target: Item
    amount: Decimal
    by: str
    cause: str


class Books:
    """Entries of one currency, numbered and timed in the order they are written."""

    def __init__(self, currency: str = "EUR") -> None:
        self.currency = currency
        self.entries: list[Entry] = []
        self.postings = 0
        self.items = 0

    def balance(self, item: Item) -> Decimal:
        """What is open of an item: owed where positive, in the customer's hand where negative."""
        mine = item.account, item.id, item.customer
        amounts = [one.amount for one in self.entries if (one.account, one.item_id, one.customer) == mine]
        return sum(amounts, Decimal(0))

    def post(
        self, kind: str, day: date, *legs: tuple[Item, Decimal], by: str, cause: str, due: date | None = None,
        more: bool = False,
    ) -> None:  # fmt: skip
        """Writes the sides of one movement; `more` adds them to the posting before."""
        self.postings += not more
        made = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=self.postings)
        for item, amount in legs:
            serial = len(self.entries) + 1
            self.entries.append(Entry(
                entity_id=ENTITY, id=f"{serial:024x}", serial=serial, created_at=made,
                posting_id=f"{self.postings:024x}", account=item.account, kind=kind, cause=cause,
                cause_id=by, currency_code=self.currency, amount=amount, date=day,
                customer_id=f"{item.customer:024x}", customer=item.customer, item_id=item.id,
                due_date=due, number=item.number,
            ))  # fmt: skip

    def item(self, account: str, number: str | None, customer: int) -> Item:
        self.items += 1
        return Item(account, f"{account}-{self.items}", number, customer)

    def invoice(
        self, amount: Decimal, day: date, *, number: str | None = None, due: date | None = None, of: int = 1
    ) -> Item:
        item = self.item("invoice", number or f"INV-{self.items + 1}", of)
        self.post("issued", day, (item, amount), by=item.id or "", cause="document", due=due)
        return item

    def note(self, amount: Decimal, day: date, *, number: str = "CN-1", of: int = 1) -> Item:
        item = self.item("credit_note", number, of)
        self.post("issued", day, (item, -amount), by=item.id or "", cause="document")
        return item

    def payment(self, amount: Decimal, day: date, *, number: str | None = None, of: int = 1) -> Item:
        item = self.item("payment", number, of)
        self.post("received", day, (item, -amount), by=item.id or "", cause="payment")
        return item

    def credit(self, of: int = 1) -> Item:
        return Item("credit", None, None, of)

    def adjust(self, amount: Decimal, day: date, *, of: int = 1) -> None:
        self.items += 1
        self.post("adjusted", day, (self.credit(of), -amount), by=f"a-{self.items}", cause="adjustment")

    def apply(
        self,
        source: Item,
        target: Item,
        amount: Decimal,
        day: date,
        *,
        by: Item | None = None,
        more: bool = False,
    ) -> Applied:
        """Moves a credit to what it settles, or a payment's rest to the credit balance."""
        causing = by or (source if source.id else target)
        cause = "payment" if causing.account == "payment" else "document"
        self.post(
            "applied", day, (source, amount), (target, -amount), by=causing.id or "", cause=cause, more=more
        )
        return Applied(source, target, amount, causing.id or "", cause)

    def unapply(self, done: Applied, day: date, *, by: str | None = None) -> None:
        source, target, amount, causing, cause = done
        self.post("unapplied", day, (source, -amount), (target, amount), by=by or causing, cause=cause)

    def refund(self, source: Item, amount: Decimal, day: date) -> None:
        self.post("refunded", day, (source, amount), by=source.id or "refund", cause="payment")

    def own(self, kind: str, item: Item, amount: Decimal, day: date) -> None:
        """A change of an item by itself: voided, written_off, reopened …"""
        cause = "payment" if item.account == "payment" else "document"
        self.post(kind, day, (item, amount), by=item.id or "", cause=cause)
