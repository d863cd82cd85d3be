"""Outlines one pixel wide: where the segments of a map end, for all of them in one pass."""

from __future__ import annotations

import cv2
import numpy as np
import scipy
from numpy.typing import NDArray

from workbench.segmentation import Ids

Mask = NDArray[np.bool_]
Points = NDArray[np.int64]  # (N, 2) rows and columns
Distances = NDArray[np.float64]

NOWHERE: Points = np.empty((0, 2), np.int64)
INFINITE = float("inf")
CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))


def outline(mask: Mask) -> Mask:
    """Give the (H, W) outline of a mask: its pixels beside the outside, or at the picture's border.

    Beside means above, below, left or right; the mask less its erosion, in other words.

    >>> outline(np.ones((3, 4), bool)).astype(int)
    array([[1, 1, 1, 1],
           [1, 0, 0, 1],
           [1, 1, 1, 1]])
    """
    inner = cv2.erode(mask.view(np.uint8), CROSS, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return mask ^ inner.view(bool)


def outline_points(ids: Ids) -> dict[int, Points]:
    """Give the outline of every id above 0 in a (H, W) map, as `outline` gives that of a mask.

    >>> outline_points(np.array([[0, 7], [7, 7]]))[7].tolist()
    [[0, 1], [1, 0], [1, 1]]
    """
    edge = beside(ids)
    edge[[0, -1]] = edge[:, [0, -1]] = True
    at = np.flatnonzero(edge)
    return _by_id(at, ids.ravel()[at], ids.shape[1])


def corner_points(ids: Ids) -> dict[int, Points]:
    """Give the boundary of every id above 0 as the Berkeley and DAVIS benchmarks draw it.

    A boundary stands for the crack between pixels: a pixel is on it where it, its right, its lower and its
    lower right neighbour are not of one kind (Martin, seg2bmap, 2003). So it lies half a pixel up and left
    of the crack, outside of the segment as often as inside, and the picture's border is none.

    >>> corner_points(np.array([[0, 0, 7], [0, 0, 7]]))[7].tolist()
    [[0, 1], [1, 1]]
    """
    block = _blocks(ids)
    at = np.flatnonzero((block[0] != block[1]) | (block[0] != block[2]) | (block[0] != block[3]))
    names = np.stack([view.ravel()[at] for view in block])
    # A pixel is on the boundary of each id around its corner, once.
    for k in range(1, 4):
        names[k][(names[k] == names[:k]).any(axis=0)] = 0
    return _by_id(np.tile(at, 4), names.ravel(), ids.shape[1])


def corners(ids: Ids, void: Mask | None = None) -> Mask:
    """Give the (H, W) boundary between all ids at once, drawn as `corner_points` does.

    Void makes no boundary: among the four pixels around a corner only judged ones are compared.

    >>> corners(np.array([[1, 1, 2], [1, 1, 2]])).astype(int).tolist()
    [[0, 1, 0], [0, 1, 0]]
    """
    if void is None:
        one, *others = _blocks(ids)
        return (one != others[0]) | (one != others[1]) | (one != others[2])
    kind = np.iinfo(ids.dtype)
    high = np.maximum.reduce(_blocks(np.where(void, kind.min, ids)))
    low = np.minimum.reduce(_blocks(np.where(void, kind.max, ids)))
    return (low < high) & ~void


def beside(ids: Ids, void: Mask | None = None) -> Mask:
    """Give the (H, W) pixels that have another id above, below, left or right; void makes no boundary.

    >>> beside(np.array([[1, 1, 2], [1, 1, 2]])).astype(int).tolist()
    [[0, 1, 1], [0, 1, 1]]
    """
    found = np.zeros(ids.shape, bool)
    for one, two in ((np.s_[1:], np.s_[:-1]), (np.s_[:, 1:], np.s_[:, :-1])):
        differ = ids[one] != ids[two]
        if void is not None:
            differ &= ~(void[one] | void[two])
        found[one] |= differ
        found[two] |= differ
    return found


def void_of(truth_ids: Ids) -> Mask | None:
    """Give the (H, W) pixels of a truth that are not judged, or None where all are."""
    void = truth_ids == 0
    return void if void.any() else None


def points_of(mask: Mask) -> Points:
    """List the rows and columns of a (H, W) mask's pixels."""
    return _located(np.flatnonzero(mask), mask.shape[1])


def nearest(points: NDArray, others: NDArray, limit: float = INFINITE) -> Distances:
    """Give the (N,) exact distance from each point to the nearest of the others; inf beyond the limit.

    A search tree over outlines beats a distance transform of the picture: the outline of a million pixels
    has a few thousand.
    """
    if not len(points) or not len(others):
        return np.full(len(points), INFINITE)
    return scipy.spatial.cKDTree(others, leafsize=32).query(points, distance_upper_bound=limit)[0]


def _blocks(ids: NDArray) -> tuple[NDArray, ...]:
    """Give each pixel, its right, lower and lower right neighbour; at the border itself again."""
    padded = np.pad(ids, ((0, 1), (0, 1)), mode="edge")
    return padded[:-1, :-1], padded[:-1, 1:], padded[1:, :-1], padded[1:, 1:]


def _by_id(at: NDArray[np.int64], names: Ids, width: int) -> dict[int, Points]:
    """Sort flat places by the id they belong to; id 0 and below are nobody."""
    order = np.argsort(names, kind="stable")
    order = order[np.searchsorted(names[order], 1) :]
    found, starts = np.unique(names[order], return_index=True)
    groups = np.split(at[order], starts[1:])
    return {int(n): _located(group, width) for n, group in zip(found, groups, strict=False)}


def _located(at: NDArray[np.int64], width: int) -> Points:
    return np.stack(np.divmod(at, width), axis=1)
