"""Reading a knowledge folder: what staff write, every mistake they make, and nothing ever raised.

`tests/cases/sound` is a folder without a fault. Each folder in `tests/cases/broken` holds only the
files that differ from it, and `expected.txt`: every problem that must be reported, a line each.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from faqbot import knowledge
from faqbot.knowledge import Entry, Knowledge, KnowledgeError, Phone, Practice, Problem, Role

CASES = Path(__file__).parent.parent / "cases"
BROKEN = sorted(path for path in (CASES / "broken").iterdir() if path.is_dir())

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a sound folder with the given files in place of its own; None removes one."""

    def write(files: dict[str, str | bytes | None] | None = None) -> Path:
        folder = tmp_path / "knowledge"
        shutil.copytree(CASES / "sound", folder, dirs_exist_ok=True)
        for name, content in (files or {}).items():
            put(folder / name, content)
        return folder

    return write


def put(path: Path, content: str | bytes | None) -> None:
    if content is None:
        path.unlink()
    else:
        data = content if isinstance(content, bytes) else content.encode()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def problems(folder: Path) -> list[str]:
    return [str(problem) for problem in knowledge.read(folder)[1]]


def entry_of(text: str, write: Write, *, file: str = "visit.md") -> Entry:
    """The first entry of a file, in a folder where nothing else leads to it."""
    files: dict[str, str | None] = {file: text, "examples.jsonl": None}
    practice = (CASES / "sound" / "practice.toml").read_text().replace('["duration"]', "[]")
    loaded = knowledge.load(write({**files, "practice.toml": practice}))
    return next(entry for entry in loaded.entries if entry.file == file)


def page_entry(body: str, *, quote: str = "It may require an overnight stay") -> str:
    return f"## Do I stay overnight?\n\n{body}\n\n> {quote}\n"


# a sound folder


@pytest.fixture(scope="module")
def sound() -> Knowledge:
    return knowledge.load(CASES / "sound")


def test_an_entry_has_all_that_its_lines_say(sound: Knowledge) -> None:
    assert next(e for e in sound.entries if e.id == "duration") == Entry(
        id="duration",
        question="How long does the procedure take?",
        phrasings=("how many hours is the surgery", "length of operation"),
        role=Role.ANSWER,
        html="<p>About <strong>one hour</strong> for each level. "
        'See also <a href="#overnight-stay">overnight stay</a>.</p>',
        text="About one hour for each level. See also overnight stay.",
        quotes=("The procedure takes about one hour per level treated.",),
        links=("overnight-stay",),
        file="visit.md",
        line=5,
    )


def test_the_files_name_decides_the_role(sound: Knowledge) -> None:
    assert {e.id: e.role for e in sound.entries} == {
        "cost": Role.PHONE_ONLY,
        "chest-pain": Role.EMERGENCY,
        "hello": Role.SMALL_TALK,
        "duration": Role.ANSWER,
        "overnight-stay": Role.ANSWER,
    }


def test_the_spanish_message_is_kept_apart(sound: Knowledge) -> None:
    emergency = next(e for e in sound.entries if e.id == "chest-pain")
    assert emergency.text == "Please call 911 now."
    assert emergency.text_es == "llame al 911 ahora mismo."
    assert "llame" not in emergency.html


def test_practice_toml_says_who_the_practice_is(sound: Knowledge) -> None:
    practice = sound.practice
    assert practice.name == "Elm Street Clinic"
    assert practice.emergency_number == "911"
    assert practice.starters == ("duration",)
    assert practice.sites == ("https://elm.example",)
    assert practice.pages == {"visit": "https://elm.example/visit"}
    assert [phone.href for phone in practice.phones] == ["tel:+16469163962", "tel:+442079460018"]


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-23 07:59", False),
        ("2026-11-23 08:00", True),
        ("2026-11-23 12:00", False),
        ("2026-11-23 13:00", True),
        ("2026-11-24 09:00", False),
        ("2026-11-27 09:00", True),
    ],
)
def test_the_hours_say_when_the_office_is_open(
    moment: str, is_open: bool, sound: Knowledge
) -> None:
    hours = sound.practice.hours
    assert hours is not None
    local = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("America/New_York"))
    assert hours.is_open(local) is is_open
    assert hours.is_open(local.astimezone(ZoneInfo("Asia/Tokyo"))) is is_open


