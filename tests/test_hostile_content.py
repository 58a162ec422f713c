"""Harm by what is sent: names that lead elsewhere, words that are more than words, and bombs."""

from __future__ import annotations

import csv
import io
import json
import select
import shutil
import socket
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest
from werkzeug.routing import Rule

from faqbot.editing import draft as drafts
from faqbot.editing import versions
from faqbot.editing.workspace import fingerprint, text_of
from faqbot.journal import Journal
from faqbot.serving import logs
from faqbot.text import limit_accents
from tests.conftest import PRACTICE
from tests.desk import CHEAP, PASSWORD, WHO, Desk
from tests.house import House, address, addresses, desk_rules
from tests.servers import Client, serving
from tests.waiting import PATIENCE, wait_until

CASES = json.loads((Path(__file__).parent / "cases" / "hostile.json").read_text("utf-8"))
MARKUP = "'\"></textarea></title><script>alert(1)</script><img src=x onerror=alert(1)> {{7*191}}"
PUBLIC = ("/", "/faq", "/chat", "/chat?entry=duration", "/chat?entry=%3Cscript%3E", "/sitemap.xml")


@pytest.fixture
def house(practice: Path) -> Iterator[House]:
    house = House(practice)
    yield house
    house.close()


@pytest.fixture
def desk(house: House) -> Desk:
    return house.signed_in()


def draft_text(desk: Desk, name: str = "procedure.md") -> str:
    return text_of(drafts.read(desk.workspace).files[name])


def save_file(desk: Desk, name: str, text: str) -> None:
    before = fingerprint(draft_text(desk, name))
    assert desk.post(f"/files/{name}", text=text, base_fingerprint=before).status_code == 303


# names that lead elsewhere

