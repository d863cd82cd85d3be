"""Exercises of lesson 30: the map behind a classifier's score, and the peaks that a detector finds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.teaching.exercise import FunctionExercise, Wrong

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def activation_map(features: Floats, weights: Floats) -> Floats:
    """Give the (H, W) class activation map of (C, H, W) features and a class's (C,) weights."""
    return np.tensordot(weights, features, axes=1)


def peaks(heat: Floats, least: float) -> Mask:
    """Mark the places that are at least `least` and higher than all of their up to eight neighbours."""
    grown = np.pad(heat, 1, constant_values=-np.inf)
    return (heat >= least) & (heat > _highest_around(grown))


def _highest_around(grown: Floats, diagonals: bool = True) -> Floats:
    """Give the highest neighbour of each place inside of a frame of one."""
    height, width = grown.shape
    steps = [(r, c) for r in (0, 1, 2) for c in (0, 1, 2) if (r, c) != (1, 1)]
    chosen = [step for step in steps if diagonals or 1 in step]
    return np.max([grown[r : height - 2 + r, c : width - 2 + c] for r, c in chosen], axis=0)


def _maps(rng: np.random.Generator) -> list[tuple[Floats, Floats]]:
    cases = []
    for channels, height, width in ((2, 1, 2), (2, 2, 2), (3, 2, 3), (5, 4, 6), (16, 8, 8)):
        features = rng.integers(0, 10, (channels, height, width)).astype(float)
        weights = rng.integers(-4, 5, channels).astype(float)
        # Both signs in every case, and places where the negative one wins.
        weights[0], weights[1] = 2, -3
        features[:, 0, 0], features[:, -1, -1] = 0, 1
        features[1, 0, 0], features[0, -1, -1] = 5, 9
        cases.append((features, weights))
    return cases


def _heats(rng: np.random.Generator) -> list[tuple[Floats, float]]:
    """Make heat without ties; a corner, a diagonal pair, a low peak and a high slope are in every case."""
    cases = []
    for height, width in ((4, 4), (4, 5), (5, 6), (8, 8), (12, 16)):
        heat = rng.permutation(height * width).reshape(height, width) / (4.0 * height * width)
        heat[0, 0] = 0.9  # a peak in the corner
        heat[1, 2], heat[2, 3] = 0.6, 0.7  # only a diagonal apart: one peak
        heat[3, 3] = 0.65  # high, but beside a higher one
        heat[3, 0] = 0.3  # a peak that is too low
        cases.append((heat, 0.5))
    return cases


def _unweighted(features: Floats, weights: Floats) -> Floats:
    return np.asarray(features.sum(axis=0))


def _averaged(features: Floats, weights: Floats) -> Floats:
    return np.tensordot(weights, features, axes=1) / len(weights)


def _score(features: Floats, weights: Floats) -> float:
    return float(features.mean(axis=(1, 2)) @ weights)


def _rectified(features: Floats, weights: Floats) -> Floats:
    return np.maximum(np.tensordot(weights, features, axes=1), 0)


def _all_hot(heat: Floats, least: float) -> Mask:
    return heat >= least


def _four_neighbours(heat: Floats, least: float) -> Mask:
    grown = np.pad(heat, 1, constant_values=-np.inf)
    return (heat >= least) & (heat > _highest_around(grown, diagonals=False))


def _no_edges(heat: Floats, least: float) -> Mask:
    grown = np.pad(heat, 1, constant_values=np.inf)
    return (heat >= least) & (heat > _highest_around(grown))


def _only_one(heat: Floats, least: float) -> Mask:
    return (heat >= least) & (heat == heat.max())


def _every_peak(heat: Floats, least: float) -> Mask:
    return peaks(heat, -np.inf)


EXERCISES = (
    FunctionExercise(
        id="30.1",
        title="The map behind the score",
        prompt=(
            "Write `activation_map(features, weights)`: the (H, W) class activation map of (C, H, W) "
            "features and the class's (C,) weights."
        ),
        signature="activation_map(features, weights)",
        solution=activation_map,
        cases=_maps,
        hint="Multiply each of the C maps by its weight, and add them up: what is left is (H, W).",
        wrong=(
            Wrong(
                "no weights",
                _unweighted,
                "You add the maps as they are; the class's weights say which of them speak for it, and which "
                "against it.",
            ),
            Wrong(
                "averaged over channels",
                _averaged,
                "You divide by the number of channels; the score adds them, so the map adds them too.",
            ),
            Wrong(
                "the score",
                _score,
                "That is one number, the score: you averaged over places. Keep rows and columns.",
            ),
            Wrong(
                "nothing below zero",
                _rectified,
                "You cut off what speaks against the class; then the map's average is not the score.",
            ),
        ),
    ),
    FunctionExercise(
        id="30.2",
        title="Peaks",
        prompt=(
            "Write `peaks(heat, least)`: an (H, W) mask of the places that are at least `least` and higher "
            "than all of their neighbours, of which there are eight, and fewer at the edge."
        ),
        signature="peaks(heat, least)",
        solution=peaks,
        cases=_heats,
        hint="Pad the heat with -np.inf, and compare it with its eight shifted copies.",
        wrong=(
            Wrong(
                "all that is hot",
                _all_hot,
                "You mark every hot place; around a middle all places are hot, and each would be a box.",
            ),
            Wrong(
                "four neighbours",
                _four_neighbours,
                "Two places that touch at a corner are neighbours as well: look at all eight.",
            ),
            Wrong(
                "no edges",
                _no_edges,
                "A place at the edge has fewer neighbours, but it can be a peak: things are cut off there.",
            ),
            Wrong(
                "only the highest",
                _only_one,
                "That is the highest place of all; every place that beats its own neighbours is a peak.",
            ),
            Wrong(
                "low ones too",
                _every_peak,
                "You mark peaks of any height; those below `least` are noise.",
            ),
        ),
    ),
)
