"""Pictures of numbers as SVG, to stand in a page: no script, no style attributes, no fixed width.

Widths are shares of the page's, heights and letters are pixels, so that a chart reads as well on
a phone as on paper. Colours come from the page's style sheet, by class: `fill-answer` and so on.
Each kind has a pattern too, so that colour is not the only sign.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import accumulate

from faqbot.journal.report import Series

HEIGHT = 180  # of the plot, in pixels
ABOVE = 20  # room for the highest grid line's number
BELOW = 24  # room for the days
BAR = 12  # the height of a lying bar
STEPS = (2, 4, 6, 8, 10, 12, 16)  # that a scale may end at, or ten times these, a hundred times…
FILLED = 0.72  # of the room that a standing bar has
PATTERNS = {  # what is drawn over the colour, in a square of 6 pixels
    "answer": "",
    "choices": '<path class="ink" d="M0 6L6 0M-1 1L1 -1M5 7L7 5"/>',
    "office": '<circle class="ink-fill" cx="3" cy="3" r="1.4"/>',
    "emergency": '<path class="ink" d="M0 0L6 6M0 6L6 0"/>',
    "small-talk": '<path class="ink" d="M0 3H6"/>',
    "caution": '<path class="ink" d="M3 0V6"/>',
    "not-helpful": '<path class="ink" d="M0 6L6 0M-1 1L1 -1M5 7L7 5"/>',
}


def stacked(
    name: str, title: str, description: str, labels: Sequence[str], series: Sequence[Series]
) -> str:
    """Standing bars, one a label, with a part for each series; `name` is unique on its page."""
    totals = [sum(numbers) for numbers in zip(*(one.numbers for one in series), strict=True)]
    top = round_up(max(totals, default=0))
    parts = [_grid([(number, f"{number:,}") for number in _ticks(top)], top)]
    for place, label in enumerate(labels):
        parts.append(_standing_bar(name, place, len(labels), label, series, top))
    parts.append(_days(labels))
    return _chart(name, title, description, _patterns(name, series) + "".join(parts))


def line(
    name: str,
    title: str,
    description: str,
    labels: Sequence[str],
    shares: Sequence[float | None],
) -> str:
    """A line of shares from 0 to 1; it has a gap where there is none."""
    grid = _grid([(share, f"{share:.0%}") for share in (0.5, 1.0)], 1.0)
    points = [
        (place, 100 * (place + 0.5) / len(shares), _height(share, 1.0), share)
        for place, share in enumerate(shares)
        if share is not None
    ]
    path = " ".join(
        f"{'L' if shares[place - 1] is not None and place else 'M'}{x:.3f} {y:.1f}"
        for place, x, y, _ in points
    )
    # Only the line is drawn in shares of the width, by stretching; its strength stays as it is.
    drawn = (
        f'<svg viewBox="0 0 100 {ABOVE + HEIGHT}" width="100%" height="{ABOVE + HEIGHT}" '
        f'preserveAspectRatio="none"><path class="line" d="{path}"/></svg>'
    )
    dots = "".join(
        f'<circle class="dot" cx="{x:.3f}%" cy="{y:.1f}" r="4">'
        f"<title>{escape(labels[place])}: {share:.0%}</title></circle>"
        for place, x, y, share in points
    )
    return _chart(name, title, description, grid + (drawn if path else "") + dots + _days(labels))


def lying(name: str, parts: Iterable[tuple[str, float]]) -> str:
    """A lying bar of parts, each a mark and its share of the whole width.

    It says nothing by itself: label and number stand beside it, in the page.
    """
    kept = [(mark, share) for mark, share in parts if share > 0]
    begins = accumulate((share for _, share in kept), initial=0.0)
    drawn = "".join(
        f'<rect x="{begin:.2%}" width="{share:.2%}" height="{BAR}" {_filled(name, mark)}/>'
        for begin, (mark, share) in zip(begins, kept, strict=False)
    )
    marks = [mark for mark, _ in kept]
    return (
        f'<svg class="lying" aria-hidden="true" focusable="false" width="100%" height="{BAR}">'
        f"<defs>{_defined(name, marks)}</defs>{drawn}</svg>"
    )


def swatch(name: str, mark: str) -> str:
    """The square that stands beside a kind's name in a legend."""
    return (
        '<svg class="swatch" aria-hidden="true" focusable="false" width="16" height="16">'
        f"<defs>{_defined(name, [mark])}</defs>"
        f'<rect width="16" height="16" {_filled(name, mark)}/></svg>'
    )