NAMED = [rule for rule in desk_rules() if "<" in rule.rule]
FIELDS = [
    ("/answers/new", "file"), ("/answers/none", "file"), ("/page/procedure/quote", "id"),
    ("/reviews", "id"), ("/unanswered/triage", "entry"), ("/unanswered/undo", "question"),
    ("/publish", "draft"), ("/versions/0001/restore", "folder"),
]  # fmt: skip


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk for what must not change anything; beside its folder lies what nobody may read."""
    root = tmp_path_factory.mktemp("shared")
    hidden = shutil.ignore_patterns(".faqbot")
    house = House(shutil.copytree(PRACTICE, root / "hill", ignore=hidden))
    (root / "secret.md").write_text("TOP SECRET")
    (root / "passwd").write_text("TOP SECRET")
    yield house.signed_in()
    house.close()


def betrays(desk: Desk, text: str) -> list[str]:
    key = (desk.workspace.hidden / "secret").read_text()
    return [secret for secret in ("TOP SECRET", "root:", CHEAP, key) if secret in text]


@pytest.mark.parametrize("rule", NAMED, ids=str)
def test_no_name_in_an_address_leads_out_of_the_folder(shared: Desk, rule: Rule) -> None:
    form = {"text": "x", "question": "Is it?", "do": "save", "csrf_token": shared.token}
    with shared.bed.unharmed():
        for name in CASES["names"]:
            raw = [address(rule, name)] if "?" not in name else []
            for path in (*raw, address(rule, quote(name, safe=""))):
                for method in {"GET", "POST"} & (rule.methods or set()):
                    answer = shared.browser.open(path, method=method, data=form)
                    assert answer.status_code in (303, 308, 400, 404, 405, 409, 422), path
                    assert answer.status_code != 303 or answer.location.startswith("/staff/")
                    assert not betrays(shared, answer.text)


@pytest.mark.parametrize(("path", "field"), FIELDS)
def test_no_name_in_a_form_does(shared: Desk, path: str, field: str) -> None:
    form = {"question": "Is it warm?", "action": "phrasing", "old": "x", "new": "y"}
    with shared.bed.unharmed():
        for name in CASES["names"]:
            answer = shared.post(path, {**form, field: name})
            assert answer.status_code in (303, 400, 404, 409, 422)
            assert not betrays(shared, answer.text)


@pytest.mark.parametrize("name", CASES["names"], ids=ascii)
def test_no_name_that_a_script_sends_does(shared: Desk, name: str) -> None:
    with shared.bed.unharmed():
        for sent in ({"name": name, "text": "x"}, {"file": name, "question": "Is it warm?"}):
            assert shared.post_json("/preview", sent).json.keys() == {"error"}
        assert shared.get("/dry-run", version=name).status_code == 409
        for path in ("/answers/new", "/page", "/unanswered", "/versions"):
            answer = shared.get(path, file=name, stem=name, about=name, page=name, version=name)
            assert answer.status_code == 200
            assert not betrays(shared, answer.text)


@pytest.mark.parametrize("begin", ["", "/staff", "/staff/files", "/staff/versions", "/api/entries"])
def test_the_hidden_room_has_no_address(shared: Desk, begin: str) -> None:
    for name in ("password", "secret", "journal.sqlite", "versions/0001/practice.toml", ""):
        for room in ("/.faqbot/", "/./.faqbot/", "/x/../.faqbot/", "/%2efaqbot/", "/%2f.faqbot/"):
            answer = shared.browser.get(f"{begin}{room}{name}")
            assert answer.status_code in (308, 404), f"{begin}{room}{name}"
            assert not betrays(shared, answer.text)


# links to other places

ROOM = ["draft/files", "draft/base", "draft", "versions", "publishing", "publishing.part",
        "draft.part", "sessions", "lock", "paused", "secret.part",
        "draft/draft.json"]  # fmt: skip


@pytest.mark.parametrize("name", ROOM)
def test_the_desk_follows_no_link_out_of_its_room(desk: Desk, tmp_path: Path, name: str) -> None:
    desk.post("/answers/new", question="Is it warm there?", file="call-the-office.md")
    wait_until(lambda: desk.get("/dry-run").json["over"])
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "procedure.md").write_text("## TOP SECRET {#secret}\n\nx\n")
    link = desk.workspace.hidden / name
    shutil.rmtree(link) if link.is_dir() else link.unlink(missing_ok=True)
    is_file = name in ("lock", "paused", "secret.part", "draft/draft.json")
    link.symlink_to(elsewhere / "procedure.md" if is_file else elsewhere)
    if name == "secret.part":
        (desk.workspace.hidden / "secret").unlink()
    for path in addresses("GET", with_open=True):
        answer = desk.browser.get(f"/staff{path}")
        assert answer.status_code == 503
        assert str(tmp_path) not in answer.text
    for path in addresses("POST"):
        desk.browser.post(f"/staff{path}", data={"question": "Is it?", "text": "x"})
    assert [path.name for path in elsewhere.iterdir()] == ["procedure.md"]
    assert (elsewhere / "procedure.md").read_text() == "## TOP SECRET {#secret}\n\nx\n"


def test_a_version_that_is_a_link_is_none(desk: Desk, tmp_path: Path) -> None:
    files = drafts.read(desk.workspace).files
    first = versions.publish(desk.workspace, {**files, "synonyms.toml": b"# other\n"}, WHO, "")
    link = desk.workspace.versions / "0009"
    shutil.copytree(desk.workspace.versions / first.id, tmp_path / "away")
    link.symlink_to(tmp_path / "away")
    assert "0009" not in [version.id for version in versions.versions(desk.workspace)]
    assert desk.get("/versions/0009").status_code == 404


@pytest.mark.parametrize("name", ["page.md", "sources/page.txt", "sources"])
def test_no_page_shows_what_a_link_in_the_folder_leads_to(
    practice: Path, tmp_path: Path, name: str
) -> None:
    house = House(practice)
    desk = house.signed_in()
    link, elsewhere = practice / name, tmp_path / "elsewhere"
    elsewhere.mkdir()
    for file in ("page.md", "page.txt"):
        (elsewhere / file).write_text("## TOP SECRET {#secret}\n\nTOP SECRET\n")
    if link.is_dir():
        shutil.rmtree(link)
    link.symlink_to(elsewhere if name == "sources" else elsewhere / link.name)
    house.service.live.refresh()
    for path in [*addresses("GET"), "/page/page", "/files/page.md", "/files/sources/page.txt"]:
        assert "TOP SECRET" not in desk.get(path).text
    assert "TOP SECRET" not in desk.browser.get("/faq").text
    house.close()


# words that are more than words


AWAY = ("javascript", "data:", "vbscript", "file:", "//", "/\\")


class Page(HTMLParser):
    """What a browser would make of a page that it should not."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        script = tag == "script" and not given.get("src") and given.get("type") is None
        if script or tag in ("img", "iframe", "object", "embed", "base", "style", "frame"):
            self.wrong.append(f"<{tag}>")
        self.wrong += [f"{name}=" for name in given if name.startswith("on") or name == "style"]
        for name in ("href", "src", "action", "formaction", "data", "xlink:href"):
            value = given.get(name) or ""
            self.links += [value] if name in given else []
            if value.strip().lower().startswith(AWAY):
                self.wrong.append(f"{name}={value[:20]}")


