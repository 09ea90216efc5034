"""Space Invoices: how lists and refusals are written."""

from collections.abc import Mapping
from typing import Any

from billto.dialects.dialect import Failure, Listed, Said, Where
from billto.dialects.statuses import REASONS, headers_of
from billto.dialects.texts import sayable, sentence
from billto.domain.problems import CODES, Problem, Refused

_NOWHERE = Where()

# The `code` of a refusal, by status.
NAMES: Mapping[int, str] = {**REASONS, 429: "rate_limit_exceeded"}


def listing(listed: Listed) -> Said:
    page = listed.page
    return Said(
        {
            "data": list(map(listed.table.encode, page.records)),
            "pagination": {
                "total": -1 if page.total is None else page.total,
                "next_cursor": listed.next_cursor,
                "prev_cursor": listed.prev_cursor,
                "has_more": page.has_next,
            },
        }
    )


def failure(refused: Refused, _where: Where = _NOWHERE) -> Failure:
    """`{code, message, cause?}`; the cause lists every problem with the path to its field."""
    status = refused.status
    message = "; ".join(map(_sentence, refused.problems))
    body: dict[str, Any] = {"code": NAMES[status], "message": sayable(message)}
    issues = [issue(problem) for problem in refused.problems if problem.path]
    if issues:
        body["cause"] = {"name": "ValidationError", "issues": issues}
    return Failure(status, body, headers_of(refused, "Bearer"))


def issue(problem: Problem) -> dict[str, Any]:
    path = [sayable(one) if isinstance(one, str) else one for one in problem.path]
    return {"path": path, "code": problem.code, "message": sayable(problem.sentence)}


def _sentence(problem: Problem) -> str:
    if problem.code == "unauthorized":
        return "A valid API key is needed, in the header Authorization: Bearer …"
    return sentence(problem)


assert {code.status for code in CODES.values()} <= set(NAMES)
