"""Which messages are due: the statements with which workers look for work."""

from collections.abc import Sequence
from datetime import datetime

from billto.domain.attrs import catalogue
from billto.domain.message import QUEUED, Message
from billto.store.engine import Engine
from billto.store.layout import columns
from billto.store.statements import Statement
from billto.store.sums import Marks

# Entities that one look passes: each costs two steps down an index, whatever it has waiting.
ENTITIES_MAX = 500


def by_turns(engine: Engine, channels: Sequence[str], most: int, now: datetime, after: str) -> Statement:
    """The oldest due messages of entity after entity, from the one behind `after` on and round to it.

    The index `message_turn` is not read but jumped along: from one entity to the next, and in each to the
    first few that are due, so that it does not matter how many wait behind them.
    """
    hold = Marks(engine)
    begin, moment = hold(after), hold(engine.stored(catalogue(Message)["next_at"], now))
    wanted = hold.among("channel", channels)
    is_queued = f"state = '{QUEUED}'"
    # The whole order of the index is said, and no entity by a plain `=`, so that no other is taken for it:
    # one that has what was sent in it as well, or all entities one after the other, would be read past that.
    order = "ORDER BY entity_id, next_at, id LIMIT 1"
    first = f"(SELECT entity_id FROM message WHERE {is_queued} {order})"

    def behind(entity_id: str) -> str:
        """The next entity that has something waiting, or the very first."""
        following = f"(SELECT entity_id FROM message WHERE {is_queued} AND entity_id > {entity_id} {order})"
        return f"COALESCE({following}, {first})"

    sql = (
        f"WITH RECURSIVE turn (place, entity_id, first) AS (SELECT 1, {behind(begin)}, {behind(begin)}"
        f" UNION ALL SELECT place + 1, {behind('turn.entity_id')}, first FROM turn"
        f" WHERE place < {ENTITIES_MAX} AND (place = 1 OR entity_id <> first)),"
        " once AS (SELECT MIN(place) AS place, entity_id FROM turn WHERE entity_id IS NOT NULL"
        " GROUP BY entity_id),"
        " due AS (SELECT one.entity_id, one.id, once.place, ROW_NUMBER() OVER"
        " (PARTITION BY one.entity_id ORDER BY one.next_at, one.id) AS turn FROM once"
        " JOIN message one ON one.entity_id = once.entity_id AND one.id IN ("
        f"SELECT id FROM message WHERE {is_queued} AND entity_id >= once.entity_id"
        f" AND (entity_id, next_at) <= (once.entity_id, {moment})"
        f" AND {wanted} ORDER BY entity_id, next_at, id LIMIT {most}))"
        f" SELECT {_shown('message')} FROM due JOIN message"
        " ON message.entity_id = due.entity_id AND message.id = due.id"
        f" WHERE {is_queued} AND next_at <= {moment} ORDER BY due.turn, due.place LIMIT {most}{_lock(engine)}"
    )
    return Statement(sql, hold.values)


def by_age(engine: Engine, channels: Sequence[str], most: int, now: datetime) -> Statement:
    """The messages that have been due for longest, whosever they are."""
    hold = Marks(engine)
    moment = hold(engine.stored(catalogue(Message)["next_at"], now))
    sql = (
        f"SELECT {_shown('message')} FROM message WHERE state = '{QUEUED}' AND next_at <= {moment}"
        f" AND {hold.among('channel', channels)} ORDER BY next_at, id LIMIT {most}{_lock(engine)}"
    )
    return Statement(sql, hold.values)


def _shown(table: str) -> str:
    return ", ".join(f"{table}.{name}" for name in columns(Message))


def _lock(engine: Engine) -> str:
    return " FOR UPDATE OF message SKIP LOCKED" if engine.name == "postgresql" else ""
