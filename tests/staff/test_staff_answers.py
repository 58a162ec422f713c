"""The desk's pages for one entry, the list of them, whole files, the first page, the pause."""

from __future__ import annotations

from pathlib import Path

import pytest

from faqbot import knowledge
from faqbot.editing import draft as drafts
from faqbot.journal import Journal
from faqbot.knowledge import Entry
from faqbot.staff import files
from faqbot.staff.entry import NOT_SAVED, REMOVED
from tests.desk import Bed, Desk, signed_in
from tests.waiting import PATIENCE

QUOTE = "The surgeon makes two small incisions"


@pytest.fixture
def desk(practice: Path) -> Desk:
    return signed_in(practice)


def fields(desk: Desk, entry_id: str) -> dict[str, str]:
    """What a browser would send of the entry's form, unchanged."""
    return form_of(desk.get(f"/answers/{entry_id}").text)


def form_of(page: str) -> dict[str, str]:
    from html.parser import HTMLParser

    class Form(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.values: dict[str, str] = {}
            self.inside = False
            self.area = ""

        def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
            has = dict(pairs)
            self.inside |= tag == "form" and ("data-guard" in has)
            name = has.get("name") or ""
            boxed = has.get("type") in ("checkbox", "radio")
            if self.inside and tag == "input" and name and (not boxed or "checked" in has):
                self.values[name] = has.get("value") or ""
            if self.inside and tag == "textarea":
                self.area = name
                self.values[name] = ""

        def handle_data(self, data: str) -> None:
            if self.area:
                self.values[self.area] += data

        def handle_endtag(self, tag: str) -> None:
            if tag == "textarea":
                self.values[self.area] = self.values[self.area].removeprefix("\n")
                self.area = ""
            self.inside &= tag != "form"

    parser = Form()
    parser.feed(page)
    return parser.values


def drafted(desk: Desk, entry_id: str) -> Entry:
    """The entry as the draft's files have it."""
    found, problems = knowledge.read(desk.workspace.draft_files)
    assert found, problems
    return next(entry for entry in found.entries if entry.id == entry_id)


# the list


def test_the_list_has_every_entry_by_its_file(desk: Desk) -> None:
    page = desk.get("/answers").text
    for entry in knowledge.load(desk.workspace.folder).entries:
        assert f'href="/staff/answers/{entry.id}"' in page
    assert "Only the office can answer" in page
    assert 'href="/staff/files/synonyms.toml"' in page


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("how much does it cost", "cost"),  # as a visitor would ask
        ("bone cement", "cement"),  # of the question
        ("overnight-stay", "overnight-stay"),  # an id
        ("MEDICARE", "insurance"),  # of a phrasing only
        ("i cant feel my legs", "legs"),  # what the alarm knows
    ],
)
def test_an_entry_is_found(desk: Desk, typed: str, first: str) -> None:
    page = desk.get("/answers", q=typed).text
    assert f'href="/staff/answers/{first}"' in page
    links = [part.split('"')[0] for part in page.split('href="/staff/answers/')[1:]]
    assert next(link for link in links if link != "new") == first


def test_what_is_not_found_can_become_a_new_entry(desk: Desk) -> None:
    page = desk.get("/answers", q="zzqx <b>").text
    assert "Nothing found for “zzqx &lt;b&gt;”" in page
    assert "new?question" not in page
    form = desk.post("/answers/new", question="zzqx <b>", do="begin").text
    assert 'value="zzqx &lt;b&gt;"' in form


def test_the_list_says_how_often_and_how_helpful(practice: Path, tmp_path: Path) -> None:
    journal = Journal(f"sqlite:///{tmp_path / 'journal.sqlite'}")
    for _ in range(3):
        journal.note("how long", "answer", "duration")
    journal.note("", "helpful", "duration", ("duration", 0.0))
    journal.note("", "not helpful", "duration", ("duration", 0.0))
    assert journal.flush(PATIENCE)
    page = signed_in(practice, journal=journal).get("/answers").text
    row = page[page.index("/staff/answers/duration") :].partition("</tr>")[0]
    assert 'data-label="Asked">3<' in row
    assert 'data-label="Helpful">1 of 2<' in row
    journal.close()


