"""Ids: 24 hex digits that sort by the moment they were made, whatever the clock does."""

import re
import secrets
from datetime import datetime

_ID = re.compile(r"[0-9a-f]{24}")

# 32 bits of seconds (so that an id reads like the ObjectIds other systems have), 10 of milliseconds,
# 54 of chance.
_CHANCE_BITS = 54
_STEP_BITS = 32  # how far two ids of one millisecond may lie apart


class IdMaker:
    """Makes ids that never go back, also when the clock does; one for each process."""

    def __init__(self) -> None:
        self._last = 0

    def __call__(self, now: datetime) -> str:
        moment = int(now.timestamp()) << 10 | now.microsecond // 1000
        made = moment << _CHANCE_BITS | secrets.randbits(_CHANCE_BITS - 1)
        if made <= self._last or moment == self._last >> _CHANCE_BITS:
            made = max(self._last, moment << _CHANCE_BITS) + 1 + secrets.randbits(_STEP_BITS)
        self._last = made
        return f"{made:024x}"


def read_id(text: str) -> str | None:
    """The id in a text, with any prefix or none (`cust_…`, `cus_…`, bare); None when there is none."""
    bare = text.rpartition("_")[2]
    return bare if _ID.fullmatch(bare) else None
