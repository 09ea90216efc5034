"""What HTTP says of refusals in every language: the names of statuses, and the headers beside them."""

from collections.abc import Mapping

from billto.domain.problems import Refused

REASONS: Mapping[int, str] = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "request_timeout",
    409: "conflict",
    412: "precondition_failed",
    413: "payload_too_large",
    415: "unsupported_media_type",
    422: "unprocessable_entity",
    429: "too_many_requests",
    500: "internal_server_error",
    503: "service_unavailable",
    507: "insufficient_storage",
}


def headers_of(refused: Refused, challenge: str) -> dict[str, str]:
    """When to try again, and how a key is given where there was none."""
    headers = {}
    if refused.retry_seconds is not None:
        headers["Retry-After"] = str(refused.retry_seconds)
    if refused.status == 401:
        headers["WWW-Authenticate"] = challenge
    return headers
