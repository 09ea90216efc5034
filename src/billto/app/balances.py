"""What customers owe, how that came to be, and the statements that tell them."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from billto.app import customers, records
from billto.app.parts import Id, Reader, Request
from billto.domain import issuing
from billto.domain.customer import Customer
from billto.domain.document import PAYABLE, Document
from billto.domain.ledger import INVOICE, Due, Entry, FallingDue, Standing
from billto.domain.paging import unambiguous
from billto.domain.problems import Problem, Refused
from billto.domain.query import All, Compare, Node, Op, Page, Query
from billto.domain.statement import BalanceForward, OpenItems, balance_forward, open_items

HISTORY_MAX = 100  # changes of the credit balance that an answer tells
ENTRIES_MAX = 100_000  # that one statement is made of
PRINTED_MAX = 10_000  # lines of one that is printed, which takes some seconds and others wait for
FAMILY_MAX = 1_000  # customers that one statement is about
_GENERATIONS_MAX = 10


class Balance(NamedTuple):
    """How a customer stands in one currency."""

    customer: Customer
    standing: Standing
    due: Due
    history: tuple[tuple[datetime, Decimal], ...]  # the credit balance after each change, the newest first


class Statement(NamedTuple):
    """What a customer is told of a currency; with its children, where it has some."""

    customer: Customer
    currency_code: str
    members: tuple[Customer, ...]  # the customer and those below it
    told: BalanceForward | OpenItems
    open: OpenItems  # at its end, for the ageing


async def of(
    reader: Reader, asked: Request, id: Id, now: datetime, currency: str | None = None
) -> tuple[Balance, ...]:
    """How a customer stands: in one currency, or without that in all in which there was something, its own
    first."""
    customer = await customers.get(reader, asked._replace(shows=None), id)
    entity = await records.seller(reader, asked)
    own = customer.currency_code or entity.currency_code
    standings = {one.currency_code: one for one in await reader.standings(asked.scope, (customer.id,))}
    wanted = (currency,) if currency else tuple(dict.fromkeys((own, *standings)))
    dues = {}
    if any(one.outstanding for one in standings.values()):
        today = issuing.today(entity, now)
        dues = {one.currency_code: one for one in await reader.dues(asked.scope, (customer.id,), today)}
    found = []
    for code in wanted:
        standing = standings.get(code, Standing(customer.id, code))
        history = await _history(reader, asked, standing) if code in standings else ()
        found.append(Balance(customer, standing, dues.get(code, Due(code, Decimal(0), False)), history))
    return tuple(found)


async def falling_due(reader: Reader, asked: Request, of: Customer) -> Sequence[FallingDue]:
    """What a customer has to pay on which day, in all currencies; whatever its history, it is not read."""
    return await reader.falling_due(asked.scope, (of.id,))


async def _history(
    reader: Reader, asked: Request, standing: Standing
) -> tuple[tuple[datetime, Decimal], ...]:
    credit, told = standing.credit, []
    entries = await reader.credits(asked.scope, (standing.customer_id,), standing.currency_code, HISTORY_MAX)
    for one in entries:
        told.append((one.created_at, credit))
        credit += one.amount
    return tuple(told)


async def ledger(reader: Reader, asked: Request, customer: Customer, query: Query) -> Page:
    """A customer's entries, with those of customers that became part of it."""
    ids = (customer.id, *(one.id for one in await reader.aliases(asked.scope, (customer.id,))))
    return await reader.page(Entry, asked.scope, query.within(Compare("customer_id", Op.IN, ids)))


async def statement(
    reader: Reader,
    asked: Request,
    id: Id,
    now: datetime,
    *,
    is_balance_forward: bool,
    start: date | None = None,
    end: date | None = None,
    currency: str | None = None,
    past_due_only: bool = False,
    with_children: bool = True,
) -> Statement:
    """A statement in one currency: balance forward from the first of the month to today, unless it is said
    otherwise, or what is open at its end."""
    customer = await customers.get(reader, asked._replace(shows=None), id)
    entity = await records.seller(reader, asked)
    end = end or issuing.today(entity, now)
    start = start or end.replace(day=1)
    if start > end:
        raise Refused(Problem("bad_parameter", ("start",), "is after the end"))
    currency = currency or customer.currency_code or entity.currency_code
    members = (customer, *(await family(reader, asked, customer) if with_children else ()))
    return await _worked_out(
        reader, asked, members, currency, end,
        start=start if is_balance_forward else None, past_due_only=past_due_only,
    )  # fmt: skip


