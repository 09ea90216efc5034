"""Chasing: a run of a cadence looks at all customers that owe, and takes one step about each that is due.

That a step was taken is a row that is there once, written in the transaction that queues the message or makes
the task, under the customer's lock, after everything was looked at again. So nothing is sent twice and
nothing is lost, whatever runs at once or is killed when.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any, NamedTuple

from billto.app import chase_words, ledger, messages, records, tasks
from billto.app.parts import Id, Reader, Request, Store, Tx
from billto.domain import task as chores
from billto.domain.cadence import EMAIL, MAIL, PHONE, SMS, Cadence
from billto.domain.chasing import (
    DONE,
    FAILED,
    PASSED_OVER,
    Decision,
    Fired,
    begins_anew,
    comes,
    decide,
    in_hand_of,
    pursued,
    rests,
    step_of,
)
from billto.domain.customer import Customer
from billto.domain.document import Document
from billto.domain.entity import Entity, day_of, moment
from billto.domain.entity import today as today_of
from billto.domain.paging import unambiguous
from billto.domain.plan import Plan
from billto.domain.problems import Problem, Refused
from billto.domain.query import All, Compare, Op, Order, Page, Query, Start
from billto.domain.versions import touched

PAGE = 100  # customers that are looked at by one question
HISTORY_MAX = 100
REASON_MAX = 1_000

_CHANNELS = {EMAIL: "email", SMS: "sms", MAIL: "letter"}
# What a customer's turn needs before it is known whether anything is to be done.
_SHOWN = frozenset({
    "id", "serial", "deleted_at", "currency_code", "is_chased", "chase_paused_until", "is_chase_finished",
    "next_chase_step", "chasing_cadence",
})  # fmt: skip


# Why a message cannot be queued, whenever one tries. A channel that is not connected is no such reason: it
# will be, and all steps that waited for it are taken then.
_HOPELESS = frozenset({
    "no_recipient", "unknown_reference", "too_many", "too_long", "invalid_format", "required",
})  # fmt: skip


class Ran(NamedTuple):
    """What a run has done."""

    customers: int = 0  # that owe something
    fired: int = 0
    skipped: int = 0  # about whom nothing was done


class Standing(NamedTuple):
    """How far a customer has been chased."""

    customer: Customer
    is_on_hold: bool
    cadence: Cadence | None
    step: Mapping[str, Any] | None  # that comes next
    day: date | None  # on which it is due at the earliest
    fired: Sequence[Fired]  # the last ones first


async def run_planned(
    store: Store, asked: Request, _entity: Entity, plan: Plan, at: datetime
) -> Mapping[str, int]:
    """A run that was planned; of a cadence that is gone there is nothing to do."""
    if await store.reader.get(Cadence, asked.scope, plan.subject_id) is None:
        return {}
    return (await run(store, asked, plan.subject_id, at))._asdict()


async def run(store: Store, asked: Request, cadence_id: Id, at: datetime) -> Ran:
    """Looks at all customers of a cadence at a moment of their entity. A paused one does nothing.

    What goes wrong about one customer holds up no other: it is raised in the end, and another run at the same
    moment does only what was not done.
    """
    plain = asked._replace(expected=None, shows=None)
    cadence = await records.get(store.reader, plain, Cadence, cadence_id)
    if cadence.is_paused:
        return Ran()
    entity = await records.seller(store.reader, plain)
    today = day_of(entity, at)
    ran, start = Ran(), None
    wrong: Exception | None = None

    async def _fire(customer_id: str, tx: Tx) -> bool:
        return await fire(tx, plain, cadence.id, customer_id, at)

    while True:
        page = await _owing(store.reader, plain, cadence, start)
        for one in await _due(store.reader, plain, cadence, entity, page.records, today):
            try:
                ran = ran._replace(fired=ran.fired + await store.write(partial(_fire, one.id)))
            except Exception as fault:
                wrong = wrong or fault
        ran = ran._replace(customers=ran.customers + len(page.records))
        if not page.has_next:
            break
        start = Start((page.records[-1].id,))
    if wrong is not None:
        raise wrong
    await store.write(lambda tx: _ran(tx, plain, cadence.id, at))
    return ran._replace(skipped=ran.customers - ran.fired)


async def run_some(
    tx: Tx, asked: Request, cadence_id: Id, *, after: int | None = None
) -> tuple[Ran, int | None]:
    """A run for some customers within one transaction, for somebody who waits for it; and after which
    customer (its serial) to go on, where there may be more."""
    plain = asked._replace(expected=None, shows=None)
    cadence = await records.get(tx, plain, Cadence, cadence_id)
    if cadence.is_paused:
        raise Refused(Problem("not_offered", detail="the cadence is paused"))
    entity = await records.seller(tx, plain)
    at, today = moment(entity, tx.now), today_of(entity, tx.now)
    start = None
    if after is not None:
        last = await tx.get(Customer, asked.scope, after)
        if last is None:
            raise Refused(Problem("unknown_reference", ("after",), f"customer {after}"))
        start = Start((last.id,))
    page = await _owing(tx, plain, cadence, start)
    due = await _due(tx, plain, cadence, entity, page.records, today)
    fired = [await fire(tx, plain, cadence.id, one.id, at) for one in due]
    more = page.records[-1].serial if page.has_next else None
    if more is None:
        await _ran(tx, plain, cadence.id, at)
    ran = Ran(len(page.records), sum(fired))
    return ran._replace(skipped=ran.customers - ran.fired), more


async def fire(tx: Tx, asked: Request, cadence_id: str, customer_id: str, at: datetime) -> bool:
    """Takes the step that is due about a customer, if one still is; says whether one was."""
    await ledger.alone(tx, asked, (customer_id,))
    customer = await tx.lock(Customer, asked.scope, customer_id)
    cadence = await tx.get(Cadence, asked.scope, cadence_id)
    if customer is None or cadence is None or customer.id != customer_id or cadence.is_paused:
        return False
    entity = await records.seller(tx, asked)
    today = day_of(entity, at)
    if customer.chasing_cadence != cadence.serial or rests(customer, today):
        return False
    open_ = await tx.open_of(asked.scope, (customer.id,))
    if begins_anew(customer, open_, today):
        decision = Decision()
    elif customer.is_chase_finished:
        return False
    else:
        decision = await _decided(tx, asked, cadence, entity, customer, open_, today)
        if not decision.is_due:
            return False
    if decision.step is not None:
        await _take(tx, asked, cadence, entity, customer, decision, today)
    moved = {"next_chase_step": decision.next_step, "is_chase_finished": decision.is_finished}
    new = touched(customer, moved, tx.now)
    if new is not customer:
        await tx.update(customer, new, asked.scope)
        await records.note(tx, asked, "customer.updated", new, customer)
    return decision.step is not None


async def standing(reader: Reader, asked: Request, id: Id, now: datetime) -> Standing:
    """How far a customer has been chased, and what comes next."""
    plain = asked._replace(expected=None, shows=None)
    customer = await records.get(reader, plain, Customer, id)
    entity = await records.seller(reader, plain)
    today = today_of(entity, now)
    query = Query(
        Compare("customer_id", Op.EQ, customer.id), unambiguous((Order("id", True),)), HISTORY_MAX,
        counted=False,
    )  # fmt: skip
    fired = (await reader.page(Fired, asked.scope, query)).records
    cadence = None
    if customer.chasing_cadence is not None:
        cadence = await reader.get(Cadence, asked.scope, customer.chasing_cadence)
    step = day = None
    if cadence is not None and not customer.is_chase_finished:
        step = step_of(cadence, customer.next_chase_step)
        open_ = await reader.open_of(asked.scope, (customer.id,))
        has = in_hand_of(await reader.standings(asked.scope, (customer.id,)))
        currency = customer.currency_code or entity.currency_code
        mine, _ = pursued(cadence, open_, has, today, currency=currency)
        day = comes(step, mine) if step and mine else None
    return Standing(customer, rests(customer, today), cadence, step, day, fired)


async def _owing(reader: Reader, asked: Request, cadence: Cadence, start: Start | None) -> Page:
    """Some customers of a cadence that owe something; the index walks along them in this order."""
    where = All((Compare("chasing_cadence", Op.EQ, cadence.serial), Compare("owes", Op.EQ, True)))
    query = Query(where, unambiguous(()), PAGE, start=start, counted=False, shows=_SHOWN)
    return await reader.page(Customer, asked.scope, query)


async def _due(
    reader: Reader,
    asked: Request,
    cadence: Cadence,
    entity: Entity,
    customers: Sequence[Customer],
    today: date,
) -> list[Customer]:
    """Those about whom something may be due: two questions for all of them."""
    awake = [one for one in customers if not rests(one, today)]
    if not awake:
        return []
    ids = [one.id for one in awake]
    open_: dict[str, list[Document]] = {id: [] for id in ids}
    for document in await reader.open_of(asked.scope, ids):
        open_[str(document.customer_id)].append(document)
    has: dict[str, list[Any]] = {id: [] for id in ids}
    for one in await reader.standings(asked.scope, ids):
        has[one.customer_id].append(one)

    def is_due(one: Customer) -> bool:
        if one.is_chase_finished or not open_[one.id]:
            return begins_anew(one, open_[one.id], today)
        mine, currency = in_hand_of(has[one.id]), one.currency_code or entity.currency_code
        found = decide(cadence, one.next_chase_step, open_[one.id], mine, today, currency=currency)
        return found.is_due or begins_anew(one, open_[one.id], today)

    return [one for one in awake if is_due(one)]


async def _decided(
    tx: Tx,
    asked: Request,
    cadence: Cadence,
    entity: Entity,
    customer: Customer,
    open_: Sequence[Document],
    today: date,
) -> Decision:
    """What is to be done, with all that may have happened since the run looked at the customer."""
    has = in_hand_of(await tx.standings(asked.scope, (customer.id,)))
    currency = customer.currency_code or entity.currency_code
    mine, _ = pursued(cadence, open_, has, today, currency=currency)
    fired: frozenset[int] = frozenset()
    if mine:
        where = All((Compare("customer_id", Op.EQ, customer.id), Compare("document_id", Op.EQ, mine[0].id)))
        query = Query(where, unambiguous(()), 1_000, counted=False, shows=frozenset({"id", "step"}))
        fired = frozenset(one.step for one in (await tx.page(Fired, asked.scope, query)).records)
    return decide(cadence, customer.next_chase_step, open_, has, today, currency=currency, fired=fired)


async def _take(
    tx: Tx,
    asked: Request,
    cadence: Cadence,
    entity: Entity,
    customer: Customer,
    decision: Decision,
    today: date,
) -> None:
    """Does what a step says, and keeps that it was done; what cannot be sent becomes somebody's task."""
    step, anchor = decision.step, decision.anchor
    assert step is not None
    assert anchor is not None
    came: dict[str, Any]
    try:
        came = {"state": DONE, **await _act(tx, asked, entity, customer, decision, today)}
    except Refused as refused:
        if refused.retry_seconds is not None or refused.problems[0].code not in _HOPELESS:
            raise
        # Nothing was written yet: who cannot be reached is found out before.
        reason = f"{refused.problems[0].code}: {refused.problems[0].sentence}"[:REASON_MAX]
        chore = _chore(step, customer, today, chores.REVIEW)
        task = await tasks.add(tx, asked, {**chore, "note": reason}, customer)
        came = {"state": FAILED, "reason": reason, "task_id": task.id}
    for one in decision.passed_over:
        await tx.insert(_fired(tx, cadence, customer, anchor.id, one, today, state=PASSED_OVER))
    fired = await tx.insert(_fired(tx, cadence, customer, anchor.id, step, today, **came))
    await records.note(tx, asked, "chasing.failed" if fired.state == FAILED else "chasing.fired", fired)


