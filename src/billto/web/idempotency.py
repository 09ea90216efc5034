"""The same request twice is one effect and the same answer."""

import hashlib
import json
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from billto.domain.answer import REQUEST_ID_LENGTH_MAX
from billto.domain.problems import Problem, Refused
from billto.web.call import Call


def _plain(value: Any) -> str:
    return hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else repr(value)


_SALT = b"billto answers"

# All in ASCII: fields that nobody reads may hold halves of surrogate pairs, for which UTF-8 has no bytes.
_canonical = json.JSONEncoder(sort_keys=True, default=_plain).encode


def given_id(headers: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    """The id that a client gave its request, in the first of some headers."""
    given = headers.get(header(headers, names))
    if not given:
        return None
    if len(given) > REQUEST_ID_LENGTH_MAX or not given.isascii() or not given.isprintable():
        detail = f"must be at most {REQUEST_ID_LENGTH_MAX} printable ASCII characters"
        raise Refused(Problem("bad_parameter", (shown(header(headers, names)),), detail))
    return given


def header(headers: Mapping[str, str], names: tuple[str, ...]) -> str:
    """The header that has the id, or would have it."""
    return next((name for name in names if headers.get(name)), names[-1])


def shown(name: str) -> str:
    """The header's name as documents write it."""
    return "-".join(part.capitalize() for part in name.split("-"))


def made_id() -> str:
    """An id for a request that came without one; it names, it does not protect."""
    return f"req_{random.getrandbits(96):024x}"


def fingerprint(call: Call, body: Any) -> str:
    """What makes a request the same request: its address and what its body says, however it is spelt."""
    said = _canonical([call.route.method, call.dialect.prefix + call.route.path, *call.ids.values(), body])
    if call.route.is_secret:
        # It is kept with the answer: a password among known words must not be guessed from it.
        return hashlib.scrypt(said.encode(), salt=_SALT, n=2**14, r=8, p=1, dklen=32).hex()
    return hashlib.sha256(said.encode()).hexdigest()


class InFlight:
    """The requests with an id that this process is working on."""

    def __init__(self) -> None:
        self._ids: set[tuple[str, str]] = set()

    def has(self, tenant: str, request_id: str) -> bool:
        return (tenant, request_id) in self._ids

    @contextmanager
    def only(self, tenant: str, request_id: str, name: str) -> Iterator[None]:
        """Raises Refused with `key_in_flight` while the same id is being worked on."""
        one = (tenant, request_id)
        if one in self._ids:
            raise Refused(Problem("key_in_flight", (name,)), retry_seconds=1)
        self._ids.add(one)
        try:
            yield
        finally:
            self._ids.discard(one)
