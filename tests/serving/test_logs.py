"""Each request is one line, with all that an operator needs and nothing that a visitor typed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from faqbot.app import create_app
from faqbot.bot import Bot
from faqbot.serving import logs

TYPED = "zebra crossing and my name is Ann"
ADDRESS = "203.0.113.77"
Capture = pytest.CaptureFixture[str]
MakeClient = Callable[..., FlaskClient]


@pytest.fixture(autouse=True)
def nothing_waits() -> None:
    """What other tests had logged is written before it can be taken for this one's."""
    logs.flush(30)


@pytest.fixture
def make_client(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> MakeClient:
    def make(mode: str) -> FlaskClient:
        monkeypatch.setenv("FAQBOT_LOG", mode)
        monkeypatch.setenv("FAQBOT_RATE_LIMIT", "off")
        app = create_app(bot)
        app.add_url_rule("/fails", view_func=lambda: 1 / 0)
        return app.test_client()

    return make


def lines(capsys: Capture) -> list[str]:
    logs.flush(30)
    return capsys.readouterr().err.splitlines()


def events(capsys: Capture) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines(capsys)]


class TestJson:
    def test_tells_what_was_asked_for_and_how_it_went(
        self, make_client: MakeClient, capsys: Capture
    ) -> None:
        before = datetime.now(UTC).replace(microsecond=0)
        response = make_client("json").post("/api/ask", json={"question": "how long does it take"})
        (event,) = events(capsys)
        assert before <= datetime.fromisoformat(event.pop("time")) <= datetime.now(UTC)
        assert 0 < event.pop("ms") < 10_000
        assert event == {
            "id": response.headers["X-Request-ID"],
            "method": "POST",
            "route": "/api/ask",
            "status": 200,
            "kind": "answer",
        }

    @pytest.mark.parametrize(
        ("method", "path", "route", "status"),
        [
            ("GET", "/healthz", "/healthz", 200),
            ("GET", "/api/practice", "/api/practice", 200),
            ("GET", "/api/entries/zebra", "/api/entries/<entry_id>", 404),
            ("GET", "/zebra?name=ann", "none", 404),
            ("GET", "/api/ask", "none", 405),
            ("POST", "/api/ask", "/api/ask", 400),
            ("GET", "/fails", "/fails", 500),
            ("ZE\nBRA", "/chat", "none", 405),
        ],
    )
    def test_is_a_line_whatever_happens(
        self,
        make_client: MakeClient,
        capsys: Capture,
        method: str,
        path: str,
        route: str,
        status: int,
    ) -> None:
        client = make_client("json")
        client.application.logger.disabled = True  # the trace of /fails is another matter
        client.open(path, method=method)
        (event,) = events(capsys)
        assert (event["route"], event["status"]) == (route, status)
        assert event["method"] == ("?" if "\n" in method else method)
        assert "kind" not in event

    def test_is_whole_lines_when_many_ask_at_once(
        self, make_client: MakeClient, capfd: pytest.CaptureFixture[str]
    ) -> None:
        client = make_client("json")

        def ask(_: int) -> int:
            app = client.application
            return app.test_client().post("/api/ask", json={"question": TYPED}).status_code

        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(ask, range(200))) == {200}
        told = events(capfd)
        assert len(told) == 200
        assert len({event["id"] for event in told}) == 200


class TestText:
    def test_is_one_line_to_read(self, make_client: MakeClient, capsys: Capture) -> None:
        asked = {"question": "i cant feel my legs"}
        make_client("text").post("/api/ask", json=asked, headers={"X-Request-ID": "abcd-1234"})
        (line,) = lines(capsys)
        time, rest = line.split(" ", 1)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", time)
        assert re.fullmatch(r"abcd-1234 POST /api/ask 200 [\d.]+ ms emergency", rest)


class TestOff:
    def test_is_silent(self, make_client: MakeClient, capsys: Capture) -> None:
        response = make_client("off").post("/api/ask", json={"question": "hello"})
        assert "X-Request-ID" not in response.headers
        assert lines(capsys) == []

    def test_is_told_from_what_is_none(self, make_client: MakeClient) -> None:
        with pytest.raises(ValueError, match=r"FAQBOT_LOG is “jsno”.*“json”"):
            make_client("jsno")
        with pytest.raises(ValueError, match="FAQBOT_LOG"):
            logs.set_up()


class TestPrivacy:
    @pytest.mark.parametrize("mode", ["json", "text"])
    def test_nothing_that_was_typed_and_nothing_about_who_typed_it(
        self, make_client: MakeClient, capsys: Capture, mode: str
    ) -> None:
        client = make_client(mode)
        told = {
            "environ_overrides": {"REMOTE_ADDR": ADDRESS},
            "headers": {
                "User-Agent": "Zebra/1.0",
                "Referer": "https://practice.test/?q=zebra",
                "Origin": "https://zebra.test",
                "Cookie": "zebra=1",
                "X-Forwarded-For": ADDRESS,
            },
        }
        client.post("/api/ask", json={"question": TYPED}, **told)
        client.post("/chat", data={"question": TYPED}, **told)
        client.get("/api/suggest", query_string={"q": TYPED}, **told)
        client.post("/api/helpful", json={"id": TYPED, "helpful": True, "question": TYPED}, **told)
        client.get("/chat", query_string={"entry": TYPED}, **told)
        client.get(f"/api/entries/{TYPED}", **told)
        client.get(f"/{TYPED}", **told)
        written = "\n".join(lines(capsys))
        assert len(written.splitlines()) == 7
        for word in ["zebra", "ann", ADDRESS, "practice.test"]:
            assert word not in written.lower()


