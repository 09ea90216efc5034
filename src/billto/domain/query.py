"""Questions about records: the one tree into which every dialect's filter language is read.

Truth has two values here. A comparison with a missing value is false, so `Not(x)` is exactly the records
that `x` leaves out; `matches` below is the definition, and the SQL of both databases must agree with it.
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, NamedTuple

from billto.domain.folding import SEAM, fold, search_text


class Op(Enum):
    """How a value is compared. Text compares by code point; the last four are blind to case and accents."""

    EQ = "eq"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    IN = "in"
    CONTAINS = "contains"
    STARTS = "starts"
    ENDS = "ends"
    SAME = "same"


FOLDED = frozenset({Op.CONTAINS, Op.STARTS, Op.ENDS, Op.SAME})


@dataclass(frozen=True, slots=True)
class Compare:
    """An attribute, or with `key` one value of a map, against a value (against several with IN)."""

    attr: str
    op: Op
    value: Any
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """The attribute (or the key of a map) has no value."""

    attr: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """Some searched text contains the term."""

    term: str


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; without parts, everything."""

    parts: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True)
class Either:
    """At least one part holds; without parts, nothing."""

    parts: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    """What the part leaves out."""

    part: "Node"


Node = Compare | Missing | Words | All | Either | Not


@dataclass(frozen=True, slots=True)
class Order:
    """One column of an ordering. Missing values come last going up and first going down."""

    attr: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Start:
    """Where a page begins: right after a place in the ordering, or, going backwards, right before it."""

    place: tuple[Any, ...]
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A question for a page of records."""

    where: Node = All()
    order: tuple[Order, ...] = ()
    limit: int = 10
    start: Start | None = None
    skip: int = 0  # for languages that page by number; never together with start
    trashed: bool | None = False  # None: what is in the trash and what is not
    counted: bool = True
    # The attributes that are looked at; the others of the records are None. Without it, all of them.
    shows: frozenset[str] | None = None

    def within(self, condition: Node) -> "Query":
        """The same question about fewer records."""
        return replace(self, where=condition if self.where == All() else All((condition, self.where)))


@dataclass(frozen=True, slots=True)
class Page:
    """What came of a question: records in order, how many there are in all, and whether there are others."""

    records: tuple[Any, ...]
    total: int | None
    has_next: bool
    has_previous: bool


class Below(NamedTuple):
    """How many customers hang on one, and over how many generations, as far as was looked."""

    generations: int
    records: int


# What each operator means, for a value that is there and an operand.
MEANING: Mapping[Op, Callable[[Any, Any], bool]] = {
    Op.EQ: operator.eq,
    Op.LT: operator.lt,
    Op.LE: operator.le,
    Op.GT: operator.gt,
    Op.GE: operator.ge,
    Op.IN: lambda have, want: have in want,
    Op.CONTAINS: lambda have, want: fold(want) in fold(have),
    Op.STARTS: lambda have, want: fold(have).startswith(fold(want)),
    Op.ENDS: lambda have, want: fold(have).endswith(fold(want)),
    Op.SAME: lambda have, want: fold(have) == fold(want),
}


def matches(node: Node, record: NamedTuple) -> bool:
    """Whether a record answers a question: what the question means, and the oracle of the store."""
    match node:
        case All(parts):
            return all(matches(part, record) for part in parts)
        case Either(parts):
            return any(matches(part, record) for part in parts)
        case Not(part):
            return not matches(part, record)
        case Missing(attr, key):
            return _value(record, attr, key) is None
        case Words(term):
            return any(fold(term) in text for text in search_text(record).split(SEAM))
        case Compare(attr, op, want, key):
            have = _value(record, attr, key)
            return have is not None and MEANING[op](have, want)


def comparisons(node: Node) -> Iterator[Compare]:
    """All that a question compares, wherever in it."""
    match node:
        case All(parts) | Either(parts):
            for part in parts:
                yield from comparisons(part)
        case Not(part):
            yield from comparisons(part)
        case Compare():
            yield node


def rewritten(node: Node, change: Callable[[Compare], Node]) -> Node:
    """The question with something else in place of each comparison."""
    match node:
        case All(parts):
            return All(tuple(rewritten(part, change) for part in parts))
        case Either(parts):
            return Either(tuple(rewritten(part, change) for part in parts))
        case Not(part):
            return Not(rewritten(part, change))
        case Compare():
            return change(node)
        case _:
            return node


def _value(record: NamedTuple, attr: str, key: str | None) -> Any:
    value = getattr(record, attr)
    return value if key is None else value.get(key)