def test_the_list_shows_what_is_changed_new_and_to_mend(desk: Desk) -> None:
    desk.post("/answers/duration", {**fields(desk, "duration"), "answer": "About one hour, or so."})
    desk.post("/answers/cement", {**fields(desk, "cement"), "quotes": "It is not on the page."})
    page = desk.get("/answers").text
    row = page[page.index("/staff/answers/duration") :].partition("</tr>")[0]
    assert "changed, not live yet" in row
    row = page[page.index("/staff/answers/cement") :].partition("</tr>")[0]
    assert "1 to fix" in row


# one entry


def test_a_form_that_is_saved_unchanged_changes_nothing(desk: Desk) -> None:
    for entry in knowledge.load(desk.workspace.folder).entries:
        answer = desk.post(f"/answers/{entry.id}", fields(desk, entry.id))
        assert answer.status_code == 303
    assert drafts.read(desk.workspace).empty


def test_a_change_is_saved_in_the_draft_under_a_name(desk: Desk) -> None:
    form = fields(desk, "duration")
    answer = desk.post("/answers/duration", {**form, "answer": "It takes about **one hour**."})
    assert answer.location == "/staff/answers/duration"
    assert files.SAVED in desk.follow(answer).text
    assert drafted(desk, "duration").html == "<p>It takes about <strong>one hour</strong>.</p>"
    (change,) = drafts.read(desk.workspace).changes
    assert change.who == "Ann Lee"
    live = desk.bed.service.ask("how long does it take")
    assert live.entries[0].text.startswith("About one hour for")


def test_phrasings_are_one_a_line_with_or_without_dash(desk: Desk) -> None:
    typed = "how long\r\n- how many minutes \r\n\r\n• is it quick\r\nhow long"
    desk.post("/answers/duration", {**fields(desk, "duration"), "phrasings": typed})
    assert drafted(desk, "duration").phrasings == ("how long", "how many minutes", "is it quick")


def test_ticking_the_box_reviews_it(desk: Desk) -> None:
    desk.post("/answers/duration", {**fields(desk, "duration"), "review": "yes"})
    entry = drafted(desk, "duration")
    assert entry.reviewed
    assert entry.reviewed_by == "Ann Lee"


def test_what_is_wrong_is_saved_all_the_same_and_told_at_its_field(desk: Desk) -> None:
    form = {**fields(desk, "incisions"), "quotes": "The surgeon makes three incisions"}
    page = desk.follow(desk.post("/answers/incisions", form)).text
    assert files.SAVED_WITH_PROBLEMS in page
    told = page[page.index('id="problems-quotes"') :].partition("</div>")[0]
    assert "The page does not say this, word for word" in told
    assert f"The nearest passage is: “{QUOTE}”" in told
    assert form_of(page)["quotes"] == "The surgeon makes three incisions"


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("answer", "It takes 3 hours.", "The number “3” is in the answer but not in its quote."),
        ("answer", "See [this](#nowhere).", "but no question has this id"),
        ("answer", "<b>now</b>", "There is HTML in this line"),
        ("answer", "", "This question has no answer"),
        ("quotes", "", "has no quote from the page"),
        ("phrasings", "how much is the surgery", "is also listed under"),
    ],
)
def test_a_problem_stands_at_the_field_to_mend(
    desk: Desk, field: str, typed: str, told: str
) -> None:
    sent = {**fields(desk, "duration"), field: typed, "do": "preview"}
    page = desk.post("/answers/duration", sent).text
    beside = page[page.index(f'id="problems-{field}"') :].partition("</div>")[0]
    assert told in beside or told in page[page.index('id="summary"') :].partition("</div>")[0]
    assert not desk.workspace.draft.exists()


