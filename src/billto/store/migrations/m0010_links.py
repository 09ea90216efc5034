"""Signed links that can be replaced, and files: logos, signatures, attachments."""

from collections.abc import Iterator

from billto.store.engine import Engine
from billto.store.migrations.tables import said

_TABLES = """
ALTER TABLE customer ADD COLUMN link_number {INT} NOT NULL DEFAULT 0;
ALTER TABLE alias ADD COLUMN link_number {INT} NOT NULL DEFAULT 0;
CREATE TABLE file (
    entity_id {TEXT} NOT NULL REFERENCES entity (id),
    id {TEXT} NOT NULL,
    serial {SERIAL},
    version {INT} NOT NULL,
    created_at {MOMENT} NOT NULL,
    updated_at {MOMENT} NOT NULL,
    category {TEXT} NOT NULL,
    filename {TEXT} NOT NULL,
    format {TEXT} NOT NULL,
    width {INT} NOT NULL,
    height {INT} NOT NULL,
    bytes {INT} NOT NULL,
    digest {TEXT} NOT NULL,
    metadata {JSON} NOT NULL,
    {KEYS}
);
CREATE INDEX file_category ON file (entity_id, category, id);
CREATE TABLE file_content (
    entity_id {TEXT} NOT NULL,
    id {TEXT} NOT NULL,
    content {BLOB} NOT NULL,
    PRIMARY KEY (entity_id, id),
    FOREIGN KEY (entity_id, id) REFERENCES file (entity_id, id) ON DELETE CASCADE
);
"""


def statements(engine: Engine) -> Iterator[str]:
    yield from said(engine, _TABLES)
