"""What a history may choose: few amounts and currencies, and payments mostly aimed at what they fit."""

from decimal import Decimal
from typing import NamedTuple

from hypothesis import strategies as st

from billto.app.applying import Wanted
from billto.domain.customer import Customer
from tests.app.model import Model, Money, Owner, Paper, Part
from tests.app.shop import Shop

PLACES = {"JPY": 0, "EUR": 2, "KWD": 3}
CURRENCIES = st.sampled_from(("EUR", "EUR", "EUR", "EUR", "JPY", "KWD"))
# Few amounts, so that equal ones meet: what settles exactly, what is too much, the least there is.
UNITS = st.sampled_from((1, 500, 500, 1000, 1000, 3333))
PICKS = st.integers(0, 30)
KINDS = st.sampled_from(("invoice", "invoice", "invoice", "credit_note", "advance_invoice"))
APPLYING = ("document", "document", "document", "credit", "applied_credit", "credit_note", "advance")
REFUNDING = ("refund_credit", "refund_credit_note", "refund_payment")
_NOTES = ("credit_note", "refund_credit_note")


class Choice(NamedTuple):
    """Where part of a payment might go; aimed at what it fits, save where `aim` is nought."""

    kind: str
    units: int
    paper: int
    source: int
    aim: int


def choices(kinds: tuple[str, ...], least: int) -> st.SearchStrategy[list[Choice]]:
    one = st.builds(Choice, st.sampled_from(kinds), UNITS, PICKS, PICKS, st.integers(0, 7))
    return st.lists(one, min_size=least, max_size=3)


def stock(shop: Shop, model: Model, holding: Customer, child: Customer) -> None:
    """Something of every kind to begin with: an advance that is paid and taken up in part, an invoice that is
    paid in part, a credit note, credit, and money on account."""
    bought: dict[str, str] = {}
    kinds = {"advance": "advance_invoice", "note": "credit_note"}
    for name, owner in (("advance", holding), ("bill", holding), ("other", child), ("note", child)):
        made = shop.document(kinds.get(name, "invoice"), owner, 10, currency_code="EUR")
        bought[name] = made.id
        model.papers[made.id] = Paper(made.type, owner.id, "EUR", Decimal(10))
    for amount, part in (
        (10, Part("document", Decimal(10), bought["advance"])),
        (0, Part("advance", Decimal(5), bought["bill"], bought["advance"])),
        (10, Part("document", Decimal(5), bought["other"])),
        (10, Part("credit", Decimal(5))),
    ):
        paid = shop.pay(amount, wanted(part), of=holding, currency_code="EUR")
        model.money[paid.id] = Money(holding.id, "EUR", Decimal(amount), [part])


def amount_of(units: int, currency: str) -> Decimal:
    return Decimal(units).scaleb(-PLACES[currency])


def wanted(part: Part) -> Wanted:
    return Wanted(part.kind, part.amount, part.paper, part.source)


def owner_of(model: Model, parts: list[Part]) -> Owner:
    """Who pays where nobody is named."""
    named = (model.papers[id].owner for part in parts for id in (part.paper, part.source) if id)
    return next((owner for owner in named if owner), None)


def chosen_of(model: Model, owner: Owner, currency: str, parts: list[Choice]) -> list[Part]:
    return [part for one in parts if (part := _part(model, owner, currency, one))]


def _part(model: Model, owner: Owner, currency: str, one: Choice) -> Part | None:
    """A part of a payment; where it is aimed, at what is open and of this family and currency."""
    kind, amount = one.kind, amount_of(one.units, currency)
    papers = [id for id, paper in model.papers.items() if not one.aim or _fits(model, paper, owner, currency)]
    target = source = None
    most = [amount]
    if kind in ("document", "applied_credit", "advance") or (kind == "credit_note" and one.paper % 3):
        asking = [id for id in papers if model.papers[id].kind in ("invoice", "advance_invoice")]
        asking = [id for id in asking if model.open(id)] or asking
        if not asking:
            return None
        target = asking[one.paper % len(asking)]
        most.append(model.open(target))
    if kind in (*_NOTES, "advance", "refund_payment"):
        sources = _sources(model, kind, papers, owner, currency)
        if not sources:
            return None
        source = sources[one.source % len(sources)]
        most.append(_available(model, kind, source))
    if kind in ("applied_credit", "refund_credit"):
        most.append(model.credit(owner, currency))
    if one.aim > 1:  # two of eight ask for as much as they like
        amount = min(most)
    return Part(kind, amount, target, source) if amount else None


def _sources(model: Model, kind: str, papers: list[str], owner: Owner, currency: str) -> list[str]:
    if kind == "refund_payment":
        return [id for id, paid in model.money.items() if _fits(model, paid, owner, currency)]
    type_ = "credit_note" if kind in _NOTES else "advance_invoice"
    return [id for id in papers if model.papers[id].kind == type_]


def _available(model: Model, kind: str, source: str) -> Decimal:
    if kind == "advance":
        return model.paid(source) - model.taken(source)
    return model.left(source) if source in model.money else model.open(source)


def _fits(model: Model, there: Paper | Money, owner: Owner, currency: str) -> bool:
    if there.currency != currency or (isinstance(there, Paper) and there.state != "issued"):
        return False
    if there.owner is None or owner is None:
        return there.owner is owner
    return owner in model.above(there.owner)