@pytest.mark.parametrize(
    ("field", "typed"),
    [("question", ""), ("answer", "Fine.\n\n## Another question?\n\nYes."),
     ("answer", "Also asked:\n\n- x"), ("answer", "> a quote")],
)  # fmt: skip
def test_what_cannot_be_written_is_not_lost(desk: Desk, field: str, typed: str) -> None:
    page = desk.post("/answers/duration", {**fields(desk, "duration"), field: typed})
    assert page.status_code == 422
    assert NOT_SAVED in page.text
    assert form_of(page.text)[field] == typed
    assert not desk.workspace.draft.exists()


def test_an_entry_that_is_not_there_is_told(desk: Desk) -> None:
    assert desk.get("/answers/no-such-entry").status_code == 404


def test_html_in_an_entry_is_shown_as_text(desk: Desk) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    sent = {**fields(desk, "duration"), "question": evil, "answer": evil, "phrasings": evil}
    for page in (
        desk.post("/answers/duration", {**sent, "do": "preview"}),
        desk.follow(desk.post("/answers/duration", sent)),
        desk.get("/answers"),
        desk.get("/answers/duration/remove"),
        desk.get("/"),
        desk.get("/files/procedure.md"),
    ):
        assert "<script>alert" not in page.text
        assert "<img" not in page.text


def test_a_dangerous_link_does_not_become_one(desk: Desk) -> None:
    sent = {**fields(desk, "duration"), "answer": "[x](javascript:alert(1)) [y](data:text/html,z)"}
    page = desk.post("/answers/duration", {**sent, "do": "preview"}).text
    assert 'href="javascript' not in page
    assert 'href="data' not in page


# two people at once


def test_two_people_at_one_entry_lose_nothing(practice: Path) -> None:
    bed = Bed(practice)
    ann, bob = bed.client(), bed.client()
    ann.sign_in("Ann")
    bob.sign_in("Bob")
    anns, bobs = fields(ann, "cement"), fields(bob, "cement")
    ann.post("/answers/cement", {**anns, "answer": "It hardens fast."})
    page = bob.post("/answers/cement", {**bobs, "answer": "It hardens at once."})
    assert page.status_code == 409
    assert "<del>fast.</del>" in page.text
    assert "<ins>at once.</ins>" in page.text
    assert form_of(page.text)["answer"] == "It hardens at once."
    assert drafted(ann, "cement").text == "It hardens fast."
    both = {**form_of(page.text), "answer": "It hardens fast, nearly at once."}
    assert bob.post("/answers/cement", both).status_code == 303
    assert drafted(ann, "cement").text == "It hardens fast, nearly at once."


def test_two_people_at_two_entries_do_not_meet(practice: Path) -> None:
    bed = Bed(practice)
    ann, bob = bed.client(), bed.client()
    ann.sign_in("Ann")
    bob.sign_in("Bob")
    bobs = fields(bob, "cement")
    ann.post("/answers/duration", {**fields(ann, "duration"), "phrasings": "how long"})
    assert bob.post("/answers/cement", {**bobs, "phrasings": "glue"}).status_code == 303
    assert drafted(ann, "duration").phrasings == ("how long",)
    assert drafted(ann, "cement").phrasings == ("glue",)


def test_what_somebody_else_removed_can_be_added_again(practice: Path) -> None:
    bed = Bed(practice)
    ann, bob = bed.client(), bed.client()
    ann.sign_in("Ann")
    bob.sign_in("Bob")
    bobs = {**fields(bob, "cement"), "answer": "It hardens soon."}
    ann.post("/answers/cement/remove", base_fingerprint=fields(ann, "cement")["base_fingerprint"])
    page = bob.post("/answers/cement", bobs)
    assert page.status_code == 409
    assert REMOVED in page.text
    answer = bob.post("/answers/new", form_of(page.text))
    assert answer.status_code == 303
    assert drafted(bob, answer.location.rpartition("/")[2]).text == "It hardens soon."


# a new one, and one less


