"""Exercises of lesson 36: masks mixed out of prototypes, and suppression in one go."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.teaching.exercise import FunctionExercise, Wrong

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Masks = NDArray[np.bool_]


def masks(coefficients: Floats, prototypes: Floats, boxes: Counts) -> Masks:
    """Mix each mask out of the prototypes and cut it to its box."""
    # The sigmoid of a sum is at least one half where the sum is not below 0.
    return (_summed(coefficients, prototypes) >= 0) & _inside(boxes, prototypes.shape[1:])


def fast_nms(ious: Floats, scores: Floats, overlap: float) -> Counts:
    """Give the indices of the boxes that no surer box covers, surest first."""
    order = np.argsort(-scores, kind="stable")
    table = np.triu(ious[np.ix_(order, order)], 1)  # (i, j): i is surer than j
    return np.asarray(order[table.max(axis=0) <= overlap])


def _summed(coefficients: Floats, prototypes: Floats) -> Floats:
    return np.asarray(np.einsum("nk,khw->nhw", coefficients, prototypes))


def _inside(boxes: Counts, shape: tuple[int, ...], more: int = 0) -> Masks:
    """Give (N, h, w): what lies in each box; `more` pixels are added at its right and at its foot."""
    rows, columns = np.indices(shape)
    left, top, right, bottom = boxes.T[:, :, None, None]
    return np.asarray(
        (rows >= top) & (rows < bottom + more) & (columns >= left) & (columns < right + more), bool
    )


def _prototypes(rng: np.random.Generator) -> list[tuple[Floats, Floats, Counts]]:
    cases = []
    for things, count, height, width in (
        (2, 2, 3, 5),
        (2, 3, 4, 6),
        (3, 4, 5, 8),
        (4, 6, 6, 9),
        (6, 8, 8, 12),
    ):
        coefficients = rng.integers(-4, 5, (things, count)) / 4
        coefficients[0, 0], coefficients[1, 0] = 1.0, -1.0  # added to one thing, taken away from another
        prototypes = rng.integers(0, 6, (count, height, width)).astype(float)
        prototypes[0, 0] += 40  # so sure of the first row that nothing outweighs it
        left, top = rng.integers(0, width // 2, things), rng.integers(0, 2, things)
        right, bottom = left + rng.integers(1, width // 2, things), top + rng.integers(1, height - 1, things)
        top[0], bottom[0] = 0, 1  # a box on the first row, lower than it is wide
        left[0], right[0] = 1, width - 1
        cases.append((coefficients, prototypes, np.stack([left, top, right, bottom], axis=1)))
    return cases


def _overlaps(rng: np.random.Generator) -> list[tuple[Floats, Floats, float]]:
    cases = []
    for count, overlap in ((4, 0.5), (5, 0.5), (6, 0.4), (8, 0.6), (12, 0.5)):
        ious = np.eye(count)
        for i in range(count):
            for j in range(i + 1, count):
                ious[i, j] = ious[j, i] = rng.choice([0.0, 0.0, 0.05, 0.2, 0.3])
        # The surest covers the second, the second the third, but the surest not the third.
        for i, j, value in ((0, 1, overlap + 0.2), (1, 2, overlap + 0.1), (0, 2, 0.1), (2, 3, 0.25)):
            ious[i, j] = ious[j, i] = value
        ious[:3, 3] = ious[3, :3] = (0.3, 0.3, 0.3)  # together more than allowed, each by itself less
        scores = np.sort(rng.choice(np.arange(10, 100), count, replace=False))[::-1] / 100
        mixed = rng.permutation(count)
        if np.array_equal(mixed, np.arange(count)):
            mixed = mixed[::-1]  # a list that is sorted already would not show who forgot to sort
        cases.append((ious[np.ix_(mixed, mixed)], scores[mixed], overlap))
    return cases


def _not_cut(coefficients: Floats, prototypes: Floats, boxes: Counts) -> Masks:
    return _summed(coefficients, prototypes) >= 0


def _cut_too_early(coefficients: Floats, prototypes: Floats, boxes: Counts) -> Masks:
    return _summed(coefficients, prototypes) * _inside(boxes, prototypes.shape[1:]) >= 0


def _rows_first(coefficients: Floats, prototypes: Floats, boxes: Counts) -> Masks:
    turned = _inside(boxes[:, [1, 0, 3, 2]], prototypes.shape[1:])
    return (_summed(coefficients, prototypes) >= 0) & turned


def _both_ends(coefficients: Floats, prototypes: Floats, boxes: Counts) -> Masks:
    return (_summed(coefficients, prototypes) >= 0) & _inside(boxes, prototypes.shape[1:], 1)


def _never_away(coefficients: Floats, prototypes: Floats, boxes: Counts) -> Masks:
    return masks(np.maximum(coefficients, 0), prototypes, boxes)


def _one_by_one(ious: Floats, scores: Floats, overlap: float) -> Counts:
    kept: list[int] = []
    for place in np.argsort(-scores, kind="stable"):
        if all(ious[place, other] <= overlap for other in kept):
            kept.append(int(place))
    return np.array(kept)


def _any_box(ious: Floats, scores: Floats, overlap: float) -> Counts:
    order = np.argsort(-scores, kind="stable")
    table = ious[np.ix_(order, order)] * (1 - np.eye(len(order)))
    return np.asarray(order[table.max(axis=0) <= overlap])


def _with_itself(ious: Floats, scores: Floats, overlap: float) -> Counts:
    order = np.argsort(-scores, kind="stable")
    return np.asarray(order[np.triu(ious[np.ix_(order, order)]).max(axis=0) <= overlap])


def _not_sorted(ious: Floats, scores: Floats, overlap: float) -> Counts:
    return np.flatnonzero(np.triu(ious, 1).max(axis=0) <= overlap)


def _added_up(ious: Floats, scores: Floats, overlap: float) -> Counts:
    order = np.argsort(-scores, kind="stable")
    return np.asarray(order[np.triu(ious[np.ix_(order, order)], 1).sum(axis=0) <= overlap])


EXERCISES = (
    FunctionExercise(
        id="36.1",
        title="Masks out of prototypes",
        prompt=(
            "Write `masks(coefficients, prototypes, boxes)`: (N, h, w) booleans, the sigmoid of each "
            "weighted "
            "sum of (k, h, w) prototypes at least one half, inside of its box (left, top, right, bottom)."
        ),
        signature="masks(coefficients, prototypes, boxes)",
        solution=masks,
        cases=_prototypes,
        hint=(
            "np.einsum('nk,khw->nhw', ...) sums; the sigmoid is at least one half where its sum is at"
            " least 0."
        ),
        wrong=(
            Wrong(
                "not cut",
                _not_cut,
                "The sums look right, but what lies outside of a thing's box is still in its mask.",
            ),
            Wrong(
                "cut before the threshold",
                _cut_too_early,
                (
                    "You set the sum outside of the box to 0, and the sigmoid of 0 is one half, which counts "
                    "as in."
                ),
            ),
            Wrong(
                "rows before columns",
                _rows_first,
                (
                    "A box is left, top, right, bottom: columns come first, while a map's first axis is its "
                    "rows."
                ),
            ),
            Wrong(
                "both ends",
                _both_ends,
                "Right and bottom are the first pixels outside; you take them in as well.",
            ),
            Wrong(
                "never taken away",
                _never_away,
                (
                    "You ignore negative coefficients; they take a prototype away, which is how a mask leaves"
                    " things out."
                ),
            ),
        ),
    ),
    FunctionExercise(
        id="36.2",
        title="Fast-NMS",
        prompt=(
            "Write `fast_nms(ious, scores, overlap)`: the indices, surest first, of the boxes that no surer "
            "box, kept or not, overlaps by more than `overlap`."
        ),
        signature="fast_nms(ious, scores, overlap)",
        solution=fast_nms,
        cases=_overlaps,
        hint=(
            "Sort by score, bring the table into that order, keep what lies above its diagonal, look "
            "down its columns."
        ),
        wrong=(
            Wrong(
                "one by one",
                _one_by_one,
                (
                    "That is ordinary suppression: here a box also goes if the surer one that covers it went "
                    "itself."
                ),
            ),
            Wrong(
                "any box",
                _any_box,
                (
                    "You let a less sure box cover a surer one; only the part above the sorted table's "
                    "diagonal counts."
                ),
            ),
            Wrong(
                "with itself",
                _with_itself,
                "Each box overlaps itself entirely; the diagonal must not count, or nothing is left.",
            ),
            Wrong(
                "not sorted",
                _not_sorted,
                "You take the boxes in the order in which they come; the surest must come first.",
            ),
            Wrong(
                "added up",
                _added_up,
                (
                    "You add the overlaps with all surer boxes; one of them must cover it by itself: the "
                    "highest counts."
                ),
            ),
        ),
    ),
)
