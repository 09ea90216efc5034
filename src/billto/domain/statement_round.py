"""One round of a statement run: how far it has come, and whom it reached."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, NamedTuple

from billto.domain.attrs import DAY, FLAG, ID, MOMENT, NUMBER, text, tree
from billto.domain.message import ERROR_MAX, told
from billto.domain.nodes import Group, Many, Map, Text, Whole
from billto.domain.problems import Problem, Refused
from billto.domain.statement_run import REASONS, UNREACHED, Period, StatementRun
from billto.domain.versions import touched

STATES = RUNNING, DONE, FAILED, CANCELED = ("running", "done", "failed", "canceled")
CUSTOMERS_MAX = 1_000  # that somebody names
LISTED_MAX = 500  # of whom nobody could be reached; all are counted

_ID = Text(most=24, null=False)
_NOT_REACHED = Group({"customer_id": _ID, "reason": Text(most=40, null=False)}, null=False)


class StatementRound(NamedTuple):
    """One round of a run. Its place is kept in the transaction that queues its messages, so that whoever goes
    on with it begins where the last one ended."""

    entity_id: Annotated[str, ID]
    id: Annotated[str, ID]
    serial: Annotated[int, NUMBER]  # the store allots it
    version: Annotated[int, NUMBER]
    created_at: Annotated[datetime, MOMENT]
    updated_at: Annotated[datetime, MOMENT]
    run_id: Annotated[str, ID]
    state: Annotated[str, text(10, among=STATES, searched=False)]
    day: Annotated[date, DAY]  # where the entity is
    period_start: Annotated[date, DAY]
    period_end: Annotated[date, DAY]
    is_by_hand: Annotated[bool, FLAG] = False
    customer_ids: Annotated[list[str] | None, tree(Many(_ID, most=CUSTOMERS_MAX))] = None
    # how far it has come
    cursor: Annotated[str | None, ID] = None  # the last customer that was looked at
    total: Annotated[int, NUMBER] = 0  # customers to look at, as counted when it began
    seen: Annotated[int, NUMBER] = 0
    queued: Annotated[int, NUMBER] = 0
    skipped: Annotated[dict[str, Any], tree(Map(Whole(null=False), most=len(REASONS)))] = {}  # noqa: RUF012
    unreached: Annotated[list[dict[str, Any]] | None, tree(Many(_NOT_REACHED, most=LISTED_MAX))] = None
    finished_at: Annotated[datetime | None, MOMENT] = None
    last_error: Annotated[str | None, text(ERROR_MAX, searched=False)] = None


def made(
    run: StatementRun,
    day: date,
    period: Period,
    *,
    id: str,
    now: datetime,
    total: int,
    customer_ids: Sequence[str] | None = None,
    is_by_hand: bool = False,
) -> StatementRound:
    return StatementRound(
        entity_id=run.entity_id, id=id, serial=0, version=1, created_at=now, updated_at=now, run_id=run.id,
        state=RUNNING, day=day, period_start=period.start, period_end=period.end, total=total, skipped={},
        customer_ids=None if customer_ids is None else list(customer_ids), is_by_hand=is_by_hand,
    )  # fmt: skip


def gone_on(
    one: StatementRound,
    now: datetime,
    *,
    cursor: str | None,
    seen: int,
    queued: int,
    skipped: Sequence[tuple[str, str]],
    is_last: bool,
) -> StatementRound:
    """The round after some more customers; `skipped` are those who got nothing, with the reason."""
    counts: dict[str, int] = dict(one.skipped)
    for _, reason in skipped:
        counts[reason] = counts.get(reason, 0) + 1
    listed = [{"customer_id": id, "reason": reason} for id, reason in skipped if reason in UNREACHED]
    values: Mapping[str, Any] = {
        "cursor": cursor or one.cursor,
        "seen": one.seen + seen,
        "queued": one.queued + queued,
        "skipped": counts,
        "unreached": [*(one.unreached or ()), *listed][:LISTED_MAX] or None,
        "last_error": None,
        **({"state": DONE, "finished_at": now} if is_last else {}),
    }
    return touched(one, values, now)


def canceled(one: StatementRound, now: datetime) -> StatementRound:
    """The round that goes no further; raises Refused for one that is over."""
    if one.state != RUNNING:
        raise Refused(Problem("round_over"))
    return touched(one, {"state": CANCELED, "finished_at": now}, now)


def failed(one: StatementRound, now: datetime, error: str, *, is_final: bool) -> StatementRound:
    """The round after an attempt to go on that failed."""
    final = {"state": FAILED, "finished_at": now} if is_final else {}
    return touched(one, {"last_error": told(error), **final}, now)
