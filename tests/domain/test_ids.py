"""Ids sort by the moment they were made, are made once, and never go back."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billto.domain.ids import IdMaker, read_id

NOW = datetime(2026, 3, 1, 12, 0, 0, 123_000, tzinfo=UTC)


def test_an_id_begins_with_the_second_it_was_made_in() -> None:
    made = IdMaker()(NOW)
    assert len(made) == 24
    assert int(made[:8], 16) == int(NOW.timestamp())


def test_ids_of_one_moment_are_different_and_in_order() -> None:
    new_id = IdMaker()
    made = [new_id(NOW) for _ in range(20_000)]
    assert len(set(made)) == len(made)
    assert made == sorted(made)
    assert {one[:8] for one in made} == {made[0][:8]}


def test_ids_of_later_moments_sort_after_those_of_other_processes() -> None:
    makers = [IdMaker() for _ in range(50)]
    for number in range(200):
        now = NOW + timedelta(milliseconds=number)
        earlier, later = (
            makers[number % 50](now),
            makers[(number * 7 + 1) % 50](now + timedelta(milliseconds=1)),
        )
        assert earlier < later


@settings(deadline=None)
@given(steps=st.lists(st.integers(-7_200_000, 7_200_000) | st.integers(-3, 3), max_size=60))
def test_ids_never_go_back_whatever_the_clock_does(steps: list[int]) -> None:
    new_id, now = IdMaker(), NOW
    made = [new_id(now)]
    for step in steps:
        now += timedelta(milliseconds=step)
        made.append(new_id(now))
    assert made == sorted(set(made))
    assert all(read_id(one) == one for one in made)


def test_the_clock_leads_again_once_it_has_caught_up() -> None:
    new_id = IdMaker()
    new_id(NOW)
    new_id(NOW - timedelta(hours=1))
    later = NOW + timedelta(seconds=5)
    assert int(new_id(later)[:8], 16) == int(later.timestamp())


def test_ids_of_two_processes_do_not_meet() -> None:
    makers = [IdMaker() for _ in range(100)]
    made = [new_id(NOW) for new_id in makers for _ in range(100)]
    assert len(set(made)) == len(made)


BARE = "6595a27b5d35015c3ef0c3fd"


@pytest.mark.parametrize("text", [BARE, f"cust_{BARE}", f"cus_{BARE}", f"_{BARE}", f"a_b_{BARE}"])
def test_an_id_is_read_with_any_prefix(text: str) -> None:
    assert read_id(text) == BARE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "cust_",
        BARE[:-1],
        f"{BARE}0",
        BARE.upper(),
        f"{BARE}\n",
        f" {BARE}",
        f"{BARE}_",
        f"{BARE[:-1]}g",
        "٣" * 24,
    ],
)
def test_what_is_no_id_is_none(text: str) -> None:
    assert read_id(text) is None
