"""Exercises of lesson 27: settings chosen without the picture they are scored on, and paired resamples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.teaching.exercise import FunctionExercise, Wrong

Scores = NDArray[np.float64]
Draws = NDArray[np.int64]  # (R, N): pictures of each resample


def held_out(scores: Scores) -> float:
    """Give the mean score of settings (rows) chosen on all pictures but the one that is scored (columns)."""
    others = scores.sum(axis=1, keepdims=True) - scores
    return float(scores[others.argmax(axis=0), np.arange(scores.shape[1])].mean())


def better(a: Scores, b: Scores, draws: Draws) -> float:
    """Give the share of resamples in which the first method's mean is higher; a tie counts one half."""
    apart = (a - b)[draws].sum(axis=1)
    return float(((apart > 0) + 0.5 * (apart == 0)).mean())


def _grids(rng: np.random.Generator) -> list[tuple[Scores]]:
    # Eighths add up without a rounding error, so that equals are equal whatever the order of summing.
    first = np.array([[8, 0, 0], [4, 4, int(rng.integers(4, 6))], [0, 8, 1]]) / 8
    return [(first,), *((rng.integers(0, 800, size) / 8,) for size in ((3, 4), (6, 5), (12, 9), (30, 20)))]


def _resamples(rng: np.random.Generator) -> list[tuple[Scores, Scores, Draws]]:
    cases = []
    for pictures, rounds in ((3, 5), (4, 10), (8, 40), (20, 200)):
        a, b = rng.integers(0, 9, (2, pictures)) / 8
        a[:3], b[:3] = (0.5, 0.75, 0.5), (0.75, 0.25, 0.5)
        draws = rng.integers(0, pictures, (rounds, pictures))
        # A tie, a loss and a win, in every case.
        draws[0], draws[1], draws[2] = 2, 0, 1
        cases.append((a, b, draws))
    last = rng.integers(0, 9, (2, 12)) / 8
    return [*cases, (last[0], last[1], rng.integers(0, 12, (50, 12)))]


def _best_of_each(scores: Scores) -> float:
    return float(scores.max(axis=0).mean())


def _best_of_all(scores: Scores) -> float:
    return float(scores[scores.sum(axis=1).argmax()].mean())


def _on_the_others(scores: Scores) -> float:
    others = scores.sum(axis=1, keepdims=True) - scores
    return float(others.max(axis=0).mean() / (scores.shape[1] - 1))


def _chosen_on_one(scores: Scores) -> float:
    best = scores.argmax(axis=0)
    left = [np.delete(scores[setting], picture).mean() for picture, setting in enumerate(best)]
    return float(np.mean(left))


def _ties_won(a: Scores, b: Scores, draws: Draws) -> float:
    return float((a[draws].sum(axis=1) >= b[draws].sum(axis=1)).mean())


def _ties_lost(a: Scores, b: Scores, draws: Draws) -> float:
    return float((a[draws].sum(axis=1) > b[draws].sum(axis=1)).mean())


def _torn_apart(a: Scores, b: Scores, draws: Draws) -> float:
    apart = a[draws].sum(axis=1) - b[np.roll(draws, 1, axis=0)].sum(axis=1)
    return float(((apart > 0) + 0.5 * (apart == 0)).mean())


def _pictures_won(a: Scores, b: Scores, draws: Draws) -> float:
    apart = (a - b)[draws]
    return float(((apart > 0) + 0.5 * (apart == 0)).mean())


EXERCISES = (
    FunctionExercise(
        id="27.1",
        title="Leave one out",
        prompt=(
            "Write `held_out(scores)`: for each picture (column) the score of the setting (row) that has the "
            "best mean over all other pictures; the mean of those."
        ),
        signature="held_out(scores)",
        solution=held_out,
        cases=_grids,
        hint="For each column, delete it (np.delete), find the best row of what is left, and look it up.",
        wrong=(
            Wrong(
                "best of each picture",
                _best_of_each,
                "You choose on the very picture that you score on; it must be left out of the choice.",
            ),
            Wrong(
                "best of all",
                _best_of_all,
                "You choose one setting on all pictures; the one that is scored had a say in it.",
            ),
            Wrong(
                "scored on the others",
                _on_the_others,
                "You choose rightly, but give the score on the others; asked is the one that was left out.",
            ),
            Wrong(
                "chosen on one",
                _chosen_on_one,
                "That is the other way round: choose on many pictures, score on the one that is left.",
            ),
        ),
    ),
    FunctionExercise(
        id="27.2",
        title="How often it is better",
        prompt=(
            "Write `better(a, b, draws)`: the share of resamples (rows of indices) in which the mean of `a` "
            "is higher than that of `b`; a tie counts one half."
        ),
        signature="better(a, b, draws)",
        solution=better,
        cases=_resamples,
        hint="(a - b)[draws] holds all differences, a row for each resample.",
        wrong=(
            Wrong("ties won", _ties_won, "You count a tie as won; it speaks for neither, so it is one half."),
            Wrong(
                "ties lost", _ties_lost, "You count a tie as lost; it speaks for neither, so it is one half."
            ),
            Wrong(
                "pairs torn apart",
                _torn_apart,
                "You draw other pictures for the second method; each row of draws is for both.",
            ),
            Wrong(
                "pictures won",
                _pictures_won,
                "You count the pictures that are won; count the resamples whose mean is higher.",
            ),
        ),
    ),
)
