"""Space Invoices has no statements: ours for many customers, by themselves or by hand."""

from collections.abc import Mapping
from typing import Any

from billto.app import statement_runs
from billto.app.parts import Reader, Request, Tx
from billto.app.statement_picks import Picked
from billto.dialects.codecs import BOOL, ISO, MONEY, TEXT, WHOLE, Codec, choice, prefixed, shaped
from billto.dialects.dialect import Does, Route, Said, Told
from billto.dialects.params import Param, take
from billto.dialects.spaceinvoices.sending import LANGUAGE
from billto.dialects.spaceinvoices.values import CURRENCY, DATE, id_of, shown_day
from billto.dialects.tags import tagged
from billto.dialects.wire import FIND, REQ, RO, RW, SORT, Table, derived, row, woven
from billto.domain.attrs import METADATA
from billto.domain.ids import read_id
from billto.domain.message import CHANNELS
from billto.domain.nodes import Many, Problems, Text
from billto.domain.problems import Problem, Refused
from billto.domain.statement_round import CUSTOMERS_MAX, STATES, StatementRound
from billto.domain.statement_run import FREQUENCIES, REASONS, TYPES, WEEKDAYS, InCurrency, StatementRun

BOTH = (FIND, SORT)
assert METADATA.shape is not None
_TAGS = shaped(METADATA.shape)
_ITEMS = choice("all", "past_due")


def _sets_items(given: Any) -> Mapping[str, Any]:
    return {"past_due_only": given is not None and _ITEMS.decode(given) == "past_due"}


RUN = Table(
    StatementRun,
    #   on the wire            attribute               codec                  access  questions
    row("id",                  "id",                   prefixed("srun"),      RO,     *BOTH),
    row("name",                "name",                 TEXT,                  REQ,    *BOTH),
    row("frequency",           "frequency",            choice(*FREQUENCIES),  REQ,    *BOTH),
    row("day",                 "day",                  WHOLE,                 RW),
    row("weekday",             "weekday",              choice(*WEEKDAYS),     RW),
    row("date",                "on_date",              DATE,                  RW,     *BOTH),
    row("hour",                "hour",                 WHOLE,                 RW),
    row("is_paused",           "is_paused",            BOOL,                  RW,     FIND),
    row("type",                "type",                 choice(*TYPES),        RW,     FIND),
    woven("items",             lambda run: "past_due" if run.past_due_only else "all", _sets_items,
          {**_ITEMS.schema}, ("past_due_only",)),
    row("include_children",    "include_children",     BOOL,                  RW),
    row("language",            "language",             LANGUAGE,              RW),
    row("channel",             "channel",              choice(*CHANNELS),     RW,     FIND),
    row("subject",             "subject",              TEXT,                  RW),
    row("body_text",           "body",                 TEXT,                  RW),
    row("with_balance_only",   "with_balance_only",    BOOL,                  RW),
    row("with_activity_only",  "with_activity_only",   BOOL,                  RW),
    row("min_balance",         "min_balance",          MONEY,                 RW),
    row("min_balance_currency", "min_balance_currency", CURRENCY,             RW),
    row("past_due_days",       "past_due_days",        WHOLE,                 RW),
    row("customer_metadata",   "customer_metadata",    _TAGS,                 RW),
    row("entity_id",           "entity_id",            prefixed("ent"),       RO),
    row("metadata",            "metadata",             _TAGS,                 RW,     FIND),
    row("created_at",          "created_at",           ISO,                   RO,     *BOTH),
    row("updated_at",          "updated_at",           ISO,                   RO,     *BOTH),
)  # fmt: skip

_COUNTS = {
    "type": "object", "additionalProperties": False,
    "properties": {reason: {"type": "integer"} for reason in REASONS},
}  # fmt: skip
_CUSTOMER_ID = {"type": "string"}
_UNREACHED = {
    "type": "array",
    "items": {
        "type": "object", "required": ["customer_id", "reason"],
        "properties": {"customer_id": _CUSTOMER_ID, "reason": {"type": "string", "enum": list(REASONS)}},
    },
}  # fmt: skip


