"""Page text: who quotes which sentence, and what a new text of the page would break."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from faqbot import knowledge
from faqbot.editing import draft as drafts
from faqbot.editing.workspace import fingerprint, text_of
from tests.desk import Desk, signed_in

TWO_HOURS = ("about one hour per fracture level treated", "about two hours per fracture treated")


@pytest.fixture
def desk(practice: Path) -> Desk:
    return signed_in(practice)


@pytest.fixture
def source(practice: Path) -> Path:
    return practice / "sources" / "procedure.txt"


def said(page: str) -> dict[str, list[str]]:
    """Each quoted sentence with the questions of the answers that quote it."""
    found = re.findall(
        r'<span class="said colour-\d">(.*?)</span>((?:<a class="mark.*?</a>)+)', page
    )
    return {
        unescape(text): [unescape(title) for title in re.findall(r'title="(.*?)"', marks)]
        for text, marks in found
    }


def missing(page: str) -> list[str]:
    return [unescape(text) for text in re.findall(r'<span class="said missing">(.*?)</span>', page)]


def fields(page: str) -> dict[str, str]:
    """The hidden fields of the form that saves."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)
    return {name: unescape(value) for name, value in found}


def revise(desk: Desk, text: str) -> str:
    answer = desk.post("/page/procedure", text=text)
    return desk.follow(answer).text if answer.status_code == 303 else answer.text


def save(desk: Desk, text: str) -> str:
    """The page after the new text is seen and saved."""
    form = fields(revise(desk, text))
    return desk.follow(desk.post("/page/procedure", {**form, "action": "save"})).text


# what is shown


def test_every_sentence_leads_to_the_answers_that_quote_it(desk: Desk) -> None:
    page = desk.get("/page").text
    assert said(page)["The bone cement hardens quickly"] == ["What is the bone cement for?"]
    assert 'href="/staff/answers/cement"' in page
    assert "All 5 sentences are quoted by an answer." in page


def test_colour_is_not_the_only_sign(desk: Desk) -> None:
    page = desk.get("/page").text
    numbers = re.findall(r'class="mark[^>]*>(?:<span class="hidden">.*?</span>)?(\d+)', page)
    assert numbers == ["1", "2", "3", "4", "5", *"12345"]  # behind the sentences, in the legend


def test_what_no_answer_quotes_can_be_answered(desk: Desk, source: Path) -> None:
    with source.open("a") as file:
        file.write("\nBring your x-rays & pills along.\n")
    page = desk.get("/page/procedure").text
    assert missing(page) == ["Bring your x-rays & pills along."]
    assert "<strong>1</strong> of 6 sentences has no answer yet" in page
    link = re.search(r'class="write" href="([^"]+)"', page)
    assert link
    query = parse_qs(urlsplit(unescape(link[1])).query)
    assert query == {"file": ["procedure.md"], "quote": ["Bring your x-rays & pills along."]}
    form = desk.browser.get(unescape(link[1])).text
    assert "Bring your x-rays &amp; pills along.</textarea>" in form


def test_a_list_of_the_page_is_a_list(desk: Desk) -> None:
    page = desk.get("/page").text
    body = page[page.index("page-text") :]
    assert re.search(r"<ul>\s*<li><span[^>]*>The surgeon makes two small incisions", body)
    assert "•" not in body


def test_what_stands_around_the_page_needs_no_answer(desk: Desk) -> None:
    page = desk.get("/page").text
    assert '<span class="muted">(646) 555-0142 Menu</span>' in page


def test_a_quote_that_is_not_on_the_page_is_told(desk: Desk, source: Path) -> None:
    drafts.save_file(
        desk.workspace,
        "sources/procedure.txt",
        source.read_text().replace(*TWO_HOURS),
        fingerprint(source.read_text()),
        "Ann",
        "Changed it.",
    )
    page = desk.get("/page").text
    assert "One quote is not on this page" in page
    assert "<del>The procedure takes about one hour per fracture level treated</del>" in page
    assert "<ins>The procedure takes about two hours per fracture treated.</ins>" in page


def test_a_page_can_be_chosen_where_there_are_several(desk: Desk, practice: Path) -> None:
    (practice / "sources" / "visit.txt").write_text("We are on Hill Street, number four.\n")
    (practice / "visit.md").write_text(
        "## Where are you?\n\nOn Hill Street.\n\n> We are on Hill Street\n"
    )
    first, second = desk.get("/page").text, desk.get("/page/visit").text
    assert 'href="/staff/page/visit"' in first
    assert list(said(second)) == ["We are on Hill Street, number four."]


