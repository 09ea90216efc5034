"""Documents, payments and the ledger; what lines are made of; customers that became part of others."""

from collections.abc import Iterator

from billto.store.engine import Engine
from billto.store.migrations.tables import said

_TABLES = """
ALTER TABLE customer ADD COLUMN owes {BOOL} NOT NULL DEFAULT {FALSE};
CREATE INDEX customer_owing ON customer (entity_id, id) WHERE owes AND deleted_at IS NULL;

CREATE TABLE document (
    entity_id {TEXT} NOT NULL REFERENCES entity (id),
    id {TEXT} NOT NULL,
    serial {SERIAL},
    version {INT} NOT NULL,
    created_at {MOMENT} NOT NULL,
    updated_at {MOMENT} NOT NULL,
    type {TEXT} NOT NULL,
    issued_at {MOMENT},
    date {DATE} NOT NULL,
    currency_code {TEXT} NOT NULL,
    lines {JSON} NOT NULL,
    issuer {JSON} NOT NULL,
    voided_at {MOMENT},
    void_reason {TEXT},
    closed_at {MOMENT},
    sent_at {MOMENT},
    paid_at {MOMENT},
    number {TEXT},
    due_date {DATE},
    service_date {DATE},
    service_date_to {DATE},
    valid_until {DATE},
    customer_id {TEXT},
    customer {INT},
    customer_name {TEXT},
    buyer {JSON},
    calculation {TEXT} NOT NULL,
    discounts {JSON},
    taxes {JSON},
    tax_summary {JSON},
    subtotal {MONEY} NOT NULL,
    total {MONEY} NOT NULL,
    total_with_tax {MONEY} NOT NULL,
    total_discount {MONEY} NOT NULL,
    balance {MONEY} NOT NULL,
    written_off {MONEY} NOT NULL,
    advanced {MONEY} NOT NULL,
    name {TEXT},
    title_type {TEXT},
    reference {TEXT},
    purchase_order {TEXT},
    note {TEXT},
    payment_terms {TEXT},
    tax_clause {TEXT},
    footer {TEXT},
    signature {TEXT},
    translations {JSON},
    transaction_type {TEXT},
    hides_prices {BOOL} NOT NULL,
    is_autopay {BOOL} NOT NULL,
    is_chased {BOOL} NOT NULL,
    linked_ids {JSON},
    metadata {JSON} NOT NULL,
    custom {JSON} NOT NULL,
    unique_id {TEXT},
    change_reason {TEXT},
    search {TEXT} NOT NULL,
    metadata_fold {JSON} NOT NULL,
    {KEYS},
    CHECK (balance >= 0 AND written_off >= 0 AND advanced >= 0),
    FOREIGN KEY (entity_id, customer_id) REFERENCES customer (entity_id, id)
);
CREATE UNIQUE INDEX document_unique_number ON document (entity_id, type, number) WHERE number IS NOT NULL;
CREATE UNIQUE INDEX document_unique_unique_id ON document (entity_id, unique_id) WHERE unique_id IS NOT NULL;
CREATE INDEX document_type ON document (entity_id, type, id);
CREATE INDEX document_date ON document (entity_id, type, date, id);
CREATE INDEX document_updated ON document (entity_id, type, updated_at, id);
CREATE INDEX document_customer ON document (entity_id, customer_id, type, id) WHERE customer_id IS NOT NULL;
CREATE INDEX document_open ON document (entity_id, customer_id, type, due_date) WHERE balance > 0;

CREATE TABLE payment (
    entity_id {TEXT} NOT NULL REFERENCES entity (id),
    id {TEXT} NOT NULL,
    serial {SERIAL},
    version {INT} NOT NULL,
    created_at {MOMENT} NOT NULL,
    updated_at {MOMENT} NOT NULL,
    direction {TEXT} NOT NULL,
    date {DATE} NOT NULL,
    currency_code {TEXT} NOT NULL,
    amount {MONEY} NOT NULL,
    balance {MONEY} NOT NULL,
    applications {JSON} NOT NULL,
    voided_at {MOMENT},
    customer_id {TEXT},
    customer {INT},
    document_id {TEXT},
    method {TEXT} NOT NULL,
    source {TEXT} NOT NULL,
    reference {TEXT},
    note {TEXT},
    tag {TEXT},
    transaction_id {TEXT},
    metadata {JSON} NOT NULL,
    custom {JSON} NOT NULL,
    search {TEXT} NOT NULL,
    metadata_fold {JSON} NOT NULL,
    {KEYS},
    CHECK (balance >= 0 AND balance <= amount),
    FOREIGN KEY (entity_id, customer_id) REFERENCES customer (entity_id, id)
);
CREATE INDEX payment_date ON payment (entity_id, date, id);
CREATE INDEX payment_updated ON payment (entity_id, updated_at, id);
CREATE INDEX payment_customer ON payment (entity_id, customer_id, id) WHERE customer_id IS NOT NULL;
CREATE INDEX payment_document ON payment (entity_id, document_id, id) WHERE document_id IS NOT NULL;

CREATE TABLE entry (
    entity_id {TEXT} NOT NULL REFERENCES entity (id),
    id {TEXT} NOT NULL,
    serial {SERIAL},
    created_at {MOMENT} NOT NULL,
    posting_id {TEXT} NOT NULL,
    account {TEXT} NOT NULL,
    kind {TEXT} NOT NULL,
    cause {TEXT} NOT NULL,
    cause_id {TEXT} NOT NULL,
    currency_code {TEXT} NOT NULL,
    amount {MONEY} NOT NULL,
    date {DATE} NOT NULL,
    customer_id {TEXT},
    customer {INT},
    item_id {TEXT},
    due_date {DATE},
    number {TEXT},
    {KEYS}
);
CREATE INDEX entry_customer ON entry (entity_id, customer_id, currency_code, date, serial)
    WHERE customer_id IS NOT NULL;
CREATE INDEX entry_credit ON entry (entity_id, customer_id, currency_code, serial) WHERE account = 'credit';
CREATE INDEX entry_item ON entry (entity_id, item_id, serial) WHERE item_id IS NOT NULL;
CREATE INDEX entry_cause ON entry (entity_id, cause_id, serial);

CREATE TABLE standing (
    entity_id {TEXT} NOT NULL REFERENCES entity (id),
    customer_id {TEXT} NOT NULL,
    currency_code {TEXT} NOT NULL,
    outstanding {MONEY} NOT NULL CHECK (outstanding >= 0),
    open_credit_notes {MONEY} NOT NULL CHECK (open_credit_notes >= 0),
    unapplied {MONEY} NOT NULL CHECK (unapplied >= 0),
    credit {MONEY} NOT NULL CHECK (credit >= 0),
    PRIMARY KEY (entity_id, customer_id, currency_code),
    FOREIGN KEY (entity_id, customer_id) REFERENCES customer (entity_id, id)
);

CREATE TABLE adjustment (
    entity_id {TEXT} NOT NULL REFERENCES entity (id),
    id {TEXT} NOT NULL,
    serial {SERIAL},
    version {INT} NOT NULL,
    created_at {MOMENT} NOT NULL,
    updated_at {MOMENT} NOT NULL,
    customer_id {TEXT} NOT NULL,
    customer {INT} NOT NULL,
    date {DATE} NOT NULL,
    currency_code {TEXT} NOT NULL,
    amount {MONEY} NOT NULL,
    voided_at {MOMENT},
    note {TEXT},
    metadata {JSON} NOT NULL,
    {KEYS},
    FOREIGN KEY (entity_id, customer_id) REFERENCES customer (entity_id, id)
);
CREATE INDEX adjustment_customer ON adjustment (entity_id, customer_id, id);

CREATE TABLE tax_rate (
    entity_id {TEXT} NOT NULL REFERENCES entity (id),
    id {TEXT} NOT NULL,
    serial {SERIAL},
    version {INT} NOT NULL,
    created_at {MOMENT} NOT NULL,
    updated_at {MOMENT} NOT NULL,
    name {TEXT} NOT NULL,
    rate {DECIMAL} NOT NULL,
    is_percent {BOOL} NOT NULL,
    is_inclusive {BOOL} NOT NULL,
    is_default {BOOL} NOT NULL,
    code {TEXT},
    classification {TEXT},
    currency_code {TEXT},
    metadata {JSON} NOT NULL,
    {KEYS}
);
CREATE UNIQUE INDEX tax_rate_unique_code ON tax_rate (entity_id, code) WHERE code IS NOT NULL;
CREATE UNIQUE INDEX tax_rate_unique_classification ON tax_rate (entity_id, classification)
    WHERE classification IS NOT NULL;

CREATE TABLE item (
    entity_id {TEXT} NOT NULL REFERENCES entity (id),
    id {TEXT} NOT NULL,
    serial {SERIAL},
    version {INT} NOT NULL,
    created_at {MOMENT} NOT NULL,
    updated_at {MOMENT} NOT NULL,
    name {TEXT} NOT NULL,
    description {TEXT},
    code {TEXT},
    category {TEXT},
    sku {TEXT},
    unit {TEXT},
    price {DECIMAL},
    gross_price {DECIMAL},
    currency_code {TEXT},
    is_taxable {BOOL} NOT NULL,
    is_discountable {BOOL} NOT NULL,
    tax_ids {JSON},
    metadata {JSON} NOT NULL,
    search {TEXT} NOT NULL,
    metadata_fold {JSON} NOT NULL,
    {KEYS}
);
CREATE UNIQUE INDEX item_unique_code ON item (entity_id, code) WHERE code IS NOT NULL;

CREATE TABLE alias (
    entity_id {TEXT} NOT NULL REFERENCES entity (id),
    id {TEXT} NOT NULL,
    serial {INT} NOT NULL,
    customer_id {TEXT} NOT NULL,
    merged_at {MOMENT} NOT NULL,
    name {TEXT} NOT NULL,
    number {TEXT},
    external_id {TEXT},
    PRIMARY KEY (entity_id, id),
    FOREIGN KEY (entity_id, customer_id) REFERENCES customer (entity_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX alias_serial ON alias (entity_id, serial);
CREATE INDEX alias_customer ON alias (entity_id, customer_id);
CREATE INDEX alias_number ON alias (entity_id, number) WHERE number IS NOT NULL;
CREATE INDEX alias_external_id ON alias (entity_id, external_id) WHERE external_id IS NOT NULL;
"""


def statements(engine: Engine) -> Iterator[str]:
    yield from said(engine, _TABLES)
    if engine.name == "postgresql":
        for table in ("document", "payment", "item"):
            yield f"CREATE INDEX {table}_search ON {table} USING gin (search gin_trgm_ops)"
