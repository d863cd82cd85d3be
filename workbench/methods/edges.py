"""Edges, and edges made into segments."""

from __future__ import annotations

from typing import Annotated

import cv2
import numpy as np
import scipy

from workbench.image import Image
from workbench.methods.features import Channel, Sigma, channel_of, smooth
from workbench.registry import Label, Range, method
from workbench.segmentation import Segmentation
from workbench.trace import recording, stage


@method("Canny and fill", family="edges", yields="foreground", source="Canny 1986")
def canny_fill(
    image: Image,
    *,
    sigma: Sigma = 1.5,
    low: Annotated[
        int, Range(0, 255), Label("Low threshold", "Weak edges count where they touch strong ones.")
    ] = 20,
    high: Annotated[
        int, Range(0, 255), Label("High threshold", "Edges with a steeper gradient always count.")
    ] = 60,
    close: Annotated[
        int, Range(0, 20, 1, "px"), Label("Close gaps", "Bridges breaks in an outline before it is filled.")
    ] = 3,
    smallest: Annotated[
        int, Range(0, 2000, 10, "px"), Label("Smallest object", "Drops smaller pieces.")
    ] = 100,
    channel: Channel = "grey",
) -> Segmentation:
    """Find thin edges, bridge their gaps, and fill what they enclose.

    Gradient, non-maximum suppression and hysteresis as in Canny, J.: A computational approach to edge
    detection, 1986 (OpenCV's, with the L2 gradient). A low threshold above the high one is read as equal.
    """
    smoothed = smooth(channel_of(image, channel), sigma)
    low = min(low, high)
    if recording():
        _show_way(smoothed, low, high)
    edges = cv2.Canny(smoothed, low, high, L2gradient=True) > 0
    stage("edges", edges, "hysteresis: strong edges, and weak ones that touch them")
    closed = _closed(edges, close)
    filled = scipy.ndimage.binary_fill_holes(closed)
    stage("filled", filled, "gaps bridged, enclosed regions filled")
    # Opening by a pixel removes outlines that enclose nothing: they are edges, not objects.
    solid = cv2.morphologyEx(filled.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    stage("opened", solid > 0, "bare lines removed")
    return Segmentation.from_mask(drop_small(solid, smallest))


def drop_small(mask: np.ndarray, smallest: int) -> np.ndarray:
    """Keep the 8-connected pieces of an (H, W) mask that have at least `smallest` pixels."""
    count, labels, table, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    keep = table[:, cv2.CC_STAT_AREA] >= smallest
    keep[0] = False  # the first is what lies outside
    return keep[labels] if count > 1 else np.zeros(mask.shape, bool)


def gradient_of(grey: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give how fast an (H, W) uint8 channel changes across and down: Sobel's two (H, W) float32 filters."""
    edge = cv2.BORDER_REPLICATE  # as in OpenCV's Canny
    return (
        cv2.Sobel(grey, cv2.CV_32F, 1, 0, borderType=edge),
        cv2.Sobel(grey, cv2.CV_32F, 0, 1, borderType=edge),
    )


def thinned(smoothed: np.ndarray) -> np.ndarray:
    """Give the (H, W) gradient magnitude where it is a maximum along its direction, 0 elsewhere."""
    # With both thresholds at 0, Canny keeps all that its non-maximum suppression leaves.
    ridge = cv2.Canny(smoothed, 0, 0, L2gradient=True) > 0
    return np.where(ridge, np.hypot(*gradient_of(smoothed)), 0)


def _closed(edges: np.ndarray, radius: int) -> np.ndarray:
    if radius == 0:
        return edges
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1,) * 2)
    # Padded, so that closing does not pull edges towards the picture's border.
    padded = np.pad(edges.astype(np.uint8), radius)
    inner = slice(radius, -radius)
    return cv2.morphologyEx(padded, cv2.MORPH_CLOSE, disc)[inner, inner] > 0


def _show_way(smoothed: np.ndarray, low: int, high: int) -> None:
    across, down = gradient_of(smoothed)
    stage("gradient across", across, "Sobel, left to right")
    stage("gradient down", down, "Sobel, top to bottom")
    stage("gradient magnitude", np.hypot(across, down), "where brightness changes fast")
    stage("direction", np.arctan2(down, across), "the way it changes, as an angle")
    thin = thinned(smoothed)
    stage("non-maximum suppression", thin, "only the crest of each slope is left")
    both = np.add(thin > low, thin > high, dtype=np.float32)
    stage("weak and strong", both, "grey above the low threshold, white above the high one")
