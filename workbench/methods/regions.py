"""Regions that grow from where somebody points."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Annotated, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.image import Image
from workbench.methods.features import Sigma, channel_of, even_out, smooth
from workbench.methods.partitions import ORANGE
from workbench.prompts import strokes
from workbench.registry import Label, Points, Range, method
from workbench.segmentation import Segmentation
from workbench.trace import recording, stage

Bytes = NDArray[np.uint8]  # (H, W) grey, or (H, W, 3) colours
Mask = NDArray[np.bool_]
Seeds = list[tuple[int, int]]
CELL, SURROUNDINGS = 16, 60  # px: how dense automatic seeds are, and what they must stand out from
FRAMES = 8


@method("Region growing", family="regions", yields="foreground", source="Zucker 1976; Adams and Bischof 1994")
def region_growing(
    image: Image,
    *,
    tolerance: Annotated[
        int, Range(0, 128), Label("Tolerance", "How far a pixel's grey may lie from its seed's.")
    ] = 30,
    sigma: Sigma = 2.0,
    seeds: Annotated[
        Points, Label("Seeds", "Click or scribble on objects; without any, bright spots are taken.")
    ] = (),
) -> Segmentation:
    """Grow from seeds to the connected pixels whose grey is near the seed's.

    A fixed tolerance, as in Zucker, S.: Region growing: childhood and adolescence, 1976, from seeds, as in
    Adams, R. and Bischof, L.: Seeded region growing, 1994 (whose regions compete; these do not). Every pixel
    of a scribble is a seed. Background seeds grow likewise and take back what they reach. Without object
    seeds, the spots that outshine their surroundings by the tolerance are taken.
    """
    grey = smooth(channel_of(image, "grey"), sigma)
    objects = _pixels(seeds, "object") or automatic_seeds(grey, tolerance)
    stage("seeds", lambda: _marked(image, objects), f"{len(objects)} seeds")
    grown = grow(grey, objects, tolerance)
    taken_back = grow(grey, _pixels(seeds, "background"), tolerance)
    if recording():
        _show_growth(grown, objects)
        reached = np.where(taken_back, 1, 2 * grown)
        stage("grown", reached, "what object and background seeds reach", kind="labels")
    return Segmentation.from_mask(grown & ~taken_back)


@method("Flood fill", family="regions", yields="foreground", source="Lieberman 1978; Smith 1979")
def flood_fill(
    image: Image,
    *,
    compare: Annotated[
        Literal["neighbour", "seed"],
        Label("Compare with", "The pixel it comes from follows slow shades; the seed does not."),
    ] = "neighbour",
    tolerance: Annotated[
        int, Range(0, 128), Label("Tolerance", "How far red, green and blue may each differ.")
    ] = 4,
    sigma: Sigma = 1.0,
    seeds: Annotated[
        Points, Label("Seeds", "Click what to fill; without any, the background is filled from the corners.")
    ] = (),
) -> Segmentation:
    """Fill from a click through all connected pixels of nearly the same colour, as a paint program does.

    OpenCV's, 4-connected, after Lieberman, H.: How to color in a coloring book, 1978, and Smith, A.: Tint
    fill, 1979. What object seeds fill is the object, less what background seeds fill. Without object seeds it
    is the other way round: the object is what the background seeds do not fill, and without any seed the four
    corners of the picture are background seeds.
    """
    colours = smoothed_colours(image, sigma)
    objects, ground = _pixels(seeds, "object"), _pixels(seeds, "background")
    if not (objects or ground):
        bottom, right = image.shape[0] - 1, image.shape[1] - 1
        ground = list(dict.fromkeys([(0, 0), (0, right), (bottom, 0), (bottom, right)]))
    stage("seeds", lambda: _marked(image, objects or ground), f"{len(objects or ground)} seeds")
    floating = compare == "neighbour"
    wet = grow(colours, ground, tolerance, floating=floating)
    filled = grow(colours, objects, tolerance, floating=floating) if objects else ~wet
    if recording():
        _show_growth(filled if objects else wet, objects or ground)
    return Segmentation.from_mask(filled & ~wet)


def smoothed_colours(image: Image, sigma: float) -> Image:
    """Blur an (H, W, 3) uint8 image with a Gaussian of `sigma` px; 0 leaves it as it is."""
    blurred = cv2.GaussianBlur(image, (0, 0), sigma) if sigma > 0 else image
    stage("smoothed", blurred, f"the colours, blurred with sigma {sigma:g} px")
    return np.asarray(blurred, np.uint8)


def _pixels(seeds: Points, what: str) -> Seeds:
    return [(int(row), int(column)) for stroke in strokes(seeds, what) for row, column in stroke]


def automatic_seeds(grey: Bytes, tolerance: int) -> Seeds:
    """Give (row, column) of the brightest spot in each cell of a grid, if it outshines the mean around."""
    lit = even_out(grey, SURROUNDINGS)
    seeds = []
    for top in range(0, grey.shape[0], CELL):
        for left in range(0, grey.shape[1], CELL):
            patch = lit[top : top + CELL, left : left + CELL]
            row, column = divmod(int(patch.argmax()), patch.shape[1])
            if patch[row, column] > min(128 + tolerance, 254):
                seeds.append((top + row, left + column))
    return seeds


def grow(picture: Bytes, seeds: Sequence[tuple[int, int]], tolerance: int, *, floating: bool = False) -> Mask:
    """Reach from each (row, column) the 4-connected pixels within `tolerance` of it, in each channel.

    picture : (H, W) or (H, W, 3). floating : compare each pixel with the one that it is reached from.

    >>> row = np.array([[10, 12, 14, 16, 90, 11]], np.uint8)
    >>> grow(row, [(0, 0)], 4).sum(), grow(row, [(0, 0)], 4, floating=True).sum()
    (np.int64(3), np.int64(4))
    """
    # OpenCV wants a margin around the mask, and to be allowed to write, though it fills the mask alone.
    reached = np.zeros((picture.shape[0] + 2, picture.shape[1] + 2), np.uint8)
    picture = np.require(picture, requirements="W")
    flags = 4 | cv2.FLOODFILL_MASK_ONLY | (1 << 8) | (0 if floating else cv2.FLOODFILL_FIXED_RANGE)

    def value(seed: tuple[int, int]) -> bytes:
        """Give what seeds of one flood have in common, where that matters."""
        return b"" if floating else picture[seed].tobytes()

    for _, alike in groupby(sorted(seeds, key=value), key=value):
        # Seeds of one value share a mask: what one of them reached, another would reach as well.
        mask = np.zeros_like(reached)
        for row, column in alike:
            if not mask[row + 1, column + 1]:
                cv2.floodFill(picture, mask, (column, row), 0, (tolerance,) * 3, (tolerance,) * 3, flags)
        reached |= mask
    return reached[1:-1, 1:-1].astype(bool)


def _show_growth(grown: Mask, seeds: Seeds) -> None:
    """Show how many steps each pixel is from a seed, and film the front on its way."""
    steps = _steps(grown, seeds)
    stage("growth front", steps, "the brighter, the more steps from a seed")
    for step in dict.fromkeys(np.linspace(1, max(steps.max(), 1), FRAMES).astype(int).tolist()):
        inside = (steps > 0) & (steps <= step)
        stage(f"after {step} steps", inside, f"{inside.mean():.0%} of the picture", film="growing")


def _steps(grown: Mask, seeds: Seeds) -> NDArray[np.int32]:
    """Count the steps from the nearest seed to each grown pixel; 0 where nothing grew."""
    inside, front = grown.astype(np.uint8), np.zeros(grown.shape, np.uint8)
    front[tuple(np.array(seeds, int).reshape(-1, 2).T)] = 1
    steps, cross = np.zeros(grown.shape, np.int32), cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    while True:
        steps += front
        wider = np.asarray(cv2.dilate(front, cross), np.uint8) & inside
        if (wider == front).all():
            # Counted how long each pixel has been inside; the seeds were first.
            return np.where(grown, steps.max() - steps + 1, 0)
        front = wider


def _marked(image: Image, seeds: Seeds) -> Image:
    picture = image.copy()
    for row, column in seeds:
        cv2.circle(picture, (column, row), 2, ORANGE, -1)
    return picture
