"""A model of the books that keeps no entries and no balances: all is worked out from what was done.

It knows less than the core on purpose: no days, and so not what a credit balance came to in the past.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

NOTHING = Decimal(0)
Owner = str | None


class Part(NamedTuple):
    """Where part of a payment went."""

    kind: str
    amount: Decimal
    paper: str | None = None
    source: str | None = None


@dataclass
class Paper:
    kind: str
    owner: Owner
    currency: str
    total: Decimal
    state: str = "issued"  # or draft, voided
    is_closed: bool = False
    off: Decimal = NOTHING


@dataclass
class Money:
    owner: Owner
    currency: str
    amount: Decimal
    parts: list[Part]
    is_refund: bool = False
    is_voided: bool = False


@dataclass
class Gift:
    owner: str
    currency: str
    amount: Decimal
    is_voided: bool = False


class Wrong(Exception):
    """What nobody may do."""


def demand(true: bool) -> None:
    if not true:
        raise Wrong


@dataclass
class Model:
    papers: dict[str, Paper] = field(default_factory=dict)
    money: dict[str, Money] = field(default_factory=dict)
    gifts: dict[str, Gift] = field(default_factory=dict)
    parents: dict[str, Owner] = field(default_factory=dict)

    # what is worked out

    def parts(self) -> Iterator[tuple[Money, Part]]:
        """Of all payments that are not voided."""
        for one in self.money.values():
            if not one.is_voided:
                yield from ((one, part) for part in one.parts)

    def open(self, id: str) -> Decimal:
        paper = self.papers[id]
        if paper.state != "issued":
            return NOTHING
        if paper.kind == "credit_note":
            used = (part.amount for _, part in self.parts() if part.source == id)
        else:
            used = (part.amount for _, part in self.parts() if part.paper == id)
        return paper.total - paper.off - sum(used, NOTHING)

    def taken(self, id: str) -> Decimal:
        """Of an advance invoice, by final invoices."""
        return sum((p.amount for _, p in self.parts() if (p.kind, p.source) == ("advance", id)), NOTHING)

    def paid(self, id: str) -> Decimal:
        return self.papers[id].total - self.papers[id].off - self.open(id)

    def left(self, id: str) -> Decimal:
        one = self.money[id]
        if one.is_voided or one.is_refund:
            return NOTHING
        own = sum((part.amount for part in one.parts if part.kind in ("document", "credit")), NOTHING)
        back = (p.amount for _, p in self.parts() if (p.kind, p.source) == ("refund_payment", id))
        return one.amount - own - sum(back, NOTHING)

    def credit(self, owner: Owner, currency: str) -> Decimal:
        given = [
            g for g in self.gifts.values() if (g.owner, g.currency, g.is_voided) == (owner, currency, False)
        ]
        total = sum((one.amount for one in given), NOTHING)
        for one, part in self.parts():
            if (one.owner, one.currency) != (owner, currency):
                continue
            if part.kind == "credit" or (part.kind == "credit_note" and part.paper is None):
                total += part.amount
            elif part.kind in ("applied_credit", "refund_credit"):
                total -= part.amount
        return total

    def standing(self, owner: str, currency: str) -> tuple[Decimal, Decimal, Decimal, Decimal]:
        mine = [id for id, one in self.papers.items() if (one.owner, one.currency) == (owner, currency)]
        asking = sum(
            (self.open(id) for id in mine if self.papers[id].kind in ("invoice", "advance_invoice")), NOTHING
        )
        giving = sum((self.open(id) for id in mine if self.papers[id].kind == "credit_note"), NOTHING)
        held = [id for id, one in self.money.items() if (one.owner, one.currency) == (owner, currency)]
        return asking, giving, sum(map(self.left, held), NOTHING), self.credit(owner, currency)

    # what is done

    def apply(self, id: str, parts: list[Part], *, rest_is_credit: bool = False) -> None:
        """The payment applied so, part by part, and not as it was."""
        one = self.money[id]
        before = {id for part in one.parts for id in (part.paper, part.source)}
        one.parts = []
        for part in parts:
            self._fit(one, part, before)
            one.parts.append(part)
            self._check_amounts(part, id)
        if rest_is_credit and one.owner is not None and (left := self.left(id)):
            one.parts.append(Part("credit", left))
        self.check()

    def _fit(self, one: Money, part: Part, before: set[str | None]) -> None:
        for id, kinds in ((part.paper, _PAPERS.get(part.kind)), (part.source, _SOURCES.get(part.kind))):
            if id is None or part.kind == "refund_payment":
                continue
            there = self.papers[id]
            demand(kinds is not None and there.kind in kinds)
            demand(there.state == "issued" and there.currency == one.currency)
            is_kin = there.owner is None or one.owner in self.above(there.owner)
            demand(is_kin or id in before)  # what was settled stays, whosoever child it became
            demand(id == part.source or not there.is_closed or id in before)
        if part.kind == "refund_payment":
            source = self.money[str(part.source)]
            demand(not source.is_voided and not source.is_refund and source.currency == one.currency)
            demand(source.owner is None or one.owner in self.above(source.owner))
        demand(one.owner is not None or part.paper is not None or part.kind.startswith("refund_"))
        demand(one.owner is not None or part.kind not in ("credit", "applied_credit", "refund_credit"))

    def above(self, owner: str) -> list[Owner]:
        found: list[Owner] = []
        above: Owner = owner
        while above is not None:
            found.append(above)
            above = self.parents[above]
        return found

    def _check_amounts(self, part: Part, id: str) -> None:
        demand(self.left(id) >= 0)
        if part.paper is not None:
            demand(self.open(part.paper) >= 0)
        if part.source in self.papers:
            source = str(part.source)
            demand(self.open(source) >= 0)
            demand(self.taken(source) <= self.paid(source) or self.papers[source].kind != "advance_invoice")
        if part.source in self.money:
            demand(self.left(str(part.source)) >= 0)

    def void(self, id: str) -> None:
        paper = self.papers[id]
        if paper.state == "voided":
            return
        demand(paper.state == "issued" and not self.taken(id))
        demand(not any(p.source == id and p.kind.startswith("refund_") for _, p in self.parts()))
        for one in self.money.values():
            if not one.is_voided:
                one.parts = [part for part in one.parts if id not in (part.paper, part.source)]
        paper.state, paper.off = "voided", NOTHING
        self.check()

    def close(self, id: str) -> None:
        paper = self.papers[id]
        demand(paper.state == "issued")
        if not paper.is_closed:
            paper.off, paper.is_closed = self.open(id), True

    def reopen(self, id: str) -> None:
        paper = self.papers[id]
        demand(paper.state == "issued")
        paper.off, paper.is_closed = NOTHING, False

    def void_money(self, id: str) -> None:
        self.money[id].is_voided = True
        self.check()

    def restore_money(self, id: str) -> None:
        one = self.money[id]
        if not one.is_voided:
            return
        for part in one.parts:
            for named in (part.paper, part.source):
                if named in self.papers:
                    demand(self.papers[named].state == "issued" and not self.papers[named].is_closed)
                if named in self.money:
                    demand(not self.money[named].is_voided)
        one.is_voided = False
        self.check()

    def merge(self, gone: str, kept: str) -> None:
        """What the one owned is the other's now."""
        whose: list[Paper | Money | Gift] = [
            *self.papers.values(),
            *self.money.values(),
            *self.gifts.values(),
        ]
        for owned in whose:
            if owned.owner == gone:
                owned.owner = kept

    def check(self) -> None:
        """Raises Wrong where more was spent than there was."""
        for id, paper in self.papers.items():
            demand(self.open(id) >= 0)
            if paper.kind == "advance_invoice" and paper.state == "issued":
                demand(self.taken(id) <= self.paid(id))
        for id, one in self.money.items():
            demand(self.left(id) >= 0)
            back = any((p.kind, p.source) == ("refund_payment", id) for _, p in self.parts())
            demand(not (one.is_voided and back))
        whose: list[Gift | Money] = [*self.gifts.values(), *self.money.values()]
        owners = {(one.owner, one.currency) for one in whose}
        for owner, currency in owners:
            demand(self.credit(owner, currency) >= 0)


_PAPERS = {
    "document": ("invoice", "advance_invoice"),
    "applied_credit": ("invoice", "advance_invoice"),
    "credit_note": ("invoice", "advance_invoice"),
    "advance": ("invoice",),
}
_SOURCES = {
    "credit_note": ("credit_note",),
    "refund_credit_note": ("credit_note",),
    "advance": ("advance_invoice",),
}
