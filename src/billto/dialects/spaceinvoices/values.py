"""Space Invoices: how money, days and ids of several kinds are written."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from billto.app.parts import Reader, Request
from billto.dialects.codecs import DAY, TEXT, Codec, prefixed
from billto.dialects.dialect import Told
from billto.dialects.spaceinvoices.lines import PREFIXES
from billto.domain.document import Document
from billto.domain.ids import read_id
from billto.domain.paging import unambiguous
from billto.domain.problems import Problem, Refused
from billto.domain.query import Compare, Op, Query

# Days are taken as days or moments and shown as the moment they begin in UTC.
DATE = replace(
    DAY,
    encode=lambda day: f"{day.isoformat()}T00:00:00.000Z",
    schema={"type": "string", "format": "date-time"},
)


_CURRENCY = re.compile(r"[A-Za-z]{3}", re.ASCII)


def _read_currency(value: Any) -> str:
    text: str = TEXT.decode(value)
    if not _CURRENCY.fullmatch(text):
        raise Refused(Problem("invalid_format", detail="three letters, as in ISO 4217"))
    return text.upper()


CURRENCY = Codec(_read_currency, None, _read_currency, {"type": "string", "pattern": "^[A-Za-z]{3}$"})


def id_of(told: Told, name: str, kind: str) -> str:
    """The id in the path of a record of a kind; what is none is the id of nothing."""
    found = read_id(told.ids[name])
    if found is None:
        raise Refused(Problem("not_found", detail=kind))
    return found


def shown_day(day: date | None) -> str | None:
    return None if day is None else f"{day.isoformat()}T00:00:00.000Z"


_PREFIXES: Mapping[str, str] = {**PREFIXES, "payment": "pmt", "adjustment": "cra"}
_ANY_DOCUMENT = "doc"  # where it is not known which


def shown_id(kind: str | None, id: str) -> str:
    return f"{_PREFIXES.get(kind or '', _ANY_DOCUMENT)}_{id}"


# An id whose prefix tells of what it is: it may be of several kinds.
ANY_ID = Codec(
    prefixed(_ANY_DOCUMENT).decode, str, prefixed(_ANY_DOCUMENT).decode,
    {"type": "string", "format": "resource-id", "pattern": "^[a-z]+_[0-9a-f]{24}$"},
)  # fmt: skip

_AT_ONCE = 500


async def kinds(reader: Reader, asked: Request, ids: Iterable[str | None]) -> dict[str, str]:
    """Of which type documents are, by their ids; what is no document is not in it."""
    wanted: Sequence[str] = sorted({id for id in ids if id is not None})
    found: dict[str, str] = {}
    for at in range(0, len(wanted), _AT_ONCE):
        some = tuple(wanted[at : at + _AT_ONCE])
        query = Query(
            Compare("id", Op.IN, some), unambiguous(()), len(some), counted=False,
            shows=frozenset({"id", "type"}),
        )  # fmt: skip
        found |= {one.id: one.type for one in (await reader.page(Document, asked.scope, query)).records}
    return found
