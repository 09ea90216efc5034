"""Runs of statements for many customers: what an entity wants, tried dry, and started by hand.

A run plans itself in the transaction that changes it. Its rounds are gone through by the scheduler
(`statement_rounds.py`).
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from billto.app import plans, records, sending, statement_picks
from billto.app.parts import Id, Reader, Request, Tx
from billto.app.statement_picks import Picked, Round
from billto.domain import issuing
from billto.domain import statement_round as rounds
from billto.domain import statement_run as rules
from billto.domain.attrs import checked
from billto.domain.customer import Customer
from billto.domain.entity import Entity, moment
from billto.domain.paging import unambiguous
from billto.domain.plan import STATEMENTS
from billto.domain.problems import Problem, Refused
from billto.domain.query import All, Compare, Op, Page, Query
from billto.domain.statement_round import RUNNING, StatementRound
from billto.domain.statement_run import Period, StatementRun

RUNS_MAX = 100  # of one entity
_WHEN = frozenset({"frequency", "day", "weekday", "on_date", "hour", "is_paused"})


class Preview(NamedTuple):
    """What a round that began now would do with some customers."""

    run: StatementRun
    period: Period
    picked: tuple[Picked, ...]
    has_more: bool
    total: int  # customers to look at


async def create(tx: Tx, asked: Request, values: Mapping[str, Any]) -> StatementRun:
    """A run that is planned from now on. Raises Refused with `no_channel` where nothing is connected by which
    its messages could go."""
    await tx.alone(asked.scope.entity, "statement runs")
    found = await _number(tx, asked)
    if found >= RUNS_MAX:
        raise Refused(Problem("too_many_runs", detail=str(RUNS_MAX)))
    entity = await records.seller(tx, asked)
    made = rules.made(values, entity_id=entity.id, id=tx.new_id(), now=tx.now)
    await _check_channel(tx, asked, made)
    _check_currency(entity, made)
    stored = await tx.insert(checked(made))
    await _plan(tx, asked, entity, stored, stored)
    await records.note(tx, asked, "statement_run.created", stored)
    return stored


async def _number(reader: Reader, asked: Request) -> int:
    query = Query(All(), unambiguous(()), limit=1, shows=frozenset({"id"}))
    return (await reader.page(StatementRun, asked.scope, query)).total or 0


async def get(reader: Reader, asked: Request, id: Id) -> StatementRun:
    return await records.get(reader, asked, StatementRun, id)


async def page(reader: Reader, asked: Request, query: Query) -> Page:
    return await reader.page(StatementRun, asked.scope, query)


async def change(tx: Tx, asked: Request, id: Id, values: Mapping[str, Any]) -> StatementRun:
    """The run with other values. While a round is under way, only of what that has nothing to do with; raises
    Refused with `run_under_way` for the rest."""
    old = await records.expected(tx, asked, StatementRun, id)
    new = checked(rules.changed(old, values, tx.now))
    if new is old or new == old:
        return old
    differing = [name for name in _TOLD if getattr(new, name) != getattr(old, name)]
    if not rules.HARMLESS.issuperset(differing) and await _running(tx, asked, old.id):
        raise Refused(Problem("run_under_way"))
    entity = await records.seller(tx, asked)
    if new.channel != old.channel:
        await _check_channel(tx, asked, new)
    _check_currency(entity, new)
    await tx.update(old, new, asked.scope)
    if not _WHEN.isdisjoint(differing):
        await _plan(tx, asked, entity, old, new)
    await records.note(tx, asked, "statement_run.updated", new, old)
    return new


_TOLD = frozenset(StatementRun._fields) - {"version", "updated_at"}


async def delete(tx: Tx, asked: Request, id: Id) -> StatementRun:
    """Takes the run out with its rounds, also one that is under way; messages that were queued stay."""
    old = await records.expected(tx, asked, StatementRun, id)
    entity = await records.seller(tx, asked)
    await plans.at(tx, asked, entity, STATEMENTS, old.id, None)
    await tx.delete(old, asked.scope)
    await tx.forget(asked.scope.tenant_id, old.id)
    await records.note(tx, asked, "statement_run.deleted", old)
    return old


async def preview(
    reader: Reader, asked: Request, id: Id, now: datetime, after: str | None, most: int
) -> Preview:
    """Who would get a statement if a round began now, and who would not and why; writes nothing."""
    run = await get(reader, asked._replace(shows=None), id)
    entity = await records.seller(reader, asked)
    day = issuing.today(entity, now)
    period = rules.period(run, day)
    found = await statement_picks.page(reader, asked, run, after, most)
    picked = await statement_picks.pick(reader, asked, Round(run, entity, period, day), found.records)
    total = await statement_picks.number(reader, asked, run)
    return Preview(run, period, picked, found.has_next, total)


async def start(
    tx: Tx,
    asked: Request,
    id: Id,
    customer_ids: Sequence[str] | None = None,
    first: date | None = None,
    last: date | None = None,
) -> StatementRound:
    """A round that begins now, of all customers of the run or of those among some, for other days where they
    are said. Raises Refused with `run_under_way` while there is one: a second click tells nobody twice."""
    run = await records.expected(tx, asked, StatementRun, id)
    await _check_channel(tx, asked, run)
    if await _running(tx, asked, run.id):
        raise Refused(Problem("run_under_way"))
    entity = await records.seller(tx, asked)
    day = issuing.today(entity, tx.now)
    period = rules.period(run, day)
    period = Period(first or min(period.start, last or period.start), last or period.end)
    if period.start > period.end:
        raise Refused(Problem("out_of_range", ("start",), "no later than the end"))
    if customer_ids is not None:
        await _check_customers(tx, asked, customer_ids)
    return await begin(tx, asked, entity, run, day, period, customer_ids, is_by_hand=True)


async def begin(
    tx: Tx,
    asked: Request,
    entity: Entity,
    run: StatementRun,
    day: date,
    period: Period,
    customer_ids: Sequence[str] | None = None,
    *,
    is_by_hand: bool,
    at: datetime | None = None,
) -> StatementRound:
    """A new round, which is planned to be worked off at once."""
    total = await statement_picks.number(tx, asked, run, customer_ids)
    made = rounds.made(
        run, day, period,
        id=tx.new_id(), now=tx.now, total=total, customer_ids=customer_ids, is_by_hand=is_by_hand,
    )  # fmt: skip
    stored = await tx.insert(checked(made))
    await plans.at(tx, asked, entity, STATEMENTS, stored.id, at or moment(entity, tx.now))
    await records.note(tx, asked, "statement_round.started", stored)
    return stored


async def get_round(reader: Reader, asked: Request, id: Id, round_id: Id) -> StatementRound:
    """One round of a run."""
    run = await get(reader, asked._replace(shows=None, expected=None), id)
    found = await records.get(reader, asked, StatementRound, round_id)
    if found.run_id != run.id:
        raise Refused(Problem("not_found", detail=StatementRound.__name__))
    return found


async def page_rounds(reader: Reader, asked: Request, id: Id, query: Query) -> Page:
    run = await get(reader, asked._replace(shows=None), id)
    return await reader.page(StatementRound, asked.scope, query.within(Compare("run_id", Op.EQ, run.id)))


async def cancel(tx: Tx, asked: Request, id: Id, round_id: Id) -> StatementRound:
    """The round goes no further; what it has queued stays. Raises Refused with `round_over` after its end."""
    found = await get_round(tx, asked, id, round_id)
    return await records.change(
        tx, asked, StatementRound, found.id, "statement_round.canceled", rounds.canceled
    )


async def _plan(tx: Tx, asked: Request, entity: Entity, old: StatementRun, new: StatementRun) -> None:
    next_at = rules.next_at(new, entity, moment(entity, tx.now))
    is_moved = old is new or (old.on_date, old.hour) != (new.on_date, new.hour)
    if next_at is None and not new.is_paused and is_moved:
        raise Refused(Problem("out_of_range", ("on_date",), "a day to come"))
    await plans.at(tx, asked, entity, STATEMENTS, new.id, next_at)


async def _running(reader: Reader, asked: Request, id: str) -> bool:
    where = All((Compare("run_id", Op.EQ, id), Compare("state", Op.EQ, RUNNING)))
    query = Query(where, unambiguous(()), limit=1, counted=False, shows=frozenset({"id"}))
    return bool((await reader.page(StatementRound, asked.scope, query)).records)


async def _check_customers(reader: Reader, asked: Request, ids: Sequence[str]) -> None:
    query = Query(
        Compare("id", Op.IN, tuple(ids)), unambiguous(()), max(len(ids), 1), counted=False,
        shows=frozenset({"id"}),
    )  # fmt: skip
    known = {one.id for one in (await reader.page(Customer, asked.scope, query)).records}
    unknown = [
        Problem("unknown_reference", ("customer_ids", at), f"customer {id}")
        for at, id in enumerate(ids)
        if id not in known
    ]
    if unknown:
        raise Refused(*unknown)


async def _check_channel(reader: Reader, asked: Request, run: StatementRun) -> None:
    if not await sending.is_connected(reader, asked, run.channel):
        raise Refused(Problem("no_channel", ("channel",)))


def _check_currency(entity: Entity, run: StatementRun) -> None:
    """Of a currency that nobody has ever heard of, nobody would ever owe enough."""
    try:
        issuing.currency(run.min_balance_currency, entity.currency_code)
    except Refused as refused:
        raise Refused(
            *(Problem(one.code, ("min_balance_currency",), one.detail) for one in refused.problems)
        ) from None
