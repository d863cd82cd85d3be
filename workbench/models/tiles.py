"""Bringing a picture to a network: its grey made comparable, its sides padded, a large one cut into tiles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[Any]  # float32


def grey_of(image: NDArray[np.uint8]) -> Floats:
    """Turn an (H, W, 3) uint8 picture into standardised (H, W) grey."""
    return standardised(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32))


def standardised(grey: Floats) -> Floats:
    """Shift and scale (H, W) grey to mean 0 and deviation 1; a flat picture becomes 0.

    >>> standardised(np.float32([[3, 5]])).tolist()
    [[-1.0, 1.0]]
    """
    centred = grey - grey.mean()
    spread = float(centred.std())
    return centred / np.float32(spread) if spread > 1e-6 else np.zeros_like(centred)


def in_tiles(
    judge: Callable[[Floats], Floats],
    grey: Floats,
    *,
    tile: int = 1024,
    margin: int = 112,
    step: int = 16,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Floats:
    """Judge an (H, W) picture piece by piece and join the answers (the U-Net paper's overlap-tile strategy).

    Parameters
    ----------
    judge : turns an (h, w) piece into its (h, w) answer; h and w are multiples of `step`.
    tile : px a side that one piece answers for; memory grows with its square, not with the picture.
    margin : px that a piece sees around that. From the network's reach on (112 px for a `UNet` of depth 4),
        the tiles' answers are those of the whole picture.
    progress : told (done, total) before each piece.

    Outside of the picture is its mirror image, as in the paper.
    """
    height, width = grey.shape
    out = np.empty((height, width), np.float32)
    places = list(_places(height, width, tile))
    for done, (row, col) in enumerate(places):
        progress(done, len(places))
        low, high = min(row + tile, height), min(col + tile, width)
        # Seen: the tile and its margin, as far as there is picture; grown to a multiple of the step.
        top, left = max(0, row - margin) // step * step, max(0, col - margin) // step * step
        piece = grey[top : min(low + margin, height), left : min(high + margin, width)]
        answer = judge(padded(piece, step))
        out[row:low, col:high] = answer[row - top : low - top, col - left : high - left]
    return out


def _places(height: int, width: int, tile: int) -> Iterator[tuple[int, int]]:
    for row in range(0, height, tile):
        for col in range(0, width, tile):
            yield row, col


def padded(piece: Floats, step: int) -> Floats:
    """Mirror an (h, w) piece over its lower and right edge until both sides are multiples of `step`.

    >>> padded(np.float32([[1, 2, 3]]), 4)[0].tolist()
    [1.0, 2.0, 3.0, 2.0]
    """
    down, right = -piece.shape[0] % step, -piece.shape[1] % step
    return np.pad(piece, ((0, down), (0, right)), mode="reflect")
