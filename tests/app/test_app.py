from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template
from flask.testing import FlaskClient
from jinja2 import DictLoader
from werkzeug.exceptions import TooManyRequests

from faqbot import staff
from faqbot.app import blueprint, create_app
from faqbot.bot import Bot
from faqbot.editing.workspace import Workspace
from faqbot.journal import Journal
from faqbot.live import Live
from faqbot.privacy import BLANK, blank
from faqbot.service import Service
from faqbot.staff import password
from tests.waiting import PATIENCE, wait_until

HERE = Path(__file__).parent.parent
PERSONAL = json.loads((HERE / "cases" / "personal.json").read_text("utf-8"))
IN_DANGER = re.compile('In an emergency, (call )?<a href="tel:911">')


def tells_whom_to_call(error: dict[str, Any]) -> None:
    phones = [phone["href"] for phone in error["phones"]]
    assert phones == ["tel:+16465550142", "tel:+12125550188"]
    assert error["emergency"] == {"number": "911", "href": "tel:911"}


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(f"sqlite:///{tmp_path / 'journal.sqlite'}")
    yield journal
    journal.close()


@pytest.fixture
def client(bot: Bot, journal: Journal) -> Iterator[FlaskClient]:
    live = Live(HERE / "practice", bot)
    with create_app(Service(live, journal)).test_client() as client:
        yield client
    live.close()


def noted(journal: Journal) -> list[tuple[str, str, int]]:
    """What the journal counts: kind, entry, how often."""
    assert journal.flush(PATIENCE)
    return [(count.kind, count.entry, count.number) for count in journal.counts(1)]


