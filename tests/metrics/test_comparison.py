"""The maps that a comparison keeps are those that its tables were counted from."""

import numpy as np
import pytest

from workbench.instances import Instances
from workbench.metrics import prepare
from workbench.metrics.comparison import OTHER
from workbench.metrics.overlap import Overlap
from workbench.segmentation import Segmentation
from workbench.taxonomy import Category, Taxonomy

TAX = Taxonomy([Category(1, "background", "stuff"), Category(2, "cell"), Category(3, "debris")])
WIDER = Taxonomy([*TAX, Category(4, "dust")])
TRUTH = Segmentation.from_panoptic([[1, 1, 1, 0], [1, 2, 2, 4]], {1: 1, 2: 2, 4: 3}, TAX)
NAMED = Segmentation.from_panoptic([[1, 1, 5, 5], [0, 2, 2, 3]], {1: 1, 2: 2, 3: 3, 5: 4}, WIDER)
REGIONS = Segmentation.from_partition([[1, 1, 1, 2], [3, 3, 2, 2]])
SEVERAL = Instances.from_masks(
    np.array([[[0, 0, 0, 0], [0, 1, 1, 1]], [[0, 0, 0, 0], [0, 0, 1, 1]]], bool), [2, 3], TAX, [0.9, 0.5]
)


@pytest.mark.parametrize("lens", ["object", "semantic", "instance", "panoptic"])
@pytest.mark.parametrize("guess", [NAMED, REGIONS, SEVERAL], ids=["named", "regions", "instances"])
def test_counting_the_maps_gives_the_table_of_categories(lens: str, guess: Segmentation) -> None:
    found = prepare(TRUTH, lens).compare(guess)
    told = np.where(found.guess_map < 0, OTHER, found.guess_map.astype(np.int64))
    again = Overlap.of(found.truth_map, told)
    assert found.categories is not None
    assert again.truth_ids.tolist() == found.categories.truth_ids.tolist()
    assert again.guess_ids.tolist() == found.categories.guess_ids.tolist()
    assert np.array_equal(again.dense(), found.categories.dense())


def test_what_the_truth_does_not_have_is_marked() -> None:
    found = prepare(TRUTH, "semantic").compare(NAMED)
    assert found.guess_map.tolist() == [[1, 1, -1, -1], [0, 2, 2, 3]]
    assert found.truth_map.tolist() == [[1, 1, 1, 0], [1, 2, 2, 3]]


def test_masks_that_overlap_are_kept_beside_their_paste() -> None:
    found = prepare(TRUTH, "instance").compare(SEVERAL)
    assert found.masks is SEVERAL
    assert found.guess_ids is not None
    assert found.guess_ids.tolist() == [[0, 0, 0, 0], [0, 1, 1, 1]]
