"""Edges made into segments: gaps are closed, and what the lines enclose becomes an object."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

import cv2
import numpy as np
import scipy
import skimage as ski
from numpy.typing import NDArray

from workbench.registry import Label, Range
from workbench.segmentation import Segmentation
from workbench.trace import stage

Mask = NDArray[np.bool_]
Close = Annotated[
    int, Range(0, 20, 1, "px"), Label("Close gaps", "Bridges breaks in an outline before it is filled.")
]
Smallest = Annotated[int, Range(0, 2000, 10, "px"), Label("Smallest object", "Drops smaller pieces.")]
Segments = Annotated[
    Literal["fill", "watershed"],
    Label(
        "Edges to segments",
        "Fill takes the lines and what they enclose; watershed puts the border where it is steepest.",
    ),
]


def segments_of(
    edges: Mask, steepness: Callable[[], NDArray[np.float32]], how: str, close: int, smallest: int
) -> Segmentation:
    """Make objects of what (H, W) edges enclose once their gaps are closed.

    how : ``"fill"`` counts the lines as object, but not where they enclose nothing. ``"watershed"`` floods
    the (H, W) steepness, made only then, from inside and outside of the lines, until both meet on its crest.
    """
    lines = closed(edges, close)
    stage("closed", lines, f"gaps filled that no disc of {close} px fits into")
    filled = scipy.ndimage.binary_fill_holes(lines)
    stage("filled", filled, "the lines and what they enclose")
    front = _opened(filled) if how == "fill" else _flooded(lines, filled, steepness())
    return Segmentation.from_mask(drop_small(front, smallest))


def closed(edges: Mask, radius: int) -> Mask:
    """Close an (H, W) mask: fill what no disc of `radius` px fits into; 0 leaves it as it is.

    >>> closed(np.array([[1, 0, 1], [1, 0, 1], [1, 0, 1]], bool), 1).astype(int).tolist()
    [[1, 0, 1], [1, 1, 1], [1, 0, 1]]
    """
    if radius == 0:
        return edges
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1,) * 2)
    # Padded, so that closing does not pull edges towards the picture's border.
    padded = np.pad(edges.astype(np.uint8), radius)
    inner = slice(radius, -radius)
    return cv2.morphologyEx(padded, cv2.MORPH_CLOSE, disc)[inner, inner] > 0


def drop_small(mask: Mask | NDArray[np.uint8], smallest: int) -> Mask:
    """Keep the 8-connected pieces of an (H, W) mask that have at least `smallest` pixels."""
    count, labels, table, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    keep = table[:, cv2.CC_STAT_AREA] >= smallest
    keep[0] = False  # the first is what lies outside
    return keep[labels] if count > 1 else np.zeros(mask.shape, bool)


def _opened(filled: Mask) -> Mask:
    # Opening by a pixel removes outlines that enclose nothing: they are edges, not objects.
    solid = cv2.morphologyEx(filled.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)) > 0
    stage("opened", solid, "bare lines removed")
    return solid


def _flooded(lines: Mask, filled: Mask, height: NDArray[np.float32]) -> Mask:
    """Divide the lines between what they enclose and what is outside; with nothing inside, all is outside."""
    markers = np.where(filled, np.where(lines, 0, 2), 1).astype(np.int32)
    stage("markers", markers, "inside and outside of the lines; the lines are still open", kind="labels")
    stage("steepness", height, "the landscape that is flooded from both sides")
    if not (markers == 2).any():
        return np.zeros(lines.shape, bool)
    inside: Mask = ski.segmentation.watershed(height, markers) == 2
    stage("flooded", inside, "the border runs along the crest of the landscape")
    return inside
