"""A localiser: what the largest thing is, and in which box. One picture, one answer.

The second rung of the ladder to segmentation. The trunk is the classifier's. Its head may not average over
places, for then *where* would be lost; it shrinks the map to a fixed grid and reads that like a page, with
fully connected layers that know each square of the grid by its place:

    image ── trunk ─[1 x 1 to 16]── 8 x 8 grid ── fully connected ─┬─ what: nothing, car, person ...
                                                                   └─ where: centre and size, 0 to 1

So regression was put beside classification in the first deep localisers (Sermanet et al., 2014, OverFeat).
Four numbers have room for one box. With two equally large things the least costly answer lies between them,
where nothing is: that is what the next rung, the detector, is for.

Other than in that paper: the whole picture is looked at once instead of at many places and sizes; one box for
all kinds instead of one for each; smooth L1 (Girshick, 2015) on centre and size instead of squares on edges;
the trunk is small and starts from the classifier's weights.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from workbench.models.blocks import Dilated, check_sides, convolved
from workbench.models.classifier import STEP, WIDTHS
from workbench.models.found import Found

BETA = 0.1  # of the side: errors beyond it count in proportion, smaller ones by their square


class Localiser(nn.Module):
    """Say what the largest thing in a picture is, and put a box around it.

    Parameters
    ----------
    things : kinds of things. widths : channels of the trunk's four stages.
    thin, hidden : channels at each square of the grid, and of the layer that reads it. grid : squares a side.

    >>> kinds, box = Localiser(things=2, widths=(4, 4, 4, 4), grid=2).eval()(torch.zeros(1, 3, 32, 48))
    >>> kinds.shape, box.shape
    (torch.Size([1, 3]), torch.Size([1, 4]))
    """

    def __init__(
        self,
        things: int = 3,
        widths: tuple[int, int, int, int] = WIDTHS,
        thin: int = 16,
        hidden: int = 96,
        grid: int = 8,
    ) -> None:
        super().__init__()
        self.things = things
        self.backbone = Dilated(tuple(widths))  # type: ignore[arg-type]
        # Few channels: each costs grid x grid x hidden weights in the layer after it.
        self.thin = convolved(widths[-1], thin, 1)
        # Pictures of all sizes become one grid, since a fully connected layer has a fixed number of inputs.
        self.grid = nn.AdaptiveAvgPool2d(grid)
        self.read = nn.Sequential(nn.Linear(thin * grid * grid, hidden), nn.ReLU(inplace=True))
        # Class 0 is nothing: a picture may hold no thing at all.
        self.kind = nn.Linear(hidden, 1 + things)
        self.box = nn.Linear(hidden, 4)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Turn (B, 3, H, W) pictures into (B, 1 + things) scores and (B, 4) boxes.

        A box is the column and row of its centre, its width and its height, as shares of the picture's.

        Raises
        ------
        ValueError : H or W is not a multiple of 8.
        """
        check_sides("Localiser", image, STEP)
        _, deep = self.backbone(image)  # (B, 96, H/8, W/8)
        # (B, 16, 8, 8) -> (B, 1024): from here on a channel means "this feature, at this very place".
        page = self.grid(self.thin(deep)).flatten(1)
        read = self.read(page)
        # The sigmoid keeps the centre inside of the picture, and the box no larger than it.
        return self.kind(read), self.box(read).sigmoid()

    @torch.inference_mode()
    def find(self, image: Tensor) -> list[Found]:
        """Give one box for each of (B, 3, H, W) pictures; the network must be in evaluation mode."""
        kinds, shares = self(image)
        height, width = int(image.shape[-2]), int(image.shape[-1])
        # Nothing is not a thing: of the things, the likeliest, with the share of 1 that it has of all.
        scores, places = kinds.softmax(dim=1)[:, 1:].max(dim=1)
        boxes = edges_of(shares) * shares.new_tensor([width, height, width, height])
        return [
            boxed(boxes[k : k + 1], places[k : k + 1] + 1, scores[k : k + 1], (height, width))
            for k in range(len(image))
        ]


def boxed(boxes: Tensor, labels: Tensor, scores: Tensor, size: tuple[int, int]) -> Found:
    """Call (N, 4) boxes found things; their masks are the boxes, for nothing finer is known.

    >>> one = boxed(torch.tensor([[1.0, 0, 3, 1]]), torch.tensor([1]), torch.tensor([0.5]), (2, 4))
    >>> one.masks().int().tolist()
    [[[0, 1, 1, 0], [0, 0, 0, 0]]]
    """
    # A grid of one value that is sure: wherever it is read, the place belongs to the thing.
    sure = boxes.new_ones((len(boxes), 1, 1))
    return Found(boxes, labels, scores, sure, boxes, size)


def edges_of(shares: Tensor) -> Tensor:
    """Turn (N, 4) centres and sizes into left, top, right, bottom.

    >>> edges_of(torch.tensor([[0.5, 0.5, 0.5, 0.25]])).tolist()
    [[0.25, 0.375, 0.75, 0.625]]
    """
    centre, half = shares[:, :2], shares[:, 2:] / 2
    return torch.cat([centre - half, centre + half], dim=1)


def shares_of(edges: Tensor, size: tuple[int, int]) -> Tensor:
    """Turn (N, 4) edges in pixels of an (H, W) picture into centres and sizes as shares of it."""
    height, width = size
    # Shares, not pixels: an error of a tenth of the picture costs the same in a small and in a large one.
    edges = edges / edges.new_tensor([width, height, width, height])
    return torch.cat([(edges[:, :2] + edges[:, 2:]) / 2, edges[:, 2:] - edges[:, :2]], dim=1)


def localising_loss(kinds: Tensor, shares: Tensor, labels: Tensor, truth: Tensor) -> dict[str, Tensor]:
    """Give what (B, 1 + things) scores and (B, 4) boxes cost against (B,) labels and (B, 4) true boxes.

    Where the label is 0, nothing is there, and no box is asked for.
    """
    there = labels > 0
    # One sum over the four numbers, the mean over the pictures that have a thing.
    away = functional.smooth_l1_loss(shares, truth, beta=BETA, reduction="none").sum(dim=1)
    return {
        "kind": functional.cross_entropy(kinds, labels),
        # Without a thing the sum is 0 and the count 1: no loss, and no 0 / 0.
        "box": 5 * (away * there).sum() / there.sum().clamp(min=1),
    }
