"""Space Invoices: what the reference says of signed links and of files."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from billto.dialects.reference import Form, Operation
from billto.dialects.schemas import Resource, Schema
from billto.dialects.spaceinvoices.files import FILE
from billto.domain.file import CATEGORIES, File
from billto.domain.pictures import BYTES_MAX

_THEN = datetime(2026, 1, 31, 12, tzinfo=UTC)
_ENTITY_ID, _FILE_ID = (f"697deec0{'0' * 15}{digit}" for digit in "af")

_FILE = File(
    entity_id=_ENTITY_ID, id=_FILE_ID, serial=1, version=1, created_at=_THEN, updated_at=_THEN,
    category="logo", filename="karst.png", format="png", width=640, height=200, bytes=18_230,
    digest="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", metadata={},
)  # fmt: skip

FILE_SCHEMAS: dict[str, Schema] = {
    "PortalLink": {
        "type": "object",
        "description": "A signed link: who has it sees the customer's account without a key.",
        "required": ["url"],
        "properties": {"url": {"type": "string", "format": "uri", "description": "The address."}},
    },
    "FileUpload": {
        "type": "object",
        "description": "A form: multipart/form-data.",
        "required": ["file", "category"],
        "properties": {
            "file": {
                "type": "string",
                "format": "binary",
                "description": f"A PNG or JPEG of at most {BYTES_MAX} bytes and 12 million pixels.",
            },
            "category": {"type": "string", "enum": list(CATEGORIES), "description": "What it is for."},
        },
    },
}

_LINK = Form("PortalLink", {"url": "portal/" + "aX3uwAAA" * 7})
_ABOUT_LOGOS = "Of several logos the newest is on papers and on the customers' pages; of signatures as well."

FILE_OPERATIONS: Mapping[str, Operation] = {
    "GET /customers/{id}/portal-link": Operation(
        "getCustomerPortalLink",
        "The address of the customer's page, with balance, open items and PDFs. It stays the same until it "
        "is replaced. A customer in the trash has none.",
        gives=_LINK,
    ),
    "POST /customers/{id}/portal-link/rotate": Operation(
        "rotateCustomerPortalLink",
        "Gives the customer another address. Those that were given out before open nothing any more.",
        gives=_LINK,
    ),
    "POST /files": Operation(
        "uploadFile",
        f"Takes a picture. {_ABOUT_LOGOS} The entity's settings `has_logo` and `has_signature` follow.",
        ("required", "out_of_range", "not_offered"),
        takes=Form("FileUpload", {"file": "…", "category": "logo"}, "multipart/form-data"),
        gives=Form("File", FILE.encode(_FILE)),
    ),
    "GET /files": Operation(
        "listFiles", "The files of the entity, a page at a time, filtered and sorted as asked."
    ),
    "GET /files/{id}": Operation("getFile", "What is known of one file."),
    "GET /files/{id}/content": Operation(
        "readFile", "The picture itself, as it was sent.", file="application/octet-stream"
    ),
    "DELETE /files/{id}": Operation("deleteFile", f"Deletes a file for good. {_ABOUT_LOGOS}"),
}

FILE_RESOURCES: Mapping[type[Any], Resource] = {
    File: Resource(
        "Files",
        "A file is a picture of the entity: its logo, its signature, or one to be kept.",
        {
            "id": "The file's id.",
            "entity_id": "The entity whose file it is.",
            "category": f"What it is for: {', '.join(CATEGORIES)}.",
            "format": "How it is packed.",
            "width": "How many pixels wide it is.",
            "height": "How many pixels high it is.",
            "bytes": "How many bytes it has.",
            "filename": "What it was called when it was sent.",
            "cache_key": "Another for every other content: its SHA-256.",
            "created_at": "When it was sent.",
            "updated_at": "When it last changed.",
        },
        {},
        {},
        _FILE,
    ),
}
