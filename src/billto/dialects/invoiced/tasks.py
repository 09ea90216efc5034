"""Invoiced: tasks, in the order of the alphabet."""

from billto.app import tasks
from billto.app.parts import Reader, Request, Tx
from billto.dialects.dialect import Said, Told
from billto.dialects.invoiced import query
from billto.dialects.invoiced.answers import listed_as
from billto.dialects.invoiced.codecs import BOOL, DAY, TEXT, UNIX, WHOLE
from billto.dialects.invoiced.reading import fields, id_of
from billto.dialects.invoiced.rows import BOTH
from billto.dialects.tags import tagged
from billto.dialects.wire import REQ, RO, RW, Table, row
from billto.domain.task import Task

TASK = Table(
    Task,
    row("action",               "action",       TEXT,  RW,  *BOTH),
    row("chase_step_id",        "chase_step",   WHOLE, RO,  *BOTH),
    row("complete",             "is_complete",  BOOL,  RW,  *BOTH),
    row("completed_by_user_id", "completed_by", WHOLE, RW,  *BOTH),
    row("completed_date",       "completed_at", UNIX,  RO,  *BOTH),
    row("created_at",           "created_at",   UNIX,  RO,  *BOTH),
    row("customer_id",          "customer",     WHOLE, RW,  *BOTH),
    row("due_date",             "due_date",     DAY,   RW,  *BOTH),
    row("id",                   "serial",       WHOLE, RO,  *BOTH),
    row("name",                 "name",         TEXT,  REQ, *BOTH),
    row("updated_at",           "updated_at",   UNIX,  RO,  *BOTH),
    row("user_id",              "assignee",     WHOLE, RW,  *BOTH),
    blank_is_null=True,
    null_is_default=True,
)  # fmt: skip


async def create(tx: Tx, asked: Request, told: Told) -> Said:
    return _said(await tasks.create(tx, asked, TASK.decode(fields(told), creating=True)))


async def get(reader: Reader, asked: Request, told: Told) -> Said:
    return _said(await tasks.get(reader, asked, _id(told)))


async def page(reader: Reader, asked: Request, told: Told) -> Said:
    question = query.read(TASK, told.given).query
    found = await tasks.page(reader, asked, question)
    shown = list(map(TASK.encode, found.records))
    return listed_as(shown, found.total or 0, question.skip, question.limit, told.url, told.given)


async def change(tx: Tx, asked: Request, told: Told) -> Said:
    values = TASK.decode(fields(told), creating=False)
    return _said(await tasks.change(tx, asked, _id(told), values))


async def drop(tx: Tx, asked: Request, told: Told) -> Said:
    await tasks.erase(tx, asked, _id(told))
    return Said(None)


def _id(told: Told) -> int:
    return id_of(told, "id", "Task")


def _said(one: Task) -> Said:
    return Said(TASK.encode(one), headers=tagged(one), shows=one.customer_id or one.id)
