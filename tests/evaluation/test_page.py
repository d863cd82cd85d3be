"""The pieces of a report's page; the page as a whole is held by test_report.py."""

import io
import math

import numpy as np
from PIL import Image

from workbench.evaluation.page import picture, shown
from workbench.segmentation import Segmentation
from workbench.taxonomy import Category, Taxonomy


def test_touching_things_have_colours_of_their_own_under_the_instance_lens() -> None:
    coins = Segmentation.from_panoptic([[1, 1, 2, 2]], {1: 1, 2: 1}, Taxonomy([Category(1, "coin")]))
    named, counted = (
        np.array(Image.open(io.BytesIO(picture(coins, lens)))) for lens in ("object", "instance")
    )
    assert (named[0, 0] == named[0, 3]).all()
    assert named[0, 2].sum() < named[0, 3].sum(), "a dark line between what has one colour"
    assert (counted[0, 0] != counted[0, 3]).any()
    assert (counted[0, 2] == counted[0, 3]).all(), "none where colours differ"


def test_numbers_for_a_person() -> None:
    assert [shown(v) for v in (0.12345, None, math.nan, 812.0, 1.0, math.inf, "-infinite")] == [
        "0.123", "–", "–", "812", "1.000", "∞", "−∞",
    ]  # fmt: skip


def test_large_pictures_are_made_small_and_small_ones_left() -> None:
    wide = Segmentation.from_partition(np.ones((300, 1200), int))
    assert Image.open(io.BytesIO(picture(wide, "regions"))).size == (480, 120)
