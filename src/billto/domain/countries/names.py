"""Which country a text means, in whatever language it was written: "Slovenija", "U.S.A.", "HRV".

The names lie in names.json, written by scripts/countries.py and read on first use. A name that two
countries carry ("Kongo") means neither: a wrong country is worse than none.
"""

import json
import unicodedata
from functools import lru_cache
from pathlib import Path

from billto.domain.countries.world import world

_NAMES = Path(__file__).with_name("names.json")
_LENGTH_MAX = 200

# Letters without a decomposition that people leave out as if they had one.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
_SIGNS = str.maketrans({".": "", "'": "", "’": "", "ʻ": "", "-": " ", "‑": " ", "–": " ", ",": " ", "(": " ",
                        ")": " ", "&": " and "})  # fmt: skip


def resolve(text: str) -> str | None:
    """The alpha-2 code of the country a text means; None when it means none, or more than one."""
    given = text.strip()
    if not given or len(given) > _LENGTH_MAX:
        return None
    bare = folded(given)
    # The capital of "ß" is "SS", and still it is not South Sudan: only plain letters make a code.
    return _by_code(given) or _names().get(bare) or (_by_code(bare.upper()) if given.isascii() else None)


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """The text without case, accents and punctuation, as names.json spells it."""
    plain = text.casefold().translate(_PLAIN)
    bare = "".join(char for char in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(char))
    return " ".join(bare.translate(_SIGNS).split())


def _by_code(given: str) -> str | None:
    """Codes are meant as written: "NGA" is Nigeria, while "Nga" is how Vietnamese says Russia."""
    return given if given in world() else _alpha_3().get(given)


@lru_cache(maxsize=1)
def _alpha_3() -> dict[str, str]:
    return {row.alpha_3: row.code for row in world().values()}


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    kept = json.loads(_NAMES.read_text(encoding="utf-8"))
    return {name: code for code, names in kept.items() for name in names}
