import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.scenes.land import FIELD, ROAD, WATER, Map, painted


def plan(turn=0.3, scale=4.0, **parts):
    return Map(turn, scale, (60.0, 70.0), 40.0, 3.0, parts.get("side"), parts.get("river"))


@given(st.floats(-4, 4), st.floats(0.5, 60), st.floats(-50, 50), st.floats(-50, 50))
def test_a_place_and_its_way_back(turn, scale, along, across):
    there = plan(turn, scale)
    assert there.back(there.place(np.array((along, across)))) == pytest.approx((along, across), abs=1e-6)


def test_metres_are_those_of_each_pixels_middle():
    there = plan()
    along, across = there.metres((120, 140))
    for row, col in ((0, 0), (119, 139), (60, 70), (13, 101)):
        found = (along[row, col], across[row, col])
        assert found == pytest.approx(there.back(np.array((row + 0.5, col + 0.5))), abs=1e-3)


def test_boxes_have_their_size():
    corners = plan(turn=0.7).boxes([(0.0, -1.0, 5.0, 2.0)])[0]
    sides = [math.dist(corners[k], corners[(k + 1) % 4]) for k in range(4)]
    assert sides == pytest.approx([12.0, 20.0, 12.0, 20.0])


@pytest.mark.parametrize("real", [False, True])
def test_roads_lie_over_water_and_both_over_fields(real):
    there = plan(side=5.0, river=14.0)
    rgb, ids = painted(np.random.default_rng(0), (120, 140), there, real)
    assert rgb.shape == (120, 140, 3)
    assert rgb.dtype == np.float32
    assert set(np.unique(ids)) == {FIELD, ROAD, WATER}
    along, across = there.metres((120, 140))
    sure = np.abs(across) < there.road - 0.3
    assert (ids[sure | (np.abs(along - 5.0) < 2.0)] == ROAD).all()
    bank = (np.abs(across - 14.0) < 0.5) & (np.abs(along - 5.0) > 3.0)
    assert (ids[bank] != FIELD).mean() > 0.5  # the river winds about its middle
    assert (ids[(np.abs(across) > 4) & (np.abs(across) < 6) & (np.abs(along - 5) > 3)] == FIELD).all()


def test_crop_rows_are_seen():
    """Fields with strong rows vary more across them than along them."""
    rgb, ids = painted(np.random.default_rng(3), (256, 256), plan(turn=0.0, scale=8.0), False)
    assert (ids == FIELD).mean() > 0.5
    steps = [np.abs(np.diff(rgb[..., 1], axis=axis)).mean() for axis in (0, 1)]
    assert max(steps) > 1.05 * min(steps)
