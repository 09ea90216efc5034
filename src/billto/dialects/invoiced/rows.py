"""Invoiced: rows that several of its tables have."""

from collections.abc import Callable
from typing import Any

from billto.dialects.wire import FIND, SORT, Row, derived
from billto.domain.problems import Problem, Refused

BOTH = (FIND, SORT)


def fixed(wire: str, value: Any) -> Row:
    return derived(wire, lambda _record: value, {"const": value})


def nothing_of(what: str) -> Callable[[Any], dict[str, Any]]:
    """Takes an empty list, and refuses ids of what there is none of, rather than keep what means nothing."""

    def sets(given: Any) -> dict[str, Any]:
        if given in (None, [], {}):
            return {}
        named = given[0] if isinstance(given, list) else given
        shown = str(named.get("id", "")) if isinstance(named, dict) else str(named)
        raise Refused(Problem("unknown_reference", (), f"{what} {shown[:100]}".strip()))

    return sets


def refusing(what: str) -> Callable[[Any], dict[str, Any]]:
    """Takes nothing, and refuses anything else rather than pretend to have kept it."""

    def sets(given: Any) -> dict[str, Any]:
        if given in (None, "", [], {}, 0, "0"):
            return {}
        raise Refused(Problem("not_offered", (), what))

    return sets