async def _act(
    tx: Tx, asked: Request, entity: Entity, customer: Customer, decision: Decision, today: date
) -> dict[str, Any]:
    step = decision.step
    assert step is not None
    channel = _CHANNELS.get(step["action"])
    if channel is None:
        action = chores.PHONE if step["action"] == PHONE else chores.REVIEW
        return {"task_id": (await tasks.add(tx, asked, _chore(step, customer, today, action), customer)).id}
    said = await chase_words.of(tx, asked, channel, entity, customer, decision, today)
    said |= {"channel": channel, "kind": "chasing", "customer_id": customer.id}
    return {"message_id": (await messages.queue(tx, asked, said, entity, customer)).id}


def _chore(step: Mapping[str, Any], customer: Customer, today: date, action: str) -> dict[str, Any]:
    name = f"{step.get('name') or step['action'].capitalize()}: {customer.name}"
    return {
        "name": name[:500], "action": action, "due_date": today, "assignee": step.get("assigned_user_id"),
        "chase_step": step["id"],
    }  # fmt: skip


def _fired(
    tx: Tx,
    cadence: Cadence,
    customer: Customer,
    document_id: str,
    step: Mapping[str, Any],
    today: date,
    **came: Any,
) -> Fired:
    return Fired(
        entity_id=customer.entity_id, id=tx.new_id(), created_at=tx.now, customer_id=customer.id,
        customer=customer.serial, document_id=document_id, cadence=cadence.serial, step=step["id"],
        action=step["action"], date=today, name=step.get("name"), **came,
    )  # fmt: skip


async def _ran(tx: Tx, asked: Request, cadence_id: str, at: datetime) -> None:
    """Keeps when a cadence last ran; no version of it is made for that."""
    old = await tx.lock(Cadence, asked.scope, cadence_id)
    if old is not None and (old.last_run is None or old.last_run < at):
        await tx.update(old, old._replace(last_run=at), asked.scope)
