"""Text as searches see it: without case and accents, in every script.

Python folds for both databases, because neither of them folds as Python does: what is indexed, what is
asked and what a hit is checked against are all made here.
"""

import json
import unicodedata
from functools import lru_cache
from typing import Any, NamedTuple

from billto.domain.attrs import CUSTOM_SEARCHED_MAX, json_maps, searched, searched_map

# Between two texts of one record; folding takes it out of both, so that no term reaches across.
SEAM = "\x1f"

# Letters that people look for by a plain one though Unicode does not take them apart.
_OPENED = str.maketrans(
    {
        "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ŧ": "t", "ŋ": "n", "ĸ": "k", "ɨ": "i",
        "ƀ": "b", "ɍ": "r", "ɏ": "y", "ƶ": "z", "ǥ": "g", "ɉ": "j", "ⱥ": "a", "ⱦ": "t", "ȼ": "c", "ɇ": "e",
        "ɓ": "b", "ɗ": "d", "ƙ": "k", "ƴ": "y", "æ": "ae", "œ": "oe", "þ": "th", "⁄": "/", "\u1ffd": "'",
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-", "’": "'", "‘": "'", "ʼ": "'", "´": "'",
        SEAM: " ",
    }
)  # fmt: skip


def fold(text: str) -> str:
    """The text without case, accents and ligatures; folding twice changes nothing more."""
    if text.isascii():
        return text.lower().replace(SEAM, " ")
    return _fold(text)


@lru_cache(maxsize=4096)
def _fold(text: str) -> str:
    while True:  # opening one letter may bring forth another that folds on; three rounds are the most seen
        apart = unicodedata.normalize("NFKD", text.casefold().translate(_OPENED))
        plain = "".join(char for char in apart if not unicodedata.combining(char))
        if plain == text:
            return plain
        text = plain


def search_text(record: NamedTuple) -> str:
    """Every searched text of a record, folded: one place for each attribute, then the values of its maps."""
    kind = type(record)
    texts = [fold(text) if (text := getattr(record, name)) else "" for name in searched(kind)]
    if (name := searched_map(kind)) is not None:
        tags: dict[str, Any] = getattr(record, name)
        texts += [fold(value) for value in tags.values() if isinstance(value, str)]
    for name in json_maps(kind):
        texts += [fold(said) for value in getattr(record, name).values() if (said := _short(value))]
    return SEAM.join(("", *texts, ""))


def _short(value: str) -> str:
    """The text or number that some JSON says, unless it is too long; else nothing."""
    said = json.loads(value) if value.startswith('"') else value if value.startswith(_NUMERIC) else ""
    return said if len(said) <= CUSTOM_SEARCHED_MAX else ""


_NUMERIC = ("-", *"0123456789")


def terms(text: str) -> tuple[str, ...]:
    """The folded words of what somebody typed; all of them must be found."""
    return tuple(dict.fromkeys(fold(text).split()))
