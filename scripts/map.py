"""Writes docs/dialects/map.md: every attribute of a customer with its names in all languages."""

from collections.abc import Iterator
from pathlib import Path

from billto.dialects.dialect import Dialect
from billto.dialects.wire import WO, Table
from billto.domain.attrs import catalogue
from billto.domain.customer import Customer
from billto.wiring import DIALECTS

PAGE = Path(__file__).parent.parent / "docs" / "dialects" / "map.md"

_HEAD = """# The four languages of a customer

Made by `scripts/map.py` out of the dialects' tables; a test compares. An attribute without a name in a
language is neither shown nor touched by it. *In italics*: part of the attribute, or together with others.
`(w)`: is taken and not shown.

"""


def table_of(dialect: Dialect) -> Table | None:
    """The table in which a dialect shows a customer."""
    return next(
        (
            one.table
            for one in dialect.routes
            if one.table.record is Customer and one.method == "GET" and one.path.endswith("/{id}")
        ),
        None,
    )


def page() -> str:
    shown = [(one, table) for one in DIALECTS if (table := table_of(one)) is not None]
    head = ["attribute", *(f"{one.title} `{one.prefix or '/'}`" for one, _ in shown)]
    rows = [[f"`{name}`", *(_names(table, name) for _, table in shown)] for name in catalogue(Customer)]
    rows = [row for row in rows if any(row[1:])]  # the rest is kept for the house alone
    return _HEAD + "\n".join(_table(head, rows)) + "\n" + "\n".join(_lost(shown))


def _names(table: Table, attr: str) -> str:
    plain = [f"`{one.wire}`{' (w)' if one.access is WO else ''}" for one in table.rows if one.attr == attr]
    woven = [f"*{one.wire}*".replace("_", "\\_") for one in table.rows if attr in one.woven_of]
    return " ".join([*plain, *woven])


def _table(head: list[str], rows: list[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _lost(shown: list[tuple[Dialect, Table]]) -> Iterator[str]:
    yield "\n## What is lossy\n"
    yield "What is written through one door and is not quite the same when it is read through another.\n"
    for dialect, table in shown:
        for wire, sentence in dialect.loses.items():
            assert wire in table.by_wire, f"{dialect.name} has no {wire}"
            yield f"- **{dialect.title}**, `{wire}`: {sentence}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
