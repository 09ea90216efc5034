"""Space Invoices: what the reference says of statement runs."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from billto.dialects.reference import Form, Operation
from billto.dialects.schemas import Resource, Schema
from billto.dialects.spaceinvoices.statement_runs import PREVIEW_PARAMS, START
from billto.domain.statement_round import CUSTOMERS_MAX, STATES, StatementRound
from billto.domain.statement_run import REASONS, StatementRun

_THEN = datetime(2026, 1, 31, 7, tzinfo=UTC)
_ENTITY_ID, _CUSTOMER_ID, _RUN_ID, _ROUND_ID = (f"697deec0{'0' * 15}{digit}" for digit in "ab56")
_NEW = {
    "name": "Monthly statements",
    "frequency": "monthly",
    "day": 1,
    "min_balance": 10,
    "subject": "Your statement from {entity_name}",
}

_PREVIEW = {
    "statement_run_id": f"srun_{_RUN_ID}",
    "start": "2025-12-01T00:00:00.000Z",
    "end": "2025-12-31T00:00:00.000Z",
    "total": 412,
    "data": [
        {
            "customer_id": f"cust_{_CUSTOMER_ID}",
            "customer_name": "Blue Harbour Chandlers Ltd",
            "gets_one": True,
            "reason": None,
            "recipients": [{"address": "accounts@blueharbour.example", "name": "Blue Harbour Chandlers Ltd"}],
            "currencies": ["EUR"],
            "balances": [{"currency_code": "EUR", "outstanding": 122, "net": 100}],
        }
    ],
    "has_more": True,
    "next_after": f"cust_{_CUSTOMER_ID}",
}

_DAY: Schema = {"type": "string", "format": "date-time"}
_BALANCE: Schema = {
    "type": "object",
    "required": ["currency_code", "outstanding", "net"],
    "properties": {
        "currency_code": {"type": "string", "description": "The currency."},
        "outstanding": {"type": "number", "description": "What is open of its invoices."},
        "net": {"type": "number", "description": "The same, without what it has to its credit."},
    },
}
_PICKED: Schema = {
    "type": "object",
    "required": [
        "customer_id", "customer_name", "gets_one", "reason", "recipients", "currencies", "balances",
    ],
    "properties": {
        "customer_id": {"type": "string", "description": "The customer."},
        "customer_name": {"type": "string", "description": "Its name."},
        "gets_one": {"type": "boolean", "description": "Whether it would get a message."},
        "reason": {
            "type": ["string", "null"], "enum": [*REASONS, None], "description": "Why it would get none.",
        },
        "recipients": {
            "type": "array", "description": "To whom it would go.",
            "items": {
                "type": "object", "required": ["address"],
                "properties": {"address": {"type": "string"}, "name": {"type": "string"}},
            },
        },
        "currencies": {
            "type": "array", "items": {"type": "string"},
            "description": "The currencies of its statements, of which there is one for each.",
        },
        "balances": {
            "type": "array", "items": _BALANCE, "description": "How it stands now, by currency.",
        },
    },
}  # fmt: skip

STATEMENT_RUN_SCHEMAS: dict[str, Schema] = {
    "StatementPreview": {
        "type": "object",
        "description": "What a round would do that began now. Nothing is written.",
        "required": list(_PREVIEW),
        "properties": {
            "statement_run_id": {"type": "string", "description": "The run."},
            "start": {**_DAY, "description": "The first day that the statements tell of."},
            "end": {**_DAY, "description": "The last day that they tell of."},
            "total": {"type": "integer", "description": "How many customers there are to look at."},
            "data": {"type": "array", "items": _PICKED, "description": "Some of them, in order of id."},
            "has_more": {"type": "boolean", "description": "Whether there are others after these."},
            "next_after": {
                "type": ["string", "null"], "description": "What `after` is for the next page.",
            },
        },
    },
    "StatementRunStart": {
        "type": "object",
        "additionalProperties": False,
        "description": "A body is not needed.",
        "properties": {
            "customer_ids": {
                **START["customer_ids"].schema, "type": ["array", "null"],
                "description": f"Only these customers, at most {CUSTOMERS_MAX}, as far as they are among "
                "those of the run.",
            },
            "start": {
                **START["start"].schema, "type": ["string", "null"],
                "description": "The first day that the statements tell of; that of the run's period unless "
                "it is given.",
            },
            "end": {
                **START["end"].schema, "type": ["string", "null"], "description": "The last day; likewise.",
            },
        },
    },
}  # fmt: skip

STATEMENT_RUN_OPERATIONS: Mapping[str, Operation] = {
    "POST /statement-runs": Operation(
        "createStatementRun",
        "Creates a statement run, which is planned from then on.",
        ("no_channel", "out_of_range", "unknown_currency", "too_many_runs"),
    ),
    "GET /statement-runs": Operation(
        "listStatementRuns",
        "The statement runs of the entity, a page at a time, filtered and sorted as asked.",
    ),
    "GET /statement-runs/{id}": Operation("getStatementRun", "One statement run."),
    "PATCH /statement-runs/{id}": Operation(
        "updateStatementRun",
        "Changes the fields that the body names. While a round is under way, only its name, schedule and "
        "metadata, and whether it is paused.",
        ("no_channel", "out_of_range", "unknown_currency", "required", "run_under_way"),
    ),
    "DELETE /statement-runs/{id}": Operation(
        "deleteStatementRun",
        "Deletes a statement run with its rounds; one that is under way goes no further. Messages that were "
        "queued stay.",
    ),
    "GET /statement-runs/{id}/preview": Operation(
        "previewStatementRun",
        "A dry run: who would get a statement if a round began now, by which address and with which "
        "balance; and who would get none, and why.",
        params=PREVIEW_PARAMS,
        gives=Form("StatementPreview", _PREVIEW),
    ),
    "POST /statement-runs/{id}/start": Operation(
        "startStatementRun",
        "Starts a round now, whatever the schedule says, also of a run that is paused. It is gone through "
        "in the background.",
        ("run_under_way", "no_channel", "out_of_range", "unknown_reference", "not_offered"),
        takes=Form("StatementRunStart", {"customer_ids": [f"cust_{_CUSTOMER_ID}"]}),
    ),
    "GET /statement-runs/{id}/rounds": Operation(
        "listStatementRounds", "The rounds of a statement run, a page at a time."
    ),
    "GET /statement-runs/{id}/rounds/{round}": Operation(
        "getStatementRound", "One round: how far it has come, and whom it could not reach."
    ),
    "POST /statement-runs/{id}/rounds/{round}/cancel": Operation(
        "cancelStatementRound",
        "The round goes no further. Messages that it has queued stay, and can be canceled one by one.",
        ("round_over",),
    ),
}

_RUN_FIELDS = {
    "id": "The run's id.",
    "name": "What you call it.",
    "frequency": "How often there is a round: every month, every week, or once.",
    "day": "Of a monthly run, the day of the month from 1 to 31; in a month that is shorter, its last.",
    "weekday": "Of a weekly run, its day.",
    "date": "Of what is done once, its day.",
    "hour": "The hour of the entity's day at which a round begins, from 0 to 23.",
    "is_paused": "Whether no rounds begin by themselves at present.",
    "type": "balance_forward: what was owed before, what happened in the period, what is owed at its end; "
    "open_item: what is open on the day of the round.",
    "items": "past_due: only items that are past due, and only customers who have some.",
    "include_children": "Whether the customers below one are on its statement; they then get none of their "
    "own.",
    "language": "Of words and papers, such as de or sl-SI; the customer's or the entity's own without it.",
    "channel": "By what it goes. A text message has no papers, so that it needs a body_text.",
    "subject": "Billto's own in the language unless it is given. Placeholders are filled in: those of the "
    "entity and customer, and `{total_amount}`, `{period_start}`, `{period_end}`, `{portal_url}`.",
    "body_text": "The text; as for the subject. A letter has none, and a text message nothing else.",
    "with_balance_only": "Only customers who owe something now.",
    "with_activity_only": "Only customers of whom something was written down in the period.",
    "min_balance": "Only customers who owe so much now, or more, when all they have to their credit is "
    "taken off.",
    "min_balance_currency": "The currency of min_balance; the entity's unless it is given.",
    "past_due_days": "Only customers who are so many days late with something, or more.",
    "customer_metadata": "Only customers whose metadata have these values.",
    "entity_id": "The entity whose customers they are.",
    "metadata": "Custom key-value data for your own use; its messages have it too.",
    "created_at": "When it was created.",
    "updated_at": "When it last changed.",
}
_ROUND_FIELDS = {
    "id": "The round's id.",
    "statement_run_id": "The run it is a round of.",
    "state": f"How far it has come: {', '.join(STATES)}. One that cannot go on is tried again for a day.",
    "date": "Its day, where the entity is.",
    "start": "The first day that its statements tell of.",
    "end": "The last day that its statements tell of.",
    "is_by_hand": "Whether somebody started it, and not the schedule.",
    "total": "How many customers there were to look at when it began.",
    "seen": "How many of them were looked at.",
    "queued": "How many got a message.",
    "last_error": "Why the last attempt to go on failed.",
    "entity_id": "The entity whose customers they are.",
    "created_at": "When it began.",
    "updated_at": "When it last went on.",
    "finished_at": "When it was done, given up or canceled.",
}

STATEMENT_RUN_RESOURCES: Mapping[type[Any], Resource] = {
    StatementRun: Resource(
        "Statement runs",
        "A statement run sends statements to many customers, every month, every week, once, or by hand.",
        _RUN_FIELDS,
        _NEW,
        {"is_paused": True},
        StatementRun(
            entity_id=_ENTITY_ID, id=_RUN_ID, serial=1, version=1, created_at=_THEN, updated_at=_THEN,
            name="Monthly statements", frequency="monthly", day=1, min_balance=Decimal(10),
            subject="Your statement from {entity_name}", customer_metadata={}, metadata={},
        ),
    ),
    StatementRound: Resource(
        "Statement runs",
        "A round is one time that the statements of a run go out.",
        _ROUND_FIELDS,
        {},
        {},
        StatementRound(
            entity_id=_ENTITY_ID, id=_ROUND_ID, serial=1, version=4, created_at=_THEN, updated_at=_THEN,
            run_id=_RUN_ID, state="done", day=date(2026, 1, 1), period_start=date(2025, 12, 1),
            period_end=date(2025, 12, 31), total=412, seen=412, queued=409,
            skipped={"below_min_balance": 2, "no_recipient": 1},
            unreached=[{"customer_id": _CUSTOMER_ID, "reason": "no_recipient"}], finished_at=_THEN,
        ),
    ),
}  # fmt: skip
