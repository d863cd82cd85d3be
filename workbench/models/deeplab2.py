"""DeepLab v2 (Chen et al., 2018): several looks of different width at the same place, summed (ASPP).

Things come in sizes. Atrous spatial pyramid pooling looks at each place of the map with four 3 x 3
convolutions whose holes differ, lets each of them give scores of its own, and adds the four. It stands on a
residual network whose last stages have holes instead of halvings, and a fully connected random field
sharpens the borders after it.

    image ── residual, stride 8 ──┬─[3 x 3 rate 1]─[1 x 1]─score─┐
                                  ├─[3 x 3 rate 2]─[1 x 1]─score─(+)── x8 ── CRF
                                  ├─[3 x 3 rate 4]─[1 x 1]─score─┤
                                  └─[3 x 3 rate 6]─[1 x 1]─score─┘

What is smaller or other than in the paper: four stages of two residual blocks with 24 to 128 channels
instead of ResNet-101; rates 1, 2, 4, 6 instead of 6, 12, 18, 24, since the map of a 128 px picture is 16 x
16; one scale of the picture instead of three. The random field is not trained; it runs after the network, as
in the paper.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from workbench.models.blocks import Dilated, check_sides, convolved, enlarged, show_answer


class DeepLab2(nn.Module):
    """Give every pixel scores for the classes.

    Parameters
    ----------
    classes : scores for each pixel. widths : channels of the four stages. inner : channels of each look.
    rates : holes of the looks, in pixels of the map (which is 8 times smaller than the picture).

    >>> DeepLab2(classes=5, widths=(4, 4, 4, 4), inner=4)(torch.zeros(1, 3, 32, 48)).shape
    torch.Size([1, 5, 32, 48])
    """

    def __init__(
        self,
        classes: int = 8,
        widths: tuple[int, int, int, int] = (24, 48, 96, 128),
        inner: int = 64,
        rates: tuple[int, ...] = (1, 2, 4, 6),
    ) -> None:
        super().__init__()
        self.rates = tuple(rates)
        self.backbone = Dilated(tuple(widths))  # type: ignore[arg-type]
        self.looks = nn.ModuleList(
            nn.Sequential(
                convolved(widths[-1], inner, dilation=rate),  # fc6 of this look
                convolved(inner, inner, 1),  # fc7
                nn.Conv2d(inner, classes, 1),  # its own scores
            )
            for rate in self.rates
        )

    def forward(self, image: Tensor) -> Tensor:
        """Turn (B, 3, H, W) pictures into (B, classes, H, W) scores.

        Raises
        ------
        ValueError : H or W is not a multiple of 8.
        """
        check_sides("DeepLab v2", image, 8)
        _, deep = self.backbone(image)  # (B, 128, H/8, W/8)
        scores = torch.zeros(1, device=image.device)
        for rate, look in zip(self.rates, self.looks, strict=True):
            said = look(deep)  # (B, classes, H/8, W/8)
            show_answer(f"look with rate {rate}", said, f"what the look with holes of {rate} px would answer")
            scores = scores + said  # summed: v3 concatenates instead
        return enlarged(scores, image.shape[-2:])
