"""Distances on a generated street: the camera is the one that the street was drawn with."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.instances import Instances
from workbench.scenes import scenery
from workbench.scenes.distances import camera, metres
from workbench.scenes.street import street
from workbench.scenes.view import View
from workbench.taxonomy import Category, Taxonomy


@pytest.mark.parametrize("size", [(128, 192), (200, 100)])
@pytest.mark.parametrize("seed", [0, 7, 2_000_005])
def test_it_is_the_camera_that_the_street_was_painted_with(monkeypatch, seed: int, size) -> None:
    used = []
    painted = scenery.painted
    monkeypatch.setattr(
        scenery,
        "painted",
        lambda rng, shape, view, *rest: used.append(view) or painted(rng, shape, view, *rest),
    )
    street(seed, size)
    assert used == [camera(seed, size)]


def test_people_have_the_height_of_people_where_they_stand() -> None:
    heights = []
    for seed in range(12):
        sample, view = street(seed, (256, 384)), camera(seed, (256, 384))
        for mask, one, z in zip(
            sample.instances.masks(), sample.instances, metres(sample.instances, view), strict=True
        ):
            rows = np.nonzero(mask)[0]
            if one.category.name == "person" and rows.min() > 0 and rows.max() < 255:
                heights.append((np.ptp(rows) + 1) * z / view.focal)
    assert len(heights) > 30
    assert 1.55 < np.median(heights) < 1.9
    assert np.mean((np.array(heights) > 0.95) & (np.array(heights) < 2.1)) > 0.95


def test_what_stands_at_the_horizon_is_infinitely_far_and_no_pixel_too() -> None:
    masks = np.zeros((3, 20, 4), bool)
    masks[0, 5:10] = True  # ends on the horizon
    masks[1, 5:15] = True
    some = Instances.from_masks(masks, [1, 1, 1], Taxonomy([Category(1, "car")]))
    assert metres(some, View(row=10, col=2, focal=50, height=1.5)).tolist() == [np.inf, 15.0, np.inf]


def test_a_bad_size_is_refused() -> None:
    with pytest.raises(ValueError, match="street"):
        camera(0, (8, 8))
