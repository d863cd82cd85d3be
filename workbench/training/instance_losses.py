"""What the instance and panoptic networks are punished for: parts with a name each, already weighed.

A picture's truth is a dictionary: `boxes` (N, 4) left, top, right, bottom; `labels` (N,) from 1; `masks`
(N, H, W) uint8; `classes` (H, W) whole numbers from 0, `UNLABELLED` where nobody says.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from workbench.models.boxes import NOTHING, areas, encoded, matched
from workbench.models.mask_rcnn import MaskRCNN
from workbench.models.one_shot import OneShot, Said, mixed

Truth = dict[str, Tensor]
UNLABELLED = -1
# YOLACT's: finding and naming, box, mask, and the semantic branch that only training sees.
NAME, BOX, MASK, PIXELS = 1.0, 1.5, 6.125, 1.0
FALSE = 3  # anchors of nothing that are learnt from, for each that stands for a thing
MOST = 100  # masks learnt from, a picture
Losses = Callable[[nn.Module, Tensor, list[Truth]], dict[str, Tensor]]


def losses_of(net: nn.Module) -> Losses:
    """Give what computes this network's losses.

    Raises
    ------
    ValueError : a network that finds no things.
    """
    if isinstance(net, OneShot):
        return one_shot_losses
    if isinstance(net, MaskRCNN):  # and PanopticFPN, which is one
        return two_stage_losses
    raise ValueError(f"{type(net).__name__} finds no things; there are OneShot, MaskRCNN and PanopticFPN")


def two_stage_losses(net: nn.Module, pictures: Tensor, truths: list[Truth]) -> dict[str, Tensor]:
    """Give the losses that Mask R-CNN and Panoptic FPN compute themselves, all weights as in their papers."""
    found: dict[str, Tensor] = net(pictures, truths)
    return {name.removeprefix("loss_").replace("_", " "): part for name, part in found.items()}


def one_shot_losses(net: nn.Module, pictures: Tensor, truths: list[Truth]) -> dict[str, Tensor]:
    """Give the four losses of the one-shot network on (B, 3, H, W) pictures."""
    assert isinstance(net, OneShot)  # ours: the task pairs networks and losses
    said: Said = net(pictures)
    scale = pictures.shape[-1] / said.prototypes.shape[-1]
    which = [matched(said.anchors, truth["boxes"]) for truth in truths]
    sure = torch.stack([one >= 0 for one in which])  # (B, N)
    count = max(1, int(sure.sum()))
    parts = [_of_one(said, k, which[k], truth, scale) for k, truth in enumerate(truths)]
    box, mask = (torch.stack(part).sum() / count for part in zip(*parts, strict=True))
    found = {
        "name": NAME * hard_negatives(said.scores, _labels(which, truths), FALSE),
        "box": BOX * box,
        "mask": MASK * mask,
    }
    if said.semantic is not None:
        found["pixels"] = PIXELS * semantic_of_things(said.semantic, truths)
    return found


def hard_negatives(scores: Tensor, labels: Tensor, ratio: int) -> Tensor:
    """Give the cross-entropy of (B, N, C) scores, for all things and the hardest of nothing.

    Nearly all anchors stand for nothing, and nearly all of these are easy; counted all, they would drown the
    things. labels : (B, N), 0 is nothing, below that is not asked. ratio : of nothing for each thing.
    """
    costs = functional.cross_entropy(scores.flatten(0, 1), labels.clamp(min=0).flatten(), reduction="none")
    costs = costs.view(labels.shape)
    things = labels > 0
    # The surer the network is of a thing where there is none, the harder the anchor; sorted picture by
    # picture.
    doubt = costs.detach().masked_fill(labels != 0, -1.0)
    rank = doubt.argsort(dim=1, descending=True, stable=True).argsort(dim=1, stable=True)
    allowed = (ratio * things.sum(dim=1, keepdim=True).clamp(min=1)).expand_as(rank)
    hard = (rank < allowed) & (labels == 0)
    return costs[things | hard].sum() / things.sum().clamp(min=1)


def mask_loss(logits: Tensor, masks: Tensor, boxes: Tensor) -> Tensor:
    """Sum the binary cross-entropy of N (h, w) masks inside their boxes, each divided by its box's area.

    boxes : (N, 4) in pixels of these masks. Divided by the area, a large thing costs no more than a small
        one; outside the box nothing is asked, since the mask will be cut to it anyway.
    """
    height, width = logits.shape[-2:]
    rows = torch.arange(height, device=logits.device)[None, :, None]
    cols = torch.arange(width, device=logits.device)[None, None, :]
    left, top, right, bottom = (edge[:, None, None] for edge in boxes.unbind(dim=1))
    # Pixels that the box touches, so that the smallest thing has some.
    inside = (rows + 1 > top) & (rows < bottom) & (cols + 1 > left) & (cols < right)
    costs = functional.binary_cross_entropy_with_logits(logits, masks, reduction="none") * inside
    return (costs.sum(dim=(1, 2)) / areas(boxes).clamp(min=1)).sum()


def semantic_of_things(logits: Tensor, truths: list[Truth]) -> Tensor:
    """Give the cross-entropy of (B, things, h, w) logits, each kind of thing by itself: here or not.

    Two things of different kinds may share a pixel's place, so that kinds are no alternatives (as in the
    paper).
    """
    kinds, step = logits.shape[1], truths[0]["masks"].shape[-1] // logits.shape[-1]
    targets = []
    for truth in truths:
        masks, labels = truth["masks"].float(), truth["labels"]
        maps = [masks[labels == kind].sum(dim=0).clamp(max=1) for kind in range(1, kinds + 1)]  # (H, W) each
        targets.append(
            functional.avg_pool2d(torch.stack(maps), step)
        )  # (things, h, w): share that is covered
    return functional.binary_cross_entropy_with_logits(logits, torch.stack(targets))


def _labels(which: list[Tensor], truths: list[Truth]) -> Tensor:
    """Give the (B, N) labels of the anchors: of their thing; 0 for nothing; -1 where nobody asks."""
    rows = []
    for one, truth in zip(which, truths, strict=True):
        label = torch.where(one == NOTHING, 0, -1)
        label[one >= 0] = truth["labels"][one[one >= 0]]
        rows.append(label)
    return torch.stack(rows)


def _of_one(said: Said, k: int, which: Tensor, truth: Truth, scale: float) -> tuple[Tensor, Tensor]:
    """Sum the box and the mask losses of picture k over its anchors that stand for a thing."""
    sure = (which >= 0).nonzero()[:, 0]
    thing = which[sure]
    wanted = encoded(truth["boxes"][thing], said.anchors[sure])
    box = functional.smooth_l1_loss(said.offsets[k, sure], wanted, reduction="sum")
    if len(sure) > MOST:  # evenly, so that no level is left out
        few = torch.linspace(0, len(sure) - 1, MOST, device=sure.device).long()
        sure, thing = sure[few], thing[few]
    logits = mixed(said.coefficients[k, sure], said.prototypes[k])  # (P, h, w)
    masks = functional.avg_pool2d(truth["masks"].float()[:, None], int(scale))[:, 0]  # share of each cell
    share = max(1, len(which[which >= 0])) / max(1, len(sure))  # the few stand for all
    return box, share * mask_loss(logits, masks[thing], truth["boxes"][thing] / scale)
