"""Small practices to learn decisions from: entries, and questions whose right entries are known.

Made of labelled public questions (some labels are answered, some for the office, the others left
out), of strangers' practices, and of the sample, as it is and with fewer phrasings.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faqbot import knowledge
from faqbot.common.topics import topics
from faqbot.knowledge import Entry, Example, Role
from faqbot.quality.evaluation import read_questions
from faqbot.text import words
from faqbot.understanding.vectors import word_vectors
from models import texts

ROOT = Path(__file__).parent.parent
STRANGERS = ROOT / "tests" / "practices"
FURTHER = ROOT / "models" / "sources" / "practices"  # nothing is measured on these
SAMPLE = "kyphoplasty"
FEWER_PHRASINGS = 4  # phrasings of an entry
DECLARED_WEIGHT = 0.5  # relative weight of a stranger's practice with its topics
MISSING_SHARE, WRONG_SHARE = 0.15, 0.05  # shares of the topics that are missing, or wrong
PUBLIC_FOLDERS = 10  # folders of each public source
ALIKE_SHARE = 0.7  # share of entries whose phrasings are more alike than visitors' questions
MAX_PHRASINGS = (6, 6, 20, 45)  # phrasings of an entry in a public folder
HELD_OUT = 10  # questions of a label that are not used as phrasings
TYPO_SHARE = 0.15  # share of questions with a typo
STRANGER_WEIGHT, MADE_UP_WEIGHT, UNRELATED_WEIGHT, SMALLER_WEIGHT = 8.0, 0.1, 1.0, 0.5  # weights
UNRELATED_QUESTIONS, NONSENSE_QUESTIONS = 25, 8  # nonsense: made-up words
MAX_OUT_OF_SCOPE = 110  # out-of-scope questions of a folder

Embed = Callable[[str], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class LabelledQuestion:
    """A question, and the ids of the entries that are right; none where it is out of scope."""

    text: str
    right: frozenset[str]


@dataclass(frozen=True, slots=True)
class Folder:
    """A practice."""

    name: str
    entries: tuple[Entry, ...]
    questions: tuple[LabelledQuestion, ...]
    weight: float = 1.0  # of all its questions together
    pack: str = ""


def strangers() -> Iterator[Folder]:
    """The practices of `STRANGERS` and `FURTHER`, without emergencies."""
    for folder in sorted([*STRANGERS.glob("*/staff"), *FURTHER.glob("*/staff")]):
        known = knowledge.load(folder)
        asked = (folder.parent / "questions.jsonl").read_text("utf-8").splitlines()
        yield _folder(folder.parent.name, known.entries, read_questions(asked))


def _folder(
    name: str,
    entries: Iterable[Entry],
    asked: Iterable[Example],
    pack: str = "",
) -> Folder:
    spoken = tuple(entry for entry in entries if entry.role in (Role.ANSWER, Role.PHONE_ONLY))
    ids = {entry.id for entry in spoken}
    questions = tuple(
        LabelledQuestion(one.question, ids & {*one.accept})
        for one in asked
        if "emergency" not in one.accept
    )
    return Folder(name, spoken, questions, STRANGER_WEIGHT, pack)


def variants(folder: Folder) -> Iterator[Folder]:
    """The practice with unrelated questions, with fewer entries, and with topics.

    A question whose entry is left out is a near miss: the page does not answer it.
    """
    draw = random.Random(folder.name)  # noqa: S311
    others = texts.labelled()["clinc"][texts.OUT_OF_SCOPE]
    size = len(folder.entries)
    for number in (size, size // 2, draw.randint(6, 12), draw.randint(3, 6)):
        entries = tuple(draw.sample(folder.entries, number))
        ids = {entry.id for entry in entries}
        asked = [
            LabelledQuestion(one.text, one.right & ids) for one in folder.questions if number < size
        ]
        unrelated = [
            *draw.sample(others, UNRELATED_QUESTIONS),
            *(_nonsense(draw) for _ in range(NONSENSE_QUESTIONS)),
        ]
        asked += (LabelledQuestion(text, frozenset()) for text in unrelated)
        weight = UNRELATED_WEIGHT if number == size else SMALLER_WEIGHT
        yield Folder(folder.name, entries, tuple(asked), weight)
    claiming = tuple(_with_topics(draw, folder))
    yield replace(folder, entries=claiming, weight=STRANGER_WEIGHT * DECLARED_WEIGHT)
    office = {entry.id for entry in folder.entries if entry.role is Role.PHONE_ONLY}
    if any(one.right & office for one in folder.questions):
        answering = tuple(_with_answers(claiming))
        yield replace(folder, entries=answering, weight=STRANGER_WEIGHT * DECLARED_WEIGHT)


def _with_answers(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The office's entries as in office.md: a topic, an answer, and no other ways to ask."""
    for entry in entries:
        if entry.role is Role.PHONE_ONLY and entry.topics:
            heading = topics()[entry.topics[0]].named({})
            yield replace(entry, role=Role.OFFICE_ANSWER, question=heading, phrasings=())
        else:
            yield entry


