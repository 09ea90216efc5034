"""Keys that follow others; an account's keys in their order, and an entity's customers with a number."""

from collections.abc import Iterator

from billto.store.engine import Engine


def statements(engine: Engine) -> Iterator[str]:
    yield f"ALTER TABLE key ADD COLUMN rotated_from_id {engine.types['TEXT']}"
    yield "CREATE INDEX key_of_account ON key (account_id, environment, id)"
    # The next number is made from the newest ones: also where few of very many customers have any.
    yield (
        "CREATE INDEX customer_numbered ON customer (entity_id, id)"
        " WHERE number IS NOT NULL AND deleted_at IS NULL"
    )
