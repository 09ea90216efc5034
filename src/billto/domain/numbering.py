"""How documents and customers are numbered: formats such as `CN-{yyyy}-{nnnnn}`, written and read back.

A format is text with tokens in braces; the count of letters in a token is its zero padding, never a limit:
`{nnn}` writes 7 as 007 and 12345 as 12345. Exactly one `{n…}` is needed; one year and one unit may stand
beside it.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from billto.domain.problems import Problem, Refused

FORMAT_LENGTH_MAX = 100
PADDING_MAX = 9

DEFAULT_FORMAT = "{yyyy}-{nnnnn}"
DEFAULT_CUSTOMER_FORMAT = "CUST-{nnnn}"
DEFAULT_UNIT_FORMAT = "{yyyy}-{u}-{nnnnn}"

_TOKEN = re.compile(r"\{(yyyy|yy|n{1,9}|u{1,9})\}")


@dataclass(frozen=True, slots=True)
class Token:
    """A place in a format that a number fills."""

    letter: str  # y, n or u
    width: int


@dataclass(frozen=True, slots=True)
class Format:
    """A format taken apart: texts and tokens in their order."""

    parts: tuple[str | Token, ...]

    @property
    def is_yearly(self) -> bool:
        """A number that names its year starts again with each year."""
        return any(isinstance(part, Token) and part.letter == "y" for part in self.parts)

    @property
    def is_by_unit(self) -> bool:
        return any(isinstance(part, Token) and part.letter == "u" for part in self.parts)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a written number says."""

    n: int
    year: int | None = None
    unit: int | None = None


def fault(text: str, *, of_units: bool = False) -> str:
    """What is wrong with a format, in a sentence; empty when nothing is."""
    if len(text) > FORMAT_LENGTH_MAX:
        return f"at most {FORMAT_LENGTH_MAX} characters"
    if any(brace in _TOKEN.sub("", text) for brace in "{}"):
        return "braces may only hold yyyy, yy, one to nine n, or one to nine u"
    letters = [token[0] for token in _TOKEN.findall(text)]
    if letters.count("n") != 1:
        return "exactly one {n…} is needed"
    if letters.count("y") > 1:
        return "at most one year"
    if letters.count("u") > (1 if of_units else 0):
        return "at most one {u…}" if of_units else "{u…} belongs to the formats of units"
    return ""


@lru_cache(maxsize=1024)
def parse(text: str, *, of_units: bool = False) -> Format:
    """The format, or `Refused` with `invalid_format`."""
    if wrong := fault(text, of_units=of_units):
        raise Refused(Problem("invalid_format", detail=wrong))
    pieces = _TOKEN.split(text)  # text, token, text, token, …, text
    parts = (Token(piece[0], len(piece)) if at % 2 else piece for at, piece in enumerate(pieces) if piece)
    return Format(tuple(parts))


def render(form: Format, n: int, year: int, unit: int | None = None) -> str:
    """The number as the format writes it."""
    if n < 0 or not 0 <= year <= 9999 or (unit is not None and unit < 0):
        raise ValueError("numbers, years and units are never negative, and a year has four digits")
    if form.is_by_unit and unit is None:
        raise ValueError("this format names a unit")
    values = {"n": n, "y": year, "u": unit or 0}
    return "".join(
        part if isinstance(part, str) else _filled(part, values[part.letter]) for part in form.parts
    )


def read(form: Format, text: str, century: int = 2000) -> Reading | None:
    """What a number says that was written by this format; None when it was not.

    A year of two digits is taken as one of `century`. Where unit and number touch, the unit is read at its
    padded width first: formats should keep a character between them.
    """
    found = _pattern(form).fullmatch(text)
    if found is None:
        return None
    said = {letter: int(digits) for letter, digits in found.groupdict().items()}
    year = said.get("y")
    short = Token("y", 2) in form.parts
    return Reading(said["n"], century + year if short and year is not None else year, said.get("u"))


def _filled(token: Token, value: int) -> str:
    if token == Token("y", 2):
        value %= 100
    return str(value).rjust(token.width, "0")


@lru_cache(maxsize=1024)
def _pattern(form: Format) -> re.Pattern[str]:
    return re.compile("".join(_matching(part) for part in form.parts))


def _matching(part: str | Token) -> str:
    if isinstance(part, str):
        return re.escape(part)
    digits = f"[0-9]{{{part.width}}}"
    if part.letter != "y":  # longer than its padding only without leading zeros: one number, one spelling
        digits += f"|[1-9][0-9]{{{part.width},18}}"
    return f"(?P<{part.letter}>{digits})"


@dataclass(frozen=True, slots=True)
class Row:
    """Numbers in a row: how each is written, and the last that is known to be."""

    last: int
    write: Callable[[int], str]


def by_format(form: Format, newest: Sequence[str], year: int) -> Row:
    """The row of a format, after the newest of some numbers that it wrote (in this year, if that counts)."""
    readings = (read(form, number, year // 100 * 100) for number in newest)
    last = next((one.n for one in readings if one is not None and one.year in (None, year)), 0)
    return Row(last, lambda n: render(form, n, year))


# A number without a format: whatever stands before its last digits stays as it is.
_HABIT = re.compile(r"(.*?)([0-9]{1,18})", re.DOTALL)
_PLAIN_WIDTH = 3


def by_habit(newest: Sequence[str]) -> Row:
    """The row that the newest of some numbers stands in: `CUST-0041` is followed by `CUST-0042`."""
    found = next(filter(None, map(_HABIT.fullmatch, newest)), None)
    before, digits = found.groups() if found else ("", "0" * _PLAIN_WIDTH)
    return Row(int(digits), lambda n: f"{before}{n:0{len(digits)}}")
