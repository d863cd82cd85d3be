"""Scores of things: how many were found, how well, and how well the guess knows which to trust."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.metrics.means import mean_of
from workbench.metrics.metric import metric
from workbench.metrics.overlap import Overlap

if TYPE_CHECKING:
    from workbench.metrics.facts import Facts

THRESHOLDS = np.linspace(0.5, 0.95, 10)
RECALLS = np.linspace(0, 1, 101)
NAN = float("nan")
Flags = NDArray[np.bool_]
Pair = tuple[float, int]  # an IoU, and the row of the truth it is with


@dataclass(frozen=True, eq=False)
class Detections:
    """Hold one category's guesses, surest first, and which of them are right at each IoU threshold.

    Parameters
    ----------
    truth : how many there are to find.
    right : (10, N) bool, at IoU .50 to .95.
    judged : (10, N) bool; False where a wrong guess lies mostly in void, and is neither right nor wrong.
    ranked : (N,) bool, whether the guess has a score.
    ious : IoU of the pairs matched at 0.5.
    """

    truth: int
    right: Flags
    judged: Flags
    ranked: Flags
    ious: tuple[float, ...]

    @property
    def tp(self) -> int:
        """Count the guesses that match at IoU 0.5."""
        return int(self.right[0].sum())

    @property
    def fp(self) -> int:
        """Count the judged guesses that do not match at IoU 0.5."""
        return int((self.judged[0] & ~self.right[0]).sum())

    @property
    def fn(self) -> int:
        """Count the truths that are not found at IoU 0.5."""
        return self.truth - self.tp

    @property
    def f1(self) -> float:
        """Give the F1 of finding objects at IoU 0.5; nan where there is none on either side."""
        return f1_of(self.tp, self.fp, self.fn)

    @cached_property
    def ap(self) -> float:
        """Average the precision over ten IoU thresholds (COCO's AP); nan where nothing is to be found."""
        return mean_of(self.ap_at(k) for k in range(len(THRESHOLDS)))

    @cached_property
    def ap50(self) -> float:
        """Give the average precision at IoU 0.5."""
        return self.ap_at(0)

    def ap_at(self, k: int) -> float:
        """Give the area under the precision-recall curve, read at 101 recalls (Lin et al., COCO, 2014).

        Guesses without a score cannot be told apart: together they are one point of the curve.
        """
        if not self.truth:
            return NAN
        right, ranked = self.right[k][self.judged[k]], self.ranked[self.judged[k]]
        found, tried = np.cumsum(right), np.arange(1, len(right) + 1)
        ends = ranked | (tried == len(right))
        recall, precision = found[ends] / self.truth, found[ends] / tried[ends]
        best = np.maximum.accumulate(precision[::-1])[::-1]
        at = np.searchsorted(recall, RECALLS, side="left")
        return float(np.append(best, 0.0)[at].mean())


def detect(
    table: Overlap,
    truth_names: Mapping[int, int],
    guess_names: Mapping[int, int],
    scores: Mapping[int, float],
) -> dict[int, Detections]:
    """Match guessed things to true ones, category by category, the surest guess first.

    Each guess takes the best truth that is still free, if their IoU reaches the threshold, as COCO does
    (without its limit of 100 guesses an image); guesses without a score come last, in order of id. A guess
    without a match is not judged when more than half of it lies in void.
    """
    ious, in_void = table.iou(), table.void > 0.5 * table.guess_sizes
    truth = [truth_names.get(n, 0) for n in table.truth_ids.tolist()]
    guess = [guess_names.get(n, 0) for n in table.guess_ids.tolist()]
    trust = [scores.get(n, -1.0) for n in table.guess_ids.tolist()]
    pairs: dict[int, list[Pair]] = {}
    for n in np.flatnonzero(ious >= THRESHOLDS[0]):
        row, column = int(table.rows[n]), int(table.columns[n])
        if truth[row] == guess[column] != 0:
            pairs.setdefault(column, []).append((float(ious[n]), row))
    order: dict[int, list[int]] = {}
    for column in sorted(range(len(guess)), key=lambda column: -trust[column]):
        order.setdefault(guess[column], []).append(column)
    found = {}
    for category in sorted({*truth_names.values(), *guess_names.values()}):
        columns = order.get(category, [])
        matches = [_match(pairs, columns, threshold) for threshold in THRESHOLDS]
        right = np.array([[k in match for k in columns] for match in matches], bool)
        found[category] = Detections(
            truth=truth.count(category),
            right=right,
            judged=right | ~in_void[columns],
            ranked=np.array([trust[k] >= 0 for k in columns], bool),
            ious=tuple(matches[0].values()),
        )
    return found


def f1_of(tp: int, fp: int, fn: int) -> float:
    """Give 2 TP / (2 TP + FP + FN), or nan where there is nothing.

    >>> f1_of(2, 1, 1).__round__(3)
    0.667
    """
    return 2 * tp / (2 * tp + fp + fn) if tp + fp + fn else NAN


def _match(pairs: Mapping[int, list[Pair]], order: list[int], threshold: float) -> dict[int, float]:
    """Give the IoU of each guess that finds a free truth at this threshold."""
    taken: set[int] = set()
    matched = {}
    for guess in order:
        free = [pair for pair in pairs.get(guess, []) if pair[1] not in taken and pair[0] >= threshold]
        if free:
            iou, row = max(free)
            matched[guess] = iou
            taken.add(row)
    return matched


def f1s(facts: Facts) -> dict[int, float]:
    """Give the F1 of finding each category's things at IoU 0.5."""
    return {c: found.f1 for c, found in facts.detections.items()}


def aps(facts: Facts) -> dict[int, float]:
    """Give the average precision of each category, over ten IoU thresholds."""
    return {c: found.ap for c, found in facts.detections.items()}


def ap50s(facts: Facts) -> dict[int, float]:
    """Give the average precision of each category at IoU 0.5."""
    return {c: found.ap50 for c, found in facts.detections.items()}


@metric(
    "F1 at IoU 0.5",
    lenses=["instance"],
    formula="2 TP / (2 TP + FP + FN), counting things",
    undefined="there is no thing in the truth or the guess",
    source="Caicedo et al. 2019",
    each=f1s,
    each_under=["instance"],
)
def f1(facts: Facts) -> float:
    """Give the F1 of finding things at IoU 0.5, over all categories together."""
    every = facts.detections.values()
    return f1_of(*(sum(getattr(found, name) for found in every) for name in ("tp", "fp", "fn")))


@metric(
    "AP",
    lenses=["instance"],
    formula="area under precision over recall, mean over IoU .50 to .95 and categories",
    undefined="the truth has no thing to find",
    source="Lin et al. 2014 (COCO)",
    each=aps,
    each_under=["instance"],
)
def ap(facts: Facts) -> float:
    """Average the average precision over ten IoU thresholds and the categories."""
    return mean_of(aps(facts).values())


@metric(
    "AP50",
    lenses=["instance"],
    formula="area under precision over recall at IoU 0.5, mean over categories",
    undefined="the truth has no thing to find",
    source="Everingham et al. 2010",
    each=ap50s,
    each_under=["instance"],
)
def ap50(facts: Facts) -> float:
    """Average the average precision at IoU 0.5 over the categories."""
    return mean_of(ap50s(facts).values())


@metric(
    "mean matched IoU",
    lenses=["instance"],
    formula="sum of matched IoU / TP",
    undefined="no guess matches a truth at IoU 0.5",
    source="Schmidt et al. 2018 (stardist)",
)
def matched_iou(facts: Facts) -> float:
    """Average the IoU of the things matched at IoU 0.5."""
    return mean_of(iou for found in facts.detections.values() for iou in found.ious)
