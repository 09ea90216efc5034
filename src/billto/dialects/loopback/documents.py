"""v1: the document, in the order of the documented object."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from billto.dialects.codecs import Codec, shaped
from billto.dialects.custom import custom
from billto.dialects.loopback import lines, parties
from billto.dialects.loopback.lenient import BOOL, DAY, ID, MOMENT, MONEY, NUMBER, TEXT, renamed
from billto.dialects.wire import FIND, ONCE, RO, RW, SORT, WO, Table, derived, row, woven
from billto.domain.attrs import catalogue
from billto.domain.document import LINKED_MAX, OWED, PAYABLE, Document
from billto.domain.ids import read_id
from billto.domain.numerals import spelt
from billto.domain.problems import Problem, Refused

BOTH = (FIND, SORT)

TYPES = renamed(
    {
        "invoice": "invoice",
        "estimate": "estimate",
        "advance": "advance_invoice",
        "credit-note": "credit_note",
        "delivery-note": "delivery_note",
    }
)

# What is asked for beside attributes, under names that no attribute has.
DRAFT, EXPECTED, PAYMENTS, PLACES = "*draft", "*expected", "*payments", "*places"
ASIDE = (DRAFT, EXPECTED, PAYMENTS, PLACES)

# Its placeholders, and what they are called here.
_SMART = {
    "document number": "document_number",
    "organization name": "entity_name",
    "IBAN": "iban",
    "SWIFT": "bic",
    "bank": "bank_name",
    "address": "entity_address",
    "address2": "entity_address_2",
    "zip": "entity_post_code",
    "city": "entity_city",
    "country": "entity_country",
    "tax number": "entity_tax_number",
    "company number": "entity_company_number",
}
_BACK = {ours: theirs for theirs, ours in _SMART.items()}
_IN_SQUARE = re.compile(rf"\[({'|'.join(map(re.escape, _SMART))})\]")
_IN_CURLY = re.compile(rf"\{{({'|'.join(map(re.escape, _BACK))})\}}")

SMART = Codec(
    lambda value: _IN_SQUARE.sub(lambda found: f"{{{_SMART[found[1]]}}}", TEXT.decode(value)),
    lambda text: _IN_CURLY.sub(lambda found: f"[{_BACK[found[1]]}]", text),
    TEXT.parse,
    TEXT.schema,
)


def _currency(value: Any) -> str:
    text = TEXT.decode(value).upper()
    if len(text) != 3 or not (text.isascii() and text.isalpha()):
        raise Refused(Problem("invalid_format", detail="three letters, as ISO 4217 has them"))
    return str(text)


CURRENCY = Codec(_currency, None, _currency, {"type": "string", "pattern": "^[A-Z]{3}$"})


def _places(given: Any) -> Mapping[str, Any]:
    if given is None:
        return {}
    places = NUMBER.decode(given)
    if not 0 <= places <= lines.PLACES_MAX or places != int(places):
        raise Refused(Problem("out_of_range", detail=f"0 to {lines.PLACES_MAX}"))
    return {PLACES: int(places)}


def _flag(name: str) -> Any:
    return lambda given: {} if given is None else {name: bool(BOOL.decode(given))}


def _expected(given: Any) -> Mapping[str, Any]:
    """The total that is reckoned with; what a computer's fractions add to it is cut off."""
    if given in (None, ""):
        return {}
    exact = NUMBER.decode(given)
    if abs(exact) > 10**15:
        raise Refused(Problem("out_of_range", detail="a total"))
    return {EXPECTED: round(exact, lines.PLACES)}


def _payments(given: Any) -> Mapping[str, Any]:
    if given is not None and not isinstance(given, list):
        raise Refused(Problem("wrong_type", detail="a list"))
    return {PAYMENTS: given} if given else {}


def _linked(given: Any) -> Mapping[str, Any]:
    if given is None:
        return {"linked_ids": None}
    if not isinstance(given, list):
        raise Refused(Problem("wrong_type", detail="a list"))
    if len(given) > LINKED_MAX:
        raise Refused(Problem("too_many", detail=str(LINKED_MAX)))
    found = [read_id(one) if isinstance(one, str) else None for one in given]
    wrong = [at for at, one in enumerate(found) if one is None]
    if wrong:
        raise Refused(*(Problem("invalid_format", (at,), "24 hexadecimal digits") for at in wrong))
    return {"linked_ids": found or None}


def _sets(attr: str, read: Any) -> Any:
    return lambda given: {} if given is None else {attr: read(given)}


# What has been paid, and what is open


def due(document: Document) -> Decimal:
    """A draft asks for everything, what is canceled for nothing any more."""
    if document.type not in OWED or document.voided_at is not None:
        return Decimal(0)
    return document.total_with_tax if document.issued_at is None else document.balance


