"""Panoptic FPN (Kirillov et al., 2019): one trunk, a head for things, a head for everything.

Mask R-CNN finds things; a second, light head on the same pyramid names every pixel. It brings all levels to a
quarter of the picture's size, the coarser ones by more and more steps, adds them, and lets the sum vote. A
rule (`fusion.Heuristic`) then makes one answer of the two.

    "3" 1/32 ─ 3x3 x2 ─ 3x3 x2 ─ 3x3 x2 ─┐
    "2" 1/16 ────────── 3x3 x2 ─ 3x3 x2 ─┤
    "1" 1/8  ─────────────────── 3x3 x2 ─(+)── 1x1 ── x4 ── category scores
    "0" 1/4  ─────────────────── 3x3 ────┘

What is smaller or other than in the paper: the trunk and the heads of `mask_rcnn`, 64 channels here instead
of 128; the second head scores every kind of thing by itself, where theirs has one class "other" for all of
them, so that other fusions, which need these scores, fit on the same network. As in the paper: group
normalisation, the sum over levels, half the weight for the second head's loss.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from workbench.models.blocks import check_sides, enlarged
from workbench.models.found import Found
from workbench.models.mask_rcnn import MaskRCNN, Truths
from workbench.models.trunk import STRIDES, grouped


class SemanticBranch(nn.Module):
    """Name every pixel from the pyramid's levels.

    Parameters
    ----------
    categories : scores for each pixel. before : channels of the levels. width : channels in here.

    >>> levels = [torch.zeros(1, 8, 32 // step, 32 // step) for step in (1, 2, 4, 8)]
    >>> SemanticBranch(5, 8, 8)(levels).shape
    torch.Size([1, 5, 128, 128])
    """

    def __init__(self, categories: int, before: int = 64, width: int = 64) -> None:
        super().__init__()
        # A way up for each level, of 0, 1, 2 and 3 doublings: all end at a quarter of the picture's size.
        self.levels = nn.ModuleList(_rising(before, width, steps) for steps in range(len(STRIDES)))
        # After the sum, each place over its own channels.
        self.vote = nn.Conv2d(width, categories, 1)

    def forward(self, levels: list[Tensor]) -> Tensor:
        """Turn levels of 1/4 to 1/32 into (B, categories, H, W) scores."""
        risen = [rise(x) for rise, x in zip(self.levels, levels, strict=True)]  # all (B, width, H/4, W/4)
        # Added, not concatenated: each level has its say on the same channels.
        # The coarse ones know that this must be road, the fine ones where it ends.
        x = torch.stack(risen).sum(dim=0)
        x = self.vote(x)  # (B, width, H/4, W/4) -> (B, categories, H/4, W/4)
        # The last x4 is bilinear and not learnt, as in the paper.
        return enlarged(x, (x.shape[-2] * 4, x.shape[-1] * 4))


def _rising(before: int, width: int, steps: int) -> nn.Sequential:
    """Build a level's way up: a convolution and a doubling, `steps` times; the finest is convolved only."""
    parts: list[nn.Module] = []
    # Convolve before each doubling: it is four times cheaper there, and smooths what the last one repeated.
    for step in range(max(1, steps)):
        parts.append(grouped(before if step == 0 else width, width))
        if steps:
            parts.append(nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False))
    return nn.Sequential(*parts)


class PanopticFPN(MaskRCNN):
    """Find things and name every pixel, with one look.

    Parameters
    ----------
    categories : kinds of things and of stuff, all of them; what the semantic branch scores.
    others : as `MaskRCNN` takes.

    >>> net = PanopticFPN(categories=5, things=2, widths=(8, 8, 8, 8), width=8, hidden=16, mask_layers=(8,))
    >>> found, scores = net.eval().split(torch.zeros(2, 3, 64, 64))
    >>> len(found), scores.shape
    (2, torch.Size([2, 5, 64, 64]))
    """

    def __init__(self, categories: int = 8, **others: Any) -> None:
        # Everything of Mask R-CNN under its own names, so that a trained one's weights fit.
        super().__init__(**others)
        width = int(self.backbone.out_channels)
        self.semantic = SemanticBranch(categories, width, width)
        self.categories = categories  # `things` of them are things, as in the taxonomy's order

    def forward(self, images: Tensor, targets: Truths = None) -> Any:
        """Give the losses of (B, 3, H, W) pictures while training, things and scores otherwise.

        targets : as of `MaskRCNN`, and `classes` (H, W), counted from 0, below 0 where nobody says.

        Raises
        ------
        ValueError : H or W is not a multiple of 32.
        """
        check_sides("PanopticFPN", images, STRIDES[-1])
        maps = self.backbone(images)  # once, for both heads
        losses, found = self.judge(images, maps, targets)
        # (B, 64, H/4, W/4) to (B, 64, H/32, W/32) -> (B, categories, H, W)
        scores = self.semantic(list(maps.values()))
        if not self.training:
            return found, scores
        # (B, H, W): what is seen at each pixel, while the things' masks go on behind what hides them.
        classes = torch.stack([target["classes"] for target in targets or []])
        # Half: the paper's balance of the two heads; each thing's loss is a mean over few, this over all
        # pixels.
        losses["semantic"] = 0.5 * functional.cross_entropy(scores, classes, ignore_index=-1)
        return losses

    @torch.inference_mode()
    def split(self, image: Tensor) -> tuple[list[Found], Tensor]:
        """Give what is found in each of (B, 3, H, W) pictures, and (B, categories, H, W) scores."""
        found, scores = self(image)
        return found, scores

    @torch.inference_mode()
    def find(self, image: Tensor) -> list[Found]:
        """Give only the things, as `MaskRCNN` does; the semantic branch is not asked."""
        return self.judge(image, self.backbone(image))[1]
