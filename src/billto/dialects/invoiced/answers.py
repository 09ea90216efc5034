"""Invoiced: how lists and refusals are written."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from billto.dialects.dialect import Failure, Listed, Said, Where
from billto.dialects.invoiced.query import PAGING
from billto.dialects.invoiced.urls import PREFIX, written
from billto.dialects.statuses import headers_of
from billto.dialects.texts import sayable
from billto.domain.problems import CODES, Problem, Refused

_NOWHERE = Where()
# The clients know these and turn every other one into a fault of the server.
_KNOWN = frozenset({400, 401, 403, 404, 429})
# Addresses of lists end so: their clients look for the headers of a list even where they are refused.
_LISTS = (
    "customers", "contacts", "notes", "line_items", "payment_sources", "invoices", "credit_notes",
    "estimates", "payments", "credit_balance_adjustments", "tax_rates", "items", "attachments",
    "chasing_cadences", "tasks", "email_templates", "sms_templates",
)  # fmt: skip
_QUERY_LENGTH_MAX = 4_000  # five links have to fit into one header line

# Where the id of a record stands in the address.
_PLACES = {
    "Customer": "id", "Contact": "contact", "Note": "note", "LineItem": "line_item", "Card": "card",
    "BankAccount": "bank_account", "Document": "id", "Payment": "id", "Adjustment": "id", "Item": "name",
    "TaxRate": "name", "Cadence": "id", "Task": "id", "EmailTemplate": "name", "SmsTemplate": "name",
}  # fmt: skip
_CALLED = {
    "LineItem": "Line item", "BankAccount": "Bank account", "TaxRate": "Tax rate",
    "Adjustment": "Credit balance adjustment", "Cadence": "Chasing cadence",
    "EmailTemplate": "Email template", "SmsTemplate": "SMS template",
}  # fmt: skip
_DOCUMENTS = {"/invoices": "Invoice", "/credit_notes": "Credit note", "/estimates": "Estimate"}

_MISSING = frozenset({"required", "not_null"})
_UNREADABLE = frozenset(
    {"malformed", "duplicate_key", "too_deep", "invalid_text", "unsupported_media_type", "too_large"}
)
_SAID_OUT = frozenset(
    {
        "unknown_reference", "own_ancestor", "too_many", "too_many_below", "too_deep", "in_use", "immutable",
        "issued_already", "still_draft", "voided", "closed", "exceeds_open", "exceeds_payment",
        "credit_overspent", "other_currency", "other_customer", "not_payable", "too_many_taxes",
        "immutable_assigned",
    }
)  # fmt: skip
_OF_KEYS = frozenset({"key_reused", "key_in_flight"})
_OF_HEADERS = _OF_KEYS | {"entity_needed", "no_entity", "changed_since"}


def listing(listed: Listed) -> Said:
    """The bare records; where the other pages are stands in the headers."""
    return listed_as(
        [listed.table.encode(one) for one in listed.page.records],
        listed.page.total or 0, listed.query.skip, listed.query.limit, listed.url, listed.given,
    )  # fmt: skip


def listed_as(
    shown: Any, total: int, skip: int, limit: int, url: str, given: Mapping[str, Sequence[str]]
) -> Said:
    """A list that is part of a longer one."""
    page, last = skip // limit + 1, max(1, -(-total // limit))
    pages = {"self": page, "first": 1}
    if page > 1:
        pages["previous"] = min(page - 1, last)
    if page < last:
        pages["next"] = page + 1
    pages["last"] = last
    # Who adds its parameters once more to a link that has them means the last ones.
    asked = {name: values[-1] for name, values in given.items() if name not in PAGING and values}
    kept = urlencode(asked, quote_via=quote, safe="")
    if len(kept) > _QUERY_LENGTH_MAX:
        raise Refused(Problem("bad_parameter", detail="the query string is too long"))
    base = written(url)
    links = (
        f'<{base}?{kept}{"&" if kept else ""}page={number}&per_page={limit}>; rel="{name}"'
        for name, number in pages.items()
    )
    return Said(shown, headers={"Link": ", ".join(links), "X-Total-Count": str(total)})


def failure(refused: Refused, where: Where = _NOWHERE) -> Failure:
    """`{type, message, param?}`, about the first problem."""
    problem = refused.problems[0]
    status = refused.status if refused.status in _KNOWN or refused.status >= 500 else 400
    body: dict[str, Any] = {
        "type": "api" if status >= 500 else "invalid_request",
        "message": sayable(_message(problem, where)),
    }
    if problem.path and CODES[problem.code].status in (400, 409, 422) and problem.code not in _OF_HEADERS:
        body["param"] = sayable(str(problem.path[0])[:100])
    headers = {**_of_list(where), **headers_of(refused, 'Basic realm="API key"')}
    return Failure(status, body, headers)


def _of_list(where: Where) -> dict[str, str]:
    """Java's client dies of a refused list without them, and never tells why it was refused."""
    if where.method != "GET" or not where.path.endswith(_LISTS):
        return {}
    return {"Link": f'<{quote(where.path)}>; rel="self"', "X-Total-Count": "0"}


