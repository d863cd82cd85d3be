from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra import numpy as hnp

from workbench.instances import Instances, decode, encode
from workbench.taxonomy import Category, Taxonomy

TAX = Taxonomy([Category(1, "cell"), Category(4, "debris")])
MASKS = hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, max_side=9))


def two(scores: list[float] | None = None) -> Instances:
    """Give two masks on a strip of four pixels that share the second."""
    masks = np.array([[[True, True, False, False]], [[False, True, True, False]]])
    return Instances.from_masks(masks, [1, 4], TAX, scores)


@settings(deadline=None)
@given(MASKS)
def test_run_lengths_go_there_and_back(mask: np.ndarray) -> None:
    runs = encode(mask)
    assert (decode(runs, mask.shape) == mask).all()
    assert sum(runs[1::2]) == mask.sum()
    assert all(n > 0 for n in runs[1:])


def test_run_lengths_are_those_of_coco() -> None:
    """Column by column: [[0, 1, 1], [0, 1, 0]] has the counts [2, 3, 1] in pycocotools."""
    assert encode(np.array([[0, 1, 1], [0, 1, 0]], bool)) == (2, 3, 1)
    assert encode(np.array([[1, 0]], bool)) == (0, 1, 1)


def test_masks_come_back_as_they_were() -> None:
    found = two()
    assert found.masks().astype(int).tolist() == [[[1, 1, 0, 0]], [[0, 1, 1, 0]]]
    assert found.union().tolist() == [[True, True, True, False]]
    assert [item.area for item in found] == [2, 2]
    assert (len(found), found.yields, found.shape) == (2, "instance", (1, 4))


def test_pasting_gives_shared_pixels_to_the_surer() -> None:
    first, dropped = two([0.9, 0.2]).to_segmentation()
    assert (first.ids.tolist(), dropped) == ([[1, 1, 2, 0]], [])
    second, _ = two([0.2, 0.9]).to_segmentation()
    assert second.ids.tolist() == [[1, 2, 2, 0]]
    assert second.segments[2].score == 0.9
    assert second.segments[2].category == TAX["debris"]
    assert two().to_segmentation()[0].ids.tolist() == [[1, 1, 2, 0]]


def test_pasting_drops_what_is_mostly_taken() -> None:
    kept, dropped = two([0.9, 0.2]).to_segmentation(overlap=0.4)
    assert (kept.ids.tolist(), dropped) == ([[1, 1, 0, 0]], [1])
    hidden = Instances.from_masks(np.ones((2, 1, 2), bool), [1, 1], TAX, [0.1, 0.9])
    assert hidden.to_segmentation()[1] == [0]


def test_no_objects() -> None:
    none = Instances.from_masks(np.zeros((0, 3, 4), bool), [], TAX)
    assert none.masks().shape == (0, 3, 4)
    assert not none.union().any()
    assert none.to_segmentation()[0].segments == {}


def test_an_empty_mask_is_dropped_when_pasted() -> None:
    empty = Instances.from_masks(np.zeros((1, 2, 2), bool), [1], TAX, [0.5])
    assert empty.to_segmentation()[1] == [0]


def test_refusals() -> None:
    masks = np.ones((2, 1, 3), bool)
    with pytest.raises(ValueError, match=r"masks must be boolean \(N, H, W\), got int64 \(2, 1, 3\)"):
        Instances.from_masks(masks.astype(int), [1, 1], TAX)
    with pytest.raises(ValueError, match=r"must be boolean \(N, H, W\), got bool \(1, 3\)"):
        Instances.from_masks(masks[0], [1], TAX)
    with pytest.raises(ValueError, match="each of 2 masks needs a category and a score, got 1 and 2"):
        Instances.from_masks(masks, [1], TAX)
    with pytest.raises(ValueError, match="got 2 and 1"):
        Instances.from_masks(masks, [1, 1], TAX, [0.5])
    with pytest.raises(ValueError, match=r"category ids \[3\] are not in the taxonomy"):
        Instances.from_masks(masks, [1, 3], TAX)
    with pytest.raises(ValueError, match=r"runs add up to 3 pixels, a mask of \(2, 2\) has 4"):
        decode((1, 2), (2, 2))


def test_crowds_are_marked_by_their_place() -> None:
    masks = np.ones((3, 2, 2), bool)
    found = Instances.from_masks(masks, [1, 1, 1], TAX, crowd=[1])
    assert [item.crowd for item in found] == [False, True, False]
    assert [item.crowd for item in found.resized((4, 4))] == [False, True, False]


def test_an_annotated_area_does_not_outlive_a_change_of_size() -> None:
    found = Instances.from_masks(np.ones((1, 2, 2), bool), [1], TAX)
    stated = replace(found, objects=(replace(found.objects[0], annotated_area=3.5),))
    assert (stated.objects[0].area, stated.objects[0].annotated_area) == (4, 3.5)
    assert stated.resized((4, 4)).objects[0].annotated_area is None