class TestAsk:
    @pytest.mark.parametrize(
        ("question", "kind"),
        [
            ("how long does it take", "answer"),
            ("do u take medicare", "office"),
            ("i cant feel my legs", "emergency"),
            ("hello there", "office"),
            ("asdf", "office"),
        ],
    )
    def test_answers_each_kind_of_question(
        self, client: FlaskClient, question: str, kind: str
    ) -> None:
        reply = client.post("/api/ask", json={"question": question}).get_json()
        assert reply["kind"] == kind

    def test_gives_the_phones_with_every_reply(self, client: FlaskClient) -> None:
        for question in ["how long does it take", "asdf", "i cant feel my legs"]:
            reply = client.post("/api/ask", json={"question": question}).get_json()
            assert [phone["href"] for phone in reply["phones"]] == [
                "tel:+16465550142",
                "tel:+12125550188",
            ]

    def test_gives_the_answer_with_its_quote(self, client: FlaskClient) -> None:
        reply = client.post("/api/ask", json={"question": "how long does it take"}).get_json()
        (entry,) = reply["entries"]
        assert entry["id"] == "duration"
        assert "<strong>one hour</strong>" in entry["html"]
        assert entry["quotes"] == ["The procedure takes about one hour per fracture level treated"]
        assert entry["page"] == "https://practice.test/procedure"

    def test_takes_what_was_answered_before(self, client: FlaskClient) -> None:
        body = {"question": "does it get hard", "after": "cement"}
        assert client.post("/api/ask", json=body).status_code == 200

    def test_takes_json_sent_as_plain_text_which_needs_no_preflight(
        self, client: FlaskClient
    ) -> None:
        reply = client.post("/api/ask", data='{"question": "hi"}', content_type="text/plain")
        assert reply.get_json()["kind"] == "office"

    @pytest.mark.parametrize(
        ("body", "status", "says"),
        [
            (b"", 400, "JSON object"),
            (b"question=hello", 400, "JSON object"),
            (b"\xff\xfe", 400, "JSON object"),
            (b'["how long"]', 400, "JSON object"),
            (b"null", 400, "JSON object"),
            (b"[" * 4000, 400, "JSON object"),
            (b"{}", 400, "missing"),
            (b'{"question": 5}', 400, "not text"),
            (b'{"question": null}', 400, "not text"),
            (b'{"question": ["how long"]}', 400, "not text"),
            (b'{"question": ""}', 400, "empty"),
            (b'{"question": " \\n\\t "}', 400, "empty"),
            (b'{"question": "how\\u0000long"}', 400, "control characters"),
            (b'{"question": "how \\ud800 long"}', 400, "surrogate"),
            (b'{"question": "hi", "after": 7}', 400, "after"),
            (b'{"question": "hi", "before": "x"}', 400, "before"),
            (b'{"question": "hi", "before": [7]}', 400, "before"),
            (b'{"question": "hi", "before": ["a", "b", "c", "d"]}', 400, "before"),
            (b'{"question": "hi", "not_emergency": 1}', 400, "not_emergency"),
            (json.dumps({"question": "x" * 2_001}).encode(), 400, "2000 characters"),
            (json.dumps({"question": "x" * 40_000}).encode(), 413, "32768 bytes"),
        ],
        ids=lambda value: str(value)[:30],
    )
    def test_refuses_bad_input_and_says_why(
        self, client: FlaskClient, body: bytes, status: int, says: str
    ) -> None:
        response = client.post("/api/ask", data=body, content_type="application/json")
        assert response.status_code == status
        assert says in response.get_json()["error"]
        tells_whom_to_call(response.get_json())

    @pytest.mark.parametrize(
        "question", ["?", "🙂" * 500, "\u202ehow", "a" * 500, "\x85", "İ" * 500]
    )
    def test_survives_odd_questions(self, client: FlaskClient, question: str) -> None:
        response = client.post(
            "/api/ask", data=json.dumps({"question": question}, ensure_ascii=False)
        )
        assert response.status_code in (200, 400)

    def test_says_in_json_that_a_method_is_wrong(self, client: FlaskClient) -> None:
        response = client.get("/api/ask")
        assert response.status_code == 405
        assert "error" in response.get_json()
        assert "POST" in response.headers["Allow"]

    def test_says_in_json_that_an_address_is_wrong(self, client: FlaskClient) -> None:
        response = client.get("/api/nothing")
        assert response.status_code == 404
        assert "error" in response.get_json()

    def test_says_in_json_that_something_broke_and_nothing_more(
        self, client: FlaskClient, bot: Bot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(bot, "ask", lambda *_args, **_named: 1 / 0)
        response = client.post("/api/ask", json={"question": "never asked before"})
        assert response.status_code == 500
        assert "ZeroDivision" not in response.text
        assert "error" in response.get_json()
        tells_whom_to_call(response.get_json())


class TestEntries:
    def test_gives_an_answer(self, client: FlaskClient) -> None:
        reply = client.get("/api/entries/duration").get_json()
        assert reply["kind"] == "answer"
        assert "one hour" in reply["entries"][0]["text"]

    def test_hands_over_for_an_office_topic(self, client: FlaskClient) -> None:
        assert client.get("/api/entries/insurance").get_json()["kind"] == "office"

    def test_knows_no_other(self, client: FlaskClient) -> None:
        response = client.get("/api/entries/nothing")
        assert response.status_code == 404
        assert "nothing" in response.get_json()["error"]
        tells_whom_to_call(response.get_json())


class TestPractice:
    def test_tells_what_the_box_shows_first(self, client: FlaskClient) -> None:
        practice = client.get("/api/practice").get_json()
        assert practice["name"] == "Hill Street Spine"
        assert practice["greeting"] == "Hello! Ask me about your procedure."
        assert practice["emergency"] == {"number": "911", "href": "tel:911"}
        assert practice["phones"][0] == {
            "label": "Front desk",
            "number": "(646) 555-0142",
            "href": "tel:+16465550142",
        }
        assert practice["starters"][0] == {
            "id": "duration",
            "question": "How long does the procedure take?",
        }
        assert practice["schedule"] == {
            "label": "Book a visit",
            "url": "https://practice.test/book",
        }

    def test_tells_until_when_the_office_is_open_or_closed(self, client: FlaskClient) -> None:
        hours = client.get("/api/practice").get_json()["hours"]
        assert set(hours) == {"open", "until", "zone", "closing", "now"}
        assert hours["zone"] == "America/New_York"


class TestSuggest:
    def test_offers_real_questions(self, client: FlaskClient) -> None:
        for response in [
            client.get("/api/suggest?q=how long"),
            client.post("/api/suggest", data='{"q": "how long"}'),
        ]:
            suggestions = response.get_json()["suggestions"]
            assert {
                "id": "duration",
                "question": "How long does the procedure take?",
            } in suggestions

    @pytest.mark.parametrize("body", ["", "[]", '{"q": 5}', "{}"])
    def test_refuses_bad_input(self, client: FlaskClient, body: str) -> None:
        response = client.post("/api/suggest", data=body)
        assert response.status_code == 400
        assert "error" in response.get_json()


class TestHelpful:
    @pytest.mark.parametrize(
        ("origin", "status"),
        [
            (None, 204),
            ("http://localhost", 204),
            ("https://localhost", 204),  # behind a proxy that does not say so
            ("https://practice.test", 204),
            ("https://evil.example", 403),
            ("https://practice.test.evil.example", 403),
            ("null", 403),
        ],
    )
    def test_takes_it_from_the_practices_own_sites_only(
        self, client: FlaskClient, journal: Journal, origin: str | None, status: int
    ) -> None:
        headers = {"Origin": origin} if origin else {}
        body = {"id": "duration", "helpful": True}
        assert client.post("/api/helpful", json=body, headers=headers).status_code == status
        assert len(noted(journal)) == (status == 204)

    def test_notes_the_verdict(self, client: FlaskClient, journal: Journal) -> None:
        body = {"id": "duration", "helpful": False, "question": "how long was it again"}
        assert client.post("/api/helpful", json=body).status_code == 200
        assert client.post("/api/helpful", json={**body, "helpful": True}).status_code == 204
        assert noted(journal) == [("helpful", "duration", 1), ("not helpful", "duration", 1)]
        assert [asked.text for asked in journal.questions()] == ["how long was it again"]

    def test_offers_the_next_best_and_the_phones_where_an_answer_did_not_help(
        self, client: FlaskClient, journal: Journal
    ) -> None:
        asked = ("do i stay the night or how long does it take", "", "\ud800 \0", "zzz")
        for question in asked:
            body = {"id": "duration", "helpful": False, "question": question}
            reply = client.post("/api/helpful", data=json.dumps(body)).get_json()
            assert reply["kind"] == "choices", question
            ids = [entry["id"] for entry in reply["entries"]]
            assert "overnight-stay" in ids, question
            assert "duration" not in ids, question
            assert "did not help" in reply["message"]
            tells_whom_to_call({**reply, "emergency": {"number": "911", "href": "tel:911"}})
        assert {kind for kind, _, _ in noted(journal)} == {"not helpful"}

    def test_says_to_call_where_nothing_else_is_near(self, client: FlaskClient) -> None:
        body = {"id": "contact", "helpful": False, "question": "how can I reach you"}
        reply = client.post("/api/helpful", json=body).get_json()
        assert reply["kind"] == "office"
        assert "help you by phone" in reply["message"]

    def test_hears_danger_in_what_was_asked(self, client: FlaskClient) -> None:
        body = {"id": "duration", "helpful": False, "question": "i cant feel my legs"}
        assert client.post("/api/helpful", json=body).get_json()["kind"] == "emergency"

    def test_offers_nothing_in_a_pause(self, practice: Path) -> None:
        Workspace(practice).pause("Ann Lee")
        with create_app(Service.open(practice, "off")).test_client() as client:
            body = {"id": "duration", "helpful": False, "question": "how long"}
            reply = client.post("/api/helpful", json=body).get_json()
        assert (reply["kind"], reply["entries"]) == ("office", [])

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ({"id": "duration"}, 400),
            ({"id": "duration", "helpful": "yes"}, 400),
            ({"id": "duration", "helpful": True, "question": 5}, 400),
            ({"id": 3, "helpful": True}, 400),
            ({"id": "nothing", "helpful": True}, 404),
            ([], 400),
        ],
    )
    def test_refuses_anything_else(
        self, client: FlaskClient, journal: Journal, body: object, status: int
    ) -> None:
        response = client.post("/api/helpful", json=body)
        assert response.status_code == status
        assert "error" in response.get_json()
        assert noted(journal) == []


