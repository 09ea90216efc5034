"""Texts of strangers made fit for paper: nothing in them is evaluated, so only what cannot be set goes."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

# Controls but the line feed, and what turns the direction of everything after it: an amount has to stay one.
_UNSET = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
_SPACES = frozenset("\t\x0b\x0c\u2028\u2029")
_RUN = 16  # letters without a place to break that every column has room for
_WORD = re.compile(r"[^\s\u200b-]+")
_JOINER = "\u200d"
_BREAK = "\u200b"
_ISOLATE, _ISOLATED = "\u2068", "\u2069"
_LEFTWARDS = frozenset({"R", "AL"})


def clean(value: Any) -> str:
    """A text without what no font has: controls and halves of letters."""
    if value is None:
        return ""
    text = str(value).replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n")
    text = _UNSET.sub(lambda found: " " if found[0] in _SPACES else "", text)
    return text.encode("utf-8", "replace").decode("utf-8").strip()


def plain(value: Any) -> str:
    """A text on one line."""
    return " ".join(clean(value).split())


def wrapped(text: str, run: int = _RUN) -> str:
    """The text with places to break in words that are longer than a column, so that none overlap."""
    return _WORD.sub(lambda found: _broken(found[0], run) if len(found[0]) > run else found[0], text)


def joined(parts: Iterable[str], between: str = " · ") -> str:
    """What there is of some texts on one line, in their order, also where some run from right to left."""
    return between.join(
        f"{_ISOLATE}{part}{_ISOLATED}"
        if any(unicodedata.bidirectional(one) in _LEFTWARDS for one in part)
        else part
        for part in parts
        if part
    )


def shortened(text: str, most: int) -> str:
    """As much of a text as a line has room for."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _broken(word: str, run: int) -> str:
    parts, since = [], 0
    for at, letter in enumerate(word):
        # Marks stand on the letter before them, whatever their script; Thai and Indic ones as well.
        joins = unicodedata.category(letter)[0] == "M" or letter == _JOINER
        if since >= run and not joins and word[at - 1] != _JOINER:
            parts.append(_BREAK)
            since = 0
        parts.append(letter)
        since += 1
    return "".join(parts)
