"""Exercises of lesson 05: how deep inside a pixel lies, and which peaks become markers."""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import NDArray

from workbench.teaching.exercise import FunctionExercise, Wrong

Mask = NDArray[np.bool_]
Steps = NDArray[np.int64]
Peaks = NDArray[np.int64]  # (N, 3): row, column, height


def depth(mask: Mask) -> Steps:
    """Count the steps over sides from each pixel of a mask to the nearest one outside of it; 0 outside."""
    steps, left = np.zeros(mask.shape, np.int64), mask
    while left.any():
        steps += left
        left = scipy.ndimage.binary_erosion(left, border_value=1)
    return steps


def apart(peaks: Peaks, separation: float) -> Peaks:
    """Keep peaks, highest first, that lie more than `separation` px from every one kept before."""
    kept: list[NDArray[np.int64]] = []
    for peak in peaks[np.argsort(-peaks[:, 2])]:
        if all(np.hypot(*(peak - other)[:2]) > separation for other in kept):
            kept.append(peak)
    return np.array(kept)


def _masks(rng: np.random.Generator) -> list[tuple[Mask]]:
    # An object at the picture's border, and holes that are nearer by a corner than by sides.
    first = np.ones((4, 4), bool)
    first[0, 0] = first[int(rng.integers(1, 3)), 3] = False
    masks = [first, *(rng.random(size) < 0.93 for size in ((5, 5), (7, 9), (12, 12), (30, 40)))]
    for mask in masks[1:]:
        mask[tuple(rng.integers(0, mask.shape))] = False  # with no outside there is no way to it
    return [(mask,) for mask in masks]


def _mountains(rng: np.random.Generator) -> list[tuple[Peaks, float]]:
    # A chain: the second lies near the first, the third near the second only. And two exactly that far apart.
    row = int(rng.integers(0, 9))
    chain = np.array([[row, 0, 7], [row, 3, 9], [row, 6, 5]])
    cases = [(chain, 4.0), (np.array([[0, 0, 4], [0, 5, 6], [0, 10, 8], [0, 14, 9]]), 5.0)]
    for count in (6, 12, 25, 40):
        places = rng.permutation(900)[:count]
        heights = rng.permutation(100)[:count]
        cases.append((np.column_stack([places // 30, places % 30, heights]), 6.0))
    return cases


def _by_corners(mask: Mask) -> Steps:
    steps, left = np.zeros(mask.shape, np.int64), mask
    while left.any():
        steps += left
        left = scipy.ndimage.binary_erosion(left, np.ones((3, 3)), border_value=1)
    return steps


def _with_border(mask: Mask) -> Steps:
    return depth(np.pad(mask, 1))[1:-1, 1:-1]


def _from_zero(mask: Mask) -> Steps:
    return np.maximum(depth(mask) - 1, 0)


def _as_the_crow_flies(mask: Mask) -> NDArray[np.float64]:
    return np.asarray(scipy.ndimage.distance_transform_edt(mask))


def _lowest_first(peaks: Peaks, separation: float) -> Peaks:
    return _greedy(peaks[np.argsort(peaks[:, 2])], separation)


def _last_only(peaks: Peaks, separation: float) -> Peaks:
    kept: list[NDArray[np.int64]] = []
    for peak in peaks[np.argsort(-peaks[:, 2])]:
        if not kept or np.hypot(*(peak - kept[-1])[:2]) > separation:
            kept.append(peak)
    return np.array(kept)


def _all_higher(peaks: Peaks, separation: float) -> Peaks:
    ordered = peaks[np.argsort(-peaks[:, 2])]
    return np.array(
        [
            peak
            for n, peak in enumerate(ordered)
            if all(np.hypot(*(peak - other)[:2]) > separation for other in ordered[:n])
        ]
    )


def _that_far(peaks: Peaks, separation: float) -> Peaks:
    return apart(peaks, np.nextafter(separation, 0))


def _greedy(peaks: Peaks, separation: float) -> Peaks:
    kept: list[NDArray[np.int64]] = []
    for peak in peaks:
        if all(np.hypot(*(peak - other)[:2]) > separation for other in kept):
            kept.append(peak)
    return np.array(kept)


EXERCISES = (
    FunctionExercise(
        id="05.1",
        title="How deep inside",
        prompt=(
            "Write `depth(mask)`: for each pixel of the mask, how many steps over sides it is to the nearest "
            "pixel outside of the mask; 0 outside. Beyond the picture's border is no outside."
        ),
        signature="depth(mask)",
        solution=depth,
        cases=_masks,
        hint=(
            "Peel the mask: add it to a map of zeros, take off its outermost layer "
            "(scipy.ndimage.binary_erosion), and again, until nothing is left."
        ),
        wrong=(
            Wrong(
                "by corners",
                _by_corners,
                "You walk over corners as well; a step aslant is two steps over sides.",
            ),
            Wrong(
                "the border counts",
                _with_border,
                "An object that the picture cuts off goes on beyond it: its border is no outside.",
            ),
            Wrong("from zero", _from_zero, "A pixel that touches the outside is one step from it, not none."),
            Wrong(
                "as the crow flies",
                _as_the_crow_flies,
                "That is the straight distance; count steps from pixel to pixel, over sides.",
            ),
        ),
    ),
    FunctionExercise(
        id="05.2",
        title="Peaks that are far enough apart",
        prompt=(
            "Write `apart(peaks, separation)`: of the rows (row, column, height), keep from the highest to "
            "the lowest those that lie **more than** `separation` px from every one that is kept already."
        ),
        signature="apart(peaks, separation)",
        solution=apart,
        cases=_mountains,
        hint="Sort the rows by height, highest first; walk through them with a list of those kept so far.",
        wrong=(
            Wrong("as given", _greedy, "You take the peaks as they come; begin with the highest."),
            Wrong(
                "lowest first",
                _lowest_first,
                "You begin with the lowest peak; the highest is the surest one.",
            ),
            Wrong(
                "the last one only",
                _last_only,
                "You compare with the one kept last; one kept earlier may be nearer.",
            ),
            Wrong(
                "also with those dropped",
                _all_higher,
                "A peak that was dropped no longer stands in the way: compare with those kept only.",
            ),
            Wrong("that far is enough", _that_far, "Exactly `separation` px apart is not more than that."),
        ),
    ),
)
