"""Exercises of lesson 24: panoptic quality from its counts, and who matches whom."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.teaching.exercise import FunctionExercise, Wrong

Numbers = NDArray[np.float64]
Names = NDArray[np.int64]


def quality(ious: Numbers, extra: int, missed: int) -> float:
    """Give the panoptic quality of one category; nan where there is nothing."""
    units = len(ious) + extra / 2 + missed / 2
    return float(ious.sum() / units) if units else np.nan


def partners(iou: Numbers, truth_names: Names, guess_names: Names) -> Names:
    """Give the index of each true segment's match, -1 where it has none."""
    good = (iou > 0.5) & (truth_names[:, None] == guess_names)
    return np.where(good.any(axis=1), good.argmax(axis=1), -1)


def _counts(rng: np.random.Generator) -> list[tuple[Numbers, int, int]]:
    def drawn(count: int) -> Numbers:
        """Draw IoUs of matched segments."""
        return rng.uniform(0.51, 1, count).round(2)

    nothing, none_right = np.zeros(0), (np.zeros(0), int(rng.integers(1, 5)), 2)
    return [
        (nothing, 0, 0),
        none_right,
        (drawn(1), 2, 0),
        (drawn(2), 0, int(rng.integers(1, 4))),
        (drawn(5), 3, 1),
        (drawn(8), 0, 0),
    ]


def _tables(rng: np.random.Generator) -> list[tuple[Numbers, Names, Names]]:
    # One pair exactly at the gate, one above it with two names, and the best of a row below it.
    first = np.array([[0.5, 0.0, 0.1], [0.0, 0.8, 0.0], [0.2, 0.0, 0.6]])
    first[2, 2] = round(float(rng.uniform(0.55, 0.9)), 2)
    cases = [(first, np.array([1, 1, 2]), np.array([1, 2, 2]))]
    for truths, guesses in ((4, 3), (5, 5), (8, 12), (20, 16)):
        iou = rng.uniform(0, 0.45, (truths, guesses)).round(2)
        count = min(truths, guesses) - 1
        where = rng.permutation(truths)[:count], rng.permutation(guesses)[:count]
        iou[where] = rng.uniform(0.4, 0.99, count).round(2)
        names = rng.integers(1, 4, truths), rng.integers(1, 4, guesses)
        names[1][where[1]] = names[0][where[0]]
        names[1][where[1][0]] += 1
        cases.append((iou, *names))
    return cases


def _drawn_only(ious: Numbers, extra: int, missed: int) -> float:
    return float(ious.mean()) if len(ious) else 0.0 if extra or missed else np.nan


def _whole(ious: Numbers, extra: int, missed: int) -> float:
    return quality(ious, 2 * extra, 2 * missed)


def _found_only(ious: Numbers, extra: int, missed: int) -> float:
    return quality(np.ones(len(ious)), extra, missed)


def _zero(ious: Numbers, extra: int, missed: int) -> float:
    return float(np.nan_to_num(quality(ious, extra, missed)))


def _half_is_enough(iou: Numbers, truth_names: Names, guess_names: Names) -> Names:
    return partners(np.where(iou == 0.5, 0.51, iou), truth_names, guess_names)


def _nameless(iou: Numbers, truth_names: Names, guess_names: Names) -> Names:
    return partners(iou, np.zeros(len(iou), np.int64), np.zeros(len(guess_names), np.int64))


def _best_of_all(iou: Numbers, truth_names: Names, guess_names: Names) -> Names:
    same = truth_names[:, None] == guess_names
    return np.where(same.any(axis=1), np.where(same, iou, -1).argmax(axis=1), -1)


def _best_then_named(iou: Numbers, truth_names: Names, guess_names: Names) -> Names:
    best = iou.argmax(axis=1)
    return np.where(truth_names == guess_names[best], best, -1)


EXERCISES = (
    FunctionExercise(
        id="24.1",
        title="Panoptic quality from its counts",
        prompt=(
            "Write `quality(ious, extra, missed)`: the panoptic quality of one category from the IoUs of its "
            "matches and two counts; nan if there is nothing at all."
        ),
        signature="quality(ious, extra, missed)",
        solution=quality,
        cases=_counts,
        hint="Add the IoUs up; divide by the matches, half of the extra ones and half of the missed ones.",
        wrong=(
            Wrong(
                "drawn only",
                _drawn_only,
                "That is SQ, the mean IoU of the matches; what is extra or missed must cost something.",
            ),
            Wrong("whole weight", _whole, "What is extra or missed counts one half each, as in F1."),
            Wrong(
                "found only",
                _found_only,
                "That is RQ: each match counts 1 in it. In PQ each counts its IoU, above the line.",
            ),
            Wrong(
                "zero for nothing", _zero, "Where there is nothing to find, 0 would say that all went wrong."
            ),
        ),
    ),
    FunctionExercise(
        id="24.2",
        title="Who matches whom",
        prompt=(
            "Write `partners(iou, truth_names, guess_names)`: for each true segment (a row of `iou`) the "
            "index of the guess that matches it, or -1."
        ),
        signature="partners(iou, truth_names, guess_names)",
        solution=partners,
        cases=_tables,
        hint="Mark the pairs that have one name and an IoU above 0.5; no row has more than one of them.",
        wrong=(
            Wrong("half is enough", _half_is_enough, "An IoU of exactly one half is no match yet."),
            Wrong("names ignored", _nameless, "A car on top of a person is no match, however well it fits."),
            Wrong(
                "no gate",
                _best_of_all,
                "The best guess of a row may still be a bad one: it needs more than half.",
            ),
            Wrong(
                "no gate, names last",
                _best_then_named,
                "You take the best guess first; ask both questions of each pair; the gate is missing too.",
            ),
        ),
    ),
)
