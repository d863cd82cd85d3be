"""What random fields begin with: another method's answer, and what each of its labels costs at each pixel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.image import Image
from workbench.registry import Accepts, Label, Start
from workbench.segmentation import Segmentation, present
from workbench.trace import recording, stage

MOST_LABELS = 32  # more are slow, and their colours no longer tell them apart
MOST_FRAMES = 10  # of a film
FLOOR = 4.0  # least variance of a label's colours, in squared grey levels
TRUST = 0.7  # how likely a pixel's label is right where the labels themselves are the evidence

Costs = NDArray[np.float32]
Labels = NDArray[np.intp]
From = Annotated[
    Start,
    Accepts("foreground", "partition", "semantic", "panoptic"),
    Label("Refine", "The answer to begin with; each of its segments is a label."),
]
Evidence = Annotated[
    Literal["colours", "labels"],
    Label("Evidence", "What a pixel is judged by: the colours of each segment, or the label it had."),
]


@dataclass(frozen=True, eq=False)
class Labelled:
    """Hold an answer as labels.

    start : the answer. labels : (H, W) from 0 to K - 1 in the order of its segments, -1 where it is void.
    """

    start: Segmentation
    labels: Labels = field(init=False)

    def __post_init__(self) -> None:
        order = {number: n + 1 for n, number in enumerate(self.start.segments)}
        object.__setattr__(self, "labels", self.start.paint(order).astype(np.intp) - 1)

    @property
    def count(self) -> int:
        """Say how many labels there are; an answer that is void everywhere has one, which is void."""
        return max(len(self.start.segments), 1)

    def name(self, label: int) -> str:
        """Say what a label stands for."""
        number = list(self.start.segments)[label]
        category = self.start.segments[number].category
        return f"{category.name} ({number})" if category else f"segment {number}"

    def answer(self, labels: Labels) -> Segmentation:
        """Give other (H, W) labels as a segmentation of the same kind; segments that vanished go."""
        ids = np.array(list(self.start.segments) or [0], np.int32)[labels]
        kept = {n: self.start.segments[n] for n in present(ids)}
        return Segmentation(ids, kept, self.start.taxonomy, self.start.yields)


def labelled(start: Segmentation) -> Labelled:
    """Read an answer as labels, and show it.

    Raises
    ------
    ValueError : it has more segments than a random field can tell apart.
    """
    if len(start.segments) > MOST_LABELS:
        raise ValueError(
            f"start must have at most {MOST_LABELS} segments, got {len(start.segments)}; merge them first, "
            "or ask its method for fewer"
        )
    stage("start", start.ids, f"{start.summary()} to begin with", kind="labels")
    return Labelled(start)


def costs_of(image: Image, given: Labelled, evidence: str) -> Costs:
    """Give the (K, H, W) cost of each label at each pixel, -ln P of what is seen there, up to a constant.

    Evidence "colours": a normal distribution of the colours under each label of the start, its variance in
    any direction at least 4 squared grey levels. Evidence "labels": the start is right with 70 %, and all
    other labels share the rest; where it is void, all labels cost the same.
    """
    costs = np.zeros((given.count, *given.labels.shape), np.float32)
    if evidence == "labels":
        wrong = (1 - TRUST) / max(given.count - 1, 1)
        costs[:, given.labels >= 0] = -np.log(wrong)
        rows, columns = np.nonzero(given.labels >= 0)
        costs[given.labels[rows, columns], rows, columns] = -np.log(TRUST)
    else:
        pixels = image.astype(np.float32)
        for label in range(given.count):
            inside = pixels[given.labels == label]
            if len(inside):
                costs[label] = _unlikeliness(pixels, inside)
    return costs


def _unlikeliness(pixels: NDArray[np.float32], inside: NDArray[np.float32]) -> Costs:
    """Give -ln of the normal density that fits the (N, 3) colours inside, at all (H, W, 3) pixels."""
    mean = inside.mean(axis=0, dtype=np.float64)
    away = inside - mean
    spread = away.T @ away / len(inside) + FLOOR * np.eye(3)
    # In the eigenvectors' directions, each by its deviation, the distribution is round: |white|^2 / 2.
    variances, directions = np.linalg.eigh(spread)
    whiten = (directions / np.sqrt(variances)).T
    white = cv2.transform(pixels, np.column_stack([whiten, -whiten @ mean]))
    return np.asarray(np.square(white).sum(axis=2) / 2 + np.log(variances).sum() / 2, np.float32)


def show_costs(given: Labelled, costs: Costs) -> None:
    """Show what each label costs, a frame each; of many labels, the first ten."""
    for label in range(min(len(given.start.segments), MOST_FRAMES)):
        name = given.name(label)
        # What is far beyond the cheapest label's cost is all the same.
        over = np.minimum(costs[label] - costs.min(axis=0), 20)
        stage(f"unary: {name}", over, f"bright where {name} costs more than the cheapest label", film="unary")


def show_frame(
    given: Labelled, labels: Labels | Callable[[], Labels], word: str, done: int, total: int
) -> None:
    """Show the (H, W) labels after a step, if it is one of the ten that a film of so many steps has."""
    if recording() and done * MOST_FRAMES // total != (done - 1) * MOST_FRAMES // total:
        now = labels() if callable(labels) else labels
        told = f"{(now != given.labels).mean():.1%} of the pixels changed"
        stage(f"after {word} {done + 1}", now + 1, told, kind="labels", film="iterations")