def test_synonyms_examples_and_sources_come_along(sound: Knowledge) -> None:
    assert sound.synonyms == (("procedure", "surgery", "operation"),)
    assert [e.accept for e in sound.examples] == [("duration",), ("out-of-scope",)]
    assert [(e.style, e.line) for e in sound.examples] == [("plain", 1), ("", 2)]
    assert "about one hour per level" in sound.sources["visit"]
    assert sound.folder == CASES / "sound"


def test_some_files_are_optional(write: Write) -> None:
    optional = ("call-the-office.md", "emergencies.md", "small-talk.md", "synonyms.toml")
    folder = write({**dict.fromkeys(optional), "examples.jsonl": None})
    assert problems(folder) == []


@pytest.mark.parametrize("name", [".visit.md.swp", ".git.md", "~$visit.md", "notes.txt", "a.docx"])
def test_hidden_files_and_other_endings_are_ignored(name: str, write: Write) -> None:
    assert problems(write({name: b"\0 anything"})) == []


# phones


@pytest.mark.parametrize(
    ("number", "href"),
    [
        ("(646) 916-3962", "tel:+16469163962"),
        ("1 646 916 3962", "tel:+16469163962"),
        ("+1 646.916.3962", "tel:+16469163962"),
        ("+44 20 7946 0018", "tel:+442079460018"),
    ],
)
def test_a_phone_is_dialled_in_international_form(number: str, href: str) -> None:
    assert Phone("Office", number).href == href


# what staff type differently


@pytest.mark.parametrize(
    "written",
    [
        "- how long\n- length of it",
        "* how long\n* length of it",
        "+ how long\n+ length of it",
        "• how long\n•length of it",
        "-how long\n-length of it",
        "1. how long\n2. length of it",
        "\u2013 how long\n\u2014 length of it",
        "  - how long\n  - length of it",
        "- how long\n\n- length of it",
        '- "how long"\n- “length of it”',
        "- **how long**\n- length\n  of it",
        "- ***how long***\n- _length of it_",
        "- how   long\n- length\n\tof it",
        "- how long\n- length of it\n- HOW LONG?",
    ],
)
def test_lists_are_read_however_they_are_typed(written: str, write: Write) -> None:
    text = f"## Is it long? {{#long}}\n\nAlso asked:\n\n{written}\n\nYes.\n\n> Bring your card\n"
    assert entry_of(text, write).phrasings == ("how long", "length of it")


@pytest.mark.parametrize(
    "line", ["Also asked:", "also asked", "ALSO ASKED:", "**Also asked:**", "*Also asked*:"]
)
def test_also_asked_is_read_however_it_is_typed(line: str, write: Write) -> None:
    text = page_entry(f"{line}\n- will I sleep there\n\nYou may.")
    assert entry_of(text, write).phrasings == ("will I sleep there",)


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_windows_line_ends_and_marks_are_fine(ends: str, mark: bytes, write: Write) -> None:
    for name in ("visit.md", "practice.toml", "sources/visit.txt", "examples.jsonl"):
        path = write() / name
        path.write_bytes(mark + path.read_text().replace("\n", ends).encode())
        loaded = knowledge.load(path.parents[name.count("/")])
        assert loaded.entries == knowledge.load(CASES / "sound").entries
        assert loaded.practice == knowledge.load(CASES / "sound").practice


def test_a_heading_without_id_gets_one_from_its_words(write: Write) -> None:
    text = page_entry("You may.").replace("Do I stay overnight?", "Don\u2019t I stay, señor?")
    assert entry_of(text, write).id == "dont-i-stay-senor"


def test_an_answer_directly_below_the_list_is_the_answer(write: Write) -> None:
    entry = entry_of(page_entry("Also asked:\n- will I sleep there\nYou may."), write)
    assert (entry.phrasings, entry.text) == (("will I sleep there",), "You may.")


def test_text_after_the_quote_belongs_to_the_answer(write: Write) -> None:
    entry = entry_of(page_entry("You may.") + "The doctor decides.\n", write)
    assert entry.text == "You may.\n\nThe doctor decides."


def test_a_quote_may_go_on_over_several_lines(write: Write) -> None:
    quote = "It may require\n> an overnight\n>   stay\n>\n> Bring your card"
    entry = entry_of(page_entry("You may.", quote=quote), write)
    assert entry.quotes == ("It may require an overnight stay", "Bring your card")


@pytest.mark.parametrize(
    "quote", ['Most patients are "back to normal"', "“It may require an overnight stay”"]
)
def test_quotation_marks_do_not_keep_a_quote_from_being_found(quote: str, write: Write) -> None:
    assert entry_of(page_entry("You may.", quote=quote), write).quotes