def assert_tame(html: str) -> None:
    assert Page(html).wrong == []
    assert "1337" not in html, "a template was run"


def test_the_reader_of_these_tests_sees_what_is_wrong() -> None:
    assert Page(MARKUP).wrong == ["<script>", "<img>", "onerror="]
    assert Page('<a href=" JavaScript:x" style=x>').wrong == ["style=", "href= JavaScript:x"]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A practice that has markup in every field that takes words, live and in the draft."""
    hidden = shutil.ignore_patterns(".faqbot")
    folder = shutil.copytree(PRACTICE, tmp_path_factory.mktemp("hostile") / "hill", ignore=hidden)
    toml = (folder / "practice.toml").read_text("utf-8")
    for text in (
        "Hill Street Spine",
        "Hello! Ask me about your procedure.",
        "Front desk",
        "Book a visit",
    ):
        toml = toml.replace(f'"{text}"', f"'''{text[:5]}{MARKUP}'''", 1)
    (folder / "practice.toml").write_text(f'review_every = "12 months"\n{toml}', "utf-8")
    page = (folder / "procedure.md").read_text("utf-8")
    page = page.replace("How long does the procedure take?", f"How long does {MARKUP} take?")
    page = page.replace("- how long does it take", f"- how long {MARKUP}")
    page = page.replace("> The procedure", f"> {MARKUP} The procedure")
    page = page.replace("About **one", "About &lt;img src=x&gt; {{7*191}} **one")
    (folder / "procedure.md").write_text(f"# Procedure {MARKUP}\n\n{page}", "utf-8")
    source = (folder / "sources" / "procedure.txt").read_text("utf-8")
    source = source.replace("The procedure takes", f"{MARKUP} The procedure takes")
    (folder / "sources" / "procedure.txt").write_text(source, "utf-8")
    house = House(folder)
    assert MARKUP in house.service.bot.knowledge.practice.name
    files = drafts.read(house.workspace).files
    versions.publish(house.workspace, {**files, "synonyms.toml": b"# one\n"}, MARKUP, MARKUP)
    versions.publish(house.workspace, files, MARKUP, MARKUP)
    house.service.live.refresh()
    desk = house.signed_in(MARKUP[:40])
    _ask_unanswered(house)
    _draft_markup(desk)
    yield desk
    house.close()


def _ask_unanswered(house: House) -> None:
    journal = house.service.journal
    assert journal
    journal.note(f"does it {MARKUP}", "not helpful", "duration", ("duration", 0.0))
    journal.note(f"will my {MARKUP} melt", "not helpful", "cement", ("cement", 0.0))
    house.service.ask("how long does it take")
    house.service.ask(f"who painted {MARKUP}")
    assert journal.flush(PATIENCE)
    assert any("<img" in asked.text for asked in journal.questions())


def _draft_markup(desk: Desk) -> None:
    """Each way of writing into the draft, once."""
    form = {"question": f"Is it {MARKUP}", "file": "call-the-office.md", "phrasings": MARKUP}
    assert desk.post("/answers/new", form).status_code == 303
    text = draft_text(desk).replace("It hardens quickly.", f"It hardens [x](javascript:1) {MARKUP}")
    save_file(desk, "procedure.md", text)
    page = draft_text(desk, "sources/procedure.txt").replace("two small", f"{MARKUP} three small")
    before = fingerprint(draft_text(desk, "sources/procedure.txt"))
    sent = desk.post("/page/procedure", text=page, action="save", base_fingerprint=before)
    assert sent.status_code == 303
    desk.post("/reviews", id="pain-relief", question=MARKUP)  # says so on the next page
    desk.post("/unanswered/triage", question=f"does it {MARKUP}", action="ignore")


QUERY = dict.fromkeys(
    "q question phrasing quote triaged about next file note entry".split(), MARKUP
)


@pytest.mark.parametrize("path", addresses("GET", with_open=True))
def test_no_page_of_the_desk_takes_words_for_markup(hostile: Desk, path: str) -> None:
    for query in ({}, QUERY):
        answer = hostile.browser.get(f"/staff{path}", query_string=query)
        if answer.mimetype == "text/html":
            assert_tame(answer.text)
            assert "&lt;img" in answer.text or answer.status_code in (303, 404)
        assert_tame(hostile.bed.client().browser.get(f"/staff{path}", query_string=query).text)


@pytest.mark.parametrize("path", [path for path in addresses("POST") if path != "/sign-out"])
def test_no_page_that_shows_a_form_again_does(hostile: Desk, path: str) -> None:
    """Refused, in conflict, only looked at, sent without a token, or kept after the session."""
    sent = dict.fromkeys("question phrasings answer quotes text id old new note".split(), MARKUP)
    with hostile.bed.unharmed():
        for do in ("preview", "check") if path != "/answers/new" else ("preview",):
            form = {
                **sent,
                "file": "procedure.md",
                "do": do,
                "base_fingerprint": MARKUP,
                "action": MARKUP,
            }
            assert_tame(hostile.post(path, form).text)
            assert_tame(hostile.browser.post(f"/staff{path}", data=form).text)
            assert_tame(hostile.bed.client().browser.post(f"/staff{path}", data=form).text)


def test_no_reply_to_the_desks_script_does(hostile: Desk) -> None:
    form = {"file": "procedure.md", "question": MARKUP, "answer": MARKUP, "quotes": MARKUP}
    answer = hostile.post_json("/preview", form)
    assert answer.mimetype == "application/json"
    assert_tame(answer.json["html"])


def test_no_page_for_visitors_does(hostile: Desk) -> None:
    for path in PUBLIC:
        answer = hostile.browser.get(path)
        assert_tame(answer.text)
    for question in (MARKUP, f"how long {MARKUP}", MARKUP * 20, "how long does it take"):
        assert_tame(hostile.browser.post("/chat", data={"question": question}).text)
    data = hostile.browser.get("/faq").text.partition('<script type="application/ld+json">')[2]
    assert json.loads(data.partition("</script>")[0])


def test_no_reply_of_the_api_is_a_page(hostile: Desk) -> None:
    replies = [
        hostile.browser.post("/api/ask", json={"question": f"how long {MARKUP}"}),
        hostile.browser.get("/api/entries/duration"),
        hostile.browser.get(f"/api/entries/{quote(MARKUP.replace('/', ''))}"),
        hostile.browser.get("/api/suggest", query_string={"q": f"how long {MARKUP}"}),
        hostile.browser.get("/api/practice"),
    ]
    for reply in replies:
        assert reply.mimetype == "application/json"
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        for entry in reply.json.get("entries", []):
            assert_tame(entry.get("html", ""))


@pytest.mark.parametrize("address", CASES["addresses"], ids=ascii)
def test_an_answer_leads_to_web_pages_and_phones_only(shared: Desk, address: str) -> None:
    for answer in (
        f"[x]({address})",
        f"[x](<{address}>)",
        f"<{address}>",
        f"[x]: {address}\n\n[x]",
    ):
        html = shared.post_json("/preview", {"file": "procedure.md", "answer": answer}).json["html"]
        assert_tame(html)
        assert not [link for link in Page(html).links if not link.startswith(("/", "http"))]


@pytest.mark.parametrize("key", ["schedule_url", "pages", "sites"])
def test_nor_do_the_practices_own_links(shared: Desk, key: str) -> None:
    values = {"schedule_url": '"{}"', "sites": '["{}"]', "pages": '{{procedure = "{}"}}'}
    text = (shared.workspace.folder / "practice.toml").read_text("utf-8")
    for link in ("javascript:alert(1)", "data:text/html,x", "//evil.test", "https:evil"):
        lines = [line for line in text.split("[pages]")[0].split("\n") if not line.startswith(key)]
        changed = "\n".join([f"{key} = {values[key].format(link)}", *lines])
        found = shared.post_json("/preview", {"name": "practice.toml", "text": changed}).json
        assert "address" in str(found["problems"]) or "site" in str(found["problems"])


# words in files that other programs open


def test_no_cell_of_a_spreadsheet_is_a_formula(desk: Desk) -> None:
    journal = desk.bed.service.journal
    assert isinstance(journal, Journal)
    for question in CASES["formulas"]:
        journal.note(question, "not helpful", "duration", ("duration", 0.0))
        journal.note(question, "office", question, (question, 0.2))
        journal.note(question, "answer", question)
    assert journal.flush(PATIENCE)
    exported = io.StringIO()
    journal.export(exported)
    for text in (desk.get("/report.csv").text.lstrip("\ufeff"), exported.getvalue()):
        rows = list(csv.reader(io.StringIO(text)))
        assert len(rows) > len(CASES["formulas"])
        assert not [cell for row in rows for cell in row if cell.startswith(tuple("=+-@\t\r\n"))]


def test_what_visitors_send_holds_no_control_signs_when_it_is_kept(house: House) -> None:
    browser = house.client().browser
    for sent in ("a\x00b\x1b[31mred\x07", "x\r\nSet-Cookie: a=b", "\ud800 half", "\u202eback"):
        body = json.dumps({"id": "duration", "helpful": False, "question": sent})
        assert browser.post("/api/helpful", data=body).status_code == 200
        asked = browser.post("/api/ask", data=json.dumps({"question": sent}))
        assert asked.status_code in (200, 400)
    browser.post("/chat", data={"question": "is there a \x00\x1b[2J pool"})
    journal = house.service.journal
    assert journal
    assert journal.flush(PATIENCE)
    assert journal.lost == 0
    assert len(journal.questions()) >= 4
    assert all(asked.text.isprintable() for asked in journal.questions())


def test_a_name_is_one_line_of_print_wherever_it_is_kept(house: House) -> None:
    desk = house.signed_in(
        "Ann\r\nSet-Cookie: x=y\n## Mine {#mine}\x1b[31m\u202e\u2028Lee" + "x" * 99
    )
    desk.post("/answers/new", question="Is it warm there?", file="call-the-office.md", review="yes")
    desk.post("/pause", paused="yes")
    (change,) = drafts.read(house.workspace).changes
    assert change.who.isprintable()
    assert len(change.who) <= 60
    assert change.who in json.loads(house.workspace.paused.read_text())["who"]
    assert "\n## Mine" not in draft_text(desk, "call-the-office.md")


@pytest.mark.parametrize("log", ["text", "json"])
def test_no_line_of_the_log_is_made_up(
    practice: Path, capsys: pytest.CaptureFixture[str], log: str
) -> None:
    house = House(practice, log=log)
    lies = "%0a2026-01-01T00:00:00Z 0000 GET /staff/ 200"
    headers = {"X-Request-ID": "a b\tc", "User-Agent": "x", "Referer": "y"}
    logs.flush(PATIENCE)
    capsys.readouterr()
    for path in (f"/staff/answers/{lies}", f"/api/entries/{lies}", f"/{lies}", f"/faq?{lies}"):
        answer = house.client().browser.get(path, headers=headers)
        assert "a b" not in answer.headers["X-Request-ID"]
    house.client().sign_in(f"Ann\n{lies}")
    logs.flush(PATIENCE)
    told = capsys.readouterr().err.splitlines()
    assert len(told) >= 6
    assert not [line for line in told if "2026-01-01" in line]
    house.close()


# what somebody who is signed in may not do


def test_no_entry_takes_the_place_of_another(desk: Desk) -> None:
    before = draft_text(desk)
    for question in ("How big? {#duration}", "How big? {#duration} x", "## How big? {#duration}"):
        desk.post("/answers/new", question=question, file="procedure.md", id="duration", answer="x")
    for field in ("phrasings", "answer", "quotes", "reviewed"):
        for end in ("\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\n\n- a\n"):
            form = {field: f"x{end}## How big? {{#duration}}{end}{end}Fake{end}"}
            desk.post("/answers/new", {"question": "Is it?", "file": "procedure.md", **form})
    desk.post(
        "/answers/overnight-stay", question="Is it?", file="procedure.md", base_fingerprint="0" * 16
    )
    after = draft_text(desk)
    assert after.startswith(before.rstrip("\n"))
    ids = [line.rpartition("{#")[2] for line in after.splitlines() if line.startswith("## ")]
    assert len(ids) == len(set(ids))


def test_nothing_is_published_by_who_has_not_seen_it(desk: Desk) -> None:
    phrasing = "- how long does it take\n"
    moved = draft_text(desk).replace(phrasing, "", 1)
    moved = moved.replace("- do I stay over night\n", f"- do I stay over night\n{phrasing}")
    save_file(desk, "procedure.md", moved)
    wait_until(lambda: desk.get("/dry-run").json["over"])
    draft = drafts.read(desk.workspace)
    digest = drafts.knowledge.digest(draft.files)
    forged = [["*"], ["all"], ["1", "true"], ["../"], [""], [MARKUP], [digest]]
    for seen in forged:
        assert desk.post("/publish", draft=digest, seen=seen).status_code == 422
    for shown in ("", "x", "../", drafts.knowledge.digest(draft.base)):
        desk.post("/publish", draft=shown, seen=[f"{n:016x}" for n in range(99)])
        desk.post("/draft/discard", draft=shown)
    assert versions.versions(desk.workspace) == []
    assert drafts.read(desk.workspace).files == draft.files


def test_no_earlier_version_comes_back_unseen(desk: Desk) -> None:
    files = drafts.read(desk.workspace).files
    versions.publish(desk.workspace, {**files, "synonyms.toml": b"# other\n"}, WHO, "")
    kept = len(versions.versions(desk.workspace))
    for folder in ("", "x", "0" * 64):
        assert desk.post("/versions/0001/restore", folder=folder).status_code == 303
    for name in CASES["names"]:
        desk.post(f"/versions/{quote(name, safe='')}/restore", folder="x")
    assert len(versions.versions(desk.workspace)) == kept


# bombs


@pytest.mark.parametrize("field", ["question", "phrasings", "answer", "quotes", "reviewed"])
def test_no_text_in_a_field_takes_long_to_look_at(shared: Desk, field: str) -> None:
    for text in CASES["bombs"]:
        form = {"file": "procedure.md", "question": "Is it?", "answer": "x"}
        long = (text * 20_000)[:20_000]
        began = time.thread_time()
        assert shared.post_json("/preview", {**form, field: long}).status_code == 200
        assert time.thread_time() - began < 10, text


@pytest.mark.parametrize("name", ["procedure.md", "practice.toml", "examples.jsonl"])
def test_no_text_of_a_file_takes_long_to_look_at(shared: Desk, name: str) -> None:
    for text in CASES["bombs"]:
        began = time.thread_time()
        sent = {"name": name, "text": (text * 20_000)[:20_000]}
        assert shared.post_json("/preview", sent).status_code == 200
        assert time.thread_time() - began < 10, text


ACCENTS = "\u0315\u0300" * 20_000


@pytest.mark.parametrize(
    "sent",
    [{"file": "procedure.md", "question": f"a{ACCENTS}"},
     {"file": "procedure.md", "question": "a", "phrasings": f"a{ACCENTS}"},
     {"file": "procedure.md", "question": "a", "quotes": f"a{ACCENTS}", "answer": f"a{ACCENTS}"},
     {"file": "procedure.md", "question": "\u0f73" * 20_000},
     {"name": "examples.jsonl", "text": json.dumps({"question": ACCENTS, "accept": ["office"]})},
     {"name": "practice.toml", "text": f"name = {json.dumps(ACCENTS)}\n"},
     {"name": "practice.toml", "text": "1." * 200_000},
     {"name": "synonyms.toml", "text": "a." * 200_000 + "a = 1"}],
    ids=lambda sent: " ".join(sent),
)  # fmt: skip
def test_what_grows_with_the_square_is_cut_short(shared: Desk, sent: dict[str, str]) -> None:
    """Accents to be sorted took 30 s of this size, a name of so many parts 20 s."""
    began = time.thread_time()
    assert shared.post_json("/preview", sent).status_code == 200
    assert time.thread_time() - began < 5


def test_no_letter_that_is_written_loses_an_accent() -> None:
    vietnamese, marks = "Có phải nằm lại qua đêm không?", "a" + "\u0300" * 30
    assert limit_accents(vietnamese) == vietnamese
    assert limit_accents(marks) == marks
    assert limit_accents(marks + "\u0300\u0315b") == f"{marks}b"
    assert limit_accents("\u4f60\u597d" * 100) == "\u4f60\u597d" * 100
    assert len(limit_accents("\u0f73" * 100)) == 30


@pytest.mark.parametrize("path", ["/api/ask", "/chat", "/api/suggest"])
def test_no_question_takes_long_to_answer(shared: Desk, path: str) -> None:
    for text in CASES["bombs"]:
        question = (text * 500)[:500]
        sent = (
            {"data": {"question": question}}
            if path == "/chat"
            else {
                "data": json.dumps(
                    {"question": question, "q": question}, ensure_ascii=False
                ).encode()
            }
        )
        began = time.thread_time()
        assert shared.browser.post(path, **sent).status_code in (200, 400)
        assert time.thread_time() - began < 2, text


@pytest.mark.parametrize("number", [1_000, pytest.param(10_000, marks=pytest.mark.long)])
def test_a_draft_of_thousands_of_entries_is_shown_in_time(desk: Desk, number: int) -> None:
    """Without quotes, so that each has a problem of its own."""
    entries = (
        f"## Is {n} more than {n * 7919 % 10_007}? {{#q{n}}}\n\nIt is.\n\n" for n in range(number)
    )
    save_file(desk, "procedure.md", "".join(entries))
    for path in ("/publish", "/answers", "/", "/page/procedure"):
        began = time.thread_time()
        assert desk.get(path).status_code == 200
        assert time.thread_time() - began < number / 500, path


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_nothing_packed_is_unpacked(shared: Desk, encoding: str) -> None:
    body = b"\x1f\x8b\x08\x00" + b"\x00" * 900
    headers = {"Content-Encoding": encoding}
    assert shared.browser.post("/api/ask", data=body, headers=headers).status_code == 400
    assert shared.browser.post("/staff/sign-in", data=body, headers=headers).status_code == 400


# the wire


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A real server."""
    hidden = shutil.ignore_patterns(".faqbot")
    folder = shutil.copytree(PRACTICE, tmp_path_factory.mktemp("wire") / "hill", ignore=hidden)
    house = House(folder)
    house.close()
    with serving("--knowledge", str(folder), FAQBOT_LOG="off") as server:
        yield server.port


