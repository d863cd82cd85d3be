"""What an instance network found in a picture: boxes, scores, and masks as small grids."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Found:
    """Hold N things of one picture, surest first.

    Parameters
    ----------
    boxes : (N, 4) left, top, right, bottom in pixels of the picture. scores : (N,), 0 to 1.
    labels : (N,) which kind of thing, from 1.
    grids : (N, h, w) probability that a place belongs to the thing.
    frames : (N, 4) the rectangle over which each grid is stretched: its own box, or the whole picture.
    size : (height, width) of the picture.
    """

    boxes: Tensor
    labels: Tensor
    scores: Tensor
    grids: Tensor
    frames: Tensor
    size: tuple[int, int]

    def __len__(self) -> int:
        return len(self.boxes)

    def surer(self, least: float) -> Found:
        """Keep those with at least this score."""
        return self.only(self.scores >= least)

    def only(self, chosen: Tensor) -> Found:
        """Keep those at these indices, or where this (N,) mask is set."""
        parts = {
            name: getattr(self, name)[chosen] for name in ("boxes", "labels", "scores", "grids", "frames")
        }
        return replace(self, **parts)

    def cut(self, size: tuple[int, int]) -> Found:
        """Forget what lies below or right of a (height, width): the padding of a picture."""
        edge = self.boxes.new_tensor([size[1], size[0], size[1], size[0]])
        return replace(self, boxes=torch.minimum(self.boxes, edge), size=size)

    def masks(self, size: tuple[int, int] | None = None) -> Tensor:
        """Draw the things as (N, H, W) booleans, at the picture's size or any other; they may overlap.

        A pixel belongs to a thing if its centre lies in the box and the grid, read there between its four
        nearest values, gives at least one half.
        """
        height, width = size or self.size
        down, right = height / self.size[0], width / self.size[1]
        out = torch.zeros((len(self), height, width), dtype=torch.bool)
        scale = torch.tensor([right, down, right, down])
        boxes, frames = self.boxes.cpu() * scale, self.frames.cpu() * scale
        for k, (box, frame, grid) in enumerate(
            zip(boxes.tolist(), frames.tolist(), self.grids.cpu(), strict=True)
        ):
            top, bottom = _pixels(box[1], box[3], height)
            left, stop = _pixels(box[0], box[2], width)
            rows = _between(grid.shape[0], top, bottom, frame[1], frame[3])  # (rows, h)
            cols = _between(grid.shape[1], left, stop, frame[0], frame[2])  # (columns, w)
            # Reading between values is linear in rows and in columns: two small products do it.
            out[k, top:bottom, left:stop] = rows @ grid.float() @ cols.T >= 0.5
        return out


def _pixels(low: float, high: float, count: int) -> tuple[int, int]:
    """Give first and last + 1 of the pixels whose centres lie between two edges."""
    first, last = -int(-(low - 0.5) // 1), int((high - 0.5) // 1) + 1  # up, and down
    first = min(max(first, 0), count)
    return first, min(max(last, first), count)


def _between(values: int, first: int, last: int, low: float, high: float) -> Tensor:
    """Give the (last - first, values) weights that read numbers, spread from low to high, at pixels."""
    centres = torch.arange(first, last) + 0.5
    # A value sits in the middle of its share of the frame; beyond the outermost ones they go on unchanged.
    places = ((centres - low) / max(high - low, 1e-6) * values - 0.5).clamp(0, values - 1)
    away = (places[:, None] - torch.arange(values)[None]).abs()
    return (1 - away).clamp(min=0)
