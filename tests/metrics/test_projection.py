from typing import get_args

import numpy as np
import pytest

import workbench as wb
from workbench.metrics.comparison import LensName
from workbench.metrics.lens import prepare
from workbench.metrics.projection import GUESS, TRUTH, projection
from workbench.segmentation import Yields

TAX = wb.Taxonomy([wb.Category(1, "table", "stuff"), wb.Category(2, "cup"), wb.Category(3, "cat")])
IDS = np.array([[1, 2, 2, 1, 3], [1, 2, 2, 1, 3]], np.int32)
TRUTH_SEGMENTS = wb.Segmentation.from_panoptic(IDS, {1: 1, 2: 2, 3: 3}, TAX)
GUESSES = {
    "foreground": wb.Segmentation.from_mask(IDS == 2),
    "partition": wb.Segmentation.from_partition(IDS),
    "semantic": wb.Segmentation.from_semantic(IDS, TAX),
    "instance": wb.Instances.from_masks(np.stack([IDS == 2, IDS > 1]), [2, 3], TAX, [0.9, 0.5]),
    "panoptic": TRUTH_SEGMENTS,
}


def test_every_cell_of_the_matrix_has_words() -> None:
    assert set(TRUTH) == set(GUESS) == set(get_args(LensName))
    assert all(set(cells) == set(get_args(Yields)) == set(GUESSES) for cells in GUESS.values())


@pytest.mark.parametrize("lens", get_args(LensName))
@pytest.mark.parametrize("yields", get_args(Yields))
def test_the_words_agree_with_what_the_lens_does(lens: LensName, yields: str) -> None:
    asked, guess = prepare(TRUTH_SEGMENTS, lens, "cup"), GUESSES[yields]
    words, found = projection(asked, guess), asked.compare(guess)
    assert words == GUESS[lens][yields]
    # What the truth names is so said, by its majority or in so many words.
    named = any(word in words for word in ("named by the truth", "more than half", "commonest true"))
    assert named == found.named_by_truth
    if yields == "foreground" and lens != "object":
        assert ("pieces" in words) == (lens != "semantic")
    if found.masks is not None:
        assert ("overlaps kept" in words) == (lens == "instance")


@pytest.mark.parametrize("lens", ["semantic", "instance", "panoptic"])
def test_a_foreground_of_several_targets_is_read_otherwise_and_that_is_said(lens: LensName) -> None:
    asked = prepare(TRUTH_SEGMENTS, lens, ["cup", "cat"])
    words, found = projection(asked, GUESSES["foreground"]), asked.compare(GUESSES["foreground"])
    assert ("as the object lens has it" in words) == (found.scored_as == "object")
    assert words not in GUESS[lens].values()
