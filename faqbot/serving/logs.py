"""A line for each request, to standard error: what was asked for, never what was typed or by whom.

    {"time":"2026-11-02T09:12:44.031Z","id":"5d3c…","method":"POST","route":"/api/ask",
     "status":200,"ms":1.42,"kind":"answer"}

The route is the rule, as /api/entries/<entry_id>: a path may hold what somebody typed.
"""

from __future__ import annotations

import atexit
import json
import logging
import queue
import re
import secrets
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, g, request

from faqbot.settings import LOG

HEADER = "X-Request-ID"
MOST = 10_000  # lines that wait to be written, as while their reader is stuck
PAUSE = 0.05  # seconds from a line to its writing, so that busy times cost few writes
TOGETHER = 1_000  # lines
AT_ONCE = 12  # lines, fewer than the 4,096 bytes that workers can write without mixing theirs
# JSON escapes and text does not, so only what cannot break a line.
_SANE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
log = logging.getLogger("faqbot.serving.logs")
_SANE_METHOD = re.compile(r"[A-Z]{1,16}")


def install(app: Flask) -> None:
    """Log every request as FAQBOT_LOG says; installing twice changes nothing."""
    write = _writer()
    if write is None or "faqbot-logs" in app.extensions:
        return
    app.extensions["faqbot-logs"] = write

    @app.before_request
    def begin() -> None:
        g.log_since = time.perf_counter()
        given = request.headers.get(HEADER, "")
        g.request_id = given if _SANE_ID.fullmatch(given) else secrets.token_hex(8)

    @app.after_request
    def end(response: Response) -> Response:
        if "request_id" in g:
            response.headers[HEADER] = g.request_id
            _aside.put(write(_event(response.status_code)))
        return response


def set_up() -> None:
    """Show what the modules have to tell in the same form; for the command, not for other sites.

    Raises ValueError where FAQBOT_LOG is none of text, json and off.
    """
    is_json = _writer() is _as_json
    handler = logging.StreamHandler()
    handler.setFormatter(_JsonFormatter() if is_json else logging.Formatter(_TEXT))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    logging.getLogger("faqbot").setLevel(logging.INFO)


_TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class _JsonFormatter(logging.Formatter):
    """A record as one line of JSON, with the trace of what went wrong."""

    def format(self, record: logging.LogRecord) -> str:
        event = {
            "time": _time(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            event["trace"] = self.formatException(record.exc_info)
        return _as_json(event)


def _writer() -> Callable[[dict[str, Any]], str] | None:
    writers = {"json": _as_json, "text": _as_text, "off": None}
    mode = LOG.read()
    if mode not in writers:
        raise ValueError(f"{LOG.variable} is “{mode}”. Write “text”, “json” or “off”.")
    return writers[mode]


def _event(status: int) -> dict[str, Any]:
    rule, method = request.url_rule, request.method
    event = {
        "time": _time(time.time()),
        "id": g.request_id,
        "method": method if _SANE_METHOD.fullmatch(method) else "?",
        "route": rule.rule if rule else "none",
        "status": status,
        "ms": round((time.perf_counter() - g.log_since) * 1000, 2),
    }
    if kind := g.get("kind"):
        event["kind"] = kind
    return event


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _as_text(event: dict[str, Any]) -> str:
    return "{time} {id} {method} {route} {status} {ms} ms {kind}".format_map({"kind": "", **event})


class _Aside:
    """Writes lines in a thread of its own, so that nobody waits for whoever reads them."""

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[str | threading.Event] = queue.SimpleQueue()
        self._left_out = 0
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def put(self, line: str | threading.Event) -> None:
        if self._waiting.qsize() >= MOST and isinstance(line, str):
            with self._lock:
                self._left_out += 1
            return
        self._waiting.put(line)
        if self._thread is None or not self._thread.is_alive():  # it does not outlive a fork
            self._start()

    def flush(self, timeout: float) -> None:
        if not self._waiting.empty() or self._thread is not None:
            written = threading.Event()
            self.put(written)
            written.wait(timeout)

    def _start(self) -> None:
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="faqbot-logs", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            some = [self._waiting.get()]
            time.sleep(PAUSE)
            with suppress(queue.Empty):
                while len(some) < TOGETHER:
                    some.append(self._waiting.get_nowait())
            self._write([line for line in some if isinstance(line, str)])
            for one in some:
                if isinstance(one, threading.Event):
                    one.set()

    def _write(self, lines: list[str]) -> None:
        """A disk that is full, or a reader that is gone, must not end it."""
        for start in range(0, len(lines), AT_ONCE):
            with suppress(OSError, ValueError):
                sys.stderr.write("\n".join([*lines[start : start + AT_ONCE], ""]))
        with self._lock:
            left_out, self._left_out = self._left_out, 0
        if left_out:
            log.warning("%d requests were not logged: nobody read their lines.", left_out)


_aside = _Aside()


def flush(timeout: float = 1.0) -> None:
    """Wait until what was logged so far is written, or for so many seconds."""
    _aside.flush(timeout)


atexit.register(flush)
