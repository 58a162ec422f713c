"""Learns the word vectors: a table of word pieces that imitates a sentence encoder.

    python -m models.vectors

1. The teacher embeds each word piece by itself; common pieces are shortened (SIF; Arora et al.,
   2017).
2. Ridge regression moves the table so that a text's sum of pieces comes close to the teacher's
   embedding of the text.
3. The table is tuned on labelled questions: in episodes like small knowledge folders, a question
   has to find the phrasings of its own label (prototypical networks; Snell et al., 2017).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from math import log10, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from faqbot.common.lexicon import lexicon
from faqbot.text import words
from faqbot.understanding.vectors import CONTINUATION, FILE, WordPieces, WordVectors
from models import texts
from models.folders import strangers
from models.stamp import stamp
from models.teacher import CACHE, Teacher

PIECE_COUNT = 15_500  # kept of 30,522
SIZE = 256  # of a vector; 384 gains nothing, 128 loses 3 points of top-1
COMMON_SHARE = 1e-3  # share of all words at which a piece's length is halved
RIDGE, STEPS = 1.0, 40
EPISODES, LABELS, ASKED = 600, 48, 3  # ASKED: questions of each label
RATE, PRIOR, SHARPNESS = 1e-3, 0.1, 12.0  # twice the rate loses what the teacher taught
EPISODE_SHARES = {  # of the episodes
    "banking": 0.1,
    "clinc": 0.1,
    "kyphoplasty": 0.2,
    "practices": 0.3,
    "topics": 0.3,
}

Floats = NDArray[np.float32]


def main() -> None:
    """Learn the table and write it."""
    pieces, table = taught()
    numbers, scales = rounded(tune(table, Splitter(pieces), examples()))
    with FILE.open("wb") as file:
        np.savez_compressed(
            file,
            pieces=np.frombuffer("\n".join(pieces).encode(), np.uint8),
            table=numbers,
            scales=scales,
            stamp=np.array(stamp("vectors")),
        )
    print(f"{FILE.name}: {FILE.stat().st_size:,} bytes")


@cache
def taught() -> tuple[list[str], Floats]:
    """The pieces, and their table after steps 1 and 2; cached in build/models: it takes minutes."""
    teacher = Teacher()
    lines = texts.questions()
    pieces = choose(teacher.vocabulary, lines)
    kept = CACHE / f"taught-{stamp('vectors')[:16]}.npy"
    if not kept.exists():
        np.save(kept, imitate(teacher, pieces, lines))
    return pieces, np.load(kept)


@cache
def without(names: frozenset[str]) -> WordVectors:
    """Word vectors as they would be if these practices had never been seen."""
    pieces, table = taught()
    return WordVectors(pieces, *rounded(tune(table, Splitter(pieces), examples(names))))


def examples(unseen: frozenset[str] = frozenset()) -> dict[str, dict[str, list[str]]]:
    """Questions by source and label; `unseen`: the names of practices that are left out."""
    found = {source: own for source, own in texts.labelled().items() if source not in unseen}
    for folder in strangers():
        if folder.name not in unseen:
            for entry in folder.entries:
                asked = [one.text for one in folder.questions if entry.id in one.right]
                found["practices"][f"{folder.name} {entry.id}"] = [*entry.lines, *asked]
    return found


def rounded(table: Floats) -> tuple[NDArray[np.int8], Floats]:
    """The table as integers, and the scale of each row."""
    scales = np.abs(table).max(1) / 127
    return np.round(table / scales[:, None]).astype(np.int8), scales.astype(np.float32)


class Splitter:
    """Splits texts into the numbers of their pieces."""

    def __init__(self, pieces: Sequence[str]) -> None:
        self.count = len(pieces)
        self._pieces = WordPieces(pieces)

    def split(self, text: str) -> list[int]:
        """The pieces of a text, word by word."""
        return [piece for word in words(text) for piece in self._pieces.split(word)]

    def counts(self, lines: Iterable[str], shares: bool = False) -> csr_array:
        """Counts of pieces, (lines, pieces); with `shares` over the root of the line's length."""
        split = [self.split(line) or [0] for line in lines]
        ends = np.cumsum([0, *map(len, split)])
        values = np.concatenate(
            [np.full(len(own), 1 / sqrt(len(own)) if shares else 1.0) for own in split]
        )
        ids = np.concatenate(split)
        return csr_array((values.astype(np.float32), ids, ends), (len(split), self.count))


def choose(vocabulary: Mapping[str, int], lines: Sequence[str]) -> list[str]:
    """The pieces to keep: the most frequent in the texts and in English, and all letters."""
    names = sorted(vocabulary, key=vocabulary.__getitem__)
    whole = Splitter(names)
    seen = Counter(piece for line in lines for piece in whole.split(line))
    worth = {
        piece: 1.5 * log10(1 + seen[number]) + _zipf(piece) + 9 * (len(_letters(piece)) == 1)
        for number, piece in enumerate(names)
        if _letters(piece).isascii() and _letters(piece).isalnum()
    }
    return sorted(sorted(worth, key=lambda piece: (-worth[piece], piece))[:PIECE_COUNT])


def _letters(piece: str) -> str:
    return piece.removeprefix(CONTINUATION)


def _zipf(piece: str) -> float:
    return 2.0 if piece.startswith(CONTINUATION) else lexicon().zipf(piece)


