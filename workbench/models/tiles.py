"""Bringing a picture to a network: its grey made comparable, its sides padded, a large one cut into tiles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[Any]  # float32
MEAN, SPREAD = np.float32(0.45), np.float32(0.25)  # of a channel, about those of photographs


def grey_of(image: NDArray[np.uint8]) -> Floats:
    """Turn an (H, W, 3) uint8 picture into standardised (H, W) grey."""
    return standardised(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32))


def colour_of(image: NDArray[np.uint8]) -> Floats:
    """Turn an (H, W, 3) uint8 picture into (3, H, W) float32 of about -2 to 2, as the colour networks see it.

    >>> colour_of(np.full((1, 1, 3), 240, np.uint8)).ravel().round().tolist()
    [2.0, 2.0, 2.0]
    """
    scaled = (image.astype(np.float32) / 255 - MEAN) / SPREAD
    return np.ascontiguousarray(scaled.transpose(2, 0, 1))  # (H, W, 3) -> (3, H, W)


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
    picture: Floats,
    *,
    tile: int = 1024,
    margin: int = 112,
    blend: int = 0,
    step: int = 16,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Floats:
    """Judge an (..., H, W) picture piece by piece and join the answers (overlap-tile, as in the U-Net paper).

    Parameters
    ----------
    judge : turns an (..., h, w) piece into its (..., h, w) answer; h and w are multiples of `step`.
    tile : px a side that one piece answers for; memory grows with its square, not with the picture.
    margin : px that a piece sees around that. From the network's reach on (112 px for a `UNet` of depth 4),
        the tiles' answers are those of the whole picture.
    blend : px on each side of a seam over which one answer passes into the next; at most `margin`. A network
        that looks at everything at once has no reach to cover, and would leave seams.
    progress : told (done, total) before each piece.

    Outside of the picture is its mirror image, as in the paper.
    """
    height, width = picture.shape[-2:]
    out: Floats | None = None
    places = [(row, col) for row in range(0, height, tile) for col in range(0, width, tile)]
    for done, (row, col) in enumerate(places):
        progress(done, len(places))
        rows, cols = _Span.of(row, tile, height, margin, blend), _Span.of(col, tile, width, margin, blend)
        # Seen: the tile and its margin, as far as there is picture; grown to a multiple of the step.
        top, left = rows.first // step * step, cols.first // step * step
        answer = judge(padded(picture[..., top : rows.last, left : cols.last], step))
        if len(places) == 1:  # nothing to join
            return answer[..., :height, :width]
        if out is None:
            out = np.zeros((*answer.shape[:-2], height, width), np.float32)
        here = answer[..., rows.low - top : rows.high - top, cols.low - left : cols.high - left]
        out[..., rows.low : rows.high, cols.low : cols.high] += (
            here * rows.weights[:, None] * cols.weights if blend else here
        )
    assert out is not None  # ours: a picture has a pixel
    return out


@dataclass(frozen=True, eq=False)
class _Span:
    """Hold what a tile sees (first to last) and answers for (low to high) along one side, and how much."""

    first: int
    last: int
    low: int
    high: int
    weights: Floats

    @classmethod
    def of(cls, place: int, tile: int, length: int, margin: int, blend: int) -> _Span:
        """Lay a tile that begins at `place`; its weights rise and fall across the seams, not at the rim."""
        end = min(place + tile, length)
        low, high = max(0, place - blend), min(end + blend, length)
        at = np.arange(low, high) + 0.5
        weights = np.ones(high - low, np.float32)
        # The two ramps of a seam add up to 1 at each pixel, also where the picture ends within them.
        if place > 0 and blend:
            weights *= np.clip((at - (place - blend)) / (2 * blend), 0, 1)
        if end < length and blend:
            weights *= np.clip((end + blend - at) / (2 * blend), 0, 1)
        return cls(max(0, place - margin - blend), min(end + margin + blend, length), low, high, weights)


def padded(piece: Floats, step: int) -> Floats:
    """Mirror an (..., h, w) piece over its lower and right edge until both sides are multiples of `step`.

    >>> padded(np.float32([[1, 2, 3]]), 4)[0].tolist()
    [1.0, 2.0, 3.0, 2.0]
    """
    down, right = -piece.shape[-2] % step, -piece.shape[-1] % step
    around = [(0, 0)] * (piece.ndim - 2)
    return np.pad(piece, (*around, (0, down), (0, right)), mode="reflect")
