"""v1: what `like` and `regexp` ask, as far as it is: contains, starts with, ends with, or is this text.

No pattern is ever run, so that none can be slow; one that says more than that is refused.
"""

import re

from billto.dialects.asking import Place
from billto.domain.problems import Problem, Refused
from billto.domain.query import Compare, Node, Op

_BETWEEN_SLASHES = re.compile(r"/(.*)/([gimsu]*)", re.DOTALL)
_SIGNS = frozenset("^$.*+?()[]{}|")

# A sign of the pattern, and whether it stands for itself.
_Sign = tuple[str, bool]
_FIRST, _LAST, _DOT, _STAR, _PERCENT = ((sign, False) for sign in "^$.*%")


def like(place: Place, text: str) -> Node:
    """A regular expression, or a pattern of SQL with % at its ends; a single dot is a dot."""
    return _compare(place, _signs(text, _SIGNS | {"%"}), plain=".")


def regexp(place: Place, text: str) -> Node:
    """A regular expression, also as /expression/flags."""
    found = _BETWEEN_SLASHES.fullmatch(text)
    return _compare(place, _signs(found[1] if found else text, _SIGNS))


def _signs(text: str, special: frozenset[str]) -> list[_Sign]:
    signs: list[_Sign] = []
    rest = iter(text)
    for sign in rest:
        if sign != "\\":
            signs.append((sign, sign not in special))
            continue
        escaped = next(rest, "")
        if escaped == "" or (escaped.isascii() and escaped.isalnum()):
            raise _refused()  # \d and the like
        signs.append((escaped, True))
    return signs


def _compare(place: Place, signs: list[_Sign], plain: str = "") -> Node:
    first, last = signs[:1] == [_FIRST], signs[-1:] == [_LAST]
    signs = signs[first : len(signs) - last]
    before, by_percent = _stripped(signs)
    after, and_percent = _stripped(signs[::-1], reverse=True)
    if by_percent or and_percent:  # SQL means the whole text, up to where there is a %
        first, last = True, True
    starts, ends = first and not before, last and not after
    signs = signs[before : max(before, len(signs) - after)]
    if any(not literal and sign not in plain for sign, literal in signs):
        raise _refused()
    op = {(True, True): Op.SAME, (True, False): Op.STARTS, (False, True): Op.ENDS}.get(
        (starts, ends), Op.CONTAINS
    )
    return Compare(place.attr, op, "".join(sign for sign, _ in signs), place.key)


def _stripped(signs: list[_Sign], *, reverse: bool = False) -> tuple[int, bool]:
    """How many signs at the beginning stand for any text, and whether one of them is a %."""
    any_text = [_STAR, _DOT] if reverse else [_DOT, _STAR]
    at, percent = 0, False
    while True:
        if signs[at : at + 2] == any_text:
            at += 2
        elif signs[at : at + 1] == [_PERCENT]:
            at, percent = at + 1, True
        else:
            return at, percent


def _refused() -> Refused:
    detail = (
        "a text, perhaps with ^ or .* before it and $ or .* after it (in like also %); "
        "other signs of patterns need a backslash"
    )
    return Refused(Problem("bad_operand", detail=detail))
