"""Exercises of lesson 40: methods that no other beats in both, and pictures that make a network worth it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.teaching.exercise import FunctionExercise, Wrong

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]


def front(costs: Floats, scores: Floats) -> Flags:
    """Say of each method whether no other is as good in both and better in one."""
    dear, poor = costs[:, None] - costs, scores - scores[:, None]
    beaten = (dear >= 0) & (poor >= 0) & ((dear > 0) | (poor > 0))
    return np.logical_not(np.asarray(beaten.any(axis=1)))


def break_even(counts: Counts, scores: Floats, bar: float) -> float:
    """Give the least number of pictures from which on the mean over repeats (columns) reaches the bar."""
    reached = scores.mean(axis=1) >= bar
    stays = np.logical_and.accumulate(reached[::-1])[::-1]
    return float(counts[stays.argmax()]) if stays.any() else float("nan")


def _methods(rng: np.random.Generator) -> list[tuple[Floats, Floats]]:
    cases = []
    for count in (7, 8, 10, 14, 30):
        costs, scores = rng.integers(5, 40, count) / 1.0, rng.integers(40, 70, count) / 100
        # Twins on the front, one that costs more for the same, one that gives less for the same.
        costs[:4], scores[:4] = (2, 2, 3, 2), (0.80, 0.80, 0.80, 0.75)
        # A better one for more, the best for much, and one that is dear and poor.
        costs[4:7], scores[4:7] = (4, 90, 120), (0.85, 0.95, 0.30)
        order = rng.permutation(count)
        cases.append((costs[order], scores[order]))
    return cases


def _trials(rng: np.random.Generator) -> list[tuple[Counts, Floats, float]]:
    cases = []
    for rows, repeats in ((4, 3), (5, 3), (6, 4), (7, 5)):
        # Quarters have exact means, so that a tie with the bar is one however it is summed.
        bar = int(rng.integers(12, 20)) / 32
        scores = np.full((rows, repeats), bar)
        scores[0], scores[0, 0] = bar - 0.25, bar + 0.25  # one lucky repeat, a mean that is too low
        scores[1] = bar + 0.125  # above the bar, and below it again
        scores[2] = bar - 0.0625
        scores[4:] = bar + 0.125
        cases.append((np.cumsum(rng.integers(4, 40, rows)), scores, bar))
    never = np.full((5, 3), 0.25)
    return [
        *cases,
        (np.cumsum(rng.integers(4, 40, 8)), np.full((8, 3), 0.25), 0.5),
        (cases[1][0], never, 0.5),
    ]


def _on_both_better(costs: Floats, scores: Floats) -> Flags:
    return np.logical_not(np.asarray(((costs[:, None] > costs) & (scores[:, None] < scores)).any(axis=1)))


def _twins_lost(costs: Floats, scores: Floats) -> Flags:
    beaten = (costs[:, None] >= costs) & (scores[:, None] <= scores)
    return beaten.sum(axis=1) == 1


def _dear_is_good(costs: Floats, scores: Floats) -> Flags:
    return front(-costs, scores)


def _best_alone(costs: Floats, scores: Floats) -> Flags:
    return scores == scores.max()


def _mean(scores: Floats) -> Floats:
    return np.asarray(scores.mean(axis=1))


def _first(counts: Counts, reached: Flags) -> float:
    return float(counts[reached.argmax()]) if reached.any() else float("nan")


def _on(reached: Flags) -> Flags:
    return np.asarray(np.logical_and.accumulate(reached[::-1])[::-1])


def _first_time(counts: Counts, scores: Floats, bar: float) -> float:
    return _first(counts, _mean(scores) >= bar)


def _above(counts: Counts, scores: Floats, bar: float) -> float:
    return _first(counts, _on(_mean(scores) > bar))


def _luckiest(counts: Counts, scores: Floats, bar: float) -> float:
    return _first(counts, scores.max(axis=1) >= bar)


def _row(counts: Counts, scores: Floats, bar: float) -> float:
    stays = _on(_mean(scores) >= bar)
    return float(stays.argmax()) if stays.any() else float("nan")


EXERCISES = (
    FunctionExercise(
        id="40.1",
        title="Beaten by none",
        prompt=(
            "Write `front(costs, scores)`: for each method whether **no** other costs at most as much and "
            "scores at least as high, and is better in one of the two."
        ),
        signature="front(costs, scores)",
        solution=front,
        cases=_methods,
        hint="Compare all pairs: costs[:, None] against costs gives a row for each method.",
        wrong=(
            Wrong(
                "better in both",
                _on_both_better,
                "You ask the other to be better in both; as good in one and better in the other is enough.",
            ),
            Wrong(
                "twins lost",
                _twins_lost,
                "Two that are equal in both beat each other in yours; to beat takes being better in one.",
            ),
            Wrong("dear is good", _dear_is_good, "You reward cost: less of it is better, more of the score."),
            Wrong(
                "best alone", _best_alone, "You keep the best score only; a cheaper one may be on the front."
            ),
        ),
    ),
    FunctionExercise(
        id="40.2",
        title="From how many pictures on",
        prompt=(
            "Write `break_even(counts, scores, bar)`: the least count from which on, there and at all larger "
            "counts, the mean score of its row is at least `bar`; nan if there is none."
        ),
        signature="break_even(counts, scores, bar)",
        solution=break_even,
        cases=_trials,
        hint="Take the mean of each row, and go from the largest count down while it reaches the bar.",
        wrong=(
            Wrong(
                "first time",
                _first_time,
                "You stop at the first count that reaches the bar, but a larger one falls below it again.",
            ),
            Wrong("above", _above, "As good as the bar is good enough: at least, not more than."),
            Wrong(
                "luckiest repeat",
                _luckiest,
                "You go by the best repeat, which nobody can order; go by the mean of the row.",
            ),
            Wrong("row", _row, "You give the number of the row; the count of that row is asked for."),
        ),
    ),
)
