import numpy as np
import pytest
import torch
from torch import nn

from workbench.models.unet import UNet


def test_the_answer_is_as_large_as_the_picture():
    assert UNet(base=4)(torch.zeros(2, 1, 32, 48)).shape == (2, 1, 32, 48)


def test_more_channels_and_classes():
    assert UNet(channels=3, classes=5, base=4, depth=2)(torch.zeros(1, 3, 8, 12)).shape == (1, 5, 8, 12)


def test_it_is_as_large_as_it_says():
    assert sum(p.numel() for p in UNet().parameters()) == pytest.approx(1.1e6, rel=0.02)


@pytest.mark.parametrize("size", [(20, 32), (32, 17)])
def test_refuses_sides_that_the_stairs_cannot_halve(size):
    with pytest.raises(ValueError, match=r"UNet: sides must be multiples of 16, got \(\d+, \d+\); pad"):
        UNet(base=4)(torch.zeros(1, 1, *size))


def test_the_skips_are_concatenated_in_their_order():
    """Without what comes from below, the answer still sees the picture, through the skip."""
    net = UNet(base=4, depth=1).eval()
    with torch.no_grad():
        nn.init.zeros_(net.grow[0].weight)
        nn.init.zeros_(net.grow[0].bias)
        first, second = net(torch.zeros(1, 1, 8, 8)), net(torch.randn(1, 1, 8, 8))
    assert not torch.allclose(first, second)


def test_a_pixel_does_not_reach_further_than_tiles_assume():
    """tiles.in_tiles takes a margin of 112 px: a change further away must not change an answer."""
    torch.manual_seed(0)
    net = UNet(base=2).double().eval()
    picture = torch.randn(1, 1, 16, 320, dtype=torch.float64)
    changed = picture.clone()
    changed[..., 160] += 5
    with torch.no_grad():
        columns = np.flatnonzero((net(picture) != net(changed)).numpy().any(axis=(0, 1, 2)))
    assert 160 - columns.min() <= 112
    assert columns.max() - 160 <= 112
