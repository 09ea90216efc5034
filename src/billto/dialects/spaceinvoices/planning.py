"""Space Invoices: what Billto does by itself for an entity, and the clock of a sandbox."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from billto.app import entities, plans
from billto.app.parts import Reader, Request, Tx
from billto.dialects.codecs import BOOL, ISO, TEXT, Codec, choice, prefixed, write_iso
from billto.dialects.dialect import Does, Of, Route, Said, Told
from billto.dialects.spaceinvoices.entities import ENTITY
from billto.dialects.wire import FIND, RO, SORT, Table, derived, row
from billto.domain.entity import CLOCK_AHEAD_MAX, Entity, moment
from billto.domain.ids import read_id
from billto.domain.plan import KINDS, Plan
from billto.domain.problems import Problem, Refused

BOTH = (FIND, SORT)

_COUNTS = {"type": ["object", "null"], "additionalProperties": {"type": "integer"}}


PLAN = Table(
    Plan,
    #   on the wire      attribute      codec               access questions
    row("id",            "id",          prefixed("plan"),   RO,    *BOTH),
    row("kind",          "kind",        choice(*KINDS),     RO,    *BOTH),
    row("subject_id",    "subject_id",  TEXT,               RO,    *BOTH),
    row("next_at",       "next_at",     ISO,                RO,    *BOTH),
    row("last_at",       "last_at",     ISO,                RO,    *BOTH),
    derived("last_result", lambda plan: plan.last_result, _COUNTS,
            "How many customers it reached the last time, and how many it could not reach, by reason.",
            attrs=("last_result",)),
    row("last_error",    "last_error",  TEXT,               RO),
    derived("is_running", lambda plan: plan.leased_until is not None, BOOL.schema,
            "Whether it is just being done.", attrs=("leased_until",)),
    row("entity_id",     "entity_id",   prefixed("ent"),    RO),
    row("created_at",    "created_at",  ISO,                RO,    *BOTH),
    row("updated_at",    "updated_at",  ISO,                RO,    *BOTH),
)  # fmt: skip


def _days(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= CLOCK_AHEAD_MAX.days:
        raise Refused(Problem("wrong_type", detail=f"a whole number from 0 to {CLOCK_AHEAD_MAX.days}"))
    return value


DAYS = Codec(_days, None, int, {"type": "integer", "minimum": 0, "maximum": CLOCK_AHEAD_MAX.days})
_CLOCK: Mapping[str, Codec] = {"now": ISO, "days": DAYS}


async def clock(reader: Reader, asked: Request, told: Told) -> Said:
    asked = _about(asked, told)
    return await _said(reader, asked, await entities.get(reader, asked, asked.scope.entity), told.now)


async def set_clock(tx: Tx, asked: Request, told: Told) -> Said:
    """To a moment, or so many days on from what it shows."""
    asked = _about(asked, told)
    said = _read(told.body)
    entity = await entities.get(tx, asked._replace(expected=None), asked.scope.entity)
    to = said.get("now") or moment(entity, tx.now) + timedelta(days=said["days"])
    return await _said(tx, asked, await plans.set_clock(tx, asked, to), tx.now)


def _read(body: Any) -> dict[str, Any]:
    """One of the two, as the clock has only one hand."""
    body = {} if body is None else body
    if not isinstance(body, dict):
        raise Refused(Problem("wrong_type", detail="an object"))
    given = [name for name in _CLOCK if body.get(name) is not None]
    if not given:
        raise Refused(Problem("required", ("now",)))
    if len(given) > 1:
        raise Refused(Problem("out_of_range", ("days",), "left out where now is given"))
    (name,) = given
    try:
        return {name: _CLOCK[name].decode(body[name])}
    except Refused as refused:
        raise Refused(*(one.within(name) for one in refused.problems)) from None


async def _said(reader: Reader, asked: Request, entity: Entity, now: datetime) -> Said:
    shown = moment(entity, now)
    waiting = sum(one.next_at <= shown for one in await plans.all_of(reader, asked))
    return Said({
        "entity_id": f"ent_{entity.id}",
        "now": write_iso(shown),
        "ahead_seconds": entity.clock_ahead,
        "status": "advancing" if waiting else "ready",
        "waiting": waiting,
    }, shows=entity.id)  # fmt: skip


def _about(asked: Request, told: Told) -> Request:
    id = read_id(told.ids["id"])
    if id is None or asked.scope.bound_to not in (None, id):
        raise Refused(Problem("not_found", detail="Entity"))
    return asked._replace(scope=asked.scope.about(id), shows=None)


PLANNING_ROUTES = (
    Route("GET", "/plans", Does.PAGE, plans.page, PLAN, "List what is planned"),
    Route("GET", "/plans/{id}", Does.GET, plans.get, PLAN, "Get plan by ID"),
    Route("GET", "/entities/{id}/clock", Does.ASK, clock, ENTITY, "Get an entity's clock", of=Of.ACCOUNT),
    Route(
        "POST", "/entities/{id}/clock", Does.DO, set_clock, ENTITY, "Move a sandbox entity's clock ahead",
        of=Of.ACCOUNT,
    ),
)  # fmt: skip
