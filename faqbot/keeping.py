"""Keeps what was learnt from a knowledge folder, so that only the first start takes seconds.

One file for each state of the phrasings; changing an answer's text does not make a new one. The
files can be deleted at any time: they are learnt again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from sys import intern
from threading import Lock
from typing import Any
from weakref import WeakValueDictionary
from zipfile import BadZipFile

import numpy as np
from filelock import FileLock
from scipy.sparse import csc_array, csr_array

from faqbot.features import Lexicon, Table
from faqbot.learning import Learnt
from faqbot.settings import CACHE

Levels = dict[str, Any]  # the fields of a Confidence or a Caution
Kept = tuple[Learnt, Levels]
Arrays = dict[str, np.ndarray]

ROOM = 1 << 30  # bytes of all files together; the least recently used go first
LONGEST_WAIT = 60  # seconds for another process that is learning the same
LARGEST = 1 << 26  # bytes; no practice has more, and what is larger is learnt each time
TABLES = ("counts", "words", "letters", "pairs")  # of a lexicon
PARTS = ("data", "indices", "indptr")  # of a sparse matrix
LEARNERS = "confidence features learning matching polling spelling text".split()  # modules

_held: WeakValueDictionary[str, Learnt] = WeakValueDictionary()  # by any bot of this process
_levels: dict[str, Levels] = {}  # what belongs to them
_holding = Lock()


def key(parts: Iterable[object]) -> str:
    """A name for what is learnt from these parts by this version of the program."""
    digest = hashlib.sha256(_program())
    digest.update(json.dumps(list(parts), ensure_ascii=False).encode("utf-8", "replace"))
    return digest.hexdigest()[:32]


@cache
def _program() -> bytes:
    here = Path(__file__).parent
    return b"".join((here / f"{name}.py").read_bytes() for name in LEARNERS)


def place() -> Path | None:
    """The folder of the kept files; None where FAQBOT_CACHE is "off" or there is no home."""
    named = os.environ.get(CACHE.variable, "")
    if named == "off":
        return None
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME")
    with contextlib.suppress(RuntimeError):
        return Path(base or Path.home() / ".cache") / "faqbot"
    return None


def once(name: str, learn: Callable[[], Kept]) -> Kept:
    """What was kept under this name, or else what `learn` gives, which is then kept.

    Practices that ask the same questions hold it once together, whatever their answers are. Of
    several processes that need the same, one learns and the others wait for it.
    """
    learnt, levels = _held.get(name), _levels.get(name)
    if learnt is None or levels is None:
        learnt, levels = _hold(name, *_kept(name, learn))
    return learnt, levels


def _hold(name: str, learnt: Learnt, levels: Levels) -> Kept:
    with _holding:
        for gone in _levels.keys() - _held.keys():
            del _levels[gone]
        _levels[name] = levels
        return _held.setdefault(name, learnt), levels


def _kept(name: str, learn: Callable[[], Kept]) -> Kept:
    folder = place()
    if folder is None:
        return learn()
    kept = fetch(name)
    if kept:
        return kept
    with _alone(folder, name):
        kept = fetch(name) or learn()
        store(name, *kept)
    return kept


@contextlib.contextmanager
def _alone(folder: Path, name: str) -> Iterator[None]:
    """Hold the name's lock; go on without where it cannot be had: learning twice is no harm.

    One of sixteen, so that practices seldom wait for one another.
    """
    lock = FileLock(folder / f"learning-{name[0]}.lock", timeout=LONGEST_WAIT)
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def fetch(name: str) -> Kept | None:
    """What was kept under this name; None if nothing was, or it cannot be read."""
    folder = place()
    if folder is None:
        return None
    path = folder / f"{name}.npz"
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            kept = _unpack(arrays)
        os.utime(path)
    except (OSError, EOFError, ValueError, KeyError, TypeError, RuntimeError, BadZipFile):
        return None
    return kept


def store(name: str, learnt: Learnt, levels: Levels) -> None:
    """Keep this; where it cannot be written or is too large, the next start learns again."""
    folder = place()
    arrays = _pack(learnt, levels)
    if folder is None or sum(array.nbytes for array in arrays.values()) > LARGEST:
        return
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / f"{name}.npz", arrays)
        _make_room(folder)


def _make_room(folder: Path) -> None:
    left = ROOM
    files = [(path.stat(), path) for path in folder.glob("*.npz")]
    for status, path in sorted(files, key=lambda file: -file[0].st_mtime):
        left -= status.st_size
        if left < 0:
            path.unlink(missing_ok=True)


def _write(path: Path, arrays: Arrays) -> None:
    """Write whole or not at all: another process may be reading or writing the same."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _pack(learnt: Learnt, levels: Levels) -> Arrays:
    lexicon = learnt.lexicon
    arrays: Arrays = {
        "weights": learnt.weights,
        "constants": learnt.constants,
        "phrasings": np.array(lexicon.phrasings),
        "levels": _text(json.dumps(levels)),
    }
    for name in TABLES:
        table = getattr(lexicon, name)
        arrays |= {f"{name}.names": _text("\n".join(table)), name: np.array([*table.values()])}
    for name in ("rows", "known"):
        matrix = getattr(learnt, name)
        arrays |= {f"{name}.{part}": getattr(matrix, part) for part in PARTS}
        arrays[f"{name}.shape"] = np.array(matrix.shape)
    return arrays


def _unpack(arrays: Mapping[str, np.ndarray]) -> Kept:
    names = {name: _lines(arrays[f"{name}.names"]) for name in TABLES}
    numbers = {name: arrays[name].tolist() for name in TABLES}
    learnt = Learnt(
        lexicon=Lexicon(
            counts=dict(zip(map(intern, names["counts"]), numbers["counts"], strict=True)),
            **{name: Table(names[name], numbers[name]) for name in TABLES[1:]},
            phrasings=int(arrays["phrasings"]),
        ),
        rows=csc_array(_parts(arrays, "rows"), shape=_shape(arrays, "rows")),
        weights=arrays["weights"],
        constants=arrays["constants"],
        known=csr_array(_parts(arrays, "known"), shape=_shape(arrays, "known")),
    )
    return learnt, json.loads(arrays["levels"].tobytes())


def _parts(
    arrays: Mapping[str, np.ndarray], name: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    data, indices, ends = (arrays[f"{name}.{part}"] for part in PARTS)
    return data, indices, ends


def _shape(arrays: Mapping[str, np.ndarray], name: str) -> tuple[int, int]:
    rows, columns = arrays[f"{name}.shape"].tolist()
    return rows, columns


def _text(text: str) -> np.ndarray:
    return np.frombuffer(text.encode(), np.uint8)


def _lines(array: np.ndarray) -> list[str]:
    text = array.tobytes().decode()
    return text.split("\n") if text else []
