"""The plots; matplotlib is asked for only when one is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .measures import Bin, Curve
from .systems import peer

OURS = "#0b5fff"
PEERS = (
    *("#d1495b", "#edae49", "#00798c", "#66a182", "#8d6a9f"),
    *("#7a5c3e", "#5c6b73", "#c77dff", "#1b1b1b"),
)


def curves(drawn: Sequence[tuple[str, str, Curve]], file: Path) -> None:
    """CCR over FPR: a panel for each task, a line for each system."""
    tasks = list(dict.fromkeys(task for task, _, _ in drawn))
    others = list(dict.fromkeys(system for _, system, _ in drawn if not _ours(system)))
    figure, panels = _figure(len(tasks))
    for task, panel in zip(tasks, panels, strict=True):
        for system, points in ((system, points) for own, system, points in drawn if own == task):
            style = _style(system, others)
            panel.plot(points.false, points.right, label=system, **style)
        panel.set(title=task, xlabel="out of scope, yet above the threshold", xlim=(0, 1))
        panel.set(ylabel="in scope, above and right", ylim=(0, 1))
        panel.grid(alpha=0.25)
        panel.legend(fontsize=7, frameon=False, loc="lower right")
    figure.savefig(file, dpi=130)


def reliability(bins: Sequence[Bin], file: Path) -> None:
    """The share right over the stated probability; on the diagonal, scores keep their word."""
    figure, (panel,) = _figure(1)
    panel.plot([0, 1], [0, 1], color="#888888", linestyle=":")
    panel.plot([b.stated for b in bins], [b.right for b in bins], color=OURS, marker="o")
    for b in bins:
        panel.annotate(str(b.count), (b.stated, b.right), (4, -12), textcoords="offset points")
    panel.set(xlabel="stated probability", ylabel="share right", xlim=(0, 1), ylim=(0, 1.02))
    panel.set(title="Can the scores be trusted? (numbers: replies)")
    panel.grid(alpha=0.25)
    figure.savefig(file, dpi=130)


def growth(sizes: Sequence[int], measures: Mapping[str, Sequence[float]], file: Path) -> None:
    """Each measure over the number of phrasings, a panel each, both axes logarithmic."""
    figure, panels = _figure(len(measures))
    for (name, values), panel in zip(measures.items(), panels, strict=True):
        panel.loglog(sizes[: len(values)], values, color=OURS, marker="o")
        panel.set(title=name, xlabel="phrasings")
        panel.grid(alpha=0.25, which="both")
    figure.savefig(file, dpi=130)


def _ours(system: str) -> bool:
    return system.startswith("faqbot")


def _style(system: str, others: Sequence[str]) -> dict[str, Any]:
    if _ours(system):
        return {"color": OURS, "linewidth": 2.4, "linestyle": "-" if system == "faqbot" else "--"}
    return {"color": PEERS[others.index(system) % len(PEERS)], "linewidth": 1.0}


def _figure(count: int) -> tuple[Any, list[Any]]:
    """A figure without a window, and its panels in up to two columns."""
    peer("matplotlib", "matplotlib").use("Agg")
    pyplot = peer("matplotlib.pyplot", "matplotlib")
    columns = min(2, count)
    rows = -(-count // columns)
    figure, panels = pyplot.subplots(
        rows, columns, figsize=(6.2 * columns, 4.6 * rows), squeeze=False, layout="constrained"
    )
    flat = list(panels.ravel())
    for panel in flat[count:]:
        panel.remove()
    return figure, flat[:count]
