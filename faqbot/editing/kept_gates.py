"""Keeps what the gate said of a draft, so that of several workers only one asks all examples."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from filelock import FileLock

from faqbot.editing import disk
from faqbot.editing.workspace import DeskError, Workspace
from faqbot.knowledge import Problem
from faqbot.quality.regression import RegressionReport, TriedExample

MOST = 8  # files; the oldest go first
LONGEST_WAIT = 60  # seconds for another worker that is asking the same
ASKERS = (
    "bot.py",
    "choosing.py",
    "evaluation.py",
    "facts.py",
    "review.py",
    "desk/gate.py",
    "knowledge/page.py",
)


def once(
    workspace: Workspace, live: str, draft: str, ask: Callable[[], RegressionReport]
) -> RegressionReport:
    """The gate between the knowledge of two digests: as it is kept, or as `ask` finds it."""
    kept = fetch(workspace, live, draft)
    if kept:
        return kept
    with _alone(workspace):
        regression_report = fetch(workspace, live, draft) or ask()
        with suppress(OSError, DeskError):
            workspace.refuse_links()
            _store(workspace, _name(live, draft), regression_report)
    return regression_report


def fetch(workspace: Workspace, live: str, draft: str) -> RegressionReport | None:
    """What is kept; None where nothing is, or it cannot be read."""
    try:
        path = _folder(workspace) / _name(live, draft)
        return _from_json(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _folder(workspace: Workspace) -> Path:
    return workspace.room / "gates"


def _name(live: str, draft: str) -> str:
    return f"{hashlib.sha256(_program() + f'{live} {draft}'.encode()).hexdigest()[:32]}.json"


@cache
def _program() -> bytes:
    """Names the code that decides; another version of it may say otherwise."""
    here = Path(__file__).parent.parent
    files = [*(here / name for name in ASKERS), *sorted((here / "understanding").glob("*.py"))]
    files += sorted(path for path in (here / "common" / "en").rglob("*") if path.is_file())
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).digest()


@contextmanager
def _alone(workspace: Workspace) -> Iterator[None]:
    """Hold the lock; go on without where it cannot be had: asking twice is no harm."""
    lock = FileLock(workspace.room / "gates.lock", timeout=LONGEST_WAIT)
    with suppress(OSError, DeskError):
        workspace.ready()
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _store(workspace: Workspace, name: str, regression_report: RegressionReport) -> None:
    folder = _folder(workspace)
    folder.mkdir(exist_ok=True)
    disk.put(folder / name, json.dumps(asdict(regression_report), ensure_ascii=False).encode())
    by_age = sorted(folder.glob("*.json"), key=lambda path: -path.stat().st_mtime)
    for path in by_age[MOST:]:
        path.unlink(missing_ok=True)


def _from_json(told: dict[str, Any]) -> RegressionReport:
    return RegressionReport(
        better=_tried(told["better"]),
        worse=_tried(told["worse"]),
        still_wrong=_tried(told["still_wrong"]),
        problems=tuple(Problem(**problem) for problem in told["problems"]),
        asked=int(told["asked"]),
    )


def _tried(told: list[dict[str, str]]) -> tuple[TriedExample, ...]:
    return tuple(TriedExample(**one) for one in told)
