"""Space Invoices has no balances or statements: ours, read off the ledger."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from billto.app import balances, records
from billto.app.balances import Balance, Statement
from billto.app.parts import Reader, Request
from billto.dialects.codecs import BOOL, DAY, Codec, choice, write_iso, write_money
from billto.dialects.dialect import Said, Told
from billto.dialects.params import Param, take
from billto.dialects.spaceinvoices.values import CURRENCY, kinds, shown_day, shown_id
from billto.domain import issuing
from billto.domain.ageing import BOUNDS, Owed, ageing
from billto.domain.ids import read_id
from billto.domain.ledger import FallingDue
from billto.domain.problems import Problem, Refused
from billto.domain.statement import BalanceForward, OpenCredit, OpenItem, OpenItems

BALANCE_FORWARD, OPEN_ITEM = TYPES = ("balance_forward", "open_item")
_BUCKETS_MAX, _DAYS_MAX = 12, 10_000


def _read_buckets(text: str) -> tuple[int, ...]:
    """The last days of the buckets: 30,60,90."""
    parts = text.split(",")
    if not all(part.isascii() and part.isdigit() and len(part) < 6 for part in parts):
        raise Refused(Problem("wrong_type", detail="days with commas between them, such as 30,60,90"))
    days = tuple(map(int, parts))
    rises = all(before < after for before, after in zip((0, *days), days, strict=False))
    if not rises or len(days) > _BUCKETS_MAX or days[-1] > _DAYS_MAX:
        detail = f"at most {_BUCKETS_MAX} days that rise, from 1 to {_DAYS_MAX}"
        raise Refused(Problem("out_of_range", detail=detail))
    return days


BUCKETS = Codec(_read_buckets, None, _read_buckets, {"type": "string", "pattern": r"^[0-9]+(,[0-9]+)*$"})

_AGES = Param(
    "buckets", BUCKETS,
    says="The last days of the buckets of the ageing, such as 30,60,90; "
    f"{','.join(map(str, BOUNDS))} unless it is given.",
)  # fmt: skip
BALANCE_PARAMS = (
    Param(
        "currency_code", CURRENCY, says="Only this currency; without it, all in which there was something."
    ),
    _AGES,
)
STATEMENT_PARAMS = (
    Param(
        "type", choice(*TYPES), BALANCE_FORWARD,
        says="balance_forward: what was owed before, what happened, what is owed now; "
        "open_item: what is open at the end.",
    ),
    Param("start", DAY, says="The first day; the first of the end's month unless it is given."),
    Param("end", DAY, says="The last day; today unless it is given."),
    Param("currency_code", CURRENCY, says="The currency; the customer's own unless it is given."),
    Param("items", choice("all", "past_due"), "all", says="past_due: only items that are past due."),
    Param("include_children", BOOL, True, says="Whether the customers below this one are in it."),
    _AGES,
)  # fmt: skip


async def balance(reader: Reader, asked: Request, told: Told) -> Said:
    given = take(told.given, BALANCE_PARAMS)
    id = _id(told)
    found = await balances.of(reader, asked, id, told.now, given["currency_code"])
    today = issuing.today(await records.seller(reader, asked), told.now)
    # A balance is of all there is, also of what is dated later than today; so is its ageing.
    owed = await balances.falling_due(reader, asked, found[0].customer)
    shown = [_balance(one, _aged(one, owed, today, given["buckets"])) for one in found]
    return Said({"customer_id": f"cust_{found[0].customer.id}", "balances": shown})


async def statement(reader: Reader, asked: Request, told: Told) -> Said:
    given = take(told.given, STATEMENT_PARAMS)
    found = await balances.statement(
        reader, asked, _id(told), told.now, is_balance_forward=given["type"] == BALANCE_FORWARD,
        start=given["start"], end=given["end"], currency=given["currency_code"],
        past_due_only=given["items"] == "past_due", with_children=given["include_children"],
    )  # fmt: skip
    names = await _names(reader, asked, found.told)
    body = {
        "customer_id": f"cust_{found.customer.id}",
        "type": given["type"],
        "currency_code": found.currency_code,
        "customers": [{"id": f"cust_{one.id}", "name": one.name} for one in found.members],
        **_told(found, names),
        "ageing": _ageing(found.open.items, found.open.as_of, given["buckets"]),
    }
    return Said(body)


def _id(told: Told) -> str:
    found = read_id(told.ids["id"])
    if found is None:
        raise Refused(Problem("not_found", detail="Customer"))
    return found


def _aged(
    one: Balance, owed: Sequence[FallingDue], today: date, buckets: Sequence[int] | None
) -> list[dict[str, Any]]:
    items = [each for each in owed if each.currency_code == one.standing.currency_code]
    return _ageing(items, today, buckets)


def _balance(one: Balance, aged: list[dict[str, Any]]) -> dict[str, Any]:
    standing = one.standing
    return {
        "currency_code": standing.currency_code,
        "outstanding": write_money(standing.outstanding),
        "due": write_money(one.due.due),
        "overdue": one.due.is_past_due,
        "open_credit_notes": write_money(standing.open_credit_notes),
        "unapplied": write_money(standing.unapplied),
        "credit": write_money(standing.credit),
        "net": write_money(standing.net),
        "credit_history": [{"at": write_iso(at), "credit": write_money(after)} for at, after in one.history],
        "ageing": aged,
    }


def _ageing(items: Iterable[Owed], as_of: date, buckets: Sequence[int] | None) -> list[dict[str, Any]]:
    return [
        {**one._asdict(), "amount": write_money(one.amount)}
        for one in ageing(items, as_of=as_of, bounds=buckets or BOUNDS)
    ]


_Names = Mapping[str, str]


async def _names(reader: Reader, asked: Request, told: BalanceForward | OpenItems) -> _Names:
    """The ids of what is told of, each with the prefix of what it is, by the bare ones."""
    parts: Sequence[Any] = (
        (*told.lines, *told.credit_lines)
        if isinstance(told, BalanceForward)
        else (*told.items, *told.credits)
    )
    ids = [one.item_id for one in parts]
    return {id: shown_id(kind, id) for id, kind in (await kinds(reader, asked, ids)).items()}


def _told(found: Statement, names: _Names) -> dict[str, Any]:
    if isinstance(found.told, BalanceForward):
        return _balance_forward(found.told, names)
    return _open_items(found.told, names)


_SUMS = (
    "previous", "invoiced", "paid", "adjusted", "balance", "previous_credit", "issued", "spent", "credit",
    "net",
)  # fmt: skip
_LINE = ("invoiced", "paid", "adjusted", "balance")
_CREDIT_LINE = ("issued", "spent", "balance")


def _balance_forward(told: BalanceForward, names: _Names) -> dict[str, Any]:
    return {
        "start": shown_day(told.start),
        "end": shown_day(told.end),
        **_money(told, _SUMS),
        "lines": [{**_line(one, names), **_money(one, _LINE)} for one in told.lines],
        "credit_lines": [{**_line(one, names), **_money(one, _CREDIT_LINE)} for one in told.credit_lines],
    }


def _line(one: Any, names: _Names) -> dict[str, Any]:
    return {
        "date": shown_day(one.date),
        "number": one.number,
        "kind": one.kind,
        "customer_id": _customer(one),
        # What is opened or settled, or else the payment; an adjustment is of nothing but the credit balance.
        "item_id": one.item_id and names.get(one.item_id, shown_id("payment", one.item_id)),
    }


def _open_items(told: OpenItems, names: _Names) -> dict[str, Any]:
    return {
        "end": shown_day(told.as_of),
        **_money(told, ("total", "credit", "net")),
        "items": [_open_item(one, names) for one in told.items],
        "credits": [_open_credit(one, names) for one in told.credits],
    }


def _open_item(one: OpenItem, names: _Names) -> dict[str, Any]:
    return {
        "document_id": names.get(one.item_id, shown_id(None, one.item_id)),
        "number": one.number,
        "customer_id": _customer(one),
        "date": shown_day(one.date),
        "date_due": shown_day(one.due_date),
        "days_past_due": one.days_past_due,
        **_money(one, ("total", "balance")),
    }


def _open_credit(one: OpenCredit, names: _Names) -> dict[str, Any]:
    return {
        "account": one.account,
        "item_id": one.item_id and names.get(one.item_id, shown_id("payment", one.item_id)),
        "number": one.number,
        "customer_id": _customer(one),
        "date": shown_day(one.date),
        **_money(one, ("amount",)),
    }


def _customer(one: Any) -> str | None:
    return None if one.customer_id is None else f"cust_{one.customer_id}"


def _money(of: Any, names: Sequence[str]) -> dict[str, Decimal | int]:
    return {name: write_money(getattr(of, name)) for name in names}
