import cv2
import numpy as np
import pytest

from workbench.scenes import shadows
from workbench.scenes.shadows import Solid, Sun, _placed, _sun


def test_there_is_some_of_everything():
    for seed in range(8):
        found = shadows(seed).truth.category_ids()
        shares = [(found == n).mean() for n in (1, 2, 3)]
        assert shares[0] > 0.6
        assert 0.01 < shares[1] < 0.3
        assert 0.01 < shares[2] < 0.3


def test_a_shadow_is_darker_and_bluer_than_the_ground_around():
    for seed in range(8):
        sample = shadows(seed)
        found = sample.truth.category_ids()
        ground, shadow = (sample.image[found == n].astype(float).mean(axis=0) for n in (1, 3))
        assert (shadow < 0.75 * ground).all()
        assert shadow[2] / shadow[0] > 1.2 * ground[2] / ground[0]


def _rays(solid: Solid, sun: Sun, places: np.ndarray) -> np.ndarray:
    """Say of (N, 2) places on the ground whether the line to the sun meets the thing: a textbook ray."""
    heights = np.linspace(0, solid.height, 400)[:, None, None]
    over = places[None] - np.array(sun.way) * sun.reach * heights
    if solid.kind == "ball":
        far = np.square(over - solid.spot).sum(axis=2) + np.square(heights[..., 0] - solid.radius)
        return (far <= solid.radius**2).any(axis=0)
    if solid.kind == "post":
        return (np.square(over - solid.spot).sum(axis=2) <= solid.radius**2).any(axis=0)
    sin, cos = np.sin(solid.turn), np.cos(solid.turn)
    own = (over - solid.spot) @ np.array([[cos, sin], [-sin, cos]]).T
    return (np.abs(own) <= solid.radius).all(axis=2).any(axis=0)


@pytest.mark.parametrize("kind", ["box", "post", "ball"])
@pytest.mark.parametrize("turn", [0.0, 0.4, 1.1])
def test_the_outline_is_where_the_sun_is_hidden(kind, turn):
    sun = Sun((np.sin(0.7), np.cos(0.7)), 1.2, np.ones(3, np.float32))
    height = {"box": 0.2, "post": 0.3, "ball": 0.2}[kind]
    solid = Solid(kind, (0.5, 0.5), 0.1, height, turn, (0.5, 0.5, 0.5))
    places = np.random.default_rng(0).uniform(0.2, 1.1, (3000, 2))
    outline = solid.shadow(sun).astype(np.float32)
    inside = np.array(
        [cv2.pointPolygonTest(outline, place.tolist(), True) for place in places.astype(np.float32)]
    )
    sure = np.abs(inside) > 0.004  # circles are drawn with 28 corners
    assert ((inside > 0) == _rays(solid, sun, places))[sure].all()
    assert 0.01 < (inside > 0).mean() < 0.5


def test_no_shadow_falls_on_another_thing():
    for seed in range(20):
        rng = np.random.default_rng(seed)
        sun = _sun(rng)
        solids = _placed(rng, (1.3, 1.0), sun)
        for solid in solids:
            outline = solid.shadow(sun).astype(np.float32)
            others = [other.spot for other in solids if other is not solid]
            assert all(cv2.pointPolygonTest(outline, spot, False) < 0 for spot in others)


def test_stains_are_ground():
    """The darkest of the ground is as dark as a shadow, so that darkness alone does not decide."""
    overlaps = 0
    for seed in range(10):
        sample = shadows(seed)
        grey, found = sample.image.mean(axis=2), sample.truth.category_ids()
        overlaps += np.percentile(grey[found == 1], 3) < np.median(grey[found == 3]) + 15
    assert overlaps >= 4
