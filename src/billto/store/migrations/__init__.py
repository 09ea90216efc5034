"""The schema's history: numbered steps, each done once. A step is never changed after a release."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from billto.domain.customer import Customer
from billto.store.engine import Engine
from billto.store.migrations import (
    m0001_first,
    m0002_dialects,
    m0003_invoiced,
    m0004_keys,
    m0005_imports,
    m0007_receivables,
    m0008_messages,
    m0009_connections,
    m0010_links,
    m0011_plans,
    m0012_chasing,
    m0013_statement_runs,
)


class Migration(NamedTuple):
    """A step to a newer schema: its number, what it is about, and its statements for an engine."""

    number: int
    title: str
    statements: Callable[[Engine], Iterable[str]]
    folded_anew: tuple[type[NamedTuple], ...] = ()  # records whose search texts are put together otherwise


MIGRATIONS: tuple[Migration, ...] = (
    Migration(1, "accounts, keys, entities, customers", m0001_first.statements),
    Migration(2, "what other languages say of a customer", m0002_dialects.statements, (Customer,)),
    Migration(3, "notes, pending line items, parents", m0003_invoiced.statements),
    Migration(4, "keys that follow others, customers by number", m0004_keys.statements),
    Migration(5, "imports and uploads", m0005_imports.statements),
    Migration(6, "searches look through custom values", lambda _engine: (), (Customer,)),
    Migration(7, "documents, payments, the ledger", m0007_receivables.statements),
    Migration(8, "messages", m0008_messages.statements),
    Migration(9, "connections, turns of messages", m0009_connections.statements),
    Migration(10, "signed links, files", m0010_links.statements),
    Migration(11, "plans, reminders, test clocks", m0011_plans.statements),
    Migration(12, "chasing", m0012_chasing.statements),
    Migration(13, "statement runs", m0013_statement_runs.statements),
)
LATEST = MIGRATIONS[-1].number
