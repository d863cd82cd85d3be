"""Drawing with polygons: a small sheet on which a figure is put together, edges softened, then lit."""

from __future__ import annotations

import math

import cv2
import numpy as np

from workbench.scenes.canvas import Floats, Patch, floats
from workbench.scenes.light import relief

Colour = tuple[float, float, float]
Point = tuple[float, float]  # row, column, in px of the picture
_TURN = np.linspace(0, math.tau, 28, endpoint=False)
CIRCLE = np.stack([np.sin(_TURN), np.cos(_TURN)], axis=1)  # (row, column)
_BACK = np.linspace(0.5 * math.pi, 1.5 * math.pi, 7)
HALF = np.stack([np.sin(_BACK), np.cos(_BACK)], axis=1)
SHIFT = 4  # cv2 takes points in sixteenths of a pixel


class Sprite:
    """Collect shapes inside a box of the picture; small figures are drawn enlarged and shrunk at the end.

    Parameters
    ----------
    low, high : (row, column) corners of the box, px of the picture, not necessarily inside of it.
    """

    def __init__(self, low: Point, high: Point) -> None:
        self.row, self.col = math.floor(low[0]) - 1, math.floor(low[1]) - 1
        self.shape = (math.ceil(high[0]) + 1 - self.row, math.ceil(high[1]) + 1 - self.col)
        self.origin = np.array([self.col, self.row])
        # About 100 px are enough to draw fingers' breadth; beyond that antialiased lines do the rest.
        self.zoom = max(1, min(4, round(110 / max(self.shape))))
        self.sheet = np.zeros((self.shape[0] * self.zoom, self.shape[1] * self.zoom, 4), np.uint8)

    def polygon(self, points: list[Point] | np.ndarray, colour: Colour) -> None:
        """Fill the polygon through these (row, column) points."""
        self._fill(np.array(points), colour)

    def disc(self, middle: Point, radii: Point, colour: Colour) -> None:
        """Fill an upright ellipse; `radii` are (down, across)."""
        self._fill(CIRCLE * radii + middle, colour)

    def limb(self, start: Point, end: Point, widths: Point, colour: Colour) -> None:
        """Fill a limb with round ends, as wide as `widths` at its start and its end."""
        angle = math.atan2(end[0] - start[0], end[1] - start[1])
        sin, cos = math.sin(angle), math.cos(angle)
        # Rows and columns of half a circle, turned so that it closes the limb's start.
        arc = HALF @ np.array([[cos, -sin], [sin, cos]])
        self._fill(np.concatenate([arc * (widths[0] / 2) + start, arc * (-widths[1] / 2) + end]), colour)

    def _fill(self, points: np.ndarray, colour: Colour) -> None:
        # Pixel n reaches from n to n + 1 here, and about n in OpenCV.
        places = (points[:, ::-1] - self.origin) * (self.zoom * 2**SHIFT) - 2 ** (SHIFT - 1)
        red, green, blue = colour
        ink = (255 * red, 255 * green, 255 * blue, 255)
        cv2.fillPoly(self.sheet, [places.astype(np.int32)], ink, cv2.LINE_AA, SHIFT)

    def patch(self, towards: Point, depth: float, haze: tuple[Colour, float], light: float) -> Patch:
        """Finish: shrink, round the forms with light from `towards`, dim by `light`, fade into the haze."""
        small = cv2.resize(self.sheet, self.shape[::-1], interpolation=cv2.INTER_AREA)
        sheet = small.astype(np.float32) * np.float32(1 / 255)
        cover = sheet[..., 3]
        rgb = (
            sheet[..., :3] / np.maximum(cover, 1e-3)[..., None]
        )  # ink was laid on nothing: undo the darkening
        swell = cv2.GaussianBlur(cover, (0, 0), max(0.6, 0.05 * min(self.shape)))
        shade = relief(swell * (0.16 * min(self.shape)), towards, depth) * light
        fall = np.linspace(1.08, 0.86, self.shape[0], dtype=np.float32)[:, None]  # the sky lights from above
        rgb = rgb * (shade * fall)[..., None]
        rgb += (floats(haze[0]) - rgb) * haze[1]
        return Patch(rgb, cover, cover >= 0.5, self.row, self.col)


def shadow(middle: Point, radii: Point, strength: float) -> Patch:
    """Paint the soft shadow that a thing throws on the ground it stands on."""
    low = (math.floor(middle[0] - radii[0]), math.floor(middle[1] - radii[1]))
    shape = (math.ceil(2 * radii[0]) + 2, math.ceil(2 * radii[1]) + 2)
    rows = (np.arange(shape[0], dtype=np.float32)[:, None] + low[0] + 0.5 - middle[0]) / radii[0]
    cols = (np.arange(shape[1], dtype=np.float32)[None, :] + low[1] + 0.5 - middle[1]) / radii[1]
    opacity = strength * np.clip(1 - (rows**2 + cols**2), 0, 1)
    black: Floats = np.broadcast_to(floats((0.03, 0.03, 0.05)), (*shape, 3))
    return Patch(black, opacity, opacity < 0, *low)


def scaled(colour: Colour, share: float) -> Colour:
    """Make a colour darker (share below 1) or lighter.

    >>> scaled((0.5, 1.0, 0.0), 0.5)
    (0.25, 0.5, 0.0)
    """
    red, green, blue = (min(1.0, channel * share + (0.03 if share > 1 else 0)) for channel in colour)
    return red, green, blue
