"""What the books of an entity must obey at any time, worked out from the bare rows."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from billto.domain.ageing import ageing
from billto.domain.alias import Alias
from billto.domain.document import OWED, Document
from billto.domain.ledger import ACCOUNTS, Entry, Standing
from billto.domain.money import rounded
from billto.domain.payment import Payment
from billto.domain.query import Query
from billto.domain.statement import balance_forward, open_items
from tests.app.shop import Shop
from tests.store.stores import BY_ID, EVERYTHING

NOTHING = Decimal(0)
_MOST = 100_000
SUMS = dict(zip(ACCOUNTS, ("outstanding", "open_credit_notes", "unapplied", "credit"), strict=True))


def hold(shop: Shop, *, is_backdated: bool = False) -> None:
    """Every law, on everything there is.

    Where payments are entered for days before others were voided, both were there meanwhile: then only credit
    is never below nothing in the past.
    """
    entries, papers, money = todays(shop), records(shop, Document), records(shop, Payment)
    standings_are_sums(shop, entries)
    items_are_sums(entries, papers, money)
    payments_are_their_applications(money)
    movements_come_to_nothing(entries)
    nothing_is_negative_in_the_past([e for e in entries if e.account == "credit" or not is_backdated])
    statements_agree(entries)
    what_falls_due_is_what_is_open(shop, entries)
    numbers_are_without_gaps(papers)


def todays(shop: Shop) -> list[Entry]:
    """All entries, as those of the customers that theirs have become part of."""
    now = {one.id: one.customer_id for one in records(shop, Alias)}
    return [
        one._replace(customer_id=now.get(str(one.customer_id), one.customer_id))
        for one in records(shop, Entry)
    ]


def records(shop: Shop, kind: type[Any]) -> list[Any]:
    query = Query(EVERYTHING, BY_ID, limit=_MOST, counted=False)
    return list(shop.stage.run(shop.stage.store.reader.page(kind, shop.scope, query)).records)


def total(entries: list[Entry], account: str = "") -> Decimal:
    return sum((one.amount for one in entries if account in ("", one.account)), NOTHING)


def by_customer(entries: list[Entry]) -> dict[tuple[str, str], list[Entry]]:
    found = defaultdict(list)
    for one in entries:
        if one.customer_id is not None:
            found[one.customer_id, one.currency_code].append(one)
    return found


def standings_are_sums(shop: Shop, entries: list[Entry]) -> None:
    for (customer_id, currency), mine in by_customer(entries).items():
        found = shop.stage.run(shop.stage.store.reader.standings(shop.scope, (customer_id,)))
        kept = next((one for one in found if one.currency_code == currency), Standing(customer_id, currency))
        for account, name in SUMS.items():
            assert getattr(kept, name) == abs(total(mine, account)), (customer_id, currency, name)
        assert kept.outstanding == total(mine, "invoice")
        assert kept.net == total(mine)
    owing = {str(one) for (one,) in shop.rows("SELECT id FROM customer WHERE entity_id = {} AND owes")}
    assert owing == {id for (id, _), mine in by_customer(entries).items() if total(mine, "invoice")}


def what_falls_due_is_what_is_open(shop: Shop, entries: list[Entry]) -> None:
    """The documents say the same as the ledger."""
    for (customer_id, currency), mine in by_customer(entries).items():
        found = shop.stage.run(shop.stage.store.reader.falling_due(shop.scope, (customer_id,)))
        kept = [one for one in found if one.currency_code == currency]
        told = open_items(mine, as_of=date.max).items
        assert ageing(kept, as_of=shop.today) == ageing(told, as_of=shop.today), (customer_id, currency)


def items_are_sums(entries: list[Entry], papers: list[Document], money: list[Payment]) -> None:
    sums: defaultdict[str | None, Decimal] = defaultdict(Decimal)
    for entry in entries:
        sums[entry.item_id] += entry.amount
        assert rounded(entry.amount, entry.currency_code) == entry.amount
        assert (entry.item_id is None) is (entry.account == "credit")
    for paper in papers:
        sign = -1 if paper.type == "credit_note" else 1
        assert paper.balance == sign * sums[paper.id], paper
        if paper.issued_at is None or paper.voided_at is not None or paper.type not in OWED:
            assert (paper.balance, paper.paid_at) == (NOTHING, None)
        else:
            assert (paper.paid_at is None) is (paper.balance > 0 or paper.written_off > 0), paper
    for one in money:
        assert one.balance == -sums[one.id], one


def payments_are_their_applications(money: list[Payment]) -> None:
    """What is left of a payment is its amount, less what it settled and what went back of it."""
    back: defaultdict[str, Decimal] = defaultdict(Decimal)
    for one in money:
        for part in one.applications:
            if part["kind"] == "refund_payment" and one.voided_at is None:
                back[part["source_id"]] += part["amount"]
    for one in money:
        if one.voided_at is not None:
            assert one.balance == NOTHING
        elif one.direction == "payment":
            own = sum(part["amount"] for part in one.applications if part["kind"] in ("document", "credit"))
            assert one.balance == one.amount - own - back[one.id], one
        else:
            assert one.amount == sum(part["amount"] for part in one.applications), one


def movements_come_to_nothing(entries: list[Entry]) -> None:
    """What is applied is taken from somewhere: on every day, and as long as it is written down."""
    sums: defaultdict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for one in entries:
        if one.kind in ("applied", "unapplied"):
            sums[one.posting_id, one.kind, one.date] += one.amount
    assert not any(sums.values()), {key: value for key, value in sums.items() if value}


def nothing_is_negative_in_the_past(entries: list[Entry]) -> None:
    """As of any day, no invoice was paid too much, and no payment, note or credit spent too much."""
    kept: defaultdict[tuple[Any, ...], list[Entry]] = defaultdict(list)
    for one in entries:
        of = one.item_id or (one.customer_id, one.currency_code)
        kept[one.account, of].append(one)
    for (account, _), mine in kept.items():
        sign = 1 if account == "invoice" else -1
        for day in {one.date for one in mine}:
            assert sign * total([one for one in mine if one.date <= day]) >= 0, (day, mine)


def statements_agree(entries: list[Entry]) -> None:
    """Statements of each customer go on where the last one ended, and what is aged is what is owed."""
    for mine in by_customer(entries).values():
        days = sorted({one.date for one in mine})
        first, middle, last = days[0], days[len(days) // 2], days[-1]
        whole = balance_forward(mine, start=first, end=last)
        early = balance_forward(mine, start=first, end=middle)
        assert (whole.previous, whole.previous_credit) == (NOTHING, NOTHING)
        assert early.balance == total([e for e in mine if e.date <= middle], "invoice")
        if middle < last:
            late = balance_forward(mine, start=days[days.index(middle) + 1], end=last)
            assert (late.previous, late.previous_credit) == (early.balance, early.credit)
            assert (late.balance, late.credit) == (whole.balance, whole.credit)
        assert whole.balance == whole.previous + whole.invoiced - whole.paid - whole.adjusted
        assert whole.net == total(mine)
        still = open_items(mine, as_of=last)
        buckets = ageing(still.items, as_of=last)
        assert sum(one.amount for one in buckets) == still.total == total(mine, "invoice")
        assert still.net == total(mine)


def numbers_are_without_gaps(papers: list[Document]) -> None:
    """Of every type and year the numbers of what was issued are 1, 2, 3 …, each once."""
    given: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for one in papers:
        assert (one.number is None) is (one.issued_at is None)
        if one.number is not None:
            given[one.type, one.date.year].append(int(one.number.rpartition("-")[2]))
    for numbers in given.values():
        assert sorted(numbers) == list(range(1, len(numbers) + 1))
