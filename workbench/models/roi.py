"""Reading a region out of a feature map: RoIAlign, and the RoIPool that it took the place of.

A region of interest has edges between the pixels of a map that is coarse. RoIPool (Girshick, 2015) rounds its
edges to whole pixels, divides it into cells, rounds again, and keeps the maximum of each: a shift by half a
cell of 16 px that a class score does not mind and a mask does. RoIAlign (He et al., 2017) rounds nothing: it
reads at exact places, each between its four nearest pixels, and averages. The networks use torchvision's;
these are to be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torchvision.ops import MultiScaleRoIAlign
from torchvision.ops import roi_align as roi_align_of

from workbench.models.boxes import areas
from workbench.trace import stage


def roi_align(features: Tensor, boxes: Tensor, size: int, *, scale: float = 1.0, samples: int = 2) -> Tensor:
    """Read (N, C, size, size) features of N boxes out of a (C, H, W) map.

    Parameters
    ----------
    boxes : (N, 4) left, top, right, bottom in pixels of the picture. scale : pixels of the map a pixel of the
        picture. samples : places a cell and direction; their mean is the cell.

    >>> slope = torch.arange(8.0).expand(1, 8, 8)
    >>> roi_align(slope, torch.tensor([[2.0, 2.0, 6.0, 6.0]]), 2)[0, 0, 0].tolist()
    [2.5, 4.5]
    """
    # Half a pixel back: a pixel's value is at its middle, an edge at 0 is half a pixel left of the first one.
    left, top, right, bottom = (boxes * scale - 0.5).unbind(dim=1)
    # Each of the cells is sampled at the same number of places in both directions.
    rows = _shares(_places(top, bottom, size * samples), features.shape[-2])  # (N, size * samples, H)
    cols = _shares(_places(left, right, size * samples), features.shape[-1])  # (N, size * samples, W)
    # Reading and averaging are both sums with fixed shares: average these first, and read once a cell.
    rows, cols = (part.unflatten(1, (size, samples)).mean(dim=2) for part in (rows, cols))  # (N, size, ...)
    # Bilinear: linear down the rows, then linear along the columns. Only now in the map's precision, which
    # may be half: places must not be rounded.
    return torch.einsum("nrh,chw,nsw->ncrs", rows.to(features), features, cols.to(features))


def _places(low: Tensor, high: Tensor, count: int) -> Tensor:
    """Divide N stretches into equal parts and give their middles, (N, count)."""
    # Never rounded: this is all that there is to it.
    steps = torch.arange(count, device=low.device, dtype=low.dtype) + 0.5
    return low[:, None] + (high - low)[:, None] / count * steps


def _shares(places: Tensor, count: int) -> Tensor:
    """Give the (N, P, count) shares of the two nearest pixels of each of (N, P) places."""
    # The library's rule: up to a pixel outside the edge's value goes on, further out is 0.
    outside = (places < -1) | (places > count)
    held = places.clamp(0, count - 1)
    # A place 0.3 beyond pixel 4 is 0.7 of pixel 4 and 0.3 of pixel 5.
    away = (held[..., None] - torch.arange(count, device=places.device)).abs()
    return (1 - away).clamp(min=0).masked_fill(outside[..., None], 0)


class Aligned(MultiScaleRoIAlign):
    """Read each box's features out of the level that fits its size, with RoIAlign.

    torchvision's own of this name leaves the half pixel out, which is two pixels of the picture on the finest
    level, a fifth of the length of the things that are looked for here.

    Parameters
    ----------
    size : cells a side. canonical : px of a thing that is read on the third level; half as large, one level
        finer (floor(2 + log2(sqrt(area) / canonical)), the pyramid paper's rule). strides : of the levels.
    """

    def __init__(self, size: int, canonical: float, strides: Sequence[int]) -> None:
        super().__init__([str(level) for level in range(len(strides))], size, sampling_ratio=2)
        self.size, self.canonical, self.strides = size, canonical, tuple(strides)

    def level(self, boxes: Tensor) -> Tensor:
        """Give the (N,) levels of (N, 4) boxes, 0 the finest."""
        # The little more than nothing keeps a box of exactly the size from being rounded to either side.
        size = areas(boxes).sqrt() / self.canonical + 1e-6
        return torch.floor(2 + torch.log2(size)).long().clamp(0, len(self.strides) - 1)

    def forward(self, x: dict[str, Tensor], boxes: list[Tensor], image_shapes: Any) -> Tensor:
        """Read (N, C, size, size) features of all boxes of all pictures.

        x : levels of (B, C, h, w). boxes : (n, 4) of each picture. image_shapes : is torchvision's, not used.
        """
        levels = [x[name] for name in self.featmap_names]
        every = torch.cat(boxes)  # (N, 4)
        owner = torch.cat([torch.full_like(one[:, 0], k) for k, one in enumerate(boxes)])  # (N,): its picture
        level, out = self.level(every), every.new_zeros(len(every), levels[0].shape[1], self.size, self.size)
        for k, (maps, step) in enumerate(zip(levels, self.strides, strict=True)):
            here = (level == k).nonzero()[:, 0]
            rois = torch.cat([owner[here, None], every[here]], dim=1)  # (n, 5), as the library wants them
            out[here] = self._read(maps, rois, 1 / step).to(out)
        return out

    def _read(self, maps: Tensor, rois: Tensor, scale: float) -> Tensor:
        """Read (n, C, size, size) features out of one level."""
        if not self.training:
            return roi_align_of(maps, rois, self.size, scale, sampling_ratio=2, aligned=True)
        # The library's way back is the dearest part of a training on a processor; as products it costs a
        # third of that, and adds up in one order, so that a GPU gives the same twice.
        out = maps.new_zeros(len(rois), maps.shape[1], self.size, self.size)
        for picture, one in enumerate(maps):
            here = (rois[:, 0] == picture).nonzero()[:, 0]
            out[here] = roi_align(one, rois[here, 1:], self.size, scale=scale).to(out)
        return out


def roi_pool(features: Tensor, box: Tensor, size: int, *, scale: float = 1.0) -> Tensor:
    """Keep the maximum of each of (C, size, size) cells of one box, all edges rounded to whole pixels.

    >>> slope = torch.arange(8.0).expand(1, 8, 8)
    >>> roi_pool(slope, torch.tensor([2.4, 2.4, 5.4, 5.4]), 2)[0, 0].tolist()
    [3.0, 5.0]
    """
    height, width = features.shape[-2:]
    # First rounding: the box comes to lie on whole pixels of the map, both its ends included.
    left, top, right, bottom = (int(torch.floor(edge * scale + 0.5)) for edge in box)
    # So a box of no size still has a pixel.
    tall, wide = max(bottom - top + 1, 1), max(right - left + 1, 1)
    out = features.new_zeros(len(features), size, size)
    for r in range(size):
        # Second rounding: each cell takes all the pixels that it touches, so that neighbours may share one.
        above, below = (min(max(at + top, 0), height) for at in _cell(r, tall, size))
        for c in range(size):
            before, after = (min(max(at + left, 0), width) for at in _cell(c, wide, size))
            if above < below and before < after:
                # The maximum: that something is there survives, where it was does not.
                out[:, r, c] = features[:, above:below, before:after].amax(dim=(1, 2))
    return out


def _cell(number: int, length: int, cells: int) -> tuple[int, int]:
    """Give first and last + 1 of the pixels that a cell touches: rounded down, rounded up."""
    return number * length // cells, -(-(number + 1) * length // cells)


def show_both(features: Tensor, box: Tensor, step: int, size: int = 14) -> None:
    """Show one box's features read in both ways, the strongest channel at each place."""
    rough = "rounded to the map's pixels"
    exact = "read at exact places, between the map's pixels"
    stage(
        "RoIPool",
        lambda: _strongest(roi_pool(features, box, size, scale=1 / step)),
        f"the surest box, {rough}",
    )
    stage(
        "RoIAlign",
        lambda: _strongest(roi_align(features, box[None], size, scale=1 / step)[0]),
        f"the surest box, {exact}",
    )


def _strongest(cells: Tensor) -> NDArray[np.float32]:
    return np.asarray(cells.detach().float().amax(dim=0).cpu().numpy())
