"""What questions mean: one example of each sentence of the definition."""

from datetime import UTC, datetime
from typing import Any

import pytest

from billto.domain.customer import Customer, made
from billto.domain.folding import SEAM
from billto.domain.query import FOLDED, MEANING, All, Compare, Either, Missing, Node, Not, Op, Words, matches

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ACME: dict[str, Any] = {
    "name": "Čeh & Söhne 100 %_",
    "email": "Info@Acme.example",
    "city": "",
    "is_end_consumer": None,
    "metadata": {"order_id": "X-1", "a.b": "Łódź", "empty": ""},
}


def acme(**values: Any) -> Customer:
    return made({**ACME, **values}, entity_id="0" * 24, id="1" * 24, now=NOW)


def name(op: Op, value: Any) -> Node:
    return Compare("name", op, value)


def tag(key: str, op: Op, value: Any) -> Node:
    return Compare("metadata", op, value, key)


TRUE: tuple[Node, ...] = (
    # text compares by code point
    name(Op.EQ, "Čeh & Söhne 100 %_"),
    name(Op.GT, "Z"),
    name(Op.GE, "Čeh & Söhne 100 %_"),
    name(Op.LE, "Č\U0001f600"),
    name(Op.LT, "Čeh & Söhne 100 %_ "),
    Compare("email", Op.LT, "a"),
    name(Op.IN, ("x", "Čeh & Söhne 100 %_")),
    Compare("created_at", Op.GE, NOW),
    Compare("is_tax_subject", Op.EQ, True),
    Compare("version", Op.IN, (1, 2)),
    # searches are blind to case and accents, and take every sign for itself
    name(Op.CONTAINS, "sohne"),
    name(Op.CONTAINS, "ČEH & S"),
    name(Op.CONTAINS, ""),
    name(Op.STARTS, "CEH"),
    name(Op.STARTS, ""),
    name(Op.ENDS, "0 %_"),
    name(Op.ENDS, ""),
    Compare("city", Op.STARTS, ""),
    # one value of a map
    tag("order_id", Op.EQ, "X-1"),
    tag("order_id", Op.CONTAINS, "x-"),
    tag("a.b", Op.ENDS, "DZ"),
    tag("empty", Op.EQ, ""),
    tag("order_id", Op.GT, "X"),
    # missing is not empty
    Missing("address"),
    Missing("is_end_consumer"),
    Missing("metadata", "b"),
    Missing("metadata", "ORDER_ID"),
    # some searched text contains the term
    Words("ceh"),
    Words("acme.EX"),
    Words("lodz"),
    Words("x-1"),
    Words(""),
    Words("%_"),
    # everything, and nothing of nothing
    All(),
    Not(Either()),
    All((Words("ceh"), Words("lodz"))),
    Either((Words("nowhere"), Words("lodz"))),
    Not(All((Words("ceh"), Words("nowhere")))),
)
FALSE: tuple[Node, ...] = (
    name(Op.EQ, "čeh & söhne 100 %_"),
    name(Op.EQ, "Ceh & Sohne 100 %_"),
    name(Op.IN, ()),
    name(Op.LT, "Z"),
    name(Op.CONTAINS, "s_hne"),
    name(Op.CONTAINS, "%hne"),
    name(Op.STARTS, "eh"),
    name(Op.ENDS, "%"),
    tag("b", Op.EQ, ""),
    tag("b", Op.CONTAINS, ""),
    tag("b", Op.ENDS, ""),
    tag("order_id", Op.EQ, "x-1"),
    tag("order_id", Op.IN, ()),
    Missing("city"),
    Missing("name"),
    Missing("metadata"),
    Missing("metadata", "empty"),
    Words("nowhere"),
    # not across two texts, by whatever stands between them
    Words("%_info"),
    Words(f"%_{SEAM}info"),
    Words(f"%_{SEAM}"),
    Words("%_ info"),
    # names and keys are not searched, nor is what is no text
    Words("order_id"),
    Words("1" * 24),
    Either(),
    Not(All()),
    Not(Words("ceh")),
)


@pytest.mark.parametrize("node", TRUE, ids=str)
def test_it_is_so(node: Node) -> None:
    assert matches(node, acme())
    assert not matches(Not(node), acme())


@pytest.mark.parametrize("node", FALSE, ids=str)
def test_it_is_not_so(node: Node) -> None:
    assert not matches(node, acme())
    assert matches(Not(node), acme())


@pytest.mark.parametrize("op", Op)
@pytest.mark.parametrize("key", [None, "k"])
def test_a_comparison_with_what_is_missing_is_false_and_its_opposite_true(op: Op, key: str | None) -> None:
    where = Compare("address" if key is None else "metadata", op, () if op is Op.IN else "", key)
    assert not matches(where, acme())
    assert matches(Not(where), acme())
    assert not matches(Not(Not(where)), acme())


def test_every_operator_has_a_meaning_and_four_are_folded() -> None:
    assert set(MEANING) == set(Op)
    assert {Op.CONTAINS, Op.STARTS, Op.ENDS, Op.SAME} == FOLDED


def test_a_seam_in_a_text_is_a_blank_to_searches() -> None:
    one = acme(name=f"Left{SEAM}Right")
    assert matches(Words("left right"), one)
    assert matches(Words(f"left{SEAM}right"), one)
    assert matches(name(Op.CONTAINS, "t r"), one)
    assert matches(name(Op.EQ, f"Left{SEAM}Right"), one)
    assert not matches(name(Op.EQ, "Left Right"), one)
