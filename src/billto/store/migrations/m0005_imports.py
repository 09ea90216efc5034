"""How far imports have come, and files that wait for one."""

from collections.abc import Iterator

from billto.store.engine import Engine
from billto.store.migrations.tables import said

_TABLES = """
CREATE TABLE import_job (
    entity_id {TEXT} NOT NULL REFERENCES entity (id),
    id {TEXT} NOT NULL,
    digest {TEXT} NOT NULL,
    file {TEXT} NOT NULL,
    started_at {MOMENT} NOT NULL,
    updated_at {MOMENT} NOT NULL,
    finished_at {MOMENT},
    next_row {INT} NOT NULL,
    made {INT} NOT NULL,
    changed {INT} NOT NULL,
    unchanged {INT} NOT NULL,
    rejected {INT} NOT NULL,
    PRIMARY KEY (entity_id, id)
);

CREATE TABLE upload (
    entity_id {TEXT} NOT NULL REFERENCES entity (id),
    id {TEXT} NOT NULL,
    file {TEXT} NOT NULL,
    content {BLOB} NOT NULL,
    created_at {MOMENT} NOT NULL,
    PRIMARY KEY (entity_id, id)
);
CREATE INDEX upload_created ON upload (created_at);
"""


def statements(engine: Engine) -> Iterator[str]:
    yield from said(engine, _TABLES)
