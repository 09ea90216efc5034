"""Values of any shape under keys of the client's own: what v1 calls `custom` and faktoora `extras`.

Texts that fit are metadata, which the other two languages show as well. Everything else (numbers, truth,
null, lists, objects, texts that are too long or too many) is kept beside them as the JSON that says it, and
only these two show it.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from billto.dialects.wire import REQ, RW, Row, woven
from billto.domain.attrs import CUSTOM_KEYS_MAX, CUSTOM_VALUE_MAX, METADATA_KEYS_MAX, METADATA_VALUE_MAX
from billto.domain.nodes import Anything, Map
from billto.domain.numerals import spelt
from billto.domain.problems import Problem, Refused

_SHAPE = Map(Anything(CUSTOM_VALUE_MAX), most=CUSTOM_KEYS_MAX)
_SCHEMA = {"type": "object", "additionalProperties": True, "maxProperties": CUSTOM_KEYS_MAX}

_write = msgspec.json.Encoder(decimal_format="number").encode
_read = msgspec.json.Decoder(float_hook=Decimal).decode


def json_of(value: Any) -> str:
    """The value as it is kept where metadata cannot hold it: what questions about it compare with."""
    return _write(_spelt(value)).decode()


def _spelt(value: Any) -> Any:
    """The value with all numbers in it spelt as they always are."""
    match value:
        case Decimal():
            return spelt(value)
        case dict():
            return {key: _spelt(one) for key, one in value.items()}
        case list():
            return list(map(_spelt, value))
        case _:
            return value


def shown(record: Any) -> dict[str, Any]:
    """All values of a record, metadata first."""
    custom: Mapping[str, str] = record.custom
    return {**record.metadata, **{key: _read(text) for key, text in custom.items()}}


def sets(given: Any) -> dict[str, Any]:
    """Metadata and custom values out of one object; null says that there are none."""
    if given is None or given == []:  # PHP writes an empty object so
        return {"metadata": {}, "custom": {}}
    problems: list[Problem] = []
    _SHAPE.read(given, (), problems)
    if problems:
        raise Refused(*problems)
    metadata = {
        key: one for key, one in given.items() if isinstance(one, str) and len(one) <= METADATA_VALUE_MAX
    }
    for key in list(metadata)[METADATA_KEYS_MAX:]:
        del metadata[key]
    custom = {key: json_of(one) for key, one in given.items() if key not in metadata}
    if too_long := next((key for key, text in custom.items() if len(text) > CUSTOM_VALUE_MAX), None):
        raise Refused(Problem("too_long", (too_long,), str(CUSTOM_VALUE_MAX)))
    return {"metadata": metadata, "custom": custom}


def custom(wire: str, *, required: bool = False) -> Row:
    """The row of a table that shows all of them under one name."""
    return woven(wire, shown, sets, _SCHEMA, ("metadata", "custom"), REQ if required else RW)
