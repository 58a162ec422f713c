"""Charts are sound SVG, safe with any label, and right in their proportions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader

from faqbot.assets import bundled
from faqbot.journal.report import Series
from faqbot.staff.report import scale

FILE = "faqbot/staff/charts.html"
LOADER = FileSystemLoader(bundled("web") / "templates")
CHARTS: Any = Environment(loader=LOADER, autoescape=True).get_template(FILE).module
HEIGHT = 180
KINDS = ("answer", "choices", "office", "emergency", "small-talk", "caution")
DAYS = ("Mon, Mar 2", "Tue, Mar 3", "Wed, Mar 4")
ANSWERS = Series("Answered", "answer", (2, 0, 6))
OFFICE = Series("Sent to the office", "office", (2, 0, 2))


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314 - our own


def bars(svg: str) -> list[ElementTree.Element]:
    parts = parsed(svg).iter("rect")
    return [part for part in parts if (part.get("class") or "").startswith("part")]


def heights(svg: str) -> list[float]:
    return [float(bar.get("height") or 0) for bar in bars(svg)]


def columns(
    labels: Sequence[str] = DAYS,
    series: Sequence[Series] = (ANSWERS, OFFICE),
    title: str = "Questions a day",
    description: str = "Most on Wednesday.",
) -> str:
    totals = [sum(numbers) for numbers in zip(*(one.numbers for one in series), strict=True)]
    top = scale(max(totals, default=0))
    return str(CHARTS.columns("kinds", title, description, labels, series, top))


def line(labels: Sequence[str], shares: Sequence[float | None], title: str = "Share") -> str:
    return str(CHARTS.line("shares", title, "", labels, shares))


def test_the_parts_of_a_bar_are_as_high_as_its_numbers() -> None:
    assert heights(columns()) == [HEIGHT / 4, HEIGHT / 4, HEIGHT * 6 / 8, HEIGHT * 2 / 8]


def test_the_parts_of_a_bar_stand_on_each_other() -> None:
    first, second = bars(columns())[:2]
    assert first.get("x") == second.get("x")
    assert float(second.get("y") or 0) + HEIGHT / 4 == float(first.get("y") or 0)


def test_a_chart_says_what_it_shows() -> None:
    svg = parsed(columns())
    names = (svg.get("aria-labelledby") or "").split()
    said = {part.get("id"): part.text for part in svg if part.tag in ("title", "desc")}
    assert svg.get("role") == "img"
    assert [said[name] for name in names] == ["Questions a day", "Most on Wednesday."]


def test_a_bar_tells_its_numbers_to_who_points_at_it() -> None:
    told = [part.findtext("title") for part in parsed(columns()).iter("g")]
    assert told == [
        "Mon, Mar 2: Answered 2, Sent to the office 2",
        "Wed, Mar 4: Answered 6, Sent to the office 2",
    ]


def test_every_kind_has_a_pattern_of_its_own_but_the_plain_one() -> None:
    patterns = parsed(CHARTS.patterns()).iter("pattern")
    drawn = {one.get("id"): ElementTree.tostring(list(one)[1]) for one in patterns}
    drawn.pop("pattern-not-helpful")
    assert set(drawn) == {f"pattern-{kind}" for kind in KINDS[1:]}
    assert len(set(drawn.values())) == len(drawn)
    plain, other, *_ = bars(columns())
    assert (plain.get("class"), plain.get("fill")) == ("part fill-answer", None)
    assert other.get("fill") == "url(#pattern-office)"


def test_a_line_has_a_gap_where_nothing_was_asked() -> None:
    svg = line(DAYS, [0.5, None, 1.0])
    path = next(part.get("d") or "" for part in parsed(svg).iter("path"))
    assert re.findall("[ML]", path) == ["M", "M"]
    assert len(list(parsed(svg).iter("circle"))) == 2


def test_a_line_joins_what_follows_on_each_other() -> None:
    svg = line(DAYS, [0.0, 0.5, 1.0])
    path = next(part.get("d") or "" for part in parsed(svg).iter("path"))
    points = [tuple(map(float, point.split())) for point in re.split("[ML]", path)[1:]]
    assert re.findall("[ML]", path) == ["M", "L", "L"]
    assert points[0][1] - points[2][1] == HEIGHT
    assert points[1][1] - points[2][1] == HEIGHT / 2


def test_a_lying_bar_is_as_wide_as_its_shares() -> None:
    drawn = bars(str(CHARTS.bar([("answer", 0.5), ("office", 0.25)])))
    assert [(bar.get("x"), bar.get("width")) for bar in drawn] == [
        ("0.00%", "50.00%"),
        ("50.00%", "25.00%"),
    ]


@pytest.mark.parametrize("labels", [(), ("Mon",), ("Mon", "Tue")])
def test_no_numbers_make_an_empty_chart(labels: tuple[str, ...]) -> None:
    nothing = Series("Answered", "answer", (0,) * len(labels))
    assert bars(columns(labels, [nothing])) == []
    shares = line(labels, [None] * len(labels))
    assert list(parsed(shares).iter("circle")) == []


def test_days_are_told_at_both_ends_and_in_the_middle_only() -> None:
    labels = [f"day {number}" for number in range(30)]
    svg = columns(labels, [Series("Answered", "answer", (1,) * 30)])
    days = [part.text for part in parsed(svg).iter("text") if "day" in (part.text or "")]
    assert days == ["day 0", "day 15", "day 29"]


def test_nothing_needs_a_style_or_a_script_of_its_own() -> None:
    bar, swatch = CHARTS.bar([("office", 1.0)]), CHARTS.swatch("office")
    drawn = [columns(), line(DAYS, [0.5, None, 1.0]), bar, swatch, CHARTS.patterns()]
    for part in (part for svg in drawn for part in parsed(str(svg)).iter()):
        assert part.tag not in ("style", "script", "a")
        assert not [name for name in part.attrib if name == "style" or name.startswith("on")]


@given(st.text(), st.text(), st.text(), st.text())
def test_any_words_are_only_words(title: str, description: str, label: str, name: str) -> None:
    hostile = '</title><script>alert(1)</script>" onload="x'
    series = [Series(name + hostile, "answer", (1,))]
    svg = columns([label + hostile], series, title + hostile, description + hostile)
    svg += line([label + hostile], [1.0], title + hostile)
    assert "<script" not in svg
    assert 'onload="' not in svg


@given(st.integers(0, 10**9))
def test_the_highest_number_fits_and_can_be_halved(number: int) -> None:
    top = scale(number)
    assert number <= top <= max(2, 2 * number)
    assert top % 2 == 0


@given(
    st.lists(st.integers(0, 10**6), min_size=1, max_size=90).flatmap(
        lambda first: st.tuples(
            st.just(first),
            st.lists(st.integers(0, 10**6), min_size=len(first), max_size=len(first)),
        )
    )
)
def test_no_bar_is_higher_than_the_plot(numbers: tuple[list[int], list[int]]) -> None:
    series = [Series(f"{mark}", mark, tuple(n)) for mark, n in zip(KINDS, numbers, strict=False)]
    drawn = bars(columns([str(column) for column in range(len(numbers[0]))], series))
    for bar in drawn:
        assert float(bar.get("y") or 0) >= 19.9
        assert float(bar.get("height") or 0) >= 0
