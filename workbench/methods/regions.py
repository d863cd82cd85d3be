"""Regions that grow from where somebody points."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import groupby
from typing import Annotated

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.image import Image
from workbench.methods.features import Sigma, channel_of, even_out, smooth
from workbench.registry import Label, Points, Range, method
from workbench.segmentation import Segmentation
from workbench.trace import recording, stage

Grey = NDArray[np.uint8]
Seeds = list[tuple[int, int]]
CELL, SURROUNDINGS = 16, 60  # px: how dense automatic seeds are, and what they must stand out from


@method("Region growing", family="regions", yields="foreground", source="Zucker 1976; Adams and Bischof 1994")
def region_growing(
    image: Image,
    *,
    tolerance: Annotated[
        int, Range(0, 128), Label("Tolerance", "How far a pixel's grey may lie from its seed's.")
    ] = 30,
    sigma: Sigma = 2.0,
    seeds: Annotated[
        Points, Label("Seeds", "Click on objects; without clicks, bright spots are taken.")
    ] = (),
) -> Segmentation:
    """Grow from seeds to the connected pixels whose grey is near the seed's.

    A fixed tolerance, as in Zucker, S.: Region growing: childhood and adolescence, 1976, from seeds, as in
    Adams, R. and Bischof, L.: Seeded region growing, 1994 (whose regions compete; these do not). Background
    seeds grow likewise and take back what they reach. Without object seeds, the spots that outshine their
    surroundings by the tolerance are taken.
    """
    grey = smooth(channel_of(image, "grey"), sigma)
    objects = [(r, c) for r, c, what in seeds if what == "object"] or automatic_seeds(grey, tolerance)
    stage("seeds", lambda: _marked(grey, objects), f"{len(objects)} seeds")
    grown = grow(grey, objects, tolerance)
    if recording():
        stage("growth front", _steps(grown, objects), "the brighter, the more steps from a seed")
    taken_back = grow(grey, [(r, c) for r, c, what in seeds if what == "background"], tolerance)
    reached = partial(np.where, taken_back, 1, 2 * grown)
    stage("grown", reached, "what object and background seeds reach", kind="labels")
    return Segmentation.from_mask(grown & ~taken_back)


def automatic_seeds(grey: Grey, tolerance: int) -> Seeds:
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


def grow(grey: Grey, seeds: Sequence[tuple[int, int]], tolerance: int) -> NDArray[np.bool_]:
    """Reach from each (row, column) the 4-connected pixels within `tolerance` of its grey; (H, W) boolean.

    >>> grow(np.array([[10, 12, 90, 11]], np.uint8), [(0, 0)], 5).tolist()
    [[True, True, False, False]]
    """
    reached = np.zeros((grey.shape[0] + 2, grey.shape[1] + 2), np.uint8)  # OpenCV wants a margin of one pixel
    flags = 4 | cv2.FLOODFILL_FIXED_RANGE | cv2.FLOODFILL_MASK_ONLY | (1 << 8)
    for _, alike in groupby(sorted(seeds, key=lambda seed: grey[seed]), key=lambda seed: grey[seed]):
        # Seeds of one grey share a mask: what one of them reached, another would reach as well.
        mask = np.zeros_like(reached)
        for row, column in alike:
            if not mask[row + 1, column + 1]:
                cv2.floodFill(grey, mask, (column, row), 0, tolerance, tolerance, flags)
        reached |= mask
    return reached[1:-1, 1:-1].astype(bool)


def _steps(grown: NDArray[np.bool_], seeds: Seeds) -> NDArray[np.int32]:
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


def _marked(grey: Grey, seeds: Seeds) -> NDArray[np.uint8]:
    picture = np.repeat(grey[:, :, None], 3, axis=2)
    for row, column in seeds:
        cv2.circle(picture, (column, row), 2, (230, 159, 0), -1)
    return picture
