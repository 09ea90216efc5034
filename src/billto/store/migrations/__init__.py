"""The schema's history: numbered steps, each done once. A step is never changed after a release."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from billto.store.engine import Engine
from billto.store.migrations import m0001_first


class Migration(NamedTuple):
    """A step to a newer schema: its number, what it is about, and its statements for an engine."""

    number: int
    title: str
    statements: Callable[[Engine], Iterable[str]]


MIGRATIONS: tuple[Migration, ...] = (
    Migration(1, "accounts, keys, entities, customers", m0001_first.statements),
)
LATEST = MIGRATIONS[-1].number
