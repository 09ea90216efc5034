"""Space Invoices: the schemas of balances and statements, which are no records, each with an example."""

from typing import Any, NamedTuple

from billto.dialects.schemas import Schema
from billto.dialects.spaceinvoices.balances import TYPES
from billto.domain.ledger import ACCOUNTS

_CUSTOMER_ID, _INVOICE_ID = (f"697deec0{'0' * 15}{digit}" for digit in "bd")


class Told(NamedTuple):
    schema: Schema
    example: Any


def _number(says: str) -> Schema:
    return {"type": "number", "description": says}


def _text(says: str, *, null: bool = False, **more: Any) -> Schema:
    return {"type": ["string", "null"] if null else "string", "description": says, **more}


def _day(says: str, *, null: bool = False) -> Schema:
    return _text(says, null=null, format="date-time")


def _object(says: str = "", /, **fields: Schema) -> Schema:
    shape: Schema = {"type": "object", "properties": fields, "required": list(fields)}
    return {**shape, "description": says} if says else shape


def _list(of: Schema, says: str) -> Schema:
    return {"type": "array", "items": of, "description": says}


_AGEING = _list(
    _object(
        label=_text("Name of the bucket, such as 8-14."),
        from_days={"type": ["integer", "null"], "description": "Fewest days past due."},
        to_days={"type": ["integer", "null"], "description": "Most days past due; null for the last."},
        amount=_number("What is open of invoices in it."),
    ),
    "Since when what is open has been due. The amounts come to the whole.",
)
_BUCKETS = [
    {"label": "not_due", "from_days": None, "to_days": 0, "amount": 120.5},
    {"label": "1-30", "from_days": 1, "to_days": 30, "amount": 0},
    {"label": "31+", "from_days": 31, "to_days": None, "amount": 0},
]

BALANCE = Told(
    _object(
        "How a customer stands.",
        customer_id=_text("The customer."),
        balances=_list(
            _object(
                currency_code=_text("The currency of all these amounts."),
                outstanding=_number("What is open on invoices."),
                due=_number("What of that is due by today."),
                overdue={"type": "boolean", "description": "Whether some of it was due before today."},
                open_credit_notes=_number("What is left of credit notes."),
                unapplied=_number("What is not applied of payments."),
                credit=_number("The credit balance."),
                net=_number("What is owed when all of it is set against each other."),
                credit_history=_list(
                    _object(at=_day("When it changed."), credit=_number("What it came to.")),
                    "The credit balance after each change, the newest first.",
                ),
                ageing=_AGEING,
            ),
            "One for each currency in which there was something; the customer's own first.",
        ),
    ),
    {
        "customer_id": f"cust_{_CUSTOMER_ID}",
        "balances": [
            {
                "currency_code": "EUR", "outstanding": 120.5, "due": 0, "overdue": False,
                "open_credit_notes": 0, "unapplied": 0, "credit": 25, "net": 95.5,
                "credit_history": [{"at": "2026-01-31T12:00:00.000Z", "credit": 25}], "ageing": _BUCKETS,
            }
        ],
    },
)  # fmt: skip

_OF_LINE = {
    "date": _day("The day of it."),
    "number": _text("The number of the document.", null=True),
    "kind": _text("What happened, as in the ledger."),
    "customer_id": _text("Whose it is.", null=True),
    "item_id": _text("The document or payment that was opened or settled.", null=True),
}
_LINE = _object(
    **_OF_LINE,
    invoiced=_number("What was invoiced."),
    paid=_number("What was paid of it."),
    adjusted=_number("What was settled otherwise, voided or written off."),
    balance=_number("What was owed after it."),
)
_CREDIT_LINE = _object(
    **_OF_LINE,
    issued=_number("What the customer was given to its credit."),
    spent=_number("What was used of it."),
    balance=_number("What was left after it."),
)
_OPEN_ITEM = _object(
    document_id=_text("The invoice."),
    number=_text("Its number.", null=True),
    customer_id=_text("Whose it is.", null=True),
    date=_day("Its day."),
    date_due=_day("When it is due.", null=True),
    days_past_due={"type": "integer", "description": "Since how many days it has been due; 0 for none."},
    total=_number("What it came to."),
    balance=_number("What is open of it."),
)
_OPEN_CREDIT = _object(
    account=_text("What it is.", enum=list(ACCOUNTS)),
    item_id=_text("The credit note or payment.", null=True),
    number=_text("Its number.", null=True),
    customer_id=_text("Whose it is.", null=True),
    date=_day("Its day; null for a credit balance.", null=True),
    amount=_number("What is left of it."),
)
_ALWAYS = ("customer_id", "type", "currency_code", "customers", "end", "credit", "net", "ageing")

STATEMENT = Told(
    _object(
        "A statement. Which sums and lists it has depends on its type.",
        customer_id=_text("For whom it is."),
        type=_text("Which it is.", enum=list(TYPES)),
        currency_code=_text("The currency of all its amounts."),
        customers=_list(
            _object(id=_text("The customer."), name=_text("Its name.")),
            "Whom it is about: the customer, and those below it.",
        ),
        start=_day("The first day; of balance_forward."),
        end=_day("The last day."),
        previous=_number("What was owed before the first day; of balance_forward."),
        invoiced=_number("The sum of what was invoiced."),
        paid=_number("The sum of what was paid."),
        adjusted=_number("The sum of what was settled otherwise, voided or written off."),
        balance=_number("What is owed at the end: previous + invoiced - paid - adjusted."),
        previous_credit=_number("What the customer had to its credit before the first day."),
        issued=_number("The sum of what it was given to its credit."),
        spent=_number("The sum of what was used of it."),
        credit=_number("What it has to its credit at the end."),
        net=_number("What is owed at the end when that is set against it."),
        total=_number("What is open of the items; of open_item."),
        lines=_list(_LINE, "What changed what is owed; of balance_forward."),
        credit_lines=_list(_CREDIT_LINE, "What changed what the customer has to its credit."),
        items=_list(_OPEN_ITEM, "What is open at the end; of open_item."),
        credits=_list(_OPEN_CREDIT, "What stands against it; of open_item."),
        ageing=_AGEING,
    )
    | {"required": list(_ALWAYS)},
    {
        "customer_id": f"cust_{_CUSTOMER_ID}",
        "type": "open_item",
        "currency_code": "EUR",
        "customers": [{"id": f"cust_{_CUSTOMER_ID}", "name": "Blue Harbour Chandlers Ltd"}],
        "end": "2026-01-31T00:00:00.000Z",
        "total": 120.5,
        "credit": 0,
        "net": 120.5,
        "items": [
            {
                "document_id": f"inv_{_INVOICE_ID}", "number": "2026-00017",
                "customer_id": f"cust_{_CUSTOMER_ID}", "date": "2026-01-31T00:00:00.000Z",
                "date_due": "2026-03-02T00:00:00.000Z", "days_past_due": 0, "total": 120.5,
                "balance": 120.5,
            }
        ],
        "credits": [],
        "ageing": _BUCKETS,
    },
)  # fmt: skip
