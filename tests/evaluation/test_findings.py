"""The sentences say what the numbers of the table say."""

from __future__ import annotations

import math

import numpy as np
import pytest

from workbench.evaluation.findings import duration, good_at, grid, overview, which
from workbench.evaluation.table import Row, read


def row(method: str, sample: str, score: float, lens: str = "object", ms: float = 10.0) -> Row:
    measure = "iou" if lens == "object" else "ari"
    yields = "foreground" if lens == "object" else "partition"
    return Row(method, sample, yields, lens, measure, 0.1, "sigma", "1", score, "2", 1.0, math.nan, ms)


ROWS = [
    row("otsu", "coins", 0.8, ms=2),
    row("otsu", "cell", 0.9, ms=3),
    row("otsu", "retina", 0.1, ms=4),
    row("watershed", "coins", 0.99),
    row("watershed", "cell", 0.4),
    row("watershed", "retina", math.nan),
    row("slic", "coins", -0.02, "regions"),
    row("slic", "cell", 0.3, "regions"),
    row("slic", "retina", 0.2, "regions"),
]


def test_a_method_is_said_to_be_good_and_bad_where_it_is() -> None:
    assert good_at("otsu", ROWS) == "best on cell, coins; worst on retina; median IoU 0.80; 3 ms"
    assert good_at("watershed", ROWS) == "best on coins, cell; median IoU 0.70; 10 ms"
    assert good_at("watershed", ROWS, timed=False).endswith("median IoU 0.70")
    assert good_at("kmeans", ROWS) == "not measured yet"


def test_which_method_suits_a_picture_is_said_lens_by_lens() -> None:
    assert which("coins", ROWS, "Coins from Pompeii") == [
        "Coins from Pompeii: of 2 methods that tell object from background, the best by IoU is "
        "Watershed (0.99), then Otsu (0.80).",
        "Coins from Pompeii: of the methods that draw regions without names, "
        "the best by ARI is SLIC (-0.02).",
    ]
    more = [row("fcn8-street", "coins", 0.0, "semantic"), row("maskrcnn-street", "coins", 0.004, "instance")]
    assert which("coins", [*ROWS, *more], "Coins")[2:] == [
        "Coins: none of the 2 methods that name each pixel or that find countable things "
        "finds anything of it."
    ]
    assert which("coins", more[:1], "Coins") == [
        "Coins: not one of the methods that name each pixel finds anything of it."
    ]
    with pytest.raises(ValueError, match="'moon' is not in the table; it has coins, cell, retina"):
        which("moon", ROWS)


def test_the_grid_holds_each_score_at_its_place() -> None:
    methods, samples, values = grid(ROWS, "object")
    assert (methods, samples) == (["otsu", "watershed"], ["coins", "cell", "retina"])
    assert np.array_equal(values, [[0.8, 0.9, 0.1], [0.99, 0.4, np.nan]], equal_nan=True)
    assert grid(ROWS, "object", "ms")[2][0].tolist() == [2, 3, 4]


def test_the_overview_names_the_steadiest_method_and_the_hardest_picture() -> None:
    assert overview(ROWS, "object") == (
        "Otsu is the steadiest (median IoU 0.80); 2 of 2 win on at least one of 3 pictures; "
        "on retina none passes 0.10."
    )
    assert overview(ROWS, "panoptic") == "Nothing has been measured yet."


def test_the_bundled_table_can_be_told() -> None:
    rows = read()
    for method in {one.method for one in rows}:
        assert good_at(method, rows).startswith("best on ")
    for sample in {one.sample for one in rows}:
        assert len(which(sample, rows)) >= 2
    assert duration(float(np.median([one.ms for one in rows]))).endswith(("ms", "s"))
