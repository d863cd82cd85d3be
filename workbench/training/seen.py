"""What is seen of the things in generated scenes: a box each; pieces of scenes, and varied ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workbench.instances import Instances
from workbench.metrics.boxes import boxes as boxes_in
from workbench.sample import Sample
from workbench.segmentation import Segmentation
from workbench.taxonomy import Taxonomy
from workbench.training.detection import SMALLEST, relit
from workbench.training.shelf import Example

Image = NDArray[np.uint8]
PIECES = ((0, 0), (0, 1), (1, 0), (1, 1))  # quarters of a scene: rows and columns of halves


@dataclass(frozen=True, eq=False)
class Things:
    """Hold what is seen of N things of one picture: of each a box, its kind and its pixels.

    boxes : (N, 4) left, top, right, bottom edges of what is seen, in pixels. labels : (N,) from 1.
    pixels : (N,) that are seen.
    """

    boxes: Tensor
    labels: Tensor
    pixels: Tensor

    @property
    def largest(self) -> int:
        """Give the place of the thing of which most is seen; of two, the first."""
        return int(self.pixels.argmax())


def seen_in(visible: NDArray[np.int32], labels: Sequence[int], scale: float = 1.0) -> Things:
    """Put a box around what is seen of each thing; those of which hardly anything is seen are left out.

    Parameters
    ----------
    visible : (H, W), 1 + the number of the thing that is seen at each pixel, or 0. labels : (N,) from 1.
    scale : how often the picture is enlarged.

    >>> seen_in(np.repeat(np.int32([[0, 1, 1]]), 8, axis=0), [3], scale=2.0).boxes.tolist()
    [[2.0, 0.0, 6.0, 16.0]]
    """
    pixels = np.bincount(visible.ravel(), minlength=len(labels) + 1)
    found = [(n, box) for n, box in boxes_in(visible).items() if pixels[n] >= SMALLEST]
    edges = np.array([(left, top, right, bottom) for _, (top, left, bottom, right) in found], np.float32)
    return Things(
        torch.from_numpy(edges.reshape(-1, 4) * np.float32(scale)),
        torch.tensor([labels[n - 1] for n, _ in found], dtype=torch.int64),
        torch.tensor([int(pixels[n]) for n, _ in found], dtype=torch.int64),
    )


def varied(
    rng: np.random.Generator, one: Example, tax: Taxonomy, closest: float = 0.5
) -> tuple[Image, Things]:
    """Cut out, enlarge, mirror and re-light a picture; give what is then seen of its things."""
    side = one.image.shape[0]
    # As many pieces between one and two times enlarged as between two and four.
    cut = max(1, round(side * closest ** rng.random()))
    row, col = rng.integers(0, side - cut + 1, 2)
    here = np.s_[row : row + cut, col : col + cut]
    image, visible = one.image[here], one.visible[here]
    if rng.random() < 0.5:
        image, visible = image[:, ::-1], visible[:, ::-1]
    grown = np.asarray(cv2.resize(np.ascontiguousarray(image), (side, side)), np.uint8)
    return relit(rng, grown), seen_in(visible, kinds_of(one.labels, tax), side / cut)


def kinds_of(ids: Sequence[int] | NDArray[np.int64], tax: Taxonomy) -> list[int]:
    """Count the taxonomy's things from 1: the label of each category id."""
    place = {category.id: k for k, category in enumerate(tax.things, 1)}
    return [place[int(number)] for number in ids]


def things_of(sample: Sample) -> Things:
    """Give what is seen of the things of a scene."""
    visible, labels = _seen(sample)
    return seen_in(visible, labels)


def quarters(sample: Sample) -> list[tuple[Image, Things]]:
    """Cut a scene into four, each enlarged to the scene's own size."""
    visible, labels = _seen(sample)
    height, width = sample.shape
    parts = []
    for row, col in PIECES:
        down, right = height // 2, width // 2
        here = np.s_[row * down : (row + 1) * down, col * right : (col + 1) * right]
        grown = cv2.resize(np.ascontiguousarray(sample.image[here]), (width, height))
        parts.append((np.asarray(grown, np.uint8), seen_in(visible[here], labels, 2.0)))
    return parts


def true_boxes(sample: Sample) -> Instances:
    """Give a scene's things as masks that are the boxes of what is seen of them.

    Things of which hardly anything is seen need not be found, and whoever finds them is not blamed.
    """
    visible, labels = _seen(sample)
    tax = truth_of(sample).taxonomy
    found = boxes_in(visible)
    pixels = np.bincount(visible.ravel(), minlength=len(labels) + 1)
    masks = np.zeros((len(found), *sample.shape), bool)
    for mask, (top, left, bottom, right) in zip(masks, found.values(), strict=True):
        mask[top:bottom, left:right] = True
    crowd = [k for k, n in enumerate(found) if pixels[n] < SMALLEST]
    return Instances.from_masks(masks, [tax.things[labels[n - 1] - 1].id for n in found], tax, crowd=crowd)


def present(seen: Things, things: int) -> Tensor:
    """Say of each kind whether it is there: (things,) of 0 or 1."""
    there = torch.zeros(things)
    there[seen.labels - 1] = 1
    return there


def _seen(sample: Sample) -> tuple[NDArray[np.int32], list[int]]:
    """Give which thing is seen at each pixel, counted from 1, and the label of each."""
    truth = truth_of(sample)
    named = {n: part.category for n, part in truth.segments.items() if part.category}
    things = {n: category.id for n, category in named.items() if category.kind == "thing"}
    visible = truth.paint({number: place for place, number in enumerate(things, 1)})
    return visible, kinds_of(list(things.values()), truth.taxonomy)


def truth_of(sample: Sample) -> Segmentation:
    """Give the truth that every scene has."""
    assert sample.truth is not None  # ours: scenes have a truth
    return sample.truth
