"""What makes U-Net part touching cells: a gap in the truth, and weights that make the gap count."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int32]
Floats = NDArray[Any]  # float32
HEAVIEST, WIDTH = 10.0, 5.0  # the paper's w0, and its sigma in px


def parted(ids: Ids) -> Ids:
    """Take from (H, W) things the pixels that touch another thing; 0 is what is around them.

    >>> parted(np.int32([[1, 1, 1, 2, 2, 2]])).tolist()
    [[1, 1, 0, 0, 2, 2]]
    """
    square = np.ones((3, 3), np.uint8)
    around = ids.astype(np.float32)
    most = cv2.dilate(around, square)
    least = cv2.erode(np.where(ids == 0, np.float32(np.inf), around), square)
    return np.where(most == least, ids, 0).astype(np.int32)


def weight_map(ids: Ids, balance: tuple[float, float]) -> Floats:
    """Weigh each pixel of (H, W) things as Ronneberger, Fischer and Brox (2015) do.

    A pixel weighs what its kind does, and one of what is around them ``10 exp(-(d1 + d2)^2 / (2 * 5^2))``
    more, with the distances in px to the nearest two things: heavy only in a narrow gap.

    balance : weight of what is around things, and of things.
    """
    weights = np.where(ids > 0, *balance[::-1]).astype(np.float32)
    things = np.unique(ids[ids > 0])
    if len(things) < 2:
        return weights
    far = [_distance(ids != n) for n in things]
    nearest = np.partition(np.stack(far), 1, axis=0)[:2].sum(axis=0)
    gap = HEAVIEST * np.exp(-(nearest**2) / (2 * WIDTH**2))
    return weights + np.where(ids > 0, 0, gap).astype(np.float32)


def _distance(outside: NDArray[np.bool_]) -> Floats:
    """Give how far (px) each pixel that is outside of a thing is from it."""
    about = cv2.distanceTransform(outside.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    # OpenCV's last bit depends on where the array lies in memory; squares of distances are whole numbers.
    return np.sqrt(np.rint(about**2))
