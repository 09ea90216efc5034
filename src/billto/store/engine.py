"""What SQLite and PostgreSQL say differently in SQL and in values: this file and nothing else knows."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Context, Decimal, Inexact
from functools import cache
from typing import Any, ClassVar, NamedTuple

import msgspec

from billto.domain.attrs import Attr, Kind, catalogue

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

# Trigrams are of letters and digits: a term without three of them in a row has none to be looked up by.
_TRIGRAM = re.compile(r"[^\W_]{3}")

Convert = Callable[[Any], Any]

write_json = msgspec.json.Encoder(decimal_format="number").encode
# A fraction is a Decimal here as at the doors: what was answered is what is read, to the last digit.
read_json = msgspec.json.Decoder(float_hook=Decimal).decode


def _json_text(value: Any) -> str:
    return write_json(value).decode()


class Engine:
    """One database's way to say things."""

    name: str
    types: ClassVar[Mapping[str, str]]  # what migrations call the kinds of columns
    writes: ClassVar[Mapping[Kind, Convert]]
    reads: ClassVar[Mapping[Kind, Convert]]
    false: str

    def mark(self, number: int) -> str:
        """The place of the n-th value in a statement."""
        raise NotImplementedError

    def contains(self, text: str, term: str, mark: Callable[[str], str]) -> str:
        """A folded text contains a folded term."""
        raise NotImplementedError

    def slot(self, number: int) -> str:
        """The n-th of the texts that a search text is made of."""
        raise NotImplementedError

    def begins(self, text: str, term: str) -> str:
        raise NotImplementedError

    def ends(self, text: str, term: str) -> str:
        raise NotImplementedError

    def tag(self, attr: str, key: str) -> str:
        """One value of a map."""
        raise NotImplementedError

    def among(self, column: str, values: Sequence[Any], hold: Callable[[Any], str]) -> str:
        raise NotImplementedError

    def later(self, one: str, other: str) -> str:
        """The later of two moments."""
        raise NotImplementedError

    def loader(self, record: type[NamedTuple], columns: tuple[str, ...]) -> Callable[[Any], Any]:
        """From a row of some columns to the record; written out flat because every read runs it."""
        names: dict[str, Any] = {"new": tuple.__new__, "record": record}
        parts = []
        places = {name: at for at, name in enumerate(columns)}
        for attr in catalogue(record).values():
            if (at := places.get(attr.name)) is None:
                parts.append("None")
                continue
            part = f"r[{at}]"
            if (read := self.reads.get(attr.kind)) is not None:
                names[f"f{at}"] = read
                part = f"f{at}(r[{at}])"
                if attr.nullable:
                    part = f"None if r[{at}] is None else {part}"
            parts.append(part)
        return eval(f"lambda r: new(record, ({', '.join(parts)},))", names)  # type: ignore[no-any-return]  # noqa: S307

    def stored(self, attr: Attr, value: Any) -> Any:
        """A value as the database takes it."""
        write = self.writes.get(attr.kind)
        return value if value is None or write is None else write(value)

    def values(self, record: NamedTuple) -> list[Any]:
        """All values of a record as the database takes them."""
        return _dumper(self, type(record))(record)


@cache
def _dumper(engine: Engine, record: type[NamedTuple]) -> Callable[[Any], list[Any]]:
    """From a record to the values of its columns; written out flat because every insert runs it."""
    names: dict[str, Any] = {}
    parts = []
    for at, attr in enumerate(catalogue(record).values()):
        part = f"r[{at}]"
        if (write := engine.writes.get(attr.kind)) is not None:
            names[f"f{at}"] = write
            part = f"None if {part} is None else f{at}({part})" if attr.nullable else f"f{at}({part})"
        parts.append(part)
    return eval(f"lambda r: [{', '.join(parts)}]", names)  # type: ignore[no-any-return]  # noqa: S307


def _milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MILLISECOND


def _moment(milliseconds: int) -> datetime:
    return _EPOCH + milliseconds * _MILLISECOND


# Money is kept as a whole number of ten-thousandths: no currency has more places, and sums are exact.
_PLACES = 4
_EXACT = Context(prec=50, traps=[Inexact])


def _scaled(amount: Decimal) -> int:
    scaled = amount.scaleb(_PLACES, _EXACT)
    whole = int(scaled)
    if whole != scaled:
        raise ValueError(f"money has at most {_PLACES} places: {amount}")
    return whole


