"""Exercises of lesson 09: what a labelling costs, and which label a pixel takes beside its neighbours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.teaching.exercise import FunctionExercise, Wrong

Labels = NDArray[np.int64]
Floats = NDArray[np.float64]


def energy(labels: Labels, costs: Floats, beta: float) -> float:
    """Add up the costs of the labels, and beta for each two neighbours whose labels differ."""
    rows, columns = np.indices(labels.shape)
    differ = sum(int((np.diff(labels, axis=axis) != 0).sum()) for axis in (0, 1))
    return float(costs[labels, rows, columns].sum() + beta * differ)


def choose(prices: Floats, around: Labels, beta: float) -> int:
    """Give the label that is cheapest beside these neighbours; the lowest of several."""
    bills = [price + beta * (around != label).sum() for label, price in enumerate(prices)]
    return int(np.argmin(bills))


def _fields(rng: np.random.Generator) -> list[tuple[Labels, Floats, float]]:
    labels = [np.array([[0, 2, 2], [0, 1, 0]])]  # labels that differ by two count once
    labels += [rng.integers(0, 3, size) for size in ((3, 4), (5, 4), (6, 8), (20, 30))]
    return [
        (field, rng.integers(1, 30, (3, *field.shape)).astype(float), float(rng.integers(2, 9)))
        for field in labels
    ]


def _pixels(rng: np.random.Generator) -> list[tuple[Floats, Labels, float]]:
    """Make pixels for which each mistake ends in another label, and some at random."""
    low = float(rng.integers(1, 5))
    made = [
        (np.array([low, low + 5]), np.array([1, 1, 1, 0]), 3.0),  # the neighbours win
        (np.array([low, low + 9]), np.array([1, 1, 1, 0]), 3.0),  # the price wins
        (np.array([low + 7, low + 4, low]), np.array([0, 0, 1]), 3.0),  # the middle one wins
        (np.array([low, low + 3, low + 2]), np.array([2, 1]), 0.0),  # nobody is asked
        (np.array([low + 6, low, low + 5]), np.array([2, 2, 0, 2]), 2.0),
        (np.array([low, low + 1]), np.array([0, 0, 0]), 3.0),  # price and neighbours agree
    ]
    for _ in range(5):
        count = int(rng.integers(3, 6))
        around = rng.integers(0, count, int(rng.integers(2, 5)))
        made.append((rng.integers(0, 12, count).astype(float), around, float(rng.integers(1, 5))))
    return made


def _twice(labels: Labels, costs: Floats, beta: float) -> float:
    return energy(labels, costs, 2 * beta)


def _rewarded(labels: Labels, costs: Floats, beta: float) -> float:
    return energy(labels, costs, -beta)


def _by_difference(labels: Labels, costs: Floats, beta: float) -> float:
    steps = sum(int(np.abs(np.diff(labels, axis=axis)).sum()) for axis in (0, 1))
    return energy(labels, costs, 0.0) + float(beta * steps)


def _below_only(labels: Labels, costs: Floats, beta: float) -> float:
    return energy(labels, costs, 0.0) + float(beta * (np.diff(labels, axis=0) != 0).sum())


def _alone(prices: Floats, around: Labels, beta: float) -> int:
    return choose(prices, around, 0.0)


def _outvoted(prices: Floats, around: Labels, beta: float) -> int:
    return int(np.bincount(around, minlength=len(prices)).argmax())


def _likes_to_differ(prices: Floats, around: Labels, beta: float) -> int:
    return choose(prices, around, -beta)


def _dearest(prices: Floats, around: Labels, beta: float) -> int:
    return int(np.argmax([price + beta * (around != label).sum() for label, price in enumerate(prices)]))


EXERCISES = (
    FunctionExercise(
        id="09.1",
        title="The energy of a labelling",
        prompt=(
            "Write `energy(labels, costs, beta)`: each pixel of the (H, W) labels pays the (K, H, W) cost of "
            "its label, and each two pixels that share a side pay `beta` if their labels differ."
        ),
        signature="energy(labels, costs, beta)",
        solution=energy,
        cases=_fields,
        hint="np.take_along_axis(costs, labels[None], axis=0) picks each pixel's own cost.",
        wrong=(
            Wrong("counted twice", _twice, "You count each pair of neighbours from both ends; it pays once."),
            Wrong("rewarded", _rewarded, "You pay neighbours back for being different; they should pay."),
            Wrong(
                "by difference",
                _by_difference,
                "Labels are names: 0 and 2 differ no more than 0 and 1 do. Compare with !=.",
            ),
            Wrong(
                "one direction",
                _below_only,
                "You compare pixels with those below them only; those beside them are neighbours, too.",
            ),
        ),
    ),
    FunctionExercise(
        id="09.2",
        title="One pixel's choice",
        prompt=(
            "Write `choose(prices, around, beta)`: the label that is cheapest for one pixel, which pays "
            "`prices[label]` for its label and `beta` for each neighbour in `around` that bears another."
        ),
        signature="choose(prices, around, beta)",
        solution=choose,
        cases=_pixels,
        hint="Write down the bill of each label in a list, and find the place of the smallest.",
        wrong=(
            Wrong("alone", _alone, "You ask the pixel alone; its neighbours' labels count as well."),
            Wrong(
                "outvoted",
                _outvoted,
                "You take what most neighbours bear; what the pixel pays counts as well.",
            ),
            Wrong(
                "likes to differ",
                _likes_to_differ,
                "You let the pixel pay for neighbours that agree; it pays for those that do not.",
            ),
            Wrong("the dearest", _dearest, "You take the label with the largest bill."),
        ),
    ),
)