@pytest.mark.parametrize("rule", ["---", "***", "=====", "- - -"])
def test_a_row_of_dashes_separates_entries_and_does_nothing_else(rule: str, write: Write) -> None:
    text = page_entry("Also asked:\n\n- will I sleep there\n\nYou may.") + f"\n{rule}\n"
    entry = entry_of(text, write)
    assert (entry.phrasings, entry.text) == (("will I sleep there",), "You may.")


def test_a_stray_fence_does_not_swallow_the_next_question(write: Write) -> None:
    folder = write({"visit.md": page_entry("```\nYou may.") + "\n" + page_entry("x")})
    assert len([p for p in problems(folder) if "visit.md" in p]) > 1


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("a\n- b\n- c", "<p>a</p>\n<ul>\n<li>b</li>\n<li>c</li>\n</ul>"),
        ("a\n• b\n•c", "<p>a</p>\n<ul>\n<li>b</li>\n<li>c</li>\n</ul>"),
        ("a\n\n- b\nThen d.", "<p>a</p>\n<ul>\n<li>b</li>\n</ul>\n<p>Then d.</p>"),
        ("a\n\n- b\nand d", "<p>a</p>\n<ul>\n<li>b\nand d</li>\n</ul>"),
        ("a\n\n- b\n  And d", "<p>a</p>\n<ul>\n<li>b\nAnd d</li>\n</ul>"),
        ("Tom & Jerry \\*", "<p>Tom &amp; Jerry *</p>"),
        ("    not code", "<p>not code</p>"),
        ("[us](https://elm.example)", '<p><a href="https://elm.example">us</a></p>'),
        ("[us](/visit)", '<p><a href="/visit">us</a></p>'),
        ("[us](/\\\\visit)", '<p><a href="/%5Cvisit">us</a></p>'),
        ("a < b", "<p>a &lt; b</p>"),
    ],
)
def test_the_answer_becomes_html(body: str, html: str, write: Write) -> None:
    assert entry_of(page_entry(body), write).html == html


def test_a_list_in_an_answer_reads_well_as_plain_text(write: Write) -> None:
    entry = entry_of(page_entry("Please:\n\n- **bring** a card\n- wear shoes\n\nThanks."), write)
    assert entry.text == "Please:\n• bring a card\n• wear shoes\n\nThanks."


@pytest.mark.parametrize(
    ("answer", "quote"),
    [
        ("In 2 weeks", "within 2 weeks"),
        ("In two weeks", "within 2 weeks"),
        ("1 hour", "about one hour per level"),
        ("Call 646.916.3962", "Call us: (646) 916-3962"),
        ("[Call](tel:+16469163962)", "Call us: (646) 916-3962"),
        ("1. Bring\n2. Wear", "Bring your card"),
    ],
)
def test_a_number_that_the_quote_says_too_is_fine(answer: str, quote: str, write: Write) -> None:
    assert entry_of(page_entry(f"Well.\n\n{answer}", quote=quote), write).text


# reviews, and where the journal is

BY_ANN = (date(2025, 11, 2), "Ann Lee")


@pytest.mark.parametrize(
    ("line", "reviewed"),
    [
        ("Reviewed: 2025-11-02 by Ann Lee", BY_ANN),
        ("**Reviewed:** 2025-11-02 by Ann Lee", BY_ANN),
        ("reviewed on: 2025-11-2, by Ann  Lee", BY_ANN),
        ("Last reviewed: 2025-11-02 BY Ann Lee", BY_ANN),
        ("Reviewed 2025-11-02 by Ann Lee", BY_ANN),
        ("Reviewed: 2025-11-02", (BY_ANN[0], "")),
        (f"Reviewed: {date.today()} by Ann Lee", (date.today(), "Ann Lee")),
    ],
)
def test_an_entry_says_who_reviewed_it_and_when(
    line: str, reviewed: tuple[date, str], write: Write
) -> None:
    entry = entry_of(page_entry(f"You may.\n\n{line}"), write)
    assert (entry.reviewed, entry.reviewed_by) == reviewed
    assert entry.text == "You may."


