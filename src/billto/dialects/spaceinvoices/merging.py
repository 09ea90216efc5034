"""Space Invoices: merging a customer into another, and what that would do. No document of the API has it."""

from collections.abc import Mapping
from typing import Any

from billto.app import customers, merging
from billto.app.merging import Balances, Preview
from billto.app.parts import Reader, Request, Tx
from billto.dialects.codecs import BOOL, MONEY, TEXT, Codec
from billto.dialects.dialect import Said, Told
from billto.dialects.params import Param, take
from billto.dialects.spaceinvoices.customers import CUSTOMER
from billto.dialects.tags import tagged
from billto.domain.customer import Customer
from billto.domain.ids import read_id
from billto.domain.ledger import Standing
from billto.domain.problems import Problem, Refused

INTO = Param("into", TEXT, says="Id of the customer that stays, also without its prefix. Required.")


async def preview(reader: Reader, asked: Request, told: Told) -> Said:
    source = await customers.get(reader, asked, _id(told))
    into = take(told.given, (INTO,))["into"]
    if not into:
        raise Refused(Problem("bad_parameter", ("into",), "is required"))
    return Said(_shown(await merging.preview(reader, asked, source.id, _target(into))))


async def merge(tx: Tx, asked: Request, told: Told) -> Said:
    """Looks for the customer first: of one that is not there nobody learns what its body lacked."""
    source = _id(told)
    await customers.get(tx, asked, source)
    into, fill = _wish({} if told.body is None else told.body)
    merged = await merging.merge(tx, asked, source, into, fill=fill)
    return Said(CUSTOMER.encode(merged), headers=tagged(merged), shows=merged.id)


def _id(told: Told) -> str:
    found = read_id(told.ids["id"])
    if found is None:
        raise Refused(Problem("not_found", detail="Customer"))
    return found


def _target(text: str) -> str:
    """What cannot be an id is as absent as an unknown one."""
    found = read_id(text)
    if found is None:
        raise Refused(Problem("not_found", ("into",), "Customer"))
    return found


def _wish(body: Any) -> tuple[str, bool]:
    if not isinstance(body, dict):
        raise Refused(Problem("wrong_type", detail="an object"))
    if body.get("into") is None:
        raise Refused(Problem("required", ("into",)))
    fill = body.get("fill")
    problems: list[Problem] = []
    into = _read(TEXT, body["into"], "into", problems)
    fills = False if fill is None else _read(BOOL, fill, "fill", problems)
    if problems:
        raise Refused(*problems)
    return _target(into), fills


def _read(codec: Codec, value: Any, name: str, problems: list[Problem]) -> Any:
    try:
        return codec.decode(value)
    except Refused as refused:
        problems += (one.within(name) for one in refused.problems)
        return None


def _shown(told: Preview) -> dict[str, Any]:
    write: Any = CUSTOMER.by_attr["id"].codec
    return {
        "source_id": write.encode(told.source.id),
        "target_id": write.encode(told.target.id),
        "moves": dict(told.moves),
        "balances": list(map(_balances, told.balances)),
        "fills": [
            {"field": field, "value": value}
            for name, one in told.fills.items()
            for field, value in _fields(name, _new(name, one, told.target))
        ],
        "conflicts": [
            {
                "field": _field(one.attr) + (f".{one.key}" if one.key else ""),
                "source": _value(one.attr, one.value, one.key),
                "target": _value(one.attr, one.stays, one.key),
            }
            for one in told.given_up
        ],
    }


def _balances(one: Balances) -> dict[str, Any]:
    sides = {"source": one.source, "target": one.target, "merged": one.merged}
    return {"currency_code": one.currency_code, **{name: _sums(side) for name, side in sides.items()}}


def _sums(one: Standing) -> dict[str, Any]:
    names = ("outstanding", "open_credit_notes", "unapplied", "credit", "net")
    return {name: MONEY.encode(getattr(one, name)) if MONEY.encode else None for name in names}


def _new(name: str, value: Any, target: Customer) -> Any:
    """Of a map only what comes to it."""
    there = getattr(target, name)
    if isinstance(value, Mapping) and isinstance(there, Mapping):
        return {key: one for key, one in value.items() if key not in there}
    return value


def _fields(name: str, value: Any) -> list[tuple[str, Any]]:
    if name in ("metadata", "custom"):
        return [(f"{name}.{key}", one) for key, one in value.items()]
    return [(_field(name), _value(name, value))]


def _field(name: str) -> str:
    """The field that shows an attribute; what only other languages show is called as in the record."""
    row = CUSTOMER.by_attr.get(name)
    return row.wire if row else name


def _value(name: str, value: Any, key: str | None = None) -> Any:
    row = CUSTOMER.by_attr.get(name)
    is_whole = key is None and value is not None
    return row.codec.encode(value) if is_whole and row and row.codec and row.codec.encode else value
