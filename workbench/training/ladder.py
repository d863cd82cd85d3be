"""The ladder to segmentation: learning what is there, where one thing is, and where all things are."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from workbench.metrics.coco import coco_ap
from workbench.models.answers import instances_of, padded
from workbench.models.boxes import overlaps
from workbench.models.classifier import STEP
from workbench.models.detector import STRIDE, detecting_loss, drawn
from workbench.models.localiser import localising_loss, shares_of
from workbench.models.tiles import colour_of
from workbench.sample import Sample
from workbench.scenes import SCENES, splits
from workbench.taxonomy import Taxonomy
from workbench.training.seen import Things, present, quarters, things_of, true_boxes, truth_of, varied
from workbench.training.shelf import Example, Shelf

Scores = dict[str, float]
SURE = 0.5  # probability from which a classifier says that a kind is there


@dataclass(frozen=True, eq=False)
class Batch:
    """Hold (B, 3, side, side) pictures and what is seen in each."""

    pictures: Tensor
    things: list[Things]


@dataclass
class Rung(ABC):
    """Learn something of the things that are seen in generated scenes.

    Parameters
    ----------
    scenes : which scenes. seed : of the training. batch_size : pictures a step. side : px a side.
    pictures : different scenes that there are; after so many they come again, varied otherwise.
    closest : the smallest share of a scene's side that is cut out and enlarged to the whole.
    jobs, folder : of the `Shelf`. held : scenes to validate on.

    Raises
    ------
    ValueError : scenes there are not.
    """

    scenes: str = "street"
    seed: int = 0
    batch_size: int = 16
    side: int = 128
    pictures: int = 8000
    closest: float = 0.5
    jobs: int = 0
    folder: Path | None = None
    held: int = 48
    measure: str = ""

    def __post_init__(self) -> None:
        seeds = splits.seeds("train", self.seed * splits.PER_TRAINING, self.pictures)
        self.shelf: Sequence[Example] = Shelf(self.scenes, seeds, self.side, self.jobs, self.folder)

    @cached_property
    def judged(self) -> list[Sample]:
        """Give the scenes that are validated on."""
        seeds = splits.seeds("validation", 0, self.held)
        return [SCENES[self.scenes](seed, (self.side, self.side)) for seed in seeds]

    @cached_property
    def taxonomy(self) -> Taxonomy:
        """Give what the scenes' things are called."""
        return truth_of(SCENES[self.scenes](0, (32, 32))).taxonomy

    def batch(self, step: int) -> Batch:
        """Make batch number `step`."""
        rng = np.random.default_rng([self.seed, step])
        places = [(step * self.batch_size + k) % len(self.shelf) for k in range(self.batch_size)]
        pairs = [varied(rng, self.shelf[place], self.taxonomy, self.closest) for place in places]
        pictures = torch.from_numpy(np.stack([colour_of(image) for image, _ in pairs]))
        return Batch(pictures.contiguous(memory_format=torch.channels_last), [seen for _, seen in pairs])

    def validate(self, net: nn.Module, device: str) -> float:
        """Give the measure on pictures that are never trained on."""
        return self.measured(net, self.judged, device)[self.measure]

    @abstractmethod
    def loss(self, net: nn.Module, batch: Batch, device: str) -> dict[str, Tensor]:
        """Give the named parts of the loss."""

    @abstractmethod
    def measured(self, net: nn.Module, samples: Sequence[Sample], device: str = "cpu") -> Scores:
        """Give all numbers of a network in evaluation mode on scenes; those of `validate` are among them."""


@dataclass
class Classifying(Rung):
    """Learn which kinds of things are in a picture.

    Almost every whole scene holds a car and a person: whoever always says so would be right. So pieces are
    learnt, down to a quarter of the side, and quarters of scenes are judged.
    """

    closest: float = 0.25
    measure: str = "mean_ap"

    def loss(self, net: nn.Module, batch: Batch, device: str) -> dict[str, Tensor]:
        """Give the binary cross-entropy of each kind."""
        there = torch.stack([present(seen, len(self.taxonomy.things)) for seen in batch.things])
        scores = net(batch.pictures.to(device, non_blocking=True)).float()
        return {"cross-entropy": functional.binary_cross_entropy_with_logits(scores, there.to(device))}

    def measured(self, net: nn.Module, samples: Sequence[Sample], device: str = "cpu") -> Scores:
        """Give the mean F1 and mean average precision of the kinds, and the F1 of always saying yes."""
        scores, truths = [], []
        for sample in samples:
            for image, seen in quarters(sample):
                with torch.inference_mode():
                    scores.append(net(padded(image, device, STEP))[0].float().sigmoid().cpu().numpy())
                truths.append(present(seen, len(self.taxonomy.things)).numpy() > 0)
        chances, truth = np.stack(scores), np.stack(truths)
        return {
            "f1": f1(chances >= SURE, truth),
            "mean_ap": average_precision(chances, truth),
            "f1_always_yes": f1(np.ones_like(truth), truth),
        }