@pytest.mark.parametrize(
    "body",
    [
        "REVIEWED\n\nAlso asked:\n\n- will I sleep there\n\nYou may.",
        "REVIEWED\nAlso asked:\n- will I sleep there\nYou may.",
        "Also asked:\nREVIEWED\n- will I sleep there\n\nYou may.",
        "Also asked:\n- will I sleep there\nREVIEWED\nYou may.",
        "Also asked:\n- will I sleep there\n\nREVIEWED\n\nYou may.",
        "Also asked:\n- will I sleep there\n\nYou may.\nREVIEWED",
    ],
)
def test_the_review_may_stand_anywhere_below_the_heading(body: str, write: Write) -> None:
    line = "Reviewed: 2025-11-02 by Ann Lee"
    entry = entry_of(page_entry(body.replace("REVIEWED", line)), write)
    assert (entry.reviewed, entry.reviewed_by) == BY_ANN
    assert (entry.phrasings, entry.text) == (("will I sleep there",), "You may.")


def test_the_review_separates_two_paragraphs_of_the_answer_and_two_quotes(write: Write) -> None:
    line = "Reviewed: 2025-11-02"
    text = page_entry(f"You may.\n{line}\nOr not.", quote="It may require an overnight stay")
    assert entry_of(text, write).text == "You may.\n\nOr not."
    text = page_entry("You may.", quote=f"Bring your card\n{line}\n> Wear loose clothes")
    assert entry_of(text, write).quotes == ("Bring your card", "Wear loose clothes")


@pytest.mark.parametrize(
    "line", ["- reviewed: 2025-11-02", "We reviewed it.", "Reviewed by all.", "Reviewed"]
)
def test_prose_and_phrasings_are_not_a_review(line: str, write: Write) -> None:
    entry = entry_of(page_entry(f"Also asked:\n- who\n{line}\n\nYou may."), write)
    assert entry.reviewed is None


def test_a_review_of_tomorrow_is_fine_for_it_may_be_tomorrow_there(write: Write) -> None:
    day = date.today() + timedelta(days=1)
    entry = entry_of(page_entry(f"You may.\n\nReviewed: {day}"), write)
    assert entry.reviewed == day


def knowledge_with(line: str, write: Write) -> Knowledge:
    text = (CASES / "sound" / "practice.toml").read_text()
    return knowledge.load(write({"practice.toml": f"{line}\n{text}"}))


def practice_with(line: str, write: Write) -> Practice:
    return knowledge_with(line, write).practice


@pytest.mark.parametrize(
    ("every", "months"),
    [
        ("12 months", 12),
        ("6 Months", 6),
        ("1 month", 1),
        ("1 year", 12),
        ("2  years ", 24),
        ("off", 0),
    ],
)
def test_the_practice_says_how_often_answers_are_reviewed(
    every: str, months: int, write: Write
) -> None:
    assert practice_with(f'review_every = "{every}"', write).review_every == months


@pytest.mark.parametrize("every", ['"0 months"', '"yearly"', '""', "12", '"100 years"', "[]"])
def test_how_often_is_reported_when_it_cannot_be_read(every: str, write: Write) -> None:
    with pytest.raises(KnowledgeError, match=r"practice\.toml:1: “review_every” cannot be read"):
        practice_with(f"review_every = {every}", write)


@pytest.mark.parametrize(
    ("journal", "kept"),
    [
        ("off", "off"),
        ("Off", "off"),
        ("", ""),
        ("asked.sqlite", "asked.sqlite"),
        ("postgresql://office@db.elm.example/faqbot", "postgresql://office@db.elm.example/faqbot"),
    ],
)
def test_the_practice_says_where_the_journal_is(journal: str, kept: str, write: Write) -> None:
    assert practice_with(f'journal = "{journal}"', write).journal == kept


def test_a_journal_that_cannot_be_kept_there_is_a_warning_and_off(write: Write) -> None:
    bad = '"on"', '"no"', "false", "1", "[]", '"https://u:secret@elm.example"', '"password"'
    outside = '"../other.sqlite"', '"sub/other.sqlite"', '"/srv/../other.sqlite"', '"sqlite://"'
    homeless = '"~nobody-here/other.sqlite"'
    wrong = []
    for journal in (*bad, *outside, homeless):
        found = knowledge_with(f"journal = {journal}", write)
        told = "".join(map(str, found.warnings))
        is_told = told.startswith("practice.toml:1: “") and "secret" not in told
        if not is_told or found.practice.journal != "off":
            wrong.append((journal, found.practice.journal, told))
    assert not wrong


