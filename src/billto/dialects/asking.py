"""Filter languages as tables: a word, the shape of its operand, the condition it makes."""

import json
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from enum import Enum
from typing import Any, NamedTuple

from billto.dialects.codecs import TEXT, Codec
from billto.dialects.wire import FIND, Table
from billto.domain.attrs import Kind
from billto.domain.nodes import storable
from billto.domain.problems import Problem, Refused
from billto.domain.query import All, Compare, Either, Missing, Node, Not, Op

# Put a limit on everything: a question that nobody needs is refused before it costs anything.
CONDITIONS_MAX = 50
OPERANDS_MAX = 100
TEXT_LENGTH_MAX = 500


class Shape(Enum):
    """What a word takes."""

    ONE = "a value"
    WORD = "a text, and a field that holds text"
    LIST = f"a list of at most {OPERANDS_MAX} values"
    PAIR = "a list of two values"


ONE, WORD, LIST, PAIR = Shape


class Place(NamedTuple):
    """What a condition is about: an attribute, or one value of a map."""

    attr: str
    key: str | None = None


Words = Mapping[str, tuple[Shape, Callable[[Place, Any], Node]]]


# The conditions most languages need.
def equal(place: Place, value: Any) -> Node:
    return Missing(*place) if value is None else Compare(place.attr, Op.EQ, value, place.key)


def other(place: Place, value: Any) -> Node:
    return Not(equal(place, value))


def among(place: Place, values: tuple[Any, ...]) -> Node:
    there = Compare(place.attr, Op.IN, tuple(value for value in values if value is not None), place.key)
    return Either((there, Missing(*place))) if None in values else there


def outside(place: Place, values: tuple[Any, ...]) -> Node:
    return Not(among(place, values))


def between(place: Place, pair: tuple[Any, Any]) -> Node:
    low, high = (
        Compare(place.attr, op, value, place.key) for op, value in zip((Op.GE, Op.LE), pair, strict=True)
    )
    return All((low, high))


def by(op: Op) -> Callable[[Place, Any], Node]:
    return lambda place, value: Compare(place.attr, op, value, place.key)


def conditions(table: Table, tree: Mapping[str, Any], words: Words, *, bare: str) -> Node:
    """The condition that a tree {field: value | {word: operand}} makes; `bare` is a plain value's."""
    parts = tuple(_conditions(table, tree, words, bare))
    if len(parts) > CONDITIONS_MAX:
        raise Refused(Problem("bad_parameter", detail=f"has more than {CONDITIONS_MAX} conditions"))
    return parts[0] if len(parts) == 1 else All(parts)


def _conditions(table: Table, tree: Mapping[str, Any], words: Words, bare: str) -> Iterator[Node]:
    for name, asked in tree.items():
        wire, dot, key = name.partition(".")
        row = table.field(wire if wire in table.by_wire else name, FIND)
        assert row.attr is not None
        assert row.codec is not None
        is_map = table.attrs[row.attr].kind is Kind.MAP
        if is_map and not dot:
            yield from _nested(row.attr, wire, asked, words, bare)
            continue
        if dot and not is_map:
            raise Refused(Problem("unknown_field", (name,), ", ".join(table.names(FIND))))
        place = Place(row.attr, _key(name, key) if dot else None)
        is_text = dot or table.attrs[row.attr].kind is Kind.TEXT
        searchable = bool(dot) or table.attrs[row.attr].searched
        codec = TEXT if is_map else row.codec
        yield from _asked(place, name, codec, asked, words, bare, searchable=searchable and bool(is_text))


def _nested(attr: str, wire: str, asked: Any, words: Words, bare: str) -> Iterator[Node]:
    """{"metadata": {"order_id": …}} says the same as {"metadata.order_id": …}."""
    if not isinstance(asked, dict):
        raise Refused(Problem("bad_operand", (wire,), "an object of keys"))
    for key, inner in asked.items():
        name = f"{wire}.{key}"
        yield from _asked(Place(attr, _key(name, key)), name, TEXT, inner, words, bare, searchable=True)


def _key(name: str, key: str) -> str:
    if not 1 <= len(key) <= TEXT_LENGTH_MAX or not storable(key):
        raise Refused(Problem("bad_operand", (name,), "a key"))
    return key


def _asked(
    place: Place, name: str, codec: Codec, asked: Any, words: Words, bare: str, *, searchable: bool
) -> Iterator[Node]:
    said = asked if isinstance(asked, dict) else {bare: asked}
    if not said:
        raise Refused(Problem("bad_operand", (name,), f"one of {', '.join(words)}"))
    for word, operand in said.items():
        if word not in words:
            raise Refused(Problem("unknown_operator", (name, word), ", ".join(words)))
        shape, condition = words[word]
        if shape is WORD and not searchable:
            raise Refused(Problem("bad_operand", (name, word), shape.value))
        yield condition(place, _operand(name, word, shape, codec, operand))


def _operand(name: str, word: str, shape: Shape, codec: Codec, given: Any) -> Any:
    """The operand in the record's own terms, so that no ill-typed value ever reaches SQL."""
    several = isinstance(given, list)
    fits = several is (shape in (LIST, PAIR)) and (shape is not PAIR or len(given) == 2)
    if (
        not fits
        or (several and len(given) > OPERANDS_MAX)
        or (given is None and (shape is WORD or word in _ORDERED))
    ):
        raise Refused(Problem("bad_operand", (name, word), shape.value))
    try:
        if shape is PAIR:
            low, high = given
            return _one(codec.decode, low, null=False), _one(codec.last or codec.decode, high, null=False)
        decode = codec.last if codec.last and word in _UP_TO_THE_END else codec.decode
        return tuple(_one(decode, one) for one in given) if several else _one(decode, given)
    except Refused as refused:
        raise Refused(Problem("bad_parameter", (name, word), refused.problems[0].sentence)) from None


_ORDERED = frozenset({"gt", "gte", "lt", "lte"})


# For these a day reaches to its end: until the 31st, and after the 31st.
_UP_TO_THE_END = frozenset({"lte", "gt"})


def _one(decode: Callable[[Any], Any], given: Any, *, null: bool = True) -> Any:
    if given is None and null:
        return None
    value = decode(given)
    if isinstance(value, str) and (len(value) > TEXT_LENGTH_MAX or not storable(value)):
        raise Refused(
            Problem("out_of_range", detail=f"at most {TEXT_LENGTH_MAX} characters, none of them NUL")
        )
    return value


def read_tree(text: str, name: str) -> dict[str, Any]:
    """The JSON object in a parameter."""
    try:
        tree = json.loads(
            text,
            parse_float=Decimal,
            parse_int=_whole,
            parse_constant=_no_constant,
            object_pairs_hook=_each_once,
        )
    except json.JSONDecodeError as error:
        detail = f"is not JSON: {error.msg[:1].lower()}{error.msg[1:]} at character {error.pos + 1}"
        raise Refused(Problem("bad_parameter", (name,), detail)) from None
    except (ValueError, RecursionError):
        tree = None
    if not isinstance(tree, dict):
        raise Refused(Problem("bad_parameter", (name,), "must be a JSON object that names nothing twice"))
    return tree


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # The last of two would win in silence, and a list would show more than was asked for.
    tree = dict(pairs)
    if len(tree) < len(pairs):
        raise ValueError("a name twice")
    return tree


def _whole(text: str) -> Any:
    # A number too long to be read as a whole one is still a number, and refused as one.
    return int(text) if len(text) <= 20 else Decimal(text)


def _no_constant(text: str) -> Any:
    raise ValueError(text)
