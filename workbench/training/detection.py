"""Learning to find things: pictures with boxes and masks, the networks' own losses, AP50 or PQ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from workbench.instances import Instances
from workbench.metrics.coco import coco_ap
from workbench.metrics.many import pool
from workbench.metrics.score import score
from workbench.models.answers import finding, panoptic
from workbench.models.tiles import colour_of
from workbench.sample import Sample
from workbench.scenes import SCENES, splits
from workbench.segmentation import Segmentation
from workbench.taxonomy import Taxonomy
from workbench.training.instance_losses import Truth, losses_of
from workbench.training.shelf import Example, Shelf

SMALLEST = 12  # px that must be seen of a thing; of fewer nobody could say what it is
MEASURES = ("ap50", "pq")


@dataclass(frozen=True, eq=False)
class Batch:
    """Hold (B, 3, side, side) pictures, a truth each, and the seed of what the losses draw by chance."""

    pictures: Tensor
    truths: list[Truth]
    seed: int


@dataclass
class Detection:
    """Learn the things of generated scenes, and for a panoptic network everything else as well.

    Parameters
    ----------
    scenes : which scenes. seed : of the training. batch_size : pictures a step. side : px a side.
    measure : ``"ap50"``, of the masks, or ``"pq"``.
    whole : learn and judge whole things, hidden parts included, or only what is seen of them. A network that
        learnt whole things cannot score beyond 0.8 against a truth of what is seen, and should not be asked
        to.
    pictures : different scenes that there are; after so many they come again, varied otherwise.
    augment : ``"none"``, ``"flip"``, or ``"all"``, which also changes the light.
    jobs, folder : of the `Shelf`. held : scenes to validate on.

    Raises
    ------
    ValueError : scenes there are not, or without things, or another measure.
    """

    scenes: str = "street"
    seed: int = 0
    batch_size: int = 8
    side: int = 128
    measure: str = "ap50"
    whole: bool = True
    pictures: int = 8000
    augment: Literal["none", "flip", "all"] = "all"
    jobs: int = 0
    folder: Path | None = None
    held: int = 32

    def __post_init__(self) -> None:
        if self.measure not in MEASURES:
            raise ValueError(f"training: measure must be ap50 or pq, got {self.measure!r}")
        seeds = splits.seeds("train", self.seed * splits.PER_TRAINING, self.pictures)
        self.shelf: Sequence[Example] = Shelf(self.scenes, seeds, self.side, self.jobs, self.folder)
        if SCENES[self.scenes](0, (64, 64)).instances is None:
            raise ValueError(f"training: the scenes {self.scenes!r} have no things to find")

    @cached_property
    def judged(self) -> list[Sample]:
        """Give the scenes that are validated on."""
        seeds = splits.seeds("validation", 0, self.held)
        return [SCENES[self.scenes](seed, (self.side, self.side)) for seed in seeds]

    @cached_property
    def taxonomy(self) -> Taxonomy:
        """Give what the scenes' things and stuff are called."""
        return _truth(self.judged[0]).taxonomy

    def batch(self, step: int) -> Batch:
        """Make batch number `step`."""
        rng = np.random.default_rng([self.seed, step])
        places = [(step * self.batch_size + k) % len(self.shelf) for k in range(self.batch_size)]
        pairs = [self._varied(rng, self.shelf[place]) for place in places]
        pictures = torch.from_numpy(np.stack([colour_of(image) for image, _ in pairs]))
        pictures = pictures.contiguous(memory_format=torch.channels_last)
        return Batch(pictures, [truth for _, truth in pairs], int(rng.integers(2**31)))

    def loss(self, net: nn.Module, batch: Batch, device: str) -> dict[str, Tensor]:
        """Give the parts of the network's own loss, weighed as in its paper."""
        pictures = batch.pictures.to(device, non_blocking=True)
        truths = [{name: part.to(device) for name, part in truth.items()} for truth in batch.truths]
        # Two-stage networks draw the boxes that they learn from: by the batch's seed, so that a training that
        # was interrupted goes on exactly as if it had not been.
        cards = [torch.device(device)] if torch.device(device).type == "cuda" else []
        with torch.random.fork_rng(devices=cards):
            torch.manual_seed(batch.seed)
            return losses_of(net)(net, pictures, truths)

    def validate(self, net: nn.Module, device: str) -> float:
        """Give the mask AP50, or the PQ, over all held-out scenes together."""
        net.eval()
        if self.measure == "pq":
            guesses = [panoptic(net, one.image, self.taxonomy, device) for one in self.judged]
            return self._pooled(guesses, "panoptic", lambda found: found.pq)
        found = [finding(net, one.image, self.taxonomy, device) for one in self.judged]
        if not self.whole:
            return self._pooled(found, "instance", lambda scored: scored.ap50)
        pairs = [(_things(one), guess) for one, guess in zip(self.judged, found, strict=True)]
        return coco_ap(pairs).ap50

    def _pooled(
        self,
        guesses: Sequence[Instances | Segmentation],
        lens: Literal["instance", "panoptic"],
        read: Callable,
    ) -> float:
        scores = [score(_truth(one), g, lens=lens) for one, g in zip(self.judged, guesses, strict=True)]
        return float(read(pool(scores, "dataset")))

    def _varied(self, rng: np.random.Generator, one: Example) -> tuple[NDArray[np.uint8], Truth]:
        """Mirror and re-light a picture; its truth is mirrored with it."""
        image, truth = one.image, truth_of(one, self.taxonomy, whole=self.whole)
        if self.augment != "none" and rng.random() < 0.5:
            image, truth = np.ascontiguousarray(image[:, ::-1]), mirrored(truth)
        return (relit(rng, image) if self.augment == "all" else image), truth


