"""What one transaction does to the ledger: collected in a book, checked, and written at once.

Who writes holds every customer concerned alone, in the order of their ids, and then the documents: so two
that pay the same invoice come one after the other, and nobody waits in a circle.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from billto.app import records
from billto.app.parts import Request, Tx
from billto.domain.document import Document
from billto.domain.ledger import CREDIT, CREDIT_NOTE, INVOICE, PAYMENT, Entry, Standing, grown
from billto.domain.money import shown
from billto.domain.payment import Payment
from billto.domain.problems import Problem, Refused
from billto.domain.versions import touched

NOTHING = Decimal(0)
SUM_MAX = Decimal(10) ** 14  # what a customer may stand at; databases add up little more exactly
_FEW = 10  # records that are changed one by one: fewer are not worth the means for many


async def alone(tx: Tx, asked: Request, customer_ids: Iterable[str | None]) -> None:
    """Nobody else touches what these customers owe until the transaction ends."""
    for customer_id in sorted({one for one in customer_ids if one is not None}):
        await tx.alone(asked.scope.entity, f"ledger {customer_id}")


async def held(tx: Tx, asked: Request, ids: Iterable[str]) -> dict[str, Any]:
    """Documents and payments that stay as they are until the transaction ends; others are left out."""
    wanted = sorted(set(ids))
    found: dict[str, Any] = {}
    kinds: tuple[type[Any], ...] = (Document, Payment)
    for record in kinds:
        missing = [id for id in wanted if id not in found]
        if missing:
            found |= {one.id: one for one in await tx.lock_all(record, asked.scope, missing)}
    return found


class Book:
    """The changes of documents and payments, and the entries that say why, in one posting."""

    def __init__(self, tx: Tx, asked: Request, cause: str, cause_id: str) -> None:
        self._tx, self._asked = tx, asked
        self._cause, self._cause_id = cause, cause_id
        self._posting_id = tx.new_id()
        self._before: dict[str, Any] = {}
        self.now: dict[str, Any] = {}  # documents and payments as they have become, by their ids
        self.entries: list[Entry] = []

    def know(self, *records: Document | Payment) -> None:
        """Takes up records that are held, or new: their balances may change from now on."""
        for one in records:
            self._before.setdefault(one.id, one)
            self.now.setdefault(one.id, one)

    def put(self, record: Document | Payment) -> None:
        self.now[record.id] = record

    def enter(
        self,
        account: str,
        kind: str,
        amount: Decimal,
        of: Document | Payment,
        day: date,
        *,
        due_date: date | None = None,
    ) -> None:
        """One entry about what is open of a document or payment, or about its customer's credit balance."""
        if not amount:
            return
        number = of.number if isinstance(of, Document) else of.reference
        self._append(
            account, kind, amount, of.customer_id, of.customer, of.currency_code, day,
            item_id=None if account == CREDIT else of.id, due_date=due_date, number=number,
        )  # fmt: skip

    def _append(
        self,
        account: str,
        kind: str,
        amount: Decimal,
        customer_id: str | None,
        customer: int | None,
        currency: str,
        day: date,
        **more: Any,
    ) -> None:
        entry = Entry(
            entity_id=self._asked.scope.entity, id=self._tx.new_id(), serial=0, created_at=self._tx.now,
            posting_id=self._posting_id, account=account, kind=kind, cause=self._cause,
            cause_id=self._cause_id, currency_code=currency, amount=amount, date=day,
            customer_id=customer_id, customer=customer, **more,
        )  # fmt: skip
        self.entries.append(entry)

    def adjust(self, customer_id: str, customer: int, currency: str, amount: Decimal, day: date) -> None:
        """Gives credit to a customer, or takes it back where the amount is negative."""
        self._append(CREDIT, "adjusted", -amount, customer_id, customer, currency, day)

    def owed(self, document: Document, amount: Decimal, kind: str, day: date) -> None:
        """More of a document is open by an amount, or less where it is negative; with its entry."""
        current: Document = self.now[document.id]
        balance = current.balance + amount
        open_most = current.total_with_tax - current.written_off
        if not NOTHING <= balance <= open_most:
            raise Refused(Problem("exceeds_open", ("amount",), shown(current.balance, current.currency_code)))
        is_settled = not balance and not current.written_off
        paid_at = (current.paid_at or self._tx.now) if is_settled else None
        self.now[document.id] = current._replace(balance=balance, paid_at=paid_at)
        self.opened(current, amount, kind, day)

    def opened(
        self, document: Document, amount: Decimal, kind: str, day: date, *, due_date: date | None = None
    ) -> None:
        """The entry alone that more of a document is open by an amount, or less where it is negative."""
        account, sign = (CREDIT_NOTE, -1) if document.type == "credit_note" else (INVOICE, 1)
        self.enter(account, kind, sign * amount, document, day, due_date=due_date)

    def left(self, payment: Payment, amount: Decimal, kind: str, day: date) -> None:
        """More of a payment is not applied to anything, or less where the amount is negative."""
        current: Payment = self.now[payment.id]
        balance = current.balance + amount
        if not NOTHING <= balance <= current.amount:
            raise Refused(
                Problem("exceeds_payment", ("amount",), shown(current.balance, current.currency_code))
            )
        self.now[payment.id] = current._replace(balance=balance)
        self.enter(PAYMENT, kind, -amount, current, day)

    async def close(self, *, inserted: Sequence[str] = (), stood: Sequence[Standing] | None = None) -> None:
        """Writes everything; raises Refused where a credit balance would be overspent, now or in the past.

        `stood` is how those concerned stand, for who holds them and has looked already.
        """
        customers = sorted({one.customer_id for one in self.entries if one.customer_id is not None})
        # Who was not known to be concerned before everything was held is concerned all the same.
        await alone(self._tx, self._asked, customers)
        before = stood
        if before is None:
            before = await self._tx.standings(self._asked.scope, customers) if customers else ()
        for one in self.now.values():
            _check_advance(one)
        for (customer_id, currency), (_, after) in grown(before, self.entries).items():
            check_sums(after, "amount")
            await self._check_credit(customer_id, currency, after)
        changes = []
        for id, new in self.now.items():
            old = self._before[id]
            kept = touched(old, new._asdict(), self._tx.now)
            if id not in inserted and kept is not old:
                self.now[id] = kept
                changes.append((old, kept))
        await self._keep(changes)
        if self.entries:
            await self._tx.post(self._asked.scope, self.entries, before)

    async def _keep(self, changes: Sequence[tuple[Any, Any]]) -> None:
        """Stores what has become of documents and payments, each with its event."""
        tx, asked = self._tx, self._asked
        if len(changes) <= _FEW:
            for old, new in changes:
                await tx.update(old, new, asked.scope)
                await records.note(tx, asked, f"{_called(new)}.updated", new, old)
            return
        for record in (Document, Payment):
            await tx.update_many([one for one in changes if isinstance(one[1], record)])
        await tx.note_many(
            [records.event(tx, asked, f"{_called(new)}.updated", new, old) for old, new in changes]
        )

    async def _check_credit(self, customer_id: str, currency: str, after: Standing) -> None:
        spent = [
            one
            for one in self.entries
            if one.account == CREDIT and (one.customer_id, one.currency_code) == (customer_id, currency)
        ]
        days = [one.date for one in spent if one.amount > 0]
        if not days:
            return
        if after.credit < 0:
            raise overspent(after.credit + sum((one.amount for one in spent), NOTHING), currency)
        if await self._least(customer_id, currency, min(days), after.credit) < 0:
            raise overspent(NOTHING, currency)

    async def credit(self, payment: Payment, day: date) -> Decimal:
        """How much of the payer's credit balance there still is to be spent on a day."""
        customer_id, currency = str(payment.customer_id), payment.currency_code
        before = await self._tx.standings(self._asked.scope, (customer_id,))
        there = {(one.customer_id, one.currency_code): one for one in before}
        there |= {key: after for key, (_, after) in grown(before, self.entries).items()}
        standing = there.get((customer_id, currency))
        if standing is None:
            return NOTHING
        return max(NOTHING, await self._least(customer_id, currency, day, standing.credit))

    async def _least(self, customer_id: str, currency: str, day: date, credit: Decimal) -> Decimal:
        """See `least_credit`, with what is in this book."""
        beside: defaultdict[date, Decimal] = defaultdict(Decimal)
        for one in self.entries:
            if one.account == CREDIT and (one.customer_id, one.currency_code) == (customer_id, currency):
                beside[one.date] -= one.amount
        return await least_credit(self._tx, self._asked, customer_id, currency, day, credit, beside)


