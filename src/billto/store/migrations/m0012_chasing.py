"""Chasing: cadences and what they have done, tasks, words that are kept; who is left alone until when.

What customers had as cadence and step until now were numbers of other systems: nobody must be chased because
a new cadence happens to have the same one.
"""

from collections.abc import Iterator

from billto.store.engine import Engine
from billto.store.migrations.tables import said

_TABLES = """
ALTER TABLE customer ADD COLUMN chase_paused_until {DATE};
ALTER TABLE customer ADD COLUMN chase_pause_reason {TEXT};
ALTER TABLE document ADD COLUMN chase_paused_until {DATE};
ALTER TABLE document ADD COLUMN chase_pause_reason {TEXT};
ALTER TABLE customer ADD COLUMN is_chase_finished {BOOL} NOT NULL DEFAULT {FALSE};
UPDATE customer SET chasing_cadence = NULL, next_chase_step = NULL
    WHERE chasing_cadence IS NOT NULL OR next_chase_step IS NOT NULL;
CREATE INDEX customer_chased ON customer (entity_id, chasing_cadence, id)
    WHERE chasing_cadence IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX customer_chased_owing ON customer (entity_id, chasing_cadence, id)
    WHERE owes AND chasing_cadence IS NOT NULL AND deleted_at IS NULL;

CREATE TABLE cadence (
    entity_id {TEXT} NOT NULL REFERENCES entity (id),
    id {TEXT} NOT NULL,
    serial {SERIAL},
    version {INT} NOT NULL,
    created_at {MOMENT} NOT NULL,
    updated_at {MOMENT} NOT NULL,
    name {TEXT} NOT NULL,
    steps {JSON} NOT NULL,
    time_of_day {INT} NOT NULL,
    frequency {TEXT} NOT NULL,
    run_date {INT},
    run_days {TEXT},
    is_paused {BOOL} NOT NULL,
    last_run {MOMENT},
    min_balance {MONEY},
    assignment_mode {TEXT} NOT NULL,
    assignment_conditions {TEXT},
    {KEYS}
);
CREATE UNIQUE INDEX cadence_default ON cadence (entity_id, assignment_mode) WHERE assignment_mode = 'default';

CREATE TABLE task (
    entity_id {TEXT} NOT NULL REFERENCES entity (id),
    id {TEXT} NOT NULL,
    serial {SERIAL},
    version {INT} NOT NULL,
    created_at {MOMENT} NOT NULL,
    updated_at {MOMENT} NOT NULL,
    name {TEXT} NOT NULL,
    action {TEXT} NOT NULL,
    customer_id {TEXT},
    customer {INT},
    assignee {INT},
    due_date {DATE},
    is_complete {BOOL} NOT NULL,
    completed_at {MOMENT},
    completed_by {INT},
    chase_step {INT},
    note {TEXT},
    {KEYS},
    FOREIGN KEY (entity_id, customer_id) REFERENCES customer (entity_id, id) ON DELETE CASCADE
);
CREATE INDEX task_customer ON task (entity_id, customer_id, id) WHERE customer_id IS NOT NULL;

CREATE TABLE chase_fired (
    entity_id {TEXT} NOT NULL REFERENCES entity (id),
    id {TEXT} NOT NULL,
    created_at {MOMENT} NOT NULL,
    customer_id {TEXT} NOT NULL,
    customer {INT} NOT NULL,
    document_id {TEXT} NOT NULL,
    cadence {INT} NOT NULL,
    step {INT} NOT NULL,
    action {TEXT} NOT NULL,
    date {DATE} NOT NULL,
    state {TEXT} NOT NULL,
    name {TEXT},
    reason {TEXT},
    message_id {TEXT},
    task_id {TEXT},
    PRIMARY KEY (entity_id, id),
    FOREIGN KEY (entity_id, customer_id) REFERENCES customer (entity_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX chase_fired_once ON chase_fired (entity_id, customer_id, document_id, step);
CREATE INDEX chase_fired_customer ON chase_fired (entity_id, customer_id, id);

CREATE TABLE email_template (
    entity_id {TEXT} NOT NULL REFERENCES entity (id),
    id {TEXT} NOT NULL,
    serial {SERIAL},
    version {INT} NOT NULL,
    created_at {MOMENT} NOT NULL,
    updated_at {MOMENT} NOT NULL,
    name {TEXT} NOT NULL,
    code {TEXT},
    subject {TEXT},
    body {TEXT},
    kind {TEXT},
    language {TEXT},
    metadata {JSON} NOT NULL,
    {KEYS}
);
CREATE UNIQUE INDEX email_template_unique_code ON email_template (entity_id, code) WHERE code IS NOT NULL;

CREATE TABLE sms_template (
    entity_id {TEXT} NOT NULL REFERENCES entity (id),
    id {TEXT} NOT NULL,
    serial {SERIAL},
    version {INT} NOT NULL,
    created_at {MOMENT} NOT NULL,
    updated_at {MOMENT} NOT NULL,
    name {TEXT} NOT NULL,
    code {TEXT},
    message {TEXT},
    kind {TEXT},
    language {TEXT},
    metadata {JSON} NOT NULL,
    {KEYS}
);
CREATE UNIQUE INDEX sms_template_unique_code ON sms_template (entity_id, code) WHERE code IS NOT NULL;
"""


def statements(engine: Engine) -> Iterator[str]:
    yield from said(engine, _TABLES)
