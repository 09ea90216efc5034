"""Rounds of statement runs, as the scheduler works them off: some customers at a time.

The messages of those, the place after them and the counts are one transaction, which begins by looking
whether the place is still the one from which it was read. So whoever is ended at any moment, or works beside
another, leaves out nobody, and nobody gets a second message of a round.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from billto.app import links, messages, plans, records, sending, statement_picks, statement_runs
from billto.app.parts import Reader, Request, Store, Tx
from billto.app.statement_picks import Picked, Round
from billto.domain import issuing
from billto.domain import statement_round as rounds
from billto.domain import statement_run as rules
from billto.domain.customer import Customer
from billto.domain.entity import Entity
from billto.domain.formats import Formats, formats_for
from billto.domain.languages import language
from billto.domain.message import EMAIL, LETTER, SMS, Message
from billto.domain.paging import unambiguous
from billto.domain.plan import Plan
from billto.domain.problems import Refused
from billto.domain.query import All, Compare, Op, Query
from billto.domain.statement_round import RUNNING, StatementRound
from billto.domain.statement_run import BALANCE_FORWARD, Period, StatementRun
from billto.domain.templates import substitute

CUSTOMERS_AT_ONCE = 200
# Then what others have planned has its turn: some seconds.
PAGES_A_TURN = 25
TOO_MANY_TODAY = "too_many_today"
# How long a round that cannot go on is tried again.
GIVEN_UP_AFTER = timedelta(days=1)


async def next_at(
    reader: Reader, asked: Request, entity: Entity, plan: Plan, after: datetime
) -> datetime | None:
    """When a run is next; a round that is not at its end goes on after what is due by now, and then never
    again."""
    one = await reader.get(StatementRound, asked.scope, plan.subject_id)
    if one is not None:
        return max(plan.next_at, after) if one.state == RUNNING else None
    run = await reader.get(StatementRun, asked.scope, plan.subject_id)
    if run is None:
        return None
    return rules.next_at(run, entity, plans.since(plan, entity, run.updated_at, after))


async def work_off(store: Store, asked: Request, entity: Entity, plan: Plan, at: datetime) -> dict[str, int]:
    """Begins the round of a run whose time has come, or goes on with one."""
    one = await store.reader.get(StatementRound, asked.scope, plan.subject_id)
    if one is not None:
        return await _take_turn(store, asked, entity, one)
    begun = await store.write(lambda tx: _begin(tx, asked, entity, plan, at))
    return {"rounds": int(begun)}


async def _begin(tx: Tx, asked: Request, entity: Entity, plan: Plan, at: datetime) -> bool:
    run = await tx.lock(StatementRun, asked.scope, plan.subject_id)
    if run is None or run.is_paused:
        return False
    day = rules.last_day(run, entity, plan.next_at, at)
    where = All((
        Compare("run_id", Op.EQ, run.id), Compare("day", Op.EQ, day), Compare("is_by_hand", Op.EQ, False),
    ))  # fmt: skip
    query = Query(where, unambiguous(()), limit=1, counted=False)
    if (await tx.page(StatementRound, asked.scope, query)).records:
        return False
    period = rules.period(run, day)
    await statement_runs.begin(tx, asked, entity, run, day, period, is_by_hand=False, at=at)
    return True


async def _take_turn(store: Store, asked: Request, entity: Entity, one: StatementRound) -> dict[str, int]:
    try:
        left: StatementRound | None = one
        for _ in range(PAGES_A_TURN):
            if left is None or left.state != RUNNING:
                break
            one, left = left, await _go_on(store, asked, entity, left)
    except Exception as fault:
        waits = isinstance(fault, Refused) and fault.problems[0].code == TOO_MANY_TODAY
        told = fault.told if isinstance(fault, Refused) else "something went wrong on our side"

        async def work(tx: Tx) -> bool:
            return await _failed(tx, asked, one.id, told, waits=waits)

        if not await store.write(work):
            raise
    found = await store.reader.get(StatementRound, asked.scope, one.id)
    return {} if found is None else {"queued": found.queued, **found.skipped}


async def _failed(tx: Tx, asked: Request, id: str, told: str, *, waits: bool) -> bool:
    """Keeps why a round cannot go on; says whether it was given up, which one that waits for another day
    never is."""
    old = await tx.lock(StatementRound, asked.scope, id)
    if old is None or old.state != RUNNING:
        return True
    is_final = not waits and tx.now - old.created_at > GIVEN_UP_AFTER
    new = rounds.failed(old, tx.now, told, is_final=is_final)
    await tx.update(old, new, asked.scope)
    if is_final:
        await records.note(tx, asked, "statement_round.failed", new, old)
    return is_final


async def _go_on(
    store: Store, asked: Request, entity: Entity, one: StatementRound, most: int | None = None
) -> StatementRound | None:
    """The round after some more customers, or as another one has left it meanwhile. Where the day has no room
    for all of them, after half as many."""
    most = most or CUSTOMERS_AT_ONCE
    run = await store.reader.get(StatementRun, asked.scope, one.run_id)
    if run is None:
        return None
    await sending.check_connected(store.reader, asked, run.channel)
    of = Round(run, entity, Period(one.period_start, one.period_end), one.day)
    page = await statement_picks.page(store.reader, asked, run, one.cursor, most, one.customer_ids)
    picked = await statement_picks.pick(store.reader, asked, of, page.records)

    async def work(tx: Tx) -> StatementRound | None:
        return await keep(tx, asked, of, one, picked, is_last=not page.has_next)

    try:
        return await store.write(work)
    except Refused as refused:
        if most == 1 or refused.problems[0].code != TOO_MANY_TODAY:
            raise
    return await _go_on(store, asked, entity, one, most // 2)


async def keep(
    tx: Tx, asked: Request, of: Round, read: StatementRound, picked: Sequence[Picked], *, is_last: bool
) -> StatementRound | None:
    """Queues the messages of some customers, and puts the round's place after them."""
    old = await tx.lock(StatementRound, asked.scope, read.id)
    if old is None or old.state != RUNNING or old.cursor != read.cursor:
        return old
    run = await tx.get(StatementRun, asked.scope, old.run_id)
    if run is None or run != of.run:
        return old  # it was changed just now; what was found out does not hold any more
    skipped = [(one.customer.id, one.reason) for one in picked if one.reason is not None]
    wanted = {one.customer.id: one for one in picked if one.reason is None}
    made: list[Message] = []
    for customer in await tx.lock_all(Customer, asked.scope, list(wanted)) if wanted else ():
        one = wanted[customer.id]
        if customer.deleted_at is not None:
            continue
        try:
            more = await links.words(tx, asked, customer, run.subject, run.body)
            made.append(messages.composed(tx, of.entity, customer, _said(of, old, customer, one, more)))
        except Refused:
            skipped.append((wanted.pop(customer.id).customer.id, rules.TOO_LONG))
    told = {one.customer_id for one in made}
    skipped += [(id, rules.GONE) for id in wanted if id not in told]
    if made:
        await sending.check_day(tx, asked, of.entity, run.channel, tx.now, len(made))
    await messages.queue_many(tx, asked, made)
    new = rounds.gone_on(
        old, tx.now, cursor=picked[-1].customer.id if picked else None, seen=len(picked), queued=len(made),
        skipped=skipped, is_last=is_last,
    )  # fmt: skip
    await tx.update(old, new, asked.scope)
    if is_last:
        await records.note(tx, asked, "statement_round.done", new, old)
    return new


