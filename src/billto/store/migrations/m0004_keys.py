"""Keys that follow others, and an index by which an account's keys are listed."""

from collections.abc import Iterator

from billto.store.engine import Engine


def statements(engine: Engine) -> Iterator[str]:
    yield f"ALTER TABLE key ADD COLUMN rotated_from_id {engine.types['TEXT']}"
    yield "CREATE INDEX key_of_account ON key (account_id, environment, id)"
