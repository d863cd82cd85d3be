import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from workbench.metrics.bands import band_ious, band_overlap, band_width, inner_band, lesser_ious
from workbench.metrics.overlap import Overlap
from workbench.metrics.score import score
from workbench.segmentation import Segmentation
from workbench.taxonomy import Category, Taxonomy

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "boundary.json").read_text())["cases"]
SHAPES = hnp.array_shapes(min_dims=2, max_dims=2, max_side=12)
MAPS = SHAPES.flatmap(lambda shape: st.tuples(*[hnp.arrays(np.int32, shape, elements=st.integers(0, 3))] * 2))
TAX = Taxonomy([Category(n, f"c{n}", "stuff") for n in (1, 2, 3)])


def read(lines: list[str]) -> np.ndarray:
    return np.array([list(line) for line in lines]).astype(np.int32)


def eroded(mask: np.ndarray, width: int) -> np.ndarray:
    """Give the band as the paper draws it: what `width` erosions take from a mask."""
    framed = np.pad(mask, 1).astype(np.uint8)
    return mask & ~(cv2.erode(framed, np.ones((3, 3), np.uint8), iterations=width)[1:-1, 1:-1] > 0)


@pytest.mark.parametrize("case", REFERENCE, ids=range(len(REFERENCE)))
def test_equals_boundary_iou_api(case: dict) -> None:
    truth, guess = read(case["truth"]), read(case["guess"])
    width = band_width(truth.shape, case["ratio"])
    for side, drawn in zip((truth, guess), case["bands"], strict=True):
        np.testing.assert_array_equal(inner_band(side, width), read(drawn) > 0)
    table = band_overlap(truth, guess, width)
    ious = dict(zip(pairs(table), band_ious(table), strict=True))
    for t, g, both, either in case["pairs"]:
        assert ious.get((t, g), 0.0) == pytest.approx(both / either, abs=1e-12)


def pairs(table: Overlap) -> list[tuple[int, int]]:
    return list(
        zip(table.truth_ids[table.rows].tolist(), table.guess_ids[table.columns].tolist(), strict=True)
    )


@pytest.mark.parametrize("size", [(480, 640), (1024, 2048), (1, 1), (3, 700), (75, 100)])
@pytest.mark.parametrize("ratio", [0.02, 0.005, 0.3])
def test_the_width_is_the_papers(size: tuple[int, int], ratio: float) -> None:
    assert band_width(size, ratio) == max(1, round(ratio * np.sqrt(size[0] ** 2 + size[1] ** 2)))


def test_a_band_needs_a_ratio_above_0() -> None:
    with pytest.raises(ValueError, match="ratio must be above 0, got 0; the paper"):
        band_width((9, 9), 0)


@given(MAPS, st.integers(1, 5))
def test_all_bands_at_once_are_those_of_each_mask(maps: tuple[np.ndarray, np.ndarray], width: int) -> None:
    ids = maps[0]
    expected = np.logical_or.reduce([eroded(ids == n, width) for n in np.unique(ids)])
    np.testing.assert_array_equal(inner_band(ids, width), expected)


