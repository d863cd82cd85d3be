"""Exercises of lesson 22: the outline of a mask, and the 95th percentile of two lists of distances."""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import NDArray

from workbench.teaching.exercise import FunctionExercise, Wrong

Mask = NDArray[np.bool_]
Distances = NDArray[np.float64]
CORNERS = np.ones((3, 3), bool)


def outline(mask: Mask) -> Mask:
    """Give the pixels of a mask beside its outside, or at the picture's border."""
    inner = scipy.ndimage.binary_erosion(mask)
    return np.asarray(mask & ~inner)


def hd95(there: Distances, back: Distances) -> float:
    """Give the greater of the 95th percentiles of the distances there and back."""
    return float(max(np.percentile(there, 95), np.percentile(back, 95)))


def _masks(rng: np.random.Generator) -> list[tuple[Mask]]:
    # A block that fills the picture but for one pixel: its border and a corner both tell answers apart.
    first = np.ones((4, 4), bool)
    first[0, int(rng.integers(0, 4))] = False
    cases = [first]
    for size in ((5, 5), (8, 9), (16, 16), (40, 60)):
        noise = scipy.ndimage.gaussian_filter(rng.standard_normal(size), 1.5)
        mask = noise > np.quantile(noise, 0.35)
        mask[-4:, -4:] = True  # at the border
        mask[-1, -1] = False
        cases.append(mask)
    return [(mask,) for mask in cases]


def _journeys(rng: np.random.Generator) -> list[tuple[Distances, Distances]]:
    # The worse direction is now the first, now the second; the longer list is the better one.
    cases = [(rng.permutation(np.arange(5.0)), rng.permutation(2.0 * np.arange(9.0) / 8))]
    for many, few in ((10, 30), (40, 12), (100, 100), (400, 150)):
        one, two = rng.exponential(2.0, many), 5.0 + rng.exponential(4.0, few)
        cases.append((one, two) if many > few else (two, one))
    return [(there.round(3), back.round(3)) for there, back in cases]


def _by_corners(mask: Mask) -> Mask:
    return np.asarray(mask & ~scipy.ndimage.binary_erosion(mask, CORNERS))


def _outside(mask: Mask) -> Mask:
    return np.asarray(scipy.ndimage.binary_dilation(mask) & ~mask)


def _without_border(mask: Mask) -> Mask:
    return np.asarray(mask & ~scipy.ndimage.binary_erosion(mask, border_value=1))


def _both_sides(mask: Mask) -> Mask:
    return outline(mask) | _outside(mask)


def _pooled(there: Distances, back: Distances) -> float:
    return float(np.percentile(np.concatenate([there, back]), 95))


def _greatest(there: Distances, back: Distances) -> float:
    return float(max(there.max(), back.max()))


def _one_way(there: Distances, back: Distances) -> float:
    return float(np.percentile(there, 95))


def _average(there: Distances, back: Distances) -> float:
    return float((np.percentile(there, 95) + np.percentile(back, 95)) / 2)


def _fifth(there: Distances, back: Distances) -> float:
    return float(max(np.percentile(there, 5), np.percentile(back, 5)))


EXERCISES = (
    FunctionExercise(
        id="22.1",
        title="The outline of a mask",
        prompt=(
            "Write `outline(mask)`: a boolean mask of the pixels of `mask` that have a pixel above, below, "
            "left or right of them which is not in it. Beyond the picture's border nothing is in it."
        ),
        signature="outline(mask)",
        solution=outline,
        cases=_masks,
        hint=(
            "Take the mask, and from it what is left when its outermost layer is peeled off "
            "(scipy.ndimage.binary_erosion)."
        ),
        wrong=(
            Wrong(
                "by corners",
                _by_corners,
                "You look at corner neighbours as well; only above, below, left and right count here.",
            ),
            Wrong(
                "outside",
                _outside,
                "You give the pixels around the mask; its outline is made of the mask's own pixels.",
            ),
            Wrong(
                "without the border",
                _without_border,
                "Where the mask meets the picture's border it ends, so its pixels there are outline.",
            ),
            Wrong(
                "both sides",
                _both_sides,
                "You give the pixels on either side of the edge; keep those inside the mask.",
            ),
        ),
    ),
    FunctionExercise(
        id="22.2",
        title="HD95",
        prompt=(
            "Write `hd95(there, back)`: you get the distances from each outline pixel of the truth to the "
            "guess, and of the guess to the truth. Give the **greater** of the two 95th percentiles."
        ),
        signature="hd95(there, back)",
        solution=hd95,
        cases=_journeys,
        hint="One percentile for each list (numpy.percentile), then compare the two.",
        wrong=(
            Wrong(
                "pooled",
                _pooled,
                "You put both lists into one; then a long outline hides what is wrong with a short one.",
            ),
            Wrong(
                "greatest",
                _greatest,
                "That is the greatest distance of all, Hausdorff's; leave out the worst of each list.",
            ),
            Wrong(
                "one way",
                _one_way,
                "You use one list only; what the guess made up shows in the other one.",
            ),
            Wrong("average", _average, "You average the two directions; take the worse of them."),
            Wrong("the fifth", _fifth, "95 of a hundred distances lie below it, not above."),
        ),
    ),
)