def test_reviews_and_the_journal_may_be_left_out(sound: Knowledge) -> None:
    assert (sound.practice.review_every, sound.practice.journal) == (0, "")
    assert {entry.reviewed for entry in sound.entries} == {None}


# every mistake is reported


@pytest.mark.parametrize("case", BROKEN, ids=lambda path: path.name)
def test_every_mistake_is_reported_with_its_line_and_its_fix(case: Path, write: Write) -> None:
    folder = write()
    shutil.copytree(case, folder, dirs_exist_ok=True)
    (folder / "expected.txt").unlink()
    expected = (case / "expected.txt").read_text(encoding="utf-8").splitlines()
    assert problems(folder) == expected
    assert knowledge.read(folder)[0] is None


def test_there_are_cases_enough() -> None:
    assert len(BROKEN) >= 22


MANY_MISTAKES: dict[str, str | None] = {
    "visit.md": "##Where?\n",
    "practice.toml": "nam = 1\n",
    "synonyms.toml": "a = 1\n",
    "examples.jsonl": "what?\n",
}


def test_all_problems_are_reported_at_once_and_sorted(write: Write) -> None:
    found = knowledge.read(write(MANY_MISTAKES))[1]
    assert {p.file for p in found} == set(MANY_MISTAKES)
    assert [(p.file, p.line) for p in found] == sorted((p.file, p.line) for p in found)


def test_load_raises_all_of_them(write: Write) -> None:
    folder = write(MANY_MISTAKES)
    with pytest.raises(KnowledgeError) as caught:
        knowledge.load(folder)
    assert caught.value.problems == knowledge.read(folder)[1]
    assert "synonyms.toml:1: “a” must be followed by a list of words." in str(caught.value)


def test_a_missing_practice_file_is_reported_and_the_rest_is_read(write: Write) -> None:
    found = problems(write({"practice.toml": None, "synonyms.toml": "a = 1\n"}))
    assert [line.split(":")[0] for line in found] == ["practice.toml", "synonyms.toml"]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"PK\x03\x04rest", "a Word document or a zip file"),
        (b"%PDF-1.7", "a PDF"),
        (b"\xd0\xcf\x11\xe0rest", "an old Word document"),
        (b"{\\rtf1 hello}", "a rich text document"),
        (b"\x89PNG\r\n", "a picture"),
        ("## Wo?".encode("utf-16"), "UTF-16"),
        (b"## Where\0?", "not a text file"),
        (b"## Where?\n\nse\xf1or\n", "visit.md:3: This file is not saved as UTF-8: see “señor”."),
    ],
)
def test_a_file_that_is_not_text_is_reported_once(data: bytes, told: str, write: Write) -> None:
    (problem,) = problems(write({"visit.md": data}))
    assert told in problem


@pytest.mark.parametrize("name", ["visit.md", "practice.toml", "sources/visit.txt"])
def test_a_huge_file_is_reported_quickly_and_never_parsed(name: str, write: Write) -> None:
    folder = write({name: b"## Where?\n" * 1_000_000})
    begin = time.thread_time()
    found = problems(folder)
    assert time.thread_time() - begin < 1
    assert found[0].startswith(f"{name}: This file is too large (10.0 MB; at most 1 MB is read).")


@pytest.mark.parametrize(
    "probe",
    [
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](java\tscript:alert(1))",
        "[x](data:text/html,x)",
        "[x](vbscript:x)",
        "[x](file:///etc/passwd)",
        "[x](//evil.example)",
        '[x](https://elm.example "a" onclick=b)',
        "![x](https://elm.example/x.png)",
        "<script>x</script>",
        "<img src=x onerror=y>",
        "<svg/onload=x>",
        "<!-- x -->",
        "<a href='javascript:x'>y</a>",
    ],
)
def test_nothing_that_could_run_gets_into_a_page(probe: str, write: Write) -> None:
    found = knowledge.read(write({"visit.md": page_entry(probe), "examples.jsonl": None}))[1]
    assert [p.line for p in found if p.file == "visit.md"] == [3]


@pytest.mark.parametrize("probe", ["<javascript:alert(1)>", "a <b c", "`<b>`x", "&lt;b&gt;"])
def test_what_only_looks_like_code_is_shown_as_it_is(probe: str, write: Write) -> None:
    file = write({"visit.md": page_entry(probe), "examples.jsonl": None})
    loaded = knowledge.read(file)[0]
    html = next(e.html for e in loaded.entries if e.file == "visit.md") if loaded else ""
    assert "<b" not in html
    assert "href" not in html


