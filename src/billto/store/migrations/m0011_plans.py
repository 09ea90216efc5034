"""What is done by itself and when, who was reminded of what, and the test clocks of sandboxes."""

from collections.abc import Iterator

from billto.store.engine import Engine
from billto.store.migrations.tables import said

_TABLES = """
ALTER TABLE entity ADD COLUMN clock_ahead {INT} NOT NULL DEFAULT 0;

CREATE TABLE plan (
    entity_id {TEXT} NOT NULL REFERENCES entity (id),
    id {TEXT} NOT NULL,
    serial {SERIAL},
    version {INT} NOT NULL,
    created_at {MOMENT} NOT NULL,
    updated_at {MOMENT} NOT NULL,
    kind {TEXT} NOT NULL,
    subject_id {TEXT} NOT NULL,
    next_at {MOMENT} NOT NULL,
    due_at {MOMENT} NOT NULL,
    is_anew {BOOL} NOT NULL,
    leased_until {MOMENT},
    last_at {MOMENT},
    last_result {JSON},
    last_error {TEXT},
    {KEYS}
);
CREATE UNIQUE INDEX plan_unique_subject ON plan (entity_id, kind, subject_id);
CREATE INDEX plan_due ON plan (due_at, id);

CREATE TABLE reminded (
    entity_id {TEXT} NOT NULL,
    id {TEXT} NOT NULL,
    at {MOMENT} NOT NULL,
    document_id {TEXT} NOT NULL,
    threshold {INT} NOT NULL,
    message_id {TEXT} NOT NULL,
    PRIMARY KEY (entity_id, document_id, threshold),
    FOREIGN KEY (entity_id, document_id) REFERENCES document (entity_id, id) ON DELETE CASCADE
);
"""


def statements(engine: Engine) -> Iterator[str]:
    yield from said(engine, _TABLES)
