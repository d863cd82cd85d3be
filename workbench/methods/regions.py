"""Regions that grow from where somebody points."""

from __future__ import annotations

from typing import Annotated

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.image import Image
from workbench.methods.features import Sigma, channel_of, smooth
from workbench.registry import Label, Points, Range, method
from workbench.segmentation import Segmentation
from workbench.trace import stage


@method("Region growing", family="regions", yields="foreground", source="Adams and Bischof 1994")
def region_growing(
    image: Image,
    *,
    tolerance: Annotated[int, Range(0, 128), Label("Tolerance", "How far a pixel's grey may lie from its seed's.")] = 20,
    sigma: Sigma = 1.0,
    seeds: Annotated[Points, Label("Seeds", "Click on objects; without clicks the brightest peaks are taken.")] = (),
) -> Segmentation:
    """Grow from seeds to the connected pixels whose grey is near the seed's.

    Growing by a fixed tolerance around each seed, the simplest form of Adams, R. and Bischof, L.: Seeded
    region growing, 1994. Background seeds grow likewise and take back what they reach. Without object seeds
    the brightest peak of each cell of a coarse grid that stands out by more than the tolerance is one.
    """
    grey = smooth(channel_of(image, "grey"), sigma)
    objects = [(r, c) for r, c, what in seeds if what == "object"] or automatic_seeds(grey, tolerance)
    grown = _grow(grey, objects, tolerance)
    taken_back = _grow(grey, [(r, c) for r, c, what in seeds if what == "background"], tolerance)
    stage("seeds", lambda: _marked(grey, objects), f"{len(objects)} seeds")
    stage("growth", grown.astype(np.uint8), "what was reached")
    return Segmentation.from_mask(grown & ~taken_back)


def automatic_seeds(grey: NDArray[np.uint8], tolerance: int, cell: int = 32) -> list[tuple[int, int]]:
    """Give the brightest pixel of each cell of a grid where it stands out from the picture's median."""
    bar = float(np.median(grey)) + tolerance
    seeds = []
    for top in range(0, grey.shape[0], cell):
        for left in range(0, grey.shape[1], cell):
            patch = grey[top : top + cell, left : left + cell]
            row, column = np.unravel_index(int(patch.argmax()), patch.shape)
            if patch[row, column] > bar:
                seeds.append((top + int(row), left + int(column)))
    return seeds


def _grow(grey: NDArray[np.uint8], seeds: list[tuple[int, int]], tolerance: int) -> NDArray[np.bool_]:
    # OpenCV's flood fill writes 1 into a mask that is one pixel larger on each side.
    reached = np.zeros((grey.shape[0] + 2, grey.shape[1] + 2), np.uint8)
    flags = 4 | cv2.FLOODFILL_FIXED_RANGE | cv2.FLOODFILL_MASK_ONLY | (1 << 8)
    for row, column in seeds:
        mask = np.zeros_like(reached)
        cv2.floodFill(grey, mask, (column, row), 0, tolerance, tolerance, flags)
        reached |= mask
    return reached[1:-1, 1:-1].astype(bool)


def _marked(grey: NDArray[np.uint8], seeds: list[tuple[int, int]]) -> NDArray[np.uint8]:
    picture = np.repeat(grey[:, :, None], 3, axis=2)
    for row, column in seeds:
        cv2.circle(picture, (column, row), 3, (230, 159, 0), -1)
    return picture