def imitate(teacher: Teacher, pieces: Sequence[str], lines: Sequence[str]) -> Floats:
    """The table of the pieces, (pieces, SIZE), after steps 1 and 2."""
    wanted = teacher.texts(lines)
    wanted -= wanted.mean(0)
    _, _, axes = np.linalg.svd(wanted[::7], full_matrices=False)
    basis = axes[:SIZE].T
    wanted = wanted @ basis
    table = teacher.pieces()[[teacher.vocabulary[piece] for piece in pieces]]
    table = (table - table.mean(0)) @ basis
    table *= np.array([_length(piece) for piece in pieces], np.float32)[:, None]
    counts = Splitter(pieces).counts(lines, shares=True)
    image = counts @ table
    table *= (image * wanted).sum() / (image**2).sum()
    return table + _ridge_regression(counts, wanted - counts @ table)


def _length(piece: str) -> float:
    """What a piece's vector is multiplied by: 0.5 where it is 1 of 1,000 words, 1 if it is rare."""
    share = 10 ** (lexicon().zipf(_letters(piece)) - 9)
    return COMMON_SHARE / (COMMON_SHARE + share) if _letters(piece).isalpha() else 0.3


def _ridge_regression(x: csr_array, y: Floats) -> Floats:
    """Find w with the least |x w - y|² + RIDGE |w|², by conjugate gradients."""
    columns = x.T.tocsr()
    found = np.zeros((x.shape[1], y.shape[1]), np.float32)
    residual = columns @ y
    direction, size = residual.copy(), (residual**2).sum(0)
    for _ in range(STEPS):
        image = columns @ (x @ direction) + RIDGE * direction
        step = size / np.maximum((direction * image).sum(0), 1e-12)
        found += step * direction
        residual -= step * image
        before, size = size, (residual**2).sum(0)
        direction = residual + size / np.maximum(before, 1e-12) * direction
    return found


def tune(
    table: Floats, splitter: Splitter, labelled: Mapping[str, Mapping[str, Sequence[str]]]
) -> Floats:
    """The table after step 3; `labelled`: questions by source and label."""
    draw = random.Random(0)  # noqa: S311
    scale = np.linalg.norm(table, axis=1).mean()
    first = table / scale
    found, optimizer = first.copy(), Adam(first.shape)
    shares = {source: share for source, share in EPISODE_SHARES.items() if source in labelled}
    for episode in range(EPISODES):
        source = draw.choices(list(shares), list(shares.values()))[0]
        known, asked = _episode(draw, labelled[source])
        lines = splitter.counts([*known, *asked])
        slope = _slope(found, lines, len(known), len(asked) // ASKED)
        used = np.unique(lines.indices)
        slope[used] += 2 * PRIOR / len(used) * (found[used] - first[used])
        found -= optimizer.step(slope, RATE * (1 - episode / EPISODES))
    return np.asarray(found * scale)


def _episode(
    draw: random.Random, by_label: Mapping[str, Sequence[str]]
) -> tuple[list[str], list[str]]:
    """Phrasings of some labels, the same number of each, and `ASKED` other questions of each."""
    size = draw.choice([2, 3, 4, 5])
    known: list[str] = []
    asked: list[str] = []
    fit = [
        label
        for label, lines in by_label.items()
        if label != texts.OUT_OF_SCOPE and len(lines) >= size + ASKED
    ]
    for label in draw.sample(fit, LABELS):
        lines = draw.sample(by_label[label], size + ASKED)
        known += lines[:size]
        asked += lines[size:]
    return known, asked


def _slope(table: Floats, lines: csr_array, known: int, labels: int) -> Floats:
    """The gradient by the table of the cross entropy of the questions' labels."""
    sums = lines @ table
    lengths = np.linalg.norm(sums, axis=1, keepdims=True) + 1e-9
    units = sums / lengths
    phrasings, questions = units[:known], units[known:]
    scores = SHARPNESS * (questions @ phrasings.T).reshape(len(questions), labels, -1)
    powers = np.exp(scores - scores.max((1, 2), keepdims=True))
    by_label = powers.sum(2)
    right = np.repeat(np.arange(labels), ASKED)
    error = by_label / by_label.sum(1, keepdims=True)
    error[np.arange(len(questions)), right] -= 1
    by_score = error[:, :, None] * powers / by_label[:, :, None] * SHARPNESS / len(questions)
    by_score = by_score.reshape(len(questions), known)
    by_unit = np.concatenate([by_score.T @ questions, by_score @ phrasings])
    by_sum = (by_unit - units * (by_unit * units).sum(1, keepdims=True)) / lengths
    return np.asarray(lines.T @ by_sum)


class Adam:
    """Gradient descent with Adam (Kingma and Ba, 2015)."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self._mean, self._square = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        self._steps = 0

    def step(self, slope: Floats, rate: float) -> Floats:
        """What to subtract from the parameters."""
        self._steps += 1
        self._mean = 0.9 * self._mean + 0.1 * slope
        self._square = 0.999 * self._square + 0.001 * slope**2
        mean = self._mean / (1 - 0.9**self._steps)
        square = self._square / (1 - 0.999**self._steps)
        return np.asarray(rate * mean / (np.sqrt(square) + 1e-8), np.float32)


if __name__ == "__main__":
    main()
