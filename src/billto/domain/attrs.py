"""How a record is declared: one attribute, one line; storage, checks and search follow from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import cache
from types import MappingProxyType, NoneType
from typing import Any, NamedTuple, TypeVar, get_args, get_type_hints

from billto.domain.nodes import Map, Node, Text, storable
from billto.domain.problems import Problem, Refused

R = TypeVar("R", bound=NamedTuple)


class Kind(Enum):
    """What an attribute holds: the store knows how to keep it, a codec how to write it."""

    TEXT = "text"
    BOOL = "bool"
    INT = "int"
    DECIMAL = "decimal"
    MONEY = "money"  # an amount of a currency, of at most four places
    MOMENT = "moment"  # aware, UTC, milliseconds
    DATE = "date"  # a day, wherever that is
    MAP = "map"  # text by text
    TREE = "tree"  # a JSON value of a shape
    BLOB = "blob"  # bytes


@dataclass(frozen=True, slots=True)
class Attr:
    """One attribute of a record."""

    kind: Kind
    name: str = ""
    nullable: bool = False
    most: int = 255  # the longest text
    least: int = 0  # the shortest text
    among: tuple[str, ...] = ()  # the only texts there are
    searched: bool = False  # part of the text that searches look through
    json: bool = False  # the values of a map are JSON: searches look through the short ones, not by key
    unique: bool = False  # no two records of an entity have it, save in the trash
    shape: Node | None = None  # what a map or a tree looks like
    fits: Callable[[str], bool] | None = (
        None  # whether a text has the form it needs; empty ones are not asked
    )
    form: str = ""  # that form, in words
    says: str = ""  # its description for developers

    def problems(self, value: Any) -> tuple[Problem, ...]:
        """What is wrong with a value whose type is right already."""
        if value is None:
            return () if self.nullable else (Problem("not_null"),)
        if self.kind is Kind.TEXT:
            return self._text_problems(value)
        return ()

    def _text_problems(self, value: str) -> tuple[Problem, ...]:
        if len(value) > self.most:
            return (Problem("too_long", detail=str(self.most)),)
        if len(value) < self.least:
            return (Problem("too_short", detail=str(self.least)),)
        if not (value.isascii() and "\0" not in value) and not storable(value):
            return (Problem("invalid_text"),)
        if self.among and value not in self.among:
            return (Problem("unknown_choice", detail=", ".join(self.among)),)
        if self.fits is not None and value and not self.fits(value):
            return (Problem("invalid_format", detail=self.form),)
        return ()


ID = Attr(Kind.TEXT, most=24, least=24)
FLAG = Attr(Kind.BOOL)
NUMBER = Attr(Kind.INT)
AMOUNT = Attr(Kind.DECIMAL)
MONEY = Attr(Kind.MONEY)
MOMENT = Attr(Kind.MOMENT)
DAY = Attr(Kind.DATE)
BLOB = Attr(Kind.BLOB)

# Custom key-value data: the limits are those of the documents of every door, the widest of each, so that what
# one door has taken is never refused or moved by another.
METADATA_KEYS_MAX, METADATA_VALUE_MAX = 50, 255
METADATA = Attr(
    Kind.MAP,
    searched=True,
    shape=Map(Text(most=METADATA_VALUE_MAX, null=False), most=METADATA_KEYS_MAX),
    says=f"Custom key-value data for your own use: up to {METADATA_KEYS_MAX} keys, "
    f"values are texts of up to {METADATA_VALUE_MAX} characters.",
)

# The same, of records whose searches do not look through it.
TAGS = replace(METADATA, searched=False)

# What metadata cannot hold (numbers, lists, objects, long texts), each as the JSON that says it; doors that
# show only metadata neither see nor touch it.
CUSTOM_KEYS_MAX, CUSTOM_VALUE_MAX = 100, 20_000
CUSTOM_SEARCHED_MAX = 500  # the longest text among them that searches look through
CUSTOM = Attr(Kind.MAP, json=True, shape=Map(Text(most=CUSTOM_VALUE_MAX, null=False), most=CUSTOM_KEYS_MAX))


def text(
    most: int,
    *,
    least: int = 0,
    searched: bool = True,
    unique: bool = False,
    among: tuple[str, ...] = (),
    says: str = "",
) -> Attr:
    return Attr(Kind.TEXT, most=most, least=least, searched=searched, unique=unique, among=among, says=says)


def tree(shape: Node, says: str = "") -> Attr:
    return Attr(Kind.TREE, shape=shape, says=says)


@cache
def catalogue(record: type[NamedTuple]) -> Mapping[str, Attr]:
    """Name → attribute, in the order of declaration, which is also the order of the record's values."""
    hints = get_type_hints(record, include_extras=True)
    return MappingProxyType({name: _attr(name, hint) for name, hint in hints.items()})


def _attr(name: str, hint: Any) -> Attr:
    kind, *notes = get_args(hint)
    (attr,) = (note for note in notes if isinstance(note, Attr))
    return replace(attr, name=name, nullable=NoneType in get_args(kind))


def checked(record: R) -> R:
    """The record; raises Refused when its own declaration refuses a value of it."""
    attrs = catalogue(type(record))
    problems = [
        problem.within(name)
        for name, attr in attrs.items()
        for problem in attr.problems(getattr(record, name))
    ]
    if problems:
        raise Refused(*problems)
    return record


@cache
def searched(record: type[NamedTuple]) -> tuple[str, ...]:
    """The texts that searches look through, in the order of their places in the search text."""
    return tuple(a.name for a in catalogue(record).values() if a.searched and a.kind is Kind.TEXT)


@cache
def searched_map(record: type[NamedTuple]) -> str | None:
    """The map whose values searches look through as well."""
    return next((a.name for a in catalogue(record).values() if a.searched and a.kind is Kind.MAP), None)


@cache
def json_maps(record: type[NamedTuple]) -> tuple[str, ...]:
    """The maps whose values are JSON."""
    return tuple(a.name for a in catalogue(record).values() if a.json)
