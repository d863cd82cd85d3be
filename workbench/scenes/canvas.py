"""A picture that is painted back to front, and the truth that grows with it, pixel for pixel."""

from __future__ import annotations

import itertools
import operator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.instances import Instance, Instances
from workbench.segmentation import Segment, Segmentation
from workbench.taxonomy import Category, Taxonomy

Floats = NDArray[Any]  # float32; numpy's stubs take float32 times a Python float for float64
SMALLEST, LARGEST = 32, 4096  # px a side


def floats(values: ArrayLike) -> Floats:
    """Turn colours, or anything like an array, into float32: the one precision that scenes are painted in."""
    return np.asarray(values, np.float32)


def checked(name: str, seed: int, size: tuple[int, int]) -> tuple[int, int]:
    """Give `size` as two ints, or say in one sentence what is wrong with the seed or the size.

    Raises
    ------
    ValueError : a seed that is not a whole number from 0, or a side outside 32 to 4096 px.

    >>> checked("cells", 0, (64, 96))
    (64, 96)
    """
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise ValueError(f"{name}: seed must be a whole number from 0, got {seed!r}")
    try:
        height, width = (operator.index(side) for side in size)
    except (TypeError, ValueError):
        raise ValueError(f"{name}: size must be (height, width) in whole pixels, got {size!r}") from None
    if not (SMALLEST <= height <= LARGEST and SMALLEST <= width <= LARGEST):
        raise ValueError(
            f"{name}: size must be {SMALLEST} to {LARGEST} px a side (height, width), got {(height, width)}"
        )
    return height, width


@dataclass(frozen=True)
class Patch:
    """Hold a small painted piece and where it goes.

    `rgb` (h, w, 3) and `opacity` (h, w) are what is seen, 0 to 1; `inside` (h, w) is the boolean truth;
    `row`, `col` are where its first pixel lands, outside of the picture or not.
    """

    rgb: Floats
    opacity: Floats
    inside: NDArray[np.bool_]
    row: int
    col: int


@dataclass(frozen=True)
class Stain:
    """Hold a piece of one colour, a shadow or dirt, that is painted but is nobody's truth."""

    colour: Floats  # (3,) 0 to 1
    opacity: Floats  # (h, w)
    row: int
    col: int


class Canvas:
    """Keep an (H, W, 3) float32 picture, values 0 to 1, and the ids of what is seen in it.

    Stuff carries its category's id; the k-th thing painted carries ``len(tax) + 1 + k`` until `truth`.
    """

    def __init__(self, rgb: Floats, category_ids: NDArray[np.int32], tax: Taxonomy) -> None:
        self.rgb, self.ids, self.taxonomy = rgb, category_ids, tax
        self.shape = (rgb.shape[0], rgb.shape[1])
        self._things: list[Instance] = []

    def paint(self, patch: Patch, category: Category | None = None) -> None:
        """Lay a patch over the picture; with a category it becomes truth as well, without one only paint."""
        if seen := self._seen(patch):
            here, cut = seen
            self._mix(here, patch.rgb[cut], patch.opacity[cut])
            if category is not None:
                self._claim(patch.inside[cut], here, category)

    def stain(self, stain: Stain) -> None:
        """Lay a piece of one colour over the picture."""
        if seen := self._seen(stain):
            here, cut = seen
            self._mix(here, stain.colour, stain.opacity[cut])

    def _seen(self, piece: Patch | Stain) -> tuple[tuple[slice, slice], tuple[slice, slice]] | None:
        """Give the part of the picture that a piece covers and the part of it that is seen, or None."""
        height, width = piece.opacity.shape
        top, left = max(0, piece.row), max(0, piece.col)
        bottom = min(self.shape[0], piece.row + height)
        right = min(self.shape[1], piece.col + width)
        if top >= bottom or left >= right:
            return None
        return (slice(top, bottom), slice(left, right)), (
            slice(top - piece.row, bottom - piece.row),
            slice(left - piece.col, right - piece.col),
        )

    def _mix(self, here: tuple[slice, slice], rgb: Floats, opacity: Floats) -> None:
        under = self.rgb[here]
        change = rgb - under
        change *= cv2.merge([opacity] * 3)
        under += change

    def claim(self, inside: NDArray[np.bool_], row: int, col: int, category: Category) -> None:
        """Make a piece, which lies within the picture, the truth at (row, col); paint is laid elsewhere."""
        height, width = inside.shape
        self._claim(inside, np.s_[row : row + height, col : col + width], category)

    def _claim(self, inside: NDArray[np.bool_], here: tuple[slice, slice], category: Category) -> None:
        number = category.id
        if category.kind == "thing":
            number = len(self.taxonomy) + 1 + len(self._things)
            runs = patch_runs(inside, here[0].start, here[1].start, self.shape)
            self._things.append(Instance(category, None, runs))
        self.ids[here][inside] = number

    def table(self, category: Category, value: float) -> Floats:
        """Give the table that maps the ids so far to a value for things of a category, to 0 for others."""
        first = len(self.taxonomy) + 1
        return floats([0.0] * first + [value * (thing.category is category) for thing in self._things])

    def truth(self) -> tuple[Segmentation, Instances, tuple[int, ...]]:
        """Give what is seen, the whole things, and their draw order (indices, back to front).

        Thing k of the instances is segment ``len(tax) + 1 + k``; what nothing is seen of is left out of both.
        """
        first = len(self.taxonomy) + 1
        seen = np.bincount(self.ids.ravel(), minlength=first + len(self._things)) > 0
        kept = [k for k in range(len(self._things)) if seen[first + k]]
        things = tuple(self._things[k] for k in kept)
        ids = self.ids
        if len(kept) < len(self._things):
            table = np.arange(first + len(self._things), dtype=np.int32)
            table[[first + k for k in kept]] = np.arange(first, first + len(kept), dtype=np.int32)
            ids = np.take(table, ids)
        names = {int(n): Segment(self.taxonomy[int(n)]) for n in np.flatnonzero(seen[:first])}
        names |= {first + k: Segment(thing.category) for k, thing in enumerate(things)}
        # Ids and names were counted above: checking them again would cost as much as painting a car.
        truth = Segmentation._made(ids.copy(), names, self.taxonomy, "panoptic")
        return truth, Instances(self.shape, things, self.taxonomy), tuple(range(len(things)))


def patch_runs(inside: NDArray[np.bool_], row: int, col: int, shape: tuple[int, int]) -> tuple[int, ...]:
    """Encode a patch at (row, col) of an (H, W) picture as run lengths of the whole picture.

    Looks at the patch only, so that its cost does not grow with the picture.

    >>> patch_runs(np.array([[True, True]]), 1, 1, (2, 3))
    (3, 1, 1, 1)
    """
    height, width = inside.shape
    padded = np.zeros((width, height + 2), bool)
    padded[:, 1:-1] = inside.T
    flat = padded.ravel()
    # Each column is unset at both ends, so that every edge of the flat one lies within a column.
    edges = np.flatnonzero(flat[1:] != flat[:-1])
    places = edges + edges // (height + 2) * (shape[0] - height - 2) + (col * shape[0] + row)
    if height == shape[0]:
        # A run that ends at a column's foot and goes on at the next one's head is one run: drop the seam.
        seam = np.flatnonzero(places[1:] == places[:-1])
        places = np.delete(places, np.concatenate([seam, seam + 1]))
    bounds = [0, *places.tolist(), shape[0] * shape[1]]
    runs = [after - before for before, after in itertools.pairwise(bounds)]
    return tuple(runs if runs[-1] or len(runs) == 1 else runs[:-1])
