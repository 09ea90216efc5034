"""How a record becomes its next version, whatever kind it is of."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

R = TypeVar("R", bound=Any)


class Edit(NamedTuple):
    """A change of part of a value, where a door shows only part of it: what becomes of the one there is."""

    steps: tuple[Callable[[Any], Any], ...]

    def __call__(self, value: Any) -> Any:
        for step in self.steps:
            value = step(value)
        return value


def edited(values: Mapping[str, Any], before: Callable[[str], Any]) -> dict[str, Any]:
    """The values with every edit done to the value there was before."""
    return {name: value(before(name)) if isinstance(value, Edit) else value for name, value in values.items()}


def touched(record: R, values: Mapping[str, Any], now: datetime) -> R:
    """The record with some values in place of its own; the very same when nothing differs."""
    new = record._replace(**values)
    if new == record:
        return record
    # Times never go back, whatever the clock does: a later version has a later time.
    return new._replace(version=record.version + 1, updated_at=max(now, record.updated_at))  # type: ignore[no-any-return]
