"""Space Invoices: what the reference says in words about documents."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any

from billto.dialects.codecs import TEXT
from billto.dialects.params import Param
from billto.dialects.reference import Form, Operation
from billto.dialects.schemas import Resource, Schema
from billto.dialects.spaceinvoices.document_routes import PATHS
from billto.dialects.spaceinvoices.documents import DOCUMENT
from billto.domain import issuing
from billto.domain.customer import Customer
from billto.domain.document import PAYABLE, Document
from billto.domain.entity import Entity

_SAYS = (
    "A document is what an entity issues to a customer: an invoice, estimate, advance invoice, credit note "
    "or delivery note. It is a draft until it is issued; then it has its number and stays as it is, with who "
    "both were then."
)

FIELDS = {
    "id": "The document's id; what stands before it tells its type.",
    "number": "Its number, in the sequence of its type; null for a draft.",
    "entity_id": "The entity that issues it.",
    "type": "Which of the five it is.",
    "date": "Its date; today, where the entity is, unless it is given. Of a moment, the day counts.",
    "date_due": "When it has to be paid; follows from the customer's payment terms or the entity's settings.",
    "date_service": "When the goods or services were supplied.",
    "date_service_to": "The last day of that, where it took several.",
    "date_valid_till": "How long an estimate holds.",
    "title_type": "What an estimate is called.",
    "is_draft": "Whether it is a draft. A draft that is told false is issued; what is issued stays so.",
    "voided_at": "When it was voided; null unless it was.",
    "currency_code": "Code of the currency, three letters; the customer's or the entity's own unless it is "
    "given.",
    "transaction_type": "Between which countries it is and whether with a business, as far as both are "
    "known: domestic, intra_eu_b2b, intra_eu_b2c, 3w_b2b or 3w_b2c.",
    "total": "Without tax.",
    "total_with_tax": "With tax.",
    "total_discount": "All discounts together, without tax.",
    "items": "What it is about, line by line: at least one. A key that is not known is refused. A line with "
    "an `item_id` has what its item says wherever it says nothing itself. A change gives all of them.",
    "customer_id": "Whose it is; without it, and without `customer`, it is nobody's in particular.",
    "customer": "Who is billed, as they were when it was issued. What is given here wins over the customer's "
    "own data; without a `customer_id` it is the customer with this e-mail address, made where there is none "
    "unless `save_customer` is false.",
    "issuer": "Who bills, as they were when it was issued. What is given here wins over the entity's own "
    "data.",
    "reference": "What it refers to, such as an order.",
    "note": "A text beside the lines; the entity's own unless it is given. An empty text is none.",
    "payment_terms": "When and how to pay; as for the note.",
    "tax_clause": "Why no tax is charged, where none is; the entity's own for this kind of transaction "
    "unless it is given.",
    "footer": "At the foot of each page; as for the note.",
    "signature": "Who signs; as for the note.",
    "translations": "Texts in further languages.",
    "hide_prices": "Whether a delivery note shows no prices.",
    "linked_documents": "Ids of documents that it is linked with.",
    "total_due": "What is open of it; nothing of a draft.",
    "created_at": "When it was created.",
    "updated_at": "When it last changed, or something was paid of it.",
    "calculation_mode": "How its amounts are counted; the entity's own unless it is given.",
    "issued_at": "When it was issued; null for a draft.",
    "paid_at": "Since when nothing is open of it any more.",
    "sent_at": "When it was last sent.",
    "closed_at": "When what was open of it was written off.",
    "total_written_off": "What was written off.",
    "void_reason": "Why it was voided.",
    "change_reason": "Why it was last changed.",
    "dunning": "Whether nobody is reminded of it or chased for it, why, and until which day. Also of what is "
    "issued it can change.",
    "payments": "What has been paid of it already. Not shown.",
    "expected_total_with_tax": "What you reckon its total to be: it is refused where that is another. Not "
    "shown.",
}  # fmt: skip

_NEW = {
    "customer_id": f"cust_697deec0{'0' * 15}b",
    "date": "2026-01-31",
    "items": [
        {
            "name": "Calibration on site",
            "quantity": 2,
            "unit": "hour",
            "price": 100,
            "discounts": [{"value": 10, "type": "percent"}],
            "taxes": [{"rate": 22}],
        }
    ],
    "expected_total_with_tax": Decimal("219.6"),
}

_TAKEN = (
    "out_of_range", "unknown_key", "unknown_currency", "unknown_reference", "too_many_taxes",
    "total_differs", "still_draft", "entity_disabled", "on_credit_hold", "over_credit_limit",
    "other_currency",
)  # fmt: skip
_PAID = ("not_payable", "exceeds_open", "exceeds_payment", "other_customer", "settled_elsewhere", "closed")
_ISSUED = ("entity_disabled", "on_credit_hold", "over_credit_limit", "voided")
_VOIDED = ("still_draft", "settled_elsewhere", "credit_overspent")

_VOID = Form("DocumentVoid", {"reason": "Billed twice."})
_NUMBER = Form("NextNumber", {"number": "2026-00042", "furs": None, "fina": None, "pt": None})
_ON = Param("date", TEXT, says="The date of that document; today, where the entity is, without it.")

SCHEMAS: dict[str, Schema] = {
    "DocumentVoid": {
        "type": "object",
        "description": "A body is not needed.",
        "properties": {
            "reason": {"type": ["string", "null"], "maxLength": 500, "description": "Why it is voided."}
        },
    },
    "NextNumber": {
        "type": "object",
        "description": "The number that the next document would get.",
        "required": ["number", "furs", "fina", "pt"],
        "properties": {
            "number": {"type": "string"},
            **{name: {"type": "null"} for name in ("furs", "fina", "pt")},
        },
    },
}

_FINALIZED = (
    "Issues a draft: it gets its number, and shows who both are now, save what was said on it itself. What "
    "is issued already stays as it is."
)
_CHANGED = (
    "Changes the fields of a draft that are given, and no others; with `is_draft` false it is issued then. "
    "Of what is issued only `metadata`, `linked_documents`, `dunning` and `change_reason` can change; "
    "whatever stands there already may be sent back."
)
_LATER = ("issued_already", "voided")
_VOIDS = (
    "Makes it as if it had never been issued, save that its number is used up; what was paid of it is free "
    "again. What is voided already stays as it is."
)


def _of(kind: str) -> Mapping[str, Operation]:
    path, name = PATHS[kind], kind.replace("_", " ")
    one = "".join(map(str.title, kind.split("_")))
    money = _PAID if kind in PAYABLE else ()
    return {
        f"POST {path}": Operation(
            f"create{one}",
            f"Makes one {name} and issues it, unless `is_draft` is true. Its number, its texts and what "
            "follows from customer and entity are filled in.",
            (*_TAKEN, *money),
        ),
        f"GET {path}": Operation(
            f"list{one}s",
            f"Each {name} of the entity, a page at a time, filtered, searched and sorted as asked.",
        ),
        f"GET {path}/next-number": Operation(
            f"next{one}Number",
            f"The number that the next {name} would get. It is not taken by this: somebody else may get it.",
            gives=_NUMBER,
            params=(_ON,),
        ),
        f"GET {path}/{{id}}": Operation(f"get{one}", f"One {name}."),
        f"PATCH {path}/{{id}}": Operation(f"update{one}", _CHANGED, (*_TAKEN, *money, *_LATER)),
        f"DELETE {path}/{{id}}": Operation(
            f"delete{one}",
            "Deletes a draft for good. What is issued is never deleted, but voided.",
            ("issued_already",),
        ),
        f"POST {path}/{{id}}/finalize": Operation(f"finalize{one}", _FINALIZED, _ISSUED),
        f"POST {path}/{{id}}/void": Operation(f"void{one}", _VOIDS, _VOIDED, takes=_VOID),
        **(_settled(path, one) if kind in PAYABLE else {}),
    }


def _settled(path: str, one: str) -> Mapping[str, Operation]:
    return {
        f"POST {path}/{{id}}/close": Operation(
            f"close{one}",
            "Nothing more is expected for it: what is open is written off. What is closed stays so.",
            ("still_draft", "voided"),
        ),
        f"POST {path}/{{id}}/reopen": Operation(
            f"reopen{one}",
            "What was written off is open again. What is not closed stays as it is.",
            ("still_draft", "voided", "over_credit_limit"),
        ),
    }


DOCUMENT_OPERATIONS = {
    **{name: one for kind in PATHS for name, one in _of(kind).items()},
    "GET /documents": Operation(
        "listDocuments",
        "Documents of all types, a page at a time, filtered, searched and sorted as asked; `type` tells them "
        "apart.",
    ),
    "GET /documents/{id}": Operation("getDocument", "One document, of whatever type."),
    "POST /documents/{id}/finalize": Operation("finalizeDocument", _FINALIZED, _ISSUED),
    "POST /documents/{id}/void": Operation("voidDocument", _VOIDS, _VOIDED, takes=_VOID),
}


def resource(entity: Entity, customer: Customer, then: datetime) -> Resource:
    """What is said about documents, with an invoice of theirs."""
    ids = count(1)
    values = DOCUMENT.decode(_NEW, creating=True)
    wished: set[str] = {"expected_total", "customer_id"}
    draft = issuing.made(
        "invoice", {name: value for name, value in values.items() if name not in wished},
        entity=entity, customer=customer, buyer=None, new_id=lambda: f"697deec0{next(ids):016x}", now=then,
    )  # fmt: skip
    example: Document = issuing.issued(draft, "2026-00041", entity, then)
    change: dict[str, Any] = {"metadata": {"order": "8817"}, "change_reason": "The order was missing."}
    return Resource("Documents", _SAYS, FIELDS, _NEW, change, example)