def _named(one: StatementRound) -> list[str] | None:
    return None if one.customer_ids is None else [f"cust_{id}" for id in one.customer_ids]


def _unreached(one: StatementRound) -> list[dict[str, Any]]:
    return [{**each, "customer_id": f"cust_{each['customer_id']}"} for each in one.unreached or ()]


ROUND = Table(
    StatementRound,
    #   on the wire            attribute               codec                  access  questions
    row("id",                  "id",                   prefixed("srnd"),      RO,     *BOTH),
    row("statement_run_id",    "run_id",               prefixed("srun"),      RO),
    row("state",               "state",                choice(*STATES),       RO,     *BOTH),
    row("date",                "day",                  DATE,                  RO,     *BOTH),
    row("start",               "period_start",         DATE,                  RO,     *BOTH),
    row("end",                 "period_end",           DATE,                  RO,     *BOTH),
    row("is_by_hand",          "is_by_hand",           BOOL,                  RO,     FIND),
    derived("customer_ids",    _named, {"type": ["array", "null"], "items": _CUSTOMER_ID},
            "The customers who were named when it was started; null for all.", attrs=("customer_ids",)),
    row("total",               "total",                WHOLE,                 RO),
    row("seen",                "seen",                 WHOLE,                 RO),
    row("queued",              "queued",               WHOLE,                 RO),
    derived("skipped",         lambda one: one.skipped, _COUNTS,
            "How many customers got nothing, by reason.", attrs=("skipped",)),
    derived("unreached",       _unreached, _UNREACHED,
            "Customers who should have got a statement and could not be reached: the first 500 of them.",
            attrs=("unreached",)),
    row("last_error",          "last_error",           TEXT,                  RO),
    row("entity_id",           "entity_id",            prefixed("ent"),       RO),
    row("created_at",          "created_at",           ISO,                   RO,     *BOTH),
    row("updated_at",          "updated_at",           ISO,                   RO,     *BOTH),
    row("finished_at",         "finished_at",          ISO,                   RO,     *BOTH),
)  # fmt: skip

PREVIEW_PARAMS = (
    Param("limit", WHOLE, 50, least=1, most=100, says="Number of customers that are looked at."),
    Param("after", TEXT, says="The page before's `next_after`: the customers after that one."),
)
_IDS = Many(Text(most=40, null=False), most=CUSTOMERS_MAX)
_CUSTOMER = prefixed("cust")


async def preview(reader: Reader, asked: Request, told: Told) -> Said:
    given = take(told.given, PREVIEW_PARAMS)
    after = given["after"] and read_id(given["after"])
    id = id_of(told, "id", StatementRun.__name__)
    if given["after"] and not after:
        raise Refused(Problem("bad_parameter", ("after",), "must be the id of a customer"))
    found = await statement_runs.preview(reader, asked, id, told.now, after, given["limit"])
    last = f"cust_{found.picked[-1].customer.id}" if found.has_more else None
    return Said({
        "statement_run_id": f"srun_{found.run.id}",
        "start": shown_day(found.period.start),
        "end": shown_day(found.period.end),
        "total": found.total,
        "data": list(map(_picked, found.picked)),
        "has_more": found.has_more,
        "next_after": last,
    })  # fmt: skip


def _picked(one: Picked) -> dict[str, Any]:
    return {
        "customer_id": f"cust_{one.customer.id}",
        "customer_name": one.customer.name,
        "gets_one": one.reason is None,
        "reason": one.reason,
        "recipients": [dict(who) for who in one.recipients],
        "currencies": list(one.currencies),
        "balances": [_balance(code, stands) for code, stands in sorted(one.stands.items())],
    }


def _balance(code: str, stands: InCurrency) -> dict[str, Any]:
    write: Any = MONEY.encode
    return {"currency_code": code, "outstanding": write(stands.outstanding), "net": write(stands.net)}