@dataclass
class Localising(Rung):
    """Learn what the largest thing is, and its box."""

    measure: str = "box_iou"

    def loss(self, net: nn.Module, batch: Batch, device: str) -> dict[str, Tensor]:
        """Give cross-entropy and smooth L1."""
        labels, boxes = zip(*(_largest(seen, (self.side, self.side)) for seen in batch.things), strict=True)
        kinds, shares = net(batch.pictures.to(device, non_blocking=True))
        truth = torch.stack(boxes).to(device)
        return localising_loss(kinds.float(), shares.float(), torch.stack(labels).to(device), truth)

    def measured(self, net: nn.Module, samples: Sequence[Sample], device: str = "cpu") -> Scores:
        """Give the mean IoU with the largest thing's box, the share that hit, and that names it rightly.

        `any_iou` is the mean IoU with the box that fits best, whichever thing it is of.
        """
        found = []
        for sample in samples:
            seen = things_of(sample)
            if not len(seen.labels):
                continue  # nothing to be found
            guess = net.find(padded(sample.image, device, STEP))[0].cut(sample.shape)  # type: ignore[operator]
            iou = overlaps(guess.boxes.cpu(), seen.boxes)[0]
            named = int(guess.labels[0]) == int(seen.labels[seen.largest])
            found.append([float(iou[seen.largest]), float(iou[seen.largest] >= 0.5), named, float(iou.max())])
        means = np.mean(np.array(found, float).reshape(-1, 4), axis=0) if found else np.full(4, np.nan)
        return dict(zip(("box_iou", "box_hit", "named", "any_iou"), means.tolist(), strict=True))


@dataclass
class Boxing(Rung):
    """Learn the boxes of all things."""

    measure: str = "box_ap50"

    def loss(self, net: nn.Module, batch: Batch, device: str) -> dict[str, Tensor]:
        """Give what heat, sizes and offsets cost."""
        said = net(batch.pictures.to(device, non_blocking=True))
        boxes, labels = [seen.boxes for seen in batch.things], [seen.labels for seen in batch.things]
        places = (self.side // STRIDE, self.side // STRIDE)
        truth, middles = drawn(boxes, labels, len(self.taxonomy.things), places)
        moved = type(truth)(*(getattr(truth, name).to(device) for name in ("heat", "sizes", "offsets")))
        return detecting_loss(said, moved, middles.to(device))

    def measured(self, net: nn.Module, samples: Sequence[Sample], device: str = "cpu") -> Scores:
        """Give COCO's AP of boxes, those of what is seen of the things."""
        pairs = []
        for sample in samples:
            found = net.find(padded(sample.image, device, STEP))[0].cut(sample.shape)  # type: ignore[operator]
            pairs.append((true_boxes(sample), instances_of(found, self.taxonomy)))
        ap = coco_ap(pairs)
        return {"box_ap50": ap.ap50, "box_ap": ap.ap}


TASKS: dict[str, type[Rung]] = {"classifier": Classifying, "localiser": Localising, "detector": Boxing}


def measured(
    task: str, scenes: str, net: nn.Module, samples: Sequence[Sample], device: str = "cpu"
) -> Scores:
    """Give the numbers that a rung's own measures give, which no lens has; what is no rung has none."""
    return TASKS[task](scenes=scenes).measured(net, samples, device) if task in TASKS else {}


def f1(guess: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    """Give the mean over kinds of F1 over (N, K) pictures; kinds that are nowhere do not count.

    >>> f1(np.array([[True], [True]]), np.array([[True], [False]]))
    0.6666666666666666
    """
    both, sizes = (guess & truth).sum(axis=0), guess.sum(axis=0) + truth.sum(axis=0)
    there = truth.any(axis=0)
    return float(np.mean(2 * both[there] / sizes[there])) if there.any() else float("nan")


def average_precision(chances: NDArray[Any], truth: NDArray[np.bool_]) -> float:
    """Give the mean over kinds of average precision: the mean precision at each picture that has the kind.

    >>> average_precision(np.array([[0.9], [0.8], [0.7]]), np.array([[True], [False], [True]]))
    0.8333333333333333
    """
    found = []
    for chance, there in zip(chances.T, truth.T, strict=True):
        if there.any():
            ranked = there[np.argsort(-chance, kind="stable")]
            found.append(np.mean((np.cumsum(ranked) / np.arange(1, len(ranked) + 1))[ranked]))
    return float(np.mean(found)) if found else float("nan")


def _largest(seen: Things, size: tuple[int, int]) -> tuple[Tensor, Tensor]:
    """Give label and box, in shares of the picture, of the largest thing; 0 where there is none."""
    if not len(seen.labels):
        return torch.tensor(0), torch.zeros(4)
    one = seen.largest
    return seen.labels[one], shares_of(seen.boxes[one : one + 1], size)[0]