class TestJournal:
    def test_notes_every_reply_but_the_words_of_open_questions_only(
        self, client: FlaskClient, journal: Journal
    ) -> None:
        asked = ["how long does it take", "zebras?", "hello there", "do u take medicare"]
        for question in [*asked, "i cant feel my legs"]:
            client.post("/api/ask", json={"question": question})
        client.get("/api/entries/duration")
        assert sorted(noted(journal)) == [
            ("answer", "duration", 1),
            ("chosen", "duration", 1),
            ("emergency", "", 1),
            ("office", "", 1),
            ("office", "insurance", 1),
            ("small talk", "hello", 1),
        ]
        kept = {(asked.text, asked.nearest) for asked in journal.questions()}
        assert {text for text, _ in kept} == {"zebras?", "do u take medicare"}
        assert ("do u take medicare", "insurance") in kept


class TestOtherSites:
    @pytest.mark.parametrize("path", ["/api/practice", "/api/entries/duration"])
    def test_lets_the_practices_sites_read(self, client: FlaskClient, path: str) -> None:
        response = client.get(path, headers={"Origin": "https://practice.test"})
        assert response.headers["Access-Control-Allow-Origin"] == "https://practice.test"
        assert "Origin" in response.headers["Vary"]

    def test_answers_their_preflight(self, client: FlaskClient) -> None:
        response = client.options("/api/ask", headers={"Origin": "https://practice.test"})
        assert response.headers["Access-Control-Allow-Headers"] == "Content-Type"

    @pytest.mark.parametrize(
        "origin",
        [
            "https://elsewhere.test",
            "http://practice.test",
            "https://practice.test.elsewhere.test",
            "https://practice.test:8443",
            "null",
            "https://[",
        ],
    )
    def test_lets_no_other_site_read(self, client: FlaskClient, origin: str) -> None:
        response = client.get("/api/practice", headers={"Origin": origin})
        assert response.status_code == 200
        assert "Access-Control-Allow-Origin" not in response.headers

    def test_lets_them_read_errors_too(self, client: FlaskClient) -> None:
        response = client.post("/api/ask", data="", headers={"Origin": "https://practice.test"})
        assert response.headers["Access-Control-Allow-Origin"] == "https://practice.test"


