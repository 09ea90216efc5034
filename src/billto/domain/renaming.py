"""Questions that name customers by what these were called before they became part of others."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from billto.domain.attrs import catalogue
from billto.domain.customer import Customer
from billto.domain.query import All, Compare, Either, Node, Op, comparisons, rewritten


class Name(NamedTuple):
    """An attribute by which questions name a customer."""

    was: str  # the attribute of the alias that has it
    attr: str  # what is asked for instead …
    of: str  # … with this attribute of the customer of which that one is part


_OF_CUSTOMERS: Mapping[str, Name] = {
    "id": Name("id", "id", "id"),
    "serial": Name("serial", "serial", "serial"),
    "parent": Name("serial", "parent", "serial"),
    "number": Name("number", "id", "id"),
    "external_id": Name("external_id", "id", "id"),
}
_OF_OTHERS: Mapping[str, Name] = {
    "customer_id": Name("id", "customer_id", "id"),
    "customer": Name("serial", "customer", "serial"),
}

# By the attribute and the value that named somebody: what is said of the one that it is part of now.
Found = Mapping[tuple[str, Any], Any]


def names(record: type[NamedTuple]) -> Mapping[str, Name]:
    """By what questions about these records name customers."""
    if record is Customer:
        return _OF_CUSTOMERS
    return {name: one for name, one in _OF_OTHERS.items() if name in catalogue(record)}


def asked(record: type[NamedTuple], where: Node) -> Mapping[str, tuple[Any, ...]]:
    """The values by which a question names customers, by their attributes."""
    found: dict[str, tuple[Any, ...]] = {}
    for one in _naming(where, names(record)):
        found[one.attr] = found.get(one.attr, ()) + _values(one)
    return found


def is_plain(record: type[NamedTuple], where: Node) -> bool:
    """Whether a question is about one customer alone: by an old name it finds nothing then."""
    named = list(_naming(where, names(record)))
    return len(named) == 1 and named[0].op is Op.EQ and any(one is named[0] for one in _conjuncts(where))


def renamed(record: type[NamedTuple], where: Node, found: Found) -> Node:
    """The same question, which names the customers as they are called now."""
    named = names(record)
    return rewritten(
        where, lambda one: _named_now(one, named[one.attr], found) if _names_one(one, named) else one
    )


def _named_now(one: Compare, name: Name, found: Found) -> Node:
    now = tuple(found[one.attr, value] for value in _values(one) if (one.attr, value) in found)
    if not now:
        return one
    if name.attr != one.attr:  # a number is free after a merge, and may be somebody's again
        return Either((one, Compare(name.attr, Op.IN, now)))
    return (
        Compare(one.attr, Op.EQ, now[0]) if one.op is Op.EQ else Compare(one.attr, Op.IN, (*one.value, *now))
    )


def _naming(node: Node, named: Mapping[str, Name]) -> Iterator[Compare]:
    return (one for one in comparisons(node) if _names_one(one, named))


def _names_one(one: Compare, named: Mapping[str, Name]) -> bool:
    if one.attr not in named or one.key is not None:
        return False
    # Whoever asks for many numbers wants to know which are taken.
    return one.op is Op.EQ or (one.op is Op.IN and named[one.attr].attr == one.attr)


def _values(one: Compare) -> tuple[Any, ...]:
    return tuple(one.value) if one.op is Op.IN else (one.value,)


def _conjuncts(node: Node) -> Iterator[Node]:
    if isinstance(node, All):
        for part in node.parts:
            yield from _conjuncts(part)
    else:
        yield node
