"""Exercises of lesson 21: F with a preference, and one Dice of many pictures in two ways."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.teaching.exercise import FunctionExercise, Wrong

Mask = NDArray[np.bool_]
Counts = NDArray[np.int64]  # (N, 3): hit, extra and missed pixels of each picture
Pair = tuple[float, float]


def f_beta(truth: Mask, guess: Mask, beta: float) -> float:
    """Give the F of two masks, in which recall weighs beta times as much as precision."""
    hit = (truth & guess).sum()
    extra, missed = (guess & ~truth).sum(), (truth & ~guess).sum()
    weight = beta**2
    return float((1 + weight) * hit / ((1 + weight) * hit + weight * missed + extra))


def pooled(counts: Counts) -> Pair:
    """Give the Dice of all pixels together, and the mean of the pictures' Dice."""
    hit, extra, missed = counts.sum(axis=0)
    there = counts[counts.sum(axis=1) > 0]
    each = 2 * there[:, 0] / (2 * there[:, 0] + there[:, 1] + there[:, 2])
    return float(2 * hit / (2 * hit + extra + missed)), float(each.mean())


def _pairs(rng: np.random.Generator) -> list[tuple[Mask, Mask, float]]:
    # Three hits, two extra, one missed: all the mistakes give something else, whichever way it is rolled.
    truth = np.array([[1, 1, 1, 1, 0, 0, 0]], bool)
    guess = np.array([[1, 1, 1, 0, 1, 1, 0]], bool)
    roll = int(rng.integers(0, 7))
    cases = [(np.roll(truth, roll), np.roll(guess, roll), 2.0), (truth, ~truth, 0.5)]
    for size, beta in (((4, 5), 0.5), ((8, 8), 3.0), ((12, 20), 1.0), ((30, 40), 2.0)):
        truth, guess = rng.random(size) < 0.4, rng.random(size) < 0.6
        truth[0, :3], guess[0, 1:4] = True, True  # neither is empty, and they share a pixel
        cases.append((truth, guess, beta))
    return cases


def _lists(rng: np.random.Generator) -> list[tuple[Counts]]:
    # The last picture has no object, and nobody found one there.
    cases = [np.array([[int(rng.integers(5, 9)), 1, 0], [1, 0, 3], [0, 0, 0]])]
    for count in (4, 6, 10, 20):
        counts = rng.integers(0, 1000, (count, 3)) // rng.integers(1, 40, (count, 1))
        counts[0], counts[1], counts[-1] = (900, 40, 30), (3, 20, 30), 0
        cases.append(counts)
    return [(counts.astype(np.int64),) for counts in cases]


def _rates(truth: Mask, guess: Mask) -> Pair:
    hit = (truth & guess).sum()
    return float(hit / guess.sum()), float(hit / truth.sum())


def _harmonic(precision: float, recall: float, weight: float) -> float:
    below = weight * precision + recall
    return (1 + weight) * precision * recall / below if below else 0.0


def _swapped(truth: Mask, guess: Mask, beta: float) -> float:
    return f_beta(guess, truth, beta)


def _not_squared(truth: Mask, guess: Mask, beta: float) -> float:
    return _harmonic(*_rates(truth, guess), beta)


def _always_one(truth: Mask, guess: Mask, beta: float) -> float:
    return f_beta(truth, guess, 1.0)


def _arithmetic(truth: Mask, guess: Mask, beta: float) -> float:
    precision, recall = _rates(truth, guess)
    return (precision + beta**2 * recall) / (1 + beta**2)


def _dices(counts: Counts, empty: float) -> NDArray[np.float64]:
    below = 2 * counts[:, 0] + counts[:, 1] + counts[:, 2]
    return np.where(below > 0, 2 * counts[:, 0] / np.maximum(below, 1), empty)


def _empty_is_one(counts: Counts) -> Pair:
    return pooled(counts)[0], float(_dices(counts, 1.0).mean())


def _empty_is_zero(counts: Counts) -> Pair:
    return pooled(counts)[0], float(_dices(counts, 0.0).mean())


def _other_way_round(counts: Counts) -> Pair:
    whole, mean = pooled(counts)
    return mean, whole


def _of_ious(counts: Counts) -> Pair:
    there = counts[counts.sum(axis=1) > 0]
    hit, *_ = counts.sum(axis=0)
    return float(hit / counts.sum()), float((there[:, 0] / there.sum(axis=1)).mean())


EXERCISES = (
    FunctionExercise(
        id="21.1",
        title="F with a preference",
        prompt=(
            "Write `f_beta(truth, guess, beta)`: F of two boolean masks, where a missed pixel weighs beta "
            "squared times as much as an extra one. Neither mask is empty; they may share no pixel."
        ),
        signature="f_beta(truth, guess, beta)",
        solution=f_beta,
        cases=_pairs,
        hint=(
            "Count hits, extra and missed pixels. With w = beta squared, hits count 1 + w times above and "
            "below; only below come w times the missed and once the extra ones."
        ),
        wrong=(
            Wrong("swapped", _swapped, "You weigh the extra pixels by beta; it belongs to the missed ones."),
            Wrong("not squared", _not_squared, "You weigh by beta itself; it is squared."),
            Wrong("beta forgotten", _always_one, "Your answer is F1 whatever beta is."),
            Wrong(
                "arithmetic mean",
                _arithmetic,
                "You average precision and recall; a harmonic mean is low as soon as one of them is.",
            ),
        ),
    ),
    FunctionExercise(
        id="21.2",
        title="One Dice of many pictures",
        prompt=(
            "Write `pooled(counts)`: of rows (hit, extra, missed), one a picture, give two: the Dice of "
            "all pixels together, and the mean of the pictures' Dice, without those with nothing to judge."
        ),
        signature="pooled(counts)",
        solution=pooled,
        cases=_lists,
        hint="Dice is 2 hit / (2 hit + extra + missed): once of the summed rows, once row by row.",
        wrong=(
            Wrong(
                "empty is one",
                _empty_is_one,
                "A picture in which nobody sees an object counts as perfect in your mean; leave it out.",
            ),
            Wrong(
                "empty is zero",
                _empty_is_zero,
                "A picture in which nobody sees an object counts as 0 in your mean; leave it out.",
            ),
            Wrong(
                "the other way round",
                _other_way_round,
                "Both numbers are there, in the other order: all pixels together come first.",
            ),
            Wrong("IoU", _of_ious, "You divide hits by the union, which is IoU; in Dice they count twice."),
        ),
    ),
)
