"""Space Invoices: the schemas of its own forms: how it lists and refuses."""

from billto.dialects.schemas import Schema
from billto.dialects.spaceinvoices.answers import NAMES

ERROR: Schema = {
    "type": "object",
    "description": "Why a request was refused.",
    "required": ["code", "message"],
    "properties": {
        "code": {"type": "string", "enum": list(NAMES.values()), "description": "Follows from the status."},
        "message": {"type": "string", "description": "All that is wrong, for a person."},
        "cause": {
            "type": "object",
            "description": "Present when single fields, headers or parameters are at fault.",
            "required": ["name", "issues"],
            "properties": {
                "name": {"type": "string", "const": "ValidationError"},
                "issues": {"type": "array", "items": {"$ref": "#/components/schemas/Issue"}},
            },
        },
    },
}
ISSUE: Schema = {
    "type": "object",
    "description": "One fault.",
    "required": ["path", "code", "message"],
    "properties": {
        "path": {
            "type": "array",
            "items": {"type": ["string", "integer"]},
            "description": "Where it is: names of fields and places in lists from the outside in, or the "
            "name of a header or parameter.",
        },
        "code": {"type": "string", "description": "What it is, for a program."},
        "message": {"type": "string", "description": "What it is, for a person."},
    },
}
PAGINATION: Schema = {
    "type": "object",
    "required": ["total", "next_cursor", "prev_cursor", "has_more"],
    "properties": {
        "total": {
            "type": "integer",
            "minimum": -1,
            "description": "How many there are on all pages; -1 when they were not counted.",
        },
        "next_cursor": {
            "type": ["string", "null"],
            "description": "Leads to the next page; null on the last one.",
        },
        "prev_cursor": {
            "type": ["string", "null"],
            "description": "Leads to the previous page; null on the first one.",
        },
        "has_more": {"type": "boolean", "description": "Whether there is a next page."},
    },
}


def listing(one: Schema) -> Schema:
    return {
        "type": "object",
        "required": ["data", "pagination"],
        "properties": {
            "data": {"type": "array", "items": one},
            "pagination": {"$ref": "#/components/schemas/Pagination"},
        },
    }
