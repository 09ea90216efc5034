"""How a cell of a spreadsheet says a value: leniently where people type, never guessing where it counts."""

import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any, NoReturn

from billto.domain.attrs import (
    CUSTOM,
    CUSTOM_KEYS_MAX,
    CUSTOM_VALUE_MAX,
    METADATA_KEYS_MAX,
    METADATA_VALUE_MAX,
)
from billto.domain.countries import resolve
from billto.domain.folding import fold
from billto.domain.nodes import Anything, Map, Node
from billto.domain.numerals import WHOLE_MAX, read_constant, read_fraction, read_whole, spelt
from billto.domain.places import by_code
from billto.domain.problems import Problem, Refused

Cell = Callable[[str], Any]

JSON_DEPTH_MAX = 32

# What says that there is no value: an empty cell says nothing at all.
NULL = "null"

# A spreadsheet takes such a cell for a formula: it is written with an apostrophe in front. The same goes for
# an empty text, which would else be no text at all, for one that reads "null", and for what begins with
# apostrophes as these do then.
_GUARDED = re.compile(rf"'*(?:[=+\-@\t\r]|(?:{NULL})?\Z)")


def guarded(text: str) -> str:
    """The text as a cell that no spreadsheet works out."""
    return f"'{text}" if _GUARDED.match(text) else text


def bare(cell: str) -> str:
    """The text of a cell: `bare(guarded(x)) == x`, and any other cell as it is."""
    return cell[1:] if cell[:1] == "'" and _GUARDED.match(cell) else cell


def _refuse(code: str, detail: str = "") -> NoReturn:
    raise Refused(Problem(code, detail=detail))


def text(cell: str) -> str:
    return cell


_TRUE = frozenset({"true", "1", "yes", "y", "ja", "j", "wahr", "da", "x", "on"})
_FALSE = frozenset({"false", "0", "no", "n", "nein", "falsch", "ne", "off"})


FLAGS = _TRUE | _FALSE


def flag(cell: str) -> bool:
    word = fold(cell.strip())
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    _refuse("wrong_type", "yes or no (true, false, 1, 0, ja, nein)")


_WHOLE = re.compile(r"[-+]?[0-9]{1,16}(?:[.,]0{1,2})?")


def whole(cell: str) -> int:
    given = cell.strip()
    if not _WHOLE.fullmatch(given):
        _refuse("wrong_type", "a whole number")
    number = int(re.split("[.,]", given)[0])
    if abs(number) > WHOLE_MAX:
        _refuse("out_of_range", f"within ±{WHOLE_MAX}")
    return number


_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)|(\d\d?)\.(\d\d?)\.(\d{4})", re.ASCII)


def day(cell: str) -> date:
    """2026-01-31 or 31.1.2026; with slashes it could be read in two ways, and is refused."""
    if found := _DAY.fullmatch(cell.strip()):
        year, month, number = found.group(1, 2, 3) if found[1] else found.group(6, 5, 4)
        with suppress(ValueError):
            return date(int(year), int(month), int(number))
    _refuse("wrong_type", "a day such as 2026-01-31")


_AMOUNT_MAX = Decimal(10) ** 15
_AMOUNT_PLACES_MAX = 6
_PLAIN = re.compile(r"[-+]?[0-9]{1,16}(?:\.[0-9]{1,20})?")
_GERMAN = re.compile(r"[-+]?(?:[0-9]{1,16}|[0-9]{1,3}(?:[. '’][0-9]{3})+)(?:,[0-9]{1,20})?")
_ENGLISH = re.compile(r"[-+]?[0-9]{1,3}(?:[,'’ ][0-9]{3})+(?:\.[0-9]{1,20})?")
_EITHER_WAY = re.compile(r"[-+]?[0-9]{1,3},[0-9]{3}")


def amount(cell: str) -> Decimal:
    """1234.5, 1234,5, 1.234,50 or 1,234.50; a comma before three digits could be either, and is refused."""
    given = cell.strip().replace("\u00a0", " ").replace("\u202f", " ")
    if _EITHER_WAY.fullmatch(given):
        _refuse("wrong_type", "a number that reads one way only, such as 1234.00")
    if _PLAIN.fullmatch(given):
        exact = Decimal(given)
    elif _GERMAN.fullmatch(given):
        exact = Decimal(re.sub("[. '’]", "", given).replace(",", "."))
    elif _ENGLISH.fullmatch(given):
        exact = Decimal(re.sub("[, '’]", "", given))
    else:
        _refuse("wrong_type", "a number")
    if not -_AMOUNT_MAX < exact < _AMOUNT_MAX:
        _refuse("out_of_range", f"within ±{_AMOUNT_MAX}")
    places = exact.as_tuple().exponent
    if isinstance(places, int) and -places > _AMOUNT_PLACES_MAX:
        _refuse("out_of_range", f"given with at most {_AMOUNT_PLACES_MAX} places")
    return exact or Decimal(0)


