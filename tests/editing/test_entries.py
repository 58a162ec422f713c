"""Editing one entry of a file: nothing else changes, and no field can become another part."""

from __future__ import annotations

import contextlib
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from faqbot import knowledge
from faqbot.editing.entries import (
    EditError,
    EntryText,
    NoEntryError,
    blocks,
    find,
    ids,
    new_id,
    phrasings_of,
    read_entry,
    remove_entry,
    write_entry,
)
from faqbot.knowledge import Entry
from faqbot.knowledge.snapshot import clean
from tests.conftest import copy_practice

HERE = Path(__file__).parent.parent
SAMPLE = HERE.parent / "knowledge"
FILES = [*sorted(SAMPLE.glob("*.md")), *sorted((HERE / "practice").glob("*.md"))]

FILE = """# Our page

A word before.

## How long is it? {#duration}

Also asked:

- how many hours
- length of it

About **one hour**.

- At most.

> It takes about one hour

> It takes long

Reviewed: 2025-11-02 by Ann Lee

---

## Where are you?

On the hill.
"""
DURATION = EntryText(
    question="How long is it?",
    id="duration",
    phrasings=("how many hours", "length of it"),
    answer="About **one hour**.\n\n- At most.",
    quotes=("It takes about one hour", "It takes long"),
    reviewed="2025-11-02 by Ann Lee",
)
WHERE = EntryText("Where are you?", "where-are-you", answer="On the hill.")


def others(text: str, *but: str) -> list[str]:
    """The text before the first entry, and of all entries but some."""
    found = blocks(text)
    return [
        text[: found[0].start] if found else text,
        *(block.text for block in found if block.id not in but),
    ]


def rewritten(text: str, entry_id: str) -> str:
    """The text once the entry was changed and changed back, so that all of it was written."""
    entry = read_entry(text, entry_id)
    changed = write_entry(text, entry_id, replace(entry, reviewed="2020-02-02 by Nobody"))
    assert changed != text
    return write_entry(changed, entry_id, entry)


# blocks


def test_a_block_goes_from_its_heading_to_the_next() -> None:
    first, second = blocks(FILE)
    assert (first.id, first.question, first.line) == ("duration", "How long is it?", 5)
    assert (second.id, second.question, second.line) == ("where-are-you", "Where are you?", 24)
    assert first.text + second.text == FILE[first.start :]
    assert second.text == FILE[second.start : second.end] == "## Where are you?\n\nOn the hill.\n"


@pytest.mark.parametrize(
    "text",
    [
        "##Where are you?\n\nx\n",
        "Title\n\nWhere are you?\nAlso asked:\n- x\n",
        "Where are you? {#where-are-you}\n",
        "x\n\nWhere are you?\n---\nx",
        "\ufeff## Where are you?\r\rx",
    ],
)
def test_a_block_begins_where_the_knowledge_finds_a_question(text: str) -> None:
    assert [block.id for block in blocks(text)] == ["where-are-you"]


@given(
    st.lists(st.sampled_from(["## A?\n", "B?\n", "Also asked:\r\n", "---\r", "- x\n", "\ufeff"]))
)
def test_blocks_cut_a_text_without_loss(lines: list[str]) -> None:
    text = "".join(lines)
    found = blocks(text)
    before = text[: found[0].start] if found else text
    assert before + "".join(block.text for block in found) == text


# reading and writing


def test_an_entry_is_read_as_its_fields() -> None:
    assert read_entry(FILE, "duration") == DURATION
    assert read_entry(FILE, "where-are-you") == WHERE


def test_an_entry_is_read_although_its_heading_has_one_sign_like_a_title() -> None:
    text = FILE + "\n# What now?\n\nNothing.\n"
    entry = read_entry(text, "what-now")
    assert (entry.question, entry.answer) == ("What now?", "Nothing.")


def test_an_entry_is_written_as_it_is_printed_in_the_sample() -> None:
    assert write_entry("", None, DURATION) == FILE[FILE.index("##") : FILE.index("\n---")]


@pytest.mark.parametrize("entry_id", ["duration", "where-are-you"])
def test_an_unchanged_entry_leaves_the_text_as_it_is(entry_id: str) -> None:
    messy = FILE.replace("- how", "*  how").replace("> It", ">It")
    assert write_entry(messy, entry_id, read_entry(messy, entry_id)) == messy


