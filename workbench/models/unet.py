"""U-Net (Ronneberger, Fischer and Brox, 2015), made small enough for two processor cores.

The picture goes down a staircase of ever coarser, ever richer maps, and up again; on each stair the way up
is handed the map that the way down made there. So every pixel is judged by what is far around it (from below)
and by what is exactly at it (from the side).

    image  1 ──[12]───────────────────────concat──[12]── 1  logits
                └─[24]──────────────concat──[24]─┘
                    └─[48]────concat──[48]─┘
                        └─[96]─concat─[96]─┘
                            └──[192]──┘

What is smaller or other than in the paper: 12 to 192 channels instead of 64 to 1024 (1.1 million parameters
instead of 31 million); convolutions are padded, so that the answer is as large as the picture (theirs lost
92 px on each side); batch normalisation, which came out the same year, after each convolution; one logit for
two classes instead of a softmax over two.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class UNet(nn.Module):
    """Judge every pixel of a picture.

    Parameters
    ----------
    channels : of the picture; 1 for grey.
    classes : logits for each pixel; 1 for object or not.
    base : channels on the top stair; each stair down doubles them.
    depth : stairs below the top one. The picture's sides must be multiples of 2**depth.

    >>> UNet(base=4, depth=2)(torch.zeros(1, 1, 32, 48)).shape
    torch.Size([1, 1, 32, 48])
    """

    def __init__(self, channels: int = 1, classes: int = 1, base: int = 12, depth: int = 4) -> None:
        super().__init__()
        widths = [base * 2**stair for stair in range(depth + 1)]  # 12, 24, 48, 96, 192
        self.depth = depth
        # The way down: one pair of convolutions a stair, the last of them at the foot.
        self.down = nn.ModuleList(
            twice_convolved(before, after) for before, after in zip([channels, *widths], widths, strict=False)
        )
        # Halving by the maximum keeps the strongest answer of each 2 x 2, wherever in it that was.
        self.shrink = nn.MaxPool2d(2)
        # Learnt upsampling: each pixel becomes a 2 x 2 of half as many channels.
        self.grow = nn.ModuleList(
            nn.ConvTranspose2d(2 * width, width, kernel_size=2, stride=2) for width in reversed(widths[:-1])
        )
        # Twice the channels come in: one half from below, one half from the side.
        self.up = nn.ModuleList(twice_convolved(2 * width, width) for width in reversed(widths[:-1]))
        # A vote at each pixel over its own channels; all looking around is done by now.
        self.head = nn.Conv2d(base, classes, kernel_size=1)

    def forward(self, image: Tensor) -> Tensor:
        """Turn (B, channels, H, W) pictures into (B, classes, H, W) logits.

        Raises
        ------
        ValueError : H or W is not a multiple of 2**depth, so that the stairs would not meet.
        """
        step = 2**self.depth
        if image.shape[-2] % step or image.shape[-1] % step:
            raise ValueError(
                f"UNet: sides must be multiples of {step}, got {tuple(image.shape[-2:])}; pad the image"
            )
        x, skips = image, []  # skips: what each stair saw, top first
        for stair, convolve in enumerate(self.down):
            if stair > 0:
                x = self.shrink(x)  # (B, C, H, W) -> (B, C, H/2, W/2)
            x = convolve(x)  # (B, C, ...) -> (B, 2C, ...), except on top, where it is 1 -> 12
            skips.append(x)

        skips.pop()  # the lowest map goes straight on; nothing is beside it
        for grow, convolve in zip(self.grow, self.up, strict=True):
            x = grow(x)  # (B, 2C, H/2, W/2) -> (B, C, H, W)
            # Concatenated, not added: the next convolution chooses what to believe of each half.
            x = torch.cat([skips.pop(), x], dim=1)  # (B, 2C, H, W)
            x = convolve(x)  # (B, 2C, H, W) -> (B, C, H, W)
        return self.head(x)  # (B, 12, H, W) -> (B, 1, H, W)


def twice_convolved(before: int, after: int) -> nn.Sequential:
    """Build the paper's pair of 3 x 3 convolutions, each followed by a rectifier."""
    return nn.Sequential(
        # Batch normalisation brings a shift of its own, so the convolution needs no bias.
        nn.Conv2d(before, after, kernel_size=3, padding=1, bias=False),
        nn.BatchNorm2d(after),
        nn.ReLU(inplace=True),
        # Two small kernels see as far as one of 5 x 5, with fewer weights and a bend in between.
        nn.Conv2d(after, after, kernel_size=3, padding=1, bias=False),
        nn.BatchNorm2d(after),
        nn.ReLU(inplace=True),
    )