def _said(
    of: Round, one: StatementRound, customer: Customer, picked: Picked, more: Mapping[str, str | None]
) -> dict[str, Any]:
    """The message for a customer: a statement for each currency, and what is to be said with them."""
    run = of.run
    papers = [_paper(of, customer, code) for code in picked.currencies]
    return {
        "channel": run.channel,
        "kind": "statement",
        "recipients": picked.recipients,
        "attachments": None if run.channel == SMS else papers,
        "once": f"statement {one.id} {customer.id}",
        "metadata": dict(run.metadata),
        "details": {"statement_run": run.id, "statement_round": one.id},
        **_words(of, customer, picked, more),
    }


def _paper(of: Round, customer: Customer, code: str) -> dict[str, Any]:
    is_forward = of.run.type == BALANCE_FORWARD
    return {
        "paper": "statement", "customer_id": customer.id, "currency_code": code, "name": f"statement-{code}",
        "is_balance_forward": is_forward, "past_due_only": of.run.past_due_only,
        "with_children": of.run.include_children, "language": of.run.language,
        "end": of.period.end.isoformat(),
        **({"start": of.period.start.isoformat()} if is_forward else {}),
    }  # fmt: skip


def _words(
    of: Round, customer: Customer, picked: Picked, more: Mapping[str, str | None]
) -> Mapping[str, str | None]:
    """Subject and body: the run's, or else ours; a letter is its papers, a text message has no subject."""
    run, entity = of.run, of.entity
    texts = language(run.language or customer.language or entity.locale)
    ours = {"subject": texts.statement_subject, "body": texts.statement_body} if run.channel == EMAIL else {}
    given = {"subject": run.subject, "body": run.body}
    given = {EMAIL: given, SMS: {"body": run.body}, LETTER: {}}[run.channel]
    written = formats_for(entity, customer, run.language)
    known = {
        **issuing.values_of(entity, customer, of.day, run.language),
        **more,
        "total_amount": _total(picked, written),
        "period_start": written.day(of.period.start),
        "period_end": written.day(of.period.end),
    }
    said = {part: given.get(part) or ours.get(part) for part in ("subject", "body")}
    return {part: substitute(text, known) if text else None for part, text in said.items()}


def _total(picked: Picked, written: Formats) -> str:
    """What is owed by currency: amounts of several are never added."""
    stands = [(code, picked.stands[code]) for code in picked.currencies if code in picked.stands]
    return ", ".join(written.told(one.net, code) for code, one in stands)
