import numpy as np
import pytest
import torch
from torch import nn

from workbench.models.blocks import Dilated, Residual, check_sides, convolved, enlarged, show_answer, show_map
from workbench.trace import Trace, listen


def reach(layer, side=33):
    """List the offsets of the input pixels that the middle of the output depends on."""
    picture = torch.randn(1, 1, side, side, requires_grad=True)
    layer(picture)[0, 0, side // 2, side // 2].backward()
    rows, cols = np.nonzero(picture.grad[0, 0].numpy())
    return {(int(r) - side // 2, int(c) - side // 2) for r, c in zip(rows, cols, strict=True)}


@pytest.mark.parametrize("rate", [1, 2, 4, 6])
def test_holes_are_as_large_as_the_rate(rate):
    """Nine weights, `rate` apart: the definition of a dilated convolution."""
    wanted = {(row * rate, col * rate) for row in (-1, 0, 1) for col in (-1, 0, 1)}
    assert reach(convolved(1, 1, dilation=rate)[0]) == wanted


def test_a_rate_as_large_as_the_map_leaves_one_weight():
    layer = convolved(1, 1, dilation=16)[0]
    picture = torch.randn(1, 1, 16, 16)
    torch.testing.assert_close(layer(picture), picture * layer.weight[0, 0, 1, 1])


def test_a_residual_block_that_says_nothing_passes_on_what_came_in():
    block = Residual(4, 4).eval()
    nn.init.zeros_(block.second[0].weight)
    x = torch.rand(1, 4, 8, 8)
    torch.testing.assert_close(block(x), x)


@pytest.mark.parametrize("stride", [8, 16])
def test_the_backbone_stops_shrinking_and_sees_as_far(stride):
    net = Dilated((4, 4, 8, 8), stride).eval()
    fine, deep = net(torch.zeros(1, 3, 64, 96))
    assert fine.shape == (1, 4, 16, 24)
    assert deep.shape == (1, 8, 64 // stride, 96 // stride)
    rates = [m.dilation[0] for m in net.modules() if isinstance(m, nn.Conv2d) and m.kernel_size == (3, 3)]
    assert max(rates) == {8: 4, 16: 2}[stride]


def test_refusals():
    with pytest.raises(ValueError, match="Dilated: stride must be 8 or 16, got 4"):
        Dilated((4, 4, 4, 4), 4)
    with pytest.raises(
        ValueError, match=r"FCN: sides must be multiples of 32, got \(40, 64\); pad the image"
    ):
        check_sides("FCN", torch.zeros(1, 3, 40, 64), 32)


def test_enlarging_is_bilinear():
    x = torch.tensor([[[[0.0, 1.0]]]])
    torch.testing.assert_close(enlarged(x, (1, 4)), torch.tensor([[[[0.0, 0.25, 0.75, 1.0]]]]))


def test_maps_are_shown_only_where_somebody_looks():
    maps = torch.tensor([[[[1.0, 4.0]], [[3.0, 2.0]]]])
    show_map("never", maps, "")
    with listen(Trace()) as trace:
        show_map("strongest", maps, "the strongest")
        show_answer("answer", maps, "the likeliest")
    assert trace.stages[0].array.tolist() == [[3, 4]]
    assert trace.stages[1].array.tolist() == [[2, 1]]
    assert trace.stages[1].kind == "labels"
