import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from workbench.training.borders import parted, weight_map

DISHES = arrays(
    np.int32, st.tuples(st.integers(1, 9), st.integers(1, 9)), elements=st.sampled_from([0, 0, 1, 2, 7])
)


@given(DISHES)
def test_no_two_things_touch_any_more_and_nothing_else_changes(ids):
    apart = parted(ids)
    touching = ndimage.generic_filter(ids, lambda near: len(set(near[near > 0])) > 1, size=3, mode="nearest")
    np.testing.assert_array_equal(apart, np.where(touching & (ids > 0), 0, ids))


@given(DISHES)
def test_weights_follow_the_papers_formula(ids):
    weights = weight_map(ids, (0.5, 2.0))
    expected = np.where(ids > 0, 2.0, 0.5)
    things = [n for n in np.unique(ids) if n]
    if len(things) > 1:
        far = np.sort([ndimage.distance_transform_edt(ids != n) for n in things], axis=0)
        expected = expected + np.where(ids > 0, 0, 10 * np.exp(-((far[0] + far[1]) ** 2) / 50))
    np.testing.assert_allclose(weights, expected, rtol=1e-4)


def test_a_narrow_gap_weighs_more_than_a_wide_one():
    def gap(width):
        ids = np.zeros((20, 20 + width), np.int32)
        ids[:, :10], ids[:, 10 + width :] = 1, 2
        return weight_map(ids, (1.0, 1.0))[10, 10 + width // 2]

    assert gap(1) > gap(5) > gap(15) > 1
    assert gap(1) == pytest.approx(1 + 10 * np.exp(-4 / 50), rel=1e-4)


def test_one_thing_has_no_gap():
    ids = np.zeros((6, 6), np.int32)
    ids[2:4, 2:4] = 3
    assert set(np.unique(weight_map(ids, (0.5, 2.0)))) == {0.5, 2.0}


def test_weights_are_the_same_wherever_the_array_lies():
    ids = (np.random.default_rng(0).random((32, 32)) < 0.02).astype(np.int32) * np.arange(
        1, 33, dtype=np.int32
    )
    first = weight_map(ids, (0.5, 2.0))
    kept = [np.empty(n, np.uint8) for n in range(1, 200, 7)]  # moves what comes after to other places
    assert all(np.array_equal(first, weight_map(ids.copy(), (0.5, 2.0))) for _ in kept)
