"""Statements for many customers: what runs by itself, and its rounds."""

from collections.abc import Iterator

from billto.store.engine import Engine
from billto.store.migrations.tables import said

_TABLES = """
CREATE TABLE statement_run (
    entity_id {TEXT} NOT NULL REFERENCES entity (id),
    id {TEXT} NOT NULL,
    serial {SERIAL},
    version {INT} NOT NULL,
    created_at {MOMENT} NOT NULL,
    updated_at {MOMENT} NOT NULL,
    name {TEXT} NOT NULL,
    frequency {TEXT} NOT NULL,
    day {INT},
    weekday {TEXT},
    on_date {DATE},
    hour {INT} NOT NULL,
    is_paused {BOOL} NOT NULL,
    type {TEXT} NOT NULL,
    past_due_only {BOOL} NOT NULL,
    include_children {BOOL} NOT NULL,
    language {TEXT},
    channel {TEXT} NOT NULL,
    subject {TEXT},
    body {TEXT},
    with_balance_only {BOOL} NOT NULL,
    with_activity_only {BOOL} NOT NULL,
    min_balance {MONEY},
    min_balance_currency {TEXT},
    past_due_days {INT},
    customer_metadata {JSON} NOT NULL,
    metadata {JSON} NOT NULL,
    {KEYS}
);

CREATE TABLE statement_round (
    entity_id {TEXT} NOT NULL REFERENCES entity (id),
    id {TEXT} NOT NULL,
    serial {SERIAL},
    version {INT} NOT NULL,
    created_at {MOMENT} NOT NULL,
    updated_at {MOMENT} NOT NULL,
    run_id {TEXT} NOT NULL,
    state {TEXT} NOT NULL,
    day {DATE} NOT NULL,
    period_start {DATE} NOT NULL,
    period_end {DATE} NOT NULL,
    is_by_hand {BOOL} NOT NULL,
    customer_ids {JSON},
    cursor {TEXT},
    total {INT} NOT NULL,
    seen {INT} NOT NULL,
    queued {INT} NOT NULL,
    skipped {JSON} NOT NULL,
    unreached {JSON},
    finished_at {MOMENT},
    last_error {TEXT},
    {KEYS},
    FOREIGN KEY (entity_id, run_id) REFERENCES statement_run (entity_id, id) ON DELETE CASCADE
);
CREATE INDEX statement_round_run ON statement_round (entity_id, run_id, id);
CREATE UNIQUE INDEX statement_round_unique_day ON statement_round (entity_id, run_id, day)
    WHERE NOT is_by_hand;
"""


def statements(engine: Engine) -> Iterator[str]:
    yield from said(engine, _TABLES)
