"""Any records and any questions about them, made out of the catalogues by Hypothesis.

The texts of one example come from one small pool, so that values meet each other and questions meet values.
EXAMPLES_TIMES=20 in the environment makes every property of the store try twenty times as many examples.
"""

import json
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache, partial
from typing import Any, NamedTuple, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from billto.domain.attrs import Attr, Kind, catalogue
from billto.domain.query import FOLDED, All, Compare, Either, Missing, Node, Not, Op, Order, Words

FILLED_MAX = 10
TIMES = int(os.environ.get("EXAMPLES_TIMES", "1"))

T = TypeVar("T")
Values = st.SearchStrategy[Any]


def examples(number: int) -> settings:
    """So many examples, as long as they may take: a database answers as quickly as the machine lets it."""
    return settings(max_examples=number * TIMES, deadline=None, suppress_health_check=list(HealthCheck))


# Random Unicode hardly ever has a sign that SQL, LIKE, JSON or folding takes for something else; these do.
NASTY = (
    "abcA%_\\'\" *čČßÄ\x1f"  # wildcards, quotes, escapes, the seam between texts
    "ŁøĐİıﬁĲ½´"  # what folding opens
    "\u0301\u030c\u0345\u200d"  # marks on their own
    "йЙёςΣά한하ᄒกิ"
    "\ufffd\ufffe\uffff\U0001f600\t\n\x7f"
)
NASTY_KEYS = (
    "k",
    "K",
    'a"b',
    "a.b",
    "a\\b",
    "$",
    "$.k",
    "[0]",
    "'",
    "%",
    "ключ",
    "č",
    "c\u030c",
    "\x1f",
    " ",
)

texts = st.text(NASTY, max_size=6) | st.text(
    st.characters(codec="utf-8", exclude_characters="\0"), max_size=5
)
pool = st.shared(st.lists(texts, min_size=1, max_size=5), key="pool")
pooled = st.tuples(pool, st.integers(0, 4)).map(lambda chosen: chosen[0][chosen[1] % len(chosen[0])])
_key_pool = st.shared(st.lists(st.sampled_from(NASTY_KEYS), min_size=1, max_size=3), key="keys")
keys = st.tuples(_key_pool, st.integers(0, 2)).map(lambda chosen: chosen[0][chosen[1] % len(chosen[0])])

_MIDDLE = datetime(2024, 2, 29, 23, 59, 59, 998_000, tzinfo=UTC)
moments = st.integers(-3, 3).map(lambda n: _MIDDLE + timedelta(milliseconds=n))
# The first and the last that can be asked about; no clock has ever shown them to a record.
ends_of_time = st.sampled_from(
    (datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC))
)
whole = st.integers(-3, 3) | st.sampled_from((2**53, -(2**53), 2**32 + 1))
amounts = st.sampled_from(
    [Decimal(text) for text in ("0", "0.10", "0.1", "7", "-0.000001", "999999999999999")]
)
money = st.sampled_from([Decimal(text) for text in ("0", "0.10", "0.0001", "7", "-3.5", "999999999999")])
days = st.integers(-2, 2).map(lambda n: _MIDDLE.date() + timedelta(days=n))
leaves_of_trees = st.none() | st.booleans() | whole | amounts | pooled | st.lists(pooled, max_size=2)

OF_KIND: Mapping[Kind, Values] = {
    Kind.TEXT: pooled,
    Kind.BOOL: st.booleans(),
    Kind.INT: whole,
    Kind.DECIMAL: amounts,
    Kind.MOMENT: moments,
    Kind.MONEY: money,
    Kind.DATE: days,
    Kind.MAP: st.dictionaries(keys, pooled, max_size=3),
    Kind.TREE: st.dictionaries(pooled, leaves_of_trees, max_size=2),
}

jsons = pooled.map(json.dumps) | st.sampled_from(("5", "-1.5", "1E+17", "true", "null", '["a"]', '{"a":1}'))
JSON_MAPS = st.dictionaries(keys, jsons, max_size=3)


def any_of(*strategies: st.SearchStrategy[T]) -> st.SearchStrategy[T]:
    """One of them, each as often as the others; `one_of` would go by how many ways each of them has."""
    return st.integers(0, len(strategies) - 1).flatmap(strategies.__getitem__)


def ids(number: int) -> str:
    return f"{number:024x}"


def values_of(attr: Attr) -> Values:
    """Values that an attribute may have, missing where it may be."""
    values = st.sampled_from(attr.among) if attr.among else JSON_MAPS if attr.json else OF_KIND[attr.kind]
    return st.none() | values if attr.nullable else values


