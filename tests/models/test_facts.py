import pytest
import torch
from torch import nn

from workbench.models.deeplab3 import DeepLab3
from workbench.models.facts import FARTHEST, facts_of, reach_of
from workbench.models.unet import UNet


def test_reach_of_stacked_and_dilated_convolutions_by_hand():
    """Each 3 x 3 convolution of rate r adds r px to the side."""
    convolutions = [nn.Conv2d(1, 1, 3, padding=r, dilation=r) for r in (1, 2, 4)]
    assert reach_of(nn.Sequential(*convolutions), channels=1) == 1 + 2 + 4


def test_halving_doubles_what_each_later_step_adds():
    net = nn.Sequential(
        nn.Conv2d(1, 1, 3, padding=1),
        nn.AvgPool2d(2),
        nn.Conv2d(1, 1, 3, padding=1),
        nn.Upsample(scale_factor=2),
    )
    assert reach_of(net, channels=1) in (1 + 2 * 1 + 1, 1 + 2 * 1)


def test_a_look_at_everything_reaches_everywhere():
    assert reach_of(DeepLab3(classes=2, widths=(4, 4, 4, 4), inner=4)) == FARTHEST


def test_the_unet_sees_no_further_than_its_tiles_assume():
    assert 60 < reach_of(UNet(base=2), channels=1) <= 112


def test_operations_by_hand():
    """A multiplication and an addition for each weight at each pixel."""
    net = nn.Conv2d(3, 5, 3, padding=1, bias=False)
    assert facts_of(net, 16)["flops"] == 2 * 3 * 5 * 9 * 16 * 16


def test_a_network_for_things_has_no_one_reach():
    class Finder(nn.Module):
        def forward(self, image):
            return [image]

    assert facts_of(Finder(), 32) == {"parameters": 0, "flops": 0, "reach": None}


def test_the_network_is_left_alone():
    net = UNet(base=2)
    before = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    facts_of(net, 32, channels=1)
    assert all(torch.equal(before[name], tensor) for name, tensor in net.state_dict().items())


@pytest.mark.parametrize("side", [32, 64])
def test_operations_grow_with_the_area(side):
    net = UNet(base=2)
    small, large = (facts_of(net, s, channels=1)["flops"] for s in (side, 2 * side))
    assert large == 4 * small
