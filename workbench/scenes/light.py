"""Light on a picture: uneven illumination, shading of rounded forms, lens and sensor."""

from __future__ import annotations

import math
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.scenes.canvas import Floats
from workbench.scenes.textures import clouds, limited


def uneven(rng: np.random.Generator, shape: tuple[int, int], strength: float) -> Floats:
    """Make an (H, W) field of light, 1 where it is brightest: a slope, a soft spot, slow waves.

    `strength` 0 is even light, 1 falls to about a third.
    """
    coarse = (shape[0] // 8 + 4, shape[1] // 8 + 4)  # so slow that an eighth of the resolution is enough
    rows, cols = _axes(coarse)
    angle, row, col = rng.uniform(0, math.tau), rng.uniform(-0.5, 0.5), rng.uniform(-0.5, 0.5)
    slope = math.sin(angle) * rows + math.cos(angle) * cols
    spot = np.exp(-1.5 * ((rows - row) ** 2 + (cols - col) ** 2))
    field = 0.35 * slope + 0.7 * (spot - spot.mean()) + 0.06 * clouds(rng, coarse, 2, octaves=1)
    field = 1 + strength * np.clip(field, -0.8, 0.9)
    return cv2.resize(field / field.max(), shape[::-1], interpolation=cv2.INTER_CUBIC)


@lru_cache(maxsize=2)
def vignette(shape: tuple[int, int], strength: float) -> Floats:
    """Make an (H, W) field that falls from 1 in the middle to ``1 - strength`` in the corners; read-only."""
    rows, cols = _axes(shape)
    field = 1 - (strength / 2) * (rows**2 + cols**2)
    field.flags.writeable = False
    return field


def shaded(rgb: Floats, strength: float) -> Floats:
    """Give an (H, W, 3) picture as a lens with that vignette shows it."""
    return rgb * _tripled(rgb.shape[:2], strength)


@lru_cache(maxsize=4)
def _tripled(shape: tuple[int, int], strength: float) -> Floats:
    return cv2.merge([vignette(shape, strength)] * 3)


def _axes(shape: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Give row and column coordinates from -1 to 1, ready to broadcast."""
    height, width = shape
    rows = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    return rows, np.linspace(-1, 1, width, dtype=np.float32)[None, :]


def relief(height: Floats, towards: tuple[float, float], depth: float) -> Floats:
    """Shade an (h, w) height map lit from `towards` (row, col): 1 on the flat, more on slopes facing it."""
    rows: Floats = cv2.Sobel(height, cv2.CV_32F, 0, 1, ksize=3, scale=0.125)
    cols: Floats = cv2.Sobel(height, cv2.CV_32F, 1, 0, ksize=3, scale=0.125)
    # A slope faces the light where height falls towards it. In place: thousands of small forms are shaded.
    rows *= towards[0]
    cols *= towards[1]
    rows += cols
    rows *= depth
    np.subtract(1, rows, out=rows)
    return limited(rows, 0.35, 1.8)


def blurred(image: Floats, sigma: float) -> Floats:
    """Blur an image with a Gaussian of `sigma` px; a wide one on a smaller copy, as nobody can tell."""
    if sigma < 0.2:
        return image
    if sigma < 4:
        return cv2.GaussianBlur(image, (0, 0), sigma)
    small = cv2.resize(image, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    return cv2.resize(
        cv2.GaussianBlur(small, (0, 0), sigma / 4), image.shape[1::-1], interpolation=cv2.INTER_CUBIC
    )


def exposed(rng: np.random.Generator, rgb: Floats, noise: float) -> NDArray[np.uint8]:
    """Expose an (H, W, 3) picture (0 to 1) on a sensor: shot and read noise, then 8 bits.

    `noise` is the standard deviation at mid-grey, as a share of white.
    """
    height, width = rgb.shape[:2]
    # Shot noise grows with the root of the light; most of it is shared by the three channels.
    level = limited(cv2.extractChannel(rgb, 1), 0, 1)
    level += 0.15
    np.sqrt(level, out=level)
    level *= noise
    grain = _noise(rng, (height, width))
    grain *= level
    tint = _noise(rng, (height // 3 + 1, width // 3 + 1, 3))
    tint = np.asarray(cv2.resize(tint, (width, height), interpolation=cv2.INTER_LINEAR))
    level *= 0.6
    tint *= cv2.merge([level] * 3)
    tint += cv2.merge([grain] * 3)
    tint += rgb
    return np.asarray(cv2.convertScaleAbs(np.maximum(tint, 0, out=tint), alpha=255.0), np.uint8)


def _noise(rng: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Draw noise of mean 0 and deviation 1; two uniform draws look Gaussian and are made in half the time."""
    total = rng.random(shape, dtype=np.float32)
    total += rng.random(shape, dtype=np.float32)
    total -= 1
    total *= math.sqrt(6)  # the variance of the sum is a sixth
    return total
