"""Scores of pixels with names: accuracy, IoU, Dice, from a table of categories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.metrics.comparison import TARGET
from workbench.metrics.metric import metric
from workbench.metrics.overlap import Counts, Overlap

if TYPE_CHECKING:
    from workbench.metrics.facts import Facts

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


PIXELS = ("object", "semantic", "instance", "panoptic")


def ious(facts: Facts) -> dict[int, float]:
    """Give the IoU of each judged category."""
    return _or_absent(facts, facts.pixels.iou)


def dices(facts: Facts) -> dict[int, float]:
    """Give the Dice of each judged category."""
    return _or_absent(facts, facts.pixels.dice)


def precisions(facts: Facts) -> dict[int, float]:
    """Give the precision of each judged category's pixels."""
    return facts.by_category(facts.pixels.precision)


def recalls(facts: Facts) -> dict[int, float]:
    """Give the recall of each judged category's pixels."""
    return facts.by_category(facts.pixels.recall)


@metric(
    "IoU",
    lenses=["object"],
    formula="TP / (TP + FP + FN)",
    undefined="neither the truth nor the guess has a pixel of it",
    source="Jaccard 1912",
    each=ious,
    each_under=PIXELS,
)
def iou(facts: Facts) -> float:
    """Give the share of all pixels called target, by truth or guess, on which the two agree."""
    return ious(facts)[TARGET]


@metric(
    "Dice",
    lenses=["object"],
    formula="2 TP / (2 TP + FP + FN)",
    undefined="neither the truth nor the guess has a pixel of it",
    source="Dice 1945; the F1 score, van Rijsbergen 1979",
    each=dices,
    each_under=PIXELS,
)
def dice(facts: Facts) -> float:
    """Give twice the agreement over the two sizes: 2 IoU / (1 + IoU)."""
    return dices(facts)[TARGET]


@metric(
    "precision",
    lenses=["object"],
    formula="TP / (TP + FP)",
    undefined="the guess has no judged pixel of it",
    source="Kent et al. 1955",
    each=precisions,
    each_under=PIXELS,
)
def precision(facts: Facts) -> float:
    """Give the share of guessed pixels that are right."""
    return precisions(facts)[TARGET]


@metric(
    "recall",
    lenses=["object"],
    formula="TP / (TP + FN)",
    undefined="the truth has no pixel of it",
    source="Kent et al. 1955",
    each=recalls,
    each_under=PIXELS,
)
def recall(facts: Facts) -> float:
    """Give the share of true pixels that were found."""
    return recalls(facts)[TARGET]


@metric(
    "pixel accuracy",
    lenses=["semantic"],
    formula="right pixels / judged pixels",
    undefined="the truth has no judged pixel",
    source="Long, Shelhamer and Darrell 2015",
)
def pixel_accuracy(facts: Facts) -> float:
    """Give the share of judged pixels that carry the right category."""
    return facts.pixels.pixel_accuracy


@metric(
    "mean accuracy",
    lenses=["semantic"],
    formula="mean over categories of TP / (TP + FN)",
    undefined="the truth has no judged pixel",
    source="Long, Shelhamer and Darrell 2015",
)
def mean_accuracy(facts: Facts) -> float:
    """Average the recall over the categories of the truth."""
    return facts.mean(recalls(facts))


@metric(
    "mean IoU",
    lenses=["semantic"],
    formula="mean over categories of TP / (TP + FP + FN)",
    undefined="the truth has no judged pixel",
    source="Everingham et al. 2010",
)
def miou(facts: Facts) -> float:
    """Average the IoU over the categories that are in the truth or the guess."""
    return facts.mean(ious(facts))


@metric(
    "mean Dice",
    lenses=["semantic"],
    formula="mean over categories of 2 TP / (2 TP + FP + FN)",
    undefined="the truth has no judged pixel",
    source="Dice 1945",
)
def mdice(facts: Facts) -> float:
    """Average the Dice over the categories that are in the truth or the guess."""
    return facts.mean(dices(facts))


@metric(
    "frequency-weighted IoU",
    lenses=["semantic"],
    formula="sum over categories of (share of the truth) x IoU",
    undefined="the truth has no judged pixel",
    source="Long, Shelhamer and Darrell 2015",
)
def fwiou(facts: Facts) -> float:
    """Average the IoU, each category weighted by how much of the truth it is."""
    return facts.pixels.fwiou


@metric(
    "ADE20K final score",
    lenses=["semantic"],
    formula="(pixel accuracy + mean IoU) / 2",
    undefined="the truth has no judged pixel",
    source="Zhou et al. 2017",
)
def ade_score(facts: Facts) -> float:
    """Average pixel accuracy and mean IoU, as the scene parsing challenge ranks."""
    return (pixel_accuracy(facts) + miou(facts)) / 2


def _or_absent(facts: Facts, values: Numbers) -> dict[int, float]:
    """Name the numbers, and give what is in neither truth nor guess the value of the convention."""
    absent = facts.convention.absent
    return facts.by_category(np.where(np.isnan(values), absent, values))
