"""What a live training offers and how small it is, known without torch: a page is there before torch is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workbench.metrics.comparison import LensName
from workbench.sample import Sample
from workbench.scenes import SCENES, splits
from workbench.segmentation import Segmentation

RATE, RATE_OF_THINGS = (
    4e-3,
    1e-3,
)  # learning rates that suit those that name pixels, and those that find things


@dataclass(frozen=True)
class Offer:
    """Say what a network is called, what kind of answer it gives, and which learning rate suits it."""

    title: str
    yields: str = "semantic"
    rate: float = RATE


# Those of `networks.NETWORKS` that segment; that table needs torch, so a test holds the two together.
OFFERS: Mapping[str, Offer] = {
    "fcn32": Offer("FCN-32s"),
    "fcn16": Offer("FCN-16s"),
    "fcn8": Offer("FCN-8s"),
    "segnet": Offer("SegNet"),
    "segnet-balanced": Offer("Balanced SegNet"),
    "unet": Offer("U-Net"),
    "deeplab1": Offer("DeepLab v1"),
    "deeplab2": Offer("DeepLab v2"),
    "deeplab3": Offer("DeepLab v3"),
    "deeplab3plus": Offer("DeepLab v3+"),
    "oneshot": Offer("One-shot", "instance", RATE_OF_THINGS),
    "maskrcnn": Offer("Mask R-CNN", "instance", RATE_OF_THINGS),
    "panopticfpn": Offer("Panoptic FPN", "panoptic", RATE_OF_THINGS),
}
FOREGROUND = {("unet", "cells")}  # learns object or not, and is validated on pictures twice as large


@dataclass(frozen=True)
class Measure:
    """Say how a kind of answer is scored: over all pictures together, and on each, with the names of both."""

    lens: LensName
    name: str
    title: str
    each: str
    each_title: str


MEASURES: Mapping[str, Measure] = {
    "foreground": Measure("object", "dice", "Dice", "iou", "IoU"),
    "semantic": Measure("semantic", "miou", "mean IoU", "miou", "IoU"),
    "instance": Measure("instance", "ap50", "AP50", "ap50", "AP50"),
    "panoptic": Measure("panoptic", "pq", "PQ", "pq", "PQ"),
}
SIDES = (64, 96, 128)  # px
PICTURES = 400  # different scenes of a live training: made in a second, kept in a few megabytes
HELD = 12  # pictures that are validated on, and as many of those trained on
FIXED = 4  # pictures whose prediction is shown as it changes
VALIDATIONS = 16  # in a training


@dataclass(frozen=True)
class Order:
    """Ask for one live training.

    Parameters
    ----------
    network : in `OFFERS`. scenes : in `SCENES`. side : px a side. steps : batches to learn from.
    rate : highest learning rate. seed : of weights and pictures. pictures : different ones.
    """

    network: str = "deeplab3plus"
    scenes: str = "street"
    side: int = 64
    steps: int = 400
    rate: float = RATE
    seed: int = 0
    pictures: int = PICTURES

    @property
    def yields(self) -> str:
        """Say what kind of answer it learns to give."""
        two_way = (self.network, self.scenes) in FOREGROUND
        return "foreground" if two_way else OFFERS[self.network].yields

    @property
    def measure(self) -> Measure:
        """Say how it is scored."""
        return MEASURES[self.yields]

    @property
    def every(self) -> int:
        """Give the steps between two validations."""
        return max(2, -(-self.steps // VALIDATIONS))

    @property
    def plan(self) -> dict[str, Any]:
        """Give what the `Plan` is made of; it never stops early, for that would hide over-fitting."""
        warmup = min(20, self.steps // 10)
        numbers = {"steps": self.steps, "rate": self.rate, "seed": self.seed, "every": self.every}
        return numbers | {"warmup": warmup, "patience": self.steps}

    @property
    def data(self) -> dict[str, Any]:
        """Give what the task is made of; few pictures are not varied, so that they can be learnt by heart."""
        data: dict[str, Any] = {"side": self.side, "pictures": self.pictures, "jobs": 0, "held": HELD}
        by_heart = self.pictures <= HELD and self.yields != "foreground"
        return data | ({"augment": "none"} if by_heart else {})

    @property
    def size(self) -> tuple[int, int]:
        """Give (height, width) of the pictures that are shown and judged."""
        side = 2 * self.side if self.yields == "foreground" else self.side
        return side, side


def fixed(order: Order) -> list[Sample]:
    """Make the pictures whose prediction is shown: the first of those that are validated on."""
    return _made(order, splits.seeds("validation", 0, FIXED))


def trained_on(order: Order) -> list[Sample]:
    """Make some of the pictures that the network learns from, to be judged on as well."""
    count = min(HELD, order.pictures)
    return _made(order, splits.seeds("train", order.seed * splits.PER_TRAINING, count))


def truth_shown(order: Order, sample: Sample) -> Segmentation:
    """Give the truth as the network answers: object or not, categories, things, or all of it."""
    assert sample.truth is not None  # ours: every scene has one
    if order.yields == "foreground":
        return Segmentation.from_mask(sample.truth.mask(*sample.target))
    if order.yields == "semantic":
        return sample.truth.semantic()
    return sample.truth.things() if order.yields == "instance" else sample.truth


def _made(order: Order, seeds: range) -> list[Sample]:
    return [SCENES[order.scenes](seed, order.size) for seed in seeds]


@dataclass(frozen=True)
class Preset:
    """Name a training that shows something, and say what."""

    name: str
    title: str
    says: str
    order: Order = field(default_factory=Order)


PRESETS = {
    preset.name: preset
    for preset in (
        Preset(
            "street", "two-minute street", "A small network learns the street; two minutes on two cores.",
        ),
        Preset(
            "overfit", "over-fit eight pictures",
            "Eight pictures are learnt by heart: the score on unseen ones falls behind.",
            Order(pictures=8),
        ),
        Preset(
            "steep", "rate too high",
            "A learning rate far too high: the loss is no number any more after a few steps.",
            Order("fcn8", rate=1e5, steps=200),
        ),
    )
}  # fmt: skip