def test_only_what_was_changed_changes() -> None:
    new = replace(DURATION, answer="About **two hours**.\r\n\r\n- At most.\r\n")
    assert write_entry(FILE, "duration", new) == FILE.replace("one hour**", "two hours**")


def test_the_row_of_dashes_below_an_entry_stays() -> None:
    new = replace(DURATION, quotes=(), reviewed="", answer="Is it long?")
    assert "Is it long?\n\n---\n\n## Where" in write_entry(FILE, "duration", new)


def test_a_question_above_a_row_of_dashes_stays_an_answer() -> None:
    text = "## A? {#a}\n\nYes.\n---\n\n## B? {#b}\n\nNo.\n"
    written = write_entry(text, "a", EntryText("A?", "a", answer="Why?"))
    assert read_entry(written, "a").answer == "Why?"


def test_a_changed_question_keeps_its_id() -> None:
    written = write_entry(FILE, "where-are-you", replace(WHERE, question="Where is the office?"))
    assert written.endswith("## Where is the office? {#where-are-you}\n\nOn the hill.\n")


def test_the_id_can_be_changed() -> None:
    written = write_entry(FILE, "duration", replace(DURATION, id="how-long"))
    assert [block.id for block in blocks(written)] == ["how-long", "where-are-you"]


def test_what_a_file_does_not_keep_is_left_out() -> None:
    typed = EntryText(
        "  **How** long\tis it? ",
        " duration ",
        ("  how many\r\nhours ", "", '"length\u2028of it"'),
        "\n\nAbout **one hour**. \n\n\n\n- At most.\n",
        ("> It takes\nabout one hour", " ", "It takes long"),
        " 2025-11-02\n by Ann Lee ",
    )
    assert write_entry(FILE, "duration", typed) == FILE


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_mark_stay(mark: str, end: str) -> None:
    text = mark + FILE[FILE.index("##") :].replace("\n", end)
    new = replace(DURATION, phrasings=("how many hours", "length of it", "is it long"))
    written = write_entry(text, "duration", new)
    assert written == text.replace("of it" + end, f"of it{end}- is it long{end}")
    appended = write_entry(text, None, EntryText("Why?", "why", answer="So."))
    assert appended == f"{text}{end}## Why? {{#why}}{end}{end}So.{end}"


@pytest.mark.parametrize("gap", ["", "\n", "\n\n"])
def test_a_new_entry_stands_below_the_last_with_an_empty_line_between(gap: str) -> None:
    text = write_entry(FILE.rstrip() + gap, None, EntryText("Why?", "why", answer="So."))
    assert text == FILE + "\n## Why? {#why}\n\nSo.\n"


def test_a_new_entry_gets_an_id_where_it_has_none() -> None:
    written = write_entry(FILE, None, EntryText("Where are you?!", answer="Here."))
    assert blocks(written)[-1].id == "where-are-you-2"


def test_the_spanish_paragraph_belongs_to_the_answer() -> None:
    text = (HERE / "cases" / "sound" / "emergencies.md").read_text("utf-8")
    entry = read_entry(text, "chest-pain")
    assert entry.answer.endswith("\n\nEn español: llame al **911** ahora mismo.")
    assert rewritten(text, "chest-pain") == text


def test_an_entry_is_removed_with_all_that_is_its_own() -> None:
    first, second = blocks(FILE)
    assert remove_entry(FILE, "duration") == FILE[: first.start] + second.text
    assert remove_entry(FILE, "where-are-you") == FILE[: second.start].rstrip() + "\n"


def test_adding_and_removing_leaves_no_trace() -> None:
    added = write_entry(FILE, None, EntryText("Why?", "why", answer="So."))
    assert remove_entry(added, "why") == FILE


@pytest.mark.parametrize("text", ["", FILE])
def test_what_is_not_there_is_reported(text: str) -> None:
    for edit in (
        lambda: read_entry(text, "gone"),
        lambda: remove_entry(text, "gone"),
        lambda: write_entry(text, "gone", WHERE),
    ):
        with pytest.raises(NoEntryError, match="There is no question “gone” any more"):
            edit()


