"""FCN (Long, Shelhamer and Darrell, 2015): a classifier slid over the picture, and what it had thrown away.

A classification network ends in fully connected layers. Read as 1 x 1 convolutions, they give a class at
every place of a coarse map: a segmentation, 32 times smaller than the picture. FCN-32s just enlarges it.
FCN-16s first adds the scores that a finer map (pool4) gives by itself, FCN-8s those of a still finer one
(pool3).

    image ─[16]─pool─[32]─pool─[64]─pool3─[96]─pool4─[128]─pool5─"fc"─score ──x2──(+)──x2──(+)──x8── logits
                                     │          └──────score──────────────────────┘         │
                                     └─────────────────score────────────────────────────────┘

What is smaller or other than in the paper: two convolutions of 16 to 128 channels a stage instead of
VGG-16's two or three of 64 to 512, batch normalised, 0.6 million parameters instead of 134 million; fc6 is 3
x 3 instead of 7 x 7, since pool5 of a 128 px picture is 4 x 4; no padding of 100 px, as 3 x 3 convolutions
are padded; all upsampling is fixed and bilinear (theirs starts so, and the intermediate ones are learnt).
As in the paper: summed skips whose scores start at zero, and each finer network starts from the coarser one.
"""

from __future__ import annotations

from torch import Tensor, nn

from workbench.models.blocks import check_sides, convolved, enlarged, show_answer, show_map

STRIDES = (32, 16, 8)


class FCN(nn.Module):
    """Give every pixel scores for the classes.

    Parameters
    ----------
    classes : scores for each pixel.
    stride : of the finest map that is listened to: 32, 16 or 8.
    widths : channels of the five stages and of the two "fully connected" layers.

    Raises
    ------
    ValueError : another stride.

    >>> import torch
    >>> FCN(classes=5, stride=8, widths=(4, 4, 4, 4, 4, 8))(torch.zeros(1, 3, 64, 96)).shape
    torch.Size([1, 5, 64, 96])
    """

    def __init__(
        self, classes: int = 8, stride: int = 8, widths: tuple[int, ...] = (16, 32, 64, 96, 128, 128)
    ) -> None:
        super().__init__()
        if stride not in STRIDES:
            raise ValueError(f"FCN: stride must be one of {', '.join(map(str, STRIDES))}, got {stride}")
        self.stride = stride
        *stages, full = widths
        self.stages = nn.ModuleList(
            nn.Sequential(convolved(before, after), convolved(after, after), nn.MaxPool2d(2))
            for before, after in zip([3, *stages], stages, strict=False)
        )
        # fc6 and fc7 of the classifier, as convolutions; dropout as there.
        self.full = nn.Sequential(
            convolved(stages[-1], full), nn.Dropout2d(0.5), convolved(full, full, 1), nn.Dropout2d(0.5)
        )
        self.score = nn.Conv2d(full, classes, 1)
        # What pool4 and pool3 say. They start silent: a 16s begins as the 32s, but enlarged in two steps.
        finer = [stages[3], stages[2]][: STRIDES.index(stride)]
        self.skips = nn.ModuleList(nn.Conv2d(width, classes, 1) for width in finer)
        for skip in self.skips:
            nn.init.zeros_(skip.weight)  # type: ignore[arg-type]
            nn.init.zeros_(skip.bias)  # type: ignore[arg-type]

    def forward(self, image: Tensor) -> Tensor:
        """Turn (B, 3, H, W) pictures into (B, classes, H, W) scores.

        Raises
        ------
        ValueError : H or W is not a multiple of 32.
        """
        check_sides("FCN", image, 32)
        x, pools = image, []
        for halve in self.stages:
            x = halve(x)  # (B, C, h, w) -> (B, C', h/2, w/2)
            pools.append(x)
        show_map("pool5", x, "the strongest channel at each place, 32 times smaller")
        scores = self.score(self.full(x))  # (B, classes, H/32, W/32)
        show_answer("score at stride 32", scores, "what the coarsest map alone would answer")
        # pool4, then pool3: what is coarse and sure is corrected by what is fine and vague.
        for skip, pool, name in zip(self.skips, (pools[3], pools[2]), ("pool4", "pool3"), strict=False):
            said = skip(pool)  # (B, classes, h, w)
            show_map(f"what {name} adds", said, f"the highest score that {name} adds at each place")
            scores = enlarged(scores, said.shape[-2:]) + said  # summed, not concatenated
            show_answer(f"with {name}", scores, f"the answer after {name} was added")
        return enlarged(scores, image.shape[-2:])