class TestRequestId:
    def test_is_made_anew_for_each(self, make_client: MakeClient) -> None:
        client = make_client("json")
        ids = {client.get("/healthz").headers["X-Request-ID"] for _ in range(50)}
        assert len(ids) == 50
        assert all(re.fullmatch("[0-9a-f]{16}", id_) for id_ in ids)

    @pytest.mark.parametrize(
        "given", ["5d3c9f00-1111-4222-8333-444455556666", "req_2026.11.02-7", "a" * 64]
    )
    def test_is_the_proxys_where_it_is_sane(
        self, make_client: MakeClient, capsys: Capture, given: str
    ) -> None:
        response = make_client("json").get("/healthz", headers={"X-Request-ID": given})
        assert response.headers["X-Request-ID"] == given
        assert events(capsys)[0]["id"] == given

    @pytest.mark.parametrize(
        "given", ["", "short", "a" * 65, "my name is Ann", 'x"}{"status":200,', "<script>", "é" * 9]
    )
    def test_is_ours_where_it_is_not(
        self, make_client: MakeClient, capsys: Capture, given: str
    ) -> None:
        response = make_client("json").get("/healthz", headers={"X-Request-ID": given})
        assert re.fullmatch("[0-9a-f]{16}", response.headers["X-Request-ID"])
        assert events(capsys)[0]["id"] == response.headers["X-Request-ID"]


class TestAFullDisk:
    def test_costs_no_visitor_the_answer(
        self, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client = make_client("json")
        with open("/dev/full", "w", buffering=1) as full:
            monkeypatch.setattr(sys, "stderr", full)
            for _ in range(200):
                assert client.post("/api/ask", json={"question": "hello"}).status_code == 200
            logs.flush(30)
            monkeypatch.undo()
            with suppress(OSError):  # where some lines are still in its buffer
                full.close()

    def test_nor_does_a_reader_that_is_gone(
        self, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
    ) -> None:
        client = make_client("text")
        closed = (tmp_path / "log").open("w")
        closed.close()
        monkeypatch.setattr(sys, "stderr", closed)
        assert client.post("/api/ask", json={"question": "hello"}).status_code == 200
        logs.flush(30)

    def test_nor_does_a_reader_that_is_stuck(
        self,
        make_client: MakeClient,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        monkeypatch.setattr(logs, "MAX_WAITING_LINES", 100)
        monkeypatch.setattr(logs, "MAX_BATCH", 10)
        monkeypatch.setattr(logs, "_background", logs._Background())
        client = make_client("json")
        reader, writer = os.pipe()
        with open(reader) as later, ThreadPoolExecutor() as pool:
            with open(writer, "w", buffering=1) as stuck:
                monkeypatch.setattr(sys, "stderr", stuck)
                for _ in range(1000):  # far more than the pipe holds, and what may wait for it
                    assert client.post("/api/ask", json={"question": "hello"}).status_code == 200
                written = pool.submit(later.readlines)
                logs.flush(30)
                monkeypatch.undo()
            told = [json.loads(line) for line in written.result(30)]
        left_out = [int(record.getMessage().split()[0]) for record in caplog.records]
        assert sum(left_out) > 0
        assert len(told) + sum(left_out) == 1000


WARN = """
import logging
from faqbot.serving import logs

logs.set_up()
logging.getLogger("faqbot.live").warning("The folder cannot be used.\\nSee line %d.", 7)
logging.getLogger("faqbot.live").info("Now answering.")
logging.getLogger("elsewhere").info("Nobody's business.")
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("faqbot.journal").exception("It failed.")
"""


WARN_OFTEN = """
import logging
from faqbot.serving import logs

logs.set_up()
for _ in range(2 * logs.MAX_WAITING_LINES):
    logging.getLogger("faqbot.live").warning("The folder cannot be used.")
print("Done", flush=True)
"""


class TestWhatModulesTell:
    @pytest.fixture
    def told(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], str]]:
        def tell(mode: str) -> str:
            monkeypatch.setenv("FAQBOT_LOG", mode)
            command = [sys.executable, "-c", WARN]
            return subprocess.run(command, capture_output=True, text=True, check=True).stderr

        return tell

    def test_is_json_too_a_line_each(self, told: Callable[[str], str]) -> None:
        warning, info, error = map(json.loads, told("json").splitlines())
        assert warning["level"] == "warning"
        assert warning["logger"] == "faqbot.live"
        assert warning["message"] == "The folder cannot be used.\nSee line 7."
        assert info["message"] == "Now answering."
        assert "ZeroDivisionError" in error["trace"]
        assert datetime.fromisoformat(error["time"]).tzinfo == UTC

    @pytest.mark.parametrize("mode", ["text", "off"])
    def test_is_text_else(self, told: Callable[[str], str], mode: str) -> None:
        text = told(mode)
        assert "WARNING faqbot.live: The folder cannot be used." in text
        assert "INFO faqbot.live: Now answering." in text
        assert "Nobody" not in text

    def test_is_not_waited_for_where_its_reader_is_stuck(self) -> None:
        with subprocess.Popen(
            [sys.executable, "-c", WARN_OFTEN],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,  # which nobody reads
            text=True,
        ) as process:
            assert process.stdout
            assert process.stdout.readline() == "Done\n"
            process.kill()
