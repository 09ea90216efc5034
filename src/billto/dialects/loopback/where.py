"""v1: `where`, the conditions of LoopBack."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

from billto.dialects import asking
from billto.dialects.asking import LIST, ONE, PAIR, WORD, Field, Manner, Place, by, read_key
from billto.dialects.codecs import Codec
from billto.dialects.custom import json_of
from billto.dialects.loopback import patterns
from billto.dialects.loopback.lenient import BOOL, TEXT
from billto.dialects.wire import Table
from billto.domain.attrs import CUSTOM_SEARCHED_MAX
from billto.domain.customer import Customer
from billto.domain.document import PAYABLE, Document
from billto.domain.nodes import Anything
from billto.domain.numerals import NumberFault, read_fraction, read_whole
from billto.domain.problems import Problem, Refused
from billto.domain.query import All, Compare, Either, Missing, Node, Not, Op, Words

Condition = Callable[[Place, Any], Node]


def negated(condition: Condition) -> Condition:
    return lambda place, value: Not(condition(place, value))


def _words(equal: Condition, among: Condition) -> asking.Words:
    return {
        "eq":      (ONE,  equal),
        "neq":     (ONE,  negated(equal)),
        "inq":     (LIST, among),
        "nin":     (LIST, negated(among)),
        "gt":      (ONE,  by(Op.GT)),
        "gte":     (ONE,  by(Op.GE)),
        "lt":      (ONE,  by(Op.LT)),
        "lte":     (ONE,  by(Op.LE)),
        "between": (PAIR, asking.between),
        "like":    (WORD, patterns.like),
        "nlike":   (WORD, negated(patterns.like)),
        "ilike":   (WORD, patterns.like),
        "nilike":  (WORD, negated(patterns.like)),
        "regexp":  (WORD, patterns.regexp),
    }  # fmt: skip


WORDS = _words(asking.equal, asking.among)
JOINS: Mapping[str, Callable[[tuple[Node, ...]], Node]] = {
    "and": All,
    "or": Either,
    "nor": lambda parts: Not(Either(parts)),
}


def read(table: Table, tree: Mapping[str, Any]) -> Node:
    """The condition that a `where` makes; raises Refused for what it cannot ask."""
    return asking.conditions(table, tree, WORDS, bare="eq", manner=_manner(table))


def _manner(table: Table) -> Manner:
    return Manner(
        joins=JOINS,
        named=partial(_named, table),
        aside=frozenset({"options"}),  # of patterns, which are blind to case with it or without
        unknown=Either(),  # as LoopBack has it: what compares in an unknown way holds of nothing
        one_is_many=True,
    )


# Names that are no fields


def _unknown(table: Table, name: str) -> Field | None:
    """A property that no record has: nothing equals it, and everything else is unequal to it."""
    is_field = name in table.by_wire or name.startswith("custom.")
    return None if is_field else _NOWHERE


def _named(table: Table, name: str) -> Field | None:
    wire, dot, key = name.partition(".")
    is_custom = wire == "custom" and "custom" in table.attrs
    if is_custom and dot:
        return Field(Place("custom", read_key(name, key)), _ANYTHING, _OF_CUSTOM, searchable=True)
    if is_custom:
        raise Refused(Problem("bad_operand", (name,), "a key: custom.key"))
    return _OTHERS.get(table.record, {}).get(name) or _unknown(table, name)


def _nothing(node: Node) -> Node:
    """The condition for a value that is always missing."""
    match node:
        case Missing():
            return All()
        case All(parts):
            return All(tuple(map(_nothing, parts)))
        case Either(parts):
            return Either(tuple(map(_nothing, parts)))
        case Not(part):
            return Not(_nothing(part))
        case _:
            return Either()


def _nowhere(condition: Condition) -> Condition:
    return lambda place, value: _nothing(condition(place, value))


_ANY_TEXT = Codec(lambda _value: "", None, lambda _text: "", {})
_NOWHERE = Field(
    Place(""),
    _ANY_TEXT,
    {word: (shape, _nowhere(condition)) for word, (shape, condition) in WORDS.items()},
    searchable=True,
)


# What is asked for under names that are no attributes


def _flag(attr: str, up: Node) -> Field:
    """A flag that is up where a condition holds; null is down."""

    def is_up(_place: Place, value: Any) -> Node:
        return up if value else Not(up)

    return Field(Place(attr), BOOL, {"eq": (ONE, is_up), "neq": (ONE, negated(is_up))})


_PAID = All((Compare("type", Op.IN, PAYABLE), Not(Missing("paid_at"))))
_OTHERS: Mapping[type[NamedTuple], Mapping[str, Field]] = {
    Customer: {"_isDeleted": _flag("deleted_at", Not(Missing("deleted_at")))},
    Document: {
        "draft": _flag("issued_at", Missing("issued_at")),
        "canceled": _flag("voided_at", Not(Missing("voided_at"))),
        "sentSnailMail": _flag("sent_at", Not(Missing("sent_at"))),
        "paidInFull": _flag("paid_at", _PAID),
        "_documentClient.name": Field(Place("customer_name"), TEXT, WORDS, searchable=True),
    },
}


# Custom values: texts that fit are metadata, everything else is kept as JSON.

_OPERAND = Anything(asking.TEXT_LENGTH_MAX)
assert asking.TEXT_LENGTH_MAX <= CUSTOM_SEARCHED_MAX
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?", re.ASCII)


def _anything(value: Any) -> Any:
    problems: list[Problem] = []
    _OPERAND.read(value, (), problems)
    if problems:
        raise Refused(*problems)
    return value


_ANYTHING = Codec(_anything, None, _anything, {})


def _meant(text: str) -> str | None:
    """The JSON that a text may mean as well, for in a query string all values are texts."""
    if text in ("true", "false"):
        return text
    if (number := _NUMBER.fullmatch(text)) is None:
        return None
    try:
        return json_of(read_fraction(text) if number[1] or number[2] else read_whole(text))
    except NumberFault:
        return None


def _equal_in_custom(place: Place, value: Any) -> Node:
    """What equals a text or a number has it in its search text, which has an index where maps have none."""
    key = place.key
    if value is None:
        nulled = Either((Missing("custom", key), Compare("custom", Op.EQ, "null", key)))
        return All((Missing("metadata", key), nulled))
    kept = Compare("custom", Op.EQ, json_of(value), key)
    if isinstance(value, str):
        meant = _meant(value)
        there: tuple[Node, ...] = (Compare("metadata", Op.EQ, value, key), kept)
        also = () if meant is None else (Compare("custom", Op.EQ, meant, key),)
        if meant is None or (meant == value and _NUMBER.fullmatch(value)):
            return All((Words(value), Either((*there, *also))))
        return Either((All((Words(value), Either(there))), *also))
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return All((Words(kept.value), kept))
    return kept


def _among_custom(place: Place, values: tuple[Any, ...]) -> Node:
    if len(values) == 1:
        return _equal_in_custom(place, values[0])
    texts = tuple(value for value in values if isinstance(value, str))
    jsons = (*(json_of(value) for value in values if value is not None), *filter(None, map(_meant, texts)))
    there: list[Node] = [_equal_in_custom(place, None)] if None in values else []
    if texts:
        there.append(Compare("metadata", Op.IN, texts, place.key))
    if jsons:
        there.append(Compare("custom", Op.IN, jsons, place.key))
    return there[0] if len(there) == 1 else Either(tuple(there))


def _in_metadata(condition: Condition) -> Condition:
    def asked(place: Place, value: Any) -> Node:
        if not all(isinstance(one, str) for one in (value if isinstance(value, tuple) else (value,))):
            raise Refused(Problem("bad_operand", detail="a text: values of custom are ordered as texts only"))
        return condition(Place("metadata", place.key), value)

    return asked


_EQUALITY = ("eq", "neq", "inq", "nin")
_OF_CUSTOM: asking.Words = {
    word: (shape, condition if word in _EQUALITY else _in_metadata(condition))
    for word, (shape, condition) in _words(_equal_in_custom, _among_custom).items()
}
