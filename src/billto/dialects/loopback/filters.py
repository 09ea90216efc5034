"""v1: `filter`, as JSON or as brackets, in the query string or in the body of a GET."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from billto.dialects.asking import read_tree
from billto.dialects.brackets import nested
from billto.dialects.codecs import TEXT
from billto.dialects.dialect import Asked
from billto.dialects.loopback import where
from billto.dialects.loopback.lenient import BOOL
from billto.dialects.params import Given, Param
from billto.dialects.wire import SORT, Table
from billto.domain.customer import Customer
from billto.domain.document import Document
from billto.domain.paging import unambiguous
from billto.domain.payment import Payment
from billto.domain.problems import Problem, Refused
from billto.domain.query import All, Node, Order, Query

LIMIT_MAX = 100
COLUMNS_MAX = 5
_SKIP_MAX = 2**53
ID_ORDER = unambiguous(())

RELATIONS: Mapping[type[NamedTuple], tuple[str, ...]] = {
    Customer: ("organization",),
    Document: ("payments", "client", "organization"),
    Payment: ("document",),
}

_NAMES = frozenset({"where", "order", "limit", "skip", "offset", "fields", "include", "deleted"})

FILTER = Param("filter", TEXT, says=f"A JSON object, or brackets: {', '.join(sorted(_NAMES))}.")


class Form(NamedTuple):
    """How an answer is to look: which fields there are, and which relations."""

    only: frozenset[str] | None = None
    without: frozenset[str] = frozenset()
    include: tuple[str, ...] = ()

    def shown(self, record: dict[str, Any]) -> dict[str, Any]:
        if self.only is None and not self.without:
            return record
        return {
            name: value
            for name, value in record.items()
            if name not in self.without and (self.only is None or name in self.only)
        }


def params_of(_table: Table) -> tuple[Param, ...]:
    return (FILTER,)


def read(table: Table, given: Given, body: Any = None) -> Asked:
    """The question in a filter; raises Refused with what is wrong with it."""
    tree = said("filter", given, body) or {}
    trashed = None if _deleted(tree.get("deleted")) and table.record is Customer else False
    query = Query(
        where=_where(table, tree.get("where")),
        order=unambiguous(tuple(_order(table, tree.get("order")))),
        limit=min(_number(tree, "limit", LIMIT_MAX, least=1), LIMIT_MAX),
        skip=_number(tree, "skip" if tree.get("skip") is not None else "offset", 0, least=0),
        trashed=trashed,
    )
    return Asked(query, form=_form(table, tree))


def read_where(table: Table, given: Given, body: Any) -> Node:
    """The condition of a count."""
    tree = said("where", given, body)
    if tree is None and isinstance(body, dict):
        tree = (said("filter", {}, body) or {}).get("where")
    return _where(table, tree)


def said(name: str, given: Given, body: Any) -> Any:
    """The tree that is given under a name, or None: in the query string, else in the body."""
    own = {key: values for key, values in given.items() if key == name or key.startswith(f"{name}[")}
    value = nested(own).get(name)
    if value not in (None, "", "null"):
        return _object(value)
    if not isinstance(body, dict):
        return None
    inner = body.get(name)
    if name == "filter" and inner is None:
        inner = {key: one for key, one in body.items() if key in _NAMES} or None
    try:
        return None if inner is None else _object(inner)
    except Refused:
        return None  # rubbish in the body of a GET is no question


def _object(value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        try:
            return read_tree(value, "")
        except Refused:
            value = None
    if not isinstance(value, dict):
        raise Refused(Problem("bad_parameter", (), "Value is not an object."))
    return value


def _where(table: Table, tree: Any) -> Node:
    if tree is None or tree == "":
        return All()
    conditions = _object(tree)
    try:
        return where.read(table, conditions)
    except Refused as refused:
        raise Refused(*(one.within("where") for one in refused.problems)) from None


def _deleted(value: Any) -> bool:
    try:
        return value is not None and bool(BOOL.decode(value))
    except Refused:
        raise _not_valid("deleted", value) from None


_DIGITS = re.compile(r"[0-9]{1,16}", re.ASCII)


def _number(tree: Mapping[str, Any], name: str, default: int, *, least: int) -> int:
    value = tree.get(name)
    if value is None:
        return default
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        value = int(value)
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    if not is_number or not least <= value <= _SKIP_MAX or value != int(value):
        raise _not_valid(name, value)
    return int(value)


def _not_valid(name: str, value: Any) -> Refused:
    shown = str(value)[:100]
    return Refused(Problem("bad_parameter", (), f'The {name} parameter "{shown}" is not valid'))


# Order: "name", "name DESC", a list of these, and the ways that clients write it though LoopBack has others


def _order(table: Table, value: Any) -> Iterator[Order]:
    columns = list(_columns(value))
    if len(columns) > COLUMNS_MAX:
        raise Refused(Problem("bad_parameter", ("order",), f"takes at most {COLUMNS_MAX} properties"))
    for name, way in columns:
        row = _sortable(table, name)
        if way.upper() not in ("ASC", "DESC"):
            raise Refused(Problem("bad_parameter", ("order", name), "is followed by ASC or DESC"))
        yield Order(row, descending=way.upper() == "DESC")


def _columns(value: Any) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str):
            for column in filter(None, map(str.strip, one.split(","))):
                name, _, way = column.partition(" ")
                yield name, way.strip() or "ASC"
        elif isinstance(one, dict) and isinstance(one.get("field"), str):
            yield one["field"], str(one.get("sort", "ASC"))
        elif isinstance(one, dict) and all(isinstance(way, str) for way in one.values()):
            yield from one.items()
        else:
            raise Refused(
                Problem("bad_parameter", ("order",), "is a text such as name DESC, or a list of them")
            )


def _sortable(table: Table, name: str) -> str:
    try:
        row = table.field(name, SORT)
    except Refused as refused:
        raise Refused(*(one.within("order") for one in refused.problems)) from None
    assert row.attr is not None
    return row.attr


# Fields and relations


def _form(table: Table, tree: Mapping[str, Any]) -> Form:
    only, without = _fields(tree.get("fields"))
    return Form(only, without, tuple(_relations(table, tree.get("include"))))


def _fields(value: Any) -> tuple[frozenset[str] | None, frozenset[str]]:
    """The fields that are asked for, if any are named so, and those that are not wanted."""
    if isinstance(value, str):
        value = list(filter(None, map(str.strip, value.split(","))))
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return frozenset(value) or None, frozenset()
    if value is None:
        return None, frozenset()
    try:
        wanted = {name: bool(BOOL.decode(one)) for name, one in value.items()}
    except (Refused, AttributeError):
        detail = "is a list of names, or an object that says true or false for each"
        raise Refused(Problem("bad_parameter", ("fields",), detail)) from None
    only = frozenset(name for name, one in wanted.items() if one)
    return only or None, frozenset(name for name, one in wanted.items() if not one)


def _relations(table: Table, value: Any) -> Iterator[str]:
    for name in dict.fromkeys(_named_relations(value)):
        if name not in RELATIONS.get(table.record, ()):
            raise Refused(Problem("bad_parameter", ("include",), f'Relation "{name[:100]}" is not defined'))
        yield name


def _named_relations(value: Any) -> Iterator[str]:
    if value is None:
        return
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str):
            yield from filter(None, map(str.strip, one.split(",")))
        elif isinstance(one, dict):
            yield from [str(one["relation"])] if "relation" in one else one
        else:
            raise Refused(
                Problem("bad_parameter", ("include",), "is the name of a relation, or a list of names")
            )
