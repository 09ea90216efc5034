"""Invoiced: `page`, `sort`, `filter[…]`, `metadata[…]` and the conditions that only customers have."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from billto.dialects.asking import read_tree
from billto.dialects.brackets import nested
from billto.dialects.codecs import Codec
from billto.dialects.dialect import Asked
from billto.dialects.invoiced.codecs import BOOL, DAY, TEXT, WHOLE, read_seconds
from billto.dialects.params import Given, Param, take
from billto.dialects.wire import FIND, SORT, Table
from billto.domain.attrs import Kind
from billto.domain.customer import Customer
from billto.domain.document import Document
from billto.domain.nodes import storable
from billto.domain.paging import unambiguous
from billto.domain.payment import Payment
from billto.domain.problems import Problem, Refused
from billto.domain.query import All, Compare, Either, Missing, Node, Op, Order, Query

PER_PAGE_MAX = 100
CONDITIONS_MAX = 50
COLUMNS_MAX = 5
TEXT_LENGTH_MAX = 500
PAGING = ("page", "per_page")
_PAGE_MAX = 10**12
_ONE_SECOND = timedelta(seconds=1)
_SECONDS = Codec(read_seconds, None, read_seconds, {"type": "integer"})

PARAMS = (
    Param("page", WHOLE, 1, says="The page, from 1."),
    Param("per_page", WHOLE, PER_PAGE_MAX, says=f"Records a page, at most {PER_PAGE_MAX}."),
    Param("sort", TEXT, "", says="Columns to sort by, such as `name asc, number desc`."),
    Param("updated_after", _SECONDS, says="Only what was updated after this moment."),
    Param("expand", TEXT, "", says="Ids to show as objects: `parent_customer`, or the `customer`."),
    Param("include", TEXT, "", says="Further properties: `applied_to` of payments."),
    Param("exclude", TEXT, "", says="Properties to leave out."),
)
OF_CUSTOMERS = (
    Param("open_balance", BOOL, says="Only customers with, or without, an open balance."),
    Param("payment_source", BOOL, says="Only customers with, or without, a payment source."),
)
OF_DAYS = (
    Param("start_date", DAY, says="Only what is of this day or a later one."),
    Param("end_date", DAY, says="Only what is of this day or an earlier one."),
)
_OWN: Mapping[type[Any], tuple[Param, ...]] = {
    Customer: OF_CUSTOMERS, Document: OF_DAYS, Payment: OF_DAYS,
}  # fmt: skip
# What a filter may name beside the attributes: how its value becomes a condition.
More = Mapping[str, Callable[[Any], Node]]


def params_of(table: Table) -> tuple[Param, ...]:
    return (*PARAMS, *_OWN.get(table.record, ()))


class Shape(NamedTuple):
    """How records are to be shown."""

    expand: frozenset[str]
    exclude: frozenset[str]
    include: frozenset[str] = frozenset()


def shape(given: Given) -> Shape:
    """What `expand` and `exclude` say; names that do not exist are passed over."""
    names = {
        name: frozenset(one.strip() for text in given.get(name, ()) for one in text.split(","))
        for name in ("expand", "exclude", "include")
    }
    return Shape(names["expand"], names["exclude"] - {"id"}, names["include"])


def read(
    table: Table,
    given: Given,
    _body: Any = None,
    *,
    within: Node | None = None,
    more: More | None = None,
) -> Asked:
    """The question in a list's parameters; `within` narrows it to what the address is about."""
    values = take(_said(given), params_of(table))
    limit = min(max(values["per_page"], 1), PER_PAGE_MAX)
    page = min(max(values["page"], 1), _PAGE_MAX)
    where = [*([within] if within else []), *_conditions(table, given, more or {})]
    if values["updated_after"] is not None:
        where.append(Compare("updated_at", Op.GT, values["updated_after"]))
    for name, op in (("start_date", Op.GE), ("end_date", Op.LE)):
        if values.get(name) is not None:
            where.append(Compare("date", op, values[name]))
    if values.get("open_balance") is not None:
        where.append(Compare("owes", Op.EQ, values["open_balance"]))
    if values.get("payment_source"):
        where.append(Either())  # no card is on file as long as there are no gateways
    return Asked(
        Query(
            where=where[0] if len(where) == 1 else All(tuple(where)),
            order=unambiguous(_order(table, values["sort"])),
            limit=limit,
            skip=(page - 1) * limit,
        )
    )


