"""The kinds of values that trees are made of (settings, bank accounts, metadata): each checks what was given
and knows its schema."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from billto.domain import numbering, templates
from billto.domain.problems import Path, Problem

Problems = list[Problem]
Schema = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A value of some kind, null unless it says otherwise."""

    null: bool = True
    says: str = ""  # its description for developers

    def read(self, given: object, path: Path, problems: Problems) -> object:
        """The value as it is kept; what is wrong with it is added to the problems."""
        if given is None:
            if not self.null:
                problems.append(Problem("not_null", path))
            return None
        return self.value(given, path, problems)

    def value(self, given: object, path: Path, problems: Problems) -> object:
        raise NotImplementedError

    def schema(self) -> Schema:
        shape = self.shape()
        if self.null:
            shape["type"] = [*_listed(shape["type"]), "null"]
            if "enum" in shape:
                shape["enum"] = [*_listed(shape["enum"]), None]
        return {**shape, "description": self.says} if self.says else shape

    def shape(self) -> Schema:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Text(Node):
    """Text up to a length, of a pattern where one is given. Empty passes: it is a form field left blank."""

    most: int = 255
    pattern: str = ""
    template: bool = False  # its {placeholders} must exist

    def value(self, given: object, path: Path, problems: Problems) -> object:
        if not isinstance(given, str):
            problems.append(Problem("wrong_type", path, "text"))
        elif len(given) > self.most:
            problems.append(Problem("too_long", path, str(self.most)))
        elif not storable(given):
            problems.append(Problem("invalid_text", path))
        elif self.pattern and given and not re.fullmatch(self.pattern, given):
            problems.append(Problem("invalid_format", path, self.pattern))
        elif self.template and (names := templates.unknown(given)):
            problems.append(Problem("unknown_placeholder", path, ", ".join(f"{{{name}}}" for name in names)))
        return given

    def shape(self) -> Schema:
        pattern = {"pattern": f"^(?:{self.pattern})?$"} if self.pattern else {}
        return {"type": "string", "maxLength": self.most, **pattern}


@dataclass(frozen=True, slots=True)
class NumberFormat(Node):
    """How a kind of document is numbered."""

    of_units: bool = False

    def value(self, given: object, path: Path, problems: Problems) -> object:
        if not isinstance(given, str):
            problems.append(Problem("wrong_type", path, "text"))
        elif not storable(given):
            problems.append(Problem("invalid_text", path))
        elif wrong := numbering.fault(given, of_units=self.of_units):
            problems.append(Problem("invalid_format", path, wrong))
        return given

    def shape(self) -> Schema:
        return {"type": "string", "maxLength": numbering.FORMAT_LENGTH_MAX}


