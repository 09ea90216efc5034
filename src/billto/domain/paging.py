"""Pages that do not slip: a place in an ordering is a condition like any other.

Every ordering ends with `id`, so no two records share a place. A cursor is such a place, signed for one
list of one tenant in one order, so that nobody can make one up or use it elsewhere.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from billto.domain.attrs import Attr, Kind, catalogue
from billto.domain.problems import Problem, Refused
from billto.domain.query import All, Compare, Either, Missing, Node, Not, Op, Order, Start

_MAC_BYTES = 16
_CURSOR_LENGTH_MAX = 8_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def unambiguous(order: tuple[Order, ...]) -> tuple[Order, ...]:
    """The ordering with `id` at its end; the id goes the way of the column before it."""
    ways = {one.attr: one for one in reversed(order)}
    once = tuple(dict.fromkeys(ways[one.attr] for one in order))
    if "id" in ways:
        return once[: [one.attr for one in once].index("id") + 1]
    return (*once, Order("id", bool(once) and once[-1].descending))


def reversed_order(order: tuple[Order, ...]) -> tuple[Order, ...]:
    return tuple(Order(one.attr, not one.descending) for one in order)


def place(order: tuple[Order, ...], record: NamedTuple) -> tuple[Any, ...]:
    """What must be remembered of a record to go on after it."""
    return tuple(getattr(record, one.attr) for one in order)


def after(record: type[NamedTuple], order: tuple[Order, ...], place: tuple[Any, ...]) -> Node:
    """The condition of coming after a place in an (unambiguous) ordering."""
    attrs = catalogue(record)
    if len(order) == 1:
        return _beyond(order[0], place[0], attrs[order[0].attr].nullable)
    ways: list[Node] = []
    tied: list[Node] = []
    for one, value in zip(order, place, strict=True):
        ways.append(All((*tied, _beyond(one, value, attrs[one.attr].nullable))))
        tied.append(Missing(one.attr) if value is None else Compare(one.attr, Op.EQ, value))
    return All((*_bound(order[0], place[0], attrs), Either(tuple(ways))))


def _beyond(one: Order, value: Any, nullable: bool) -> Node:
    if value is None:  # nothing is after the missing, or all that is present
        return Not(Missing(one.attr)) if one.descending else Either()
    if one.descending:
        return Compare(one.attr, Op.LT, value)
    greater = Compare(one.attr, Op.GT, value)
    return Either((greater, Missing(one.attr))) if nullable else greater


def _bound(one: Order, value: Any, attrs: Mapping[str, Attr]) -> Iterator[Node]:
    """What is implied anyway, said plainly, so that an index can start at the place."""
    if value is not None and (one.descending or not attrs[one.attr].nullable):
        yield Compare(one.attr, Op.LE if one.descending else Op.GE, value)


class Cursors:
    """Signs and reads the cursors of one tenant's list of one kind of record in one order."""

    def __init__(
        self, secret: bytes, tenant: str, record: type[NamedTuple], order: tuple[Order, ...]
    ) -> None:
        self._attrs = [catalogue(record)[one.attr] for one in order]
        ways = ",".join(f"{'-' if one.descending else ''}{one.attr}" for one in order)
        self._bound_to = f"{tenant}\0{record.__name__}\0{ways}\0".encode()
        self._secret = secret

    def write(self, start: Start) -> str:
        values = [_plain(value) for value in start.place]
        said = json.dumps([int(start.backwards), *values], separators=(",", ":"), ensure_ascii=False).encode()
        return base64.urlsafe_b64encode(self._mac(said) + said).rstrip(b"=").decode()

    def read(self, text: str, *, backwards: bool) -> Start:
        """The place in a cursor; raises Refused for one that was not made here, for this."""
        refused = Refused(Problem("bad_cursor"))
        if len(text) > _CURSOR_LENGTH_MAX or not text.isascii():
            raise refused
        try:
            held = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise refused from None
        mac, said = held[:_MAC_BYTES], held[_MAC_BYTES:]
        # Base64 has several spellings of one value; only the one that was given out counts.
        spelt = base64.urlsafe_b64encode(held).rstrip(b"=").decode()
        if not hmac.compare_digest(mac, self._mac(said)) or spelt != text:
            raise refused
        direction, *values = json.loads(said)
        if bool(direction) is not backwards:
            raise refused
        return Start(tuple(map(_rich, self._attrs, values)), backwards)

    def _mac(self, said: bytes) -> bytes:
        return hmac.digest(self._secret, self._bound_to + said, hashlib.sha256)[:_MAC_BYTES]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value - _EPOCH) // timedelta(milliseconds=1)
    return str(value) if isinstance(value, date | Decimal) else value


def _rich(attr: Attr, value: Any) -> Any:
    if value is None:
        return None
    match attr.kind:
        case Kind.MOMENT:
            return _EPOCH + timedelta(milliseconds=value)
        case Kind.DATE:
            return date.fromisoformat(value)
        case Kind.MONEY:
            return Decimal(value)
    return value
