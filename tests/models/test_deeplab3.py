import pytest
import torch
from torch import nn

from workbench.models.deeplab3 import DeepLab3, Pyramid
from workbench.trace import Trace, listen


def test_the_looks_are_concatenated_one_is_of_everything():
    torch.manual_seed(0)
    pyramid, x = Pyramid(4, 8, (2, 4)).eval(), torch.randn(1, 4, 16, 16)
    with torch.inference_mode():
        said = [look(x) for look in pyramid.looks]
        everything = pyramid.everything[1](x.mean(dim=(2, 3), keepdim=True)).expand(-1, -1, 16, 16)
        torch.testing.assert_close(pyramid(x), pyramid.weigh(torch.cat([*said, everything], dim=1)))
    sizes = [next(m for m in look.modules() if isinstance(m, nn.Conv2d)) for look in pyramid.looks]
    assert [(c.kernel_size[0], c.dilation[0]) for c in sizes] == [(1, 1), (3, 2), (3, 4)]


def test_every_pixel_hears_of_the_whole_picture():
    torch.manual_seed(0)
    net = DeepLab3(classes=3, widths=(4, 4, 6, 6), inner=4).double().eval()
    picture = torch.randn(1, 3, 32, 640, dtype=torch.float64)
    changed = picture.clone()
    changed[..., -8:] += 9
    with torch.inference_mode():
        assert (net(picture)[..., 0] != net(changed)[..., 0]).any()


def test_it_shows_its_looks():
    with listen(Trace()) as trace:
        DeepLab3(classes=3, widths=(4, 4, 6, 6), inner=4).eval()(torch.zeros(1, 3, 32, 32))
    names = [stage.name for stage in trace.stages]
    assert names[2:] == ["look: 1 x 1", "look: rate 2", "look: rate 4", "look: rate 6", "score at stride 8"]


def test_refuses_sides_that_cannot_be_halved():
    with pytest.raises(ValueError, match="DeepLab v3: sides must be multiples of 8"):
        DeepLab3(widths=(4, 4, 4, 4), inner=4)(torch.zeros(1, 3, 33, 64))
