"""Exercises of lesson 60: counting at the edge, the growth of a culture, a count that is right by luck."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.teaching.exercise import ChoiceExercise, FunctionExercise, Wrong

Ids = NDArray[np.int64]
Numbers = NDArray[np.float64]


def counted(ids: Ids) -> int:
    """Count the cells that touch neither the last row nor the last column (Gundersen, 1977)."""
    forbidden = np.union1d(ids[-1], ids[:, -1])
    return len(np.setdiff1d(ids[ids > 0], forbidden))


def doubling_time(hours: Numbers, counts: Ids) -> float:
    """Give the doubling time by a straight line through the logarithms of the counts."""
    return float(1 / np.polyfit(hours, np.log2(counts), 1)[0])


def _dishes(rng: np.random.Generator) -> list[tuple[Ids]]:
    # One inside, one at each kind of edge, and the last in a corner: no other rule gives the same count.
    small = np.array([[1, 0, 2, 0], [0, 3, 0, 4], [5, 0, 0, 0], [0, 0, 6, 0]])
    dishes = [(small * int(rng.integers(1, 9)),)]
    for side, cells in ((8, 8), (12, 16), (20, 30), (60, 120)):
        ids = np.zeros((side, side), int)
        numbers = rng.permutation(np.arange(1, 4 * cells))[: cells + 4]
        for number, (row, column) in zip(numbers, rng.integers(0, side, (cells, 2)), strict=False):
            ids[row : row + 2, column : column + 2] = number
        ids[0, 0], ids[0, 2], ids[-1, 1], ids[3, -1] = numbers[-4:]  # one on each side at least
        ids[1:3, 3:5] = 4 * cells + 7  # and one that touches none
        dishes.append((ids,))
    return dishes


def _cultures(rng: np.random.Generator) -> list[tuple[Numbers, Ids]]:
    cases = []
    for times, shrinks in ((4, False), (5, False), (6, True), (9, False), (20, False)):
        hours = np.cumsum(rng.choice([2.0, 3.0, 6.0, 9.0], times)) - 2
        hours[-1] += 5  # unevenly spaced, so that the ends alone do not tell the slope
        growth = 2 ** (hours / float(rng.uniform(12, 30)) * (-1 if shrinks else 1))
        counts = np.round(float(rng.integers(400, 900)) * growth * rng.uniform(0.8, 1.25, times)).astype(int)
        counts[1] = round(counts[1] * 1.3)
        cases.append((hours, counts))
    return cases


def _all(ids: Ids) -> int:
    return len(np.unique(ids[ids > 0]))


def _none_at_the_edge(ids: Ids) -> int:
    edge = np.concatenate([ids[0], ids[-1], ids[:, 0], ids[:, -1]])
    return len(np.setdiff1d(ids[ids > 0], edge))


def _pixels_cut_off(ids: Ids) -> int:
    return _all(ids[:-1, :-1])


def _ground_too(ids: Ids) -> int:
    return counted(ids) + 1


def _one_side(ids: Ids) -> int:
    return len(np.setdiff1d(ids[ids > 0], ids[-1]))


def _natural(hours: Numbers, counts: Ids) -> float:
    return float(1 / np.polyfit(hours, np.log(counts), 1)[0])


def _slope(hours: Numbers, counts: Ids) -> float:
    return float(np.polyfit(hours, np.log2(counts), 1)[0])


def _ends(hours: Numbers, counts: Ids) -> float:
    return float((hours[-1] - hours[0]) / (np.log2(counts[-1]) - np.log2(counts[0])))


def _straight(hours: Numbers, counts: Ids) -> float:
    slope, start = np.polyfit(hours, counts, 1)
    return float(start / slope)


EXERCISES = (
    FunctionExercise(
        id="60.1",
        title="Counting at the edge",
        prompt=(
            "Write `counted(ids)`: how many cells of a map of numbers (0 is ground) touch neither the last "
            "row nor the last column."
        ),
        signature="counted(ids)",
        solution=counted,
        cases=_dishes,
        hint="Which numbers are in the last row or the last column? All other numbers count, but not 0.",
        wrong=(
            Wrong("all", _all, "You count all that show, so a cell on a border counts in two windows."),
            Wrong(
                "none at the edge",
                _none_at_the_edge,
                "You forbid all four sides; then a cell on a border counts in no window. Forbid two.",
            ),
            Wrong(
                "cut off",
                _pixels_cut_off,
                "You cut the last row and column off, but what reaches them is still seen beside them.",
            ),
            Wrong("ground too", _ground_too, "You count one too many: 0 is the ground, not a cell."),
            Wrong("one side", _one_side, "You look at the last row alone; the last column is forbidden too."),
        ),
    ),
    FunctionExercise(
        id="60.2",
        title="How fast does it grow?",
        prompt=(
            "Write `doubling_time(hours, counts)`: fit a straight line to the logarithm of the counts, and "
            "give the hours in which the culture doubles."
        ),
        signature="doubling_time(hours, counts)",
        solution=doubling_time,
        cases=_cultures,
        hint="With logarithms to base 2, the line rises by one for each doubling: how many hours is that?",
        wrong=(
            Wrong(
                "natural logarithm",
                _natural,
                "That is the time in which it grows by a factor of e; take logarithms to base 2.",
            ),
            Wrong("slope", _slope, "That is how many doublings there are in an hour; turn it over."),
            Wrong(
                "first and last",
                _ends,
                "You use the first and the last count alone; let the line go through all of them.",
            ),
            Wrong(
                "straight",
                _straight,
                "A culture does not grow by the same number each hour: take logarithms before you fit.",
            ),
        ),
    ),
    ChoiceExercise(
        id="60.3",
        title="Right by luck",
        prompt=(
            "A method's count is right to a cell on your ten test dishes, but its F1 is low. What do you "
            "conclude?"
        ),
        options={
            "a": "it counts well, so for growth curves it is good enough",
            "b": "F1 is too strict, since a count does not need outlines",
            "c": "misses and false cells happen to cancel there; in a dish of another density they may not",
            "d": "the truth must be wrong, as both cannot be",
        },
        solution="c",
        hint='Answer with the letter, such as reason = "a".',
        wrong=(
            Wrong(
                "good enough",
                "a",
                "A growth curve goes through dishes of all densities: were all of them among the ten?",
            ),
            Wrong(
                "too strict",
                "b",
                "F1 asks for half of a cell only. What must happen for many cells to fail that?",
            ),
            Wrong(
                "wrong truth",
                "d",
                "Both can be: think of one cell cut in two, and two others taken for one.",
            ),
        ),
    ),
)