class TestFrames:
    @pytest.mark.parametrize("form", [{"question": "how long does it take"}, {"question": ""}])
    def test_the_practices_sites_may_frame_the_chat(
        self, client: FlaskClient, form: dict[str, str]
    ) -> None:
        for response in (client.get("/chat"), client.post("/chat", data=form)):
            policy = response.headers["Content-Security-Policy"]
            assert policy.endswith("; frame-ancestors 'self' https://practice.test")

    def test_what_is_no_plain_site_changes_no_policy(self, bot: Bot) -> None:
        sites = (
            "https://a.test; script-src *",
            "https://praxis-m\u00fcller.test",
            "https://b.test",
        )
        known = bot.knowledge
        practice = replace(known.practice, sites=sites)
        client = create_app(Bot(replace(known, practice=practice), bot)).test_client()
        policy = client.get("/chat").headers["Content-Security-Policy"]
        assert policy.endswith("; frame-ancestors 'self' https://b.test")

    @pytest.mark.parametrize("path", ["/", "/faq", "/nowhere"])
    def test_nobody_else_frames_anything_else(self, client: FlaskClient, path: str) -> None:
        policy = client.get(path).headers.get("Content-Security-Policy", "frame-ancestors 'self'")
        assert policy.endswith("frame-ancestors 'self'")


