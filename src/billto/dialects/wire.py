"""A dialect's view of a record, as a table: wire name, attribute, codec, access, use in questions.

Everything a dialect does with a record is read off its table: decoding, encoding, what may be asked for and
sorted by, the JSON schema, the reference page, the conformance tests.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, NamedTuple

from billto.dialects.codecs import Codec
from billto.domain.attrs import Attr, catalogue
from billto.domain.problems import Problem, Refused


class Access(Enum):
    """Who may say what a field is."""

    RO = "shown"
    RW = "shown, may be set"
    REQ = "shown, must be set at creation"
    ONCE = "shown, may be set at creation only"
    FIXED = "shown, must be set at creation and only then"


class Use(Enum):
    """What a question may do with a field."""

    FIND = "find"
    SORT = "sort"


RO, RW, REQ, ONCE, FIXED = Access
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
    of: Callable[[Any], Any] | None = None  # record → wire value, where there is no attribute
    schema: Mapping[str, Any] | None = None
    says: str = ""


def row(wire: str, attr: str, codec: Codec, access: Access = RW, *uses: Use) -> Row:
    return Row(wire, attr, codec, access, frozenset(uses))


def derived(wire: str, of: Callable[[Any], Any], schema: Mapping[str, Any], says: str = "") -> Row:
    """A field worked out from the record."""
    return Row(wire, None, None, RO, frozenset(), of, schema, says)


class Table:
    """The rows of one record in one dialect, prepared once into flat functions."""

    def __init__(self, record: type[NamedTuple], *rows: Row) -> None:
        self.record = record
        self.rows = rows
        self.attrs: Mapping[str, Attr] = catalogue(record)
        self.by_wire: Mapping[str, Row] = {one.wire: one for one in rows}
        self.by_attr: Mapping[str, Row] = {one.attr: one for one in rows if one.attr}
        assert len(self.by_wire) == len(rows), "a wire name twice"
        assert set(self.by_attr) <= set(self.attrs), "an attribute that the record lacks"
        self.encode: Callable[[Any], dict[str, Any]] = self._flat_encode()

    def decode(self, body: Any, *, creating: bool) -> dict[str, Any]:
        """The attributes that a body sets, or `Refused` with every problem. Absent is not null."""
        if not isinstance(body, dict):
            raise Refused(Problem("wrong_type", detail="an object"))
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for wire, given in body.items():
            one = self.by_wire.get(wire)
            if one is None or one.attr is None or one.access is RO:
                continue  # unknown, derived and read-only fields are passed over: real clients send them
            try:
                values[one.attr] = self._taken(one, given, creating)
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
        if given is None and not attr.nullable and one.attr in _EMPTY:
            return dict(_EMPTY[one.attr])
        decode = one.codec.decode if creating else one.codec.decode_change or one.codec.decode
        value = None if given is None else decode(given)
        if problems := attr.problems(value):
            raise Refused(*problems)
        return value

    def field(self, wire: str, use: Use) -> Row:
        """The row a question may use under this name; raises Refused with the list of those there are."""
        one = self.by_wire.get(wire)
        if one is None or use not in one.uses:
            raise Refused(Problem("unknown_field", (wire,), ", ".join(self.names(use))))
        return one

    def names(self, use: Use) -> tuple[str, ...]:
        return tuple(one.wire for one in self.rows if use in one.uses)

    def spelt(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """Problems of the record's attributes, under the names this dialect has for them."""
        return tuple(map(self._spelt, problems))

    def _spelt(self, problem: Problem) -> Problem:
        first = problem.path[0] if problem.path else None
        one = self.by_attr.get(str(first))
        return replace(problem, path=(one.wire, *problem.path[1:])) if one else problem

    def _flat_encode(self) -> Callable[[Any], dict[str, Any]]:
        """Record → answer in the order of the rows, written out flat because every answer runs it."""
        at = {name: place for place, name in enumerate(self.attrs)}
        names: dict[str, Any] = {}
        parts = []
        for number, one in enumerate(self.rows):
            if one.attr is None:
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


# What null means where nothing is said by an empty value.
_EMPTY: Mapping[str, Mapping[str, Any]] = {"metadata": {}, "settings": {}}
