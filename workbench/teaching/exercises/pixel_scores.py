"""Exercises of lesson 20: the IoU of two masks, and the mean IoU of a confusion table."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from workbench.teaching.exercise import FunctionExercise, Wrong

Mask = NDArray[np.bool_]
Table = NDArray[np.int64]  # (K, K): pixels of each category of the truth under each of the guess


def iou(truth: Mask, guess: Mask, void: Mask) -> float:
    """Give the intersection over union of two masks where they are judged; nan where both are empty."""
    judged = ~void
    union = (judged & (truth | guess)).sum()
    return float((judged & truth & guess).sum() / union) if union else math.nan


def mean_iou(table: Table) -> float:
    """Average the IoU over the categories that have a pixel in the truth or in the guess."""
    hits = table.diagonal()
    union = table.sum(axis=0) + table.sum(axis=1) - hits
    return float(np.mean(hits[union > 0] / union[union > 0]))


def _masks(rng: np.random.Generator) -> list[tuple[Mask, Mask, Mask]]:
    # By hand: a hit, a miss, an extra, and one pixel of each kind in void. Then nothing but void to judge.
    truth = np.array([[1, 1, 0, 0], [1, 0, 1, 0]], bool)
    guess = np.array([[1, 0, 1, 0], [0, 1, 1, 0]], bool)
    void = np.zeros((2, 4), bool)
    void[1, :3] = True
    roll = int(rng.integers(0, 4))
    first = (np.roll(truth, roll, axis=1), np.roll(guess, roll, axis=1), np.roll(void, roll, axis=1))
    empty = (np.zeros((3, 3), bool), np.zeros((3, 3), bool), np.zeros((3, 3), bool))
    drawn = [
        (rng.random(size) < 0.4, rng.random(size) < 0.5, rng.random(size) < 0.3)
        for size in ((4, 5), (8, 8), (12, 20), (30, 40))
    ]
    return [first, empty, *drawn]


def _tables(rng: np.random.Generator) -> list[tuple[Table]]:
    cases = [np.array([[6, 2], [1, int(rng.integers(3, 9))]])]
    for count in (3, 4, 6, 9):
        table = rng.integers(1, 200, (count, count)) + np.diag(rng.integers(100, 2000, count))
        # One category is nowhere, another in the guess only.
        absent, invented = rng.permutation(count)[:2]
        table[[absent, invented]] = table[:, [absent]] = 0
        cases.append(table)
    return [(table.astype(np.int64),) for table in cases]


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else math.nan


def _void_judged(truth: Mask, guess: Mask, void: Mask) -> float:
    return iou(truth, guess, np.zeros_like(void))


def _dice(truth: Mask, guess: Mask, void: Mask) -> float:
    truth, guess = truth & ~void, guess & ~void
    return _ratio(2 * (truth & guess).sum(), truth.sum() + guess.sum())


def _agreement(truth: Mask, guess: Mask, void: Mask) -> float:
    return float((truth == guess)[~void].mean())


def _over_the_truth(truth: Mask, guess: Mask, void: Mask) -> float:
    return _ratio((truth & guess & ~void).sum(), (truth & ~void).sum())


def _empty_is_zero(truth: Mask, guess: Mask, void: Mask) -> float:
    found = iou(truth, guess, void)
    return 0.0 if math.isnan(found) else found


def _each(table: Table, absent: float) -> NDArray[np.float64]:
    hits = table.diagonal()
    union = table.sum(axis=0) + table.sum(axis=1) - hits
    return np.where(union > 0, hits / np.maximum(union, 1), absent)


def _absent_is_zero(table: Table) -> float:
    return float(_each(table, 0.0).mean())


def _absent_is_one(table: Table) -> float:
    return float(_each(table, 1.0).mean())


def _mean_recall(table: Table) -> float:
    truth = table.sum(axis=1)
    return float(np.mean(table.diagonal()[truth > 0] / truth[truth > 0]))


def _accuracy(table: Table) -> float:
    return float(table.trace() / table.sum())


def _in_the_truth_only(table: Table) -> float:
    return float(np.mean(_each(table, 0.0)[table.sum(axis=1) > 0]))


EXERCISES = (
    FunctionExercise(
        id="20.1",
        title="Intersection over union",
        prompt=(
            "Write `iou(truth, guess, void)`: the IoU of two boolean masks, where pixels of the boolean mask "
            "`void` are not judged. Give nan where neither mask has a judged pixel."
        ),
        signature="iou(truth, guess, void)",
        solution=iou,
        cases=_masks,
        hint=(
            "Three masks: what is judged, what both call object, what either calls object. "
            "Count with .sum(), and look what you divide by before you divide."
        ),
        wrong=(
            Wrong("void is judged", _void_judged, "You count pixels that are void; leave them out first."),
            Wrong(
                "Dice",
                _dice,
                "You divide twice the hits by the two sizes: that is Dice, in which hits count twice.",
            ),
            Wrong(
                "accuracy",
                _agreement,
                "You count background on which both agree; IoU looks only at what someone calls object.",
            ),
            Wrong(
                "over the truth",
                _over_the_truth,
                "You divide by the truth's pixels alone, so that what is extra costs nothing.",
            ),
            Wrong(
                "empty is zero",
                _empty_is_zero,
                "Where both masks are empty there is nothing to judge: give nan, not 0.",
            ),
        ),
    ),
    FunctionExercise(
        id="20.2",
        title="Mean IoU from a table",
        prompt=(
            "Write `mean_iou(table)`: row t, column g holds how many pixels of category t were called g. "
            "Average the IoU over the categories that have a pixel in the truth **or** the guess."
        ),
        signature="mean_iou(table)",
        solution=mean_iou,
        cases=_tables,
        hint=(
            "Hits are on the diagonal, a row sums to the truth's pixels, a column to the guess's; "
            "the union is row plus column less hits."
        ),
        wrong=(
            Wrong(
                "absent is zero",
                _absent_is_zero,
                "A category that is nowhere counts as 0 in your mean; leave it out.",
            ),
            Wrong(
                "absent is one",
                _absent_is_one,
                "A category that is nowhere counts as perfect in your mean; leave it out.",
            ),
            Wrong(
                "recall",
                _mean_recall,
                "You divide by the rows alone: that is mean accuracy, and what is extra costs nothing.",
            ),
            Wrong(
                "accuracy",
                _accuracy,
                "That is pixel accuracy: large categories decide it. Divide category by category first.",
            ),
            Wrong(
                "of the truth only",
                _in_the_truth_only,
                "A category that only the guess has is an error too: its IoU is 0, and it counts.",
            ),
        ),
    ),
)
