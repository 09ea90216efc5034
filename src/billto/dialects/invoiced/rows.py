"""Invoiced: rows that several of its tables have."""

from collections.abc import Callable
from typing import Any

from billto.dialects.wire import FIND, SORT, Row, derived, woven
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


def none_yet(wire: str, what: str) -> Row:
    """A list that is empty as long as nothing can be in it."""
    return woven(wire, lambda _record: [], nothing_of(what), {"type": "array", "maxItems": 0}, ())
