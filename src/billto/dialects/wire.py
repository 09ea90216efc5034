"""A dialect's view of a record, as a table: wire name, attribute, codec, access, use in questions.

Everything a dialect does with a record is read off its table: decoding, encoding, what may be asked for and
sorted by, the JSON schema, the reference page, the conformance tests.
"""

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, NamedTuple

from billto.dialects.codecs import Codec
from billto.domain.attrs import Attr, catalogue
from billto.domain.problems import Problem, Refused
from billto.domain.versions import Edit


class Access(Enum):
    """Who may say what a field is."""

    RO = "shown"
    WO = "not shown, may be set"
    RW = "shown, may be set"
    REQ = "shown, must be set at creation"
    ONCE = "shown, may be set at creation only"
    FIXED = "shown, must be set at creation and only then"


class Use(Enum):
    """What a question may do with a field."""

    FIND = "find"
    SORT = "sort"


RO, WO, RW, REQ, ONCE, FIXED = Access
FIND, SORT = Use
_REQUIRED = (REQ, FIXED)


@dataclass(frozen=True, slots=True)
class Row:
    """One field of the wire."""

    wire: str
    attr: str | None  # None: a field of the wire alone
    codec: Codec | None
    access: Access
    uses: frozenset[Use]
    of: Callable[[Any], Any] | None = None  # record → wire value, where that is not one attribute's
    schema: Mapping[str, Any] | None = None
    says: str = ""
    sets: Callable[[Any], Mapping[str, Any]] | None = None  # wire value → attributes, or edits of them
    woven_of: tuple[str, ...] = ()  # the attributes that it is made of, where it is not just one


def row(
    wire: str,
    attr: str,
    codec: Codec,
    access: Access = RW,
    *uses: Use,
    sets: Callable[[Any], Mapping[str, Any]] | None = None,
    of: Callable[[Any], Any] | None = None,
    woven_of: tuple[str, ...] = (),
) -> Row:
    """A field that shows an attribute; `sets` where to set it sets others as well, `of` where what it shows
    depends on others (`woven_of`)."""
    return Row(wire, attr, codec, access, frozenset(uses), of, sets=sets, woven_of=woven_of)


def derived(
    wire: str,
    of: Callable[[Any], Any],
    schema: Mapping[str, Any],
    says: str = "",
    attrs: tuple[str, ...] = (),
) -> Row:
    """A field worked out from some attributes of the record."""
    return Row(wire, None, None, RO, frozenset(), of, schema, says, woven_of=attrs)


def woven(
    wire: str,
    of: Callable[[Any], Any],
    sets: Callable[[Any], Mapping[str, Any]],
    schema: Mapping[str, Any],
    attrs: tuple[str, ...],
    access: Access = RW,
) -> Row:
    """A field that is part of an attribute, or is kept in several: `sets` is given null as well."""
    return Row(wire, None, None, access, frozenset(), of, schema, sets=sets, woven_of=attrs)


