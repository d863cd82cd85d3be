import numpy as np

from workbench import Instances
from workbench.metrics.boxes import around, boxes, mask_boxes
from workbench.taxonomy import Category, Taxonomy


def test_boxes_of_scattered_and_huge_ids() -> None:
    ids = np.zeros((5, 6), np.int32)
    ids[1, 2], ids[3, 4], ids[0, 0] = 2**31 - 1, 2**31 - 1, 9
    assert boxes(ids) == {9: (0, 0, 1, 1), 2**31 - 1: (1, 2, 4, 5)}
    assert boxes(np.zeros((2, 2), np.int32)) == {}


def test_boxes_of_masks_that_overlap() -> None:
    masks = np.zeros((3, 4, 4), bool)
    masks[0, :2, :3] = masks[2, 1:, 1:] = True
    made = Instances.from_masks(masks, [1, 1, 1], Taxonomy([Category(1, "cell")]))
    assert mask_boxes(made) == {1: (0, 0, 2, 3), 3: (1, 1, 4, 4)}


def test_around() -> None:
    assert around([(1, 5, 2, 9), (0, 7, 1, 8)]) == (0, 5, 2, 9)
