"""Space Invoices has no chasing: ours shows under `dunning` who is left alone, and lets it be ordered."""

from collections.abc import Mapping
from typing import Any

from billto.dialects.codecs import shaped
from billto.dialects.wire import woven
from billto.domain import holds
from billto.domain.customer import Customer
from billto.domain.document import Document

_HOLD = shaped(holds.HOLD)


def shown(record: Customer | Document) -> dict[str, Any] | None:
    """The hold, whether its day has come or not; null where none was ordered."""
    paused, reason, until = holds.hold(record)
    return {"paused": True, "reason": reason, "until": until and until.isoformat()} if paused else None


def _said(given: Any) -> Mapping[str, Any]:
    return holds.values(None if given is None else _HOLD.decode(given))


DUNNING = woven(
    "dunning", shown, _said, holds.HOLD.schema(), ("is_chased", "chase_paused_until", "chase_pause_reason")
)
