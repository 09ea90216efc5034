"""Space Invoices: `query` (JSON, in the manner of MongoDB), `search`, `order_by`, cursors."""

from typing import Any

from billto.dialects.asking import (
    LIST,
    ONE,
    PAIR,
    PLAIN,
    WORD,
    Field,
    Manner,
    Place,
    Words,
    among,
    between,
    by,
    conditions,
    equal,
    other,
    outside,
    read_tree,
)
from billto.dialects.codecs import BOOL, TEXT, WHOLE, choice
from billto.dialects.dialect import Asked
from billto.dialects.params import Given, Param, take
from billto.dialects.searching import terms_of
from billto.dialects.wire import SORT, Table
from billto.domain.catalog import Item
from billto.domain.customer import Customer
from billto.domain.document import Document
from billto.domain.entity import Entity
from billto.domain.paging import unambiguous
from billto.domain.payment import Payment
from billto.domain.problems import Problem, Refused
from billto.domain.query import All, Missing, Node, Not, Op, Order, Query
from billto.domain.scope import ENVIRONMENTS

WORDS: Words = {
    "equals":     (ONE,  equal),
    "not":        (ONE,  other),
    "gt":         (ONE,  by(Op.GT)),
    "gte":        (ONE,  by(Op.GE)),
    "lt":         (ONE,  by(Op.LT)),
    "lte":        (ONE,  by(Op.LE)),
    "in":         (LIST, among),
    "notIn":      (LIST, outside),
    "contains":   (WORD, by(Op.CONTAINS)),
    "startsWith": (WORD, by(Op.STARTS)),
    "endsWith":   (WORD, by(Op.ENDS)),
    "between":    (PAIR, between),
}  # fmt: skip


def _whether(place: Place, value: Any) -> Node:
    """Whether something has happened: the moment is there when it did. It is never unknown."""
    if value is None:
        raise Refused(Problem("bad_operand", detail="true or false"))
    return Not(Missing(place.attr)) if value else Missing(place.attr)


_FLAG: Words = {"equals": (ONE, _whether), "not": (ONE, lambda place, value: Not(_whether(place, value)))}
_UNLIKE: Words = {"equals": _FLAG["not"], "not": _FLAG["equals"]}
# Questions of documents that a moment answers.
_FLAGS = {
    "is_draft": Field(Place("issued_at"), BOOL, _UNLIKE),
    "paid_in_full": Field(Place("paid_at"), BOOL, _FLAG),
}
_OF_DOCUMENTS = Manner(named=_FLAGS.get)

COLUMNS_MAX = 3  # a cursor carries the values of all of them

PARAMS = (
    Param("limit", WHOLE, 10, least=1, most=100, says="Number of results per request."),
    Param(
        "next_cursor",
        TEXT,
        says="pagination.next_cursor of the page before: the next page in the same order.",
    ),
    Param(
        "prev_cursor",
        TEXT,
        says="pagination.prev_cursor of the page after: the previous page in the same order.",
    ),
    Param(
        "include_total_count", BOOL, True, says="When false, pagination.total is -1 and nothing is counted."
    ),
    Param(
        "order_by",
        TEXT,
        several=True,
        says="A field to sort by, with - before it for descending; repeatable.",
    ),
    Param("query", TEXT, says=f"A JSON object of conditions by field; operators: {', '.join(WORDS)}."),
    Param(
        "search",
        TEXT,
        says="Words that must all occur in some text or metadata value, whatever case or accents.",
    ),
)
DELETED = Param("deleted", BOOL, False, says="When true, only what is in the trash.")
VOIDED = Param("deleted", BOOL, False, says="When true, only what was deleted, which is: voided.")
SEARCHED = (Payment, Item)
NO_TRASH = Param("deleted", BOOL, False, says="When true, nothing: documents have no trash.")
INCLUDE_DELETED = Param(
    "include_deleted", BOOL, False, says="When true, what is in the trash as well; not together with deleted."
)
ENVIRONMENT = Param(
    "environment",
    choice(*ENVIRONMENTS),
    says=f"{' or '.join(ENVIRONMENTS)}; the key's own when it is left out.",
)


def params_of(table: Table) -> tuple[Param, ...]:
    if table.record is Customer:
        return (*PARAMS, DELETED, INCLUDE_DELETED)
    if table.record is Entity:
        return (*PARAMS, ENVIRONMENT)
    if table.record is Document:
        return (*PARAMS, NO_TRASH)
    asked = PARAMS if table.record in SEARCHED else tuple(one for one in PARAMS if one.name != "search")
    return (*asked, VOIDED) if "voided_at" in table.attrs and "deleted_at" in table.by_wire else asked


def read(table: Table, given: Given, _body: Any = None) -> Asked:
    """The question in a list's parameters; raises Refused with what is wrong with them."""
    if "cursor" in given:  # some of the vendor's guides say so; passed over, it would be page one for ever
        raise Refused(Problem("bad_parameter", ("cursor",), "is called next_cursor or prev_cursor here"))
    values = take(given, params_of(table))
    if values["next_cursor"] is not None and values["prev_cursor"] is not None:
        raise Refused(Problem("bad_parameter", ("prev_cursor",), "cannot be given together with next_cursor"))
    if len(values["order_by"]) > COLUMNS_MAX:
        raise Refused(Problem("bad_parameter", ("order_by",), f"takes at most {COLUMNS_MAX} fields"))
    if values.get("deleted") and values.get("include_deleted"):
        raise Refused(Problem("bad_parameter", ("include_deleted",), "cannot be given together with deleted"))
    where = (*_conditions(table, values["query"]), *terms_of(values.get("search") or "", "search"))
    query = Query(
        where=where[0] if len(where) == 1 else All(where),
        order=unambiguous(tuple(_order(table, text) for text in values["order_by"])),
        limit=values["limit"],
        trashed=None if values.get("include_deleted") else values.get("deleted", False),
        counted=values["include_total_count"],
    )
    backwards = values["prev_cursor"] is not None
    cursor = values["prev_cursor"] if backwards else values["next_cursor"]
    return Asked(query, cursor, backwards, values.get("environment"))


def _conditions(table: Table, text: str | None) -> tuple[Node, ...]:
    if not text:
        return ()
    try:
        tree = read_tree(text, "query")
        manner = _OF_DOCUMENTS if table.record is Document else PLAIN
        asked = conditions(table, _flat(table, tree), WORDS, bare="equals", manner=manner)
    except Refused as refused:
        raise Refused(
            *(one if one.path[:1] == ("query",) else one.within("query") for one in refused.problems)
        ) from None
    return () if asked == All() else (asked,)


def _flat(table: Table, tree: dict[str, Any]) -> dict[str, Any]:
    """`{"customer": {"name": …}}` says the same as `{"customer.name": …}`."""
    flat: dict[str, Any] = {}
    for name, asked in tree.items():
        inner = asked if isinstance(asked, dict) else {}
        if inner and all(f"{name}.{key}" in table.asked for key in inner):
            flat |= {f"{name}.{key}": one for key, one in inner.items()}
        else:
            flat[name] = asked
    return flat


def _order(table: Table, text: str) -> Order:
    name = text.removeprefix("-")
    try:
        row = table.field(name, SORT)
    except Refused as refused:
        raise Refused(*(one.within("order_by") for one in refused.problems)) from None
    assert row.attr is not None
    return Order(row.attr, descending=text.startswith("-"))
