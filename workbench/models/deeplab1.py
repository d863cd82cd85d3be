"""DeepLab v1 (Chen et al., 2015): holes instead of halving, one wide look, a random field at the end.

A classification network halves its map five times; enlarging its answer thirty-two-fold gives blobs. DeepLab
stops halving after the third pool and gives the later convolutions holes, so that they see as far as before
on a map four times as fine. Its first "fully connected" layer has holes too ("LargeFOV": a large field of
view from nine weights). What is still smooth at the borders, a fully connected random field (dense CRF)
sharpens on the picture's colours.

    image ─[16]─pool─[32]─pool─[64]─pool─[96 rate 1]─[128 rate 2]─[fc6 rate 4]─[fc7]─score── x8 ── CRF

What is smaller or other than in the paper: 16 to 128 channels instead of VGG-16's 64 to 512, batch
normalised; fc6 has rate 4 instead of 12, since the map of a 128 px picture is 16 x 16, and a rate as large
as the map leaves only the middle weight at work. The random field is not trained; it runs after the network,
as in the paper.
"""

from __future__ import annotations

from torch import Tensor, nn

from workbench.models.blocks import check_sides, convolved, enlarged, show_answer, show_map


class DeepLab1(nn.Module):
    """Give every pixel scores for the classes.

    Parameters
    ----------
    classes : scores for each pixel. widths : channels of the five stages and of the "fully connected" layers.
    rate : holes of the wide look, in pixels of the map (which is 8 times smaller than the picture).

    >>> import torch
    >>> DeepLab1(classes=5, widths=(4, 4, 4, 4, 4, 8))(torch.zeros(1, 3, 32, 48)).shape
    torch.Size([1, 5, 32, 48])
    """

    def __init__(
        self, classes: int = 8, widths: tuple[int, ...] = (16, 32, 64, 96, 128, 160), rate: int = 4
    ) -> None:
        super().__init__()
        one, two, three, four, five, full = widths
        self.stages = nn.Sequential(
            _halving(3, one),
            _halving(one, two),
            _halving(two, three),
            # pool4 and pool5 keep the size (stride 1 there); what follows them looks twice as far.
            nn.Sequential(convolved(three, four), convolved(four, four)),
            nn.Sequential(convolved(four, five, dilation=2), convolved(five, five, dilation=2)),
        )
        self.wide = nn.Sequential(convolved(five, full, dilation=rate), nn.Dropout2d(0.3))  # fc6
        self.full = nn.Sequential(convolved(full, full, 1), nn.Dropout2d(0.3))  # fc7
        self.score = nn.Conv2d(full, classes, 1)

    def forward(self, image: Tensor) -> Tensor:
        """Turn (B, 3, H, W) pictures into (B, classes, H, W) scores.

        Raises
        ------
        ValueError : H or W is not a multiple of 8.
        """
        check_sides("DeepLab v1", image, 8)
        x = self.stages(image)  # (B, 128, H/8, W/8)
        show_map("deep features", x, "the strongest channel at each place, only 8 times smaller")
        x = self.wide(x)
        show_map("wide look", x, "the strongest channel after the layer with large holes (LargeFOV)")
        scores = self.score(self.full(x))  # (B, classes, H/8, W/8)
        show_answer("score at stride 8", scores, "the answer before it is enlarged")
        return enlarged(scores, image.shape[-2:])


def _halving(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(convolved(before, after), convolved(after, after), nn.MaxPool2d(2))
