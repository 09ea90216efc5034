"""Space Invoices: what the reference says of plans and clocks."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from billto.dialects.reference import Form, Operation
from billto.dialects.schemas import Resource, Schema
from billto.dialects.spaceinvoices.planning import DAYS
from billto.domain.plan import KINDS, Plan

_THEN = datetime(2026, 1, 31, 7, tzinfo=UTC)
_ENTITY_ID, _OWN_ID = (f"697deec0{'0' * 15}{digit}" for digit in "a7")
_CLOCK = {
    "entity_id": f"ent_{_ENTITY_ID}",
    "now": "2026-03-02T09:00:00.000Z",
    "ahead_seconds": 2_592_000,
    "status": "advancing",
    "waiting": 1,
}

PLANNING_SCHEMAS: dict[str, Schema] = {
    "Clock": {
        "type": "object",
        "description": "What an entity's clock shows. That of a sandbox can be moved ahead: the days "
        "between are then gone through one by one, with all that is sent on them.",
        "required": list(_CLOCK),
        "properties": {
            "entity_id": {"type": "string", "description": "The entity."},
            "now": {"type": "string", "format": "date-time", "description": "What its clock shows."},
            "ahead_seconds": {"type": "integer", "description": "How far that is ahead of true time."},
            "status": {
                "type": "string", "enum": ["ready", "advancing"],
                "description": "`advancing` while days that were jumped over are gone through.",
            },
            "waiting": {"type": "integer", "description": "Plans that have not come to that moment yet."},
        },
    },
    "ClockMove": {
        "type": "object",
        "description": "Either of the two.",
        "properties": {
            "now": {
                "type": "string", "format": "date-time",
                "description": "What the clock is to show; no earlier than what it shows already.",
            },
            "days": {**DAYS.schema, "description": "How many days it is to go on."},
        },
    },
}  # fmt: skip

PLANNING_OPERATIONS: Mapping[str, Operation] = {
    "GET /plans": Operation(
        "listPlans",
        "What Billto will do by itself for the entity, a page at a time, and what came of the last time.",
    ),
    "GET /plans/{id}": Operation("getPlan", "One plan, and what came of the last time."),
    "GET /entities/{id}/clock": Operation(
        "getClock", "What the entity's clock shows.", gives=Form("Clock", _CLOCK)
    ),
    "POST /entities/{id}/clock": Operation(
        "moveClock",
        "Moves the clock of an entity of the sandbox ahead, so that a whole run of reminders can be tried in "
        "a minute. Days of documents and payments follow the clock; the moments at which something was "
        "stored are true. A clock does not go back.",
        ("sandbox_only", "clock_out_of_range", "required", "out_of_range", "wrong_type"),
        takes=Form("ClockMove", {"days": 30}),
        gives=Form("Clock", _CLOCK),
    ),
}

PLANNING_RESOURCES: Mapping[type[Any], Resource] = {
    Plan: Resource(
        "Plans",
        "A plan is what Billto does by itself for an entity: reminders, chasing, runs of statements.",
        {
            "id": "The plan's id.",
            "kind": f"What is done: {', '.join(KINDS)}.",
            "subject_id": "Whose plan it is, without the beginning of its id: entity, cadence, run or round.",
            "next_at": "When it is done next, by the entity's clock.",
            "last_at": "When it was done last, by the entity's clock.",
            "last_error": "Why the last attempt failed; it is tried again some minutes later.",
            "entity_id": "The entity for which it is done.",
            "created_at": "When it was planned.",
            "updated_at": "When it last changed.",
        },
        {},
        {},
        Plan(
            entity_id=_ENTITY_ID, id=_OWN_ID, serial=1, version=3, created_at=_THEN, updated_at=_THEN,
            kind="overdue", subject_id=_ENTITY_ID, next_at=datetime(2026, 2, 1, 7, tzinfo=UTC),
            due_at=datetime(2026, 2, 1, 7, tzinfo=UTC), last_at=_THEN, last_result={"reminded": 3},
        ),
    ),
}  # fmt: skip
