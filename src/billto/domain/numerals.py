"""Numbers as JSON writes them: read within bounds, so that none is costly to write out, and spelt one way."""

from decimal import Context, Decimal
from typing import NoReturn

WHOLE_MAX = 2**53  # beyond it JavaScript and many other clients no longer tell whole numbers apart
NUMBER_LENGTH_MAX = 64
EXPONENT_MAX = 324  # no double reaches further

_EXACT = Context(prec=NUMBER_LENGTH_MAX)


class NumberFault(ValueError):
    """A number that is not taken, as it is written, and what it is."""

    def __init__(self, literal: str, what: str) -> None:
        super().__init__(what)
        self.literal = literal
        self.what = what


def read_whole(literal: str) -> int:
    # The length first: int() itself refuses thousands of digits, with an exception of its own.
    if len(literal) > 17 or abs(number := int(literal)) > WHOLE_MAX:
        raise NumberFault(literal, "a whole number beyond 2^53")
    return number


def read_fraction(literal: str) -> Decimal:
    exponent = literal.lower().partition("e")[2]
    # The length first here as well.
    if len(literal) > NUMBER_LENGTH_MAX or abs(int(exponent or "0")) > EXPONENT_MAX:
        raise NumberFault(literal, "a number with too many digits or too large an exponent")
    return _sendable(Decimal(literal))


def read_constant(literal: str) -> NoReturn:
    raise NumberFault(literal, f"{literal}, which JSON does not have,")


def is_short(number: Decimal) -> bool:
    """Whether its digits can be written out one by one."""
    return number.is_finite() and abs(number.adjusted()) <= EXPONENT_MAX + NUMBER_LENGTH_MAX


def spelt(number: Decimal) -> int | Decimal:
    """The number as it is always spelt, however it was written: 1.50 is 1.5, and 1e5 is 100000."""
    short = number.normalize(_EXACT)
    exponent = short.as_tuple().exponent
    assert isinstance(exponent, int)
    return int(short) if exponent >= 0 and abs(short) <= WHOLE_MAX else _sendable(short)


def _sendable(number: Decimal) -> Decimal:
    """Shown as a whole number beyond the greatest, it could not be sent back."""
    is_long = number.as_tuple().exponent == 0 and abs(number) > WHOLE_MAX
    return Decimal(f"{number}.0") if is_long else number
