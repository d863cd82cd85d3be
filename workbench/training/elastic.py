"""Elastic deformation: a picture and what is true of it, drawn on rubber and pulled."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

PULL = 10.0  # px, the paper's
GRID = 3  # points a side that are pulled


def elastic(
    rng: np.random.Generator, image: NDArray[np.uint8], ids: NDArray[np.int32]
) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """Pull an (H, W, 3) image and its (H, W) ids the same way.

    Points on a 3 x 3 grid move by normal distances of 10 px; between them the pull is bicubic (Ronneberger,
    Fischer and Brox, 2015). Beyond its edges the picture is mirrored.
    """
    height, width = ids.shape
    pulled = rng.normal(0, PULL, (GRID, GRID, 2)).astype(np.float32)
    field = np.asarray(cv2.resize(pulled, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
    rows, cols = np.indices(ids.shape, np.float32)
    places = cols + field[..., 0], rows + field[..., 1]
    mirrored = cv2.BORDER_REFLECT_101
    moved = cv2.remap(image, *places, cv2.INTER_LINEAR, borderMode=mirrored)
    # As floats: remap knows no 32-bit whole numbers, and ids this small are exact.
    names = cv2.remap(ids.astype(np.float32), *places, cv2.INTER_NEAREST, borderMode=mirrored)
    return np.asarray(moved, np.uint8), np.asarray(names).astype(np.int32)
