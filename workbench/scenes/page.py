"""A picture drawn with polygons in 8 bits, straight onto what is there: lean enough for a thing in 50 us."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.instances import Instances
from workbench.scenes.canvas import Canvas, Floats
from workbench.scenes.sprite import CIRCLE, SHIFT, Colour
from workbench.segmentation import Segmentation
from workbench.taxonomy import Category, Taxonomy

Points = NDArray[np.float64]  # (N, 2) rows and columns, px


class Page:
    """Keep an (H, W, 3) uint8 picture and its truth; polygons are antialiased, the truth is where they cover.

    A thing is drawn with as many fills as it takes, then claimed once by its outline.
    """

    def __init__(self, rgb: Floats, category_ids: NDArray[np.int32], tax: Taxonomy) -> None:
        self.rgb = np.asarray(cv2.convertScaleAbs(np.maximum(rgb, 0), alpha=255.0))
        self.shape = (self.rgb.shape[0], self.rgb.shape[1])
        self.taxonomy = tax
        self._canvas = Canvas(self.rgb, category_ids, tax)

    @classmethod
    def over(cls, page: Page) -> Page:
        """Give a sheet with a copy of another page's picture, to draw on; nothing can be claimed on it."""
        made = object.__new__(cls)
        made.rgb, made.shape, made.taxonomy = page.rgb.copy(), page.shape, page.taxonomy
        return made

    def fill(self, points: Points, colour: Colour) -> None:
        """Fill the polygon through (row, column) points."""
        red, green, blue = colour
        cv2.fillPoly(self.rgb, [fixed(points)], (255 * red, 255 * green, 255 * blue), cv2.LINE_AA, SHIFT)

    def fills(self, outlines: Points, colours: Sequence[Colour]) -> None:
        """Fill (N, K, 2) polygons one after the other: placed together they take half the time."""
        self._inked(fixed(outlines), colours)

    def draw(self, whole: Points, parts: Points, colours: Sequence[Colour], category: Category) -> None:
        """Fill (N, K, 2) polygons, then claim the (K, 2) `whole` of them as one thing."""
        places = fixed(np.concatenate([parts, whole[None]]))
        self._inked(places[:-1], colours)
        self._claim(places[-1:], category)

    def _inked(self, polygons: NDArray[np.int32], colours: Sequence[Colour]) -> None:
        for places, (red, green, blue) in zip(polygons, colours, strict=True):
            cv2.fillPoly(self.rgb, [places], (255 * red, 255 * green, 255 * blue), cv2.LINE_AA, SHIFT)

    def where(self, category: Category, value: float) -> Floats:
        """Give (H, W) float32: a value where a category of things is seen, 0 elsewhere."""
        return np.take(self._canvas.table(category, value), self._canvas.ids)

    def claim(self, outlines: Sequence[Points] | Points, category: Category) -> None:
        """Make what these outlines cover together one thing, in front of all that was claimed before."""
        self._claim([fixed(outline) for outline in outlines], category)

    def _claim(self, polygons: Sequence[NDArray[np.int32]] | NDArray[np.int32], category: Category) -> None:
        left, top, wide, tall = cv2.boundingRect(
            polygons[0] if len(polygons) == 1 else np.concatenate(polygons, axis=0)
        )
        # A pixel more on each side, for the edges' softness.
        bottom, right = ((top + tall) >> SHIFT) + 2, ((left + wide) >> SHIFT) + 2
        top, left = max(0, (top >> SHIFT) - 1), max(0, (left >> SHIFT) - 1)
        bottom, right = min(self.shape[0], bottom), min(self.shape[1], right)
        if top >= bottom or left >= right:
            return
        sheet = np.zeros((bottom - top, right - left), np.uint8)
        for places in polygons:
            cv2.fillPoly(sheet, [places], 255, cv2.LINE_AA, SHIFT, (-left * 2**SHIFT, -top * 2**SHIFT))
        inside = sheet >= 128
        if inside.any():
            self._canvas.claim(inside, top, left, category)

    def floats(self) -> Floats:
        """Give the picture in float32, 0 to 1."""
        return self.rgb.astype(np.float32) * np.float32(1 / 255)

    def truth(self) -> tuple[Segmentation, Instances, tuple[int, ...]]:
        """Give what is seen, the whole things and their draw order, as `Canvas.truth` does."""
        return self._canvas.truth()


def cover(shape: tuple[int, int], outlines: Iterable[Points] | Points) -> NDArray[np.uint8]:
    """Give how much of each pixel of (H, W) polygons cover, 0 to 255."""
    sheet = np.zeros(shape, np.uint8)
    for places in fixed(outlines) if isinstance(outlines, np.ndarray) else map(fixed, outlines):
        cv2.fillPoly(sheet, [places], 255, cv2.LINE_AA, SHIFT)
    return sheet


def fixed(points: Points) -> NDArray[np.int32]:
    """Turn (..., 2) rows and columns into OpenCV's fixed-point columns and rows."""
    # Pixel n reaches from n to n + 1 here, and about n in OpenCV.
    places = points[..., ::-1] * 2**SHIFT
    places -= 2 ** (SHIFT - 1)
    return places.astype(np.int32)


def disc(row: float, col: float, down: float, across: float) -> Points:
    """Give the outline of an upright ellipse.

    >>> disc(5, 5, 2, 1).shape
    (28, 2)
    """
    return CIRCLE * (down, across) + (row, col)


def hull(points: Points) -> Points:
    """Give the convex outline about points."""
    return np.asarray(cv2.convexHull(points.astype(np.float32))[:, 0], np.float64)
