"""Space Invoices: what the reference says of merging customers."""

from typing import Any

from billto.dialects.reference import Form, Operation
from billto.dialects.schemas import Schema
from billto.dialects.spaceinvoices.merging import INTO

_MOVES = (
    "documents", "payments", "adjustments", "line_items", "notes", "messages", "tasks",
    "chasing_steps", "contacts", "delivery_addresses", "children",
)  # fmt: skip
_SUMS = ("outstanding", "open_credit_notes", "unapplied", "credit", "net")
_ANYTHING: Schema = {"type": ["string", "number", "boolean", "object", "array", "null"]}


def _object(properties: Schema, says: str = "", required: tuple[str, ...] | None = None) -> Schema:
    schema = {"type": "object", "required": list(properties if required is None else required)}
    return {**schema, **({"description": says} if says else {}), "properties": properties}


_STANDING = _object({name: {"type": "number"} for name in _SUMS})
_FIELD: Schema = {
    "type": "string",
    "description": "The field, or `metadata.key`; one that only other languages show has its name there.",
}

MERGING_SCHEMAS: dict[str, Schema] = {
    "Merge": _object(
        {
            "into": {"type": "string", "description": "Id of the customer that stays."},
            "fill": {
                "type": ["boolean", "null"],
                "default": False,
                "description": "Whether it takes over what it has nothing of itself.",
            },
        },
        "Which customer this one becomes part of.",
        ("into",),
    ),
    "MergePreview": _object(
        {
            "source_id": {"type": "string"},
            "target_id": {"type": "string"},
            "moves": _object({name: {"type": "integer"} for name in _MOVES}, "How much goes over."),
            "balances": {
                "type": "array",
                "description": "How both stand, and how the one that stays will, by currency.",
                "items": _object(
                    {
                        "currency_code": {"type": "string"},
                        "source": _STANDING,
                        "target": _STANDING,
                        "merged": _STANDING,
                    }
                ),
            },
            "fills": {
                "type": "array",
                "description": "What the one that stays takes over with `fill`; without it, this is lost.",
                "items": _object({"field": _FIELD, "value": _ANYTHING}),
            },
            "conflicts": {
                "type": "array",
                "description": "What is lost in any case, and what stays instead.",
                "items": _object({"field": _FIELD, "source": _ANYTHING, "target": _ANYTHING}),
            },
        },
        "What a merge would do.",
    ),
}

_TARGET = "697deec0000000000000000d"
_NOTHING: dict[str, Any] = dict.fromkeys(_SUMS, 0)
_OWED = {**_NOTHING, "outstanding": 70, "net": 70}
_PREVIEW = {
    "source_id": "cust_697deec0000000000000000b",
    "target_id": f"cust_{_TARGET}",
    "moves": {**dict.fromkeys(_MOVES, 0), "documents": 2, "payments": 1},
    "balances": [{"currency_code": "EUR", "source": _OWED, "target": _NOTHING, "merged": _OWED}],
    "fills": [{"field": "email", "value": "accounts@blueharbour.example"}],
    "conflicts": [{"field": "name", "source": "Blue Harbour", "target": "Blue Harbour Chandlers Ltd"}],
}
_REFUSES = ("same_customer", "in_trash", "too_many", "too_long", "out_of_range")

MERGING_OPERATIONS = {
    "GET /customers/{id}/merge": Operation(
        "previewCustomerMerge",
        "What would go over, what would be owed, and what would be lost if this customer became part of "
        "another. Nothing is changed.",
        _REFUSES,
        gives=Form("MergePreview", _PREVIEW),
        params=(INTO,),
    ),
    "POST /customers/{id}/merge": Operation(
        "mergeCustomer",
        "Makes this customer part of another, which is answered. Documents, payments, credit, notes, "
        "contacts and children go over; issued documents stay as they are. This customer's id, number and "
        "`external_id` lead to the other from now on. It cannot be undone; twice is once.",
        ("required", *_REFUSES, "too_deep", "too_many_below"),
        takes=Form("Merge", {"into": f"cust_{_TARGET}", "fill": True}),
    ),
}
