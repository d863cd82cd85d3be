"""Exercises of lesson 08: which centre a pixel joins, and how good a name-giver could be."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.teaching.exercise import FunctionExercise, Wrong

Rows = NDArray[np.float64]  # (N, 3): row, column, grey
Ids = NDArray[np.int64]


def join(pixels: Rows, centres: Rows, compactness: float) -> Ids:
    """Give the centre that each pixel joins, by grey squared plus compactness times place squared."""
    away = np.square(pixels[:, None] - centres)
    return np.asarray((away[..., 2] + compactness * away[..., :2].sum(axis=2)).argmin(axis=1))


def achievable(ids: Ids, truth: Ids) -> float:
    """Give the share of pixels that are right if each superpixel takes its commonest truth."""
    table = np.zeros((ids.max() + 1, truth.max() + 1), np.int64)
    np.add.at(table, (ids, truth), 1)
    return float(table.max(axis=1).sum() / ids.size)


def _rows(rng: np.random.Generator) -> list[tuple[Rows, Rows, float]]:
    # A pixel nearest in place to one centre, and nearest in grey to another; and one halfway between two.
    pixels = np.array([[0.0, 0.0, 10.0], [0.0, 4.0, 0.0]])
    centres = np.array([[0.0, 1.0, 16.0 + rng.integers(0, 3)], [0.0, 7.0, 9.0], [0.0, 9.0, 40.0]])
    cases = [(pixels, centres, 0.5)]
    for count, middles, weight in ((6, 3, 0.2), (20, 5, 3.0), (60, 8, 0.05), (200, 12, 1.5)):
        drawn = [rng.uniform(0, (20, 20, 60), (n, 3)).round(1) for n in (count, middles)]
        cases.append((drawn[0], drawn[1], weight))
    return cases


def _maps(rng: np.random.Generator) -> list[tuple[Ids, Ids]]:
    first = np.array([[1, 1, 1, 1], [1, 1, 2, 2], [3, 2, 2, 2]])
    truth = np.where(np.arange(12).reshape(3, 4) % int(rng.integers(3, 5)) == 0, 2, 1)
    cases = [(first, truth)]
    for size, count in (((4, 6), 3), ((6, 6), 8), ((12, 15), 20), ((30, 40), 60)):
        # Of very different sizes, so that a mean over superpixels is not a mean over pixels.
        ids = np.sort(rng.integers(1, count + 1, size).ravel() ** 2 // count + 1).reshape(size)
        cases.append((ids, rng.integers(1, 4, size)))
    return cases


def _grey_only(pixels: Rows, centres: Rows, compactness: float) -> Ids:
    return join(pixels, centres, 0.0)


def _place_only(pixels: Rows, centres: Rows, compactness: float) -> Ids:
    return join(pixels * [1, 1, 0], centres * [1, 1, 0], 1.0)


def _no_weight(pixels: Rows, centres: Rows, compactness: float) -> Ids:
    return join(pixels, centres, 1.0)


def _weighs_grey(pixels: Rows, centres: Rows, compactness: float) -> Ids:
    return join(pixels, centres, 1 / compactness)


def _farthest(pixels: Rows, centres: Rows, compactness: float) -> Ids:
    away = np.square(pixels[:, None] - centres)
    return np.asarray((away[..., 2] + compactness * away[..., :2].sum(axis=2)).argmax(axis=1))


def _over_superpixels(ids: Ids, truth: Ids) -> float:
    return float(np.mean([achievable(ids[ids == n] * 0, truth[ids == n]) for n in np.unique(ids)]))


def _pure_only(ids: Ids, truth: Ids) -> float:
    pure = [n for n in np.unique(ids) if len(np.unique(truth[ids == n])) == 1]
    return float(np.isin(ids, pure).mean())


def _other_way(ids: Ids, truth: Ids) -> float:
    return achievable(truth, ids)


def _in_pixels(ids: Ids, truth: Ids) -> float:
    return achievable(ids, truth) * ids.size


EXERCISES = (
    FunctionExercise(
        id="08.1",
        title="Which centre a pixel joins",
        prompt=(
            "Write `join(pixels, centres, compactness)`: for each row (row, column, grey) the index of the "
            "centre with the smallest grey distance squared plus compactness times that in place squared."
        ),
        signature="join(pixels, centres, compactness)",
        solution=join,
        cases=_rows,
        hint=("pixels[:, None] - centres gives the differences of all pixels to all centres, (N, K, 3)."),
        wrong=(
            Wrong("grey only", _grey_only, "You forget the place: without it, a superpixel falls to pieces."),
            Wrong("place only", _place_only, "You forget the grey: without it, a superpixel is a square."),
            Wrong(
                "no weight", _no_weight, "Place and grey weigh the same in yours: where is the compactness?"
            ),
            Wrong(
                "the other way round",
                _weighs_grey,
                "Higher compactness must make place count more; in yours it counts less.",
            ),
            Wrong("farthest", _farthest, "That is the centre farthest away: argmin, not argmax."),
        ),
    ),
    FunctionExercise(
        id="08.2",
        title="What a perfect name-giver could reach",
        prompt=(
            "Write `achievable(ids, truth)`: the share of all pixels that are right if every superpixel is "
            "given the truth that is commonest in it."
        ),
        signature="achievable(ids, truth)",
        solution=achievable,
        cases=_maps,
        hint="For each superpixel, count how often each truth occurs in it, and keep the largest count.",
        wrong=(
            Wrong(
                "mean over superpixels",
                _over_superpixels,
                "A small superpixel counts as much as a large one in yours: add up pixels, then divide once.",
            ),
            Wrong(
                "pure ones only",
                _pure_only,
                "A mixed superpixel is not all wrong: the pixels of its commonest truth are right.",
            ),
            Wrong(
                "the other way round",
                _other_way,
                "You give each true segment a superpixel; each superpixel is to be given a truth.",
            ),
            Wrong(
                "not a share", _in_pixels, "That is how many pixels are right; divide by how many there are."
            ),
        ),
    ),
)