@dataclass(frozen=True, slots=True)
class Bool(Node):
    """Yes or no; null would be neither, so it is refused."""

    null: bool = False

    def value(self, given: object, path: Path, problems: Problems) -> object:
        if not isinstance(given, bool):
            problems.append(Problem("wrong_type", path, "true or false"))
        return given

    def shape(self) -> Schema:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number between two bounds."""

    least: int = -(10**12)
    most: int = 10**12

    def value(self, given: object, path: Path, problems: Problems) -> object:
        if isinstance(given, bool) or not isinstance(given, int | float | Decimal):
            problems.append(Problem("wrong_type", path, "a number"))
        elif not finite(given) or not self.least <= given <= self.most:
            problems.append(Problem("out_of_range", path, f"{self.least} to {self.most}"))
        else:
            return self.kept(given, path, problems)
        return given

    def kept(self, given: int | float | Decimal, _path: Path, _problems: Problems) -> object:
        return given

    def shape(self) -> Schema:
        return {"type": "number", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, slots=True)
class Whole(Number):
    """A whole number between two bounds; 30.0 is 30."""

    def kept(self, given: int | float | Decimal, path: Path, problems: Problems) -> object:
        if given != int(given):
            problems.append(Problem("wrong_type", path, "a whole number"))
        return int(given)

    def shape(self) -> Schema:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, slots=True)
class Choice(Node):
    """One of some words."""

    among: tuple[str, ...] = ()

    def value(self, given: object, path: Path, problems: Problems) -> object:
        if not isinstance(given, str):
            problems.append(Problem("wrong_type", path, "text"))
        elif given not in self.among:
            problems.append(Problem("unknown_choice", path, ", ".join(self.among)))
        return given

    def shape(self) -> Schema:
        return {"type": "string", "enum": list(self.among)}


@dataclass(frozen=True, slots=True)
class Many(Node):
    """A list of one kind, up to a length."""

    of: Node
    most: int

    def value(self, given: object, path: Path, problems: Problems) -> object:
        if not isinstance(given, list | tuple):
            problems.append(Problem("wrong_type", path, "a list"))
            return given
        if len(given) > self.most:
            problems.append(Problem("too_many", path, str(self.most)))
            return given
        return [self.of.read(one, (*path, at), problems) for at, one in enumerate(given)]

    def shape(self) -> Schema:
        return {"type": "array", "items": self.of.schema(), "maxItems": self.most}


@dataclass(frozen=True, slots=True)
class Map(Node):
    """Values of one kind under keys of the client's own choosing."""

    of: Node
    most: int = 50
    key_most: int = 100

    def value(self, given: object, path: Path, problems: Problems) -> object:
        if not isinstance(given, Mapping):
            problems.append(Problem("wrong_type", path, "an object"))
            return given
        if len(given) > self.most:
            problems.append(Problem("too_many", path, str(self.most)))
            return given
        for key in given:
            if not isinstance(key, str) or not 1 <= len(key) <= self.key_most or not storable(key):
                problems.append(Problem("invalid_format", path, f"a key has 1 to {self.key_most} characters"))
                return given
        return {key: self.of.read(one, (*path, key), problems) for key, one in given.items()}

    def shape(self) -> Schema:
        return {"type": "object", "additionalProperties": self.of.schema(), "maxProperties": self.most}


@dataclass(frozen=True, slots=True)
class Texts(Node):
    """A text, or texts under keys, to some depth: what is given in other languages has no one shape."""

    of: Text
    depth: int

    def value(self, given: object, path: Path, problems: Problems) -> object:
        if self.depth and isinstance(given, Mapping):
            return Map(Texts(self.of, self.depth - 1), most=100).value(given, path, problems)
        return self.of.value(given, path, problems)

    def shape(self) -> Schema:
        return {"type": ["string", "object"], "maxLength": self.of.most}


@dataclass(frozen=True, slots=True)
class Group(Node):
    """Named values. A name it does not know is passed over: clients of another version send such."""

    fields: Mapping[str, Node]
    start: Mapping[str, object] = field(default_factory=dict)  # what is there when nothing is said of it

    def value(self, given: object, path: Path, problems: Problems) -> object:
        if not isinstance(given, Mapping):
            problems.append(Problem("wrong_type", path, "an object"))
            return given
        known = ((name, self.fields[name], one) for name, one in given.items() if name in self.fields)
        return {**self.start, **{name: node.read(one, (*path, name), problems) for name, node, one in known}}

    def shape(self) -> Schema:
        return {"type": "object", "properties": {name: node.schema() for name, node in self.fields.items()}}


@dataclass(frozen=True, slots=True)
class Anything(Node):
    """Whatever JSON can say, up to a length of its texts in all."""

    most: int = 20_000

    def value(self, given: object, path: Path, problems: Problems) -> object:
        texts = list(_texts_in(given))
        if not all(map(storable, texts)):
            problems.append(Problem("invalid_text", path))
        elif sum(map(len, texts)) > self.most:
            problems.append(Problem("too_long", path, str(self.most)))
        return given

    def shape(self) -> Schema:
        return {"type": ["object", "array", "string", "number", "boolean"]}


def _texts_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield str(key)
            yield from _texts_in(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts_in(one)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


_UNFIT = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> bool:
    """PostgreSQL keeps no NUL, and UTF-8 no half of a surrogate pair."""
    return _UNFIT.search(text) is None


def finite(number: int | float | Decimal) -> bool:
    """Neither infinite nor no number at all. A whole number always is; `math` would choke on a long one."""
    return isinstance(number, int) or (
        number.is_finite() if isinstance(number, Decimal) else math.isfinite(number)
    )
