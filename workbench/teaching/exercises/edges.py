"""Exercises of lesson 02: how steep a picture is, and which weak edges to believe."""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import NDArray

from workbench.teaching.exercise import FunctionExercise, Wrong

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
AROUND = np.ones((3, 3), bool)  # a pixel touches all eight around it


def slope_across(grey: Grey) -> Floats:
    """Give half of what the right neighbour has over the left one; beyond the border, pixels repeat."""
    wide = np.pad(grey.astype(float), ((0, 0), (1, 1)), mode="edge")
    return (wide[:, 2:] - wide[:, :-2]) / 2


def hysteresis(steepness: Floats, low: float, high: float) -> Mask:
    """Keep what is steeper than `low` in pieces that have a pixel steeper than `high`."""
    pieces, _ = scipy.ndimage.label(steepness > low, AROUND)
    strong = np.unique(pieces[steepness > high])
    return np.isin(pieces, strong[strong > 0])


def _pictures(rng: np.random.Generator) -> list[tuple[Grey]]:
    # Falls and rises of more than half the range: there the arithmetic of bytes shows.
    first = np.array([[250, 10, 120, 200]], np.uint8) - rng.integers(0, 9, (1, 4)).astype(np.uint8)
    sizes = [(2, 5), (3, 4), (5, 5), (8, 12), (40, 30)]
    return [(first,), *((rng.integers(0, 256, size, dtype=np.uint8),) for size in sizes)]


def _landscapes(rng: np.random.Generator) -> list[tuple[Floats, float, float]]:
    # A long weak line behind a strong pixel, one that joins by a corner, and one with no strong pixel at all.
    drawn = np.array([[9.0, 5, 5, 5, 0, 0, 5, 5], [0, 0, 0, 0, 5, 0, 0, 0]])
    cases = [(drawn + rng.uniform(0, 0.5, drawn.shape), 3.0, 8.0)]
    for size in ((6, 6), (9, 12), (12, 9), (30, 30), (60, 50)):
        cases.append((rng.uniform(0, 10, size), 6.0, 9.6))
    return cases


def _bytes(grey: Grey) -> Floats:
    wide = np.pad(grey, ((0, 0), (1, 1)), mode="edge")
    return (wide[:, 2:] - wide[:, :-2]) / 2


def _whole(grey: Grey) -> Floats:
    return 2 * slope_across(grey)


def _down(grey: Grey) -> Floats:
    return slope_across(grey.T).T


def _steps(grey: Grey) -> Floats:
    return np.diff(grey.astype(float), axis=1)


def _touching(steepness: Floats, low: float, high: float) -> Mask:
    beside = scipy.ndimage.binary_dilation(steepness > high, AROUND)
    return beside & (steepness > low)


def _sides_only(steepness: Floats, low: float, high: float) -> Mask:
    pieces, _ = scipy.ndimage.label(steepness > low)
    strong = np.unique(pieces[steepness > high])
    return np.isin(pieces, strong[strong > 0])


EXERCISES = (
    FunctionExercise(
        id="02.1",
        title="How steep from left to right?",
        prompt=(
            "Write `slope_across(grey)`: for each pixel, **half of** the right neighbour's grey level less "
            "the left one's. Beyond the border, the picture goes on as it ends."
        ),
        signature="slope_across(grey)",
        solution=slope_across,
        cases=_pictures,
        hint=(
            "np.pad(..., mode='edge') repeats the border; what is two columns apart is then easy to subtract."
        ),
        wrong=(
            Wrong(
                "bytes wrap around",
                _bytes,
                "You subtract bytes: 10 - 250 is not negative there, it starts again from the top. "
                "Convert with grey.astype(float) first.",
            ),
            Wrong(
                "not halved",
                _whole,
                "The two neighbours are two pixels apart: halve the difference to have it per pixel.",
            ),
            Wrong(
                "top to bottom", _down, "That is the slope from top to bottom; columns are the second axis."
            ),
            Wrong(
                "next less this",
                _steps,
                "Those are steps between neighbours, one column too few; take the pixels on both sides.",
            ),
        ),
    ),
    FunctionExercise(
        id="02.2",
        title="Which weak edges to believe",
        prompt=(
            "Write `hysteresis(steepness, low, high)`: a boolean mask of the pixels steeper than `low` that "
            "hang together, over any number of pixels and over corners too, with one steeper than `high`."
        ),
        signature="hysteresis(steepness, low, high)",
        solution=hysteresis,
        cases=_landscapes,
        hint=(
            "scipy.ndimage.label(mask, np.ones((3, 3))) numbers the pieces that hang together; which numbers "
            "have a strong pixel?"
        ),
        wrong=(
            Wrong(
                "only the strong",
                lambda steepness, low, high: steepness > high,
                "Those are the strong pixels alone; the weak ones that hang together with them are missing.",
            ),
            Wrong(
                "all the weak",
                lambda steepness, low, high: steepness > low,
                "You keep weak lines that have no strong pixel anywhere.",
            ),
            Wrong(
                "one step",
                _touching,
                "You go one pixel from the strong ones; a weak line goes on as long as it hangs together.",
            ),
            Wrong(
                "no corners",
                _sides_only,
                "A slanting line hangs together by its corners: let a pixel touch all eight around it.",
            ),
        ),
    ),
)
