"""Messages: the outbox out of which workers deliver."""

from collections.abc import Iterator

from billto.store.engine import Engine
from billto.store.migrations.tables import said

_TABLES = """
CREATE TABLE message (
    entity_id {TEXT} NOT NULL REFERENCES entity (id),
    id {TEXT} NOT NULL,
    serial {SERIAL},
    version {INT} NOT NULL,
    created_at {MOMENT} NOT NULL,
    updated_at {MOMENT} NOT NULL,
    channel {TEXT} NOT NULL,
    kind {TEXT} NOT NULL,
    state {TEXT} NOT NULL,
    recipients {JSON} NOT NULL,
    attempts {INT} NOT NULL,
    cc {JSON},
    bcc {JSON},
    sender_name {TEXT},
    reply_to {TEXT},
    subject {TEXT},
    body {TEXT},
    template {TEXT},
    attachments {JSON},
    message_id {TEXT},
    customer_id {TEXT},
    customer {INT},
    document_id {TEXT},
    next_at {MOMENT},
    leased_until {MOMENT},
    last_error {TEXT},
    sent_at {MOMENT},
    provider_id {TEXT},
    details {JSON},
    once {TEXT},
    metadata {JSON} NOT NULL,
    {KEYS},
    FOREIGN KEY (entity_id, customer_id) REFERENCES customer (entity_id, id) ON DELETE CASCADE
);
CREATE INDEX message_due ON message (next_at, id) WHERE state = 'queued';
CREATE INDEX message_failed ON message (id) WHERE state = 'failed';
CREATE INDEX message_customer ON message (entity_id, customer_id, id) WHERE customer_id IS NOT NULL;
CREATE INDEX message_document ON message (entity_id, document_id, id) WHERE document_id IS NOT NULL;
CREATE UNIQUE INDEX message_unique_once ON message (entity_id, once) WHERE once IS NOT NULL;
"""


def statements(engine: Engine) -> Iterator[str]:
    yield from said(engine, _TABLES)
