"""SEEDS-like superpixels: a grid whose blocks, then pixels, change sides to make its regions purer."""

from __future__ import annotations

from typing import Annotated

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.image import Image
from workbench.methods.partitions import counted, outlined
from workbench.methods.superpixels import show_superpixels
from workbench.registry import Label, Range, method
from workbench.segmentation import Segmentation
from workbench.trace import chart, progress, recording, stage

Ids = NDArray[np.int64]
SIDE = 4  # px: blocks are halved down to this, then single pixels move
# The eight neighbours of a cell in a circle, rows and columns away; every second one shares a side.
RING = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))


@method(
    "SEEDS-like",
    name="seeds-like",
    family="superpixels",
    yields="partition",
    source="Van den Bergh et al. 2012",
)
def seeds_like(
    image: Image,
    *,
    segments: Annotated[
        int, Range(2, 1000, 1, log=True), Label("Segments", "About how many superpixels; a grid is laid out.")
    ] = 150,
    bins: Annotated[
        int, Range(2, 10), Label("Bins a channel", "How finely colours are told apart; fewer forgive more.")
    ] = 5,
    smoothness: Annotated[
        float,
        Range(0, 2, 0.05),
        Label("Smooth outlines", "Higher weighs straight borders above pure colours."),
    ] = 0.2,
    sweeps: Annotated[
        int, Range(1, 20), Label("Sweeps a size", "How often every border is walked for each block size.")
    ] = 5,
) -> Segmentation:
    """Start from a grid, and let blocks, then pixels, change sides where that makes the superpixels purer.

    The idea of Van den Bergh, M. et al.: SEEDS: superpixels extracted via energy-driven sampling, 2012, and
    not its program. Alike: the grid, the colour histograms (CIELAB here, cut into bins between the lowest and
    the highest value of each channel), blocks that are halved until pixels move, only moves at a border that
    leave a superpixel in one piece. Different: the paper sums the squared shares of each histogram, takes all
    superpixels as equally large, and decides by how much of a block's histogram another one covers; here each
    sum is weighted by the superpixel's pixels, and decided by its exact slope. The outline's term counts
    neighbouring pixels of one superpixel instead of looking at small patches. And a quarter of the cells,
    none touching another, moves at once.
    """
    colours = binned(image, bins)
    ids, sizes = grid(image.shape[:2], segments)
    rises = [energy(colours, ids, smoothness)] if recording() else []
    stage("grid", lambda: outlined(image, ids), "the squares to begin with", film="moving")
    for level, (rows, columns) in enumerate(sizes):
        cells = Cells(colours, ids, rows, columns, smoothness)
        for sweep in range(sweeps):
            progress(level * sweeps + sweep, len(sizes) * sweeps)
            moved = cells.sweep()
            rises += [energy(colours, cells.ids(), smoothness)] if recording() else []
            if not moved:
                break
        ids = cells.ids()
        if recording():
            size = f"{rows.max()} x {columns.max()} px"
            stage(f"after {size}", outlined(image, ids), f"blocks of {size} have moved", film="moving")
    if recording():
        _show(image, ids + 1, rises)
    return Segmentation.from_partition(ids + 1)


def _show(image: Image, ids: Ids, rises: list[float]) -> None:
    shares = np.array(rises) / ids.size
    axes = ("sweep", "energy a pixel")
    chart(
        "energy", np.arange(len(rises)), shares, "purer colours and smoother outlines; never falls", axes=axes
    )
    show_superpixels(image, ids)


def binned(image: Image, bins: int) -> Ids:
    """Give the (H, W) number of each pixel's colour, from 0; CIELAB, each channel cut into equal bins.

    The bins span what the picture has, from the lowest to the highest value of each channel.

    >>> binned(np.array([[[0] * 3, [90] * 3, [100] * 3, [255] * 3]], np.uint8), 2).tolist()
    [[0, 0, 0, 1]]
    """
    lab = cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    low, span = lab.min(axis=(0, 1)), np.ptp(lab, axis=(0, 1))
    # A grey picture's a and b channels only hold what rounding left there: one bin.
    shares = (lab - low) / np.where(span < 1, np.inf, span)
    levels = np.minimum((shares * bins).astype(np.int64), bins - 1)
    return counted(levels @ [bins * bins, bins, 1]).astype(np.int64) - 1


