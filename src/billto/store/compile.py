"""From a question about records to SQL. Values only ever travel as parameters."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from billto.domain.attrs import Attr, Kind, catalogue, searched
from billto.domain.folding import fold
from billto.domain.query import FOLDED, All, Compare, Either, Missing, Node, Not, Op, Order, Words
from billto.store.engine import Engine

_INFIX = {Op.EQ: "=", Op.LT: "<", Op.LE: "<=", Op.GT: ">", Op.GE: ">="}


class Compiler:
    """One pass over one question; the engine knows what SQLite and PostgreSQL say differently."""

    def __init__(self, record: type[NamedTuple], engine: Engine) -> None:
        self.attrs = catalogue(record)
        self.places = {name: at for at, name in enumerate(searched(record))}
        self.engine = engine
        self.values: list[Any] = []

    def sql(self, node: Node, *, positive: bool = True) -> str:
        """The condition for a node, or with `positive` false for everything it leaves out.

        Negation is pushed down to the leaves, so that a plain comparison stays plain (and can use an index)
        and only a negated one pays for the missing values.
        """
        match node:
            case Not(part):
                return self.sql(part, positive=not positive)
            case All(parts) | Either(parts):
                inner = [self.sql(part, positive=positive) for part in parts]
                together = isinstance(node, All) is positive
                word, nothing = (" AND ", "1=1") if together else (" OR ", "1=0")
                return f"({word.join(inner)})" if inner else nothing
            case Missing(attr, key):
                return f"{self._value(attr, key)} IS {'' if positive else 'NOT '}NULL"
            case Words(term):
                return self._leaf(self._contains("search", fold(term)), positive, nullable=False)
            case Compare(attr, op, value, key):
                nullable = key is not None or self.attrs[attr].nullable
                return self._leaf(
                    self._compare(self.attrs[attr], op, value, key), positive, nullable=nullable
                )

    def _leaf(self, condition: str, positive: bool, *, nullable: bool) -> str:
        if positive:
            return f"({condition})"
        return f"NOT COALESCE({condition}, {self.engine.false})" if nullable else f"NOT ({condition})"

    def _value(self, attr: str, key: str | None) -> str:
        return attr if key is None else self.engine.tag(attr, self.hold(key))

    def _compare(self, attr: Attr, op: Op, value: Any, key: str | None) -> str:
        if key is not None:
            return self._compare_tag(attr, op, value, key)
        if op is Op.IN:
            held = [self.engine.stored(attr, one) for one in value]
            return self.engine.among(attr.name, held, self._hold_as_is)
        if op in FOLDED:
            # A missing text has an empty place in the search text, and empty is contained in everything.
            there = f"{attr.name} IS NOT NULL AND " if attr.nullable else ""
            return f"{there}{self._folded(self.engine.slot(self.places[attr.name]), op, fold(value))}"
        if attr.kind is Kind.BOOL and op is Op.EQ and isinstance(value, bool):
            # Said plainly, so that an index of only those that are so is used.
            return attr.name if value else f"NOT {attr.name}"
        return f"{attr.name} {_INFIX[op]} {self.hold(value, attr)}"

    def _compare_tag(self, attr: Attr, op: Op, value: Any, key: str) -> str:
        if op in FOLDED:
            return self._folded(self._value(f"{attr.name}_fold", key), op, fold(value))
        if op is Op.IN:
            return self.engine.among(self._value(attr.name, key), value, self._hold_as_is)
        compared = f"{self._value(attr.name, key)} {_INFIX[op]} {self.hold(value)}"
        # What equals the value has it in its search text, and that has an index where maps have none.
        in_search = op is Op.EQ and attr.searched
        return f"{self._contains('search', fold(value))} AND {compared}" if in_search else compared

    def _folded(self, text: str, op: Op, term: str) -> str:
        """The whole search text first, which has an index and is quickly looked through; then the place."""
        whole = self._contains("search", term)
        if op is Op.CONTAINS:
            return f"{whole} AND {self._contains(text, term)}"
        if op is Op.SAME:
            return f"{whole} AND {text} = {self.hold(term)}"
        way = self.engine.begins if op is Op.STARTS else self.engine.ends
        return f"{whole} AND {way(text, self.hold(term))}"

    def _contains(self, text: str, term: str) -> str:
        return self.engine.contains(text, term, self.hold)

    def order_by(self, order: tuple[Order, ...]) -> str:
        """ORDER BY, with the missing last going up and first going down."""
        return ", ".join(map(self._direction, order))

    def _direction(self, one: Order) -> str:
        # Said only where something can be missing: SQLite would sort instead of using an index.
        way, missing = ("DESC", " NULLS FIRST") if one.descending else ("ASC", " NULLS LAST")
        return f"{one.attr} {way}{missing if self.attrs[one.attr].nullable else ''}"

    def hold(self, value: Any, attr: Attr | None = None) -> str:
        """A mark in the text for a value, which goes its own way."""
        return self._hold_as_is(value if attr is None else self.engine.stored(attr, value))

    def _hold_as_is(self, value: Any) -> str:
        self.values.append(value)
        return self.engine.mark(len(self.values))


def needles(node: Node, attrs: Mapping[str, Attr]) -> tuple[str, ...]:
    """Folded terms that must stand in the search text of every record that answers a question."""
    match node:
        case All(parts):
            return tuple(term for part in parts for term in needles(part, attrs))
        case Words(term):
            return (fold(term),)
        case Compare(attr, op, value, key) if attrs[attr].searched and (
            op in FOLDED or (key is not None and op is Op.EQ)
        ):
            return (fold(value),)
        case _:
            return ()
