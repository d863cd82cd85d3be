"""Mask R-CNN (He et al., 2017) on a small trunk: propose boxes, then look into each.

First stage: at every place of every level of the trunk, a few anchors are asked "is there anything?" and
moved towards it: the proposals. Second stage: each proposal's features are read from the map at the fitting
level, at exact places between its pixels (RoIAlign, see `roi`), and three heads say what it is, where its box
really ends, and, for each kind of thing by itself, which pixels are its.

    picture ─ trunk ─┬─ RPN ── proposals ─┐
                     └─ four levels ── RoIAlign 7x7 ─ box head ── class, box
                                       RoIAlign 14x14 ─ mask head ─ x2 ── 28x28 mask of each class

It is torchvision's own `MaskRCNN`, with other parts put in: matching, sampling, losses and suppression are
the library's, and so are the names of the parameters. What is smaller than in the paper: the trunk (64
channels instead of 256), anchors and levels for things of 8 to 100 px, 64 anchors and 64 proposals a picture
to learn from instead of 256 and 512, 200 proposals instead of 1000, a mask head of two convolutions instead
of four; 1.8 million parameters instead of 44 million. As in the paper: a mask for each class, cross-entropy
on the true one's only, so that kinds of things do not compete for pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torchvision.models import detection
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.faster_rcnn import FastRCNNPredictor, TwoMLPHead
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.mask_rcnn import MaskRCNNHeads, MaskRCNNPredictor

from workbench.models.answers import show_boxes
from workbench.models.blocks import check_sides
from workbench.models.found import Found
from workbench.models.roi import Aligned, show_both
from workbench.models.trunk import DEPTHS, STRIDES, WIDTHS, Trunk
from workbench.trace import recording

Truths = list[dict[str, Tensor]] | None


class MaskRCNN(detection.MaskRCNN):
    """Find things in two stages.

    Parameters
    ----------
    things : kinds of things, beside "nothing".
    scales : the square root of an anchor's area, one a level. ratios : height / width of the anchors.
    canonical : px of a thing that is looked at on the third level; half as large, one level finer.
    learnt : anchors, and proposals, that a picture is learnt from. proposals : that go on to the second
        stage.
    hidden : neurons of the box head. mask_layers : channels of the mask head's convolutions.
    least : score to be in the answer. overlap : IoU of two boxes that are one thing. most : things a picture.
    widths, depths, width : of the trunk.

    >>> net = MaskRCNN(things=2, widths=(8, 8, 8, 8), width=8, hidden=16, mask_layers=(8,)).eval()
    >>> [found] = net.find(torch.zeros(1, 3, 64, 64))
    >>> found.size
    (64, 64)
    """

    def __init__(
        self,
        things: int = 3,
        scales: Sequence[int] = (12, 24, 48, 96),
        ratios: Sequence[float] = (0.5, 1.0, 2.0),
        canonical: int = 48,
        learnt: int = 64,
        proposals: int = 200,
        hidden: int = 256,
        mask_layers: Sequence[int] = (64, 64),
        least: float = 0.05,
        overlap: float = 0.5,
        most: int = 100,
        widths: Sequence[int] = WIDTHS,
        depths: Sequence[int] = DEPTHS,
        width: int = 64,
    ) -> None:
        every = things + 1  # torchvision counts "nothing" as class 0
        # One size a level, in three shapes: the level decides how large a thing it looks for.
        anchors = AnchorGenerator(tuple((scale,) for scale in scales), (tuple(ratios),) * len(scales))
        super().__init__(
            Trunk(widths, depths, width),
            # Pictures come standardised, of a size that suits the trunk: nothing is left to transform.
            min_size=1, max_size=1, image_mean=[0.0] * 3, image_std=[1.0] * 3,
            rpn_anchor_generator=anchors,
            # First stage: of all anchors, half of these if possible are such that have a thing.
            rpn_batch_size_per_image=learnt,
            rpn_pre_nms_top_n_train=proposals * 2, rpn_pre_nms_top_n_test=proposals * 2,
            rpn_post_nms_top_n_train=proposals, rpn_post_nms_top_n_test=proposals,
            # Second stage: a quarter of these have a thing, and only they teach the mask head.
            box_batch_size_per_image=learnt,
            box_roi_pool=Aligned(7, canonical, STRIDES),
            # (R, 64, 7, 7) -> (R, 3136) -> (R, 256) -> (R, 256): half of all the parameters are here.
            box_head=TwoMLPHead(width * 7 * 7, hidden),
            # (R, 256) -> (R, classes) scores and (R, classes * 4) boxes, one for each class.
            box_predictor=FastRCNNPredictor(hidden, every),
            box_score_thresh=least, box_nms_thresh=overlap, box_detections_per_img=most,
            # Twice as fine as for the box: a mask needs to know where, not only what.
            mask_roi_pool=Aligned(14, canonical, STRIDES),
            # Group normalisation: a batch of masks is a handful of regions of a few pictures.
            mask_head=MaskRCNNHeads(width, tuple(mask_layers), 1, norm_layer=_groups),
            # (R, 64, 14, 14) -> x2 -> (R, classes, 28, 28)
            mask_predictor=MaskRCNNPredictor(mask_layers[-1], mask_layers[-1], every),
        )  # fmt: skip
        # The library would enlarge every picture to 800 px; this network takes it as it is.
        self.transform = nn.Identity()
        self.things = things

    def forward(self, images: Tensor, targets: Truths = None) -> Any:
        """Give the losses of (B, 3, H, W) pictures while training, what is found in each otherwise.

        targets : of each picture `boxes` (N, 4), `labels` (N,) from 1, `masks` (N, H, W) uint8.

        Raises
        ------
        ValueError : H or W is not a multiple of 32.
        """
        check_sides(type(self).__name__, images, STRIDES[-1])
        # (B, 3, H, W) -> {"0": (B, 64, H/4, W/4), ..., "3": (B, 64, H/32, W/32)}, read by both stages.
        losses, found = self.judge(images, self.backbone(images), targets)
        return losses if self.training else found

    def judge(
        self, images: Tensor, maps: dict[str, Tensor], targets: Truths = None
    ) -> tuple[dict[str, Tensor], list[Found]]:
        """Run both stages on the trunk's maps: losses while training, things found otherwise."""
        size = (int(images.shape[-2]), int(images.shape[-1]))
        # The library's pictures may have different sizes in one padded tensor; ours all have the same.
        listed = ImageList(images, [size] * len(images))
        proposals, first = self.rpn(listed, maps, targets)  # (200, 4) boxes a picture
        # While training, some proposals are drawn and compared with the targets; else all are thinned out.
        results, second = self.roi_heads(maps, proposals, listed.image_sizes, targets)
        found = [_found(result, size) for result in results]
        if found:
            self._show(maps, proposals[0], found[0])
        return {**first, **second}, found

    @torch.inference_mode()
    def find(self, image: Tensor) -> list[Found]:
        """Give what is found in each of (B, 3, H, W) pictures; the network must be in evaluation mode."""
        return list(self(image))

    def _show(self, maps: dict[str, Tensor], proposals: Tensor, found: Found) -> None:
        """Show what the second stage is given: the proposals, and one thing's features read in two ways."""
        if not recording():
            return
        # Two hundred boxes would hide the picture; they come surest first.
        few = proposals[:50]
        show_boxes(
            "proposals", few, torch.ones(len(few)), f"the first {len(few)} of {len(proposals)} proposals"
        )
        if len(found):
            level = int(self.roi_heads.box_roi_pool.level(found.boxes[:1]))
            show_both(maps[str(level)][0], found.boxes[0], STRIDES[level])


def _groups(channels: int) -> nn.GroupNorm:
    # 8 channels a group, as in the other heads.
    return nn.GroupNorm(max(1, channels // 8), channels)


def _found(result: dict[str, Tensor], size: tuple[int, int]) -> Found:
    """Turn one picture's result into ours: each 28 x 28 mask is stretched over its own box."""
    # The library would paste the masks into pictures one by one; `Found.masks` does, at any size, when asked.
    boxes = result["boxes"]  # surest first, as the library leaves them
    return Found(boxes, result["labels"], result["scores"], result["masks"][:, 0], boxes, size)
