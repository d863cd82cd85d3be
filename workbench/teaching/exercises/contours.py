"""Exercises of lesson 06: what a curve's own stiffness costs, and how one step pulls it together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.teaching.exercise import FunctionExercise, Wrong

Points = NDArray[np.float64]


def tension(points: Points) -> float:
    """Give the sum of the squared steps around a closed curve of (N, 2) points."""
    return float(np.square(np.roll(points, -1, axis=0) - points).sum())


def tightened(points: Points, alpha: float) -> Points:
    """Give the (N, 2) points of a closed curve after one implicit step of tension."""
    stay = np.eye(len(points))
    pull = 2 * stay - np.roll(stay, 1, axis=1) - np.roll(stay, -1, axis=1)
    return np.asarray(np.linalg.solve(stay + alpha * pull, points), np.float64)


def _curves(rng: np.random.Generator) -> list[tuple[Points]]:
    triangle = np.array([[0.0, 0.0], [0.0, 2.0], [1.0, 0.0]]) + rng.integers(0, 9, 2)
    return [(triangle,), *((rng.integers(0, 30, (count, 2)).astype(float),) for count in (4, 5, 8, 20))]


def _curves_and_alphas(rng: np.random.Generator) -> list[tuple[Points, float]]:
    return [(points, float(rng.choice([0.25, 0.5, 1.0, 2.0]))) for (points,) in _curves(rng)]


def _explicit(points: Points, alpha: float) -> Points:
    return points + alpha * (np.roll(points, 1, axis=0) + np.roll(points, -1, axis=0) - 2 * points)


def _open(points: Points, alpha: float) -> Points:
    steps = np.diff(np.eye(len(points)), axis=0)
    system = np.eye(len(points)) + alpha * steps.T @ steps
    return np.asarray(np.linalg.solve(system, points), np.float64)


def _pushed(points: Points, alpha: float) -> Points:
    back = np.roll(points, 1, axis=0) + np.roll(points, -1, axis=0) - 2 * points
    return points - alpha * back


EXERCISES = (
    FunctionExercise(
        id="06.1",
        title="What a stretched curve costs",
        prompt=(
            "Write `tension(points)`: the sum of the squared lengths of all steps around a closed curve "
            "of (N, 2) points."
        ),
        signature="tension(points)",
        solution=tension,
        cases=_curves,
        hint="np.roll(points, -1, axis=0) gives every point's next one, with the first behind the last.",
        wrong=(
            Wrong(
                "open curve",
                lambda points: float(np.square(np.diff(points, axis=0)).sum()),
                "One step is missing: the curve is closed, so that the first point follows the last.",
            ),
            Wrong(
                "not squared",
                lambda points: float(np.hypot(*(np.roll(points, -1, axis=0) - points).T).sum()),
                "That is the curve's length; tension squares each step before adding.",
            ),
            Wrong(
                "mean",
                lambda points: tension(points) / len(points),
                "You divided by the number of points: the sum is asked for.",
            ),
        ),
    ),
    FunctionExercise(
        id="06.2",
        title="One step of a rubber band",
        prompt=(
            "Write `tightened(points, alpha)`: the points `new` of a closed curve for which "
            "`new + alpha * A @ new` equals the old ones; row i of A is 2 at i and -1 at both neighbours."
        ),
        signature="tightened(points, alpha)",
        solution=tightened,
        cases=_curves_and_alphas,
        hint="Build the matrix with np.eye and np.roll, and hand it to np.linalg.solve.",
        wrong=(
            Wrong(
                "explicit step",
                _explicit,
                "You took the pull at the old points; the new ones stand on both sides: solve for them.",
            ),
            Wrong(
                "open curve",
                _open,
                "Your first and last point have one neighbour only: close the ring in the matrix.",
            ),
            Wrong(
                "pushed apart",
                _pushed,
                "Your points move away from their neighbours: look at the sign of the pull.",
            ),
        ),
    ),
)