class TestWidget:
    def test_is_one_script_with_styles_words_and_the_practice(self, client: FlaskClient) -> None:
        response = client.get("/widget.js")
        assert response.mimetype == "text/javascript"
        assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        for part in ("customElements.define", ":host", "Type your question", "(646) 555-0142"):
            assert part in response.text

    def test_weighs_12_kilobytes_at_most(self, client: FlaskClient) -> None:
        response = client.get("/widget.js", headers={"Accept-Encoding": "gzip"})
        assert response.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in response.headers["Vary"]
        assert len(response.data) <= 12_000
        assert gzip.decompress(response.data) == client.get("/widget.js").data

    def test_is_sent_once(self, client: FlaskClient) -> None:
        etag = client.get("/widget.js").headers["ETag"]
        again = client.get("/widget.js", headers={"If-None-Match": etag})
        assert again.status_code == 304
        assert again.data == b""

    def test_has_an_address_that_changes_with_it_and_may_be_kept_for_a_year(
        self, client: FlaskClient
    ) -> None:
        address = re.search(r'src="(/widget-[^"]+)"', client.get("/").text)
        assert address
        response = client.get(address[1])
        assert response.data == client.get("/widget.js").data
        assert response.cache_control.max_age == 31_536_000
        assert response.cache_control.immutable
        outdated = client.get("/widget-0123456789abcdef0123.js")
        assert outdated.data == response.data
        assert outdated.cache_control.max_age == 300


class TestForms:
    def test_a_huge_form_is_not_read(self, client: FlaskClient) -> None:
        assert client.post("/chat", data={"question": "a" * 200_000}).status_code == 413


class TestHealth:
    def test_tells_what_answers(self, client: FlaskClient, bot: Bot) -> None:
        told = client.get("/healthz").get_json()
        assert told["status"] == "ok"
        assert told["entries"] == len(bot.knowledge.entries)
        assert told["knowledge"] == bot.knowledge.digest
        assert told["problems"] == []

    def test_is_ready_when_it_answers_and_keeps_its_journal(self, client: FlaskClient) -> None:
        wait_until(lambda: client.get("/readyz").status_code == 200)  # once it has made its file
        told = client.get("/readyz").get_json()
        assert told == {"status": "ready", "answers": True, "journal": True}

    def test_is_not_ready_when_the_journal_cannot_be_written(
        self, bot: Bot, tmp_path: Path
    ) -> None:
        (tmp_path / "journal.sqlite").mkdir()
        journal = Journal(f"sqlite:///{tmp_path / 'journal.sqlite'}")
        client = create_app(Service(Live(None, bot), journal)).test_client()
        assert client.get("/readyz").status_code == 503
        assert client.post("/api/ask", json={"question": "how long"}).status_code == 200
        journal.close(timeout=0)

    def test_tells_no_stranger_what_is_not_published(self, practice: Path) -> None:
        live = Live(practice)
        (practice / "procedure.md").write_text("## Secret plans", "utf-8")
        live.refresh()
        client = create_app(Service(live)).test_client()
        told = client.get("/healthz", headers={"X-Forwarded-For": "203.0.113.7"}).get_json()
        assert told["status"] == "degraded"
        assert "procedure.md:1" in told["problems"]
        assert "Secret" not in str(told)
        assert any(
            problem.startswith("procedure.md:1: ")
            for problem in client.get("/healthz").get_json()["problems"]
        )

    def test_browsers_are_told_to_keep_to_https(self, client: FlaskClient) -> None:
        secure = client.get("/", base_url="https://chat.test")
        assert "max-age" in secure.headers["Strict-Transport-Security"]
        assert "Strict-Transport-Security" not in client.get("/").headers


