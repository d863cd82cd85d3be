"""Each convention's choices, on the same pixels."""

import math

import numpy as np
import pytest

from workbench.metrics import CONVENTIONS, score
from workbench.metrics.conventions import convention_of
from workbench.segmentation import Segmentation
from workbench.taxonomy import Category, Taxonomy

TAX = Taxonomy([Category(1, "background", "stuff"), Category(2, "cell"), Category(3, "debris")])
TRUTH = Segmentation.from_semantic(np.array([[1, 1, 1, 2, 2]]), TAX)
GUESS = Segmentation.from_semantic(np.array([[1, 1, 2, 2, 2]]), TAX)
EMPTY = Segmentation.from_semantic(np.array([[1, 1, 1, 1, 1]]), TAX)
MEANS = {  # of background 2/3 and cell 2/3, where debris is nowhere
    "workbench": 2 / 3,
    "voc": math.nan,
    "cityscapes": 2 / 3,
    "ade20k": (2 / 3 + 2 / 3 + 0) / 3,
    "coco": 2 / 3,
    "medical": (2 / 3 + 1) / 2,
}


@pytest.mark.parametrize("name", CONVENTIONS)
def test_the_mean_iou_of_the_same_pixels(name: str) -> None:
    found = score(TRUTH, GUESS, lens="semantic", convention=name)
    assert found.convention == name
    assert found.miou == pytest.approx(MEANS[name], nan_ok=True, abs=1e-15)
    assert found.ade_score == pytest.approx((0.8 + MEANS[name]) / 2, nan_ok=True)


@pytest.mark.parametrize(("name", "value"), [("workbench", math.nan), ("medical", 1.0), ("ade20k", 0.0)])
def test_both_empty(name: str, value: float) -> None:
    found = score(EMPTY, EMPTY, target="cell", convention=name)
    assert [found.iou, found.dice] == pytest.approx([value, value], nan_ok=True)


def test_voc_is_defined_where_every_category_is_there() -> None:
    tax = Taxonomy([Category(1, "background", "stuff"), Category(2, "cell")])
    truth, guess = (Segmentation.from_semantic(one.ids, tax) for one in (TRUTH, GUESS))
    assert score(truth, guess, lens="semantic", convention="voc").miou == pytest.approx(2 / 3)


def test_every_convention_says_what_it_does_and_where_that_was_read() -> None:
    for name, one in CONVENTIONS.items():
        assert one.name == name
        assert one.says.endswith(".")
        assert one.source


def test_an_unknown_one_names_what_is_near() -> None:
    with pytest.raises(ValueError, match="no convention 'cityscape'; did you mean cityscapes"):
        convention_of("cityscape")
    assert convention_of(CONVENTIONS["voc"]) is CONVENTIONS["voc"]
