"""How a record becomes its next version, whatever kind it is of."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

R = TypeVar("R", bound=Any)


def touched(record: R, values: Mapping[str, Any], now: datetime) -> R:
    """The record with some values in place of its own; the very same when nothing differs."""
    new = record._replace(**values)
    if new == record:
        return record
    # Times never go back, whatever the clock does: a later version has a later time.
    return new._replace(version=record.version + 1, updated_at=max(now, record.updated_at))  # type: ignore[no-any-return]
