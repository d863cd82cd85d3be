"""Making one panoptic answer out of two: things that overlap, and a category for every pixel.

A fusion is a function, so that others can take this one's place: some learn which thing lies in front, some
let the pixels vote. What comes in may be the two heads of one network, or two networks that never met.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Masks = NDArray[np.bool_]
Numbers = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Merged:
    """Hold what `Segmentation.from_panoptic` takes, and what became of the things.

    ids : (H, W) int32, 0 is void. categories, scores : of each id; stuff has no score.
    dropped : which of the things are not in it.
    """

    ids: NDArray[np.int32]
    categories: dict[int, int]
    scores: dict[int, float]
    dropped: tuple[int, ...]


class Fusion(Protocol):
    """Merge things and a map of categories."""

    def __call__(
        self, masks: Masks, categories: Numbers, scores: Numbers, semantic: Numbers, stuff: Collection[int]
    ) -> Merged:
        """Merge N things with the category of each pixel.

        Parameters
        ----------
        masks : (N, H, W), overlapping or not. categories, scores : (N,) category ids, and 0 to 1.
        semantic : (H, W) category ids. stuff : those of them that are stuff.
        """


@dataclass(frozen=True)
class Heuristic:
    """Merge as Panoptic FPN does (Kirillov et al., 2019): the surest thing first, on the pixels still free.

    Parameters
    ----------
    least : score that a thing must have. overlap : share of a thing that may be taken already; beyond, it is
        dropped. area : share of the picture that a kind of stuff must fill (the paper's 4096 px are 1/256 of
        its larger pictures); what fills less is void.

    >>> masks = np.array([[[True, True, False]], [[False, True, True]]])
    >>> Heuristic()(masks, np.array([6, 6]), np.array([0.7, 0.9]), np.array([[1, 1, 1]]), {1}).ids
    array([[2, 3, 3]], dtype=int32)
    """

    least: float = 0.5
    overlap: float = 0.5
    area: float = 1 / 256

    def __call__(
        self, masks: Masks, categories: Numbers, scores: Numbers, semantic: Numbers, stuff: Collection[int]
    ) -> Merged:
        """Merge N things with the category of each pixel."""
        _check(masks, categories, scores, semantic)
        ids = np.zeros(semantic.shape, np.int32)
        names: dict[int, int] = {}
        sure: dict[int, float] = {}
        dropped = []
        first = max(stuff, default=0) + 1  # stuff keeps its category id, the k-th thing is first + k
        for k in np.argsort(-np.asarray(scores, float), kind="stable").tolist():
            free = masks[k] & (ids == 0)
            size, left = int(masks[k].sum()), int(free.sum())
            # Two boxes on one thing: the less sure one finds its place taken and goes.
            if scores[k] < self.least or left == 0 or (size - left) / size > self.overlap:
                dropped.append(k)
                continue
            ids[free] = first + k
            names[first + k], sure[first + k] = int(categories[k]), float(scores[k])
        names |= self._filled(ids, semantic, stuff)
        return Merged(ids, names, sure, tuple(sorted(dropped)))

    def _filled(self, ids: NDArray[np.int32], semantic: Numbers, stuff: Collection[int]) -> dict[int, int]:
        """Let stuff have the free pixels; those that the map gives to a thing that nobody found stay void."""
        names = {}
        for category in sorted(stuff):
            here = (semantic == category) & (ids == 0)
            if here.any() and here.sum() >= self.area * here.size:
                ids[here] = category
                names[category] = category
        return names


def _check(masks: Masks, categories: Numbers, scores: Numbers, semantic: Numbers) -> None:
    if masks.ndim != 3 or masks.dtype != bool or masks.shape[1:] != semantic.shape:
        raise ValueError(
            f"fusion: masks must be boolean (N, H, W) over a map of {semantic.shape}, "
            f"got {masks.dtype} {masks.shape}"
        )
    if not len(masks) == len(categories) == len(scores):
        raise ValueError(
            f"fusion: each of {len(masks)} masks needs a category and a score, "
            f"got {len(categories)} and {len(scores)}"
        )
