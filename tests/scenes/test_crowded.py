"""Crowded pictures: at least half of the things overlap another one, and small ones lie in front of large."""

import numpy as np
import pytest

from workbench.scenes import CROWDED, SCENES

SEEDS = range(20)


def overlaps(sample):
    """Give the (N, N) table of whose whole masks meet, and the areas."""
    masks = sample.instances.masks().reshape(len(sample.instances), -1).astype(np.float32)
    meet = masks @ masks.T > 0
    np.fill_diagonal(meet, False)
    return meet, masks.sum(axis=1)


@pytest.mark.parametrize("name", CROWDED)
def test_half_of_the_things_overlap_another_one(name):
    for seed in SEEDS:
        meet, _ = overlaps(SCENES[name](seed, (128, 128), crowded=True))
        assert len(meet) >= 3
        assert meet.any(axis=1).mean() >= 0.5, seed


@pytest.mark.parametrize("name", CROWDED)
def test_small_things_lie_in_front_of_large_ones(name):
    front = total = 0
    for seed in SEEDS:
        sample = SCENES[name](seed, (128, 128), crowded=True)
        meet, areas = overlaps(sample)
        place = np.argsort(sample.depth)
        for low, high in np.argwhere(meet):
            if place[high] > place[low]:
                total += 1
                front += areas[high] < areas[low]
    assert total > 60
    assert front / total > 0.5


@pytest.mark.parametrize("name", CROWDED)
def test_more_overlap_than_in_an_ordinary_picture(name):
    counts = []
    for crowded in (False, True):
        tables = [overlaps(SCENES[name](seed, (128, 128), crowded=crowded))[0] for seed in SEEDS]
        counts.append(sum(table.sum() for table in tables))
    assert counts[1] > 1.5 * counts[0]


@pytest.mark.parametrize("name", CROWDED)
def test_truth_instances_and_depth_agree(name):
    for seed in range(6):
        sample = SCENES[name](seed, (128, 160), crowded=True)
        first, masks, ids = len(sample.truth.taxonomy) + 1, sample.instances.masks(), sample.truth.ids
        top = np.zeros(ids.shape, np.int32)
        for k in sample.depth:
            top[masks[k]] = first + k
        seen = ids >= first
        np.testing.assert_array_equal(ids[seen], top[seen])


@pytest.mark.parametrize("name", CROWDED)
@pytest.mark.parametrize("size", [(32, 32), (32, 200), (200, 32)])
def test_any_size_can_be_crowded(name, size):
    for seed in range(3):
        assert SCENES[name](seed, size, crowded=True).truth.shape == size
