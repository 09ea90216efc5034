"""v1: values as LoopBack reads them, which turns what has another type into the type it wants.

What it would only guess at (a list as a text, "maybe" as a yes or no) is refused.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from billto.dialects.codecs import Codec, read_iso, write_iso
from billto.domain.ids import read_id
from billto.domain.money import AMOUNT_MAX, EXACT
from billto.domain.nodes import finite
from billto.domain.numerals import NumberFault, is_short, read_fraction, spelt
from billto.domain.problems import Problem, Refused


def _text(value: Any) -> str:
    """The text, or how JavaScript would write the value."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal) and is_short(value):
        plain = format(value, "f")
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    raise Refused(Problem("wrong_type", detail="text"))


_TRUTH = {"true": True, "1": True, "false": False, "0": False, "": False}


def _bool(value: Any) -> bool:
    """Forms send true and false, PHP 1 and 0, and for an unticked box nothing."""
    if isinstance(value, bool | int | Decimal):
        return bool(value)
    if isinstance(value, str) and value.lower() in _TRUTH:
        return _TRUTH[value.lower()]
    raise Refused(Problem("wrong_type", detail="true or false"))


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _moment(value: Any) -> datetime:
    """A moment, or milliseconds since 1970; a day is its first moment, whatever it is compared by."""
    if isinstance(value, int) and not isinstance(value, bool):
        try:
            return _EPOCH + timedelta(milliseconds=value)
        except OverflowError:
            raise Refused(Problem("out_of_range", detail="a moment of our calendar")) from None
    return read_iso(value)


def _id(value: Any) -> str:
    """An id with a prefix or without; what is none is the id of nothing."""
    text = _text(value)
    return read_id(text) or text


TEXT = Codec(_text, None, _text, {"type": "string"})
BOOL = Codec(_bool, None, _bool, {"type": "boolean"})
MOMENT = Codec(_moment, write_iso, _moment, {"type": "string", "format": "date-time"})
ID = Codec(_id, None, _id, {"type": "string", "pattern": "^[0-9a-f]{24}$"})


def renamed(words: Mapping[str, str]) -> Codec:
    """One of some words of the wire, each for one of ours; an empty text is none of them."""
    back = {ours: theirs for theirs, ours in words.items()}

    def decode(value: Any) -> str | None:
        if value == "":
            return None
        if isinstance(value, str) and value in words:
            return words[value]
        raise Refused(Problem("unknown_choice", detail=", ".join(words)))

    return Codec(decode, back.__getitem__, decode, {"type": "string", "enum": list(words)})


# Numbers of documents: forms and PHP send them as texts


def _number(value: Any) -> Decimal:
    if isinstance(value, str):
        text = value.strip()
        try:
            value = read_fraction(text) if _NUMERIC.fullmatch(text) else None
        except NumberFault:
            value = None
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    if not is_number or not finite(value):
        raise Refused(Problem("wrong_type", detail="a number"))
    return Decimal(value)


_NUMERIC = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?", re.ASCII)
_MONEY_PLACES_MAX = 4


def _money(value: Any) -> Decimal:
    amount = _number(value)
    if not -AMOUNT_MAX <= amount <= AMOUNT_MAX:
        raise Refused(Problem("out_of_range", detail=f"within ±{AMOUNT_MAX:f}"))
    if amount != amount.quantize(Decimal(1).scaleb(-_MONEY_PLACES_MAX), context=EXACT):
        raise Refused(Problem("out_of_range", detail=f"given with at most {_MONEY_PLACES_MAX} places"))
    return amount


_DAY = re.compile(r"(\d{4}-\d\d-\d\d)([T ].*)?", re.ASCII)


def _day(value: Any) -> date:
    """A day, or a moment, which means the day that is written in it."""
    found = _DAY.fullmatch(value) if isinstance(value, str) else None
    try:
        if found is None:
            return _moment(value).date()
        if found[2]:
            read_iso(value)
        return date.fromisoformat(found[1])
    except (ValueError, Refused):
        raise Refused(Problem("wrong_type", detail="a day such as 2025-01-31")) from None


def _write_day(day: date) -> str:
    """The day as LoopBack writes dates: its first moment."""
    return f"{day.isoformat()}T00:00:00.000Z"


NUMBER = Codec(_number, spelt, _number, {"type": "number"})
MONEY = Codec(_money, spelt, _money, {"type": "number"})
DAY = Codec(_day, _write_day, _day, {"type": "string", "format": "date-time"})
PLAIN_DAY = Codec(_day, date.isoformat, _day, {"type": "string", "format": "date"})