def test_an_entry_is_found_in_its_file_also_by_its_page_and_name() -> None:
    files = {"a.md": FILE.encode(), "my page.md": FILE.encode(), "practice.toml": b"## Where?\n"}
    assert ids(files) == {"duration": "a.md", "where-are-you": "a.md"}
    assert find(files, "duration") == ("a.md", DURATION)
    assert find(files, "my-page-where-are-you") == ("my page.md", WHERE)
    for gone in ("where", "my-page-", ""):
        with pytest.raises(NoEntryError):
            find(files, gone)


# no field can become another part of the file


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("## Another?", "would begin a question of its own"),
        ("##Another?", "would begin a question of its own"),
        ("   ## Another?", "would begin a question of its own"),
        ("# Another", "would begin a question of its own"),
        ("###### Another", "would begin a question of its own"),
        ("Another {#another}", "would begin a question of its own"),
        ("Is it?\n---", "The line “Is it?” would begin a question of its own"),
        ("#", "would not be shown"),
        ("- - -", "would not be shown"),
        ("> It takes", "would be taken for a quote of your page"),
        ("  >It takes", "would be taken for a quote of your page"),
        ("Also asked:", "would begin a list of other ways to ask"),
        ("**also asked**", "would begin a list of other ways to ask"),
        ("Aslo asked:", "would begin a list of other ways to ask"),
        ("Reviewed: today", "would be taken for the note on who reviewed the answer"),
        ("a\r## Another?", "would begin a question of its own"),
        ("a\u2028b\n## Another?", "would begin a question of its own"),
        ("\ufeff## Another?", "would begin a question of its own"),
        ("\x0c## Another?", "would begin a question of its own"),
    ],
)
def test_a_line_of_the_answer_that_is_more_than_text_is_reported(line: str, told: str) -> None:
    for answer in (f"Yes.\n\n{line}", f"Yes.\n{line}\nNo.", f"\n{line}"):
        with pytest.raises(EditError) as caught:
            write_entry(FILE, "duration", replace(DURATION, answer=answer))
        (problem,) = caught.value.problems
        assert problem.field == "answer"
        assert told in problem.message
        assert problem.fix


@pytest.mark.parametrize("item", ["- a card", "* a card", "1. a card", "• a card", "\u2014 a card"])
def test_an_answer_that_begins_with_a_list_is_reported_where_phrasings_stand_above(
    item: str,
) -> None:
    with pytest.raises(EditError, match=r"Write a sentence before the list\."):
        write_entry(FILE, "duration", replace(DURATION, answer=f"{item}\n{item}\n\nThanks."))
    alone = replace(DURATION, answer=f"{item}\n\nThanks.", phrasings=())
    assert read_entry(write_entry(FILE, "duration", alone), "duration").phrasings == ()


@pytest.mark.parametrize(
    "line", ["#1 in New York", "2 > 1", "also asked by many", "It was reviewed:"]
)
def test_what_only_looks_like_it_is_text(line: str) -> None:
    written = write_entry(FILE, "duration", replace(DURATION, answer=f"Yes.\n\n{line}"))
    assert read_entry(written, "duration").answer == f"Yes.\n\n{line}"


@pytest.mark.parametrize(
    ("entry", "field", "told"),
    [
        (
            replace(DURATION, phrasings=("- - -",)),
            "phrasings",
            "The line “- - -” would not be shown.",
        ),
        (replace(DURATION, phrasings=("a", "also asked:")), "phrasings", "other ways to ask"),
        (replace(DURATION, question=" "), "question", "There is no question."),
        (replace(DURATION, question="?!"), "question", "There is no question."),
        (replace(DURATION, question="## A?"), "question", "would be read as “A?”"),
        (replace(DURATION, id="How long"), "id", "“How long” cannot be the name of a question."),
        (replace(DURATION, id="a} ## {"), "id", "cannot be the name of a question."),
        (replace(DURATION, id="where-are-you"), "id", "is the name of another question."),
    ],
)
def test_a_field_that_cannot_be_kept_is_reported(entry: EntryText, field: str, told: str) -> None:
    for entry_id in ("duration", None):
        with pytest.raises(EditError) as caught:
            write_entry(FILE if entry_id else "## Where are you?\n", entry_id, entry)
        assert [problem.field for problem in caught.value.problems] == [field]
        assert told in str(caught.value)


