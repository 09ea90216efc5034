"""What providers' HTTP APIs have in common: how they are asked, and what their refusals mean."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from billto.domain.mailbox import one_line
from billto.work.parcel import Undelivered

_ANSWER_MAX = 1_000_000  # bytes: what is longer is no answer of such an API
_WRONG_CREDENTIALS = (401, 403)
_TOO_MANY = 429
_OUR_FAULT, _THEIR_FAULT = 400, 500
_WAIT_MAX = 86_400
# Statuses of the four hundreds that say nothing of the message itself.
_PASSING = (404, 405, 407, 408, 409, 425, *_WRONG_CREDENTIALS, _TOO_MANY)


class Answer(Undelivered):
    """A refusal that came with words."""

    def __init__(
        self, reason: str, said: Mapping[str, Any], *, is_final: bool = False, wait_seconds: float = 0
    ) -> None:
        super().__init__(reason, is_final=is_final, wait_seconds=wait_seconds)
        self.said = said
        self.is_of_request = is_final  # it is about this request, and not about all of them


async def posted(
    url: str, *, who: tuple[str, str], seconds: float, now: datetime, **body: Any
) -> Mapping[str, Any]:
    """The answer to a request that was taken; raises Undelivered for every other end of it.

    Redirects are not followed: whoever redirects our credentials elsewhere is not whom we mean.
    """
    try:
        async with (
            httpx.AsyncClient(timeout=seconds, follow_redirects=False, trust_env=False) as client,
            client.stream("POST", url, auth=who, **body) as response,
        ):
            raw = b""
            async for some in response.aiter_bytes():
                raw += some
                if len(raw) > _ANSWER_MAX:
                    raise Undelivered("its answer does not end")
    except httpx.HTTPError as fault:
        reason = one_line(str(fault)) or type(fault).__name__
        raise Undelivered(f"{httpx.URL(url).host}: {reason}") from fault
    said = _read(raw)
    if 200 <= response.status_code < 300 and said:
        return said
    raise _refused(response, said, now)


def _refused(response: httpx.Response, said: Mapping[str, Any], now: datetime) -> Answer:
    """Only what a provider says of the message itself is final: the rest heals, or somebody mends it."""
    status = response.status_code
    inner = said.get("error")
    words = (inner.get("message") if isinstance(inner, Mapping) else None) or said.get("message") or ""
    code = (inner.get("code") if isinstance(inner, Mapping) else None) or said.get("code") or ""
    reason = one_line(f"{status} {code} {words}" if words else f"{status} {response.reason_phrase}")
    is_final = bool(words) and _OUR_FAULT <= status < _THEIR_FAULT and status not in _PASSING
    return Answer(
        reason, said, is_final=is_final, wait_seconds=_wait(response.headers.get("retry-after"), now)
    )


def _wait(text: str | None, now: datetime) -> float:
    """Retry-After: seconds, or a date."""
    if not text:
        return 0
    if text.strip().isascii() and text.strip().isdigit():
        return min(int(text.strip()[:9]), _WAIT_MAX)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return 0
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max((moment - now).total_seconds(), 0), _WAIT_MAX)


def _read(raw: bytes) -> Mapping[str, Any]:
    """The object in an answer; nothing, where it is none."""
    try:
        said = json.loads(raw)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
