"""Scores of pixels with names: accuracy, IoU, Dice, from a table of categories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.metrics.overlap import Counts, Overlap

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PixelCounts:
    """Count the judged pixels of K categories: those hit, those in the truth, those in the guess.

    Every score is `nan` where it would divide by nothing: a category that is in neither is not judged.

    >>> found = count_pixels(Overlap.of([[1, 1, 2, 2]], [[1, 2, 2, 2]]), [1, 2, 3])
    >>> found.iou.round(3).tolist(), found.dice.round(3).tolist()
    ([0.5, 0.667, nan], [0.667, 0.8, nan])
    """

    hit: Counts
    truth: Counts
    guess: Counts

    @property
    def iou(self) -> Numbers:
        """Give each category's intersection over union (Jaccard, 1912)."""
        return share(self.hit, self.truth + self.guess - self.hit)

    @property
    def dice(self) -> Numbers:
        """Give each category's Dice (1945), which is F1: 2 IoU / (1 + IoU)."""
        return share(2 * self.hit, self.truth + self.guess)

    @property
    def precision(self) -> Numbers:
        """Give the share of each category's guessed pixels that are right."""
        return share(self.hit, self.guess)

    @property
    def recall(self) -> Numbers:
        """Give the share of each category's true pixels that were found; its accuracy, in other words."""
        return share(self.hit, self.truth)

    @property
    def pixel_accuracy(self) -> float:
        """Give the share of judged pixels that carry the right category."""
        return float(share(self.hit.sum(), self.truth.sum()))

    @property
    def fwiou(self) -> float:
        """Give the IoU weighted by how much of the truth each category is (Long et al., 2015)."""
        return float(share(np.nansum(self.truth * self.iou), self.truth.sum()))


def count_pixels(table: Overlap, categories: Sequence[int]) -> PixelCounts:
    """Read K categories off a joint table of category ids; void pixels are left out of all counts."""
    of_truth = dict(zip(table.truth_ids.tolist(), table.truth_sizes.tolist(), strict=True))
    of_guess = dict(zip(table.guess_ids.tolist(), table.judged.tolist(), strict=True))
    same = table.truth_ids[table.rows] == table.guess_ids[table.columns]
    hits = dict(zip(table.truth_ids[table.rows[same]].tolist(), table.pixels[same].tolist(), strict=True))
    counts = [[of.get(c, 0) for c in categories] for of in (hits, of_truth, of_guess)]
    return PixelCounts(*np.array(counts, np.int64).reshape(3, -1))


def share(part: NDArray | float, whole: NDArray | float) -> Numbers:
    """Divide, giving nan where the whole is 0.

    >>> share(np.array([1, 0]), np.array([2, 0])).tolist()
    [0.5, nan]
    """
    part, whole = np.asarray(part, float), np.asarray(whole, float)
    return np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0)


def mean(values: Numbers) -> float:
    """Average what is defined; nan where nothing is, without a warning."""
    defined = values[~np.isnan(values)]
    return float(defined.mean()) if defined.size else float("nan")
