import pytest
import torch
from torch.nn import functional

from workbench.models.fcn import FCN
from workbench.trace import Trace, listen

SMALL = (4, 4, 6, 8, 8, 8)


def made(stride):
    torch.manual_seed(0)
    return FCN(classes=3, stride=stride, widths=SMALL).eval()


@pytest.mark.parametrize(("stride", "skips"), [(32, 0), (16, 1), (8, 2)])
def test_the_finer_the_more_maps_are_listened_to(stride, skips):
    net = made(stride)
    assert len(net.skips) == skips
    assert net(torch.zeros(2, 3, 64, 96)).shape == (2, 3, 64, 96)


def test_the_skips_start_silent():
    for skip in made(8).skips:
        assert not skip.weight.any()
        assert not skip.bias.any()


def test_the_scores_of_the_maps_are_summed():
    """Computed anew: score, twice as large plus pool4's, twice as large plus pool3's, eightfold."""
    net = made(8)
    for skip in net.skips:
        torch.nn.init.normal_(skip.weight)
    picture, x, pools = torch.randn(1, 3, 64, 64), None, []
    with torch.inference_mode():
        x = picture
        for stage in net.stages:
            x = stage(x)
            pools.append(x)
        grow = lambda s, to: functional.interpolate(s, scale_factor=to, mode="bilinear")  # noqa: E731
        scores = net.score(net.full(pools[4]))
        scores = grow(scores, 2) + net.skips[0](pools[3])
        scores = grow(scores, 2) + net.skips[1](pools[2])
        torch.testing.assert_close(net(picture), grow(scores, 8))
    assert pools[3].shape[-1] == 64 // 16
    assert pools[2].shape[-1] == 64 // 8


def test_it_is_as_large_as_it_says():
    assert sum(p.numel() for p in FCN().parameters()) == pytest.approx(0.64e6, rel=0.02)


def test_it_shows_what_each_skip_adds():
    with listen(Trace()) as trace:
        made(8)(torch.zeros(1, 3, 64, 64))
    names = [stage.name for stage in trace.stages]
    assert names == [
        "pool5",
        "score at stride 32",
        "what pool4 adds",
        "with pool4",
        "what pool3 adds",
        "with pool3",
    ]


def test_refusals():
    with pytest.raises(ValueError, match="FCN: stride must be one of 32, 16, 8, got 4"):
        FCN(stride=4)
    with pytest.raises(ValueError, match="FCN: sides must be multiples of 32"):
        made(8)(torch.zeros(1, 3, 33, 64))
