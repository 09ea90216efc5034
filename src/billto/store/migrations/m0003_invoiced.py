"""Notes about customers, their pending line items, and who belongs to whom."""

from collections.abc import Iterator

from billto.store.engine import Engine
from billto.store.migrations.tables import said

_COMMON = """
CREATE INDEX customer_parent ON customer (entity_id, parent, id) WHERE parent IS NOT NULL;

CREATE TABLE note (
    entity_id {TEXT} NOT NULL,
    id {TEXT} NOT NULL,
    serial {SERIAL},
    version {INT} NOT NULL,
    created_at {MOMENT} NOT NULL,
    updated_at {MOMENT} NOT NULL,
    customer_id {TEXT} NOT NULL,
    customer {INT} NOT NULL,
    content {TEXT} NOT NULL,
    {KEYS},
    FOREIGN KEY (entity_id, customer_id) REFERENCES customer (entity_id, id) ON DELETE CASCADE
);
CREATE INDEX note_of_customer ON note (entity_id, customer_id, id);

CREATE TABLE line_item (
    entity_id {TEXT} NOT NULL,
    id {TEXT} NOT NULL,
    serial {SERIAL},
    version {INT} NOT NULL,
    created_at {MOMENT} NOT NULL,
    updated_at {MOMENT} NOT NULL,
    customer_id {TEXT} NOT NULL,
    customer {INT} NOT NULL,
    name {TEXT} NOT NULL,
    description {TEXT},
    kind {TEXT},
    quantity {DECIMAL} NOT NULL,
    unit_cost {DECIMAL} NOT NULL,
    is_discountable {BOOL} NOT NULL,
    is_taxable {BOOL} NOT NULL,
    metadata {JSON} NOT NULL,
    {KEYS},
    FOREIGN KEY (entity_id, customer_id) REFERENCES customer (entity_id, id) ON DELETE CASCADE
);
CREATE INDEX line_item_of_customer ON line_item (entity_id, customer_id, id);
"""


def statements(engine: Engine) -> Iterator[str]:
    yield from said(engine, _COMMON)
