import pytest
import torch
from torch import nn
from torch.nn import functional

from workbench.models.trunk import STRIDES, Pyramid, TinyRes, Trunk, grouped
from workbench.trace import Trace, listen


def test_the_levels_are_as_coarse_as_they_say():
    maps = Trunk()(torch.zeros(2, 3, 64, 96))
    assert list(maps) == ["0", "1", "2", "3"]
    assert [tuple(x.shape) for x in maps.values()] == [(2, 64, 64 // step, 96 // step) for step in STRIDES]


def test_it_is_as_large_as_it_says():
    assert sum(p.numel() for p in Trunk().parameters()) == pytest.approx(0.78e6, rel=0.03)


def test_a_level_is_its_own_map_plus_the_repeated_coarser_ones():
    """Against the sum written out: a = across, r = repeated twice."""
    torch.manual_seed(0)
    net = Pyramid((2, 3, 4, 5), 6).eval()
    maps = [torch.randn(1, width, 16 // 2**k, 16 // 2**k) for k, width in enumerate((2, 3, 4, 5))]
    with torch.no_grad():
        own = [across(x) for across, x in zip(net.across, maps, strict=True)]
        summed = own[0].clone()
        for k in (1, 2, 3):
            summed += own[k].repeat_interleave(2**k, dim=2).repeat_interleave(2**k, dim=3)
        torch.testing.assert_close(net(maps)[0], net.smooth[0](summed))
        torch.testing.assert_close(net(maps)[3], net.smooth[3](own[3]))


def test_a_block_adds_what_came_in():
    net = TinyRes((4, 4, 4, 4), (2, 1, 1, 1)).eval()
    block = net.stages[0][1]  # the second block of a stage: same size in and out
    nn.init.zeros_(block.second[1].weight)  # its own part is silent now
    nn.init.zeros_(block.second[1].bias)
    x = torch.randn(1, 4, 8, 8)
    with torch.no_grad():
        torch.testing.assert_close(block(x), functional.relu(x))


def test_a_group_is_eight_channels():
    assert grouped(3, 32)[1].num_groups == 4
    assert grouped(3, 4)[1].num_groups == 1


def test_the_levels_are_stages():
    with listen(Trace()) as trace, torch.no_grad():
        Trunk((4, 4, 4, 4), width=8).eval()(torch.zeros(1, 3, 64, 64))
    assert [one.name for one in trace.stages] == [f"pyramid, 1/{step}" for step in STRIDES]
    assert trace.stages[0].array.shape == (16, 16)
