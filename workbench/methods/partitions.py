"""What partitions have in common: which regions are neighbours, their colours, middles and outlines."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.image import Image

Pairs = NDArray[np.int64]
ORANGE = (230, 159, 0)


def counted(ids: ArrayLike) -> NDArray[np.int32]:
    """Renumber (H, W) ids from 1, in the order of the old numbers.

    >>> counted([[7, 0, 7]]).tolist()
    [[2, 1, 2]]
    """
    array = np.asarray(ids)
    there = np.zeros(int(array.max()) + 1, bool)
    there[array] = True
    return there.cumsum(dtype=np.int32)[array]


def neighbours(ids: NDArray) -> Pairs:
    """Give the (M, 2) pairs of ids, smaller first, of regions that share a pixel's side; sorted.

    >>> neighbours(np.array([[1, 1, 2], [3, 3, 2]])).tolist()
    [[1, 2], [1, 3], [2, 3]]
    """
    sides = [(ids[:, :-1], ids[:, 1:]), (ids[:-1], ids[1:])]
    pairs = [np.stack([one[one != other], other[one != other]], axis=1) for one, other in sides]
    return distinct_pairs(np.concatenate(pairs))


def distinct_pairs(pairs: NDArray) -> Pairs:
    """Give each of the (M, 2) pairs once, smaller number first; sorted.

    >>> distinct_pairs(np.array([[5, 2], [2, 5], [1, 9]])).tolist()
    [[1, 9], [2, 5]]
    """
    low, high = pairs.min(axis=1).astype(np.int64), pairs.max(axis=1).astype(np.int64)
    width = int(high.max(initial=0)) + 1
    return np.stack(np.divmod(np.unique(low * width + high), width), axis=1)


def sizes_and_colours(image: Image, ids: NDArray) -> tuple[NDArray, NDArray]:
    """Give the pixels (N,) and the mean colour (N, 3) of regions 0 to ids.max(), nan if absent."""
    flat = ids.ravel()
    sizes = np.bincount(flat).astype(np.float64)
    sums = np.stack([np.bincount(flat, channel) for channel in image.reshape(-1, 3).T], axis=1)
    return sizes, np.divide(sums, sizes[:, None], out=np.full(sums.shape, np.nan), where=sizes[:, None] > 0)


def middles(ids: NDArray) -> NDArray[np.float64]:
    """Give the mean (row, column) of the regions 1 to ids.max(), (N, 2); every number must be there."""
    flat, (rows, columns) = ids.ravel(), np.indices(ids.shape)
    sums = np.stack([np.bincount(flat, rows.ravel())[1:], np.bincount(flat, columns.ravel())[1:]], axis=1)
    return sums / np.bincount(flat)[1:, None]


def averaged(image: Image, ids: NDArray) -> Image:
    """Paint each region in its mean colour, (H, W, 3) uint8."""
    return np.nan_to_num(sizes_and_colours(image, ids)[1]).round().astype(np.uint8)[ids]


def outlined(image: Image, ids: NDArray) -> Image:
    """Draw an orange line along the upper and left sides of the regions."""
    picture, line = image.copy(), np.zeros(ids.shape, bool)
    line[1:] |= ids[1:] != ids[:-1]
    line[:, 1:] |= ids[:, 1:] != ids[:, :-1]
    picture[line] = ORANGE
    return picture