class Table:
    """The rows of one record in one dialect, prepared once into flat functions.

    `blank_is_null` where an empty text clears a field; `null_is_default` where null does so also to fields
    that are never null, which become what they would be in a new record. `asked` are fields that questions
    may use and nothing shows; `spells` are names under which verbs know what is no attribute of the record.
    """

    def __init__(
        self,
        record: type[NamedTuple],
        *rows: Row,
        blank_is_null: bool = False,
        null_is_default: bool = False,
        asked: tuple[Row, ...] = (),
        spells: Mapping[str, str] | None = None,
    ) -> None:
        self.record = record
        self.asked: Mapping[str, Row] = {one.wire: one for one in asked}
        self._spells = spells or {}
        self._blank_is_null = blank_is_null
        self._null_is_default = null_is_default
        self.rows = rows
        self.attrs: Mapping[str, Attr] = catalogue(record)
        self.by_wire: Mapping[str, Row] = {one.wire: one for one in rows}
        self.by_attr: Mapping[str, Row] = {one.attr: one for one in rows if one.attr}
        self._by_part = {name: one for one in reversed(rows) if one.sets for name in one.woven_of}
        self.shows = frozenset(self.by_attr).union(*(one.woven_of for one in rows))
        # What a read needs: verbs and version tags look at some attributes whether a door shows them or not.
        self.reads = self.shows | (_LOOKED_AT & set(self.attrs))
        assert len(self.by_wire) == len(rows), "a wire name twice"
        assert self.shows <= set(self.attrs), "an attribute that the record lacks"
        self.encode: Callable[[Any], dict[str, Any]] = self._flat_encode()

    def decode(self, body: Any, *, creating: bool) -> dict[str, Any]:
        """The attributes that a body sets, or `Refused` with every problem. Absent is not null."""
        if not isinstance(body, dict):
            raise Refused(Problem("wrong_type", detail="an object"))
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for wire, given in body.items():
            one = self.by_wire.get(wire)
            if one is None or one.access is RO or (one.attr is None and one.sets is None):
                continue  # unknown, derived and read-only fields are passed over: real clients send them
            if given == "" and self._blank_is_null:
                given = None
            try:
                value = given if one.attr is None else self._taken(one, given, creating)
                _put(values, one.sets(value) if one.sets else {str(one.attr): value})
            except Refused as refused:
                problems += (problem.within(wire) for problem in refused.problems)
        if creating:
            missing = (one for one in self.rows if one.access in _REQUIRED and one.wire not in body)
            problems += (Problem("required", (one.wire,)) for one in missing)
        if problems:
            raise Refused(*problems)
        return values

    def _taken(self, one: Row, given: Any, creating: bool) -> Any:
        assert one.attr is not None
        assert one.codec is not None
        attr = self.attrs[one.attr]
        if given is None and not attr.nullable:
            if one.attr in _EMPTY:
                return dict(_EMPTY[one.attr])
            if self._null_is_default and one.attr in self._defaults:
                return self._defaults[one.attr]
        decode = one.codec.decode if creating else one.codec.decode_change or one.codec.decode
        value = None if given is None else decode(given)
        if problems := attr.problems(value):
            raise Refused(*problems)
        return value

    def blank(self) -> dict[str, Any]:
        """What every field that may be set is in a record of which nothing has been said."""
        values: dict[str, Any] = {}
        for one in self.rows:
            if one.sets is not None:
                _put(values, one.sets(None))
            elif one.attr is not None and one.attr in self._defaults and one.access in (RW, WO):
                values[one.attr] = copy(self._defaults[one.attr])
        return values

    def decode_whole(self, body: Any) -> dict[str, Any]:
        """What a body sets that stands for the whole record: the fields that it does not name are blank."""
        values = self.blank()
        _put(values, self.decode(body, creating=True))
        return values

    @property
    def _defaults(self) -> Mapping[str, Any]:
        return self.record._field_defaults

    def field(self, wire: str, use: Use) -> Row:
        """The row a question may use under this name; raises Refused with the list of those there are."""
        one = self.asked.get(wire) or self.by_wire.get(wire)
        if one is None or use not in one.uses:
            raise Refused(Problem("unknown_field", (wire,), ", ".join(self.names(use))))
        return one

    def names(self, use: Use) -> tuple[str, ...]:
        return tuple(one.wire for one in (*self.rows, *self.asked.values()) if use in one.uses)

    def spelt(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """Problems of the record's attributes, under the names this dialect has for them."""
        return tuple(map(self._spelt, problems))

    def _spelt(self, problem: Problem) -> Problem:
        first = str(problem.path[0]) if problem.path else ""
        if first in self._spells:
            return replace(problem, path=(self._spells[first], *problem.path[1:]))
        one = self.by_attr.get(first) or self._by_part.get(first)
        return replace(problem, path=(one.wire, *problem.path[1:])) if one else problem

    def _flat_encode(self) -> Callable[[Any], dict[str, Any]]:
        """Record → answer in the order of the rows, written out flat because every answer runs it."""
        at = {name: place for place, name in enumerate(self.attrs)}
        names: dict[str, Any] = {}
        parts = []
        for number, one in enumerate(self.rows):
            if one.access is WO:
                continue
            if one.attr is None or one.of is not None:
                names[f"f{number}"] = one.of
                part = f"f{number}(r)"
            else:
                part = f"r[{at[one.attr]}]"
                encode = one.codec.encode if one.codec else None
                if encode is not None:
                    names[f"f{number}"] = encode
                    nullable = self.attrs[one.attr].nullable
                    part = (
                        f"(None if {part} is None else f{number}({part}))"
                        if nullable
                        else f"f{number}({part})"
                    )
            parts.append(f"{one.wire!r}: {part}")
        return eval(f"lambda r: {{{', '.join(parts)}}}", names)  # type: ignore[no-any-return]  # noqa: S307


def _put(values: dict[str, Any], more: Mapping[str, Any]) -> None:
    """Adds to the values of a body; an edit of an attribute that is there already is done to that."""
    for name, value in more.items():
        before = values.get(name)
        if not isinstance(value, Edit) or name not in values:
            values[name] = value
        elif isinstance(before, Edit):
            values[name] = Edit((*before.steps, *value.steps))
        else:
            values[name] = value(before)


_LOOKED_AT = {"id", "version", "deleted_at"}

# What null means where nothing is said by an empty value.
_EMPTY: Mapping[str, Mapping[str, Any]] = {"metadata": {}, "custom": {}, "settings": {}}
