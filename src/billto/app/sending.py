"""Whether something can be sent: by what channel an entity's messages go, and how many of them in one day."""

from datetime import datetime, timedelta

from billto.app.parts import Reader, Request
from billto.domain.connection import Connection
from billto.domain.entity import Entity, day_of
from billto.domain.message import EMAIL, LETTER, SMS
from billto.domain.paging import unambiguous
from billto.domain.plan import at_hour
from billto.domain.problems import Problem, Refused
from billto.domain.query import All, Compare, Op, Query
from billto.domain.scope import Scope

_CALLED = {EMAIL: "e-mails", SMS: "text messages", LETTER: "letters"}


async def is_connected(reader: Reader, asked: Request, channel: str) -> bool:
    """Whether messages can go by a channel: the installation's, which costs nothing to know, or the
    entity's own."""
    return channel in asked.channels or await connection(reader, asked.scope, channel) is not None


async def check_connected(reader: Reader, asked: Request, channel: str) -> None:
    if not await is_connected(reader, asked, channel):
        raise Refused(Problem("no_channel"))


async def connection(reader: Reader, scope: Scope, channel: str) -> Connection | None:
    """The entity's own connection of a channel."""
    where = Compare("channel", Op.EQ, channel)
    query = Query(where, unambiguous(()), limit=1, counted=False)
    found = (await reader.page(Connection, scope, query)).records
    return found[0] if found else None


async def connections(reader: Reader, scope: Scope) -> tuple[Connection, ...]:
    """All of an entity's own: one a channel at most."""
    query = Query(All(()), unambiguous(()), limit=100, counted=False)
    return tuple((await reader.page(Connection, scope, query)).records)


async def check_day(
    reader: Reader, asked: Request, entity: Entity, channel: str, now: datetime, more: int = 1
) -> None:
    """Raises Refused where an entity would have more messages of a channel than it may on its calendar day.

    Two requests at one moment may both be the last one: it is a brake, and not a price.
    """
    most = asked.per_day.get(channel)
    if most is None:
        return
    begun, over = _day(entity, now)
    if await reader.are_queued(entity.id, channel, begun, most - more + 1):
        left = max(1, -int((now - over).total_seconds() // 1))
        raise Refused(Problem("too_many_today", detail=f"{most} {_CALLED[channel]}"), retry_seconds=left)


def _day(entity: Entity, now: datetime) -> tuple[datetime, datetime]:
    """When the entity's day began, and when it ends; it is longer or shorter when clocks are changed."""
    today = day_of(entity, now)  # in true time, as messages are counted
    return at_hour(entity, today, 0), at_hour(entity, today + timedelta(days=1), 0)