def choice(words: Mapping[str, Any]) -> Cell:
    """One of some words, in any case and spelling; the first ones are named when it is none."""
    known = {fold(word): value for word, value in words.items()}
    shown = ", ".join(list(words)[:3])

    def read(cell: str) -> Any:
        value = known.get(fold(cell.strip()))
        return _refuse("unknown_choice", shown) if value is None else value

    return read


_PERSON_OR_COMPANY = {
    "company": True, "person": False, "business": True, "individual": False, "organization": True,
    "firma": True, "unternehmen": True, "geschäftskunde": True, "privat": False, "privatperson": False,
    "privatkunde": False,
}  # fmt: skip
_ROLES = {
    "buyer": "buyer", "supplier": "supplier", "both": "both", "customer": "buyer", "kunde": "buyer",
    "lieferant": "supplier", "beides": "both",
}  # fmt: skip

company = choice(_PERSON_OR_COMPANY)
role = choice(_ROLES)
_company_or_role = choice(
    {
        **{word: {"is_company": value} for word, value in _PERSON_OR_COMPANY.items()},
        **{word: {"contact_type": value} for word, value in _ROLES.items()},
    }
)


def company_or_role(cell: str) -> dict[str, Any]:
    """What "type" says where nobody has said whose column it is."""
    return dict(_company_or_role(cell))


def country(cell: str) -> dict[str, Any]:
    """A country where the language knows codes only; its name in any language does as well."""
    given = cell.strip()
    if len(given) <= 3:
        return by_code(resolve(given.upper()) or given)
    return {"country": given, "country_code": resolve(given)}


def iban(cell: str) -> dict[str, Any]:
    return {"bank_accounts": {"iban": cell}}


def bank(cell: str) -> dict[str, Any]:
    return {"bank_accounts": {"bank_name": cell}}


def bic(cell: str) -> dict[str, Any]:
    return {"bank_accounts": {"bic": cell}}


# JSON in cells


_read_json = json.JSONDecoder(
    parse_int=read_whole, parse_float=read_fraction, parse_constant=read_constant
).decode


def _tree(cell: str) -> Any:
    try:
        value = _read_json(cell.strip())
    except (ValueError, RecursionError):
        _refuse("wrong_type", "JSON")
    if not _nests_within(value, JSON_DEPTH_MAX):
        _refuse("too_deep", str(JSON_DEPTH_MAX))
    return value


def _nests_within(value: Any, levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels > 0 and all(_nests_within(one, levels - 1) for one in inner)


def json_text(value: Any) -> str:
    """The JSON that says a value, numbers as they are always spelt."""
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{json_text(str(key))}:{json_text(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(json_text, value)) + "]"
    if isinstance(value, Decimal):
        return str(spelt(value))
    return json.dumps(value, ensure_ascii=False)


def shaped(node: Node, prepared: Callable[[Any], Any] = lambda value: value) -> Cell:
    """A JSON value of a shape that the domain knows."""

    def read(cell: str) -> Any:
        problems: list[Problem] = []
        kept = node.read(prepared(_tree(cell)), (), problems)
        if problems:
            raise Refused(*problems)
        return kept

    return read


def or_empty(value: Any) -> Any:
    """PHP writes an empty object as an empty list."""
    return {} if value == [] else value


_FREE = Map(Anything(CUSTOM_VALUE_MAX), most=CUSTOM_KEYS_MAX)


def custom(cell: str) -> Any:
    """Custom values as they are kept, each as the JSON that says it."""
    assert CUSTOM.shape is not None
    given: dict[str, str] = shaped(CUSTOM.shape, or_empty)(cell)
    return {key: json_text(_tree(one)) for key, one in given.items()}


def free(cell: str) -> dict[str, Any]:
    """Values of any shape under keys of one's own: texts that fit are metadata, the others custom values."""
    given = shaped(_FREE, or_empty)(cell)
    fits = [key for key, one in given.items() if isinstance(one, str) and len(one) <= METADATA_VALUE_MAX]
    metadata = {key: given[key] for key in fits[:METADATA_KEYS_MAX]}
    custom = {key: json_text(one) for key, one in given.items() if key not in metadata}
    if any(len(one) > CUSTOM_VALUE_MAX for one in custom.values()):
        _refuse("too_long", str(CUSTOM_VALUE_MAX))
    return {"metadata": metadata, "custom": custom}