def grid(size: tuple[int, int], segments: int) -> tuple[Ids, list[tuple[Ids, Ids]]]:
    """Lay out about `segments` squares; give the (H, W) numbers, and row heights and column widths per level.

    The levels halve the squares until blocks would be less than 4 px, and end with single pixels.

    >>> ids, sizes = grid((8, 16), 2)
    >>> ids[0].tolist(), [rows.tolist() for rows, _ in sizes]
    ([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1], [[4, 4], [1, 1, 1, 1, 1, 1, 1, 1]])
    """
    side = max((size[0] * size[1] / segments) ** 0.5, 1)
    counts = [min(max(round(length / side), 1), length) for length in size]
    rows, columns = (np.arange(length) * n // length for length, n in zip(size, counts, strict=True))
    sizes, halvings = [], 2
    while all(length >= SIDE * n * halvings for length, n in zip(size, counts, strict=True)):
        # Halves of halves: each block lies inside one block of the size before.
        places = [np.arange(length) * n * halvings // length for length, n in zip(size, counts, strict=True)]
        sizes.append((np.bincount(places[0]), np.bincount(places[1])))
        halvings *= 2
    sizes.append((np.ones(size[0], np.int64), np.ones(size[1], np.int64)))
    return rows[:, None] * counts[1] + columns, sizes


class Cells:
    """Hold blocks or pixels of one size, and move them between superpixels."""

    def __init__(self, colours: Ids, ids: Ids, rows: Ids, columns: Ids, smoothness: float) -> None:
        self.rows, self.columns, self.smoothness = rows, columns, smoothness
        tops, lefts = rows.cumsum() - rows, columns.cumsum() - columns
        self.owner = ids[np.ix_(tops, lefts)]
        bins = int(colours.max()) + 1
        self.counts = table_of(ids, colours, bins)
        self.colours, self.histograms = colours, None
        if self.owner.shape != colours.shape:
            number = self._spread(np.arange(self.owner.size).reshape(self.owner.shape))
            self.histograms = table_of(number, colours, bins)

    def ids(self) -> Ids:
        """Give the (H, W) number of each pixel's superpixel."""
        return self._spread(self.owner)

    def sweep(self) -> int:
        """Move what makes the energy rise, a quarter of the cells at a time; say how many moved."""
        return sum(self._move(down, across) for down in (0, 1) for across in (0, 1))

    def _spread(self, grid: Ids) -> Ids:
        return grid.repeat(self.rows, axis=0).repeat(self.columns, axis=1)

    def _move(self, down: int, across: int) -> int:
        # Cells two apart do not touch: none changes what another one sees of its surroundings.
        padded = np.pad(self.owner, 1, constant_values=-1)
        height, width = self.owner.shape
        ring = [
            padded[1 + r + down : 1 + r + height : 2, 1 + c + across : 1 + c + width : 2] for r, c in RING
        ]
        own = self.owner[down::2, across::2]
        sides = np.stack(ring[::2])
        loose = removable(own, ring) & ((sides != own) & (sides >= 0)).any(axis=0)
        rows, columns = np.nonzero(loose)
        own, sides = own[loose], sides[:, loose]
        rows, columns = 2 * rows + down, 2 * columns + across
        gain = self._gain(rows, columns, own, sides)
        best = gain.argmax(axis=0)
        moves = gain[best, np.arange(len(own))] > 1e-9
        self._give(rows[moves], columns[moves], own[moves], sides[best, np.arange(len(own))][moves])
        return int(moves.sum())

    def _gain(self, rows: Ids, columns: Ids, own: Ids, sides: Ids) -> NDArray[np.float64]:
        """Give a lower bound, (4, N), of how much the energy rises when cells go over to each side."""
        # The energy is convex in the counts, so that its slope, all moves added up, never promises too much.
        slope = slopes(self.counts)
        lengths = np.stack([self.columns[columns], self.rows[rows]] * 2)  # px that a cell and its side share
        borders = [((sides == other) * lengths).sum(axis=0) for other in (*sides, own)]
        gain = self.smoothness * (np.stack(borders[:4]) - borders[4]).astype(np.float64)
        for n, other in enumerate(sides):
            if self.histograms is None:
                colour = self.colours[rows, columns]
                gain[n] += slope[other, colour] - slope[own, colour]
            else:
                cells = self.histograms[rows * self.owner.shape[1] + columns]
                gain[n] += ((slope[other] - slope[own]) * cells).sum(axis=1)
        return np.where((sides >= 0) & (sides != own), gain, -np.inf)

    def _give(self, rows: Ids, columns: Ids, own: Ids, to: Ids) -> None:
        self.owner[rows, columns] = to
        if self.histograms is None:
            colour = self.colours[rows, columns]
            np.add.at(self.counts, (own, colour), -1)
            np.add.at(self.counts, (to, colour), 1)
        else:
            cells = self.histograms[rows * self.owner.shape[1] + columns]
            np.add.at(self.counts, own, -cells)
            np.add.at(self.counts, to, cells)


def removable(own: Ids, ring: list[Ids]) -> NDArray[np.bool_]:
    """Say which cells their superpixel can lose and stay in one piece, as far as the eight around tell.

    Walking around the cell, the superpixel must be met at a side, left, and never met at a side again
    (Yokoi's connectivity number is 1).
    """
    same = [own == other for other in ring]
    meets = [same[k] & ~(same[k + 1] & same[(k + 2) % 8]) for k in (0, 2, 4, 6)]
    return np.asarray(sum(meet.astype(np.int64) for meet in meets) == 1)


def table_of(ids: Ids, colours: Ids, bins: int) -> NDArray[np.float64]:
    """Count the pixels of each colour in each region, (regions, bins)."""
    flat = (ids * bins + colours).ravel()
    return np.bincount(flat, minlength=(int(ids.max()) + 1) * bins).reshape(-1, bins).astype(np.float64)


def slopes(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give how fast the purity rises with one more pixel of each colour in each region, (regions, bins)."""
    shares = counts / counts.sum(axis=1, keepdims=True)
    return 2 * shares - np.square(shares).sum(axis=1, keepdims=True)


def energy(colours: Ids, ids: Ids, smoothness: float) -> float:
    """Give what the moves make rise: purity, and `smoothness` times the neighbours of one superpixel.

    Purity is the pixels of each superpixel times the chance that two of them have one colour, summed.

    >>> colours = np.array([[0, 0, 1, 1]])
    >>> energy(colours, np.array([[0, 0, 1, 1]]), 0.0), energy(colours, np.array([[0, 0, 0, 0]]), 0.5)
    (4.0, 3.5)
    """
    counts = table_of(ids, colours, int(colours.max()) + 1)
    purity = (np.square(counts).sum(axis=1) / counts.sum(axis=1)).sum()
    inside = (ids[1:] == ids[:-1]).sum() + (ids[:, 1:] == ids[:, :-1]).sum()
    return float(purity + smoothness * inside)
