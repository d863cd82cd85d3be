"""A one-shot instance network: shared prototypes, and for every box how its mask is mixed out of them.

Two-stage networks first propose boxes and then look into each. This one looks once, on two ways that need not
wait for each other: one draws a few pictures for the whole scene, the prototypes ("what is left of here",
"what is upright", "what is dark"), the other says at every place which thing is there, in which box, and with
which coefficients the prototypes are to be summed so that this very thing remains.

    picture ─ trunk ─┬─ finest level ─[3x3]x3─x2─3x3─1x1─ReLU──── k prototypes ──┐
                     └─ each level ─3x3─┬─ class scores                          Σ ─ sigmoid ─ cut to the box
                                        ├─ box                                   │
                                        └─ tanh ──────────── k coefficients ─────┘

It is the scheme of YOLACT (Bolya et al., 2019), and of the segmentation heads of YOLOv5 and later. As there:
ReLU prototypes, tanh coefficients, one scale of anchor a level and three ratios, Fast-NMS, a semantic branch
that only training sees. What is smaller or other: the small trunk instead of ResNet-101, four levels instead
of five, 16 prototypes instead of 32, one convolution before the heads, prototypes drawn with 32 channels
instead of 256, group normalisation in both; prototypes at half of the picture's size instead of a quarter,
since the things of a 128 px picture are ten pixels long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

import torch
from torch import Tensor, nn
from torch.nn import functional

from workbench.models.blocks import check_sides
from workbench.models.boxes import anchors, decoded, fast_nms
from workbench.models.found import Found
from workbench.models.trunk import DEPTHS, STRIDES, WIDTHS, Trunk, grouped
from workbench.trace import chart, stage


@dataclass(frozen=True, eq=False)
class Said:
    """Hold what the network says of B pictures, at N anchors each.

    scores : (B, N, 1 + things), nothing first; before the softmax. offsets : (B, N, 4) from the anchors.
    coefficients : (B, N, k), -1 to 1. prototypes : (B, k, h, w), from 0. anchors : (N, 4).
    semantic : (B, things, H/4, W/4), before the sigmoid; only while training.
    """

    scores: Tensor
    offsets: Tensor
    coefficients: Tensor
    prototypes: Tensor
    anchors: Tensor
    semantic: Tensor | None


class OneShot(nn.Module):
    """Find things and their masks in one pass.

    Parameters
    ----------
    things : kinds of things. prototypes : pictures that masks are mixed from. stride : pixels of the picture
        that one of a prototype's covers, 4 or 2.
    scales : the square root of an anchor's area, one a level. ratios : width / height of the anchors.
    widths, depths, width : of the trunk.

    Raises
    ------
    ValueError : another stride.

    >>> net = OneShot(things=2, widths=(8, 8, 8, 8), width=8).eval()
    >>> net(torch.zeros(1, 3, 64, 64)).prototypes.shape, len(net.find(torch.zeros(1, 3, 64, 64)))
    (torch.Size([1, 16, 32, 32]), 1)
    """

    def __init__(
        self,
        things: int = 3,
        prototypes: int = 16,
        stride: int = 2,
        scales: Sequence[float] = (12, 24, 48, 96),
        ratios: Sequence[float] = (1.0, 0.5, 2.0),
        widths: Sequence[int] = WIDTHS,
        depths: Sequence[int] = DEPTHS,
        width: int = 64,
    ) -> None:
        super().__init__()
        if stride not in (2, 4):
            raise ValueError(f"OneShot: stride must be 2 or 4, got {stride}")
        # Settings are plain numbers: a card keeps them as JSON, which makes lists of tuples.
        self.things, self.stride, self.scales, self.ratios = things, stride, tuple(scales), tuple(ratios)
        # One trunk for both ways; everything after it costs about as much as the trunk itself.
        self.backbone = Trunk(widths, depths, width)
        # Half as wide as the trunk: what is drawn here is drawn once, for all things together.
        thin = max(width // 2, prototypes)
        self.draw = nn.Sequential(grouped(width, thin), grouped(thin, thin), grouped(thin, thin))
        # One more look after enlarging: repeated pixels get edges of their own.
        self.refine = grouped(thin, thin)
        # A vote at each place over its own channels; all looking around is done by now.
        self.prototypes = nn.Conv2d(thin, prototypes, 1)
        # The same head looks at every level: a thing twice as large, one level up, looks the same.
        self.look = grouped(width, width)
        each = len(self.ratios)  # anchors at each place of each level
        # Three answers about each anchor: what is there (0 is nothing), where it ends, how its mask is mixed.
        self.score = nn.Conv2d(width, each * (things + 1), 3, padding=1)
        self.box = nn.Conv2d(width, each * 4, 3, padding=1)
        self.mix = nn.Conv2d(width, each * prototypes, 3, padding=1)
        for head in (self.score, self.box, self.mix):
            nn.init.normal_(head.weight, std=0.01)  # all classes, and the anchors as they are, to begin with
            nn.init.zeros_(head.bias)  # type: ignore[arg-type]
        # Training only: makes the finest level tell the kinds of things apart, pixel by pixel.
        self.semantic = nn.Conv2d(width, things, 1)

    def forward(self, image: Tensor) -> Said:
        """Look once at (B, 3, H, W) pictures.

        Raises
        ------
        ValueError : H or W is not a multiple of 32.
        """
        check_sides("OneShot", image, STRIDES[-1])
        levels = list(self.backbone(image).values())  # four maps (B, 64, H/4, W/4) to (B, 64, H/32, W/32)
        # First way: the scene's pictures, which know of no box.
        prototypes = self._drawn(levels[0])
        # Second way: the anchors, which know of no mask. Neither waits for the other.
        looked = [self.look(level) for level in levels]
        shapes = [(int(x.shape[2]), int(x.shape[3])) for x in looked]
        _show_prototypes(prototypes)
        return Said(
            scores=_listed([self.score(x) for x in looked], self.things + 1),
            offsets=_listed([self.box(x) for x in looked], 4),
            # tanh: a prototype may be taken away as well as added, but no single one shouts.
            coefficients=torch.tanh(_listed([self.mix(x) for x in looked], prototypes.shape[1])),
            prototypes=prototypes,
            # The same for all pictures of one size, so they are made here and not learnt.
            anchors=anchors(shapes, STRIDES, self.scales, self.ratios).to(image.device),
            semantic=self.semantic(levels[0]) if self.training else None,
        )

    def _drawn(self, finest: Tensor) -> Tensor:
        """Draw the prototypes: (B, C, H/4, W/4) -> (B, k, H/stride, W/stride)."""
        x = self.draw(finest)  # (B, 64, H/4, W/4) -> (B, 32, H/4, W/4)
        # Bilinear, so that the edge of a mask may run between the pixels of the trunk's finest map.
        if self.stride == 2:
            x = functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        # Unbounded above, so that a prototype can be very sure of a place; never negative.
        return functional.relu(self.prototypes(self.refine(x)))

    @torch.inference_mode()
    def find(
        self, image: Tensor, *, least: float = 0.05, overlap: float = 0.5, most: int = 100
    ) -> list[Found]:
        """Give what is found in each of (B, 3, H, W) pictures; the network must be in evaluation mode.

        Parameters
        ----------
        least : score to be looked at. overlap : IoU of two boxes that are one thing. most : things a picture.
        """
        said, size = self(image), (int(image.shape[-2]), int(image.shape[-1]))
        chances = said.scores.softmax(dim=2)[:, :, 1:]  # (B, N, things): nothing is not a thing
        found = []
        for k in range(len(image)):
            # Where the anchors ended up, (N, 4), kept inside of the picture.
            boxes = decoded(said.offsets[k], said.anchors)
            edge = boxes.new_tensor([size[1], size[0]] * 2)
            boxes = torch.minimum(boxes.clamp(min=0), edge)
            # Thin out before mixing: a hundred masks are made, not one for each of thousands of anchors.
            chosen, labels, scores = _chosen(boxes, chances[k], least, overlap, most)
            grids = mixed(said.coefficients[k, chosen], said.prototypes[k]).sigmoid()
            # Every grid covers the whole picture; only what lies in its box will be drawn of it.
            whole = boxes.new_tensor([0, 0, size[1], size[0]]).expand(len(chosen), 4)
            found.append(Found(boxes[chosen], labels, scores, grids, whole, size))
            if k == 0 and len(chosen):
                _show_mixing(said.coefficients[0, chosen[0]], grids[0])
        return found


def mixed(coefficients: Tensor, prototypes: Tensor) -> Tensor:
    """Sum (k, h, w) prototypes with (N, k) coefficients: N masks of (h, w), before the sigmoid.

    >>> mixed(torch.tensor([[1.0, -1.0]]), torch.tensor([[[3.0]], [[2.0]]])).tolist()
    [[[1.0]]]
    """
    # One product of (N, k) and (k, h * w): a hundred masks cost hardly more than one.
    return torch.einsum("nk,khw->nhw", coefficients, prototypes)


def _listed(maps: list[Tensor], values: int) -> Tensor:
    """Set all levels' answers in a row: (B, ratios * values, h, w) each -> (B, N, values)."""
    # (B, A * V, h, w) -> (B, h, w, A * V) -> (B, h * w * A, V): the order in which `anchors` lists them.
    # In full precision, whatever the convolutions were computed in: boxes and losses are made of it.
    return torch.cat([x.permute(0, 2, 3, 1).reshape(len(x), -1, values).float() for x in maps], dim=1)


