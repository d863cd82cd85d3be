"""Counts are pixels under the object lens, segments under the instance and panoptic lens."""

import math

from workbench.metrics import score
from workbench.segmentation import Segmentation
from workbench.taxonomy import Category, Taxonomy

TAX = Taxonomy([Category(1, "background", "stuff"), Category(2, "cell")])
TRUTH = Segmentation.from_panoptic([[1, 1, 1, 1], [1, 2, 2, 4]], {1: 1, 2: 2, 4: 2}, TAX)
GUESS = Segmentation.from_panoptic([[1, 1, 1, 3], [1, 2, 2, 0]], {1: 1, 2: 2, 3: 2}, TAX)


def test_pixels() -> None:
    found = score(TRUTH, GUESS, target="cell")
    assert (found.tp, found.fp, found.fn, found.tn) == (2, 1, 1, 4)


def test_segments() -> None:
    things = score(TRUTH, GUESS, lens="instance")
    assert (things.tp, things.fp, things.fn) == (1, 1, 1)
    assert math.isnan(things.tn)
    every = score(TRUTH, GUESS, lens="panoptic")
    assert (every.tp, every.fp, every.fn) == (2, 1, 1)
    assert (every.per_category["background"].tp, every.per_category["cell"].fp) == (1, 1)


def test_a_lens_without_objects_counts_none() -> None:
    assert math.isnan(score(TRUTH, GUESS, lens="semantic").tp)
    assert math.isnan(score(TRUTH, GUESS, lens="regions").tp)
