"""Exercises of lesson 35: non-maximum suppression, and reading a map between its pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.teaching.exercise import FunctionExercise, Wrong

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


def suppressed(boxes: Floats, scores: Floats, overlap: float) -> Counts:
    """Give the indices of the boxes that no kept box covers, surest first."""
    return _thinned(_ious(boxes), np.argsort(-scores, kind="stable"), overlap)


def bilinear(values: Floats, row: float, column: float) -> float:
    """Read a map between its four nearest pixels."""
    rows, columns = _shares(row, values.shape[0]), _shares(column, values.shape[1])
    return float(rows @ values @ columns)


def _thinned(ious: Floats, order: Counts, overlap: float) -> Counts:
    kept: list[int] = []
    for place in order:
        if all(ious[place, other] <= overlap for other in kept):
            kept.append(int(place))
    return np.array(kept)


def _shared(boxes: Floats) -> Floats:
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    return np.asarray(np.maximum(high - low, 0).prod(axis=2))


def _ious(boxes: Floats) -> Floats:
    both, areas = _shared(boxes), (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    return np.asarray(both / (areas[:, None] + areas[None] - both))


def _shares(place: float, count: int) -> Floats:
    """Give the share of each of `count` pixels in what is read at a place."""
    return np.maximum(0, 1 - np.abs(place - np.arange(count)))


def _boxes(rng: np.random.Generator) -> list[tuple[Floats, Floats, float]]:
    cases = []
    for more in (0, 1, 3, 6, 10):
        left, top = 40 * rng.integers(0, 3), 60 * rng.integers(1, 3)
        boxes = [
            # A chain: each covers the next one by 0.6, the first the third by no more than a third.
            (left, top, left + 20, top + 10),
            (left + 5, top, left + 25, top + 10),
            (left + 10, top, left + 30, top + 10),
            # A small one inside of the first: all of it is shared, but a small part of what either covers.
            (left, top, left + 6, top + 8),
        ]
        for _ in range(more):
            x, y = rng.integers(0, 160), rng.integers(80, 200)
            boxes.append((x, y, x + rng.integers(4, 40), y + rng.integers(4, 30)))
        scores = np.sort(rng.choice(np.arange(10, 100), len(boxes), replace=False))[::-1] / 100
        order = rng.permutation(len(boxes))
        if np.array_equal(order, np.arange(len(boxes))):
            order = order[::-1]  # a list that is sorted already would not show who forgot to sort
        cases.append((np.array(boxes, float)[order], scores[order], 0.55))
    return cases


def _maps(rng: np.random.Generator) -> list[tuple[Floats, float, float]]:
    cases = []
    for height, width in ((2, 3), (2, 4), (3, 5), (4, 6), (5, 9), (6, 9)):
        values = rng.integers(0, 50, (height, width)).astype(float)
        values[0, 0] += 60
        row, column = rng.integers(0, height - 1) + 0.25, rng.integers(0, width - 1) + 0.7
        cases.append((values, float(row), float(column)))
    cases[2] = (cases[2][0], 2.0, cases[2][2])  # on the last row
    cases[4] = (cases[4][0], cases[4][1], 8.0)  # on the last column
    return cases


def _any_surer(boxes: Floats, scores: Floats, overlap: float) -> Counts:
    order = np.argsort(-scores, kind="stable")
    return np.asarray(order[np.triu(_ious(boxes[order]), 1).max(axis=0) <= overlap])


def _least_first(boxes: Floats, scores: Floats, overlap: float) -> Counts:
    return _thinned(_ious(boxes), np.argsort(scores, kind="stable"), overlap)


def _as_they_come(boxes: Floats, scores: Floats, overlap: float) -> Counts:
    return np.sort(suppressed(boxes, scores, overlap))


def _of_the_smaller(boxes: Floats, scores: Floats, overlap: float) -> Counts:
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    shares = _shared(boxes) / np.minimum(areas[:, None], areas[None])
    return _thinned(shares, np.argsort(-scores, kind="stable"), overlap)


def _all_touching(boxes: Floats, scores: Floats, overlap: float) -> Counts:
    return _thinned(_ious(boxes), np.argsort(-scores, kind="stable"), 0.0)


def _nearest(values: Floats, row: float, column: float) -> float:
    return float(values[round(row), round(column)])


def _cut_off(values: Floats, row: float, column: float) -> float:
    return float(values[int(row), int(column)])


def _mean_of_four(values: Floats, row: float, column: float) -> float:
    up, left = int(row), int(column)
    return float(values[up : up + 2, left : left + 2].mean())


def _far_first(values: Floats, row: float, column: float) -> float:
    up, left = min(int(row), values.shape[0] - 2), min(int(column), values.shape[1] - 2)
    down, right = row - up, column - left
    rows, columns = np.array([down, 1 - down]), np.array([right, 1 - right])
    return float(rows @ values[up : up + 2, left : left + 2] @ columns)


def _half_a_pixel(values: Floats, row: float, column: float) -> float:
    return bilinear(values, max(row - 0.5, 0.0), max(column - 0.5, 0.0))


EXERCISES = (
    FunctionExercise(
        id="35.1",
        title="Non-maximum suppression",
        prompt=(
            "Write `suppressed(boxes, scores, overlap)`: the indices, surest first, of the boxes (left, top, "
            "right, bottom) whose IoU with every box kept before is at most `overlap`."
        ),
        signature="suppressed(boxes, scores, overlap)",
        solution=suppressed,
        cases=_boxes,
        hint=(
            "Go through np.argsort(-scores) with a list of what is kept; what two boxes share lies "
            "between the "
            "larger of their left and top edges and the smaller of their right and bottom ones."
        ),
        wrong=(
            Wrong(
                "any surer box",
                _any_surer,
                "A box that was dropped must not drop others; yours does, as in Fast-NMS.",
            ),
            Wrong(
                "least sure first",
                _least_first,
                "You begin with the least sure box, so that it drops the surer ones.",
            ),
            Wrong(
                "as they come",
                _as_they_come,
                "The right boxes, but in the order in which they came; the surest is to come first.",
            ),
            Wrong(
                "share of the smaller box",
                _of_the_smaller,
                "You divide by the smaller box; the IoU divides what both cover by what either covers.",
            ),
            Wrong(
                "all that touch",
                _all_touching,
                "You drop every box that meets a kept one; up to the allowed overlap it may stay.",
            ),
        ),
    ),
    FunctionExercise(
        id="35.2",
        title="Between four pixels",
        prompt=(
            "Write `bilinear(values, row, column)`: an (H, W) map read at a place between its pixels, whose "
            "values are at whole rows and columns; the last row and column belong to the map."
        ),
        signature="bilinear(values, row, column)",
        solution=bilinear,
        cases=_maps,
        hint=(
            "Find the pixel above and left, but at most the last but one; the rest of row and column "
            "says how "
            "much the pixels below and right count."
        ),
        wrong=(
            Wrong(
                "nearest pixel",
                _nearest,
                "You round the place to the nearest pixel, which is what RoIPool does.",
            ),
            Wrong(
                "cut off",
                _cut_off,
                "You drop what comes after the point, so the place moves up and left by up to a pixel.",
            ),
            Wrong(
                "mean of four",
                _mean_of_four,
                "The four pixels do not count alike: the nearer one is to the place, the more it counts.",
            ),
            Wrong(
                "far pixels count more",
                _far_first,
                (
                    "Your shares are exchanged: at 0.25 below a pixel, that pixel counts 0.75 and the next "
                    "one 0.25."
                ),
            ),
            Wrong(
                "half a pixel",
                _half_a_pixel,
                "You take half a pixel off; here a pixel's value is at the whole number already.",
            ),
        ),
    ),
)
