"""v1: IBAN, bank and SWIFT, which are those of the first of the bank accounts; the others it cannot see."""

from collections.abc import Callable, Mapping
from typing import Any

from billto.dialects.loopback.lenient import TEXT
from billto.dialects.wire import Row, woven
from billto.domain.bank import ACCOUNT
from billto.domain.problems import Problem, Refused
from billto.domain.versions import Edit

Accounts = list[dict[str, Any]] | None

_PARTS = {"IBAN": "iban", "bank": "bank_name", "SWIFT": "bic"}


def _set(part: str, value: str | None) -> Callable[[Accounts], Accounts]:
    def step(accounts: Accounts) -> Accounts:
        first, *rest = accounts or [{"type": "iban"}]
        if value is None and part not in first:
            return accounts
        first = {**first, part: value}
        if not rest and not any(first[name] for name in first if name != "type"):
            return None  # nothing is said of it any more
        # A first account that was emptied stays in its place, else the second would show up as the first.
        return [first, *rest]

    return step


def _read(part: str, given: Any) -> str | None:
    value = None if given is None else TEXT.decode(given)
    problems: list[Problem] = []
    ACCOUNT[part].read(value, (), problems)
    if problems:
        raise Refused(*problems)
    return value


def _row(
    wire: str,
    part: str,
    attr: str,
    accounts_of: Callable[[Any], Accounts],
    edit: Callable[[Callable[[Accounts], Accounts]], Callable[[Any], Any]],
) -> Row:
    def shown(record: Any) -> str | None:
        accounts = accounts_of(record)
        value: str | None = accounts[0].get(part) if accounts else None
        return value

    def sets(given: Any) -> Mapping[str, Any]:
        return {attr: Edit((edit(_set(part, _read(part, given))),))}

    return woven(wire, shown, sets, {"type": ["string", "null"]}, (attr,))


def of_customer(wire: str) -> Row:
    """The row that shows a part of a customer's first bank account."""
    return _row(
        wire, _PARTS[wire], "bank_accounts", lambda customer: customer.bank_accounts, lambda step: step
    )


def of_entity(wire: str) -> Row:
    """… of an entity's, which are among its settings."""

    def within(step: Callable[[Accounts], Accounts]) -> Callable[[Any], Any]:
        def change(settings: Any) -> Any:
            before = (settings or {}).get("bank_accounts")
            after = step(before)
            return settings or {} if after is before else {**(settings or {}), "bank_accounts": after}

        return change

    return _row(wire, _PARTS[wire], "settings", lambda entity: entity.settings.get("bank_accounts"), within)
