"""The trunk that the instance and panoptic networks share: a small residual backbone and a feature pyramid.

A backbone sees more the deeper it gets, but on ever coarser maps: what knows that this is a car no longer
knows where its edge is. The pyramid (Lin et al., 2017) walks back up, adding what the deep maps know to what
the fine maps see, so that things of every size are looked for on a map where they are a few pixels long.

    image ─stem─ 1/2 ─[32]─ 1/4 ──1x1──(+)──3x3── "0"  1/4
                       [48]─ 1/8 ──1x1──(+)──3x3── "1"  1/8
                       [96]─ 1/16 ─1x1──(+)──3x3── "2"  1/16
                      [160]─ 1/32 ─1x1───┘───3x3── "3"  1/32

What is smaller than in the papers: 32 to 160 channels in six residual blocks instead of ResNet-50's 256 to
2048 in sixteen, 64 channels in the pyramid instead of 256: 0.8 million parameters instead of 27 million.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from torch import Tensor, nn
from torch.nn import functional

from workbench.models.blocks import Residual, convolved, show_map

STRIDES = (4, 8, 16, 32)  # how many pixels of the picture are one of each level, finest first
WIDTHS = (32, 48, 96, 160)
DEPTHS = (2, 2, 1, 1)  # blocks a stage; the things of small pictures are found on the fine maps


class TinyRes(nn.Module):
    """See ever more, ever coarser: four stages of residual blocks.

    >>> import torch
    >>> [tuple(x.shape) for x in TinyRes((4, 6, 8, 10))(torch.zeros(1, 3, 64, 64))][::3]
    [(1, 4, 16, 16), (1, 10, 2, 2)]
    """

    def __init__(self, widths: Sequence[int] = WIDTHS, depths: Sequence[int] = DEPTHS) -> None:
        super().__init__()
        self.stem = convolved(3, widths[0], stride=2)  # (B, 3, H, W) -> (B, 32, H/2, W/2)
        # Residual: each block adds to what came in, so that even the first stage hears the loss (He et al.,
        # 2016).
        self.stages = nn.ModuleList(
            nn.Sequential(
                # The first block of a stage halves the map; the others refine it.
                Residual(before, after, stride=2),
                *(Residual(after, after) for _ in range(depth - 1)),
            )
            for before, after, depth in zip([widths[0], *widths], widths, depths, strict=False)
        )

    def forward(self, image: Tensor) -> list[Tensor]:
        """Turn (B, 3, H, W) pictures into maps of 1/4, 1/8, 1/16 and 1/32 of their size."""
        x, maps = self.stem(image), []  # maps: what each stage saw, finest first
        for stage in self.stages:
            x = stage(x)  # (B, C, h, w) -> (B, C', h/2, w/2)
            maps.append(x)
        return maps


class Pyramid(nn.Module):
    """Tell the fine maps what the coarse ones know: levels of equal width, finest first."""

    def __init__(self, widths: Sequence[int] = WIDTHS, width: int = 64) -> None:
        super().__init__()
        # 1 x 1: every level is brought to one width, so that levels can be added.
        self.across = nn.ModuleList(nn.Conv2d(before, width, 1) for before in widths)
        # 3 x 3: smooths the staircase that enlarging by repetition leaves.
        self.smooth = nn.ModuleList(nn.Conv2d(width, width, 3, padding=1) for _ in widths)

    def forward(self, maps: list[Tensor]) -> list[Tensor]:
        """Turn maps of several widths into as many of one width and of the same sizes."""
        # Four maps of 32, 48, 96 and 160 channels -> four of 64, each still of its own size.
        levels = [across(x) for across, x in zip(self.across, maps, strict=True)]
        for fine in reversed(range(len(levels) - 1)):
            # What the coarser level knows holds for all the pixels under it: repeat, then add.
            known = functional.interpolate(levels[fine + 1], size=levels[fine].shape[-2:], mode="nearest")
            levels[fine] = levels[fine] + known  # (B, 64, h, w): where things are, and now also what they are
        return [smooth(x) for smooth, x in zip(self.smooth, levels, strict=True)]


class Trunk(nn.Module):
    """Turn pictures into a pyramid of feature maps, under the names that torchvision's detectors expect.

    Parameters
    ----------
    widths, depths : channels and blocks of the backbone's four stages. width : channels of the pyramid.

    >>> import torch
    >>> maps = Trunk((4, 6, 8, 10), width=8)(torch.zeros(1, 3, 64, 96))
    >>> {name: tuple(x.shape[1:]) for name, x in maps.items()}
    {'0': (8, 16, 24), '1': (8, 8, 12), '2': (8, 4, 6), '3': (8, 2, 3)}
    """

    def __init__(
        self, widths: Sequence[int] = WIDTHS, depths: Sequence[int] = DEPTHS, width: int = 64
    ) -> None:
        super().__init__()
        # The names of both parts are in the weights files: whoever is started from another network needs
        # them.
        self.body = TinyRes(widths, depths)
        self.pyramid = Pyramid(widths, width)
        self.out_channels = width  # torchvision's detectors ask for it

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """Turn (B, 3, H, W) pictures, sides multiples of 32, into levels "0" (1/4) to "3" (1/32)."""
        # (B, 3, H, W) -> (B, 64, H/4, W/4), (B, 64, H/8, W/8), (B, 64, H/16, W/16), (B, 64, H/32, W/32)
        maps = cast("list[Tensor]", self.pyramid(self.body(image)))
        for x, step in zip(maps, STRIDES, strict=True):
            show_map(
                f"pyramid, 1/{step}", x, f"the strongest channel at each place, {step} px of the picture each"
            )
        return {str(number): x for number, x in enumerate(maps)}


def grouped(before: int, after: int) -> nn.Sequential:
    """Build a head's 3 x 3 convolution, group normalisation and rectifier; the map keeps its size.

    Groups instead of batches: a head sees a handful of regions or one large picture, whose statistics are not
    those of a training batch.

    >>> import torch
    >>> grouped(3, 16)(torch.zeros(1, 3, 5, 5)).shape
    torch.Size([1, 16, 5, 5])
    """
    return nn.Sequential(
        # Normalisation brings a shift of its own, so the convolution needs no bias.
        nn.Conv2d(before, after, 3, padding=1, bias=False),
        nn.GroupNorm(max(1, after // 8), after),  # 8 channels a group
        nn.ReLU(inplace=True),
    )
