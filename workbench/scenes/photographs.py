"""Real surfaces: the photographs of brick, grass and gravel that come with scikit-image, made to repeat."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.scenes.canvas import Floats

NAMES = ("brick", "grass", "gravel")


def read(name: str) -> NDArray[np.uint8]:
    """Read one of the three photographs, grey, (512, 512)."""
    import skimage

    picture = cv2.imread(str(Path(skimage.__file__).parent / "data" / f"{name}.png"), cv2.IMREAD_GRAYSCALE)
    assert picture is not None  # ours: the wheel holds it, and the lock pins the wheel
    return np.asarray(picture, np.uint8)


@lru_cache(maxsize=24)
def surface(name: str, side: int) -> Floats:
    """Give a (side, side) tile of a photograph, mean 0, deviation 1, read-only; without its uneven light."""
    grey = read(name).astype(np.float32)
    grey -= cv2.GaussianBlur(grey, (0, 0), 64)
    tile = np.asarray(cv2.resize(grey, (side, side), interpolation=cv2.INTER_AREA))
    tile = (tile - tile.mean()) / tile.std()
    tile.flags.writeable = False
    return tile


def laid(name: str, side: int, rows: Floats, cols: Floats) -> Floats:
    """Sample a tile at places given in its pixels, (H, W) each or ready to broadcast; it repeats for ever.

    >>> laid("brick", 64, np.zeros((2, 1), np.float32), np.zeros((1, 3), np.float32)).shape
    (2, 3)
    """
    rows, cols = (np.ascontiguousarray(part) for part in np.broadcast_arrays(rows, cols))
    return cv2.remap(surface(name, side), cols, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