class TestPages:
    def test_the_demonstration_shows_the_page_text_and_the_box(self, client: FlaskClient) -> None:
        page = client.get("/").text
        assert "The procedure takes about one hour per fracture level treated." in page
        assert "<li>The surgeon makes two small incisions</li>" in page
        assert "Menu" not in page
        assert re.search(r'<script src="/widget-[0-9a-f]{20}\.js" defer></script>', page)

    @pytest.mark.parametrize("path", ["/", "/chat", "/faq"])
    def test_run_no_script_but_our_own(self, client: FlaskClient, path: str) -> None:
        response = client.get(path)
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "style=" not in response.text

    def test_the_server_says_that_it_is_well(self, client: FlaskClient) -> None:
        health = client.get("/healthz").get_json()
        assert health["status"] == "ok"
        assert health["entries"] == 10


class TestChatWithoutScript:
    def test_greets_and_offers_questions_and_phones(self, client: FlaskClient) -> None:
        page = client.get("/chat").text
        assert "Hello! Ask me about your procedure." in page
        assert 'href="/chat?entry=duration"' in page
        assert 'href="tel:+16465550142"' in page
        assert 'href="tel:911"' in page

    def test_answers(self, client: FlaskClient) -> None:
        page = client.post("/chat", data={"question": "how long does it take"}).text
        assert "<strong>one hour</strong>" in page
        assert "The procedure takes about one hour per fracture level treated" in page
        assert 'href="tel:+16465550142"' in page

    def test_leads_from_an_answer_to_another(self, client: FlaskClient) -> None:
        page = client.post("/chat", data={"question": "how long does it take"}).text
        assert '<a href="/chat?entry=overnight-stay">staying overnight</a>' in page

    def test_says_what_ends_at_the_phone_and_what_words_mean(self, practice: Path) -> None:
        glossary = '[hour]\nmeaning = "60 minutes."\nsource = "Us"\nlink = "https://us.test"\n'
        (practice / "glossary.toml").write_text(glossary, "utf-8")
        file = practice / "practice.toml"
        text = file.read_text("utf-8").replace('"overnight-stay"', '"insurance"')
        file.write_text(text, "utf-8")
        with create_app(Service.open(practice, "off")).test_client() as client:
            assert "</a> — call us</li>" in client.get("/chat").text
            page = client.get("/chat?entry=duration").text
        assert "<dt>hour</dt><dd>60 minutes." in page
        assert '<a href="https://us.test">Us</a>' in page

    def test_tells_the_offices_hours(self, client: FlaskClient) -> None:
        assert re.search(r"(Open now, until|Closed now, opens \w+) \d", client.get("/chat").text)

    def test_answers_a_chosen_question(self, client: FlaskClient) -> None:
        assert "gets better at once" in client.get("/chat?entry=pain-relief").text

    def test_says_to_call_911(self, client: FlaskClient) -> None:
        page = client.post("/chat", data={"question": "i cant feel my legs"}).text
        assert "This may be an emergency" in page
        assert '<a class="call" href="tel:911">' in page

    def test_leaves_out_personal_details_and_answers(self, client: FlaskClient) -> None:
        page = client.post("/chat", data={"question": "I am a@b.org, how long does it take"}).text
        assert "left out your personal details" in page
        assert "a@b.org" not in page
        assert "one hour" in page

    def test_hears_danger_beside_a_phone_number(self, client: FlaskClient) -> None:
        page = client.post("/chat", data={"question": "can't feel legs 917-555-0134"}).text
        assert '<a class="call" href="tel:911">' in page
        assert "917-555-0134" not in page

    def test_says_gently_what_may_be_danger(self, client: FlaskClient) -> None:
        page = client.post("/chat", data={"question": "nie czuję nóg"}).text
        assert '<div class="caution" lang="pl"' in page
        assert 'href="tel:911"' in page

    def test_what_must_be_seen_today_has_no_button_to_call_911(self, client: FlaskClient) -> None:
        page = client.post("/chat", data={"question": "my wound is infected and leaks pus"}).text
        assert "Please be seen today" in page
        assert 'class="call"' not in page

    def test_answers_what_is_no_emergency(self, client: FlaskClient) -> None:
        typed = {"question": "i cant feel my legs, how long does it take"}
        assert 'name="not_emergency"' in client.post("/chat", data=typed).text
        page = client.post("/chat", data={**typed, "not_emergency": "1"}).text
        assert "This may be an emergency" not in page
        assert '<div class="caution"' in page

    @pytest.mark.parametrize(
        "question", ["", "  ", "\x00", "\ud800", "x" * 2100, "<script>x</script>"]
    )
    def test_survives_anything(self, client: FlaskClient, question: str) -> None:
        data = {"question": question.encode("utf-8", "surrogatepass")}
        response = client.post("/chat", data=data)
        assert response.status_code == 200
        assert "<script>x" not in response.text
        assert 'href="tel:+16465550142"' in response.text

    @pytest.mark.parametrize(
        ("question", "status", "says"),
        [
            ("x" * 2100, 200, "100 characters too long"),
            (" ", 200, "Please type a question"),
            ("\x00", 200, "Please type a question"),
            ("xyzzy plugh", 200, "Our office"),
            ("do u take medicare", 200, "insurance"),
            ("x" * 200_000, 413, "Something went wrong"),
        ],
        ids=lambda value: str(value)[:20],
    )
    def test_says_whom_to_call_in_danger_where_it_has_no_answer(
        self, client: FlaskClient, question: str, status: int, says: str
    ) -> None:
        response = client.post("/chat", data={"question": question})
        assert response.status_code == status
        assert says in response.text
        assert IN_DANGER.search(response.text)
        assert 'href="tel:+16465550142"' in response.text

    def test_says_so_too_where_an_entry_is_gone_or_something_breaks(
        self, client: FlaskClient, bot: Bot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert IN_DANGER.search(client.get("/chat?entry=gone").text)
        monkeypatch.setattr(bot, "ask", lambda *_args, **_named: 1 / 0)
        response = client.post("/chat", data={"question": "never asked before either"})
        assert response.status_code == 500
        assert IN_DANGER.search(response.text)
        assert 'href="tel:+16465550142"' in response.text
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]

    @pytest.mark.parametrize(
        ("question", "kept"), [("how long?", "how long?"), ("x" * 200_000, "")]
    )
    def test_keeps_the_question_where_too_many_ask(
        self, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, question: str, kept: str
    ) -> None:
        def refuse() -> str:
            raise TooManyRequests("Please try again in a minute.", retry_after=60)

        monkeypatch.setitem(client.application.view_functions, "faqbot.chat", refuse)
        response = client.post("/chat", data={"question": question})
        assert response.status_code == 429
        assert response.headers["Retry-After"] == "60"
        assert "Please try again in a minute." in response.text
        assert f">{kept}</textarea>" in response.text
        assert IN_DANGER.search(response.text)

    def test_says_so_too_in_a_pause(self, practice: Path) -> None:
        service = Service.open(practice, "off")
        workspace = Workspace(practice)
        workspace.create_hidden_folder()
        workspace.pause("Ann Lee")
        service.live.refresh()
        client = create_app(service).test_client()
        for response in (client.post("/chat", data={"question": "how long"}), client.get("/faq")):
            assert "paused right now" in response.text
            assert IN_DANGER.search(response.text)
        service.close()

    def test_survives_an_entry_that_is_gone(self, client: FlaskClient) -> None:
        response = client.get("/chat?entry=gone")
        assert response.status_code == 404
        assert 'href="tel:+16465550142"' in response.text


