"""A detector of boxes: all things of a picture, each found as the point in its middle.

The third rung of the ladder to segmentation. Instead of one answer for the picture, an answer at every place:
is this the middle of a car, and if so, how large is the car? A thing is a peak of a heat map.

    image ─ trunk ─┬─ stride 8 ── x2 ──concat─[3 x 3]─┬─ heat: how much a place is the middle of each kind
                   └─ stride 4 ─[1 x 1]───┘           ├─ size: width and height, if it is
                                                      └─ offset: where between the places the middle is

It is the scheme of "Objects as Points" (Zhou, Wang and Krähenbühl, 2019; CenterNet). As there: a heat map a
kind at a quarter of the picture's size, learnt with the penalty-reduced focal loss; one size and one offset
for all kinds, learnt by L1 at the true middles alone; peaks of 3 x 3, and no further suppression of boxes.
What is smaller or other: the small trunk instead of DLA-34 or Hourglass, heads of 48 channels instead of 256;
around a middle the heat falls off in proportion to the box's own sides, not with a radius made from both;
sizes are learnt as logarithms, so that they need no weight of a tenth.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from workbench.models.blocks import Dilated, check_sides, convolved, enlarged, show_map
from workbench.models.classifier import STEP, WIDTHS
from workbench.models.found import Found
from workbench.models.localiser import boxed

STRIDE = 4  # px of the picture between two places that are asked
SPREAD = 1 / 8  # of a box's side: the deviation of the heat around its middle
LEAST_SPREAD = 0.6  # places; however small a thing is, its neighbours are nearly right
PRIOR = 0.1  # heat that everything begins with: most places are no middle of anything
LARGEST = log(256.0)  # places; beyond it exp runs away


@dataclass(frozen=True, eq=False)
class Points:
    """Hold what is said, or true, of B pictures at each of h x w places.

    heat : (B, things, h, w), before the sigmoid when said. sizes : (B, 2, h, w), logarithms of width and
    height in places. offsets : (B, 2, h, w), columns and rows from the place to the middle, 0 to 1.
    """

    heat: Tensor
    sizes: Tensor
    offsets: Tensor


class Detector(nn.Module):
    """Put a box around each thing of a picture.

    Parameters
    ----------
    things : kinds of things. widths : channels of the trunk's four stages.
    inner, fine : channels of the heads, and what the fine map is thinned to.

    >>> net = Detector(things=2, widths=(4, 4, 4, 4), inner=4).eval()
    >>> net(torch.zeros(1, 3, 32, 48)).heat.shape, len(net.find(torch.zeros(1, 3, 32, 48)))
    (torch.Size([1, 2, 8, 12]), 1)
    """

    def __init__(
        self,
        things: int = 3,
        widths: tuple[int, int, int, int] = WIDTHS,
        inner: int = 48,
        fine: int = 16,
    ) -> None:
        super().__init__()
        self.things = things
        self.backbone = Dilated(tuple(widths))  # type: ignore[arg-type]
        # Thinned, lest the many edges of the early map outvote the few channels that know what a car is.
        self.thin = convolved(widths[0], fine, 1)
        self.join = convolved(widths[-1] + fine, inner)
        self.heat = _head(inner, things)
        self.size = _head(inner, 2)
        self.offset = _head(inner, 2)
        # Begin by believing in almost nothing: else the first steps only unlearn thousands of false middles.
        nn.init.constant_(cast(Tensor, self.heat[-1].bias), log(PRIOR / (1 - PRIOR)))

    def forward(self, image: Tensor) -> Points:
        """Ask every fourth pixel of (B, 3, H, W) pictures.

        Raises
        ------
        ValueError : H or W is not a multiple of 8.
        """
        check_sides("Detector", image, STEP)
        fine, deep = self.backbone(image)  # (B, 16, H/4, W/4), (B, 96, H/8, W/8)
        # What a thing is comes from the deep map; which of two neighbouring places is its middle, from the
        # fine one.
        known = torch.cat([enlarged(deep, fine.shape[-2:]), self.thin(fine)], dim=1)
        joined = self.join(known)  # (B, 48, H/4, W/4)
        heat = self.heat(joined)
        show_map("heat", heat.sigmoid(), "how much each place is the middle of some thing, 0 to 1")
        return Points(heat, self.size(joined), self.offset(joined).sigmoid())

    @torch.inference_mode()
    def find(self, image: Tensor, *, least: float = 0.05, most: int = 60) -> list[Found]:
        """Give what is found in each of (B, 3, H, W) pictures; the network must be in evaluation mode.

        Parameters
        ----------
        least : heat to be a thing. most : things a picture.
        """
        size = (int(image.shape[-2]), int(image.shape[-1]))
        said = self(image)
        show_map("peaks", peaks(said.heat.sigmoid()), "the places that are hotter than the eight around them")
        return [decoded(said, k, size, least, most) for k in range(len(image))]


def _head(width: int, values: int) -> nn.Sequential:
    """Build a head: a look around, then a vote at each place."""
    return nn.Sequential(convolved(width, width), nn.Conv2d(width, values, 1))


def peaks(heat: Tensor) -> Tensor:
    """Keep (B, K, h, w) heat where it is the highest of its 3 x 3, of its own kind; elsewhere 0.

    >>> peaks(torch.tensor([[[[0.1, 0.9, 0.8, 0.3, 0.4]]]])).round(decimals=1).tolist()
    [[[[0.0, 0.8999999761581421, 0.0, 0.0, 0.4000000059604645]]]]
    """
    # Maximum pooling with a stride of 1: every place learns the highest of its neighbourhood. It does what
    # non-maximum suppression does for boxes, without comparing any boxes.
    highest = functional.max_pool2d(heat, 3, stride=1, padding=1)
    return heat * (heat == highest)


def decoded(said: Points, picture: int, size: tuple[int, int], least: float, most: int) -> Found:
    """Turn peaks into boxes, surest first."""
    heat = peaks(said.heat[picture : picture + 1].sigmoid())[0]  # (K, h, w)
    width = heat.shape[-1]
    # Stable, so that equal heats come out in one order everywhere.
    flat = heat.flatten()
    order = flat.argsort(descending=True, stable=True)[:most]
    order = order[flat[order] >= least]
    # A flat index counts kinds, then rows, then columns.
    kinds, places = order // heat[0].numel(), order % heat[0].numel()
    rows, cols = places // width, places % width
    corner = torch.stack([cols, rows], dim=1)  # (N, 2): x before y, as boxes have it
    middle = corner + said.offsets[picture, :, rows, cols].T
    half = said.sizes[picture, :, rows, cols].T.clamp(max=LARGEST).exp() / 2
    # Places are STRIDE pixels apart; the edges are cut where the picture ends.
    edges = torch.cat([middle - half, middle + half], dim=1) * STRIDE
    end = edges.new_tensor([size[1], size[0]] * 2)
    return boxed(torch.minimum(edges.clamp(min=0), end), kinds + 1, flat[order], size)


def drawn(
    boxes: list[Tensor], labels: list[Tensor], things: int, shape: tuple[int, int]
) -> tuple[Points, Tensor]:
    """Draw what a perfect detector would say of B pictures, and where it is asked for sizes.

    Parameters
    ----------
    boxes, labels : (N, 4) edges in pixels and (N,) kinds from 1, of each picture. shape : (h, w) places.

    Returns
    -------
    The truth, its heat from 0 to 1, and the (B, h, w) places that are a middle.
    """
    height, width = shape
    heat = torch.zeros(len(boxes), things, height, width)
    both = torch.zeros(2, len(boxes), 2, height, width)  # sizes, and offsets
    middles = torch.zeros(len(boxes), height, width, dtype=torch.bool)
    for k, (edges, kinds) in enumerate(zip(boxes, labels, strict=True)):
        middle = (edges[:, :2] + edges[:, 2:]) / 2 / STRIDE  # (N, 2), in places
        size = ((edges[:, 2:] - edges[:, :2]) / STRIDE).clamp(min=1e-3)
        place = middle.long().clamp(min=0)
        for n, kind in enumerate(kinds.tolist()):
            col, row = min(int(place[n, 0]), width - 1), min(int(place[n, 1]), height - 1)
            spot = _falling(size[n], row, col, shape)
            # The hotter of two: a thing near another must not cool the other's middle.
            heat[k, kind - 1] = torch.maximum(heat[k, kind - 1], spot)
            # Of two things with one middle the later one is asked for; one place has room for one size.
            both[0, k, :, row, col] = size[n].log()
            both[1, k, :, row, col] = middle[n] - torch.tensor([col, row])
            middles[k, row, col] = True
    return Points(heat, both[0], both[1]), middles


def _falling(size: Tensor, row: int, col: int, shape: tuple[int, int]) -> Tensor:
    """Draw the (h, w) heat of one thing: 1 at its place, falling off along its width and its height."""
    across, down = (size * SPREAD).clamp(min=LEAST_SPREAD).tolist()
    rows, cols = torch.arange(shape[0]) - row, torch.arange(shape[1]) - col
    # A Gaussian of two directions is the product of one down and one across.
    return torch.exp(-((rows / down) ** 2) / 2)[:, None] * torch.exp(-((cols / across) ** 2) / 2)[None]


def detecting_loss(said: Points, truth: Points, middles: Tensor) -> dict[str, Tensor]:
    """Give the three parts of the loss, each over the number of things."""
    count = middles.sum().clamp(min=1)
    chosen = middles[:, None]  # (B, 1, h, w): the same for both numbers of a size
    return {
        "heat": focal(said.heat.float(), truth.heat) / count,
        # Nobody asks a place that is no middle how large the thing is that it is not the middle of.
        "size": ((said.sizes - truth.sizes).abs() * chosen).sum() / count,
        "offset": ((said.offsets - truth.offsets).abs() * chosen).sum() / count,
    }


def focal(heat: Tensor, truth: Tensor) -> Tensor:
    """Sum the penalty-reduced focal loss of heat before the sigmoid against heat of 0 to 1.

    Middles (truth 1) cost -(1 - p)^2 log p; other places -(1 - truth)^4 p^2 log(1 - p), so that a near miss
    costs little, and places that are right already count next to nothing among the thousands.
    """
    chance = heat.sigmoid()
    right = truth == 1
    # logsigmoid instead of a logarithm of the sigmoid: no 0 to take the logarithm of.
    missed = -((1 - chance) ** 2) * functional.logsigmoid(heat)
    invented = -((1 - truth) ** 4) * chance**2 * functional.logsigmoid(-heat)
    return torch.where(right, missed, invented).sum()
