"""Where a language puts the key: each finds it, or raises Refused with `unauthorized`."""

import base64
import binascii
from collections.abc import Mapping

from billto.dialects.params import Given
from billto.domain.problems import Problem, Refused


def bearer(headers: Mapping[str, str], _given: Given) -> str:
    """The token of `Authorization: Bearer …`."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise Refused(Problem("unauthorized"))
    return token.strip()


def basic_user(headers: Mapping[str, str], given: Given) -> str:
    """The user of `Authorization: Basic …`, whose password is passed over; or a bearer's token."""
    scheme, _, said = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return bearer(headers, given)
    try:
        return base64.b64decode(said.strip(), validate=True).decode().partition(":")[0]
    except (binascii.Error, ValueError):
        raise Refused(Problem("unauthorized")) from None


def api_key(headers: Mapping[str, str], given: Given) -> str:
    """The token of `X-API-KEY`, or a bearer's."""
    return headers.get("x-api-key", "").strip() or bearer(headers, given)
