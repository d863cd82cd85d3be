"""Boundary scores: how well a guess follows the edges of the truth, whatever lies between them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from workbench.metrics.bands import band_ious
from workbench.metrics.metric import metric
from workbench.metrics.outlines import NOWHERE, Mask, Points, beside, corner_points, filled, nearest
from workbench.segmentation import Ids

if TYPE_CHECKING:
    from workbench.metrics.facts import Facts

NAN = float("nan")
DAVIS_TOLERANCE = 0.008  # of the diagonal
RECALL_TOLERANCE = 0.0025  # of the diagonal, as the superpixel benchmark has it


@dataclass(frozen=True)
class EdgeCounts:
    """Count the boundary pixels of the truth and how many were found, of the guess and how many are right.

    >>> found = EdgeCounts(truth=10, found=5, guess=4, right=4)
    >>> found.precision, found.recall, round(found.f, 3)
    (1.0, 0.5, 0.667)
    """

    truth: int
    found: int
    guess: int
    right: int

    def __add__(self, other: EdgeCounts) -> EdgeCounts:
        """Add the counts of another image, or of another annotator."""
        return EdgeCounts(
            self.truth + other.truth,
            self.found + other.found,
            self.guess + other.guess,
            self.right + other.right,
        )

    @property
    def precision(self) -> float:
        """Give the share of the guess's boundary that is right; nan where it has none."""
        return self.right / self.guess if self.guess else NAN

    @property
    def recall(self) -> float:
        """Give the share of the truth's boundary that was found; nan where it has none."""
        return self.found / self.truth if self.truth else NAN

    @property
    def f(self) -> float:
        """Give the harmonic mean of both; 0 where one side has no boundary, nan where neither has."""
        if not self.truth or not self.guess:
            return NAN if self.truth == self.guess else 0.0
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def davis_radius(size: tuple[int, int]) -> int:
    """Give how far DAVIS lets a boundary be off in a picture of (height, width).

    >>> davis_radius((480, 854))
    8
    """
    return math.ceil(DAVIS_TOLERANCE * float(np.linalg.norm(size)))


def davis_counts(truth: Points, guess: Points, radius: float) -> EdgeCounts:
    """Count the boundary pixels that have one of the other side within the radius (Perazzi et al., 2016).

    Many may share one partner: the benchmark dilates the other boundary by a disk and looks what is inside.

    Parameters
    ----------
    truth, guess : (N, 2) rows and columns, from `corner_points`.
    """
    # The search stops short of its bound, so the bound lies a little beyond the radius.
    found, right = (np.isfinite(nearest(*pair, radius + 1e-6)) for pair in ((truth, guess), (guess, truth)))
    return EdgeCounts(len(truth), int(found.sum()), len(guess), int(right.sum()))


def davis_edges(truth_map: Ids, guess_map: Ids, categories: Sequence[int]) -> dict[int, EdgeCounts]:
    """Count the boundary of each category in two (H, W) maps of category ids; 0 in the truth is void.

    >>> davis_edges(np.array([[1, 1, 1, 2]]), np.array([[1, 1, 2, 2]]), [2])[2]
    EdgeCounts(truth=1, found=1, guess=1, right=1)
    """
    truth, guess = corner_points(truth_map), corner_points(np.where(truth_map == 0, 0, guess_map))
    radius = davis_radius(truth_map.shape)
    return {c: davis_counts(truth.get(c, NOWHERE), guess.get(c, NOWHERE), radius) for c in categories}


def davis_f(truth: Mask, guess: Mask, void: Mask | None = None) -> float:
    """Give DAVIS's F of two (H, W) masks: F1 of boundaries within 0.8 % of the diagonal.

    As the benchmark has it: void is cut out of both masks, and F is 1 where neither has a boundary.

    References
    ----------
    Perazzi et al., "A Benchmark Dataset and Evaluation Methodology for Video Object Segmentation", 2016.

    >>> mask = np.zeros((20, 20), bool); mask[5:15, 5:15] = True
    >>> davis_f(mask, mask), davis_f(mask, ~mask), davis_f(mask, mask & False)
    (1.0, 1.0, 0.0)
    """
    sides = [_cut(side, void).astype(np.int32) for side in (truth, guess)]
    one, two = (corner_points(side).get(1, NOWHERE) for side in sides)
    found = davis_counts(one, two, davis_radius(truth.shape)).f
    return 1.0 if math.isnan(found) else found


