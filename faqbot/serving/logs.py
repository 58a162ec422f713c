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
MAX_WAITING_LINES = 10_000  # lines that wait to be written, as while their reader is stuck
WRITE_INTERVAL = 0.05  # seconds from a line to its writing, so that busy times cost few writes
MAX_BATCH = 1_000  # most lines in one write
# JSON escapes and text does not, so only what cannot break a line.
_SANE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_SANE_METHOD = re.compile(r"[A-Z]{1,16}")
_TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

log = logging.getLogger("faqbot.serving.logs")


def install(app: Flask) -> None:
    """Give every request an id, `g.request_id`, and log it as FAQBOT_LOG says."""
    format_event = _formatter()

    @app.before_request
    def begin() -> None:
        g.log_since = time.perf_counter()
        given = request.headers.get(HEADER, "")
        g.request_id = given if _SANE_ID.fullmatch(given) else secrets.token_hex(8)

    @app.after_request
    def end(response: Response) -> Response:
        if format_event and "request_id" in g:
            response.headers[HEADER] = g.request_id
            _background.write(f"{format_event(_event(response.status_code))}\n")
        return response


def set_up() -> None:
    """Log what the modules report in the same form; for the command, not for other sites.

    Raises ValueError where FAQBOT_LOG is none of text, json and off.
    """
    handler = logging.StreamHandler(_background)  # a stuck reader stops no answer here either
    is_json = _formatter() is _as_json
    handler.setFormatter(_JsonFormatter() if is_json else logging.Formatter(_TEXT))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    logging.getLogger("faqbot").setLevel(logging.INFO)


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


def _formatter() -> Callable[[dict[str, Any]], str] | None:
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


class _Background:
    """A stream whose text a thread of its own writes, so that nobody waits for its reader.

    Not logging's QueueListener: that writes line by line, and its queue either grows without end
    or raises. Here many lines are one write, and those beyond MAX_WAITING_LINES are left out
    and counted.
    """

    def __init__(self) -> None:
        self._lines: queue.Queue[str] = queue.Queue(MAX_WAITING_LINES)
        self._left_out = 0
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def write(self, line: str) -> None:
        if self._thread is None:
            self._start()
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            with self._lock:
                self._left_out += 1

    def wait(self, timeout: float) -> None:
        with self._lines.all_tasks_done:
            self._lines.all_tasks_done.wait_for(lambda: not self._lines.unfinished_tasks, timeout)

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="faqbot-logs", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            lines = [self._lines.get()]
            time.sleep(WRITE_INTERVAL)
            with suppress(queue.Empty):
                while len(lines) < MAX_BATCH:
                    lines.append(self._lines.get_nowait())
            with suppress(OSError, ValueError):  # a full disk, or a reader that is gone
                sys.stderr.write("".join(lines))
            self._report_left_out()
            for _ in lines:
                self._lines.task_done()

    def _report_left_out(self) -> None:
        with self._lock:
            left_out, self._left_out = self._left_out, 0
        if left_out:
            log.warning("%d lines were left out of the log: nobody read them in time.", left_out)


_background = _Background()


def flush(timeout: float = 1.0) -> None:
    """Wait until what was logged so far is written, or for so many seconds."""
    _background.wait(timeout)


atexit.register(flush)