def test_a_new_entry_goes_to_the_page_that_answers_it(desk: Desk) -> None:
    form = form_of(desk.post("/answers/new", question="Is there a scar?", do="begin").text)
    assert form["question"] == "Is there a scar?"
    sent = {**form, "file": "procedure.md", "phrasings": "will it show",
            "answer": "Two small cuts.", "quotes": QUOTE}  # fmt: skip
    answer = desk.post("/answers/new", sent)
    assert answer.location == "/staff/answers/is-there-a-scar"
    entry = drafted(desk, "is-there-a-scar")
    assert (entry.file, entry.phrasings) == ("procedure.md", ("will it show",))


def test_a_topic_for_the_office_has_no_answer_whatever_is_sent(desk: Desk) -> None:
    sent = {"file": "call-the-office.md", "question": "Is there parking?", "phrasings": "parking",
            "answer": "Yes.", "quotes": "x"}  # fmt: skip
    answer = desk.post("/answers/new", sent)
    entry = drafted(desk, answer.location.rpartition("/")[2])
    assert (entry.role, entry.text, entry.quotes) == (knowledge.Role.PHONE_ONLY, "", ())


def test_a_practice_without_office_topics_can_begin_them(practice: Path) -> None:
    (practice / "call-the-office.md").unlink()
    (practice / "examples.jsonl").unlink()
    desk = signed_in(practice)
    assert "Our office" in desk.get("/answers/new").text
    sent = {"file": "office.md", "question": "Is there parking?"}
    assert desk.post("/answers/new", sent).status_code == 303
    assert drafted(desk, "is-there-parking").file == "office.md"


@pytest.mark.parametrize(
    "file", ["../evil.md", "/etc/passwd", "practice.toml", "new.md", "sources/x.md", ".faqbot/x.md"]
)
def test_a_new_entry_goes_to_no_other_file(desk: Desk, file: str) -> None:
    sent = {"file": file, "question": "Is there parking?", "answer": "x"}
    assert desk.post("/answers/new", sent).status_code == 400
    assert not desk.workspace.draft.exists()


def test_removing_asks_first_and_says_what_breaks(desk: Desk) -> None:
    page = desk.get("/answers/overnight-stay/remove").text
    assert "Remove this entry?" in page
    assert "procedure.md" in page  # a link leads to it
    assert not desk.workspace.draft.exists()
    before = fields(desk, "overnight-stay")["base_fingerprint"]
    answer = desk.post("/answers/overnight-stay/remove", base_fingerprint=before)
    assert "Removed “Do I have to stay" in desk.follow(answer).text
    assert "overnight-stay" not in drafts.read(desk.workspace).files[
        "procedure.md"
    ].decode().replace("(#overnight-stay)", "")


# while typing


def test_the_preview_is_what_a_visitor_gets(desk: Desk) -> None:
    sent = {**fields(desk, "duration"), "answer": "About **one hour**. [Stay](#overnight-stay)"}
    told = desk.post_json("/preview", sent).json
    assert "<strong>one hour</strong>" in told["html"]
    assert 'href="/staff/answers/overnight-stay"' in told["html"]
    assert "(646) 555-0142" in told["html"]
    assert told["problems"] == []
    assert "grade" in told["reading"]


def test_the_preview_tells_problems_by_field(desk: Desk) -> None:
    sent = {**fields(desk, "duration"), "quotes": "not there"}
    (slip,) = [s for s in desk.post_json("/preview", sent).json["problems"] if s["field"]][:1]
    assert slip["field"] in ("quotes", "answer")
    assert not desk.workspace.draft.exists()


@pytest.mark.parametrize(
    "sent",
    [
        {"name": "procedure.md", "text": "## Half \ud800 a character?"},
        {"file": "procedure.md", "id": "", "question": "\ud800", "answer": "\udfff\x00"},
        {"name": "../../etc/passwd", "text": "x"},
        {"file": "/etc/passwd", "id": "duration"},
        {"file": "procedure.md", "id": "no-such"},
    ],
)
def test_the_preview_survives_whatever_is_sent(desk: Desk, sent: dict[str, str]) -> None:
    assert desk.post_json("/preview", sent).status_code == 200


