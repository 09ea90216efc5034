"""A statement as what is printed of it: the figures are those of the one computation, none is made here."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol

from billto.domain.ageing import NOT_DUE, ageing
from billto.domain.customer import Customer
from billto.domain.document import ISSUER
from billto.domain.entity import Entity
from billto.domain.statement import BalanceForward, CreditLine, Line, OpenItems
from billto.papers import qr, sheet
from billto.papers.art import Art
from billto.papers.sheet import Data, Pen, Row
from billto.papers.text import plain, shortened, wrapped

ZERO = Decimal(0)
_APPLIED, _UNAPPLIED = "applied", "unapplied"


class Told(Protocol):
    """A statement, as the verb that makes one gives it."""

    @property
    def currency_code(self) -> str: ...
    @property
    def members(self) -> Sequence[Customer]: ...  # the customer and those below it
    @property
    def told(self) -> BalanceForward | OpenItems: ...
    @property
    def open(self) -> OpenItems: ...  # at its end, for the ageing


def data(statement: Told, entity: Entity, customer: Customer, language: str | None, art: Art) -> Data:
    """Everything the template shows of a statement."""
    settings: Any = entity.settings
    wanted = language or customer.language or entity.locale
    pen = sheet.pen(wanted, entity.country_code, statement.currency_code)
    issuer = {name: getattr(entity, name) for name in ISSUER if hasattr(entity, name)}
    issuer["bank_accounts"] = settings.get("bank_accounts")
    names = {one.id: plain(one.name) for one in statement.members}
    if len(names) < 2:
        names = {}
    told = statement.told
    is_forward = isinstance(told, BalanceForward)
    title = pen.words["statement" if is_forward else "open_items"]
    end = told.end if isinstance(told, BalanceForward) else told.as_of
    body = _forward(told, pen, names) if isinstance(told, BalanceForward) else _open(told, pen, names)
    return {
        **sheet.base(pen, issuer, settings, art),
        "title": title,
        "running": f"{title} · {shortened(plain(customer.name), sheet.RUNNING_MOST)}",
        "addressee": sheet.addressee(customer._asdict(), issuer, pen.words["attention"]),
        "facts": _facts(told, customer, pen),
        **body,
        "ageing": _ageing(statement.open, pen),
        "account": _account(issuer, pen),
        "account_title": pen.words["payment"],
        "foot": sheet.foot(pen, issuer, ""),
        "day": end.isoformat(),
    }


def _facts(told: BalanceForward | OpenItems, customer: Customer, pen: Pen) -> list[Row]:
    words = pen.words
    if isinstance(told, BalanceForward):
        when = (words["period"], pen.formats.span(told.start, told.end))
    else:
        when = (words["as_of"], pen.day(told.as_of))
    rows = [
        when,
        (words["customer_number"], plain(customer.number)),
        (words["customer_tax_number"], plain(customer.tax_number)),
        (words["currency"], pen.currency),
    ]
    return [(label, wrapped(value, 16) if label != when[0] else value) for label, value in rows if value]


def _forward(told: BalanceForward, pen: Pen, names: Mapping[str, str]) -> Data:
    words = pen.words
    summary: list[tuple[str, Decimal, str]] = [
        (words["previous_balance"], told.previous, ""),
        (words["invoiced"], told.invoiced, ""),
        (words["paid"], -told.paid, ""),
    ]
    if told.adjusted:
        summary.append((words["adjusted"], -told.adjusted, ""))
    summary.append((words["account_balance"], told.balance, "sum"))
    summary += _net(told.credit, told.net, pen)
    has_credits = bool(told.credit_lines or told.previous_credit)
    return {
        "summary": _summary(summary, pen),
        "table_title": words["account"],
        "table": _account_table(told, pen, names),
        "empty": "" if told.lines else words["nothing_happened"],
        "credits_title": words["credit"],
        "credits": _credit_table(told, pen, names) if has_credits else None,
    }


def _account_table(told: BalanceForward, pen: Pen, names: Mapping[str, str]) -> Data:
    words = pen.words
    shows = [
        one
        for one in ("invoiced", "paid", "adjusted")
        if one != "adjusted" or any(line.adjusted for line in told.lines)
    ]
    rows: list[list[Any]] = [
        [pen.day(told.start), "", words["previous_balance"], *[""] * len(shows), pen.amount(told.previous)]
    ]
    for line in told.lines:
        figures = [_some(getattr(line, name), pen) for name in shows]
        what = _named(_kind(line, pen), line, names)
        rows.append(
            [pen.day(line.date), wrapped(plain(line.number), 16), what, *figures, pen.amount(line.balance)]
        )
    sums = [pen.amount(getattr(told, name)) for name in shows]
    end = {"cells": ["", "", words["account_balance"], *sums, pen.amount(told.balance)], "look": "sum"}
    columns = [
        sheet.column(words["date"], _at(rows, 0)),
        sheet.column(words["number"], _at(rows, 1)),
        sheet.column(words["description"], [], fills=3),
        *(
            sheet.column(words[name], [*_at(rows, 3 + at), sums[at]], right=True)
            for at, name in enumerate(shows)
        ),
        sheet.column(words["balance"], _at(rows, -1), right=True),
    ]
    looks = ["previous", *[""] * len(told.lines)]
    return sheet.table(
        columns, [*({"cells": row, "look": look} for row, look in zip(rows, looks, strict=True)), end]
    )


def _credit_table(told: BalanceForward, pen: Pen, names: Mapping[str, str]) -> Data:
    words = pen.words
    rows: list[list[Any]] = [
        [pen.day(told.start), "", words["previous_credit"], "", "", pen.amount(told.previous_credit)]
    ]
    for line in told.credit_lines:
        figures = (_some(line.issued, pen), _some(line.spent, pen), pen.amount(line.balance))
        what = _named(_credit_kind(line, pen), line, names)
        rows.append([pen.day(line.date), wrapped(plain(line.number), 16), what, *figures])
    sums = [pen.amount(told.issued), pen.amount(told.spent), pen.amount(told.credit)]
    columns = [
        sheet.column(words["date"], _at(rows, 0)),
        sheet.column(words["number"], _at(rows, 1)),
        sheet.column(words["description"], [], fills=3),
        sheet.column(words["credit_issued"], [*_at(rows, 3), sums[0]], right=True),
        sheet.column(words["credit_spent"], [*_at(rows, 4), sums[1]], right=True),
        sheet.column(words["credit"], _at(rows, 5), right=True),
    ]
    looks = ["previous", *[""] * len(told.credit_lines)]
    end = {"cells": ["", "", words["credit_available"], *sums], "look": "sum"}
    return sheet.table(
        columns, [*({"cells": row, "look": look} for row, look in zip(rows, looks, strict=True)), end]
    )


def _open(told: OpenItems, pen: Pen, names: Mapping[str, str]) -> Data:
    words = pen.words
    rows = []
    for item in told.items:
        number = {
            "title": wrapped(plain(item.number), 16),
            "details": wrapped(names.get(item.customer_id or "", "")),
        }
        days = str(item.days_past_due) if item.days_past_due else ""
        rows.append(
            [
                pen.day(item.date),
                number,
                pen.day(item.due_date),
                days,
                pen.amount(item.total),
                pen.amount(item.balance),
            ]
        )
    columns = [
        sheet.column(words["date"], _at(rows, 0)),
        sheet.column(words["invoice"], [], fills=3),
        sheet.column(words["due_date"], _at(rows, 2)),
        sheet.column(words["days_overdue"], _at(rows, 3), right=True),
        sheet.column(words["total"], _at(rows, 4), right=True),
        sheet.column(words["balance"], [*_at(rows, 5), pen.amount(told.total)], right=True),
    ]
    end = {"cells": ["", words["total_open"], "", "", "", pen.amount(told.total)], "look": "sum"}
    summary = [(words["total_open"], told.total, "sum"), *_net(told.credit, told.net, pen)]
    return {
        "summary": _summary(summary, pen),
        "table_title": "",
        "table": sheet.table(columns, [*({"cells": row, "look": ""} for row in rows), end]),
        "empty": "" if told.items else words["nothing_open"],
        "credits_title": words["open_credits"],
        "credits": _open_credits(told, pen, names) if told.credits else None,
    }


def _open_credits(told: OpenItems, pen: Pen, names: Mapping[str, str]) -> Data:
    words = pen.words
    rows = [
        [
            pen.day(one.date), wrapped(plain(one.number), 16),
            _with(pen.kinds[one.account], names.get(one.customer_id or "", "")), pen.amount(one.amount),
        ]
        for one in told.credits
    ]  # fmt: skip
    columns = [
        sheet.column(words["date"], _at(rows, 0)),
        sheet.column(words["number"], _at(rows, 1)),
        sheet.column(words["description"], [], fills=3),
        sheet.column(words["amount"], [*_at(rows, 3), pen.amount(told.credit)], right=True),
    ]
    end = {"cells": ["", "", words["credit_available"], pen.amount(told.credit)], "look": "sum"}
    return sheet.table(columns, [*({"cells": row, "look": ""} for row in rows), end])


def _ageing(found: OpenItems, pen: Pen) -> Data | None:
    """The buckets, and how long each one's bar is in thousandths of the longest."""
    buckets = ageing(found.items, as_of=found.as_of)
    most = max(one.amount for one in buckets)
    if most <= 0:
        return None
    rows = []
    for one in buckets:
        label = (
            pen.words["not_due"]
            if one.label == NOT_DUE
            else pen.said("days", days=one.label.replace("-", "–"))
        )
        rows.append({
            "label": label, "amount": pen.amount(one.amount), "bar": int(max(one.amount, ZERO) * 1000 / most),
        })  # fmt: skip
    return {
        "title": pen.words["ageing"],
        "rows": rows,
        "total": pen.amount(found.total),
        "label": pen.words["total_open"],
    }


