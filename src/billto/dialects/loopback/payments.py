"""v1: the payment, in the order of the documented object."""

from decimal import Decimal
from typing import Any

from billto.dialects.codecs import Codec
from billto.dialects.custom import custom
from billto.dialects.loopback.lenient import ID, MOMENT, MONEY, PLAIN_DAY, TEXT
from billto.dialects.wire import FIND, ONCE, RO, RW, SORT, Table, row
from billto.domain.numerals import spelt
from billto.domain.payment import Payment
from billto.domain.problems import Problem, Refused

BOTH = (FIND, SORT)

_METHODS = {
    "bank": "bank_transfer", "online": "online", "paypal": "paypal", "cash": "cash", "card": "card",
    "crypto": "crypto", "coupon": "coupon", "other": "other",
}  # fmt: skip
_BACK = {ours: theirs for theirs, ours in _METHODS.items()}


def _method(given: Any) -> str:
    if isinstance(given, str) and given in _METHODS:
        return _METHODS[given]
    raise Refused(Problem("unknown_choice", detail=", ".join(_METHODS)))


# Other doors know ways to pay that v1 has no word for.
METHODS = Codec(
    _method,
    lambda ours: _BACK.get(ours, "other"),
    _method,
    {"type": "string", "enum": list(_METHODS)},
)


PAYMENT = Table(
    Payment,
    #   on the wire           attribute             codec      access  questions
    row("id",                 "id",                 ID,        RO,     *BOTH),
    row("documentId",         "document_id",        ID,        ONCE,   *BOTH),
    row("organizationId",     "entity_id",          ID,        RO,     FIND),
    row("clientId",           "customer_id",        ID,        ONCE,   *BOTH),
    row("type",               "method",             METHODS,   RW,     *BOTH),
    row("date",               "date",               PLAIN_DAY, RW,     *BOTH),
    row("amount",             "amount",             MONEY,     RW,     *BOTH),
    row("currencyId",         "currency_code",      TEXT,      RO,     *BOTH),
    row("description",        "note",               TEXT,      RW,     FIND),
    row("note",               "note",               TEXT,      RW,     FIND),
    row("tag",                "tag",                TEXT,      RW,     *BOTH),
    row("transactionId",      "transaction_id",     TEXT,      RW,     *BOTH),
    custom("custom"),
    row("createdAt",          "created_at",         MOMENT,    RO,     *BOTH),
    row("updatedAt",          "updated_at",         MOMENT,    RO,     *BOTH),
)  # fmt: skip
APPLICATIONS = frozenset({"amount", "applications"})


def shown(payment: Payment) -> dict[str, Any]:
    """The payment; where no money came and only credit was moved, its amount is what was."""
    moved = sum((Decimal(one["amount"]) for one in payment.applications), Decimal(0))
    return {**PAYMENT.encode(payment), "amount": spelt(payment.amount or moved)}
