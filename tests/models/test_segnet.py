import numpy as np
import pytest
import torch
from torch import nn

from workbench.models.segnet import DEPTHS, SegNet, several
from workbench.trace import Trace, listen

SMALL = (4, 4, 4, 6, 6)


def test_a_maximum_goes_back_to_where_it_was():
    """Against the textbook: each 2 x 2 keeps its maximum in place, all else is zero."""
    net = SegNet(widths=SMALL)
    picture = torch.randn(1, 2, 8, 12)
    small, place = nn.functional.max_pool2d(picture, 2, return_indices=True)
    found = net.unpooled(small, place, nn.Identity())[0].numpy()
    wanted = np.zeros((2, 8, 12), np.float32)
    for channel in range(2):
        for row in range(0, 8, 2):
            for col in range(0, 12, 2):
                block = picture[0, channel, row : row + 2, col : col + 2].numpy()
                at = np.unravel_index(block.argmax(), (2, 2))
                wanted[channel, row + at[0], col + at[1]] = block.max()
    np.testing.assert_array_equal(found, wanted)


def test_there_are_thirteen_convolutions_each_way():
    net = SegNet()
    for way in (net.down, net.up):
        assert [sum(isinstance(m, nn.Conv2d) for m in part.modules()) for part in way] == (
            list(DEPTHS) if way is net.down else list(DEPTHS[::-1])
        )
    assert sum(DEPTHS) == 13


@pytest.mark.parametrize("unpool", ["indices", "bilinear", "learned"])
def test_all_ways_to_unpool_give_an_answer_as_large_as_the_picture(unpool):
    net = SegNet(classes=3, widths=SMALL, unpool=unpool)
    assert net(torch.zeros(1, 3, 32, 64)).shape == (1, 3, 32, 64)


def test_only_the_places_are_handed_across():
    """What comes out of unpooling are the maxima that went in, no more: places and values are all."""
    torch.manual_seed(0)
    net = SegNet(widths=SMALL).eval()
    x, there = torch.rand(1, 6, 2, 2), torch.arange(0, 16, 4)
    place = there.reshape(1, 1, 2, 2).expand(1, 6, 2, 2)
    sparse = net.unpooled(x, place, nn.Identity())
    assert (sparse != 0).sum() == x.numel()
    assert sorted(sparse[sparse != 0].tolist()) == sorted(x.flatten().tolist())


def test_the_sparse_map_is_shown():
    with listen(Trace()) as trace:
        SegNet(widths=SMALL).eval()(torch.randn(1, 3, 32, 32))
    shown = {stage.name: stage.array for stage in trace.stages}
    assert list(shown) == ["pool5", "unpooled", "filled"]
    assert (shown["unpooled"] == 0).mean() > 0.2


def test_the_width_changes_first_or_last():
    convolutions = lambda made: [m for m in made.modules() if isinstance(m, nn.Conv2d)]  # noqa: E731
    assert [c.out_channels for c in convolutions(several(2, 8, 3))] == [8, 8, 8]
    assert [c.out_channels for c in convolutions(several(8, 2, 3, narrow_last=True))] == [8, 8, 2]


def test_refusals():
    with pytest.raises(
        ValueError, match="SegNet: unpool must be indices, bilinear or learned, got 'nearest'"
    ):
        SegNet(unpool="nearest")
    with pytest.raises(ValueError, match="SegNet: sides must be multiples of 32"):
        SegNet(widths=SMALL)(torch.zeros(1, 3, 16, 32))
