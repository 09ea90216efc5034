"""Signed links: nobody makes one without the secret, and each means one customer of one entity."""

import string

from hypothesis import given
from hypothesis import strategies as st

from billto.domain import links

SECRET = b"s" * 32
IDS = st.text("0123456789abcdef", min_size=24, max_size=24)
NUMBERS = st.integers(0, 2**40)
LETTERS = string.ascii_letters + string.digits + "-_"


@given(IDS, IDS, NUMBERS)
def test_a_link_says_whom_it_means_and_is_true_with_its_own_secret_and_number(
    entity: str, customer: str, number: int
) -> None:
    said = links.token(SECRET, entity, customer, number)
    link = links.read(said)
    assert link is not None
    assert (link.entity_id, link.customer_id) == (entity, customer)
    assert links.is_true(link, SECRET, number)
    assert not links.is_true(link, SECRET, number + 1)
    assert not links.is_true(link, b"another", number)
    assert (len(said), set(said) <= set(LETTERS)) == (56, True)


@given(IDS, IDS, st.integers(0, 55), st.sampled_from(LETTERS))
def test_no_letter_of_a_link_can_be_another(entity: str, customer: str, at: int, letter: str) -> None:
    said = links.token(SECRET, entity, customer, 0)
    bent = said[:at] + letter + said[at + 1 :]
    link = links.read(bent)
    assert bent == said or (link is not None and not links.is_true(link, SECRET, 0))


@given(st.text(max_size=60) | st.text(LETTERS + "+/=\n é", min_size=54, max_size=58))
def test_whatever_is_read_either_is_a_link_or_is_none(said: str) -> None:
    link = links.read(said)
    assert link is None or (len(said) == 56 and set(said) <= set(LETTERS))