def _chosen(
    boxes: Tensor, chances: Tensor, least: float, overlap: float, most: int
) -> tuple[Tensor, Tensor, Tensor]:
    """Thin out (N, 4) boxes with (N, things) chances, each kind by itself: places, labels and scores."""
    parts = []
    for label in range(chances.shape[1]):
        # Each kind by itself: a person before a car does not make the car go away.
        sure = (chances[:, label] > least).nonzero()[:, 0]
        kept = sure[fast_nms(boxes[sure], chances[sure, label], overlap=overlap)]
        parts.append((kept, torch.full_like(kept, label + 1), chances[kept, label]))
    places, labels, scores = (torch.cat(part) for part in zip(*parts, strict=True))
    # All kinds together again, surest first; stable, so that equal scores come out in one order everywhere.
    order = scores.argsort(descending=True, stable=True)[:most]
    return places[order], labels[order], scores[order]


def _show_prototypes(prototypes: Tensor) -> None:
    count = prototypes.shape[1]
    stage(
        "prototypes", lambda: sheet(prototypes[0]).numpy(), f"{count} pictures that every mask is mixed from"
    )


def sheet(maps: Tensor) -> Tensor:
    """Lay (k, h, w) maps out side by side, each from black to its own white, with a gap between them.

    >>> sheet(torch.ones(4, 3, 3)).shape
    torch.Size([7, 7])
    """
    maps = maps.detach().float().cpu()
    count, height, width = maps.shape
    across = ceil(sqrt(count))
    low = maps.amin(dim=(1, 2), keepdim=True)
    # Each by itself, since what counts is where a prototype is bright, not how bright.
    bright = (maps - low) / (maps.amax(dim=(1, 2), keepdim=True) - low).clamp(min=1e-6)
    down = ceil(count / across)
    out = torch.zeros(down * (height + 1) - 1, across * (width + 1) - 1)
    for k, one in enumerate(bright):
        # A gap of one pixel, which stays black.
        row, col = k // across * (height + 1), k % across * (width + 1)
        out[row : row + height, col : col + width] = one
    return out


def _show_mixing(coefficients: Tensor, grid: Tensor) -> None:
    """Show how the surest thing's mask is mixed."""
    chart(
        "coefficients",
        lambda: list(range(1, len(coefficients) + 1)),
        lambda: coefficients.float().cpu().tolist(),
        "how much of each prototype the surest thing's mask takes; below 0 it is taken away",
        axes=("prototype", "coefficient"),
    )
    stage("mixed mask", lambda: grid.float().cpu().numpy(), "their sum, before it is cut to the box")
