"""DeepLab v3 (Chen et al., 2017): looks of different width and a look at everything, concatenated.

A 3 x 3 convolution with very large holes has its outer weights beside the map: it degenerates to 1 x 1. So
v3 takes a real 1 x 1 convolution as its narrowest look, and for the widest the mean of the whole map. All
are batch normalised and concatenated, and one more convolution weighs them. There is no random field any
more.

    image ── residual, stride 8 ──┬─[1 x 1]────────┐
                                  ├─[3 x 3 rate 2]─┤
                                  ├─[3 x 3 rate 4]─concat─[1 x 1]─[3 x 3]─score── x8
                                  ├─[3 x 3 rate 6]─┤
                                  └─[mean of all]──┘

What is smaller or other than in the paper: four stages of two residual blocks with 24 to 128 channels
instead of ResNet-101; rates 2, 4, 6 at stride 8 instead of 12, 24, 36, since the map of a 128 px picture is
16 x 16; 64 channels a look instead of 256.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from workbench.models.blocks import Dilated, check_sides, convolved, enlarged, show_answer, show_map


class Pyramid(nn.Module):
    """Look at each place with several widths, and at everything; concatenate (ASPP as in v3 and v3+).

    Parameters
    ----------
    before : channels that come in. inner : channels of each look, and of what goes out. rates : of the holes.

    >>> Pyramid(4, 8, (2, 4)).eval()(torch.zeros(1, 4, 16, 16)).shape
    torch.Size([1, 8, 16, 16])
    """

    def __init__(self, before: int, inner: int, rates: tuple[int, ...]) -> None:
        super().__init__()
        self.rates = tuple(rates)
        looks = [convolved(before, inner, 1), *(convolved(before, inner, dilation=rate) for rate in rates)]
        self.looks = nn.ModuleList(looks)
        self.everything = nn.Sequential(nn.AdaptiveAvgPool2d(1), convolved(before, inner, 1))
        self.weigh = nn.Sequential(convolved(inner * (len(looks) + 1), inner, 1), nn.Dropout2d(0.1))

    def forward(self, x: Tensor) -> Tensor:
        """Turn (B, before, h, w) into (B, inner, h, w)."""
        said = [look(x) for look in self.looks]
        for name, one in zip(("1 x 1", *(f"rate {rate}" for rate in self.rates)), said, strict=True):
            show_map(f"look: {name}", one, f"the strongest channel of the {name} look")
        # One value a channel for the whole picture: what kind of scene is this?
        said.append(self.everything(x).expand(-1, -1, *x.shape[-2:]))
        return self.weigh(torch.cat(said, dim=1))  # (B, looks x inner, h, w) -> (B, inner, h, w)


class DeepLab3(nn.Module):
    """Give every pixel scores for the classes.

    Parameters
    ----------
    classes : scores for each pixel. widths : channels of the four stages. inner : channels of each look.
    rates : holes of the looks, in pixels of the map (which is 8 times smaller than the picture).

    >>> DeepLab3(classes=5, widths=(4, 4, 4, 4), inner=4).eval()(torch.zeros(1, 3, 32, 48)).shape
    torch.Size([1, 5, 32, 48])
    """

    def __init__(
        self,
        classes: int = 8,
        widths: tuple[int, int, int, int] = (24, 48, 96, 128),
        inner: int = 64,
        rates: tuple[int, ...] = (2, 4, 6),
    ) -> None:
        super().__init__()
        self.backbone = Dilated(tuple(widths))  # type: ignore[arg-type]
        self.pyramid = Pyramid(widths[-1], inner, rates)
        self.score = nn.Sequential(convolved(inner, inner), nn.Conv2d(inner, classes, 1))

    def forward(self, image: Tensor) -> Tensor:
        """Turn (B, 3, H, W) pictures into (B, classes, H, W) scores.

        Raises
        ------
        ValueError : H or W is not a multiple of 8.
        """
        check_sides("DeepLab v3", image, 8)
        _, deep = self.backbone(image)  # (B, 128, H/8, W/8)
        scores = self.score(self.pyramid(deep))  # (B, classes, H/8, W/8)
        show_answer("score at stride 8", scores, "the answer before it is enlarged")
        return enlarged(scores, image.shape[-2:])
