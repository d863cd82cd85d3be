"""Learning to name every pixel: pictures with their categories, cross-entropy, mean IoU."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from workbench.metrics.many import pool
from workbench.metrics.score import score
from workbench.models.tiles import colour_of
from workbench.sample import Sample
from workbench.scenes import SCENES, splits
from workbench.segmentation import Segmentation
from workbench.training.shelf import Example, Shelf

UNLABELLED = -1  # as a class: not judged, not learnt
Augment = Literal["none", "flip", "light", "all"]


@dataclass
class Semantic:
    """Learn the categories of generated scenes.

    Parameters
    ----------
    scenes : which scenes. seed : of the training. batch : pictures a step. side : px a side.
    pictures : different scenes that there are; after so many they come again, varied otherwise.
    balance : ``"median"`` weighs classes by median frequency / frequency (Eigen and Fergus 2015, as SegNet
        does), ``"none"`` counts all pixels alike. augment : ``"none"``, ``"flip"``, ``"light"`` or ``"all"``.
    jobs, folder : of the `Shelf`. held : scenes to validate on.

    Raises
    ------
    ValueError : scenes there are not.
    """

    scenes: str = "street"
    seed: int = 0
    batch_size: int = 8
    side: int = 128
    pictures: int = 8000
    balance: Literal["none", "median"] = "none"
    augment: Augment = "all"
    jobs: int = 0
    folder: Path | None = None
    held: int = 48
    measure: str = "miou"

    def __post_init__(self) -> None:
        seeds = splits.seeds("train", self.seed * splits.PER_TRAINING, self.pictures)
        self.shelf = Shelf(self.scenes, seeds, self.side, self.jobs, self.folder)

    @cached_property
    def judged(self) -> list[Sample]:
        """Give the scenes that are validated on."""
        seeds = splits.seeds("validation", 0, self.held)
        return [SCENES[self.scenes](seed, (self.side, self.side)) for seed in seeds]

    @cached_property
    def weights(self) -> Tensor | None:
        """Give the weight of each class, or None where all count alike."""
        if self.balance == "none":
            return None
        truths = np.stack([self.shelf[number].semantic for number in range(min(200, len(self.shelf)))])
        return median_frequency(truths, len(truth_of(self.judged[0]).taxonomy))

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """Make (B, 3, side, side) pictures and (B, side, side) classes, counted from 0."""
        rng = np.random.default_rng([self.seed, step])
        places = [(step * self.batch_size + k) % len(self.shelf) for k in range(self.batch_size)]
        pairs = [varied(rng, self.shelf[place], self.augment) for place in places]
        pictures = torch.from_numpy(np.stack([colour_of(image) for image, _ in pairs]))
        classes = torch.from_numpy(np.stack([truth for _, truth in pairs]).astype(np.int64) - 1)
        return pictures.contiguous(memory_format=torch.channels_last), classes

    def loss(self, net: nn.Module, batch: tuple[Tensor, Tensor], device: str) -> dict[str, Tensor]:
        """Give the cross-entropy over the labelled pixels."""
        pictures, classes = (part.to(device, non_blocking=True) for part in batch)
        weights = None if self.weights is None else self.weights.to(device)
        logits = net(pictures).float()
        return {"cross-entropy": functional.cross_entropy(logits, classes, weights, ignore_index=UNLABELLED)}

    def validate(self, net: nn.Module, device: str) -> float:
        """Give the mean IoU over all held-out pixels together."""
        found = [
            score(truth_of(one), named(net, one, device), lens="semantic", target=one.target)
            for one in self.judged
        ]
        return pool(found, "dataset").miou


def truth_of(sample: Sample) -> Segmentation:
    """Give the truth that every scene has."""
    assert sample.truth is not None  # ours: scenes have a truth
    return sample.truth


def named(net: nn.Module, sample: Sample, device: str) -> Segmentation:
    """Ask a network about a whole scene, whose sides must suit it."""
    with torch.inference_mode():
        logits = net(torch.from_numpy(colour_of(sample.image))[None].to(device))
    classes = logits[0].argmax(dim=0).cpu().numpy() + 1
    return Segmentation.from_semantic(classes, truth_of(sample).taxonomy)


def median_frequency(truths: NDArray[np.uint8], classes: int) -> Tensor:
    """Weigh each class by median(f) / f, f its share of the pixels of those pictures that have it.

    >>> median_frequency(np.uint8([[[1, 1, 1, 2]]]), 2)
    tensor([0.6667, 2.0000])
    """
    counts = np.stack([np.bincount(truth.ravel(), minlength=classes + 1)[1:] for truth in truths])
    sizes = truths[0].size * (counts > 0).sum(axis=0)
    shares = counts.sum(axis=0) / np.maximum(sizes, 1)
    there = shares > 0
    weights = np.ones(classes)
    weights[there] = np.median(shares[there]) / shares[there]
    return torch.tensor(weights, dtype=torch.float32)


def varied(
    rng: np.random.Generator, one: Example, augment: Augment
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Mirror, enlarge and re-light a picture; its categories are mirrored and enlarged with it."""
    image, truth = one.image, one.semantic
    if augment in ("flip", "all") and rng.random() < 0.5:
        image, truth = image[:, ::-1], truth[:, ::-1]
    if augment == "all" and rng.random() < 0.5:
        image, truth = _closer(rng, image, truth)
    if augment in ("light", "all"):
        image = _relit(rng, image)
    return np.ascontiguousarray(image), np.ascontiguousarray(truth)


def _closer(
    rng: np.random.Generator, image: NDArray[np.uint8], truth: NDArray[np.uint8]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Cut a piece out and enlarge it to the whole size, so that things are met in up to twice their size."""
    side = image.shape[0]
    cut = int(rng.integers(side // 2, side))
    row, col = rng.integers(0, side - cut + 1, 2)
    here = np.s_[row : row + cut, col : col + cut]
    grown = np.asarray(cv2.resize(np.ascontiguousarray(image[here]), (side, side)), np.uint8)
    names = cv2.resize(np.ascontiguousarray(truth[here]), (side, side), interpolation=cv2.INTER_NEAREST)
    return grown, np.asarray(names, np.uint8)


def _relit(rng: np.random.Generator, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Change brightness, contrast and tint, and add a little noise."""
    light: NDArray[Any] = image * (rng.uniform(0.8, 1.2) * rng.uniform(0.94, 1.06, 3)).astype(np.float32)
    light += np.float32(rng.uniform(-20, 20))
    if rng.random() < 0.3:
        light += rng.uniform(0, 6) * rng.standard_normal(image.shape, dtype=np.float32)
    return np.clip(light, 0, 255).astype(np.uint8)
