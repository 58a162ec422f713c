"""What is compared: faqbot's matcher, and peers that answer with the nearest phrasing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from types import ModuleType

import numpy as np
import snowballstemmer
from numpy.typing import NDArray
from rapidfuzz import fuzz, process, utils

from faqbot.knowledge import Entry, Role
from faqbot.understanding.matching import Matcher

from .measures import Guess

Ask = Callable[[Sequence[str]], list[Guess]]
Fit = Callable[[Sequence[str], Sequence[str]], Ask]
Similarities = Callable[[Sequence[str]], NDArray[np.float32]]  # (questions, phrasings)

INSTALL = "pip install --group bench"


class MissingPeerError(Exception):
    """A package that only the benchmark needs is not installed."""

    def __init__(self, package: str) -> None:
        super().__init__(f"{package} is not installed. You can fix this by `{INSTALL}`.")


def peer(module: str, package: str) -> ModuleType:
    """Import what the benchmark needs and faqbot does not."""
    try:
        return import_module(module)
    except ImportError:
        raise MissingPeerError(package) from None


def faqbot(
    phrasings: Sequence[str], labels: Sequence[str], synonyms: Sequence[Sequence[str]] = ()
) -> Ask:
    """The matcher itself: the surest entry, and its probability."""
    matcher = Matcher(entries(phrasings, labels), synonyms)

    def ask(questions: Sequence[str]) -> list[Guess]:
        best = [matcher.rank(question, 1) for question in questions]
        return [Guess(m[0].id, m[0].probability) if m else Guess(None, 0.0) for m in best]

    return ask


def entries(phrasings: Sequence[str], labels: Sequence[str]) -> list[Entry]:
    """An entry for each label, without an answer's text."""
    lines: dict[str, list[str]] = {}
    for phrasing, label in zip(phrasings, labels, strict=True):
        lines.setdefault(label, []).append(phrasing)
    return [
        Entry(label, first, tuple(others), Role.ANSWER) for label, (first, *others) in lines.items()
    ]


def nearest(similarities: Similarities, labels: Sequence[str]) -> Ask:
    """The label of the most similar phrasing, and its similarity."""

    def ask(questions: Sequence[str]) -> list[Guess]:
        found = similarities(questions)
        best = found.argmax(1)
        return [Guess(labels[i], float(row[i])) for i, row in zip(best, found, strict=True)]

    return ask


def rapidfuzz_by(scorer: Callable[..., float]) -> Fit:
    """Nearest phrasing by a scorer of rapidfuzz, case and punctuation aside."""

    def fit(phrasings: Sequence[str], labels: Sequence[str]) -> Ask:
        def similarities(questions: Sequence[str]) -> NDArray[np.float32]:
            found = process.cdist(
                questions, phrasings, scorer=scorer, processor=utils.default_process
            )
            return np.asarray(found, np.float32)

        return nearest(similarities, labels)

    return fit


def tf_idf_letters(phrasings: Sequence[str], labels: Sequence[str]) -> Ask:
    """Nearest phrasing by the cosine of TF-IDF over runs of 3 to 5 letters within words."""
    text = peer("sklearn.feature_extraction.text", "scikit-learn")
    vectorizer = text.TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    rows = vectorizer.fit_transform(phrasings)

    def similarities(questions: Sequence[str]) -> NDArray[np.float32]:
        return np.asarray((vectorizer.transform(questions) @ rows.T).toarray(), np.float32)

    return nearest(similarities, labels)


def bm25(phrasings: Sequence[str], labels: Sequence[str]) -> Ask:
    """Nearest phrasing by BM25 over stemmed words, stop words kept: "how long" needs them."""
    bm25s = peer("bm25s", "bm25s")
    stem = snowballstemmer.stemmer("english").stemWords

    def tokens(texts: Sequence[str]) -> list[list[str]]:
        return [stem(utils.default_process(text).split()) for text in texts]

    known = tokens(phrasings)
    index = bm25s.BM25()
    index.index(known, show_progress=False)
    vocabulary = {token for line in known for token in line}

    def scores(line: list[str]) -> NDArray[np.float32]:
        # bm25s 0.3 raises ValueError where no token of the question is in its index
        found = [token for token in line if token in vocabulary]
        return index.get_scores(found) if found else np.zeros(len(known), np.float32)

    def similarities(questions: Sequence[str]) -> NDArray[np.float32]:
        return np.array([scores(line) for line in tokens(questions)], np.float32)

    return nearest(similarities, labels)


PEERS: dict[str, Fit] = {
    "rapidfuzz WRatio": rapidfuzz_by(fuzz.WRatio),
    "rapidfuzz token_set_ratio": rapidfuzz_by(fuzz.token_set_ratio),
    "TF-IDF letters (scikit-learn)": tf_idf_letters,
    "BM25 (bm25s)": bm25,
}