async def start(tx: Tx, asked: Request, told: Told) -> Said:
    """Looks for the run first: of one that is not there nobody learns what the body lacked."""
    id = id_of(told, "id", StatementRun.__name__)
    await statement_runs.get(tx, asked, id)
    given = _read({} if told.body is None else told.body)
    begun = await statement_runs.start(tx, asked, id, given["customer_ids"], given["start"], given["end"])
    return _said(begun)


async def get_round(reader: Reader, asked: Request, told: Told) -> Said:
    ids = id_of(told, "id", StatementRun.__name__), id_of(told, "round", StatementRound.__name__)
    return _said(await statement_runs.get_round(reader, asked, *ids))


async def cancel(tx: Tx, asked: Request, told: Told) -> Said:
    ids = id_of(told, "id", StatementRun.__name__), id_of(told, "round", StatementRound.__name__)
    return _said(await statement_runs.cancel(tx, asked, *ids))


def _said(one: StatementRound) -> Said:
    """A round, whose kept answers are forgotten with its run."""
    return Said(ROUND.encode(one), headers=tagged(one), shows=one.run_id)


def _read(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise Refused(Problem("wrong_type", detail="an object"))
    # A name that is misspelled must not mean everybody.
    allowed = f"is not a field; allowed are: {', '.join(START)}"
    problems: Problems = [Problem("not_offered", (name,), allowed) for name in body if name not in START]
    read: dict[str, Any] = {}
    for name, codec in START.items():
        try:
            read[name] = None if body.get(name) is None else codec.decode(body[name])
        except Refused as refused:
            problems += (one.within(name) for one in refused.problems)
    if problems:
        raise Refused(*problems)
    return read


def _read_ids(given: Any) -> list[str]:
    problems: Problems = []
    ids: list[str] = []
    for at, one in enumerate(shaped(_IDS).decode(given)):
        try:
            ids.append(_CUSTOMER.decode(one))
        except Refused as refused:
            problems += (problem.within(at) for problem in refused.problems)
    if problems:
        raise Refused(*problems)
    return list(dict.fromkeys(ids))


START: Mapping[str, Codec] = {
    "customer_ids": Codec(_read_ids, None, shaped(_IDS).parse, _IDS.shape()),
    "start": DATE,
    "end": DATE,
}

_ONE, _ROUND = "/statement-runs/{id}", "/statement-runs/{id}/rounds/{round}"

STATEMENT_RUN_ROUTES = (
    Route(
        "POST", "/statement-runs", Does.CREATE, statement_runs.create, RUN, "Create a new statement run",
        status=201,
    ),
    Route("GET", "/statement-runs", Does.PAGE, statement_runs.page, RUN, "List all statement runs"),
    Route("GET", _ONE, Does.GET, statement_runs.get, RUN, "Get statement run by ID"),
    Route("PATCH", _ONE, Does.CHANGE, statement_runs.change, RUN, "Update a statement run"),
    Route("DELETE", _ONE, Does.DROP, statement_runs.delete, RUN, "Delete a statement run", status=204),
    Route("GET", f"{_ONE}/preview", Does.ASK, preview, RUN, "Preview a statement run"),
    Route(
        "POST", f"{_ONE}/start", Does.DO, start, ROUND, "Start a statement run now", status=201,
        subject=StatementRun,
    ),
    Route(
        "GET", f"{_ONE}/rounds", Does.PAGE, statement_runs.page_rounds, ROUND,
        "List a statement run's rounds", subject=StatementRun,
    ),
    Route(
        "GET", _ROUND, Does.ASK, get_round, ROUND, "Get a round of a statement run", subject=StatementRun
    ),
    Route(
        "POST", f"{_ROUND}/cancel", Does.DO, cancel, ROUND, "Cancel a round of a statement run",
        subject=StatementRun,
    ),
)  # fmt: skip
