"""Reminders that go out by themselves, on the days that an entity's `overdue_notifications` name.

A day's work may be done again from the start at any time: what was sent is a row beside its message, and what
has a row is not sent.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from billto.app import links, messages, overdue, plans, records
from billto.app.parts import Reader, Request, Store, Tx
from billto.domain import plan as planning
from billto.domain import reminder as rules
from billto.domain.customer import Customer
from billto.domain.document import Document
from billto.domain.entity import Entity, day_of, moment
from billto.domain.holds import on_hold
from billto.domain.languages import language, unless_changed
from billto.domain.ledger import Standing
from billto.domain.paging import place, unambiguous
from billto.domain.plan import OVERDUE, Plan
from billto.domain.problems import Refused
from billto.domain.query import All, Compare, Missing, Op, Query, Start
from billto.domain.reminder import Reminded
from billto.domain.settings.defaults import THRESHOLD_DAYS

HOUR = 8  # of the entity's day
CUSTOMERS_AT_ONCE = 100
# Why somebody is not reminded today; tomorrow it is looked at again.
_UNREACHED = {"no_recipient": "unreachable", "too_long": "too_long", "too_many": "too_many"}
_OF_ALL = frozenset({"no_channel"})


def settings_of(entity: Entity) -> Mapping[str, Any]:
    """How an entity wants its customers reminded; empty where it does not."""
    found: Any = entity.settings.get("overdue_notifications") or {}
    days = found.get("threshold_days")
    thresholds = THRESHOLD_DAYS if days is None else days
    return {**found, "threshold_days": thresholds} if found.get("enabled") and thresholds else {}


async def plan(tx: Tx, asked: Request, old: Entity | None, new: Entity) -> None:
    """Plans the entity's reminders as it wants them now; `old` is how it was before."""
    asked = asked._replace(scope=asked.scope.about(new.id))
    wants, wanted = (bool(one and settings_of(one)) for one in (new, old))
    if wants != wanted:
        next_at = planning.daily(new, HOUR, moment(new, tx.now)) if wants else None
        await plans.at(tx, asked, new, OVERDUE, new.id, next_at)
    if old is not None and old.timezone != new.timezone:
        await plans.anew(tx, asked)


async def next_at(
    _reader: Reader, _asked: Request, entity: Entity, _plan: Plan, after: datetime
) -> datetime | None:
    return planning.daily(entity, HOUR, after) if settings_of(entity) else None


async def run(store: Store, asked: Request, entity: Entity, _plan: Plan, at: datetime) -> dict[str, int]:
    """Reminds all customers of an entity who are to be reminded on the day of a moment, each in a transaction
    of its own; tells how many were, and how many could not be.

    What goes wrong about one customer holds up no other, and is raised in the end; what is wrong for all of
    them is raised at once.
    """
    settings, day = settings_of(entity), day_of(entity, at)
    told, wrong = {"reminded": 0}, None
    start: Start | None = None
    order = unambiguous(())
    while settings:
        query = Query(_CHASED, order, CUSTOMERS_AT_ONCE, start=start, counted=False, shows=_SHOWN)
        page = await store.reader.page(Customer, asked.scope, query)
        for id in await _due(store.reader, asked, page.records, settings, day):
            try:
                outcome = await _remind(store, asked, id, settings, day)
            except Refused as refused:
                if refused.retry_seconds is not None or refused.problems[0].code in _OF_ALL:
                    raise
                wrong = wrong or refused
            else:
                told[outcome] = told.get(outcome, 0) + 1
        if not page.has_next:
            break
        start = Start(place(order, page.records[-1]))
    if wrong is not None:
        raise wrong
    return told


_SHOWN = frozenset({"id", "is_chased", "chase_paused_until"})
# Who has a cadence is chased by that.
_CHASED = All((
    Compare("owes", Op.EQ, True), Compare("is_chased", Op.EQ, True), Missing("chasing_cadence"),
))  # fmt: skip


class Late(NamedTuple):
    """What a customer is to be told that it is late with."""

    documents: Sequence[Document]
    numbers: Mapping[str, int]  # of days, for the documents that are a reason to tell it now


async def _due(
    reader: Reader, asked: Request, customers: Sequence[Customer], settings: Mapping[str, Any], day: date
) -> dict[str, Late]:
    """Those of some customers who are to be reminded, by three questions for all of them."""
    ids = [one.id for one in customers if not on_hold(one, day)]
    late: dict[str, list[Document]] = {}
    for document in await reader.open_of(asked.scope, ids) if ids else ():
        if document.due_date and document.due_date <= day and not on_hold(document, day):
            late.setdefault(str(document.customer_id), []).append(document)
    standings: dict[str, list[Standing]] = {}
    for one in await reader.standings(asked.scope, sorted(late)) if late else ():
        standings.setdefault(one.customer_id, []).append(one)
    before = await _before(reader, asked, [one.id for some in late.values() for one in some])
    found = {}
    for id, some in late.items():
        told = rules.uncovered(some, standings.get(id, ()))
        if numbers := rules.due(told, before, settings["threshold_days"], day):
            found[id] = Late(sorted(told, key=lambda one: (one.due_date, one.date, one.id)), numbers)
    return found


async def _before(reader: Reader, asked: Request, ids: Sequence[str]) -> dict[str, int]:
    """The highest number of days for which somebody was reminded of each document."""
    highest: dict[str, int] = {}
    for first in range(0, len(ids), _AT_ONCE):
        some = Compare("document_id", Op.IN, tuple(ids[first : first + _AT_ONCE]))
        query = Query(some, unambiguous(()), _ROWS_MAX, counted=False)
        for one in (await reader.page(Reminded, asked.scope, query)).records:
            highest[one.document_id] = max(highest.get(one.document_id, -1), one.threshold)
    return highest


_AT_ONCE = 500  # documents, with as many rows each as there are numbers of days
_ROWS_MAX = _AT_ONCE * 20


async def _remind(store: Store, asked: Request, id: str, settings: Mapping[str, Any], day: date) -> str:
    """Looks again with the customer held, and reminds it in the transaction that keeps that it did."""

    async def work(tx: Tx) -> str:
        customer = await tx.lock(Customer, asked.scope, id)
        if customer is None or customer.deleted_at is not None:
            return "passed"
        late = (await _due(tx, asked, (customer,), settings, day)).get(customer.id)
        if late is None:
            return "passed"
        entity = await records.seller(tx, asked)
        texts = _texts(entity, customer, settings)
        more = await links.words(tx, asked, customer, *texts.values())
        said = overdue.mail(entity, customer, late.documents, day, texts, more)
        message = await messages.queue(tx, asked, said, entity, customer)
        await tx.insert_many([
            Reminded(entity.id, tx.new_id(), tx.now, document_id, number, message.id)
            for document_id, number in late.numbers.items()
        ])  # fmt: skip
        return "reminded"

    try:
        return await store.write(work)
    except Refused as refused:
        if (reason := _UNREACHED.get(refused.problems[0].code)) is None:
            raise
        return reason


def _texts(entity: Entity, customer: Customer, settings: Mapping[str, Any]) -> dict[str, str]:
    """The entity's words; those it never changed are ours, and so are there in the customer's language."""
    first, ours = language(entity.locale), language(customer.language or entity.locale)
    return {
        "subject": unless_changed(settings.get("email_subject"), first.overdue_subject, ours.overdue_subject),
        "body": unless_changed(settings.get("email_body"), first.overdue_body, ours.overdue_body),
    }
