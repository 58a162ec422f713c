import math
from pathlib import Path

import pytest

from . import hint3
from .measures import Guess, Line, auroc, calibration_error, curve, oscr, reliability, top1

INSIDE, OUTSIDE = Line("how long", frozenset({"duration"})), Line("weather", frozenset())
RIGHT, WRONG = Guess("duration", 0.9), Guess("place", 0.9)


@pytest.mark.parametrize(
    ("guesses", "expected"),
    [
        ([RIGHT, Guess("place", 0.1)], 1.0),
        ([Guess("duration", 0.1), Guess("place", 0.9)], 0.0),
        ([RIGHT, Guess("place", 0.9)], 0.5),
        ([WRONG, Guess("place", 0.1)], 0.0),
        ([RIGHT, Guess(None, 1.0)], 1.0),
    ],
)
def test_oscr_is_the_area_under_right_over_false(guesses: list[Guess], expected: float) -> None:
    assert oscr([INSIDE, OUTSIDE], guesses) == expected


def test_curve_ends_where_every_line_is_above_the_threshold() -> None:
    points = curve([INSIDE, OUTSIDE], [RIGHT, Guess(None, 0.0)])
    assert (points.right[-1], points.false[-1]) == (1.0, 1.0)


def test_measures_of_scope_are_nan_without_lines_of_both_kinds() -> None:
    assert math.isnan(oscr([INSIDE], [RIGHT]))
    assert math.isnan(auroc([OUTSIDE], [RIGHT]))
    assert math.isnan(top1([OUTSIDE], [RIGHT]))


def test_top1_takes_any_accepted_label_and_leaves_out_what_is_out_of_scope() -> None:
    either = Line("how long in hospital", frozenset({"duration", "stay"}))
    assert top1([either, INSIDE, OUTSIDE], [Guess("stay", 0.1), WRONG, RIGHT]) == 0.5


def test_auroc_counts_ties_half() -> None:
    assert auroc([INSIDE, INSIDE, OUTSIDE], [RIGHT, Guess("place", 0.1), Guess("x", 0.1)]) == 0.75


def test_reliability_compares_what_is_stated_with_what_is_right() -> None:
    bins = reliability([0.92, 0.98, 1.0, 0.31], [True, True, False, False])
    assert [(b.count, round(b.stated, 2), round(b.right, 2)) for b in bins] == [
        (1, 0.31, 0.0),
        (3, 0.97, 0.67),
    ]
    assert calibration_error(bins) == pytest.approx((0.31 + 3 * 0.3) / 4)


def test_hint3_is_read_with_its_misspelt_lines_and_published_predictions(tmp_path: Path) -> None:
    rows = {
        "shop_train": "sentence,label\nwhere is it,ORDER\n",
        "shop_test": "sentence,label\nwheres my bed,ORDER\nhi,NO_NODES_DETECTED\n",
        "shop_test_misspelt": "sentence,label\nwheres my bde,ORDER\nhi,NO_NODES_DETECTED\n",
        "preds_rasa_shop": (
            "sentence,label,predicted_node,predicted_node_score\n"
            "wheres my bed,ORDER,ORDER,0.5\nhi,NO_NODES_DETECTED,NO_NODES_DETECTED,0.7\n"
        ),
    }
    for name, text in rows.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    (task,) = hint3.tasks(tmp_path)
    assert (task.bot, task.part, task.phrasings) == ("shop", "full", ("where is it",))
    assert [line.accept for line in task.lines] == [frozenset({"ORDER"}), frozenset()]
    assert task.misspelt[0].text == "wheres my bde"
    assert hint3.published(tmp_path, "shop") == {"rasa": [Guess("ORDER", 0.5), Guess(None, 0.7)]}
