import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from workbench.segmentation import Segment, Segmentation, as_ids, look_up, present
from workbench.taxonomy import Category, Taxonomy

TAX = Taxonomy([Category(1, "background", "stuff"), Category(2, "coin"), Category(5, "ring")])
THREE = Segmentation.from_panoptic([[1, 7, 7], [0, 9, 8]], {1: 1, 7: 2, 8: 2, 9: 5}, TAX, {7: 0.9})
HUGE = 2**31 - 1


def test_from_panoptic_names_each_segment() -> None:
    assert THREE.segments[7] == Segment(TAX["coin"], 0.9)
    assert THREE.segments[8].score is None
    assert (THREE.shape, THREE.yields) == ((2, 3), "panoptic")
    assert list(THREE.segments) == [1, 7, 8, 9]


def test_views_agree() -> None:
    assert THREE.category_ids().tolist() == [[1, 2, 2], [0, 5, 2]]
    assert THREE.semantic().ids.tolist() == [[1, 2, 2], [0, 5, 2]]
    assert THREE.semantic().yields == "semantic"
    assert THREE.things().ids.tolist() == [[0, 7, 7], [0, 9, 8]]
    assert THREE.of_kind("stuff").ids.tolist() == [[1, 0, 0], [0, 0, 0]]
    assert THREE.mask("coin", "ring").tolist() == [[False, True, True], [False, True, True]]
    assert THREE.paint({7: 3}).tolist() == [[0, 3, 3], [0, 0, 0]]
    assert THREE.summary() == "coin: 2 segments, ring: 1 segment"


def test_from_mask_is_background_and_foreground() -> None:
    mask = np.array([[True, False]])
    found = Segmentation.from_mask(mask)
    assert (found.ids.tolist(), found.yields) == ([[2, 1]], "foreground")
    named = Segmentation.from_mask(mask, Taxonomy([Category(3, "floor", "stuff"), Category(9, "cell")]))
    assert named.ids.tolist() == [[9, 3]]
    assert Segmentation.from_mask(np.zeros((2, 2), bool)).summary() == "0 segments"


def test_from_partition_has_no_names() -> None:
    found = Segmentation.from_partition([[4, 4, 0]])
    assert (found.segments, found.yields, found.summary()) == ({4: Segment()}, "partition", "1 segment")
    assert found.category_ids().tolist() == [[0, 0, 0]]


def test_all_void_is_a_segmentation() -> None:
    assert Segmentation.from_semantic(np.zeros((2, 2), int), TAX).segments == {}


def test_ids_are_a_frozen_copy() -> None:
    mine = np.array([[1, 2]], np.int32)
    found = Segmentation.from_partition(mine)
    mine[0, 0] = 2
    assert found.ids.tolist() == [[1, 2]]
    assert found.ids.dtype == np.int32
    with pytest.raises(ValueError, match="read-only"):
        found.ids[0, 0] = 5


def test_sha256_is_of_little_endian_int32_rows() -> None:
    found = Segmentation.from_partition(np.asfortranarray([[1, 2], [3, 4]]).astype(">i8"))
    assert found.sha256 == hashlib.sha256(np.array([1, 2, 3, 4], "<i4").tobytes()).hexdigest()


@pytest.mark.parametrize("big", [255, 256, 65_535, 65_536, 10**6, HUGE])
def test_huge_sparse_ids(big: int) -> None:
    found = Segmentation.from_panoptic([[big, 1, 0], [big, 1, big - 1]], {1: 1, big: 2, big - 1: 5}, TAX)
    assert found.category_ids().tolist() == [[2, 1, 0], [2, 1, 5]]
    assert found.paint({big: big}).tolist() == [[big, 0, 0], [big, 0, 0]]
    assert found.things().ids.tolist() == [[big, 0, 0], [big, 0, big - 1]]


@settings(deadline=None)
@given(hnp.arrays(np.int32, (9, 20), elements=st.sampled_from([0, 1, 2, 300, 70_000, HUGE])))
def test_present_and_look_up_agree_with_numpy(ids: np.ndarray) -> None:
    found = present(ids)
    assert found == [n for n in np.unique(ids).tolist() if n]
    assert (look_up(ids, {n: n for n in found}) == ids).all()
    runs = np.repeat(ids, 30, axis=1)
    assert present(runs) == found


@settings(deadline=None)
@given(hnp.arrays(np.int32, (9, 20), elements=st.integers(0, 40)))
def test_present_in_dense_ids(ids: np.ndarray) -> None:
    assert present(ids) == [n for n in np.unique(ids).tolist() if n]


@pytest.mark.parametrize("kind", ["u1", "i2", "u2", "i4", "u4", "i8", "u8", ">i4"])
def test_any_integer_type_will_do(kind: str) -> None:
    assert as_ids(np.array([[0, 100]], kind)).tolist() == [[0, 100]]


@pytest.mark.parametrize(
    ("ids", "said"),
    [
        (np.zeros((2, 2)), "whole numbers, got float64"),
        (np.zeros((2, 2), bool), "whole numbers, got bool"),
        (np.zeros((2, 2, 3), int), r"got shape \(2, 2, 3\)"),
        (np.zeros((0, 4), int), "at least one pixel"),
        (np.array([[-1, 3]]), "ids must lie in 0 to 2147483647, got -1 to 3"),
        (np.array([[2**31]]), "ids must lie in 0 to 2147483647"),
        (np.array([[2**63]], np.uint64), "ids must lie in 0 to 2147483647"),
    ],
)
def test_what_is_not_ids_is_refused(ids: np.ndarray, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Segmentation.from_partition(ids)


def test_ids_and_segments_name_the_same() -> None:
    with pytest.raises(ValueError, match=r"ids 2 have pixels but no segment; name each id, or make it 0"):
        Segmentation.from_panoptic([[1, 2]], {1: 1}, TAX)
    with pytest.raises(ValueError, match="segments 3 have no pixel; leave them out"):
        Segmentation.from_panoptic([[1, 1]], {1: 1, 3: 1}, TAX)
    with pytest.raises(ValueError, match="ids 1, 2, 3, 4, 5 and 4 more have pixels but no segment"):
        Segmentation(np.arange(1, 10).reshape(3, 3), {})


def test_categories_come_from_the_taxonomy() -> None:
    with pytest.raises(ValueError, match="category ids 3 are not in the taxonomy"):
        Segmentation.from_semantic([[1, 3]], TAX)
    with pytest.raises(ValueError, match="category ids 3 are not in the taxonomy"):
        Segmentation.from_panoptic([[1]], {1: 3}, TAX)
    with pytest.raises(ValueError, match="segment 1 is a 'zebra', which the taxonomy lacks"):
        Segmentation(np.array([[1]]), {1: Segment(Category(9, "zebra"))}, TAX)


def test_a_mask_is_boolean_and_two_valued() -> None:
    with pytest.raises(ValueError, match="needs a boolean mask, got int64; compare first"):
        Segmentation.from_mask([[0, 255]])
    with pytest.raises(
        ValueError, match=r"a mask must be \(H, W\) with at least one pixel, got shape \(0, 2\)"
    ):
        Segmentation.from_mask(np.zeros((0, 2), bool))
    with pytest.raises(ValueError, match="taxonomy of two categories, got 3"):
        Segmentation.from_mask([[True]], TAX)
