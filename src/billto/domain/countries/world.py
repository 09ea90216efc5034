"""The countries of the world as data: ISO 3166, and Kosovo, each with its currency, language and time zone.

world.csv is written by scripts/countries.py (Babel, pycountry, tzdata, and exceptions) and read on
first use.
"""

import csv
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

_WORLD = Path(__file__).with_name("world.csv")


class Row(NamedTuple):
    """What is known of every country."""

    code: str
    alpha_3: str
    name: str
    currency: str
    locale: str
    timezone: str  # of all of it, or nearly; empty where there are several


@lru_cache(maxsize=1)
def world() -> dict[str, Row]:
    """Every country by its alpha-2 code, in the order of the codes."""
    with _WORLD.open(encoding="utf-8", newline="") as file:
        return {row["code"]: Row(**row) for row in csv.DictReader(file)}