@pytest.mark.parametrize("sent", [[], "x", 1, None, {"text": 1}, {"file": ["x"]}])
def test_the_preview_refuses_what_is_no_form(desk: Desk, sent: object) -> None:
    assert desk.post_json("/preview", sent).status_code == 400


def test_the_preview_needs_the_token(desk: Desk) -> None:
    answer = desk.browser.post("/staff/preview", json={"name": "procedure.md", "text": "x"})
    assert answer.status_code == 400


def test_a_file_is_checked_as_it_is_typed(desk: Desk) -> None:
    text = (desk.workspace.folder / "procedure.md").read_text("utf-8")
    sent = {"name": "procedure.md", "text": text.replace("Also asked:", "Also aksed:", 1)}
    told = desk.post_json("/preview", sent).json["problems"]
    assert told[0]["file"] == "procedure.md"
    assert "Also asked" in told[0]["fix"]
    assert told[0]["line"] == 3
    assert desk.post_json("/preview", {**sent, "text": text}).json["problems"] == []


# whole files


@pytest.mark.parametrize(
    "name",
    ["procedure.md", "practice.toml", "synonyms.toml", "examples.jsonl", "call-the-office.md"],
)
def test_a_whole_file_is_saved_in_the_draft(desk: Desk, name: str) -> None:
    form = form_of(desk.get(f"/files/{name}").text)
    assert form["text"] == (desk.workspace.folder / name).read_text("utf-8")
    answer = desk.post(f"/files/{name}", {**form, "text": form["text"].replace("\n", "\r\n")})
    assert answer.status_code == 303
    assert drafts.read(desk.workspace).empty
    desk.post(f"/files/{name}", {**form, "text": form["text"] + "# more\n"})
    assert drafts.read(desk.workspace).changed == (name,)
    assert drafts.read(desk.workspace).files[name] == form["text"].encode() + b"# more\n"


def test_a_broken_file_is_saved_and_told_by_line(desk: Desk) -> None:
    form = form_of(desk.get("/files/practice.toml").text)
    page = desk.follow(desk.post("/files/practice.toml", {**form, "text": "name = Hill\n"})).text
    assert files.SAVED_WITH_PROBLEMS in page
    assert 'data-line="1"' in page
    assert form_of(page)["text"] == "name = Hill\n"


@pytest.mark.parametrize("journal", ["on", "../other.sqlite", "postgresql://db.elm.example/faqbot"])
def test_a_journal_outside_the_folder_is_told_by_line(desk: Desk, journal: str) -> None:
    form = form_of(desk.get("/files/practice.toml").text)
    text = f'journal = "{journal}"\n{form["text"]}'
    page = desk.follow(desk.post("/files/practice.toml", {**form, "text": text})).text
    assert files.SAVED_WITH_PROBLEMS in page
    assert 'data-line="1"' in page
    assert "journal.sqlite" in desk.get("/publish").text


def test_a_journal_that_counts_as_off_is_told_at_the_desk(practice: Path) -> None:
    file = practice / "practice.toml"
    file.write_text('journal = "on"\n' + file.read_text("utf-8"), "utf-8")
    desk = signed_in(practice)
    assert "“on” is not a place where the journal can be kept" in desk.get("/").text
    assert "“on” is not a place where the journal can be kept" in desk.get("/unanswered").text


def test_a_file_can_be_checked_without_script_and_without_saving(desk: Desk) -> None:
    form = form_of(desk.get("/files/synonyms.toml").text)
    page = desk.post("/files/synonyms.toml", {**form, "text": "x = 1\n", "do": "check"}).text
    assert "to fix before publishing" in page
    assert form_of(page)["text"] == "x = 1\n"
    assert not desk.workspace.draft.exists()


