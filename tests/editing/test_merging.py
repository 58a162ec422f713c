"""Joining what two people changed in one file, and saying what both changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot.editing.entries import blocks, merge
from faqbot.editing.merging import Merged

A, B, C, D = (f"## {name}? {{#{name.lower()}}}\n\nSo it is.\n" for name in "ABCD")
A2, A3, B2 = A.replace("So", "Not so"), A.replace("So", "Never so"), B.replace("So", "Not so")
TOP = "# Our page\n"


def file(*parts: str) -> str:
    return "\n".join(parts)


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
    merged = merge(BASE, ours, theirs)
    assert (merged.text.rstrip(), merged.clashes) == (joined.rstrip(), ())


@pytest.mark.parametrize(
    ("ours", "theirs", "joined", "clashes"),
    [
        (file(TOP, A2, B, C), file(TOP, A3, B2, C), file(TOP, A2, B2, C), ("a",)),
        (file(TOP, A2, B, C), file(TOP, B, C), file(TOP, A2, B, C), ("a",)),
        (file(TOP, B, C), file(TOP, A2, B, C), file(TOP, B, C), ("a",)),
        (file("# Us\n", A, B, C), file("# Them\n", A, B, C), file("# Us\n", A, B, C), ("",)),
        (file(TOP, A, B, C, D), file(TOP, A, B, C, D.replace("So", "Now")), None, ("d",)),
        (file(TOP, A2, B2, C), file(TOP, A3, C), None, ("a", "b")),
    ],
)
def test_what_both_changed_clashes_and_ours_stands(
    ours: str, theirs: str, joined: str | None, clashes: tuple[str, ...]
) -> None:
    assert merge(BASE, ours, theirs) == Merged(joined or ours, clashes)


def test_two_entries_of_one_id_are_kept_apart() -> None:
    base = file(A, A, B)
    assert merge(base, file(A2, A, B), file(A, A, B2)).text == file(A2, A, B2)


def test_a_file_that_is_new_on_one_side_is_taken_whole() -> None:
    assert merge("", "", BASE).text == merge("", BASE, "").text == BASE
    assert merge("", A, B) == Merged(file(A, B))


@pytest.mark.parametrize("changed", ["ours", "theirs"])
def test_other_line_ends_on_one_side_are_no_change_of_the_words(changed: str) -> None:
    ours, theirs = file(TOP, A2, B, C), file(TOP, A, B2, C)
    if changed == "ours":
        ours = ours.replace("\n", "\r\n")
    else:
        theirs = theirs.replace("\n", "\r\n")
    joined = file(TOP, A2, B2, C).replace("\n", "\r\n")
    assert merge(BASE, ours, theirs) == Merged(joined)


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
    merged = merge(LINES, ours, theirs, "practice.toml")
    assert merged == (Merged(joined) if joined else Merged(ours, ("",)))


ENTRIES = st.sampled_from([A, A2, A3, B, B2, C, D, "## E\n", TOP, "Also asked:\n"])
FILES = st.lists(ENTRIES, max_size=6).map(lambda parts: file(*parts))


@given(base=FILES, one=FILES, other=FILES, name=st.sampled_from(["a.md", "a.txt"]))
def test_any_two_changes_join_or_clash_the_same_way_round(
    base: str, one: str, other: str, name: str
) -> None:
    here, there = merge(base, one, other, name), merge(base, other, one, name)
    assert set(here.clashes) == set(there.clashes)
    if not here.clashes and name == "a.txt":
        assert here == there
    known = {block.id for text in (base, one, other) for block in blocks(text)}
    assert {block.id for block in blocks(here.text)} <= known
    assert merge(base, one, base, name) == merge(base, base, one, name) == Merged(one)
