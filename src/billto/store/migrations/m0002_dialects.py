"""What the other languages say of a customer, numbers in sequence, and names for keys that follow another."""

from collections.abc import Iterator

from billto.store.engine import Engine

_TEXTS = (
    "number", "external_id", "faktoora_id", "supplier_number", "first_name", "last_name",
    "authorised_signatory", "contact", "phone", "website", "business_type", "category", "language", "note",
    "fiscal_region_code", "tax_number_2", "avalara_entity_use_code", "avalara_exemption_number", "gln",
    "duns", "route_id", "invoice_profile", "currency_code", "payment_terms",
)  # fmt: skip
_TREES = (
    "data", "contacts", "delivery_addresses", "tax_rates", "disabled_payment_methods",
)  # fmt: skip
_WHOLE = (
    "owner", "autopay_delay_days", "ach_gateway", "cc_gateway", "chasing_cadence", "next_chase_step",
    "parent", "sign_up_page",
)  # fmt: skip
_TRUE = ("is_company", "is_taxable", "is_chased")
_FALSE = ("is_on_credit_hold", "is_autopay", "is_billed_to_parent", "is_consolidated")

_MORE = """
ALTER TABLE customer ADD COLUMN credit_limit {DECIMAL};
ALTER TABLE customer ADD COLUMN custom {JSON} NOT NULL DEFAULT '{{}}';
UPDATE customer SET is_company = {FALSE} WHERE is_end_consumer = {TRUE};
CREATE UNIQUE INDEX customer_unique_number ON customer (entity_id, number)
    WHERE number IS NOT NULL AND deleted_at IS NULL;
CREATE UNIQUE INDEX customer_unique_external_id ON customer (entity_id, external_id)
    WHERE external_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX customer_touched ON customer (entity_id, updated_at, id);

CREATE TABLE sequence (
    entity_id {TEXT} NOT NULL REFERENCES entity (id),
    name {TEXT} NOT NULL,
    last {INT} NOT NULL,
    PRIMARY KEY (entity_id, name)
);

CREATE TABLE tombstone (
    entity_id {TEXT} NOT NULL REFERENCES entity (id),
    id {TEXT} NOT NULL,
    erased_at {MOMENT} NOT NULL,
    external_id {TEXT},
    PRIMARY KEY (entity_id, id)
);
CREATE INDEX tombstone_erased ON tombstone (entity_id, erased_at, id);
"""

_TRUTH = {
    "sqlite": {"TRUE": "1", "FALSE": "0"},
    "postgresql": {"TRUE": "TRUE", "FALSE": "FALSE"},
}


def statements(engine: Engine) -> Iterator[str]:
    truth = _TRUTH[engine.name]
    for names, word, tail in (
        (_TEXTS, "TEXT", ""),
        (_TREES, "JSON", ""),
        (_WHOLE, "INT", ""),
        (_TRUE, "BOOL", f" NOT NULL DEFAULT {truth['TRUE']}"),
        (_FALSE, "BOOL", f" NOT NULL DEFAULT {truth['FALSE']}"),
    ):
        for name in names:
            yield f"ALTER TABLE customer ADD COLUMN {name} {engine.types[word]}{tail}"
    strict = " STRICT" if engine.name == "sqlite" else ""
    for statement in _MORE.format_map({**engine.types, **truth}).split(";\n"):
        if said := statement.strip():
            yield said + (strict if said.startswith("CREATE TABLE") else "")
