"""Filter languages as tables: a word, the shape of its operand, the condition it makes."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from enum import Enum
from typing import Any, NamedTuple

from billto.dialects.codecs import TEXT, Codec
from billto.dialects.wire import FIND, Table
from billto.domain.attrs import Kind
from billto.domain.nodes import storable
from billto.domain.numerals import NumberFault, read_constant, read_fraction
from billto.domain.problems import Problem, Refused
from billto.domain.query import All, Compare, Either, Missing, Node, Not, Op

# Put a limit on everything: a question that nobody needs is refused before it costs anything.
CONDITIONS_MAX = 50
JOINS_DEPTH_MAX = 10
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


class Field(NamedTuple):
    """What can be asked of a name: where its value is, how an operand reads, which words there are."""

    place: Place
    codec: Codec
    words: Words
    searchable: bool = False  # it holds text that can be looked into


class Manner(NamedTuple):
    """How a language asks, beside its words. As it stands: fields of the table, all of them together."""

    joins: Mapping[str, Callable[[tuple[Node, ...]], Node]] = {}  # a name → what becomes of a list of trees
    named: Callable[[str], Field | None] = lambda _name: None  # for names that are no fields of the table
    aside: frozenset[str] = frozenset()  # words that stand beside others and ask nothing
    unknown: Node | None = None  # what an unknown word asks; without it, it is refused
    one_is_many: bool = False  # a value where a list is wanted is a list of one


PLAIN = Manner()


def conditions(
    table: Table, tree: Mapping[str, Any], words: Words, *, bare: str, manner: Manner = PLAIN
) -> Node:
    """The condition that a tree {field: value | {word: operand}} makes; `bare` is a plain value's."""
    return _Reading(table, words, bare, manner).tree(tree)


class _Reading:
    """One question while it is read: what it may use, and how much of it there may still be."""

    def __init__(self, table: Table, words: Words, bare: str, manner: Manner) -> None:
        self._table = table
        self._words = words
        self._bare = bare
        self._manner = manner
        self._left = CONDITIONS_MAX

    def tree(self, tree: Mapping[str, Any], depth: int = 1) -> Node:
        parts = tuple(self._parts(tree, depth))
        if not parts:
            self._count()  # what asks nothing is still something to be read, joined and said to the database
        return parts[0] if len(parts) == 1 else All(parts)

    def _parts(self, tree: Mapping[str, Any], depth: int) -> Iterator[Node]:
        for name, asked in tree.items():
            if name in self._manner.joins:
                yield self._joined(name, asked, depth)
                continue
            for node in self._conditions(name, asked):
                self._count()
                yield node

    def _count(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise Refused(Problem("bad_parameter", detail=f"has more than {CONDITIONS_MAX} conditions"))

    def _joined(self, name: str, trees: Any, depth: int) -> Node:
        if not isinstance(trees, list) or not all(isinstance(one, dict) for one in trees):
            raise Refused(Problem("bad_operand", (name,), "a list of objects"))
        if depth >= JOINS_DEPTH_MAX:
            raise Refused(Problem("too_deep", (name,), str(JOINS_DEPTH_MAX)))
        self._count()
        return self._manner.joins[name](tuple(self.tree(one, depth + 1) for one in trees))

    def _conditions(self, name: str, asked: Any) -> Iterator[Node]:
        if (field := self._manner.named(name)) is not None:
            yield from self._asked(name, field, asked)
            return
        wire, dot, key = name.partition(".")
        if name in self._table.asked:
            wire, dot = name, ""
        row = self._table.field(wire if wire in self._table.by_wire else name, FIND)
        assert row.attr is not None
        assert row.codec is not None
        attr = self._table.attrs[row.attr]
        if attr.kind is Kind.MAP:
            for inner, value in [(key, asked)] if dot else _inner(wire, asked):
                place = Place(row.attr, read_key(f"{wire}.{inner}", inner))
                yield from self._asked(f"{wire}.{inner}", Field(place, TEXT, self._words, True), value)
            return
        if dot:
            raise Refused(Problem("unknown_field", (name,), ", ".join(self._table.names(FIND))))
        searchable = attr.searched and attr.kind is Kind.TEXT
        yield from self._asked(name, Field(Place(row.attr), row.codec, self._words, searchable), asked)

    def _asked(self, name: str, field: Field, asked: Any) -> Iterator[Node]:
        said = asked if isinstance(asked, dict) else {self._bare: asked}
        if not said.keys() - self._manner.aside:
            raise Refused(Problem("bad_operand", (name,), f"one of {', '.join(field.words)}"))
        for word, operand in said.items():
            if word in self._manner.aside:
                continue
            if word not in field.words:
                if self._manner.unknown is None:
                    raise Refused(Problem("unknown_operator", (name, word), ", ".join(field.words)))
                yield self._manner.unknown
                continue
            shape, condition = field.words[word]
            if shape is WORD and not field.searchable:
                raise Refused(Problem("bad_operand", (name, word), shape.value))
            one_is_many = shape is LIST and self._manner.one_is_many and not isinstance(operand, list)
            given = [operand] if one_is_many else operand
            try:
                node = condition(field.place, _operand(name, word, shape, field.codec, given))
            except Refused as refused:
                raise Refused(
                    *(one if one.path else one.within(name, word) for one in refused.problems)
                ) from None
            yield node


def _inner(wire: str, asked: Any) -> Iterable[tuple[str, Any]]:
    """{"metadata": {"order_id": …}} says the same as {"metadata.order_id": …}."""
    if not isinstance(asked, dict):
        raise Refused(Problem("bad_operand", (wire,), "an object of keys"))
    return asked.items()


def read_key(name: str, key: str) -> str:
    """A key of a map, out of a name in a question."""
    if not 1 <= len(key) <= TEXT_LENGTH_MAX or not storable(key):
        raise Refused(Problem("bad_operand", (name,), "a key"))
    return key


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
            parse_float=read_fraction,
            parse_int=_whole,
            parse_constant=read_constant,
            object_pairs_hook=_each_once,
        )
    except json.JSONDecodeError as error:
        detail = f"is not JSON: {error.msg[:1].lower()}{error.msg[1:]} at character {error.pos + 1}"
        raise Refused(Problem("bad_parameter", (name,), detail)) from None
    except NumberFault as fault:
        raise Refused(Problem("bad_parameter", (name,), f"holds {fault.what.rstrip(',')}")) from None
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
