from collections import Counter

import numpy as np

from workbench.scenes import tabletop
from workbench.scenes.tabletop import KINDS


def test_every_category_is_met():
    met = Counter()
    for seed in range(20):
        met.update({segment.category.name for segment in tabletop(seed, (128, 128)).truth.segments.values()})
    assert set(met) == {"wall", "table", *KINDS}
    assert met["table"] == met["wall"] == 20
    assert min(met[kind] for kind in KINDS) >= 5


def test_depth_goes_with_class():
    """Fruit and balls lie before bottles and books, mugs before bottles, plates under everything."""
    order = Counter()
    for seed in range(60):
        sample = tabletop(seed, (96, 128))
        masks, names = sample.instances.masks(), [item.category.name for item in sample.instances]
        for place, high in enumerate(sample.depth):
            for low in sample.depth[:place]:
                if names[high] != names[low] and (masks[high] & masks[low]).any():
                    order[names[high], names[low]] += 1
    small, large = ("fruit", "ball"), ("bottle", "book", "mug")
    front = sum(order[one, other] for one in small for other in large)
    behind = sum(order[other, one] for one in small for other in large)
    assert front > 30
    assert front > 3 * behind
    assert order["mug", "bottle"] > 3 * order["bottle", "mug"]
    assert not any(low != "plate" and high == "plate" for high, low in order)


def test_things_hide_each_other():
    hidden = [
        (masks.sum(axis=0) > 1).any()
        for masks in (tabletop(seed, (128, 128)).instances.masks() for seed in range(20))
    ]
    assert np.mean(hidden) > 0.7


def test_the_wall_is_above_the_table():
    for seed in range(8):
        ids = tabletop(seed).truth.category_ids()
        rows = np.arange(len(ids))[:, None]
        wall, table = ids == 1, ids == 2
        assert (rows * wall).sum() / wall.sum() < (rows * table).sum() / table.sum()


def test_no_two_things_stand_in_one_place():
    """Feet do not meet on the table, so that nearer things are wholly before farther ones."""
    for seed in range(10):
        sample = tabletop(seed, (128, 128))
        masks = sample.instances.masks()
        for k, mask in enumerate(masks):
            seen = (sample.truth.ids == len(sample.truth.taxonomy) + 1 + k).sum()
            assert seen > 0
            assert seen <= mask.sum()