def test_all_problems_are_reported_at_once() -> None:
    with pytest.raises(EditError) as caught:
        write_entry(FILE, "duration", replace(DURATION, phrasings=("- - -",), answer="x\n> y\n> z"))
    assert {problem.field for problem in caught.value.problems} == {"phrasings", "answer"}


def test_a_file_whose_rest_is_broken_is_not_made_worse() -> None:
    text = "## A? {#a}\n\nYes.\n\n> Yes.\n\nWhy?\nAlso asked:\n- so\n"
    assert [block.id for block in blocks(text)] == ["a", "why"]
    with pytest.raises(EditError, match="A question near this one is not written as it must be"):
        write_entry(text, "a", EntryText("A?", "a", answer="Yes."))


# ids and phrasings


@pytest.mark.parametrize(
    ("question", "made"),
    [
        ("How long does it take?", "how-long-does-it-take"),
        ("Don’t I stay, señor?", "dont-i-stay-senor"),  # noqa: RUF001
        (
            "How long does the whole procedure take in the end?",
            "how-long-does-the-whole-procedure-take",
        ),
        ("x" * 99, "x" * 40),
        ("疼痛?", "question"),
        ("Out of scope", "out-of-scope-2"),
        ("Emergency", "emergency-2"),
        ("Not an emergency", "not-an-emergency-2"),
        ("A b", "a-b-3"),
    ],
)
def test_a_new_id_is_short_and_not_taken(question: str, made: str) -> None:
    assert new_id(question, ["a-b", "a-b-2"]) == made
    assert write_entry("", None, EntryText(question, made, answer="x"))


def test_a_field_of_many_lines_is_one_phrasing_a_line() -> None:
    typed = "how long\r\n- is it  long\n\n• hours\n  2. minutes\n2 hours?\nhow long\n-5 degrees\n"
    assert phrasings_of(typed) == (
        "how long", "is it long", "hours", "minutes", "2 hours?", "-5 degrees",
    )  # fmt: skip


# for any entry


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_entry_of_the_samples_is_written_as_it_stands(path: Path) -> None:
    text = path.read_bytes().decode()
    for block in blocks(text):
        assert rewritten(block.text, block.id) == block.text
    assert rewritten(text, block.id) == text


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_entry_of_the_samples_can_be_removed_alone(path: Path) -> None:
    text = path.read_bytes().decode()
    for block in blocks(text)[::20]:
        left = remove_entry(text, block.id)
        assert [part.strip() for part in others(left)] == [
            part.strip() for part in others(text, block.id)
        ]


WORDS = st.lists(
    st.sampled_from(["spine", "pain", "doctor", "bed", "home", "card", "drive", "sleep"]),
    min_size=2,
    max_size=5,
).map(" ".join)
GAPS = st.sampled_from(["\n", "\n\n", "\n\n\n", "\n \n"])
BULLETS = st.sampled_from(["- ", "* ", "• ", "-", "1. ", "  - "])
ANSWERS = st.lists(
    WORDS.map(lambda words: words.capitalize() + ".")
    | WORDS.map(lambda words: f"Bring:\n- {words}\n* **{words}**\n  and {words}\nThen {words}.")
    | WORDS.map(lambda words: f"*{words}* [us](/page), a < b\\*"),
    min_size=1,
    max_size=3,
)


