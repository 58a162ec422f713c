"""What is learnt from phrasings, once: their features, and how each votes for each entry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from sys import intern

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array

from faqbot.features import Features, Lexicon, Synonyms, stem
from faqbot.text import words

RIDGE = 0.2  # from 0.05 to 0.6 HINT3's OSCR moves by less than 0.01
STEPS = 25  # of conjugate gradients; beyond 20 no figure moves, and stopping early smooths too
MOST_VOTES = 2_500_000  # phrasings times entries; beyond, `candidates` answers faster and as well

Floats = NDArray[np.float32]
Halves = NDArray[np.float16]  # as good to vote with, in half the memory


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Learnt:
    """What a matcher learns from phrasings, to be kept where learning again would take seconds."""

    lexicon: Lexicon
    rows: csc_array  # (phrasings, features)
    weights: Halves  # (features, entries); none where there are too many
    constants: Floats  # (entries,)
    known: csr_array  # (entries, stems): which stems an entry's phrasings are made of


def learn(
    phrasings: Sequence[str], entries: NDArray[np.intp], synonyms: Synonyms
) -> tuple[Learnt, Features]:
    """`entries[i]` is the number of the entry of `phrasings[i]`, from 0 on without a gap."""
    # Interned, each word is held once however often it stands: 200 MiB less for 300,000 phrasings.
    tokens = [list(map(intern, synonyms.join(words(phrasing)))) for phrasing in phrasings]
    lexicon = Lexicon.of(tokens, entries.tolist())
    features = Features(lexicon, synonyms)
    known = _known(lexicon, tokens, entries)
    rows = features.matrix(tokens)
    weights, constants = _votes(rows, entries)
    return Learnt(lexicon, rows.tocsc(), weights, constants, known), features


def _votes(rows: csr_array, entries: NDArray[np.intp]) -> tuple[Halves, Floats]:
    count = int(entries.max()) + 1
    if len(entries) * count > MOST_VOTES:
        return np.zeros((0, 0), np.float16), np.zeros(0, np.float32)
    targets = np.full((len(entries), count), -1, np.float32)
    targets[np.arange(len(entries)), entries] = 1
    weights, constants = ridge_regression(rows, targets, RIDGE)
    return weights.astype(np.float16), constants


def ridge_regression(rows: csr_array, targets: Floats, ridge: float) -> tuple[Floats, Floats]:
    """Weights (features, m) and constants (m,) of centred ridge regression, all columns at once.

    `rows`: (n, features), one phrasing each; `targets`: (n, m). Solved in its dual form, which
    never forms the n times n kernel.
    """
    columns = rows.T.tocsr()
    middle = targets.mean(0)
    mean = np.asarray(rows.mean(0), np.float32).ravel()

    def kernel(dual: Floats) -> Floats:
        weights = columns @ dual - np.outer(mean, dual.sum(0))
        return np.asarray(rows @ weights - mean @ weights)

    dual = solve(kernel, targets - middle, ridge)
    weights = np.asarray(columns @ dual - np.outer(mean, dual.sum(0)), np.float32)
    return weights, middle - mean @ weights


def solve(kernel: Callable[[Floats], Floats], targets: Floats, ridge: float) -> Floats:
    """Find the `dual` with kernel(dual) + ridge * dual = targets, each column by itself.

    By conjugate gradients (Hestenes and Stiefel, 1952).
    """
    dual = np.zeros_like(targets)
    residual = targets.copy()
    direction = residual.copy()
    size = (residual**2).sum(0)
    for _ in range(STEPS):
        image = kernel(direction) + ridge * direction
        step = size / np.maximum((direction * image).sum(0), 1e-20)
        dual += step * direction
        residual -= step * image
        before, size = size, (residual**2).sum(0)
        direction = residual + size / np.maximum(before, 1e-20) * direction
    return dual


def _known(
    lexicon: Lexicon, tokens: Sequence[Sequence[str]], entries: NDArray[np.intp]
) -> csr_array:
    places = {stemmed: place for place, stemmed in enumerate(lexicon.words)}
    own: list[set[int]] = [set() for _ in range(int(entries.max()) + 1)]
    for entry, line in zip(entries.tolist(), tokens, strict=True):
        own[entry].update(places[stem(token)] for token in line)
    ends = np.cumsum([0, *map(len, own)], dtype=np.int32)
    ids = np.array([place for found in own for place in sorted(found)], np.int32)
    return csr_array((np.ones(len(ids), bool), ids, ends), (len(own), len(places)))
