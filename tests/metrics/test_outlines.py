import numpy as np
import pytest
import scipy
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from workbench.metrics.outlines import (
    REACH,
    beside,
    corner_points,
    corners,
    filled,
    nearest,
    outline,
    outline_points,
    points_of,
)

IDS = hnp.arrays(np.int32, hnp.array_shapes(min_dims=2, max_dims=2, max_side=9), elements=st.integers(0, 4))


def as_mask(points: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    mask = np.zeros(shape, bool)
    mask[tuple(points.T)] = True
    return mask


@given(IDS)
def test_the_outline_is_the_mask_less_its_erosion(ids: np.ndarray) -> None:
    mask = ids > 1
    np.testing.assert_array_equal(outline(mask), mask ^ scipy.ndimage.binary_erosion(mask))


@given(IDS)
def test_all_outlines_at_once_are_those_of_each_mask(ids: np.ndarray) -> None:
    found = outline_points(ids)
    assert set(found) == set(np.unique(ids)) - {0}
    for n, points in found.items():
        np.testing.assert_array_equal(as_mask(points, ids.shape), outline(ids == n))


@given(IDS)
def test_all_corner_boundaries_at_once_are_those_of_each_mask(ids: np.ndarray) -> None:
    found = corner_points(ids)
    for n in set(np.unique(ids).tolist()) - {0}:
        expected = corners((ids == n).astype(np.int32))
        points = found.get(n, np.empty((0, 2), int))
        assert len(points) == expected.sum()  # each pixel once
        np.testing.assert_array_equal(as_mask(points, ids.shape), expected)


def test_a_boundary_on_corners_lies_up_and_left_of_the_crack_and_ignores_the_border() -> None:
    ids = np.array([[1, 1, 1], [1, 2, 2], [1, 2, 2]])
    assert corners(ids).astype(int).tolist() == [[1, 1, 1], [1, 0, 0], [1, 0, 0]]
    assert not corners(np.full((3, 3), 7)).any()


def test_beside_takes_both_sides_of_the_crack_and_no_diagonals() -> None:
    ids = np.array([[1, 1, 1], [1, 1, 1], [1, 1, 2]])
    assert beside(ids).astype(int).tolist() == [[0, 0, 0], [0, 0, 1], [0, 1, 1]]


@given(IDS, IDS)
def test_nearest_is_exact(one: np.ndarray, two: np.ndarray) -> None:
    here, there = points_of(one > 2), points_of(two > 2) * 3  # so that some are near and some far
    expected = np.linalg.norm(here[:, None] - there[None], axis=2).min(axis=1, initial=np.inf)
    np.testing.assert_array_equal(nearest(here, there), np.where(expected == 0, 0.0, expected))
    np.testing.assert_array_equal(nearest(here * 1.0, there * 1.0), expected)


@pytest.mark.parametrize("far", [1, REACH, REACH + 1, 40])
def test_nearest_stops_beyond_its_limit(far: int) -> None:
    here, there = np.array([[0, 0], [0, 1]]), np.array([[0, far + 1]])
    assert nearest(here, there, far + 1e-6).tolist() == [np.inf, far]


def test_void_takes_the_id_beside_it_in_the_middle_of_two_halfway() -> None:
    ids = np.array([[1, 1, 9, 9, 9, 9, 2, 2]] * 3)
    assert filled(ids, ids == 9).tolist() == [[1, 1, 1, 1, 2, 2, 2, 2]] * 3


def test_nothing_judged_leaves_nothing_and_nothing_void_everything() -> None:
    ids = np.array([[1, 2]], np.int32)
    assert filled(ids, ids > 0).tolist() == [[0, 0]]
    assert filled(ids, ids < 0).tolist() == [[1, 2]]


@given(IDS, IDS, IDS)
def test_what_is_painted_in_void_fills_nothing(ids: np.ndarray, other: np.ndarray, holes: np.ndarray) -> None:
    shape = tuple(np.minimum(np.minimum(ids.shape, other.shape), holes.shape))
    ids, other, void = (side[: shape[0], : shape[1]] for side in (ids, other, holes == 0))
    np.testing.assert_array_equal(filled(ids, void), filled(np.where(void, other, ids), void))
