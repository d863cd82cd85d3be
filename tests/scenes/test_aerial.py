from collections import Counter

import numpy as np

from workbench.scenes import aerial


def test_every_category_is_met():
    met = Counter()
    for seed in range(20):
        met.update({segment.category.name for segment in aerial(seed, (128, 128)).truth.segments.values()})
    assert set(met) == {"field", "road", "water", "house", "tree", "car"}
    assert met["field"] == met["road"] == met["house"] == 20
    assert met["water"] >= 5


def test_depth_goes_with_class():
    """Houses hide cars and trees hide both; the reverse is never seen."""
    order = Counter()
    for seed in range(30):
        sample = aerial(seed, (128, 128))
        masks, names = sample.instances.masks(), [item.category.name for item in sample.instances]
        for place, high in enumerate(sample.depth):
            for low in sample.depth[:place]:
                if names[high] != names[low] and (masks[high] & masks[low]).any():
                    order[names[high], names[low]] += 1
    assert min(order["house", "car"], order["tree", "house"], order["tree", "car"]) >= 10
    assert order["car", "house"] == order["house", "tree"] == order["car", "tree"] == 0


def test_there_is_enough_to_count_and_room_between():
    counts = [len(aerial(seed, (128, 128)).instances) for seed in range(20)]
    assert 12 < np.mean(counts) < 35
    assert min(counts) >= 5
    covered = [(aerial(seed, (128, 128)).truth.category_ids() > 3).mean() for seed in range(20)]
    assert 0.1 < np.mean(covered) < 0.45


def test_things_stay_off_the_water():
    """Cars drive over bridges; a house or a tree's middle never stands in the river."""
    for seed in range(20):
        sample = aerial(seed, (128, 128))
        water = sample.truth.mask("water")
        for item, mask in zip(sample.instances, sample.instances.masks(), strict=True):
            row, col = (int(places.mean()) for places in np.nonzero(mask))
            assert item.category.name == "car" or not water[row, col]
