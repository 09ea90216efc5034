"""Invoiced's values: what is shown can be set, and text says the same as JSON."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billto.dialects.codecs import Codec
from billto.dialects.invoiced.codecs import (
    BOOL,
    COUNTRY,
    CURRENCY,
    KIND,
    METADATA,
    NUMBER,
    TEXT,
    UNIX,
    WHOLE,
    WORDS,
)
from billto.dialects.invoiced.contacts import CONTACT
from billto.dialects.invoiced.customers import CUSTOMER
from billto.dialects.invoiced.reading import read_id
from billto.domain.countries.world import world
from billto.domain.customer import Customer
from billto.domain.problems import Refused
from billto.web.bodies import parse_json
from tests.store.records import examples
from tests.web.invoiced import BESIDE, CUSTOMER_KEYS

to_json = msgspec.json.Encoder(decimal_format="number").encode
letters = st.text("ABCXYZ", min_size=3, max_size=3)
plain = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)

CODECS: dict[str, tuple[Codec, st.SearchStrategy[Any]]] = {
    "text": (TEXT, plain),
    "bool": (BOOL, st.booleans()),
    "whole": (WHOLE, st.integers(-(2**53), 2**53)),
    "number": (NUMBER, st.decimals(-(10**14), 10**14, places=4)),
    "seconds": (UNIX, st.integers(0, 2**33).map(lambda s: datetime.fromtimestamp(s, UTC))),
    "country": (COUNTRY, st.sampled_from(sorted(world()))),
    "currency": (CURRENCY, letters),
    "kind": (KIND, st.booleans()),
    "metadata": (METADATA, st.dictionaries(plain.filter(bool), plain, max_size=4)),
    "words": (WORDS, st.lists(plain.filter(bool), max_size=4)),
}


@pytest.mark.parametrize("name", CODECS)
def test_what_is_shown_can_be_set_and_is_the_same(name: str) -> None:
    codec, values = CODECS[name]

    @examples(100)
    @given(values)
    def holds(value: Any) -> None:
        shown = value if codec.encode is None else codec.encode(value)
        assert codec.decode(parse_json(to_json([shown]))[0]) == value
        if name not in ("metadata", "words", "text"):
            assert codec.decode(str(shown)) == value

    holds()


@pytest.mark.parametrize(
    ("shown", "value"), [(800, "800.00"), (51.15, "51.15"), (0, "0.000000"), (-0.000001, "-0.000001")]
)
def test_amounts_are_plain_numbers(shown: Any, value: str) -> None:
    written = to_json([NUMBER.encode(Decimal(value))])  # type: ignore[misc]
    assert written == to_json([shown]) or Decimal(written[1:-1].decode()) == Decimal(value)
    assert b"." not in to_json([NUMBER.encode(Decimal("10000.0"))])  # type: ignore[misc]
    assert to_json([NUMBER.encode(Decimal("1E+3"))]) == b"[1000]"  # type: ignore[misc]


@pytest.mark.parametrize("wrong", ["1e5", "٣", "1_000", "NaN", "", " ", "1,5", True, [1], float("inf")])
def test_what_is_no_number_is_refused(wrong: Any) -> None:
    for codec in (NUMBER, WHOLE):
        with pytest.raises(Refused):
            codec.decode(wrong)


def test_the_table_has_the_documented_fields_in_their_order() -> None:
    shown = [row.wire for row in CUSTOMER.rows if row.wire != "disabled_payment_methods"]
    assert [wire for wire in shown if wire not in BESIDE] == CUSTOMER_KEYS
    assert shown == sorted(shown)
    assert [row.wire for row in CONTACT.rows] == sorted(row.wire for row in CONTACT.rows)


def test_a_customer_shows_no_attribute_twice() -> None:
    used = [row.attr for row in CUSTOMER.rows if row.attr]
    assert len(set(used)) == len(used)
    assert set(used) <= set(Customer._fields)


def test_ids_are_digits_that_every_database_can_hold() -> None:
    assert [read_id(text) for text in ("15444", "0", "9" * 18)] == [15444, 0, 10**18 - 1]
    assert [read_id(text) for text in ("", "-1", "1.0", "٣", "9" * 19, "cust_1", " 1")] == [None] * 7
