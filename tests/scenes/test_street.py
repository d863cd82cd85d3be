from collections import Counter

import numpy as np

from workbench.scenes import street

STUFF = {"sky", "road", "pavement", "building", "tree"}


def test_every_category_is_met():
    met = Counter()
    for seed in range(20):
        met.update({segment.category.name for segment in street(seed, (128, 128)).truth.segments.values()})
    assert set(met) == STUFF | {"car", "person", "sign"}
    assert met["road"] == met["building"] == 20


def test_depth_goes_with_class():
    """Where two kinds overlap, signs hide people and people hide cars more often than the reverse."""
    order = Counter()
    for seed in range(40):
        sample = street(seed, (128, 128))
        masks, names = sample.instances.masks(), [item.category.name for item in sample.instances]
        for high in range(len(names)):
            for low in range(high):
                if names[high] != names[low] and (masks[high] & masks[low]).any():
                    order[names[high], names[low]] += 1
    assert order["person", "car"] > 1.5 * order["car", "person"]
    assert order["sign", "person"] > order["person", "sign"]


def test_things_hide_each_other():
    hidden = [
        (masks.sum(axis=0) > 1).any()
        for masks in (street(seed, (128, 128)).instances.masks() for seed in range(20))
    ]
    assert np.mean(hidden) > 0.6


def test_sky_is_above_the_road():
    for seed in range(8):
        ids = street(seed).truth.category_ids()
        rows = np.arange(len(ids))[:, None]
        sky, road = ids == 1, ids == 2
        assert not sky.any() or (rows * sky).sum() / sky.sum() < (rows * road).sum() / road.sum()