class TestFaqPage:
    def test_names_every_question_in_its_index_and_has_the_box(self, client: FlaskClient) -> None:
        page = client.get("/faq").text
        index = page[page.index("<nav") : page.index("</nav>")]
        for entry_id in re.findall('<article id="([^"]+)"', page):
            assert f'<a href="#{entry_id}">' in index
        assert re.search(r'<script src="/widget-\w+\.js" defer>', page)
        assert "What we are asked most" in page

    def test_holds_every_entry_that_visitors_may_read(self, client: FlaskClient, bot: Bot) -> None:
        page = client.get("/faq").text
        for entry in bot.knowledge.entries:
            assert (f'id="{entry.id}"' in page) is (entry.role != "small-talk")

    def test_describes_its_answers_to_search_engines(self, client: FlaskClient) -> None:
        page = client.get("/faq").text
        start = page.index('<script type="application/ld+json">')
        data = json.loads(page[page.index(">", start) + 1 : page.index("</script>", start)])
        assert data["@context"] == "https://schema.org"
        assert data["@type"] == "FAQPage"
        names = [question["name"] for question in data["mainEntity"]]
        assert names[0] == "How long does the procedure take?"
        assert "Do you take my insurance?" not in names
        for question in data["mainEntity"]:
            assert question["@type"] == "Question"
            assert question["acceptedAnswer"]["@type"] == "Answer"
            assert question["acceptedAnswer"]["text"]

    def test_says_where_it_lives_and_when_it_changed(self, client: FlaskClient) -> None:
        response = client.get("/faq")
        assert '<link rel="canonical" href="http://localhost/faq">' in response.text
        assert "Last-Modified" in response.headers
        assert "<time datetime=" in response.text