async def _worked_out(
    reader: Reader,
    asked: Request,
    members: tuple[Customer, ...],
    currency: str,
    end: date,
    *,
    start: date | None = None,
    past_due_only: bool = False,
) -> Statement:
    """The statement of a customer and those below it: balance forward from a day, or without one of what is
    open."""
    ids = [one.id for one in members]
    entries = await reader.entries(asked.scope, ids, currency, end, ENTRIES_MAX + 1)
    if len(entries) > ENTRIES_MAX:
        raise Refused(Problem("too_much_history", detail=str(ENTRIES_MAX)))

    def told() -> tuple[BalanceForward | OpenItems, OpenItems]:
        if start is None:
            open_now = open_items(entries, as_of=end, past_due_only=past_due_only)
            return open_now, open_now
        # The ageing below a balance is that of the whole balance.
        return balance_forward(entries, start=start, end=end), open_items(entries, as_of=end)

    # In a thread: it may take seconds, which nobody else should wait for.
    return Statement(members[0], currency, members, *await asyncio.to_thread(told))


async def lines(
    reader: Reader,
    asked: Request,
    customer: Customer,
    now: datetime,
    *,
    is_balance_forward: bool,
    start: date | None,
    end: date | None,
    past_due_only: bool,
) -> int:
    """About how many lines such a statement in the customer's currency will have: counted, and not worked
    out."""
    entity = await records.seller(reader, asked)
    ids = tuple(one.id for one in (customer, *await family(reader, asked, customer)))
    end = end or issuing.today(entity, now)
    of: tuple[Node, ...] = (
        Compare("customer_id", Op.IN, ids),
        Compare("currency_code", Op.EQ, customer.currency_code or entity.currency_code),
    )
    record: type[Any] = Entry
    if is_balance_forward:
        since = Compare("date", Op.GE, start or end.replace(day=1))
        of += (Compare("account", Op.EQ, INVOICE), since, Compare("date", Op.LE, end))
    else:
        record = Document
        of += (Compare("type", Op.IN, PAYABLE), Compare("balance", Op.GT, Decimal(0)))
        of += (Compare("due_date", Op.LT, end),) if past_due_only else ()
    query = Query(All(of), unambiguous(()), limit=1, shows=frozenset({"id"}))
    return (await reader.page(record, asked.scope, query)).total or 0


async def accounts(reader: Reader, asked: Request, id: Id, now: datetime) -> tuple[Statement, ...]:
    """What is open today of a customer and those below it: in its own currency first, then in all others in
    which there was something."""
    customer = await customers.get(reader, asked._replace(shows=None), id)
    entity = await records.seller(reader, asked)
    members = (customer, *await family(reader, asked, customer))
    there = await reader.standings(asked.scope, [one.id for one in members])
    own = customer.currency_code or entity.currency_code
    codes = dict.fromkeys((own, *sorted({one.currency_code for one in there})))
    today = issuing.today(entity, now)
    return tuple([await _worked_out(reader, asked, members, code, today) for code in codes])


def check_printable(statement: Statement) -> None:
    """Raises Refused for a statement whose paper would be a book."""
    told = statement.told
    if isinstance(told, BalanceForward):
        lines = len(told.lines) + len(told.credit_lines)
    else:
        lines = len(told.items) + len(told.credits)
    if lines > PRINTED_MAX:
        raise Refused(Problem("too_much_history", detail=str(PRINTED_MAX)))


async def family(reader: Reader, asked: Request, customer: Customer) -> tuple[Customer, ...]:
    """The customers below one, over all generations."""
    found: list[Customer] = []
    level: Sequence[int] = (customer.serial,)
    for _ in range(_GENERATIONS_MAX):
        if not level:
            break
        where = Compare("parent", Op.IN, tuple(level))
        query = Query(where, unambiguous(()), FAMILY_MAX + 1 - len(found), counted=False, trashed=None)
        page = await reader.page(Customer, asked.scope, query)
        found += page.records
        if len(found) > FAMILY_MAX:
            raise Refused(Problem("too_many_below", detail=str(FAMILY_MAX)))
        level = [one.serial for one in page.records]
    return tuple(found)