def paid(document: Document) -> Decimal:
    if document.type not in OWED or document.voided_at is not None or document.issued_at is None:
        return Decimal(0)
    return document.total_with_tax - document.balance - document.written_off


def is_paid(document: Document) -> bool:
    return document.type in PAYABLE and document.paid_at is not None


_FIGURE = {"type": "number"}
_FLAG = {"type": "boolean"}
_LIST = {"type": "array", "items": {"type": "object"}}
_OBJECT = {"type": ["object", "null"]}
_OPEN = ("type", "issued_at", "voided_at", "total_with_tax", "balance", "written_off")
_L10N = catalogue(Document)["translations"].shape
assert _L10N is not None


DOCUMENT = Table(
    Document,
    #   on the wire           attribute             codec     access  questions
    row("id",                 "id",                 ID,       RO,     *BOTH),
    row("number",             "number",             TEXT,     RW,     *BOTH),
    row("type",               "type",               TYPES,    ONCE,   *BOTH),
    row("date",               "date",               DAY,      RW,     *BOTH),
    row("dateDue",            "due_date",           DAY,      RW,     *BOTH),
    row("dateService",        "service_date",       DAY,      RW,     *BOTH),
    row("dateServiceTo",      "service_date_to",    DAY,      RW,     *BOTH),
    row("dateValidTill",      "valid_until",        DAY,      RW,     *BOTH),
    row("datePaid",           "paid_at",            MOMENT,   RO,     *BOTH),
    row("reference",          "reference",          TEXT,     RW,     *BOTH),
    woven("draft",            lambda document: document.issued_at is None, _flag(DRAFT), _FLAG,
          ("issued_at",)),
    row("currencyId",         "currency_code",      CURRENCY, RW,     *BOTH),
    derived("canceled",       lambda document: document.voided_at is not None, _FLAG, "", ("voided_at",)),
    row("clientId",           "customer_id",        ID,       RW,     *BOTH),
    row("organizationId",     "entity_id",          ID,       RO,     FIND),
    woven("_documentClient",  parties.shown_client, _sets("buyer", parties.read_client), _OBJECT,
          ("id", "buyer")),
    woven("_documentIssuer",  parties.shown_issuer, _sets("issuer", parties.read_issuer), _OBJECT,
          ("id", "issuer")),
    woven("_documentItems",   lines.shown, _sets("lines", lines.read), _LIST, ("lines", "issuer")),
    row("note",               "note",               SMART,    RW,     FIND),
    row("signature",          "signature",          SMART,    RW,     FIND),
    row("footer",             "footer",             SMART,    RW,     FIND),
    woven("documentIds",      lambda document: document.linked_ids or [], _linked,
          {"type": "array", "items": {"type": "string"}}, ("linked_ids",)),
    row("uniqueId",           "unique_id",          TEXT,     RW,     *BOTH),
    woven("decimalPlaces",    lines.places_of, _places, {"type": "integer"}, ("issuer",)),
    woven("expectedTotalWithTax", lambda document: None, _expected, _FIGURE, (), WO),
    woven("payments",         lambda document: None, _payments, _LIST, (), WO),
    row("total",              "total",              MONEY,    RO,     *BOTH),
    row("totalWithTax",       "total_with_tax",     MONEY,    RO,     *BOTH),
    row("totalDiscount",      "total_discount",     MONEY,    RO,     *BOTH),
    derived("totalPaid",      lambda document: spelt(paid(document)), _FIGURE, "", _OPEN),
    derived("totalDue",       lambda document: spelt(due(document)), _FIGURE, "", _OPEN),
    derived("paidInFull",     is_paid, _FLAG, "", ("type", "paid_at")),
    derived("hasUnit",        lambda document: any(line.get("unit") for line in document.lines), _FLAG, "",
            ("lines",)),
    derived("sentSnailMail",  lambda document: document.sent_at is not None, _FLAG, "", ("sent_at",)),
    derived("_documentTaxes", lambda document: lines.taxes(document, reverse=False), _LIST, "",
            ("tax_summary",)),
    derived("_documentReverseTaxes", lambda document: lines.taxes(document, reverse=True), _LIST, "",
            ("tax_summary",)),
    derived("_documentConversionRate", lambda document: [], _LIST, "Nothing is converted."),
    derived("isValidEslog",   lambda document: False, _FLAG, "No e-SLOG is written."),
    row("l10n",               "translations",       shaped(_L10N), RW),
    custom("custom"),
    row("createdAt",          "created_at",         MOMENT,   RO,     *BOTH),
    row("updatedAt",          "updated_at",         MOMENT,   RO,     *BOTH),
)  # fmt: skip
