"""Split and merge: cut the picture into even blocks, then join the blocks that look alike."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from workbench.image import Image
from workbench.methods.partitions import (
    Pairs,
    averaged,
    counted,
    distinct_pairs,
    neighbours,
    outlined,
    sizes_and_colours,
)
from workbench.registry import Label, Range, method
from workbench.segmentation import Segmentation
from workbench.trace import recording, stage, tree

Grid = NDArray[np.float32]  # one number a block of a level, (rows of blocks, columns of blocks)
Ids = NDArray[np.int32]
FRAMES, BRANCHES = 12, 4  # levels shown in the film, and in the tree


@method("Split and merge", family="regions", yields="partition", source="Horowitz and Pavlidis 1976")
def split_merge(
    image: Image,
    *,
    criterion: Annotated[
        Literal["range", "deviation"],
        Label("Even means", "A small range from darkest to brightest, or a small standard deviation."),
    ] = "range",
    spread: Annotated[
        int, Range(0, 128), Label("Allowed spread", "Blocks that vary more are split; lower splits finer.")
    ] = 25,
    alike: Annotated[
        float, Range(0, 128, 0.5), Label("Alike within", "Neighbours whose mean colours lie nearer merge.")
    ] = 20.0,
    block: Annotated[
        int, Range(1, 64, 1, "px"), Label("Smallest block", "Sides are not halved below this.")
    ] = 2,
    smallest: Annotated[
        int,
        Range(1, 500, 1, "px"),
        Label("Smallest region", "Smaller ones join the neighbour nearest in colour."),
    ] = 50,
) -> Segmentation:
    """Split the picture into quarters until each is even, then merge neighbours that are alike.

    As in Horowitz, S. and Pavlidis, T.: Picture segmentation by a tree traversal algorithm, 1976. A block is
    even if no channel ranges over more than `spread` levels, or if its standard deviation (root mean square
    over the channels) is no more. Merging joins neighbouring regions that are each other's nearest in mean
    colour, again and again, until no two that share a side lie within `alike` levels (root mean square over
    the channels), and no region with a neighbour has fewer than `smallest` pixels.
    """
    levels = leaves_of(spreads_of(image, criterion), spread, block)
    blocks = painted(levels)
    if recording():
        _show_split(image, levels)
    stage("blocks", lambda: outlined(image, blocks), f"{blocks.max()} even blocks")
    ids = merge(image, blocks, alike, smallest)
    stage("merged", ids, f"{ids.max()} regions", kind="labels")
    return Segmentation.from_partition(ids)


def spreads_of(image: Image, criterion: str) -> list[Grid]:
    """Give how much each block of an (H, W, 3) image varies: a grid a level, from one block to the pixels.

    A block of level n from the end has sides of 2**n px; those at the right and the bottom may be cut off.

    >>> [grid.tolist() for grid in spreads_of(np.array([[[9] * 3, [5] * 3]], np.uint8), "range")]
    [[[4.0]], [[0.0, 0.0]]]
    """
    pyramid = _ranges(image) if criterion == "range" else _deviations(image)
    return list(pyramid)[::-1]


def _ranges(image: Image) -> Iterator[Grid]:
    low, high = image, image
    while True:
        yield (high - low).max(axis=2).astype(np.float32)
        if low.shape[:2] == (1, 1):
            return
        low, high = _halved(low, np.minimum, 255), _halved(high, np.maximum, 0)


def _deviations(image: Image) -> Iterator[Grid]:
    sums, squares = image.astype(np.int64), image.astype(np.int64) ** 2  # whole numbers: no rounding
    pixels = np.ones((*image.shape[:2], 1), np.int64)
    while True:
        variance = squares / pixels - (sums / pixels) ** 2
        yield np.sqrt(np.maximum(variance.mean(axis=2), 0)).astype(np.float32)
        if pixels.size == 1:
            return
        sums, squares, pixels = (_halved(grid, np.add, 0) for grid in (sums, squares, pixels))


def _halved(grid: NDArray, combine: np.ufunc, nothing: int) -> NDArray:
    """Combine each 2 x 2 cells of an (H, W, C) grid into one; what lies outside is `nothing`."""
    odd = [(0, side % 2) for side in grid.shape[:2]]
    even = np.pad(grid, [*odd, (0, 0)], constant_values=nothing) if odd != [(0, 0)] * 2 else grid
    rows = combine(even[::2], even[1::2])
    halved: NDArray = combine(rows[:, ::2], rows[:, 1::2])
    return halved


def leaves_of(spreads: list[Grid], spread: float, block: int) -> list[NDArray[np.bool_]]:
    """Say for each block of each level whether it is a leaf: even, or too small, and no part of a leaf."""
    levels, whole = [], np.zeros((1, 1), bool)  # whole: lies inside a leaf
    for depth, grid in enumerate(spreads):
        side = 2 ** (len(spreads) - 1 - depth)
        whole = _doubled(whole, grid.shape) if depth else whole
        leaves = ~whole & ((grid <= spread) | (side < 2 * block))
        levels.append(leaves)
        whole = whole | leaves
    return levels


def _doubled(grid: NDArray, size: tuple[int, ...]) -> NDArray:
    return grid.repeat(2, axis=0).repeat(2, axis=1)[: size[0], : size[1]]


def painted(levels: list[NDArray[np.bool_]], *, depth: int | None = None) -> Ids:
    """Paint (H, W) numbers from 1, a leaf each, large ones first; a depth leaves the blocks open there whole.

    >>> levels = [np.array([[False]]), np.array([[True, True]])]
    >>> painted(levels).tolist(), painted(levels, depth=0).tolist()
    ([[1, 2]], [[1, 1]])
    """
    ids, last = np.zeros((1, 1), np.int32), 0
    for level, leaves in enumerate(levels):
        ids = _doubled(ids, leaves.shape) if level else ids
        mine = (ids == 0) if level == depth else leaves & (ids == 0)
        ids[mine] = last + np.arange(1, mine.sum() + 1)
        last += int(mine.sum())
    return ids


def merge(image: Image, ids: Ids, alike: float, smallest: int) -> Ids:
    """Merge neighbours until none are `alike` in mean colour and none has less than `smallest` pixels.

    ids : (H, W), every number from 1 on is there; the answer's are numbered likewise.
    """
    (sizes, colours), pairs = sizes_and_colours(image, ids), neighbours(ids)
    sums: NDArray = np.nan_to_num(colours) * sizes[:, None]
    belongs = np.arange(len(sizes))
    for round_ in count(1):
        apart = distance(sums / np.maximum(sizes, 1)[:, None], pairs)
        may = (apart <= alike) | (sizes[pairs].min(axis=1) < smallest)
        if not may.any():
            break
        onto = _stars(pairs[may], apart[may], len(sizes))
        belongs = onto[belongs]
        sizes = np.bincount(onto, sizes, len(sizes))
        sums = np.stack([np.bincount(onto, channel, len(sizes)) for channel in sums.T], axis=1)
        pairs = onto[pairs]
        pairs = distinct_pairs(pairs[pairs[:, 0] != pairs[:, 1]])
        if recording() and round_ <= FRAMES:
            regions = counted(belongs[ids])
            caption = f"{regions.max()} regions are left"
            stage(f"merging, round {round_}", regions, caption, kind="labels", film="merging")
    return counted(belongs[ids])


def distance(colours: NDArray[np.float64], pairs: Pairs) -> NDArray[np.float64]:
    """Give how many levels the (N, 3) colours of each pair lie apart, root mean square over the channels."""
    one, other = pairs.T
    return np.sqrt(np.square(colours[one] - colours[other]).mean(axis=1))


def _stars(pairs: Pairs, apart: NDArray[np.float64], total: int) -> NDArray[np.int64]:
    """Say for each of `total` regions which one it joins: pairs that are each other's nearest come together.

    Regions whose nearest is in such a pair join it in the same round: a background would otherwise swallow
    its thousand neighbours one by one. Of equally near ones the pair with the lower numbers counts.
    """
    order = np.argsort(apart, kind="stable")[::-1]
    nearest = np.full(total, -1)
    nearest[pairs[order].ravel()] = order.repeat(2)  # the last one stays, and that is the nearest
    mutual = (nearest[pairs] == np.arange(len(pairs))[:, None]).all(axis=1)
    centre = np.full(total, -1)
    centre[pairs[mutual]] = pairs[mutual][:, :1]
    partner = np.arange(total)
    asks = nearest >= 0
    partner[asks] = pairs[nearest[asks]].sum(axis=1) - partner[asks]
    return np.where(centre[partner] >= 0, centre[partner], np.arange(total))


def _show_split(image: Image, levels: list[NDArray[np.bool_]]) -> None:
    """Film the blocks level by level, and draw the first levels as a tree."""
    used = max(depth for depth, leaves in enumerate(levels) if leaves.any()) + 1
    for depth in range(max(0, used - FRAMES), used):
        blocks, side = painted(levels, depth=depth), 2 ** (len(levels) - 1 - depth)
        leaves = int(levels[depth].sum())
        picture = outlined(averaged(image, blocks), blocks)
        stage(f"blocks of {side} px", picture, f"{leaves} of this size are not split", film="splitting")
    parents, sides, groups = _branches(levels[:BRANCHES], 2 ** (len(levels) - 1))
    tree("quadtree", parents, sides, "the first quarters by their side in px; 2 is even", groups=groups)


def _branches(levels: list[NDArray[np.bool_]], side: int) -> NDArray[np.int64]:
    """Give the (3, N) parent, side and group of the blocks of some levels: 1 split further, 2 even."""
    above: NDArray = np.full((1, 1), -1)
    there, rows = np.ones((1, 1), bool), np.zeros((3, 0), int)
    for level, leaves in enumerate(levels):
        if level:
            above, there = _doubled(above, leaves.shape), _doubled(there, leaves.shape)
        parents = above[there]
        numbers = np.full(leaves.shape, -1)
        numbers[there] = rows.shape[1] + np.arange(len(parents))
        new = np.stack([parents, np.full(len(parents), side >> level), leaves[there] + 1])
        above, there, rows = numbers, there & ~leaves, np.concatenate([rows, new], axis=1)
    return rows
