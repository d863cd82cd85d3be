"""How people paint a round cell: with care, in haste, and with the mistakes that they make."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Hand = Callable[[Mask, np.random.Generator], Mask]


def _blob(truth: Mask, rng: np.random.Generator, radius: float, rough: float, off: float = 0.0) -> Mask:
    """Paint a disc about as large as the true one, rough along its rim and a little off its place."""
    inside = np.argwhere(truth)
    size = np.sqrt(len(inside) / np.pi) * radius
    middle = inside.mean(axis=0) + rng.normal(0, 0.4 + off, 2)
    rows, columns = np.indices(truth.shape)
    angle = np.arctan2(rows - middle[0], columns - middle[1])
    wave = sum(rng.normal(0, rough / n) * np.cos(n * angle + rng.uniform(0, 6.3)) for n in range(2, 7))
    return np.hypot(rows - middle[0], columns - middle[1]) < size * (1 + wave)


def _holed(truth: Mask, rng: np.random.Generator) -> Mask:
    """Paint the rim with a brush and forget to fill it."""
    whole = _blob(truth, rng, 1.04, 0.03)
    return whole & ~_blob(truth, rng, rng.uniform(0.45, 0.7), 0.06)


def _boxed(truth: Mask, rng: np.random.Generator) -> Mask:
    """Draw a box around the cell."""
    box = np.zeros(truth.shape, np.uint8)
    top, left, high, wide = cv2.boundingRect(truth.T.astype(np.uint8))  # of the transposed: rows come first
    edge = rng.integers(0, 4, 4)
    box[top - edge[0] : top + high + edge[1], left - edge[2] : left + wide + edge[3]] = 1
    return box > 0


# Each paints the true mask in its way.
HAND: dict[str, Hand] = {
    "careful": lambda truth, rng: _blob(truth, rng, rng.normal(1.0, 0.02), 0.02),
    "quick": lambda truth, rng: _blob(truth, rng, rng.normal(1.03, 0.05), 0.06, 0.8),
    "halo": lambda truth, rng: _blob(truth, rng, rng.uniform(1.28, 1.55), 0.03),
    "core": lambda truth, rng: _blob(truth, rng, rng.uniform(0.55, 0.78), 0.05),
    "beside": lambda truth, rng: _blob(truth, rng, rng.normal(1, 0.05), 0.05, 5.0),
    "rim": _holed,
    "box": _boxed,
    "background": lambda truth, rng: ~_blob(truth, rng, 1.02, 0.03),
}
# How many of a hundred paint so.
HANDS = {
    "careful": 41, "quick": 23, "halo": 12, "core": 7, "beside": 4, "rim": 3, "box": 4, "background": 2,
    "none": 4,
}  # fmt: skip
