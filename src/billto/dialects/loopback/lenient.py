"""v1: values as LoopBack reads them, which turns what has another type into the type it wants.

What it would only guess at (a list as a text, "maybe" as a yes or no) is refused.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from billto.dialects.codecs import Codec, read_iso, write_iso
from billto.domain.ids import read_id
from billto.domain.numerals import is_short
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
