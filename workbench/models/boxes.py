"""Boxes as detectors use them: (N, 4) tensors of left, top, right, bottom edges, in pixels."""

from __future__ import annotations

from collections.abc import Sequence
from math import log, sqrt

import torch
from torch import Tensor

NOTHING, UNSURE = -1, -2  # what an anchor stands for if it stands for no thing
# Offsets are divided by these, so that they come out about as large as the class scores (SSD, 2016).
SPREAD = (0.1, 0.1, 0.2, 0.2)
LARGEST = log(1000 / 16)  # how often e-fold a box may grow out of its anchor, before exp runs away


def overlaps(first: Tensor, second: Tensor) -> Tensor:
    """Give the (N, M) IoU of (N, 4) and (M, 4) boxes.

    >>> overlaps(torch.tensor([[0.0, 0, 2, 2]]), torch.tensor([[1.0, 0, 3, 2], [5, 5, 6, 6]])).tolist()
    [[0.3333333432674408, 0.0]]
    """
    # Where both are: from the later of the left edges to the earlier of the right ones.
    low = torch.maximum(first[:, None, :2], second[None, :, :2])
    high = torch.minimum(first[:, None, 2:], second[None, :, 2:])
    both = (high - low).clamp(min=0).prod(dim=2)  # (N, M)
    total = areas(first)[:, None] + areas(second)[None] - both
    return both / total.clamp(min=1e-9)


def areas(boxes: Tensor) -> Tensor:
    """Give the (N,) areas."""
    return (boxes[:, 2:] - boxes[:, :2]).clamp(min=0).prod(dim=1)


def anchors(
    shapes: Sequence[tuple[int, int]],
    strides: Sequence[int],
    scales: Sequence[float],
    ratios: Sequence[float],
) -> Tensor:
    """Give (N, 4) boxes to start from: one of each ratio around every pixel of every level.

    Parameters
    ----------
    shapes : (h, w) of each level. strides : pixels of the picture that one of its pixels covers.
    scales : the square root of an anchor's area, one a level. ratios : width / height.

    The order is level, row, column, ratio, as `(B, h, w, ratios * 4)` flattens.

    >>> anchors([(1, 2)], [8], [4], [1.0]).tolist()
    [[2.0, 2.0, 6.0, 6.0], [10.0, 2.0, 14.0, 6.0]]
    """
    found = []
    for (height, width), step, scale in zip(shapes, strides, scales, strict=True):
        sizes = torch.tensor([[scale * sqrt(ratio), scale / sqrt(ratio)] for ratio in ratios])  # (R, 2): w, h
        # The middle of what a pixel of the level covers of the picture.
        rows = (torch.arange(height) + 0.5) * step
        cols = (torch.arange(width) + 0.5) * step
        y, x = torch.meshgrid(rows, cols, indexing="ij")
        centres = torch.stack([x, y], dim=2)[:, :, None]  # (h, w, 1, 2)
        found.append(torch.cat([centres - sizes / 2, centres + sizes / 2], dim=3).reshape(-1, 4))
    return torch.cat(found)


def encoded(boxes: Tensor, origins: Tensor) -> Tensor:
    """Say how (N, 4) boxes differ from (N, 4) anchors: shift in anchor sizes, growth as a logarithm."""
    size, centre = boxes[:, 2:] - boxes[:, :2], (boxes[:, 2:] + boxes[:, :2]) / 2
    own, middle = origins[:, 2:] - origins[:, :2], (origins[:, 2:] + origins[:, :2]) / 2
    # Relative to the anchor, so that one head can serve all sizes.
    offsets = torch.cat([(centre - middle) / own, torch.log(size.clamp(min=1e-3) / own)], dim=1)
    return offsets / offsets.new_tensor(SPREAD)


def decoded(offsets: Tensor, origins: Tensor) -> Tensor:
    """Turn (N, 4) offsets back into boxes; the reverse of `encoded`.

    >>> boxes, origins = torch.tensor([[1.0, 2, 9, 6]]), torch.tensor([[0.0, 0, 8, 8]])
    >>> decoded(encoded(boxes, origins), origins).round(decimals=3).tolist()
    [[1.0, 2.0, 9.0, 6.0]]
    """
    offsets = offsets * offsets.new_tensor(SPREAD)
    own, middle = origins[:, 2:] - origins[:, :2], (origins[:, 2:] + origins[:, :2]) / 2
    centre = middle + offsets[:, :2] * own
    size = own * offsets[:, 2:].clamp(max=LARGEST).exp()
    return torch.cat([centre - size / 2, centre + size / 2], dim=1)


def matched(origins: Tensor, truth: Tensor, *, positive: float = 0.5, negative: float = 0.4) -> Tensor:
    """Say for each of N anchors which of M true boxes it stands for, or `NOTHING`, or `UNSURE`.

    An anchor stands for the box that it overlaps most, if that is at least `positive`; for nothing below
    `negative`; in between nobody asks. Each box also gets the anchor that fits it best, however badly that
    fits, so that no thing is without one.

    >>> origins = torch.tensor([[0.0, 0, 4, 4], [0, 0, 4, 9], [20, 20, 24, 24]])
    >>> matched(origins, torch.tensor([[0.0, 0, 4, 4]])).tolist()
    [0, -2, -1]
    """
    if not len(truth):
        return torch.full((len(origins),), NOTHING, device=origins.device)
    table = overlaps(origins, truth)  # (N, M)
    best, which = table.max(dim=1)
    which[best < positive] = UNSURE
    which[best < negative] = NOTHING
    # Best fit first, so that of two boxes that want one anchor the better fitting one keeps it.
    fits = table.clone()
    for _ in range(len(truth)):
        place = int(fits.argmax())
        anchor, box = divmod(place, len(truth))
        which[anchor] = box
        fits[anchor] = -1
        fits[:, box] = -1
    return which


def fast_nms(boxes: Tensor, scores: Tensor, *, overlap: float = 0.5, most: int = 200) -> Tensor:
    """Give the indices of the boxes that no surer box of the same class covers (YOLACT's Fast-NMS).

    Ordinary suppression asks one after the other whether a box that was *kept* covers this one. This one
    asks all at once whether *any* surer one does, kept or not: one matrix, a few boxes lost too many.

    Parameters
    ----------
    boxes, scores : (N, 4) and (N,). overlap : an IoU above this is the same thing. most : boxes to look at.

    >>> boxes = torch.tensor([[0.0, 0, 4, 4], [0, 0, 4, 5], [9, 9, 12, 12]])
    >>> fast_nms(boxes, torch.tensor([0.5, 0.9, 0.2])).tolist()
    [1, 2]
    """
    order = scores.argsort(descending=True, stable=True)[:most]
    table = overlaps(boxes[order], boxes[order]).triu(diagonal=1)  # (i, j): i is surer than j
    covered = table.max(dim=0).values if len(order) else table.sum(dim=0)
    return order[covered <= overlap]
