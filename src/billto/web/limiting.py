"""How many requests one key may make."""

import time

from limits import RateLimitItem
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from billto.domain.problems import Problem, Refused


class Limiter:
    """Counts the requests of each key in this process; without a rate it counts nothing."""

    def __init__(self, rate: RateLimitItem | None) -> None:
        self._rate = rate
        self._window = MovingWindowRateLimiter(MemoryStorage()) if rate else None

    def check(self, key_id: str) -> None:
        """Raises Refused when the key has used up its rate."""
        if self._window is None or self._rate is None or self._window.hit(self._rate, key_id):
            return
        reset = self._window.get_window_stats(self._rate, key_id).reset_time
        raise Refused(Problem("rate_limited"), retry_seconds=max(1, round(reset - time.time() + 0.5)))
