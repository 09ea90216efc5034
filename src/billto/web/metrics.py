"""Counts and times of requests, in the form that Prometheus reads."""

import os
from collections.abc import Iterator, Mapping

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

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
        self._deliveries = Counter(
            "billto_deliveries", "Attempts to deliver a message", ("channel", "outcome"), registry=self._own
        )
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

    def delivered(self, channel: str, outcome: str) -> None:
        """Counts one attempt: sent, postponed or failed."""
        self._deliveries.labels(channel, outcome).inc()

    def text(self, messages: Mapping[str, int]) -> bytes:
        """All that was counted, and how many messages of some states there are."""
        registry = self._own
        if os.environ.get(FOLDER):
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        waiting = CollectorRegistry()
        waiting.register(_Waiting(messages))
        return bytes(generate_latest(registry)) + bytes(generate_latest(waiting))


class _Waiting(Collector):
    """How many messages wait and how many were given up, as the database has them."""

    def __init__(self, messages: Mapping[str, int]) -> None:
        self._messages = messages

    def collect(self) -> Iterator[GaugeMetricFamily]:
        gauge = GaugeMetricFamily("billto_messages", "Messages in the outbox", labels=("state",))
        for state, number in self._messages.items():
            gauge.add_metric((state,), number)
        yield gauge
