"""Facts are counted once, and means follow the convention."""

import math

import numpy as np
import pytest

from workbench.metrics import CONVENTIONS, prepare
from workbench.metrics.facts import Facts
from workbench.segmentation import Segmentation
from workbench.taxonomy import Category, Taxonomy

TAX = Taxonomy([Category(1, "background", "stuff"), Category(2, "cell"), Category(3, "debris")])
TRUTH = Segmentation.from_panoptic([[1, 1, 1, 1], [1, 2, 2, 4]], {1: 1, 2: 2, 4: 2}, TAX)


def facts(lens: str, convention: str = "workbench") -> Facts:
    return Facts(prepare(TRUTH, lens).compare(TRUTH), convention=CONVENTIONS[convention])


def test_each_thing_is_counted_once() -> None:
    found = facts("panoptic")
    assert found.pixels is found.pixels
    assert found.tallies is found.tallies
    assert facts("instance").detections[2].tp == 2


@pytest.mark.parametrize(
    ("lens", "judged"),
    [
        ("object", ["background", "target"]),
        ("semantic", ["background", "cell", "debris"]),
        ("instance", ["cell", "debris"]),
        ("panoptic", ["background", "cell", "debris"]),
        ("regions", []),
    ],
)
def test_the_categories_that_are_judged(lens: str, judged: list[str]) -> None:
    assert [category.name for category in facts(lens).judged] == judged


@pytest.mark.parametrize(
    ("convention", "mean"), [("workbench", 0.75), ("voc", math.nan), ("medical", 0.5), ("cityscapes", 0.75)]
)
def test_means_are_the_conventions(convention: str, mean: float) -> None:
    values = {1: 1.0, 2: 0.5, 3: math.nan}
    assert facts("semantic", convention).mean(values) == pytest.approx(mean, nan_ok=True)


def test_names_are_given_in_order() -> None:
    assert facts("semantic").by_category(np.array([1, 2, 3])) == {1: 1.0, 2: 2.0, 3: 3.0}