def _check_advance(record: Document | Payment) -> None:
    """Raises Refused where a final invoice has taken up more of an advance invoice than is paid of it."""
    if not isinstance(record, Document) or not record.advanced:
        return
    if record.balance + record.written_off + record.advanced > record.total_with_tax:
        raise Refused(Problem("settled_elsewhere", detail="a final invoice has taken up this advance"))


def _called(record: Document | Payment) -> str:
    return record.type if isinstance(record, Document) else "payment"


def check_sums(after: Standing, name: str) -> None:
    """Raises Refused for sums of a customer that are more than databases add up."""
    if max(after.outstanding, after.open_credit_notes, after.unapplied, after.credit) > SUM_MAX:
        raise Refused(Problem("out_of_range", (name,), f"at most {SUM_MAX:f} for one customer"))


def overspent(left: Decimal, currency: str) -> Refused:
    return Refused(Problem("credit_overspent", ("amount",), shown(max(left, NOTHING), currency)))


async def least_credit(
    tx: Tx,
    asked: Request,
    customer_id: str,
    currency: str,
    day: date,
    credit: Decimal,
    beside: Mapping[date, Decimal] | None = None,
) -> Decimal:
    """The least that the credit balance comes to on a day or later, given what it comes to in the end.

    Credit that was spent on a later day was there before: it cannot be spent again by an earlier date.
    `beside` is by how much it grows on days through what is not written yet.
    """
    later = dict(await tx.credits_after(asked.scope, (customer_id,), currency, day))
    for at, more in (beside or {}).items():
        if at > day:
            later[at] = later.get(at, NOTHING) + more
    least = credit
    for at in sorted(later, reverse=True):
        credit -= later[at]
        least = min(least, credit)
    return least