class TestOnAPracticesOwnSite:
    @pytest.fixture
    def site(self, bot: Bot) -> FlaskClient:
        app = Flask("site")
        app.register_blueprint(blueprint(bot), url_prefix="/questions")
        return app.test_client()

    def test_answers_below_its_own_path(self, site: FlaskClient) -> None:
        reply = site.post("/questions/api/ask", json={"question": "how long does it take"})
        assert reply.get_json()["kind"] == "answer"

    def test_links_below_its_own_path(self, site: FlaskClient) -> None:
        assert '<script src="/questions/widget-' in site.get("/questions/").text

    def test_shows_its_own_pages_and_the_site_its_own_whatever_their_names(
        self, practice: Path
    ) -> None:
        """As far as Flask goes, all templates of a site are in one folder."""
        password.set_password(Workspace(practice), "a long enough password")
        app = Flask("site")
        names = ["base.html", "chat.html", "faq.html", "parts.html", "staff/base.html"]
        app.jinja_loader = DictLoader({name: f"the site's {name}" for name in names})
        service = Service.open(practice, "off")
        app.register_blueprint(blueprint(service), url_prefix="/questions")
        staff.install(app, lambda: service, url_prefix="/desk", name="desk")
        app.add_url_rule("/faq", "faq", lambda: render_template("faq.html"))
        client = app.test_client()
        for path in ("/questions/", "/questions/chat", "/questions/faq", "/desk/sign-in"):
            page = client.get(path).text
            assert "<main" in page, path
            assert "the site" not in page, path
        assert client.get("/faq").text == "the site's faq.html"
        service.close()

    def test_names_the_phones_where_something_is_wrong(self, site: FlaskClient) -> None:
        response = site.post("/questions/api/ask", data="")
        assert response.status_code == 400
        tells_whom_to_call(response.get_json())

    def test_leaves_the_sites_own_pages_alone(self, site: FlaskClient) -> None:
        response = site.get("/elsewhere")
        assert response.status_code == 404
        assert "Content-Security-Policy" not in response.headers


@pytest.mark.parametrize("text", PERSONAL["personal"])
def test_leaves_out_personal_details(bot: Bot, text: str) -> None:
    left = blank(text, bot.knowledge.practice.phones)
    assert BLANK in left
    assert blank(left, bot.knowledge.practice.phones) == left


@pytest.mark.parametrize("text", PERSONAL["fine"])
def test_lets_ordinary_questions_through(bot: Bot, text: str) -> None:
    assert blank(text, bot.knowledge.practice.phones) == text
