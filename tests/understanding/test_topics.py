"""Topics are read as they are written, and understood in the words of people who never saw them."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from faqbot.common.topics import SLOTS, TopicKind, packs, read_topics, topics
from faqbot.knowledge import Entry, Role
from faqbot.understanding.topics import Claims, topic_model
from tests.benchmarks import topics as measured

READ = list(read_topics())
GENERAL = [topic for topic in topics().values() if not topic.pack]
LEAST = 60  # wordings of a topic that every practice has


def test_there_are_enough_of_both_kinds() -> None:
    kinds = Counter(topic.kind for topic in GENERAL)
    assert kinds[TopicKind.PROCEDURE] >= 100
    assert kinds[TopicKind.OFFICE] >= 40
    assert packs() == ("kyphoplasty",)


def test_parents_are_topics() -> None:
    assert {topic.parent for topic in topics().values()} <= {"", *topics()}


def test_only_small_talk_has_a_message() -> None:
    assert {
        t.id for t in topics().values() if bool(t.message) != (t.kind is TopicKind.SMALL_TALK)
    } == set()


def test_every_topic_of_all_practices_has_wordings_of_many_voices() -> None:
    counts = {t.id: len(w) for t, w in READ if not t.pack and t.kind is not TopicKind.SMALL_TALK}
    assert {id: number for id, number in counts.items() if number < LEAST} == {}


def test_no_wording_stands_under_two_topics_or_twice() -> None:
    wordings = Counter(" ".join(re.findall(r"\w+", w.lower())) for _, own in READ for w in own)
    assert [wording for wording, number in wordings.items() if number > 1] == []


def test_slots_are_spelt_right() -> None:
    slots = {
        slot
        for t, own in READ
        for text in (t.heading, *own)
        for slot in re.findall(r"\{(\w*)\}", text)
    }
    assert slots <= {*SLOTS}


def test_a_heading_takes_the_names_of_a_practice() -> None:
    assert topics()["duration"].named({}) == "How long does the procedure take?"
    named = topics()["duration"].named({"procedure": "LASIK"})
    assert named == "How long does LASIK take?"


def test_a_line_that_is_no_wording_is_told(tmp_path: Path) -> None:
    (tmp_path / "topics").mkdir()
    for kind in TopicKind:
        (tmp_path / "topics" / f"{kind}.md").write_text("# Title\n\n## Why? {#why}\n\nstray\n")
    with pytest.raises(ValueError, match=r"procedure.md:3: 'stray' is not a wording of 'why'"):
        list(read_topics(tmp_path))


def test_a_heading_without_an_id_is_told(tmp_path: Path) -> None:
    (tmp_path / "topics").mkdir()
    for kind in TopicKind:
        (tmp_path / "topics" / f"{kind}.md").write_text("## Why?\n")
    with pytest.raises(ValueError, match="not a heading with an id"):
        list(read_topics(tmp_path))


def test_wordings_by_who_saw_only_the_headings_reach_their_topic() -> None:
    found = [measured.hits(text, right)[0] for text, right in measured.blind()]
    assert np.mean(found) >= 0.85


def test_nearly_all_questions_of_strangers_have_a_topic() -> None:
    labelled = [one for name in measured.names() for one in measured.questions(name)]
    assert np.mean([bool(right) for _, right in labelled]) >= 0.9


def test_claims_that_are_found_are_right() -> None:
    shares = np.array(list(measured.claims()))
    found = shares[shares[:, 0] >= 0.5, 1]
    assert len(found) >= len(shares) / 3
    assert found.mean() >= 0.95


def entry(id: str, question: str, *phrasings: str, topics: tuple[str, ...] | None = None) -> Entry:
    return Entry(id, question, phrasings, Role.ANSWER, "", "text", topics=topics, file="page.md")


def claimed(*entries: Entry, pack: str = "") -> set[tuple[str, str, bool]]:
    found = Claims(entries, topic_model(pack)).all()
    return {(claim.entry, claim.topic, claim.declared) for claim in found}


def test_an_entry_claims_what_it_says_and_else_what_it_plainly_is() -> None:
    found = claimed(
        entry("a", "Parken?", topics=("parking",)),
        entry("b", "How long does the operation take?", "how many minutes will it last"),
        entry("c", "When can I drive again?", "how soon can I drive my car", topics=()),
        entry("d", "Do the fish sing?"),
    )
    assert found == {("a", "parking", True), ("b", "duration", False)}


def test_an_entry_may_claim_several_topics() -> None:
    both = entry("a", "Money", topics=("cost", "financing"))
    assert claimed(both) == {("a", "cost", True), ("a", "financing", True)}


def test_topics_of_a_pack_count_only_where_a_page_has_it() -> None:
    leak = entry("leak", "Can the cement leak?", "is there a danger that the cement leaks out")
    assert ("leak", "cement-leak", False) in claimed(leak, pack="kyphoplasty")
    assert "cement-leak" not in {topic for _, topic, _ in claimed(leak)}
