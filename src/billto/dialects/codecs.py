"""How single values are written on a wire. A codec works both ways and can describe itself."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NoReturn

from billto.domain.ids import read_id
from billto.domain.nodes import Node, finite
from billto.domain.problems import Problem, Refused

Schema = Mapping[str, Any]


def _refuse(code: str, detail: str = "") -> NoReturn:
    raise Refused(Problem(code, detail=detail))


@dataclass(frozen=True, slots=True)
class Codec:
    """`decode(encode(x)) == x` for every x; `parse` reads the same value from plain text.

    `encode` is None where the wire shows the value as it is. None of them is ever given null.
    """

    decode: Callable[[Any], Any]
    encode: Callable[[Any], Any] | None
    parse: Callable[[str], Any]
    schema: Schema
    last: Callable[[Any], Any] | None = None  # the last value that an operand may mean: of a day, its end
    decode_change: Callable[[Any], Any] | None = None  # where a change takes something else than a creation


def _text(value: Any) -> str:
    if type(value) is not str:
        _refuse("wrong_type", "text")
    return value


def _bool(value: Any) -> bool:
    if type(value) is not bool:
        _refuse("wrong_type", "true or false")
    return value


_WORDS = {"true": True, "1": True, "false": False, "0": False}


def _parse_bool(text: str) -> bool:
    word = text.lower()  # Python's clients write True
    if word not in _WORDS:
        _refuse("wrong_type", "true or false")
    return _WORDS[word]


# What a JSON number can carry without loss, and well within BIGINT.
_WHOLE_MAX = 2**53


def _whole(value: Any) -> int:
    if isinstance(value, Decimal) and value.is_finite() and abs(value) <= _WHOLE_MAX and value == int(value):
        return int(value)
    if type(value) is not int:
        _refuse("wrong_type", "a whole number")
    if abs(value) > _WHOLE_MAX:
        _refuse("out_of_range", f"within ±{_WHOLE_MAX}")
    return value


_DIGITS = re.compile(r"-?[0-9]{1,16}")


def _parse_whole(text: str) -> int:
    if not _DIGITS.fullmatch(text):
        _refuse("wrong_type", "a whole number")
    return _whole(int(text))


_AMOUNT_MAX = Decimal(10) ** 15
_AMOUNT_PLACES_MAX = 6
_AMOUNT_SCHEMA: Schema = {
    "type": "number",
    "minimum": -int(_AMOUNT_MAX),
    "maximum": int(_AMOUNT_MAX),
}


def _amount(value: Any) -> Decimal:
    """A number with up to six places, kept exactly as it was written."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not finite(value):
        _refuse("wrong_type", "a number")
    exact = Decimal(value)
    if not -_AMOUNT_MAX < exact < _AMOUNT_MAX:
        _refuse("out_of_range", f"within ±{_AMOUNT_MAX}")
    places = exact.as_tuple().exponent
    if isinstance(places, int) and -places > _AMOUNT_PLACES_MAX:
        _refuse("out_of_range", f"given with at most {_AMOUNT_PLACES_MAX} places")
    return exact + 0 if exact else Decimal(0)


_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?", re.ASCII)


def read_iso(value: Any) -> datetime:
    """A moment, or a day meaning its first moment in UTC; cut to milliseconds."""
    if not isinstance(value, str) or not _ISO.fullmatch(value):
        _refuse("wrong_type", "a moment such as 2025-01-31T12:00:00.000Z")
    try:
        moment = datetime.fromisoformat(value)
        aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        _refuse("wrong_type", "a moment such as 2025-01-31T12:00:00.000Z")
    return aware.replace(microsecond=aware.microsecond // 1000 * 1000)


_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TO_ITS_END = timedelta(days=1) - timedelta(milliseconds=1)


def read_last(value: Any) -> datetime:
    """A moment, or a day meaning its last moment."""
    moment = read_iso(value)
    return moment + _TO_ITS_END if _DAY.fullmatch(value) else moment


def write_iso(moment: datetime) -> str:
    return f"{moment.isoformat(timespec='milliseconds')[:-6]}Z"


_MONEY_MAX = Decimal(10) ** 12
_MONEY_PLACES_MAX = 4  # no currency has more


def read_money(value: Any) -> Decimal:
    """An amount of money in its main unit."""
    amount = _amount(value)
    places = amount.as_tuple().exponent
    if isinstance(places, int) and -places > _MONEY_PLACES_MAX:
        _refuse("out_of_range", f"given with at most {_MONEY_PLACES_MAX} places")
    if not -_MONEY_MAX <= amount <= _MONEY_MAX:
        _refuse("out_of_range", f"within ±{_MONEY_MAX}")
    return amount


_PLAIN_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?")


def _parse_money(text: str) -> Decimal:
    return read_money(Decimal(text)) if _PLAIN_NUMBER.fullmatch(text) else _refuse("wrong_type", "a number")


def write_money(amount: Decimal) -> int | Decimal:
    """The number without zeros at its end: whole amounts are whole numbers, as typed clients need them."""
    whole = int(amount)
    return whole if whole == amount else Decimal(format(amount, "f").rstrip("0"))


def read_day(value: Any) -> date:
    """A day, or a moment meaning the day that it names."""
    try:
        read_iso(value)
        return read_iso(value[:10]).date()  # that of its own zone
    except Refused:
        _refuse("wrong_type", "a day such as 2025-01-31")


TEXT = Codec(_text, None, _text, {"type": "string"})
BOOL = Codec(_bool, None, _parse_bool, {"type": "boolean"})
WHOLE = Codec(_whole, None, _parse_whole, {"type": "integer"})
AMOUNT = Codec(_amount, None, lambda text: _refuse("wrong_type", "a number"), _AMOUNT_SCHEMA)
MONEY = Codec(read_money, write_money, _parse_money, {"type": "number"})
DAY = Codec(read_day, date.isoformat, read_day, {"type": "string", "format": "date"})
ISO = Codec(read_iso, write_iso, read_iso, {"type": "string", "format": "date-time"}, last=read_last)


def choice(*among: str) -> Codec:
    """One of some words."""

    def decode(value: Any) -> str:
        text = _text(value)
        return text if text in among else _refuse("unknown_choice", ", ".join(among))

    return Codec(decode, None, decode, {"type": "string", "enum": list(among)})


def prefixed(prefix: str) -> Codec:
    """Ids that carry the name of their resource: `cust_6595a27b5d35015c3ef0c3fd`; bare ones are taken too."""

    def decode(value: Any) -> str:
        bare = read_id(_text(value))
        return _refuse("invalid_format", f"{prefix}_ and 24 hexadecimal digits") if bare is None else bare

    schema = {"type": "string", "format": "resource-id", "pattern": f"^{prefix}_[0-9a-f]{{24}}$"}
    return Codec(decode, f"{prefix}_{{}}".format, decode, schema)


def shaped(node: Node) -> Codec:
    """A JSON value of a shape that the domain knows."""

    def decode(value: Any) -> Any:
        problems: list[Problem] = []
        kept = node.read(value, (), problems)
        if problems:
            raise Refused(*problems)
        return kept

    return Codec(decode, None, lambda text: _refuse("wrong_type", "a JSON value"), node.shape())
