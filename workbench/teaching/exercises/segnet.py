"""Exercises of lesson 32: values put back where their maxima had been, and weights that balance classes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.teaching.exercise import FunctionExercise, Wrong

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
Size = tuple[int, int]


def put_back(values: Floats, places: Places, size: Size) -> Floats:
    """Give the map of that size, with each value at its place."""
    whole = np.zeros(size[0] * size[1])
    whole[places.ravel()] = values.ravel()
    return whole.reshape(size)


def balance(truths: Places, classes: int) -> Floats:
    """Give the weight of each class, median frequency over frequency."""
    frequency = _counts(truths, classes).sum(axis=0) / (_there(truths, classes) * truths[0].size)
    return np.asarray(np.median(frequency) / frequency)


def _counts(truths: Places, classes: int) -> Places:
    """Count the pixels of each class (columns) in each picture (rows)."""
    return np.stack([np.bincount(truth.ravel(), minlength=classes) for truth in truths])


def _there(truths: Places, classes: int) -> Places:
    """Count the pictures that each class occurs in."""
    return np.asarray((_counts(truths, classes) > 0).sum(axis=0))


def _pooled(rng: np.random.Generator) -> list[tuple[Floats, Places, Size]]:
    cases = []
    for height, width in ((1, 2), (2, 3), (3, 2), (4, 5), (6, 6)):
        values = rng.permutation(height * width).reshape(height, width) + 1.0
        down, right = rng.integers(0, 2, (2, height, width))
        # A place below and to the right in each map, or a short cut would go unseen.
        down[0, 0], right[0, -1] = 1, 1
        rows, cols = np.indices((height, width))
        places = ((2 * rows + down) * 2 * width + 2 * cols + right).astype(np.int64)
        cases.append((values.astype(np.float64), places, (2 * height, 2 * width)))
    return cases


def _truths(rng: np.random.Generator) -> list[tuple[Places, int]]:
    cases = [(np.array([[[0, 0, 0, 1]], [[0, 0, 0, 0]]]), 2)]
    for pictures, side, classes in ((3, 4, 3), (4, 6, 4), (6, 8, 5), (8, 12, 6)):
        odds = np.arange(classes, 0, -1.0) ** 2
        truths = rng.choice(classes, (pictures, side, side), p=odds / odds.sum())
        truths[truths == classes - 1] = 0
        truths[0, 0, : 1 + int(rng.integers(3))] = classes - 1  # the rarest is in one picture only
        truths[:, -1, :classes] = np.minimum(np.arange(classes), classes - 2)  # all others in each
        cases.append((truths, classes))
    return cases


def _in_corners(values: Floats, places: Places, size: Size) -> Floats:
    whole = np.zeros(size)
    whole[::2, ::2] = values
    return whole


def _repeated(values: Floats, places: Places, size: Size) -> Floats:
    return values.repeat(2, axis=0).repeat(2, axis=1)


def _in_order(values: Floats, places: Places, size: Size) -> Floats:
    whole = np.zeros(size[0] * size[1])
    whole[np.sort(places.ravel())] = values.ravel()
    return whole.reshape(size)


def _columns_first(values: Floats, places: Places, size: Size) -> Floats:
    whole = np.zeros(size[0] * size[1])
    whole[places.ravel()] = values.ravel()
    return whole.reshape(size[::-1]).T


def _of_all_pictures(truths: Places, classes: int) -> Floats:
    frequency = _counts(truths, classes).sum(axis=0) / truths.size
    return np.asarray(np.median(frequency) / frequency)


def _by_the_mean(truths: Places, classes: int) -> Floats:
    frequency = _counts(truths, classes).sum(axis=0) / (_there(truths, classes) * truths[0].size)
    return np.asarray(frequency.mean() / frequency)


def _upside_down(truths: Places, classes: int) -> Floats:
    return 1 / balance(truths, classes)


def _inverse(truths: Places, classes: int) -> Floats:
    return (_there(truths, classes) * truths[0].size) / _counts(truths, classes).sum(axis=0)


EXERCISES = (
    FunctionExercise(
        id="32.1",
        title="Put back",
        prompt=(
            "Write `put_back(values, places, size)`: a map of `size` with each value at its place, a pixel's "
            "number row by row, and zeros elsewhere."
        ),
        signature="put_back(values, places, size)",
        solution=put_back,
        cases=_pooled,
        hint="Fill a flat array of rows x columns zeros, then reshape it; or look at `out.flat`.",
        wrong=(
            Wrong(
                "upper left",
                _in_corners,
                "Each value stands in the upper left of its four; its place says which of the four it was.",
            ),
            Wrong(
                "everywhere",
                _repeated,
                "You repeat each value in all of its four; only one of them had the maximum.",
            ),
            Wrong(
                "in order of the places",
                _in_order,
                "You sorted the places, so values and places no longer belong together.",
            ),
            Wrong(
                "column by column",
                _columns_first,
                "Places count row by row: number 1 is the second pixel of the first row.",
            ),
        ),
    ),
    FunctionExercise(
        id="32.2",
        title="Median-frequency balancing",
        prompt=(
            "Write `balance(truths, classes)`: for each class the median of all frequencies over its own, a "
            "frequency being its share of the pixels of those pictures that have it."
        ),
        signature="balance(truths, classes)",
        solution=balance,
        cases=_truths,
        hint="Count each class in each picture first: pictures x classes numbers hold all that is needed.",
        wrong=(
            Wrong(
                "of all pictures",
                _of_all_pictures,
                "You divide by the pixels of all pictures; only those in which the class occurs count.",
            ),
            Wrong("mean", _by_the_mean, "You divide the mean of the frequencies; asked is their median."),
            Wrong(
                "upside down",
                _upside_down,
                "Your rare classes weigh least; the frequency of the class belongs below the line.",
            ),
            Wrong(
                "without the median",
                _inverse,
                "That is one over the frequency; times the median, the class in the middle weighs 1.",
            ),
        ),
    ),
)
