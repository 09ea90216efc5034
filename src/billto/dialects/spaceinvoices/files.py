"""Space Invoices: files, which are the pictures on papers."""

from typing import Any

from billto.app import files
from billto.app.files import Picture
from billto.app.parts import Reader, Request, Tx
from billto.dialects.codecs import ISO, TEXT, WHOLE, Schema, choice, prefixed, shaped
from billto.dialects.dialect import File as Sending
from billto.dialects.dialect import Said, Sent, Told
from billto.dialects.spaceinvoices.values import id_of
from billto.dialects.wire import FIND, RO, SORT, Row, Table, derived, row
from billto.domain.attrs import METADATA
from billto.domain.file import CATEGORIES, TYPES, File
from billto.domain.problems import Problem, Refused

BOTH = (FIND, SORT)
assert METADATA.shape is not None
_ADDRESS: Schema = {"type": "string", "format": "uri-reference"}
_NULL: Schema = {"type": "null"}


def _path(file: File) -> str:
    return f"/files/file_{file.id}/content"


def _null(wire: str, says: str) -> Row:
    return derived(wire, lambda _file: None, _NULL, says)


FILE = Table(
    File,
    #   on the wire    attribute      codec                   access questions
    row("id",          "id",          prefixed("file"),       RO,    *BOTH),
    row("entity_id",   "entity_id",   prefixed("ent"),        RO),
    _null("invoice_id", "Always null: files belong to the entity."),
    _null("expense_id", "Always null: there are no expenses."),
    _null("business_unit_id", "Always null: there are no business units."),
    row("category",    "category",    choice(*CATEGORIES),    RO,    *BOTH),
    derived("url", _path, _ADDRESS, "Where its content is read, with a key, below the address of this API.",
            attrs=("id",)),
    derived("secureUrl", _path, _ADDRESS, "The same as `url`.", attrs=("id",)),
    derived("publicId", lambda file: f"file_{file.id}", {"type": "string"}, "The same as `id`.",
            attrs=("id",)),
    row("format",      "format",      choice(*TYPES),         RO,    *BOTH),
    row("width",       "width",       WHOLE,                  RO,    *BOTH),
    row("height",      "height",      WHOLE,                  RO,    *BOTH),
    row("bytes",       "bytes",       WHOLE,                  RO,    *BOTH),
    row("filename",    "filename",    TEXT,                   RO,    *BOTH),
    derived("mime_type", lambda file: TYPES[file.format], {"type": "string", "enum": [*TYPES.values()]},
            "Its type in the words of the Internet.", attrs=("format",)),
    row("cache_key",   "digest",      TEXT,                   RO,    FIND),
    row("metadata",    "metadata",    shaped(METADATA.shape), RO,    FIND),
    row("created_at",  "created_at",  ISO,                    RO,    *BOTH),
    row("updated_at",  "updated_at",  ISO,                    RO,    *BOTH),
)  # fmt: skip


async def create(tx: Tx, asked: Request, told: Told) -> Said:
    sent: Any = told.body
    made = await files.create(tx, asked, _picture(sent))
    return Said(FILE.encode(made), shows=made.id)


async def content(reader: Reader, asked: Request, told: Told) -> Said:
    file, found = await files.content(reader, asked, id_of(told, "id", File.__name__))
    # It is shown as what it was found to be, and as nothing else.
    headers = {"X-Content-Type-Options": "nosniff"}
    return Said(file=Sending(file.filename, found, TYPES[file.format]), headers=headers)


def _picture(sent: Sent) -> Picture:
    category = sent.fields.get("category")
    if category is None:
        raise Refused(Problem("required", ("category",)))
    if category not in CATEGORIES:
        raise Refused(Problem("unknown_choice", ("category",), ", ".join(CATEGORIES)))
    for name in ("business_unit_id", "expense_id"):
        if sent.fields.get(name):
            raise Refused(Problem("not_offered", (name,), f"there is no {name.removesuffix('_id')} here"))
    return Picture(category, sent.name, sent.content)