def round_up(number: float) -> int:
    """The next of 2, 4, 6, 8, 10, 12, 16, 20, 40… 160, 200…: it can be halved."""
    unit = 1
    while number > STEPS[-1] * unit:
        unit *= 10
    return next(step * unit for step in STEPS if step * unit >= number)


# parts of a chart


def _chart(name: str, title: str, description: str, inside: str) -> str:
    return (
        f'<svg class="chart" role="img" aria-labelledby="{name}-title {name}-desc" '
        f'width="100%" height="{ABOVE + HEIGHT + BELOW}">'
        f'<title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-desc">{escape(description)}</desc>{inside}</svg>'
    )


def _patterns(name: str, series: Sequence[Series]) -> str:
    return f"<defs>{_defined(name, [one.mark for one in series])}</defs>"


def _filled(name: str, mark: str) -> str:
    """A plain colour is no pattern: its squares would show as fine lines on paper."""
    if PATTERNS[mark]:
        return f'class="part" fill="url(#{name}-{mark})"'
    return f'class="part fill-{mark}"'


def _defined(name: str, marks: Iterable[str]) -> str:
    return "".join(
        f'<pattern id="{name}-{mark}" width="6" height="6" patternUnits="userSpaceOnUse">'
        f'<rect class="fill-{mark}" width="6" height="6"/>{PATTERNS[mark]}</pattern>'
        for mark in dict.fromkeys(marks)
        if PATTERNS[mark]
    )


def _ticks(top: int) -> tuple[int, int]:
    return top // 2, top


def _height(number: float, top: float) -> float:
    """Where a number stands, in pixels from the chart's upper edge."""
    return ABOVE + HEIGHT * (1 - number / top)


def _grid(ticks: Iterable[tuple[float, str]], top: float) -> str:
    """A line with its number above it for each tick, and the ground."""
    lines = "".join(
        f'<line class="grid" x1="0" x2="100%" y1="{_height(number, top):.1f}" '
        f'y2="{_height(number, top):.1f}"/>'
        f'<text class="tick" x="0" y="{_height(number, top) - 5:.1f}">{words}</text>'
        for number, words in ticks
    )
    ground = ABOVE + HEIGHT
    return f'{lines}<line class="ground" x1="0" x2="100%" y1="{ground}" y2="{ground}"/>'


def _standing_bar(
    name: str, place: int, places: int, label: str, series: Sequence[Series], top: int
) -> str:
    numbers = [one.numbers[place] for one in series]
    ends = list(accumulate(numbers))
    room = 100 / places
    parts = "".join(
        f'<rect x="{room * (place + (1 - FILLED) / 2):.3f}%" '
        f'width="{room * FILLED:.3f}%" y="{_height(end, top):.1f}" '
        f'height="{HEIGHT * number / top:.1f}" {_filled(name, one.mark)}/>'
        for one, number, end in zip(series, numbers, ends, strict=True)
        if number
    )
    told = ", ".join(f"{one.name} {n}" for one, n in zip(series, numbers, strict=True) if n)
    return f"<g><title>{escape(f'{label}: {told or 0}')}</title>{parts}</g>" if parts else ""


def _days(labels: Sequence[str]) -> str:
    """The first, the middle and the last label, which a phone has room for."""
    if not labels:
        return ""
    y = ABOVE + HEIGHT + BELOW - 6
    shown = [("start", "0", labels[0])]
    if len(labels) > 2:
        middle = len(labels) // 2
        shown.append(("middle", f"{100 * (middle + 0.5) / len(labels):.3f}%", labels[middle]))
    if len(labels) > 1:
        shown.append(("end", "100%", labels[-1]))
    return "".join(
        f'<text class="tick" x="{x}" y="{y}" text-anchor="{anchor}">{escape(label)}</text>'
        for anchor, x, label in shown
    )
