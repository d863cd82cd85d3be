"""Exercises of lesson 23: which guesses find a thing, and the average precision of their order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.teaching.exercise import FunctionExercise, Wrong

Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]


def match(ious: Numbers, threshold: float) -> Flags:
    """Say of each guess, surest first, whether it finds a truth that is still free."""
    free, right = np.ones(ious.shape[1], bool), []
    for row in ious:
        best = int(np.where(free, row, -1).argmax())
        right.append(bool(free[best] and row[best] >= threshold))
        free[best] &= not right[-1]
    return np.array(right)


def average_precision(right: Flags, truths: int) -> float:
    """Average the precision over 101 recalls, where a precision is the best from there on."""
    found = np.cumsum(right)
    best = np.maximum.accumulate((found / np.arange(1, len(right) + 1))[::-1])[::-1]
    at = np.searchsorted(found / truths, np.linspace(0, 1, 101))
    return float(np.append(best, 0.0)[at].mean())


def _rivals(rng: np.random.Generator) -> list[tuple[Numbers, float]]:
    # The second's best truth is taken, another is just good enough; the third comes too late for both.
    first = np.array([[0.6, 0.5], [0.7, 0.5], [0.5, 0.0]])
    first[0, 0] += float(rng.integers(1, 9)) / 100
    cases = [(first, 0.5)]
    for guesses, truths in ((4, 3), (6, 6), (12, 8), (25, 30)):
        ious, threshold = rng.random((guesses, truths)) ** 1.5, float(rng.integers(3, 6)) / 10
        ious[-1], ious[:, -1] = 0.0, 0.0
        ious[-1, -1] = threshold  # reaches it, and no more
        cases.append((ious, threshold))
    return cases


def _orders(rng: np.random.Generator) -> list[tuple[Flags, int]]:
    # Begins with a wrong one and never finds the last: precision rises, and recall does not reach 1.
    cases = [(np.array([False, True, True, *([False] * int(rng.integers(0, 3)))]), 3)]
    for count in (6, 12, 30, 100):
        right = rng.random(count) < np.linspace(0.9, 0.2, count)
        right[:3] = True, False, True
        cases.append((right, int(right.sum()) + count // 5))
    return cases


def _used_twice(ious: Numbers, threshold: float) -> Flags:
    return np.asarray(ious.max(axis=1) >= threshold)


def _best_only(ious: Numbers, threshold: float) -> Flags:
    free, right = np.ones(ious.shape[1], bool), []
    for row in ious:
        best = int(row.argmax())
        right.append(bool(free[best] and row[best] >= threshold))
        free[best] &= not right[-1]
    return np.array(right)


def _more_than(ious: Numbers, threshold: float) -> Flags:
    return match(ious, float(np.nextafter(threshold, 1)))


def _weakest_first(ious: Numbers, threshold: float) -> Flags:
    return match(ious[::-1], threshold)[::-1]


def _read(precision: Numbers, recall: Numbers, recalls: int = 101) -> Numbers:
    at = np.searchsorted(recall, np.linspace(0, 1, recalls))
    return np.append(precision, 0.0)[at]


def _curve(right: Flags, truths: int) -> tuple[Numbers, Numbers]:
    found = np.cumsum(right)
    precision = found / np.arange(1, len(right) + 1)
    return np.maximum.accumulate(precision[::-1])[::-1], found / truths


def _raw(right: Flags, truths: int) -> float:
    found = np.cumsum(right)
    return float(_read(found / np.arange(1, len(right) + 1), found / truths).mean())


def _of_those_found(right: Flags, truths: int) -> float:
    return average_precision(right, int(right.sum()))


def _reached_only(right: Flags, truths: int) -> float:
    best, recall = _curve(right, truths)
    return float(_read(best, recall)[np.linspace(0, 1, 101) <= recall[-1]].mean())


def _eleven(right: Flags, truths: int) -> float:
    return float(_read(*_curve(right, truths), 11).mean())


def _precision(right: Flags, truths: int) -> float:
    return float(right.mean())


EXERCISES = (
    FunctionExercise(
        id="23.1",
        title="Which guesses are right",
        prompt=(
            "Write `match(ious, threshold)`: row g, column t is the IoU of guess g and truth t, the surest "
            "guess first. Going down the rows, a guess takes the best truth that is still free, if their "
            "IoU is **at least** the threshold. Say of each guess whether it took one."
        ),
        signature="match(ious, threshold)",
        solution=match,
        cases=_rivals,
        hint="Keep a list of which truths are free; for each row, look at the free columns only.",
        wrong=(
            Wrong(
                "used twice",
                _used_twice,
                "Two of your guesses find the same truth; one that is taken is no longer free.",
            ),
            Wrong(
                "the best or none",
                _best_only,
                "Where the best truth is taken, the guess may still take the best of those left.",
            ),
            Wrong("more than", _more_than, "An IoU that equals the threshold is enough."),
            Wrong(
                "weakest first",
                _weakest_first,
                "You begin at the bottom; the surest guess is on top and chooses first.",
            ),
        ),
    ),
    FunctionExercise(
        id="23.2",
        title="Average precision",
        prompt=(
            "Write `average_precision(right, truths)`: you get whether each guess is right, the surest "
            "first, and how many truths there are. For each of the 101 recalls 0, 0.01 ... 1 take the best "
            "precision among all places of the list whose recall is at least that, 0 if there is none; give "
            "the mean."
        ),
        signature="average_precision(right, truths)",
        solution=average_precision,
        cases=_orders,
        hint=(
            "numpy.cumsum counts what is found at each place of the list: over the place's number it is "
            "precision, over truths it is recall."
        ),
        wrong=(
            Wrong(
                "as it comes",
                _raw,
                "Your precision goes up and down; take the best from a place on, to the end of the list.",
            ),
            Wrong(
                "of those found",
                _of_those_found,
                "Your recall ends at 1 always: divide by all truths, not by those that were found.",
            ),
            Wrong(
                "reached only",
                _reached_only,
                "You leave out the recalls that are never reached; there precision is 0, and counts.",
            ),
            Wrong("eleven recalls", _eleven, "You read the curve at 11 recalls, as VOC did until 2009."),
            Wrong(
                "precision",
                _precision,
                "That is the precision of the whole list; it does not ask whether the surest are right.",
            ),
        ),
    ),
)
