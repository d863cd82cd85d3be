"""Exercises of lesson 03: growing from a seed, and who is whose neighbour."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from workbench.teaching.exercise import FunctionExercise, Wrong

Grey = NDArray[np.uint8]
Ids = NDArray[np.int64]
Mask = NDArray[np.bool_]
Pairs = set[tuple[int, int]]
Seed = tuple[int, int]


def grow(grey: Grey, seed: Seed, tolerance: int) -> Mask:
    """Reach from a seed the pixels within `tolerance` of its grey that are 4-connected to it."""
    near = np.abs(grey.astype(int) - int(grey[seed])) <= tolerance
    pieces, _ = scipy.ndimage.label(near)
    return np.asarray(pieces == pieces[seed])


def neighbours(ids: Ids) -> Pairs:
    """Give the pairs of ids, smaller first, of regions that share a pixel's side."""
    return _met(ids[:, :-1], ids[:, 1:]) | _met(ids[:-1], ids[1:])


def _met(one: Ids, other: Ids) -> Pairs:
    both = zip(one.ravel().tolist(), other.ravel().tolist(), strict=True)
    return {(min(a, b), max(a, b)) for a, b in both if a != b}


def _same_pairs(expected: Pairs, got: Any) -> bool:
    try:
        return isinstance(got, set) and {(int(a), int(b)) for a, b in got} == expected
    except (TypeError, ValueError):
        return False


def _pictures(rng: np.random.Generator) -> list[tuple[Grey, Seed, int]]:
    cases = []
    for size in ((3, 4), (4, 5), (6, 6), (9, 12), (20, 30)):
        tolerance = int(rng.integers(8, 20))
        grey = rng.integers(100 - 2 * tolerance, 101 + 2 * tolerance, size).astype(np.uint8)
        # Around the seed: one pixel exactly at the tolerance, one a step further, and one by the corner only.
        grey[:3, :4] = 0
        grey[1, :4] = 100, 100 - tolerance, 100 - 2 * tolerance, 100
        grey[2, 1], grey[0, 1] = 255, 100 + tolerance + 1
        grey[2, 2], grey[0, 0] = 100 - tolerance, 98
        cases.append((grey, (1, 0), tolerance))
    return cases


def _maps(rng: np.random.Generator) -> list[tuple[Ids]]:
    # Regions 1 and 4 meet in a corner only, and so do 2 and 3.
    first = np.array([[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]]) + int(rng.integers(0, 5))
    sizes = [(5, 5), (4, 9), (9, 4), (15, 20)]
    return [(first,), *((rng.integers(1, 9, size).repeat(2, axis=0),) for size in sizes)]


def _everywhere(grey: Grey, seed: Seed, tolerance: int) -> Mask:
    return np.abs(grey.astype(int) - int(grey[seed])) <= tolerance


def _by_corners(grey: Grey, seed: Seed, tolerance: int) -> Mask:
    pieces, _ = scipy.ndimage.label(_everywhere(grey, seed, tolerance), np.ones((3, 3)))
    return np.asarray(pieces == pieces[seed])


def _less(grey: Grey, seed: Seed, tolerance: int) -> Mask:
    return grow(grey, seed, tolerance - 1)


def _bytes(grey: Grey, seed: Seed, tolerance: int) -> Mask:
    pieces, _ = scipy.ndimage.label(grey - grey[seed] <= tolerance)
    return np.asarray(pieces == pieces[seed])


def _step_by_step(grey: Grey, seed: Seed, tolerance: int) -> Mask:
    reached, front = {seed}, [seed]
    while front:
        r, c = front.pop()
        for near in ((r - 1, c), (r + 1, c), (r, c - 1), (r, c + 1)):
            inside = 0 <= near[0] < grey.shape[0] and 0 <= near[1] < grey.shape[1]
            if inside and near not in reached and abs(int(grey[near]) - int(grey[r, c])) <= tolerance:
                reached.add(near)
                front.append(near)
    mask = np.zeros(grey.shape, bool)
    mask[tuple(np.array(sorted(reached)).T)] = True
    return mask


def _with_corners(ids: Ids) -> Pairs:
    return neighbours(ids) | _met(ids[:-1, :-1], ids[1:, 1:]) | _met(ids[:-1, 1:], ids[1:, :-1])


def _both_ways(ids: Ids) -> Pairs:
    return neighbours(ids) | {(b, a) for a, b in neighbours(ids)}


def _only_across(ids: Ids) -> Pairs:
    return {pair for row in ids for pair in neighbours(row[None])}


def _with_itself(ids: Ids) -> Pairs:
    return neighbours(ids) | {(int(n), int(n)) for n in np.unique(ids)}


EXERCISES = (
    FunctionExercise(
        id="03.1",
        title="Grow a region",
        prompt=(
            "Write `grow(grey, seed, tolerance)`: a boolean mask of the pixels whose grey is at most "
            "`tolerance` from the seed's, and that are reached from the seed over such pixels, side by side."
        ),
        signature="grow(grey, seed, tolerance)",
        solution=grow,
        cases=_pictures,
        hint=(
            "Either keep a list of pixels whose neighbours are still to be seen, or find all near pixels "
            "at once and keep the connected piece that the seed lies in (scipy.ndimage.label)."
        ),
        wrong=(
            Wrong(
                "everywhere",
                _everywhere,
                "You keep every pixel of that grey; only those that the seed can reach belong to its region.",
            ),
            Wrong(
                "by corners", _by_corners, "Your region slips through a corner; pixels touch by their sides."
            ),
            Wrong("off by one", _less, "A pixel that differs by exactly the tolerance still belongs to it."),
            Wrong(
                "bytes",
                _bytes,
                "Bytes have no minus sign: 90 - 100 is 246 in uint8. Turn the greys into int first.",
            ),
            Wrong(
                "step by step",
                _step_by_step,
                "You compare with the pixel before; then many small steps lead far. Compare with the seed.",
            ),
        ),
    ),
    FunctionExercise(
        id="03.2",
        title="Who is whose neighbour",
        prompt=("Write `neighbours(ids)`: the set of pairs `(a, b)`, `a < b`, of regions that share a side."),
        signature="neighbours(ids)",
        solution=neighbours,
        cases=_maps,
        equal=_same_pairs,
        hint=(
            "Compare the map with itself moved by one pixel, ids[:, :-1] with ids[:, 1:], and give a set of "
            "tuples of two numbers."
        ),
        wrong=(
            Wrong(
                "corners too",
                _with_corners,
                "Regions that meet in a corner only share no side; look to the right and down, not aslant.",
            ),
            Wrong(
                "both ways", _both_ways, "Each pair comes twice; put the smaller number first and it is one."
            ),
            Wrong(
                "across only",
                _only_across,
                "Regions on top of each other are neighbours as well: look down too.",
            ),
            Wrong(
                "with itself", _with_itself, "A region is no neighbour of itself: leave out equal numbers."
            ),
        ),
    ),
)