def test_two_people_at_one_file_lose_nothing(desk: Desk) -> None:
    form = form_of(desk.get("/files/synonyms.toml").text)
    desk.post("/files/synonyms.toml", {**form, "text": form["text"] + 'spine = ["back bone"]\n'})
    page = desk.post("/files/synonyms.toml", {**form, "text": form["text"] + 'op = ["surgery"]\n'})
    assert page.status_code == 409
    assert "back bone" in page.text
    again = form_of(page.text)
    assert again["text"].endswith('op = ["surgery"]\n')
    assert desk.post("/files/synonyms.toml", again).status_code == 303


@pytest.mark.parametrize(
    "name",
    ["../secret.md", "..%2Fsecret.md", "%2e%2e/secret.md", "....//secret.md", "/etc/passwd",
     ".faqbot/password", ".faqbot/secret", "sources/../.faqbot/password", "notes.docx",
     "procedure.md%00.txt", "CON.md", "procedure.md/", "sources", "", "C:\\x.md"],
)  # fmt: skip
def test_no_other_file_can_be_read_or_written(desk: Desk, tmp_path: Path, name: str) -> None:
    (desk.workspace.folder.parent / "secret.md").write_text("top secret")
    (desk.workspace.folder / "notes.docx").write_text("top secret")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.*") if path.is_file()}
    page = desk.get(f"/files/{name}")
    assert page.status_code in (404, 308, 405), name
    assert "top secret" not in page.text
    assert "scrypt" not in page.text
    assert desk.post(f"/files/{name}", text="x", base_fingerprint="").status_code in (404, 308, 405)
    after = {path: path.read_bytes() for path in before}
    assert after == before
    assert not desk.workspace.draft.exists()


def test_a_link_to_another_file_is_not_shown(desk: Desk, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("top secret")
    (desk.workspace.folder / "linked.md").symlink_to(secret)
    assert "top secret" not in desk.get("/files/linked.md").text
    assert "top secret" not in desk.get("/answers").text


# the first page, and the pause


def test_the_first_page_says_that_all_is_well(desk: Desk) -> None:
    page = desk.get("/").text
    assert "Visitors are getting answers" in page
    assert "There is nothing to publish" in page


def test_the_first_page_shows_what_is_wrong_with_the_folder(desk: Desk) -> None:
    (desk.workspace.folder / "small-talk.md").write_text("## Hello {#hello}\n")
    desk.bed.service.live.refresh()
    page = desk.get("/").text
    assert "Visitors still get the last good version" in page
    assert 'href="/staff/files/small-talk.md?line=1"' in page
    assert "line 1" in page


def test_the_first_page_shows_the_draft(desk: Desk) -> None:
    desk.post("/answers/cement", {**fields(desk, "cement"), "answer": "It hardens soon."})
    page = desk.get("/").text
    assert "1 change waits to be published" in page
    assert "What is the bone cement for?" in page
    assert '<span class="count">1<' in page


def test_the_first_page_shows_what_got_no_answer(practice: Path, tmp_path: Path) -> None:
    journal = Journal(f"sqlite:///{tmp_path / 'journal.sqlite'}")
    for text in ["is there parking", "Is there parking?", "can I fly afterwards"]:
        journal.note(text, "office")
    assert journal.flush(PATIENCE)
    page = signed_in(practice, journal=journal).get("/").text
    assert "2×" in page  # noqa: RUF001
    assert "See all 3 questions" in page
    journal.close()


def test_pausing_asks_first_and_can_be_undone_anywhere(desk: Desk) -> None:
    assert "Pause answering?" in desk.get("/pause").text
    assert desk.bed.service.paused is None
    page = desk.follow(desk.post("/pause", paused="yes")).text
    assert "Ann Lee paused it" in page
    assert desk.bed.service.ask("how long does it take").kind == "office"
    assert "Answering is paused" in desk.get("/answers").text
    desk.post("/pause", paused="no")
    assert "Answering is paused" not in desk.get("/answers").text
    assert desk.bed.service.ask("how long does it take").kind == "answer"
