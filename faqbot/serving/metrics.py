"""How much is asked, how fast it is answered and what is lost, at /metrics for Prometheus.

Each instance counts for itself and is scraped by itself; Prometheus adds them up.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable, Iterator, Mapping

from flask import Flask, Response, abort, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    Metric,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

COUNTED_KINDS = ("answer", "choices", "office", "emergency")
BUCKETS = (0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1, 0.3, 1.0)
PROXY_HEADERS = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "Via")

COUNTERS = {
    "reloads": ("faqbot_reloads", "How often the knowledge was reloaded."),
    "lost": ("faqbot_journal_lost", "Notes that the journal gave up."),
}

CounterSource = Callable[[], Mapping[str, int]]


def install(app: Flask, read: CounterSource) -> None:
    """Count every request, and show the counts to this machine at /metrics.

    `read`: what other parts of the process count, as `Service.counts`.
    """
    metrics = Metrics()
    metrics.registry.register(_ProcessCollector(read))

    @app.before_request
    def begin() -> None:
        g.metrics_since = time.perf_counter()

    @app.after_request
    def count(response: Response) -> Response:
        metrics.count(response.status_code)
        return response

    @app.get("/metrics", endpoint="metrics")
    def show() -> Response:
        if not is_local():
            abort(404)
        return Response(generate_latest(metrics.registry), content_type=CONTENT_TYPE_LATEST)


class Metrics:
    """What is counted with each request."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        replies = Counter("faqbot_replies", "Replies, by kind.", ["kind"], registry=registry)
        self._replies = {kind: replies.labels(kind) for kind in COUNTED_KINDS}
        self._seconds = Histogram(
            "faqbot_request_seconds",
            "How long requests took.",
            ["route"],
            buckets=BUCKETS,
            registry=registry,
        )
        self._routes: dict[str, Histogram] = {}  # takes a tenth of the time of `labels`
        self._limited = Counter(
            "faqbot_limited", "Requests refused by the limits.", registry=registry
        )
        self._failed = Counter(
            "faqbot_failed",
            "Requests that failed because of an error in faqbot.",
            registry=registry,
        )

    def count(self, status: int) -> None:
        """Count the request that is just being answered."""
        now = time.perf_counter()
        rule = request.url_rule
        self._route(rule.rule if rule else "none").observe(now - g.get("metrics_since", now))
        if reply := self._replies.get(g.get("kind", "")):
            reply.inc()
        if status == 429:
            self._limited.inc()
        elif status >= 500:
            self._failed.inc()

    def _route(self, route: str) -> Histogram:
        found = self._routes.get(route)
        if found is None:
            found = self._routes[route] = self._seconds.labels(route)
        return found


class _ProcessCollector(Collector):
    """What other parts of the process count, read when Prometheus asks.

    Their counts may dip, as while a practice is being closed; what is shown never does, as
    Prometheus would take a lower count for a restart.
    """

    def __init__(self, read: CounterSource) -> None:
        self._read = read
        self._highest = dict.fromkeys(COUNTERS, 0)

    def collect(self) -> Iterator[Metric]:
        """The metrics as of now."""
        counts = self._read()
        for key, (name, meaning) in COUNTERS.items():
            self._highest[key] = max(self._highest[key], counts[key])
            yield CounterMetricFamily(name, meaning, self._highest[key])
        yield GaugeMetricFamily(
            "faqbot_knowledge_problems",
            "What keeps the folder's present state from answering.",
            counts["problems"],
        )


def is_local() -> bool:
    """Whether a program on this machine asks for itself, and is no proxy that asks for somebody."""
    before = request.environ.get("werkzeug.proxy_fix.orig", {})
    address = before.get("REMOTE_ADDR", request.remote_addr)
    try:
        peer = ipaddress.ip_address(address or "")
    except ValueError:
        return False
    peer = getattr(peer, "ipv4_mapped", None) or peer
    return peer.is_loopback and not any(name in request.headers for name in PROXY_HEADERS)