def _account(issuer: Mapping[str, Any], pen: Pen) -> list[Row]:
    account = qr.account(issuer.get("bank_accounts"))
    return [(label, wrapped(value)) for label, value in sheet.account_rows(pen.words, account)]


def _kind(line: Line, pen: Pen) -> str:
    """What happened to an invoice; one that a credit note settles is not paid."""
    if line.kind in (_APPLIED, _UNAPPLIED) and line.adjusted:
        return pen.kinds["credit_applied" if line.kind == _APPLIED else "credit_restored"]
    return pen.kinds[line.kind]


def _credit_kind(line: CreditLine, pen: Pen) -> str:
    special = {"issued": "credit_note", _APPLIED: "credit_applied", _UNAPPLIED: "credit_restored"}
    return pen.kinds[special.get(line.kind, line.kind)]


def _named(what: str, line: Line | CreditLine, names: Mapping[str, str]) -> Data:
    return _with(what, names.get(line.customer_id or "", ""))


def _with(what: str, name: str) -> Data:
    return {"title": what, "details": wrapped(name)}


def _net(credit: Decimal, net: Decimal, pen: Pen) -> list[tuple[str, Decimal, str]]:
    if not credit:
        return []
    return [(pen.words["credit_available"], -credit, ""), (pen.words["net"], net, "due")]


def _summary(rows: Sequence[tuple[str, Decimal, str]], pen: Pen) -> list[Data]:
    return [
        {"label": label, "value": pen.money(value) if look else pen.amount(value), "look": look}
        for label, value, look in rows
    ]


def _some(amount: Decimal, pen: Pen) -> str:
    """An amount; an empty cell says nothing better than a zero does."""
    return pen.amount(amount) if amount else ""


def _at(rows: Sequence[Sequence[Any]], at: int) -> list[Any]:
    return [row[at] for row in rows]
