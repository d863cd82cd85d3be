"""Exercises of lesson 38: the learning rate of a step, and cross-entropy where some pixels are unknown."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.teaching.exercise import FunctionExercise, Wrong

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]


def rate_at(step: Ids, steps: int, warmup: int, rate: float) -> Floats:
    """Give the learning rates of steps: a linear warm-up, then half a cosine."""
    share = (step - warmup) / (steps - warmup)
    return rate * np.where(step < warmup, (step + 1) / warmup, (1 + np.cos(np.pi * share)) / 2)


def cross_entropy(scores: Floats, truth: Ids) -> float:
    """Give the mean cross-entropy of (K, H, W) scores over the pixels of (H, W) truth that are known."""
    scores = scores - scores.max(axis=0)
    logs = scores - np.log(np.exp(scores).sum(axis=0))
    rows, columns = np.nonzero(truth >= 0)
    return float(-logs[truth[rows, columns], rows, columns].mean())


def _schedules(rng: np.random.Generator) -> list[tuple[Ids, int, int, float]]:
    cases = []
    for steps, warmup in ((8, 2), (12, 3), (40, 10), (100, 20), (300, 50)):
        asked = np.unique(rng.integers(0, steps, 3))
        # In every case a step of the warm-up, the first after it, and one far down.
        step = np.unique(np.concatenate([asked, [warmup - 2, warmup, steps - 2]]))
        cases.append((step, steps, warmup, float(rng.integers(1, 9)) / 1000))
    return sorted(cases, key=lambda case: case[0].size)


def _pictures(rng: np.random.Generator) -> list[tuple[Floats, Ids]]:
    cases = []
    for classes, height, width in ((2, 2, 2), (3, 2, 3), (4, 3, 5), (5, 8, 8), (8, 12, 16)):
        scores = rng.integers(-30, 31, (classes, height, width)) / 10
        truth = rng.integers(0, classes, (height, width))
        truth[0, 0], truth[1, 1] = -1, 0
        cases.append((scores, truth))
    # The last is so sure that the exponential of its scores is no number any more.
    last, truth = cases[-1]
    return [*cases, (last * 1000, truth)]


def _from_nothing(step: Ids, steps: int, warmup: int, rate: float) -> Floats:
    share = (step - warmup) / (steps - warmup)
    return rate * np.where(step < warmup, step / warmup, (1 + np.cos(np.pi * share)) / 2)


def _whole_cosine(step: Ids, steps: int, warmup: int, rate: float) -> Floats:
    share = (step - warmup) / (steps - warmup)
    return rate * np.where(step < warmup, (step + 1) / warmup, (1 + np.cos(2 * np.pi * share)) / 2)


def _below_nothing(step: Ids, steps: int, warmup: int, rate: float) -> Floats:
    share = (step - warmup) / (steps - warmup)
    return rate * np.where(step < warmup, (step + 1) / warmup, np.cos(np.pi * share))


def _from_the_start(step: Ids, steps: int, warmup: int, rate: float) -> Floats:
    return rate * np.where(step < warmup, (step + 1) / warmup, (1 + np.cos(np.pi * step / steps)) / 2)


def _straight(step: Ids, steps: int, warmup: int, rate: float) -> Floats:
    return rate * np.where(step < warmup, (step + 1) / warmup, (steps - step) / (steps - warmup))


def _logs(scores: Floats) -> Floats:
    scores = scores - scores.max(axis=0)
    return scores - np.log(np.exp(scores).sum(axis=0))


def _taken(logs: Floats, truth: Ids) -> Floats:
    return np.take_along_axis(logs, np.maximum(truth, 0)[None], axis=0)[0]


def _minus_one_is_last(scores: Floats, truth: Ids) -> float:
    rows, columns = np.indices(truth.shape)
    return float(-_logs(scores)[truth, rows, columns].mean())


def _divided_by_all(scores: Floats, truth: Ids) -> float:
    return float(-_taken(_logs(scores), truth)[truth >= 0].sum() / truth.size)


def _summed(scores: Floats, truth: Ids) -> float:
    return float(-_taken(_logs(scores), truth)[truth >= 0].sum())


def _overflowing(scores: Floats, truth: Ids) -> float:
    with np.errstate(all="ignore"):
        shares = np.exp(scores) / np.exp(scores).sum(axis=0)
        return float(-np.log(_taken(shares, truth)[truth >= 0]).mean())


def _over_the_picture(scores: Floats, truth: Ids) -> float:
    flat = scores.reshape(len(scores), -1).T
    return float(-_taken(_logs(flat).T.reshape(scores.shape), truth)[truth >= 0].mean())


EXERCISES = (
    FunctionExercise(
        id="38.1",
        title="Up, then down",
        prompt=(
            "Write `rate_at(step, steps, warmup, rate)`: `rate * (step + 1) / warmup` while step < warmup, "
            "then half a cosine from `rate` down to nothing at `steps`."
        ),
        signature="rate_at(step, steps, warmup, rate)",
        solution=rate_at,
        cases=_schedules,
        hint="How far is a step between warmup and steps, as a share of 1? np.where chooses between the two.",
        wrong=(
            Wrong(
                "first step stands still",
                _from_nothing,
                "Your first step has the rate 0 and learns nothing; count the warm-up's steps from 1.",
            ),
            Wrong(
                "whole cosine",
                _whole_cosine,
                "Your rate comes up again: a whole cosine. Half of one goes from pi times 0 to pi times 1.",
            ),
            Wrong(
                "below nothing",
                _below_nothing,
                "A cosine ends at -1 and yours goes uphill at last: bring it from -1 ... 1 to 0 ... 1.",
            ),
            Wrong(
                "cosine from the start",
                _from_the_start,
                "Your cosine begins with the first step, so the rate jumps where the warm-up ends.",
            ),
            Wrong("straight", _straight, "You go down along a straight line; a cosine is asked for."),
        ),
    ),
    FunctionExercise(
        id="38.2",
        title="What nobody knows costs nothing",
        prompt=(
            "Write `cross_entropy(scores, truth)`: the mean of minus the logarithm of the true category's "
            "softmax share, over the pixels whose truth is not -1."
        ),
        signature="cross_entropy(scores, truth)",
        solution=cross_entropy,
        cases=_pictures,
        hint="The logarithm of a share is the score minus the logarithm of the sum of exponentials.",
        wrong=(
            Wrong(
                "-1 is the last",
                _minus_one_is_last,
                "In numpy -1 is the last category, and unknown pixels pay for it: leave them out first.",
            ),
            Wrong(
                "divided by all",
                _divided_by_all,
                "Unknown pixels cost nothing, but you still divide by them; the mean is over the known ones.",
            ),
            Wrong("summed", _summed, "You give the sum; the mean does not grow with the picture."),
            Wrong(
                "overflow",
                _overflowing,
                "Right for small scores, but exp of a thousand is infinite: take the greatest off all first.",
            ),
            Wrong(
                "over the picture",
                _over_the_picture,
                "Your shares sum to 1 over the picture; they must do so over the categories of each pixel.",
            ),
        ),
    ),
)
