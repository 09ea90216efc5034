"""faktoora: how lists and refusals are written."""

from collections.abc import Mapping, Sequence
from typing import Any

from billto.dialects.dialect import Failure, Listed, Said, Where
from billto.dialects.faktoora.query import RELATIONS, relations
from billto.dialects.statuses import REASONS, headers_of
from billto.dialects.texts import sayable, sentence
from billto.domain.problems import CODES, Refused
from billto.domain.query import Query

_NOWHERE = Where()

# The `code` of a refusal, by status. The vendor answers 400 also for a value that does not fit.
NAMES: Mapping[int, str] = {status: reason.upper() for status, reason in REASONS.items() if status != 422}


def status_of(refused: Refused) -> int:
    return 400 if refused.status == 422 else refused.status


def listing(listed: Listed) -> Said:
    asked = relations(listed.given)
    shown = [_related(listed.table.encode(one), asked) for one in listed.page.records]
    return Said(enveloped(shown, listed.query, listed.page.total or 0))


def enveloped(shown: Sequence[Any], query: Query, total: int) -> dict[str, Any]:
    meta = {
        "page": query.skip // query.limit + 1,
        "perPage": query.limit,
        "totalItems": total,
        "totalPages": -(-total // query.limit),
    }
    return {"data": shown, "meta": meta}


def _related(shown: dict[str, Any], asked: Sequence[str]) -> dict[str, Any]:
    """A record of a list with what was asked for: under the relation's name, and its own where it has one."""
    loaded = {own: shown.pop(own) for own in RELATIONS.values() if own}
    for name in asked:
        own = RELATIONS[name]
        if own:
            shown[own] = loaded[own]
        shown[name] = loaded[own] if own else None
    return shown


def dropped(_record: Any) -> dict[str, bool]:
    return succeeded(True)


def succeeded(whether: bool) -> dict[str, bool]:
    return {"succeed": whether}


def failure(refused: Refused, _where: Where = _NOWHERE) -> Failure:
    """`{code, statusCode, message}`; the message says every problem, with the field it is about."""
    status = status_of(refused)
    message = "; ".join(map(sentence, refused.problems))
    body = {
        "code": NAMES[status],
        "statusCode": status,
        "message": sayable(message),
    }
    return Failure(status, body, headers_of(refused, "Bearer"))


assert {code.status for code in CODES.values()} - {422} <= set(NAMES)
