"""Accounts, keys, entities and customers, with events, counters and idempotency answers.

Every tenant table starts its keys with the entity, so that PostgreSQL can distribute all of them by it.
"""

from collections.abc import Iterator

from billto.store.engine import Engine

_COMMON = """
CREATE TABLE secret (
    name {TEXT} NOT NULL PRIMARY KEY,
    value {BLOB} NOT NULL
);

CREATE TABLE account (
    id {TEXT} NOT NULL PRIMARY KEY,
    name {TEXT} NOT NULL,
    created_at {MOMENT} NOT NULL
);

CREATE TABLE entity (
    id {TEXT} NOT NULL {UNIQUE},
    account_id {TEXT} NOT NULL REFERENCES account (id),
    environment {TEXT} NOT NULL,
    serial {SERIAL},
    version {INT} NOT NULL,
    created_at {MOMENT} NOT NULL,
    updated_at {MOMENT} NOT NULL,
    name {TEXT} NOT NULL,
    country {TEXT} NOT NULL,
    country_code {TEXT} NOT NULL,
    currency_code {TEXT} NOT NULL,
    locale {TEXT} NOT NULL,
    settings {JSON} NOT NULL,
    email {TEXT},
    phone {TEXT},
    website {TEXT},
    address {TEXT},
    address_2 {TEXT},
    post_code {TEXT},
    city {TEXT},
    state {TEXT},
    timezone {TEXT},
    tax_number {TEXT},
    tax_number_2 {TEXT},
    company_number {TEXT},
    fiscal_region_code {TEXT},
    starting_capital {DECIMAL},
    is_tax_subject {BOOL} NOT NULL,
    is_enabled {BOOL} NOT NULL,
    metadata {JSON} NOT NULL,
    metadata_fold {JSON} NOT NULL,
    search {TEXT} NOT NULL
);
CREATE INDEX entity_of_account ON entity (account_id, environment, id);

CREATE TABLE key (
    id {TEXT} NOT NULL PRIMARY KEY,
    account_id {TEXT} NOT NULL REFERENCES account (id),
    environment {TEXT} NOT NULL,
    hint {TEXT} NOT NULL,
    digest {TEXT} NOT NULL UNIQUE,
    created_at {MOMENT} NOT NULL,
    entity_id {TEXT},
    name {TEXT},
    read_only {BOOL} NOT NULL,
    expires_at {MOMENT},
    revoked_at {MOMENT}
);
CREATE INDEX key_hint ON key (hint);

CREATE TABLE customer (
    entity_id {TEXT} NOT NULL REFERENCES entity (id),
    id {TEXT} NOT NULL,
    serial {SERIAL},
    version {INT} NOT NULL,
    created_at {MOMENT} NOT NULL,
    updated_at {MOMENT} NOT NULL,
    deleted_at {MOMENT},
    name {TEXT} NOT NULL,
    email {TEXT},
    contact_type {TEXT},
    address {TEXT},
    address_2 {TEXT},
    post_code {TEXT},
    city {TEXT},
    state {TEXT},
    country {TEXT},
    country_code {TEXT},
    tax_number {TEXT},
    company_number {TEXT},
    is_tax_subject {BOOL} NOT NULL,
    is_end_consumer {BOOL},
    peppol_id {TEXT},
    peppol_scheme_id {TEXT},
    ujp {JSON},
    bank_accounts {JSON},
    metadata {JSON} NOT NULL,
    metadata_fold {JSON} NOT NULL,
    search {TEXT} NOT NULL,
    {CUSTOMER_KEYS}
);
CREATE INDEX customer_live ON customer (entity_id, id) WHERE deleted_at IS NULL;
CREATE INDEX customer_trash ON customer (entity_id, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX customer_name ON customer (entity_id, name, id) WHERE deleted_at IS NULL;
CREATE INDEX customer_email ON customer (entity_id, email, id) WHERE email IS NOT NULL;
CREATE INDEX customer_tax_number ON customer (entity_id, tax_number, id) WHERE tax_number IS NOT NULL;
CREATE INDEX customer_created ON customer (entity_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX customer_updated ON customer (entity_id, updated_at, id) WHERE deleted_at IS NULL;

CREATE TABLE tally (
    entity_id {TEXT} NOT NULL REFERENCES entity (id),
    shard {INT} NOT NULL,
    live {INT} NOT NULL,
    trashed {INT} NOT NULL,
    last_serial {INT} NOT NULL,
    PRIMARY KEY (entity_id, shard)
);

CREATE TABLE event (
    entity_id {TEXT} NOT NULL REFERENCES entity (id),
    id {TEXT} NOT NULL,
    kind {TEXT} NOT NULL,
    subject_id {TEXT} NOT NULL,
    at {MOMENT} NOT NULL,
    key_id {TEXT},
    request_id {TEXT},
    changed {JSON},
    PRIMARY KEY (entity_id, id)
);
CREATE INDEX event_subject ON event (entity_id, subject_id, id);

CREATE TABLE answer (
    tenant_id {TEXT} NOT NULL,
    request_id {TEXT} NOT NULL,
    fingerprint {TEXT} NOT NULL,
    status {INT} NOT NULL,
    etag {TEXT},
    body {TEXT} NOT NULL,
    created_at {MOMENT} NOT NULL,
    subject_id {TEXT},
    PRIMARY KEY (tenant_id, request_id)
);
CREATE INDEX answer_subject ON answer (tenant_id, subject_id);
"""

_SQLITE = """
CREATE VIRTUAL TABLE customer_search USING fts5 (
    search, content='', contentless_delete=1, detail=none, tokenize='trigram case_sensitive 1'
);
"""

# What was written last waits in a list that every search reads through: a short one, 256 kB instead of 4 MB.
_POSTGRES = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX customer_search ON customer USING gin (search gin_trgm_ops) WITH (gin_pending_list_limit = 256);
"""

_WORDS = {
    # The whole number of a SQLite row is the entity's number and the customer's in one, so that the trigram
    # index can be asked for one tenant's rows alone; see trigrams.py.
    "sqlite": {
        "SERIAL": "INTEGER PRIMARY KEY",
        "UNIQUE": "UNIQUE",
        "CUSTOMER_KEYS": "UNIQUE (entity_id, id)",
    },
    "postgresql": {
        "SERIAL": "BIGINT GENERATED BY DEFAULT AS IDENTITY",
        "UNIQUE": "PRIMARY KEY",
        "CUSTOMER_KEYS": "PRIMARY KEY (entity_id, id), UNIQUE (entity_id, serial)",
    },
}


def statements(engine: Engine) -> Iterator[str]:
    own = _SQLITE if engine.name == "sqlite" else _POSTGRES
    script = (_COMMON + own).format_map({**engine.types, **_WORDS[engine.name]})
    tail = " STRICT" if engine.name == "sqlite" else ""
    for statement in script.split(";\n"):
        if said := statement.strip():
            yield said + (tail if said.startswith("CREATE TABLE") else "")