def money(kept: int) -> Decimal:
    """The amount that is kept so, without zeros at its end."""
    return Decimal(kept) / 10**_PLACES if kept % 10**_PLACES else Decimal(kept // 10**_PLACES)


class Sqlite(Engine):
    name = "sqlite"
    false = "0"
    types: ClassVar[Mapping[str, str]] = {
        "TEXT": "TEXT",
        "INT": "INTEGER",
        "BOOL": "INTEGER",
        "MOMENT": "INTEGER",
        "MONEY": "INTEGER",
        "DATE": "TEXT",
        "DECIMAL": "TEXT",
        "JSON": "TEXT",
        "BLOB": "BLOB",
    }
    writes: ClassVar[Mapping[Kind, Convert]] = {
        Kind.BOOL: int,
        Kind.MOMENT: _milliseconds,
        Kind.DECIMAL: str,
        Kind.MONEY: _scaled,
        Kind.DATE: date.isoformat,
        Kind.MAP: _json_text,
        Kind.TREE: _json_text,
    }
    reads: ClassVar[Mapping[Kind, Convert]] = {
        Kind.BOOL: bool,
        Kind.MOMENT: _moment,
        Kind.DECIMAL: Decimal,
        Kind.MONEY: money,
        Kind.DATE: date.fromisoformat,
        Kind.MAP: read_json,
        Kind.TREE: read_json,
    }

    def mark(self, number: int) -> str:
        return f"?{number}"

    def contains(self, text: str, term: str, mark: Callable[[str], str]) -> str:
        return f"instr({text}, {mark(term)}) > 0"

    def slot(self, number: int) -> str:
        return f"slot(search, {number})"  # a function of ours, see sqlite.py

    def begins(self, text: str, term: str) -> str:
        return f"substr({text}, 1, length({term})) = {term}"

    def ends(self, text: str, term: str) -> str:
        return f"substr({text}, -length({term}), length({term})) = {term}"

    def tag(self, attr: str, key: str) -> str:
        return f"(SELECT value FROM json_each({attr}) WHERE key = {key})"

    def among(self, column: str, values: Sequence[Any], hold: Callable[[Any], str]) -> str:
        # Also without values: the column may hold the mark of a key, and every mark must be said.
        return f"{column} IN ({', '.join(map(hold, values))})"

    def later(self, one: str, other: str) -> str:
        return f"max({one}, {other})"


class Postgres(Engine):
    name = "postgresql"
    false = "FALSE"
    types: ClassVar[Mapping[str, str]] = {
        "TEXT": 'TEXT COLLATE "C"',
        "INT": "BIGINT",
        "BOOL": "BOOLEAN",
        "MOMENT": "TIMESTAMPTZ(3)",
        "MONEY": "BIGINT",
        "DATE": "DATE",
        "DECIMAL": "NUMERIC",
        "JSON": "JSON",  # not JSONB, which forgets the order of keys
        "BLOB": "BYTEA",
    }
    writes: ClassVar[Mapping[Kind, Convert]] = {
        Kind.MONEY: _scaled,
        Kind.MAP: _json_text,
        Kind.TREE: _json_text,
    }
    reads: ClassVar[Mapping[Kind, Convert]] = {
        Kind.MONEY: money,
        Kind.MAP: read_json,
        Kind.TREE: read_json,
    }

    def mark(self, number: int) -> str:
        return f"${number}"

    def contains(self, text: str, term: str, mark: Callable[[str], str]) -> str:
        # The trigram index is for LIKE; a term that gives it nothing to look up would read all of it.
        if _TRIGRAM.search(term):
            return f"{text} LIKE {mark('%' + _literal(term) + '%')}"
        return f"strpos({text}, {mark(term)}) > 0"

    def slot(self, number: int) -> str:
        return f"split_part(search, E'\\x1f', {number + 2})"

    def begins(self, text: str, term: str) -> str:
        return f"starts_with({text}, {term}::text)"

    def ends(self, text: str, term: str) -> str:
        return f"right({text}, length({term}::text)) = {term}::text"

    def tag(self, attr: str, key: str) -> str:
        return f'({attr} ->> {key}::text) COLLATE "C"'

    def among(self, column: str, values: Sequence[Any], hold: Callable[[Any], str]) -> str:
        # One value however many there are, so that the statement stays the same and stays prepared.
        return f"{column} = ANY({hold(list(values))})"

    def later(self, one: str, other: str) -> str:
        return f"greatest({one}, {other})"


def _literal(term: str) -> str:
    """The term with the signs that LIKE would take for wildcards made plain."""
    return term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


SQLITE, POSTGRES = Sqlite(), Postgres()
