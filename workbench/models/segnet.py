"""SegNet (Badrinarayanan, Kendall and Cipolla, 2017): a decoder that remembers where each maximum was.

Max pooling keeps the strongest of each 2 x 2 and forgets where it stood. SegNet keeps the place, two bits a
pixel, and its decoder puts each value back exactly there: a sparse map, which the following convolutions
fill. Nothing else is handed across, so memory is small, and edges come out where they were.

    image ─[12]─pool─[24]─pool─[48]─pool─[80]─pool─[112]─pool─┐
              │         │         │         │          │       │  places of the maxima, nothing else
    logits ─[12]─unpool─[24]─unpool─[48]─unpool─[80]─unpool─[112]─unpool

What is smaller than in the paper: 12 to 112 channels instead of VGG-16's 64 to 512, 1 million parameters
instead of 29 million. As in the paper: thirteen convolutions each way (2, 2, 3, 3, 3), batch normalised;
unpooling by the places of the maxima; trained with all pixels alike, and with the classes balanced by
median frequency.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

from torch import Tensor, nn
from torch.nn import functional

from workbench.models.blocks import check_sides, convolved, enlarged, show_map

DEPTHS = (2, 2, 3, 3, 3)  # convolutions a stage, VGG-16's
Unpool = Literal["indices", "bilinear", "learned"]


class SegNet(nn.Module):
    """Give every pixel scores for the classes.

    Parameters
    ----------
    classes : scores for each pixel. widths : channels of the five stages.
    unpool : ``"indices"`` is SegNet; ``"bilinear"`` and ``"learned"`` (a transposed convolution) are the same
        network without the remembered places, to compare with.

    Raises
    ------
    ValueError : another way to unpool.

    >>> import torch
    >>> SegNet(classes=5, widths=(4, 4, 4, 4, 4))(torch.zeros(1, 3, 32, 64)).shape
    torch.Size([1, 5, 32, 64])
    """

    def __init__(
        self,
        classes: int = 8,
        widths: tuple[int, ...] = (12, 24, 48, 80, 112),
        unpool: Unpool = "indices",
    ) -> None:
        super().__init__()
        if unpool not in ("indices", "bilinear", "learned"):
            raise ValueError(f"SegNet: unpool must be indices, bilinear or learned, got {unpool!r}")
        self.unpool = unpool
        into = [3, *widths[:-1]]
        self.down = nn.ModuleList(
            several(before, after, depth) for before, after, depth in zip(into, widths, DEPTHS, strict=True)
        )
        # The mirror image: the last convolution of each stage goes to the next shallower width.
        out = [widths[0], *widths[:-1]]
        self.up = nn.ModuleList(
            several(width, after, depth, narrow_last=True)
            for width, after, depth in zip(widths[::-1], out[::-1], DEPTHS[::-1], strict=True)
        )
        self.grow = nn.ModuleList(
            nn.ConvTranspose2d(width, width, 2, 2) if unpool == "learned" else nn.Identity()
            for width in widths[::-1]
        )
        self.head = nn.Conv2d(out[0], classes, 1)

    def forward(self, image: Tensor) -> Tensor:
        """Turn (B, 3, H, W) pictures into (B, classes, H, W) scores.

        Raises
        ------
        ValueError : H or W is not a multiple of 32.
        """
        check_sides("SegNet", image, 32)
        x, places = image, []
        for convolve in self.down:
            # Where in each 2 x 2 the maximum was: (B, C, h/2, w/2) flat positions in the (h, w) map.
            x, place = functional.max_pool2d(convolve(x), 2, return_indices=True)
            places.append(place)
        show_map("pool5", x, "the strongest channel at each place, 32 times smaller")
        for stair, (grow, convolve) in enumerate(zip(self.grow, self.up, strict=True)):
            x = self.unpooled(x, places.pop(), grow)  # (B, C, h, w) -> (B, C, 2h, 2w)
            if stair == len(self.up) - 1:
                show_map("unpooled", x, "each value where its maximum had been, zeros between: still sparse")
            x = convolve(x)  # fills the zeros
        show_map("filled", x, "after the convolutions that follow: dense")
        return self.head(x)

    def unpooled(self, x: Tensor, place: Tensor, grow: nn.Module) -> Tensor:
        """Double a map: by the remembered places, or in one of the two ways that forget them."""
        if self.unpool == "indices":
            return functional.max_unpool2d(x, place, [2, 2])
        if self.unpool == "learned":
            return grow(x)
        return enlarged(x, (2 * x.shape[-2], 2 * x.shape[-1]))


def several(before: int, after: int, depth: int, *, narrow_last: bool = False) -> nn.Sequential:
    """Build `depth` convolutions; the width changes at the first, or at the last."""
    if narrow_last:
        widths = [before] * depth + [after]
    else:
        widths = [before] + [after] * depth
    return nn.Sequential(*(convolved(a, b) for a, b in pairwise(widths)))
