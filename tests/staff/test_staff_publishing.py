from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from faqbot.editing import draft as drafts
from faqbot.editing import dry_run, triage, versions
from faqbot.editing.workspace import digest, fingerprint, text_of
from faqbot.journal import Journal
from faqbot.staff import try_it
from tests.desk import Bed, Desk, signed_in
from tests.forms import Form, form_of
from tests.waiting import PATIENCE, wait_until

PUBLISH, DISCARD, CONFLICTS = "/staff/publish", "/staff/draft/discard", "/staff/publish/conflicts"
DURATION = "how long does it take"
GLUE, CAT = "is the glue safe", "can I bring my cat"
WORSE = "gets a worse reply"


@pytest.fixture
def desk(practice: Path) -> Desk:
    return signed_in(practice)


def change(desk: Desk, old: str, new: str, who: str = "Ann Lee") -> None:
    """Change the draft of procedure.md."""
    text = text_of(drafts.read(desk.workspace).files["procedure.md"])
    assert old in text
    before = fingerprint(text)
    what = "Changed procedure.md."
    changed = text.replace(old, new)
    drafts.save_file(desk.workspace, "procedure.md", changed, before, who, what)


def edit_by_hand(desk: Desk, old: str, new: str) -> None:
    """Change procedure.md in the folder itself, as with a text editor."""
    file = desk.workspace.folder / "procedure.md"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
    desk.bed.service.live.refresh()


def make_worse(desk: Desk) -> None:
    """Let another entry answer the practice's one example."""
    change(desk, f"- {DURATION}\n", "")
    change(desk, "- do I stay over night\n", f"- do I stay over night\n- {DURATION}\n")


def look(desk: Desk, path: str = "/publish") -> str:
    """The page, once the examples were asked."""
    wait_until(lambda: desk.get("/dry-run").get_json()["over"])
    return desk.get(path).text


def sent(form: Form, **more: object) -> dict[str, object]:
    """What is sent when all boxes are ticked."""
    return {**form.fields, **form.boxes, **more}


def publish(desk: Desk, **more: object) -> str:
    """Publish as somebody who has seen everything; the page that follows."""
    form = form_of(look(desk), PUBLISH)
    return desk.follow(desk.post("/publish", sent(form, **more))).text


def answer(desk: Desk, question: str = DURATION) -> str:
    """What a visitor gets at this moment."""
    reply = desk.bed.service.ask(question)
    return reply.entries[0].text if reply.entries else reply.message


class TestPage:
    def test_says_when_there_is_nothing_to_publish(self, desk: Desk) -> None:
        page = desk.get("/publish").text
        assert "There is nothing to publish" in page
        assert f'action="{PUBLISH}"' not in page

    def test_shows_what_changes_word_by_word(self, desk: Desk) -> None:
        change(desk, "It hardens quickly.", "It hardens very quickly.")
        page = look(desk)
        assert "What is the bone cement for?" in page
        assert "In procedure.md" in page
        assert "<ins>very </ins>" in page
        assert "How big are the cuts?" not in page

    def test_leads_to_the_editor_of_what_changes(self, desk: Desk) -> None:
        change(desk, "It hardens quickly.", "It hardens very quickly.")
        assert 'href="/staff/answers/cement"' in look(desk)

    def test_tells_who_did_what_safely(self, desk: Desk) -> None:
        change(desk, "- size of the scar", "- <b>scar</b>", who="<i>Bo</i>")
        page = look(desk)
        assert "&lt;i&gt;Bo&lt;/i&gt;" in page
        assert "<b>scar" not in page

    def test_tells_what_must_be_fixed_and_where_and_offers_no_button(self, desk: Desk) -> None:
        change(desk, "> The bone cement hardens quickly", "> The bone cement gets warm")
        page = look(desk)
        assert "must be fixed first" in page
        assert 'href="/staff/answers/cement"' in page
        assert "procedure.md, line" in page
        assert f'action="{PUBLISH}"' not in page

    def test_says_that_none_gets_worse(self, desk: Desk) -> None:
        change(desk, "It hardens quickly.", "It hardens very quickly.")
        assert "none gets a worse reply" in look(desk)

    def test_shows_each_question_that_gets_worse_with_a_box_of_its_own(self, desk: Desk) -> None:
        make_worse(desk)
        page = look(desk)
        assert WORSE in page
        assert f"<q>{DURATION}</q>" in page
        form = form_of(page, PUBLISH)
        assert len(form.boxes["seen"]) == 1
        assert "seen" not in form.fields, "nothing is ticked for anybody"

    def test_tells_what_two_entries_now_have_in_common(self, desk: Desk) -> None:
        change(desk, "- size of the scar", "- prices")
        page = look(desk)
        assert "Also look at" in page
        assert "price" in page

    def test_forbids_to_be_framed_and_kept(self, desk: Desk) -> None:
        headers = desk.get("/publish").headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Frame-Options"] == "DENY"


