"""What holds for every row of every table, whatever dialect it is of."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billto.dialects import spaceinvoices
from billto.dialects.codecs import AMOUNT, BOOL, ISO, TEXT, WHOLE, Codec, prefixed
from billto.dialects.dialect import Does
from billto.dialects.wire import RO, Table
from billto.domain.attrs import Kind
from billto.domain.entity import Entity
from billto.domain.problems import Refused
from billto.web.bodies import parse_json
from billto.wiring import DIALECTS
from tests.store.records import OF_KIND, examples, records

TABLES = tuple(dict.fromkeys(route.table for dialect in DIALECTS for route in dialect.routes))
to_json = msgspec.json.Encoder(decimal_format="number").encode


def named(table: Table) -> str:
    return table.record.__name__


CODECS: tuple[tuple[str, Codec, st.SearchStrategy[Any]], ...] = (
    ("text", TEXT, st.text(st.characters(exclude_categories=["Cs"]))),
    ("bool", BOOL, st.booleans()),
    ("whole", WHOLE, st.integers(-(2**53), 2**53)),
    ("amount", AMOUNT, st.decimals(-(10**14), 10**14, places=4)),
    ("iso", ISO, OF_KIND[Kind.MOMENT]),
    ("id", prefixed("cust"), st.integers(0, 16**24 - 1).map("{:024x}".format)),
)


@pytest.mark.parametrize(("codec", "values"), [one[1:] for one in CODECS], ids=[one[0] for one in CODECS])
def test_what_is_shown_can_be_set_and_is_the_same(codec: Codec, values: st.SearchStrategy[Any]) -> None:
    @examples(100)
    @given(values)
    def holds(value: Any) -> None:
        shown = value if codec.encode is None else codec.encode(value)
        assert codec.decode(parse_json(to_json([shown]))[0]) == value

    holds()


@pytest.mark.parametrize("codec", [BOOL, WHOLE, ISO, prefixed("cust")], ids=["bool", "whole", "iso", "id"])
def test_a_parameter_reads_as_the_body_does(codec: Codec) -> None:
    for text, value in (
        ("true", True),
        ("false", False),
        ("17", 17),
        ("-3", -3),
        ("2024-02-29T12:00:00.000Z", "2024-02-29T12:00:00.000Z"),
        ("cust_6595a27b5d35015c3ef0c3fd", "cust_6595a27b5d35015c3ef0c3fd"),
    ):
        try:
            expected = codec.decode(value)
        except Refused:
            continue
        assert codec.parse(text) == expected


def test_every_attribute_of_an_entity_but_the_stores_own_is_shown() -> None:
    (table,) = (
        one for one in spaceinvoices.DIALECT.routes if one.table.record is Entity and one.does is Does.GET
    )
    assert set(table.table.attrs) - table.table.shows == {"serial", "version", "clock_ahead"}


@pytest.mark.parametrize("table", TABLES, ids=named)
def test_every_field_that_may_be_set_refuses_what_has_another_type(table: Table) -> None:
    for row in table.rows:
        if row.attr is None or row.access is RO:
            continue
        said = [fields(table, row.wire, wrong) for wrong in WRONG]
        assert set().union(*said) == {row.wire}
        assert len([one for one in said if one]) >= 3, row.wire


WRONG: tuple[Any, ...] = (5, True, "x" * 20_000, [1], {"a": 1}, Decimal("1.5"))


def fields(table: Table, wire: str, value: Any) -> set[str | int]:
    """The fields that a refusal names; none when the value is taken."""
    try:
        table.decode({wire: value}, creating=False)
    except Refused as refused:
        return {problem.path[0] for problem in refused.problems}
    return set()


@pytest.mark.parametrize("table", TABLES, ids=named)
def test_a_list_shows_what_a_single_answer_shows(table: Table) -> None:
    """Lists read only the attributes that a table says it shows: it must not show any other."""

    @examples(50)
    @given(records(table.record, least=1, most=1))
    def holds(made: list[Any]) -> None:
        (whole,) = made
        hidden = dict.fromkeys(set(table.attrs) - table.shows)
        try:
            shown = table.encode(whole)
        except (KeyError, AttributeError, TypeError, ValueError):
            return  # trees of no shape: not every field can be worked out of them
        assert table.encode(whole._replace(**hidden)) == shown

    holds()


@pytest.mark.parametrize("table", TABLES, ids=named)
def test_what_is_only_shown_is_never_taken(table: Table) -> None:
    """S6: ids, owners, times and whatever is worked out stay out of reach of every body."""
    unseen = set(table.attrs) - set(table.by_wire)
    shown = {one.wire for one in table.rows if one.access is RO}
    assert table.decode(dict.fromkeys(shown | unseen, "f" * 24), creating=False) == {}
