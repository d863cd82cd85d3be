"""Exercises of lesson 26: sums before quotients, and what a missing distance costs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.teaching.exercise import FunctionExercise, Wrong

Counts = NDArray[np.int64]  # (N, K): pictures by categories
Numbers = NDArray[np.float64]


def dataset_miou(hits: Counts, truth: Counts, guess: Counts) -> float:
    """Give the mean IoU of the summed pictures, over the categories that are anywhere."""
    hits, union = hits.sum(axis=0), (truth + guess - hits).sum(axis=0)
    return float((hits[union > 0] / union[union > 0]).mean())


def mean_distance(distances: Numbers, diagonals: Numbers) -> float:
    """Give the mean distance, what is missing priced by the diagonal and nothing beside nothing by 0."""
    priced = np.where(np.isinf(distances), diagonals, distances)
    return float(np.where(np.isnan(priced), 0.0, priced).mean())


def _pictures(rng: np.random.Generator) -> list[tuple[Counts, Counts, Counts]]:
    def drawn(pictures: int, categories: int) -> tuple[Counts, Counts, Counts]:
        """Draw counts of several pictures, some without a category."""
        truth = rng.integers(1, 60, (pictures, categories)) * (rng.random((pictures, categories)) < 0.7)
        hits = (truth * rng.random(truth.shape)).astype(int)
        guess = hits + rng.integers(0, 20, truth.shape)
        truth[0, 0], hits[0, 0], guess[0, 0] = 9, 5, 7
        for counts in (truth, hits, guess):
            counts[:, -1] = 0  # a category that is nowhere
        return hits, truth, guess

    first = np.array([[int(rng.integers(80, 99)), 0], [1, 0]])
    small = first, np.array([[100, 0], [4, 0]]), np.array([[99, 0], [3, 0]])
    return [small, *(drawn(*size) for size in ((2, 3), (4, 5), (10, 8), (50, 20)))]


def _distances(rng: np.random.Generator) -> list[tuple[Numbers, Numbers]]:
    cases = [(np.array([round(float(rng.uniform(1, 5)), 1), np.inf, np.nan]), np.array([50.0, 100.0, 70.0]))]
    for pictures in (4, 6, 12, 40):
        distances = rng.uniform(0, 20, pictures).round(2)
        distances[rng.permutation(pictures)[:2]] = np.inf, np.nan
        cases.append((distances, rng.integers(60, 400, pictures).astype(float)))
    return cases


def _images_first(hits: Counts, truth: Counts, guess: Counts) -> float:
    union = truth + guess - hits
    return float((hits[union > 0] / union[union > 0]).mean())


def _all_together(hits: Counts, truth: Counts, guess: Counts) -> float:
    return float(hits.sum() / (truth + guess - hits).sum())


def _nowhere_is_zero(hits: Counts, truth: Counts, guess: Counts) -> float:
    union = (truth + guess - hits).sum(axis=0)
    return float((hits.sum(axis=0) / np.maximum(union, 1)).mean())


def _nowhere_is_one(hits: Counts, truth: Counts, guess: Counts) -> float:
    union = (truth + guess - hits).sum(axis=0)
    return float(np.where(union > 0, hits.sum(axis=0) / np.maximum(union, 1), 1.0).mean())


def _dropped(distances: Numbers, diagonals: Numbers) -> float:
    return float(distances[np.isfinite(distances)].mean())


def _infinite(distances: Numbers, diagonals: Numbers) -> float:
    return float(np.nan_to_num(distances, nan=0.0, posinf=np.inf).mean())


def _both_empty_dropped(distances: Numbers, diagonals: Numbers) -> float:
    return float(np.nanmean(np.where(np.isinf(distances), diagonals, distances)))


def _both_empty_priced(distances: Numbers, diagonals: Numbers) -> float:
    return float(np.where(np.isfinite(distances), distances, diagonals).mean())


EXERCISES = (
    FunctionExercise(
        id="26.1",
        title="Sums before quotients",
        prompt=(
            "Write `dataset_miou(hits, truth, guess)`: sum the pixel counts (pictures by categories) over "
            "the pictures, divide, and average over the categories that are in the truth or the guess of any."
        ),
        signature="dataset_miou(hits, truth, guess)",
        solution=dataset_miou,
        cases=_pictures,
        hint="The union of a category is the truth's pixels plus the guess's, less those that are right.",
        wrong=(
            Wrong(
                "pictures first",
                _images_first,
                "You divide in each picture first, so that a tiny object weighs like a large one.",
            ),
            Wrong(
                "all together",
                _all_together,
                "You summed the categories as well, so the commonest decides; divide for each of them.",
            ),
            Wrong(
                "nowhere is 0", _nowhere_is_zero, "A category that is nowhere was not missed: leave it out."
            ),
            Wrong("nowhere is 1", _nowhere_is_one, "A category that is nowhere earns nothing: leave it out."),
        ),
    ),
    FunctionExercise(
        id="26.2",
        title="What nothing costs",
        prompt=(
            "Write `mean_distance(distances, diagonals)`: the mean, where an infinite distance counts as the "
            "picture's diagonal and nan (nothing beside nothing) as 0."
        ),
        signature="mean_distance(distances, diagonals)",
        solution=mean_distance,
        cases=_distances,
        hint="Replace before you average: np.isinf finds the one kind, np.isnan the other.",
        wrong=(
            Wrong(
                "dropped", _dropped, "You left out the pictures in which something was missed: failing pays."
            ),
            Wrong("infinite", _infinite, "One picture makes your mean infinite; it costs its diagonal."),
            Wrong(
                "both empty dropped",
                _both_empty_dropped,
                "Nothing beside nothing is right, and counts as a picture without any distance.",
            ),
            Wrong(
                "both empty priced",
                _both_empty_priced,
                "Where both are empty nothing was missed; only what is infinite costs the diagonal.",
            ),
        ),
    ),
)
