"""DeepLab v3+ (Chen et al., 2018): v3 with a small decoder that brings the borders back.

What the pyramid of v3 says is sure but coarse. The decoder enlarges it to a quarter of the picture's size,
puts the early, fine map of the backbone beside it (thinned to few channels, lest it outvote the pyramid),
and lets two 3 x 3 convolutions settle where the borders run.

    image ── residual ──┬── stride 8 ── pyramid ── x2 ──concat─[3 x 3]─[3 x 3]─score── x4
                        └── stride 4 ─[1 x 1 to 16]───────┘

What is smaller or other than in the paper: four stages of two residual blocks with 24 to 128 channels
instead of Xception or ResNet-101; plain instead of depthwise separable convolutions; stride 8 with rates 2,
4, 6; 64 channels instead of 256, and 16 instead of 48 from the fine map.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from workbench.models.blocks import Dilated, check_sides, convolved, enlarged, show_answer, show_map
from workbench.models.deeplab3 import Pyramid


class DeepLab3Plus(nn.Module):
    """Give every pixel scores for the classes.

    Parameters
    ----------
    classes : scores for each pixel. widths : channels of the four stages. inner : channels of each look.
    fine : channels that the fine map is thinned to. rates : holes of the looks, in pixels of the map.

    >>> DeepLab3Plus(classes=5, widths=(4, 4, 4, 4), inner=4).eval()(torch.zeros(1, 3, 32, 48)).shape
    torch.Size([1, 5, 32, 48])
    """

    def __init__(
        self,
        classes: int = 8,
        widths: tuple[int, int, int, int] = (24, 48, 96, 128),
        inner: int = 64,
        fine: int = 16,
        rates: tuple[int, ...] = (2, 4, 6),
    ) -> None:
        super().__init__()
        self.backbone = Dilated(tuple(widths))  # type: ignore[arg-type]
        self.pyramid = Pyramid(widths[-1], inner, rates)
        self.thin = convolved(widths[0], fine, 1)
        self.settle = nn.Sequential(convolved(inner + fine, inner), convolved(inner, inner))
        self.score = nn.Conv2d(inner, classes, 1)

    def forward(self, image: Tensor) -> Tensor:
        """Turn (B, 3, H, W) pictures into (B, classes, H, W) scores.

        Raises
        ------
        ValueError : H or W is not a multiple of 8.
        """
        check_sides("DeepLab v3+", image, 8)
        fine, deep = self.backbone(image)  # (B, 24, H/4, W/4), (B, 128, H/8, W/8)
        sure = enlarged(self.pyramid(deep), fine.shape[-2:])  # (B, inner, H/4, W/4)
        thin = self.thin(fine)
        show_map("thinned fine map", thin, "what the decoder sees of the early map: borders, mostly")
        settled = self.settle(torch.cat([sure, thin], dim=1))
        scores = self.score(settled)  # (B, classes, H/4, W/4)
        show_answer("score at stride 4", scores, "the answer before it is enlarged")
        return enlarged(scores, image.shape[-2:])
