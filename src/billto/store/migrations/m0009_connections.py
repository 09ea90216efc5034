"""Connections of entities' own; and messages in turns, counted by the day."""

from collections.abc import Iterator

from billto.store.engine import Engine
from billto.store.migrations.tables import said

_TABLES = """
CREATE TABLE connection (
    entity_id {TEXT} NOT NULL REFERENCES entity (id),
    id {TEXT} NOT NULL,
    version {INT} NOT NULL,
    created_at {MOMENT} NOT NULL,
    updated_at {MOMENT} NOT NULL,
    channel {TEXT} NOT NULL,
    provider {TEXT} NOT NULL,
    facts {JSON} NOT NULL,
    secret {TEXT},
    PRIMARY KEY (entity_id, channel)
);
CREATE INDEX message_turn ON message (entity_id, next_at, id) WHERE state = 'queued';
CREATE INDEX message_day ON message (entity_id, channel, created_at);
"""


def statements(engine: Engine) -> Iterator[str]:
    yield from said(engine, _TABLES)