def davis_j(truth: Mask, guess: Mask, void: Mask | None = None) -> float:
    """Give DAVIS's J of two (H, W) masks: their IoU, and 1 where both are empty (Perazzi et al., 2016).

    >>> davis_j(np.array([[True, True]]), np.array([[True, False]]))
    0.5
    """
    truth, guess = _cut(truth, void), _cut(guess, void)
    union = int(np.count_nonzero(truth | guess))
    return int(np.count_nonzero(truth & guess)) / union if union else 1.0


def recall_radius(size: tuple[int, int]) -> int:
    """Give how far superpixels may be off, 0.25 % of the diagonal (Stutz, Hermans and Leibe, 2018).

    >>> recall_radius((321, 481)), recall_radius((100, 100))
    (1, 0)
    """
    # Half is rounded up, as C++ does; Python's own round would go to the even neighbour.
    return math.floor(RECALL_TOLERANCE * math.sqrt(size[0] ** 2 + size[1] ** 2) + 0.5)


def square_counts(truth_ids: Ids, guess_ids: Ids, radius: int) -> EdgeCounts:
    """Count the boundary pixels with one of the other side in the square that reaches `radius` pixels.

    A boundary here is two pixels wide: one on either side of the crack. Void makes none, it is `filled`.

    Parameters
    ----------
    truth_ids, guess_ids : (H, W) region ids; 0 in the truth is void, in the guess a region like others.

    >>> truth, guess = np.array([[1, 1, 1, 2, 2, 2]]), np.array([[1, 1, 2, 2, 2, 2]])
    >>> square_counts(truth, guess, 0).recall, square_counts(truth, guess, 1).recall
    (0.5, 1.0)
    """
    void = truth_ids == 0
    truth, guess = beside(filled(truth_ids, void)), beside(filled(guess_ids, void))
    found, right = truth & _grown(guess, radius), guess & _grown(truth, radius)
    return EdgeCounts(*(int(np.count_nonzero(edge)) for edge in (truth, found, guess, right)))


def boundary_ious(facts: Facts) -> dict[int, float]:
    """Give the IoU of each judged category's bands along its edges."""
    bands = facts.bands
    same = bands.truth_ids[bands.rows] == bands.guess_ids[bands.columns]
    met = dict(zip(bands.truth_ids[bands.rows[same]].tolist(), band_ious(bands)[same].tolist(), strict=True))
    there = {*bands.truth_ids.tolist(), *bands.guess_ids.tolist()}
    absent = facts.convention.absent
    return {c.id: met.get(c.id, 0.0 if c.id in there else absent) for c in facts.judged}


def boundary_fs(facts: Facts) -> dict[int, float]:
    """Give DAVIS's F of each judged category's boundary; one that neither side has is undefined."""
    found = {c: edges.f for c, edges in facts.edges.items()}
    return {c: facts.convention.absent if math.isnan(value) else value for c, value in found.items()}


@metric(
    "boundary IoU",
    lenses=["object", "semantic"],
    formula="both bands / (truth's band + guess's band - both bands); band: 2 % of the diagonal, inside",
    undefined="neither the truth nor the guess has a pixel of it",
    source="Cheng et al. 2021",
    cost="boundary",
    each=boundary_ious,
    each_under=["object", "semantic"],
)
def boundary_iou(facts: Facts) -> float:
    """Give the IoU of the bands along the edges: a large object's inside cannot hide a careless outline."""
    return facts.overall(boundary_ious(facts))


@metric(
    "boundary F (DAVIS)",
    lenses=["object", "semantic"],
    formula="2 PR / (P + R), share of boundary pixels within 0.8 % of the diagonal of the other boundary",
    undefined="neither the truth nor the guess has a boundary",
    source="Perazzi et al. 2016",
    cost="boundary",
    each=boundary_fs,
    each_under=["object", "semantic"],
)
def boundary_f(facts: Facts) -> float:
    """Give the F1 of finding boundary pixels within a tolerance; any number may share a partner."""
    return facts.overall(boundary_fs(facts))


@metric(
    "boundary recall",
    lenses=["regions"],
    formula="true boundary pixels with a guessed one within 0.25 % of the diagonal / true boundary pixels",
    undefined="the truth has no boundary",
    source="Stutz, Hermans and Leibe 2018",
    cost="boundary",
)
def boundary_recall(facts: Facts) -> float:
    """Give the share of the true boundary that regions keep to; more regions only help."""
    return facts.squares.recall


def _cut(mask: Mask, void: Mask | None) -> Mask:
    return mask if void is None else mask & ~void


def _grown(mask: Mask, radius: int) -> Mask:
    """Add all pixels in the squares around a mask's pixels."""
    window = np.ones((2 * radius + 1, 2 * radius + 1), np.uint8)
    return cv2.dilate(mask.view(np.uint8), window).view(bool)
