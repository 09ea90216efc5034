"""Space Invoices: what the reference says of papers and messages."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from billto.dialects.reference import Form, Operation
from billto.dialects.schemas import Resource, Schema
from billto.dialects.spaceinvoices.document_routes import PATHS
from billto.dialects.spaceinvoices.sending import ADDRESSES_MAX, LANGUAGE_PARAM, PAPER_PARAMS
from billto.domain.message import CHANNELS, EMAIL, STATES, TEXT_MAX, Message

_THEN = datetime(2026, 1, 31, 12, tzinfo=UTC)
_ENTITY_ID, _CUSTOMER_ID, _INVOICE_ID, _OWN_ID = (f"697deec0{'0' * 15}{digit}" for digit in "abd9")
_PDF = "application/pdf"

_FIELDS = {
    "id": "The message's id.",
    "kind": "What it is about: `document`, `statement`, or what else it was written for.",
    "channel": f"By what it goes: {', '.join(CHANNELS)}.",
    "state": f"How far it has come: {', '.join(STATES)}. Sent is what the mail server has taken.",
    "recipients": "Who gets it.",
    "cc": "Who gets a copy that everybody sees.",
    "bcc": "Who gets a copy that nobody else sees.",
    "sender_name": "From whom it is, by name.",
    "reply_to": "Where answers go.",
    "subject": "Its subject, with placeholders filled in.",
    "body_text": "Its text, with placeholders filled in.",
    "customer_id": "The customer it is about.",
    "document_id": "The document it is about.",
    "attempts": "How often its delivery was begun.",
    "next_attempt_at": "When it is tried next; null for what is settled.",
    "last_error": "Why the last attempt failed.",
    "sent_at": "When it was sent.",
    "internet_message_id": "Its Message-ID, by which mail programs know it.",
    "entity_id": "The entity that sends it.",
    "created_at": "When it was ordered.",
    "updated_at": "When it last changed.",
}

_TO = {
    "type": ["string", "null"], "maxLength": 2_000,
    "description": f"Up to {ADDRESSES_MAX} addresses, or numbers for a text message, with commas between "
    "them. Without any an e-mail goes to the customer's address and to its primary contacts, a text message "
    "to its contacts who take some. Numbers without a country's code are in the customer's country, "
    "or else the entity's.",
}  # fmt: skip
_WORDS: dict[str, Schema] = {
    "channel": {
        "type": ["string", "null"], "enum": [*CHANNELS, None], "default": EMAIL,
        "description": "By what it goes. A text message has words and no PDF, and at most "
        f"{TEXT_MAX} characters; a letter is the PDF alone, to the customer's postal address.",
    },
    "to": _TO,
    "subject": {
        "type": ["string", "null"], "maxLength": 255,
        "description": "The entity's own for this kind of e-mail unless it is given. Placeholders are "
        "filled in.",
    },
    "body_text": {
        "type": ["string", "null"], "maxLength": 20_000, "description": "The text; as for the subject.",
    },
    "metadata": {
        "type": ["object", "null"], "additionalProperties": {"type": "string"},
        "description": "Custom key-value data for your own use.",
    },
    "sandbox_skip_delivery": {
        "type": ["boolean", "null"],
        "description": "With a key of the sandbox: the message is canceled at once, and nobody gets it.",
    },
}  # fmt: skip

_OF_DOCUMENT: dict[str, Schema] = {
    **_WORDS,
    "attach_pdf": {
        "type": ["boolean", "null"], "default": True,
        "description": "Whether its PDF goes along. An e-mail without it ends with `{invoice_link}`, where "
        "its text does not have that anywhere.",
    },
    "language": {"type": ["string", "null"], "maxLength": 20, "description": LANGUAGE_PARAM.says},
}  # fmt: skip

MESSAGE_SCHEMAS: dict[str, Schema] = {
    "DocumentSend": {
        "type": "object",
        "description": "A body is not needed.",
        "properties": _OF_DOCUMENT,
    },
    "EmailSend": {
        "type": "object",
        "required": ["document_id"],
        "properties": {
            "document_id": {"type": "string", "description": "The document that is sent."},
            **_OF_DOCUMENT,
            "locale": {
                "type": ["string", "null"], "maxLength": 20,
                "description": "The language, where `language` does not say it.",
            },
        },
    },
    "StatementSend": {
        "type": "object",
        "description": "A body is not needed.",
        "properties": {
            **_WORDS,
            **{
                one.name: {
                    **one.codec.schema, "description": one.says,
                    **({} if one.default is None else {"default": one.default}),
                }
                for one in PAPER_PARAMS
            },
        },
    },
    "PaymentReminder": {
        "type": "object",
        "description": "A body is not needed.",
        "properties": {
            **_WORDS,
            "payment_instructions": {
                "type": ["string", "null"], "maxLength": 5_000,
                "description": "How to pay: what `{payment_instructions}` in the text stands for.",
            },
            "language": {
                "type": ["string", "null"], "maxLength": 20, "description": LANGUAGE_PARAM.says,
            },
        },
    },
    "SentMessage": {
        "type": "object",
        "description": "What was ordered. It is delivered afterwards; the message tells what became of it.",
        "required": ["message_id", "status", "to", "subject", "shareable_link"],
        "properties": {
            "message_id": {"type": "string", "description": "The id of the message."},
            "status": {"type": "string", "enum": list(STATES), "description": "The state of the message."},
            "to": {"type": "string", "description": "Who gets it."},
            "subject": {"type": "string", "description": "Its subject."},
            "shareable_link": {
                "type": ["string", "null"], "format": "uri",
                "description": "A signed link: there the customer finds the document, or its account, "
                "without a key. Null where there is no customer.",
            },
        },
    },
}  # fmt: skip

_SENT = Form(
    "SentMessage",
    {
        "message_id": f"msg_{_OWN_ID}",
        "status": "queued",
        "to": "accounts@blueharbour.example",
        "subject": "Invoice 2026-00017 from Karst Instruments d.o.o.",
        "shareable_link": None,
    },
)
_TO_SOMEBODY = {"to": "accounts@blueharbour.example"}
_NOBODY = ("no_recipient", "no_channel", "out_of_range", "too_many_today", "not_offered")


def _pdf(id: str) -> Operation:
    says = "As PDF: what is issued as it was issued, with what is open of it now; a draft is marked as one."
    return Operation(id, says, params=(LANGUAGE_PARAM,), file=_PDF)


def _named(kind: str) -> str:
    return "".join(map(str.title, kind.split("_")))


MESSAGE_OPERATIONS: Mapping[str, Operation] = {
    **{f"GET {path}/{{id}}/pdf": _pdf(f"get{_named(kind)}Pdf") for kind, path in PATHS.items()},
    "GET /documents/{id}/pdf": _pdf("getDocumentPdf"),
    "POST /documents/{id}/send": Operation(
        "sendDocument",
        "Orders an e-mail or letter with the document as PDF, or a text message about it; the words are the "
        "entity's own for its type, unless there are others. A draft is not sent. When it is out, the "
        "document's `sent_at` says so.",
        (*_NOBODY, "still_draft"),
        takes=Form("DocumentSend", _TO_SOMEBODY),
        gives=_SENT,
    ),
    "POST /email/send": Operation(
        "sendEmail",
        "The same, with the document named in the body.",
        (*_NOBODY, "still_draft", "required", "unknown_reference"),
        takes=Form("EmailSend", {"document_id": f"inv_{_INVOICE_ID}", **_TO_SOMEBODY}),
        gives=_SENT,
    ),
    "GET /customers/{id}/statement/pdf": Operation(
        "getCustomerStatementPdf",
        "The same statement as PDF.",
        ("too_much_history", "too_many_below"),
        params=PAPER_PARAMS,
        file=_PDF,
    ),
    "POST /customers/{id}/statement/send": Operation(
        "sendCustomerStatement",
        "Orders an e-mail or letter with a statement as PDF, or a text message that there is one: as of the "
        "day of the order, unless it says another end.",
        _NOBODY,
        takes=Form("StatementSend", {"type": "open_item", **_TO_SOMEBODY}),
        gives=_SENT,
    ),
    "POST /customers/{id}/payment-reminder/send": Operation(
        "sendPaymentReminder",
        "Orders an e-mail that names all invoices the customer is late with, with a statement of them as PDF "
        "for each currency. The words are the entity's `payment_reminders`, unless there are others. By text "
        "message it says what is late altogether and where to look; a letter is its statements.",
        (*_NOBODY, "nothing_overdue"),
        takes=Form("PaymentReminder", _TO_SOMEBODY),
        gives=_SENT,
    ),
    "GET /messages": Operation(
        "listMessages", "The messages of the entity, a page at a time, filtered and sorted as asked."
    ),
    "GET /messages/{id}": Operation("getMessage", "One message, and what became of it."),
    "POST /messages/{id}/retry": Operation(
        "retryMessage",
        "Tries it at once, and anew from the first attempt on: what was given up, was canceled, or waits.",
        ("sent_already", "being_sent"),
    ),
    "POST /messages/{id}/cancel": Operation(
        "cancelMessage",
        "Nobody gets it any more. It can be tried again.",
        ("sent_already", "being_sent"),
    ),
}

MESSAGE_RESOURCES: Mapping[type[Any], Resource] = {
    Message: Resource(
        "Messages",
        "A message is what somebody is told by e-mail, text message or letter, until it is delivered.",
        _FIELDS,
        {},
        {},
        Message(
            entity_id=_ENTITY_ID, id=_OWN_ID, serial=1, version=3, created_at=_THEN, updated_at=_THEN,
            channel="email", kind="document", state="sent",
            recipients=[{"address": "accounts@blueharbour.example", "name": "Blue Harbour Chandlers Ltd"}],
            attempts=1, sender_name="Karst Instruments d.o.o.", reply_to="office@karst.example",
            subject="Invoice 2026-00017 from Karst Instruments d.o.o.",
            body="Please find invoice 2026-00017 attached.",
            attachments=[{"paper": "document", "document_id": _INVOICE_ID}],
            message_id=f"<{_OWN_ID}@karst.example>", customer_id=_CUSTOMER_ID, customer=1,
            document_id=f"inv_{_INVOICE_ID}", sent_at=_THEN, metadata={},
        ),
    ),
}  # fmt: skip