@cache
def records(kind: type[NamedTuple], least: int = 0, most: int = 8) -> st.SearchStrategy[list[Any]]:
    """Records with ids of their own; who keeps them says whose they are.

    In one example the same few of the attributes that may be missing are filled: values meet each other more
    often so, and an example costs less.
    """
    attrs = catalogue(kind)
    optional = [name for name, attr in attrs.items() if attr.nullable]
    make: Any = kind

    def filled(names: frozenset[str]) -> st.SearchStrategy[list[Any]]:
        values = {name: values_of(attr) for name, attr in attrs.items() if not attr.nullable or name in names}
        return st.lists(st.fixed_dictionaries(values), min_size=least, max_size=most).map(
            lambda given: [made(values, number) for number, values in enumerate(given, 1)]
        )

    def made(values: Mapping[str, Any], number: int) -> Any:
        """What no two may share is told apart by a number at its end."""
        unique = (name for name, attr in attrs.items() if attr.unique and values.get(name) is not None)
        apart = {"id": ids(number), **{name: f"{values[name]}{number}" for name in unique}}
        return make(**{**dict.fromkeys(optional), **values, **apart})

    some = st.frozensets(st.sampled_from(optional), max_size=FILLED_MAX) if optional else st.just(frozenset())
    return some.flatmap(filled)


def askable(kind: type[NamedTuple]) -> list[Attr]:
    """Attributes that questions may be about: all that the store keeps as one comparable value."""
    comparable = (Kind.TEXT, Kind.BOOL, Kind.INT, Kind.MOMENT, Kind.MONEY, Kind.DATE)
    return [attr for attr in catalogue(kind).values() if attr.kind in comparable]


# What somebody may type who looks for one of the texts: some of it, in another case, or more than it.
some = st.tuples(pooled, st.integers(0, 4), st.integers(1, 6)).map(
    lambda cut: cut[0][cut[1] : cut[1] + cut[2]]
)
WAYS: tuple[Callable[[str], str], ...] = (str, str.upper, str.swapcase, str.casefold)
typed = st.one_of(
    pooled,
    st.tuples(st.sampled_from(WAYS), some).map(lambda said: said[0](said[1])),
    st.tuples(some, st.sampled_from(("", " ", "\x1f")), some).map("".join),
    texts,
)


def operands(attr: Attr) -> Values:
    if attr.name.endswith("id") and attr.kind is Kind.TEXT:
        return st.integers(0, 6).map(ids) | pooled
    if attr.among:
        return st.sampled_from(attr.among) | pooled
    if attr.json:
        return jsons
    return {**OF_KIND, Kind.MAP: pooled, Kind.MOMENT: moments | ends_of_time}[attr.kind]


@cache
def compared(attr: Attr) -> st.SearchStrategy[Node]:
    """An attribute, or some key of a map, against a value; by any operator that it knows."""
    is_map = attr.kind is Kind.MAP
    folded = attr.searched and (is_map or attr.kind is Kind.TEXT)
    key = keys if is_map else st.none()

    def by(op: Op) -> st.SearchStrategy[Node]:
        one = typed if op in FOLDED else operands(attr)
        value = st.lists(one, max_size=3).map(tuple) if op is Op.IN else one
        return st.builds(Compare, st.just(attr.name), st.just(op), value, key)

    return any_of(*(by(op) for op in Op if folded or op not in FOLDED))


@cache
def questions(kind: type[NamedTuple]) -> st.SearchStrategy[Node]:
    """Trees over everything that may be asked."""
    attrs = askable(kind)
    in_search = [attr for attr in attrs if attr.searched and attr.kind is Kind.TEXT]
    leaf = any_of(
        typed.map(Words),
        any_of(*(compared(attr) for attr in in_search)),
        any_of(*(compared(attr) for attr in attrs)),
        any_of(*(compared(attr) for attr in catalogue(kind).values() if attr.kind is Kind.MAP)),
        st.sampled_from([attr.name for attr in attrs]).map(Missing) | keys.map(partial(Missing, "metadata")),
    )
    return st.recursive(
        leaf,
        lambda inner: any_of(
            st.lists(inner, max_size=3).map(lambda parts: All(tuple(parts))),
            st.lists(inner, max_size=3).map(lambda parts: Either(tuple(parts))),
            inner.map(Not),
        ),
        max_leaves=6,
    )


@cache
def orders(kind: type[NamedTuple]) -> st.SearchStrategy[tuple[Order, ...]]:
    """Orders as somebody may ask for them, also with a column named twice."""
    names = [attr.name for attr in askable(kind)]
    return st.lists(st.builds(Order, st.sampled_from(names), st.booleans()), max_size=4).map(tuple)
