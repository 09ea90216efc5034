"""v1: conditions about `custom` become conditions about the places where its values are kept."""

from typing import Any

import pytest

from billto.domain.attrs import catalogue
from billto.domain.customer import Customer
from billto.domain.query import All, Compare, Either, Missing, Not, Op, Words
from billto.store.compile import needles
from tests.dialects.test_loopback import NOTHING, where


def META(op: Op, value: Any) -> Compare:
    return Compare("metadata", op, value, "k")


def JSON(op: Op, value: Any) -> Compare:
    return Compare("custom", op, value, "k")


LONG = "B" * 500
NULL = All((Missing("metadata", "k"), Either((Missing("custom", "k"), JSON(Op.EQ, "null")))))


@pytest.mark.parametrize(
    ("asked", "node"),
    [
        ("red", All((Words("red"), Either((META(Op.EQ, "red"), JSON(Op.EQ, '"red"')))))),
        ("5", All((Words("5"), Either((META(Op.EQ, "5"), JSON(Op.EQ, '"5"'), JSON(Op.EQ, "5")))))),
        (
            "1.50",
            Either(
                (
                    All((Words("1.50"), Either((META(Op.EQ, "1.50"), JSON(Op.EQ, '"1.50"'))))),
                    JSON(Op.EQ, "1.5"),
                )
            ),
        ),
        (
            "true",
            Either(
                (
                    All((Words("true"), Either((META(Op.EQ, "true"), JSON(Op.EQ, '"true"'))))),
                    JSON(Op.EQ, "true"),
                )
            ),
        ),
        ("1e999", All((Words("1e999"), Either((META(Op.EQ, "1e999"), JSON(Op.EQ, '"1e999"')))))),
        (LONG, All((Words(LONG), Either((META(Op.EQ, LONG), JSON(Op.EQ, f'"{LONG}"')))))),
        (5, All((Words("5"), JSON(Op.EQ, "5")))),
        (1.5, All((Words("1.5"), JSON(Op.EQ, "1.5")))),
        (True, JSON(Op.EQ, "true")),
        (None, NULL),
        ({"neq": 5}, Not(All((Words("5"), JSON(Op.EQ, "5"))))),
        ({"inq": ["red"]}, All((Words("red"), Either((META(Op.EQ, "red"), JSON(Op.EQ, '"red"')))))),
        ({"inq": ["a", 1, None]}, Either((NULL, META(Op.IN, ("a",)), JSON(Op.IN, ('"a"', "1"))))),
        ({"inq": [["a"], {"b": 1}]}, JSON(Op.IN, ('["a"]', '{"b":1}'))),
        ({"gt": "a"}, META(Op.GT, "a")),
        ({"between": ["a", "b"]}, All((META(Op.GE, "a"), META(Op.LE, "b")))),
        ({"like": "^a"}, META(Op.STARTS, "a")),
        ({"nope": 1}, NOTHING),
    ],
)
def test_values_of_custom_are_asked_for_where_they_are_kept(asked: Any, node: Any) -> None:
    assert where({"custom.k": asked}) == node


@pytest.mark.parametrize("asked", ["A-1", "12345", 12345, {"inq": ["A-1"]}, "A" * 500])
def test_a_text_or_a_number_is_looked_for_in_the_search_index(asked: Any) -> None:
    text = str(asked["inq"][0] if isinstance(asked, dict) else asked)
    assert needles(where({"custom.k": asked}), catalogue(Customer)) == (text.lower(),)