def _said(given: Given) -> Given:
    """The parameters without those that say nothing."""
    return {name: values for name, values in given.items() if values[-1] != ""}


def _order(table: Table, text: str) -> tuple[Order, ...]:
    """Columns that do not exist are passed over, as the clients expect."""
    found: list[Order] = []
    for one in text.split(","):
        name, *way = one.split()[:2] or [""]
        row = table.by_wire.get(name)
        if row is not None and row.attr is not None and SORT in row.uses:
            found.append(Order(row.attr, descending=[word.lower() for word in way] == ["desc"]))
    return tuple(found[:COLUMNS_MAX])


def _conditions(table: Table, given: Given, more: More) -> Iterator[Node]:
    # Java's client says its parameters again behind those of a link: the last ones count.
    asked = {name: values[-1:] for name, values in given.items() if name.partition("[")[0] in _TREES}
    try:
        trees = nested(asked)
    except Refused as refused:
        name = next(iter(refused.problems[0].path), "filter")
        raise Refused(Problem("bad_parameter", (name,), f"Invalid filter parameter: {name}")) from None
    filters, tags = (_tree(trees.get(name), name) for name in _TREES)
    if len(filters) + len(tags) > CONDITIONS_MAX:
        raise Refused(Problem("bad_parameter", ("filter",), f"has more than {CONDITIONS_MAX} conditions"))
    for name, value in filters.items():
        yield _derived(more[name], name, value) if name in more else _equal(table, name, value)
    for key, value in tags.items():
        if "metadata" not in table.by_wire:
            raise _invalid("metadata")
        yield _tagged(key, value)


_TREES = ("filter", "metadata")


def _tree(given: Any, name: str) -> Mapping[str, Any]:
    """An object, in brackets or as JSON; brackets around numbers look like a list."""
    if isinstance(given, str):
        return {} if given.strip() in ("", "[]", "null") else read_tree(given, name)
    if isinstance(given, list):
        return {str(at): one for at, one in enumerate(given)}
    return given or {}


def _derived(condition: Callable[[Any], Node], name: str, value: Any) -> Node:
    try:
        return condition(value)
    except Refused:
        raise _invalid(name) from None


def _equal(table: Table, name: str, value: Any) -> Node:
    row = table.by_wire.get(name)
    if row is None or row.attr is None or row.codec is None or FIND not in row.uses:
        raise _invalid(name)
    attr = table.attrs[row.attr]
    if value is None or value == "":
        return Missing(row.attr)
    try:
        want = row.codec.decode(value)
    except Refused:
        raise _invalid(name) from None
    if attr.kind is Kind.MOMENT:  # the wire knows only whole seconds
        return All((Compare(row.attr, Op.GE, want), Compare(row.attr, Op.LT, want + _ONE_SECOND)))
    return Compare(row.attr, Op.EQ, _short(want, name) if isinstance(want, str) else want)


def _tagged(key: str, value: Any) -> Node:
    name = f"metadata[{key}]"
    _short(key, name)
    if value is None or value == "":
        return Missing("metadata", key)
    if isinstance(value, bool):
        value = str(value).lower()
    try:
        return Compare("metadata", Op.EQ, _short(TEXT.decode(value), name), key)
    except Refused:
        raise _invalid(name) from None


def _short(text: str, name: str) -> str:
    if not 1 <= len(text) <= TEXT_LENGTH_MAX or not storable(text):
        raise _invalid(name)
    return text


def _invalid(name: str) -> Refused:
    shown = name[:100]
    return Refused(Problem("bad_parameter", (shown,), f"Invalid filter parameter: {shown}"))