def _with_topics(draw: random.Random, folder: Folder) -> Iterator[Entry]:
    """The entries with their topics, some of which are missing or wrong."""
    known = right_topics(folder.name)
    general = list(topics())
    for entry in folder.entries:
        at = draw.random()
        if at < MISSING_SHARE:
            yield entry
        elif at < MISSING_SHARE + WRONG_SHARE:
            yield replace(entry, topics=(draw.choice(general),))
        else:
            yield replace(entry, topics=known[entry.id])


def right_topics(name: str) -> dict[str, tuple[str, ...]]:
    """The topics of each entry of a stranger's practice, as labelled by a person."""
    file = next(own / name / "topics.tsv" for own in (STRANGERS, FURTHER) if (own / name).is_dir())
    rows = (line.split("\t") for line in file.read_text("utf-8").splitlines())
    return {id: () if ids == "none" else tuple(ids.split(",")) for id, ids in rows}


def _nonsense(draw: random.Random) -> str:
    """One to three made-up words."""
    letters = "aeiorstnlbdgkmpz"
    made = (draw.choices(letters, k=draw.randint(3, 9)) for _ in range(draw.randint(1, 3)))
    return " ".join(map("".join, made))


def sample() -> Iterator[Folder]:
    """The sample as it is, and with fewer phrasings; both also without topics and pack."""
    known = knowledge.load(ROOT / "knowledge")
    whole = _folder(SAMPLE, known.entries, known.examples, known.pack)
    draw = random.Random(1)  # noqa: S311
    fewer = tuple(_thinned(draw, entry, FEWER_PHRASINGS) for entry in whole.entries)
    for entries in (whole.entries, fewer):
        unclaimed = tuple(replace(entry, topics=None) for entry in entries)
        yield replace(whole, entries=entries)
        yield replace(whole, entries=unclaimed, pack="", weight=STRANGER_WEIGHT / 2)


def _thinned(draw: random.Random, entry: Entry, most: int) -> Entry:
    if len(entry.phrasings) <= most:
        return entry
    return replace(entry, phrasings=tuple(draw.sample(entry.phrasings, most)))


def made_up() -> Iterator[Folder]:
    """Folders of public questions."""
    draw = random.Random(7)  # noqa: S311
    labelled = texts.labelled()
    for number in range(PUBLIC_FOLDERS):
        for source in ("clinc", "banking"):
            yield _public(draw, f"{source} {number}", labelled[source])


def _public(draw: random.Random, name: str, by_label: Mapping[str, Sequence[str]]) -> Folder:
    labels = sorted(set(by_label) - {texts.OUT_OF_SCOPE})
    draw.shuffle(labels)
    answered, office = draw.randint(20, 32), draw.randint(8, 18)
    most = draw.choice(MAX_PHRASINGS)
    entries, questions = [], []
    for number, label in enumerate(labels[: answered + office]):
        first, *others = _lines(draw, by_label[label], most)
        role = Role.ANSWER if number < answered else Role.PHONE_ONLY
        entries.append(Entry(label, first, tuple(others), role))
        left = [text for text in by_label[label] if text not in (first, *others)]
        asked = draw.sample(left, 6 if role is Role.ANSWER else 3)
        questions += [LabelledQuestion(_mistyped(draw, text), frozenset({label})) for text in asked]
    outside = [
        text
        for label in labels[answered + office :]
        for text in draw.sample(by_label[label], min(3, len(by_label[label])))
    ]
    outside += by_label.get(texts.OUT_OF_SCOPE, ())
    draw.shuffle(outside)
    questions += [
        LabelledQuestion(_mistyped(draw, text), frozenset()) for text in outside[:MAX_OUT_OF_SCOPE]
    ]
    return Folder(name, tuple(entries), tuple(questions), weight=MADE_UP_WEIGHT)


def _lines(draw: random.Random, pool: Sequence[str], most: int) -> list[str]:
    """Three phrasings or more; mostly much alike, as those by one person are."""
    size = draw.randint(most // 2, most)
    first, *others = draw.sample(pool, min(len(pool) - HELD_OUT, 3 * size))
    if draw.random() < ALIKE_SHARE:
        near = _embed(first)
        others.sort(key=lambda text: -float(_embed(text) @ near))
    return [first, *others[: size - 1]]


def _embed(text: str) -> NDArray[np.float32]:
    return word_vectors().text(words(text))


def _mistyped(draw: random.Random, text: str) -> str:
    """The text, now and then with a typo in one of its longer words."""
    long = [word for word in text.split() if len(word) > 3]
    if not long or draw.random() > TYPO_SHARE:
        return text
    word = draw.choice(long)
    at = draw.randrange(1, len(word) - 1)
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    dropped = word[:at] + word[at + 1 :]
    doubled = word[:at] + word[at] + word[at:]
    other = word[:at] + draw.choice("aeioutsrn") + word[at + 1 :]
    return text.replace(word, draw.choice([swapped, dropped, doubled, other]), 1)
