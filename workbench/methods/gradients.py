"""Filters that say how a channel changes: slopes, the Laplacian, and what is left of them as thin lines."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.trace import field, stage

Grey = NDArray[np.uint8]
Field = NDArray[np.float32]
EDGE = cv2.BORDER_REPLICATE  # as in OpenCV's Canny; the picture goes on as it ends
# What a slope is averaged with on both sides of it, so that noise matters less.
KERNELS = {"sobel": (1, 2, 1), "scharr": (3, 10, 3), "prewitt": (1, 1, 1)}


def gradient_of(grey: Grey) -> tuple[Field, Field]:
    """Give how fast an (H, W) uint8 channel changes across and down: Sobel's two (H, W) float32 filters.

    They are sums, eight times the slope in grey levels per px.
    """
    across = cv2.Sobel(grey, cv2.CV_32F, 1, 0, borderType=EDGE)
    down = cv2.Sobel(grey, cv2.CV_32F, 0, 1, borderType=EDGE)
    return np.asarray(across, np.float32), np.asarray(down, np.float32)


def slope_of(grey: Grey, kernel: str) -> tuple[Field, Field]:
    """Give the slope of an (H, W) channel across and down, in grey levels per px, (H, W) float32 each.

    kernel : sobel, scharr or prewitt; on a plain slope all three say the same.

    >>> across, down = slope_of(np.array([[0, 5, 10]] * 3, np.uint8), "scharr")
    >>> across[1].tolist(), down[1].tolist()
    ([2.5, 5.0, 2.5], [0.0, 0.0, 0.0])
    """
    beside = np.asarray(KERNELS[kernel], np.float32) / sum(KERNELS[kernel])
    along = np.array([-0.5, 0, 0.5], np.float32)
    across = cv2.sepFilter2D(grey, cv2.CV_32F, along, beside, borderType=EDGE)
    down = cv2.sepFilter2D(grey, cv2.CV_32F, beside, along, borderType=EDGE)
    return np.asarray(across, np.float32), np.asarray(down, np.float32)


def steepness_of(grey: Grey) -> Field:
    """Give how steep an (H, W) channel is by Sobel's slopes, in grey levels per px, in any direction."""
    return np.hypot(*slope_of(grey, "sobel"))


def laplacian_of(grey: Grey) -> Field:
    """Give both second derivatives of an (H, W) channel, added: the four pixels around, less four times it.

    >>> laplacian_of(np.array([[0, 0, 9]], np.uint8)).tolist()
    [[0.0, 9.0, -9.0]]
    """
    return np.asarray(cv2.Laplacian(grey, cv2.CV_32F, ksize=1, borderType=EDGE), np.float32)


def zero_crossings(curvature: Field, strength: float) -> NDArray[np.bool_]:
    """Find the pixels of an (H, W) field at or above 0 with a negative one above, below or beside them.

    strength : how far it must fall from the pixel to the lowest of the four; more than that counts.

    >>> zero_crossings(np.array([[3, 1, -1, -2]], np.float32), 0).tolist()
    [[False, True, False, False]]
    """
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    lowest = cv2.erode(curvature, cross, borderType=EDGE)
    return (curvature >= 0) & (lowest < 0) & (curvature - lowest > strength)


def thinned(smoothed: Grey) -> Field:
    """Give the (H, W) gradient magnitude where it is a maximum along its direction, 0 elsewhere."""
    # With both thresholds at 0, Canny keeps all that its non-maximum suppression leaves.
    ridge = cv2.Canny(smoothed, 0, 0, L2gradient=True) > 0
    return np.where(ridge, np.hypot(*gradient_of(smoothed)), np.float32(0))


def show_gradient(across: Field, down: Field, filters: str) -> None:
    """Show both slopes, how steep they are together, and which way they go, as an angle and as arrows."""
    stage("gradient across", across, f"{filters}, left to right")
    stage("gradient down", down, f"{filters}, top to bottom")
    stage("gradient magnitude", lambda: np.hypot(across, down), "where brightness changes fast")
    stage("direction", lambda: np.arctan2(down, across), "the way it changes, as an angle")
    field("arrows", lambda: np.stack([down, across], axis=-1), "from dark to bright, the longer the steeper")
