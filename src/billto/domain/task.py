"""A task: what somebody has to do about a customer."""

from collections.abc import Mapping
from datetime import date as day
from datetime import datetime
from typing import Annotated, Any, NamedTuple

from billto.domain.attrs import DAY, FLAG, ID, MOMENT, NUMBER, text
from billto.domain.customer import Customer
from billto.domain.versions import edited, touched

ACTIONS = PHONE, LETTER, EMAIL, REVIEW = ("phone", "letter", "email", "review")


class Task(NamedTuple):
    """What somebody has to do, until when, and whether it is done."""

    entity_id: Annotated[str, ID]
    id: Annotated[str, ID]
    serial: Annotated[int, NUMBER]  # the store allots it
    version: Annotated[int, NUMBER]
    created_at: Annotated[datetime, MOMENT]
    updated_at: Annotated[datetime, MOMENT]
    name: Annotated[str, text(500, least=1, searched=False)]
    action: Annotated[str, text(20, among=ACTIONS, searched=False)] = REVIEW
    customer_id: Annotated[str | None, ID] = None
    customer: Annotated[int | None, NUMBER] = None  # its serial
    assignee: Annotated[int | None, NUMBER] = None  # who does it; users are the client's own
    due_date: Annotated[day | None, DAY] = None
    is_complete: Annotated[bool, FLAG] = False
    completed_at: Annotated[datetime | None, MOMENT] = None
    completed_by: Annotated[int | None, NUMBER] = None
    chase_step: Annotated[int | None, NUMBER] = None  # that made it
    note: Annotated[str | None, text(2_000, searched=False)] = None  # why it is there


def made(values: Mapping[str, Any], *, of: Customer | None, entity_id: str, id: str, now: datetime) -> Task:
    """A new task out of checked values, about a customer or about nobody."""
    given = edited(values, Task._field_defaults.get)
    about: dict[str, Any] = {"customer_id": of.id, "customer": of.serial} if of else {}
    own: dict[str, Any] = {"entity_id": entity_id, "id": id, "serial": 0, "version": 1}
    task = Task(**{**given, **about, **own, "created_at": now, "updated_at": now})
    return _completed(task, now)


def changed(task: Task, values: Mapping[str, Any], now: datetime) -> Task:
    """The task with some checked values in place of its own."""
    new = _completed(task._replace(**edited(values, task._asdict().__getitem__)), now)
    return touched(task, new._asdict(), now)


def _completed(task: Task, now: datetime) -> Task:
    """What is done says when; what is not done says nothing."""
    if not task.is_complete:
        return task._replace(completed_at=None, completed_by=None)
    return task._replace(completed_at=task.completed_at or now)
