"""Procedural texture: noise that looks the same at any resolution, and patterns laid on a plane."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.scenes.canvas import Floats, floats


def smooth(low: float, high: float, values: Floats) -> Floats:
    """Rise from 0 at `low` to 1 at `high` with no kink (Hermite's cubic).

    >>> smooth(0, 2, floats([-1, 1, 3])).tolist()
    [0.0, 0.5, 1.0]
    """
    t = limited((values - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def limited(values: Floats, low: float, high: float) -> Floats:
    """Hold values within bounds, in place: `np.clip` costs several times as much on small arrays."""
    np.maximum(values, np.float32(low), out=values)
    return np.minimum(values, np.float32(high), out=values)


def clouds(
    rng: np.random.Generator, shape: tuple[int, int], cells: float, octaves: int = 3, gain: float = 0.5
) -> Floats:
    """Sum octaves of value noise into an (H, W) field of mean 0 and standard deviation about 1.

    Parameters
    ----------
    cells : lattice cells along the shorter side, in the first octave; each further one doubles them. The
        lattice does not depend on the resolution, so a larger picture shows the same clouds.
    gain : weight of an octave against the one before (0 to 1).
    """
    total, power = np.zeros(shape, np.float32), 0.0
    for octave in range(octaves):
        step = min(shape) / (cells * 2**octave)
        lattice = tuple(int(np.ceil(side / step)) + 3 for side in shape)
        values = rng.standard_normal(lattice, dtype=np.float32)
        weight = gain**octave
        total += weight * _enlarge(values, step, shape)
        power += weight**2
    return total / np.float32(0.66 * np.sqrt(power))  # cubic interpolation keeps about 0.66 of the deviation


def _enlarge(values: Floats, step: float, shape: tuple[int, int]) -> Floats:
    """Sample a lattice every `step` px with cubic interpolation, its second node at the first pixel."""
    matrix = floats([[1 / step, 0, 1], [0, 1 / step, 1]])
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(values, matrix, shape[::-1], flags=flags, borderMode=cv2.BORDER_REFLECT)


def between(rng: np.random.Generator, low: float, high: float) -> float:
    """Draw what ``rng.uniform(low, high)`` would draw, in a third of the time.

    >>> between(np.random.default_rng(1), 2, 5) == np.random.default_rng(1).uniform(2, 5)
    True
    """
    return low + (high - low) * rng.random()


def chosen(rng: np.random.Generator, shares: tuple[float, ...]) -> int:
    """Choose an index by its share, as `rng.choice` does, but without checks that take ten times as long."""
    return int(np.searchsorted(_bounds(shares), rng.random(), side="right"))


@lru_cache(maxsize=64)
def _bounds(shares: tuple[float, ...]) -> NDArray[np.float64]:
    bounds = np.cumsum(shares)
    return bounds / bounds[-1]


def grains(rng: np.random.Generator, side: int, size: float) -> Floats:
    """Make a (side, side) tile of fine round grain, mean 0, deviation 1; `size` is a grain's radius in px."""
    tile = rng.standard_normal((side, side), dtype=np.float32)
    soft: Floats = cv2.GaussianBlur(tile, (0, 0), max(size, 0.3))
    mean, deviation = soft.mean(), soft.std()
    soft -= mean  # in place: fresh pages of memory cost more than the arithmetic
    soft /= deviation + 1e-6
    return soft


def cut(tile: Floats, rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """Cut an (h, w) piece out of a tile at a random place, repeating the tile where it is too small."""
    side = tile.shape[0]
    row, col = rng.integers(0, side, 2)
    if max(shape) <= side:  # two strips a side at most: much quicker than picking pixel by pixel
        return _strip(_strip(tile, row, shape[0], 0), col, shape[1], 1)
    rows, cols = (row + np.arange(shape[0])) % side, (col + np.arange(shape[1])) % side
    return tile[rows[:, None], cols]


def cuts(tile: Floats, rng: np.random.Generator, shapes: Sequence[tuple[int, int]]) -> list[Floats]:
    """Cut a piece for each (h, w), as `cut` does one after the other.

    >>> tile = floats(np.arange(16).reshape(4, 4))
    >>> one, all = (np.random.default_rng(1) for _ in range(2))
    >>> [bool((cut(tile, one, (2, 3)) == piece).all()) for piece in cuts(tile, all, [(2, 3), (2, 3)])]
    [True, True]
    """
    side, most = tile.shape[0], max((max(shape) for shape in shapes), default=0)
    places = rng.integers(0, side, (len(shapes), 2)).tolist()
    wide = np.tile(tile, (1 + math.ceil(most / side),) * 2)
    return [wide[row : row + h, col : col + w] for (row, col), (h, w) in zip(places, shapes, strict=True)]


def _strip(tile: Floats, first: int, count: int, axis: int) -> Floats:
    before, over = (slice(None),) * axis, first + count - tile.shape[axis]
    if over <= 0:
        return tile[(*before, slice(first, first + count))]
    return np.concatenate([tile[(*before, slice(first, None))], tile[(*before, slice(over))]], axis=axis)
