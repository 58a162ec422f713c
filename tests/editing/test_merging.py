"""Joining what two people changed in one file, and saying what both changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot.editing.entries import blocks
from faqbot.editing.merging import Side, merge_files
from faqbot.editing.workspace import Files

A, B, C, D = (f"## {name}? {{#{name.lower()}}}\n\nSo it is.\n" for name in "ABCD")
A2, A3, B2 = A.replace("So", "Not so"), A.replace("So", "Never so"), B.replace("So", "Not so")
TOP = "# Our page\n"


def file(*parts: str) -> str:
    return "\n".join(parts)


def files(name: str, text: str) -> Files:
    return {name: text.encode()} if text else {}


def merged(
    base: str, ours: str, theirs: str, name: str = "a.md", choose: dict[str, Side] | None = None
) -> tuple[str, list[str]]:
    """The text, and the ids of the entries that conflict."""
    sides = (files(name, text) for text in (base, ours, theirs))
    found, conflicts = merge_files(*sides, choose or {})
    return found.get(name, b"").decode(), [one.entry_id for one in conflicts]


BASE = file(TOP, A, B, C)


@pytest.mark.parametrize(
    ("ours", "theirs", "joined"),
    [
        (BASE, BASE, BASE),
        (file(TOP, A2, B, C), BASE, file(TOP, A2, B, C)),
        (BASE, file(TOP, A2, B, C), file(TOP, A2, B, C)),
        (file(TOP, A2, B, C), file(TOP, A2, B, C), file(TOP, A2, B, C)),
        (file(TOP, A2, B, C), file(TOP, A, B2, C), file(TOP, A2, B2, C)),
        (file(TOP, A2, B, C), file("# Us\n", A, B, C), file("# Us\n", A2, B, C)),
        (file(TOP, A, B, C, D), file(TOP, A2, B, C), file(TOP, A2, B, C, D)),
        (file(TOP, A2, B, C), file(TOP, A, D, B, C), file(TOP, A2, D, B, C)),
        (file(TOP, A2, B, C), file(TOP, D, A, B, C), file(TOP, D, A2, B, C)),
        (file(TOP, A2, C), file(TOP, A, B, C, D), file(TOP, A2, C, D)),
        (file(TOP, A2, B, C), file(TOP, C, B, A), file(TOP, C, B, A2)),
        (file(TOP, C, B, A), file(TOP, A2, B, C), file(TOP, C, B, A2)),
        (file(TOP, D, B, C), file(TOP, A, B2, C), file(TOP, D, B2, C)),
        (file(A2, B, C), file(TOP, A, B2, C), file(A2, B2, C)),
    ],
)
def test_what_only_one_side_changed_is_taken_from_it(ours: str, theirs: str, joined: str) -> None:
    text, conflicts = merged(BASE, ours, theirs)
    assert (text.rstrip(), conflicts) == (joined.rstrip(), [])


def test_an_entry_is_merged_by_lines_and_clashes_where_both_changed_the_same() -> None:
    base = "## A? {#a}\n\nAlso asked:\n\n- what\n\nSo.\n\n> So it is\n"
    asked = base.replace("- what\n", "- what\n- why\n")
    said, otherwise = base.replace("\nSo.", "\nSo it is."), base.replace("\nSo.", "\nNo.")
    assert merged(base, asked, said) == (asked.replace("\nSo.", "\nSo it is."), [])
    assert merged(base, said, otherwise) == (said, ["a"])
    assert merged(base, said, otherwise, choose={"a.md#a": "folder"}) == (otherwise, [])
    assert merged(base, said, otherwise, choose={"a.md#a": "draft"}) == (said, [])


def test_lines_are_not_merged_into_another_entry() -> None:
    base = "## A? {#a}\n\nSo.\n\n> So it is\n\nOne.\n\nTwo.\n"
    ours, theirs = base.replace("One.", "Why?"), base.replace("Two.", "Also asked:\n- so")
    assert merged(base, ours, theirs) == (ours, ["a"])


@pytest.mark.parametrize(
    ("ours", "theirs", "joined", "conflicts"),
    [
        (file(TOP, A2, B, C), file(TOP, A3, B2, C), file(TOP, A2, B2, C), ["a"]),
        (file(TOP, A2, B, C), file(TOP, B, C), file(TOP, A2, B, C), ["a"]),
        (file(TOP, B, C), file(TOP, A2, B, C), file(TOP, B, C), ["a"]),
        (file("# Us\n", A, B, C), file("# Them\n", A, B, C), file("# Us\n", A, B, C), [""]),
        (file(TOP, A, B, C, D), file(TOP, A, B, C, D.replace("So", "Now")), None, ["d"]),
        (file(TOP, A2, B2, C), file(TOP, A3, C), None, ["a", "b"]),
    ],
)
def test_what_both_changed_clashes_and_ours_stands(
    ours: str, theirs: str, joined: str | None, conflicts: list[str]
) -> None:
    text, found = merged(BASE, ours, theirs)
    assert (text.rstrip(), found) == ((joined or ours).rstrip(), conflicts)


def test_two_entries_of_one_id_are_kept_apart() -> None:
    base = file(A, A, B)
    assert merged(base, file(A2, A, B), file(A, A, B2)) == (file(A2, A, B2), [])


def test_a_file_that_is_new_on_one_side_is_taken_whole() -> None:
    assert merged("", "", BASE) == merged("", BASE, "") == (BASE, [])
    assert merged("", A, B) == (file(A, B), [])


@pytest.mark.parametrize("folder", ["\n", "\r\n"])
@pytest.mark.parametrize("draft", ["\n", "\r\n"])
def test_other_line_ends_are_no_change_of_the_words(draft: str, folder: str) -> None:
    ours, theirs = file(TOP, A2, B, C), file(TOP, A, B2, C)
    found = merged(BASE, ours.replace("\n", draft), theirs.replace("\n", folder))
    assert found == (file(TOP, A2, B2, C).replace("\n", folder), [])


LINES = "one\ntwo\nthree\nfour\n"


@pytest.mark.parametrize(
    ("ours", "theirs", "joined"),
    [
        ("1\ntwo\nthree\nfour\n", "one\ntwo\nthree\n4\n", "1\ntwo\nthree\n4\n"),
        ("two\nthree\nfour\n", LINES + "five", "two\nthree\nfour\nfive"),
        ("zero\n" + LINES, "one\nthree\nfour\n", "zero\none\nthree\nfour\n"),
        (LINES + "five\n", LINES + "five\n", LINES + "five\n"),
        ("1\ntwo\nthree\n4\n", "1\ntwo\nthree\nfour\n", "1\ntwo\nthree\n4\n"),
        ("one\n## A?\nthree\nfour\n", "one\ntwo\n## B?\nfour\n", None),
        ("one\n2\nthree\nfour\n", "one\ntwo two\nthree\nfour\n", None),
        (LINES + "five\n", LINES + "six\n", None),
        ("", "one\n2\nthree\nfour\n", None),
    ],
)
def test_other_files_are_joined_by_lines_or_clash_as_a_whole(
    ours: str, theirs: str, joined: str | None
) -> None:
    found = merged(LINES, ours, theirs, "practice.toml")
    assert found == ((joined, []) if joined else (ours, [""]))


ENTRIES = st.sampled_from([A, A2, A3, B, B2, C, D, "## E\n", TOP, "Also asked:\n"])
FILES = st.lists(ENTRIES, max_size=6).map(lambda parts: file(*parts))


@given(base=FILES, one=FILES, other=FILES, name=st.sampled_from(["a.md", "a.txt"]))
def test_any_two_changes_merge_or_clash_the_same_way_round(
    base: str, one: str, other: str, name: str
) -> None:
    here, there = merged(base, one, other, name), merged(base, other, one, name)
    assert set(here[1]) == set(there[1])
    if not here[1] and name == "a.txt":
        assert here == there
    known = {block.id for text in (base, one, other) for block in blocks(text)}
    assert {block.id for block in blocks(here[0])} <= known


@given(base=FILES, one=FILES, name=st.sampled_from(["a.md", "a.txt"]))
def test_what_one_side_left_alone_is_as_the_other_wants_it(base: str, one: str, name: str) -> None:
    assert merged(base, one, base, name) == merged(base, base, one, name) == (one, [])


@given(base=FILES, one=FILES, other=FILES, name=st.sampled_from(["a.md", "a.txt"]))
def test_no_line_that_somebody_added_is_lost_unless_it_clashes(
    base: str, one: str, other: str, name: str
) -> None:
    found, conflicts = merge_files(*(files(name, text) for text in (base, one, other)), {})
    kept = "\n".join([found.get(name, b"").decode(), *(one.folder_text for one in conflicts)])
    added = {*one.split("\n"), *other.split("\n")} - {*base.split("\n")}
    assert added <= {*kept.split("\n")}