def test_a_practice_without_pages_is_told_how_to_have_one(desk: Desk, practice: Path) -> None:
    (practice / "sources" / "procedure.txt").unlink()
    (practice / "procedure.md").unlink()
    for name in ("examples.jsonl", "practice.toml"):
        text = (practice / name).read_text()
        (practice / name).write_text(re.sub(r"(?m)^(starters|procedure) .*$", "", text))
    (practice / "examples.jsonl").unlink()
    page = desk.get("/page")
    assert page.status_code == 200
    assert "There is no page text yet" in page.text


@pytest.mark.parametrize("stem", ["nothing", "..%2Fpractice", ".faqbot", "procedure.txt"])
def test_there_is_no_page_of_another_name(desk: Desk, stem: str) -> None:
    assert desk.get(f"/page/{stem}").status_code == 404
    assert desk.post(f"/page/{stem}", text="x y z").status_code == 404
    assert desk.post(f"/page/{stem}", text="x y z", action="save").status_code == 404
    assert desk.post(f"/page/{stem}/quote", id="duration", old="x", new="y").status_code == 404
    assert drafts.read(desk.workspace).empty


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '" onclick="x', "</textarea>"])
def test_the_page_s_words_are_only_words(desk: Desk, source: Path, text: str) -> None:
    source.write_text(f"{source.read_text()}\nWe say {text} to all of you.\n")
    assert f"We say {text} to all of you." in missing(desk.get("/page").text)
    assert text not in desk.get("/page").text.replace("</textarea>", "", 1)
    assert text not in revise(desk, f"Something new with {text} in it.")


# a new text of the page


def test_says_what_changes_before_anything_is_saved(desk: Desk, source: Path) -> None:
    page = revise(desk, source.read_text().replace(*TWO_HOURS) + "\nBring your x-rays along.")
    assert "One answer no longer holds" in page
    assert "<del>The procedure takes about one hour per fracture level treated</del>" in page
    assert "<ins>Bring your x-rays along.</ins>" in page
    assert "<del>The procedure takes about one hour per fracture level treated.</del>" in page
    assert drafts.read(desk.workspace).empty


def test_says_that_all_answers_hold(desk: Desk, source: Path) -> None:
    page = revise(desk, source.read_text() + "\nBring your x-rays along.")
    assert "All answers still hold" in page


def test_the_same_text_is_not_worth_saving(desk: Desk, source: Path) -> None:
    page = revise(desk, source.read_text().replace("\n", "\r\n"))
    assert "says the same" in page
    assert drafts.read(desk.workspace).empty


def test_an_empty_field_is_told(desk: Desk) -> None:
    assert "the field was empty" in revise(desk, " \n ")
    assert "the field was empty" in desk.post("/page/procedure", text="", action="save").text
    assert drafts.read(desk.workspace).empty


def test_saved_it_is_in_the_draft_and_not_in_the_folder(desk: Desk, source: Path) -> None:
    before = source.read_text()
    page = save(desk, before + "\nBring your x-rays along.")
    assert "The new page text is in the draft." in page
    assert missing(page) == ["Bring your x-rays along."]
    draft = drafts.read(desk.workspace)
    assert draft.changed == ("sources/procedure.txt",)
    assert draft.changes[0].what == "Put a new text of the page “procedure” in place."
    assert source.read_text() == before


def test_a_quote_is_mended_with_one_click(desk: Desk, source: Path) -> None:
    page = save(desk, source.read_text().replace("two small incisions", "two small cuts"))
    form = {name: value for name, value in fields(page).items() if name in ("id", "old", "new")}
    page = desk.follow(desk.post("/page/procedure/quote", form)).text
    assert "“How big are the cuts?” quotes the page again" in page
    assert "not on this page" not in page
    known = knowledge.load(desk.workspace.draft_files)
    (entry,) = [one for one in known.entries if one.id == "incisions"]
    assert entry.quotes == ("The surgeon makes two small cuts",)


def test_a_quote_never_becomes_another_part_of_the_file(desk: Desk) -> None:
    old = "The surgeon makes two small incisions"
    desk.post("/page/procedure/quote", id="incisions", old=old, new="x\n## y {#z}")
    lines = text_of(drafts.read(desk.workspace).files["procedure.md"]).split("\n")
    assert "> x ## y {#z}" in lines
    assert "## y {#z}" not in lines


def test_two_people_at_once_lose_nothing(desk: Desk, source: Path) -> None:
    text = source.read_text()
    mine = fields(revise(desk, text + "\nMy new sentence stands here."))
    save(desk, text + "\nTheir new sentence stands here.")
    page = desk.post("/page/procedure", {**mine, "action": "save"})
    assert "Somebody else saved another text" in page.text
    assert "<ins>My new sentence stands here.</ins>" in page.text
    assert "<del>Their new sentence stands here.</del>" in page.text
    again = desk.post("/page/procedure", {**fields(page.text), "action": "save"})
    assert missing(desk.follow(again).text) == ["My new sentence stands here."]
