"""Chasing: who is left alone until when."""

from collections.abc import Iterator

from billto.store.engine import Engine
from billto.store.migrations.tables import said

_TABLES = """
ALTER TABLE customer ADD COLUMN chase_paused_until {DATE};
ALTER TABLE customer ADD COLUMN chase_pause_reason {TEXT};
ALTER TABLE document ADD COLUMN chase_paused_until {DATE};
ALTER TABLE document ADD COLUMN chase_pause_reason {TEXT};
"""


def statements(engine: Engine) -> Iterator[str]:
    yield from said(engine, _TABLES)
