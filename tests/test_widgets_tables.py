"""The table of scores in a lesson."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.metrics.score import score
from workbench.segmentation import Segmentation
from workbench.widgets.tables import ScoreTable

TRUTH = Segmentation.from_mask(np.array([[True, True, False, False]]))
GUESSES = {"half": [True, False, False, False], "all": [True] * 4}
SCORES = {name: score(TRUTH, Segmentation.from_mask(np.array([row]))) for name, row in GUESSES.items()}


def test_columns_are_the_lens_headline_unless_they_are_named() -> None:
    assert ScoreTable(SCORES).columns == ("iou", "dice")
    assert "recall" in repr(ScoreTable(SCORES, ["recall"]))


def test_the_best_of_a_column_is_bold_ties_too() -> None:
    html = ScoreTable(SCORES, ["iou", "recall"])._repr_html_()
    assert html.count("font-weight:700") == 3  # both have IoU 0.5, one has the better recall
    assert "0.500" in html


def test_the_best_distance_is_the_least_and_one_without_end_has_its_sign() -> None:
    scores = {**SCORES, "none": score(TRUTH, Segmentation.from_mask(np.zeros((1, 4), bool)))}
    html = ScoreTable(scores, ["hausdorff"])._repr_html_()
    assert html.count("font-weight:700") == 1
    assert 'font-weight:700">1.000' in html
    assert ">∞<" in html
    assert "Hausdorff distance" in html


def test_an_undefined_number_is_a_dash_with_its_reason() -> None:
    html = ScoreTable(SCORES, ["pq"])._repr_html_()
    assert 'title="the object lens does not measure it"' in html
    assert "–" in html
    assert "font-weight:700" not in html


def test_names_are_text_and_not_markup() -> None:
    assert "&lt;b&gt;" in ScoreTable({"<b>": SCORES["half"]})._repr_html_()


def test_no_scores_is_refused() -> None:
    with pytest.raises(ValueError, match="needs at least one score"):
        ScoreTable({})