def test_an_answer_as_long_as_a_page_is_reported(write: Write) -> None:
    (problem,) = problems(write({"visit.md": page_entry("word " * 1_200)}))[2:]
    assert "This answer is too long (6000 letters; at most 5000)." in problem


def test_an_answer_with_too_many_links_is_reported(write: Write) -> None:
    (problem,) = problems(write({"visit.md": page_entry("[" * 101)}))[2:]
    assert "There are more than 100 square brackets in this answer." in problem


@pytest.mark.parametrize("quote", [".", "…", "stay over"])
def test_a_quote_has_whole_words(quote: str, write: Write) -> None:
    found = problems(write({"visit.md": page_entry("You may.", quote=quote)}))
    assert any("The page does not say this" in problem for problem in found)


@pytest.mark.parametrize(
    ("folder", "told"),
    [("nowhere", "does not exist"), ("file", "This is a file"), ("nul\0", "cannot be opened")],
)
def test_what_is_not_a_folder_is_reported(folder: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (problem,) = problems(tmp_path / folder)
    assert told in problem


def test_an_empty_folder_reports_all_that_is_missing(tmp_path: Path) -> None:
    found = knowledge.read(tmp_path)[1]
    assert [p.message for p in found] == [
        "There are no questions in this folder.",
        "This file is missing.",
    ]


def test_a_file_that_may_not_be_read_is_reported(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Path.open

    def refuse(path: Path, *args: Any) -> Any:
        if path.name == "visit.md":
            raise PermissionError(13, "Permission denied")
        return opened(path, *args)

    monkeypatch.setattr(Path, "open", refuse)  # root may read everything
    (problem,) = problems(write())
    assert "visit.md: This file cannot be opened (Permission denied)." in problem


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_or_folder_named_like_a_file_does_not_hang_the_reading(write: Write) -> None:
    folder = write()
    os.mkfifo(folder / "pipe.md")
    (folder / "folder.md").mkdir()
    assert [p.split(". ")[0] for p in problems(folder) if "page is missing" not in p] == [
        "folder.md: This is not a file",
        "pipe.md: This is not a file",
    ]


def link(path: Path, target: Path) -> None:
    try:
        path.symlink_to(target)
    except OSError:  # Windows without the right to
        pytest.skip("needs symbolic links")


def test_a_link_out_of_the_folder_is_refused(write: Write, tmp_path: Path) -> None:
    folder = write({"small-talk.md": None})
    (tmp_path / "secret.md").write_text("## Secret\n")
    link(folder / "small-talk.md", tmp_path / "secret.md")
    (problem,) = problems(folder)
    assert "small-talk.md: This is a link to a file outside the knowledge folder." in problem


def test_a_folder_of_sources_elsewhere_is_refused(write: Write, tmp_path: Path) -> None:
    folder = write()
    (folder / "sources").rename(tmp_path / "elsewhere")
    link(folder / "sources", tmp_path / "elsewhere")
    assert any("a link to a folder outside" in p for p in problems(folder))


@pytest.mark.parametrize("target", ["nothing.md", "small-talk.md"])
def test_a_link_to_nothing_or_itself_is_reported(target: str, write: Write) -> None:
    folder = write({"small-talk.md": None})
    link(folder / "small-talk.md", folder / target)
    (problem,) = problems(folder)
    assert "small-talk.md: This file cannot be opened" in problem


def test_a_link_within_the_folder_is_fine(write: Write) -> None:
    folder = write()
    (folder / ".data").mkdir()
    (folder / "small-talk.md").rename(folder / ".data" / "small-talk.md")
    link(folder / "small-talk.md", folder / ".data" / "small-talk.md")
    assert problems(folder) == []


def test_an_unreadable_file_does_not_make_its_ids_unknown(write: Write) -> None:
    assert len(problems(write({"visit.md": b"%PDF"}))) == 1


# the digest


def test_the_digest_changes_with_any_file_that_is_read(write: Write) -> None:
    folder = write()
    before = knowledge.load(folder).digest
    assert len(before) == 64
    assert knowledge.load(folder).digest == before
    put(folder / "notes.txt", "not read")
    assert knowledge.load(folder).digest == before
    for path in sorted(folder.rglob("*.*")):
        if path.name != "notes.txt":
            path.write_bytes(path.read_bytes() + b"\n")
            after = knowledge.load(folder).digest
            assert after != before, path
            before = after


# what no answer quotes yet


def test_each_sentence_that_no_entry_quotes_is_uncovered(sound: Knowledge) -> None:
    assert [(p.file, p.line, p.message) for p in knowledge.uncovered(sound)] == [
        ("sources/visit.txt", line, f"No answer quotes this yet: “{text}”.")
        for line, text in [
            (3, 'Most patients are "back to normal" within 2 weeks.'),
            (5, "Bring your card"),
            (6, "Wear loose clothes"),
            (8, "Call us: (646) 916-3962"),
        ]
    ]


def of_page(text: str, *quotes: str) -> list[str]:
    """What is uncovered of a page's text by an entry with these quotes."""
    entry = Entry("a", "A?", (), Role.ANSWER, quotes=quotes, file="visit.md")
    practice = Practice("Elm", (), schedule="Book a visit")
    told = knowledge.uncovered(Knowledge(practice, (entry,), sources={"visit": text}))
    return [p.message.partition("“")[2].rpartition("”")[0] for p in told]


BOOKING = """## How do I get a visit? {#get-a-visit}

Please call (646) 916-3962.

> Call us: (646) 916-3962

> Book a visit
"""
ADDRESS = 'schedule_url = "https://elm.example/book?a=1&b=2"'


@pytest.mark.parametrize(
    ("address", "link"),
    [
        (ADDRESS, '<a class="book" href="https://elm.example/book?a=1&amp;b=2">Book a visit</a>'),
        ("", ""),
    ],
)
def test_an_answer_that_quotes_the_link_for_appointments_has_it_where_it_leads_somewhere(
    write: Write, address: str, link: str
) -> None:
    files = {"visit.md": BOOKING, "examples.jsonl": None, **booked(address)}
    entry = knowledge.load(write(files)).entries[-1]
    assert entry.id == "get-a-visit"
    below = f"\n<p>{link}</p>" if link else ""
    assert entry.html == f"<p>Please call (646) 916-3962.</p>{below}"
    assert entry.quotes == ("Call us: (646) 916-3962",)
    assert "Book" not in entry.text


@pytest.mark.parametrize(
    ("file", "text", "address", "told"),
    [
        ("visit.md", BOOKING.replace("3962.\n", "3962. Or press “Book a visit”."), ADDRESS, []),
        (
            "visit.md",
            BOOKING.replace("3962.\n", "3962. Or press “Book a visit”.\n"),
            "",
            [
                "visit.md:3: “Book a visit” leads nowhere, so visitors would look for it "
                "without success. Remove these words, or write its address as schedule_url in "
                "practice.toml."
            ],
        ),
        (
            "small-talk.md",
            "## Hello {#hello}\n\nHello! Press “Book a visit”.\n",
            ADDRESS,
            [
                "small-talk.md:3: “Book a visit” is shown below answers only, so visitors would "
                "look for it without success. Remove these words."
            ],
        ),
    ],
)
def test_no_text_promises_a_link_for_appointments_that_is_not_there(
    write: Write, file: str, text: str, address: str, told: list[str]
) -> None:
    files = {file: text, "examples.jsonl": None, **booked(address)}
    assert problems(write(files)) == told


def booked(address: str) -> dict[str, str | bytes | None]:
    """A practice.toml with this line about appointments, and a page that offers them."""
    practice = (CASES / "sound" / "practice.toml").read_text("utf-8")
    page = (CASES / "sound" / "sources" / "visit.txt").read_text("utf-8")
    given = 'schedule_url = "https://elm.example/book"'
    assert given in practice
    practice = practice.replace(given, address).replace('starters = ["duration"]', "starters = []")
    return {"practice.toml": practice, "sources/visit.txt": f"{page}\nBook a visit\n"}


@pytest.mark.parametrize(
    ("text", "quotes", "left"),
    [
        ("It is so. It was so.", ["It is so."], ["It was so."]),
        ("It is so and will be.", ["so and will"], []),
        ("It is so and will be.", ["so and"], ["It is so and will be."]),
        ("It is so. It was so.", ["is so. It was"], ["It is so.", "It was so."]),
        ("Dr. Elm came to the U.S. alone. Why?", [], ["Dr. Elm came to the U.S. alone.", "Why?"]),
        ("• one two\n• three four", ["one two"], ["three four"]),
        ("© Elm. Designed by Oak\nAll rights reserved\n(646) 916-3962 Menu", [], []),
        ("Book a visit", [], []),
        ("Phone: (646) 916-3962", [], ["Phone: (646) 916-3962"]),
        ("Phone: (646) 916-3962", ["(646) 916-3962"], []),
        ("It takes\none hour.", ["It takes one hour"], []),
        ("* * *\n\n—", [], []),
    ],
)
def test_a_sentence_is_covered_by_three_of_its_words(
    text: str, quotes: list[str], left: list[str]
) -> None:
    assert of_page(text, *quotes) == left


# any text at all

PIECES = st.sampled_from(
    [
        "## Where? {#where}",
        "##Where?",
        "# Where?",
        "#",
        "## ",
        "## a {#",
        "Also asked:",
        "Also asked: x",
        "also aksed:",
        "- how",
        "-",
        "• how",
        "  on",
        "on",
        "You may.",
        "Why?",
        "Why? {#why}",
        "---",
        "> It may require",
        ">",
        "> nothing",
        "[x](#where)",
        "[x](javascript:y)",
        "<b>",
        "```",
        "",
        "",
        "En español: llame al 911",
        "Reviewed: 2025-11-02 by Ann",
        "Reviewed: never",
        "2 hours",
        "\ufeff\u200b\x0c",
    ]
)
LINES = st.lists(PIECES | st.text(max_size=20), max_size=25).map("\n".join)
ANY_TEXT = LINES | st.text(max_size=200) | st.binary(max_size=100)
NAMES = st.sampled_from(sorted(p.name for p in (CASES / "sound").iterdir() if p.is_file()))
FUZZ = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def place_exists(problem: Problem, folder: Path) -> bool:
    path = folder / problem.file
    text = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\r", b"\n") if problem.line else b""
    return path.exists() and 0 <= problem.line <= text.count(b"\n") + 1


@FUZZ
@given(name=NAMES, content=ANY_TEXT)
def test_any_text_in_any_file_never_raises(name: str, content: str | bytes, write: Write) -> None:
    data = content if isinstance(content, bytes) else content.encode("utf-8", "replace")
    folder = write({name: data})
    loaded, found = knowledge.read(folder)
    assert (loaded is None) == bool(found)
    for problem in found:
        assert problem.message
        assert problem.fix
        assert place_exists(problem, folder), problem
        str(problem).encode()


WORDS = st.lists(
    st.sampled_from(["spine", "pain", "doctor", "bed", "home", "card", "drive", "sleep"]),
    min_size=2,
    max_size=5,
).map(" ".join)
SENTENCES = WORDS.map(lambda words: words.capitalize() + ".")


@st.composite
def valid_folders(draw: st.DrawFn) -> tuple[str, str, list[tuple[str, list[str], str, str]]]:
    """A page's file, the page's text, and (question, phrasings, answer, quote) of each entry."""
    asked = draw(st.lists(WORDS, min_size=2, max_size=12, unique=True))
    cuts = draw(st.integers(1, min(4, len(asked) // 2)))
    entries, blocks, page = [], [], []
    for index in range(cuts):
        question, *phrasings = asked[index::cuts]
        answer, quote = draw(SENTENCES), draw(SENTENCES)
        bullet = draw(st.sampled_from(["- ", "* ", "• ", "-", "1. "]))
        gap = draw(st.sampled_from(["\n", "\n\n"]))
        listed = gap.join(bullet + phrasing for phrasing in phrasings)
        asks = f"Also asked:\n\n{listed}\n\n" if phrasings else ""
        blocks.append(f"## {question}\n\n{asks}{answer}\n\n> {quote}\n")
        page.append(quote)
        entries.append((question, phrasings, answer, quote))
    return "\n".join(blocks), " ".join(page), entries


@FUZZ
@given(valid=valid_folders())
def test_a_valid_folder_loads_to_what_was_written(
    valid: tuple[str, str, list[tuple[str, list[str], str, str]]], write: Write
) -> None:
    text, page, expected = valid
    practice = 'name = "Elm"\n[[phones]]\nlabel = "Office"\nnumber = "(646) 916-3962"\n'
    folder = write({"visit.md": text, "sources/visit.txt": page, "practice.toml": practice})
    put(folder / "examples.jsonl", "")
    loaded = [e for e in knowledge.load(folder).entries if e.file == "visit.md"]
    assert [(e.question, list(e.phrasings), e.text, *e.quotes) for e in loaded] == expected
    assert [e.line for e in loaded] == [
        number for number, line in enumerate(text.split("\n"), 1) if line.startswith("## ")
    ]