def truth_of(one: Example, tax: Taxonomy, *, whole: bool = True) -> Truth:
    """Turn an example into tensors; things of which hardly anything is seen are left out.

    >>> from workbench.training.shelf import example
    >>> one = example("street", 10_000_000, 64)
    >>> found = truth_of(one, SCENES["street"](10_000_000, (64, 64)).truth.taxonomy)
    >>> found["boxes"].shape[1], found["masks"].shape[1:], found["classes"].shape
    (4, torch.Size([64, 64]), torch.Size([64, 64]))
    """
    seen = np.bincount(one.visible.ravel(), minlength=len(one.labels) + 1)[1:]
    kept = np.flatnonzero(seen >= SMALLEST)
    masks = one.masks[kept] if whole else one.visible[None] == kept[:, None, None] + 1
    kinds = {category.id: place for place, category in enumerate(tax.things, 1)}
    classes = np.full(max(category.id for category in tax) + 1, -1)  # a table; void is unlabelled
    for place, category in enumerate(tax):
        classes[category.id] = place
    return {
        "boxes": torch.from_numpy(boxes_of(masks)),
        "labels": torch.tensor([kinds[int(label)] for label in one.labels[kept]], dtype=torch.int64),
        "masks": torch.from_numpy(masks.astype(np.uint8)),
        "classes": torch.from_numpy(classes[one.semantic]),
    }


def boxes_of(masks: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Give the (N, 4) boxes of (N, H, W) masks that have a pixel each: left, top, right, bottom edges.

    >>> boxes_of(np.array([[[False, True, True], [False, False, True]]])).tolist()
    [[1.0, 0.0, 3.0, 2.0]]
    """
    rows, cols = np.asarray(masks.any(axis=2)), np.asarray(masks.any(axis=1))  # (N, H), (N, W)
    height, width = masks.shape[1:]
    edges = [
        cols.argmax(axis=1),
        rows.argmax(axis=1),
        width - cols[:, ::-1].argmax(axis=1),
        height - rows[:, ::-1].argmax(axis=1),
    ]
    return np.stack(edges, axis=1).astype(np.float32)


def mirrored(truth: Truth) -> Truth:
    """Swap left and right."""
    width = truth["masks"].shape[-1]
    left, top, right, bottom = truth["boxes"].unbind(dim=1)
    flipped = {name: truth[name].flip(-1) for name in ("masks", "classes")}
    return {**truth, **flipped, "boxes": torch.stack([width - right, top, width - left, bottom], dim=1)}


def relit(rng: np.random.Generator, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Change brightness and contrast a little."""
    contrast, shift = rng.uniform(0.8, 1.2), rng.uniform(-20, 20)
    return np.clip((image.astype(np.float32) - 115) * contrast + 115 + shift, 0, 255).astype(np.uint8)


def _truth(sample: Sample) -> Segmentation:
    assert sample.truth is not None  # ours: scenes have a truth
    return sample.truth


def _things(sample: Sample) -> Instances:
    """Give the whole things of a scene; those of which hardly anything is seen count as crowds."""
    # A crowd need not be found, and whoever finds it is not blamed.
    truth, whole = _truth(sample), sample.instances
    assert whole is not None  # ours: the scenes that are learnt have things
    numbers = [n for n, part in truth.segments.items() if part.category and part.category.kind == "thing"]
    seen = np.bincount(truth.ids.ravel())[numbers]
    objects = [replace(thing, crowd=bool(count < SMALLEST)) for thing, count in zip(whole, seen, strict=True)]
    return replace(whole, objects=tuple(objects))
