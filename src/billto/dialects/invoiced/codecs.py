"""Invoiced: values as its clients write them. Forms have only texts, so every codec reads those as well."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NoReturn

import msgspec

from billto.dialects import codecs
from billto.dialects.codecs import Codec, Schema
from billto.domain.attrs import METADATA as METADATA_OF_ALL
from billto.domain.countries.world import world
from billto.domain.nodes import storable
from billto.domain.places import by_code
from billto.domain.problems import Problem, Refused

assert METADATA_OF_ALL.shape is not None
_METADATA = METADATA_OF_ALL.shape


def _refuse(code: str, detail: str) -> NoReturn:
    raise Refused(Problem(code, detail=detail))


def _loose(strict: Codec) -> Codec:
    """The same values, which may also be given as text."""

    def decode(value: Any) -> Any:
        return strict.parse(value.strip()) if isinstance(value, str) else strict.decode(value)

    return Codec(decode, strict.encode, decode, strict.schema)


def _text(value: Any) -> str:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return str(value)  # PHP and JavaScript send a postal code as a number
    return value if isinstance(value, str) else _refuse("wrong_type", "text")


def _bool(value: Any) -> bool:
    return bool(value) if value in (0, 1) and isinstance(value, int) else codecs.BOOL.decode(value)


_NUMBER = re.compile(r"-?[0-9]{1,16}(\.[0-9]{1,6})?")


def _parse_number(text: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        _refuse("wrong_type", "a number")
    return codecs.AMOUNT.decode(Decimal(text))  # type: ignore[no-any-return]


def write_number(value: Decimal) -> int | Decimal | msgspec.Raw:
    """All digits and no more: whole numbers without `.0`, for some clients read them as integers."""
    plain = f"{value:f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    if "." not in plain:
        return int(plain)
    exact = Decimal(plain)
    # Small ones would be written with an exponent.
    return exact if str(exact) == plain else msgspec.Raw(plain.encode())


TEXT = Codec(_text, None, _text, {"type": "string"})
BOOL = _loose(Codec(_bool, None, codecs.BOOL.parse, {"type": "boolean"}))
WHOLE = _loose(codecs.WHOLE)
NUMBER = _loose(Codec(codecs.AMOUNT.decode, write_number, _parse_number, {"type": "number"}))
MONEY = _loose(codecs.MONEY)

# The years 1 to 9999, less the last second: conditions reach to the one after.
_SECONDS_LEAST, _SECONDS_MOST = -62_135_596_800, 253_402_300_798


def read_seconds(value: Any) -> datetime:
    seconds = WHOLE.decode(value)
    if not _SECONDS_LEAST <= seconds <= _SECONDS_MOST:
        _refuse("out_of_range", "seconds since 1970")
    return datetime.fromtimestamp(seconds, UTC)


def write_seconds(moment: datetime) -> int:
    return int(moment.timestamp() // 1)


UNIX = Codec(read_seconds, write_seconds, read_seconds, {"type": "integer"})


def read_day(value: Any) -> date:
    """The day, in UTC, that a moment lies in: documents and payments have no time of the day."""
    return read_seconds(value).date()


def write_day(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


DAY = Codec(read_day, write_day, read_day, {"type": "integer"})


def _shaped(fits: Callable[[str], bool], form: str, upper: bool, encode: Any, schema: Schema) -> Codec:
    def decode(value: Any) -> str:
        text = _text(value).strip()
        text = text.upper() if upper and text.isascii() else text
        return text if fits(text) else _refuse("invalid_format", form)

    return Codec(decode, encode, decode, {"type": "string", **schema})


_COUNTRY_FORM = "two letters of ISO 3166-1"
COUNTRY = _shaped(lambda code: code in world(), _COUNTRY_FORM, True, str.upper, {"pattern": "^[A-Z]{2}$"})
# Of a customer, a code that another door has stored may be sent back, whatever it is.
KEPT_COUNTRY = replace(COUNTRY, decode_change=lambda value: _text(value).strip().upper())


def by_country(code: str | None) -> dict[str, Any]:
    is_known = code is None or code in world()
    return by_code(code, None if is_known else Problem("invalid_format", detail=_COUNTRY_FORM))


CURRENCY = _shaped(
    lambda code: len(code) == 3 and code.isascii() and code.isalpha(),
    "three letters of ISO 4217", True, str.lower, {"pattern": "^[a-z]{3}$"},
)  # fmt: skip


def _is_company(value: Any) -> bool:
    kinds = {"company": True, "person": False}
    return kinds[value] if isinstance(value, str) and value in kinds else _refuse(
        "unknown_choice", ", ".join(kinds)
    )  # fmt: skip


KIND = Codec(
    _is_company, lambda is_company: "company" if is_company else "person", _is_company,
    {"type": "string", "enum": ["company", "person"]},
)  # fmt: skip


def _metadata(value: Any) -> dict[str, str]:
    """Texts by key. Numbers become texts, and PHP's empty object is a list."""
    if value == []:
        return {}
    if not isinstance(value, dict):
        _refuse("wrong_type", "an object")
    plain = {key: _plain(one) for key, one in value.items() if one is not None}
    problems: list[Problem] = []
    _METADATA.read(plain, (), problems)
    if problems:
        raise Refused(*problems)
    return plain


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else _text(value)


METADATA = Codec(_metadata, None, lambda text: _refuse("wrong_type", "an object"), _METADATA.shape())


def _words(value: Any) -> list[str]:
    given = value if isinstance(value, list) else [value]
    words = [one for one in given if isinstance(one, str) and 1 <= len(one) <= 100 and storable(one)]
    if len(words) < len(given) or len(words) > 100:
        _refuse("wrong_type", "a list of at most 100 texts")
    return words


WORDS = Codec(_words, None, _words, {"type": "array", "items": {"type": "string"}})
