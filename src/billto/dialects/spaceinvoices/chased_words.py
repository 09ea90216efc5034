"""Space Invoices: what the reference says of chasing."""

from billto.dialects.reference import Form, Operation
from billto.dialects.schemas import Schema
from billto.domain.cadence import ACTIONS
from billto.domain.chasing import STATES
from billto.domain.holds import HOLD

_TEXT: Schema = {"type": ["string", "null"]}
_NUMBER: Schema = {"type": "integer"}
_DAY: Schema = {"type": ["string", "null"], "format": "date-time"}
_STEP: Schema = {
    "id": {**_NUMBER, "description": "The step's number."},
    "name": _TEXT,
    "action": {"type": "string", "enum": list(ACTIONS)},
}


def _object(properties: Schema, says: str, *, null: bool = False) -> Schema:
    kind = ["object", "null"] if null else "object"
    return {"type": kind, "description": says, "required": list(properties), "properties": properties}


CHASED_SCHEMAS: dict[str, Schema] = {
    "Dunning": _object(
        {
            "customer_id": {"type": "string"},
            "on_hold": {"type": "boolean", "description": "Whether nobody chases the customer today."},
            "hold": {**HOLD.schema(), "description": "The hold that was ordered; null without one."},
            "cadence": _object(
                {"id": _NUMBER, "name": {"type": "string"}}, "By which the customer is chased.", null=True
            ),
            "next_step": _object(
                {
                    **_STEP,
                    "schedule": {"type": "string", "description": "`age:N` or `past_due_age:N`, in days."},
                    "date": {**_DAY, "description": "When it is due at the earliest, as things stand."},
                },
                "What comes next; null where nothing does.",
                null=True,
            ),
            "is_finished": {
                "type": "boolean",
                "description": "Whether no step is left until everything is paid.",
            },
            "steps": {
                "type": "array",
                "description": "What was done, the last first; at most 100.",
                "items": _object(
                    {
                        **_STEP,
                        "cadence_id": _NUMBER,
                        "state": {"type": "string", "enum": list(STATES)},
                        "reason": {**_TEXT, "description": "Why it failed."},
                        "date": {**_DAY, "description": "The day where the entity is."},
                        "at": {"type": "string", "format": "date-time"},
                        "document_id": {"type": "string", "description": "The oldest that was chased."},
                        "message_id": {**_TEXT, "description": "What was sent."},
                    },
                    "A step that was taken or passed over.",
                ),
            },
        },
        "How far a customer was chased, and what comes next.",
    )
}

_CUSTOMER = "cust_697deec0000000000000000b"
_EXAMPLE = {
    "customer_id": _CUSTOMER,
    "on_hold": False,
    "hold": None,
    "cadence": {"id": 4, "name": "Gently"},
    "next_step": {
        "id": 8, "name": "Call", "action": "phone", "schedule": "past_due_age:20",
        "date": "2026-03-22T00:00:00.000Z",
    },
    "is_finished": False,
    "steps": [
        {
            "id": 7, "name": "Remind", "action": "email", "cadence_id": 4, "state": "done", "reason": None,
            "date": "2026-03-05T00:00:00.000Z", "at": "2026-03-05T06:00:00.000Z",
            "document_id": "inv_697deec00000000000000009", "message_id": "msg_697deec0000000000000000c",
        }
    ],
}  # fmt: skip

CHASED_OPERATIONS = {
    "GET /customers/{id}/dunning": Operation(
        "getCustomerDunning",
        "Which steps of its cadence were taken for a customer and when, what comes next and on which day, "
        "and whether the customer is on hold.",
        gives=Form("Dunning", _EXAMPLE),
    )
}
