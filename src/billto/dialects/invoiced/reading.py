"""Invoiced: what a request says, read leniently: ids in addresses, bodies of every client's manner."""

import re
from typing import Any

from billto.dialects.dialect import Told
from billto.domain.problems import Problem, Refused

_DIGITS = re.compile(r"[0-9]{1,18}")


def read_id(text: str) -> int | None:
    """The whole number that is an id here; None for what is none."""
    return int(text) if _DIGITS.fullmatch(text) else None


def id_of(told: Told, name: str, record: str) -> int:
    """The id in the address; what cannot be one is as absent as an unknown one."""
    found = read_id(told.ids[name])
    if found is None:
        raise Refused(Problem("not_found", detail=record))
    return found


def fields(told: Told) -> dict[str, Any]:
    """The object in a body. Go sends null where it has nothing to say, PHP a list, .NET a number."""
    body = told.body
    if isinstance(body, dict):
        return body
    if body in (None, []) or (isinstance(body, int) and not isinstance(body, bool)):
        return {}
    raise Refused(Problem("malformed", detail="the body is no object"))