@st.composite
def files(draw: st.DrawFn) -> tuple[str, str]:
    """A file of entries as people may write it, without a problem, and its page's text."""
    asked = draw(st.lists(WORDS, min_size=4, max_size=12, unique_by=lambda x: x))
    count = draw(st.integers(1, 3))
    parts = ["# A title\n\n"] * draw(st.booleans())
    page = []
    for index in range(count):
        question, *phrasings = asked[index::count]
        quote = draw(WORDS)
        page.append(f"{quote}.")
        listed = draw(GAPS.filter(lambda gap: len(gap) < 3)).join(
            draw(BULLETS) + phrasing for phrasing in phrasings
        )
        gap = draw(GAPS)
        middle = [f"Also asked:{gap}{listed}\n\n"] * bool(phrasings)
        middle += ["Reviewed: 2025-11-02 by Ann\n"] * draw(st.booleans())
        middle += ["\n\n".join(draw(ANSWERS)) + gap]
        head = draw(st.sampled_from(["## {}", "## {}?", "## **{}** {{#id-{}}}", "## {} ##"]))
        quoted = draw(st.sampled_from(["> {}\n", ">{}\n", "> **{}**\n"])).format(quote)
        after = draw(st.sampled_from(["", "\n", "\n---\n\n", "\n\nSo it is.\n"]))
        parts.append(f"{head.format(question, index)}\n{''.join(middle)}{quoted}{after}")
    mark, end = draw(st.sampled_from(["", "\ufeff"])), draw(st.sampled_from(["\n", "\r\n", "\r"]))
    return mark + "".join(parts).replace("\n", end), " ".join(page)


def loaded(folder: Path, text: str, page: str) -> list[Entry]:
    """What the knowledge reads of the file, but for the lines."""
    (folder / "procedure.md").write_bytes(text.encode())
    (folder / "sources" / "procedure.txt").write_text(page, "utf-8")
    found, problems = knowledge.read(folder)
    assert found is not None, problems
    return [replace(entry, line=0) for entry in found.entries]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A practice of which only one page's file matters."""
    folder = copy_practice(tmp_path / "practice")
    (folder / "examples.jsonl").unlink()
    lines = (folder / "practice.toml").read_text("utf-8").splitlines(keepends=True)
    kept = "".join(line for line in lines if not line.startswith("starters"))
    (folder / "practice.toml").write_text(kept, "utf-8")
    return folder


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(file=files())
def test_rewriting_any_entry_changes_nothing_that_visitors_meet(
    file: tuple[str, str], folder: Path
) -> None:
    text, page = file
    before = loaded(folder, text, page)
    for block in blocks(text):
        written = rewritten(text, block.id)
        assert others(written, block.id) == others(text, block.id)
        text = written
    assert loaded(folder, text, page) == before


PIECES = st.sampled_from(
    [
        "## Where? {#where}", "# x", "#", "Also asked:", "also aksed:", "- how", "-", "1. x",
        "  on", "Why?", "Why? {#why}", "---", "> quote", ">", "**x**", "***x", '"x"', "“",
        "Reviewed: 2025-11-02", "", "", "\n", "\r", "\u2028", "\ufeff", "\x0b", "{#", "}", "x",
        "日本",
    ]
)  # fmt: skip
TEXTS = st.lists(PIECES | st.text(max_size=5), max_size=5).map("".join)
LINES = st.lists(PIECES | st.text(max_size=5), max_size=6).map("\n".join)
ENTRIES = st.builds(
    EntryText,
    question=TEXTS,
    id=st.sampled_from(["", "a", "duration", "where-are-you", "A b"]) | TEXTS,
    phrasings=st.lists(TEXTS, max_size=3).map(tuple),
    answer=LINES,
    quotes=st.lists(TEXTS, max_size=3).map(tuple),
    reviewed=TEXTS,
)


def letters(*texts: str) -> str:
    """All letters and digits of what was typed."""
    return "".join(re.findall(r"[^\W_]+", clean("\n".join(texts))))


@settings(max_examples=3 * settings.default.max_examples)
@given(entry=ENTRIES, entry_id=st.sampled_from([None, "duration", "where-are-you"]))
def test_whatever_is_typed_is_kept_in_its_field_or_refused(
    entry: EntryText, entry_id: str | None
) -> None:
    with contextlib.suppress(EditError):
        written = write_entry(FILE, entry_id, entry)
        old = {block.id for block in blocks(FILE)} - {entry_id}
        (new,) = {block.id for block in blocks(written)} - old
        left = [part.rstrip() for part in others(written, new)]
        assert left == [part.rstrip() for part in others(FILE, *filter(None, [entry_id]))]
        read = read_entry(written, new)
        assert rewritten(written, new) == written
        assert letters(read.question) == letters(entry.question)
        assert letters(*read.phrasings) == letters(*entry.phrasings)
        assert letters(read.answer) == letters(entry.answer)
        assert letters(*read.quotes) == letters(*entry.quotes)
        assert letters(read.reviewed) == letters(entry.reviewed)