def say(port: int, *parts: bytes) -> bytes:
    """What the server answers, until it closes the connection or says no more."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as line:
        heard = b""
        try:
            for part in parts:
                line.sendall(part)
            while more := line.recv(65536):
                heard += more
        except (TimeoutError, ConnectionError):
            pass
        return heard


HEAD = b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"


def test_a_huge_header_is_refused(port: int) -> None:
    assert b" 431 " in say(port, b"GET /staff/" + HEAD, b"X-Long: " + b"x" * 300_000, b"\r\n\r\n")
    assert b" 4" in say(port, b"GET /staff/" + b"x" * 300_000 + HEAD + b"\r\n")[:14]


def test_a_huge_body_is_refused_however_it_is_sent(port: int) -> None:
    post = b"POST /staff/sign-in" + HEAD + b"Content-Type: application/x-www-form-urlencoded\r\n"
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    assert b" 413 " in say(port, post + b"Content-Length: 99999999\r\n\r\n")
    assert b" 413 " in say(
        port, post + b"Transfer-Encoding: chunked\r\n\r\n", chunk * 40, b"0\r\n\r\n"
    )


def test_no_address_writes_a_header(port: int) -> None:
    for path in (b"/staff/%0d%0aX-Broken:%20y", b"/staff/answers/%0d%0aX-Broken:%20y?%0d%0aX=1",
                 b"/staff?%0d%0aX-Broken:%20y", b"//evil.test/%0d%0aX-Broken:%20y"):  # fmt: skip
        heard = say(port, b"GET " + path + HEAD + b"\r\n")
        assert heard.startswith(b"HTTP/1.1 ")
        head = heard.partition(b"\r\n\r\n")[0].lower()
        assert b"\r\nx-broken" not in head
        assert b"location: //" not in head


def test_who_stops_halfway_keeps_nobody_waiting(port: int) -> None:
    head = b"POST /staff/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 90\r\n\r\nx"
    stalled = [socket.create_connection(("127.0.0.1", port), PATIENCE) for _ in range(60)]
    for place, line in enumerate(stalled):
        line.sendall(head[: 1 + place % len(head)])
    honest = Client(port)
    assert honest.ask("how long does it take")[0] == 200
    assert select.select(stalled, [], [], 0)[0] == []  # none of them had been given up
    honest.close()
    for line in stalled:
        line.close()


def test_the_desk_on_the_wire_wants_the_password_too(port: int) -> None:
    for path in (
        b"/staff/",
        b"http://localhost/staff/publish",
        b"/staff//",
        b"/STAFF/",
        b"/staff/%2e/",
    ):
        heard = say(port, b"GET " + path + HEAD + b"Authorization: Basic eDp4\r\n\r\n")
        assert b" 200 " not in heard[:14]
        assert PASSWORD.encode() not in heard
