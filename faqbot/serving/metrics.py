"""How much is asked, how fast it is answered and what is lost, at /metrics for Prometheus.

Several workers count in files of one folder, each worker in its own, and whichever is asked adds
them up. A worker that dies leaves its files to the one that takes its place, so that no count
ever goes back.
"""

from __future__ import annotations

import ipaddress
import logging
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from flask import Flask, Response, abort, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    values,
)
from prometheus_client.multiprocess import MultiProcessCollector

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # the environment variable that prometheus_client reads
FOLLOW_EVERY = 1.0  # seconds between looks at what is counted elsewhere
KINDS = ("answer", "choices", "office", "emergency")
BUCKETS = (0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1, 0.3, 1.0)
# A file for each sort of metric, as large as all routes need.
FILES = {"counter": 1 << 16, "gauge_mostrecent": 1 << 16, "histogram": 1 << 19}
PROXY_HEADERS = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "Via")

log = logging.getLogger("faqbot.serving.metrics")


def _none() -> int:
    return 0


def install(
    app: Flask,
    *,
    reloads: Callable[[], int] = _none,
    lost: Callable[[], int] = _none,
    problems: Callable[[], int] = _none,
) -> None:
    """Count every request, and show the counts to this machine at /metrics.

    `reloads` and `lost` tell how often the knowledge was taken anew in this process, and how many
    of the journal's notes were given up. Once for each process; twice changes nothing.
    """
    if "faqbot-metrics" in app.extensions:
        return
    app.extensions["faqbot-metrics"] = metrics = Metrics(reloads, lost, problems)

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
        return Response(metrics.show(), content_type=CONTENT_TYPE_LATEST)


@contextmanager
def shared() -> Iterator[None]:
    """Give workers that are forked in the block a place to count together.

    In memory where there is such a folder: the counts are mapped files, and a process that writes
    to one for which the disk has no room is killed.
    """
    if FOLDER in os.environ:
        yield
        return
    memory = Path("/dev/shm")  # noqa: S108  # nosec B108
    place = memory if os.access(memory, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="faqbot-metrics-", dir=place) as folder:
        os.environ[FOLDER] = folder
        try:
            yield
        finally:
            del os.environ[FOLDER]


def join(worker: int) -> None:
    """Count with the others from now on; in a process just forked, before `install`.

    `worker`: a number that no other living worker has. The next with it goes on from its counts.
    """
    folder = os.environ.get(FOLDER)
    if not folder:
        return
    try:
        _take_room(Path(folder), worker)
        values.ValueClass = values.MultiProcessValue(lambda: worker)  # type: ignore[no-untyped-call]
    except OSError as error:
        del os.environ[FOLDER]
        log.warning("This worker counts by itself: %s", error)


def _take_room(folder: Path, worker: int) -> None:
    """All that it may need, while it is not too late to fail."""
    for name, size in FILES.items():
        file = folder / f"{name}_{worker}.db"
        if not file.exists():
            part = file.with_suffix(".part")
            part.write_bytes(bytes(size))
            part.rename(file)


class Metrics:
    """The metrics of one app."""

    def __init__(
        self, reloads: Callable[[], int], lost: Callable[[], int], problems: Callable[[], int]
    ) -> None:
        self._registry = CollectorRegistry()
        counter = partial(Counter, registry=self._registry)
        replies = counter("faqbot_replies", "Replies, by kind.", ["kind"])
        self._replies = {kind: replies.labels(kind) for kind in KINDS}
        self._routes: dict[str, Histogram] = {}
        self._seconds = Histogram(
            "faqbot_request_seconds",
            "How long requests took.",
            ["route"],
            buckets=BUCKETS,
            registry=self._registry,
        )
        self._limited = counter("faqbot_limited", "Requests refused by the limits.")
        self._failed = counter("faqbot_failed", "Requests that failed by a fault of ours.")
        self._rising = (
            _Rising(reloads, counter("faqbot_reloads", "How often the knowledge was taken anew.")),
            _Rising(lost, counter("faqbot_journal_lost", "Notes that the journal gave up.")),
        )
        self._problems = Gauge(
            "faqbot_knowledge_problems",
            "What keeps the folder's present state from answering.",
            registry=self._registry,
            multiprocess_mode="mostrecent",
        )
        self._read_problems = problems
        self._follow_next = 0.0

    def count(self, status: int) -> None:
        """Count the request that is just being answered."""
        rule = request.url_rule
        self._route(rule.rule if rule else "none").observe(
            time.perf_counter() - g.get("metrics_since", time.perf_counter())
        )
        if reply := self._replies.get(g.get("kind", "")):
            reply.inc()
        if status == 429:
            self._limited.inc()
        elif status >= 500:
            self._failed.inc()
        if (now := time.monotonic()) >= self._follow_next:
            self._follow_next = now + FOLLOW_EVERY
            for rising in self._rising:
                rising.follow()

    def show(self) -> bytes:
        """All counts, in Prometheus's text format."""
        for rising in self._rising:
            rising.follow()
        self._problems.set(self._read_problems())
        registry = self._registry
        if FOLDER in os.environ:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)

    def _route(self, route: str) -> Histogram:
        found = self._routes.get(route)  # a tenth of the time that `labels` takes
        if found is None:
            found = self._routes[route] = self._seconds.labels(route)
        return found


class _Rising:
    """A count that is kept elsewhere in this process, passed on to a counter.

    Where it goes back, as when a practice is no longer held, the rest is taken as new.
    """

    def __init__(self, read: Callable[[], int], counter: Counter) -> None:
        self._read = read
        self._counter = counter
        self._seen = 0
        self._lock = threading.Lock()

    def follow(self) -> None:
        """Pass on what has come since."""
        if self._read() == self._seen:
            return
        with self._lock:
            now = self._read()
            self._counter.inc(max(0, now - self._seen))
            self._seen = now


def is_local() -> bool:
    """Whether a program on this machine asks by itself, and is no proxy that asks for somebody."""
    before = request.environ.get("werkzeug.proxy_fix.orig", {})
    address = before.get("REMOTE_ADDR", request.remote_addr)
    try:
        peer = ipaddress.ip_address(address or "")
    except ValueError:
        return False
    peer = getattr(peer, "ipv4_mapped", None) or peer
    return peer.is_loopback and not any(name in request.headers for name in PROXY_HEADERS)
