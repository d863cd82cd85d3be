"""What every scene promises: the same bytes, any size, and a truth that fits itself."""

import hashlib

import numpy as np
import pytest

from workbench.scenes import SCENES

NAMES = list(SCENES)
assert len(NAMES) >= 2


def digest(sample):
    return hashlib.sha256(sample.image.tobytes()).hexdigest(), sample.truth.sha256


@pytest.mark.parametrize("name", NAMES)
def test_same_seed_and_size_give_the_same_bytes(name):
    assert digest(SCENES[name](4, (96, 128))) == digest(SCENES[name](4, (96, 128)))


@pytest.mark.parametrize("name", NAMES)
def test_another_seed_gives_another_picture(name):
    assert len({digest(SCENES[name](seed, (64, 64))) for seed in range(6)}) == 6


@pytest.mark.parametrize("size", [(32, 32), (32, 200), (200, 32), (97, 61), (256, 256), (300, 480)])
@pytest.mark.parametrize("name", NAMES)
def test_any_size_gives_a_picture_of_that_size(name, size):
    for seed in range(4):
        sample = SCENES[name](seed, size)
        assert sample.image.shape == (*size, 3)
        assert sample.image.dtype == np.uint8
        assert not sample.image.flags.writeable
        assert sample.truth.shape == size
        assert 20 < sample.image.mean() < 240 or name == "cells"


@pytest.mark.parametrize("name", NAMES)
def test_another_resolution_shows_the_same_kind_of_picture(name):
    """Most pixels of a small picture have the category that the large one has at the same place."""
    for seed in range(4):
        small, large = (SCENES[name](seed, (side, side)).truth.category_ids() for side in (128, 256))
        assert (small == large[1::2, 1::2]).mean() > 0.93


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("name", NAMES)
def test_truth_instances_and_depth_agree(name, seed):
    """Painting the whole things back to front over the stuff gives the truth, pixel for pixel."""
    sample = SCENES[name](seed, (128, 160))
    first, masks = len(sample.truth.taxonomy) + 1, sample.instances.masks()
    assert sorted(sample.depth) == list(range(len(masks)))
    ids = sample.truth.ids
    assert ids.min() > 0  # nothing is void: the truth is exact
    top = np.zeros(ids.shape, np.int32)
    for k in sample.depth:
        top[masks[k]] = first + k
    seen = ids >= first
    np.testing.assert_array_equal(ids[seen], top[seen])
    for k, item in enumerate(sample.instances):
        visible = ids == first + k
        assert visible.any()
        assert masks[k][visible].all()  # the whole holds what is seen of it
        assert sample.truth.segments[first + k].category == item.category


@pytest.mark.parametrize("name", NAMES)
def test_only_stuff_that_is_nearer_hides_things(name):
    """What hides a thing is a nearer thing or, in a street, a tree; among cells nothing else does."""
    for seed in range(6):
        sample = SCENES[name](seed, (128, 160))
        first, masks = len(sample.truth.taxonomy) + 1, sample.instances.masks()
        covered = masks.any(axis=0) & (sample.truth.ids < first)
        names = {sample.truth.segments[int(n)].category.name for n in np.unique(sample.truth.ids[covered])}
        assert names <= ({"tree"} if name == "street" else set())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", [-1, 1.5, "3", None, True])
def test_refuses_a_bad_seed(name, seed):
    with pytest.raises(ValueError, match=f"{name}: seed must be a whole number from 0, got"):
        SCENES[name](seed)


@pytest.mark.parametrize("size", [(31, 64), (64, 31), (64, 5000), (0, 0), (-64, 64)])
@pytest.mark.parametrize("name", NAMES)
def test_refuses_a_side_out_of_range(name, size):
    with pytest.raises(ValueError, match=f"{name}: size must be 32 to 4096 px a side"):
        SCENES[name](0, size)


@pytest.mark.parametrize("size", [64, (64,), (64, 64, 3), (64.0, 64), "64x64", None])
@pytest.mark.parametrize("name", NAMES)
def test_refuses_what_is_no_size(name, size):
    with pytest.raises(ValueError, match=f"{name}: size must be "):
        SCENES[name](0, size)
