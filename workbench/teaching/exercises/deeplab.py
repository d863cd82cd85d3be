"""Exercises of lesson 34: how large a map is after a convolution with holes, and one by hand."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.teaching.exercise import FunctionExercise, Wrong

Lengths = NDArray[np.int64]
Floats = NDArray[np.float64]


def size_after(sides: Lengths, kernel: int, rate: int, stride: int, padding: int) -> Lengths:
    """Give the lengths after the convolution."""
    return (sides + 2 * padding - _span(kernel, rate)) // stride + 1


def atrous(signal: Floats, weights: Floats, rate: int) -> Floats:
    """Give the answers of a convolution with holes, where it fits."""
    starts = np.arange(len(signal) - _span(len(weights), rate) + 1)
    places = starts[:, None] + rate * np.arange(len(weights))  # (answers, weights)
    return np.asarray(signal[places] @ weights)


def _span(kernel: int, rate: int) -> int:
    return (kernel - 1) * rate + 1


def _maps(rng: np.random.Generator) -> list[tuple[Lengths, int, int, int, int]]:
    cases = [(np.array([9, 12]), 3, 2, 2, 1), (np.array([16, 17]), 3, 4, 2, 2)]
    for kernel, stride in ((3, 2), (5, 2), (5, 3)):
        rate, padding = int(rng.integers(2, 6)), int(rng.integers(1, 8))
        # Odd and even lengths side by side, so that rounding shows.
        sides = int(rng.integers(24, 90)) + np.arange(4)
        cases.append((sides, kernel, rate, stride, padding))
    return cases


def _signals(rng: np.random.Generator) -> list[tuple[Floats, Floats, int]]:
    cases = [(np.array([1.0, 2, 4, 8, 16, float(rng.integers(20, 40))]), np.array([1.0, 0, -1]), 2)]
    for length, kernel, rate in ((9, 3, 2), (12, 3, 3), (16, 5, 2), (24, 4, 5)):
        weights = rng.integers(1, 6, kernel).astype(float)
        weights[0] = weights[-1] + 3  # the same from both ends, it would not show who turns it round
        cases.append((rng.integers(-9, 10, length).astype(float), weights, rate))
    return cases


def _no_holes(sides: Lengths, kernel: int, rate: int, stride: int, padding: int) -> Lengths:
    return size_after(sides, kernel, 1, stride, padding)


def _padded_once(sides: Lengths, kernel: int, rate: int, stride: int, padding: int) -> Lengths:
    return (sides + padding - _span(kernel, rate)) // stride + 1


def _first_left_out(sides: Lengths, kernel: int, rate: int, stride: int, padding: int) -> Lengths:
    return (sides + 2 * padding - _span(kernel, rate)) // stride


def _multiplied(sides: Lengths, kernel: int, rate: int, stride: int, padding: int) -> Lengths:
    return (sides + 2 * padding - kernel * rate) // stride + 1


def _rounded_up(sides: Lengths, kernel: int, rate: int, stride: int, padding: int) -> Lengths:
    return -(-(sides + 2 * padding - _span(kernel, rate)) // stride) + 1


def _turned_round(signal: Floats, weights: Floats, rate: int) -> Floats:
    return atrous(signal, weights[::-1], rate)


def _dense(signal: Floats, weights: Floats, rate: int) -> Floats:
    return atrous(signal, weights, 1)


def _strided(signal: Floats, weights: Floats, rate: int) -> Floats:
    return atrous(signal, weights, 1)[::rate]


def _halved(signal: Floats, weights: Floats, rate: int) -> Floats:
    return atrous(signal, weights, rate)[::rate]


def _padded(signal: Floats, weights: Floats, rate: int) -> Floats:
    around = _span(len(weights), rate) - 1
    return atrous(np.pad(signal, (around // 2, around - around // 2)), weights, rate)


EXERCISES = (
    FunctionExercise(
        id="34.1",
        title="How large the map is",
        prompt=(
            "Write `size_after(sides, kernel, rate, stride, padding)`: the lengths of a map's sides after a "
            "convolution with holes."
        ),
        signature="size_after(sides, kernel, rate, stride, padding)",
        solution=size_after,
        cases=_maps,
        hint="Its span must fit into side and paddings; count where it can start, the first place included.",
        wrong=(
            Wrong("no holes", _no_holes, "You leave out the rate; between the weights there are holes."),
            Wrong("padded at one end", _padded_once, "You pad at one end only; zeros are added at both."),
            Wrong(
                "first place left out",
                _first_left_out,
                "You count the moves; the place before the first move is one more.",
            ),
            Wrong(
                "kernel times rate",
                _multiplied,
                "You take kernel x rate as the span; there are kernel - 1 holes between kernel weights.",
            ),
            Wrong("rounded up", _rounded_up, "You round up; a last step that does not fit is not taken."),
        ),
    ),
    FunctionExercise(
        id="34.2",
        title="Holes by hand",
        prompt=(
            "Write `atrous(signal, weights, rate)`: for each start i where it fits, the sum over k of "
            "weights[k] * signal[i + k * rate]."
        ),
        signature="atrous(signal, weights, rate)",
        solution=atrous,
        cases=_signals,
        hint="There are len(signal) - (len(weights) - 1) * rate answers; add up one shifted slice a weight.",
        wrong=(
            Wrong(
                "turned round",
                _turned_round,
                "You turn the weights round, as np.convolve does; networks take them in their order.",
            ),
            Wrong(
                "no holes", _dense, "Your weights stand side by side; neighbours should be `rate` px apart."
            ),
            Wrong(
                "strided",
                _strided,
                "You move on by the rate with a kernel without holes; that is a stride, not a hole.",
            ),
            Wrong(
                "every answer left out but each rate-th",
                _halved,
                "You keep each rate-th answer only; the point of holes is to have an answer everywhere.",
            ),
            Wrong("padded", _padded, "You add zeros at the ends; give only the answers that fit as a whole."),
        ),
    ),
)
