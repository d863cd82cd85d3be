import pytest
import torch
from torch import nn
from torch.nn import functional

from workbench.models.deeplab2 import DeepLab2


def made(rates=(1, 2, 4, 6)):
    torch.manual_seed(0)
    return DeepLab2(classes=3, widths=(4, 4, 6, 6), inner=4, rates=rates).eval()


def test_the_looks_have_the_rates_asked_for():
    net = made((1, 3, 5))
    firsts = [next(m for m in look.modules() if isinstance(m, nn.Conv2d)) for look in net.looks]
    assert [first.dilation[0] for first in firsts] == [1, 3, 5]


def test_the_looks_are_summed():
    net, picture = made(), torch.randn(1, 3, 32, 48)
    with torch.inference_mode():
        _, deep = net.backbone(picture)
        total = torch.stack([look(deep) for look in net.looks]).sum(dim=0)
        wanted = functional.interpolate(total, size=(32, 48), mode="bilinear")
        torch.testing.assert_close(net(picture), wanted)


def test_refuses_sides_that_cannot_be_halved():
    with pytest.raises(ValueError, match="DeepLab v2: sides must be multiples of 8"):
        made()(torch.zeros(1, 3, 33, 64))