def _message(problem: Problem, where: Where) -> str:
    code, sentence = problem.code, problem.sentence
    match code:
        case "unauthorized":
            return "We could not authenticate the supplied API Key."
        case "not_found":
            return _not_found(problem.detail, where)
        case "unknown_path" | "method_not_allowed":
            return f"Request was not recognized: {where.method} {where.path[len(PREFIX) :] or '/'}"
        case "read_only_key":
            return "You do not have permission to do that"
        case "bad_parameter":
            return _of_parameter(problem)
        case _ if code in _OF_KEYS:
            return f"Idempotency-Key {sentence}"
        case _ if (
            code in _UNREADABLE
            and where.method != "GET"
            and (not problem.path or problem.path[0] in ("body", "Content-Type"))
        ):
            return "Unable to parse request body."
        case _ if problem.path and CODES[code].status in (409, 422, 400) and code not in _OF_HEADERS:
            return _of_field(problem)
        case _:
            return sentence[:1].upper() + sentence[1:]


def _of_parameter(problem: Problem) -> str:
    name, sentence = str(next(iter(problem.path), "")), problem.sentence
    if not name or sentence.startswith("Invalid"):
        return sentence[:1].upper() + sentence[1:]
    return f"{name if name == 'Idempotency-Key' else _label(name)} {sentence}"


# What the core calls parts of lines and applications.
_PARTS = {
    "price": "unit_cost", "document": "invoice", "source": "credit_note", "code": "taxes", "tax_id": "taxes",
}  # fmt: skip


def _of_field(problem: Problem) -> str:
    if problem.code == "not_offered":
        return problem.sentence[:1].upper() + problem.sentence[1:]
    label = _label(str(problem.path[0]))
    if problem.code in _MISSING | _SAID_OUT:  # of something in a list, what is wrong with it
        inner = [one for one in problem.path if isinstance(one, str)]
        label = _label(_PARTS.get(inner[-1], inner[-1]) if len(inner) > 1 else inner[0])
    if problem.code in _MISSING:
        return f"{label} is missing"
    if problem.code == "taken":
        return f"The {label} you chose has already been taken. Please try a different {label}."
    if problem.code in _SAID_OUT or CODES[problem.code].status == 400:
        return f"{label} {problem.sentence}"
    return f"{label} is invalid"


def _label(name: str) -> str:
    return " ".join(part.capitalize() for part in name.split("_"))[:100]


def _not_found(record: str, where: Where) -> str:
    id_ = where.ids.get(_PLACES.get(record, ""))
    called = _CALLED.get(record, record)
    if record == "Document":
        path = where.path[len(PREFIX) :]
        called = next((name for start, name in _DOCUMENTS.items() if path.startswith(start)), "Document")
    return f"{called} was not found: {id_[:100]}" if id_ else f"{called} was not found"
