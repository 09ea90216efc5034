"""v1: how lists and refusals are written."""

from collections.abc import Iterable, Mapping
from typing import Any

from billto.dialects.dialect import Failure, Listed, Said, Where
from billto.dialects.loopback.filters import Form
from billto.dialects.texts import sayable
from billto.domain.problems import CODES, Problem, Refused

PREFIX = "/v1"
MESSAGE_LENGTH_MAX = 2_000

# What LoopBack calls the records.
MODELS: Mapping[str, str] = {
    "Customer": "Client",
    "Entity": "Organization",
    "Account": "Account",
    "Document": "Document",
    "Payment": "Payment",
    "Item": "Item",
    "TaxRate": "Tax",
}

# Statuses that v1 does not have, or has for something else.
_STATUSES: Mapping[str, int] = {
    "method_not_allowed": 404,
    "read_only_key": 401,
    "account_key_needed": 401,
    "other_environment": 401,
    "sandbox_only": 401,
    "taken": 422,
    "issued_already": 422,
    "still_draft": 422,
    "voided": 422,
    "closed": 422,
    "settled_elsewhere": 422,
}
_NAMES: Mapping[str, str] = {"malformed": "SyntaxError", "duplicate_key": "SyntaxError"}
_CODES: Mapping[str, str] = {
    "unauthorized": "AUTHORIZATION_REQUIRED",
    "read_only_key": "AUTHORIZATION_REQUIRED",
    "account_key_needed": "AUTHORIZATION_REQUIRED",
    "other_environment": "AUTHORIZATION_REQUIRED",
    "login_failed": "LOGIN_FAILED",
    "login_incomplete": "USERNAME_EMAIL_REQUIRED",
    "rate_limited": "RATE_LIMIT_EXCEEDED",
    "no_channel": "NO_CHANNEL",
}
_MESSAGES: Mapping[str, str] = {
    "unauthorized": "Authorization Required",
    "internal": "Internal Server Error",
}

# Validations of LoopBack, with the value that was not there.
_ABSENT: Mapping[str, str] = {"required": "undefined", "not_null": "null", "too_short": '""'}
_VALIDATIONS: Mapping[str, str] = {
    "too_long": "length.max",
    "too_many": "length.max",
    "too_short": "length.min",
    "unknown_choice": "inclusion",
    "invalid_format": "format",
    "taken": "uniqueness",
}


def listed(records: Iterable[Mapping[str, Any]], total: int | None) -> Said:
    """An array, with the number of all there are beside it."""
    return Said(list(records), headers={"x-total-count": str(total)})


def listing(page: Listed) -> Said:
    form: Form = page.form
    encode = page.table.encode
    return listed((form.shown(encode(one)) for one in page.page.records), page.page.total)


def failure(refused: Refused, where: Where) -> Failure:
    """`{error: {statusCode, name, message, code?, details?}}`."""
    first = refused.problems[0]
    status = _STATUSES.get(first.code, CODES[first.code].status)
    headers = {} if refused.retry_seconds is None else {"Retry-After": str(refused.retry_seconds)}
    error: dict[str, Any] = {"statusCode": status, "name": _NAMES.get(first.code, "Error")}
    if status == 422 and first.path:
        error |= _invalid(refused.problems, where)
    elif first.code == "wrong_type":
        error |= {"statusCode": 400, "message": "Value is not an object."}
    elif first.code in ("unknown_path", "method_not_allowed"):
        error["message"] = (
            f"There is no method to handle {where.method} {where.path[len(PREFIX) :][:200] or '/'}"
        )
    elif first.code == "not_found":
        error |= _absent(first, where)
    else:
        error["message"] = "; ".join(map(_sentence, refused.problems))
    if first.code in _CODES:
        error["code"] = _CODES[first.code]
    error["message"] = sayable(error["message"])[:MESSAGE_LENGTH_MAX]
    return Failure(error["statusCode"], {"error": error}, headers)


def _sentence(problem: Problem) -> str:
    sentence = _MESSAGES.get(problem.code, problem.sentence)
    path = ".".join(map(str, problem.path))
    return f"{path}: {sentence}" if path else sentence


def _absent(problem: Problem, where: Where) -> dict[str, Any]:
    """LoopBack says it in three ways, by what was to be done."""
    route, ids = where.route, where.ids
    id = ids.get("entity", ids.get("id", ""))
    if route is not None and route.method == "PUT":
        return {"message": f"Could not replace. Object with id {id} does not exist!"}
    if route is not None and route.method == "GET" and "entity" not in ids:
        message = f'Unknown "{MODELS.get(problem.detail, problem.detail)}" id "{id}".'
    else:
        message = f"could not find a model with id {id}"
    return {"message": message, "code": "MODEL_NOT_FOUND"}


def _invalid(problems: Iterable[Problem], where: Where) -> dict[str, Any]:
    model = _model(where)
    codes: dict[str, list[str]] = {}
    messages: dict[str, list[str]] = {}
    details = []
    for problem in problems:
        name = sayable(".".join(map(str, problem.path)))
        code, message, value = _validation(problem)
        codes.setdefault(name, []).append(code)
        messages.setdefault(name, []).append(sayable(message))
        details.append(f"`{name}` {message}{value}")
    message = f"The `{model}` instance is not valid. Details: {'; '.join(details)}."
    return {
        "name": "ValidationError",
        "message": message,
        "details": {"context": model, "codes": codes, "messages": messages},
    }


def _model(where: Where) -> str:
    """What was to be written at an address; the payments of a document are none."""
    if where.route is None:
        return "Model"
    if where.route.path.endswith("/payments"):
        return "Payment"
    return MODELS[where.route.table.record.__name__]


def _validation(problem: Problem) -> tuple[str, str, str]:
    """The code, the sentence, and what was there instead, of one fault."""
    if problem.code in _ABSENT and (problem.code != "too_short" or problem.detail == "1"):
        return "presence", "can't be blank", f" (value: {_ABSENT[problem.code]})"
    return _VALIDATIONS.get(problem.code, problem.code), problem.sentence, ""
