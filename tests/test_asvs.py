"""What OWASP ASVS level 1 asks and no other test shows; docs/security.md has the whole list."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from faqbot.app import create_app
from faqbot.bot import Bot
from tests.conftest import PRACTICE
from tests.house import House
from tests.servers import serving
from tests.waiting import PATIENCE

WEB = Path(__file__).parent.parent / "web"
CODE = WEB.parent / "faqbot"
ADDRESSES = [
    ("GET", "/"),
    ("GET", "/chat"),
    ("POST", "/chat"),
    ("GET", "/faq"),
    ("GET", "/sitemap.xml"),
    ("GET", "/widget.js"),
    ("GET", "/pages.css"),
    ("GET", "/icon.svg"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
    ("POST", "/api/ask"),
    ("GET", "/api/practice"),
    ("GET", "/api/openapi.json"),
    ("GET", "/api/none"),
    ("PUT", "/api/ask"),
    ("GET", "/none"),
    ("PUT", "/"),
    ("TRACE", "/"),
    ("GET", "/staff/"),
    ("GET", "/staff/sign-in"),
]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A real server with the desk closed."""
    with serving("--knowledge", str(PRACTICE), FAQBOT_LOG="off", FAQBOT_JOURNAL="off") as server:
        yield server.port


@pytest.fixture
def client(bot: Bot) -> FlaskClient:
    return create_app(bot).test_client()


def headers(port: int, method: str, path: str) -> http.client.HTTPMessage:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request(method, path, '{"question": "how long"}' if method == "POST" else None)
    found = connection.getresponse().headers
    connection.close()
    return found


@pytest.mark.parametrize(("method", "path"), ADDRESSES)
def test_every_reply_says_what_it_is_and_not_what_made_it(
    port: int, method: str, path: str
) -> None:
    found = headers(port, method, path)
    assert found["X-Content-Type-Options"] == "nosniff"
    kind, _, charset = found["Content-Type"].partition("; ")
    assert kind == "application/json" or charset.endswith("charset=utf-8")
    assert found["Content-Type"].count("charset") <= 1
    assert {"Server", "X-Powered-By", "Via"}.isdisjoint(found)


@pytest.mark.parametrize(("method", "path"), ADDRESSES)
def test_a_page_may_run_our_script_only_and_be_framed_by_our_site_only(
    port: int, method: str, path: str
) -> None:
    found = headers(port, method, path)
    if found.get_content_type() == "text/html":
        policy = found["Content-Security-Policy"]
        assert "default-src 'none'; script-src 'self';" in policy
        assert "unsafe" not in policy
        assert re.search("frame-ancestors '(self|none)'", policy)
        assert found["Referrer-Policy"]


@pytest.mark.parametrize("path", ["/api/practice", "/api/openapi.json", "/api/none"])
def test_a_reply_of_the_api_is_no_page_where_it_is_opened_by_its_address(
    port: int, path: str
) -> None:
    assert headers(port, "GET", path)["Content-Disposition"] == 'attachment; filename="api.json"'


def test_of_two_values_of_one_name_one_counts(client: FlaskClient) -> None:
    twice = MultiDict([("question", "how long does it take"), ("question", "my legs are numb")])
    once = client.post("/chat", data={"question": "how long does it take"}).text
    assert client.post("/chat", data=twice).text == once
    body = '{"question": "my legs are numb", "question": "how long does it take"}'
    assert client.post("/api/ask", data=body).get_json()["entries"][0]["id"] == "duration"


def test_fields_that_nobody_asked_for_change_nothing(client: FlaskClient) -> None:
    asked = {"question": "how long does it take"}
    more = {"kind": "office", "phones": [], "paused": True, "practice": "other", "__class__": "x"}
    reply = client.post("/api/ask", json=asked).get_json()
    assert client.post("/api/ask", json={**asked, **more}).get_json() == reply
    assert client.post("/api/ask?question=hello&debug=1", json=asked).get_json() == reply


def test_the_desk_takes_no_fields_that_its_form_has_not(practice: Path) -> None:
    house = House(practice)
    try:
        desk = house.signed_in()
        desk.post("/pause", paused="yes", who="somebody else", when="1999-01-01")
        paused = json.loads(desk.workspace.paused.read_text("utf-8"))
        assert paused["who"] != "somebody else"
        assert not paused["when"].startswith("1999")
    finally:
        house.close()


@pytest.mark.parametrize("file", sorted(WEB.glob("*.js")), ids=lambda file: file.name)
def test_scripts_run_no_text_and_make_no_markup_of_it(file: Path) -> None:
    code = re.sub(r"^\s*(//|\*|/\*).*$", "", file.read_text("utf-8"), flags=re.MULTILINE)
    makers = r"\beval\(|\bFunction\(|innerHTML|outerHTML|insertAdjacentHTML|document\.write|srcdoc"
    assert re.findall(makers, code) == []


def test_the_desk_keeps_nothing_in_the_browser() -> None:
    script = (WEB / "staff.js").read_text("utf-8")
    assert re.findall(r"localStorage|sessionStorage|indexedDB|document\.cookie", script) == []


def test_nothing_hinders_a_password_manager(practice: Path) -> None:
    house = House(practice)
    try:
        page = house.client().get("/sign-in").text
    finally:
        house.close()
    (field,) = re.findall(r'<input[^>]*type="password"[^>]*>', page)
    assert 'autocomplete="current-password"' in field
    assert "maxlength" not in field
    assert "paste" not in (WEB / "staff.js").read_text("utf-8")


def test_no_page_loads_anything_from_elsewhere(port: int) -> None:
    for path in ("/", "/chat", "/faq"):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        connection.request("GET", path)
        page = connection.getresponse().read().decode()
        connection.close()
        loaded = re.findall(r'<(?:script|link|img)[^>]*?(?:src|href)="([^"]+)"', page)
        assert loaded
        ours = ("/", f"http://127.0.0.1:{port}/")
        assert [one for one in loaded if not one.startswith(ours)] == []


def test_nothing_is_unpickled() -> None:
    code = "\n".join(file.read_text("utf-8") for file in sorted(CODE.rglob("*.py")))
    assert (
        re.findall(r"^ *(?:import|from) (?:pickle|marshal|shelve|dill|joblib)\b", code, re.M) == []
    )
    loads = re.findall(r"np\.load\((.*)\)", code)
    assert loads
    assert [load for load in loads if "allow_pickle=False" not in load] == []
