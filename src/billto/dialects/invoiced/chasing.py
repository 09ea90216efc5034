"""Invoiced: chasing cadences, in the order of the alphabet."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from billto.app import cadences, chasing, records
from billto.app.parts import Reader, Request, Tx
from billto.dialects.codecs import Codec
from billto.dialects.dialect import Said, Told
from billto.dialects.invoiced import query
from billto.dialects.invoiced.answers import listed_as
from billto.dialects.invoiced.codecs import BOOL, MONEY, TEXT, UNIX, WHOLE, write_seconds
from billto.dialects.invoiced.reading import fields, id_of
from billto.dialects.invoiced.rows import BOTH, fixed
from billto.dialects.tags import tagged
from billto.dialects.wire import REQ, RO, RW, Table, derived, row, woven
from billto.domain import cadence as rules
from billto.domain.cadence import STEPS, Cadence
from billto.domain.entity import moment
from billto.domain.problems import Problem, Refused

ASSIGNED_MAX = 100  # customers of one request

_WHOLE = {"type": "integer"}
_MOMENT = {"type": ["integer", "null"]}
# What a step says, as the wire has it.
_STEP: Mapping[str, Codec] = {
    "action": TEXT, "assigned_user_id": WHOLE, "email_template_id": TEXT, "id": WHOLE, "name": TEXT,
    "schedule": TEXT, "sms_template_id": TEXT,
}  # fmt: skip


def _read_days(given: Any) -> str:
    """Days of the week, 1 (Monday) to 7; 0 is a Sunday as well. As a list, or with commas between them."""
    parts = given if isinstance(given, list) else str(given).split(",")
    try:
        days = {int(str(one).strip()) for one in parts}
    except ValueError:
        days = {-1}
    if not days or isinstance(given, bool) or not days <= set(range(8)):
        raise Refused(Problem("wrong_type", detail="days of the week, such as 1,3,5"))
    return ",".join(map(str, sorted(day or 7 for day in days)))


_DAYS = Codec(_read_days, None, _read_days, {"type": "string"})


def _shown_steps(cadence: Cadence) -> list[dict[str, Any]]:
    return [
        dict(sorted({
            **{name: step.get(name) for name in _STEP},
            **{name: _seconds(step.get(name)) for name in ("created_at", "updated_at")},
        }.items()))
        for step in cadence.steps
    ]  # fmt: skip


def _seconds(kept: str | None) -> int | None:
    return None if kept is None else write_seconds(datetime.fromisoformat(kept))


def _read_steps(given: Any) -> dict[str, Any]:
    if given in (None, "", {}):
        return {"steps": []}
    if not isinstance(given, list):
        raise Refused(Problem("wrong_type", detail="a list of steps"))
    problems: list[Problem] = []
    said = [_read_step(one, at, problems) for at, one in enumerate(given[: rules.STEPS_MAX + 1])]
    kept = STEPS.read(said, (), problems) if not problems else []
    if problems:
        raise Refused(*problems)
    return {"steps": kept}


def _read_step(given: Any, at: int, problems: list[Problem]) -> dict[str, Any]:
    if not isinstance(given, dict):
        problems.append(Problem("wrong_type", (at,), "an object"))
        return {}
    said: dict[str, Any] = {}
    for name, codec in _STEP.items():
        if given.get(name) in (None, ""):
            continue
        try:
            said[name] = codec.decode(given[name])
        except Refused as refused:
            problems += (one.within(at, name) for one in refused.problems)
    problems += (Problem("required", (at, name)) for name in ("action", "schedule") if not given.get(name))
    # One that is new has no number yet.
    return said if said.get("id") else {name: value for name, value in said.items() if name != "id"}


CADENCE = Table(
    Cadence,
    row("assignment_conditions", "assignment_conditions", TEXT,  RW),
    row("assignment_mode",       "assignment_mode",       TEXT,  RW,  *BOTH),
    row("created_at",            "created_at",            UNIX,  RO,  *BOTH),
    row("frequency",             "frequency",             TEXT,  RW,  *BOTH),
    row("id",                    "serial",                WHOLE, RO,  *BOTH),
    row("last_run",              "last_run",              UNIX,  RO,  *BOTH),
    row("min_balance",           "min_balance",           MONEY, RW),
    row("name",                  "name",                  TEXT,  REQ, *BOTH),
    derived("next_run", lambda _cadence: None, _MOMENT, "When it runs next; null while it is paused."),
    derived("num_customers", lambda _cadence: 0, _WHOLE, "How many customers are assigned to it."),
    fixed("object", "chasing_cadence"),
    row("paused",                "is_paused",             BOOL,  RW,  *BOTH),
    row("run_date",              "run_date",              WHOLE, RW,  *BOTH),
    row("run_days",              "run_days",              _DAYS, RW,  *BOTH),
    woven("steps", _shown_steps, _read_steps, {"type": "array"}, ("steps",)),
    row("time_of_day",           "time_of_day",           WHOLE, RW,  *BOTH),
    row("updated_at",            "updated_at",            UNIX,  RO,  *BOTH),
    blank_is_null=True,
    null_is_default=True,
)  # fmt: skip


async def create(tx: Tx, asked: Request, told: Told) -> Said:
    values = CADENCE.decode(fields(told), creating=True)
    made = await cadences.create(tx, asked, values)
    return await _said(tx, asked, told, made, 0)


async def get(reader: Reader, asked: Request, told: Told) -> Said:
    return await _said(reader, asked, told, *await cadences.get(reader, asked, _id(told)))


async def page(reader: Reader, asked: Request, told: Told) -> Said:
    question = query.read(CADENCE, told.given).query
    found, counts = await cadences.page(reader, asked, question)
    shown = await _shown(reader, asked, told, found.records, counts)
    return listed_as(shown, found.total or 0, question.skip, question.limit, told.url, told.given)


async def change(tx: Tx, asked: Request, told: Told) -> Said:
    values = CADENCE.decode(fields(told), creating=False)
    return await _said(tx, asked, told, *await cadences.change(tx, asked, _id(told), values))


async def drop(tx: Tx, asked: Request, told: Told) -> Said:
    await cadences.erase(tx, asked, _id(told))
    return Said(None)


async def assign(tx: Tx, asked: Request, told: Told) -> Said:
    """Gives the cadence to the customers that the body names."""
    await cadences.get(tx, asked, _id(told))
    given = fields(told).get("customers")
    if not isinstance(given, list) or not 1 <= len(given) <= ASSIGNED_MAX:
        detail = f"a list of 1 to {ASSIGNED_MAX} ids of customers"
        raise Refused(Problem("wrong_type", ("customers",), detail))
    ids = []
    for at, one in enumerate(given):
        try:
            ids.append(WHOLE.decode(one))
        except Refused as refused:
            raise Refused(*(problem.within("customers", at) for problem in refused.problems)) from None
    return await _said(tx, asked, told, *await cadences.assign(tx, asked, _id(told), ids))


async def run(tx: Tx, asked: Request, told: Told) -> Said:
    """Runs the cadence now, for some customers at a time."""
    after, start = fields(told).get("after"), None
    try:
        start = None if after in (None, "") else WHOLE.decode(after)
    except Refused as refused:
        raise Refused(*(one.within("after") for one in refused.problems)) from None
    ran, more = await chasing.run_some(tx, asked, _id(told), after=start)
    return Said({"after": more, **ran._asdict()}, status=200)


def _id(told: Told) -> int:
    return id_of(told, "id", "Cadence")


async def _said(reader: Reader, asked: Request, told: Told, one: Cadence, assigned: int) -> Said:
    (shown,) = await _shown(reader, asked, told, (one,), {one.serial: assigned})
    return Said(shown, headers=tagged(one), shows=one.id)


async def _shown(
    reader: Reader, asked: Request, told: Told, some: Sequence[Cadence], counts: Mapping[int, int]
) -> list[dict[str, Any]]:
    entity = await records.seller(reader, asked)
    shown = []
    for one in some:
        then = rules.next_run(one, entity, moment(entity, told.now))
        own = {"next_run": then and write_seconds(then), "num_customers": counts.get(one.serial, 0)}
        shown.append({**CADENCE.encode(one), **own})
    return shown
