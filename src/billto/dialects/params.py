"""Query parameters as a table: name, codec, default, bounds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from billto.dialects.codecs import Codec
from billto.domain.problems import Problem, Refused

# Name → every value given under it, in their order.
Given = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter."""

    name: str
    codec: Codec
    default: Any = None
    least: int | None = None
    most: int | None = None
    several: bool = False
    says: str = ""


def take(given: Given, spec: Sequence[Param]) -> dict[str, Any]:
    """The values of the parameters in the table, read and bounded; others are not looked at.

    Raises Refused with every problem found.
    """
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for one in spec:
        try:
            values[one.name] = _taken(one, given.get(one.name, ()))
        except Refused as refused:
            problems += (_as_parameter(problem, one.name) for problem in refused.problems)
    if problems:
        raise Refused(*problems)
    return values


def _taken(one: Param, texts: Sequence[str]) -> Any:
    if one.several:
        return tuple(map(one.codec.parse, texts))
    if not texts:
        return one.default
    value = one.codec.parse(texts[-1])
    too_small = one.least is not None and value < one.least
    if too_small or (one.most is not None and value > one.most):
        raise Refused(Problem("out_of_range", detail=f"{one.least} to {one.most}"))
    return value


def _as_parameter(problem: Problem, name: str) -> Problem:
    """A parameter that cannot be read is a bad request, whatever is wrong with it."""
    return Problem("bad_parameter", (name,), problem.sentence)
