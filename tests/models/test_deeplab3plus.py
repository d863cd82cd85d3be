import pytest
import torch
from torch.nn import functional

from workbench.models.deeplab3plus import DeepLab3Plus


def made():
    torch.manual_seed(0)
    return DeepLab3Plus(classes=3, widths=(6, 4, 6, 6), inner=4, fine=2).eval()


def test_the_decoder_puts_the_thinned_fine_map_beside_the_pyramid():
    net, picture = made(), torch.randn(1, 3, 32, 48)
    with torch.inference_mode():
        fine, deep = net.backbone(picture)
        assert fine.shape == (1, 6, 8, 12)
        sure = functional.interpolate(net.pyramid(deep), size=(8, 12), mode="bilinear")
        scores = net.score(net.settle(torch.cat([sure, net.thin(fine)], dim=1)))
        torch.testing.assert_close(
            net(picture), functional.interpolate(scores, size=(32, 48), mode="bilinear")
        )
    assert net.thin[0].out_channels == 2


def test_refuses_sides_that_cannot_be_halved():
    with pytest.raises(ValueError, match=r"DeepLab v3\+: sides must be multiples of 8"):
        made()(torch.zeros(1, 3, 33, 64))
