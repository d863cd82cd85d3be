"""Exercises of lesson 31: one step of the way up, and how far a cell sees."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.teaching.exercise import FunctionExercise, Wrong

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


def summed(coarse: Floats, fine: Floats, weights: Floats) -> Floats:
    """Give the (K, 2h, 2w) scores after a skip is added."""
    return _repeated(coarse) + _said(fine, weights)


def reach(kernels: Counts, strides: Counts) -> int:
    """Give how many px of the picture, along one side, a cell of the last map sees."""
    # Before each layer, neighbours of its map are so far apart as all strides before it multiply to.
    apart = np.concatenate([[1], np.cumprod(strides)[:-1]])
    return int(1 + ((kernels - 1) * apart).sum())


def _repeated(coarse: Floats) -> Floats:
    return coarse.repeat(2, axis=1).repeat(2, axis=2)


def _said(fine: Floats, weights: Floats) -> Floats:
    return np.asarray(np.einsum("kc,chw->khw", weights, fine))


def _maps(rng: np.random.Generator) -> list[tuple[Floats, Floats, Floats]]:
    cases = []
    for classes, channels, height, width in (
        (2, 2, 1, 2),
        (2, 3, 2, 2),
        (3, 4, 2, 3),
        (8, 6, 4, 4),
        (8, 16, 4, 5),
    ):
        coarse, fine = (
            rng.integers(-9, 10, (classes, height, width)),
            rng.integers(0, 5, (channels, 2 * height, 2 * width)),
        )
        weights = rng.integers(-3, 4, (classes, channels))
        coarse[0, 0], weights[0, 0] = np.arange(width) * 5 - 3, 2  # no two alike in a row, no silent skip
        fine[0] += 1
        cases.append((coarse.astype(float), fine.astype(float), weights.astype(float)))
    return cases


def _layers(rng: np.random.Generator) -> list[tuple[Counts, Counts]]:
    # Strides that stand first, in the middle and last, and kernels of 1, so that no short cut fits all.
    cases = [
        (np.array([3, 2, 3]), np.array([1, 2, 1])),
        (np.array([3, 3, 2, 3, 1]), np.array([1, 1, 2, 2, 1])),
    ]
    for layers in (6, 9, 12):
        kernels, strides = 2 * rng.integers(0, 4, layers) + 1, rng.integers(1, 3, layers)
        kernels[:2], strides[:2], strides[-1] = (3, 5), (2, 1), 2
        cases.append((kernels, strides))
    return cases


def _tiled(coarse: Floats, fine: Floats, weights: Floats) -> Floats:
    return np.tile(coarse, (1, 2, 2)) + _said(fine, weights)


def _concatenated(coarse: Floats, fine: Floats, weights: Floats) -> Floats:
    return np.concatenate([_repeated(coarse), _said(fine, weights)])


def _averaged(coarse: Floats, fine: Floats, weights: Floats) -> Floats:
    return (_repeated(coarse) + _said(fine, weights)) / 2


def _fine_alone(coarse: Floats, fine: Floats, weights: Floats) -> Floats:
    return _said(fine, weights)


def _no_strides(kernels: Counts, strides: Counts) -> int:
    return int(1 + (kernels - 1).sum())


def _too_early(kernels: Counts, strides: Counts) -> int:
    return int(1 + ((kernels - 1) * np.cumprod(strides)).sum())


def _whole_kernels(kernels: Counts, strides: Counts) -> int:
    apart = np.concatenate([[1], np.cumprod(strides)[:-1]])
    return int((kernels * apart).sum())


def _apart(kernels: Counts, strides: Counts) -> int:
    return int(strides.prod())


EXERCISES = (
    FunctionExercise(
        id="31.1",
        title="One step up",
        prompt=(
            "Write `summed(coarse, fine, weights)`: (K, h, w) scores enlarged twofold by repeating, plus "
            "what (K, C) weights make of a (C, 2h, 2w) map at each pixel."
        ),
        signature="summed(coarse, fine, weights)",
        solution=summed,
        cases=_maps,
        hint="coarse.repeat(2, axis=1) doubles rows; np.einsum('kc,chw->khw', ...) is a 1 x 1 convolution.",
        wrong=(
            Wrong(
                "tiled",
                _tiled,
                "You put the coarse map beside itself; each single value is to become a block of two by two.",
            ),
            Wrong(
                "concatenated",
                _concatenated,
                "You stack the two, as U-Net does; in an FCN the scores of each class are added.",
            ),
            Wrong(
                "averaged",
                _averaged,
                "You take the mean of the two; a skip is a correction that is added whole.",
            ),
            Wrong("fine map alone", _fine_alone, "The coarse answer is gone; the fine map only corrects it."),
        ),
    ),
    FunctionExercise(
        id="31.2",
        title="How far a cell sees",
        prompt=(
            "Write `reach(kernels, strides)`: the receptive field in px, along one side, of a cell after "
            "layers with those kernels and strides, in their order."
        ),
        signature="reach(kernels, strides)",
        solution=reach,
        cases=_layers,
        hint=(
            "Keep two numbers: the field, which a layer widens by kernel - 1 steps, and the step, the px of "
            "the picture between two neighbours of the map that the layer reads."
        ),
        wrong=(
            Wrong(
                "strides forgotten",
                _no_strides,
                "After a stride of 2, neighbours of the map are 2 px apart; a kernel reaches twice as far.",
            ),
            Wrong(
                "stride too early",
                _too_early,
                "A layer's own stride does not widen what it sees itself; it counts for the layers after it.",
            ),
            Wrong(
                "whole kernels",
                _whole_kernels,
                "You add whole kernels; the middle is seen already, so a kernel of 3 adds two steps.",
            ),
            Wrong(
                "stride only", _apart, "That is how far two cells stand apart, not how far one of them sees."
            ),
        ),
    ),
)
