"""Counts and times of requests, in the form that Prometheus reads."""

import os

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from billto.web.doors import Observed

# Where the processes of one server write their counts, so that any of them can tell the sum.
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """What this server has answered, and how fast."""

    media_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self._own = CollectorRegistry()
        self._requests = Counter(
            "billto_requests", "Requests answered", ("method", "path", "status"), registry=self._own
        )
        self._seconds = Histogram(
            "billto_request_seconds", "Time until the answer", ("method", "path"),
            buckets=_SECONDS, registry=self._own,
        )  # fmt: skip
        # Looking a series up by its labels costs more than counting it.
        self._series: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def observe(self, seen: Observed) -> None:
        """Counts one answer. The path is the route's, never the request's: ids would be without end."""
        method, path = (seen.route.method, seen.path) if seen.route else ("", "")
        series = self._series.get((method, path, seen.status))
        if series is None:
            series = self._requests.labels(method, path, seen.status), self._seconds.labels(method, path)
            self._series[method, path, seen.status] = series
        series[0].inc()
        series[1].observe(seen.seconds)

    def text(self) -> bytes:
        registry = self._own
        if os.environ.get(FOLDER):
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return bytes(generate_latest(registry))
