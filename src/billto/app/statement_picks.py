"""Whom a run of statements is for: some customers at a time, by a handful of questions for all of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from billto.app import addressees
from billto.app.balances import FAMILY_MAX
from billto.app.families import GENERATIONS_MAX
from billto.app.parts import Reader, Request
from billto.domain import statement_run as rules
from billto.domain.ageing import days_past_due
from billto.domain.customer import Customer
from billto.domain.entity import Entity
from billto.domain.paging import unambiguous
from billto.domain.query import All, Compare, Node, Op, Page, Query, Start
from billto.domain.statement_run import InCurrency, Period, Stands, StatementRun

_AT_ONCE = 5_000  # neither database takes more than 32,766 values in one statement
_LINKS = frozenset({"id", "serial", "parent", "deleted_at"})


class Picked(NamedTuple):
    """What becomes of a customer in a round."""

    customer: Customer
    stands: Stands
    reason: str | None  # why it gets nothing
    currencies: tuple[str, ...] = ()
    recipients: Sequence[Mapping[str, Any]] = ()


class Round(NamedTuple):
    """What a round is about: the same for all of its customers."""

    run: StatementRun
    entity: Entity
    period: Period
    day: date


def selection(run: StatementRun, customer_ids: Sequence[str] | None = None) -> Node:
    """The customers to look at. Who owes nothing is not even looked at, unless its children may."""
    parts: list[Node] = []
    if run.with_balance_only and not run.include_children:
        parts.append(Compare("owes", Op.EQ, True))
    if customer_ids is not None:
        parts.append(Compare("id", Op.IN, tuple(customer_ids)))
    return All(tuple(parts))


async def number(
    reader: Reader, asked: Request, run: StatementRun, customer_ids: Sequence[str] | None = None
) -> int:
    """How many customers there are to look at."""
    query = Query(selection(run, customer_ids), unambiguous(()), limit=1, shows=frozenset({"id"}))
    return (await reader.page(Customer, asked.scope, query)).total or 0


async def page(
    reader: Reader,
    asked: Request,
    run: StatementRun,
    cursor: str | None,
    most: int,
    customer_ids: Sequence[str] | None = None,
) -> Page:
    """The next customers to look at, after one."""
    start = None if cursor is None else Start((cursor,))
    query = Query(selection(run, customer_ids), unambiguous(()), most, start=start, counted=False)
    return await reader.page(Customer, asked.scope, query)


async def pick(
    reader: Reader, asked: Request, of: Round, customers: Sequence[Customer]
) -> tuple[Picked, ...]:
    """What becomes of each of some customers."""
    run, entity = of.run, of.entity
    on_parents: frozenset[str] = frozenset()
    families: Mapping[str, Sequence[str]] = {one.id: (one.id,) for one in customers}
    crowded: frozenset[str] = frozenset()
    if run.include_children:
        on_parents = await _with_living_ancestors(reader, asked, customers)
        roots = [one for one in customers if one.id not in on_parents]
        families, crowded = await _families(reader, asked, roots)
    stands = await _stands(reader, asked, of, families)
    return tuple(_picked(run, entity, one, stands.get(one.id, {}), on_parents, crowded) for one in customers)


def _picked(
    run: StatementRun,
    entity: Entity,
    customer: Customer,
    stands: Stands,
    on_parents: frozenset[str],
    crowded: frozenset[str],
) -> Picked:
    if customer.id in crowded:
        return Picked(customer, stands, rules.TOO_MANY_BELOW)
    reason = rules.left_out(
        run, stands, customer.metadata,
        is_on_parents=customer.id in on_parents, currency=entity.currency_code,
    )  # fmt: skip
    if reason is not None:
        return Picked(customer, stands, reason)
    home = customer.country_code or entity.country_code
    recipients = addressees.on_file(run.channel, customer, home)
    own = customer.currency_code or entity.currency_code
    codes = rules.currencies(run, stands, own)
    return Picked(customer, stands, None if recipients else rules.NO_RECIPIENT, codes, recipients)


async def _stands(
    reader: Reader, asked: Request, of: Round, families: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, InCurrency]]:
    """How families stand by currency, by the ids of their heads."""
    run = of.run
    head = {id: first for first, ids in families.items() for id in ids}
    ids, found = list(head), defaultdict[str, dict[str, InCurrency]](dict)

    def add(id: str, code: str, more: InCurrency) -> None:
        kept = found[head[id]]
        kept[code] = kept.get(code, InCurrency()).with_(more)

    for at in range(0, len(ids), _AT_ONCE):
        some = ids[at : at + _AT_ONCE]
        for one in await reader.standings(asked.scope, some):
            add(one.customer_id, one.currency_code, InCurrency(one.outstanding, one.outstanding - one.net))
        if run.past_due_only or run.past_due_days:
            for (id, code), day in (await reader.oldest(asked.scope, some)).items():
                add(id, code, InCurrency(days_late=days_past_due(day, None, of.day)))
        if run.with_activity_only or not run.with_balance_only:
            for id, code in await reader.active(asked.scope, some, *of.period):
                add(id, code, InCurrency(is_active=True))
    return found


async def _with_living_ancestors(
    reader: Reader, asked: Request, customers: Sequence[Customer]
) -> frozenset[str]:
    """Those who are on the statement of somebody above them: who is in the trash gets none."""
    open_ = {one.id: one.parent for one in customers if one.parent is not None}
    found: set[str] = set()
    for _ in range(GENERATIONS_MAX):
        if not open_:
            break
        where = Compare("serial", Op.IN, tuple(sorted({*open_.values()})))
        query = Query(where, unambiguous(()), len(open_), counted=False, trashed=None, shows=_LINKS)
        above = {one.serial: one for one in (await reader.page(Customer, asked.scope, query)).records}
        found |= {id for id, serial in open_.items() if serial in above and not above[serial].deleted_at}
        higher = {id: above[serial].parent for id, serial in open_.items() if serial in above}
        open_ = {id: serial for id, serial in higher.items() if serial is not None and id not in found}
    return frozenset(found)


async def _families(
    reader: Reader, asked: Request, roots: Sequence[Customer]
) -> tuple[dict[str, list[str]], frozenset[str]]:
    """Customers with all below them, and those with more below them than a statement is about."""
    left, crowded = list(roots), set[str]()
    while True:
        families = await _below(reader, asked, left)
        too_many = {id for id, ids in families.items() if len(ids) > FAMILY_MAX}
        if not too_many:
            return families, frozenset(crowded)
        # What was read was cut off, perhaps within the family of another.
        crowded |= too_many
        left = [one for one in left if one.id not in crowded]


async def _below(reader: Reader, asked: Request, roots: Sequence[Customer]) -> dict[str, list[str]]:
    """Customers with those below them, a generation at a time; ends early once some family is too large."""
    families = {one.id: [one.id] for one in roots}
    level, most = {one.serial: one.id for one in roots}, FAMILY_MAX * len(roots)
    seen = 0
    for _ in range(GENERATIONS_MAX):
        if not level or seen > most:
            break
        serials, level_below = list(level), dict[int, str]()
        for at in range(0, len(serials), _AT_ONCE):
            where = Compare("parent", Op.IN, tuple(serials[at : at + _AT_ONCE]))
            limit = most + 1 - seen
            query = Query(where, unambiguous(()), limit, counted=False, trashed=None, shows=_LINKS)
            for one in (await reader.page(Customer, asked.scope, query)).records if limit > 0 else ():
                families[level[one.parent]].append(one.id)
                level_below[one.serial] = level[one.parent]
                seen += 1
        level = level_below
    return families
