"""Space Invoices answers a sent e-mail once and forgets it: ours can be asked what became of it."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any

from billto.app import messages
from billto.app.parts import Id, Reader, Request, Tx
from billto.dialects.codecs import ISO, TEXT, WHOLE, Schema, choice, prefixed, shaped
from billto.dialects.spaceinvoices.values import ANY_ID, kinds, shown_id
from billto.dialects.wire import FIND, RO, SORT, Row, Table, derived, row
from billto.domain.attrs import METADATA
from billto.domain.message import CHANNELS, RECIPIENTS, STATES, Message
from billto.domain.query import Page, Query

BOTH = (FIND, SORT)
assert METADATA.shape is not None

_TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
_PAPERS: Schema = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["type", "language"],
        "properties": {
            "type": {"type": "string", "enum": ["document", "balance_forward", "open_item"]},
            "language": _TEXT_OR_NULL,
            "document_id": {"type": "string"},
            "customer_id": {"type": "string"},
            "start": _TEXT_OR_NULL,
            "end": _TEXT_OR_NULL,
            "currency_code": _TEXT_OR_NULL,
            "items": {"type": "string", "enum": ["all", "past_due"]},
            "include_children": {"type": "boolean"},
        },
    },
}
_REFUSED: Schema = {"type": "object", "additionalProperties": {"type": "string"}}


def joined(recipients: list[dict[str, Any]]) -> str:
    return ", ".join(one["address"] for one in recipients)


def _papers(message: Message) -> list[dict[str, Any]]:
    return [_paper(message, one) for one in message.attachments or ()]


def _paper(message: Message, one: Mapping[str, Any]) -> dict[str, Any]:
    """What a paper is of, in the words in which it was asked for."""
    if one.get("paper") == "document":
        own, id = message.document_id, str(one.get("document_id"))
        id = own if own and own.endswith(id) else shown_id(None, id)
        return {"type": "document", "document_id": id, "language": one.get("language")}
    is_forward = one.get("is_balance_forward") is not False
    return {
        "type": "balance_forward" if is_forward else "open_item",
        "customer_id": f"cust_{one.get('customer_id')}",
        **{name: one.get(name) for name in ("start", "end", "currency_code", "language")},
        "items": "past_due" if one.get("past_due_only") else "all",
        "include_children": one.get("with_children") is not False,
    }


def _refused(message: Message) -> dict[str, str]:
    return dict((message.details or {}).get("refused") or {})


def _addresses(wire: str) -> Row:
    return row(wire, wire, shaped(RECIPIENTS), RO)


MESSAGE = Table(
    Message,
    #   on the wire             attribute       codec                    access questions
    row("id",                   "id",           prefixed("msg"),         RO,    *BOTH),
    row("kind",                 "kind",         TEXT,                    RO,    *BOTH),
    row("channel",              "channel",      choice(*CHANNELS),       RO,    *BOTH),
    row("state",                "state",        choice(*STATES),         RO,    *BOTH),
    derived("to", lambda message: joined(message.recipients), {"type": "string"},
            "The addresses of its recipients, with commas between them.", attrs=("recipients",)),
    _addresses("recipients"),
    _addresses("cc"),
    _addresses("bcc"),
    row("sender_name",          "sender_name",  TEXT,                    RO),
    row("reply_to",             "reply_to",     TEXT,                    RO),
    row("subject",              "subject",      TEXT,                    RO),
    row("body_text",            "body",         TEXT,                    RO),
    derived("attachments", _papers, _PAPERS,
            "The papers that are printed when it is delivered, and go with it as PDF.",
            attrs=("attachments",)),
    row("customer_id",          "customer_id",  prefixed("cust"),        RO,    *BOTH),
    row("document_id",          "document_id",  ANY_ID,                  RO,    *BOTH),
    row("attempts",             "attempts",     WHOLE,                   RO,    *BOTH),
    row("next_attempt_at",      "next_at",      ISO,                     RO,    *BOTH),
    row("last_error",           "last_error",   TEXT,                    RO),
    derived("refused", _refused, _REFUSED,
            "Recipients who will never get it, and what their server said.", attrs=("details",)),
    row("sent_at",              "sent_at",      ISO,                     RO,    *BOTH),
    row("internet_message_id",  "message_id",   TEXT,                    RO,    FIND),
    row("entity_id",            "entity_id",    prefixed("ent"),         RO),
    row("metadata",             "metadata",     shaped(METADATA.shape),  RO,    FIND),
    row("created_at",           "created_at",   ISO,                     RO,    *BOTH),
    row("updated_at",           "updated_at",   ISO,                     RO,    *BOTH),
    spells={"recipients": "to"},
)  # fmt: skip


async def page(reader: Reader, asked: Request, query: Query) -> Page:
    found = await messages.page(reader, asked, query)
    return replace(found, records=await _named(reader, asked, found.records))


async def get(reader: Reader, asked: Request, id: Id) -> Message:
    (named,) = await _named(reader, asked, (await messages.get(reader, asked, id),))
    return named


def acting(verb: Callable[[Tx, Request, Id], Coroutine[Any, Any, Message]]) -> Any:
    """A verb that changes a message, which is answered in the words of this dialect."""

    async def act(tx: Tx, asked: Request, id: Id) -> Message:
        (named,) = await _named(tx, asked, (await verb(tx, asked, id),))
        return named

    return act


async def _named(reader: Reader, asked: Request, found: tuple[Message, ...]) -> tuple[Message, ...]:
    """The messages, whose documents have ids that tell of which type they are."""
    of = await kinds(reader, asked, [one.document_id for one in found])
    return tuple(
        one._replace(document_id=one.document_id and shown_id(of.get(one.document_id), one.document_id))
        for one in found
    )