class TestWaiting:
    @pytest.fixture
    def go_on(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
        """Holds the trial of the draft up until it is set."""
        event, check_examples = threading.Event(), dry_run.check_examples

        def slow(*given: object) -> object:
            assert event.wait(PATIENCE)
            return check_examples(*given)  # type: ignore[arg-type]

        monkeypatch.setattr(dry_run, "check_examples", slow)
        monkeypatch.setattr(try_it, "AT_ONCE", 0.0)
        monkeypatch.setattr(try_it, "POLL", 0.0)
        yield event
        event.set()

    def test_shows_the_changes_and_how_far_the_trial_is(
        self, desk: Desk, go_on: threading.Event
    ) -> None:
        change(desk, "It hardens quickly.", "It hardens very quickly.")
        page = desk.get("/publish").text
        assert "<ins>very </ins>" in page
        assert "Getting the draft ready" in page
        assert "<progress" in page
        assert f'action="{PUBLISH}"' not in page

    def test_renews_itself_with_and_without_script(
        self, desk: Desk, go_on: threading.Event
    ) -> None:
        change(desk, "It hardens quickly.", "It hardens very quickly.")
        page = desk.get("/publish").text
        assert 'data-wait="/staff/dry-run"' in page
        assert '<noscript><meta http-equiv="refresh"' in page
        assert desk.get("/dry-run").get_json()["over"] is False
        go_on.set()
        assert f'action="{PUBLISH}"' in look(desk)
        assert "http-equiv" not in desk.get("/publish").text

    def test_does_not_publish_before(
        self, desk: Desk, go_on: threading.Event, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("faqbot.staff.publishing.REPORT_TIMEOUT", 0.0)
        change(desk, "It hardens quickly.", "It hardens very quickly.")
        draft = digest(drafts.read(desk.workspace).files)
        after = desk.follow(desk.post("/publish", draft=draft))
        assert "had not been tested yet" in after.text
        assert answer(desk, "does the cement get hard") == "It hardens quickly."

    def test_begins_with_the_save_and_not_with_the_page(self, desk: Desk) -> None:
        change(desk, "- size of the scar", "- size of the mark")
        desk.post("/pause", paused="no")  # any form of the desk that is sent
        kept = dry_run.dry_runs(desk.workspace.folder)._cache
        assert kept[dry_run.DRAFT].digest == digest(drafts.read(desk.workspace).files)


class TestPublishing:
    def test_gives_visitors_the_new_answer_at_once(self, desk: Desk) -> None:
        change(desk, "About **one hour** for", "Roughly **one hour** for")
        page = publish(desk)
        assert "Published as version 2" in page
        assert answer(desk).startswith("Roughly one hour")
        assert drafts.read(desk.workspace).empty

    def test_keeps_who_and_why(self, desk: Desk) -> None:
        change(desk, "It hardens quickly.", "It hardens very quickly.")
        publish(desk, note="  Asked by\nDr Kim ")
        newest = versions.versions(desk.workspace)[0]
        assert (newest.who, newest.note) == ("Ann Lee", "Asked by Dr Kim")

    def test_offers_to_undo_it(self, desk: Desk) -> None:
        change(desk, "It hardens quickly.", "It hardens very quickly.")
        assert 'href="/staff/versions/0001"' in publish(desk)

    def test_wants_each_worse_one_to_be_ticked(self, desk: Desk) -> None:
        make_worse(desk)
        form = form_of(look(desk), PUBLISH)
        refused = desk.post("/publish", form.fields, note="all fine")
        assert refused.status_code == 422
        assert "Please tick each" in refused.text
        assert 'value="all fine"' in refused.text
        assert answer(desk).startswith("About one hour")

    def test_takes_no_tick_that_was_made_up(self, desk: Desk) -> None:
        make_worse(desk)
        form = form_of(look(desk), PUBLISH)
        assert desk.post("/publish", form.fields, seen="everything").status_code == 422

    def test_goes_through_once_all_are_ticked(self, desk: Desk) -> None:
        make_worse(desk)
        publish(desk)
        assert answer(desk).startswith("It may need a night")

    def test_stops_where_the_draft_was_changed_since_the_page_was_shown(self, desk: Desk) -> None:
        change(desk, "It hardens quickly.", "It hardens very quickly.")
        form = form_of(look(desk), PUBLISH)
        change(desk, "**two small** cuts", "**two** cuts", who="Bo")
        after = desk.follow(desk.post("/publish", sent(form)))
        assert "Bo changed the draft while you looked at it" in after.text
        assert len(versions.versions(desk.workspace)) == 0

    def test_stops_where_the_folder_was_changed_since(self, desk: Desk) -> None:
        change(desk, "It hardens quickly.", "It hardens very quickly.")
        form = form_of(look(desk), PUBLISH)
        edit_by_hand(desk, "**two small** cuts", "**two** cuts")
        after = desk.follow(desk.post("/publish", sent(form)))
        assert "now has those changes too" in after.text
        assert answer(desk, "does the cement get hard") == "It hardens quickly."

    def test_brings_along_what_was_changed_in_the_folder_elsewhere(self, desk: Desk) -> None:
        change(desk, "It hardens quickly.", "It hardens very quickly.")
        edit_by_hand(desk, "**two small** cuts", "**two** cuts")
        publish(desk)
        assert answer(desk, "does the cement get hard") == "It hardens very quickly."
        assert answer(desk, "How big are the cuts?") == "The surgeon makes two cuts."

    def test_does_not_happen_by_a_form_from_elsewhere(self, desk: Desk) -> None:
        change(desk, "It hardens quickly.", "It hardens very quickly.")
        form = form_of(look(desk), PUBLISH)
        forged = desk.post("/publish", {**sent(form), "csrf_token": "0" * 64})
        assert forged.status_code == 400
        assert answer(desk, "does the cement get hard") == "It hardens quickly."

    def test_publishes_nothing_twice(self, desk: Desk) -> None:
        change(desk, "It hardens quickly.", "It hardens very quickly.")
        form = form_of(look(desk), PUBLISH)
        for _ in range(2):
            desk.post("/publish", sent(form))
        assert len(versions.versions(desk.workspace)) == 2


class TestSettling:
    @pytest.fixture
    def journal(self, practice: Path) -> Iterator[Journal]:
        journal = Journal(f"sqlite:///{practice.parent / 'journal.sqlite'}")
        yield journal
        journal.close()

    @pytest.fixture
    def desk(self, practice: Path, journal: Journal) -> Desk:
        return signed_in(practice, journal=journal)

    def test_takes_what_the_draft_took_care_of_off_the_list(
        self, desk: Desk, journal: Journal
    ) -> None:
        desk.bed.service.ask(GLUE)
        desk.bed.service.ask(CAT)
        assert journal.flush(PATIENCE)
        triage.as_phrasings(desk.workspace, "cement", {GLUE: [GLUE]}, "Ann Lee")
        publish(desk)
        assert [asked.text for asked in journal.questions()] == [CAT]

    def test_publishes_also_where_questions_were_only_ignored(
        self, desk: Desk, journal: Journal
    ) -> None:
        desk.bed.service.ask(CAT)
        assert journal.flush(PATIENCE)
        triage.as_ignored(desk.workspace, {CAT: [CAT]}, "Ann Lee")
        page = look(desk)
        assert "No answer changes." in page
        assert "1 of the visitors" in page
        assert "have left the list" in publish(desk)
        assert journal.questions() == []

    def test_publishes_also_while_the_journal_is_away(self, practice: Path) -> None:
        journal = Journal(f"sqlite:///{practice}")  # a folder, so no journal can be kept there
        desk = signed_in(practice, journal=journal)
        triage.as_phrasings(desk.workspace, "cement", {GLUE: [GLUE]}, "Ann Lee")
        page = publish(desk)
        journal.close()
        assert "Published as version 2" in page
        assert "The journal could not be reached" in page


class TestDiscard:
    def test_throws_the_draft_away(self, desk: Desk) -> None:
        change(desk, "It hardens quickly.", "It hardens very quickly.")
        form = form_of(look(desk), DISCARD)
        assert "is thrown away" in desk.follow(desk.post("/draft/discard", form.fields)).text
        assert drafts.read(desk.workspace).empty

    def test_keeps_what_somebody_added_meanwhile(self, desk: Desk) -> None:
        change(desk, "It hardens quickly.", "It hardens very quickly.")
        form = form_of(look(desk), DISCARD)
        change(desk, "**two small** cuts", "**two** cuts", who="Bo")
        after = desk.follow(desk.post("/draft/discard", form.fields))
        assert "Bo changed the draft" in after.text
        assert not drafts.read(desk.workspace).empty


class TestConflicts:
    MINE, THEIRS = "It hardens very quickly.", "It hardens in minutes."

    @pytest.fixture
    def desk(self, practice: Path) -> Desk:
        desk = signed_in(practice)
        change(desk, "It hardens quickly.", self.MINE)
        edit_by_hand(desk, "It hardens quickly.", self.THEIRS)
        return desk

    def form(self, desk: Desk) -> Form:
        return form_of(desk.follow(desk.get("/publish")).text, CONFLICTS)

    def test_shows_both_texts_and_chooses_neither(self, desk: Desk) -> None:
        page = desk.follow(desk.get("/publish")).text
        assert self.MINE in page
        assert self.THEIRS in page
        form = form_of(page, CONFLICTS)
        assert form.boxes["keep procedure.md#cement"] == ["draft", "folder"]
        assert "keep procedure.md#cement" not in form.fields

    @pytest.mark.parametrize(("side", "text"), [("draft", MINE), ("folder", THEIRS)])
    def test_keeps_the_text_that_was_chosen(self, desk: Desk, side: str, text: str) -> None:
        form = self.form(desk)
        desk.follow(
            desk.post("/publish/conflicts", form.fields | {"keep procedure.md#cement": side})
        )
        kept = text_of(drafts.read(desk.workspace).files["procedure.md"])
        assert text in kept
        assert drafts.conflicts(desk.workspace) == []

    def test_wants_a_choice(self, desk: Desk) -> None:
        refused = desk.post("/publish/conflicts", self.form(desk).fields)
        assert refused.status_code == 422
        assert "Please choose one" in refused.text
        assert drafts.conflicts(desk.workspace)

    def test_takes_no_choice_between_other_texts_than_were_shown(self, desk: Desk) -> None:
        form = self.form(desk)
        edit_by_hand(desk, self.THEIRS, "It hardens in an hour.")
        after = desk.follow(
            desk.post("/publish/conflicts", form.fields | {"keep procedure.md#cement": "draft"})
        )
        assert "Something has changed again" in after.text
        assert drafts.conflicts(desk.workspace)

    def test_publish_only_after_the_choice(self, desk: Desk) -> None:
        draft = digest(drafts.read(desk.workspace).files)
        assert desk.post("/publish", draft=draft).status_code == 303
        assert answer(desk, "does the cement get hard") == self.THEIRS

    def test_are_over_when_there_are_none(self, practice: Path) -> None:
        assert signed_in(practice).get("/publish/conflicts").location == PUBLISH


class TestVersions:
    def test_say_that_there_are_none_yet(self, desk: Desk) -> None:
        assert "Nothing was published at this desk yet" in desk.get("/versions").text

    def test_are_listed_with_when_who_and_why(self, desk: Desk) -> None:
        change(desk, "It hardens quickly.", "It hardens very quickly.")
        publish(desk, note="Asked by Dr Kim")
        page = desk.get("/versions").text
        assert "Visitors get version 2" in page
        assert "today at" in page
        assert "Asked by Dr Kim" in page

    def test_say_what_changed_with_them(self, desk: Desk) -> None:
        change(desk, "It hardens quickly.", "It hardens very quickly.")
        publish(desk)
        page = desk.get("/versions/0002").text
        assert "This is what visitors get now" in page
        assert "<ins>very </ins>" in page

    def test_are_answered_for_with_404_when_unknown(self, desk: Desk) -> None:
        for name in ["0009", "x", "..%2f..", "0001.."]:
            assert desk.get(f"/versions/{name}").status_code == 404


class TestUndo:
    @pytest.fixture
    def desk(self, practice: Path) -> Desk:
        desk = signed_in(practice)
        change(desk, "About **one hour** for", "Roughly **one hour** for")
        publish(desk)
        return desk

    def page(self, desk: Desk) -> str:
        wait_until(lambda: desk.get("/dry-run", version="0001").get_json()["over"])
        return desk.get("/versions/0001").text

    def form(self, desk: Desk) -> Form:
        return form_of(self.page(desk), "/staff/versions/0001/restore")

    def test_says_first_what_would_change_and_what_gets_worse(self, desk: Desk) -> None:
        page = self.page(desk)
        assert "Bring this version back?" in page
        assert "<del>Roughly</del><ins>About</ins>" in page
        assert "none would get a worse reply" in page

    def test_brings_the_version_back_for_visitors_at_once(self, desk: Desk) -> None:
        after = desk.follow(desk.post("/versions/0001/restore", self.form(desk).fields))
        assert "Version 1 is back, as version 3" in after.text
        assert answer(desk).startswith("About one hour")

    def test_can_itself_be_undone(self, desk: Desk) -> None:
        after = desk.follow(desk.post("/versions/0001/restore", self.form(desk).fields))
        assert 'href="/staff/versions/0002"' in after.text

    def test_leaves_the_draft_alone(self, desk: Desk) -> None:
        change(desk, "**two small** cuts", "**two** cuts")
        desk.post("/versions/0001/restore", self.form(desk).fields)
        assert "**two** cuts" in text_of(drafts.read(desk.workspace).files["procedure.md"])

    def test_stops_where_something_else_was_published_meanwhile(self, desk: Desk) -> None:
        form = self.form(desk)
        change(desk, "It hardens quickly.", "It hardens very quickly.")
        publish(desk)
        after = desk.follow(desk.post("/versions/0001/restore", form.fields))
        assert "Something else was published" in after.text
        assert answer(desk).startswith("Roughly one hour")

    def test_works_also_while_the_folder_is_broken(self, desk: Desk) -> None:
        (desk.workspace.folder / "procedure.md").write_text("", "utf-8")
        desk.post("/versions/0001/restore", self.form(desk).fields)
        assert answer(desk).startswith("About one hour")

    def test_needs_no_trial_to_be_over(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(dry_run, "check_examples", lambda *_: 1 / 0)
        assert form_of(desk.get("/versions/0001").text, "/staff/versions/0001/restore")


class TestTwoAtOnce:
    def test_one_publishes_and_the_other_is_told(self, practice: Path) -> None:
        bed = Bed(practice)
        ann, bo = bed.client(), bed.client()
        ann.sign_in("Ann")
        bo.sign_in("Bo")
        change(ann, "It hardens quickly.", "It hardens very quickly.", who="Ann")
        anns, bos = (form_of(look(one), PUBLISH) for one in (ann, bo))
        assert ann.post("/publish", sent(anns)).location == "/staff/versions"
        after = bo.follow(bo.post("/publish", sent(bos)))
        assert "There is nothing to publish" in after.text
        assert [v.who for v in versions.versions(bed.workspace)] == ["Ann", ""]