@pytest.mark.parametrize("count", [250, 300, 70_000])
def test_many_and_large_ids_have_bands_like_few_and_small(count: int) -> None:
    ids = np.arange(count).reshape(-1, 50).repeat(3, axis=0).repeat(3, axis=1)
    few = ids % 7 + 7 * (ids // 50 % 7)  # neighbours still differ
    np.testing.assert_array_equal(inner_band(ids, 1), inner_band(few, 1))
    np.testing.assert_array_equal(inner_band(ids + 2**31 - 1 - count, 1), inner_band(few, 1))


@given(MAPS, hnp.arrays(bool, (12, 12)), st.integers(1, 4))
def test_void_has_no_band_and_what_is_in_it_makes_none(
    maps: tuple[np.ndarray, np.ndarray], void: np.ndarray, width: int
) -> None:
    ids, other = maps
    void = void[: ids.shape[0], : ids.shape[1]]
    band = inner_band(ids, width, void)
    assert not (band & void).any()
    np.testing.assert_array_equal(band, inner_band(np.where(void, other, ids), width, void))
    assert not (band & ~inner_band(ids, width)).any()


def test_a_contour_of_void_leaves_a_band_on_both_sides() -> None:
    ids = np.array([[1, 1, 1, 1, 0, 2, 2, 2, 2]] * 9)
    assert inner_band(ids, 2, ids == 0)[4].astype(int).tolist() == [1, 1, 0, 1, 0, 1, 0, 1, 1]


def test_what_is_unlabelled_is_a_region_like_others() -> None:
    guess = np.array([[1, 1, 1, 0, 0, 0]] * 5)
    assert inner_band(guess, 1)[2].astype(int).tolist() == [1, 0, 1, 1, 0, 1]
    table = band_overlap(np.ones((5, 6), np.int32), guess, 1)
    assert table.guess_ids.tolist() == [0, 1]


@given(MAPS)
def test_boundary_iou_is_symmetric_and_bounded(maps: tuple[np.ndarray, np.ndarray]) -> None:
    one, two = (side + 1 for side in maps)
    forth, back = band_overlap(one, two, 2), band_overlap(two, one, 2)
    ious = dict(zip(pairs(forth), band_ious(forth), strict=True))
    for (t, g), value in zip(pairs(back), band_ious(back), strict=True):
        if t and g:
            assert 0 <= value <= 1
            assert value == ious[g, t]


def test_the_lesser_iou_is_that_of_the_edge_for_a_large_object_drawn_carelessly() -> None:
    truth = np.full((40, 40), 2)
    truth[5:35, 5:35] = 1
    guess = np.full((40, 40), 2)
    guess[6:36, 6:36] = 1
    table, bands = Overlap.of(truth, guess), band_overlap(truth, guess, 1)
    lesser = dict(zip(pairs(table), lesser_ious(table, bands), strict=True))
    # Rings of one pixel, a pixel aside along the diagonal, meet in two corners only.
    assert lesser[1, 1] == 2 / (116 + 116 - 2)
    assert dict(zip(pairs(table), table.iou(), strict=True))[1, 1] > 0.87


def test_the_lesser_iou_is_that_of_the_mask_for_a_ring_called_a_disk() -> None:
    truth, guess = np.full((30, 30), 2), np.full((30, 30), 2)
    truth[5:25, 5:25] = 1
    guess[5:25, 5:25] = 1
    guess[6:24, 6:24] = 2
    table = Overlap.of(truth, guess)
    lesser = dict(zip(pairs(table), lesser_ious(table, band_overlap(truth, guess, 1)), strict=True))
    assert lesser[1, 1] == 76 / 400


def test_without_any_band_the_iou_stands_alone() -> None:
    truth, guess = np.zeros((5, 5), np.int32), np.ones((5, 5), np.int32)
    truth[2, 2] = 1
    table = Overlap.of(truth, guess)
    found = lesser_ious(table, band_overlap(truth, guess, 1))
    assert found[table.rows > 0].tolist() == [1.0]
    assert np.isnan(found[table.rows == 0]).all()


@given(MAPS)
def test_the_score_of_a_perfect_guess_is_1_and_void_changes_nothing(
    maps: tuple[np.ndarray, np.ndarray],
) -> None:
    ids, other = maps
    truth = Segmentation.from_semantic(ids, TAX)
    same = Segmentation.from_semantic(np.where(ids == 0, other, ids), TAX)
    found = score(truth, same, lens="semantic")
    for name in ("boundary_iou", "boundary_f", "nsd", "hausdorff"):
        best = 0.0 if name == "hausdorff" else 1.0
        assert np.isnan(getattr(found, name)) or getattr(found, name) == best
    assert not np.isnan(found.hausdorff) or not ids.any()
