"""Reads HINT3 (Arora et al., 2020): real chatbots' phrasings, visitors' lines, predictions."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .measures import Guess, Line

OUT_OF_SCOPE = "NO_NODES_DETECTED"


@dataclass(frozen=True, slots=True)
class Task:
    """Phrasings with their labels, and lines to be labelled."""

    bot: str
    part: str  # "full", or "subset" for the thinned phrasings
    phrasings: tuple[str, ...]
    labels: tuple[str, ...]
    lines: tuple[Line, ...]
    misspelt: tuple[Line, ...] = ()  # the same lines with slips; () where there are none


def tasks(folder: Path) -> list[Task]:
    """Every bot of which the folder has a `BOT_test.csv`, full and subset."""
    bots = sorted(file.name.removesuffix("_test.csv") for file in folder.glob("*_test.csv"))
    found = [_task(folder, bot, part) for part in ("full", "subset") for bot in bots]
    return [task for task in found if task is not None]


def published(folder: Path, bot: str) -> dict[str, list[Guess]]:
    """The guesses of each system whose predictions for the bot's test lines are there."""
    files = sorted(folder.glob(f"preds_*_{bot}.csv"))
    return {file.name.split("_")[1]: [_guess(row) for row in _rows(file)] for file in files}


def _task(folder: Path, bot: str, part: str) -> Task | None:
    train = folder / f"{bot}_{'subset_' if part == 'subset' else ''}train.csv"
    if not train.exists():
        return None
    rows = list(_rows(train))
    misspelt = folder / f"{bot}_test_misspelt.csv"
    return Task(
        bot=bot,
        part=part,
        phrasings=tuple(row["sentence"] for row in rows),
        labels=tuple(row["label"] for row in rows),
        lines=_lines(folder / f"{bot}_test.csv"),
        misspelt=_lines(misspelt) if misspelt.exists() else (),
    )


def _lines(file: Path) -> tuple[Line, ...]:
    return tuple(
        Line(row["sentence"], frozenset({row["label"]} - {OUT_OF_SCOPE})) for row in _rows(file)
    )


def _guess(row: dict[str, str]) -> Guess:
    label = row["predicted_node"]
    return Guess(None if label == OUT_OF_SCOPE else label, float(row["predicted_node_score"] or 0))


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        yield from csv.DictReader(opened)
