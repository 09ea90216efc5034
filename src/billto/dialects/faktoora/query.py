"""faktoora: pages by number, one field to sort by, a category, and words to be found."""

from typing import Any

from billto.dialects.brackets import nested
from billto.dialects.codecs import TEXT, WHOLE, Codec, choice
from billto.dialects.dialect import Asked
from billto.dialects.faktoora.customers import CUSTOMER
from billto.dialects.params import Given, Param, take
from billto.dialects.searching import terms_of
from billto.dialects.wire import SORT, Table
from billto.domain.account import Key
from billto.domain.nodes import storable
from billto.domain.paging import unambiguous
from billto.domain.problems import Problem, Refused
from billto.domain.query import All, Compare, Node, Op, Order, Query

PAGE_MAX = 10**9
PER_PAGE, PER_PAGE_MAX = 25, 1_000
TEXT_MAX = 500

# What a list shows only when it is asked for, by its name in the records; None for what is not kept here.
RELATIONS = {
    "user": None,
    "legalform": None,
    "importedFile": None,
    "customerContacts": "customerContacts",
    "invoiceTemplate": None,
    "customerDeliveryAddresses": "deliveryAddresses",
}


def _plain(text: str) -> str:
    if len(text) > TEXT_MAX or not storable(text):
        raise Refused(Problem("out_of_range", detail=f"at most {TEXT_MAX} characters, none of them NUL"))
    return text


PLAIN = Codec(_plain, None, _plain, TEXT.schema)

PAGING = (
    Param("page", WHOLE, 1, least=1, most=PAGE_MAX, says="Page number, beginning with 1."),
    Param("perPage", WHOLE, PER_PAGE, says=f"Results per page, at most {PER_PAGE_MAX}."),
)
PARAMS = (
    *PAGING,
    Param("sort", choice(*CUSTOMER.names(SORT)), says="The field to sort by."),
    Param("order", choice("asc", "desc"), "asc", says="The direction to sort in."),
    Param("category", PLAIN, says="Only customers of this category."),
    Param("keywords", PLAIN, several=True, says="Words that must all be found, whatever case or accents."),
    Param("relationFields", choice(*RELATIONS), several=True, says="What to show beside the records."),
)


def params_of(table: Table) -> tuple[Param, ...]:
    return PAGING if table.record is Key else PARAMS


def read(table: Table, given: Given, _body: Any = None) -> Asked:
    """The question in a list's parameters; raises Refused with what is wrong with them."""
    values = take(_plainly(given), params_of(table))
    where: tuple[Node, ...] = terms_of(" ".join(values.get("keywords", ())), "keywords")
    if values.get("category"):
        where = (Compare("category", Op.EQ, values["category"]), *where)
    per_page = min(max(values["perPage"], 1), PER_PAGE_MAX)
    return Asked(
        Query(
            where=where[0] if len(where) == 1 else All(where),
            order=_order(table, values),
            limit=per_page,
            skip=(values["page"] - 1) * per_page,
        )
    )


def relations(given: Given) -> tuple[str, ...]:
    """The names of what a list is to show beside its records, after they were read."""
    return tuple(dict.fromkeys(_several(given, "relationFields")))


def _order(table: Table, values: dict[str, Any]) -> tuple[Order, ...]:
    descending = values.get("order") == "desc"
    if values.get("sort") is None:
        return (Order("id", descending),)
    attr = table.field(values["sort"], SORT).attr
    assert attr is not None
    return unambiguous((Order(attr, descending),))


def _plainly(given: Given) -> Given:
    """The parameters with their lists under plain names."""
    lists = {name: _several(given, name) for name in ("keywords", "relationFields")}
    return {**given, **{name: texts for name, texts in lists.items() if texts}}


def _several(given: Given, name: str) -> tuple[str, ...]:
    """The texts of a list, as `name=a&name=b`, `name[]=a` or `name[0]=a`; names may also share a comma."""
    mine = {one: texts for one, texts in given.items() if one.partition("[")[0] == name}
    found = nested(mine).get(name, [])
    texts = found if isinstance(found, list) else [found]
    if set(nested(mine)) - {name} or not all(isinstance(one, str) for one in texts):
        raise Refused(Problem("bad_parameter", (name,), "must be a list of texts"))
    if name == "relationFields":
        texts = [one for text in texts for one in text.split(",") if one]
    return tuple(texts)
