import numpy as np
import pytest
import torch

from workbench.scenes import cells
from workbench.training.foreground import Foreground, held_out, varied

SMALL = Foreground(batch_size=8, side=32)


def test_a_batch_is_a_function_of_seed_and_step():
    first, again = SMALL.batch(3), SMALL.batch(3)
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert not torch.equal(first[0], SMALL.batch(4)[0])
    assert not torch.equal(first[0], Foreground(seed=1, batch_size=8, side=32).batch(3)[0])


def test_a_batch_is_standardised_pictures_and_masks():
    pictures, masks = SMALL.batch(0)
    assert pictures.shape == masks.shape == (8, 1, 32, 32)
    assert set(masks.unique().tolist()) <= {0.0, 1.0}
    assert 0.02 < float(masks.mean()) < 0.9
    torch.testing.assert_close(pictures.mean(dim=(1, 2, 3)), torch.zeros(8), atol=1e-4, rtol=0)


def test_any_scenes_can_be_learnt():
    assert Foreground("street", batch_size=4, side=32).batch(0)[0].shape == (4, 1, 32, 32)


def test_the_mask_turns_with_the_picture():
    """The mask of a picture that is its own mask stays its own mask, or its inverse, however it is turned."""
    mask = np.zeros((32, 32), np.float32)
    mask[:10, :20] = 1
    image = np.repeat((mask[..., None] * 200 + 20).astype(np.uint8), 3, axis=2)
    for seed in range(20):
        grey, turned = varied(np.random.default_rng(seed), image, mask)
        inside, outside = grey[turned > 0].mean(), grey[turned == 0].mean()
        assert abs(inside - outside) > 1


def test_arguments_are_left_alone():
    sample = cells(0, (32, 32))
    mask = sample.truth.mask(*sample.target).astype(np.float32)
    before = mask.copy()
    varied(np.random.default_rng(0), sample.image, mask)
    np.testing.assert_array_equal(mask, before)


def test_held_out_pictures_are_as_they_are():
    (grey, mask), *_ = held_out("cells", 2, side=64)
    assert grey.shape == mask.shape == (64, 64)
    assert grey.dtype == np.float32


def test_refuses_unknown_scenes():
    with pytest.raises(ValueError, match="training: no scenes 'moon'; there are cells, street"):
        Foreground("moon")


@pytest.mark.parametrize("batch", [0, 3, 10])
def test_refuses_a_batch_that_crops_do_not_fill(batch):
    with pytest.raises(ValueError, match=f"training: batch must be a multiple of 4, got {batch}"):
        Foreground(batch_size=batch)
