from __future__ import annotations

from pathlib import Path

import pytest

from faqbot.editing.changes import word_changes
from faqbot.editing.workspace import Files, read_files
from faqbot.knowledge import Problem
from faqbot.staff.answers import located
from faqbot.staff.publishing import CONTEXT_WORDS, excerpt


@pytest.fixture
def files(practice: Path) -> Files:
    return read_files(practice)


class TestExcerpt:
    LONG = " ".join(f"word{number}" for number in range(200))

    def test_shows_a_short_text_whole(self) -> None:
        said = word_changes("It takes one hour.", "It takes two hours.")
        assert excerpt(said) == said

    def test_cuts_what_stayed_the_same_to_what_is_near_a_change(self) -> None:
        cut = excerpt(word_changes(f"{self.LONG} one {self.LONG}", f"{self.LONG} two {self.LONG}"))
        before, gone, new, after = (text for _, text in cut)
        assert (gone.strip(), new.strip()) == ("one", "two")
        assert before.startswith(" … ")
        assert after.endswith(" … ")
        assert len(before.split()) + len(after.split()) <= 2 * (CONTEXT_WORDS + 2)

    def test_keeps_both_ends_of_what_stands_between_two_changes(self) -> None:
        cut = excerpt(word_changes(f"old {self.LONG} old", f"new {self.LONG} new"))
        between = next(text for op, text in cut if op == "same")
        assert "word0" in between
        assert " … " in between
        assert "word199" in between

    def test_never_cuts_what_changed(self) -> None:
        cut = excerpt(word_changes("", self.LONG))
        assert cut == (("in", self.LONG),)


class TestLocated:
    def line_of(self, files: Files, text: str) -> int:
        return files["procedure.md"].decode().split("\n").index(text) + 1

    def test_names_the_entry_that_a_line_is_in(self, files: Files) -> None:
        line = self.line_of(files, "- size of the scar")
        (found,) = located([Problem("procedure.md", line, "Wrong.", "Fix it.")], files)
        assert (found.entry_id, found.file, found.line) == ("incisions", "procedure.md", line)

    def test_names_the_entry_whose_heading_it_is(self, files: Files) -> None:
        line = self.line_of(files, "## How big are the cuts? {#incisions}")
        (found,) = located([Problem("procedure.md", line, "Wrong.", "Fix it.")], files)
        assert found.entry_id == "incisions"

    @pytest.mark.parametrize("name", ["practice.toml", "sources/procedure.txt"])
    def test_names_no_entry_in_a_file_that_has_none(self, files: Files, name: str) -> None:
        (found,) = located([Problem(name, 1, "Wrong.", "Fix it.")], files)
        assert (found.entry_id, found.file) == ("", name)

    def test_leads_nowhere_where_the_folder_as_a_whole_is_meant(self, files: Files) -> None:
        (found,) = located([Problem("the knowledge folder", 0, "Wrong.", "Fix it.")], files)
        assert (found.entry_id, found.file) == ("", "")
