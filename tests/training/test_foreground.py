import numpy as np
import pytest
import torch

from workbench.scenes import cells
from workbench.training.foreground import Foreground, held_out, things_of, varied

SMALL = Foreground(batch_size=8, side=32)


def test_a_batch_is_a_function_of_seed_and_step():
    first, again = SMALL.batch(3), SMALL.batch(3)
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert not torch.equal(first[0], SMALL.batch(4)[0])
    assert not torch.equal(first[0], Foreground(seed=1, batch_size=8, side=32).batch(3)[0])


def test_a_batch_is_standardised_pictures_masks_and_weights():
    pictures, masks, weights = SMALL.batch(0)
    assert pictures.shape == masks.shape == weights.shape == (8, 1, 32, 32)
    assert set(masks.unique().tolist()) <= {0.0, 1.0}
    around, of_things = SMALL.balance
    assert set(weights[masks > 0].tolist()) == {np.float32(of_things)}
    assert float(weights.min()) == np.float32(around)
    assert float(weights.max()) > of_things  # a gap
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
        grey, turned = varied(np.random.default_rng(seed), image, mask.astype(np.int32))
        inside, outside = grey[turned > 0].mean(), grey[turned == 0].mean()
        assert abs(inside - outside) > 1


def test_arguments_are_left_alone():
    sample = cells(0, (32, 32))
    ids = things_of(sample.truth, sample.target)
    before = ids.copy()
    varied(np.random.default_rng(0), sample.image, ids)
    np.testing.assert_array_equal(ids, before)


def test_both_kinds_weigh_the_same_in_all():
    around, of_things = SMALL.balance
    assert 0.5 / around + 0.5 / of_things == pytest.approx(1)


def test_the_loss_weighs_pixels():
    pictures, masks, weights = SMALL.batch(0)
    net = torch.nn.Conv2d(1, 1, 1)
    plain = torch.nn.functional.binary_cross_entropy_with_logits(net(pictures), masks, reduction="none")
    found = SMALL.loss(net, (pictures, masks, weights), "cpu")["cross-entropy"]
    torch.testing.assert_close(found, (plain * weights).mean())


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
