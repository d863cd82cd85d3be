"""Outlines one pixel wide: where the segments of a map end, for all of them in one pass."""

from __future__ import annotations

import math
from functools import lru_cache

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
REACH = 6  # pixels that are looked at one by one before a search tree is built
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
    at = np.flatnonzero(corners(ids))
    rows, columns = np.divmod(at, ids.shape[1])
    block = [view[rows, columns] for view in _blocks(ids)]
    # A pixel is on the boundary of each id around its corner, once.
    for k in (3, 2, 1):
        for earlier in block[:k]:
            block[k] = np.where(block[k] == earlier, 0, block[k])
    return _by_id(np.tile(at, 4), np.concatenate(block), ids.shape[1])


def corners(ids: Ids) -> Mask:
    """Give the (H, W) boundary between all ids at once, drawn as `corner_points` does.

    >>> corners(np.array([[1, 1, 2], [1, 1, 2]])).astype(int).tolist()
    [[0, 1, 0], [0, 1, 0]]
    """
    one, *others = _blocks(ids)
    return (one != others[0]) | (one != others[1]) | (one != others[2])


def beside(ids: Ids) -> Mask:
    """Give the (H, W) pixels that have another id above, below, left or right.

    >>> beside(np.array([[1, 1, 2], [1, 1, 2]])).astype(int).tolist()
    [[0, 1, 1], [0, 1, 1]]
    """
    found = np.zeros(ids.shape, bool)
    for one, two in ((np.s_[1:], np.s_[:-1]), (np.s_[:, 1:], np.s_[:, :-1])):
        differ = ids[one] != ids[two]
        found[one] |= differ
        found[two] |= differ
    return found


def filled(ids: Ids, void: Mask) -> Ids:
    """Give each void pixel of a (H, W) map the id of a judged pixel near it; 0 where none is judged.

    So that two regions which only void parts, as along VOC's contours, still have one boundary between them.
    Done to truth and guess alike it asks nothing about void: both are what their judged pixels say.

    >>> filled(np.array([[1, 0, 0, 0, 2]]), np.array([[False, True, True, True, False]])).tolist()[0][1::2]
    [1, 2]
    """
    if not void.any() or void.all():
        return np.where(void, 0, ids)
    # The nearest as OpenCV's 5x5 steps count it: a tie may fall either way, but alike in both maps.
    source = cv2.distanceTransformWithLabels(
        void.view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )[1]
    table = np.zeros(int(source.max()) + 1, ids.dtype)
    table[source[~void]] = ids[~void]
    return table[source]


def void_of(truth_ids: Ids) -> Mask | None:
    """Give the (H, W) pixels of a truth that are not judged, or None where all are."""
    void = truth_ids == 0
    return void if void.any() else None


def points_of(mask: Mask) -> Points:
    """List the rows and columns of a (H, W) mask's pixels."""
    return _located(np.flatnonzero(mask), mask.shape[1])


def nearest(points: NDArray, others: NDArray, limit: float = INFINITE) -> Distances:
    """Give the (N,) exact distance from each of (N, 2) points to the nearest other; inf beyond the limit.

    Points that are whole rows and columns first look at the pixels around them, since two outlines mostly run
    side by side; a search tree answers the rest. Both beat a distance transform, which measures a million
    pixels where an outline has a few thousand.

    >>> nearest(np.array([[0, 0], [50, 50]]), np.array([[3, 4], [0, 9]])).round(2).tolist()
    [5.0, 64.66]
    """
    found = np.full(len(points), INFINITE)
    if not len(points) or not len(others):
        return found
    left = np.arange(len(points))
    if points.dtype.kind == others.dtype.kind == "i":
        left = _look_around(points, others, min(limit, REACH), found)
    if len(left) and (limit > REACH or left.size == len(points)):
        # Asked once, a tree that is quick to build beats one that is quick to search.
        tree = scipy.spatial.cKDTree(others, leafsize=32, compact_nodes=False, balanced_tree=False)
        found[left] = tree.query(points[left], distance_upper_bound=limit)[0]
    return found


def _look_around(points: Points, others: Points, reach: float, found: Distances) -> NDArray[np.intp]:
    """Fill in the distances up to `reach`, nearest first, and give the numbers of the points left over."""
    margin = math.ceil(reach)
    low = [int(min(points[:, axis].min(), others[:, axis].min())) - margin for axis in (0, 1)]
    height, width = (
        int(max(points[:, axis].max(), others[:, axis].max())) + margin + 1 - low[axis] for axis in (0, 1)
    )
    at, where = ((side[:, 0] - low[0]) * width + side[:, 1] - low[1] for side in (points, others))
    there = np.zeros(height * width, bool)
    there[where] = True
    left = np.arange(len(points))
    for distance, row, column in _around(margin):
        if distance > reach or not len(left):
            break
        hit = there[at + (row * width + column)]
        found[left[hit]] = distance
        left, at = left[~hit], at[~hit]
    return left


@lru_cache
def _around(reach: int) -> list[tuple[float, int, int]]:
    """List the pixels of a square by distance from its middle: distance, row, column."""
    steps = range(-reach, reach + 1)
    return sorted((math.sqrt(row * row + column * column), row, column) for row in steps for column in steps)


def _blocks(ids: NDArray) -> tuple[NDArray, ...]:
    """Give each pixel, its right, lower and lower right neighbour; at the border itself again."""
    padded = np.pad(ids, ((0, 1), (0, 1)), mode="edge")
    return padded[:-1, :-1], padded[:-1, 1:], padded[1:, :-1], padded[1:, 1:]


def _by_id(at: NDArray[np.int64], names: Ids, width: int) -> dict[int, Points]:
    """Sort flat places by the id they belong to; id 0 and below are nobody."""
    named = names > 0
    at, names = at[named], names[named]
    order = np.argsort(names, kind="stable")
    found, starts = np.unique(names[order], return_index=True)
    groups = np.split(at[order], starts[1:])
    return {int(n): _located(group, width) for n, group in zip(found, groups, strict=False)}


def _located(at: NDArray[np.int64], width: int) -> Points:
    # Rows lie beside rows in memory, columns beside columns: both are read one at a time.
    return np.array(np.divmod(at, width)).T
